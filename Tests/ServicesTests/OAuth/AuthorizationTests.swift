import Crypto
import Testing

@testable import Services

@Suite("OAuth authorization")
private struct AuthorizationTests {
    @Test func `a request shows who asks for what, and its answer carries state and issuer`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            let ask = try fixture.workspace.authorization(client.parameters())
            #expect(ask.client == client.info)
            #expect(ask.scopes == [.read, .write])
            #expect(ask.lifetimeSeconds == 7200)
            #expect(ask.renewalSeconds == 90 * 86_400)
            let url = try fixture.workspace.approve(ask, by: fixture.owner)
            #expect(url.hasPrefix("https://app.example.org/back?code=cfc_"))
            #expect(url.hasSuffix("&state=xyz&iss=http%3A%2F%2F127.0.0.1"))
            #expect(
                fixture.workspace.deny(ask)
                    == "https://app.example.org/back?error=access_denied&error_description=the%20user%20denied%20the%20"
                    + "request&state=xyz&iss=http%3A%2F%2F127.0.0.1"
            )
            // What the form of consent sends back makes the same request again.
            #expect(try fixture.workspace.authorization(ask.parameters) == ask)
        }
    }

    @Test func `the issuer is the setting, else the address that the server listens on`() throws {
        try withFixture { (fixture) throws in
            fixture.workspace.listens(at: "http://127.0.0.1:8080")
            #expect(fixture.workspace.issuer == "http://127.0.0.1:8080")
        }
        try withFixture(change: { $0.oauth.issuer = "https://coffer.example.org" }) { (fixture) throws in
            fixture.workspace.listens(at: "http://127.0.0.1:8080")
            #expect(fixture.workspace.issuer == "https://coffer.example.org")
        }
    }

    @Test(
        arguments: [
            (["client_id": nil], "did not say which one it is"),
            (["client_id": "unknown"], "No application is registered"),
            (
                ["redirect_uri": "https://app.example.org/back/"],
                "not one that the application has registered"
            ),
            (
                ["redirect_uri": "https://evil.example.org/back"],
                "not one that the application has registered"
            ),
            (["redirect_uri": "javascript:alert(1)"], "not one that the application has registered"),
        ] as [([String: String?], String)]
    )
    func `a wrong client or address is a page and never followed`(
        _ changes: [String: String?],
        _ words: String
    ) throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            do {
                _ = try fixture.workspace.authorization(client.parameters(changes))
                Issue.record("the request was taken")
            } catch OAuthRefusal.page(let reason) {
                #expect(reason.contains(words))
            }
        }
    }

    @Test(arguments: ["client_id", "redirect_uri"])
    func `a repeated client or address is a page`(_ name: String) throws {
        try withFixture { (fixture) throws in
            let parameters = try fixture.client().parameters()
            let again = try #require(parameters.first { $0.name == name })
            #expect {
                try fixture.workspace.authorization(parameters + [again])
            } throws: { error in
                guard case OAuthRefusal.page? = error as? OAuthRefusal else { return false }
                return true
            }
        }
    }

    @Test(
        arguments: [
            (["response_type": nil], "invalid_request"),
            (["response_type": "token"], "unsupported_response_type"),
            (["response_type": "code token"], "unsupported_response_type"),
            (["response_mode": "fragment"], "invalid_request"), (["scope": "everything"], "invalid_scope"),
            (["scope": "read admin"], "invalid_scope"), (["scope": "READ"], "invalid_scope"),
            (["scope": " "], "invalid_scope"),
            (["code_challenge": TestClient.challenge], "invalid_request"),
            (["code_challenge": TestClient.challenge, "code_challenge_method": "plain"], "invalid_request"),
            (["code_challenge_method": "S256"], "invalid_request"),
            (["code_challenge": "short", "code_challenge_method": "S256"], "invalid_request"),
            (
                ["code_challenge": String(repeating: "=", count: 43), "code_challenge_method": "S256"],
                "invalid_request"
            ), (["scope": String(repeating: "read ", count: 1000)], "invalid_request"),
        ] as [([String: String?], String)]
    )
    func `every other fault goes back to the client with state and issuer`(
        _ changes: [String: String?],
        _ code: String
    ) throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            do {
                _ = try fixture.workspace.authorization(client.parameters(changes))
                Issue.record("the request was taken")
            } catch OAuthRefusal.redirect(let url) {
                #expect(url.hasPrefix(TestClient.redirect + "?error=\(code)&error_description="))
                #expect(url.hasSuffix("&state=xyz&iss=http%3A%2F%2F127.0.0.1"))
            }
        }
    }

    @Test(arguments: ["a\nb", "\0", "x\u{7F}", "\u{1B}[2J", "tab\t", "ä", "x\r\nLocation: /"])
    func `a state that no client may send is refused and does not come back`(_ state: String) throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            do {
                _ = try fixture.workspace.authorization(client.parameters(["state": state]))
                Issue.record("the request was taken")
            } catch OAuthRefusal.redirect(let url) {
                #expect(
                    url == TestClient.redirect
                        + "?error=invalid_request&error_description=state%20has%20a%20character%20that%20is%20not%20"
                        + "printable%20ASCII&iss=http%3A%2F%2F127.0.0.1"
                )
            }
            let plain = String(decoding: 0x20...0x7E as ClosedRange<UInt8>, as: UTF8.self)
            let ask = try fixture.workspace.authorization(client.parameters(["state": plain]))
            #expect(ask.state == plain)
        }
    }

    @Test func `a repeated parameter goes back to the client, a repeated state not even with it`() throws {
        try withFixture { (fixture) throws in
            let parameters = try fixture.client().parameters()
            for (name, hasState) in [("scope", true), ("response_type", true), ("state", false)] {
                do {
                    _ = try fixture.workspace.authorization(parameters + [OAuthParameter(name, "x")])
                    Issue.record("the request was taken")
                } catch OAuthRefusal.redirect(let url) {
                    #expect(value(of: "error", in: url) == "invalid_request")
                    #expect((value(of: "state", in: url) != nil) == hasState)
                }
            }
        }
    }

    @Test func `the only registered address counts where none is named`() throws {
        try withFixture { (fixture) throws in
            let one = try fixture.client()
            let ask = try fixture.workspace.authorization(one.parameters(["redirect_uri": nil]))
            #expect(ask.redirect == TestClient.redirect)
            for redirects in [[], [TestClient.redirect, "https://b.example.org/"]] {
                let client = try fixture.client(redirects: redirects)
                #expect(throws: OAuthRefusal.self) {
                    try fixture.workspace.authorization(client.parameters(["redirect_uri": nil]))
                }
            }
        }
    }

    @Test func `public clients have to send a challenge, confidential ones where the setting says so`() throws
    {
        try withFixture { (fixture) throws in
            let client = try fixture.client(isConfidential: false)
            #expect(client.secret == nil)
            #expect(throws: OAuthRefusal.self) { try fixture.workspace.authorization(client.parameters()) }
            _ = try fixture.workspace.authorization(client.parameters(isChallenged: true))
        }
        try withFixture(change: { $0.oauth.isChallengeRequired = true }) { (fixture) throws in
            let client = try fixture.client()
            #expect(throws: OAuthRefusal.self) { try fixture.workspace.authorization(client.parameters()) }
            _ = try fixture.workspace.authorization(client.parameters(isChallenged: true))
        }
    }

    @Test func `a client is shown to its owner, its secret once, and ends for everybody`() throws {
        try withFixture { (fixture) throws in
            let anna = try fixture.addUser("anna").id
            let client = try fixture.client(of: anna)
            let secret = try #require(client.secret)
            #expect(secret.hasPrefix("cfp_"))
            let workspace = fixture.workspace
            #expect(try workspace.oauthClients(of: anna) == [client.info])
            #expect(try workspace.oauthClients(of: fixture.owner).isEmpty)
            #expect(throws: OAuthRefusal.unknownClient(client.info.publicID)) {
                try workspace.deleteClient(client.info.publicID, of: fixture.owner)
            }
            #expect(throws: OAuthRefusal.unknownClient(client.info.publicID)) {
                try workspace.rotateSecret(client.info.publicID, of: fixture.owner)
            }
            let tokens = try fixture.tokens(client, by: fixture.owner)
            #expect(try fixture.principal(tokens.accessToken)?.user == fixture.owner)
            #expect(try workspace.authorizedApplications(of: fixture.owner).map(\.client) == [client.info])
            try workspace.deleteClient(client.info.publicID, of: anna)
            #expect(try fixture.principal(tokens.accessToken) == nil)
            #expect(try workspace.authorizedApplications(of: fixture.owner).isEmpty)
            #expect(throws: OAuthError.self) {
                try workspace.authenticateClient(client.info.publicID, secret: Secret(secret))
            }
        }
    }

    @Test func `a rotated secret is over at once and tokens go on`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            let old = Secret(try #require(client.secret))
            let id = client.info.publicID
            #expect(try fixture.workspace.authenticateClient(id, secret: old) == client.info)
            let tokens = try fixture.tokens(client, by: fixture.owner)
            let rotated = try fixture.workspace.rotateSecret(id, of: fixture.owner)
            #expect(throws: OAuthError.self) { try fixture.workspace.authenticateClient(id, secret: old) }
            let new = Secret(try #require(rotated.secret))
            #expect(try fixture.workspace.authenticateClient(id, secret: new).id == client.info.id)
            #expect(try fixture.principal(tokens.accessToken) != nil)
            for secret in [nil, Secret(""), Secret("cfp_wrong")] {
                #expect(throws: OAuthError.self) {
                    try fixture.workspace.authenticateClient(id, secret: secret)
                }
            }
            let other = try fixture.client(isConfidential: false)
            #expect(throws: OAuthRefusal.hasNoSecret) {
                try fixture.workspace.rotateSecret(other.info.publicID, of: fixture.owner)
            }
            #expect(throws: OAuthError.self) {
                try fixture.workspace.authenticateClient(other.info.publicID, secret: new)
            }
        }
    }

    @Test func `everything wrong with a client is named at once`() throws {
        try withFixture { (fixture) throws in
            do {
                _ = try fixture.workspace.registerClient(
                    name: "a\u{202E}b",
                    redirects: ["https://a.org/#x", "https://b.org/", "ftp://c.org"],
                    scopes: [.trade],
                    isConfidential: true,
                    of: fixture.owner
                )
                Issue.record("the client was taken")
            } catch OAuthRefusal.invalid(let reasons) {
                #expect(reasons.count == 4)
            }
            let client = try fixture.client()
            #expect(throws: OAuthRefusal.self) {
                try fixture.workspace.changeClient(client.info.publicID, of: fixture.owner, redirects: ["x"])
            }
            let changed = try fixture.workspace.changeClient(
                client.info.publicID,
                of: fixture.owner,
                name: "Other",
                redirects: ["com.example.app:/back"],
                scopes: [.read]
            )
            #expect(changed.name == "Other")
            #expect(changed.scopes == [.read])
            #expect(try fixture.workspace.oauthClients(of: fixture.owner) == [changed])
        }
    }
}
