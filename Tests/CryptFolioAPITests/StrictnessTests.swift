import CryptFolioAPI
import HTTPServer
import JSON
import Services
import Testing

@Suite("What a request may not leave open")
private struct StrictnessTests {
    private static let key = "8UUYz0e3SpTPJjCzVVbqhYjC1bcYkyYaZ5FfBd1F0S5X8v7pGm7Qw2aE"
    private static let secret =
        "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="

    @Test(arguments: [
        #"{"secret":"new"}"#, #"{"key":"new"}"#, #"{"api_key":"new"}"#, #"{"api_secret":"new"}"#,
        #"{"passphrase":"new"}"#, #"{"key":"new","passphrase":"new"}"#, #"{"key":"","secret":"new"}"#,
        #"{"title":"Other","key":"new","secret":""}"#,
    ])
    func `half a pair of keys changes nothing`(_ body: String) throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let made = try fixture.json(
                .post,
                "/portfolios/1/accounts",
                #"{"title":"Mine","type":"kraken","key":"\#(Self.key)","secret":"\#(Self.secret)"}"#,
                token: token
            )
            #expect(made.status == 200)
            let before = try fixture.get("/portfolios/1/accounts/1", token: token)
            #expect(try before.result["is_invalid"]?.bool == false)
            let half = try fixture.json(.patch, "/portfolios/1/accounts/1", body, token: token)
            #expect(half.status == 422)
            #expect(try half.invalid == ["key and secret must be given together"])
            #expect(
                try fixture.get("/portfolios/1/accounts/1", token: token).result == before.result
            )
            let whole = try fixture.json(
                .patch,
                "/portfolios/1/accounts/1",
                #"{"api_key":"\#(Self.key)","secret":"\#(Self.secret)"}"#,
                token: token
            )
            #expect(try whole.result["is_invalid"]?.bool == false)
        }
    }

    @Test func `a key is known by every path that means the same`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            func send(_ path: String) throws -> Answer {
                try fixture.send(
                    .post,
                    path,
                    token: token,
                    headers: [
                        HTTPHeader("Idempotency-Key", "k"), HTTPHeader("Content-Type", "application/json"),
                    ],
                    body: Array(#"{"title":"x","currencies":["btc"]}"#.utf8)
                )
            }
            let first = try send("/api/portfolios")
            #expect(first.status == 200)
            for path in ["/api/v1/portfolios", "/api/portfolios/", "/api/v1/portfolios/"] {
                let again = try send(path)
                #expect(again.text == first.text, "\(path)")
                #expect(again.header("Idempotent-Replayed") == "true", "\(path)")
            }
            #expect(try send("/api/portfolios?x=1").status == 422)
            #expect(try fixture.get("/portfolios", token: token).result.array?.count == 2)
        }
    }

    @Test func `an empty list alone empties an offset`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let path = "/portfolios/1/offsets"
            let body = #"{"title":"x","balances":[{"currency":"btc","balance":1}]}"#
            #expect(try fixture.json(.post, path, body, token: token).status == 200)
            func count() throws -> Int? {
                try fixture.get(path + "/1/balances", token: token).result["balances"]?.array?.count
            }
            for nothing in [#"{"balances":null}"#, #"{"balances":{}}"#] {
                let answer = try fixture.json(.patch, path + "/1", nothing, token: token)
                #expect(answer.status == 422)
                #expect(try answer.invalid == ["balances can't be blank"], "\(nothing)")
            }
            #expect(try fixture.form(.patch, path + "/1", "balances", token: token).status == 422)
            let null = try fixture.json(.post, path, #"{"title":"y","balances":null}"#, token: token)
            #expect(try null.invalid == ["balances can't be blank"])
            #expect(try count() == 1)
            #expect(try fixture.form(.patch, path + "/1", "balances[]", token: token).status == 200)
            #expect(try count() == 0)
            _ = try fixture.json(.patch, path + "/1", body, token: token)
            #expect(try count() == 1)
            #expect(try fixture.json(.patch, path + "/1", #"{"balances":[]}"#, token: token).status == 200)
            #expect(try count() == 0)
        }
    }

    @Test(arguments: [
        "currency=ltc", "currencies[]=ltc", "currencies%5B%5D=ltc&currencies%5B%5D=usd", "currency[]=ltc",
        "x=1&currency=ltc",
    ])
    func `currencies to be removed may stand in the query`(_ query: String) throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            _ = try fixture.json(
                .patch,
                "/portfolios/1",
                #"{"currencies":["btc","ltc","usd"]}"#,
                token: token
            )
            let answer = try fixture.send(
                .delete,
                "/api/portfolios/1/currencies?" + query,
                token: token
            )
            #expect(answer.status == 200, "\(answer.text)")
            let codes = try answer.result["currencies"]?.array?.compactMap { $0["code"]?.string }
            #expect(codes == (query.contains("usd") ? ["btc"] : ["btc", "usd"]))
            let path = "/api/portfolio/currencies?portfolio_id=1&currency=btc"
            let last = try fixture.send(.delete, path, token: token)
            #expect(last.status == (query.contains("usd") ? 422 : 200))
        }
    }

    @Test func `what is wrong in a query or in none is named`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            func send(_ query: String, _ body: String = "") throws -> Answer {
                try fixture.send(
                    .delete,
                    "/api/portfolios/1/currencies" + query,
                    token: token,
                    headers: [HTTPHeader("Content-Type", "application/json")],
                    body: Array(body.utf8)
                )
            }
            #expect(try send("").invalid == ["currency can't be blank"])
            #expect(try send("?x=1").invalid == ["currency can't be blank"])
            #expect(try send("?currency=eur").status == 404)
            let twice = try send("?currency=usd&currency=btc")
            #expect(twice.status == 400)
            #expect(try twice.invalid == ["the query: currency is given twice"])
            // The body counts where it says anything of it.
            #expect(try send("?currency=usd", #"{"currency":"eur"}"#).status == 404)
        }
    }

    @Test func `all that is wrong is named together`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token([.read, .write, .delete, .admin])
            let long = String(repeating: "x", count: 101)
            let tooLong = "title is too long (maximum is 100 characters)"
            let password = "the password is too short; use at least 8 characters, better 15"
            for (method, path, body, words) in [
                (
                    .post, "/portfolios/1/offsets",
                    #"{"title":"","balances":[{"currency":"btc","balance":"x"}]}"#,
                    ["title can't be blank", "balances[0].balance is not a number"]
                ),
                (
                    .patch, "/portfolios/1/offsets/1", "{\"title\":\"\(long)\",\"balances\":null}",
                    [tooLong, "balances can't be blank"]
                ),
                (
                    .post, "/portfolios", #"{"title":"","currencies":[]}"#,
                    ["title can't be blank", "must have at least one reporting currency selected"]
                ),
                (
                    .post, "/portfolios", "{}",
                    ["title can't be blank", "must have at least one reporting currency selected"]
                ),
                (
                    .post, "/portfolios", "{\"title\":\"\(long)\",\"currencies\":[7]}",
                    [tooLong, "currencies must be the code of a currency"]
                ),
                (
                    .post, "/portfolios/1/addresses", "{\"title\":\"\(long)\"}",
                    [tooLong, "address can't be blank", "currency can't be blank"]
                ),
                (
                    .post, "/portfolios/1/accounts", #"{"title":" ","type":"no venue","key":{}}"#,
                    [
                        "title can't be blank", "type must be the name of a venue such as kraken",
                        "key must be a text",
                    ]
                ),
                (
                    .patch, "/portfolios/1/accounts/1", #"{"title":" ","key":"k"}"#,
                    ["title can't be blank", "key and secret must be given together"]
                ),
                (
                    .post, "/users/create", #"{"name":"Ada","email":"bad","password":"1"}"#,
                    ["bad is not an e-mail address; expected name@domain", password]
                ),
                (
                    .patch, "/users/2", #"{"email":"bad","password":"1"}"#,
                    ["bad is not an e-mail address; expected name@domain", password]
                ),
            ] as [(HTTPMethod, String, String, [String])] {
                let answer = try fixture.json(method, path, body, token: token)
                #expect(answer.status == 422, "\(body): \(answer.text)")
                #expect(try answer.invalid == words, "\(body)")
            }
            #expect(fixture.faults.all == [])
        }
    }

    @Test func `a form that gives a single value twice is refused as doubled keys of JSON are`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let twice = try fixture.form(
                .post,
                "/portfolios",
                "title=a&currencies[]=btc&title=b",
                token: token
            )
            #expect(twice.status == 400)
            #expect(try twice.invalid == ["title is given twice"])
            let part = "--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\na\r\n"
            let parts = try fixture.send(
                .post,
                "/api/portfolios",
                token: token,
                headers: [HTTPHeader("Content-Type", "multipart/form-data; boundary=x")],
                body: Array((part + part + "--x--\r\n").utf8)
            )
            #expect(parts.status == 400)
            #expect(try parts.invalid == ["title is given twice"])
            let list = try fixture.form(
                .post,
                "/portfolios/1/offsets",
                "title=a&balances[][currency]=btc&balances[][currency]=usd&balances[][balance]=1",
                token: token
            )
            #expect(try list.invalid == ["balances[0].balance can't be blank"])
        }
    }

    @Test func `a body beyond a limit is not said to be no JSON`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let many = Array(repeating: "1", count: 10_000).joined(separator: ",")
            let long = String(repeating: "k", count: 70_000)
            let digits = String(repeating: "1", count: 41)
            let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
            for body in [
                "{\"title\":[\(many)]}", "{\"\(long)\":1}", "{\"title\":\"\(long)\"}",
                "{\"title\":\(digits)}",
                "{\"title\":\(deep)}",
            ] {
                let answer = try fixture.json(.post, "/portfolios", body, token: token)
                #expect(answer.status == 400)
                let words = try #require(try answer.invalid.first)
                #expect(words.hasPrefix("the body is beyond a limit: "), "\(words)")
            }
            for body in ["{\"title\":1", #"{"title":1,"title":2}"#] {
                let answer = try fixture.json(.post, "/portfolios", body, token: token)
                #expect(answer.status == 400)
                #expect(try answer.invalid.first?.hasPrefix("the body is not JSON: ") == true)
            }
        }
    }

    @Test func `an address with a slip keeps what was known on every route`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let made = try fixture.json(
                .post,
                "/portfolios/1/addresses",
                #"{"address":"1BoatSLRHtKNngkdXEeobR76b53LETtpyU","currency":"btc"}"#,
                token: token
            )
            #expect(try made.result["is_invalid"]?.bool == true)
            for route in ["balances", "txns", "transactions", "history"] {
                let answer = try fixture.get("/portfolios/1/addresses/1/" + route, token: token)
                #expect(answer.status == 200, "\(route)")
                let name = route.hasPrefix("t") ? "txns" : "balances"
                #expect(try answer.result[name]?.array?.isEmpty == true, "\(route)")
            }
        }
    }
}
