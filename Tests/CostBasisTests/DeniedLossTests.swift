import CostBasis
import Ledger
import Money
import Testing
import Time

private let american = LotSettings(washSales: true)
private let canadian = LotSettings(method: .acb)

@Suite("Wash sales")
private struct WashSaleTests {
    /// 26 CFR 1.1091-1(h), example 1.
    @Test
    func `1091-1 example 1: coins bought before the sale replace those sold`() throws {
        var history = History()
        try history.buy("1954-12-01", "100 btc@1", for: "10000 usd")
        try history.buy("1954-12-15", "100 btc@1", for: "9000 usd")
        try history.sell("1955-01-03", "100 btc@1", for: "9000 usd")
        let report = LotBook(history.book, settings: american, isFiat: isFiat)
        #expect(report.disposal(at: 0).denied == (try amount("1000")))
        #expect(try report.gains == ["0"])
        #expect(report.open == ["2.in @1 100 10000"])
        #expect(report.years.map { "\($0.gain) \($0.denied)" } == ["0 1000"])
    }

    /// 26 CFR 1.1091-1(h), example 2.
    @Test
    func `1091-1 example 2: fewer coins replace a part, each purchase with its own part of the loss`() throws
    {
        var history = History()
        try history.buy("1954-09-21", "100 btc@1", for: "5000 usd")
        try history.buy("1954-12-21", "50 btc@1", for: "2750 usd")
        try history.buy("1954-12-27", "25 btc@1", for: "1125 usd")
        try history.sell("1955-01-03", "100 btc@1", for: "4000 usd")
        let report = LotBook(history.book, settings: american, isFiat: isFiat)
        #expect(report.disposal(at: 0).denied == (try amount("750")))
        #expect(try report.gains == ["-250"])
        #expect(report.open == ["2.in @1 50 3250", "3.in @1 25 1375"])
    }

    /// 26 CFR 1.1091-2(a), examples 1 and 2.
    @Test(arguments: [("90", "110"), ("70", "90")])
    func `1091-2: the loss joins the cost of a later purchase`(price: String, basis: String) throws {
        var history = History()
        try history.buy("1935-06-01", "1 btc@1", for: "100 usd")
        try history.sell("1955-01-15", "1 btc@1", for: "80 usd")
        try history.buy("1955-02-01", "1 btc@1", for: "\(price) usd")
        let report = LotBook(history.book, settings: american, isFiat: isFiat)
        #expect(try report.gains == ["0"])
        #expect(report.open == ["3.in @1 1 \(basis)"])
    }

