import Money
import Time

/// What a taxable disposal adds to its year, or what all of a year's come to.
struct YearPart {
    var proceeds: Int128 = 0
    var cost: Int128 = 0
    var fee: Int128 = 0
    var denied: Int128 = 0
    var longGain: Int128 = 0
    var exemptGain: Int128 = 0
}

/// The sums by tax year while the engine runs; days come in order, so the last year is nearly always the one.
struct YearSums {
    private let start: YearStart
    private var past: [YearTotal] = []
    private var year = 0
    private var current = YearPart()
    private var incomplete = 0
    private var first: Int32 = 0
    private var end: Int32 = 0

    init(start: YearStart) {
        self.start = start
    }

    /// The years met, in order.
    var years: [YearTotal] { first == end ? [] : past + [total] }

    @inline(__always)
    mutating func add(_ part: YearPart, on day: Day) {
        if day.number < first || day.number >= end { open(day) }
        // The limit of turnover keeps every sum in range.
        current.proceeds += part.proceeds
        current.cost += part.cost
        current.fee += part.fee
        current.denied += part.denied
        current.longGain += part.longGain
        current.exemptGain += part.exemptGain
    }

    /// Counts a disposal that has no price.
    mutating func addIncomplete(on day: Day) {
        if day.number < first || day.number >= end { open(day) }
        incomplete += 1
    }

    private var total: YearTotal {
        var total = YearTotal(year: year)
        total.proceeds = Amount(unchecked: current.proceeds)
        total.cost = Amount(unchecked: current.cost)
        total.fees = Amount(unchecked: current.fee)
        total.denied = Amount(unchecked: current.denied)
        total.longGain = Amount(unchecked: current.longGain)
        total.exemptGain = Amount(unchecked: current.exemptGain)
        let gain = current.proceeds - current.cost + current.denied
        total.shortGain = Amount(unchecked: gain - current.longGain - current.exemptGain)
        total.incomplete = incomplete
        return total
    }

    @inline(never)
    private mutating func open(_ day: Day) {
        if first < end { past.append(total) }
        year = start.year(of: day)
        first = start.firstDay(of: year)?.number ?? day.number
        end = start.firstDay(of: year + 1)?.number ?? Int32.max
        current = YearPart()
        incomplete = 0
    }
}
