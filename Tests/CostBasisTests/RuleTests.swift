import CostBasis
import Ledger
import Money
import Testing
import Time

@Suite("Rules of trades")
private struct TradeTests {
    @Test
    func `the example of the design: a fee goes into the cost`() throws {
        var history = History()
        for number in 1...16 {
            try history.add("2022-01-\(number < 10 ? "0" : "")\(number)", .deposit, in: "1 eur@1")
        }
        try history.add(
            "2022-03-25T06:45:27Z",
            .trade,
            in: "0.00166779 btc@1",
            out: "67.01 eur",
            fee: "2.99 eur",
            value: "67.01 eur"
        )
        let report = LotBook(history.book, settings: LotSettings(currency: .eur), isFiat: isFiat)
        let lot = report.lot(at: 0)
        #expect(report.lotCount == 1)
        #expect(lot.id.description == "17.in")
        #expect(lot.cost == (try amount("70")))
        #expect(lot.unitCost == (try amount("41971.711066741016554842")))
        #expect(lot.acquired == (try Timestamp.parse("2022-03-25T06:45:27Z")))
        #expect(lot.account == AccountID(raw: 1))
        #expect(report.problems.isEmpty)
    }

    @Test
    func `the oldest lots go first and a fee lessens the proceeds`() throws {
        var history = History()
        try history.add("2023-01-01", .trade, in: "1 btc@1", out: "100 usd", fee: "1 usd")
        try history.add("2023-02-01", .trade, in: "1 btc@1", out: "200 usd")
        try history.add("2024-01-15", .trade, in: "600 usd", out: "1.5 btc@1", fee: "3 usd")
        let report = LotBook(history.book, isFiat: isFiat)
        #expect(report.lines == ["3.out 1.5 597 201 mixed"])
        #expect(report.open == ["2.in @1 0.5 100"])
        let uses = report.uses(ofDisposalAt: 0)
        #expect(uses.map(\.lot.description) == ["1.in", "2.in"])
        #expect(uses.map(\.proceeds) == [try amount("398"), try amount("199")])
        #expect(uses.map(\.term) == [.long, .short])
        #expect(report.disposal(at: 0).fee == (try amount("3")))
        #expect(report.years.map(\.year) == [2024])
        #expect(report.years[0].gain == (try amount("396")))
        #expect(report.years[0].longGain == (try amount("297")))
        #expect(report.years[0].shortGain == (try amount("99")))
    }

    /// Revenue Ruling 66-7 and IRS Topic 409: the holding period runs from the day after the acquisition through the day of the disposal.
    @Test(arguments: [
        ("2023-03-02T23:59:59Z", "2024-03-02T00:00:00Z", HoldingPeriod.years(1), Term.short),
        ("2023-03-02T23:59:59Z", "2024-03-03T00:00:00Z", .years(1), .long),
        ("2024-02-29T12:00:00Z", "2025-02-28T12:00:00Z", .years(1), .short),
        ("2024-02-29T12:00:00Z", "2025-03-01T12:00:00Z", .years(1), .long),
        ("2023-02-28T12:00:00Z", "2024-02-28T12:00:00Z", .years(1), .short),
        ("2023-02-28T12:00:00Z", "2024-02-29T12:00:00Z", .years(1), .short),
        ("2023-02-28T12:00:00Z", "2024-03-01T12:00:00Z", .years(1), .long),
        ("2024-02-28T12:00:00Z", "2025-02-28T12:00:00Z", .years(1), .short),
        ("2024-02-28T12:00:00Z", "2025-03-01T12:00:00Z", .years(1), .long),
        ("2023-03-01T12:00:00Z", "2024-02-29T12:00:00Z", .years(1), .short),
        // 365 days from 2023-03-02 end on 2024-03-01, for the 29th of February lies between.
        ("2023-03-02T23:59:59Z", "2024-03-01T23:59:59Z", .days(365), .short),
        ("2023-03-02T23:59:59Z", "2024-03-02T00:00:00Z", .days(365), .long),
    ])
    func `long-term means held for longer than the threshold`(
        acquired: String,
        disposed: String,
        threshold: HoldingPeriod,
        term: Term
    ) throws {
        var history = History()
        try history.add(acquired, .trade, in: "1 btc@1", out: "100 usd")
        try history.add(disposed, .trade, in: "110 usd", out: "1 btc@1")
        let report = LotBook(history.book, settings: LotSettings(longTerm: threshold), isFiat: isFiat)
        #expect(report.disposal(at: 0).term == term)
        #expect(report.uses(ofDisposalAt: 0).map(\.term) == [term])
    }

