import Money
import Testing
import TestSupport
import Time

@testable import Valuation

@Suite("Money-weighted return")
private struct MoneyWeightedReturnTests {
    private func rate(_ flows: [(day: Int32, amount: String)]) throws -> MoneyWeightedReturn? {
        MoneyWeightedReturn(
            try flows.map { CashFlow(day: Day(number: $0.day), amount: try Amount.parse($0.amount)) }
        )
    }

    @Test
    func `a year that doubles is a hundred percent`() throws {
        let found = try #require(try rate([(0, "-100"), (365, "200")]))
        #expect(found.annual == .one)
        #expect(found.period == .one)
        #expect(found.days == 365)
        let years = try #require(try rate([(0, "-100"), (730, "121")]))
        #expect(years.annual == (try Amount.parse("0.1")))
        #expect(years.period == (try Amount.parse("0.21")))
    }

    @Test
    func `flows of one day are added and their order does not matter`() throws {
        let one = try rate([(0, "-100"), (100, "-30"), (100, "10"), (365, "130")])
        #expect(try rate([(365, "130"), (100, "-20"), (0, "-40"), (0, "-60")]) == one)
    }

    @Test
    func `nothing gained is exactly zero`() throws {
        let found = try #require(try rate([(0, "-100"), (40, "30"), (90, "70")]))
        #expect(found.annual == .zero)
        #expect(found.period == .zero)
    }

    @Test
    func `of several rates the one nearest to none is taken`() throws {
        // 10 % and 20 %.
        #expect(try rate([(0, "-100"), (365, "230"), (730, "-132")])?.annual == (try Amount.parse("0.1")))
        // Lorie and Savage 1955: 25 % and 400 %.
        #expect(
            try rate([(0, "-1600"), (365, "10000"), (730, "-10000")])?.annual == (try Amount.parse("0.25"))
        )
        // −50 % and 50 %: by the logarithm of growth, ln 1.5 is nearer than ln 0.5.
        #expect(try rate([(0, "-100"), (365, "200"), (730, "-75")])?.annual == (try Amount.parse("0.5")))
        // 50 % and −40 %, then 66.7 % and −33.3 %: both in one ring of the search.
        #expect(
            try rate([(0, "-100"), (365, "210"), (730, "-90")])?.annual == (try Amount.parse("0.5"))
        )
        let third = try rate([(0, "-900"), (365, "2100"), (730, "-1000")])?.annual
        #expect(try rounded(third, 12) == "-0.333333333333")
        // −10 % and 20 %.
        #expect(try rate([(0, "-100"), (365, "210"), (730, "-108")])?.annual == (try Amount.parse("-0.1")))
    }

    @Test
    func `no rate is none and not a guess`() throws {
        #expect(try rate([]) == nil)
        #expect(try rate([(0, "-100")]) == nil)
        #expect(try rate([(0, "-100"), (0, "110")]) == nil)
        #expect(try rate([(0, "-100"), (365, "-10")]) == nil)
        #expect(try rate([(0, "100"), (365, "0")]) == nil)
        // Both signs, but no rate at which they balance.
        #expect(try rate([(0, "-100"), (365, "150"), (730, "-100")]) == nil)
    }

    @Test
    func `the search reaches growth of 2 to the power of 20 and no farther`() throws {
        #expect(try rate([(0, "-1"), (365, "1000000")])?.annual == (try Amount.parse("999999")))
        #expect(try rate([(0, "-1000000"), (365, "1")])?.annual == (try Amount.parse("-0.999999")))
        #expect(try rate([(0, "-1"), (365, "1100000")]) == nil)
        // A short period is searched by its own growth; its yearly rate may leave the range of amounts.
        let day = try #require(try rate([(0, "-1"), (1, "3")]))
        #expect(day.period == (try Amount.parse("2")))
        #expect(day.annual == nil)
        let week = try #require(try rate([(0, "-100"), (7, "101")]))
        #expect(try rounded(week.annual, 9) == "0.680075411")
    }

    @Test
    func `a loan taken first has a rate as well`() throws {
        #expect(try rate([(0, "100"), (365, "-110")])?.annual == (try Amount.parse("0.1")))
    }

    @Test(arguments: 1...30)
    func `flows made from a rate give that rate back`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        // A growth per day of up to a tenth of a percent either way, in exact steps of 10⁻⁶.
        let step = Int.random(in: -1000...1000, using: &generator)
        let growth = Scaled.one + Scaled(step) / Scaled(1_000_000)
        var balance = Scaled.zero
        var flows: [CashFlow] = []
        let last = Int.random(in: 20...900, using: &generator)
        for day in 0...last {
            if day > 0 { balance *= growth }
            if day == last {
                flows.append(CashFlow(day: Day(number: Int32(day)), amount: try #require(balance.amount)))
            } else if day == 0 || generator.next() % 9 == 0 {
                let paid = Int32.random(in: 1...5000, using: &generator)
                balance += Scaled(Int(paid))
                flows.append(CashFlow(day: Day(number: Int32(day)), amount: Amount(whole: -paid)))
            }
        }
        let found = try #require(MoneyWeightedReturn(flows))
        let expected = try #require((growth.power(365) - .one).amount)
        let distance = try #require(found.annual).subtracting(expected).magnitude
        #expect(distance <= Amount(unchecked: 1000))
    }
}
