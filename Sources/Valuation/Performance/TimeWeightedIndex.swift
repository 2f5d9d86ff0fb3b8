import Money
import Time

/// The worth of one unit that stayed in, linked over every flow, with its falls and its daily returns.
///
/// The rules of a sub-period, from the value B before to the value V after a net flow F. Capital is a value of at least
/// 10⁻¹²; less is what rounding leaves. An instant that knows the value before its flow makes two sub-periods, the
/// first one up to there without a flow.
/// 1. Capital before, and nothing below zero without the flow (V − F ≥ 0): it grows by (V − F)/B. But an inflow at the
///    very instant of B, where no price can have moved, counts as capital from there: V/(B + F).
/// 2. Otherwise, where an inflow brings capital (F > 0, B + F > 0, V ≥ 0): the chain restarts with it and grows by
///    V/(B + F), so that what the flow cost counts.
/// 3. Otherwise, with capital before: more than everything was lost, and the chain is broken for good.
/// 4. Otherwise there is no capital, hence no return; the sub-period is left out, and counted if the value changed.
struct TimeWeightedIndex {
    /// The growth of a unit over the whole range; nil when no sub-period could be linked, or the chain broke.
    private(set) var growth: Scaled?
    private(set) var brokenAt: Timestamp?
    private(set) var unlinkedCount = 0
    private(set) var drawdown = DrawdownTracker()
    private(set) var days: [DayGrowth] = []

    private var total = Chain()
    private var day = Chain()
    private var hasLink = false
    private var hasDayLink = false
    /// Whether the day being linked began at the end of the calendar's day before, or with the range.
    private var isWholeDay = true

    /// One day's return as a fraction.
    struct DayGrowth {
        let day: Day
        let fraction: Scaled
    }

    /// The index over some instants; they are in order and at least one.
    init(_ points: [ValuedInstant]) {
        var before = points[0]
        total.restart(at: before.value)
        day.restart(at: before.value)
        drawdown.begin(total.level, at: before.time)
        for point in points.dropFirst() {
            if point.day != before.day {
                closeDay(before)
                isWholeDay = point.day.number == before.day.number + 1
            }
            linkParts(from: before, to: point)
            guard brokenAt == nil else { return }
            before = point
        }
        closeDay(before)
        if hasLink { growth = total.level(at: before.value) }
    }

    /// The least value that is capital: 10⁻¹².
    private static let leastCapital = Amount(unchecked: 1_000_000)

    private mutating func linkParts(from before: ValuedInstant, to point: ValuedInstant) {
        guard point.netFlow != 0, let value = point.valueBefore, !value.isNegative,
            before.value >= TimeWeightedIndex.leastCapital
        else { return link(from: before, to: point) }
        let between = ValuedInstant(time: point.time, value: value, day: point.day)
        link(from: before, to: between)
        link(from: between, to: point)
    }

    private mutating func link(from before: ValuedInstant, to point: ValuedInstant) {
        guard point.netFlow == 0 else { return linkFlow(from: before, to: point) }
        guard before.value >= TimeWeightedIndex.leastCapital else {
            return restart(
                from: before,
                to: point,
                change: Scaled(raw: point.value.raw) - Scaled(raw: before.value.raw)
            )
        }
        guard !point.value.isNegative else {
            brokenAt = point.time
            return
        }
        hasLink = true
        hasDayLink = true
        drawdown.add(total.ratio * Scaled(raw: point.value.raw), at: point.time)
    }

    private mutating func linkFlow(from before: ValuedInstant, to point: ValuedInstant) {
        // All are below 10³⁸ and Int128 reaches to 1.7·10³⁸, so sums are made of scaled numbers.
        let base = Scaled(raw: before.value.raw)
        let value = Scaled(raw: point.value.raw)
        let flow = Scaled(raw: point.netFlow)
        let withoutFlow = value - flow
        let withFlow = base + flow
        let isRestart = flow.isPositive && !value.isNegative && withFlow.isPositive
        let hasCapital = before.value >= TimeWeightedIndex.leastCapital
        let isOrdinary = hasCapital && !withoutFlow.isNegative
        let isSameInstant = isRestart && !base.isNegative && before.time == point.time
        if isOrdinary && !isSameInstant {
            total.link(to: withoutFlow, newBase: point.value)
            day.link(to: withoutFlow, newBase: point.value)
        } else if isRestart {
            let factor = value / withFlow
            total.multiply(by: factor, from: before.value, newBase: point.value)
            day.multiply(by: factor, from: before.value, newBase: point.value)
        } else if hasCapital {
            brokenAt = point.time
            return
        } else {
            return restart(from: before, to: point, change: withoutFlow - base)
        }
        hasLink = true
        hasDayLink = true
        drawdown.add(total.level, at: point.time)
    }