    @Test
    func `coin to coin is a disposal and an acquisition at one value, the fee on the disposal's side`() throws
    {
        var history = History()
        try history.add("2023-01-01", .trade, in: "1 btc@1", out: "20000 usd")
        try history.add("2023-02-01", .trade, in: "10 eth@1", out: "0.5 btc@1", fee: "0.1 eth@1")
        let report = LotBook(history.book, valuer: try PriceList([.btc: "24000"]), isFiat: isFiat)
        // The fee is worth 12000 × 0.1 ÷ 10 = 120; it is paid from the lot just received, which cost 12000.
        #expect(report.lines == ["2.out 0.5 11880 10000 short", "2.fee 0.1 120 120 short"])
        #expect(report.open == ["1.in @1 0.5 10000", "2.in @1 9.9 11880"])
        #expect(report.allDisposals.map(\.origin) == [.priceOfOutgoing, .impliedByTrade])
    }

    @Test
    func `a fee in a third coin is a disposal of it and a cost of the acquisition`() throws {
        var history = History()
        try history.add("2023-01-01", .trade, in: "10 bnb@1", out: "2000 usd")
        try history.add("2023-02-01", .trade, in: "1 btc@1", out: "20000 usd", fee: "0.1 bnb@1")
        let report = LotBook(history.book, valuer: try PriceList([bnb: "300"]), isFiat: isFiat)
        #expect(report.lines == ["2.fee 0.1 30 20 short"])
        #expect(report.open == ["1.in @1 9.9 1980", "2.in @1 1 20030"])
    }

    @Test
    func
        `the value is the stated one, else the fiat leg, else a price of what went out, else of what came in`()
        throws
    {
        let prices = try PriceList([.eur: "1.1", .btc: "100", .eth: "7"])
        func origin(_ out: String, _ value: String?) throws -> (ValueOrigin, Amount) {
            var history = History()
            try history.add("2023-02-01", .trade, in: "10 eth@1", out: out, value: value)
            let report = LotBook(history.book, valuer: prices, isFiat: isFiat)
            return (
                report.disposalCount > 0 ? report.disposal(at: 0).origin : .fiatLeg, report.lot(at: 0).cost
            )
        }
        #expect(try origin("2 btc@1", "150 usd") == (.stated, amount("150")))
        #expect(try origin("2 btc@1", "150 eur") == (.stated, amount("165")))
        #expect(try origin("150 usd", "200 eur") == (.fiatLeg, amount("150")))
        #expect(try origin("150 eur", nil) == (.fiatLeg, amount("165")))
        #expect(try origin("2 btc@1", nil) == (.priceOfOutgoing, amount("200")))
        #expect(try origin("2 doge@1", nil) == (.priceOfIncoming, amount("70")))
        #expect(try origin("2 doge@1", "9 bnb") == (.priceOfIncoming, amount("70")))
    }

