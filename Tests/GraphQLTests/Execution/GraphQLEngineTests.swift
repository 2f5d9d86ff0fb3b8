import GraphQL
import JSON
import Synchronization
import Testing

@Suite("Requests from beginning to end")
private struct GraphQLEngineTests {
    typealias Caller = PortfolioSchema.Caller

    private func engine(
        _ change: (inout GraphQLSettings) -> Void = { _ in }
    ) throws -> GraphQLEngine<Caller> {
        var settings = GraphQLSettings(execution: ExecutionLimits(now: { 0 }), sha256: { "\($0.count)" })
        change(&settings)
        return GraphQLEngine(try PortfolioSchema.make(), settings: settings)
    }

    private func answer(
        _ query: String,
        variables: String = "{}",
        caller: Caller = Caller(),
        operation: String? = nil,
        change: (inout GraphQLSettings) -> Void = { _ in }
    ) throws -> (kind: GraphQLAnswer.Kind, body: String) {
        let members = try JSONReader.parse(Array(variables.utf8), limits: JSONLimits(depth: 100)).object ?? []
        let request = GraphQLRequest(query: query, variables: members, operationName: operation)
        let answer = try engine(change).answerNow(request, root: caller)
        return (answer.kind, String(decoding: answer.body, as: UTF8.self))
    }

