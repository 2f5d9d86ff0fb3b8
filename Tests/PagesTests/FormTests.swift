import HTTPServer
import Services
import TestSupport
import Testing

@Suite("Forms that others make")
private struct FormTests {
    /// A form for every route that takes one, as it would do its work.
    private func forms(
        _ fixture: Fixture
    ) throws -> [(route: String, path: String, fields: [(String, String)])] {
        let user = try #require(try fixture.workspace.users().first { $0.name == "anna" }).id
        let client = try fixture.client(of: user).client.publicID
        let key = try fixture.workspace.createKey(
            AccessKeyDraft(kind: .trustvault, label: "x", rights: ["read"]),
            of: user
        ).key.number
        let session = try #require(try fixture.workspace.pageSessions(of: user).first).number
        let base = "/oauth/applications"
        let account = ("email", "anna@example.org")
        let typed = [("password", Fixture.password), ("password_confirmation", Fixture.password)]
        return [
            ("pages.signin_post", "/signin", [account, ("password", Fixture.password)]),
            ("pages.signup_post", "/signup", [("name", "N"), ("email", "n@example.org")] + typed),
            ("pages.signout", "/signout", []),
            (
                "pages.profile_details", "/profile",
                [("name", "N"), ("currency", "EUR"), ("time_zone", "UTC")]
            ),
            (
                "pages.profile_email", "/profile/email",
                [("email", "n@example.org"), ("present", Fixture.password)]
            ),
            ("pages.profile_password", "/profile/password", [("present", Fixture.password)] + typed),
            ("pages.session_end", "/profile/sessions/\(session)/end", []),
            ("pages.key_create", "/keys", [("kind", "trustvault"), ("label", "y")]),
            ("pages.key_revoke", "/keys/\(key)/revoke", []),
            (
                "pages.application_create", base,
                [("name", "A"), ("type", "public"), ("scope_read", "on"), ("redirect_uris", "")]
            ),
            ("pages.application_change", base + "/" + client, [("name", "B"), ("scope_read", "on")]),
            ("pages.application_rotate", base + "/\(client)/rotate", []),
            ("pages.application_delete", base + "/\(client)/delete", [("sure", "on")]),
            ("pages.authorized_revoke", "/oauth/authorized_applications/\(client)/revoke", []),
            (
                "pages.consent_post", "/oauth/authorize",
                [("client_id", client), ("response_type", "code"), ("decision", "authorize")]
            ),
        ]
    }

    /// All that a form could change, as text.
    private func state(_ fixture: Fixture) throws -> String {
        let workspace = fixture.workspace
        return try workspace.users().map { user in
            "\(try workspace.profile(of: user.id)) \(try workspace.keys(of: user.id)) "
                + "\(try workspace.oauthClients(of: user.id)) \(try workspace.pageSessions(of: user.id).map(\.id))"
        }.joined(separator: "\n")
    }

