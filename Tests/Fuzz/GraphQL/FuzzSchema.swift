import GraphQL
import JSON

/// A schema whose fields take every sort of input, and whose values come, fail, or are not there.
enum FuzzSchema {
    enum Word: String, CaseIterable {
        case first = "X"
        case second = "Y"
    }

    /// An engine for it; limits as on a public server.
    static let engine: GraphQLEngine<Int>? = {
        guard let schema = try? make() else { return nil }
        // A clock that stands still, so that a run depends on its text alone.
        return GraphQLEngine(schema, settings: GraphQLSettings(execution: ExecutionLimits(now: { 0 })))
    }()

    private static func make() throws -> ExecutableSchema<Int> {
        let schema = SchemaBuilder(root: Int.self)
        let word = schema.enumeration("Word", of: Word.self)
        let node = schema.object("Node", of: Int.self)
        node.field("number", .int) { $0.isMultiple(of: 3) ? nil : $0 }
        node.field("text", .required(.string), Argument("of", .string, default: .string("none"))) { _, text in
            text ?? "null"
        }
        node.field("next", node.required) { $0 &+ 1 }
        node.field("nodes", .list(node.nullable), Argument("count", .int, default: .number("2"))) {
            number,
            count in
            (0..<max(0, min(count ?? 0, 3))).map { number &+ $0 }
        }
        node.field("fails", .string) { _ in throw GraphQLError("It broke.", code: "BROKEN") }
        node.field("failsHard", .required(.string)) { number in
            guard number.isMultiple(of: 2) else { throw GraphQLError("It broke.", code: "BROKEN") }
            return "whole"
        }
        node.field("word", .string, Argument("as", word.input)) { _, word in word?.rawValue }
        schema.query.field("node", node.required) { $0 }
        schema.query.field("none", node.nullable) { _ in nil }
        schema.mutation.field("set", .required(.string), Argument("to", .required(.string))) { _, text in text
        }
        return try schema.finish()
    }

    /// Answers a text: a query, and behind a zero byte its variables as JSON; what comes out is JSON.
    static func attempt(_ bytes: [UInt8]) {
        guard let engine else { preconditionFailure("the schema cannot be made") }
        let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        let variables = parts.count > 1 ? (try? JSONReader.parse(Array(parts[1])))?.object : nil
        let request = GraphQLRequest(
            query: String(decoding: parts.first ?? [], as: UTF8.self),
            variables: variables ?? []
        )
        let body = engine.answerNow(request, root: 1).body
        let limits = JSONLimits(depth: 512, elements: 1_000_000, stringBytes: 64 << 20)
        guard let answer = try? JSONReader.parse(body, limits: limits) else {
            preconditionFailure("the answer is no JSON")
        }
        precondition(answer["data"] != nil || answer["errors"] != nil, "the answer says nothing")
    }
}
