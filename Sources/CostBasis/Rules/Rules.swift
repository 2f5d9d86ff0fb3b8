import Ledger
import Money

/// What methods need that follow rules beyond the order of the lots; empty for the others.
struct Rules {
    /// The days of the section 104 rules.
    var section104 = Section104()
    /// What denies losses, for superficial losses or for wash sales.
    var losses = LossPlan()
    /// Whether costs are known at the end only, so that years are summed there.
    var isLate = false
    /// By disposal, when years are summed at the end: its tax day.
    var days: [Int32] = []
    /// By road, 2 × asset slot and one more for collateral: coins on their way that a person's pool still holds.
    var away: [Int: Int128] = [:]
    /// What of the disposal at hand the pool may not cover, for it would be another's share.
    var lacking: Int128 = 0
    /// By asset slot: denied losses that join the cost of the next acquisition.
    var deniedAhead: [UInt32: Int128] = [:]
    /// By place among an asset's acquisitions: what they will replace.
    var replacements: [UInt64: [Replacement]] = [:]
    /// By asset slot: rows acquired within the last days, in the order of acquisition.
    var recent: [UInt32: RecentRows] = [:]
    /// The places in the Book of the acquisitions that disposals name, and the rows of their lots by place.
    var namedEntries: [EntryID: UInt32] = [:]
    var namedRows: [UInt32: [UInt32]] = [:]
    /// The rows that the disposal at hand names, the next one last.
    var namedNext: [UInt32] = []
    /// Whether what was taken last was named.
    var tookNamed = false

    init() {}

    init(_ log: borrowing TradeLog, _ settings: LotSettings, assets: Int) {
        if settings.methods.contains(.s104) {
            section104 = Section104(log)
            isLate = true
        }
        if settings.washSales || settings.methods.contains(.acb) {
            losses = LossPlan(log, assets: assets, purchasesOnly: settings.washSales)
        }
    }
}

/// Coins that an acquisition will replace, which were sold at a loss before it.
struct Replacement {
    let quantity: Int128
    /// The loss that joins its cost.
    let denied: Int128
    /// How long those were held, which joins its time of holding.
    let daysHeld: Int32
}

/// Rows that may replace coins sold, in the order of acquisition; the first ones are dropped when they are too old.
struct RecentRows {
    /// A row and the place of its acquisition in the Book.
    struct Row: Comparable {
        let entry: UInt32
        let row: UInt32

        static func < (left: Row, right: Row) -> Bool { (left.entry, left.row) < (right.entry, right.row) }
    }

    private(set) var rows: [Row] = []
    private(set) var first = 0

    /// Takes in a row that is acquired now.
    mutating func append(_ row: UInt32, entry: UInt32) { rows.append(Row(entry: entry, row: row)) }

    /// Takes in a part of a row that was moved elsewhere, if that row is here.
    mutating func split(_ row: UInt32, from whole: UInt32, entry: UInt32) {
        let old = Row(entry: entry, row: whole)
        let place = rows.partitioningIndex { $0 >= old }
        guard place < rows.count, place >= first, rows[place] == old else { return }
        let new = Row(entry: entry, row: row)
        rows.insert(new, at: rows.partitioningIndex { $0 >= new })
    }

    /// Drops all before a place but these, in their order.
    mutating func keep(_ kept: [Row], before place: Int) {
        let start = place - kept.count
        for (number, row) in kept.enumerated() { rows[start + number] = row }
        first = start
        if first * 2 > rows.count, first > 64 {
            rows.removeFirst(first)
            first = 0
        }
    }
}

extension LotSettings {
    /// Whether what comes later must be known, which takes a first pass.
    var looksAhead: Bool { washSales || methods.contains { $0.looksAhead } }

    /// Whether disposals follow rules beyond the order of the lots, or the rules change.
    var followsRules: Bool {
        looksAhead || !changes.isEmpty || !scopeChanges.isEmpty || method == .specific
    }
}
