import Foundation
import HTTPServer
import SchemaSupport
import Services
import Testing

/// What a route answers to its owner, to another user and to nobody known.
private struct Expectation {
    var path: String
    var fields: [(String, String)] = []
    let owner: Int
    let other: Int
    /// 303 to the sign-in page for all that is somebody's.
    var nobody = 303
}

@Suite("Every route of the pages")
private struct WalkTests {
    /// What stands in all that is Anna's, and must be in no answer to others.
    private static let mark = "77123"

    /// One line for each route, in an order in which each finds what it needs; `form` is for those of POST.
    private static let expectations: KeyValuePairs<String, Expectation> = [
        "pages.style": Expectation(path: "/pages/style.css", owner: 200, other: 200, nobody: 200),
        "pages.icon": Expectation(path: "/pages/icon.svg", owner: 200, other: 200, nobody: 200),
        "pages.start": Expectation(path: "/", owner: 303, other: 303),
        "pages.signin": Expectation(path: "/signin", owner: 303, other: 303, nobody: 200),
        "pages.signup": Expectation(path: "/signup", owner: 303, other: 303, nobody: 200),
        "pages.profile": Expectation(path: "/profile", owner: 200, other: 200),
        "pages.keys": Expectation(path: "/keys", owner: 200, other: 200),
        "pages.api_keys": Expectation(path: "/get_api_keys", owner: 200, other: 200),
        "pages.applications": Expectation(path: "/oauth/applications", owner: 200, other: 200),
        "pages.application_new": Expectation(path: "/oauth/applications/new", owner: 200, other: 200),
        "pages.application": Expectation(path: "/oauth/applications/CLIENT", owner: 200, other: 404),
        "pages.application_edit": Expectation(
            path: "/oauth/applications/CLIENT/edit",
            owner: 200,
            other: 404
        ),
        "pages.authorized": Expectation(path: "/oauth/authorized_applications", owner: 200, other: 200),
        "pages.consent": Expectation(
            path: "/oauth/authorize?client_id=OPEN&response_type=code",
            owner: 200,
            other: 200
        ),
        "pages.consent_post": Expectation(
            path: "/oauth/authorize",
            fields: [("client_id", "OPEN"), ("response_type", "code"), ("decision", "deny")],
            owner: 303,
            other: 303,
            nobody: 403
        ),
        "pages.application_create": Expectation(
            path: "/oauth/applications",
            fields: [("name", "B"), ("type", "public"), ("scope_read", "on")],
            owner: 303,
            other: 303
        ),
        "pages.application_change": Expectation(
            path: "/oauth/applications/CLIENT",
            fields: [("name", "new \(mark)"), ("scope_read", "on")],
            owner: 303,
            other: 404
        ),
        "pages.application_rotate": Expectation(
            path: "/oauth/applications/CLIENT/rotate",
            owner: 303,
            other: 404
        ),
        "pages.authorized_revoke": Expectation(
            path: "/oauth/authorized_applications/OPEN/revoke",
            owner: 404,
            other: 404
        ),
        "pages.application_delete": Expectation(
            path: "/oauth/applications/CLIENT/delete",
            fields: [("sure", "on")],
            owner: 303,
            other: 404
        ),
        "pages.key_create": Expectation(
            path: "/keys",
            fields: [("kind", "trustvault"), ("label", "B")],
            owner: 303,
            other: 303
        ),
        "pages.key_revoke": Expectation(path: "/keys/KEY/revoke", owner: 303, other: 404),
        "pages.session_end": Expectation(path: "/profile/sessions/SESSION/end", owner: 303, other: 404),
        "pages.profile_details": Expectation(
            path: "/profile",
            fields: [("name", "Name 77123"), ("currency", "EUR"), ("time_zone", "UTC")],
            owner: 303,
            other: 303
        ),
        "pages.profile_email": Expectation(
            path: "/profile/email",
            fields: [("email", "USER@new.example"), ("present", Fixture.password)],
            owner: 303,
            other: 303
        ),
        "pages.profile_password": Expectation(
            path: "/profile/password",
            fields: [
                ("present", Fixture.password), ("password", Fixture.password),
                ("password_confirmation", Fixture.password),
            ],
            owner: 303,
            other: 303
        ),
        "pages.signup_post": Expectation(
            path: "/signup",
            fields: [
                ("name", "New"), ("email", "new-USER@example.org"), ("password", Fixture.password),
                ("password_confirmation", Fixture.password),
            ],
            owner: 303,
            other: 303,
            nobody: 403
        ),
        "pages.signin_post": Expectation(
            path: "/signin",
            fields: [("email", "nobody@example.org"), ("password", Fixture.password)],
            owner: 401,
            other: 401,
            nobody: 403
        ),
        "pages.signout": Expectation(path: "/signout", owner: 303, other: 303),
    ]

