import Crypto
import Foundation
import HTTPServer
import Services
import Testing

/// Each page as a browser gets it, compared with files; what differs from run to run is masked.
@Suite("Pages as they are sent")
private struct GoldenPageTests {
    private func expect(
        _ answer: Answer,
        is name: String,
        masking names: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var text = answer.text
        for (found, shown) in names { text = text.replacingOccurrences(of: found, with: shown) }
        let marks = ["name=\"csrf\" value=\"", "class=\"secret\">cft_", "class=\"secret\">cfp_", "under "]
        for mark in marks {
            let pieces = text.components(separatedBy: mark)
            text =
                ([pieces[0]]
                + pieces.dropFirst().map { piece in
                    mark == "under " && !answer.text.contains("Something went wrong")
                        ? piece : "…" + piece.drop { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
                }).joined(separator: mark)
        }
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/\(name).html")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
            try Data(text.utf8).write(to: file)
            Issue.record("recorded \(name); run again without RECORD_GOLDEN", sourceLocation: sourceLocation)
            return
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(text == expected, "golden file \(name).html", sourceLocation: sourceLocation)
    }

    @Test func `signing in and up`() throws {
        try withFixture(limiter: SignInGuard(limits: Self.strict)) { fixture in
            _ = try fixture.addUser("anna")
            let browser = Browser(fixture)
            try expect(browser.get("/signin"), is: "signin")
            try expect(browser.get("/signin?return_to=/oauth/authorize%3Fclient_id=x"), is: "signin-consent")
            try expect(browser.get("/signup"), is: "signup")
            let wrong = ["email": "anna@example.org", "password": "wrong password"]
            try expect(browser.submit("/signin", action: "/signin", wrong), is: "signin-wrong")
            try expect(browser.submit("/signin", action: "/signin", wrong), is: "signin-locked")
            let fields = ["name": "", "email": "x", "password": "a", "password_confirmation": "b"]
            try expect(browser.submit("/signup", action: "/signup", fields), is: "signup-wrong")
            try expect(browser.get("/signin?done=signed-out"), is: "signin-signed-out")
        }
        try withFixture(signUp: .closed) { fixture in
            try expect(Browser(fixture).get("/signup"), is: "signup-closed")
        }
    }

    private static var strict: SignInLimits {
        var limits = SignInLimits()
        limits.failuresPerAccount = 1
        return limits
    }

    @Test func `profile, keys and applications`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let user = try #require(try fixture.workspace.users().last).id
            try expect(browser.get("/profile"), is: "profile")
            let details = ["name": "Anna", "currency": "NOSUCH", "time_zone": "UTC"]
            try expect(browser.submit("/profile", action: "/profile", details), is: "profile-wrong")
            let password = [
                "present": "wrong password", "password": "12345678", "password_confirmation": "12345678",
            ]
            try expect(
                browser.submit("/profile", action: "/profile/password", password),
                is: "profile-password"
            )
            try expect(browser.get("/keys"), is: "keys-first")
            let made = try browser.submit(
                "/keys",
                action: "/keys",
                containing: "value=\"trustvault\"",
                ["label": "Phone"]
            )
            try expect(browser.follow(made), is: "keys-made")
            try expect(browser.get(made.location), is: "keys-shown")
            let wrong: [String: String?] = ["label": "", "days": "0", "right_read": nil]
            try expect(
                browser.submit("/keys", action: "/keys", containing: "value=\"coinbtr\"", wrong),
                is: "keys-wrong"
            )
            try expect(browser.get("/oauth/applications"), is: "applications-none")
            try expect(browser.get("/oauth/applications/new"), is: "application-new")
            let fields = ["name": "Ledger app", "redirect_uris": Fixture.redirect]
            let page = try browser.follow(
                try browser.submit("/oauth/applications/new", action: "/oauth/applications", fields)
            )
            let client = try #require(try fixture.workspace.oauthClients(of: user).first).publicID
            let masks = [client: "CLIENT"]
            try expect(page, is: "application-made", masking: masks)
            try expect(browser.get("/oauth/applications"), is: "applications", masking: masks)
            let path = "/oauth/applications/" + client
            try expect(browser.get(path + "/edit"), is: "application-edit", masking: masks)
            let bad = ["name": "", "redirect_uris": "http://app.example/"]
            try expect(
                browser.submit(path + "/edit", action: path, bad),
                is: "application-wrong",
                masking: masks
            )
            try expect(browser.get("/oauth/authorized_applications"), is: "authorized-none")
            let consent =
                "/oauth/authorize?client_id=\(client)&response_type=code&scope=read%20info&state=xyz"
            try expect(browser.get(consent), is: "consent", masking: masks)
        }
    }

    @Test func `errors`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            try expect(browser.get("/keys/x/y"), is: "not-found")
            try expect(browser.get("/oauth/applications/x"), is: "not-found-mine")
            try expect(browser.send(.delete, "/keys"), is: "method-not-allowed")
            try expect(browser.post("/keys", [("kind", "x")]), is: "stray-form")
            try expect(browser.send(.post, "/keys", body: Array("x".utf8)), is: "wrong-media")
            let token = try browser.token()
            try expect(browser.post("/keys", [("csrf", token), ("a", "b")]), is: "bad-form")
            try expect(browser.get("/oauth/authorize?client_id=x"), is: "consent-unknown-client")
            let large = [("csrf", String(repeating: "x", count: 70_000))]
            try expect(browser.post("/keys", large), is: "too-large")
            try expect(Browser(fixture, host: "coffer.lan:8080").get("/signin"), is: "strange-host")
        }
        try withFixture(change: {
            $0.oauth.issuer = "https://coffer.example"; _ = $1
        }) { fixture in
            try expect(Browser(fixture).get("/signin"), is: "strange-host-known")
        }
        try withFixture(rates: RateLimiter(ratePerSecond: 0.01, burst: 1)) { fixture in
            let browser = try fixture.browser(of: "anna")
            _ = try browser.get("/keys")
            try expect(browser.get("/keys"), is: "too-many")
        }
    }
}
