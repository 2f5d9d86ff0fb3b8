import Foundation
import Money
import Testing
import TestSupport
import Time

@testable import Valuation

/// One random history with what numpy and scipy make of it, as `Oracle/performance_oracle.py` recorded it.
private struct OracleCase: Sendable {
    let name: String
    let settings: PerformanceSettings
    let points: [ValuedInstant]
    let figures: Figures
    let benchmark: Figures?
    let weights: [Amount]
    let prices: [[Amount?]]

    /// What the oracle found: numbers as texts, counts, and the times of the deepest fall.
    struct Figures: Sendable {
        let numbers: [String: String]
        let counts: [String: Int]
        let times: [Int64?]?

        init(_ object: [String: Any]) {
            numbers = object.compactMapValues { $0 as? String }
            counts = object.compactMapValues { $0 as? Int }
            times = (object["times"] as? [Any?])?.map { ($0 as? Int).map(Int64.init) }
        }
    }

    init(_ object: [String: Any]) throws {
        name = try #require(object["name"] as? String)
        let list = try #require(object["settings"] as? [Any])
        settings = PerformanceSettings(
            riskFreeRate: try Amount.parse(try #require(list[0] as? String)),
            minimumAcceptableReturn: try Amount.parse(try #require(list[1] as? String)),
            daysPerYear: try #require(list[2] as? Int)
        )
        points = try #require(object["points"] as? String).split(separator: " ").map { text in
            let parts = text.split(separator: ",").map(String.init)
            let time = Timestamp(seconds: try #require(Int64(parts[0])))
            return ValuedInstant(
                time: time,
                value: try Amount.parse(parts[1]),
                inflow: try Amount.parse(parts[2]),
                outflow: try Amount.parse(parts[3]),
                // Midnight closes the day before.
                day: time.advanced(byMicroseconds: -1).day
            )
        }
        figures = Figures(try #require(object["figures"] as? [String: Any]))
        benchmark = (object["benchmark"] as? [String: Any]).map { Figures($0) }
        weights = try (object["weights"] as? [String] ?? []).map { try Amount.parse($0) }
        prices = try (object["prices"] as? [String] ?? []).map { column in
            try column.split(separator: " ").map { try Amount.parse(String($0)) }
        }
    }

    static func recorded() throws -> [OracleCase] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Oracle/performance.json")
        let document = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        return try #require(document?["cases"] as? [[String: Any]]).map { try OracleCase($0) }
    }
}

@Suite("Performance: as numpy and scipy have it")
private struct PerformanceOracleTests {
    /// Each history with what we make of it, computed once for all tests.
    private static let recorded = Result {
        try OracleCase.recorded().map { ($0, try Performance.compute($0.points, $0.settings)) }
    }
    private let cases: [(OracleCase, Performance)]

    init() throws {
        cases = try PerformanceOracleTests.recorded.get()
    }

    /// Within a part in 10⁹ and 10⁻¹¹: the oracle counts in binary fractions of 53 bits.
    private func check(_ found: Amount?, _ expected: String?, _ name: String, _ figure: String) throws {
        guard let text = expected else {
            #expect(found == nil, "\(name): \(figure) is \(found?.description ?? ""), expected none")
            return
        }
        let wanted = try Amount.parseRoundingScientific(text)
        guard let found else {
            Issue.record("\(name): \(figure) is none, expected \(wanted)")
            return
        }
        let tolerance = wanted.raw.magnitude / 1_000_000_000 + 10_000_000
        let distance = (found.raw - wanted.raw).magnitude
        #expect(distance <= tolerance, "\(name): \(figure) is \(found), expected \(wanted)")
    }

    @Test
    func `there are at least 200 histories of every kind`() {
        #expect(cases.count >= 200)
        for figure in ["moneyWeightedReturn", "annualizedTimeWeightedReturn", "sharpe", "sortino"] {
            #expect(cases.count { $0.0.figures.numbers[figure] != nil } > 20, "\(figure)")
        }
        #expect(cases.count { $0.0.benchmark != nil } > 50)
    }

    @Test
    func `sums, returns and rates`() throws {
        for (one, found) in cases {
            let figures: [(String, Amount?)] = [
                ("inflows", found.inflows), ("outflows", found.outflows),
                ("absoluteChange", found.absoluteChange), ("averageCapital", found.averageCapital),
                ("relativeChange", found.relativeChange), ("timeWeightedReturn", found.timeWeightedReturn),
                ("annualizedTimeWeightedReturn", found.annualizedTimeWeightedReturn),
                ("moneyWeightedReturn", found.moneyWeightedReturn),
                ("periodMoneyWeightedReturn", found.periodMoneyWeightedReturn),
            ]
            for (name, amount) in figures { try check(amount, one.figures.numbers[name], one.name, name) }
            #expect(found.unlinkedCount == one.figures.counts["unlinkedCount"], "\(one.name)")
            #expect((found.brokenAt != nil) == one.name.hasSuffix("broken"), "\(one.name)")
        }
    }

    @Test
    func `drawdowns with their times`() throws {
        for (one, performance) in cases {
            let found = performance.maxDrawdown
            try check(found?.fraction, one.figures.numbers["maxDrawdown"], one.name, "maxDrawdown")
            guard let times = one.figures.times, times.count == 3 else { continue }
            #expect(found?.peak?.seconds == times[0], "\(one.name): peak")
            #expect(found?.trough?.seconds == times[1], "\(one.name): trough")
            #expect(found?.recovery?.seconds == times[2], "\(one.name): recovery")
        }
    }

    @Test
    func `the spread of daily returns`() throws {
        for (one, found) in cases {
            #expect(found.dayCount == one.figures.counts["dayCount"], "\(one.name)")
            let figures: [(String, Amount?)] = [
                ("volatility", found.volatility), ("downsideDeviation", found.downsideDeviation),
                ("sharpe", found.sharpe), ("sortino", found.sortino), ("bestDay", found.bestDay?.fraction),
                ("worstDay", found.worstDay?.fraction), ("valueAtRisk95", found.valueAtRisk95),
                ("valueAtRisk99", found.valueAtRisk99),
                ("conditionalValueAtRisk95", found.conditionalValueAtRisk95),
            ]
            for (name, amount) in figures { try check(amount, one.figures.numbers[name], one.name, name) }
        }
    }

    @Test
    func `beside a benchmark`() throws {
        for (one, _) in cases {
            guard let expected = one.benchmark else { continue }
            let shares = one.weights.enumerated().map {
                AssetShare(asset: AssetID(raw: UInt32($0.offset + 1)), fraction: $0.element)
            }
            let found = try BenchmarkComparison.compute(
                one.points,
                Benchmark(shares),
                prices: one.prices,
                one.settings
            )
            #expect(found.commonDayCount == expected.counts["commonDayCount"], "\(one.name)")
            let figures: [(String, Amount?)] = [
                ("timeWeightedReturn", found.timeWeightedReturn),
                ("annualizedTimeWeightedReturn", found.annualizedTimeWeightedReturn),
                ("volatility", found.volatility), ("maxDrawdown", found.maxDrawdown?.fraction),
                ("sharpe", found.sharpe), ("trackingError", found.trackingError),
                ("informationRatio", found.informationRatio), ("beta", found.beta),
                ("alpha", found.alpha), ("correlation", found.correlation),
                ("sameFlowsEndingValue", found.sameFlowsEndingValue),
            ]
            for (name, amount) in figures { try check(amount, expected.numbers[name], one.name, name) }
        }
    }
}

extension Amount {
    /// A number with an exponent, rounded to 18 decimals as the oracle's 15 digits may need.
    fileprivate static func parseRoundingScientific(_ text: String) throws -> Amount {
        guard let mark = text.firstIndex(of: "e") else { return try parseRounding(text).amount }
        let exponent = try #require(Int(text[text.index(after: mark)...]))
        let power = Scaled(10).power(abs(exponent))
        let mantissa = Scaled(try parse(String(text[..<mark])))
        return try #require((exponent < 0 ? mantissa / power : mantissa * power).amount)
    }
}
