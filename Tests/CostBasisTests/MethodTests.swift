import CostBasis
import Ledger
import Money
import Testing
import Time

@Suite("Methods")
private struct MethodTests {
    private func uses(_ history: History, _ settings: LotSettings, of disposal: Int = 0) -> String {
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        return report.uses(ofDisposalAt: disposal).map { "\($0.lot) \($0.quantity) \($0.cost)" }
            .joined(separator: ", ")
    }

    @Test(arguments: [
        (LotMethod.fifo, "1.in 1 100, 2.in 0.5 150"), (.lifo, "3.in 1 200, 2.in 0.5 150"),
        (.hifo, "2.in 1 300, 3.in 0.5 100"), (.lofo, "1.in 1 100, 3.in 0.5 100"),
        (.average, "1.in 1 200, 2.in 0.5 100"),
    ])
    func `a disposal uses the lots that its method puts first`(method: LotMethod, expected: String) throws {
        var history = History()
        try history.add("2023-01-01", .trade, in: "1 btc@1", out: "100 usd")
        try history.add("2023-01-02", .trade, in: "1 btc@1", out: "299 usd", fee: "1 usd")
        try history.add("2023-01-03", .trade, in: "1 btc@1", out: "200 usd")
        try history.add("2023-02-01", .trade, in: "600 usd", out: "1.5 btc@1")
        #expect(uses(history, LotSettings(method: method)) == expected)
    }

    @Test(arguments: [LotMethod.hifo, .lofo])
    func `of equal unit costs the oldest lot goes first`(method: LotMethod) throws {
        var history = History()
        try history.add("2023-01-01", .trade, in: "2 btc@1", out: "200 usd")
        try history.add("2023-01-02", .trade, in: "1 btc@1", out: "100 usd")
        try history.add("2023-01-03", .trade, in: "3 btc@1", out: "300 usd")
        try history.add("2023-02-01", .trade, in: "600 usd", out: "4 btc@1")
        #expect(uses(history, LotSettings(method: method)) == "1.in 2 200, 2.in 1 100, 3.in 1 100")
    }

    @Test(arguments: [(LotMethod.hifo, "2.in"), (.lofo, "1.in")])
    func `unit costs that differ beyond the last decimal are told apart`(
        method: LotMethod,
        first: String
    ) throws {
        var history = History()
        try history.add("2023-01-01", .trade, in: "3000000 btc@1", out: "1 usd")
        try history.add("2023-01-02", .trade, in: "3000000 btc@1", out: "1.000000000000000001 usd")
        try history.add("2023-02-01", .trade, in: "6 usd", out: "3000000 btc@1")
        #expect(uses(history, LotSettings(method: method)).hasPrefix(first))
    }

    @Test
    func `the order goes by the unit cost of the acquisition, whatever was sold or moved since`() throws {
        var history = History()
        try history.add("2023-01-01", .trade, in: "3 btc@1", out: "100 usd")
        try history.add("2023-01-02", .trade, in: "3 btc@1", out: "100.000000000000000001 usd")
        try history.add("2023-01-03", .trade, in: "50 usd", out: "1 btc@1")
        try history.add("2023-01-04", .transfer, in: "3 btc@2", out: "3 btc@1")
        try history.add("2023-01-05", .trade, in: "50 usd", out: "2.5 btc@2")
        let settings = LotSettings(method: .hifo, scope: .wallet)
        #expect(uses(history, settings).hasPrefix("2.in 1 "))
        #expect(uses(history, settings, of: 1).hasPrefix("2.in 2 66.666666666666666667, 1.in 0.5 "))
    }

