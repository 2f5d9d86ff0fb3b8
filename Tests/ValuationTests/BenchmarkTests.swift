import Money
import Testing
import TestSupport
import Time

@testable import Valuation

private func amount(_ text: String) throws -> Amount { try Amount.parse(text) }

private func amounts(_ texts: String...) throws -> [Amount?] { try texts.map { try Amount.parse($0) } }

@Suite("Benchmarks and contributions")
private struct BenchmarkTests {
    private func history() throws -> History {
        var history = History()
        try history.add("2024-01-01", "1000")
        try history.add("2024-01-02", "1100")
        try history.add("2024-01-03", "1545", flow: "500")
        try history.add("2024-01-04", "1622.25")
        return history
    }

    @Test
    func `an asset alone has the returns of its price`() throws {
        let found = try BenchmarkComparison.compute(
            try history().points,
            Benchmark(.btc),
            prices: [try amounts("40", "42", "44", "50")]
        )
        #expect(found.timeWeightedReturn == (try amount("0.25")))
        // 1.1 · 0.95 · 1.05 = 1.09725
        #expect(found.excessReturn == (try amount("-0.15275")))
        #expect(found.annualizedTimeWeightedReturn == nil)
        #expect(found.commonDayCount == 3)
        // 1000 · 50/40 + 500 · 50/44
        #expect(try rounded(found.sameFlowsEndingValue, 6) == "1818.181818")
        #expect(try rounded(found.sameFlowsDifference, 6) == "-195.931818")
        #expect(found.maxDrawdown?.fraction == .zero)
    }

    @Test
    func `beside itself a portfolio has a beta of one and nothing else`() throws {
        var history = History()
        for (day, value) in ["100", "110", "104.5", "115", "90"].enumerated() {
            try history.add("2024-01-0\(day + 1)", value)
        }
        let found = try BenchmarkComparison.compute(
            history.points,
            Benchmark(.btc),
            prices: [history.points.map(\.value)],
            PerformanceSettings(riskFreeRate: try amount("0.03"))
        )
        let own = try history.compute(PerformanceSettings(riskFreeRate: try amount("0.03")))
        #expect(found.beta == .one)
        #expect(found.correlation == .one)
        #expect(found.alpha == .zero)
        #expect(found.trackingError == .zero)
        #expect(found.informationRatio == nil)
        #expect(found.excessReturn == .zero)
        #expect(found.volatility == own.volatility)
        #expect(found.sharpe == own.sharpe)
        #expect(found.maxDrawdown == own.maxDrawdown)
        #expect(found.sameFlowsDifference == .zero)
    }

    @Test
    func `a mix is brought back to its shares at the end of each day`() throws {
        let mix = try Benchmark([
            AssetShare(asset: .btc, fraction: try amount("0.6")),
            AssetShare(asset: .usd, fraction: try amount("0.4")),
            AssetShare(asset: .eth, fraction: .zero),
        ])
        #expect(mix.shares.count == 2)
        var history = History()
        for day in 1...3 { try history.add("2024-01-0\(day)", "1") }
        let found = try BenchmarkComparison.compute(
            history.points,
            mix,
            prices: [try amounts("100", "200", "100"), try amounts("1", "1", "1")]
        )
        // 1.6 · 0.7; left alone it would be 1.
        #expect(found.timeWeightedReturn == (try amount("0.12")))
        #expect(found.maxDrawdown?.fraction == (try amount("0.3")))
    }

    @Test
    func `within a day the shares drift`() throws {
        let mix = try Benchmark([
            AssetShare(asset: .btc, fraction: try amount("0.5")),
            AssetShare(asset: .usd, fraction: try amount("0.5")),
        ])
        let day = Day(number: 19_700)
        let points = (0..<3).map {
            ValuedInstant(time: day.start.advanced(bySeconds: 3600 * $0), value: .one, day: day)
        }
        let found = try BenchmarkComparison.compute(
            points,
            mix,
            prices: [try amounts("100", "200", "100"), try amounts("1", "1", "1")]
        )
        #expect(found.timeWeightedReturn == .zero)
    }

