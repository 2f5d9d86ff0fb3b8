import BitcainAPI
import HTTPServer
import JSON
import Services
import Testing

/// Every route of the dialect with a request that it answers.
private let routes: [(method: HTTPMethod, path: String)] = [
    (.get, "/health"), (.get, "/balances"), (.get, "/balances?exchange=coinbase"), (.get, "/aggregate"),
    (.get, "/cost-basis"), (.get, "/cost-basis/lots"), (.post, "/cost-basis/lots/rebuild"),
    (.post, "/ingest/csv"),
]

@Suite("Access")
private struct AccessTests {
    @Test(arguments: Front.allCases)
    func `nobody sees or changes another's data by any route`(_ front: Front) throws {
        try withFixture(front) { (fixture) throws in
            let mine = try fixture.token()
            let theirs = try fixture.token(of: try fixture.addUser("other"))
            let secret =
                Sample.header
                + "\n2024-01-01T00:00:00Z,trade,77123.5,SECRETCOIN,1,BTC,,,,,Coinbase,Coinbase\n"
            _ = try fixture.upload(secret, token: mine)
            let before = try routes.filter { $0.method == .get }.map {
                try fixture.get($0.path, token: mine).text
            }
            for route in routes {
                let answer =
                    route.path == "/ingest/csv"
                    ? try fixture.upload(Sample.deposit("1", "ETH"), token: theirs)
                    : try fixture.send(route.method, BitcainAPI.base + route.path, token: theirs)
                #expect(answer.status == 200)
                #expect(!answer.text.contains("SECRETCOIN") && !answer.text.contains("77123"))
            }
            #expect(
                try fixture.get("/balances?exchange=coinbase", token: theirs).json["balances"]?.array?.isEmpty
                    == true
            )
            let after = try routes.filter { $0.method == .get }.map {
                try fixture.get($0.path, token: mine).text
            }
            #expect(before == after)
            #expect(after.contains { $0.contains("SECRETCOIN") })
        }
    }

    @Test func `every route but health needs a token`() throws {
        try withFixture { (fixture) throws in
            for route in routes {
                let answer = try fixture.send(route.method, BitcainAPI.base + route.path)
                #expect(answer.status == (route.path == "/health" ? 200 : 401), "\(route.path)")
                #expect(answer.header("Cache-Control") == "no-store")
                #expect(answer.header("X-Request-Id") != nil)
            }
        }
    }

    @Test func `a scope that is missing is 403`() throws {
        try withFixture { (fixture) throws in
            let reader = try fixture.token(of: nil, [.read])
            let writer = try fixture.token(of: nil, [.write])
            for route in routes where route.path != "/health" {
                let path = BitcainAPI.base + route.path
                let (good, bad) = route.method == .get ? (reader, writer) : (writer, reader)
                let refused = try fixture.send(route.method, path, token: bad)
                #expect(refused.status == 403)
                #expect(refused.text == #"{"detail":"Not enough permissions"}"#)
                #expect(try fixture.send(route.method, path, token: good).status != 403)
            }
        }
    }

    @Test func `a token that ended or was revoked is 401 at once`() throws {
        try withFixture { (fixture) throws in
            let short = try fixture.token()
            let made = try fixture.workspace.createToken(
                for: fixture.owner,
                label: "",
                scopes: [.read],
                days: 9
            )
            #expect(try fixture.get("/aggregate", token: short).status == 200)
            #expect(try fixture.get("/aggregate", token: made.text).status == 200)
            fixture.clock.advance(seconds: 86_400)
            let expired = try fixture.get("/aggregate", token: short)
            #expect(expired.status == 401)
            #expect(expired.text == #"{"detail":"Invalid or expired token"}"#)
            #expect(expired.header("WWW-Authenticate") == "Bearer")
            let number = try fixture.workspace.loadPrincipal(
                token: Array(made.text.utf8)[...],
                for: .bitcain
            )?
            .credentialNumber
            try fixture.workspace.revokeToken(String(try #require(number)), of: fixture.owner)
            #expect(try fixture.get("/aggregate", token: made.text).status == 401)
        }
    }

    @Test(arguments: Front.allCases)
    func `beyond its rate a token is 429 with the seconds to wait, and others are not`(_ front: Front) throws
    {
        // A rate so slow that nothing refills while the test runs.
        let rates = RateLimiter(ratePerSecond: 0.01, burst: 3)
        try withFixture(front, rates: rates) { (fixture) throws in
            let one = try fixture.token()
            let other = try fixture.token()
            for _ in 0..<3 { #expect(try fixture.get("/aggregate", token: one).status == 200) }
            let refused = try fixture.get("/aggregate", token: one)
            #expect(refused.status == 429)
            #expect(refused.text == #"{"detail":"Too many requests"}"#)
            let seconds = try #require(refused.header("Retry-After").flatMap { Int($0) })
            #expect((1...100).contains(seconds))
            #expect(try fixture.upload(Sample.history, token: one).status == 429)
            #expect(try fixture.get("/aggregate", token: other).status == 200)
            #expect(try fixture.get("/health", token: one).status == 200)
        }
    }

    @Test(arguments: Front.allCases)
    func `a body is only taken from a caller who may bring one`(_ front: Front) throws {
        // A folder that is not there: an upload that outgrows memory is 500 when it is taken.
        try withFixture(front, change: { _, _, http in http.spoolFolder = "/nowhere" }) { (fixture) throws in
            let reader = try fixture.token(of: nil, [.read])
            let writer = try fixture.token()
            for token in [reader, writer] {
                #expect(try fixture.get("/aggregate", token: token).status == 200)
            }
            let file = [UInt8](repeating: 0x61, count: 1 << 20)
            for (token, status, detail) in [
                (nil, 401, "Not authenticated"), ("nonsense", 401, "Invalid or expired token"),
                (reader, 403, "Not enough permissions"), (writer, 500, "Internal Server Error"),
            ] {
                let answer = try fixture.upload(file, token: token)
                #expect(answer.status == status)
                #expect(answer.text == #"{"detail":"\#(detail)"}"#)
                guard status == 500 else { continue }
                let id = try #require(answer.header("X-Request-Id"))
                #expect(
                    fixture.faults.all == [
                        "\(id) temporary file: mkstemp in /nowhere failed: No such file or directory"
                    ]
                )
            }
            #expect(
                try fixture.send(
                    .post,
                    BitcainAPI.base + "/cost-basis/lots/rebuild",
                    headers: [HTTPHeader("Expect", "100-continue")],
                    body: Array("{}".utf8)
                ).status == 401
            )
        }
    }

    @Test func `a body that is compressed is 415, one that is too large 413`() throws {
        try withFixture(change: { _, limits, _ in limits.uploadBytesMax = 10_000 }) { (fixture) throws in
            let token = try fixture.token()
            let coded = try fixture.upload(
                Sample.history,
                token: token,
                headers: [HTTPHeader("Content-Encoding", "gzip")]
            )
            #expect(coded.status == 415)
            #expect(try coded.json["detail"]?.string != nil)
            let large = try fixture.upload([UInt8](repeating: 0x61, count: 10_001), token: token)
            #expect(large.status == 413)
            #expect(large.text == #"{"detail":"Request body is larger than 10000 bytes"}"#)
        }
    }
}

