import Foundation
import GraphQL
import Testing

/// The verdicts of all hand-made documents as they were when they equalled the reference's, for where it cannot be had.
///
/// `RECORD_GOLDEN=1` writes them anew, and fails, so that it is looked at.
@Suite("Documents and their recorded verdicts")
private struct VerdictTests {
    @Test(arguments: try Corpus.documentNames())
    func `verdicts are those that were recorded`(name: String) throws {
        var schemas: [String: Schema] = [:]
        for schema in Corpus.schemaNames {
            schemas[schema] = try SchemaReader.read(Source(Corpus.sdl(schema)))
        }
        var text = ""
        for (index, entry) in try Corpus.documents(name).enumerated() {
            let verdict = Verdict.own(entry.text, schema: entry.schema.flatMap { schemas[$0] })
            text += "### \(index + 1)\n\(verdict)\n"
        }
        let path = Corpus.folder.appendingPathComponent("Verdicts/\(name)")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: path)
            Issue.record("recorded \(name)")
        }
        #expect(try Data(contentsOf: path) == Data(text.utf8), "\(name) differs from what was recorded")
    }
}