    @Test func `no user sees, changes or ends what is another's, on any route`() throws {
        try withFixture { fixture in
            let routes = fixture.router.routes
            let expectations = Self.expectations
            #expect(Set(routes.map(\.name)) == Set(expectations.map(\.key)))
            let owner = try fixture.browser(of: "anna")
            let user = try #require(try fixture.workspace.users().last).id
            _ = try fixture.browser(of: "anna")
            let session = try #require(try fixture.workspace.pageSessions(of: user).last).number
            try fixture.workspace.changeProfile(
                of: user,
                name: "Anna \(Self.mark)",
                currency: "USD",
                timeZone: "UTC"
            )
            let client = try fixture.client(
                of: user,
                name: "App \(Self.mark)",
                redirects: ["https://host\(Self.mark).example/"]
            ).client.publicID
            let open = try fixture.client(of: fixture.owner).client.publicID
            let key = try fixture.workspace.createKey(
                AccessKeyDraft(kind: .coinbtr, label: "Key \(Self.mark)", rights: ["trade"]),
                of: user
            ).key.number
            let mallory = try fixture.browser(of: "mallory")
            for (who, browser) in [("nobody", nil), ("mallory", mallory), ("anna", owner)] {
                for (name, expected) in expectations {
                    let route = try #require(routes.first { $0.name == name })
                    func filled(_ text: String) -> String {
                        text.replacing("CLIENT", with: client).replacing("OPEN", with: open)
                            .replacing("KEY", with: String(key)).replacing("SESSION", with: String(session))
                            .replacing("USER", with: who)
                    }
                    // Where a session ended by the route before, the walk goes on with the present one.
                    let visitor = browser ?? Browser(fixture)
                    let answer: Answer
                    if route.method == .post {
                        var fields = expected.fields.map { ($0.0, filled($0.1)) }
                        if browser != nil { fields.append(("csrf", try visitor.token())) }
                        answer = try visitor.post(filled(expected.path), fields)
                    } else {
                        answer = try visitor.get(filled(expected.path))
                    }
                    let status =
                        switch who {
                        case "nobody": expected.nobody
                        case "mallory": expected.other
                        default: expected.owner
                        }
                    #expect(answer.status == status, "\(who) \(name): \(answer.text.prefix(900))")
                    if who == "nobody", status == 303 {
                        #expect(answer.location.hasPrefix("/signin"), "\(name): \(answer.location)")
                    }
                    guard who != "anna" else { continue }
                    let all = answer.text + answer.headers.map { $0.name + $0.value }.joined()
                    #expect(!all.contains(Self.mark) || name == "pages.profile_details", "\(who) \(name)")
                    // What follows a name that Mallory took for herself says nothing of Anna's.
                    if name == "pages.profile_details", who == "mallory" {
                        let mine = try #require(
                            try fixture.workspace.users().first { $0.name == "Name 77123" }
                        )
                        try fixture.workspace.changeProfile(
                            of: mine.id,
                            name: "mallory",
                            currency: "EUR",
                            timeZone: "UTC"
                        )
                    }
                }
            }
        }
    }

    @Test func `every route has the headers of all pages, for every method and visitor`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            for route in fixture.router.routes {
                let path = route.patternText.replacing("{client}", with: "x").replacing("{key}", with: "1")
                    .replacing("{session}", with: "1")
                for method in [HTTPMethod.get, .head, .post, .put, .delete, .patch] {
                    // The root is shared with other routers, which answer for what it does not take.
                    guard path != "/" || method == .get || method == .head else { continue }
                    for visitor in [browser, Browser(fixture)] {
                        let answer = try visitor.send(method, path)
                        #expect(method != .head || answer.body.isEmpty)
                        if [.put, .delete, .patch].contains(method) {
                            #expect(answer.status == 405 && answer.header("Allow") != nil, "\(path)")
                        }
                    }
                }
            }
            for path in ["/keys/x/y", "/signin/x", "/oauth/authorize/x", "/pages/x", "/profile/x/y/z"] {
                #expect(try browser.get(path).status == 404)
                #expect(try browser.get(path).text.contains("<h1>Not found</h1>"))
            }
        }
    }

    @Test func `pages are for people: no document describes them`() throws {
        try withFixture { fixture in
            #expect(fixture.router.isForPeople && fixture.router.descriptions.isEmpty)
            #expect(RouteCheck.problems([fixture.router]).isEmpty)
        }
    }

    @Test func `a slash at the end leads to the same page`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            for path in ["/keys/", "/profile/", "/oauth/applications/", "/oauth/authorized_applications/"] {
                #expect(try browser.get(path).status == 200)
            }
        }
    }

    @Test func `a store that cannot be used is a page, with the cause in the log alone`() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let browser = try fixture.browser(of: "anna")
        let page = try browser.get("/keys")
        fixture.workspace.close()
        let fields = ["label": "x"]
        let answer = try browser.submit(on: page, action: "/keys", containing: "value=\"trustvault\"", fields)
        #expect(answer.status == 503 && answer.header("Retry-After") == "1", "\(answer.text)")
        #expect(answer.text.contains("Storage cannot be used now.") && !answer.text.contains(fixture.folder))
        let id = try #require(answer.header("X-Request-Id"))
        #expect(fixture.faults.text.contains(id))
    }

    @Test func `a session has its rate, and too many requests are told so`() throws {
        try withFixture(rates: RateLimiter(ratePerSecond: 0.001, burst: 3)) { fixture in
            let browser = try fixture.browser(of: "anna")
            for _ in 0..<3 { #expect(try browser.get("/keys").status == 200) }
            let answer = try browser.get("/keys")
            #expect(answer.status == 429 && answer.header("Retry-After") != nil)
            #expect(try fixture.browser(of: "ben").get("/keys").status == 200)
        }
    }
}

