import Crypto
import HTTPServer
import Services
import Testing

@Suite("Signing in and up in a browser")
private struct SignInTests {
    private static let right = ["email": "anna@example.org", "password": Fixture.password]

    @Test func `a first visitor is led to make an account, and lands on the keys page`() throws {
        try withFixture(signUp: .first) { fixture in
            let browser = Browser(fixture)
            let start = try browser.get("/")
            #expect(start.status == 303 && start.location == "/signin")
            let signIn = try browser.follow(start)
            #expect(signIn.text.contains("<a href=\"/signup\">Make an account</a>"))
            #expect(signIn.text.contains("coffer user passwd"))
            let made = try browser.submit(
                "/signup",
                action: "/signup",
                [
                    "name": "Anna", "email": "anna@example.org", "password": Fixture.password,
                    "password_confirmation": Fixture.password,
                ]
            )
            #expect(made.status == 303 && made.location == "/keys")
            let keys = try browser.follow(made)
            #expect(keys.status == 200 && keys.text.contains("What to do next"))
            #expect(keys.text.contains("Sign out <bdi>Anna</bdi>"))
            #expect(try browser.get("/").location == "/keys")
            #expect(try browser.get("/signin").location == "/keys")
            #expect(try browser.get("/signup").location == "/keys")
            // From now on sign-up is closed to others.
            let second = Browser(fixture)
            let closed = try second.get("/signup")
            #expect(closed.status == 403 && closed.text.contains("coffer user add"))
            #expect(try !second.get("/signin").text.contains("/signup"))
            let page = try second.get("/signin")
            let token = try #require(Form.all(in: page.text).first?.fields.first { $0.0 == "csrf" }?.1)
            let forced = try second.post(
                "/signup",
                [
                    ("csrf", token), ("name", "Ben"), ("email", "ben@example.org"),
                    ("password", Fixture.password), ("password_confirmation", Fixture.password),
                ]
            )
            #expect(forced.status == 403)
            #expect(try fixture.workspace.users().count == 2)
        }
    }

    @Test(arguments: [
        (["email": "no address"], 422, "This is no e-mail address"),
        (["email": "taken@example.org"], 409, "has an account already"),
        (["name": ""], 422, "A name has 1 to 100 characters"),
        (["password": "short77", "password_confirmation": "short77"], 422, "is too short"),
        (["password_confirmation": "something else"], 422, "The passwords differ"),
    ])
    func `what is no account is said with its field, and what was typed stays`(
        _ changes: [String: String],
        _ status: Int,
        _ words: String
    ) throws {
        try withFixture { fixture in
            _ = try fixture.addUser("taken")
            let browser = Browser(fixture)
            let fields = [
                "name": "Anna <A>", "email": "anna@example.org", "password": Fixture.password,
                "password_confirmation": Fixture.password,
            ].merging(changes) { $1 }
            let answer = try browser.submit("/signup", action: "/signup", fields)
            #expect(answer.status == status && answer.text.contains(words), "\(answer.text)")
            #expect(answer.text.contains("<title>Error: Make an account"))
            #expect(answer.text.contains("role=\"alert\"") && answer.text.contains("aria-invalid=\"true\""))
            #expect(!answer.text.contains(Fixture.password) && !answer.text.contains("short77"))
            let form = try #require(Form.all(in: answer.text).first)
            #expect(form.fields.first { $0.0 == "name" }?.1 == fields["name"])
            #expect(try fixture.workspace.users().count == 2)
        }
    }

    @Test func `cookies are for our pages alone, and for https alone where it is used`() throws {
        for isSecure in [false, true] {
            try withFixture(change: { configuration, _ in
                if isSecure { configuration.oauth.issuer = "https://coffer.example" }
            }) { fixture in
                _ = try fixture.addUser("anna")
                let browser = Browser(fixture, host: isSecure ? "coffer.example" : "localhost")
                let page = try browser.get("/signin")
                let visit = try #require(page.headers("Set-Cookie").first)
                let name = isSecure ? "__Host-coffer_visit=" : "coffer_visit="
                #expect(visit.hasPrefix(name) && visit.hasSuffix("; Secure") == isSecure)
                #expect(!visit.contains("Max-Age") && !visit.contains("Domain"))
                let answer = try browser.submit(on: page, action: "/signin", Self.right)
                let lines = answer.headers("Set-Cookie")
                let session = try #require(lines.first { $0.contains("session=cfs_") })
                #expect(session.hasPrefix((isSecure ? "__Host-" : "") + "coffer_session=cfs_"))
                #expect(session.contains("; Max-Age=1209600; HttpOnly; SameSite=Lax"))
                #expect(session.hasSuffix("; Secure") == isSecure && !session.contains("Domain"))
                #expect(lines.contains { $0.hasPrefix(name + ";") && $0.contains("Max-Age=0") })
                #expect(browser.cookies.count == 2)
                let known = try #require(lines.first { $0.contains("coffer_browser=cfw_") })
                #expect(known.hasPrefix("__Host-") == isSecure && known.hasSuffix("; Secure") == isSecure)
                #expect(known.contains("; Max-Age=31536000; HttpOnly; SameSite=Lax"))
                // A page gives no cookie to those who have one.
                #expect(try browser.get("/keys").headers("Set-Cookie").isEmpty)
            }
        }
    }

