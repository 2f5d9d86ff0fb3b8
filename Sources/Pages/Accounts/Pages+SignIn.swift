import Crypto
import HTTPServer
import Services

extension Pages {
    func addSignInRoutes(to router: inout Router) {
        let body = HTTPBodyRule.collect(maxBytes: PageLimits.formBytesMax)
        router.add(.get, "/signin", name: "pages.signin", open(showSignIn))
        router.add(
            .post,
            "/signin",
            name: "pages.signin_post",
            body: body,
            form(
                [
                    FieldRule("email", max: PageLimits.emailBytesMax),
                    FieldRule("password", max: PageLimits.passwordBytesMax),
                    FieldRule("return_to", max: PageLimits.returnBytesMax),
                ],
                on: passwords,
                signIn
            )
        )
        router.add(.get, "/signup", name: "pages.signup", open(showSignUp))
        router.add(
            .post,
            "/signup",
            name: "pages.signup_post",
            body: body,
            form(
                [
                    FieldRule("name", max: PageLimits.nameBytesMax),
                    FieldRule("email", max: PageLimits.emailBytesMax),
                    FieldRule("password", max: PageLimits.passwordBytesMax),
                    FieldRule("password_confirmation", max: PageLimits.passwordBytesMax),
                ],
                on: passwords,
                signUp
            )
        )
        router.add(.post, "/signout", name: "pages.signout", body: body, myForm([], signOut))
    }

    // MARK: Signing in

    private var showSignIn: PageHandler {
        { visit in
            let target = ReturnPath.checked(visit.request.query("return_to") ?? ReturnPath.standard)
            if case .user = visit.visitor { return PageAnswers.see(target) }
            return try signInPage(visit, target: target)
        }
    }

    private func signInPage(
        _ visit: Visit,
        target: String,
        status: Int = 200,
        problems: [Problem] = [],
        headers: [HTTPHeader] = []
    ) throws -> HTTPResponse {
        let done: Markup =
            visit.request.method != .post && visit.request.query("done") == "signed-out"
            ? FormParts.done("<p>You are signed out.</p>") : ""
        let reason: Markup =
            target.hasPrefix("/oauth/authorize")
            ? "<p>An application asks for access to your account. Sign in to see what it asks for.</p>\n" : ""
        let content: Markup = """
            \(done)\(reason)<form method="post" action="/signin" class="narrow">
            \(visit.tokenField)\(FormParts.hidden("return_to", target))\
            \(FormParts.input(
                "email",
                "E-mail address",
                value: visit.form["email"],
                autocomplete: "username",
                extra: " autocapitalize=\"none\" spellcheck=\"false\" required",
                problems: problems
            ))\
            \(FormParts.input(
                "password",
                "Password",
                type: "password",
                autocomplete: "current-password",
                extra: " required",
                problems: problems
            ))\
            <button>Sign in</button>
            </form>
            \(try signInHelp())
            """
        return visit.page("Sign in", status: status, problems: problems, headers: headers, content)
    }

    /// What somebody without a password does next.
    private func signInHelp() throws -> Markup {
        let signUp: Markup =
            try workspace.isSignUpOpen(settings.signUp)
            ? "<p>No account yet? <a href=\"/signup\">Make an account</a>.</p>\n" : ""
        return """
            <section class="panel narrow" aria-labelledby="help">
            <h2 id="help">New here?</h2>
            \(signUp)<p>Did you set this server up? Your imported data belongs to its owner. On the computer that it runs on, \
            <code>coffer user passwd</code> sets the owner's password; then sign in here as <code>owner</code>.</p>
            <p>A forgotten password is set anew in the same way: <code>coffer user passwd you@example.org</code>.</p>
            </section>

            """
    }

    private var signIn: PageHandler {
        { visit in
            let target = ReturnPath.checked(visit.form["return_to"])
            let account = try guardedAccount(visit.form["email"], visit.request)
            let address = visit.request.limitAddress
            if let wait = settings.limiter?.begin(account: account, address: address, at: workspace.time) {
                let problem = Problem(
                    "There were too many attempts. " + PageRefusal.tooMany(seconds: wait).text
                )
                return try signInPage(
                    visit,
                    target: target,
                    status: 429,
                    problems: [problem],
                    headers: PageRefusal.tooMany(seconds: wait).headers
                )
            }
            var verdict = SignInVerdict.unknown
            defer {
                settings.limiter?.settle(verdict, account: account, address: address, at: workspace.time)
            }
            let made: NewPageSession
            do {
                made = try workspace.signInBrowser(
                    account: visit.form["email"],
                    password: Secret(visit.form["password"]),
                    browser: visit.browser
                )
            } catch SignInRefusal.wrongPassword {
                verdict = .wrong
                let problem = Problem("No account has this e-mail address and password", of: "email")
                return try signInPage(visit, target: target, status: 401, problems: [problem])
            }
            verdict = .proven
            return try begin(made, visit, target)
        }
    }

    /// What failures of an account are counted by: by a number of its own for a browser in which it signed in before, so that
    /// nobody keeps its user out by failing elsewhere; by its name for all others.
    func guardedAccount(_ account: String, _ request: HTTPRequest) throws -> String {
        guard let text = cookies.browser(of: request),
            let known = try workspace.knownBrowser(text, account: account)
        else { return account.lowercased() }
        // No form has a text with this character.
        return "\0browser \(known)"
    }

