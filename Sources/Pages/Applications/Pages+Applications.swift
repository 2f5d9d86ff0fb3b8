import Crypto
import HTTPServer
import Services

extension Pages {
    static let applicationsPath = "/oauth/applications"
    static let authorizedPath = "/oauth/authorized_applications"

    func addApplicationRoutes(to router: inout Router) {
        let body = HTTPBodyRule.collect(maxBytes: PageLimits.formBytesMax)
        let base = Pages.applicationsPath
        router.add(.get, base, name: "pages.applications", mine(listApplications))
        router.add(
            .get,
            base + "/new",
            name: "pages.application_new",
            mine { visit in Pages.applicationForm(visit, nil) }
        )
        router.add(
            .post,
            base,
            name: "pages.application_create",
            body: body,
            myForm(Pages.applicationFields, returnTo: base, createApplication)
        )
        router.add(.get, base + "/{client}", name: "pages.application", mine(showApplication))
        router.add(
            .get,
            base + "/{client}/edit",
            name: "pages.application_edit",
            mine { visit in Pages.applicationForm(visit, try client(visit)) }
        )
        router.add(
            .post,
            base + "/{client}",
            name: "pages.application_change",
            body: body,
            myForm(Pages.applicationFields, returnTo: base, changeApplication)
        )
        router.add(
            .post,
            base + "/{client}/rotate",
            name: "pages.application_rotate",
            body: body,
            myForm([], returnTo: base, rotateSecret)
        )
        router.add(
            .post,
            base + "/{client}/delete",
            name: "pages.application_delete",
            body: body,
            myForm([FieldRule("sure", max: 8)], returnTo: base, deleteApplication)
        )
        router.add(.get, Pages.authorizedPath, name: "pages.authorized", mine(listAuthorized))
        router.add(
            .post,
            Pages.authorizedPath + "/{client}/revoke",
            name: "pages.authorized_revoke",
            body: body,
            myForm([], returnTo: Pages.authorizedPath, revokeAuthorized)
        )
    }

    private static let applicationFields =
        [
            FieldRule("name", max: PageLimits.nameBytesMax),
            FieldRule("redirect_uris", max: PageLimits.redirectsBytesMax),
            FieldRule("type", max: PageLimits.wordBytesMax),
        ] + TokenScope.cryptfolio.map { FieldRule("scope_" + $0.rawValue, max: 8) }

    /// The application of the path, when it is the user's.
    private func client(_ visit: UserVisit) throws -> OAuthClientInfo {
        let name = visit.request.parameter("client") ?? ""
        guard let found = try workspace.oauthClient(publicID: name), found.owner == visit.user else {
            throw PageRefusal.notFound
        }
        return found
    }

    // MARK: Pages

    private var listApplications: UserPageHandler {
        { visit in
            let rows = try workspace.oauthClients(of: visit.user).map { client -> [Markup] in
                [
                    "<a href=\"\(Pages.applicationsPath)/\(client.publicID)\"><bdi>\(client.name)</bdi></a>",
                    "<code>\(client.publicID)</code>", client.isConfidential ? "confidential" : "public",
                    Markup(text: TokenScope.text(of: client.scopes)), FormParts.time(client.created),
                ]
            }
            let table: Markup =
                rows.isEmpty
                ? "<p>You have registered none.</p>\n"
                : FormParts.table(["Name", "Key", "Type", "Scopes", "Registered"], rows)
            let done: Markup =
                visit.request.query("done") == "deleted"
                ? FormParts.done(
                    "<p>The application is deleted; all access that users gave it has ended.</p>"
                ) : ""
            return visit.visit.page(
                "Applications",
                at: .applications,
                """
                \(done)<p>Programs of yours that ask users of this server for access in the browser (OAuth 2).</p>
                \(table)<p><a href="\(Pages.applicationsPath)/new">Register an application</a></p>

                """
            )
        }
    }