    @Test
    func `a missing price is named and not guessed`() async throws {
        let points = try history().points
        var prices = try amounts("40", "42", "44", "50")
        prices[2] = nil
        #expect(throws: BenchmarkError.missingPrice(asset: .btc, time: points[2].time)) {
            try BenchmarkComparison.compute(points, Benchmark(.btc), prices: [prices])
        }
        prices[2] = .zero
        #expect(throws: BenchmarkError.priceNotPositive(asset: .btc, time: points[2].time)) {
            try BenchmarkComparison.compute(points, Benchmark(.btc), prices: [prices])
        }
        #expect(throws: BenchmarkError.priceCount(asset: .btc, expected: 4, found: 3)) {
            try BenchmarkComparison.compute(points, Benchmark(.btc), prices: [Array(prices.prefix(3))])
        }
        #expect(throws: BenchmarkError.performance(.noInstants)) {
            try BenchmarkComparison.compute([], Benchmark(.btc), prices: [[]])
        }
        await #expect(processExitsWith: .failure) {
            _ = try BenchmarkComparison.compute(
                [ValuedInstant(time: Timestamp(seconds: 0), value: .one, day: Day(number: 0))],
                Benchmark(.btc),
                prices: []
            )
        }
    }

    @Test
    func `a broken chain has no days to compare, but the benchmark has its own`() throws {
        var history = History()
        try history.add("2024-01-01", "100")
        try history.add("2024-01-02", "-5")
        try history.add("2024-01-03", "100")
        let found = try BenchmarkComparison.compute(
            history.points,
            Benchmark(.btc),
            prices: [try amounts("10", "11", "12")]
        )
        #expect(found.timeWeightedReturn == (try amount("0.2")))
        #expect(found.excessReturn == nil)
        #expect(found.commonDayCount == 0)
        #expect(found.beta == nil)
        #expect(found.trackingError == nil)
        #expect(found.volatility != nil)
    }

    @Test(arguments: 1...50)
    func `the gains of assets add up to the gain, to the last unit`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var changes: [AssetChange] = []
        var (start, end, flow) = (Int128(0), Int128(0), Int128(0))
        for asset in 1...UInt32.random(in: 1...20, using: &generator) {
            let most = Int128.random(in: 1...10_000_000_000_000_000_000_000_000, using: &generator)
            let first = Int128.random(in: 0...most, using: &generator)
            let last = Int128.random(in: 0...most, using: &generator)
            let put = Int128.random(in: -most...most, using: &generator)
            (start, end, flow) = (start + first, end + last, flow + put)
            changes.append(
                AssetChange(
                    asset: AssetID(raw: asset),
                    startingValue: Amount(unchecked: first),
                    endingValue: Amount(unchecked: last),
                    netFlows: Amount(unchecked: put)
                )
            )
        }
        let (first, last) = (Day(number: 0), Day(number: 100))
        let found = try Performance.compute([
            ValuedInstant(time: first.start, value: Amount(unchecked: start), day: first),
            ValuedInstant(
                time: last.start,
                value: Amount(unchecked: end),
                flow: Amount(unchecked: flow),
                day: last
            ),
        ])
        let contributions = try found.contributions(changes)
        #expect(contributions.unattributed == .zero)
        #expect(contributions.rows.reduce(0) { $0 + $1.gain.raw } == found.absoluteChange.raw)
        guard let relative = found.relativeChange else { return }
        let sum = contributions.rows.reduce(0) { $0 + ($1.contribution?.raw ?? 0) }
        #expect((sum - relative.raw).magnitude <= UInt128(changes.count))
    }

    @Test
    func `what no asset explains is shown`() throws {
        let found = try history().compute()
        let contributions = try found.contributions([
            AssetChange(
                asset: .btc,
                startingValue: Amount(whole: 1000),
                endingValue: Amount(whole: 1600),
                netFlows: Amount(whole: 500)
            )
        ])
        #expect(contributions.rows[0].gain == Amount(whole: 100))
        #expect(contributions.unattributed == (try amount("22.25")))
        let limit = Amount(unchecked: Amount.limit - 1)
        #expect(throws: PerformanceError.overflow) {
            try found.contributions([
                AssetChange(asset: .btc, startingValue: limit.negated, endingValue: limit, netFlows: .zero)
            ])
        }
    }
}
