import Crypto
import Storage
import Testing

@testable import Services

@Suite("OAuth tokens")
private struct OAuthTokenTests {
    @Test func `a code gives tokens that stand for the user within the scopes`() throws {
        try withFixture { (fixture) throws in
            let anna = try fixture.addUser("anna").id
            let client = try fixture.client()
            let tokens = try fixture.tokens(client, by: anna)
            #expect(tokens.accessToken.hasPrefix("cfo_"))
            #expect(tokens.refreshToken?.hasPrefix("cfn_") == true)
            #expect(tokens.scopes == [.read, .write])
            #expect(tokens.lifetimeSeconds == 7200)
            let principal = try #require(try fixture.principal(tokens.accessToken))
            #expect(principal.user == anna)
            #expect(principal.client == client.info.id)
            #expect(principal.role == .user)
            #expect(principal.scopes == [.read, .write])
            #expect(!principal.isClient)
            let access = Array(tokens.accessToken.utf8)[...]
            for other in Dialect.allCases where other != .cryptfolio {
                #expect(try fixture.workspace.loadPrincipal(token: access, for: other) == nil)
            }
            // A refresh token and a code open nothing.
            #expect(try fixture.principal(try #require(tokens.refreshToken)) == nil)
            fixture.clock.advance(seconds: 7199)
            #expect(try fixture.principal(tokens.accessToken) != nil)
            fixture.clock.advance(seconds: 1)
            #expect(try fixture.principal(tokens.accessToken) == nil)
        }
    }