    @Test
    func `a missing price is reported by entry and asset and flagged, never silent`() throws {
        var history = History()
        try history.add("2023-02-01", .trade, in: "10 doge@1", out: "2 bnb@1")
        let report = LotBook(history.book, isFiat: isFiat)
        #expect(report.codes == ["1 missing_price 2", "1 missing_acquisition 2", "1 overdrawn 2"])
        #expect(report.problems[0].asset == bnb)
        #expect(report.disposal(at: 0).lacksPrice)
        #expect(report.disposal(at: 0).origin == .missing)
        #expect(report.lot(at: 0).lacksPrice)
        #expect(
            report.problems[0].message { $0 == bnb ? "BNB" : "?" }
                == "Entry 1 at 2023-02-01T00:00:00Z states no value for 2 BNB and no price is known by then, so "
                + "its value counts as zero: import prices of BNB or state a value."
        )
    }

    @Test
    func `a stale price is used and marked`() throws {
        var history = History()
        try history.add("2023-02-01", .trade, in: "10 eth@1", out: "2 btc@1")
        let report = LotBook(history.book, valuer: try PriceList([.btc: "5"], isStale: true), isFiat: isFiat)
        #expect(report.disposal(at: 0).isStale)
        #expect(report.lot(at: 0).isStale)
        #expect(!report.lot(at: 0).lacksPrice)
    }

    @Test
    func `money for money makes no lot, but a fee in coins is a disposal`() throws {
        var history = History()
        try history.add("2023-01-01", .trade, in: "1 bnb@1", out: "200 usd")
        try history.add("2023-02-01", .trade, in: "100 eur@1", out: "110 usd@1", fee: "0.1 bnb@1")
        let report = LotBook(history.book, valuer: try PriceList([bnb: "300"]), isFiat: isFiat)
        #expect(report.lines == ["2.fee 0.1 30 20 short"])
        #expect(report.lotCount == 1)
        #expect(report.problems.isEmpty)
    }

    @Test
    func `zero quantities do nothing and are no error`() throws {
        var history = History()
        try history.add("2023-01-01", .trade, in: "1 btc@1", out: "0 usd")
        try history.add("2023-01-02", .trade, in: "0 btc@1", out: "5 usd")
        try history.add("2023-01-03", .trade, in: "0 usd", out: "0 btc@1", fee: "0 bnb@1")
        try history.add("2023-01-04", .staking, in: "0 eth@1")
        try history.add("2023-01-05", .transfer, in: "0 btc@2", out: "0 btc@1")
        let report = LotBook(history.book, isFiat: isFiat)
        #expect(report.open == ["1.in @1 1 0"])
        #expect(report.disposalCount == 0)
        #expect(report.incomeCount == 0)
        #expect(report.problems.isEmpty)
    }

    @Test
    func `what no lot covers has no cost and is reported, and an account below zero once`() throws {
        var history = History()
        try history.add("2023-01-01", .trade, in: "1 btc@1", out: "100 usd")
        try history.add("2023-01-02", .trade, in: "300 usd", out: "3 btc@1")
        try history.add("2023-01-03", .trade, in: "100 usd", out: "1 btc@1")
        let report = LotBook(history.book, isFiat: isFiat)
        #expect(report.lines == ["2.out 3 300 100 short", "3.out 1 100 0 short"])
        #expect(report.codes == ["2 missing_acquisition 2", "2 overdrawn 2", "3 missing_acquisition 1"])
        #expect(report.uncovered(ofDisposalAt: 0) == (try amount("2")))
        #expect(report.uses(ofDisposalAt: 0).map(\.proceeds) == [try amount("100")])
    }

    @Test
    func `a report in a coin takes that coin's legs at face value`() throws {
        var history = History()
        try history.add("2023-01-01", .income, in: "1 btc@1")
        try history.add("2023-01-02", .trade, in: "20 eth@1", out: "1 btc@1")
        let report = LotBook(history.book, settings: LotSettings(currency: .btc), isFiat: isFiat)
        #expect(report.lines == ["2.out 1 1 1 short"])
        #expect(report.open == ["2.in @1 20 1"])
        #expect(report.problems.isEmpty)
    }
}

