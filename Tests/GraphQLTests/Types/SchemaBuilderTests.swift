import GraphQL
import Testing

@Suite("Schemas written in Swift")
private struct SchemaBuilderTests {
    private enum Kind: String, CaseIterable { case red = "RED", blue = "BLUE" }

    private struct Shape {
        let sides: Int
        let kind: Kind
    }

    private struct Filter {
        let kind: Kind?
        let sides: Int
    }

    private enum Thing {
        case shape(Shape)
        case number(Int)
    }

    private static func make() throws -> ExecutableSchema<[Shape]> {
        let schema = SchemaBuilder(root: [Shape].self, "All shapes.")
        let kind = schema.enumeration(
            "Kind",
            of: Kind.self,
            "What colour a shape has.",
            describe: { $0 == .red ? "Warm." : nil },
            deprecate: { $0 == .blue ? "Out of fashion" : nil }
        )
        let even = schema.scalar(
            "Even",
            of: Int.self,
            specifiedBy: "https://example.com/even",
            write: { value, bytes in bytes.append(contentsOf: String(value).utf8) },
            read: { (value) throws(ScalarRefusal) in
                guard case .string(let text) = value, let number = Int(text), number % 2 == 0 else {
                    throw ScalarRefusal("It is not even.")
                }
                return number
            }
        )
        let filter = schema.input(
            "Filter",
            of: Filter.self,
            Argument("kind", kind.input),
            Argument("sides", .required(.int), default: .number("4")),
            make: Filter.init
        )
        let shape = schema.object("Shape", of: Shape.self)
        let asShape = shape.member
        let counted = schema.interface("Counted", of: Thing.self) { thing in
            switch thing {
            case .shape(let value): asShape(value)
            case .number: throw GraphQLError("A number is not counted.")
            }
        }
        counted.field("sides", .required(.int), description: "How many sides.\nNever negative.")
        shape.implements(counted)
        shape.field("sides", .required(.int)) { $0.sides }
        shape.field("kind", kind.nullable) { $0.kind }
        shape.field("old", .boolean) { _ in nil }
        shape.deprecate()
        let number = schema.object("Number", of: Int.self)
        number.field("value", even.required) { $0 }
        let asNumber = number.member
        let thing = schema.union("Thing", of: Thing.self, members: ["Shape", "Number"]) { thing in
            switch thing {
            case .shape(let value): asShape(value)
            case .number(let value): asNumber(value)
            }
        }
        schema.query.field(
            "shapes",
            .required(.list(shape.required)),
            Argument("filter", filter.requiredInput)
        ) {
            shapes,
            filter in
            shapes.filter { $0.sides == filter.sides && (filter.kind == nil || $0.kind == filter.kind) }
        }
        schema.query.field("things", .list(thing.nullable), Argument("even", even.input)) { shapes, even in
            shapes.map { .shape($0) } + [nil, .number(even ?? 0)]
        }
        schema.query.field("counted", .list(counted.nullable)) { shapes in
            [.number(1)] + shapes.map { .shape($0) }
        }
        schema.directive(
            "mark",
            on: [.field, .query],
            isRepeatable: true,
            Argument("level", .int, default: .number("1"))
        )
        return try schema.finish()
    }

    private func answer(_ query: String) throws -> String {
        let engine = GraphQLEngine(
            try SchemaBuilderTests.make(),
            settings: GraphQLSettings(execution: ExecutionLimits(now: { 0 }))
        )
        let shapes = [Shape(sides: 4, kind: .red), Shape(sides: 4, kind: .blue), Shape(sides: 3, kind: .red)]
        return String(
            decoding: engine.answerNow(GraphQLRequest(query: query), root: shapes).body,
            as: UTF8.self
        )
    }

    @Test("they are printed as documents define them")
    func printing() throws {
        let text = SchemaPrinter.print(try SchemaBuilderTests.make().schema)
        #expect(
            text == #"""
                """All shapes."""
                schema {
                  query: Query
                }

                directive @mark(level: Int = 1) repeatable on FIELD | QUERY

                type Query {
                  shapes(filter: Filter!): [Shape!]!
                  things(even: Even): [Thing]
                  counted: [Counted]
                }

                """What colour a shape has."""
                enum Kind {
                  """Warm."""
                  RED
                  BLUE @deprecated(reason: "Out of fashion")
                }

                scalar Even @specifiedBy(url: "https://example.com/even")

                input Filter {
                  kind: Kind
                  sides: Int! = 4
                }

                type Shape implements Counted {
                  sides: Int!
                  kind: Kind
                  old: Boolean @deprecated
                }

                interface Counted {
                  """
                  How many sides.
                  Never negative.
                  """
                  sides: Int!
                }

                type Number {
                  value: Even!
                }

                union Thing = Shape | Number
                """#
        )
    }

    @Test("what is printed defines the same schema again")
    func roundTrip() throws {
        let text = SchemaPrinter.print(try SchemaBuilderTests.make().schema)
        #expect(SchemaPrinter.print(try SchemaReader.read(Source(text))) == text)
    }

    @Test("inputs, enums, scalars, interfaces and unions reach their resolvers")
    func answers() throws {
        #expect(
            try answer("{ shapes(filter: {kind: BLUE}) { kind } }")
                == #"{"data":{"shapes":[{"kind":"BLUE"}]}}"#
        )
        #expect(
            try answer("{ shapes(filter: {sides: 3}) { sides } }") == #"{"data":{"shapes":[{"sides":3}]}}"#
        )
        #expect(
            try answer(
                "{ things(even: \"8\") { __typename ... on Number { value } ... on Counted { sides } } }"
            ) == """
                {"data":{"things":[{"__typename":"Shape","sides":4},{"__typename":"Shape","sides":4},\
                {"__typename":"Shape","sides":3},null,{"__typename":"Number","value":"8"}]}}
                """
        )
        #expect(
            try answer("{ counted { sides } }") == """
                {"data":{"counted":[null,{"sides":4},{"sides":4},{"sides":3}]},"errors":[{"message":\
                "A number is not counted.","locations":[{"line":1,"column":3}],"path":["counted",0]}]}
                """
        )
        #expect(try answer("{ things(even: \"7\") { __typename } }").contains("It is not even."))
    }

    @Test("a schema that breaks rules is refused with every fault")
    func faults() throws {
        let schema = SchemaBuilder(root: Int.self)
        let empty = schema.object("Empty", of: Int.self)
        schema.query.field("a", .int, Argument("x", .int, default: .string("5"))) { root, _ in root }
        schema.query.field("a", empty.nullable) { $0 }
        schema.query.field("b-c", .int) { $0 }
        _ = schema.object("__Own", of: Int.self)
        #expect(
            throws: SchemaFault(messages: [
                "Type Empty must define one or more fields.",
                "Name '__Own' must not begin with '__', which is reserved by GraphQL introspection.",
                "Type __Own must define one or more fields.",
                "Type Query can only have 'a' once.",
                "Type Query has 'b-c', which is no name: letters, digits and '_', no digit first.",
                "Query.a(x:) has invalid default value: Int cannot represent non-integer value: \"5\"",
            ])
        ) { try schema.finish() }
        let twice = SchemaBuilder(root: Int.self)
        twice.query.field("a", .int) { $0 }
        _ = twice.object("Query", of: Int.self)
        #expect(
            throws: SchemaFault(messages: [
                "Schema must contain uniquely named types but contains multiple types named 'Query'."
            ])
        ) { try twice.finish() }
    }
}
