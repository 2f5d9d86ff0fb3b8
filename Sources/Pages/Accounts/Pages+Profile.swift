import Crypto
import HTTPServer
import Services

extension Pages {
    func addProfileRoutes(to router: inout Router) {
        let body = HTTPBodyRule.collect(maxBytes: PageLimits.formBytesMax)
        let password = FieldRule("present", max: PageLimits.passwordBytesMax)
        router.add(.get, "/profile", name: "pages.profile", mine { visit in try profilePage(visit) })
        router.add(
            .post,
            "/profile",
            name: "pages.profile_details",
            body: body,
            myForm(
                [
                    FieldRule("name", max: PageLimits.nameBytesMax),
                    FieldRule("currency", max: PageLimits.wordBytesMax),
                    FieldRule("time_zone", max: PageLimits.wordBytesMax),
                ],
                returnTo: "/profile",
                changeDetails
            )
        )
        router.add(
            .post,
            "/profile/email",
            name: "pages.profile_email",
            body: body,
            myForm(
                [FieldRule("email", max: PageLimits.emailBytesMax), password],
                on: passwords,
                returnTo: "/profile",
                changeEmail
            )
        )
        router.add(
            .post,
            "/profile/password",
            name: "pages.profile_password",
            body: body,
            myForm(
                [
                    password, FieldRule("password", max: PageLimits.passwordBytesMax),
                    FieldRule("password_confirmation", max: PageLimits.passwordBytesMax),
                ],
                on: passwords,
                returnTo: "/profile",
                changePassword
            )
        )
        router.add(
            .post,
            "/profile/sessions/{session}/end",
            name: "pages.session_end",
            body: body,
            myForm([], returnTo: "/profile", endSession)
        )
    }

    // MARK: The page

    /// Which form of the page has problems.
    private enum Part: String {
        case details
        case email
        case password
    }

    private func profilePage(
        _ visit: UserVisit,
        status: Int = 200,
        in part: Part? = nil,
        problems: [Problem] = [],
        headers: [HTTPHeader] = []
    ) throws -> HTTPResponse {
        func own(_ form: Part) -> [Problem] { part == form ? problems : [] }
        let done: Markup =
            switch visit.request.method == .post ? nil : visit.request.query("done") {
            case "details": FormParts.done("<p>Your profile is changed.</p>")
            case "email":
                FormParts.done("<p>Your e-mail address is changed; sign in with it from now on.</p>")
            case "password":
                FormParts.done("<p>Your password is changed. All your other sign-ins have ended.</p>")
            case "session": FormParts.done("<p>The session has ended.</p>")
            default: ""
            }
        let content: Markup = """
            \(done)\(detailsForm(visit, own(.details), isTyped: part == .details))\
            \(emailForm(visit, own(.email), isTyped: part == .email))\
            \(passwordForm(visit, own(.password)))\
            \(try sessionTable(visit))\
            <h2>The owner's password</h2>
            <p>Who set this server up is its owner. The owner's password is set on the computer that it runs on, with \
            <code>coffer user passwd</code>, and anybody's with <code>coffer user passwd you@example.org</code>. Until the \
            owner has an e-mail address, they sign in as <code>owner</code>.</p>

            """
        return visit.visit.page(
            "Profile",
            at: .profile,
            status: status,
            problems: problems,
            headers: headers,
            content
        )
    }

    private func detailsForm(_ visit: UserVisit, _ problems: [Problem], isTyped: Bool) -> Markup {
        let profile = visit.profile
        return """
            <form method="post" action="/profile" class="panel">
            <h2>About you</h2>
            \(visit.tokenField)\
            \(FormParts.input(
                "name",
                "Name",
                value: isTyped ? visit.form["name"] : profile.user.name,
                autocomplete: "name",
                extra: " required",
                problems: problems
            ))\
            \(FormParts.input(
                "currency",
                "Currency",
                value: isTyped ? visit.form["currency"] : profile.currency,
                hint: "A code such as USD, EUR or BTC, in which your portfolios are reported",
                extra: " required",
                problems: problems
            ))\
            \(FormParts.input(
                "time_zone",
                "Time zone",
                value: isTyped ? visit.form["time_zone"] : profile.timeZone,
                hint: "A name such as Europe/London, or UTC",
                extra: " required",
                problems: problems
            ))\
            <button>Save</button>
            </form>

            """
    }

    private func emailForm(_ visit: UserVisit, _ problems: [Problem], isTyped: Bool) -> Markup {
        """
        <form method="post" action="/profile/email" class="panel">
        <h2>E-mail address</h2>
        \(visit.tokenField)\
        \(FormParts.input(
            "email",
            "E-mail address",
            type: "email",
            value: isTyped ? visit.form["email"] : visit.profile.user.email ?? "",
            hint: "You sign in with it",
            autocomplete: "username",
            extra: " required",
            problems: problems
        ))\
        \(presentPassword(id: "email-present", problems))\
        <button>Change the address</button>
        </form>

        """
    }

    private func passwordForm(_ visit: UserVisit, _ problems: [Problem]) -> Markup {
        """
        <form method="post" action="/profile/password" class="panel">
        <h2>Password</h2>
        <p class="hint">All your other sign-ins end, and applications have to ask you again. Keys stay.</p>
        \(visit.tokenField)\
        \(presentPassword(id: "password-present", problems))\
        \(Pages.newPasswordFields("New password", problems))\
        <button>Change the password</button>
        </form>

        """
    }