    /// Gives the browser a session that is new, whatever it came with; one that it had ends.
    private func begin(_ made: NewPageSession, _ visit: Visit, _ target: String) throws -> HTTPResponse {
        if case .user(let old, let profile, _) = visit.visitor {
            try? workspace.endPageSession(String(old.number), of: profile.user.id)
        }
        let life = workspace.pageSessionSeconds
        var headers = [cookies.setting(session: made.text, seconds: life), cookies.removingVisit]
        let account = made.user.email ?? Workspace.ownerAccount
        let known = try cookies.browser(of: visit.request).flatMap {
            try workspace.knownBrowser($0, account: account)
        }
        if known == nil {
            let text = try workspace.rememberBrowser(of: made.user.id)
            headers.append(cookies.setting(browser: text, seconds: workspace.knownBrowserSeconds))
        }
        return PageAnswers.see(target, headers: headers)
    }

    private var signOut: UserPageHandler {
        { visit in
            do {
                try workspace.endPageSession(String(visit.session.number), of: visit.user)
            } catch ProfileError.unknownSession {
                // It ended meanwhile, which is what was asked for.
            }
            return PageAnswers.see("/signin?done=signed-out", headers: cookies.removing)
        }
    }

    // MARK: Signing up

    private var showSignUp: PageHandler {
        { visit in
            if case .user = visit.visitor { return PageAnswers.see(ReturnPath.standard) }
            guard try workspace.isSignUpOpen(settings.signUp) else { return Pages.signUpClosed(visit) }
            return Pages.signUpPage(visit)
        }
    }

    private static func signUpClosed(_ visit: Visit) -> HTTPResponse {
        visit.page(
            "Sign-up is closed",
            status: 403,
            """
            <p>Nobody can make an account here by themselves. The operator of this server can make one for you: \
            <code>coffer user add you@example.org</code>.</p>
            <p>Have an account? <a href="/signin">Sign in</a>.</p>

            """
        )
    }

    private static func signUpPage(
        _ visit: Visit,
        status: Int = 200,
        problems: [Problem] = [],
        headers: [HTTPHeader] = []
    ) -> HTTPResponse {
        visit.page(
            "Make an account",
            status: status,
            problems: problems,
            headers: headers,
            """
            <form method="post" action="/signup" class="narrow">
            \(visit.tokenField)\
            \(FormParts.input(
                "name",
                "Name",
                value: visit.form["name"],
                hint: "As you want to be called here",
                autocomplete: "name",
                extra: " required",
                problems: problems
            ))\
            \(FormParts.input(
                "email",
                "E-mail address",
                type: "email",
                value: visit.form["email"],
                hint: "You sign in with it; nothing is sent there",
                autocomplete: "username",
                extra: " required",
                problems: problems
            ))\
            \(newPasswordFields("Password", problems))\
            <button>Make the account</button>
            </form>
            <p class="narrow">Have an account? <a href="/signin">Sign in</a>.</p>
            <p class="narrow">A new account begins empty. What was imported on the command line belongs to the owner of this \
            server, who signs in as <code>owner</code> after <code>coffer user passwd</code>.</p>

            """
        )
    }

    /// The two fields in which a new password is typed.
    static func newPasswordFields(_ label: String, _ problems: [Problem]) -> Markup {
        """
        \(FormParts.input(
            "password",
            label,
            type: "password",
            hint: "At least \(Workspace.passwordCharactersMin) characters, better 15",
            autocomplete: "new-password",
            extra: " required",
            problems: problems
        ))\
        \(FormParts.input(
            "password_confirmation",
            "The same again",
            type: "password",
            autocomplete: "new-password",
            extra: " required",
            problems: problems
        ))
        """
    }

    private var signUp: PageHandler {
        { visit in
            guard try workspace.isSignUpOpen(settings.signUp) else { return Pages.signUpClosed(visit) }
            var problems: [Problem] = []
            if !Workspace.isEmail(visit.form["email"]) {
                problems.append(
                    Problem("This is no e-mail address; expected one such as name@example.org", of: "email")
                )
            }
            if visit.form["password"] != visit.form["password_confirmation"] {
                problems.append(Problem("The passwords differ", of: "password_confirmation"))
            }
            guard problems.isEmpty else {
                return Pages.signUpPage(visit, status: 422, problems: problems)
            }
            let address = visit.request.limitAddress
            if let wait = settings.limiter?.beginSignUp(address: address, at: workspace.time) {
                let refusal = PageRefusal.tooMany(seconds: wait)
                return Pages.signUpPage(
                    visit,
                    status: 429,
                    problems: [Problem("There were too many sign-ups from here. " + refusal.text)],
                    headers: refusal.headers
                )
            }
            do {
                let made = try workspace.signUpBrowser(
                    email: visit.form["email"],
                    name: visit.form["name"],
                    password: Secret(visit.form["password"]),
                    rule: settings.signUp,
                    browser: visit.browser
                )
                return try begin(made, visit, ReturnPath.standard)
            } catch ProfileError.signUpClosed {
                return Pages.signUpClosed(visit)
            } catch ProfileError.badName {
                let problem = Problem(ProfileError.badName.description, of: "name")
                return Pages.signUpPage(visit, status: 422, problems: [problem])
            } catch WorkspaceError.emailTaken {
                let problem = Problem("This e-mail address has an account already; sign in", of: "email")
                return Pages.signUpPage(visit, status: 409, problems: [problem])
            } catch let error as WorkspaceError {
                let problem = Problem(error.description, of: "password")
                return Pages.signUpPage(visit, status: 422, problems: [problem])
            }
        }
    }
}
