import Foundation
import GraphQL
import JSON

/// The schemas and documents that both sides judge.
struct Corpus {
    /// One document, and the schema it is for; none where only its text is judged.
    struct Entry {
        let schema: String?
        let text: String
    }

    /// The names of the schemas.
    static let schemaNames = ["animals", "portfolio", "shop"]

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// The text of a schema.
    static func sdl(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent("Schemas/\(name).graphql"), encoding: .utf8)
    }

    /// The files of documents written by hand.
    static func documentNames() throws -> [String] {
        let documents = folder.appendingPathComponent("Documents")
        return try FileManager.default.contentsOfDirectory(atPath: documents.path).sorted()
    }

    /// The documents of a file: each stands behind a line `### schema`, or `###` alone.
    static func documents(_ name: String) throws -> [Entry] {
        let file = folder.appendingPathComponent("Documents/\(name)")
        return entries(try String(contentsOf: file, encoding: .utf8))
    }

    /// All documents written by hand.
    static func handMade() throws -> [Entry] {
        try documentNames().flatMap(documents)
    }

    /// Definitions of schemas written by hand, most of them wrong.
    static func definitions() throws -> [String] {
        let text = try String(contentsOf: folder.appendingPathComponent("sdl.txt"), encoding: .utf8)
        return entries(text).map(\.text)
    }

    private static func entries(_ text: String) -> [Entry] {
        var entries: [Entry] = []
        var schema: String?
        var lines: [Substring]?
        func finish() {
            guard let lines else { return }
            entries.append(Entry(schema: schema, text: lines.joined(separator: "\n")))
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("###") {
                finish()
                let name = line.dropFirst(3).drop { $0 == " " }
                schema = name.isEmpty ? nil : String(name)
                lines = []
            } else {
                lines?.append(line)
            }
        }
        finish()
        return entries
    }
}

/// What one side makes of a document, in one text that can be compared.
enum Verdict {
    /// Nothing is refused for its size.
    static let limits = DocumentLimits(
        tokens: 1_000_000,
        nesting: 200,
        depth: 200,
        fields: .max,
        aliases: .max,
        directives: .max,
        fragments: .max,
        operations: .max,
        variables: .max,
        errors: 100
    )

    /// What this implementation makes of it.
    static func own(_ text: String, schema: Schema?) -> String {
        let document: AST.Document
        do {
            document = try Parser.parse(Source(text), limits: limits)
        } catch {
            return "syntax: \(told(error))"
        }
        var lines = [Printer.print(document)]
        if let schema {
            lines += Validator.validate(document, schema: schema, errorsMax: limits.errors + 1).map(told)
        }
        return lines.joined(separator: "\n")
    }

    /// What the reference makes of it.
    static func reference(_ answer: JSONValue) -> String {
        if let syntax = answer["syntax"] { return "syntax: \(told(syntax))" }
        let errors = answer["errors"]?.array ?? []
        return ([answer["printed"]?.string ?? ""] + errors.map(told)).joined(separator: "\n")
    }

    private static func told(_ error: GraphQLError) -> String {
        let places = error.locations.map { " \($0.line):\($0.column)" }
        return "error: \(error.message)\(places.joined())"
    }

    private static func told(_ error: JSONValue) -> String {
        let places = (error["locations"]?.array ?? []).map {
            " \($0[0]?.number ?? ""):\($0[1]?.number ?? "")"
        }
        return "error: \(error["message"]?.string ?? "")\(places.joined())"
    }
}
