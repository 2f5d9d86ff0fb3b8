import Ledger
import Money
import Storage

/// What taking the entries of some accounts back comes to, worked out from one state of the journal.
///
/// What moved between them and other accounts stays right for the others: there it becomes a deposit or a withdrawal.
struct TakenBackEntries: Sendable {
    private let user: UserID
    private let mark: JournalMark
    /// Imports all of whose live entries belong to the accounts alone.
    private var imports: [ImportID] = []
    /// Further entries that touch them.
    private(set) var voids: [EntryPlace] = []
    /// What is left of those that touch other accounts too.
    private var replacements: [ImportRow] = []
    /// Whether the accounts hold anything.
    let holdsAssets: Bool

    init(of accounts: Set<AccountID>, of user: UserID, _ connection: Connection) throws(StorageError) {
        self.user = user
        mark = try connection.journalMark(of: user)
        var sums: [AssetID: Int128] = [:]
        var touched: [ImportID: [EntryPlace]] = [:]
        var mixed: Set<ImportID> = []
        var remains: [ImportRow] = []
        if !accounts.isEmpty {
            try connection.forEachEntry(of: user) { stored in
                let entry = stored.entry
                let legs = [(entry.incoming, Int128(1)), (entry.outgoing, -1), (entry.fee, -1)]
                var isTouched = false
                for case (let leg?, let sign) in legs {
                    guard let account = leg.account, accounts.contains(account) else { continue }
                    isTouched = true
                    sums[leg.asset, default: 0] += sign * leg.amount.raw
                }
                guard isTouched else {
                    mixed.insert(stored.importID)
                    return true
                }
                touched[stored.importID, default: []].append(EntryPlace(entry))
                if let rest = entry.without(accounts) {
                    mixed.insert(stored.importID)
                    var texts = stored.texts
                    texts.reference = "entry \(entry.id.raw)"
                    remains.append(ImportRow(entry: rest, texts: texts))
                }
                return true
            }
        }
        for (id, places) in touched.sorted(by: { $0.key < $1.key }) {
            if mixed.contains(id) { voids += places } else { imports.append(id) }
        }
        replacements = remains
        holdsAssets = sums.values.contains { $0 != 0 }
    }

    /// Whether the journal is still as it was when this was worked out, as a transaction sees it.
    func isCurrent(_ transaction: WriteTransaction) throws(StorageError) -> Bool {
        guard try transaction.connection.journalMark(of: user) == mark else { return false }
        // Rows of an import that is under way are not seen yet, and may be of these accounts.
        return try !transaction.connection.hasOpenImport(of: user)
    }

    /// Does it within a transaction; false, with nothing done, when the journal has changed since it was worked out.
    ///
    /// `format` names the import that what is left goes into.
    func perform(
        _ transaction: WriteTransaction,
        reason: String,
        format: String,
        rowsMax: Int
    ) throws -> Bool {
        guard try isCurrent(transaction) else { return false }
        for id in imports { try transaction.undoImport(id, user: user, reason: reason) }
        for place in voids {
            try transaction.voidEntry(place.id, user: user, time: place.time, reason: reason)
        }
        var rest = replacements[...]
        while !rest.isEmpty {
            let rows = rest.prefix(rowsMax).enumerated().map { place, row in
                ImportRow(entry: row.entry.numbered(as: EntryID(raw: Int64(place))), texts: row.texts)
            }
            rest = rest.dropFirst(rowsMax)
            _ = try transaction.importOnce(ImportDraft(user: user, format: format), rows: rows)
        }
        return true
    }
}

extension Entry {
    /// What is left of an entry for all other accounts when some are taken away; nil when nothing is.
    ///
    /// A transfer from or to one of them becomes a deposit or a withdrawal; a leg of any other kind happens outside.
    func without(_ gone: Set<AccountID>) -> Entry? {
        func isGone(_ leg: Leg?) -> Bool { leg?.account.map { gone.contains($0) } ?? false }
        func isKept(_ leg: Leg?) -> Bool { leg?.account.map { !gone.contains($0) } ?? false }
        func outside(_ leg: Leg?) -> Leg? {
            isGone(leg) ? leg.map { Leg(amount: $0.amount, asset: $0.asset, account: nil) } : leg
        }
        guard isKept(incoming) || isKept(outgoing) || isKept(fee) else { return nil }
        let ownFee = isKept(fee) ? fee : nil
        guard isKept(incoming) || isKept(outgoing) else {
            // Only the fee was paid from here.
            return Entry(id: id, time: time, kind: .fee, outgoing: ownFee)
        }
        guard kind == .transfer else {
            return Entry(
                id: id,
                time: time,
                kind: kind,
                incoming: outside(incoming),
                outgoing: outside(outgoing),
                fee: isGone(fee) ? nil : fee,
                value: value
            )
        }
        if isGone(incoming) {
            return Entry(id: id, time: time, kind: .withdrawal, outgoing: outgoing, fee: ownFee, value: value)
        }
        if isGone(outgoing) {
            return Entry(id: id, time: time, kind: .deposit, incoming: incoming, fee: ownFee, value: value)
        }
        return Entry(id: id, time: time, kind: kind, incoming: incoming, outgoing: outgoing, value: value)
    }
}