    private var showApplication: UserPageHandler {
        { visit in
            let client = try client(visit)
            let path = "\(Pages.applicationsPath)/\(client.publicID)"
            var notice: Markup = ""
            if let ticket = visit.request.query("made") { notice = secretNotice(ticket, visit) }
            switch visit.request.query("done") {
            case "made": notice = FormParts.done("<p>The application is registered.</p>")
            case "saved": notice = FormParts.done("<p>The application is changed.</p>")
            default: break
            }
            let redirects = client.redirects.map { address -> Markup in "<li><code>\(address)</code></li>\n" }
            let scopes = client.scopes.map { scope -> Markup in
                "<li>\(scope.words) <span class=\"hint\">(\(scope.rawValue))</span></li>\n"
            }
            let redirectList: Markup = redirects.isEmpty ? "None" : "<ul>\n\(redirects)</ul>"
            let rotate: Markup =
                client.isConfidential
                ? """
                <h2>Another secret</h2>
                <p>The present secret stops working at once. Access that users gave goes on.</p>
                <form method="post" action="\(path)/rotate">
                \(visit.tokenField)<button class="plain">Make another secret</button>
                </form>

                """ : ""
            return visit.visit.page(
                client.name,
                at: .applications,
                """
                \(notice)<dl>
                <dt>Key (client_id)</dt>
                <dd><code class="secret">\(client.publicID)</code></dd>
                <dt>Type</dt>
                <dd>\(client.isConfidential ? "Confidential: it has a secret" : "Public: it has no secret and has to use PKCE")</dd>
                <dt>Redirect URIs</dt>
                <dd>\(redirectList)</dd>
                <dt>Scopes</dt>
                <dd><ul>
                \(scopes)</ul></dd>
                <dt>Registered</dt>
                <dd>\(FormParts.time(client.created))</dd>
                </dl>
                <p><a href="\(path)/edit">Change it</a></p>
                \(rotate)<h2>Delete it</h2>
                <form method="post" action="\(path)/delete">
                \(visit.tokenField)\
                \(FormParts.choice("sure", value: "on", "All access that users gave it ends at once", isOn: false, id: "sure"))\
                <button class="danger">Delete the application</button>
                </form>

                """
            )
        }
    }

    private static func applicationForm(
        _ visit: UserVisit,
        _ client: OAuthClientInfo?,
        status: Int = 200,
        problems: [Problem] = []
    ) -> HTTPResponse {
        let isTyped = visit.request.method == .post
        let scopes = TokenScope.cryptfolio.map { scope -> Markup in
            let isOn =
                isTyped
                ? visit.form.has("scope_" + scope.rawValue)
                : client?.scopes.contains(scope) ?? [.public, .info, .read].contains(scope)
            return FormParts.choice(
                "scope_" + scope.rawValue,
                value: "on",
                "\(scope.words) <span class=\"hint\">(\(scope.rawValue))</span>",
                isOn: isOn,
                id: "scope_" + scope.rawValue
            )
        }
        // The type stays what it is, since a program either can keep a secret or cannot.
        let isPublic = isTyped && visit.form["type"] == "public"
        let types: Markup =
            client == nil
            ? FormParts.group(
                "type",
                "Type",
                [
                    FormParts.choice(
                        "type",
                        value: "confidential",
                        "Confidential: it runs on a server and keeps a secret",
                        isOn: !isPublic,
                        id: "type_confidential",
                        isOneOfSeveral: true
                    ),
                    FormParts.choice(
                        "type",
                        value: "public",
                        "Public: it runs on users' devices, has no secret and uses PKCE",
                        isOn: isPublic,
                        id: "type_public",
                        isOneOfSeveral: true
                    ),
                ],
                problems: problems
            ) : ""
        let path = client.map { "\(applicationsPath)/\($0.publicID)" } ?? applicationsPath
        return visit.visit.page(
            client.map { "Change \($0.name)" } ?? "Register an application",
            at: .applications,
            status: status,
            problems: problems,
            """
            <form method="post" action="\(path)">
            \(visit.tokenField)\
            \(FormParts.input(
                "name",
                "Name",
                value: isTyped ? visit.form["name"] : client?.name ?? "",
                hint: "Users see it when they are asked",
                extra: " required",
                problems: problems
            ))\
            \(FormParts.area(
                "redirect_uris",
                "Redirect URIs",
                value: isTyped ? visit.form["redirect_uris"] : client?.redirects.joined(separator: "\n") ?? "",
                hint: "Where users are sent back to: one on each line, exactly as the program sends it. https, or http to this "
                    + "computer, or a scheme of the program's own. None for a program that acts for itself alone.",
                problems: problems
            ))\
            \(types)\(FormParts.group("scopes", "Scopes that it may ask for", scopes, problems: problems))\
            <button>\(client == nil ? "Register the application" : "Save")</button>
            </form>
            <p><a href="\(path)">Back</a></p>

            """
        )
    }

    // MARK: Changes

    private static func redirects(_ form: PageForm) -> [String] {
        form["redirect_uris"].split(whereSeparator: \.isNewline)
            .map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
            .filter { !$0.isEmpty }
    }

    private static func scopes(_ form: PageForm) -> [TokenScope] {
        TokenScope.cryptfolio.filter { form.has("scope_" + $0.rawValue) }
    }

    private static func problems(_ refusal: OAuthRefusal) throws -> [Problem] {
        switch refusal {
        case .invalid(let reasons):
            reasons.map { reason in
                let field =
                    if reason.contains("redirect URI") {
                        "redirect_uris"
                    } else if reason.hasPrefix("the scopes") {
                        "scopes"
                    } else {
                        "name"
                    }
                return Problem(reason, of: field)
            }
        case .tooManyClients(let limit):
            [Problem("you have \(limit) applications, which is the limit; delete one")]
        case .unknownClient: throw PageRefusal.notFound
        case .hasNoSecret: throw PageRefusal.badForm("A public application has no secret.")
        case .page(let reason): throw PageRefusal.badRequest(reason)
        case .redirect: throw PageRefusal.notFound
        }
    }

