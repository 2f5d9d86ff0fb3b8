import Importing
import Ledger
import Money
import Time

/// Collects the entries of a file on their way into a Book.
///
/// Entries that come in the order of time go straight into the Book; other files are collected and sorted.
struct FileLedger {
    private let keepsNames: Bool
    private let collects: Bool
    private var builder = BookBuilder()
    private var collected: [Entry] = []
    private var last: Timestamp?
    private var count: Int64 = 0
    private var met = MetNames()
    private var sums = AddedTurnover(to: Turnover())
    private var names = FileNames()
    /// The first amount that brings a sum out of range.
    private(set) var refusal: RangeRefusal?
    /// Whether all entries so far came in the order of time; always so where they are collected.
    private(set) var isUsable = true

    /// A ledger that takes entries in the order of time, or in any order where it collects them first.
    init(keepsNames: Bool, collects: Bool) {
        self.keepsNames = keepsNames
        self.collects = collects
    }

    mutating func append(_ draft: DraftEntry) {
        guard isUsable else { return }
        if !collects, let last, draft.time < last {
            isUsable = false
            builder = BookBuilder()
            return
        }
        last = draft.time
        count += 1
        let place = NameResolver.entry(
            draft,
            place: count - 1,
            asset: { met.asset($0, line: draft.line) },
            account: { met.account($0) }
        )
        // A new data folder counts its entries from 1.
        let entry = place.numbered(as: EntryID(raw: count))
        if refusal == nil, let asset = sums.add(entry) {
            refusal = RangeRefusal(line: draft.line, asset: met.displayCode(of: asset))
        }
        if keepsNames { names.add(draft, as: entry.id) }
        if collects { collected.append(entry) } else { builder.append(entry) }
    }

    /// What to tell of assets that no registry knows.
    var findings: [ImportFinding] {
        met.unknown.map { .unknownAsset($0.code, line: $0.line) }
    }

    /// The history with the names and numbers that importing the file into a new data folder would give.
    consuming func finish(_ survey: ImportSurvey, at now: Timestamp) -> FileHistory {
        collected.sort { ($0.time, $0.id) < ($1.time, $1.id) }
        for entry in collected { builder.append(entry) }
        collected = []
        return FileHistory(content: met.content(builder, survey, at: now), names: names)
    }
}
