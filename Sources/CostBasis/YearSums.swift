import Money
import Time

/// The sums by tax year while the engine runs; days come in order, so the last year is nearly always the one.
struct YearSums {
    private var past: [YearTotal] = []
    private var current = YearTotal(year: 0)
    private var first: Int32 = 0
    private var end: Int32 = 0

    /// The years met, in order.
    var years: [YearTotal] { first == end ? [] : past + [current] }

    mutating func add(proceeds: Int128, cost: Int128, longGain: Int128, on day: Day) {
        if day.number < first || day.number >= end { open(day) }
        // The limit of turnover keeps every sum in range.
        current.proceeds = Amount(unchecked: current.proceeds.raw + proceeds)
        current.cost = Amount(unchecked: current.cost.raw + cost)
        current.longGain = Amount(unchecked: current.longGain.raw + longGain)
        current.shortGain = Amount(unchecked: current.shortGain.raw + proceeds - cost - longGain)
    }

    private mutating func open(_ day: Day) {
        if first < end { past.append(current) }
        let year = day.date.year
        first = Day(year: year, month: 1, day: 1)?.number ?? day.number
        end = Day(year: year + 1, month: 1, day: 1)?.number ?? Int32.max
        current = YearTotal(year: year)
    }
}
