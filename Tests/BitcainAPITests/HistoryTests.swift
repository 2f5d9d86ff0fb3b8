import BitcainAPI
import Foundation
import HTTPServer
import JSON
import Services
import Testing
import Time

@Suite("Histories")
private struct HistoryTests {
    /// Prices of BTC that rise by 1,000 USD a day, 60,000 on the first of June.
    private static func prices() -> String {
        var text = "time,base,quote,price\n"
        for day in 1...15 {
            text += "2024-06-\(day < 10 ? "0" : "")\(day)T00:00:00Z,BTC,USD,\(60_000 + (day - 1) * 1000)\n"
        }
        return text
    }

    private func prepare(_ fixture: Fixture) throws -> PortfolioClient {
        _ = try fixture.workspace.importPrices(
            from: { pieces(Self.prices()) },
            source: "test",
            progress: { _, _ in }
        )
        let client = try PortfolioClient(fixture)
        let answer = try fixture.upload(
            Sample.deposit("2", time: "2024-06-10T00:00:00Z"),
            token: client.token
        )
        #expect(answer.status == 200)
        return client
    }

    @Test(arguments: Front.allCases)
    func `points are computed from the ledger, before the sign-up too`(_ front: Front) throws {
        try withFixture(front) { (fixture) throws in
            let client = try prepare(fixture)
            let points = try #require(try client.get("/history?timeframe=1M").json.array)
            #expect(points.first?["recorded_at"]?.string == "2024-05-16T12:00:00Z")
            #expect(points.first?["total_value"]?.string == "0")
            #expect(points.count == 32)
            let keys = points.first?.object?.map(\.key)
            #expect(
                keys == [
                    "id", "user_id", "portfolio_id", "total_value", "currency", "recorded_at", "created_at",
                    "metadata",
                ]
            )
            let values = Dictionary(
                uniqueKeysWithValues: points.map {
                    ($0["recorded_at"]?.string ?? "", $0["total_value"]?.string ?? "")
                }
            )
            #expect(values["2024-06-09T00:00:00Z"] == "0")
            #expect(values["2024-06-11T00:00:00Z"] == "140000")
            #expect(values["2024-06-15T00:00:00Z"] == "148000")
            #expect(values["2024-06-15T12:00:00Z"] == "148000")
            #expect(points.allSatisfy { $0["metadata"]?["source"]?.string == "computed" })
            #expect(points.allSatisfy { $0["portfolio_id"]?.isNull == true })
            // Computed points keep their ids.
            fixture.clock.advance(seconds: 3600)
            let later = try #require(try client.get("/history?timeframe=1M").json.array)
            let ids = Set(points.dropFirst().dropLast().compactMap { $0["id"]?.string })
            #expect(ids.count == 30)
            let laterIDs = Set(later.compactMap { $0["id"]?.string })
            #expect(laterIDs.isSuperset(of: ids))
        }
    }

    @Test func `each timeframe has its step, and a currency is any known asset`() throws {
        try withFixture { (fixture) throws in
            let client = try prepare(fixture)
            for (frame, count, second) in [
                ("1D", 25, "2024-06-14T13:00:00Z"), ("1W", 169, "2024-06-08T13:00:00Z"),
                ("1M", 32, "2024-05-17T00:00:00Z"), ("3M", 92, "2024-03-18T00:00:00Z"),
                ("1Y", 367, "2023-06-17T00:00:00Z"), ("ALL", 2, "2024-06-15T12:00:00Z"),
            ] {
                let points = try #require(try client.get("/history?timeframe=" + frame).json.array)
                #expect(points.count == count, "\(frame) \(points.count)")
                #expect(points[1]["recorded_at"]?.string == second, "\(frame)")
                #expect(points.last?["recorded_at"]?.string == "2024-06-15T12:00:00Z")
            }
            let coins = try client.get("/history?timeframe=1D&currency=btc").json
            #expect(coins[24]?["total_value"]?.string == "2")
            #expect(coins[24]?["currency"]?.string == "BTC")
            let unknown = try client.get("/history?currency=UDS")
            #expect(unknown.status == 400)
            #expect(
                unknown.text
                    == #"{"detail":"no currency or coin has the code UDS; codes are such as USD, EUR or BTC"}"#
            )
        }
    }

    @Test
    func `a snapshot takes its step over, stays when the journal changes, and says what the ledger gives`()
        throws
    {
        try withFixture { (fixture) throws in
            let client = try prepare(fixture)
            fixture.clock.advance(seconds: 86_400 * 2 + 60)
            try fixture.workspace.recordSnapshots(of: fixture.owner)
            fixture.clock.advance(seconds: 60)
            try fixture.workspace.recordSnapshots(of: fixture.owner)
            fixture.clock.advance(seconds: 86_400 * 2)
            _ = try fixture.upload(
                Sample.deposit("1", time: "2024-06-12T00:00:00Z"),
                token: client.token
            )
            for path in [
                "/history", "/history?portfolio_id=" + (try client.list()[0]["portfolio_id"]?.string ?? ""),
            ] {
                let points = try #require(try client.get(path).json.array)
                let recorded = points.filter { $0["metadata"]?["source"]?.string == "recorded" }
                #expect(recorded.count == 1)
                #expect(recorded.first?["recorded_at"]?.string == "2024-06-17T12:02:00Z")
                #expect(recorded.first?["total_value"]?.string == "148000")
                #expect(recorded.first?["metadata"]?["ledger_value"]?.string == "222000")
                let times = points.compactMap { $0["recorded_at"]?.string }
                #expect(!times.contains("2024-06-18T00:00:00Z") && times.contains("2024-06-17T00:00:00Z"))
                #expect(times == times.sorted())
                #expect(points.last?["total_value"]?.string == "222000")
                #expect(points.last?["metadata"]?["source"]?.string == "computed")
            }
            let euro = try #require(try client.get("/history?currency=EUR").json.array)
            let recorded = euro.first { $0["metadata"]?["source"]?.string == "recorded" }
            #expect(recorded?["total_value"]?.string.map { $0 != "148000" } == true)
        }
    }

    @Test func `the housekeeper records once a day, for every portfolio`() throws {
        try withFixture { (fixture) throws in
            let client = try prepare(fixture)
            let other = try PortfolioClient(fixture, try fixture.addUser("other"))
            func count(_ client: PortfolioClient) throws -> Int {
                try client.get("/history?timeframe=1W").json.array?.count {
                    $0["metadata"]?["source"]?.string == "recorded"
                } ?? 0
            }
            for day in 1...3 {
                for _ in 0..<3 {
                    try fixture.workspace.recordDueSnapshots()
                    fixture.clock.advance(seconds: 600)
                }
                #expect(try count(client) == day)
                #expect(try count(other) == day)
                fixture.clock.advance(seconds: 86_400 - 1800)
            }
        }
    }

    @Test func `an export is JSON or CSV as it is asked for`() throws {
        try withFixture { (fixture) throws in
            let client = try prepare(fixture)
            func export(_ query: String, accept: String? = nil) throws -> Answer {
                try fixture.send(
                    .get,
                    BitcainAPI.base + "/history/export?timeframe=1D" + query,
                    token: client.token,
                    headers: accept.map { [HTTPHeader("Accept", $0)] } ?? []
                )
            }
            for (query, accept, isCSV) in [
                ("", nil, false), ("", "*/*", false), ("", "application/json", false), ("", "text/csv", true),
                ("&format=csv", nil, true), ("&format=csv", "application/json", true),
                ("&format=json", "text/csv", false), ("", "text/csv;q=0.5, application/json", false),
                ("", "text/csv, application/json;q=0.9", true), ("", "TEXT/CSV; charset=utf-8", true),
                ("", "text/csv;q=0", false), ("", "text/csv;q=x", false),
            ] {
                let answer = try export(query, accept: accept)
                #expect(answer.status == 200)
                let type = answer.header("Content-Type")
                #expect(type == (isCSV ? "text/csv; charset=utf-8" : "application/json"), "\(accept ?? "")")
                guard isCSV else { continue }
                #expect(
                    answer.header("Content-Disposition")
                        == #"attachment; filename="portfolio-history-1D.csv""#
                )
                let lines = answer.text.components(separatedBy: "\r\n")
                #expect(lines.count == 27)
                #expect(lines[0] == "recorded_at,portfolio_id,total_value,currency")
                #expect(lines[25] == "2024-06-15T12:00:00Z,,148000,USD")
            }
            #expect(try export("&format=xml").status == 422)
        }
    }

    @Test func `performance is net of what was paid in`() throws {
        try withFixture { (fixture) throws in
            let client = try prepare(fixture)
            let json = try client.get("/history/performance?timeframe=1M").json
            #expect(
                json.object?.map(\.key) == [
                    "period_start", "period_end", "timeframe", "starting_value", "ending_value",
                    "current_value", "highest_value", "lowest_value", "absolute_change", "absolute_gain",
                    "percentage_change", "percentage_gain", "is_profitable", "return_rate", "max_drawdown",
                    "volatility", "total_data_points", "currency",
                ]
            )
            #expect(json["starting_value"]?.string == "0")
            #expect(json["ending_value"]?.string == "148000")
            // Two coins came in at 69,000.
            #expect(json["absolute_gain"]?.string == "10000")
            #expect(json["is_profitable"]?.bool == true)
            #expect(json["return_rate"]?.string?.hasPrefix("0.0724637681159420") == true)
            #expect(json["max_drawdown"]?.string == "0")
            let id = try #require(try client.list().first?["portfolio_id"]?.string)
            #expect(try client.one(id)["total_return"]?.string == "10000")
            let analytics = try client.get("/\(id)/analytics?user_id=\(client.user)").json
            #expect(analytics["total_return"]?.string == "10000")
            #expect(analytics["rebalance_needed"]?.bool == false)
        }
    }

    @Test func `the last days end with what they ended with`() throws {
        try withFixture { (fixture) throws in
            let client = try prepare(fixture)
            let json = try client.get("/value-history?days=6").json
            #expect(json["days"]?.integer == 6)
            let points = try #require(json["points"]?.array)
            #expect(
                points.map { $0["date"]?.string } == [
                    "2024-06-10", "2024-06-11", "2024-06-12", "2024-06-13", "2024-06-14", "2024-06-15",
                ]
            )
            #expect(
                points.map { $0["total_value_usd"]?.string } == [
                    "140000", "142000", "144000", "146000", "148000", "148000",
                ]
            )
        }
    }

    @Test func `what happened within the present minute is not missing`() throws {
        try withFixture { (fixture) throws in
            let client = try PortfolioClient(fixture)
            fixture.clock.advance(seconds: 30)
            #expect(try client.get("/history").json.array?.last?["total_value"]?.string == "0")
            let id = try client.make("A", #","initial_value_usd":5"#)
            for path in ["/history", "/history?portfolio_id=" + id] {
                let last = try client.get(path).json.array?.last
                #expect(last?["total_value"]?.string == "5")
                #expect(last?["recorded_at"]?.string == "2024-06-15T12:00:30Z")
            }
        }
    }
}
