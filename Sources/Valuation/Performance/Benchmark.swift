public import Money
public import Time

/// A part of an asset in a benchmark or in a target allocation.
public struct AssetShare: Hashable, Sendable {
    /// The asset.
    public let asset: AssetID
    /// The part of the whole as a fraction, from zero to one.
    public let fraction: Amount

    /// A share from its parts.
    public init(asset: AssetID, fraction: Amount) {
        self.asset = asset
        self.fraction = fraction
    }
}

/// What a portfolio is compared with: an asset, or a mix that is brought back to its shares at the end of each day.
public struct Benchmark: Hashable, Sendable {
    /// The shares as given; they add up to one within the tolerance of target allocations.
    public let shares: [AssetShare]

    /// A mix.
    ///
    /// - Throws: `AllocationError`, as for target allocations.
    public init(_ shares: [AssetShare]) throws(AllocationError) {
        self.shares = try TargetAllocation(shares).shares.filter { $0.fraction.isPositive }
    }

    /// One asset alone.
    public init(_ asset: AssetID) {
        shares = [AssetShare(asset: asset, fraction: .one)]
    }
}

/// Why a portfolio cannot be compared with a benchmark.
public enum BenchmarkError: Error, Hashable, Sendable {
    /// An asset of the benchmark has no price at an instant.
    case missingPrice(asset: AssetID, time: Timestamp)
    /// A price is not above zero.
    case priceNotPositive(asset: AssetID, time: Timestamp)
    /// There are not as many prices of an asset as instants.
    case priceCount(asset: AssetID, expected: Int, found: Int)
    /// The instants themselves have no figures.
    case performance(PerformanceError)
}

/// A benchmark's own figures, and how a portfolio's days went beside its.
public struct BenchmarkComparison: Hashable, Sendable {
    /// The benchmark's return over the range.
    public let timeWeightedReturn: Amount?
    /// The same for a year; nil for ranges shorter than a year.
    public let annualizedTimeWeightedReturn: Amount?
    /// The benchmark's volatility.
    public let volatility: Amount?
    /// The benchmark's deepest fall.
    public let maxDrawdown: Drawdown?
    /// The benchmark's Sharpe ratio.
    public let sharpe: Amount?
    /// The portfolio's time-weighted return less the benchmark's.
    public let excessReturn: Amount?
    /// The portfolio's annualised time-weighted return less the benchmark's.
    public let annualizedExcessReturn: Amount?
    /// The days on which both have a return.
    public let commonDayCount: Int
    /// The sample standard deviation of the differences of the daily returns, for a year.
    public let trackingError: Amount?
    /// The mean difference of the daily returns per unit of tracking error, for a year.
    public let informationRatio: Amount?
    /// The covariance of the daily returns over the variance of the benchmark's.
    public let beta: Amount?
    /// Jensen's alpha: the mean return of a year above what beta and the benchmark explain.
    public let alpha: Amount?
    /// Pearson's correlation of the daily returns, from −1 to 1.
    public let correlation: Amount?
    /// What the starting value and the same flows in the benchmark would be worth at the end.
    public let sameFlowsEndingValue: Amount?
    /// The portfolio's ending value less that.
    public let sameFlowsDifference: Amount?
}

extension BenchmarkComparison {
    /// Compares a portfolio with a benchmark.
    ///
    /// `prices` has one list for each share of the benchmark, in its order, with the price in the report's currency at
    /// each instant. The figures of the portfolio come from the same instants and settings.
    ///
    /// - Throws: `BenchmarkError`, which names the first price that is missing.
    public static func compute(
        _ points: [ValuedInstant],
        _ benchmark: Benchmark,
        prices: [[Amount?]],
        _ settings: PerformanceSettings = PerformanceSettings()
    ) throws(BenchmarkError) -> BenchmarkComparison {
        let portfolio = try figures(points, settings)
        let levels = try BenchmarkIndex(points, benchmark, prices).levels
        var line: [ValuedInstant] = []
        line.reserveCapacity(points.count)
        for (point, level) in zip(points, levels) {
            guard let value = (level * BenchmarkIndex.startingValue).amount else {
                throw .performance(.overflow)
            }
            line.append(ValuedInstant(time: point.time, value: value, day: point.day))
        }
        let own = try figures(line, settings)
        let days = CommonDays(TimeWeightedIndex(points), TimeWeightedIndex(line), settings)
        return BenchmarkComparison(
            portfolio,
            own,
            days,
            sameFlows: BenchmarkIndex.worth(of: points, in: levels)
        )
    }

    private static func figures(
        _ points: [ValuedInstant],
        _ settings: PerformanceSettings
    ) throws(BenchmarkError) -> Performance {
        do { return try Performance.compute(points, settings) } catch { throw .performance(error) }
    }

    private init(_ portfolio: Performance, _ own: Performance, _ days: CommonDays, sameFlows: Amount?) {
        timeWeightedReturn = own.timeWeightedReturn
        annualizedTimeWeightedReturn = own.annualizedTimeWeightedReturn
        volatility = own.volatility
        maxDrawdown = own.maxDrawdown
        sharpe = own.sharpe
        excessReturn = BenchmarkComparison.difference(
            portfolio.timeWeightedReturn,
            own.timeWeightedReturn
        )
        annualizedExcessReturn = BenchmarkComparison.difference(
            portfolio.annualizedTimeWeightedReturn,
            own.annualizedTimeWeightedReturn
        )
        commonDayCount = days.count
        trackingError = days.trackingError?.amount
        informationRatio = days.informationRatio?.amount
        beta = days.beta?.amount
        alpha = days.alpha?.amount
        correlation = days.correlation?.amount
        sameFlowsEndingValue = sameFlows
        sameFlowsDifference = BenchmarkComparison.difference(portfolio.endingValue, sameFlows)
    }

