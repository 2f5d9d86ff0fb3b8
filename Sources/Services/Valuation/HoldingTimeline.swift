import Ledger
import Money
import Time
import Valuation

/// What a Book's accounts hold over a list of instants.
struct HoldingTimeline {
    /// One change of what is held.
    private struct Change {
        let time: Int64
        let slot: Int
        let delta: Int128
    }

    /// What is held of each asset, by slot of the Book.
    let runs: [HoldingRuns]

    /// - Throws: `MoneyError.overflow` when an asset's sum reaches 10²⁰ units.
    init(_ book: Book, _ inside: [Bool], at times: [Timestamp]) throws(MoneyError) {
        var runs = book.assets.map { HoldingRuns(asset: $0) }
        guard let first = times.first, let last = times.last else {
            self.runs = runs
            return
        }
        var held = try HoldingTimeline.held(book, inside, at: first)
        for slot in held.indices where !held[slot].isZero { runs[slot].hold(held[slot], from: 0) }
        var place = 0
        for change in HoldingTimeline.changes(book, inside, after: first, through: last) {
            while times[place].microseconds < change.time { place += 1 }
            held[change.slot] = try held[change.slot].adding(Amount(raw: change.delta))
            runs[change.slot].hold(held[change.slot], from: place)
        }
        self.runs = runs
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

    /// The changes within a range, by time.
    private static func changes(
        _ book: Book,
        _ inside: [Bool],
        after first: Timestamp,
        through last: Timestamp
    ) -> [Change] {
        var changes: [Change] = []
        var isSorted = true
        var latest = Int64.min
        book.forEachRowView(from: book.firstIndex(inSecondOf: first)) { row in
            let time = row.time
            guard time > first, time <= last else { return }
            if time.microseconds < latest { isSorted = false }
            latest = time.microseconds
            func note(_ leg: BookLeg?, _ sign: Int128) {
                guard let leg, !leg.isOutside, inside[Int(leg.account)] else { return }
                changes.append(
                    Change(time: time.microseconds, slot: Int(leg.asset), delta: sign * leg.amount.raw)
                )
            }
            note(row.incoming, 1)
            note(row.outgoing, -1)
            note(row.fee, -1)
        }
        // Within one second the entries may stand in another order than their instants.
        return isSorted ? changes : changes.sorted { $0.time < $1.time }
    }
}
