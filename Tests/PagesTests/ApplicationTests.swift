import Foundation
import HTTPServer
import Services
import Testing

@Suite("The pages of applications")
private struct ApplicationTests {
    private static let path = "/oauth/applications"

    private func register(_ browser: Browser, _ changes: [String: String?] = [:]) throws -> Answer {
        let fields: [String: String?] = [
            "name": "Ledger app",
            "redirect_uris": "https://app.example/callback\r\n http://127.0.0.1:8000/cb \r\n\r\n",
        ]
        return try browser.submit(Self.path + "/new", action: Self.path, fields.merging(changes) { $1 })
    }

    private func secret(of page: String) -> String? {
        page.components(separatedBy: "<dt>Secret (client_secret)</dt>\n<dd><code class=\"secret\">")
            .dropFirst()
            .first?.components(separatedBy: "</code>").first
    }

    @Test func `an application is registered, shown, changed, given another secret and deleted`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            #expect(try browser.get(Self.path).text.contains("You have registered none."))
            let made = try register(browser)
            let page = try browser.follow(made)
            let user = try #require(try fixture.workspace.users().last).id
            let client = try #require(try fixture.workspace.oauthClients(of: user).first)
            let path = Self.path + "/" + client.publicID
            #expect(made.location.hasPrefix(path + "?made="))
            let first = try #require(secret(of: page.text))
            #expect(page.text.contains(client.publicID))
            #expect(client.redirects == ["https://app.example/callback", "http://127.0.0.1:8000/cb"])
            #expect(client.scopes == [.public, .info, .read] && client.isConfidential)
            for address in client.redirects { #expect(page.text.contains("<code>\(address)</code>")) }
            #expect(secret(of: try browser.get(made.location).text) == nil)
            #expect(try !browser.get(path).text.contains(first))
            #expect(try browser.get(Self.path).text.contains(client.publicID))
            #expect(try browser.get("/keys").text.contains(path))
            let changed = try browser.submit(
                path + "/edit",
                action: path,
                ["name": "New name", "redirect_uris": "com.example.app:/cb", "scope_write": "on"]
            )
            #expect(changed.location == path + "?done=saved")
            let after = try #require(try fixture.workspace.oauthClient(publicID: client.publicID))
            #expect(after.name == "New name" && after.redirects == ["com.example.app:/cb"])
            #expect(after.scopes == [.public, .info, .read, .write])
            let rotated = try browser.follow(try browser.submit(path, action: path + "/rotate"))
            let second = try #require(secret(of: rotated.text))
            #expect(second != first)
            #expect(!fixture.log.text.contains(first) && !fixture.log.text.contains(second))
            // The box beside the button has to be ticked.
            #expect(try browser.submit(path, action: path + "/delete").status == 400)
            let deleted = try browser.submit(path, action: path + "/delete", ["sure": "on"])
            #expect(deleted.location == Self.path + "?done=deleted")
            #expect(try browser.get(path).status == 404)
            #expect(try fixture.workspace.oauthClients(of: user).isEmpty)
        }
    }

    @Test func `a public application has no secret, and its type stays`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let page = try browser.follow(try register(browser, ["type": "public"]))
            #expect(page.status == 200 && secret(of: page.text) == nil && page.text.contains("PKCE"))
            let user = try #require(try fixture.workspace.users().last).id
            let client = try #require(try fixture.workspace.oauthClients(of: user).first)
            #expect(!client.isConfidential)
            let path = Self.path + "/" + client.publicID
            #expect(!page.text.contains("/rotate"))
            let token = try browser.token()
            #expect(try browser.post(path + "/rotate", [("csrf", token)]).status == 400)
            let forced = try browser.submit(path + "/edit", action: path, ["type": "confidential"])
            #expect(forced.status == 400)
            #expect(try fixture.workspace.oauthClient(publicID: client.publicID)?.isConfidential == false)
        }
    }

    @Test(
        arguments: [
            (["name": ""], "name", "The name has to be"),
            (["name": "evil\u{202E}name"], "name", "The name has to be"),
            (["redirect_uris": "javascript:alert(1)"], "redirect_uris", "javascript:alert(1)"),
            (["redirect_uris": "http://app.example/cb"], "redirect_uris", "has to begin with https:"),
            (["redirect_uris": "https://app.example/#x"], "redirect_uris", "must not have a fragment"),
            (["redirect_uris": "https://*.example/"], "redirect_uris", "must not have a wildcard"),
            (["scope_public": nil, "scope_info": nil, "scope_read": nil], "scopes", "The scopes have to be"),
            (["type": "secret"], "type", "confidential or public"),
        ] as [([String: String?], String, String)]
    )
    func `what is no application is said with its field`(
        _ changes: [String: String?],
        _ field: String,
        _ words: String
    ) throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let answer = try register(browser, changes)
            #expect(answer.status == 422, "\(answer.text)")
            let summary = FormText.summary(of: answer.text)
            #expect(summary.contains(words) && summary.contains("href=\"#\(field)\""), "\(summary)")
            let user = try #require(try fixture.workspace.users().last).id
            #expect(try fixture.workspace.oauthClients(of: user).isEmpty)
            let form = try #require(Form.all(in: answer.text).first { $0.action == Self.path })
            if let typed = changes[field], let typed {
                // What turns the direction of writing is shown as an unknown character.
                let shown = typed.replacing("\u{202E}", with: "\u{FFFD}")
                #expect(form.fields.contains { $0 == (field, shown) } || field == "type")
            }
        }
    }
}

