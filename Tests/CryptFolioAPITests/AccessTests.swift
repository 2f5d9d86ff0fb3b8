import Foundation
import HTTPServer
import JSON
import Money
import SchemaSupport
import Services
import Storage
import Testing

@testable import CryptFolioAPI

@Suite("Who may ask CryptFolio's API")
private struct AccessTests {
    @Test func `every refusal has its recorded form`() throws {
        try withFixture(rates: RateLimiter(ratePerSecond: 0.5, burst: 100)) { (fixture) throws in
            let token = try fixture.token()
            let reader = try fixture.token([.read])
            let key = try fixture.workspace.createKey(
                for: fixture.owner,
                dialect: .cryptfolio,
                label: "key",
                scopes: [.read],
                days: 1
            ).text
            func expect(_ answer: Answer, _ name: String) throws {
                try Golden.expect(answer, is: "errors/" + name)
            }
            try expect(fixture.get("/user"), "no-credential")
            try expect(fixture.get("/user", token: "nonsense"), "unknown-token")
            try expect(fixture.get("/user?access_token=" + token), "token-in-query")
            try expect(fixture.get("/user?api_key=" + key, token: token), "two-credentials")
            try expect(fixture.json(.post, "/portfolios", "{}", token: reader), "scope-write")
            try expect(fixture.send(.delete, "/api/portfolios/1", token: reader), "scope-delete")
            try expect(fixture.get("/users", token: token), "scope-admin")
            try expect(fixture.get("/portfolios/99", token: token), "not-found")
            try expect(fixture.send(.get, "/api/nothing", token: token), "no-route")
            try expect(fixture.send(.put, "/api/portfolios/1", token: token), "method")
            try expect(fixture.json(.post, "/portfolios", "{", token: token), "json-cut")
            try expect(fixture.json(.post, "/portfolios", "[]", token: token), "json-list")
            try expect(
                fixture.json(.post, "/portfolios", #"{"title":"a","title":"b"}"#, token: token),
                "json-duplicate"
            )
            try expect(fixture.form(.post, "/portfolios", "a[=1", token: token), "form-brackets")
            try expect(fixture.form(.post, "/portfolios", "a=1&a[]=2", token: token), "form-mixed")
            try expect(fixture.form(.post, "/portfolios", "a=%FF", token: token), "form-utf8")
            try expect(
                fixture.send(
                    .post,
                    "/api/portfolios",
                    token: token,
                    headers: [HTTPHeader("Content-Type", "text/plain")],
                    body: [65]
                ),
                "media-type"
            )
            try expect(
                fixture.json(
                    .post,
                    "/portfolios",
                    "{}",
                    token: token,
                    headers: [HTTPHeader("Content-Encoding", "gzip")]
                ),
                "coding"
            )
            try expect(
                fixture.json(
                    .post,
                    "/portfolios",
                    String(repeating: " ", count: 1 << 20) + "{}",
                    token: token
                ),
                "too-large"
            )
            try expect(
                fixture.json(
                    .post,
                    "/portfolios",
                    "{}",
                    token: token,
                    headers: [HTTPHeader("Idempotency-Key", "")]
                ),
                "idempotency-key"
            )
            try expect(fixture.json(.post, "/portfolios", "{}", token: token), "validation")
            try expect(
                fixture.json(.post, "/portfolios", #"{"title":"x","currencies":["zzz"]}"#, token: token),
                "unknown-currency"
            )
            var last = try fixture.get("/portfolios", token: token)
            for _ in 0..<100 where last.status == 200 { last = try fixture.get("/portfolios", token: token) }
            try expect(last, "rate")
            #expect(fixture.faults.all.isEmpty)
        }
    }

    @Test func `what only a server in trouble says has its recorded form too`() throws {
        try withFixture { (fixture) throws in
            let time = fixture.clock.now
            let errors = CryptFolioErrors { time }
            func expect(_ response: HTTPResponse, _ name: String) throws {
                var headers = response.headers
                if let type = response.contentType { headers.append(HTTPHeader("Content-Type", type)) }
                try Golden.expect(
                    Answer(status: response.status, headers: headers, body: response.body),
                    is: "errors/" + name
                )
            }
            try expect(errors.answer(to: KeyRefusal.underWay), "under-way")
            try expect(errors.answer(to: KeyRefusal.otherRequest), "key-of-another-request")
            try expect(errors.answer(to: TrackingRefusal.notReady), "not-ready")
            try expect(errors.answer(to: TrackingRefusal.tooMany("offsets", limit: 1000)), "too-many")
            try expect(errors.answer(to: MoneyError.overflow), "out-of-range")
            try expect(errors.answer(to: StorageError(.full, operation: "x", detail: "secret")), "full")
            try expect(errors.answer(to: StorageError(.busy, operation: "x", detail: "secret")), "busy")
            try expect(errors.answer(to: StorageError(.corrupt, operation: "x", detail: "secret")), "fault")
            #expect(!CryptFolioErrors.isFault(KeyRefusal.underWay))
            #expect(CryptFolioErrors.isFault(StorageError(.corrupt, operation: "x", detail: "secret")))
        }
    }

    @Test(arguments: [
        "null", "1", "\"x\"", "{\"title\":", "{\"title\":\"\\ud800\"}", "{\"title\":1e999999999}", "{}x",
        "[[[[",
        "{\"title\":[[[[\"x\"]]]],\"currencies\":{\"a\":{\"b\":1}}}",
        "{\"currencies\":[[\"btc\",\"usd\"]],\"title\":true}",
        "{\"balances\":[{\"currency\":[],\"balance\":{}}],\"title\":\"\\u0000\"}", "\u{FEFF}{}",
    ])
    func `no hostile body does more than be refused`(_ body: String) throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let before = try fixture.get("/portfolios", token: token).result
            for (method, path) in [
                (HTTPMethod.post, "/portfolios"), (.post, "/portfolios/1/offsets"),
                (.post, "/portfolios/1/addresses"), (.post, "/portfolios/1/accounts"),
                (.post, "/portfolios/1/currencies"), (.delete, "/portfolios/1/offsets"),
                (.post, "/users/create"),
            ] {
                let json = try fixture.json(method, path, body, token: token)
                #expect([400, 403, 422].contains(json.status), "\(path): \(json.text.prefix(200))")
                let form = try fixture.form(method, path, body, token: token)
                #expect([400, 403, 422].contains(form.status), "\(path): \(form.text.prefix(200))")
            }
            #expect(try fixture.get("/portfolios", token: token).result == before)
            #expect(fixture.faults.all == [])
        }
    }