@Suite("Hostile texts on the pages")
private struct HostileTextTests {
    private static let texts = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onfocus='alert(1)' x='",
        "</textarea></title><script>alert(1)</script>", "{{7*7}}${7*7}<%= 7*7 %>", "&lt;script&gt;",
        "javascript:alert(1)", "a\u{202E}b",
    ]

    /// The rules of all pages, which each answer is held against, find elements and attributes that text became.
    @Test(arguments: texts)
    func `text that somebody gave is text wherever it is shown`(_ text: String) throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let user = try #require(try fixture.workspace.users().last).id
            _ = try browser.submit("/profile", action: "/profile", ["name": text])
            _ = try browser.submit(
                "/profile",
                action: "/profile",
                ["name": text, "currency": text, "time_zone": text]
            )
            _ = try browser.submit("/profile", action: "/profile/email", ["email": text])
            _ = try browser.submit(
                "/keys",
                action: "/keys",
                containing: "value=\"trustvault\"",
                ["label": text]
            )
            let wrongKey: [String: String?] = ["label": text, "days": text]
            _ = try browser.submit("/keys", action: "/keys", containing: "value=\"coinbtr\"", wrongKey)
            let wrong = try browser.submit(
                "/oauth/applications/new",
                action: "/oauth/applications",
                ["name": text, "redirect_uris": text]
            )
            #expect(wrong.status == 422)
            let client: OAuthClientInfo?
            do {
                client = try fixture.client(of: user, name: text, redirects: [Fixture.redirect]).client
            } catch is OAuthRefusal {
                // What turns the direction of writing is no name.
                client = nil
            }
            for path in [
                "/keys", "/profile", "/oauth/applications", "/oauth/authorized_applications",
                "/signin?return_to=" + Form.escape(text), "/keys?made=" + Form.escape(text),
                "/keys?done=" + Form.escape(text), "/oauth/authorize?client_id=" + Form.escape(text),
            ]
                + (client.map {
                    ["/oauth/applications/\($0.publicID)", "/oauth/applications/\($0.publicID)/edit"]
                } ?? [])
            {
                let page = try browser.get(path)
                #expect(!page.text.contains("<script>") && !page.text.contains("\u{202E}"), "\(path)")
            }
            let guest = Browser(fixture)
            _ = try guest.submit("/signin", action: "/signin", ["email": text, "password": text])
            _ = try guest.submit(
                "/signup",
                action: "/signup",
                ["name": text, "email": text, "password": text, "password_confirmation": text]
            )
            _ = try guest.get("/signin?return_to=" + Form.escape("/keys?x=" + text))
            guard let client else { return }
            let target =
                "/oauth/authorize?client_id=\(client.publicID)&response_type=code&state=" + Form.escape(text)
            let page = try browser.get(target)
            #expect(page.status == 200)
            // The state goes through the form unchanged.
            let form = try #require(Form.all(in: page.text).first { $0.action == "/oauth/authorize" })
            #expect(form.fields.contains { $0 == ("state", text) })
            let answer = try browser.submit(on: page, action: "/oauth/authorize", ["decision": "deny"])
            let sent = HTTPFormItem.parse(Array((answer.location.split(separator: "?").last ?? "").utf8)[...])
            #expect(sent.contains { $0.name == "state" && $0.value == text })
        }
    }

    @Test func `no password, session, token or secret is in the log`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let session = try #require(browser.cookies["coffer_session"])
            let token = try browser.token()
            _ = try browser.get("/keys?made=TICKET1234")
            _ = try browser.submit("/profile", action: "/profile/email", ["present": "wrong password"])
            _ = try browser.get("/oauth/authorize?client_id=CLIENT1234&state=STATE1234")
            let log = fixture.log.text
            #expect(log.contains("session:"))
            for secret in [
                session, token, Fixture.password, "wrong password", "TICKET1234", "STATE1234",
                "anna@example.org",
            ] {
                #expect(!log.contains(secret), "\(secret)")
            }
        }
    }
}
