import CryptFolioAPI
import HTTPServer
import JSON
import Services
import Testing

@Suite("CryptFolio's portfolios")
private struct PortfolioTests {
    @Test(arguments: CryptFolioRevision.allCases)
    func `every example of a portfolio is answered as recorded`(_ revision: CryptFolioRevision) throws {
        try withFixture(revision) { (fixture) throws in
            let token = try fixture.token()
            func expect(_ answer: Answer, _ name: String) throws {
                try Golden.expect(answer, is: "\(revision.rawValue)/\(name)")
            }
            try expect(fixture.get("/user", token: token), "user")
            try expect(fixture.get("/portfolios", token: token), "portfolios")
            try expect(
                fixture.json(
                    .post,
                    "/portfolios",
                    #"{"title":"My portfolio","currencies":["btc","usd"]}"#,
                    token: token
                ),
                "portfolio-create"
            )
            fixture.clock.advance(seconds: 60)
            try expect(
                fixture.json(.patch, "/portfolios/2", #"{"title":"My updated portfolio"}"#, token: token),
                "portfolio-update"
            )
            try expect(fixture.get("/portfolios/2", token: token), "portfolio")
            try expect(fixture.get("/portfolios/2/currencies", token: token), "portfolio-currencies")
            try expect(
                fixture.json(.post, "/portfolios/2/currencies", #"{"currency":"ltc"}"#, token: token),
                "portfolio-currency-add"
            )
            try expect(
                fixture.json(
                    .delete,
                    "/portfolio/currencies",
                    #"{"currencies":["ltc"],"portfolio_id":2}"#,
                    token: token
                ),
                "portfolio-currency-remove"
            )
            try expect(
                fixture.json(
                    .patch,
                    "/portfolios/2",
                    #"{"currencies":["usd","ltc","btc"]}"#,
                    token: token
                ),
                "portfolio-reported"
            )
            try expect(fixture.send(.delete, "/api/portfolios/2", token: token), "portfolio-delete")
            #expect(try fixture.get("/portfolios/2", token: token).status == 404)
        }
    }

    @Test func `a form and JSON make the same portfolio`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let form = try fixture.form(
                .post,
                "/portfolios",
                "currencies%5B%5D=usd&currencies%5B%5D=btc&title=A%20b",
                token: token
            )
            let multipart = try fixture.send(
                .post,
                "/api/portfolios",
                token: token,
                headers: [HTTPHeader("Content-Type", "multipart/form-data; boundary=x")],
                body: Array(
                    ("--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA b\r\n"
                        + "--x\r\nContent-Disposition: form-data; name=\"currencies[]\"\r\n\r\nbtc\r\n"
                        + "--x\r\nContent-Disposition: form-data; name=\"currencies[]\"\r\n\r\nusd\r\n--x--\r\n")
                        .utf8
                )
            )
            let json = try fixture.json(
                .post,
                "/portfolios",
                #"{"title":"A b","currencies":["btc","usd"]}"#,
                token: token
            )
            #expect([form.status, multipart.status, json.status] == [200, 200, 200])
            for answer in [form, multipart, json] {
                #expect(try answer.result["title"]?.string == "A b")
                let codes = try answer.result["currencies"]?.array?.compactMap { $0["code"]?.string }
                #expect(codes == ["btc", "usd"])
            }
            // A second list of counts, behind the default portfolio.
            let list = try fixture.get("/portfolios", token: token).result
            #expect(list.array?.count == 4)
            #expect(list[3]?["currencies"]?.integer == 2)
        }
    }