    /// 26 USC 1223(3).
    @Test
    func `the time of holding goes on in the replacement`() throws {
        var history = History()
        try history.buy("2020-01-01", "1 btc@1", for: "100 usd")
        try history.sell("2020-12-01", "1 btc@1", for: "80 usd")
        try history.buy("2020-12-20", "1 btc@1", for: "90 usd")
        // 335 days before and 33 after are more than a year.
        try history.sell("2021-01-22", "1 btc@1", for: "130 usd")
        let report = LotBook(history.book, settings: american, isFiat: isFiat)
        #expect(report.lines == ["2.out 1 80 100 short", "4.out 1 130 110 long"])
        #expect(report.uses(ofDisposalAt: 1)[0].heldSince == Day(year: 2020, month: 1, day: 20))
        #expect(
            report.years.map { "\($0.year) \($0.shortGain) \($0.longGain)" } == ["2020 0 0", "2021 0 20"]
        )
    }

    @Test(arguments: [("2021-01-31", "20"), ("2021-02-01", "0")])
    func `the thirtieth day counts and the next does not`(day: String, denied: String) throws {
        var history = History()
        try history.buy("2020-01-01", "1 btc@1", for: "100 usd")
        try history.sell("2021-01-01", "1 btc@1", for: "80 usd")
        try history.buy(day, "1 btc@1", for: "90 usd")
        let report = LotBook(history.book, settings: american, isFiat: isFiat)
        #expect(report.disposal(at: 0).denied == (try amount(denied)))
    }

    @Test
    func `the rest of the very lot sold, income and gains deny nothing`() throws {
        var history = History()
        try history.buy("2021-01-01", "2 btc@1", for: "200 usd")
        try history.sell("2021-01-05", "1 btc@1", for: "80 usd")
        try history.add("2021-01-06", .staking, in: "1 btc@1", value: "90 usd")
        try history.sell("2021-01-07", "1 btc@1", for: "180 usd")
        try history.buy("2021-01-08", "1 eth@1", for: "90 usd")
        let report = LotBook(history.book, settings: american, isFiat: isFiat)
        #expect(report.allDisposals.allSatisfy { $0.denied.isZero })
    }

    @Test
    func `each coin replaces once, and a loss made greater by another is denied again`() throws {
        var history = History()
        try history.buy("2021-01-01", "1 btc@1", for: "100 usd")
        try history.buy("2021-01-01T01:00:00Z", "1 btc@1", for: "100 usd")
        try history.sell("2021-03-01", "1 btc@1", for: "80 usd")
        try history.sell("2021-03-02", "1 btc@1", for: "70 usd")
        try history.buy("2021-03-03", "1 btc@1", for: "75 usd")
        try history.sell("2021-03-04", "1 btc@1", for: "75 usd")
        try history.buy("2021-03-05", "1 btc@1", for: "60 usd")
        let report = LotBook(history.book, settings: american, isFiat: isFiat)
        #expect(report.allDisposals.map { "\($0.denied) \($0.gain)" } == ["20 0", "30 0", "0 -20"])
        #expect(report.open == ["7.in @1 1 90"])
    }

    @Test
    func `per wallet a purchase in any account replaces`() throws {
        var history = History()
        try history.buy("2021-01-01", "1 btc@1", for: "100 usd")
        try history.buy("2021-02-20", "1 btc@2", for: "85 usd")
        try history.add("2021-02-21", .transfer, in: "0.5 btc@3", out: "0.5 btc@2")
        try history.sell("2021-03-01", "1 btc@1", for: "80 usd")
        var settings = american
        settings.scope = .wallet
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        #expect(try report.gains == ["0"])
        #expect(report.open.sorted() == ["2.in @2 0.5 52.5", "2.in @3 0.5 52.5"])
    }
}

@Suite("Superficial losses")
private struct SuperficialLossTests {
    /// Income Tax Act s54: bought again within 30 days and held at the end of them.
    @Test
    func `all bought again: the whole loss joins the cost base`() throws {
        var history = History()
        try history.buy("2021-01-01", "300 btc@1", for: "6000 usd")
        try history.sell("2021-06-15", "300 btc@1", for: "4500 usd")
        try history.buy("2021-06-29", "300 btc@1", for: "5000 usd")
        let report = LotBook(history.book, settings: canadian, isFiat: isFiat)
        #expect(report.allDisposals.map { "\($0.denied) \($0.gain)" } == ["1500 0"])
        #expect(try report.pool(.btc) == "300 6500")
    }

    /// The least of S, P and B divided by S, which the CRA accepts for a part.
    @Test(arguments: [
        // Bought again, held at the end, denied of a loss of 100 on 100 coins.
        ("40 btc@1", nil, "40"), ("200 btc@1", nil, "100"), ("40 btc@1", "30 btc@1", "10"),
        ("40 btc@1", "40 btc@1", "0"),
    ])
    func `a part is superficial as far as it is bought again and held`(
        again: String,
        sold: String?,
        denied: String
    ) throws {
        var history = History()
        try history.buy("2021-01-01", "100 btc@1", for: "1000 usd")
        try history.sell("2021-06-15", "100 btc@1", for: "900 usd")
        try history.buy("2021-06-20", again, for: "500 usd")
        if let sold { try history.sell("2021-07-15", sold, for: "5000 usd") }
        let report = LotBook(history.book, settings: canadian, isFiat: isFiat)
        #expect(report.disposal(at: 0).denied == (try amount(denied)))
    }

