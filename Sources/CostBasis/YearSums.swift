import Money
import Time

/// The sums by tax year while the engine runs; days come in order, so the last year is nearly always the one.
struct YearSums {
    private(set) var years: [YearTotal] = []
    private var first: Int32 = 0
    private var end: Int32 = 0

    mutating func add(proceeds: Int128, cost: Int128, longGain: Int128, on day: Day) {
        if day.number < first || day.number >= end { open(day) }
        let place = years.count - 1
        years[place].proceeds = sum(years[place].proceeds, proceeds)
        years[place].cost = sum(years[place].cost, cost)
        years[place].longGain = sum(years[place].longGain, longGain)
        years[place].shortGain = sum(years[place].shortGain, proceeds - cost - longGain)
    }

    /// The limit of turnover keeps every sum in range.
    private func sum(_ total: Amount, _ more: Int128) -> Amount {
        Amount(unchecked: total.raw + more)
    }

    private mutating func open(_ day: Day) {
        let year = day.date.year
        first = Day(year: year, month: 1, day: 1)?.number ?? day.number
        end = Day(year: year + 1, month: 1, day: 1)?.number ?? Int32.max
        years.append(YearTotal(year: year))
    }
}