    @Test func `no refusal has a top-level error, and each tells of its time`() throws {
        for name in try goldenErrors() {
            let body = try #require(name.text.split(separator: "\n").last)
            let json = try JSONReader.parse(Array(body.utf8))
            #expect(json["error"] == nil && json["result"] == nil, "\(name.name)")
            #expect(json["success"]?.bool == false && json["time"]?.integer == 1_516_624_496, "\(name.name)")
        }
    }

    private func goldenErrors() throws -> [(name: String, text: String)] {
        let folder = Golden.folder.appendingPathComponent("errors")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        try #require(names.count > 20)
        return try names.map {
            ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8))
        }
    }

    @Test func `an API key reads, in the header and in the query, and never writes`() throws {
        try withFixture { (fixture) throws in
            func key(_ scopes: [TokenScope]) throws -> String {
                try fixture.workspace.createKey(
                    for: fixture.owner,
                    dialect: .cryptfolio,
                    label: "key",
                    scopes: scopes,
                    days: nil
                ).text
            }
            let (read, info) = (try key([.read]), try key([.info]))
            // As a known client sends it.
            #expect(try fixture.send(.get, "//api/user?api_key=" + read).status == 200)
            #expect(try fixture.get("/user", headers: [HTTPHeader("X-API-KEY", info)]).status == 200)
            #expect(try fixture.get("/portfolios?api_key=" + read).status == 200)
            #expect(try fixture.get("/portfolios?api_key=" + info).status == 403)
            #expect(try fixture.get("/portfolios?api_key=").status == 401)
            #expect(try fixture.get("/portfolios?api_key=x").status == 401)
            // A token is not taken in a key's place, nor a key in a token's.
            let token = try fixture.token()
            #expect(try fixture.get("/portfolios?api_key=" + token).status == 401)
            #expect(try fixture.get("/portfolios", token: read).status == 401)
            for method in [HTTPMethod.post, .patch, .delete] {
                let path = method == .post ? "/portfolios" : "/portfolios/1"
                let answer = try fixture.json(
                    method,
                    path,
                    "{}",
                    headers: [HTTPHeader("X-Api-Key", read)]
                )
                #expect(answer.status == 403)
            }
        }
    }

    @Test(arguments: [
        // read, write, delete: what GET, PATCH and DELETE answer, and /user.
        ([TokenScope.read], 200, 403, 403, 200), ([.info], 403, 403, 403, 200),
        ([.write], 403, 403, 403, 403), ([.delete], 403, 403, 403, 403), ([.public], 403, 403, 403, 403),
        ([.read, .write], 200, 200, 403, 200), ([.read, .delete], 200, 403, 200, 200),
        ([.write, .delete], 403, 403, 403, 403), ([.admin], 200, 200, 200, 200),
        ([.write, .admin], 200, 200, 200, 200), ([], 403, 403, 403, 403),
    ])
    func `scopes open the verbs that they are for`(
        _ scopes: [TokenScope],
        _ get: Int,
        _ patch: Int,
        _ delete: Int,
        _ user: Int
    ) throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token(scopes)
            #expect(try fixture.get("/portfolios", token: token).status == get)
            #expect(
                try fixture.json(.patch, "/portfolios/1", #"{"title":"x"}"#, token: token).status == patch
            )
            #expect(try fixture.get("/user", token: token).status == user)
            #expect(try fixture.send(.delete, "/api/portfolios/1", token: token).status == delete)
        }
    }

    @Test
    func `a client that stands for itself sees what is public, and its users where it is an enterprise`()
        throws
    {
        try withFixture { (fixture) throws in
            let firm = try fixture.addUser("firm")
            let token = try fixture.token(of: firm, [.public, .read, .admin], isClient: true)
            #expect(try fixture.get("/currencies/btc", token: token).status == 200)
            for path in ["/user", "/portfolios", "/portfolios/1"] {
                let answer = try fixture.get(path, token: token)
                #expect(answer.status == 403, "\(path)")
                #expect(answer.header("WWW-Authenticate")?.contains("insufficient_scope") == true)
            }
            #expect(try fixture.get("/users", token: token).status == 403)
            try fixture.workspace.changeUser(firm, role: .enterprise)
            #expect(try fixture.get("/users", token: token).status == 200)
            let body = #"{"name":"Ada","email":"ada@example.org","password":"correct horse"}"#
            #expect(try fixture.json(.post, "/users/create", body, token: token).status == 200)
            let plain = try fixture.token(of: firm, [.public, .read], isClient: true)
            #expect(try fixture.get("/users", token: plain).status == 403)
        }
    }

    @Test func `a token that is over, revoked or of another API is none`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token(seconds: 60)
            #expect(try fixture.get("/user", token: token).status == 200)
            fixture.clock.advance(seconds: 61)
            #expect(try fixture.get("/user", token: token).status == 401)
            let foreign = try fixture.workspace.createToken(
                for: fixture.owner,
                label: "bitcain",
                scopes: [.read, .write],
                days: 1
            ).text
            #expect(try fixture.get("/user", token: foreign).status == 401)
        }
    }

    @Test func `the alias answers the same, but for the path that another API has`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            for path in ["/user", "/portfolios", "/portfolios/1", "/currencies/btc", "/status"] {
                let (plain, alias) = (
                    try fixture.send(.get, "/api" + path, token: token),
                    try fixture.send(.get, "/api/v1" + path, token: token)
                )
                #expect(plain.status == 200 && plain.text == alias.text, "\(path)")
            }
            #expect(try fixture.send(.get, "/api/portfolios/", token: token).status == 200)
            let body = Array("currency=btc".utf8)
            let type = HTTPHeader("Content-Type", "application/x-www-form-urlencoded")
            let path = "/portfolio/currencies"
            let plain = try fixture.send(.post, "/api" + path, token: token, headers: [type], body: body)
            let alias = try fixture.send(.post, "/api/v1" + path, token: token, headers: [type], body: body)
            #expect(plain.status == 200 && alias.status == 404)
            let routes = Set(fixture.api.router.routes.map { "\($0.method.rawValue) \($0.patternText)" })
            for route in fixture.api.router.routes where !route.isAlias {
                let alias = route.patternText.replacing("/api/", with: "/api/v1/")
                #expect(
                    routes.contains("\(route.method.rawValue) \(alias)")
                        == (route.patternText != "/api/portfolio/currencies")
                )
            }
        }
    }

    @Test func `what is public is limited by address`() throws {
        try withFixture(publicRates: RateLimiter(ratePerSecond: 1, burst: 3)) { (fixture) throws in
            let statuses = try (0..<4).map { _ in try fixture.get("/currencies/btc").status }
            #expect(statuses == [200, 200, 200, 429])
        }
    }

    @Test func `an operator's quota takes the place of the usual rate`() throws {
        try withFixture(rates: RateLimiter(ratePerSecond: 0.001, burst: 50)) { (fixture) throws in
            let token = try fixture.token()
            let other = try fixture.token(of: try fixture.addUser("other"))
            try fixture.workspace.setQuota(
                Quota(requestsPerSecond: 1, burst: 2),
                of: .user(fixture.owner)
            )
            let statuses = try (0..<3).map { _ in try fixture.get("/user", token: token).status }
            #expect(statuses == [200, 200, 429])
            #expect(
                try (0..<3).map { _ in try fixture.get("/user", token: other).status } == [200, 200, 200]
            )
        }
    }
}

@Suite("Descriptions of CryptFolio's routes")
private struct DescriptionTests {
    @Test(arguments: CryptFolioRevision.allCases)
    func `every route is described, and every example has its form`(_ revision: CryptFolioRevision) throws {
        try withFixture(revision) { (fixture) throws in
            #expect(RouteCheck.problems([fixture.api.router]) == [])
            #expect(try DocumentCheck(routes: CryptFolioAPI.descriptions(revision)).ownProblems == [])
        }
    }
}