@Suite("Rules of income, gifts and spending")
private struct EventTests {
    @Test
    func `income is acquired at its value on receipt and a fee goes into the cost alone`() throws {
        var history = History()
        try history.add("2023-01-01", .staking, in: "2 eth@1", fee: "0.5 eth@1")
        try history.add("2023-01-02", .interest, in: "10 eur@1")
        try history.add("2023-01-03", .airdrop, in: "1 doge@1", value: "7 usd")
        try history.add("2023-01-04", .giftIn, in: "1 btc@1", value: "500 usd")
        try history.add("2023-01-05", .airdropNontaxable, in: "3 bnb@1", value: "900 usd")
        let prices = try PriceList([.eth: "1000", .eur: "1.1"])
        let report = LotBook(history.book, valuer: prices, isFiat: isFiat)
        #expect(
            report.allIncome.map { "\($0.kind.name) \($0.quantity) \($0.value)" } == [
                "staking 2 2000", "interest 10 11", "airdrop 1 7",
            ]
        )
        #expect(report.lines == ["1.fee 0.5 500 625 short"])
        #expect(report.open == ["1.in @1 1.5 1875", "3.in @1 1 7", "4.in @1 1 500", "5.in @1 3 0"])
        #expect(report.problems.isEmpty)
    }

    @Test
    func `gifts, losses and thefts go at cost, spending at its value`() throws {
        var history = History()
        try history.add("2022-01-01", .trade, in: "10 eth@1", out: "1000 usd")
        try history.add("2023-01-02", .giftOut, out: "1 eth@1", fee: "0.1 eth@1")
        try history.add("2023-01-03", .stolen, out: "2 eth@1")
        try history.add("2023-01-04", .spend, out: "1 eth@1", fee: "5 usd@1", value: "150 usd")
        try history.add("2023-01-05", .fee, fee: "0.5 eth@1")
        try history.add("2023-01-06", .borrowingFee, out: "0.5 eth@1")
        let report = LotBook(history.book, valuer: try PriceList([.eth: "200"]), isFiat: isFiat)
        #expect(
            report.lines == [
                "2.out 1 100 100 long", "2.fee 0.1 20 10 long", "3.out 2 200 200 long",
                "4.out 1 145 100 long",
                "5.fee 0.5 100 50 long", "6.out 0.5 100 50 long",
            ]
        )
        #expect(report.allDisposals.map(\.isTaxable) == [false, true, false, true, true, true])
        #expect(report.years[0].gain == (try amount("155")))
        #expect(report.years[0].proceeds == (try amount("365")))
    }

    @Test(arguments: [LotMethod.fifo, .lifo, .hifo, .average, .s104, .specific])
    func `a fork takes over the part of a cost that it states in the coin it comes from`(
        method: LotMethod
    ) throws {
        var history = History()
        try history.buy("2024-01-01", "1 btc@1", for: "100 usd")
        try history.buy("2024-02-01", "3 btc@1", for: "500 usd")
        try history.add("2024-03-01", .fork, in: "4 doge@1", value: "0.4 btc")
        try history.sell("2024-04-15", "4 doge@1", for: "90 usd")
        try history.sell("2024-04-15", "4 btc@1", for: "900 usd")
        let report = LotBook(history.book, settings: LotSettings(method: method), isFiat: isFiat)
        // A tenth of the coins is a tenth of the cost.
        #expect(report.lines == ["4.out 4 90 60 short", "5.out 4 900 540 short"])
        #expect(report.codes.isEmpty)
    }

    @Test
    func `a fork of coins that are not there is named`() throws {
        var history = History()
        try history.buy("2024-01-01", "1 btc@1", for: "100 usd")
        try history.add("2024-03-01", .fork, in: "4 doge@1", value: "3 btc")
        let report = LotBook(history.book, isFiat: isFiat)
        #expect(report.codes == ["2 missing_acquisition 2"])
        #expect(report.open == ["1.in @1 1 0", "2.in @1 4 100"])
    }

    @Test
    func `a fork costs nothing and a migration carries date, cost and id`() throws {
        var history = History()
        try history.add("2022-01-01", .trade, in: "1 btc@1", out: "100 usd")
        try history.add("2022-02-01", .trade, in: "2 btc@1", out: "500 usd")
        try history.add("2023-01-02", .fork, in: "1 bnb@1")
        try history.add("2023-01-03", .migration, in: "1000 doge@1", out: "2 btc@1")
        let report = LotBook(history.book, isFiat: isFiat)
        #expect(report.open == ["1.in @1 500 100", "2.in @1 1 250", "2.in @1 500 250", "3.in @1 1 0"])
        #expect(report.disposalCount == 0)
        #expect(report.positions().map { "\($0.quantity) \($0.cost)" } == ["1 250", "1000 350", "1 0"])
    }

    @Test
    func `shares of a migration that round to nothing hand their cost on`() throws {
        var history = History()
        for number in 1...5 {
            try history.add("2022-01-0\(number)", .trade, in: "1 doge@1", out: "1 usd")
        }
        try history.add("2023-01-03", .migration, in: "0.000000000000000002 btc@1", out: "5 doge@1")
        let report = LotBook(history.book, isFiat: isFiat)
        let sum = try report.openLots().reduce(Amount.zero) { try $0.adding($1.remainingCost) }
        #expect(sum == (try amount("5")))
        #expect(report.positions().map(\.quantity.raw) == [2])
    }
}

