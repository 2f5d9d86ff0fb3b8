import Money
import Testing
import TestSupport
import Time

@testable import Valuation

private func amount(_ text: String) throws -> Amount { try Amount.parse(text) }

@Suite("Performance: rules and properties")
private struct PerformanceTests {
    /// A history of days with random values, always above zero, and random flows.
    private func randomHistory(_ generator: inout SplitMix64, count: Int, flows: Bool = true) -> History {
        var history = History()
        var value = Int128.random(in: 1...1_000_000, using: &generator) * 1_000_000_000_000_000
        for day in 0..<count {
            value = max(1, value / 1000 * Int128.random(in: 900...1110, using: &generator))
            var flow: Int128 = 0
            if flows, day > 0, generator.next() % 3 == 0 {
                flow = value / 100 * Int128.random(in: -60...200, using: &generator)
                value += flow
            }
            let date = Day(number: 19_000 + Int32(day))
            history.points.append(
                ValuedInstant(
                    time: date.advanced(byDays: 1).start,
                    value: Amount(unchecked: value),
                    flow: Amount(unchecked: flow),
                    day: date
                )
            )
        }
        return history
    }

    @Test(arguments: 1...40)
    func `the time-weighted return is the exact product, rounded once`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let history = randomHistory(&generator, count: Int.random(in: 2...60, using: &generator))
        var product = BigFraction()
        for (before, point) in zip(history.points, history.points.dropFirst()) {
            let withoutFlow = point.value.raw - point.netFlow
            product.multiply(by: withoutFlow.magnitude, over: before.value.raw.magnitude)
        }
        let found = try #require(try history.compute().timeWeightedReturn)
        #expect(product.rounds(to: (found.raw + Amount.one.raw).magnitude))
    }

    @Test(arguments: 1...20)
    func `a range in two parts links to the whole`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let history = randomHistory(&generator, count: 40)
        let cut = Int.random(in: 1...38, using: &generator)
        let whole = try history.compute()
        let first = try Performance.compute(Array(history.points[...cut]))
        let second = try Performance.compute(Array(history.points[cut...]))
        let left = try #require(first.timeWeightedReturn).adding(.one)
        let right = try #require(second.timeWeightedReturn).adding(.one)
        let both = try left.multiplied(by: right).subtracting(.one)
        let distance = try both.subtracting(try #require(whole.timeWeightedReturn)).magnitude
        #expect(distance <= (try amount("0.00000000000001")))
        #expect(try first.absoluteChange.adding(second.absoluteChange) == whole.absoluteChange)
        #expect(try first.netFlows.adding(second.netFlows) == whole.netFlows)
        #expect(first.dayCount + second.dayCount == whole.dayCount)
    }

    @Test(arguments: 1...20)
    func `amounts in another unit change nothing`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let history = randomHistory(&generator, count: 50)
        var scaled = History()
        let factor = Amount(whole: 4096)
        for point in history.points {
            scaled.points.append(
                ValuedInstant(
                    time: point.time,
                    value: try point.value.multiplied(by: factor),
                    inflow: try point.inflow.multiplied(by: factor),
                    outflow: try point.outflow.multiplied(by: factor),
                    day: point.day
                )
            )
        }
        let (left, right) = (try history.compute(), try scaled.compute())
        #expect(left.timeWeightedReturn == right.timeWeightedReturn)
        #expect(left.moneyWeightedReturn == right.moneyWeightedReturn)
        #expect(left.maxDrawdown == right.maxDrawdown)
        #expect(left.volatility == right.volatility)
        #expect(left.sortino == right.sortino)
    }

    @Test(arguments: 1...8)
    func `without flows all returns are one`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let found = try randomHistory(&generator, count: 500, flows: false).compute()
        let near = try amount("0.0000000000000001")
        let linked = try #require(found.timeWeightedReturn)
        let change = try found.endingValue.divided(by: found.startingValue).subtracting(.one)
        #expect(linked == change)
        #expect(found.relativeChange == change)
        let period = try #require(found.periodMoneyWeightedReturn)
        #expect(try period.subtracting(linked).magnitude <= near)
        let yearly = try #require(found.annualizedTimeWeightedReturn)
        #expect(try yearly.subtracting(try #require(found.moneyWeightedReturn)).magnitude <= near)
    }

    @Test
    func `less than a year is not annualised`() throws {
        func yearly(_ last: String) throws -> Amount? {
            var history = History()
            try history.add("2023-01-01", "100")
            try history.add(last, "110")
            return try history.compute().annualizedTimeWeightedReturn
        }
        #expect(try yearly("2023-12-31") == nil)
        #expect(try yearly("2024-01-01") == (try amount("0.1")))
        #expect(try rounded(try yearly("2024-01-02"), 9) == "0.099713586")
    }

    @Test
    func `the same input gives the same figures`() throws {
        var generator = SplitMix64(seed: 7)
        let history = randomHistory(&generator, count: 300)
        #expect(try history.compute() == history.compute())
    }

    @Test
    func `one instant has values but no returns`() throws {
        var history = History()
        try history.add("2024-01-01", "100", flow: "100")
        let found = try history.compute()
        #expect(found.startingValue == Amount(whole: 100))
        #expect(found.netFlows == .zero)
        #expect(found.absoluteChange == .zero)
        #expect(found.averageCapital == nil)
        #expect(found.relativeChange == nil)
        #expect(found.timeWeightedReturn == nil)
        #expect(found.moneyWeightedReturn == nil)
        #expect(found.maxDrawdown == nil)
        #expect(found.volatility == nil)
        #expect(found.bestDay == nil)
        #expect(found.valueAtRisk95 == nil)
    }

    @Test
    func `capital that starts later starts the chain, and its costs count`() throws {
        var history = History()
        try history.add("2024-01-01", "0")
        try history.add("2024-01-02", "0")
        try history.add("2024-01-03", "990", flow: "1000")
        try history.add("2024-01-04", "1089")
        let found = try history.compute()
        // 990/1000 · 1089/990
        #expect(found.timeWeightedReturn == (try amount("0.089")))
        #expect(found.unlinkedCount == 0)
        #expect(found.dayCount == 2)
        #expect(found.worstDay == DayReturn(day: Day(number: 19_725), fraction: try amount("-0.01")))
        #expect(found.bestDay == DayReturn(day: Day(number: 19_726), fraction: try amount("0.1")))
        #expect(found.volatility != nil)
        #expect(found.periodMoneyWeightedReturn == (try amount("0.089")))
    }

    @Test
    func `what is emptied and filled again goes on where it was`() throws {
        var history = History()
        try history.add("2024-01-01", "100")
        try history.add("2024-01-02", "0", flow: "-110")
        try history.add("2024-01-03", "0")
        try history.add("2024-01-04", "50", flow: "50")
        try history.add("2024-01-05", "60")
        let found = try history.compute()
        #expect(found.timeWeightedReturn == (try amount("0.32")))
        #expect(found.absoluteChange == Amount(whole: 20))
        #expect(found.dayCount == 3)
        #expect(found.maxDrawdown?.fraction == .zero)
    }

    @Test
    func `a value without capital is left out and counted`() throws {
        var history = History()
        try history.add("2024-01-01", "0")
        try history.add("2024-01-02", "25")
        try history.add("2024-01-03", "50")
        let found = try history.compute()
        #expect(found.timeWeightedReturn == (try amount("1")))
        #expect(found.unlinkedCount == 1)
        #expect(found.dayCount == 1)
        #expect(found.absoluteChange == Amount(whole: 50))
        #expect(found.moneyWeightedReturn == nil)
    }

    @Test
    func `no capital at all has no return`() throws {
        var history = History()
        for day in 1...5 { try history.add("2024-01-0\(day)", "0") }
        let found = try history.compute()
        #expect(found.timeWeightedReturn == nil)
        #expect(found.maxDrawdown == nil)
        #expect(found.dayCount == 0)
    }

    @Test
    func `a total loss is a return, and what comes later cannot undo it`() throws {
        var history = History()
        try history.add("2023-01-01", "100")
        try history.add("2023-01-02", "0")
        try history.add("2023-01-03", "100", flow: "100")
        try history.add("2024-01-04", "300")
        let found = try history.compute()
        #expect(found.timeWeightedReturn == (try amount("-1")))
        #expect(found.annualizedTimeWeightedReturn == (try amount("-1")))
        #expect(found.maxDrawdown?.fraction == .one)
        #expect(found.maxDrawdown?.recovery == nil)
        #expect(found.brokenAt == nil)
    }

    @Test
    func `a loss of more than everything breaks the chain and is named`() throws {
        var history = History()
        try history.add("2024-01-01", "100")
        try history.add("2024-01-02", "120")
        try history.add("2024-01-03", "-1")
        try history.add("2024-01-04", "150")
        let found = try history.compute()
        #expect(found.brokenAt == (try Timestamp.parse("2024-01-03")))
        #expect(found.timeWeightedReturn == nil)
        #expect(found.maxDrawdown == nil)
        #expect(found.volatility == nil)
        #expect(found.dayCount == 0)
        #expect(found.periodMoneyWeightedReturn == (try amount("0.5")))
        #expect(found.lowest.value == Amount(whole: -1))
    }

    @Test
    func `a start below zero waits for capital`() throws {
        var history = History()
        try history.add("2024-01-01", "-10")
        try history.add("2024-01-02", "-12")
        try history.add("2024-01-03", "88", flow: "100")
        try history.add("2024-01-04", "110")
        let found = try history.compute()
        #expect(found.timeWeightedReturn == (try amount("0.25")))
        #expect(found.unlinkedCount == 1)
        #expect(found.moneyWeightedReturn == nil)
    }

    @Test
    func `a value just before a deposit lets all capital bear its fee`() throws {
        // 110 of old capital, 900 paid, of which 10 is a fee.
        func history(_ valueBefore: String?, apart: Bool = false) throws -> History {
            var history = History()
            try history.add("2024-01-01", "100")
            if apart { try history.add("2024-01-02", "110") }
            let day = try Timestamp.parse("2024-01-02").day
            history.points.append(
                ValuedInstant(
                    time: day.start,
                    value: Amount(whole: 1000),
                    inflow: Amount(whole: 900),
                    valueBefore: try valueBefore.map { try amount($0) },
                    day: day
                )
            )
            return history
        }
        // 110/100 · 1000/1010
        #expect(try rounded(try history("110").compute().timeWeightedReturn, 9) == "0.089108911")
        #expect(try rounded(try history(nil, apart: true).compute().timeWeightedReturn, 9) == "0.089108911")
        // Without it the formula lays the fee on the old capital alone: 100/100.
        #expect(try history(nil).compute().timeWeightedReturn == .zero)
        #expect(try history("-1").compute().timeWeightedReturn == .zero)
    }

    @Test
    func `a value before counts for withdrawals as well, and not without capital or flow`() throws {
        func found(_ first: String, _ before: String, _ value: String, flow: String) throws -> Performance {
            let days = [Day(number: 1), Day(number: 2)]
            let net = try amount(flow)
            return try Performance.compute([
                ValuedInstant(time: days[0].start, value: try amount(first), day: days[0]),
                ValuedInstant(
                    time: days[1].start,
                    value: try amount(value),
                    inflow: net.isPositive ? net : .zero,
                    outflow: net.isNegative ? net.negated : .zero,
                    valueBefore: try amount(before),
                    day: days[1]
                ),
            ])
        }
        // 120/100 · (69 + 50)/120
        #expect(try found("100", "120", "69", flow: "-50").timeWeightedReturn == (try amount("0.19")))
        #expect(try found("100", "120", "110", flow: "0").timeWeightedReturn == (try amount("0.1")))
        let first = try found("0", "0.000000000000000003", "99", flow: "100")
        #expect(first.timeWeightedReturn == (try amount("-0.01")))
        #expect(first.unlinkedCount == 0)
    }

    @Test
    func `what rounding leaves is no capital`() throws {
        var history = History()
        try history.add("2024-01-01", "100")
        try history.add("2024-01-02", "0.000000000000000002", flow: "-110")
        try history.add("2024-01-03", "0")
        try history.add("2024-01-04", "0.000000000000000004")
        try history.add("2024-01-05", "50", flow: "50")
        try history.add("2024-01-06", "60")
        let found = try history.compute()
        #expect(try rounded(found.timeWeightedReturn, 15) == "0.32")
        #expect(found.maxDrawdown?.fraction == .zero)
        #expect(found.brokenAt == nil)
        #expect(found.unlinkedCount == 0)
    }

    @Test
    func `a drawdown is that of the index and not of the value`() throws {
        var history = History()
        try history.add("2024-01-01", "100")
        try history.add("2024-01-02", "120")
        try history.add("2024-01-03", "20", flow: "-100")  // a withdrawal is no loss
        try history.add("2024-01-04", "15")
        try history.add("2024-01-05", "115", flow: "100")  // nor is a deposit a recovery
        try history.add("2024-01-06", "138")
        try history.add("2024-01-07", "184")
        let found = try #require(try history.compute().maxDrawdown)
        #expect(found.fraction == (try amount("0.25")))
        #expect(found.peak == (try Timestamp.parse("2024-01-03")))
        #expect(found.trough == (try Timestamp.parse("2024-01-04")))
        #expect(found.recovery == (try Timestamp.parse("2024-01-07")))
    }

    @Test
    func `of equal falls the first counts`() throws {
        var history = History()
        for (day, value) in ["100", "80", "100", "80", "99"].enumerated() {
            try history.add("2024-01-0\(day + 1)", value)
        }
        let found = try #require(try history.compute().maxDrawdown)
        #expect(found.fraction == (try amount("0.2")))
        #expect(found.trough == (try Timestamp.parse("2024-01-02")))
        #expect(found.recovery == (try Timestamp.parse("2024-01-03")))
    }

    @Test
    func `days with a gap before them are no days`() throws {
        var history = History()
        try history.add("2024-01-01", "100")
        try history.add("2024-01-02", "110")
        try history.add("2024-01-09", "220")
        try history.add("2024-01-10", "231")
        let found = try history.compute()
        #expect(found.dayCount == 2)
        #expect(found.bestDay?.fraction == (try amount("0.1")))
        #expect(found.timeWeightedReturn == (try amount("1.31")))
    }

    @Test
    func `no change is no spread, and no ratio`() throws {
        var history = History()
        for day in 1...9 { try history.add("2024-01-0\(day)", "33.33") }
        let found = try history.compute()
        #expect(found.volatility == .zero)
        #expect(found.downsideDeviation == .zero)
        #expect(found.sharpe == nil)
        #expect(found.sortino == nil)
        #expect(found.bestDay?.fraction == .zero)
        #expect(found.maxDrawdown == Drawdown(fraction: .zero, peak: nil, trough: nil, recovery: nil))
        #expect(found.moneyWeightedReturn == .zero)
    }

    @Test
    func `instants out of order, flows below zero and sums out of range are refused`() throws {
        func point(
            _ seconds: Int64,
            day: Int32,
            inflow: String = "0",
            outflow: String = "0"
        ) throws
            -> ValuedInstant
        {
            ValuedInstant(
                time: Timestamp(seconds: seconds),
                value: .one,
                inflow: try amount(inflow),
                outflow: try amount(outflow),
                day: Day(number: day)
            )
        }
        #expect(throws: PerformanceError.noInstants) { try Performance.compute([]) }
        #expect(throws: PerformanceError.notAscending(time: Timestamp(seconds: 5))) {
            try Performance.compute([point(6, day: 0), point(5, day: 0)])
        }
        #expect(throws: PerformanceError.notAscending(time: Timestamp(seconds: 7))) {
            try Performance.compute([point(6, day: 1), point(7, day: 0)])
        }
        #expect(throws: PerformanceError.negativeFlow(time: Timestamp(seconds: 7))) {
            try Performance.compute([point(6, day: 0), point(7, day: 0, outflow: "-1")])
        }
        let most = "99999999999999999999"
        #expect(throws: PerformanceError.overflow) {
            try Performance.compute([
                point(6, day: 0), point(7, day: 0, inflow: most), point(8, day: 0, inflow: most),
            ])
        }
    }

    @Test
    func `extreme amounts give figures or none, and never stop the program`() {
        var generator = SplitMix64(seed: 99)
        let extremes: [Int128] = [
            0, 1, -1, 2, Amount.limit - 1, 1 - Amount.limit, Amount.limit / 2, Amount.one.raw, 1_000_000_007,
        ]
        for _ in 0..<300 {
            var points: [ValuedInstant] = []
            var time: Int64 = -62_135_596_800
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                time += Int64.random(in: 0...20_000_000_000, using: &generator)
                let stamp = Timestamp(seconds: time)
                let value = extremes.randomElement(using: &generator) ?? 0
                let flow = generator.next() % 2 == 0 ? 0 : extremes.randomElement(using: &generator) ?? 0
                points.append(
                    ValuedInstant(
                        time: stamp,
                        value: Amount(unchecked: value),
                        flow: Amount(unchecked: flow),
                        day: stamp.day
                    )
                )
            }
            do {
                let found = try Performance.compute(points)
                #expect(found.pointCount == points.count)
            } catch {
                #expect(error == .overflow)
            }
        }
    }

    @Test
    func `a year has 1 to 366 days`() async {
        await #expect(processExitsWith: .failure) { _ = PerformanceSettings(daysPerYear: 0) }
    }
}