    @Test func `a code lives a minute and is another client's for nobody`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            let other = try fixture.client()
            let code = try fixture.code(client, by: fixture.owner)
            #expect(throws: OAuthError.self) {
                try fixture.workspace.redeemCode(
                    code,
                    redirect: TestClient.redirect,
                    verifier: nil,
                    client: other.info
                )
            }
            for wrong in [nil, "", TestClient.redirect + "/", "https://app.example.org"] {
                #expect(throws: OAuthError.self) {
                    try fixture.workspace.redeemCode(
                        code,
                        redirect: wrong,
                        verifier: nil,
                        client: client.info
                    )
                }
            }
            fixture.clock.advance(seconds: 59)
            _ = try fixture.workspace.redeemCode(
                code,
                redirect: TestClient.redirect,
                verifier: nil,
                client: client.info
            )
            let late = try fixture.code(client, by: fixture.owner)
            fixture.clock.advance(seconds: 60)
            #expect(throws: OAuthError.self) {
                try fixture.workspace.redeemCode(
                    late,
                    redirect: TestClient.redirect,
                    verifier: nil,
                    client: client.info
                )
            }
        }
    }

    @Test func `a code asked for without an address needs none`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            for redirect in [nil, TestClient.redirect] {
                let code = try fixture.code(client, by: fixture.owner, ["redirect_uri": nil])
                _ = try fixture.workspace.redeemCode(
                    code,
                    redirect: redirect,
                    verifier: nil,
                    client: client.info
                )
            }
        }
    }

    @Test func `a code with a challenge needs its verifier, one without takes none`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            let code = try fixture.code(client, by: fixture.owner, isChallenged: true)
            for wrong in [nil, "", TestClient.challenge, TestClient.verifier + "x", "short"] {
                #expect(throws: OAuthError.self) {
                    try fixture.workspace.redeemCode(
                        code,
                        redirect: TestClient.redirect,
                        verifier: wrong,
                        client: client.info
                    )
                }
            }
            _ = try fixture.workspace.redeemCode(
                code,
                redirect: TestClient.redirect,
                verifier: TestClient.verifier,
                client: client.info
            )
            let plain = try fixture.code(client, by: fixture.owner)
            #expect(throws: OAuthError.self) {
                try fixture.workspace.redeemCode(
                    plain,
                    redirect: TestClient.redirect,
                    verifier: TestClient.verifier,
                    client: client.info
                )
            }
        }
    }

    @Test func `a code that comes again ends all that came of it`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            let code = try fixture.code(client, by: fixture.owner)
            func redeem() throws -> OAuthTokens {
                try fixture.workspace.redeemCode(
                    code,
                    redirect: TestClient.redirect,
                    verifier: nil,
                    client: client.info
                )
            }
            let tokens = try redeem()
            let other = try fixture.tokens(client, by: fixture.owner)
            #expect(try fixture.principal(tokens.accessToken) != nil)
            #expect(throws: OAuthError.self) { try redeem() }
            #expect(try fixture.principal(tokens.accessToken) == nil)
            #expect(throws: OAuthError.self) {
                try fixture.workspace.refreshGrant(tokens.refreshToken ?? "", scope: nil, client: client.info)
            }
            #expect(try fixture.principal(other.accessToken) != nil)
        }
    }

    @Test func `forty threads redeem one code and exactly one succeeds`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            for _ in 0..<5 {
                let code = try fixture.code(client, by: fixture.owner)
                let (workspace, info) = (fixture.workspace, client.info)
                let results = inParallel(40) { _ in
                    try workspace.redeemCode(
                        code,
                        redirect: TestClient.redirect,
                        verifier: nil,
                        client: info
                    )
                }
                let won = results.compactMap { try? $0.get() }
                #expect(won.count == 1)
                // The others showed that somebody has a copy.
                #expect(try fixture.principal(won.first?.accessToken ?? "") == nil)
            }
        }
    }

    @Test func `forty threads refresh one token and exactly one succeeds`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            for _ in 0..<5 {
                let token = try #require(try fixture.tokens(client, by: fixture.owner).refreshToken)
                let (workspace, info) = (fixture.workspace, client.info)
                let results = inParallel(40) { _ in
                    try workspace.refreshGrant(token, scope: nil, client: info)
                }
                let won = results.compactMap { try? $0.get() }
                #expect(won.count == 1)
                #expect(try fixture.principal(won.first?.accessToken ?? "") == nil)
            }
        }
    }

    @Test func `refresh narrows and never widens, and reuse ends the grant`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            let first = try fixture.tokens(client, by: fixture.owner)
            let token = try #require(first.refreshToken)
            let workspace = fixture.workspace
            for scope in ["read write delete", "nonsense", ""] {
                #expect(throws: OAuthError.self) {
                    try workspace.refreshGrant(token, scope: scope, client: client.info)
                }
            }
            let other = try fixture.client()
            #expect(throws: OAuthError.self) {
                try workspace.refreshGrant(token, scope: nil, client: other.info)
            }
            let second = try workspace.refreshGrant(token, scope: "read", client: client.info)
            #expect(second.scopes == [.read])
            #expect(try fixture.principal(second.accessToken)?.scopes == [.read])
            // RFC 6749 section 6: the new refresh token has the scope of the old one.
            let third = try workspace.refreshGrant(
                try #require(second.refreshToken),
                scope: nil,
                client: client.info
            )
            #expect(third.scopes == [.read, .write])
            #expect(throws: OAuthError.self) {
                try workspace.refreshGrant(token, scope: nil, client: client.info)
            }
            for tokens in [first, second, third] {
                #expect(try fixture.principal(tokens.accessToken) == nil)
            }
            #expect(throws: OAuthError.self) {
                try workspace.refreshGrant(third.refreshToken ?? "", scope: nil, client: client.info)
            }
        }
    }

    @Test func `what a client's owner took away is not given again`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            let token = try #require(try fixture.tokens(client, by: fixture.owner).refreshToken)
            try fixture.workspace.changeClient(client.info.publicID, of: fixture.owner, scopes: [.read])
            let tokens = try fixture.workspace.refreshGrant(token, scope: nil, client: client.info)
            #expect(tokens.scopes == [.read])
            try fixture.workspace.changeClient(client.info.publicID, of: fixture.owner, scopes: [.public])
            #expect(throws: OAuthError.self) {
                try fixture.workspace.refreshGrant(tokens.refreshToken ?? "", scope: nil, client: client.info)
            }
        }
    }

    @Test func `a refresh token ends when idle, and the grant in the end`() throws {
        try withFixture(change: {
            $0.oauth.refreshIdleSeconds = 10
            $0.oauth.refreshTotalSeconds = 25
            $0.oauth.accessSeconds = 20
        }) { (fixture) throws in
            let client = try fixture.client()
            func next(_ tokens: OAuthTokens) throws -> OAuthTokens {
                try fixture.workspace.refreshGrant(tokens.refreshToken ?? "", scope: nil, client: client.info)
            }
            let idle = try fixture.tokens(client, by: fixture.owner)
            fixture.clock.advance(seconds: 10)
            #expect(throws: OAuthError.self) { try next(idle) }
            var tokens = try fixture.tokens(client, by: fixture.owner)
            for _ in 0..<2 {
                fixture.clock.advance(seconds: 9)
                tokens = try next(tokens)
            }
            // No access token outlives its grant.
            #expect(tokens.lifetimeSeconds == 7)
            fixture.clock.advance(seconds: 7)
            #expect(try fixture.principal(tokens.accessToken) == nil)
            #expect(throws: OAuthError.self) { try next(tokens) }
        }
    }

    @Test func `passwords are for clients that the operator allows them`() throws {
        try withFixture { (fixture) throws in
            let anna = try fixture.addUser("anna")
            let client = try fixture.client()
            func grant(
                _ word: String,
                email: String = "anna@example.org",
                scope: String? = "read"
            ) throws -> OAuthTokens {
                try fixture.workspace.passwordGrant(
                    email: email,
                    password: Secret(word),
                    scope: scope,
                    client: try #require(try fixture.workspace.oauthClient(publicID: client.info.publicID))
                )
            }
            func code(_ work: () throws -> OAuthTokens) -> OAuthErrorCode? {
                do {
                    _ = try work()
                    return nil
                } catch {
                    return (error as? OAuthError)?.code
                }
            }
            let right = "correct horse battery"
            #expect(code { try grant(right) } == .unauthorizedClient)
            try fixture.workspace.setFirstParty(true, of: client.info.publicID)
            let tokens = try grant(right)
            #expect(try fixture.principal(tokens.accessToken)?.user == anna.id)
            #expect(code { try grant("wrong horse battery") } == .invalidGrant)
            #expect(code { try grant(right, email: "nobody@example.org") } == .invalidGrant)
            #expect(code { try grant(right, scope: "admin") } == .invalidScope)
            #expect(code { try grant(right, scope: "nonsense") } == .invalidScope)
            try fixture.workspace.setFirstParty(false, of: client.info.publicID)
            #expect(
                code {
                    try fixture.workspace.refreshGrant(
                        tokens.refreshToken ?? "",
                        scope: nil,
                        client: client.info
                    )
                }
                    == .invalidGrant
            )
        }
    }

    @Test func `another password ends grants and codes`() throws {
        try withFixture { (fixture) throws in
            let anna = try fixture.addUser("anna").id
            let client = try fixture.client()
            let tokens = try fixture.tokens(client, by: anna)
            let code = try fixture.code(client, by: anna)
            try fixture.workspace.setPassword(Secret("another horse battery"), of: anna)
            #expect(try fixture.principal(tokens.accessToken) == nil)
            #expect(throws: OAuthError.self) {
                try fixture.workspace.redeemCode(
                    code,
                    redirect: TestClient.redirect,
                    verifier: nil,
                    client: client.info
                )
            }
        }
    }

    @Test func `a client that stands for itself reaches its enterprise's users, or what is public`() throws {
        try withFixture { (fixture) throws in
            let firm = try fixture.workspace.addUser(
                email: "firm@example.org",
                name: "Firm",
                role: .enterprise,
                password: Secret("correct horse battery")
            )
            let scopes: [TokenScope] = [.public, .read, .admin]
            let ours = try fixture.client(of: firm.id, scopes: scopes)
            let others = try fixture.client(scopes: scopes)
            let workspace = fixture.workspace
            let admin = try workspace.clientCredentials(scope: nil, client: ours.info)
            #expect(admin.scopes == [.admin])
            #expect(admin.refreshToken == nil)
            let principal = try #require(try fixture.principal(admin.accessToken))
            #expect(principal.isClient)
            #expect(principal.role == .enterprise)
            #expect(try workspace.clientCredentials(scope: "public", client: ours.info).scopes == [.public])
            #expect(try workspace.clientCredentials(scope: nil, client: others.info).scopes == [.public])
            for (client, scope) in [(ours, "read"), (others, "admin"), (others, "read")] {
                #expect(throws: OAuthError.self) {
                    try workspace.clientCredentials(scope: scope, client: client.info)
                }
            }
            let open = try fixture.client(of: firm.id, isConfidential: false)
            #expect(throws: OAuthError.self) {
                try workspace.clientCredentials(scope: nil, client: open.info)
            }
            // Such tokens are no authorizations of a user.
            #expect(try workspace.authorizedApplications(of: firm.id).isEmpty)
        }
    }

    @Test func `clients revoke and look at their own tokens alone`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            let other = try fixture.client()
            let workspace = fixture.workspace
            let tokens = try fixture.tokens(client, by: fixture.owner)
            let refresh = try #require(tokens.refreshToken)
            let state = try #require(try workspace.introspect(tokens.accessToken, client: client.info))
            #expect(state.scopes == [.read, .write])
            #expect(state.isAccess)
            #expect(try workspace.introspect(refresh, client: client.info)?.isAccess == false)
            for text in [tokens.accessToken, refresh] {
                #expect(try workspace.introspect(text, client: other.info) == nil)
                try workspace.revoke(text, client: other.info)
            }
            #expect(try fixture.principal(tokens.accessToken) != nil)
            try workspace.revoke("nonsense", client: client.info)
            try workspace.revoke(tokens.accessToken, client: client.info)
            #expect(try fixture.principal(tokens.accessToken) == nil)
            #expect(try workspace.introspect(tokens.accessToken, client: client.info) == nil)
            let next = try workspace.refreshGrant(refresh, scope: nil, client: client.info)
            // A refresh token ends its whole grant.
            try workspace.revoke(try #require(next.refreshToken), client: client.info)
            #expect(try fixture.principal(next.accessToken) == nil)
        }
    }

    @Test func `a user takes back what a client was allowed`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            let other = try fixture.client()
            let tokens = try fixture.tokens(client, by: fixture.owner, ["scope": "read"])
            _ = try fixture.tokens(client, by: fixture.owner, ["scope": "delete"])
            let kept = try fixture.tokens(other, by: fixture.owner)
            let listed = try fixture.workspace.authorizedApplications(of: fixture.owner)
            #expect(listed.map(\.client.id) == [client.info.id, other.info.id])
            #expect(listed.first?.scopes == [.read, .delete])
            #expect(try fixture.workspace.revokeAuthorization(of: client.info.id, by: fixture.owner))
            #expect(try fixture.principal(tokens.accessToken) == nil)
            #expect(try fixture.principal(kept.accessToken) != nil)
            #expect(try !fixture.workspace.revokeAuthorization(of: client.info.id, by: fixture.owner))
        }
    }

    @Test func `the oldest grants make room for further ones`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            var all: [OAuthTokens] = []
            for _ in 0...OAuthLimits.grantsPerUserAndClient {
                all.append(try fixture.tokens(client, by: fixture.owner))
                fixture.clock.advance(seconds: 1)
            }
            #expect(try fixture.principal(all[0].accessToken) == nil)
            #expect(try fixture.principal(all[1].accessToken) != nil)
        }
    }

    @Test func `tokens and grants that are over are forgotten, and none that is not`() throws {
        try withFixture { (fixture) throws in
            let client = try fixture.client()
            let old = try fixture.tokens(client, by: fixture.owner)
            _ = try fixture.workspace.clientCredentials(scope: nil, client: client.info)
            func counts() throws -> [Int] {
                try fixture.workspace.database.read { connection throws(StorageError) in
                    [
                        try connection.credentials(of: fixture.owner).count,
                        try connection.grants(of: fixture.owner).count,
                    ]
                }
            }
            #expect(try counts() == [3, 2])
            fixture.clock.advance(seconds: 2 * 86_400)
            try fixture.workspace.forgetOldSignIns()
            #expect(try counts() == [1, 1])
            _ = try fixture.workspace.refreshGrant(old.refreshToken ?? "", scope: nil, client: client.info)
            fixture.clock.advance(seconds: 92 * 86_400)
            try fixture.workspace.forgetOldSignIns()
            #expect(try counts() == [0, 0])
        }
    }
}
