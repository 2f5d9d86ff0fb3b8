import Money
import Testing
import TestSupport
import Time

@testable import Valuation

/// Builds histories from a few words, one instant a line.
struct History {
    var points: [ValuedInstant] = []

    /// An instant at midnight of a day, with the value after the flow.
    mutating func add(_ day: String, _ value: String, flow: String = "0") throws {
        let date: Day = try Timestamp.parse(day).day
        points.append(
            ValuedInstant(
                time: date.start,
                value: try Amount.parse(value),
                flow: try Amount.parse(flow),
                day: date
            )
        )
    }

    func compute(_ settings: PerformanceSettings = PerformanceSettings()) throws -> Performance {
        try Performance.compute(points, settings)
    }
}

/// A fraction cut to so many decimals, as textbooks print them.
func rounded(_ amount: Amount?, _ decimals: Int) throws -> String {
    guard let amount else { return "nil" }
    return try amount.rounded(toDecimals: decimals).description
}

@Suite("Performance: examples of textbooks and standards")
private struct TextbookTests {
    /// Microsoft's page on XIRR: 37.336 %.
    @Test
    func `the example of the spreadsheets' function`() throws {
        let flows: [(String, String)] = [
            ("2008-01-01", "-10000"), ("2008-03-01", "2750"), ("2008-10-30", "4250"),
            ("2009-02-15", "3250"), ("2009-04-01", "2750"),
        ]
        let found = try #require(
            MoneyWeightedReturn(
                try flows.map { CashFlow(day: try Timestamp.parse($0.0).day, amount: try Amount.parse($0.1)) }
            )
        )
        #expect(try rounded(found.annual, 9) == "0.373362534")
    }

    /// CFA Program curriculum, "Time-weighted versus money-weighted": one share at 200, a second one at 225 a year
    /// later, dividends of 5 a share, both sold at 235 after two years: 10.76 % against 9.39 %.
    @Test
    func `two shares with dividends`() throws {
        var history = History()
        try history.add("2021-01-01", "200")
        try history.add("2022-01-01", "450", flow: "220")
        try history.add("2023-01-01", "0", flow: "-480")
        let found = try history.compute()
        #expect(try rounded(found.timeWeightedReturn, 6) == "0.226667")
        #expect(try rounded(found.annualizedTimeWeightedReturn, 6) == "0.10755")
        #expect(try rounded(found.moneyWeightedReturn, 4) == "0.0939")
        #expect(found.absoluteChange == Amount(whole: 60))
        #expect(found.maxDrawdown?.fraction == .zero)
    }

    /// 100 that is 300 after two years, with 50 put in after the first one: a gain of 150 on 125.
    @Test
    func `the modified Dietz method weights a flow by the time it is there`() throws {
        var history = History()
        try history.add("2021-01-01", "100")
        try history.add("2022-01-01", "150", flow: "50")
        try history.add("2023-01-01", "300")
        let found = try history.compute()
        #expect(found.averageCapital == Amount(whole: 125))
        #expect(found.relativeChange == (try Amount.parse("1.2")))
    }

    /// CFA level 1, "money-weighted and time-weighted rates of return": shares at 100, 120 and 130, dividends of 2 a
    /// share: 15.84 % against 13.86 %.
    @Test
    func `two shares with smaller dividends`() throws {
        var history = History()
        try history.add("2021-01-01", "100")
        try history.add("2022-01-01", "240", flow: "118")
        try history.add("2023-01-01", "0", flow: "-264")
        let found = try history.compute()
        #expect(try rounded(found.annualizedTimeWeightedReturn, 4) == "0.1584")
        #expect(try rounded(found.moneyWeightedReturn, 4) == "0.1386")
    }

    /// A GIPS exercise of CFA level 3: a composite in October with four flows, 2.45 % on 591.237.
    @Test
    func `a month with four flows by modified Dietz`() throws {
        var history = History()
        try history.add("2020-10-01", "585.60")
        try history.add("2020-10-06", "580", flow: "-15.05")
        try history.add("2020-10-10", "600", flow: "19.82")
        try history.add("2020-10-16", "615", flow: "16.42")
        try history.add("2020-10-25", "600", flow: "-18.96")
        try history.add("2020-11-01", "602.34")
        let found = try history.compute()
        #expect(try rounded(found.averageCapital, 3) == "591.237")
        #expect(try rounded(found.relativeChange, 4) == "0.0245")
        #expect(found.absoluteChange == (try Amount.parse("14.51")))
    }

    /// Rollinger and Hoffman, "Sortino: a sharper ratio": eight yearly returns, target 0: 2.264 % and 4.417.
    @Test
    func `eight years of Sortino and Price`() throws {
        let returns = [17, 15, 23, -5, 12, 9, 13, -4].map { Scaled($0) / Scaled(100) }
        let years = DailyReturns(returns, PerformanceSettings(daysPerYear: 1))
        let downside = try #require(years.downsideDeviation)
        #expect(try rounded(downside.amount, 5) == "0.02264")
        #expect(try rounded(years.ratio(above: .zero, over: downside)?.amount, 3) == "4.417")
    }

    /// The usual example of a maximum drawdown: 500, 750, 400, 600, 350 and 800 thousand, 53.33 %.
    @Test
    func `the lower of two falls counts from the height before both`() throws {
        var history = History()
        for (day, value) in ["500", "750", "400", "600", "350", "800"].enumerated() {
            try history.add("2024-01-0\(day + 1)", value + "000")
        }
        let found = try #require(try history.compute().maxDrawdown)
        #expect(try rounded(found.fraction, 4) == "0.5333")
        #expect(found.peak == (try Timestamp.parse("2024-01-02")))
        #expect(found.trough == (try Timestamp.parse("2024-01-05")))
        #expect(found.recovery == (try Timestamp.parse("2024-01-06")))
    }

    /// Of 21 sorted returns the quantile of 5 % is the second one: place 20 · 0.05 = 1, counted from zero.
    @Test
    func `values at risk of 21 days`() throws {
        let returns = (1...21).map { Scaled($0 - 11) / Scaled(100) }
        let days = DailyReturns(returns.reversed(), PerformanceSettings())
        #expect(try rounded(days.valueAtRisk(percent: 95)?.amount, 9) == "0.09")
        #expect(try rounded(days.valueAtRisk(percent: 99)?.amount, 9) == "0.098")
        #expect(try rounded(days.conditionalValueAtRisk(percent: 95)?.amount, 9) == "0.095")
        #expect(DailyReturns([.one], PerformanceSettings()).valueAtRisk(percent: 95) == nil)
    }
}
