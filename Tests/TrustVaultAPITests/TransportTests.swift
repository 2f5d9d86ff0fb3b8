import Dispatch
import HTTPServer
import JSON
import SchemaSupport
import Synchronization
import Testing

@testable import Services
@testable import TrustVaultAPI

@Suite("GraphQL over HTTP")
private struct TransportTests {
    private static let hello = "{ __typename }"

    // MARK: Keys

    @Test func `a key in the header opens, and nothing else does`() throws {
        try withFixture { (fixture) throws in
            let json = [HTTPHeader("Content-Type", "application/json")]
            let body = Array(#"{"query":"{ user { portfolio { items { timestamp } } } }"}"#.utf8)
            let bare = try fixture.send(.post, headers: json, body: body)
            try Golden.expect(bare, is: "unauthorized")
            for key in ["", "x", "cft_" + String(repeating: "a", count: 40), fixture.key + "a"] {
                let answer = try fixture.send(.post, key: key, headers: json, body: body)
                #expect(answer.status == 401)
                #expect(answer.text == bare.text)
            }
            let bitcain = try fixture.workspace.createToken(
                for: fixture.owner,
                label: "b",
                scopes: [.read],
                days: 30
            )
            #expect(try fixture.send(.post, key: bitcain.text, headers: json, body: body).status == 401)
            let bearer = json + [HTTPHeader("Authorization", "Bearer " + fixture.key)]
            #expect(try fixture.send(.post, headers: bearer, body: body).status == 401)
            #expect(try fixture.send(.post, key: fixture.key, headers: json, body: body).status == 200)
            // Not even the schema is told without one.
            #expect(try fixture.send(.get, "/graphql?query=%7B__typename%7D").status == 401)
        }
    }

    @Test func `a key may be an argument instead`() throws {
        try withFixture { (fixture) throws in
            try fixture.importText(
                "time,kind,in_amount,in_asset,account\n2021-02-28T00:00:00Z,deposit,2,USD,A\n"
            )
            func body(_ key: String) -> [UInt8] {
                Array(
                    """
                    {"query":"query ($k: String!) { user(authentication: {apiKey: $k}) { portfolio { items { total \
                    { value } } } } }","variables":{"k":"\(key)"}}
                    """.utf8
                )
            }
            let json = [HTTPHeader("Content-Type", "application/json")]
            let good = try fixture.send(.post, headers: json, body: body(fixture.key))
            #expect(good.text == #"{"data":{"user":{"portfolio":{"items":[{"total":{"value":"2"}}]}}}}"#)
            #expect(try fixture.send(.post, headers: json, body: body("cft_nothing")).status == 401)
            let other = try Fixture.key(of: try fixture.addUser("other"), fixture.workspace)
            // Two keys must be one user's.
            #expect(try fixture.send(.post, key: other, headers: json, body: body(fixture.key)).status == 401)
            let own = try fixture.send(.post, headers: json, body: body(other))
            #expect(own.text == #"{"data":{"user":{"portfolio":{"items":[{"total":{"value":"0"}}]}}}}"#)
            // A word in a text shows no key.
            let word = Array(
                #"{"query":"{ user { portfolio { items { timestamp } } } } # authentication"}"#.utf8
            )
            #expect(try fixture.send(.post, headers: json, body: word).status == 401)
            let schema = Array(#"{"query":"{ __typename } # authentication"}"#.utf8)
            #expect(try fixture.send(.post, headers: json, body: schema).status == 401)
        }
    }

    @Test func `a user sees what is the user's own`() throws {
        try withFixture { (fixture) throws in
            try fixture.importText(
                "time,kind,in_amount,in_asset,account\n2021-02-28T00:00:00Z,deposit,2,USD,A\n"
            )
            let stranger = try Fixture.key(of: try fixture.addUser("stranger"), fixture.workspace)
            let query =
                "{ user { portfolio { items { balances { items { amount { value } } } } } subWallets { items { name } } } }"
            let body = Array(#"{"query":"\#(query)"}"#.utf8)
            let json = [HTTPHeader("Content-Type", "application/json")]
            #expect(
                try fixture.send(.post, key: fixture.key, headers: json, body: body).text.contains(
                    #""value":"2""#
                )
            )
            let theirs = try fixture.send(.post, key: stranger, headers: json, body: body)
            #expect(
                theirs.text
                    == #"{"data":{"user":{"portfolio":{"items":[{"balances":{"items":[]}}]},"subWallets":{"items":[]}}}}"#
            )
        }
    }

    @Test func `more requests than the rate are refused`() throws {
        try withFixture(rates: RateLimiter(ratePerSecond: 1, burst: 2)) { (fixture) throws in
            #expect(try fixture.query(TransportTests.hello).status == 200)
            #expect(try fixture.query(TransportTests.hello).status == 200)
            try Golden.expect(try fixture.query(TransportTests.hello), is: "too-many")
        }
        try withFixture(publicRates: RateLimiter(ratePerSecond: 1, burst: 1)) { (fixture) throws in
            #expect(try fixture.send(.get, "/graphql?query=%7B__typename%7D").status == 401)
            #expect(try fixture.send(.get, "/graphql?query=%7B__typename%7D").status == 429)
        }
    }

    // MARK: Forms

    @Test func `a query may be in the address`() throws {
        try withFixture { (fixture) throws in
            let target =
                "/graphql?query=query%20Q(%24e%3AString)%7Buser%7Bportfolio(endDate%3A%24e)%7Bitems%7Btimestamp%7D%7D%7D%7D"
            let answer = try fixture.send(
                .get,
                target + "&variables=%7B%22e%22%3A%222021-03-01T12%3A00%3A00Z%22%7D&operationName=Q",
                key: fixture.key
            )
            #expect(
                answer.text
                    == #"{"data":{"user":{"portfolio":{"items":[{"timestamp":"2021-03-01T12:00:00.000Z"}]}}}}"#
            )
            for query in [
                "", "?query=", "?query=%7B__typename%7D&query=%7B__typename%7D",
                "?query=%7B__typename%7D&variables=%5B",
            ] {
                let refused = try fixture.send(.get, "/graphql" + query, key: fixture.key)
                #expect(refused.status == (query == "?query=" ? 200 : 400), "\(query) \(refused.text)")
            }
            let put = try fixture.send(HTTPMethod.put, key: fixture.key)
            try Golden.expect(put, is: "method-not-allowed")
        }
    }