    @Test(arguments: [("2021-05-16", "40"), ("2021-05-15", "0")])
    func `coins bought in the 30 days before count while some are held after`(
        day: String,
        denied: String
    ) throws {
        var history = History()
        try history.buy("2021-01-01", "100 btc@1", for: "1000 usd")
        try history.buy(day, "40 btc@1", for: "400 usd")
        try history.sell("2021-06-15", "100 btc@1", for: "900 usd")
        let report = LotBook(history.book, settings: canadian, isFiat: isFiat)
        #expect(report.disposal(at: 0).denied == (try amount(denied)))
        #expect(try report.pool(.btc) == "40 \(denied == "40" ? "440" : "400")")
    }

    @Test
    func `the average moves on with what was denied`() throws {
        var history = History()
        try history.buy("2021-01-01", "2 btc@1", for: "200 usd")
        try history.sell("2021-06-15", "1 btc@1", for: "60 usd")
        try history.buy("2021-06-20", "1 btc@1", for: "70 usd")
        try history.sell("2021-12-01", "2 btc@1", for: "300 usd")
        let report = LotBook(history.book, settings: canadian, isFiat: isFiat)
        #expect(report.allDisposals.map { "\($0.cost) \($0.denied) \($0.gain)" } == ["100 40 0", "210 0 90"])
    }
}

@Suite("Named lots")
private struct NamedLotTests {
    private func history() throws -> History {
        var history = History()
        try history.buy("2021-01-01", "1 btc@1", for: "100 usd")
        try history.buy("2021-02-01", "1 btc@1", for: "200 usd")
        try history.buy("2021-03-01", "1 btc@2", for: "300 usd")
        return history
    }

    private func book(_ history: History, scope: LotScope = .universal, _ names: [Int64: [Int64]]) -> LotBook
    {
        var named: NamedLots = [:]
        for (entry, lots) in names { named[EntryID(raw: entry)] = lots.map { EntryID(raw: $0) } }
        let settings = LotSettings(method: .specific, scope: scope)
        return LotBook(history.book, settings: settings, named: named, isFiat: isFiat)
    }

    @Test
    func `a disposal takes the lots it names, in that order`() throws {
        var history = try history()
        try history.sell("2021-04-01", "1.5 btc@1", for: "900 usd")
        let report = book(history, [4: [3, 2]])
        #expect(report.matches == [["3.in named 1 300", "2.in named 0.5 100"]])
        #expect(report.codes.isEmpty)
    }

    /// IRS, Frequently Asked Questions on Virtual Currency Transactions, answers 39 to 41.
    @Test
    func `without a name the units acquired first are sold first`() throws {
        var history = try history()
        try history.sell("2021-04-01", "1.5 btc@1", for: "900 usd")
        let report = book(history, [:])
        #expect(report.matches == [["1.in order 1 100", "2.in order 0.5 100"]])
        #expect(report.codes.isEmpty)
    }