    @Test func `a session is new at each sign-in, whatever the browser came with`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let first = try #require(browser.cookies["coffer_session"])
            // A made-up session is none, and is not taken over.
            let planted = "cfs_" + String(repeating: "A", count: 43) + "_000000"
            let victim = Browser(fixture)
            victim.cookies = ["coffer_session": planted]
            #expect(try victim.get("/keys").location == "/signin")
            #expect(try victim.submit("/signin", action: "/signin", Self.right).status == 303)
            #expect(victim.cookies["coffer_session"] != planted)
            // A session of somebody else in the browser ends when its user signs in there.
            let other = try fixture.browser(of: "mallory")
            let set = try #require(other.cookies["coffer_session"])
            let shared = Browser(fixture)
            shared.cookies = ["coffer_session": set]
            let token = try shared.token()
            let answer = try shared.post("/signin", [("csrf", token)] + Self.right.map { ($0.key, $0.value) })
            #expect(answer.status == 303 && shared.cookies["coffer_session"] != set)
            #expect(try shared.get("/keys").text.contains("<bdi>anna</bdi>"))
            #expect(try other.get("/keys").location == "/signin")
            #expect(try browser.get("/keys").status == 200)
            #expect(browser.cookies["coffer_session"] == first)
        }
    }

    @Test func `signing out ends the session for everybody who has it`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let copy = Browser(fixture)
            copy.cookies = browser.cookies
            #expect(try copy.get("/keys").status == 200)
            let answer = try browser.submit("/keys", action: "/signout")
            #expect(answer.status == 303 && browser.cookies["coffer_session"] == nil)
            #expect(try browser.follow(answer).text.contains("You are signed out."))
            #expect(try copy.get("/keys").location == "/signin")
            #expect(try copy.get("/signout").status == 405)
        }
    }

    @Test func `an ended, old or ambiguous session is none`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let session = try #require(browser.cookies["coffer_session"])
            let plain = Browser(fixture)
            for cookie in [
                "coffer_session=\(session); coffer_session=\(session)",
                "coffer_session=\(session)x", "coffer_session=", "coffer_session", "=\(session)",
                "Coffer_session=\(session)", "coffer_session=\"\(session)\"",
                "coffer_session=\(session); " + String(repeating: "a=b; ", count: 2000),
            ] {
                let answer = try plain.get("/keys", headers: [HTTPHeader("Cookie", cookie)])
                #expect(answer.location == "/signin", "\(cookie.prefix(40))")
            }
            #expect(
                try plain.get("/keys", headers: [HTTPHeader("Cookie", "a=b;coffer_session=\(session)")])
                    .status
                    == 200
            )
            fixture.clock.advance(seconds: 12 * 3600)
            #expect(try browser.get("/keys").location == "/signin")
        }
    }

    @Test func `who is not signed in comes back to the page that was asked for`() throws {
        try withFixture { fixture in
            _ = try fixture.addUser("anna")
            let browser = Browser(fixture)
            let answer = try browser.get("/oauth/applications/new?x=1&y=%2F")
            #expect(answer.location == "/signin?return_to=/oauth/applications/new%3Fx%3D1%26y%3D%252F")
            let signedIn = try browser.submit(answer.location, action: "/signin", Self.right)
            #expect(signedIn.location == "/oauth/applications/new?x=1&y=%2F")
            for target in ["https://evil.example", "//evil.example", "/signout", "/keys/%2f/evil"] {
                let other = Browser(fixture)
                let page = try other.get("/signin?return_to=" + Form.escape(target))
                #expect(!page.text.contains("evil"))
                let sent = try other.submit(on: page, action: "/signin", Self.right)
                #expect(sent.location == "/keys")
                let forced = Browser(fixture)
                let fields = Self.right.merging(["return_to": target]) { $1 }
                #expect(try forced.submit("/signin", action: "/signin", fields).location == "/keys")
                // Nor when the session is there already.
                #expect(try forced.get("/signin?return_to=" + Form.escape(target)).location == "/keys")
            }
        }
    }

    @Test func `guessing is slowed down alike for accounts that are there and that are not`() throws {
        for name in ["anna", "nobody"] {
            try withFixture(limiter: SignInGuard()) { fixture in
                _ = try fixture.addUser("anna")
                let account = name + "@example.org"
                let browser = Browser(fixture)
                func attempt(_ password: String) throws -> Answer {
                    try browser.submit(
                        "/signin",
                        action: "/signin",
                        ["email": account, "password": password]
                    )
                }
                for _ in 0..<10 {
                    let answer = try attempt("wrong password")
                    #expect(answer.status == 401)
                    #expect(answer.text.contains("No account has this e-mail address and password."))
                }
                // The right password is not looked at before the time is over.
                let locked = try attempt(Fixture.password)
                #expect(locked.status == 429 && locked.header("Retry-After") == "1")
                #expect(locked.text.contains("There were too many attempts."))
                fixture.clock.advance(seconds: 2)
                #expect(try attempt("wrong password").status == 401)
                #expect(try attempt("wrong password").header("Retry-After") == "2")
                fixture.clock.advance(seconds: 3)
                #expect(try attempt(Fixture.password).status == (name == "anna" ? 303 : 401))
            }
        }
    }

    @Test func `a browser in which the user signed in before is not kept out by others who fail`() throws {
        try withFixture(limiter: SignInGuard()) { fixture in
            let known = try fixture.browser(of: "anna")
            let other = try fixture.browser(of: "mallory")
            for browser in [known, other] {
                #expect(try browser.submit("/keys", action: "/signout").status == 303)
                #expect(browser.cookies["coffer_browser"]?.hasPrefix("cfw_") == true)
            }
            func attempt(_ browser: Browser, _ password: String = Fixture.password) throws -> Int {
                let fields = ["email": "anna@example.org", "password": password]
                return try browser.submit("/signin", action: "/signin", fields).status
            }
            let planted = Browser(fixture)
            planted.cookies = ["coffer_browser": "cfw_" + String(repeating: "A", count: 43) + "_000000"]
            for _ in 0..<10 { #expect(try attempt(other, "wrong password") == 401) }
            // Neither a new browser, nor one known to others, nor one that made its cookie up.
            for browser in [Browser(fixture), other, planted] { #expect(try attempt(browser) == 429) }
            let cookie = known.cookies["coffer_browser"]
            #expect(try attempt(known) == 303)
            #expect(known.cookies["coffer_browser"] == cookie)
            #expect(try attempt(Browser(fixture)) == 429)
            // A known browser guesses no better than others.
            #expect(try known.submit("/keys", action: "/signout").status == 303)
            for _ in 0..<10 { #expect(try attempt(known, "wrong password") == 401) }
            #expect(try attempt(known) == 429)
        }
    }

    @Test func `a browser is known for a year, until the password is another, and twenty of a user are`()
        throws
    {
        try withFixture { fixture in
            let anna = try fixture.addUser("anna")
            let workspace = fixture.workspace
            func isKnown(_ text: String, _ account: String = "Anna@example.org") throws -> Bool {
                try workspace.knownBrowser(text, account: account) != nil
            }
            let texts = try (0..<21).map { _ in try workspace.rememberBrowser(of: anna) }
            #expect(try texts.map { try isKnown($0) } == [false] + Array(repeating: true, count: 20))
            #expect(try !isKnown(texts[20], "owner") && !isKnown(texts[20], "nobody@example.org"))
            #expect(try !isKnown(texts[20] + "x"))
            // It opens nothing.
            #expect(try workspace.pageSession(texts[20]) == nil)
            fixture.clock.advance(seconds: 365 * 86_400)
            #expect(try !isKnown(texts[20]))
            let fresh = try workspace.rememberBrowser(of: anna)
            #expect(try isKnown(fresh))
            try workspace.setPassword(Secret("another long password"), of: anna)
            #expect(try !isKnown(fresh))
        }
    }

    @Test func `an address that fails too often waits, whatever accounts it tries, and others do not`() throws
    {
        var limits = SignInLimits()
        limits.failuresPerAddress = 5
        limits.signUpsPerAddress = 1
        try withFixture(limiter: SignInGuard(limits: limits)) { fixture in
            _ = try fixture.addUser("anna")
            let browser = Browser(fixture, address: "192.0.2.1")
            for number in 0..<5 {
                let fields = ["email": "u\(number)@example.org", "password": "wrong password"]
                #expect(try browser.submit("/signin", action: "/signin", fields).status == 401)
            }
            #expect(try browser.submit("/signin", action: "/signin", Self.right).status == 429)
            let other = Browser(fixture, address: "192.0.2.2")
            #expect(try other.submit("/signin", action: "/signin", Self.right).status == 303)
            for (number, status) in [(0, 303), (1, 429)] {
                let fields = [
                    "name": "N", "email": "n\(number)@example.org", "password": Fixture.password,
                    "password_confirmation": Fixture.password,
                ]
                let visitor = Browser(fixture, address: "192.0.2.3")
                let answer = try visitor.submit("/signup", action: "/signup", fields)
                #expect(answer.status == status)
                #expect(status == 303 || answer.header("Retry-After") == "3600")
            }
        }
    }

    @Test func `the owner of the folder signs in by that word and sets an address`() throws {
        try withFixture { fixture in
            try fixture.workspace.setPassword(Secret(Fixture.password), of: fixture.owner)
            let browser = Browser(fixture)
            let fields = ["email": "owner", "password": Fixture.password]
            #expect(try browser.submit("/signin", action: "/signin", fields).status == 303)
            let changed = try browser.submit(
                "/profile",
                action: "/profile/email",
                ["email": "me@example.org", "present": Fixture.password]
            )
            #expect(changed.location == "/profile?done=email")
            let again = Browser(fixture)
            #expect(try again.submit("/signin", action: "/signin", fields).status == 401)
            let mine = ["email": "me@example.org", "password": Fixture.password]
            #expect(try again.submit("/signin", action: "/signin", mine).status == 303)
        }
    }
}
