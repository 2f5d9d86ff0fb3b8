import GraphQL
import JSON
import Testing

@Suite("Requests that mean harm")
private struct HostileRequestTests {
    private static let schema = """
        input Deep { inner: Deep, list: [[Int]], id: ID }
        interface Node { id: ID, next: Node }
        type A implements Node { id: ID, next: Node }
        type B implements Node { id: ID, next: Node }
        type C implements Node { id: ID, next: Node }
        type Query { echo(value: Deep): String, list(of: [Int!]): String, node: Node, float(x: Float): String }
        """

    private func answer(
        _ query: String,
        _ variables: JSONValue,
        root: JSONValue = .null,
        limits: DocumentLimits = .standard
    ) throws -> (kind: GraphQLAnswer.Kind, body: JSONValue) {
        let engine = GraphQLEngine(
            FixtureResolvers.executable(try SchemaReader.read(Source(HostileRequestTests.schema))),
            settings: GraphQLSettings(document: limits, execution: ExecutionLimits(now: { 0 }))
        )
        let answer = engine.answerNow(
            GraphQLRequest(query: query, variables: variables.object ?? []),
            root: root
        )
        let parsed = try JSONReader.parse(answer.body, limits: JSONLimits(depth: 100, elements: 1_000_000))
        return (answer.kind, parsed)
    }

    @Test("variables as deep as they can be read are judged without harm")
    func deepVariables() throws {
        var value = JSONValue.object([JSONMember(key: "nope", value: .null)])
        for _ in 0..<500 { value = .object([JSONMember(key: "inner", value: value)]) }
        let (kind, body) = try answer(
            "query ($d: Deep) { echo(value: $d) }",
            .object([JSONMember(key: "d", value: value)])
        )
        #expect(kind == .invalid)
        let message = try #require(body["errors"]?[0]?["message"]?.string)
        #expect(message.hasSuffix("; Field 'nope' is not defined by type 'Deep'."))
        #expect(message.utf8.count < 4_000)
    }

    @Test("a list of wrong values has as many errors as are told, and no more")
    func hugeList() throws {
        let elements = JSONValue.array(Array(repeating: .string("x"), count: 100_000))
        let (kind, body) = try answer(
            "query ($l: [Int!]) { list(of: $l) }",
            .object([JSONMember(key: "l", value: elements)])
        )
        #expect(kind == .invalid)
        #expect(body["errors"]?.array?.count == 51)
        #expect(
            body["errors"]?[0]?["message"]?.string
                == "Variable '$l' got invalid value 'x' at 'l[0]'; Int cannot represent non-integer value: 'x'"
        )
        #expect(
            body["errors"]?[50]?["message"]?.string
                == "Too many errors processing variables, error limit reached. Execution aborted."
        )
    }

    @Test(
        "numbers out of range are refused, and exponents cost nothing",
        arguments: [
            ("1e400", false), ("-1e99999999999999999999", false), ("1e-99999999999999999999", true),
            ("0.1", true),
        ]
    )
    func numbers(digits: String, isTaken: Bool) throws {
        let (kind, _) = try answer(
            "query ($x: Float) { float(x: $x) }",
            .object([JSONMember(key: "x", value: .number(digits))])
        )
        #expect((kind == .executed) == isTaken)
    }

    @Test(
        "an id keeps the digits of a number, and only those of a whole one",
        arguments: [
            ("12345678901234567890123", "executed"), ("1e3", "executed"), ("1.5", "invalid"),
            ("1e300", "invalid"),
        ]
    )
    func ids(digits: String, kind: String) throws {
        let value = JSONValue.object([JSONMember(key: "id", value: .number(digits))])
        let answer = try answer(
            "query ($d: Deep) { echo(value: $d) }",
            .object([JSONMember(key: "d", value: value)])
        )
        #expect("\(answer.kind)" == kind)
    }

    @Test("types that take turns do not multiply what is planned beyond its limit")
    func manyTypes() throws {
        var query = "id"
        var data = JSONValue.null
        for round in 0..<12 {
            query = "id next { __typename ... on A { a: id } ... on B { b: id } \(query) }"
            data = .object([
                JSONMember(key: "__typename", value: .string(["A", "B", "C"][round % 3])),
                JSONMember(key: "next", value: data),
            ])
        }
        let (kind, body) = try answer(
            "{ node { \(query) } }",
            .null,
            root: .object([JSONMember(key: "node", value: data)]),
            limits: DocumentLimits()
        )
        #expect(kind == .executed)
        #expect(body["errors"] == nil)
    }

    @Test("a fragment that spreads itself and documents that are not UTF-8 are refused")
    func documents() throws {
        #expect(try answer("{ ...F } fragment F on Query { ...F }", .null).kind == .invalid)
        #expect(try answer("{ __typename \u{0} }", .null).kind == .invalid)
        #expect(try answer(String(repeating: "{a", count: 100_000), .null).kind != .executed)
    }
}
