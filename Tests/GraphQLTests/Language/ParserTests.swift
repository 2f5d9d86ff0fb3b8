import GraphQL
import Testing

/// What the comparison with the reference does not see: offsets, values and types alone, scalars of one's own.
@Suite("Reading documents")
private struct ParserTests {
    @Test func `every node knows the byte at which it begins`() throws {
        let text = "# é\nquery Q($a: [Int!]! = 1 @d) @e {\n  x: user(id: $a) @f { ...F ... on T { b } }\n}"
        let document = try Parser.parse(Source(text))
        guard case .operation(let query) = document.definitions[0],
            case .field(let field) = query.selectionSet.selections[0],
            let inner = field.selectionSet, case .fragmentSpread(let spread) = inner.selections[0],
            case .inlineFragment(let fragment) = inner.selections[1]
        else {
            Issue.record("another document than was written")
            return
        }
        let variable = query.variables[0]
        let offsets = [
            query.offset, variable.offset, variable.variable.name.offset, variable.type.offset,
            variable.type.namedType.offset, variable.defaultValue?.offset ?? -1,
            variable.directives[0].offset,
            query.directives[0].offset, query.selectionSet.offset, field.offset, field.name.offset,
            field.arguments[0].offset, field.arguments[0].value.offset, field.directives[0].offset,
            inner.offset,
            spread.offset, spread.name.offset, fragment.offset, fragment.typeCondition?.offset ?? -1,
        ]
        let starts = [
            "query", "$a:", "a:", "[Int", "Int", "1", "@d", "@e", "{\n", "x:", "user", "id:", "$a)", "@f",
            "{ ...F",
            "...F", "F ", "... on", "T {",
        ]
        let bytes = Array(text.utf8)
        for (offset, start) in zip(offsets, starts) {
            #expect(String(decoding: bytes[offset...], as: UTF8.self).hasPrefix(start))
        }
        #expect(document.location(fragment.offset) == SourceLocation(line: 3, column: 29))
        #expect(field.responseKey == "x")
    }

    @Test(
        arguments: [
            ("1", "1"), (" [1, {a: \"x\\u0041\", b: $c}] ", nil),
            ("[1,{a:\"x\\u0041\"}]", "[1, {a: \"xA\"}]"),
            ("", nil), ("1 2", nil), ("\"\"\"a\n  b\"\"\"", "\"\"\"\na\nb\n\"\"\""),
        ] as [(String, String?)]
    )
    func `a value alone is constant and the whole text`(text: String, expected: String?) {
        let value = try? Parser.parseValue(Source(text))
        #expect(value.map(Printer.print) == expected)
    }

    @Test(
        arguments: [("[ Int! ]!", "[Int!]!"), ("A", "A"), ("[A", nil), ("A!!", nil), ("", nil)]
            as [(String, String?)]
    )
    func `a type alone is the whole text`(text: String, expected: String?) {
        let type = try? Parser.parseType(Source(text))
        #expect(type.map(Printer.print) == expected)
    }

    @Test func `a scalar of one's own says why it refuses`() throws {
        var assembly = SchemaAssembly()
        let even = ScalarType(
            input: .custom { value throws(ScalarRefusal) in
                guard case .number(let digits) = value, let number = Int(digits), number.isMultiple(of: 2)
                else {
                    throw ScalarRefusal("that is not even")
                }
                return value
            }
        )
        assembly.define(NamedType(name: "Even", body: .scalar(even)))
        let argument = InputDefinition(name: "to", type: TypeReference(assembly.id(for: "Even")))
        let field = FieldDefinition(name: "count", arguments: [argument], type: TypeReference(.int))
        assembly.define(NamedType(name: "Query", body: .object(ObjectType(fields: [field]))))
        assembly.query = assembly.id(for: "Query")
        let schema = try assembly.finish()
        let document = try Parser.parse(Source("{ a: count(to: 2) b: count(to: 3) c: count(to: {x: [1]}) }"))
        #expect(
            Validator.validate(document, schema: schema).map(\.message) == [
                "Expected value of type 'Even', found 3; that is not even",
                "Expected value of type 'Even', found {x: [1]}; that is not even",
            ]
        )
    }

    @Test func `what a definition says is in the schema`() throws {
        let schema = try SchemaReader.read(
            Source(
                """
                "all" schema { query: Root }
                type Root { "f" f(a: [I!] = {n: 1, e: Y}, b: ID = 7): [[Int!]]! @deprecated }
                input I { n: Int! e: E = X s: String = "é" }
                enum E { X Y @deprecated(reason: "old") }
                scalar S @specifiedBy(url: "https://example.com")
                directive @d(s: S) repeatable on FIELD | QUERY
                """
            )
        )
        #expect(schema.description == "all")
        let root = try #require(schema.query)
        let field = try #require(schema.field("f", of: root))
        #expect(field.description == "f" && field.deprecation == "No longer supported")
        #expect(schema.text(of: field.type) == "[[Int!]]!")
        let given: InputValue = .object([
            InputValue.Field("n", .number("1")), InputValue.Field("e", .enumeration("Y")),
            InputValue.Field("s", .string("é")),
        ])
        #expect(field.argument("a")?.defaultValue == .list([given]))
        #expect(field.argument("b")?.defaultValue == .string("7"))
        let values = try #require(schema.type(named: "E").flatMap { schema[$0].enumValues })
        #expect(values.map(\.deprecation) == [nil, "old"])
        guard case .scalar(let scalar)? = schema.type(named: "S").map({ schema[$0].body }) else {
            Issue.record("S is no scalar")
            return
        }
        #expect(scalar.specifiedBy == "https://example.com")
        let directive = try #require(schema.directive(named: "d"))
        #expect(directive.isRepeatable && directive.locations == [.field, .query])
    }
}