    @Test
    func `what the names do not cover goes by age and is reported`() throws {
        var history = try history()
        try history.sell("2021-04-01", "1.5 btc@1", for: "900 usd")
        try history.sell("2021-05-01", "1 btc@1", for: "900 usd")
        let report = book(history, [4: [2], 5: [2]])
        #expect(
            report.matches == [
                ["2.in named 1 200", "1.in order 0.5 50"], ["1.in order 0.5 50", "3.in order 0.5 150"],
            ]
        )
        #expect(report.codes == ["4 unknown_lot 0.5", "5 unknown_lot 1", "5 overdrawn 0.5"])
    }

    @Test
    func `a name that fits nothing, a later lot and no name at all`() throws {
        var history = try history()
        try history.sell("2021-04-01", "0.5 btc@1", for: "900 usd")
        try history.buy("2021-05-01", "1 btc@1", for: "500 usd")
        try history.sell("2021-06-01", "0.5 btc@1", for: "900 usd")
        try history.sell("2021-07-01", "0.25 btc@1", for: "900 usd")
        let report = book(history, [4: [5], 6: []])
        #expect(report.matches == [["1.in order 0.5 50"], ["1.in order 0.5 50"], ["2.in order 0.25 50"]])
        #expect(report.codes == ["4 unknown_lot 0.5", "6 unknown_lot 0.5"])
    }

    @Test
    func `per wallet a transfer names the lots that move, and parts keep their name`() throws {
        var history = try history()
        try history.add("2021-04-01", .transfer, in: "1.5 btc@2", out: "1.5 btc@1")
        try history.sell("2021-05-01", "0.5 btc@2", for: "900 usd")
        try history.sell("2021-06-01", "0.5 btc@1", for: "900 usd")
        let report = book(history, scope: .wallet, [4: [2], 5: [1], 6: [2]])
        #expect(report.matches == [["1.in named 0.5 50"], ["1.in order 0.5 50"]])
        #expect(report.codes == ["6 unknown_lot 0.5"])
        #expect(report.open == ["2.in @2 1 200", "3.in @2 1 300"])
    }
}

@Suite("Changes of scope")
private struct ScopeChangeTests {
    /// Revenue Procedure 2024-28: unused basis of a universal pool is allocated to the wallets on 1 January 2025.
    private func history() throws -> History {
        var history = History()
        try history.buy("2021-01-01", "2 btc@1", for: "200 usd")
        try history.buy("2022-01-01", "2 btc@1", for: "800 usd")
        try history.buy("2023-01-01", "2 btc@2", for: "600 usd")
        try history.add("2024-01-01", .transfer, in: "3 btc@3", out: "3 btc@1")
        try history.sell("2025-06-01", "1 btc@1", for: "1000 usd")
        return history
    }

    private static let boundary = ScopeChange(from: Day(number: 20_089), scope: .wallet)

    @Test(arguments: [
        (LotAllocation.acquired, "1.in @1 1 100", ["1.in @3 1 100", "2.in @3 2 800", "3.in @2 2 600"]),
        (
            .oldestFirst, "1.in @1 1 100",
            ["1.in @2 1 100", "2.in @2 1 400", "2.in @3 1 400", "3.in @3 2 600"]
        ),
        (
            .newestFirst, "3.in @1 1 300",
            ["1.in @3 2 200", "2.in @2 1 400", "2.in @3 1 400", "3.in @2 1 300"]
        ),
        (
            .dearestFirst, "2.in @1 1 400",
            ["1.in @3 2 200", "2.in @2 1 400", "3.in @2 1 300", "3.in @3 1 300"]
        ),
        (
            .cheapestFirst, "1.in @1 1 100",
            ["1.in @2 1 100", "2.in @3 2 800", "3.in @2 1 300", "3.in @3 1 300"]
        ),
    ])
    func `the safe harbour allocates lots to what each wallet holds`(
        allocation: LotAllocation,
        sold: String,
        open: [String]
    ) throws {
        let settings = LotSettings(scopeChanges: [Self.boundary], allocation: allocation)
        let report = LotBook(try history().book, settings: settings, isFiat: isFiat)
        let use = report.uses(ofDisposalAt: 0)
        #expect(use.map { "\($0.lot) @1 \($0.quantity) \($0.cost)" } == [sold])
        #expect(report.open.sorted() == open.sorted())
        #expect(report.finalScope == .wallet)
    }

    @Test
    func `the boundary itself is the first day of the new scope`() throws {
        #expect(Day(number: 20_089) == Day(year: 2025, month: 1, day: 1))
        var history = History()
        try history.buy("2021-01-01", "1 btc@1", for: "100 usd")
        try history.buy("2022-01-01", "2 btc@2", for: "800 usd")
        try history.sell("2024-12-31T23:59:59Z", "1 btc@2", for: "500 usd")
        try history.sell("2025-01-01", "1 btc@2", for: "500 usd")
        let settings = LotSettings(scopeChanges: [Self.boundary])
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        #expect(report.matches == [["1.in order 1 100"], ["2.in order 1 400"]])
    }

