import BitcainAPI
import HTTPServer
import JSON
import Services
import Testing

@Suite("Refresh and backfill")
private struct RefreshTests {
    private func send(
        _ fixture: Fixture,
        _ path: String,
        _ token: String,
        key: String? = nil
    ) throws -> Answer {
        try fixture.send(
            .post,
            BitcainAPI.base + path,
            token: token,
            headers: key.map { [HTTPHeader("Idempotency-Key", $0)] } ?? []
        )
    }

    private func recorded(_ client: PortfolioClient, _ query: String = "") throws -> [String] {
        try #require(try client.get("/history?timeframe=1D" + query).json.array).filter {
            $0["metadata"]?["source"]?.string == "recorded"
        }.compactMap { $0["total_value"]?.string }
    }

    @Test(arguments: Front.allCases)
    func `a refresh records what each portfolio is worth, once for a key`(_ front: Front) throws {
        try withFixture(front) { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let id = try client.make("A", #","initial_value_usd":7"#)
            _ = try fixture.upload(Sample.deposit("5", "USD"), token: client.token)
            let first = try send(fixture, "/refresh", client.token, key: "k")
            #expect(first.status == 200)
            #expect(try first.json["total_value_usd"]?.string == "12")
            fixture.clock.advance(seconds: 7200)
            let again = try send(fixture, "/refresh", client.token, key: "k")
            #expect(again.body == first.body)
            #expect(again.header("Idempotent-Replayed") == "true")
            #expect(try recorded(client) == ["12"])
            #expect(try recorded(client, "&portfolio_id=" + id) == ["7"])
            #expect(try send(fixture, "/refresh", client.token).status == 200)
            #expect(try recorded(client) == ["12", "12"])
            // Of the portfolio that is gone its recorded values stay part of the user's.
            #expect(try client.delete(id, force: true).status == 204)
            #expect(try recorded(client) == ["12", "12"])
            fixture.clock.advance(seconds: 3600)
            #expect(try send(fixture, "/refresh", client.token).json["total_value_usd"]?.string == "5")
            #expect(try recorded(client) == ["12", "12", "5"])
        }
    }

    @Test func `a backfill says that nothing is connected, and knows its sources`() throws {
        try withFixture { (fixture) throws in
            let client = try PortfolioClient(fixture)
            for source in ["", "?source=trade_history_sync", "?source=coinbase_ledger&max_pages=25"] {
                let answer = try send(fixture, "/ingest/backfill" + source, client.token)
                #expect(answer.status == 200)
                #expect(try answer.json["success"]?.bool == false)
                #expect(try answer.json["errors"]?.array?.count == 1)
            }
            let unknown = try send(fixture, "/ingest/backfill?source=kraken", client.token)
            #expect(unknown.status == 400)
            #expect(
                unknown.text == #"{"detail":"The source must be coinbase_ledger or trade_history_sync"}"#
            )
            let first = try send(fixture, "/ingest/backfill", client.token, key: "b")
            #expect(try send(fixture, "/ingest/backfill", client.token, key: "b").body == first.body)
            #expect(try send(fixture, "/ingest/backfill?max_pages=2", client.token, key: "b").status == 422)
        }
    }
}
