import Foundation
import HTTPServer
import JSON
import Services
import Testing

/// The bodies that docs/bitcain.md shows, made by the routes and compared with files.
@Suite("Wire examples")
private struct WireExampleTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    private func expect(_ answer: Answer, is name: String) throws {
        let file = Self.folder.appendingPathComponent("Golden/\(name).json")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
            try Data(answer.body + [10]).write(to: file)
            Issue.record("recorded \(name); run again without RECORD_GOLDEN")
            return
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(answer.text + "\n" == expected, "golden file \(name).json")
        let docs = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/bitcain.md")
        let text = try String(contentsOf: docs, encoding: .utf8)
        let shown = try #require(text.components(separatedBy: "<!-- example: \(name) -->").dropFirst().first)
        let block = shown.components(separatedBy: "```json\n").dropFirst().first?.components(
            separatedBy: "```"
        ).first
        let documented = try JSONReader.parse(Array((block ?? "").utf8))
        #expect(documented == (try answer.json), "the example \(name) in docs/bitcain.md")
    }

    @Test(arguments: Front.allCases)
    func `every documented body is what is answered`(_ front: Front) throws {
        try withFixture(front) { (fixture) throws in
            let token = try fixture.token()
            _ = try fixture.workspace.importPrices(
                from: { pieces(Sample.prices) },
                source: "test",
                progress: { _, _ in }
            )
            try expect(fixture.get("/health", token: nil), is: "health")
            try expect(
                fixture.upload(Sample.history, token: token, query: "?dry_run=true"),
                is: "ingest-dry-run"
            )
            try expect(fixture.upload(Sample.history, token: token), is: "ingest")
            try expect(fixture.get("/balances?exchange=coinbase", token: token), is: "balances")
            try expect(fixture.get("/aggregate", token: token), is: "aggregate")
            try expect(fixture.get("/cost-basis", token: token), is: "cost-basis")
            try expect(fixture.get("/cost-basis/lots", token: token), is: "lots")
            try expect(
                fixture.send(.post, "/api/v1/portfolio/cost-basis/lots/rebuild", token: token),
                is: "rebuild"
            )
            let bad = Sample.header + "\n2024-02-30T00:00:00Z,trade,0.5,BTC,1000,USD,,,,,Coinbase,Coinbase\n"
            try expect(fixture.upload(bad, token: token), is: "ingest-row-error")
            try expect(
                fixture.send(.post, "/api/v1/portfolio/ingest/csv?dry_run=maybe", token: token),
                is: "validation"
            )
        }
    }
}