    /// Keeps the level reached and goes on from a value that no return led to.
    private mutating func restart(from before: ValuedInstant, to point: ValuedInstant, change: Scaled) {
        if change.magnitude >= Scaled(raw: TimeWeightedIndex.leastCapital.raw) { unlinkedCount += 1 }
        total.multiply(by: .one, from: before.value, newBase: point.value)
        day.multiply(by: .one, from: before.value, newBase: point.value)
        drawdown.add(total.level, at: point.time)
    }

    /// Notes the day's return, if there was any capital on it, and begins the next one.
    private mutating func closeDay(_ last: ValuedInstant) {
        if hasDayLink, isWholeDay {
            days.append(DayGrowth(day: last.day, fraction: day.level(at: last.value) - .one))
        }
        day = Chain()
        day.restart(at: last.value)
        hasDayLink = false
    }
}

/// A level that follows a value from a base on.
private struct Chain {
    /// The level at the base.
    private(set) var level = Scaled.one
    /// The level for one count of value; zero where there is no capital.
    private(set) var ratio = Scaled.zero
    private var base = Scaled.zero

    /// The level when the value is that.
    func level(at value: Amount) -> Scaled {
        base.isPositive ? level * Scaled(raw: value.raw) / base : level
    }

    /// Keeps the level and follows from another value on.
    mutating func restart(at value: Amount) {
        base = Scaled(raw: value.raw)
        ratio = base.isPositive ? level / base : .zero
    }

    /// Follows the value up to there, then from the new base on.
    mutating func link(to value: Scaled, newBase: Amount) {
        level = level * value / base
        restart(at: newBase)
    }

    /// Follows the value up to there, grows by a factor, then follows from the new base on.
    mutating func multiply(by factor: Scaled, from value: Amount, newBase: Amount) {
        level = level(at: value) * factor
        restart(at: newBase)
    }
}

/// The deepest fall of an index below the highest level before.
///
/// Levels within 2⁻⁶¹ of each other count as one: they round to the same fall at 18 decimals, and an index that is
/// linked over a flow comes back to the same level only but for its last bits.
struct DrawdownTracker {
    private var height = Scaled.one
    /// The lowest level that counts as the height.
    private var reached = Scaled.one
    private var heightTime = Timestamp.earliest
    private var depth = Scaled.one
    /// The level below which it is deeper.
    private var deeper = Scaled.one
    private var depthTime = Timestamp.earliest
    private var worst: (fraction: Amount, peak: Timestamp, trough: Timestamp)?
    private var recovery: Timestamp?

    mutating func begin(_ level: Scaled, at time: Timestamp) {
        rise(to: level, at: time)
    }

    mutating func add(_ level: Scaled, at time: Timestamp) {
        if level >= reached {
            if depth < reached { settle(recoveredAt: time) }
            if level > height { rise(to: level, at: time) } else { heightTime = time }
        } else if level < deeper {
            depth = level
            deeper = level - level.scaled(byPowerOfTwo: -61)
            depthTime = time
        }
    }

    private mutating func rise(to level: Scaled, at time: Timestamp) {
        height = level
        heightTime = time
        reached = level - level.scaled(byPowerOfTwo: -61)
        (depth, deeper) = (level, reached)
    }

    /// Compares the fall since the height with the worst so far, and forgets it.
    private mutating func settle(recoveredAt time: Timestamp?) {
        // A fall is from zero to one, so it is always in range.
        let fraction = ((height - depth) / height).amount ?? .zero
        if fraction > worst?.fraction ?? .zero {
            worst = (fraction, heightTime, depthTime)
            recovery = time
        }
        (depth, deeper) = (height, reached)
    }

    /// The deepest fall, the earliest of equal ones.
    func finish() -> Drawdown {
        var last = self
        if last.depth < last.reached { last.settle(recoveredAt: nil) }
        guard let worst = last.worst else {
            return Drawdown(fraction: .zero, peak: nil, trough: nil, recovery: nil)
        }
        return Drawdown(
            fraction: worst.fraction,
            peak: worst.peak,
            trough: worst.trough,
            recovery: last.recovery
        )
    }
}
