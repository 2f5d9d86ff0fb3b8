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
}
