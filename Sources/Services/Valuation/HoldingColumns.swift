import Ledger
import Money
import Time

/// What the entries of a whole Book change in what all accounts hold, by time; kept in memory between questions.
struct HoldingColumns: Sendable {
    /// What is held of an asset from an instant on.
    struct Change: Sendable {
        let time: Int64
        let slot: UInt32
        let held: Int128
    }

    /// By time.
    let changes: [Change]
    /// The entries that may be flows while all assets have a price, by time.
    private let movements: [FlowMovement]

    /// The entries of a range from which on keeping columns pays.
    static let entriesMin = 4096

    /// The memory that they take for each entry, roughly, in bytes.
    static let bytesPerEntry = 100

    /// Nil when a sum leaves the range of amounts; whoever walks the Book says so.
    init?(_ book: Book) {
        let all = Array(repeating: true, count: book.accounts.count)
        let filter = MovementFilter(
            inside: all,
            isPriced: Array(repeating: true, count: book.assets.count),
            wantsAll: false
        )
        var collected = Collector(held: Array(repeating: 0, count: book.assets.count))
        collected.changes.reserveCapacity(2 * book.count)
        HoldingTimeline.forEachRow(book, after: Timestamp(microseconds: .min), through: .latest) { row in
            let time = row.time.microseconds
            collected.add(row.incoming, 1, time)
            collected.add(row.outgoing, -1, time)
            collected.add(row.fee, -1, time)
            if let movement = filter.movement(row) { collected.movements.append(movement) }
        }
        guard !collected.isOutOfRange else { return nil }
        changes = collected.changes
        movements = collected.movements
    }

    private struct Collector {
        var held: [Int128]
        var changes: [Change] = []
        var movements: [FlowMovement] = []
        var isOutOfRange = false

        init(held: [Int128]) {
            self.held = held
        }

        @inline(__always)
        mutating func add(_ leg: BookLeg?, _ sign: Int128, _ time: Int64) {
            guard let leg, !leg.isOutside, !isOutOfRange else { return }
            // Two amounts within the range never leave 128 bits.
            let raw = held[Int(leg.asset)] &+ sign &* leg.amount.raw
            if raw.magnitude >= UInt128(Amount.limit) { isOutOfRange = true }
            held[Int(leg.asset)] = raw
            changes.append(Change(time: time, slot: leg.asset, held: raw))
        }
    }

    /// The place of the first change after an instant.
    func firstChange(after time: Timestamp) -> Int {
        HoldingColumns.firstPlace(in: changes) { $0.time > time.microseconds }
    }

    /// The movements of a range.
    func movements(after first: Timestamp, through last: Timestamp) -> ArraySlice<FlowMovement> {
        let start = HoldingColumns.firstPlace(in: movements) { $0.time > first }
        let end = HoldingColumns.firstPlace(in: movements) { $0.time > last }
        return movements[start..<max(start, end)]
    }

    private static func firstPlace<Element>(in list: [Element], where isPast: (Element) -> Bool) -> Int {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if isPast(list[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension Workspace {
    /// The columns of a user's whole Book where a range is long enough that they pay; else nil.
    func columns(of snapshot: UserSnapshot, scope: ValueScope, from: Timestamp) -> HoldingColumns? {
        guard scope == .user, fileNames == nil else { return nil }
        let count = snapshot.book.count - snapshot.book.firstIndex(inSecondOf: from)
        guard count >= HoldingColumns.entriesMin, count >= snapshot.book.count / 4 else { return nil }
        let shelf = books.shelf(of: snapshot.user)
        if let known = shelf.columns(version: snapshot.version) { return known }
        guard let columns = HoldingColumns(snapshot.book) else { return nil }
        shelf.keep(columns, version: snapshot.version)
        return columns
    }
}