    @Test(arguments: [
        ("[{\"query\":\"{ __typename }\"}]", "batch"), ("{}", "no-query"), ("{\"query\":5}", "query-number"),
        ("{\"query\":\"{ __typename }\",\"variables\":[]}", "variables-list"), ("", "empty"),
        ("{\"query\":", "half"),
        ("{\"query\":\"{ __typename }\",\"query\":\"{ __typename }\"}", "twice"), ("null", "null"),
        ("{\"query\":\"\\ud800\"}", "surrogate"),
    ])
    func `bodies that cannot be read are 400`(body: String, name: String) throws {
        try withFixture { (fixture) throws in
            let answer = try fixture.post(body)
            #expect(answer.status == 400)
            try Golden.expect(answer, is: "body-" + name)
        }
    }

    @Test func `other content types and too much are refused`() throws {
        try withFixture { (fixture) throws in
            let form = [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")]
            let answer = try fixture.send(
                .post,
                key: fixture.key,
                headers: form,
                body: Array("query={__typename}".utf8)
            )
            try Golden.expect(answer, is: "media-type")
            #expect(try fixture.send(.post, key: fixture.key, body: Array("{}".utf8)).status == 415)
            let long = "{\"query\":\"{ __typename }" + String(repeating: " ", count: 256 << 10) + "\"}"
            let large = try fixture.post(long)
            #expect(large.status == 413)
            #expect(try large.codes == ["TOO_LARGE"])
            let invalid: [UInt8] = Array(#"{"query":"{ a"#.utf8) + [0xFF, 0xC0] + Array(#"}"}"#.utf8)
            let bytes = try fixture.send(
                .post,
                key: fixture.key,
                headers: [HTTPHeader("Content-Type", "application/json")],
                body: invalid
            )
            #expect(bytes.status == 400)
        }
    }

    @Test(arguments: [
        ("application/json", 200, "application/json; charset=utf-8"),
        ("*/*", 200, "application/json; charset=utf-8"),
        ("text/html, */*;q=0.1", 200, "application/json; charset=utf-8"),
        ("application/graphql-response+json", 422, "application/graphql-response+json; charset=utf-8"),
        (
            "application/graphql-response+json, application/json;q=0.9", 422,
            "application/graphql-response+json; charset=utf-8"
        ),
        ("application/graphql-response+json;q=0.5, application/json", 200, "application/json; charset=utf-8"),
        ("application/graphql-response+json, */*", 422, "application/graphql-response+json; charset=utf-8"),
        ("application/graphql-response+json;q=0, */*", 200, "application/json; charset=utf-8"),
    ])
    func `the type of the answer decides its status`(accept: String, status: Int, type: String) throws {
        try withFixture { (fixture) throws in
            let invalid = try fixture.query("{ nosuch }", accept: accept)
            #expect(invalid.status == status)
            #expect(invalid.header("Content-Type") == type)
            #expect(try invalid.json["data"] == nil)
            #expect(try fixture.query(TransportTests.hello, accept: accept).status == 200)
        }
    }

    @Test func `an answer that nobody takes is not made`() throws {
        try withFixture { (fixture) throws in
            let answer = try fixture.query(TransportTests.hello, accept: "text/html, image/*")
            try Golden.expect(answer, is: "not-acceptable")
        }
    }

    @Test func `documents are kept under their digest`() throws {
        try withFixture { (fixture) throws in
            let hash = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38"
            let named = #""extensions":{"persistedQuery":{"version":1,"sha256Hash":"\#(hash)"}}"#
            let unknown = try fixture.post("{\(named)}")
            #expect(unknown.status == 200)
            #expect(try unknown.codes == ["PERSISTED_QUERY_NOT_FOUND"])
            let wrong = try fixture.post(#"{"query":"{ __typename }",\#(named)}"#)
            #expect(wrong.status == 400)
            // The digest of `{__typename}`.
            let kept = try fixture.post(#"{"query":"{__typename}",\#(named)}"#)
            #expect(kept.text == #"{"data":{"__typename":"Query"}}"#)
            #expect(try fixture.post("{\(named)}").text == kept.text)
        }
    }

    // MARK: Limits

    private func codes(_ fixture: Fixture, _ query: String) throws -> [String] {
        let answer = try fixture.query(query)
        #expect(answer.status == 200)
        #expect(try answer.json["data"] == nil)
        return try answer.codes
    }

    @Test func `each limit is named, one under and one over`() throws {
        try withFixture { (fixture) throws in
            func aliases(_ count: Int) -> String {
                "{ " + (0..<count).map { "a\($0): __typename" }.joined(separator: " ") + " }"
            }
            #expect(try fixture.query(aliases(30)).status == 200)
            #expect(try codes(fixture, aliases(31)) == ["ALIAS_LIMIT"])
            #expect(try codes(fixture, aliases(10_000)).first?.hasSuffix("_LIMIT") == true)
            func fields(_ count: Int) -> String {
                "{ " + String(repeating: "__typename ", count: count) + "}"
            }
            #expect(try fixture.query(fields(500)).json["data"] != nil)
            #expect(try codes(fixture, fields(501)) == ["FIELD_LIMIT"])
            #expect(try codes(fixture, fields(2000)).first == "TOKEN_LIMIT")
            let deep = String(repeating: "{ user ", count: 16) + String(repeating: "}", count: 16)
            #expect(try codes(fixture, deep) == ["DEPTH_LIMIT"])
            let abyss = String(repeating: "{a", count: 50_000)
            #expect(try codes(fixture, abyss).first?.hasSuffix("_LIMIT") == true)
            let cycle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"
            let answer = try fixture.query(cycle)
            #expect(try answer.messages.first == "Cannot spread fragment 'A' within itself via 'B'.")
        }
    }

    @Test func `costs are points times assets`() throws {
        try withFixture { limits in
            limits.cost = 6
        } _: { (fixture) throws in
            try fixture.importText(
                """
                time,kind,in_amount,in_asset,account
                2021-01-01T00:00:00Z,deposit,1,BTC,A
                2021-01-01T00:00:00Z,deposit,1,ETH,A

                """
            )
            func query(_ start: String) -> String {
                "{ user { portfolio(startDate: \"\(start)\", timePeriod: DAILY) { items { timestamp } } } }"
            }
            #expect(try fixture.query(query("2021-03-01T16:00:00Z")).json["data"]?["user"] != nil)
            #expect(try codes(fixture, query("2021-02-28T16:00:00Z")) == ["COST_LIMIT"])
        }
    }

    @Test func `the schema may be kept from clients`() throws {
        let ask = "{ __schema { queryType { name } } }"
        try withFixture { (fixture) throws in
            #expect(try fixture.query(ask).text == #"{"data":{"__schema":{"queryType":{"name":"Query"}}}}"#)
        }
        try withFixture { limits in
            limits.hasIntrospection = false
        } _: { (fixture) throws in
            let answer = try fixture.query(ask)
            #expect(try answer.json["data"] == nil)
            #expect(try answer.messages.first?.contains("introspection") == true)
            #expect(try fixture.query(TransportTests.hello).json["data"] != nil)
        }
    }

    @Test func `many at once get their own answers, from documents that are kept and ones that are not`()
        throws
    {
        try withFixture { (fixture) throws in
            try fixture.importText(
                "time,kind,in_amount,in_asset,account\n2021-02-28T00:00:00Z,deposit,2,USD,A\n"
            )
            @Sendable func query(_ number: Int) -> String {
                "{ a\(number): user { portfolio(endDate: \"2021-03-01T\(10 + number % 10):00:00Z\") { items { timestamp } } } }"
            }
            let wrong = Mutex(0)
            DispatchQueue.concurrentPerform(iterations: 400) { round in
                // Each document comes ten times.
                let number = round % 40
                let expected =
                    #"{"data":{"a\#(number)":{"portfolio":{"items":[{"timestamp":"2021-03-01T\#(10 + number % 10):00:00.000Z"}]}}}}"#
                let answer = try? fixture.query(query(number)).text
                if answer != expected { wrong.withLock { $0 += 1 } }
            }
            #expect(wrong.withLock { $0 } == 0)
        }
    }

    // MARK: The schema and the page

    @Test func `the schema is the one that was reviewed`() throws {
        let text = try TrustVaultAPI.schemaText()
        try Golden.expect(Answer(status: 200, headers: [], body: Array(text.utf8)), is: "schema")
    }

    @Test func `the page runs no scripts but its own`() throws {
        try withFixture { (fixture) throws in
            let page = try fixture.send(.get, "/graphiql")
            #expect(page.status == 200)
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            let policy = try #require(page.header("Content-Security-Policy"))
            #expect(policy.contains("default-src 'none'"))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe"))
            // Everything is in files of this server.
            #expect(
                !page.text.contains("http:") && !page.text.contains("https:") && !page.text.contains("<style")
            )
            let files = page.text.matches(of: try Regex("/graphiql/[a-z.-]+")).map {
                String(page.text[$0.range])
            }
            #expect(files.count == 7)
            for file in files {
                let answer = try fixture.send(.get, file)
                #expect(answer.status == 200)
                #expect(answer.header("X-Content-Type-Options") == "nosniff")
                #expect(!answer.body.isEmpty)
            }
            #expect(try fixture.send(.get, "/graphiql/nosuch.js").status == 404)
        }
        try withFixture { limits in
            limits.hasGraphiQL = false
        } _: { (fixture) throws in
            #expect(try fixture.send(.get, "/graphiql").status == 404)
        }
    }

    @Test func `every route is described`() throws {
        try withFixture { (fixture) throws in
            #expect(RouteCheck.problems([fixture.api.router]) == [])
        }
    }
}