@Suite("Rules of transfers")
private struct TransferTests {
    private func history() throws -> History {
        var history = History()
        try history.add("2022-01-01", .trade, in: "1 btc@1", out: "100 usd")
        try history.add("2022-02-01", .trade, in: "1 btc@2", out: "300 usd")
        try history.add("2023-01-02", .transfer, in: "0.5 btc@2", out: "0.5 btc@1", fee: "0.1 btc@1")
        try history.add("2023-02-02", .trade, in: "400 usd", out: "1 btc@2")
        return history
    }

    @Test
    func `per wallet the lots move with date, cost and id, and the oldest there go first`() throws {
        let report = LotBook(
            try history().book,
            settings: LotSettings(scope: .wallet),
            valuer: try PriceList([.btc: "500"]),
            isFiat: isFiat
        )
        #expect(report.lines == ["3.fee 0.1 50 10 long", "4.out 1 400 200 long"])
        #expect(report.open == ["1.in @1 0.4 40", "2.in @2 0.5 150"])
        #expect(report.uses(ofDisposalAt: 1).map(\.lot.description) == ["1.in", "2.in"])
        #expect(report.problems.isEmpty)
    }

    @Test
    func `in the universal scope a transfer leaves lots as they are but for the fee`() throws {
        let report = LotBook(try history().book, valuer: try PriceList([.btc: "500"]), isFiat: isFiat)
        #expect(report.lines == ["3.fee 0.1 50 10 long", "4.out 1 400 120 long"].map { $0 })
        #expect(report.open == ["2.in @2 0.9 270"])
    }

