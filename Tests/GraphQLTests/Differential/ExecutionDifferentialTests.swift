import GraphQL
import JSON
import TestSupport
import Testing

@Suite(
    "Answers beside the reference implementation",
    .serialized,
    .enabled(
        if: Reference.isRequired || Reference.isPresent,
        "graphql-core cannot be installed from PyPI"
    )
)
private struct ExecutionDifferentialTests {
    /// A document with what it is carried out on.
    private struct Order {
        let text: String
        let variables: [JSONMember]
        let operation: String?
    }

    init() throws {
        try #require(Reference.isPresent, "Scripts/fetch-peers says what is missing")
    }

    @Test(
        "documents are answered alike, byte for byte",
        arguments: Corpus.schemaNames,
        [1, 2, 3] as [UInt64]
    )
    func answers(name: String, seed: UInt64) throws {
        let sdl = try Corpus.sdl(name)
        let schema = try SchemaReader.read(Source(sdl))
        var generator = FixtureGenerator(schema: schema, random: SplitMix64(seed: seed))
        let query = generator.root(schema.query)
        let mutation = generator.root(schema.mutation)
        let orders = try orders(name, schema, &generator, seed)
        try #require(orders.count >= 60)
        var lines = [try line([("schema", .string(name)), ("sdl", .string(sdl))])]
        lines += try orders.map { order in
            try line([
                ("execute", .string(order.text)), ("schema", .string(name)), ("query", query),
                ("mutation", mutation),
                ("variables", .object(order.variables)),
                ("operation", order.operation.map { .string($0) } ?? .null),
            ])
        }
        let answers = try Reference.answers(lines).dropFirst()
        let settings = GraphQLSettings(
            document: DocumentLimits(tokens: 100_000, fields: 100_000, aliases: 10_000),
            execution: ExecutionLimits(errors: 10_000, now: { 0 })
        )
        let engine = GraphQLEngine(FixtureResolvers.executable(schema), settings: settings)
        for (order, answer) in zip(orders, answers) {
            let isMutation = answer["sort"]?.string == "mutation"
            let request = GraphQLRequest(
                query: order.text,
                variables: order.variables,
                operationName: order.operation
            )
            let own = engine.answerNow(request, root: isMutation ? mutation : query)
            let limits = JSONLimits(depth: 64, elements: 1_000_000, stringBytes: 1 << 20)
            let parsed = try JSONReader.parse(own.body, limits: limits)
            let text = "\(name): \(order.text) \(order.variables)"
            #expect(
                parsed["data"].map { $0.rendered() } == answer["data"]?.string.map { Array($0.utf8) },
                "\(text)"
            )
            #expect((parsed["errors"] ?? .array([])) == answer["errors"], "\(text)")
        }
    }

    @Test("a schema tells of itself alike", arguments: Corpus.schemaNames)
    func introspection(name: String) throws {
        let sdl = try Corpus.sdl(name)
        let schema = try SchemaReader.read(Source(sdl))
        let document = """
            { __schema { description queryType { name } mutationType { name } subscriptionType { name }
            types { kind name specifiedByURL
            fields(includeDeprecated: true) { name args(includeDeprecated: true) { ...I } type { ...T } isDeprecated
            deprecationReason }
            few: fields { name } inputFields(includeDeprecated: true) { ...I } interfaces { name }
            enumValues(includeDeprecated: true) { name isDeprecated deprecationReason } possibleTypes { name } } } }
            fragment I on __InputValue { name type { ...T } defaultValue isDeprecated deprecationReason }
            fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
            """
        let own = GraphQLEngine(
            FixtureResolvers.executable(schema),
            settings: GraphQLSettings(execution: ExecutionLimits(now: { 0 }))
        ).answerNow(GraphQLRequest(query: document), root: .null)
        let lines = [
            try line([("schema", .string(name)), ("sdl", .string(sdl))]),
            try line([("execute", .string(document)), ("schema", .string(name)), ("query", .null)]),
            try line([("print", .string(name))]),
        ]
        let answers = try Reference.answers(lines)
        let limits = JSONLimits(depth: 64, elements: 1_000_000, stringBytes: 1 << 20)
        let told = try #require(answers[1]["data"]?.string)
        let theirs = try types(JSONReader.parse(Array(told.utf8), limits: limits))
        let ours = try types(try #require(JSONReader.parse(own.body, limits: limits)["data"]))
        #expect(ours.map(\.name) == theirs.map(\.name))
        for (left, right) in zip(ours, theirs) where !left.name.hasPrefix("__") {
            #expect(left.value == right.value, "\(left.name)")
        }
        #expect(SchemaPrinter.print(schema) == answers[2]["printed"]?.string)
    }

    private func types(_ data: JSONValue) throws -> [(name: String, value: JSONValue)] {
        try #require(data["__schema"]?["types"]?.array).map { ($0["name"]?.string ?? "", $0) }
    }

    /// The valid ones of documents written by hand and generated, each with values for its variables.
    private func orders(
        _ name: String,
        _ schema: Schema,
        _ fixtures: inout FixtureGenerator,
        _ seed: UInt64
    ) throws -> [Order] {
        var texts = try Corpus.handMade().filter { $0.schema == name }.map(\.text)
        var random = SplitMix64(seed: seed &* 1_000)
        for _ in 0..<700 {
            var generator = DocumentGenerator(schema: schema, random: random)
            texts.append(generator.document())
            random = generator.random
        }
        return texts.compactMap { text in
            // What cannot be read or is not valid is compared elsewhere.
            guard let document = try? Parser.parse(Source(text)),
                Validator.validate(document, schema: schema).isEmpty
            else { return nil }
            var operations: [AST.OperationDefinition] = []
            for case .operation(let operation) in document.definitions { operations.append(operation) }
            guard let operation = operations.randomElement(using: &random),
                operation.operation != .subscription
            else { return nil }
            let isOpen = operations.count > 1 && Int.random(in: 0..<4, using: &random) == 0
            return Order(
                text: text,
                variables: fixtures.variables(operation.variables),
                operation: isOpen ? nil : operation.name?.text
            )
        }
    }

    private func line(_ members: [(String, JSONValue)]) throws -> [UInt8] {
        JSONValue.object(members.map { JSONMember(key: $0.0, value: $0.1) }).rendered()
    }
}