    private var createApplication: UserPageHandler {
        { visit in
            guard ["confidential", "public"].contains(visit.form["type"]) else {
                let problem = Problem("choose whether it is confidential or public", of: "type")
                return Pages.applicationForm(visit, nil, status: 422, problems: [problem])
            }
            do {
                let made = try workspace.registerClient(
                    name: visit.form["name"],
                    redirects: Pages.redirects(visit.form),
                    scopes: Pages.scopes(visit.form),
                    isConfidential: visit.form["type"] == "confidential",
                    of: visit.user
                )
                return show(made, visit)
            } catch let refusal as OAuthRefusal {
                let problems = try Pages.problems(refusal)
                return Pages.applicationForm(visit, nil, status: 422, problems: problems)
            }
        }
    }

    /// The page of an application with its secret, which is shown there once.
    private func show(_ made: NewOAuthClient, _ visit: UserVisit) -> HTTPResponse {
        let path = "\(Pages.applicationsPath)/\(made.client.publicID)"
        guard let secret = made.secret else { return PageAnswers.see(path + "?done=made") }
        let items = [
            SecretShelf.Item(label: "Key (client_id)", secret: Secret(made.client.publicID)),
            SecretShelf.Item(label: "Secret (client_secret)", secret: Secret(secret)),
        ]
        let ticket = shelf.put(items, for: visit.session, at: workspace.time)
        return PageAnswers.see(path + "?made=" + ticket)
    }

    private var changeApplication: UserPageHandler {
        { visit in
            let client = try client(visit)
            guard !visit.form.has("type") else {
                throw PageRefusal.badForm("The type of an application cannot be changed.")
            }
            do {
                try workspace.changeClient(
                    client.publicID,
                    of: visit.user,
                    name: visit.form["name"],
                    redirects: Pages.redirects(visit.form),
                    scopes: Pages.scopes(visit.form)
                )
            } catch let refusal as OAuthRefusal {
                let problems = try Pages.problems(refusal)
                return Pages.applicationForm(visit, client, status: 422, problems: problems)
            }
            return PageAnswers.see("\(Pages.applicationsPath)/\(client.publicID)?done=saved")
        }
    }

    private var rotateSecret: UserPageHandler {
        { visit in
            let client = try client(visit)
            do {
                return show(try workspace.rotateSecret(client.publicID, of: visit.user), visit)
            } catch let refusal as OAuthRefusal {
                _ = try Pages.problems(refusal)
                throw PageRefusal.notFound
            }
        }
    }

    private var deleteApplication: UserPageHandler {
        { visit in
            let client = try client(visit)
            guard visit.form["sure"] == "on" else {
                throw PageRefusal.badForm("Tick the box beside the button to delete the application.")
            }
            do {
                try workspace.deleteClient(client.publicID, of: visit.user)
            } catch is OAuthRefusal {
                throw PageRefusal.notFound
            }
            return PageAnswers.see(Pages.applicationsPath + "?done=deleted")
        }
    }

    // MARK: What users allowed

    private var listAuthorized: UserPageHandler {
        { visit in
            let rows = try workspace.authorizedApplications(of: visit.user).map { item -> [Markup] in
                let action: Markup = """
                    <form method="post" action="\(Pages.authorizedPath)/\(item.client.publicID)/revoke">
                    \(visit.tokenField)<button class="danger small">Revoke</button>
                    </form>
                    """
                return [
                    "<bdi>\(item.client.name)</bdi>", Markup(text: TokenScope.text(of: item.scopes)),
                    FormParts.time(item.since), FormParts.time(item.lastUsed), action,
                ]
            }
            let table: Markup =
                rows.isEmpty
                ? "<p>No application has access to your account.</p>\n"
                : FormParts.table(["Application", "Scopes", "Since", "Last used", ""], rows)
            let done: Markup =
                visit.request.query("done") == "revoked"
                ? FormParts.done("<p>The application has no access any more.</p>") : ""
            return visit.visit.page(
                "Authorized applications",
                at: .authorized,
                "\(done)<p>Applications that you gave access to your account.</p>\n\(table)"
            )
        }
    }

    private var revokeAuthorized: UserPageHandler {
        { visit in
            let name = visit.request.parameter("client") ?? ""
            guard let client = try workspace.oauthClient(publicID: name),
                try workspace.revokeAuthorization(of: client.id, by: visit.user)
            else { throw PageRefusal.notFound }
            return PageAnswers.see(Pages.authorizedPath + "?done=revoked")
        }
    }
}
