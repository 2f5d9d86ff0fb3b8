import Ledger
import Money
import Time
import Valuation

/// What a Book's accounts hold over a list of instants.
struct HoldingTimeline {
    /// What is held of each asset, by slot of the Book.
    let runs: [HoldingRuns]

    /// - Throws: `MoneyError.overflow` when an asset's sum reaches 10²⁰ units.
    init(
        _ book: Book,
        _ inside: [Bool],
        at times: [Timestamp],
        _ columns: HoldingColumns? = nil
    ) throws(MoneyError) {
        // Most assets change about as often as the others.
        let room = columns.map { $0.changes.count / max(1, book.assets.count) } ?? 0
        var runs = book.assets.map { HoldingRuns(asset: $0, capacity: min(room, times.count)) }
        guard let first = times.first, let last = times.last else {
            self.runs = runs
            return
        }
        var state = HoldingState(
            inside: inside,
            held: try HoldingTimeline.held(book, inside, at: first),
            runs: runs
        )
        runs = []
        if let columns {
            let changes = columns.changes
            var place = 0
            var next = columns.firstChange(after: first)
            while next < changes.count, changes[next].time <= last.microseconds {
                let change = changes[next]
                while times[place].microseconds < change.time { place += 1 }
                state.runs[Int(change.slot)].hold(Amount(unchecked: change.held), from: place)
                next += 1
            }
            self.runs = state.runs
            return
        }
        HoldingTimeline.forEachRow(book, after: first, through: last) { row in
            while times[state.place] < row.time { state.place += 1 }
            state.apply(row.incoming, 1)
            state.apply(row.outgoing, -1)
            state.apply(row.fee, -1)
        }
        guard !state.isOutOfRange else { throw .overflow }
        self.runs = state.runs
    }

    /// Calls the body with each entry of a range, by time.
    ///
    /// Within one second the entries of a Book may stand in another order than their instants.
    @inline(__always)
    static func forEachRow<E: Error>(
        _ book: Book,
        after first: Timestamp,
        through last: Timestamp,
        _ body: (borrowing BookRowView) throws(E) -> Void
    ) throws(E) {
        let start = book.firstIndex(inSecondOf: first)
        var isSorted = true
        var latest = Int64.min
        book.forEachRowView(from: start) { row in
            let time = row.time.microseconds
            if time < latest { isSorted = false }
            latest = time
        }
        guard isSorted else { return try forEachSorted(book, from: start, after: first, through: last, body) }
        try book.forEachRowView(from: start) { (row) throws(E) in
            guard row.time > first, row.time <= last else { return }
            try body(row)
        }
    }

    private static func forEachSorted<E: Error>(
        _ book: Book,
        from start: Int,
        after first: Timestamp,
        through last: Timestamp,
        _ body: (borrowing BookRowView) throws(E) -> Void
    ) throws(E) {
        let order = (start..<book.count).map { (time: book.row(at: $0).time, place: $0) }
            .filter { $0.time > first && $0.time <= last }
            .sorted { ($0.time, $0.place) < ($1.time, $1.place) }
        for row in order { try book.withRowView(at: row.place, body) }
    }

    /// What is held of each asset at an instant.
    static func held(_ book: Book, _ inside: [Bool], at time: Timestamp) throws(MoneyError) -> [Amount] {
        var held = [Amount](repeating: .zero, count: book.assets.count)
        let slots = Dictionary(uniqueKeysWithValues: book.assets.enumerated().map { ($1, $0) })
        let isInside = Dictionary(uniqueKeysWithValues: zip(book.accounts, inside))
        for balance in book.balances(at: time) where isInside[balance.account] == true {
            guard let slot = slots[balance.asset] else { continue }
            held[slot] = try held[slot].adding(balance.amount)
        }
        return held
    }
}

/// What is held while the entries of a range are walked through.
private struct HoldingState {
    let inside: [Bool]
    var held: [Int128]
    var runs: [HoldingRuns]
    /// The first instant that sees what is applied.
    var place = 0
    var isOutOfRange = false

    init(inside: [Bool], held: [Amount], runs: [HoldingRuns]) {
        self.inside = inside
        self.held = held.map(\.raw)
        self.runs = runs
        for slot in held.indices where !held[slot].isZero { self.runs[slot].hold(held[slot], from: 0) }
    }

    @inline(__always)
    mutating func apply(_ leg: BookLeg?, _ sign: Int128) {
        guard let leg, !leg.isOutside, inside[Int(leg.account)], !isOutOfRange else { return }
        let slot = Int(leg.asset)
        // Two amounts within the range never leave 128 bits.
        let raw = held[slot] &+ sign &* leg.amount.raw
        if raw.magnitude >= UInt128(Amount.limit) { isOutOfRange = true }
        held[slot] = raw
        runs[slot].hold(Amount(unchecked: raw), from: place)
    }
}
