import GraphQL
import TestSupport
import Testing

@Suite("Hostile documents")
private struct HostileDocumentTests {
    /// No limit but that of the nesting.
    private static let open = DocumentLimits(
        tokens: .max,
        fields: .max,
        aliases: .max,
        directives: .max,
        fragments: .max,
        operations: .max,
        variables: .max
    )

    @Test(
        arguments: [
            ("{a", "", 129), ("{a(b:[", "[", 69), ("{a(b:", "{c:", 195), ("query($a:", "[", 74),
            ("{", "...{", 257), ("type A{b:", "[", 74), ("{a@b(c:", "[{d:", 133),
        ]
    )
    func `a hundred thousand levels are refused where the limit is passed`(
        start: String,
        level: String,
        column: Int
    ) {
        let text = start + String(repeating: level.isEmpty ? start : level, count: 100_000)
        for limits in [DocumentLimits.standard, Self.open] {
            #expect(
                refusal(text, limits)
                    == GraphQLError(
                        "Syntax Error: Document is nested deeper than 64 levels. Parsing aborted.",
                        locations: [SourceLocation(line: 1, column: column)],
                        code: "DEPTH_LIMIT"
                    )
            )
        }
    }

    @Test func `exactly as many levels as allowed are read`() throws {
        let limits = DocumentLimits(nesting: 3, depth: 3)
        _ = try Parser.parse(Source("{a{b{c}}}"), limits: limits)
        _ = try Parser.parse(Source("{a{b(c:[1])}}"), limits: limits)
        #expect(refusal("{a{b{c{d}}}}", limits)?.code == "DEPTH_LIMIT")
        #expect(refusal("{a{b(c:[[1]])}}", limits)?.code == "DEPTH_LIMIT")
    }

    @Test func `exactly as many tokens as allowed are read, and comments are none`() throws {
        let limits = DocumentLimits(tokens: 4)
        _ = try Parser.parse(Source("# one\n{ a, b } # two"), limits: limits)
        #expect(
            refusal("{ a\n b c }", limits)
                == GraphQLError(
                    "Syntax Error: Document contains more than 4 tokens. Parsing aborted.",
                    locations: [SourceLocation(line: 2, column: 6)],
                    code: "TOKEN_LIMIT"
                )
        )
    }

    @Test func `ten thousand aliases are refused by their tokens, or counted where those may be`() throws {
        let text = "{" + (0..<10_000).map { "a\($0): name " }.joined() + "}"
        #expect(refusal(text)?.code == "TOKEN_LIMIT")
        let document = try Parser.parse(Source(text), limits: Self.open)
        #expect(
            DocumentSize(document).errors(limits: .standard) == [
                GraphQLError(
                    "The operation selects 10000 fields, more than the limit of 500.",
                    locations: [SourceLocation(line: 1, column: 1)],
                    code: "FIELD_LIMIT"
                ),
                GraphQLError(
                    "The operation has 10000 aliases, more than the limit of 30.",
                    locations: [SourceLocation(line: 1, column: 1)],
                    code: "ALIAS_LIMIT"
                ),
            ]
        )
    }

    @Test func `every limit is named, one over it and not one under it`() throws {
        let cases: [(String, DocumentLimits, String)] = [
            (
                "{a{b{c}}}", DocumentLimits(depth: 2),
                "DEPTH_LIMIT: The operation is 3 levels deep, more than the limit of 2."
            ),
            (
                "query Q{a b c}", DocumentLimits(fields: 2),
                "FIELD_LIMIT: Operation 'Q' selects 3 fields, more than the limit of 2."
            ),
            (
                "{x:a y:b ...F}fragment F on T{z:c}", DocumentLimits(aliases: 2),
                "ALIAS_LIMIT: The operation has 3 aliases, more than the limit of 2."
            ),
            (
                "query($a:T@b)@c{d@e}", DocumentLimits(directives: 2),
                "DIRECTIVE_LIMIT: The operation has 3 directives, more than the limit of 2."
            ),
            (
                "{a}fragment A on T{a}fragment B on T{b}fragment C on T{c}", DocumentLimits(fragments: 2),
                "FRAGMENT_LIMIT: The document has 3 fragments, more than the limit of 2."
            ),
            (
                "query A{a}query B{b}query C{c}", DocumentLimits(operations: 2),
                "OPERATION_LIMIT: The document has 3 operations, more than the limit of 2."
            ),
            (
                "query($a:T,$b:T,$c:T){d}", DocumentLimits(variables: 2),
                "VARIABLE_LIMIT: The operation has 3 variables, more than the limit of 2."
            ),
        ]
        for (text, limits, expected) in cases {
            let size = DocumentSize(try Parser.parse(Source(text)))
            #expect(size.errors(limits: limits).map { "\($0.code ?? ""): \($0.message)" } == [expected])
            #expect(size.errors(limits: .standard).isEmpty)
        }
    }

    @Test func `fragments count wherever they are spread, each worked out once`() throws {
        // Each spreads the next twice: the last one's field is selected 2^48 times.
        let chain = (0..<48).map { "fragment F\($0) on T{...F\($0 + 1) ...F\($0 + 1)}" }.joined()
        let document = try Parser.parse(Source("{...F0}\(chain)fragment F48 on T{a{b}}"), limits: Self.open)
        let size = DocumentSize(document)
        #expect(size.operations[0].figures.fields == 2 << 48)
        #expect(size.operations[0].figures.depth == 2)
        #expect(size.errors(limits: .standard).map(\.code) == ["FIELD_LIMIT"])
    }

    @Test func `sums that do not fit stay at the largest number`() throws {
        let chain = (0..<70).map { "fragment F\($0) on T{x:a@b ...F\($0 + 1) ...F\($0 + 1)}" }.joined()
        let document = try Parser.parse(Source("{...F0}\(chain)fragment F70 on T{a}"), limits: Self.open)
        let figures = DocumentSize(document).operations[0].figures
        #expect(figures.fields == .max && figures.aliases == .max && figures.directives == .max)
        #expect(figures.depth == 1)
    }

    @Test func `a chain of ten thousand fragments is counted without a deep stack`() throws {
        let chain = (0..<10_000).map { "fragment F\($0) on T{a{...F\($0 + 1)}}" }.joined()
        let document = try Parser.parse(Source("{...F0}\(chain)fragment F10000 on T{a}"), limits: Self.open)
        let size = DocumentSize(document)
        #expect(size.operations[0].figures.depth == 10_001)
        #expect(
            size.errors(limits: .standard).map(\.code) == ["FRAGMENT_LIMIT", "DEPTH_LIMIT", "FIELD_LIMIT"]
        )
    }

    @Test func `circles of fragments are counted as if they were cut, and refused by validation`() throws {
        let schema = try SchemaReader.read(Source("type Query{a:Query}"))
        let text = "{...A}fragment A on Query{a{...B ...A}}fragment B on Query{a{...A}}"
        let document = try Parser.parse(Source(text))
        #expect(DocumentSize(document).operations[0].figures.fields < 10)
        #expect(
            Validator.validate(document, schema: schema).map(\.message) == [
                "Cannot spread fragment 'A' within itself via 'B'.",
                "Cannot spread fragment 'A' within itself.",
            ]
        )
    }

    @Test func `ten megabytes are refused by their tokens, or read when they are few`() throws {
        let fill = 10 << 20
        #expect(refusal("{" + String(repeating: "name ", count: fill / 5) + "}")?.code == "TOKEN_LIMIT")
        #expect(
            refusal(String(repeating: ", \n", count: fill / 3))?.message == "Syntax Error: Unexpected <EOF>."
        )
        #expect(
            refusal("#" + String(repeating: "x", count: fill))?.message == "Syntax Error: Unexpected <EOF>."
        )
        let text = "{a(b:\"\"\"\(String(repeating: "x", count: fill))\"\"\")}"
        let document = try Parser.parse(Source(text))
        #expect(DocumentSize(document).operations[0].figures.fields == 1)
        #expect(
            refusal("{a(b:\"\(String(repeating: "x", count: fill))")?.message
                == "Syntax Error: Unterminated string."
        )
    }

    @Test(
        arguments: [
            ([0xFF], 1), ([0x7B, 0x61, 0xC3, 0x7D], 3), ([0x7B, 0xED, 0xA0, 0x80], 2),
            ([0x7B, 0xC0, 0x80], 2),
            ([0x7B, 0xF0, 0x9F, 0x98], 2), ([0x7B, 0xF4, 0x90, 0x80, 0x80], 2),
        ] as [([UInt8], Int)]
    )
    func `bytes that are not UTF-8 are refused with their place`(bytes: [UInt8], column: Int) {
        let error = #expect(throws: GraphQLError.self) { try Parser.parse(Source(bytes)) }
        #expect(error?.message == "Syntax Error: Document is not valid UTF-8.")
        #expect(error?.locations == [SourceLocation(line: 1, column: column)])
    }

    @Test func `numbers of any length are refused where they do not fit`() throws {
        let schema = try SchemaReader.read(Source("type Query{a(int:Int id:ID float:Float):Int}"))
        let digits = String(repeating: "9", count: 100_000)
        let document = try Parser.parse(Source("{a(int:\(digits) id:\(digits) float:\(digits))}"))
        #expect(
            Validator.validate(document, schema: schema).map(\.message) == [
                "Int cannot represent non 32-bit signed integer value: \(digits)"
            ]
        )
    }

    @Test func `no more errors than allowed are told, the last one says that there are more`() throws {
        let schema = try SchemaReader.read(Source("type Query{a:Int}"))
        let text = "{" + (0..<20).map { "wrong\($0) " }.joined() + "}"
        let errors = Validator.validate(try Parser.parse(Source(text)), schema: schema)
        #expect(errors.count == 5)
        #expect(
            errors.last?.message
                == "Too many validation errors, error limit reached. Validation aborted."
        )
    }

    @Test func `suggestions can be left out`() throws {
        let schema = try SchemaReader.read(Source("type Query{name(first:Int):Int}"))
        let document = try Parser.parse(Source("{nam name(frist:1)}"))
        #expect(
            Validator.validate(document, schema: schema, hidesSuggestions: true).map(\.message) == [
                "Cannot query field 'nam' on type 'Query'.",
                "Unknown argument 'frist' on field 'Query.name'.",
            ]
        )
        #expect(
            Validator.validate(document, schema: schema).allSatisfy { $0.message.contains("Did you mean") }
        )
    }

    private func refusal(_ text: String, _ limits: DocumentLimits = .standard) -> GraphQLError? {
        do throws(GraphQLError) {
            _ = try Parser.parse(Source(text), limits: limits)
            return nil
        } catch {
            return error
        }
    }
}
