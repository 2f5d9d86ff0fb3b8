import Money
import Testing
import TestSupport
import Time
import Valuation

@testable import Services

@Suite("Value history and performance")
private struct ValueHistoryTests {
    private static let head =
        "time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,account,to_account\n"

    private static let prices = """
        date,asset,price_usd
        2023-12-31,BTC,40000
        2024-01-01,BTC,41000
        2024-01-02,BTC,42000
        2024-01-03,BTC,40000
        2024-01-04,BTC,44000
        2024-01-03,LATE,2

        """

    private func history(
        _ fixture: Fixture,
        _ scope: ValueScope = .user,
        _ step: HistoryStep = .daily,
        from: String? = nil,
        to: String = "2024-01-05",
        currency: String = "USD",
        zone: String = "UTC"
    ) throws -> ValueHistory {
        try fixture.workspace.valueHistory(
            of: fixture.owner,
            scope: scope,
            currency: currency,
            from: try from.map { try Timestamp.parse($0) },
            to: try Timestamp.parse(to),
            step: step,
            zone: zone
        )
    }

    private func rows(_ history: ValueHistory) -> [String] {
        history.points.map { point in
            var text = "\(point.time.description.prefix(16)) \(point.value)"
            if !point.inflow.isZero { text += " in \(point.inflow)" }
            if !point.outflow.isZero { text += " out \(point.outflow)" }
            if !point.coverage.isZero { text += " coverage \(point.coverage)" }
            if point.unpriced > 0 { text += " unpriced \(point.unpriced)" }
            return text
        }
    }

    private func withRows(_ rows: [String], _ body: (Fixture) throws -> Void) throws {
        try withFixture { (fixture) throws in
            let outcome = try fixture.importText(
                ValueHistoryTests.head + rows.map { $0 + "\n" }.joined()
            )
            #expect(outcome.errorCount == 0)
            _ = try fixture.importPrices(ValueHistoryTests.prices)
            try body(fixture)
        }
    }

