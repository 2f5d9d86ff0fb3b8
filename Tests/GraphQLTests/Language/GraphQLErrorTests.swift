import GraphQL
import JSON
import Testing

@Suite("Errors of GraphQL")
struct GraphQLErrorTests {
    @Test("an error is written with all its parts, or with its message alone")
    func json() {
        let full = GraphQLError(
            "Cannot say \"no\".",
            locations: [SourceLocation(line: 2, column: 7), SourceLocation(line: 3, column: 1)],
            path: [.key("user"), .index(4), .key("total")],
            code: "DEPTH_LIMIT"
        )
        #expect(
            text(full)
                == #"{"message":"Cannot say \"no\".","locations":[{"line":2,"column":7},{"line":3,"column":1}],"#
                + #""path":["user",4,"total"],"extensions":{"code":"DEPTH_LIMIT"}}"#
        )
        #expect(text(GraphQLError("No.")) == #"{"message":"No."}"#)
    }

    @Test(
        "lines end with LF, CR or CR LF, and columns count characters",
        arguments: [
            ("ab", 0, 1, 1), ("ab", 2, 1, 3), ("a\nb", 1, 1, 2), ("a\nb", 2, 2, 1), ("a\r\nb", 2, 1, 3),
            ("a\r\nb", 3, 2, 1), ("a\rb", 2, 2, 1), ("\r\r\n\n", 4, 4, 1), ("é😀b", 6, 1, 3), ("a", 9, 1, 2),
        ]
    )
    func locations(text: String, offset: Int, line: Int, column: Int) {
        #expect(Source(text).location(offset) == SourceLocation(line: line, column: column))
    }

    private func text(_ error: GraphQLError) -> String {
        var writer = JSONWriter()
        error.write(to: &writer)
        return String(decoding: writer.finish(), as: UTF8.self)
    }
}
