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
            try expectRefresh(fixture, token)
            try expectPortfolios(fixture)
            try expectHistory(fixture, token)
            try expectSignIn(fixture)
        }
    }

    /// Compares with what changes from run to run, ids and tokens, put back to what the files have.
    private func expect(_ answer: Answer, is name: String, _ changes: [String: String]) throws {
        var text = answer.text
        for (found, shown) in changes { text = text.replacingOccurrences(of: found, with: shown) }
        try expect(Answer(status: answer.status, headers: answer.headers, body: Array(text.utf8)), is: name)
    }

    private func expectRefresh(_ fixture: Fixture, _ token: String) throws {
        let base = "/api/v1/portfolio"
        try expect(fixture.send(.post, base + "/ingest/backfill?dry_run=true", token: token), is: "backfill")
        try expect(fixture.send(.post, base + "/refresh", token: token), is: "refresh")
        try expect(
            fixture.send(.post, base + "/ingest/backfill?max_pages=26", token: token),
            is: "validation-range"
        )
    }

    private static let shownPortfolio = "5555717d-15c7-408a-aad2-f3155d61ff77"
    private static let shownUser = "a169451c-8525-4352-b8ca-070dd449a1a5"

    private func expectPortfolios(_ fixture: Fixture) throws {
        let client = try PortfolioClient(fixture)
        let made = try client.create(
            """
            "name":"Savings","target_allocations":{"USD":0.6,"BTC":0.4},"initial_value_usd":"1000","tags":["calm"]
            """
        )
        let id = try #require(try made.json["portfolio_id"]?.string)
        let shown = [id: Self.shownPortfolio, client.user: Self.shownUser]
        try expect(made, is: "portfolio", shown)
        try expect(client.update(id, #""description":"for later""#), is: "portfolio-update", shown)
        try expect(client.get("/\(id)/analytics?user_id=\(client.user)"), is: "analytics", shown)
        try expect(client.delete(id), is: "portfolio-holds", shown)
        try expect(client.create(#""name":"x","target_allocations":{"BTC":0.5}"#), is: "targets-sum", shown)
        #expect(try client.delete(id, force: true).status == 204)
    }

    private func expectHistory(_ fixture: Fixture, _ token: String) throws {
        let base = "/api/v1/portfolio"
        let client = try PortfolioClient(fixture)
        let main = try #require(try client.list().first?["portfolio_id"]?.string)
        let points = try #require(
            try client.get("/history?timeframe=1D&portfolio_id=" + main).json.array
        )
        var shown = [main: Self.shownPortfolio, client.user: Self.shownUser]
        // The last two: what was recorded by the refresh, and the end.
        let last = points.suffix(2).map { $0 }
        for (place, point) in last.enumerated() {
            shown[point["id"]?.string ?? ""] = "497f6eca-6276-4993-bfeb-53cbbbba6f0\(place)"
        }
        let body = JSONValue.array(last).rendered()
        try expect(Answer(status: 200, headers: [], body: body), is: "history", shown)
        try expect(
            fixture.send(.get, base + "/history/performance?timeframe=1M", token: token),
            is: "performance"
        )
        try expect(fixture.send(.get, base + "/value-history?days=2", token: token), is: "value-history")
    }

    private func expectSignIn(_ fixture: Fixture) throws {
        let made = try fixture.json(
            .post,
            "/auth/signup",
            #"{"email":"ada@example.org","password":"correct horse battery"}"#
        )
        let session = try #require(try made.json["session"])
        let access = try #require(session["access_token"]?.string)
        let shown = [
            try #require(try made.json["user"]?["id"]?.string): Self.shownUser,
            access: "cfb_Xf3…", try #require(session["refresh_token"]?.string): "cfr_9aK…",
        ]
        try expect(made, is: "session", shown)
        try expect(fixture.send(.get, "/auth/me", token: access), is: "me", shown)
    }
}