    @Test
    func `a network fee added to the cost makes no gain and loses no cost`() throws {
        for scope in LotScope.allCases {
            let settings = LotSettings(scope: scope, transferFees: .addedToCost)
            let report = LotBook(try history().book, settings: settings, isFiat: isFiat)
            #expect(report.problems.isEmpty)
            #expect(report.disposal(at: 0).treatment == .addedToCost)
            #expect(report.disposal(at: 0).gain.isZero)
            let remaining = try report.openLots().reduce(Amount.zero) { try $0.adding($1.remainingCost) }
            #expect(try remaining.adding(report.disposal(at: 1).cost) == (try amount("400")))
            // Per wallet the moved half has its own 50 and the fee's 10.
            if scope == .wallet { #expect(report.lines[1] == "4.out 1 400 210 long") }
        }
    }

    @Test
    func `what leaves and does not arrive is a network fee`() throws {
        var history = History()
        try history.add("2022-01-01", .trade, in: "1 btc@1", out: "100 usd")
        try history.add("2023-01-02", .transfer, in: "0.9 btc@2", out: "1 btc@1")
        for scope in LotScope.allCases {
            let report = LotBook(
                history.book,
                settings: LotSettings(scope: scope),
                valuer: try PriceList([.btc: "500"]),
                isFiat: isFiat
            )
            #expect(report.lines == ["2.out 0.1 50 10 long"])
            #expect(report.positions().map(\.cost) == [try amount("90")])
        }
    }

    @Test(arguments: LotScope.allCases)
    func `a withdrawal is in transit until a deposit takes it`(scope: LotScope) throws {
        var history = History()
        try history.add("2022-01-01", .trade, in: "1 btc@1", out: "100 usd")
        try history.add("2022-02-01", .trade, in: "1 btc@1", out: "300 usd")
        try history.add("2022-03-01", .withdrawal, out: "1.5 btc@1")
        try history.add("2022-03-02", .trade, in: "400 usd", out: "0.25 btc@1")
        try history.add("2022-03-03", .deposit, in: "1.2 btc@2")
        try history.add("2022-03-04", .trade, in: "400 usd", out: "1.1 btc@2")
        let report = LotBook(history.book, settings: LotSettings(scope: scope), isFiat: isFiat)
        #expect(report.problems.isEmpty)
        #expect(report.lines[0] == "4.out 0.25 400 75 short")
        if scope == .wallet {
            #expect(report.lines[1] == "6.out 1.1 400 130 short")
            #expect(report.open == ["2.in @1 0.25 75", "2.in transit 0.3 90", "2.in @2 0.1 30"])
        }
    }

    @Test
    func `a deposit that nothing left for is a reported lot of no cost`() throws {
        var history = History()
        try history.add("2022-01-01", .trade, in: "1 btc@1", out: "100 usd")
        try history.add("2022-03-01", .withdrawal, out: "0.5 btc@1")
        try history.add("2022-03-03", .deposit, in: "0.75 btc@2")
        let report = LotBook(history.book, isFiat: isFiat)
        #expect(report.codes == ["3 missing_acquisition 0.25"])
        #expect(report.open == ["1.in @1 0.5 50", "1.in @2 0.5 50", "3.in @2 0.25 0"])
        #expect(report.openLots()[2].isAssumed)
        #expect(report.openLots()[2].acquired == (try Timestamp.parse("2022-03-03")))
    }

    @Test
    func `collateral is kept apart from transit`() throws {
        var history = History()
        try history.add("2022-01-01", .trade, in: "2 btc@1", out: "100 usd")
        try history.add("2022-03-01", .collateralAdded, out: "0.5 btc@1")
        try history.add("2022-03-02", .withdrawal, out: "0.5 btc@1")
        try history.add("2022-03-03", .collateralRemoved, in: "0.25 btc@1")
        let report = LotBook(history.book, isFiat: isFiat)
        #expect(report.problems.isEmpty)
        #expect(
            Set(report.open) == [
                "1.in @1 1 50", "1.in collateral 0.25 12.5", "1.in transit 0.5 25", "1.in @1 0.25 12.5",
            ]
        )
    }

    @Test
    func `per wallet a sale cannot reach another account's lots`() throws {
        var history = History()
        try history.add("2022-01-01", .trade, in: "2 btc@1", out: "100 usd")
        try history.add("2022-03-01", .trade, in: "70 usd", out: "1 btc@2")
        let wallet = LotBook(history.book, settings: LotSettings(scope: .wallet), isFiat: isFiat)
        #expect(wallet.codes == ["2 missing_acquisition 1", "2 overdrawn 1"])
        let universal = LotBook(history.book, isFiat: isFiat)
        #expect(universal.codes == ["2 overdrawn 1"])
        #expect(universal.lines == ["2.out 1 70 50 short"])
    }
}