    @Test func `points are the start, the starts of days and the end, with what came and went`() throws {
        try withRows([
            "2024-01-01T10:00:00Z,deposit,1000,USD,,,,,A,",
            "2024-01-02T10:00:00Z,trade,0.01,BTC,410,USD,1,USD,A,",
            "2024-01-03T10:00:00Z,withdrawal,,,0.005,BTC,,,A,",
        ]) { (fixture) throws in
            #expect(
                try rows(history(fixture, to: "2024-01-04T12:00:00Z")) == [
                    "2024-01-01T00:00 0", "2024-01-02T00:00 1000 in 1000", "2024-01-03T00:00 1009",
                    "2024-01-04T00:00 789 out 210", "2024-01-04T12:00 789",
                ]
            )
        }
    }

    @Test func `a purchase paid from a bank brings money in, and its fee too`() throws {
        try withRows([
            "2024-01-02T10:00:00Z,trade,0.01,BTC,400,USD,5,USD,-,A",
            "2024-01-03T10:00:00Z,trade,415,USD,0.01,BTC,,,A,-",
        ]) { (fixture) throws in
            #expect(
                try rows(history(fixture, to: "2024-01-04")) == [
                    "2024-01-02T00:00 0", "2024-01-03T00:00 420 in 405", "2024-01-04T00:00 0 out 415",
                ]
            )
        }
    }

    @Test func `staking, fees and losses are results and no flows, gifts and spending are flows`() throws {
        try withRows([
            "2024-01-02T01:00:00Z,deposit,1,BTC,,,,,A,", "2024-01-02T02:00:00Z,staking,0.1,BTC,,,,,A,",
            "2024-01-02T03:00:00Z,lost,,,0.2,BTC,,,A,", "2024-01-02T04:00:00Z,gift_in,0.3,BTC,,,,,A,",
            "2024-01-02T05:00:00Z,spend,,,0.4,BTC,,,A,", "2024-01-02T06:00:00Z,fee,,,,,0.1,BTC,A,",
        ]) { (fixture) throws in
            let report = try history(fixture, to: "2024-01-03")
            #expect(rows(report).last == "2024-01-03T00:00 29400 in 53300 out 16400")
        }
    }

    @Test func `a transfer is a flow for one account and none for the user`() throws {
        try withRows([
            "2024-01-01T10:00:00Z,deposit,1,BTC,,,,,A,",
            "2024-01-02T10:00:00Z,transfer,,,0.4,BTC,0.01,BTC,A,B",
        ]) { (fixture) throws in
            let account = try fixture.workspace.scope(of: fixture.owner, portfolio: nil, account: "B")
            #expect(try rows(history(fixture, to: "2024-01-03")).last == "2024-01-03T00:00 41580")
            #expect(
                try rows(history(fixture, account, to: "2024-01-03")).last
                    == "2024-01-03T00:00 16800 in 16400"
            )
        }
    }

    @Test func `an asset without a price is named, and its first price is no gain`() throws {
        try withRows([
            "2024-01-01T10:00:00Z,deposit,1000,USD,,,,,A,",
            "2024-01-02T10:00:00Z,trade,100,LATE,150,USD,,,A,",
            "2024-01-02T11:00:00Z,deposit,5,NEVER,,,,,A,",
        ]) { (fixture) throws in
            let report = try history(fixture)
            #expect(
                rows(report) == [
                    "2024-01-01T00:00 0", "2024-01-02T00:00 1000 in 1000",
                    "2024-01-03T00:00 850 coverage -150 unpriced 2",
                    "2024-01-04T00:00 1050 coverage 200 unpriced 1", "2024-01-05T00:00 1050 unpriced 1",
                ]
            )
            #expect(
                report.unpriced.map { "\($0.asset.code) \($0.pricedSince?.description ?? "-")" } == [
                    "late 2024-01-04T00:00:00Z", "never -",
                ]
            )
            var request = PerformanceRequest(currency: "USD")
            request.to = try Timestamp.parse("2024-01-05")
            let figures = try fixture.workspace.performance(of: fixture.owner, request)
            #expect(figures.figures.absoluteChange == .zero)
            #expect(figures.figures.timeWeightedReturn == .zero)
            #expect(figures.coverage == Amount(whole: 50))
        }
    }

    @Test func `what a purchase costs is borne by all that is held then`() throws {
        try withRows([
            "2024-01-02T10:00:00Z,trade,0.001,BTC,41,USD,,,-,A",
            "2024-01-02T11:00:00Z,trade,0.1,BTC,4100,USD,20,USD,-,A",
        ]) { (fixture) throws in
            var request = PerformanceRequest(currency: "USD")
            request.to = try Timestamp.parse("2024-01-02T12:00:00Z")
            let figures = try fixture.workspace.performance(of: fixture.owner, request).figures
            #expect(figures.absoluteChange == Amount(whole: -20))
            // 4141 of 41 + 4120, and not 21 of 41.
            #expect(
                try figures.timeWeightedReturn?.rounded(toDecimals: 9) == (try Amount.parse("-0.004806537"))
            )
        }
    }

    @Test func `days begin at midnight of the zone, also where clocks change`() throws {
        try withRows(["2024-03-09T10:00:00Z,deposit,1,BTC,,,,,A,"]) { (fixture) throws in
            let report = try history(
                fixture,
                .user,
                .hourly,
                from: "2024-03-10T05:00:00Z",
                to: "2024-03-11T04:00:00Z",
                zone: "America/New_York"
            )
            // The tenth of March had 23 hours there.
            #expect(report.points.count == 24)
            let days = try history(
                fixture,
                from: "2024-03-09T05:00:00Z",
                to: "2024-03-12T04:00:00Z",
                zone: "America/New_York"
            )
            #expect(
                days.points.map { String($0.time.description.prefix(16)) } == [
                    "2024-03-09T05:00", "2024-03-10T05:00", "2024-03-11T04:00", "2024-03-12T04:00",
                ]
            )
        }
    }

    @Test func `weeks begin on Mondays, months are 30 days`() throws {
        try withRows(["2024-01-03T10:00:00Z,deposit,1,BTC,,,,,A,"]) { (fixture) throws in
            let weeks = try history(fixture, .user, .weekly, from: "2024-01-03", to: "2024-01-23")
            #expect(
                weeks.points.map(\.time.day.description) == [
                    "2024-01-03", "2024-01-08", "2024-01-15", "2024-01-22", "2024-01-23",
                ]
            )
            let months = try history(fixture, .user, .monthly, from: "2024-01-03", to: "2024-03-31")
            #expect(
                months.points.map(\.time.day.description) == [
                    "2024-01-03", "2024-02-02", "2024-03-03", "2024-03-31",
                ]
            )
        }
    }

    @Test func `impossible ranges, scopes and currencies are refused by name`() throws {
        try withRows(["2024-01-03T10:00:00Z,deposit,1,BTC,,,,,A,"]) { (fixture) throws in
            #expect(
                throws: WorkspaceError.invertedRange(from: "2024-01-06T00:00:00Z", to: "2024-01-05T00:00:00Z")
            ) { try history(fixture, from: "2024-01-06") }
            #expect(throws: WorkspaceError.tooManyPoints(step: "hourly", limit: 100_000)) {
                try history(fixture, .user, .hourly, from: "1990-01-01")
            }
            #expect(throws: WorkspaceError.unknownCurrency("XQZ")) {
                try history(fixture, currency: "XQZ")
            }
            #expect(throws: WorkspaceError.unknownPortfolio("P")) {
                try fixture.workspace.scope(of: fixture.owner, portfolio: "P", account: nil)
            }
            let other = try fixture.addUser("eve")
            let account = try fixture.workspace.scope(of: fixture.owner, portfolio: nil, account: "A")
            #expect(throws: WorkspaceError.unknownAccount("1")) {
                try fixture.workspace.value(of: other.id, scope: account, currency: "USD")
            }
        }
    }

    /// Random rows of one coin and dollars; each point is the value at its instant, and the last one closes the books.
    @Test(arguments: 0..<12)
    func `a history is the values at its instants, and changes are flows and results`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let kinds = [
            "deposit,INTO", "withdrawal,OUT", "staking,INTO", "spend,OUT", "trade,BOTH", "transfer,BOTH",
            "trade,BANK",
        ]
        var rows: [String] = []
        for _ in 0..<60 {
            let second = Int64(random.next() % (5 * 86_400))
            let time = Timestamp(seconds: 1_704_067_200 + second)
            let words = kinds[Int(random.next() % UInt64(kinds.count))].split(separator: ",")
            let amount = "\(1 + random.next() % 900).\(1 + random.next() % 999)"
            let account = ["A", "B"][Int(random.next() % 2)]
            let fee = random.next() % 3 == 0 ? "0.5,USD" : ","
            let other = account == "A" ? "B" : "A"
            switch words[1] {
            case "INTO": rows.append("\(time),\(words[0]),\(amount),BTC,,,\(fee),\(account),")
            case "OUT": rows.append("\(time),\(words[0]),,,\(amount),BTC,\(fee),\(account),")
            case "BANK": rows.append("\(time),trade,\(amount),BTC,77.5,USD,\(fee),-,\(account)")
            default:
                let sides = words[0] == "trade" ? "\(amount),BTC,99.25,USD" : ",,\(amount),BTC"
                rows.append(
                    "\(time),\(words[0]),\(sides),\(fee),\(account),\(words[0] == "trade" ? "" : other)"
                )
            }
        }
        try withRows(rows) { (fixture) throws in
            let scopes: [ValueScope] = [
                .user, try fixture.workspace.scope(of: fixture.owner, portfolio: nil, account: "A"),
            ]
            for scope in scopes {
                let report = try history(fixture, scope, .hourly, from: "2024-01-01", to: "2024-01-07")
                for point in report.points {
                    let value = try fixture.workspace.value(
                        of: fixture.owner,
                        scope: scope,
                        currency: "USD",
                        at: point.time
                    )
                    #expect(value.total == point.value)
                }
                var request = PerformanceRequest(currency: "USD")
                (request.scope, request.from) = (scope, report.points[0].time)
                request.to = report.points.last?.time
                let figures = try fixture.workspace.performance(of: fixture.owner, request).figures
                var net = Amount.zero
                for point in report.points.dropFirst() {
                    net = try net.adding(point.inflow).subtracting(point.outflow)
                }
                #expect(figures.netFlows == net)
                try expectColumnsAgree(fixture, report.points.map(\.time))
                #expect(figures.endingValue == report.points.last?.value)
            }
        }
    }

    /// What is kept in memory for long histories gives what walking the Book gives.
    private func expectColumnsAgree(_ fixture: Fixture, _ times: [Timestamp]) throws {
        let (snapshot, valuer, _) = try fixture.workspace.valuation(of: fixture.owner)
        let columns = try #require(HoldingColumns(snapshot.book))
        let inside = try snapshot.slots(in: .user)
        for times in [times, Array(times.dropFirst(50)), Array(times.prefix(60)), [times[70]]] {
            func series(_ columns: HoldingColumns?) throws -> ValueSeries {
                try Workspace.series(snapshot.book, inside, at: times, in: .usd, valuer, columns)
            }
            #expect(try series(columns).values == series(nil).values)
            func flows(_ columns: HoldingColumns?) throws -> [String] {
                try FlowList(
                    snapshot.book,
                    inside,
                    after: times[0],
                    through: times[times.count - 1],
                    in: .usd,
                    valuer,
                    byAsset: false,
                    columns
                ).flows.map { "\($0.time) \($0.value) \($0.isCoverage)" }
            }
            #expect(try flows(columns) == flows(nil))
        }
    }
}