    @Test
    func `the average leaves what rounding leaves in the pool`() throws {
        var history = History()
        try history.add("2023-01-01", .trade, in: "1 doge@1", out: "4 usd")
        try history.add("2024-01-01", .trade, in: "2 doge@1", out: "6 usd")
        for day in 2...4 { try history.add("2024-01-0\(day)", .trade, in: "5 usd", out: "1 doge@1") }
        let report = LotBook(history.book, settings: LotSettings(method: .average), isFiat: isFiat)
        #expect(
            report.allDisposals.map { "\($0.cost) \($0.term.name)" } == [
                "3.333333333333333333 long", "3.333333333333333334 short", "3.333333333333333333 short",
            ]
        )
        #expect(report.openLots().isEmpty)
    }

    @Test
    func `per wallet a transfer takes its share of the average along`() throws {
        var history = History()
        try history.add("2023-01-01", .trade, in: "1 btc@1", out: "100 usd")
        try history.add("2023-01-02", .trade, in: "3 btc@1", out: "700 usd")
        try history.add("2023-01-03", .transfer, in: "2 btc@2", out: "2 btc@1")
        try history.add("2023-01-04", .trade, in: "2 btc@2", out: "800 usd")
        try history.add("2023-01-05", .trade, in: "900 usd", out: "2 btc@2")
        let settings = LotSettings(method: .average, scope: .wallet)
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        #expect(report.lines == ["5.out 2 900 600 short"])
        #expect(report.open == ["2.in @1 2 400", "4.in @2 2 600"])
    }

    @Test
    func `from a given day on another method takes over the open lots with date and cost`() throws {
        var history = History()
        try history.add("2023-01-01", .trade, in: "1 btc@1", out: "100 usd")
        try history.add("2023-01-02", .trade, in: "1 btc@1", out: "300 usd")
        try history.add("2023-01-03", .trade, in: "1 btc@1", out: "200 usd")
        try history.add("2023-01-31T23:59:59Z", .trade, in: "600 usd", out: "0.5 btc@1")
        try history.add("2023-02-01", .trade, in: "600 usd", out: "1 btc@1")
        try history.add("2023-03-01", .trade, in: "600 usd", out: "1 btc@1")
        try history.add("2023-04-01", .trade, in: "600 usd", out: "0.5 btc@1")
        let first = try #require(Day(year: 2023, month: 2, day: 1))
        let second = try #require(Day(year: 2023, month: 3, day: 1))
        let third = try #require(Day(year: 2023, month: 4, day: 1))
        let settings = LotSettings(
            changes: [
                MethodChange(from: first, method: .hifo), MethodChange(from: second, method: .average),
                MethodChange(from: third, method: .lifo),
            ]
        )
        #expect(uses(history, settings, of: 0) == "1.in 0.5 50")
        #expect(uses(history, settings, of: 1) == "2.in 1 300")
        // The pool of 1.5 costs 250.
        let average = "1.in 0.5 83.333333333333333334, 3.in 0.5 83.333333333333333333"
        #expect(uses(history, settings, of: 2) == average)
        #expect(uses(history, settings, of: 3) == "3.in 0.5 83.333333333333333333")
    }

    @Test(arguments: [LotMethod.hifo, .lofo])
    func `of equal unit costs the newest lot goes first where that is set`(method: LotMethod) throws {
        var history = History()
        try history.add("2023-01-01", .trade, in: "2 btc@1", out: "200 usd")
        try history.add("2023-01-02", .trade, in: "1 btc@1", out: "100 usd")
        try history.add("2023-02-01", .trade, in: "600 usd", out: "2 btc@1")
        let settings = LotSettings(method: method, ties: .newestFirst)
        #expect(uses(history, settings) == "2.in 1 100, 1.in 1 100")
    }

    @Test
    func `tax days follow the owner's time zone in terms, years and changes of method`() throws {
        var history = History()
        try history.add("2022-12-31T20:00:00Z", .trade, in: "2 btc@1", out: "200 usd")
        try history.add("2023-06-01", .trade, in: "1 btc@1", out: "300 usd")
        try history.add("2023-12-31T16:00:00Z", .trade, in: "500 usd", out: "1 btc@1")
        // The UTC day of the instant five hours later, or nine.
        func report(hours: Int64, _ settings: LotSettings = LotSettings()) -> LotBook {
            LotBook(
                history.book,
                settings: settings,
                taxDay: { $0.advanced(bySeconds: hours * 3600).day },
                isFiat: isFiat
            )
        }
        #expect(report(hours: 0).years.map(\.year) == [2023])
        #expect(report(hours: 9).years.map(\.year) == [2024])
        // Bought on the 1st of January 2023 and sold on the 31st of December, or the 1st of January.
        let short = LotSettings(longTerm: .days(364))
        #expect(report(hours: 5, short).disposal(at: 0).term == .short)
        #expect(report(hours: 9, short).disposal(at: 0).term == .long)
        #expect(report(hours: 9, short).uses(ofDisposalAt: 0).map(\.term) == [.long])
        let newYear = try #require(Day(year: 2024, month: 1, day: 1))
        let changing = LotSettings(changes: [MethodChange(from: newYear, method: .hifo)])
        #expect(report(hours: 5, changing).disposal(at: 0).cost == (try amount("100")))
        #expect(report(hours: 9, changing).disposal(at: 0).cost == (try amount("300")))
    }
}