    @Test func `every form is refused without its token, with a wrong one and with another session's`() throws
    {
        try withFixture { fixture in
            let anna = try fixture.browser(of: "anna")
            let mallory = try fixture.browser(of: "mallory")
            let forms = try forms(fixture)
            #expect(
                Set(forms.map(\.route))
                    == Set(fixture.router.routes.filter { $0.method == .post }.map(\.name))
            )
            let own = try anna.token()
            let guest = Browser(fixture)
            let guestPage = try guest.get("/signin")
            let guestToken = try #require(Form.all(in: guestPage.text).first?.fields.first?.1)
            let tokens: [[(String, String)]] = [
                [], [("csrf", "")], [("csrf", "x")], [("csrf", try mallory.token())], [("csrf", guestToken)],
                [("csrf", String(own.dropLast()))], [("csrf", own + "A")],
            ]
            let before = try state(fixture)
            for form in forms {
                for token in tokens {
                    let answer = try anna.post(form.path, form.fields + token)
                    #expect(answer.status == 403, "\(form.route) with \(token)")
                    #expect(answer.text.contains("Nothing was changed."))
                }
                for header in [
                    HTTPHeader("Sec-Fetch-Site", "cross-site"), HTTPHeader("Sec-Fetch-Site", "same-site"),
                    HTTPHeader("Origin", "https://evil.example"),
                    HTTPHeader("Origin", "http://localhost.evil"),
                ] {
                    let fields = form.fields + [("csrf", own)]
                    let answer = try anna.post(form.path, fields, headers: [header])
                    #expect(answer.status == 403, "\(form.route) with \(header)")
                }
                // Nor from a browser that was shown no page.
                let stranger = Browser(fixture)
                let answer = try stranger.post(form.path, form.fields + [("csrf", own)])
                #expect(answer.status == 403 || answer.location.hasPrefix("/signin"), "\(form.route)")
            }
            #expect(try state(fixture) == before)
        }
    }

    @Test func `forms of our own pass, whatever browsers say of where they come from`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let fields = [
                ("csrf", try browser.token()), ("name", "N"), ("currency", "EUR"), ("time_zone", "UTC"),
            ]
            for headers in [
                [], [HTTPHeader("Sec-Fetch-Site", "same-origin"), HTTPHeader("Origin", "null")],
                [HTTPHeader("Origin", "null")], [HTTPHeader("Origin", "http://localhost")],
                [HTTPHeader("Host", "192.0.2.1:8080"), HTTPHeader("Origin", "https://192.0.2.1:8080")],
            ] {
                #expect(try browser.post("/profile", fields, headers: headers).status == 303, "\(headers)")
            }
        }
    }

    @Test func `what is no form of ours is refused and changes nothing`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let token = try browser.token()
            let good = "csrf=\(token)&name=N&currency=EUR&time_zone=UTC"
            let plain = "application/x-www-form-urlencoded"
            let before = try state(fixture)
            for (type, body, status) in [
                (plain, good + "&name=M", 400), (plain, good + "&name=", 400),
                (plain, good + "&csrf=\(token)", 400),
                (plain, good + "&role=owner", 400), (plain, good + "&name%00=x", 400),
                (plain, good.replacing("name=N", with: "name=%FF"), 400),
                (plain, good.replacing("name=N", with: "name=a%00b"), 400),
                (plain, good.replacing("name=N", with: "name=" + String(repeating: "x", count: 401)), 400),
                (plain, (0..<65).map { "f\($0)=1" }.joined(separator: "&"), 400),
                (plain, "", 403), (plain, "&&&===&%", 400),
                (plain, String(repeating: "=", count: 60_000), 400),
                (plain, good + "&x=" + String(repeating: "x", count: 65_536), 413),
                ("application/json", "{\"csrf\":\"\(token)\",\"name\":\"N\"}", 415),
                ("multipart/form-data; boundary=b", "--b\r\n\r\n--b--\r\n", 415),
                ("text/plain", good, 415), ("", good, 415), ("application/x-www-form-urlencodedx", good, 415),
            ] {
                let headers = type.isEmpty ? [] : [HTTPHeader("Content-Type", type)]
                let answer = try browser.send(.post, "/profile", headers: headers, body: Array(body.utf8))
                #expect(answer.status == status, "\(type) \(body.prefix(80)): \(answer.text)")
                #expect(answer.text.contains("<h1>"))
            }
            #expect(try state(fixture) == before)
            let charset = HTTPHeader("Content-Type", plain + "; charset=UTF-8")
            let sent = try browser.send(.post, "/profile", headers: [charset], body: Array(good.utf8))
            #expect(sent.status == 303)
        }
    }

    @Test(arguments: UInt64(1)...12)
    func `bytes at random are answered with a page and change nothing`(_ seed: UInt64) throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let token = try browser.token()
            let before = try state(fixture)
            var random = SplitMix64(seed: seed)
            func bytes(_ count: Int) -> [UInt8] {
                // Half of what stands in forms, half of anything.
                let usual = Array("csrf=&%25+;name\r\n\0<>\"'".utf8)
                return (0..<count).map { _ in
                    Bool.random(using: &random)
                        ? usual[Int.random(in: 0..<usual.count, using: &random)]
                        : UInt8.random(in: 0...255, using: &random)
                }
            }
            let paths = fixture.router.routes.filter { $0.method == .post }.map(\.patternText)
            let type = HTTPHeader("Content-Type", "application/x-www-form-urlencoded")
            for path in paths where path != "/signout" {
                var body = bytes(Int.random(in: 0..<400, using: &random))
                if Bool.random(using: &random) { body = Array("csrf=\(token)&".utf8) + body }
                let answer = try browser.send(.post, path, headers: [type], body: body)
                #expect((400..<500).contains(answer.status), "\(path) \(answer.status)")
            }
            let query = Form.escape(String(decoding: bytes(60), as: UTF8.self))
            for path in ["/oauth/authorize", "/signin", "/keys", "/profile"] {
                for text in [query, "made=" + query, "client_id=" + query, "return_to=" + query] {
                    let answer = try browser.get(path + "?" + text)
                    #expect([200, 303, 400].contains(answer.status), "\(path) \(answer.status)")
                    #expect(answer.status != 303 || answer.location == "/keys")
                }
            }
            let cookie = HTTPHeader("Cookie", "coffer_session=" + query + "; coffer_visit=" + query)
            #expect(try Browser(fixture).get("/keys", headers: [cookie]).location == "/signin")
            #expect(try state(fixture) == before)
        }
    }

    @Test func `each field has a limit, one under it is read and one over it is not`() throws {
        try withFixture { fixture in
            let browser = Browser(fixture)
            let page = try browser.get("/signin")
            let token = try #require(Form.all(in: page.text).first?.fields.first { $0.0 == "csrf" }?.1)
            for (name, limit) in [("email", 254), ("password", 1024), ("return_to", 8192)] {
                for (count, status) in [(limit, 401), (limit + 1, 400)] {
                    var fields = [("csrf", token), ("email", "a"), ("password", "b")]
                        .filter { $0.0 != name }
                    fields.append((name, String(repeating: "x", count: count)))
                    let answer = try browser.post("/signin", fields)
                    #expect(answer.status == status, "\(name) \(count)")
                    #expect(status == 401 || answer.text.contains("longer than \(limit) bytes"))
                }
            }
        }
    }
}
