import HTTPServer
import Services

extension Pages {
    static let consentPath = "/oauth/authorize"

    func addConsentRoutes(to router: inout Router) {
        router.add(.get, Pages.consentPath, name: "pages.consent", open(showConsent))
        let parameters = [
            "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state",
            "code_challenge",
            "code_challenge_method",
        ]
        router.add(
            .post,
            Pages.consentPath,
            name: "pages.consent_post",
            body: .collect(maxBytes: PageLimits.formBytesMax),
            form(
                parameters.map { FieldRule($0, max: OAuthLimits.parameterBytesMax) }
                    + [FieldRule("decision", max: PageLimits.wordBytesMax)],
                decide
            )
        )
    }

    private var showConsent: PageHandler {
        { visit in
            let parameters = visit.request.queryItems.map { OAuthParameter($0.name, $0.value) }
            return try withAsk(parameters) { ask in
                guard case .user(_, let profile, _) = visit.visitor else { return signIn(for: ask, visit) }
                return Pages.consentPage(ask, visit, profile)
            }
        }
    }

    private var decide: PageHandler {
        { visit in
            let parameters = visit.form.fields
                .filter { $0.name != FormParts.tokenName && $0.name != "decision" }
                .map { OAuthParameter($0.name, $0.value) }
            return try withAsk(parameters) { ask in
                guard case .user(_, let profile, _) = visit.visitor else { return signIn(for: ask, visit) }
                switch visit.form["decision"] {
                case "authorize":
                    return PageAnswers.leave(for: try workspace.approve(ask, by: profile.user.id))
                case "deny": return PageAnswers.leave(for: workspace.deny(ask))
                default: throw PageRefusal.badForm("The form does not say whether to authorize or to deny.")
                }
            }
        }
    }

    /// Answers what an application asks for, once it was checked.
    private func withAsk(
        _ parameters: [OAuthParameter],
        _ body: (AuthorizationAsk) throws -> HTTPResponse
    ) throws -> HTTPResponse {
        do {
            return try body(try workspace.authorization(parameters))
        } catch OAuthRefusal.page(let reason) {
            throw PageRefusal.badRequest(reason)
        } catch OAuthRefusal.redirect(let address) {
            return PageAnswers.leave(for: address)
        }
    }

    /// The sign-in page, which leads back to what the application asks for.
    private func signIn(for ask: AuthorizationAsk, _ visit: Visit) -> HTTPResponse {
        let query = ask.parameters.map { "\($0.name)=\(ReturnPath.escaped($0.value))" }
        let target = Pages.consentPath + "?" + query.joined(separator: "&")
        let location = ReturnPath.signIn(leadingTo: ReturnPath.checked(target))
        guard location.utf8.count > PageLimits.signInAddressBytesMax || ReturnPath.checked(target) != target
        else { return PageAnswers.see(location) }
        return visit.page(
            "Sign in first",
            status: 400,
            """
            <p>The application's request is too long to be kept while you sign in. <a href="/signin">Sign in</a>, then go back to \
            the application and begin again.</p>

            """
        )
    }

    private static func consentPage(
        _ ask: AuthorizationAsk,
        _ visit: Visit,
        _ profile: Profile
    ) -> HTTPResponse {
        let shape = RedirectShape(ask.redirect)
        let scopes = ask.scopes.map { scope -> Markup in
            "<li>\(scope.words) <span class=\"hint\">(\(scope.rawValue))</span></li>\n"
        }
        let hidden = Markup([visit.tokenField] + ask.parameters.map { FormParts.hidden($0.name, $0.value) })
        let who = profile.user.email ?? profile.user.name
        let maker: Markup =
            ask.client.owner == profile.user.id
            ? "You registered it yourself." : "Somebody else on this server registered it."
        return visit.page(
            "Authorize \(ask.client.name)?",
            formTargets: [shape.source],
            """
            <p>The application <strong><bdi>\(ask.client.name)</bdi></strong> asks for access to your account \
            <bdi>\(who)</bdi>. \(maker)</p>
            <h2>It would be able to</h2>
            <ul>
            \(scopes)</ul>
            <p>Each access lasts \(words(forSeconds: ask.lifetimeSeconds)). The application may renew it for up to \
            \(words(forSeconds: ask.renewalSeconds)), until you take it back under \
            <a href="/oauth/authorized_applications">Authorized applications</a>.</p>
            <p>Either way you go on to <strong><bdi>\(shape.shown)</bdi></strong>.</p>
            <div class="row">
            \(decisionForm("authorize", "<button>Authorize</button>", hidden))\
            \(decisionForm("deny", "<button class=\"plain\">Deny</button>", hidden))</div>

            """
        )
    }

    /// A form for one of the two answers, so that what is sent does not depend on which button a program presses.
    private static func decisionForm(_ decision: String, _ button: Markup, _ hidden: Markup) -> Markup {
        """
        <form method="post" action="\(consentPath)">
        \(hidden)\(FormParts.hidden("decision", decision))\(button)
        </form>

        """
    }

    /// A time span in the largest unit that it is whole in.
    static func words(forSeconds seconds: Int64) -> String {
        for (unit, size) in [("day", Int64(86_400)), ("hour", 3600), ("minute", 60)]
        where seconds >= size && seconds % size == 0 {
            let count = seconds / size
            return "\(count) \(unit)\(count == 1 ? "" : "s")"
        }
        return "\(seconds) second\(seconds == 1 ? "" : "s")"
    }
}

extension PageAnswers {
    /// Sends the browser back to an application.
    static func leave(for address: String) -> HTTPResponse { see(address) }
}