    @Test
    func `lots are allocated though no entry follows the boundary`() throws {
        var history = History()
        try history.buy("2023-01-01", "1 btc@1", for: "100 usd")
        try history.buy("2023-01-02", "1 btc@2", for: "300 usd")
        let settings = LotSettings(scopeChanges: [Self.boundary], allocation: .dearestFirst)
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        #expect(report.open == ["1.in @2 1 100", "2.in @1 1 300"])
        #expect(report.finalScope == .wallet)
    }

    @Test
    func `coins in transit stay there, and what an overdrawn account lacks keeps its own place`() throws {
        var history = History()
        try history.buy("2021-01-01", "4 btc@1", for: "400 usd")
        try history.add("2021-02-01", .withdrawal, out: "1 btc@1")
        try history.sell("2021-03-01", "1 btc@2", for: "100 usd")
        try history.sell("2025-03-01", "3 btc@1", for: "900 usd")
        let settings = LotSettings(scopeChanges: [Self.boundary])
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        #expect(report.codes == ["3 overdrawn 1", "4 missing_acquisition 1"])
        #expect(report.open == ["1.in transit 1 100"])
    }

    @Test
    func `wallets join into one pool`() throws {
        var history = History()
        try history.buy("2021-01-01", "1 btc@1", for: "100 usd")
        try history.buy("2022-01-01", "1 btc@2", for: "800 usd")
        try history.sell("2025-03-01", "1 btc@2", for: "900 usd")
        let change = ScopeChange(from: Day(number: 20_089), scope: .universal)
        let settings = LotSettings(scope: .wallet, scopeChanges: [change])
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        #expect(report.matches == [["1.in order 1 100"]])
    }
}

@Suite("Choices")
private struct ChoiceTests {
    @Test
    func `what is held beyond a period is exempt`() throws {
        var history = History()
        try history.buy("2021-01-01", "1 btc@1", for: "100 usd")
        try history.buy("2021-12-01", "1 btc@1", for: "100 usd")
        try history.sell("2022-01-02", "2 btc@1", for: "600 usd")
        // Section 23 EStG (Germany): no tax after a year.
        let settings = LotSettings(exemptAfter: .years(1))
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        let year = report.years[0]
        #expect("\(year.gain) \(year.shortGain) \(year.longGain) \(year.exemptGain)" == "400 200 0 200")
        #expect(report.uses(ofDisposalAt: 0).map(\.isExempt) == [true, false])
    }

    @Test
    func `thefts count as losses where that is wished`() throws {
        var history = History()
        try history.buy("2021-01-01", "1 btc@1", for: "100 usd")
        try history.add("2021-06-01", .stolen, out: "0.5 btc@1", value: "300 usd")
        let settings = LotSettings(losses: .atZero)
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        #expect(report.lines == ["2.out 0.5 0 50 short"])
        #expect(try report.gains == ["-50"])
    }

    @Test
    func `proceeds and cost are rounded for each disposal and sums follow`() throws {
        var history = History()
        try history.buy("2021-01-01", "3 btc@1", for: "100 usd")
        try history.sell("2021-06-01", "1 btc@1", for: "40.555 usd")
        try history.sell("2021-07-01", "1 btc@1", for: "40.545 usd")
        let settings = LotSettings(roundedDecimals: 2)
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        #expect(report.lines == ["2.out 1 40.56 33.33 short", "3.out 1 40.54 33.33 short"])
        #expect(report.years.map(\.gain) == [try amount("14.44")])
        // The lots keep every unit.
        #expect(try report.openLots()[0].remainingCost == amount("33.333333333333333333"))
    }
}