    private static func difference(_ left: Amount?, _ right: Amount?) -> Amount? {
        guard let left, let right else { return nil }
        return try? left.subtracting(right)  // The reason can only be the range.
    }
}

/// The worth of one unit put into a benchmark at the start.
private struct BenchmarkIndex {
    /// A level of one as a value, so that an index of amounts keeps 24 digits.
    static let startingValue = Scaled(1_000_000)

    /// The level at each instant; one at the first.
    private(set) var levels: [Scaled] = []

    init(
        _ points: [ValuedInstant],
        _ benchmark: Benchmark,
        _ prices: [[Amount?]]
    ) throws(BenchmarkError) {
        let columns = try BenchmarkIndex.columns(points, benchmark, prices)
        let whole = benchmark.shares.reduce(Scaled.zero) { $0 + Scaled(raw: $1.fraction.raw) }
        // What the level holds of each asset since the end of the day before.
        var units = [Scaled](repeating: .zero, count: columns.count)
        var level = Scaled.one
        levels.reserveCapacity(points.count)
        for place in points.indices {
            if place == 0 || points[place].day != points[place - 1].day {
                let base = max(0, place - 1)
                for (part, share) in benchmark.shares.enumerated() {
                    units[part] = level * Scaled(raw: share.fraction.raw) / whole / columns[part][base]
                }
            }
            if place > 0 {
                level = .zero
                for part in columns.indices { level += units[part] * columns[part][place] }
            }
            levels.append(level)
        }
    }

    /// The prices without gaps.
    private static func columns(
        _ points: [ValuedInstant],
        _ benchmark: Benchmark,
        _ prices: [[Amount?]]
    ) throws(BenchmarkError) -> [[Scaled]] {
        precondition(prices.count == benchmark.shares.count, "a list of prices for each share")
        var columns: [[Scaled]] = []
        for (share, list) in zip(benchmark.shares, prices) {
            guard list.count == points.count else {
                throw .priceCount(asset: share.asset, expected: points.count, found: list.count)
            }
            var column: [Scaled] = []
            column.reserveCapacity(list.count)
            for (point, price) in zip(points, list) {
                guard let price else { throw .missingPrice(asset: share.asset, time: point.time) }
                guard price.isPositive else {
                    throw .priceNotPositive(asset: share.asset, time: point.time)
                }
                column.append(Scaled(raw: price.raw))
            }
            columns.append(column)
        }
        return columns
    }

    /// The starting value and each flow, grown as the level did from its instant to the end.
    static func worth(of points: [ValuedInstant], in levels: [Scaled]) -> Amount? {
        let last = levels[levels.count - 1]
        var worth = Scaled(points[0].value) * last
        for place in points.indices.dropFirst() where points[place].netFlow != 0 {
            worth += Scaled(raw: points[place].netFlow) * last / levels[place] / Scaled(raw: Amount.one.raw)
        }
        return worth.amount
    }
}

/// The daily returns of a portfolio and of a benchmark on the days that have both.
private struct CommonDays {
    let portfolio: DailyReturns
    let benchmark: DailyReturns
    let differences: DailyReturns
    private let covariance: Scaled

    init(_ portfolio: TimeWeightedIndex, _ benchmark: TimeWeightedIndex, _ settings: PerformanceSettings) {
        var pairs: [(Scaled, Scaled)] = []
        var place = 0
        let days = portfolio.brokenAt == nil ? portfolio.days : []
        for day in days {
            while place < benchmark.days.count, benchmark.days[place].day < day.day { place += 1 }
            guard place < benchmark.days.count, benchmark.days[place].day == day.day else { continue }
            pairs.append((day.fraction, benchmark.days[place].fraction))
        }
        let own = DailyReturns(pairs.map(\.0), settings)
        let other = DailyReturns(pairs.map(\.1), settings)
        self.portfolio = own
        self.benchmark = other
        differences = DailyReturns(pairs.map { $0.0 - $0.1 }, settings)
        covariance = pairs.reduce(.zero) { sum, pair in
            sum + (pair.0 - own.mean) * (pair.1 - other.mean)
        }
    }

    var count: Int { differences.fractions.count }

    var trackingError: Scaled? { differences.volatility }

    var informationRatio: Scaled? { differences.ratio(above: .zero, over: trackingError) }

    /// Both sums lack the division by n − 1, which cancels.
    var beta: Scaled? {
        guard let deviation = benchmark.volatility, deviation.isPositive else { return nil }
        return covariance / benchmark.squares
    }

    var alpha: Scaled? {
        guard let beta else { return nil }
        let year = Scaled(portfolio.settings.daysPerYear)
        let riskFree = Scaled(portfolio.settings.riskFreeRate)
        return portfolio.mean * year - riskFree - beta * (benchmark.mean * year - riskFree)
    }

    var correlation: Scaled? {
        guard let left = portfolio.volatility, left.isPositive,
            let right = benchmark.volatility, right.isPositive
        else { return nil }
        return covariance / (portfolio.squares * benchmark.squares).squareRoot
    }
}