    /// The field for the present password, which two forms of the page have.
    private func presentPassword(id: String, _ problems: [Problem]) -> Markup {
        let wrong = problems.filter { $0.field == id }.map { FormParts.capital($0.text) }
        let words: Markup =
            wrong.isEmpty
            ? "" : "<p class=\"wrong\" id=\"\(id)-wrong\">\(wrong.joined(separator: " "))</p>\n"
        let mark: Markup =
            wrong.isEmpty ? "" : " aria-invalid=\"true\" aria-describedby=\"\(id)-wrong\""
        return """
            <div class="field">
            <label for="\(id)">Present password</label>
            \(words)<input type="password" id="\(id)" name="present" autocomplete="current-password" required\(mark)>
            </div>

            """
    }

    private func sessionTable(_ visit: UserVisit) throws -> Markup {
        let rows = try workspace.pageSessions(of: visit.user).reversed().map { session -> [Markup] in
            let isThis = session.id == visit.session.id
            let end: Markup = """
                <form method="post" action="/profile/sessions/\(String(session.number))/end">
                \(visit.tokenField)<button class="danger small">End</button>
                </form>
                """
            return [
                "<bdi>\(session.browser.isEmpty ? "unknown" : session.browser)</bdi>",
                FormParts.time(session.created), FormParts.time(session.lastUsed), isThis ? "this one" : end,
            ]
        }
        return """
            <h2>Where you are signed in</h2>
            \(FormParts.table(["Browser", "Since", "Last used", ""], rows))
            """
    }

    // MARK: Changes

    private var changeDetails: UserPageHandler {
        { visit in
            let problem: Problem
            do {
                try workspace.changeProfile(
                    of: visit.user,
                    name: visit.form["name"],
                    currency: visit.form["currency"],
                    timeZone: visit.form["time_zone"]
                )
                return PageAnswers.see("/profile?done=details")
            } catch ProfileError.badName {
                problem = Problem(ProfileError.badName.description, of: "name")
            } catch let error as WorkspaceError {
                if case .unknownZone = error {
                    problem = Problem(error.description, of: "time_zone")
                } else {
                    problem = Problem(error.description, of: "currency")
                }
            }
            return try profilePage(visit, status: 422, in: .details, problems: [problem])
        }
    }

    private var changeEmail: UserPageHandler {
        { visit in
            guard Workspace.isEmail(visit.form["email"]) else {
                let problem = Problem(
                    "This is no e-mail address; expected one such as name@example.org",
                    of: "email"
                )
                return try profilePage(visit, status: 422, in: .email, problems: [problem])
            }
            return try withPresentPassword(visit, .email) { present in
                try workspace.changeEmail(visit.form["email"], present: present)
            }
        }
    }

    private var changePassword: UserPageHandler {
        { visit in
            guard visit.form["password"] == visit.form["password_confirmation"] else {
                let problem = Problem("The passwords differ", of: "password_confirmation")
                return try profilePage(visit, status: 422, in: .password, problems: [problem])
            }
            return try withPresentPassword(visit, .password) { present in
                try workspace.changePassword(
                    to: Secret(visit.form["password"]),
                    present: present,
                    keeping: visit.session
                )
            }
        }
    }

    /// Makes a change that the present password is asked for; wrong ones are counted as those of signing in, and nothing but
    /// the right one clears them.
    private func withPresentPassword(
        _ visit: UserVisit,
        _ part: Part,
        _ change: (PresentPassword) throws -> Void
    ) throws -> HTTPResponse {
        let account = try guardedAccount(
            visit.profile.user.email ?? Workspace.ownerAccount,
            visit.request
        )
        let address = visit.request.limitAddress
        if let wait = settings.limiter?.begin(account: account, address: address, at: workspace.time) {
            let refusal = PageRefusal.tooMany(seconds: wait)
            return try profilePage(
                visit,
                status: 429,
                in: part,
                problems: [Problem("There were too many attempts. " + refusal.text)],
                headers: refusal.headers
            )
        }
        var verdict = SignInVerdict.unknown
        defer { settings.limiter?.settle(verdict, account: account, address: address, at: workspace.time) }
        let problem: Problem
        var status = 422
        do {
            let present = try workspace.provePassword(Secret(visit.form["present"]), of: visit.user)
            verdict = .proven
            try change(present)
            return PageAnswers.see("/profile?done=" + part.rawValue)
        } catch ProfileError.wrongPassword {
            // Also when another change came first, which took the password that was shown.
            verdict = .wrong
            problem = Problem(ProfileError.wrongPassword.description, of: part.rawValue + "-present")
            status = 403
        } catch WorkspaceError.emailTaken {
            problem = Problem("This e-mail address belongs to another account", of: "email")
            status = 409
        } catch let error as WorkspaceError {
            problem = Problem(error.description, of: part == .email ? "email" : "password")
        }
        return try profilePage(visit, status: status, in: part, problems: [problem])
    }

    private var endSession: UserPageHandler {
        { visit in
            do {
                try workspace.endPageSession(visit.request.parameter("session") ?? "", of: visit.user)
            } catch ProfileError.unknownSession {
                throw PageRefusal.notFound
            }
            return PageAnswers.see("/profile?done=session")
        }
    }
}
