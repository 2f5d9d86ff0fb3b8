public import Money
public import Time

/// One amount put in (below zero) or taken out (above zero) on a day.
public struct CashFlow: Hashable, Sendable {
    /// The calendar day.
    public let day: Day
    /// What the investor gets: below zero what is put in, above zero what is taken out.
    public let amount: Amount

    /// A cash flow from its parts.
    public init(day: Day, amount: Amount) {
        self.day = day
        self.amount = amount
    }
}

/// The rate at which cash flows have a present value of zero, as XIRR of spreadsheets defines it.
///
/// With q as the worth today of one unit tomorrow, the sum of flow × q^day is a polynomial in q, so neither roots nor
/// logarithms are needed to evaluate it; the rate is q⁻³⁶⁵ − 1. The search looks at growth over a year, or over the
/// whole period where that is shorter, from 2⁻²⁰ to 2²⁰, first at none and then outwards; of several solutions the
/// one nearest to none is taken, by the logarithm of growth.
public struct MoneyWeightedReturn: Hashable, Sendable {
    /// The rate of a year of 365 days; nil from 10²⁰ on, which short periods reach.
    public let annual: Amount?
    /// The rate over the days between the first and the last flow.
    public let period: Amount?
    /// The days between the first and the last flow, one or more.
    public let days: Int

    /// The days of a year in the definition; not a setting, since XIRR has it fixed.
    public static let daysPerYear = 365

    /// The rate of some flows in any order; nil when there is none in the range of the search.
    ///
    /// There is none when no flow is below or none above zero, when all are on one day, or when the sum of a day
    /// leaves 128 bits.
    public init?(_ flows: [CashFlow]) {
        var sums: [(day: Int32, counts: Int128)] = []
        for flow in flows.sorted(by: { $0.day < $1.day }) {
            guard let last = sums.last, last.day == flow.day.number else {
                sums.append((flow.day.number, flow.amount.raw))
                continue
            }
            let (sum, overflow) = last.counts.addingReportingOverflow(flow.amount.raw)
            guard !overflow else { return nil }
            sums[sums.count - 1].counts = sum
        }
        self.init(sums: sums)
    }

    /// The rate of sums of days in order.
    init?(sums: [(day: Int32, counts: Int128)]) {
        let flows = sums.filter { $0.counts != 0 }
        guard let first = flows.first, let last = flows.last, first.day < last.day,
            flows.contains(where: { $0.counts > 0 }), flows.contains(where: { $0.counts < 0 })
        else { return nil }
        days = Int(last.day) - Int(first.day)
        let polynomial = PresentValue(flows)
        guard let factor = RateSearch(polynomial, days: min(days, MoneyWeightedReturn.daysPerYear)).factor
        else { return nil }
        let growth = Scaled.one / factor
        annual = (growth.power(MoneyWeightedReturn.daysPerYear) - .one).amount
        period = (growth.power(days) - .one).amount
    }
}

/// The sum of flows discounted by a factor a day, and how it changes with that factor.
private struct PresentValue {
    private var amounts: [Scaled] = []
    /// The days from each flow to the next one.
    private var gaps: [Int] = []

    init(_ flows: [(day: Int32, counts: Int128)]) {
        amounts.reserveCapacity(flows.count)
        gaps.reserveCapacity(flows.count)
        for (place, flow) in flows.enumerated() {
            amounts.append(Scaled(raw: flow.counts))
            if place > 0 { gaps.append(Int(flow.day) - Int(flows[place - 1].day)) }
        }
    }

    /// Horner's scheme from the last flow to the first.
    func value(at factor: Scaled) -> Scaled {
        var sum = amounts[amounts.count - 1]
        for place in gaps.indices.reversed() {
            let gap = gaps[place]
            sum = sum * (gap == 1 ? factor : factor.power(gap)) + amounts[place]
        }
        return sum
    }

    /// The value, and its derivative times the factor: each flow weighted by its day.
    func valueAndSlope(at factor: Scaled) -> (value: Scaled, slope: Scaled) {
        var sum = amounts[amounts.count - 1]
        var slope = Scaled.zero
        for place in gaps.indices.reversed() {
            let gap = gaps[place]
            let discount = gap == 1 ? factor : factor.power(gap)
            slope = (slope + (gap == 1 ? sum : Scaled(gap) * sum)) * discount
            sum = sum * discount + amounts[place]
        }
        return (sum, slope)
    }
}

/// Looks for the factor a day at which a present value is zero.
private struct RateSearch {
    /// The logarithms to base 2 of the growth looked at, in sixteenths, on both sides of none.
    static let rings = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 160, 208, 256, 320]
    /// More halvings than a factor has bits, so that the search ends whatever the steps do.
    static let stepsMax = 400

    let factor: Scaled?

    init(_ polynomial: PresentValue, days: Int) {
        let none = Sample(logarithm: .zero, factor: .one, polynomial)
        guard !none.value.isZero else {
            factor = .one
            return
        }
        var up = none
        var down = none
        for ring in RateSearch.rings {
            let distance = RateSearch.logarithm(sixteenths: ring, days: days)
            let nextUp = Sample(logarithm: distance.negated, polynomial)
            let nextDown = Sample(logarithm: distance, polynomial)
            let above = RateSearch.root(of: polynomial, between: up, and: nextUp)
            let below = RateSearch.root(of: polynomial, between: down, and: nextDown)
            if let above, let below {
                // A factor below one is growth; f·g < 1 means that growth is the farther of the two.
                factor = above * below < .one ? below : above
                return
            }
            if let found = above ?? below {
                factor = found
                return
            }
            (up, down) = (nextUp, nextDown)
        }
        factor = nil
    }

    private static let logarithmOfTwo = Scaled.two.naturalLogarithm

    private static func logarithm(sixteenths: Int, days: Int) -> Scaled {
        logarithmOfTwo * Scaled(sixteenths) / Scaled(16 * days)
    }

    /// The root between two samples of different sign, or nil: Newton's steps, halving where they leave the bracket.
    private static func root(
        of polynomial: PresentValue,
        between first: Sample,
        and second: Sample
    ) -> Scaled? {
        if second.value.isZero { return second.factor }
        guard first.value.sign != second.value.sign else { return nil }
        var (low, high) = first.factor < second.factor ? (first, second) : (second, first)
        var factor = (low.factor + high.factor).scaled(byPowerOfTwo: -1)
        for step in 1...stepsMax {
            let (value, slope) = polynomial.valueAndSlope(at: factor)
            if value.isZero { return factor }
            let sample = Sample(factor: factor, value: value)
            if value.sign == low.value.sign { low = sample } else { high = sample }
            // A bracket that Newton's steps shrink from one side alone is halved now and then.
            let isHalved = slope.isZero || step % 8 == 0
            let newton = isHalved ? factor : factor - factor * value / slope
            let isInside = !isHalved && low.factor < newton && newton < high.factor
            let next = isInside ? newton : (low.factor + high.factor).scaled(byPowerOfTwo: -1)
            let change = (next - factor).magnitude
            factor = next
            if change < factor.scaled(byPowerOfTwo: -112) { return factor }
        }
        return factor
    }

    private struct Sample {
        let factor: Scaled
        let value: Scaled

        init(factor: Scaled, value: Scaled) {
            self.factor = factor
            self.value = value
        }

        /// The logarithm is below 20·ln 2 in magnitude.
        init(logarithm: Scaled, factor: Scaled? = nil, _ polynomial: PresentValue) {
            self.factor = factor ?? logarithm.exponential ?? .one
            value = polynomial.value(at: self.factor)
        }
    }
}