@Suite("The page of consent")
private struct ConsentTests {
    private static let path = "/oauth/authorize"

    private func query(_ client: String, _ more: [String: String?] = [:]) -> String {
        let usual: [String: String?] = [
            "response_type": "code", "client_id": client, "redirect_uri": Fixture.redirect,
            "scope": "read info", "state": "a&b=<c>\"'",
        ]
        let pairs = usual.merging(more) { $1 }.compactMap { name, value in value.map { (name, $0) } }
        return Self.path + "?"
            + pairs.sorted { $0.0 < $1.0 }.map { $0.0 + "=" + Form.escape($0.1) }.joined(separator: "&")
    }

    private func parameters(of location: String) -> [String: String] {
        let items = HTTPFormItem.parse(Array((location.components(separatedBy: "?").last ?? "").utf8)[...])
        return Dictionary(items.map { ($0.name, $0.value) }) { $1 }
    }

    @Test func `a user who signs in sees what is asked for and goes back with a code`() throws {
        try withFixture { fixture in
            let made = try fixture.client(of: fixture.owner, name: "Ledger <b>app</b>")
            _ = try fixture.addUser("anna")
            let browser = Browser(fixture)
            let asked = try browser.get(query(made.client.publicID))
            #expect(asked.location.hasPrefix("/signin?return_to=/oauth/authorize%3F"))
            let signInPage = try browser.follow(asked)
            #expect(signInPage.text.contains("An application asks for access to your account."))
            let signedIn = try browser.submit(
                on: signInPage,
                action: "/signin",
                ["email": "anna@example.org", "password": Fixture.password]
            )
            let page = try browser.follow(signedIn)
            #expect(page.status == 200, "\(page.text)")
            for words in [
                "Ledger &lt;b&gt;app&lt;/b&gt;", "anna@example.org", "Read your portfolios",
                "See your name and e-mail address", "2 hours", "90 days", "app.example",
                "Somebody else on this server registered it.",
            ] {
                #expect(page.text.contains(words), "\(words)")
            }
            #expect(!page.text.contains("Add and change portfolios"))
            #expect(
                page.header("Content-Security-Policy")?.contains("form-action 'self' https://app.example;")
                    == true
            )
            let answer = try browser.submit(on: page, action: Self.path, ["decision": "authorize"])
            #expect(answer.status == 303 && answer.location.hasPrefix(Fixture.redirect + "?"))
            let sent = parameters(of: answer.location)
            #expect(sent["code"]?.hasPrefix("cfc_") == true && sent["state"] == "a&b=<c>\"'")
            #expect(sent["iss"] == fixture.workspace.issuer && sent["error"] == nil)
            #expect(!fixture.log.text.contains(sent["code"] ?? "-"))
        }
    }

    @Test func `a user who denies goes back with that`() throws {
        try withFixture { fixture in
            let made = try fixture.client(of: fixture.owner)
            let browser = try fixture.browser(of: "anna")
            let answer = try browser.submit(
                query(made.client.publicID),
                action: Self.path,
                ["decision": "deny"]
            )
            let sent = parameters(of: answer.location)
            #expect(answer.status == 303 && sent["error"] == "access_denied" && sent["code"] == nil)
            #expect(sent["state"] == "a&b=<c>\"'" && sent["iss"] == fixture.workspace.issuer)
            let undecided = try browser.submit(
                query(made.client.publicID),
                action: Self.path,
                ["decision": "x"]
            )
            #expect(undecided.status == 400 && undecided.location.isEmpty)
        }
    }

    @Test(
        arguments: [
            ["client_id": nil], ["client_id": "nobody"], ["redirect_uri": "https://evil.example/"],
            ["redirect_uri": "https://app.example/callback/"],
            ["redirect_uri": "https://app.example/callback?x"],
            ["redirect_uri": "//evil.example"], ["redirect_uri": "javascript:alert(1)"],
        ] as [[String: String?]]
    )
    func `a wrong application or address is a page, and nobody is sent there`(
        _ changes: [String: String?]
    ) throws {
        try withFixture { fixture in
            let made = try fixture.client(of: fixture.owner)
            let anna = try fixture.browser(of: "anna")
            for browser in [anna, Browser(fixture)] {
                let answer = try browser.get(query(made.client.publicID, changes))
                #expect(answer.status == 400 && answer.location.isEmpty)
                #expect(!answer.text.contains("evil.example") && answer.text.contains("not sent back"))
            }
            // Nor by a form that was tampered with.
            let tampered = try anna.submit(
                query(made.client.publicID),
                action: Self.path,
                changes.merging(["decision": "authorize"]) { $1 }
            )
            #expect(tampered.status == 400 && tampered.location.isEmpty)
        }
    }

    @Test(
        arguments: [
            (["response_type": "token"], "unsupported_response_type"),
            (["response_type": nil], "invalid_request"), (["scope": "read everything"], "invalid_scope"),
            (["scope": "admin"], "invalid_scope"), (["code_challenge": "x"], "invalid_request"),
            (["code_challenge": "x", "code_challenge_method": "plain"], "invalid_request"),
            (["response_mode": "fragment"], "invalid_request"),
        ] as [([String: String?], String)]
    )
    func `everything else goes back to the application, with state and issuer`(
        _ changes: [String: String?],
        _ error: String
    ) throws {
        try withFixture { fixture in
            let made = try fixture.client(of: fixture.owner)
            for browser in [try fixture.browser(of: "anna"), Browser(fixture)] {
                let answer = try browser.get(query(made.client.publicID, changes))
                let sent = parameters(of: answer.location)
                #expect(answer.status == 303 && answer.location.hasPrefix(Fixture.redirect + "?"))
                #expect(sent["error"] == error && sent["state"] == "a&b=<c>\"'")
                #expect(sent["iss"] == fixture.workspace.issuer)
            }
        }
    }

    @Test func `the form names the place it leads to, and loopback ports are free`() throws {
        try withFixture { fixture in
            let made = try fixture.client(
                of: fixture.owner,
                redirects: ["http://127.0.0.1/cb", "com.example.app:/cb"],
                isConfidential: false
            )
            let browser = try fixture.browser(of: "anna")
            let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
            for (redirect, source, shown) in [
                ("http://127.0.0.1:51004/cb", "http://127.0.0.1:51004", "127.0.0.1:51004"),
                ("com.example.app:/cb", "com.example.app:", "com.example.app:"),
            ] {
                let page = try browser.get(
                    query(
                        made.client.publicID,
                        [
                            "redirect_uri": redirect, "code_challenge": challenge,
                            "code_challenge_method": "S256",
                        ]
                    )
                )
                let policy = page.header("Content-Security-Policy") ?? ""
                #expect(policy.contains("form-action 'self' \(source);"), "\(page.text)")
                #expect(page.text.contains("<bdi>\(shown)</bdi>"))
                let answer = try browser.submit(on: page, action: Self.path, ["decision": "authorize"])
                #expect(answer.location.hasPrefix(redirect + "?code="))
            }
        }
    }

    @Test func `what was allowed is listed for its user alone, and taken back`() throws {
        try withFixture { fixture in
            let made = try fixture.client(of: fixture.owner, name: "Ledger <app>")
            let browser = try fixture.browser(of: "anna")
            let mallory = try fixture.browser(of: "mallory")
            func token() throws -> (answer: Answer, text: String) {
                let answer = try browser.submit(
                    query(made.client.publicID),
                    action: Self.path,
                    ["decision": "authorize"]
                )
                let code = parameters(of: answer.location)["code"] ?? ""
                let tokens = try fixture.workspace.redeemCode(
                    code,
                    redirect: Fixture.redirect,
                    verifier: nil,
                    client: made.client
                )
                return (answer, tokens.accessToken)
            }
            func isGood(_ token: String) throws -> Bool {
                try fixture.workspace.loadPrincipal(token: Array(token.utf8)[...], for: .cryptfolio) != nil
            }
            let first = try token().text
            let list = "/oauth/authorized_applications"
            let page = try browser.get(list)
            #expect(page.text.contains("<bdi>Ledger &lt;app&gt;</bdi>") && page.text.contains("info read"))
            #expect(try !mallory.get(list).text.contains("Ledger"))
            let action = list + "/\(made.client.publicID)/revoke"
            #expect(try mallory.post(action, [("csrf", try mallory.token())]).status == 404)
            #expect(try isGood(first))
            let revoked = try browser.submit(on: page, action: action)
            #expect(revoked.location == list + "?done=revoked")
            #expect(try !isGood(first) && browser.get(list).text.contains("No application has access"))
            #expect(try browser.post(action, [("csrf", try browser.token())]).status == 404)
            // A changed password takes everything back too, and codes that wait.
            let second = try token().text
            let waiting = try browser.submit(
                query(made.client.publicID),
                action: Self.path,
                ["decision": "authorize"]
            )
            let change = [
                "present": Fixture.password, "password": "another horse battery",
                "password_confirmation": "another horse battery",
            ]
            #expect(try browser.submit("/profile", action: "/profile/password", change).status == 303)
            #expect(try !isGood(second))
            #expect(throws: OAuthError.self) {
                try fixture.workspace.redeemCode(
                    parameters(of: waiting.location)["code"] ?? "",
                    redirect: Fixture.redirect,
                    verifier: nil,
                    client: made.client
                )
            }
        }
    }

    @Test func `a request that is too long to come back to says what to do`() throws {
        try withFixture { fixture in
            let made = try fixture.client(of: fixture.owner)
            let anna = try fixture.browser(of: "anna")
            for (state, status) in [("x", 303), ("<", 400)] {
                let long = query(made.client.publicID, ["state": String(repeating: state, count: 2000)])
                let asked = try Browser(fixture).get(long)
                #expect(asked.status == status)
                if status == 303 {
                    #expect(try Browser(fixture).get(asked.location).status == 200)
                } else {
                    #expect(asked.text.contains("then go back to the application"))
                }
                #expect(try anna.get(long).status == 200)
            }
        }
    }

    @Test func `consent needs a session that still is`() throws {
        try withFixture { fixture in
            let made = try fixture.client(of: fixture.owner)
            let browser = try fixture.browser(of: "anna")
            let page = try browser.get(query(made.client.publicID))
            let copy = Browser(fixture)
            copy.cookies = browser.cookies
            _ = try copy.submit("/keys", action: "/signout")
            let answer = try browser.submit(on: page, action: Self.path, ["decision": "authorize"])
            #expect(answer.status == 403 && answer.location.isEmpty)
        }
    }
}