    @Test func `what no portfolio can be is refused in words, and nothing is done`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let long = String(repeating: "x", count: 101)
            let many = (0..<9000).map { "\"c\($0)\"" }.joined(separator: ",")
            for (body, status, words) in [
                (
                    "{}", 422,
                    ["title can't be blank", "must have at least one reporting currency selected"]
                ),
                (#"{"title":"","currencies":["btc"]}"#, 422, ["title can't be blank"]),
                (#"{"title":" ","currencies":["btc"]}"#, 422, ["title can't be blank"]),
                (#"{"title":null,"currencies":["btc"]}"#, 422, ["title can't be blank"]),
                (#"{"title":{},"currencies":["btc"]}"#, 422, ["title must be a text"]),
                (
                    "{\"title\":\"\(long)\",\"currencies\":[\"btc\"]}", 422,
                    ["title is too long (maximum is 100 characters)"]
                ),
                (
                    #"{"title":"x","currencies":[]}"#, 422,
                    ["must have at least one reporting currency selected"]
                ),
                (
                    #"{"title":"x"}"#, 422, ["must have at least one reporting currency selected"]
                ),
                (
                    #"{"title":"x","currencies":["btc",7]}"#, 422,
                    ["currencies must be the code of a currency"]
                ),
                (
                    #"{"title":"x","currencies":["btc","nosuch"]}"#, 404,
                    ["no currency or coin has the code nosuch; expected such as btc or usd"]
                ),
                (
                    "{\"title\":\"x\",\"currencies\":[\(many)]}", 422,
                    ["there may be at most 100 reporting currencies; remove some first"]
                ),
            ] {
                let answer = try fixture.json(.post, "/portfolios", body, token: token)
                #expect(answer.status == status, "\(body.prefix(80)): \(answer.text.prefix(300))")
                #expect(try answer.json["message"]?.string == "Invalid")
                #expect(try answer.invalid == words)
            }
            for body in ["title=x&currencies%5B%5D", "title=x&currencies%5B%5D="] {
                let answer = try fixture.form(.post, "/portfolios", body, token: token)
                #expect(answer.status == 422)
                #expect(try answer.invalid == ["must have at least one reporting currency selected"])
            }
            #expect(try fixture.get("/portfolios", token: token).result.array?.count == 1)
            for (body, status) in [
                (#"{"title":null}"#, 422), (#"{"currencies":[]}"#, 422), (#"{"currencies":null}"#, 422),
                (#"{"currencies":["nosuch"]}"#, 404), ("{}", 200),
            ] {
                let answer = try fixture.json(.patch, "/portfolios/1", body, token: token)
                #expect(answer.status == status, "\(body): \(answer.text)")
            }
            for (code, status) in [("btc", 200), ("BTC", 200), ("nosuch", 404), ("%20", 404)] {
                for end in ["", "/history"] {
                    let answer = try fixture.get("/portfolios/1/balances/\(code)\(end)", token: token)
                    #expect(answer.status == status, "\(code)")
                    if status == 404 { #expect(try answer.json["message"]?.string == "Not found") }
                }
            }
            // Numbers and codes that read the same in a row are told apart, also once an answer is kept.
            #expect(try fixture.get("/portfolios/1/balances/btc", token: token).status == 200)
            #expect(try fixture.get("/portfolios/1%3Abtc/balances", token: token).status == 404)
            for path in ["0", "01", "-1", "x", "99", "99999999999999999999", "1.0", "%31%20"] {
                #expect(try fixture.get("/portfolios/" + path, token: token).status == 404)
            }
        }
    }

    @Test func `the currencies of the only portfolio need no number, those of several do`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            func codes(_ answer: Answer) throws -> [String]? {
                try answer.result["currencies"]?.array?.compactMap { $0["code"]?.string }
            }
            let first = try fixture.form(.post, "/portfolio/currencies", "currency=btc", token: token)
            #expect(try codes(first) == ["btc", "usd"])
            #expect(
                try codes(fixture.form(.post, "/portfolio/currencies", "currency[]=btc", token: token))
                    == ["btc", "usd"]
            )
            let gone = try fixture.send(
                .delete,
                "/api/portfolios/1/currencies",
                token: token,
                headers: [HTTPHeader("Content-Type", "application/json")],
                body: Array(#"{"currencies":["usd"]}"#.utf8)
            )
            #expect(try codes(gone) == ["btc"])
            let last = try fixture.json(
                .delete,
                "/portfolios/1/currencies",
                #"{"currency":"btc"}"#,
                token: token
            )
            #expect(last.status == 422)
            #expect(try last.invalid == ["must have at least one reporting currency selected"])
            let absent = try fixture.json(
                .delete,
                "/portfolios/1/currencies",
                #"{"currency":"ltc"}"#,
                token: token
            )
            #expect(absent.status == 404)
            let unknown = try fixture.json(
                .post,
                "/portfolios/1/currencies",
                #"{"currency":"nosuch"}"#,
                token: token
            )
            #expect(unknown.status == 404)
            #expect(try unknown.json["message"]?.string == "Invalid")
            #expect(try fixture.json(.post, "/portfolios/1/currencies", "{}", token: token).status == 422)
            _ = try fixture.json(.post, "/portfolios", #"{"title":"b","currencies":["btc"]}"#, token: token)
            let vague = try fixture.form(.post, "/portfolio/currencies", "currency=ltc", token: token)
            #expect(vague.status == 422)
            #expect(try vague.invalid == ["portfolio_id must be given; there are 2 portfolios"])
            let named = try fixture.form(
                .post,
                "/portfolio/currencies",
                "currency=ltc&portfolio_id=2",
                token: token
            )
            #expect(try codes(named) == ["btc", "ltc"])
            let queried = try fixture.send(
                .delete,
                "/api/portfolio/currencies?portfolio_id=2&ignored=1",
                token: token,
                headers: [HTTPHeader("Content-Type", "application/json")],
                body: Array(#"{"currency":"ltc"}"#.utf8)
            )
            #expect(try codes(queried) == ["btc"])
        }
    }

    @Test func `a write is done once for each key, however it is sent`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let key = [HTTPHeader("Idempotency-Key", "k-1")]
            let body = #"{"title":"x","currencies":["btc"]}"#
            let first = try fixture.json(.post, "/portfolios", body, token: token, headers: key)
            fixture.clock.advance(seconds: 5)
            let second = try fixture.send(
                .post,
                "/api/portfolios",
                token: token,
                headers: key + [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
                body: Array("title=x&currencies[]=btc".utf8)
            )
            #expect(second.text == first.text && second.header("Idempotent-Replayed") == "true")
            let other = try fixture.json(
                .post,
                "/portfolios",
                #"{"title":"y","currencies":["btc"]}"#,
                token: token,
                headers: key
            )
            #expect(other.status == 422)
            #expect(try other.json["message"]?.string == "Invalid")
            #expect(try fixture.get("/portfolios", token: token).result.array?.count == 2)
            let deletion = [HTTPHeader("Idempotency-Key", "k-2")]
            let gone = try fixture.send(.delete, "/api/portfolios/2", token: token, headers: deletion)
            let again = try fixture.send(.delete, "/api/portfolios/2", token: token, headers: deletion)
            #expect(gone.status == 200 && again.text == gone.text)
            for malformed in ["", "a b", String(repeating: "k", count: 256)] {
                let answer = try fixture.json(
                    .post,
                    "/portfolios",
                    body,
                    token: token,
                    headers: [HTTPHeader("Idempotency-Key", malformed)]
                )
                #expect(answer.status == 422)
            }
            #expect(try fixture.get("/portfolios", token: token).result.array?.count == 1)
        }
    }

    @Test func `an answer is kept until the data changes, and tells the time of each request`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let first = try fixture.get("/portfolios/1", token: token)
            fixture.clock.advance(seconds: 10)
            let second = try fixture.get("/portfolios/1", token: token)
            #expect(try second.result == first.result)
            let times = try [first, second].map { try $0.json["time"]?.integer }
            #expect(times == [1_516_624_496, 1_516_624_506])
            _ = try fixture.json(.patch, "/portfolios/1", #"{"title":"new"}"#, token: token)
            #expect(try fixture.get("/portfolios/1", token: token).result["title"]?.string == "new")
            #expect(try fixture.get("/portfolios", token: token).result[0]?["title"]?.string == "new")
        }
    }
}

@Suite("CryptFolio's offsets")
private struct OffsetTests {
    @Test(arguments: CryptFolioRevision.allCases)
    func `every example of an offset is answered as recorded`(_ revision: CryptFolioRevision) throws {
        try withFixture(revision) { (fixture) throws in
            let token = try fixture.token()
            func expect(_ answer: Answer, _ name: String) throws {
                try Golden.expect(answer, is: "\(revision.rawValue)/\(name)")
            }
            _ = try fixture.json(.patch, "/portfolios/1", #"{"currencies":["btc","usd"]}"#, token: token)
            try expect(
                fixture.form(
                    .post,
                    "/portfolios/1/offsets",
                    "balances%5B%5D%5Bbalance%5D=-2&balances%5B%5D%5Bcurrency%5D=usd"
                        + "&balances%5B%5D%5Bbalance%5D=10.3456&balances%5B%5D%5Bcurrency%5D=btc&title=Paper",
                    token: token
                ),
                "offset-create"
            )
            let id = try #require(
                try fixture.get("/portfolios/1", token: token).result["offsets"]?[0]?["id"]?.integer
            )
            let one = "/portfolios/1/offsets/\(id)"
            try expect(fixture.get("/portfolios/1/offsets", token: token), "offsets")
            try expect(fixture.get(one, token: token), "offset")
            try expect(fixture.get(one + "/balances", token: token), "offset-balances")
            try expect(fixture.get("/portfolios/1/balances", token: token), "balances")
            try expect(fixture.get("/portfolios/1/balances/btc", token: token), "balance")
            fixture.clock.advance(seconds: 86_400)
            try expect(
                fixture.json(
                    .patch,
                    one,
                    #"{"balances":[{"currency":"btc","balance":1e-5}]}"#,
                    token: token
                ),
                "offset-update"
            )
            try expect(fixture.get(one + "/txns", token: token), "offset-txns")
            #expect(
                try fixture.get(one + "/transactions", token: token).result
                    == fixture.get(one + "/txns", token: token).result
            )
            fixture.clock.advance(seconds: 86_400)
            try expect(fixture.get(one + "/history", token: token), "offset-history")
            try expect(fixture.get("/portfolios/1/balances/history", token: token), "balances-history")
            try expect(fixture.get("/portfolios/1/balances/btc/history", token: token), "balance-history")
            try expect(fixture.get("/portfolios/1/converted", token: token), "converted")
            try expect(fixture.get("/portfolios/1/converted/history", token: token), "converted-history")
            try expect(fixture.get("/portfolios/1/inventory", token: token), "inventory")
            try expect(fixture.get("/portfolios/1", token: token), "portfolio-with-offset")
            try expect(
                fixture.json(.delete, "/portfolios/1/offsets", "{\"id\":\(id)}", token: token),
                "offset-delete"
            )
            #expect(try fixture.get(one, token: token).status == 404)
        }
    }

    @Test func `what no offset can be is refused in words, and nothing is done`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let path = "/portfolios/1/offsets"
            for (body, status, words) in [
                ("{}", 422, ["title can't be blank", "balances can't be blank"]),
                (#"{"title":"","balances":[]}"#, 422, ["title can't be blank"]),
                (
                    #"{"title":"x","balances":[{"currency":"btc","balance":"0.0000000000000000001"}]}"#, 422,
                    ["balances[0].balance has more than 18 decimals"]
                ),
                (
                    #"{"title":"x","balances":[{"currency":"btc","balance":"much"}]}"#, 422,
                    ["balances[0].balance is not a number"]
                ),
                (
                    #"{"title":"x","balances":[{"currency":"btc"}]}"#, 422,
                    ["balances[0].balance can't be blank"]
                ),
                (
                    #"{"title":"x","balances":[{"currency":"nosuch","balance":1}]}"#, 404,
                    ["no currency or coin has the code nosuch; expected such as btc or usd"]
                ),
            ] {
                let answer = try fixture.json(.post, path, body, token: token)
                #expect(answer.status == status, "\(body): \(answer.text)")
                #expect(try answer.invalid == words, "\(body)")
            }
            #expect(try fixture.get(path, token: token).result["offsets"]?.array?.isEmpty == true)
            #expect(try fixture.json(.delete, path, "{}", token: token).invalid == ["id can't be blank"])
            #expect(try fixture.send(.delete, "/api" + path + "?id=7", token: token).status == 404)
        }
    }

    @Test func `a deletion takes the number from path, query or body`() throws {
        try withFixture(.r2019_03) { (fixture) throws in
            let token = try fixture.token()
            func make() throws -> Int64 {
                let body = #"{"title":"x","balances":[{"currency":"btc","balance":1}]}"#
                let answer = try fixture.json(.post, "/portfolios/1/offsets", body, token: token)
                return try #require(try answer.result["id"]?.integer)
            }
            let ids = try (0..<4).map { _ in try make() }
            let base = "/portfolios/1/offsets"
            #expect(try fixture.send(.delete, "/api\(base)/\(ids[0])", token: token).status == 200)
            #expect(try fixture.send(.delete, "/api\(base)?id=\(ids[1])", token: token).status == 200)
            #expect(try fixture.json(.delete, base, "{\"id\":\(ids[2])}", token: token).status == 200)
            #expect(try fixture.form(.delete, base, "id=\(ids[3])", token: token).status == 200)
            #expect(try fixture.get(base, token: token).result.array?.isEmpty == true)
        }
    }
}

@Suite("CryptFolio's addresses and accounts")
private struct TrackedTests {
    @Test(arguments: CryptFolioRevision.allCases)
    func `every example of an address is answered as recorded`(_ revision: CryptFolioRevision) throws {
        try withFixture(revision) { (fixture) throws in
            let token = try fixture.token()
            func expect(_ answer: Answer, _ name: String) throws {
                try Golden.expect(answer, is: "\(revision.rawValue)/\(name)")
            }
            try expect(
                fixture.form(
                    .post,
                    "/portfolios/1/addresses",
                    "title=My+address&address=1BoatSLRHtKNngkdXEeobR76b53LETtpyT&currency%5B%5D=btc",
                    token: token
                ),
                "address-create"
            )
            try expect(
                fixture.json(
                    .post,
                    "/portfolios/1/addresses",
                    #"{"title":"Wrong","address":"1BoatSLRHtKNngkdXEeobR76b53LETtpyU","currency":"btc"}"#,
                    token: token
                ),
                "address-invalid"
            )
            try expect(fixture.get("/portfolios/1/addresses", token: token), "addresses")
            try expect(fixture.get("/portfolios/1/addresses/1", token: token), "address")
            try expect(fixture.get("/portfolios/1/addresses/1/balances", token: token), "address-not-ready")
            try expect(fixture.get("/portfolios/1/addresses/2/balances", token: token), "address-balances")
            try expect(
                fixture.json(.patch, "/portfolios/1/addresses/1", #"{"title":"Other"}"#, token: token),
                "address-update"
            )
            try expect(fixture.get("/portfolios/1", token: token), "portfolio-with-addresses")
            try expect(
                fixture.send(.delete, "/api/portfolios/1/addresses?id=1", token: token),
                "address-delete"
            )
            let unknown = try fixture.json(
                .post,
                "/portfolios/1/addresses",
                #"{"title":"x","address":"x","currency":"nosuch"}"#,
                token: token
            )
            #expect(unknown.status == 404)
            let empty = try fixture.json(.post, "/portfolios/1/addresses", "{}", token: token)
            #expect(empty.status == 422)
            #expect(try empty.invalid == ["address can't be blank", "currency can't be blank"])
        }
    }

    @Test(arguments: CryptFolioRevision.allCases)
    func `every example of an account is answered as recorded, without its secret`(
        _ revision: CryptFolioRevision
    ) throws {
        try withFixture(revision) { (fixture) throws in
            let token = try fixture.token()
            func expect(_ answer: Answer, _ name: String) throws {
                #expect(!answer.text.contains("hidden"), "\(name)")
                try Golden.expect(answer, is: "\(revision.rawValue)/\(name)")
            }
            try expect(
                fixture.json(
                    .post,
                    "/portfolios/1/accounts",
                    #"{"title":"My account","type":"bittrex","key":"hidden1","secret":"hidden2"}"#,
                    token: token
                ),
                "account-create"
            )
            try expect(fixture.get("/portfolios/1/accounts", token: token), "accounts")
            try expect(fixture.get("/portfolios/1/accounts/1", token: token), "account")
            try expect(fixture.get("/portfolios/1/accounts/1/balances", token: token), "account-balances")
            try expect(fixture.get("/portfolios/1/accounts/1/txns", token: token), "account-txns")
            try expect(fixture.get("/portfolios/1/accounts/1/history", token: token), "account-history")
            try expect(
                fixture.form(
                    .patch,
                    "/portfolios/1/accounts/1",
                    "title=Other&api_key=hidden3&api_secret=hidden4",
                    token: token
                ),
                "account-update"
            )
            try expect(fixture.send(.delete, "/api/portfolios/1/accounts/1", token: token), "account-delete")
            let empty = try fixture.json(.post, "/portfolios/1/accounts", "{}", token: token)
            #expect(try empty.invalid == ["type can't be blank"])
            #expect(fixture.faults.all == [])
        }
    }
}