@Suite("Answers")
private struct AnswerTests {
    @Test(arguments: Front.allCases)
    func `what only the operator can mend is reported with its cause and the request`(_ front: Front) throws {
        try withFixture(front) { (fixture) throws in
            let token = try fixture.token()
            #expect(try fixture.upload("no table", token: token).status == 422)
            #expect(try fixture.get("/aggregate", token: "nonsense").status == 401)
            #expect(try fixture.get("/aggregate", token: token).status == 200)
            #expect(fixture.faults.all == [])
            fixture.workspace.close()
            let small = try fixture.upload(Sample.deposit("1", "ETH"), token: token)
            let rows = String(repeating: "2024-01-01,deposit,1,BTC,Kraken\n", count: 1_000)
            let large = try fixture.upload("time,kind,in_amount,in_asset,account\n" + rows, token: token)
            let rebuild = try fixture.send(
                .post,
                BitcainAPI.base + "/cost-basis/lots/rebuild",
                token: token,
                headers: [HTTPHeader("Idempotency-Key", "k")]
            )
            for answer in [small, large, rebuild] {
                #expect(answer.status == 503)
                #expect(answer.text == #"{"detail":"Storage is unavailable"}"#)
                let id = try #require(answer.header("X-Request-Id"))
                let cause = try #require(fixture.faults.all.first { $0.hasPrefix(id + " ") })
                #expect(cause.contains("the database is closed"))
                #expect(!cause.contains(token))
            }
            #expect(fixture.faults.all.count == 3)
        }
    }

    @Test(arguments: Front.allCases)
    func `what a write changed is in the very next read`(_ front: Front) throws {
        try withFixture(front) { (fixture) throws in
            let token = try fixture.token()
            for number in 1...10 {
                _ = try fixture.upload(
                    Sample.deposit("\(number)", time: "2024-01-01T00:00:0\(number - 1)Z"),
                    token: token
                )
                for _ in 0..<2 {
                    let balances = try fixture.get("/balances?exchange=kraken", token: token).json["balances"]
                    #expect(balances?[0]?["total"]?.string == "\(number * (number + 1) / 2)")
                }
            }
        }
    }

    @Test func `the same second gives the same bytes, the next another timestamp`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            _ = try fixture.upload(Sample.history, token: token)
            let texts = try (0..<3).map { _ in
                try fixture.get("/balances?exchange=coinbase", token: token).text
            }
            #expect(Set(texts).count == 1)
            fixture.clock.advance(seconds: 1)
            #expect(try fixture.get("/balances?exchange=coinbase", token: token).text != texts[0])
        }
    }

    @Test func `HEAD answers as GET without the body`() throws {
        try withFixture(.socket) { (fixture) throws in
            let token = try fixture.token()
            let answer = try fixture.send(.head, BitcainAPI.base + "/aggregate", token: token)
            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
            #expect(Int(answer.header("Content-Length") ?? "") ?? 0 > 0)
        }
    }

    @Test func `a venue is found in any case and echoed as it was written`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            _ = try fixture.upload(Sample.history, token: token)
            let answer = try fixture.get("/balances?exchange=CoinBase", token: token).json
            #expect(answer["exchange"]?.string == "CoinBase")
            #expect(answer["balances"]?.array?.isEmpty == false)
            let none = try fixture.get("/balances", token: token).json
            #expect(none["exchange"]?.string == "binanceus")
            #expect(none["balances"]?.array?.isEmpty == true)
            #expect(none["total_value_usd"]?.string == "0")
        }
    }
}
