import Money
import Time

extension Performance {
    /// The figures over instants in order of time; the flows of the first one lie before the range and do not count.
    ///
    /// Linear in the number of instants.
    ///
    /// - Throws: `PerformanceError`.
    public static func compute(
        _ points: [ValuedInstant],
        _ settings: PerformanceSettings = PerformanceSettings()
    ) throws(PerformanceError) -> Performance {
        let totals = try Totals(points)
        let index = TimeWeightedIndex(points)
        return Performance(points, totals, index, settings)
    }

    private init(
        _ points: [ValuedInstant],
        _ totals: Totals,
        _ index: TimeWeightedIndex,
        _ settings: PerformanceSettings
    ) {
        let (first, last) = (points[0], points[points.count - 1])
        start = first.time
        end = last.time
        pointCount = points.count
        let span = Int(last.day.number) - Int(first.day.number)
        calendarDays = span
        startingValue = first.value
        endingValue = last.value
        inflows = totals.inflows
        outflows = totals.outflows
        netFlows = totals.netFlows
        absoluteChange = totals.gain
        averageCapital = totals.averageCapital(from: first, to: last)
        relativeChange = Performance.relative(gain: totals.gain, averageCapital)
        highest = totals.highest
        lowest = totals.lowest

        let isLinked = index.brokenAt == nil && index.growth != nil
        timeWeightedReturn = index.growth.flatMap { ($0 - .one).amount }
        annualizedTimeWeightedReturn = index.growth.flatMap { Performance.annualized($0, days: span) }
        brokenAt = index.brokenAt
        unlinkedCount = index.unlinkedCount
        maxDrawdown = isLinked ? index.drawdown.finish() : nil

        let rate = MoneyWeightedReturn(points)
        moneyWeightedReturn = rate?.annual
        periodMoneyWeightedReturn = rate?.period

        let days = isLinked ? index.days : []
        let returns = DailyReturns(days.map(\.fraction), settings)
        dayCount = days.count
        let (deviation, downside) = (returns.volatility, returns.downsideDeviation)
        volatility = deviation?.amount
        downsideDeviation = downside?.amount
        sharpe = returns.ratio(above: settings.riskFreeRate, over: deviation)?.amount
        sortino = returns.ratio(above: settings.minimumAcceptableReturn, over: downside)?.amount
        bestDay = Performance.extreme(days) { $0 > $1 }
        worstDay = Performance.extreme(days) { $0 < $1 }
        valueAtRisk95 = returns.valueAtRisk(percent: 95)?.amount
        valueAtRisk99 = returns.valueAtRisk(percent: 99)?.amount
        conditionalValueAtRisk95 = returns.conditionalValueAtRisk(percent: 95)?.amount
    }

    private static func relative(gain: Amount, _ capital: Amount?) -> Amount? {
        guard let capital, capital.isPositive else { return nil }
        return try? gain.divided(by: capital)  // The reason can only be the range.
    }

    /// The growth for a calendar year of 365 days; nil for less than that.
    private static func annualized(_ growth: Scaled, days: Int) -> Amount? {
        guard days >= MoneyWeightedReturn.daysPerYear else { return nil }
        return growth.power(MoneyWeightedReturn.daysPerYear, over: days).flatMap { ($0 - .one).amount }
    }

    /// The first of the days whose return comes before all others'.
    private static func extreme(
        _ days: [TimeWeightedIndex.DayGrowth],
        _ isBetter: (Amount, Amount) -> Bool
    ) -> DayReturn? {
        var best: DayReturn?
        for day in days {
            guard let fraction = day.fraction.amount else { continue }
            if let known = best, !isBetter(fraction, known.fraction) { continue }
            best = DayReturn(day: day.day, fraction: fraction)
        }
        return best
    }
}

/// The sums over the instants, and what is asked of their order.
private struct Totals {
    let inflows: Amount
    let outflows: Amount
    let netFlows: Amount
    let gain: Amount
    let highest: ValueMoment
    let lowest: ValueMoment
    /// Each flow times the microseconds for which it was there, in counts of 10⁻³⁶.
    private let weighted: ProductSum

    init(_ points: [ValuedInstant]) throws(PerformanceError) {
        guard let first = points.first, let last = points.last else { throw .noInstants }
        var highest = ValueMoment(time: first.time, value: first.value)
        var lowest = highest
        var (inflows, outflows) = (Amount.zero, Amount.zero)
        var weighted = ProductSum()
        var before = first
        for point in points.dropFirst() {
            guard point.time >= before.time, point.day >= before.day else {
                throw .notAscending(time: point.time)
            }
            before = point
            if point.value > highest.value { highest = ValueMoment(time: point.time, value: point.value) }
            if point.value < lowest.value { lowest = ValueMoment(time: point.time, value: point.value) }
            guard !point.inflow.isZero || !point.outflow.isZero else { continue }
            guard !point.inflow.isNegative, !point.outflow.isNegative else {
                throw .negativeFlow(time: point.time)
            }
            let stay = Amount(unchecked: Int128(last.time.microseconds - point.time.microseconds))
            weighted.add(point.inflow, stay)
            weighted.add(point.outflow.negated, stay)
            inflows = try Totals.inRange { () throws(MoneyError) in try inflows.adding(point.inflow) }
            outflows = try Totals.inRange { () throws(MoneyError) in try outflows.adding(point.outflow) }
        }
        self.highest = highest
        self.lowest = lowest
        self.inflows = inflows
        self.outflows = outflows
        self.weighted = weighted
        let net = try Totals.inRange { () throws(MoneyError) in try inflows.subtracting(outflows) }
        netFlows = net
        // As one sum, since the change before the flows may be out of range and the gain within it.
        var change = ProductSum()
        change.add(last.value)
        change.add(first.value.negated)
        change.add(net.negated)
        gain = try Totals.inRange { () throws(MoneyError) in try change.total() }
    }

    /// The starting value and the flows, each weighted by its share of the range; nil for no time at all.
    func averageCapital(from first: ValuedInstant, to last: ValuedInstant) -> Amount? {
        let duration = Amount(unchecked: Int128(last.time.microseconds - first.time.microseconds))
        guard duration.isPositive else { return nil }
        var sum = weighted
        sum.add(first.value, duration)
        return try? sum.total(dividedBy: duration)  // The reason can only be the range.
    }

    private static func inRange(
        _ compute: () throws(MoneyError) -> Amount
    ) throws(PerformanceError) -> Amount {
        do { return try compute() } catch { throw .overflow }
    }
}

extension MoneyWeightedReturn {
    /// The rate of the starting value, the flows after it and the ending value; nil when it starts below zero.
    init?(_ points: [ValuedInstant]) {
        let (first, last) = (points[0], points[points.count - 1])
        guard !first.value.isNegative else { return nil }
        var sums: [(day: Int32, counts: Int128)] = [(first.day.number, -first.value.raw)]
        func add(_ counts: Int128, on day: Int32) -> Bool {
            guard sums[sums.count - 1].day == day else {
                sums.append((day, counts))
                return true
            }
            let (sum, overflow) = sums[sums.count - 1].counts.addingReportingOverflow(counts)
            sums[sums.count - 1].counts = sum
            return !overflow
        }
        for point in points.dropFirst() where point.netFlow != 0 {
            guard add(-point.netFlow, on: point.day.number) else { return nil }
        }
        guard add(last.value.raw, on: last.day.number) else { return nil }
        self.init(sums: sums)
    }
}
