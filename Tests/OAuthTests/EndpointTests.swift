import Foundation
import HTTPServer
import JSON
import OAuth
import SchemaSupport
import Services
import Storage
import Synchronization
import Testing
import Time

@Suite("OAuth endpoints")
private struct EndpointTests {
    @Test func `every route is described, and every example has its form`() throws {
        try withFixture { (fixture) throws in
            #expect(RouteCheck.problems([fixture.server.router]).isEmpty)
            let check = try DocumentCheck(routes: OAuthServer.descriptions)
            #expect(check.ownProblems.isEmpty)
        }
    }

    @Test func `a code becomes tokens, by Basic and by the body, as a form and as JSON`() throws {
        try withFixture { (fixture) throws in
            let basic = fixture.token([
                "grant_type": "authorization_code", "code": try fixture.code(fixture.client),
                "redirect_uri": Fixture.redirect,
            ])
            #expect(basic.status == 200)
            #expect(
                try basic.json.object?.map(\.key) == [
                    "access_token", "token_type", "expires_in", "refresh_token", "scope", "created_at",
                ]
            )
            #expect(try basic.text("token_type") == "bearer")
            #expect(try basic.text("scope") == "read write")
            #expect(try basic.json["expires_in"]?.integer == 7200)
            #expect(try basic.json["created_at"]?.integer == fixture.clock.now.seconds)
            #expect(basic.header("Cache-Control") == "no-store")
            #expect(basic.header("Pragma") == "no-cache")
            let posted = fixture.post(
                "/oauth/token",
                [
                    "grant_type": "authorization_code", "code": try fixture.code(fixture.client),
                    "redirect_uri": Fixture.redirect, "client_id": fixture.client.publicID,
                    "client_secret": fixture.secret,
                ]
            )
            #expect(posted.status == 200)
            let json = fixture.send(
                .post,
                "/oauth/token",
                headers: [HTTPHeader("Content-Type", "application/json; charset=utf-8")],
                body: Array(
                    """
                    {"grant_type":"authorization_code","code":"\(try fixture.code(fixture.client))","scope":null,\
                    "redirect_uri":"\(Fixture.redirect)","client_id":"\(fixture.client.publicID)",\
                    "client_secret":"\(fixture.secret)"}
                    """.utf8
                )
            )
            #expect(json.status == 200)
            // The same client may name itself in the body too.
            let both = fixture.token([
                "grant_type": "authorization_code", "code": try fixture.code(fixture.client),
                "redirect_uri": Fixture.redirect, "client_id": fixture.client.publicID,
            ])
            #expect(both.status == 200)
        }
    }

    @Test func `a public client names itself and proves the challenge`() throws {
        try withFixture { (fixture) throws in
            let code = try fixture.code(fixture.open, isChallenged: true)
            let wrong = fixture.post(
                "/oauth/token",
                [
                    "grant_type": "authorization_code", "code": code, "redirect_uri": Fixture.redirect,
                    "client_id": fixture.open.publicID,
                ]
            )
            #expect(wrong.status == 400)
            #expect(try wrong.text("error") == "invalid_grant")
            let right = fixture.post(
                "/oauth/token",
                [
                    "grant_type": "authorization_code", "code": code, "redirect_uri": Fixture.redirect,
                    "client_id": fixture.open.publicID, "code_verifier": Fixture.verifier,
                ]
            )
            #expect(right.status == 200)
            let refreshed = fixture.post(
                "/oauth/token",
                [
                    "grant_type": "refresh_token",
                    "refresh_token": try #require(try right.text("refresh_token")),
                    "client_id": fixture.open.publicID, "scope": "read",
                ]
            )
            #expect(try refreshed.text("scope") == "read")
        }
    }

    @Test func `a token is looked at, shows itself, and is revoked`() throws {
        try withFixture { (fixture) throws in
            let made = fixture.token([
                "grant_type": "authorization_code", "code": try fixture.code(fixture.client),
                "redirect_uri": Fixture.redirect,
            ])
            let access = try #require(try made.text("access_token"))
            let basic = (fixture.client.publicID, fixture.secret)
            fixture.clock.advance(seconds: 200)
            let state = fixture.post("/oauth/introspect", ["token": access], basic: basic)
            #expect(
                state.text == """
                    {"active":true,"scope":"read write","client_id":"\(fixture.client.publicID)",\
                    "username":"ada@example.org","token_type":"bearer","exp":1718460000,"iat":1718452800,\
                    "sub":"\(fixture.user.uuid)","iss":"https://coffer.example.org"}
                    """
            )
            let shown = [HTTPHeader("Authorization", "Bearer " + access)]
            let info = fixture.send(.get, "/oauth/token/info", headers: shown)
            #expect(
                info.text == """
                    {"resource_owner_id":\(fixture.user.id.raw),"scope":["read","write"],"expires_in":7000,\
                    "application":{"uid":"\(fixture.client.publicID)"},"created_at":1718452800}
                    """
            )
            let open = fixture.post(
                "/oauth/introspect",
                ["token": access, "client_id": fixture.open.publicID]
            )
            #expect(open.status == 401)
            for (token, client) in [("nonsense", basic), (access, (fixture.open.publicID, ""))] {
                let answer = fixture.post("/oauth/revoke", ["token": token], basic: client)
                #expect(answer.status == 200)
                #expect(answer.text == "{}")
            }
            #expect(fixture.send(.get, "/oauth/token/info", headers: shown).status == 200)
            #expect(
                fixture.post(
                    "/oauth/revoke",
                    ["token": access, "token_type_hint": "access_token"],
                    basic: basic
                )
                .status == 200
            )
            let gone = fixture.send(.get, "/oauth/token/info", headers: shown)
            #expect(gone.status == 401)
            #expect(gone.header("WWW-Authenticate") == "Bearer realm=\"coffer\", error=\"invalid_token\"")
            #expect(
                fixture.post("/oauth/introspect", ["token": access], basic: basic).text
                    == "{\"active\":false}"
            )
        }
    }

    @Test func `the metadata names the configured issuer, whatever host is asked for`() throws {
        try withFixture { (fixture) throws in
            let answer = fixture.send(
                .get,
                "/.well-known/oauth-authorization-server",
                headers: [HTTPHeader("Host", "evil.example.org")]
            )
            #expect(answer.status == 200)
            #expect(!answer.text.contains("evil"))
            let json = try answer.json
            #expect(json["issuer"]?.string == "https://coffer.example.org")
            #expect(json["token_endpoint"]?.string == "https://coffer.example.org/oauth/token")
            #expect(json["code_challenge_methods_supported"]?.array?.compactMap(\.string) == ["S256"])
            #expect(json["authorization_response_iss_parameter_supported"]?.bool == true)
        }
    }

    @Test func `a client has so many requests for tokens each minute`() throws {
        try withFixture(change: { $1.tokensPerMinute = 3 }) { fixture in
            func ask(_ client: String, _ secret: String?, address: String) -> Int {
                let form: KeyValuePairs = ["grant_type": "refresh_token", "refresh_token": "x"]
                guard let secret else {
                    return fixture.post(
                        "/oauth/token",
                        ["grant_type": "refresh_token", "refresh_token": "x", "client_id": client],
                        address: address
                    ).status
                }
                return fixture.post("/oauth/token", form, basic: (client, secret), address: address).status
            }
            let (id, secret) = (fixture.client.publicID, fixture.secret)
            // Who does not know the secret uses nothing of it up.
            for _ in 0..<5 { #expect(ask(id, "cfp_wrong", address: "10.0.0.1") == 401) }
            for _ in 0..<3 { #expect(ask(id, secret, address: "10.0.0.2") == 400) }
            #expect(ask(id, secret, address: "10.0.0.3") == 429)
            for _ in 0..<3 { #expect(ask(fixture.open.publicID, nil, address: "10.0.0.1") == 400) }
            #expect(ask(fixture.open.publicID, nil, address: "10.0.0.1") == 429)
            #expect(ask(fixture.open.publicID, nil, address: "10.0.0.2") == 400)
        }
    }

    @Test func `wrong passwords are counted by account and address, and good ones taken back`() throws {
        try withFixture(change: { $1.signIn = SignInGuard() }) { fixture in
            try fixture.workspace.setFirstParty(true, of: fixture.client.publicID)
            func ask(_ word: String, address: String) -> Answer {
                fixture.token(
                    ["grant_type": "password", "username": "Ada@example.org", "password": word],
                    address: address
                )
            }
            #expect(ask(Fixture.password, address: "10.0.0.1").status == 200)
            for number in 0..<10 {
                #expect(ask("wrong", address: "10.0.1.\(number)").status == 401)
            }
            let waiting = ask(Fixture.password, address: "10.0.0.1")
            #expect(waiting.status == 429)
            #expect(waiting.header("Retry-After") == "1")
            fixture.clock.advance(seconds: 2)
            #expect(ask(Fixture.password, address: "10.0.0.1").status == 200)
        }
    }

    @Test func `wrong clients keep nobody at their address out`() throws {
        try withFixture(change: { $1.signIn = SignInGuard() }) { fixture in
            try fixture.workspace.setFirstParty(true, of: fixture.client.publicID)
            for _ in 0..<150 {
                let answer = fixture.post("/oauth/token", ["grant_type": "x", "client_id": "nope"])
                #expect(answer.status == 401)
            }
            for path in ["/oauth/revoke", "/oauth/introspect"] {
                for secret in ["cfp_wrong", ""] {
                    let basic = (fixture.client.publicID, secret)
                    for _ in 0..<60 {
                        #expect(fixture.post(path, ["token": "x"], basic: basic).status == 401)
                    }
                }
                let basic = (fixture.client.publicID, fixture.secret)
                #expect(fixture.post(path, ["token": "x"], basic: basic).status == 200)
            }
            let answer = fixture.token([
                "grant_type": "password", "username": "ada@example.org", "password": Fixture.password,
            ])
            #expect(answer.status == 200)
        }
    }

    @Test func `pages of other sites are refused, and use nothing up`() throws {
        try withFixture(change: { $1.tokensPerMinute = 1 }) { (fixture) throws in
            let basic = (fixture.client.publicID, fixture.secret)
            func ask(_ path: String, from site: String) -> Answer {
                fixture.post(
                    path,
                    ["grant_type": "client_credentials", "token": "x"],
                    basic: basic,
                    headers: [HTTPHeader("Sec-Fetch-Site", site)]
                )
            }
            for path in ["/oauth/token", "/oauth/revoke", "/oauth/introspect"] {
                for _ in 0..<3 {
                    let refused = ask(path, from: "cross-site")
                    #expect(refused.status == 400)
                    #expect(try refused.text("error") == "invalid_request")
                }
                #expect(ask(path, from: path == "/oauth/token" ? "none" : "same-origin").status == 200)
            }
        }
    }

    @Test func `150 clients in flight from one address are all answered`() throws {
        try withFixture(change: { $1.signIn = SignInGuard() }) { fixture in
            let token = try #require(
                try fixture.token(["grant_type": "client_credentials"]).text("access_token")
            )
            // Nothing is answered before all have come.
            let gate = DispatchSemaphore(value: 0)
            for _ in 0..<2 { #expect(fixture.workers.submit { gate.wait() }) }
            let basic = (fixture.client.publicID, fixture.secret)
            let all = answers(150) { _ in
                fixture.post("/oauth/introspect", ["token": token], basic: basic)
            } whenAsked: {
                for _ in 0..<2 { gate.signal() }
            }
            #expect(all.map(\.status) == Array(repeating: 200, count: 150))
            #expect(all.allSatisfy { $0.text.hasPrefix("{\"active\":true") })
        }
    }

    @Test func `right passwords in flight do not lock each other out`() throws {
        var limits = SignInLimits()
        limits.failuresPerAccount = 3
        limits.failuresPerAddress = 3
        try withFixture(change: { $1.signIn = SignInGuard(limits: limits) }) { fixture in
            try fixture.workspace.setFirstParty(true, of: fixture.client.publicID)
            let all = answers(16) { _ in
                fixture.token([
                    "grant_type": "password", "username": "ada@example.org", "password": Fixture.password,
                ])
            } whenAsked: {
            }
            #expect(all.map(\.status) == Array(repeating: 200, count: 16))
        }
    }

    /// The answers to so many requests at once; `whenAsked` is called when all are under way.
    private func answers(
        _ count: Int,
        _ ask: @escaping @Sendable (Int) -> Answer,
        whenAsked: () -> Void
    ) -> [Answer] {
        let begun = Mutex(0)
        let found = Mutex<[Answer]>([])
        for number in 0..<count {
            Thread.detachNewThread {
                begun.withLock { $0 += 1 }
                let answer = ask(number)
                found.withLock { $0.append(answer) }
            }
        }
        while begun.withLock({ $0 }) < count { usleep(1000) }
        // Those that began need a moment to come to where they wait.
        usleep(200_000)
        whenAsked()
        while found.withLock({ $0.count }) < count { usleep(1000) }
        return found.withLock { $0 }
    }
}
