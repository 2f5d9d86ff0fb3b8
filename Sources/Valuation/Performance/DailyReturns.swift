import Money

/// The returns of the days of a range, and what their spread says.
struct DailyReturns {
    let fractions: [Scaled]
    let mean: Scaled
    let settings: PerformanceSettings
    private let ascending: [Scaled]

    /// A deviation below 10⁻¹² a year is that of the last digits of values, and none.
    static let leastDeviation = Scaled(Amount(unchecked: 1_000_000))

    init(_ fractions: [Scaled], _ settings: PerformanceSettings) {
        self.fractions = fractions
        self.settings = settings
        mean = fractions.isEmpty ? .zero : fractions.reduce(.zero, +) / Scaled(fractions.count)
        ascending = fractions.sorted()
    }

    private var yearDays: Scaled { Scaled(settings.daysPerYear) }
    private var hasSpread: Bool { fractions.count >= 2 }

    /// The sum of the squares of what each return differs from the mean.
    var squares: Scaled {
        fractions.reduce(.zero) { sum, fraction in
            let difference = fraction - mean
            return sum + difference * difference
        }
    }

    /// √(Σ(r − mean)²/(n − 1) · days per year); nil below two returns.
    var volatility: Scaled? {
        guard hasSpread else { return nil }
        return DailyReturns.significant((squares / Scaled(fractions.count - 1) * yearDays).squareRoot)
    }

    /// √(Σ min(0, r − target)²/n · days per year); nil below two returns.
    var downsideDeviation: Scaled? {
        guard hasSpread else { return nil }
        let target = Scaled(settings.minimumAcceptableReturn) / yearDays
        let sum = fractions.reduce(Scaled.zero) { sum, fraction in
            let shortfall = fraction - target
            return shortfall.isNegative ? sum + shortfall * shortfall : sum
        }
        return DailyReturns.significant((sum / Scaled(fractions.count) * yearDays).squareRoot)
    }

    /// The mean return of a year above a rate, per unit of a deviation; nil without deviation.
    func ratio(above rate: Amount, over deviation: Scaled?) -> Scaled? {
        guard let deviation, deviation.isPositive else { return nil }
        return (mean * yearDays - Scaled(rate)) / deviation
    }

    /// The loss that a share of the days in percent stayed within: a quantile between two returns by proportion.
    func valueAtRisk(percent: Int) -> Scaled? { quantile(percent: 100 - percent)?.negated }

    /// The mean loss of the days at or beyond that.
    func conditionalValueAtRisk(percent: Int) -> Scaled? {
        guard let limit = quantile(percent: 100 - percent) else { return nil }
        let tail = ascending.prefix { $0 <= limit }
        return (tail.reduce(.zero, +) / Scaled(tail.count)).negated
    }

    /// The quantile at place (n − 1)·p of the sorted returns: Hyndman and Fan's type 7.
    private func quantile(percent: Int) -> Scaled? {
        guard hasSpread else { return nil }
        let (place, rest) = ((ascending.count - 1) * percent).quotientAndRemainder(dividingBy: 100)
        guard rest > 0 else { return ascending[place] }
        let step = ascending[place + 1] - ascending[place]
        return ascending[place] + step * Scaled(rest) / Scaled(100)
    }

    static func significant(_ deviation: Scaled) -> Scaled {
        deviation < leastDeviation ? .zero : deviation
    }
}
