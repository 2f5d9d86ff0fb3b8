import CostBasis
import Ledger
import Money
import Testing
import Time

private let british = LotSettings(method: .s104, currency: .gbp)

/// HMRC's Cryptoassets Manual, CRYPTO22251 to CRYPTO22257: the numbers are those of the manual before it rounds to pounds.
@Suite("Section 104: HMRC's examples")
private struct HMRCExampleTests {
    @Test
    func `22251: a pool of two purchases`() throws {
        var history = History()
        try history.buy("2018-01-10", "100 btc@1", for: "1000 gbp")
        try history.buy("2019-01-10", "50 btc@1", for: "125000 gbp")
        try history.sell("2022-01-10", "50 btc@1", for: "300000 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        #expect(try report.gains == ["258000"])
        #expect(try report.pool(.btc) == "100 84000")
    }

    @Test
    func `22252: the same day, and what is left goes into the pool`() throws {
        var history = History()
        try history.buy("2019-01-10", "5000 btc@1", for: "500 gbp")
        try history.sell("2020-06-23T08:00:00Z", "1000 btc@1", for: "800 gbp")
        try history.buy("2020-06-23T14:00:00Z", "1600 btc@1", for: "1000 gbp")
        try history.sell("2020-06-23T20:00:00Z", "500 btc@1", for: "600 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        #expect(report.matches == [["3.in same_day 1000 625"], ["3.in same_day 500 312.5"]])
        // £1,400 less £937.50.
        #expect(try report.gains == ["175", "287.5"])
        #expect(report.years[0].gain == (try amount("462.5")))
        #expect(try report.pool(.btc) == "5100 562.5")
    }

    @Test
    func `22253: thirty days, the earlier acquisition and the earlier disposal first`() throws {
        var history = History()
        try history.buy("2019-01-10", "2000 btc@1", for: "1000 gbp")
        try history.sell("2020-03-31", "1000 btc@1", for: "400 gbp")
        try history.sell("2020-04-20", "500 btc@1", for: "150 gbp")
        try history.buy("2020-04-21", "700 btc@1", for: "175 gbp")
        try history.buy("2020-04-28", "500 btc@1", for: "100 gbp")
        try history.buy("2020-05-01", "500 btc@1", for: "150 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        #expect(
            report.matches == [
                ["4.in thirty_days 700 175", "5.in thirty_days 300 60"],
                ["5.in thirty_days 200 40", "6.in thirty_days 300 90"],
            ]
        )
        #expect(try report.gains == ["165", "20"])
        #expect(try report.pool(.btc) == "2200 1060")
    }

    @Test
    func `22254: the same day before the pool`() throws {
        var history = History()
        try history.buy("2019-01-10", "8000 btc@1", for: "1000 gbp")
        try history.sell("2020-01-31T01:00:00Z", "5000 btc@1", for: "500 gbp")
        try history.buy("2020-01-31T02:00:00Z", "4000 btc@1", for: "320 gbp")
        try history.buy("2020-01-31T03:00:00Z", "1000 btc@1", for: "75 gbp")
        try history.buy("2020-01-31T04:00:00Z", "1000 btc@1", for: "70 gbp")
        try history.sell("2020-01-31T05:00:00Z", "2000 btc@1", for: "142 gbp")
        try history.buy("2020-01-31T06:00:00Z", "500 btc@1", for: "35 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        #expect(report.years[0].gain == (try amount("79.5")))
        #expect(try report.pool(.btc) == "7500 937.5")
        #expect(report.matches[0].map { $0.split(separator: " ")[1] } == ["same_day", "pool"])
        #expect(report.matches[1].map { $0.split(separator: " ")[1] } == ["same_day", "pool"])
        // 6,500 of 7,000 are from the same day, of each disposal alike.
        #expect(try report.uses(ofDisposalAt: 0)[1].quantity.rounded(toDecimals: 6) == amount("357.142857"))
    }

    @Test
    func `22255: thirty days before the pool`() throws {
        var history = History()
        try history.buy("2019-01-10", "14000 btc@1", for: "200000 gbp")
        try history.sell("2020-08-30", "4000 btc@1", for: "160000 gbp")
        try history.buy("2020-09-11", "500 btc@1", for: "17500 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        #expect(report.matches == [["3.in thirty_days 500 17500", "1.in pool 3500 50000"]])
        #expect(try report.gains == ["92500"])
        #expect(try report.pool(.btc) == "10500 150000")
    }

    @Test
    func `22256: all three rules`() throws {
        var history = History()
        try history.buy("2019-01-10", "100000 btc@1", for: "300000 gbp")
        try history.buy("2020-07-31T09:00:00Z", "10000 btc@1", for: "45000 gbp")
        try history.sell("2020-07-31T10:00:00Z", "30000 btc@1", for: "150000 gbp")
        try history.sell("2020-08-05", "20000 btc@1", for: "100000 gbp")
        try history.buy("2020-08-06", "50000 btc@1", for: "225000 gbp")
        try history.sell("2020-08-07", "100000 btc@1", for: "150000 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        #expect(try report.gains == ["15000", "10000", "-163636.36"])
        #expect(try report.pool(.btc) == "10000 31363.64")
    }

    /// The manual values the two sides of some trades apart, so each side is an entry of its own here.
    @Test
    func `22257: tokens for tokens, two pools at once`() throws {
        var history = History()
        try history.buy("2019-01-10", "100000 btc@1", for: "300000 gbp")
        try history.buy("2020-08-31T01:00:00Z", "10000 eth@1", for: "3200 gbp")
        try history.sell("2020-08-31T01:00:00Z", "1000 btc@1", for: "3200 gbp")
        try history.sell("2020-08-31T02:00:00Z", "5000 eth@1", for: "1700 gbp")
        try history.buy("2020-08-31T02:00:00Z", "600 btc@1", for: "1920 gbp")
        try history.buy("2020-08-31T03:00:00Z", "5000 eth@1", for: "1650 gbp")
        try history.sell("2020-08-31T03:00:00Z", "550 btc@1", for: "1760 gbp")
        try history.sell("2020-09-04T03:00:00Z", "2000 eth@1", for: "560 gbp")
        try history.buy("2020-09-04T03:00:00Z", "180 btc@1", for: "558 gbp")
        try history.buy("2020-09-16T03:00:00Z", "4000 eth@1", for: "1080 gbp")
        try history.sell("2020-09-16T03:00:00Z", "400 btc@1", for: "1080 gbp")
        try history.sell("2020-10-27T03:00:00Z", "12000 eth@1", for: "2400 gbp")
        try history.buy("2020-10-27T03:00:00Z", "900 btc@1", for: "2430 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        var byDay: [String: Amount] = [:]
        for disposal in report.allDisposals {
            let key = "\(disposal.asset == .btc ? "G" : "H") \(disposal.time.day)"
            byDay[key] = try (byDay[key] ?? .zero).adding(disposal.gain)
        }
        let rounded = try byDay.mapValues { try $0.rounded(toDecimals: 2).description }
        #expect(
            rounded == [
                "G 2020-08-31": "172", "H 2020-08-31": "83.33", "H 2020-09-04": "20", "G 2020-09-16": "-120",
                "H 2020-10-27": "-1373.33",
            ]
        )
        // 100,000 − 770 − 400 + 900 tokens; £300,000 − £2,310 − £1,200 + £2,430.
        #expect(try report.pool(.btc) == "99730 298920")
        #expect(try report.pool(.eth) == "empty")
    }
}

/// HMRC's helpsheet HS284 on shares, whose rules hold for tokens too (TCGA 1992 s104(3)).
@Suite("Section 104: HS284")
private struct HS284Tests {
    @Test
    func `bed and breakfast: 500 of 4,000 are bought back within 30 days`() throws {
        var history = History()
        try history.buy("2010-01-10", "9500 btc@1", for: "9500 gbp")
        try history.sell("2014-08-30", "4000 btc@1", for: "6000 gbp")
        try history.buy("2014-09-11", "500 btc@1", for: "850 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        let uses = report.uses(ofDisposalAt: 0)
        #expect(uses.map { "\($0.quantity) \($0.proceeds) \($0.cost)" } == ["500 750 850", "3500 5250 3500"])
    }

    @Test
    func `example 3: a holding of two purchases, dealing costs included, and two sales`() throws {
        var history = History()
        try history.add("2009-04-01", .trade, in: "1000 btc@1", out: "4000 gbp", fee: "150 gbp")
        try history.add("2012-09-01", .trade, in: "500 btc@1", out: "2050 gbp", fee: "80 gbp")
        try history.add("2014-05-01", .trade, in: "3360 gbp", out: "700 btc@1", fee: "100 gbp")
        try history.add("2015-02-05", .trade, in: "2080 gbp", out: "400 btc@1", fee: "105 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        // £329 and £300 in the helpsheet, which leaves the pence out.
        #expect(try report.gains == ["329.33", "300.33"])
        #expect(try report.pool(.btc) == "400 1674.67")
    }
}

@Suite("Section 104: rules")
private struct Section104RuleTests {
    /// TCGA 1992 s106A(5): "within the period of thirty days after the disposal".
    @Test(arguments: [("2020-01-31", "thirty_days"), ("2020-02-01", "pool")])
    func `the thirtieth day counts and the next does not`(day: String, rule: String) throws {
        var history = History()
        try history.buy("2019-01-10", "1 btc@1", for: "100 gbp")
        try history.sell("2020-01-01T23:59:59Z", "1 btc@1", for: "300 gbp")
        try history.buy("\(day)T00:00:00Z", "1 btc@1", for: "200 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        #expect(report.matches[0].map { String($0.split(separator: " ")[1]) } == [rule])
    }

    @Test
    func `what is sold before it is bought is matched, and else reported`() throws {
        var history = History()
        try history.sell("2020-01-01", "3 btc@1", for: "300 gbp")
        try history.buy("2020-01-20", "1 btc@1", for: "90 gbp")
        try history.buy("2020-03-20", "5 btc@1", for: "500 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        #expect(report.matches == [["2.in thirty_days 1 90"]])
        #expect(report.codes == ["1 missing_acquisition 2", "1 overdrawn 3"])
        #expect(try report.pool(.btc) == "5 500")
        #expect(report.years.map(\.gain) == [try amount("210")])
    }

    @Test
    func `days are those of the owner's time zone`() throws {
        var history = History()
        try history.buy("2020-01-01", "1 btc@1", for: "100 gbp")
        // In British summer time both are on 2 June.
        try history.sell("2020-06-01T23:30:00Z", "1 btc@1", for: "300 gbp")
        try history.buy("2020-06-02T01:00:00Z", "1 btc@1", for: "200 gbp")
        let summer: @Sendable (Timestamp) -> Day = { Timestamp(seconds: $0.seconds + 3600).day }
        let here = LotBook(history.book, settings: british, taxDay: summer, isFiat: isFiat)
        #expect(here.matches == [["3.in same_day 1 200"]])
        let utc = LotBook(history.book, settings: british, isFiat: isFiat)
        #expect(utc.matches == [["3.in thirty_days 1 200"]])
    }

    @Test
    func `coins in transit and transfers between accounts touch no pool`() throws {
        var history = History()
        try history.buy("2020-01-01", "10 btc@1", for: "1000 gbp")
        try history.add("2020-01-02", .withdrawal, out: "5 btc@1")
        try history.add("2020-01-03", .deposit, in: "5 btc@2")
        try history.add("2020-01-04", .transfer, in: "2 btc@1", out: "2 btc@2")
        try history.sell("2020-01-05", "1 btc@1", for: "150 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        #expect(try report.gains == ["50"])
        #expect(try report.pool(.btc) == "9 900")
        #expect(report.codes.isEmpty)
    }

    @Test(arguments: [LotMethod.s104, .acb])
    func `coins in a wallet that is not imported stay in the pool of their owner`(method: LotMethod) throws {
        var history = History()
        try history.buy("2020-01-01", "1 btc@1", for: "5000 gbp")
        try history.add("2020-01-02", .withdrawal, out: "1 btc@1")
        try history.buy("2021-01-01", "1 btc@1", for: "30000 gbp")
        try history.sell("2021-06-01", "1 btc@1", for: "35000 gbp")
        try history.add("2022-01-02", .deposit, in: "0.25 btc@1")
        let settings = LotSettings(method: method, currency: .gbp)
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        #expect(report.lines == ["4.out 1 35000 17500 short"] || report.lines == ["4.out 1 35000 17500 long"])
        #expect(report.codes.isEmpty)
        // What is still out there is shown in transit, at its share of the pool.
        #expect(
            report.openLots().map { "\($0.place) \($0.remaining) \($0.remainingCost)" }.sorted() == [
                "held 0.25 4375", "transit 0.75 13125",
            ]
        )
    }

    @Test
    func `what arrives without having left is named, and coins on their way join a person's pool`() throws {
        var history = History()
        try history.buy("2020-01-01", "2 btc@1", for: "1000 gbp")
        try history.add("2020-01-02", .withdrawal, out: "1 btc@1")
        try history.add("2020-03-02", .deposit, in: "3 btc@1")
        try history.add("2020-03-03", .withdrawal, out: "5 btc@1")
        let change = MethodChange(from: Day(number: 18_300), method: .s104)
        let settings = LotSettings(changes: [change], currency: .gbp)
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        #expect(report.codes == ["3 missing_acquisition 2", "4 missing_acquisition 1", "4 overdrawn 1"])
        #expect(try report.pool(.btc) == "5 1000")
    }

    @Test
    func `a gift at market value is a disposal like any other, and one at cost has neither gain nor loss`()
        throws
    {
        var history = History()
        try history.buy("2020-01-01", "10 btc@1", for: "1000 gbp")
        try history.add("2020-02-01", .giftOut, out: "2 btc@1", value: "500 gbp")
        try history.buy("2020-02-10", "1 btc@1", for: "240 gbp")
        var settings = british
        let atCost = LotBook(history.book, settings: settings, isFiat: isFiat)
        #expect(atCost.lines == ["2.out 2 340 340 short"])
        #expect(atCost.years.isEmpty)
        settings.gifts = .atValue
        let atValue = LotBook(history.book, settings: settings, isFiat: isFiat)
        #expect(atValue.lines == ["2.out 2 500 340 short"])
        #expect(atValue.years.map(\.gain) == [try amount("160")])
    }

    /// TCGA 1992 s105(1)(a): all disposals of a day are one, whichever of them comes first.
    @Test(arguments: [true, false])
    func `a gift without a gain and a sale of one day share what the day is matched with`(
        giftFirst: Bool
    ) throws {
        var history = History()
        try history.buy("2023-01-02", "10 btc@1", for: "1000 gbp")
        if giftFirst { try history.add("2023-05-02T09:00:00Z", .donation, out: "1 btc@1", value: "500 gbp") }
        try history.sell("2023-05-02T10:00:00Z", "1 btc@1", for: "500 gbp")
        if !giftFirst { try history.add("2023-05-02T10:30:00Z", .donation, out: "1 btc@1", value: "500 gbp") }
        try history.buy("2023-05-02T11:00:00Z", "1 btc@1", for: "600 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        // Half of £600 and half of £100.
        #expect(report.years.map(\.gain) == [try amount("150")])
    }

    @Test
    func `what the pool lacks is lacking for all disposals of a day alike`() throws {
        var history = History()
        try history.buy("2023-01-02", "10 btc@1", for: "1000 gbp")
        try history.add("2023-01-05T10:00:00Z", .giftOut, out: "10 btc@1", value: "1000 gbp")
        try history.sell("2023-01-05T12:00:00Z", "10 btc@1", for: "2000 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        #expect(report.matches == [["1.in pool 5 500"], ["1.in pool 5 500"]])
        #expect(report.codes == ["2 missing_acquisition 5", "3 missing_acquisition 5", "3 overdrawn 10"])
        #expect(report.years.map(\.gain) == [try amount("1500")])
    }

    @Test
    func `a loss denied after a change from section 104 joins the cost base`() throws {
        var history = History()
        try history.buy("2023-03-01", "20 eth@1", for: "1500 usd")
        try history.sell("2023-03-08", "20 eth@1", for: "1500 usd")
        try history.buy("2023-03-20", "40 eth@1", for: "4000 usd")
        try history.buy("2023-04-17", "10 eth@1", for: "1000 usd")
        try history.sell("2023-04-26", "1 eth@1", for: "10 usd")
        let change = MethodChange(from: Day(number: 19_448), method: .acb)
        let settings = LotSettings(method: .s104, changes: [change])
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        let left = report.openLots().reduce(Int128(0)) { $0 + $1.remainingCost.raw }
        let disposed = report.allDisposals.reduce(Int128(0)) { $0 + $1.cost.raw - $1.denied.raw }
        #expect(report.disposal(at: 1).denied.isPositive)
        #expect(Amount(unchecked: left + disposed) == (try amount("6500")))
    }

    @Test
    func `parts that do not divide evenly leave nothing over`() throws {
        var history = History()
        try history.buy("2023-01-02", "10 btc@1", for: "1000 gbp")
        for hour in 10...16 { try history.sell("2023-05-02T\(hour):00:00Z", "0.1 btc@1", for: "50 gbp") }
        try history.buy("2023-05-02T20:00:00Z", "0.233333333333333333 btc@1", for: "60 gbp")
        try history.buy("2023-05-09T20:00:00Z", "0.133333333333333333 btc@1", for: "50 gbp")
        try history.buy("2023-05-10T20:00:00Z", "0.333333333333333334 btc@1", for: "40 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        #expect(report.codes.isEmpty)
        #expect(report.years.map(\.cost) == [try amount("150")])
        #expect(try report.pool(.btc) == "10 1000")
    }

    @Test
    func `fees of a disposal count in the year though costs come later`() throws {
        var history = History()
        try history.buy("2020-01-01", "10 btc@1", for: "1000 gbp")
        try history.add("2020-12-31", .trade, in: "400 gbp", out: "2 btc@1", fee: "10 gbp")
        try history.buy("2021-01-05", "2 btc@1", for: "330 gbp")
        let report = LotBook(history.book, settings: british, isFiat: isFiat)
        #expect(
            report.years.map { "\($0.year) \($0.proceeds) \($0.cost) \($0.fees) \($0.gain)" } == [
                "2020 390 330 10 60"
            ]
        )
        #expect(report.disposal(at: 0).fee == (try amount("10")))
    }

    @Test
    func `a tax year from 6 April is named by the year in which it starts`() throws {
        var settings = british
        settings.yearStart = .unitedKingdom
        var history = History()
        try history.buy("2019-01-01", "10 btc@1", for: "1000 gbp")
        try history.sell("2020-04-05", "1 btc@1", for: "110 gbp")
        try history.sell("2020-04-06", "1 btc@1", for: "120 gbp")
        let report = LotBook(history.book, settings: settings, isFiat: isFiat)
        #expect(report.years.map { "\($0.year) \($0.gain)" } == ["2019 10", "2020 20"])
    }
}