    @Test("fields come in the order of the document, merged and under their aliases")
    func order() throws {
        let (kind, body) = try answer(
            """
            { user { points: portfolio { total { currency } ...F total { value } __typename } } }
            fragment F on Portfolio { timestamp balances { amount { value in(currency: "GBP") { value } } } }
            """
        )
        #expect(kind == .executed)
        #expect(
            body == """
                {"data":{"user":{"points":[{"total":{"currency":"GBP","value":"0"},"timestamp":"T0","balances":[\
                {"amount":{"value":"0","in":{"value":"0"}}},{"amount":{"value":"1","in":{"value":"2"}}}],\
                "__typename":"Portfolio"},{"total":{"currency":"GBP","value":"10"},"timestamp":"T1","balances":[\
                {"amount":{"value":"1","in":{"value":"2"}}},{"amount":{"value":"2","in":{"value":"4"}}}],\
                "__typename":"Portfolio"}]}}}
                """
        )
    }

    @Test("what fails becomes null up to the next place that may be, with path, place and code")
    func nullPropagation() throws {
        let (_, body) = try answer(
            "{ user { portfolio(limit: 1) {\n balances { amount { in(currency: \"XXX\") { value } } } } } }"
        )
        #expect(
            body == """
                {"data":{"user":{"portfolio":[{"balances":[{"amount":null},{"amount":null}]}]}},"errors":[\
                {"message":"There is no rate for XXX.","locations":[{"line":2,"column":22}],"path":["user","portfolio",0,\
                "balances",0,"amount","in"],"extensions":{"code":"NO_RATE"}},\
                {"message":"There is no rate for XXX.","locations":[{"line":2,"column":22}],"path":["user","portfolio",0,\
                "balances",1,"amount","in"],"extensions":{"code":"NO_RATE"}}]}
                """
        )
    }

    @Test("a failure that nothing absorbs leaves no data; what is unknown is not told")
    func wholeNull() throws {
        #expect(
            try answer("{ failsHard }").body == """
                {"data":null,"errors":[{"message":"It broke.","locations":[{"line":1,"column":3}],\
                "path":["failsHard"],"extensions":{"code":"BROKEN"}}]}
                """
        )
        let reported = Mutex(0)
        let (_, body) = try answer("{ fails }") { settings in
            settings.execution.report = { error in
                if error is PortfolioSchema.Broken { reported.withLock { $0 += 1 } }
            }
        }
        #expect(
            body == """
                {"data":{"fails":null},"errors":[{"message":"Internal error","locations":[{"line":1,"column":3}],\
                "path":["fails"],"extensions":{"code":"INTERNAL"}}]}
                """
        )
        #expect(reported.withLock { $0 } == 1)
    }

    @Test("@skip and @include decide for each request")
    func conditions() throws {
        let engine = try engine()
        let query = "query ($a: Boolean!) { user @skip(if: $a) { __typename } __typename @include(if: $a) }"
        for (truth, expected) in [
            (true, #"{"data":{"__typename":"Query"}}"#), (false, #"{"data":{"user":{"__typename":"User"}}}"#),
            (true, #"{"data":{"__typename":"Query"}}"#),
        ] {
            let request = GraphQLRequest(query: query, variables: [JSONMember(key: "a", value: .bool(truth))])
            #expect(
                String(decoding: engine.answerNow(request, root: Caller()).body, as: UTF8.self) == expected
            )
        }
        #expect(try answer("{ user @skip(if: true) { __typename } }").body == #"{"data":{}}"#)
    }

    @Test("the root sees which currencies are asked at any depth")
    func lookAhead() throws {
        let seen = Mutex<[String]>([])
        var caller = Caller()
        caller.fetched = { currencies in seen.withLock { $0 = currencies } }
        let (kind, _) = try answer(
            """
            query ($c: String!) { user { portfolio { total { in(currency: "USD") { in(currency: $c) { value } } }
            balances { amount { in(currency: "GBP") { value } } } } } }
            """,
            variables: #"{"c":"EUR"}"#,
            caller: caller
        )
        #expect(kind == .executed)
        #expect(seen.withLock { $0 } == ["USD", "EUR", "GBP"])
    }

    @Test("costs, time and length have limits that end the operation")
    func limits() throws {
        let query = "{ user { portfolio { total { value } } } }"
        #expect(
            try answer(query) { $0.execution.cost = 399 } == (
                .limited,
                """
                {"errors":[{"message":"The operation costs more than the limit of 399.",\
                "extensions":{"code":"COST_LIMIT"}}]}
                """
            )
        )
        #expect(try answer(query) { $0.execution.cost = 400 }.kind == .executed)
        var caller = Caller()
        caller.points = 200
        let clock = Mutex<Int64>(0)
        let timed = try answer(query, caller: caller) { settings in
            settings.execution.now = {
                clock.withLock {
                    $0 += 3_000_000; return $0
                }
            }
        }
        #expect(timed.kind == .limited)
        #expect(timed.body.contains("\"code\":\"TIME_LIMIT\""))
        let long = try answer(query, caller: caller) { $0.execution.bytes = 1_000 }
        #expect(long.kind == .limited)
        #expect(long.body.contains("\"code\":\"RESPONSE_LIMIT\""))
    }

    @Test("errors are told up to a number, and the rest is counted")
    func manyErrors() throws {
        var caller = Caller()
        caller.points = 50
        caller.assets = 50
        let (_, body) = try answer(
            "{ user { portfolio { balances { amount { in(currency: \"XXX\") { value } } } } } }",
            caller: caller
        )
        #expect(body.components(separatedBy: "NO_RATE") == 100)
        #expect(
            body.hasSuffix(
                "{\"message\":\"2400 more errors are not told.\",\"extensions\":{\"code\":\"ERROR_LIMIT\"}}]}"
            )
        )
    }

    @Test("variables that are not of their type are refused with the reference's messages")
    func variables() throws {
        let query =
            "query ($limit: Int!, $p: TimePeriod) { user { portfolio(limit: $limit, timePeriod: $p) { timestamp } } }"
        for (variables, message) in [
            (
                #"{"limit":"5"}"#,
                "Variable '$limit' got invalid value '5'; Int cannot represent non-integer value: '5'"
            ),
            (
                #"{}"#,
                "Variable '$limit' of required type 'Int!' was not provided."
            ),
            (
                #"{"limit":null}"#,
                "Variable '$limit' of non-null type 'Int!' must not be null."
            ),
            (
                #"{"limit":2147483648}"#,
                "Variable '$limit' got invalid value 2147483648; Int cannot represent non 32-bit signed integer value: 2147483648"
            ),
            (
                #"{"limit":1e99999}"#,
                "Variable '$limit' got invalid value 1e99999; Int cannot represent non 32-bit signed integer value: 1e99999"
            ),
            (
                #"{"limit":1,"p":"DALY"}"#,
                "Variable '$p' got invalid value 'DALY'; Value 'DALY' does not exist in 'TimePeriod' enum."
                    + " Did you mean the enum value 'DAILY'?"
            ),
            (
                #"{"limit":1,"p":[{"a":[[1]]}]}"#,
                "Variable '$p' got invalid value [{'a': [...]}]; Enum 'TimePeriod' cannot represent non-string value:"
                    + " [{'a': [...]}]."
            ),
        ] {
            let (kind, body) = try answer(query, variables: variables)
            #expect(kind == .invalid)
            let parsed = try JSONReader.parse(Array(body.utf8))
            #expect(parsed["errors"]?[0]?["message"]?.string == message)
            #expect(parsed["data"] == nil)
        }
        #expect(try answer(query, variables: #"{"limit":1e0,"p":"DAILY"}"#).kind == .executed)
    }

    @Test("the operation is chosen by name, and a GET changes nothing")
    func choice() throws {
        let two = "query A { __typename } mutation B { rename(to: \"b\") }"
        #expect(
            try answer(two).body.contains(
                "Must provide operation name if query contains multiple operations."
            )
        )
        #expect(try answer(two, operation: "Z").body.contains("Unknown operation named 'Z'."))
        #expect(try answer(two, operation: "B").body == #"{"data":{"rename":"b"}}"#)
        let request = GraphQLRequest(query: two, operationName: "B", mayMutate: false)
        #expect(try engine().answerNow(request, root: Caller()).kind == .mutationNotAllowed)
    }

    @Test("persisted documents are known by their hash once they came with their text")
    func persisted() throws {
        let engine = try engine()
        let query = "{__typename}"
        let hash = "\(query.utf8.count)"
        let bare = GraphQLRequest(query: nil, persistedHash: hash)
        #expect(engine.answerNow(bare, root: Caller()).kind == .persistedQueryNotFound)
        let wrong = GraphQLRequest(query: query + " ", persistedHash: hash)
        #expect(engine.answerNow(wrong, root: Caller()).kind == .badRequest)
        #expect(
            engine.answerNow(GraphQLRequest(query: query, persistedHash: hash), root: Caller()).kind
                == .executed
        )
        #expect(engine.answerNow(bare, root: Caller()).kind == .executed)
    }

    @Test(
        "bodies that are no request are refused by name",
        arguments: [
            ("[]", "Several operations in one request are not supported."),
            ("1", "The body must be an object."),
            ("{}", "The request must have a 'query'."), (#"{"query":1}"#, "'query' must be a string."),
            (#"{"query":"{a}","variables":[]}"#, "'variables' must be an object."),
            (#"{"query":"{a}","operationName":{}}"#, "'operationName' must be a string."),
            (#"{"query":"{a}","extensions":3}"#, "'extensions' must be an object."),
            (
                #"{"extensions":{"persistedQuery":{"version":2}}}"#,
                "'extensions.persistedQuery' must have version 1."
            ),
            (
                #"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"zz"}}}"#,
                "'extensions.persistedQuery.sha256Hash' must be 64 hexadecimal digits."
            ),
        ]
    )
    func bodies(body: String, message: String) throws {
        let value = try JSONReader.parse(Array(body.utf8))
        #expect(throws: GraphQLError(message, code: "BAD_REQUEST")) { try GraphQLRequest(body: value) }
    }

    @Test("documents are kept within bounds, and what is asked again stays")
    func cache() throws {
        let engine = try engine { $0.documentsMax = 3 }
        for round in 0..<50 {
            _ = engine.answerNow(GraphQLRequest(query: "{ a\(round): __typename }"), root: Caller())
            _ = engine.answerNow(GraphQLRequest(query: "{ __typename }"), root: Caller())
            #expect(engine.documentFigures.count <= 3)
        }
        let small = try self.engine { $0.documentBytesMax = 2_000 }
        for round in 0..<50 {
            _ = small.answerNow(GraphQLRequest(query: "{ a\(round): __typename }"), root: Caller())
            #expect(small.documentFigures.bytes <= 2_000)
        }
        #expect(small.documentFigures.count > 0)
    }

    @Test("introspection can be turned off")
    func introspection() throws {
        let query = "{ __type(name: \"Amount\") { name fields { name } } }"
        #expect(
            try answer(query).body == """
                {"data":{"__type":{"name":"Amount","fields":[{"name":"value"},{"name":"currency"},\
                {"name":"timestamp"},{"name":"in"}]}}}
                """
        )
        let (kind, body) = try answer(query) { $0.allowsIntrospection = false }
        #expect(kind == .invalid)
        #expect(
            body.hasPrefix(
                """
                {"errors":[{"message":"GraphQL introspection has been disabled, but the requested query contained\
                 the field '__type'.","locations":[{"line":1,"column":3}],"extensions":\
                {"code":"INTROSPECTION_DISABLED"}}
                """
            )
        )
        #expect(try answer("{ __typename }") { $0.allowsIntrospection = false }.kind == .executed)
    }

    @Test("fields that fetch are waited for, in the order of a mutation")
    func fetching() async throws {
        let schema = SchemaBuilder(root: Int.self)
        let log = Mutex<[String]>([])
        let item = schema.object("Item", of: Int.self)
        item.field("number", .required(.int)) { $0 }
        schema.query.fetch("item", item.nullable) { root, ahead in
            await Task.yield()
            log.withLock { $0.append(ahead.fields.map(\.key).joined(separator: "+")) }
            return root
        }
        schema.mutation.fetch("add", item.required, Argument("by", .required(.int))) { root, number, _ in
            await Task.yield()
            log.withLock { $0.append("add \(number)") }
            guard number < 9 else { throw GraphQLError("Too much.") }
            return root + number
        }
        let engine = GraphQLEngine(
            try schema.finish(),
            settings: GraphQLSettings(execution: ExecutionLimits(now: { 0 }))
        )
        let read = await engine.answer(GraphQLRequest(query: "{ item { a: number number } }"), root: 4)
        #expect(String(decoding: read.body, as: UTF8.self) == #"{"data":{"item":{"a":4,"number":4}}}"#)
        let written = await engine.answer(
            GraphQLRequest(
                query:
                    "mutation { a: add(by: 1) { number } b: add(by: 9) { number } c: add(by: 2) { number } }"
            ),
            root: 4
        )
        #expect(
            String(decoding: written.body, as: UTF8.self) == """
                {"data":null,"errors":[{"message":"Too much.","locations":[{"line":1,"column":37}],"path":["b"]}]}
                """
        )
        #expect(log.withLock { $0 } == ["a+number", "add 1", "add 9"])
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(separatedBy text: String) -> Int {
        var count = 0
        var rest = self[...]
        while let found = rest.firstRange(of: text) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
