import Ledger
import Money
import Storage

/// The entries that one change of what is tracked brings into the journal, within its commit.
struct EnteredRows: Sendable {
    private let user: UserID
    private(set) var sums: AddedTurnover
    /// What was new.
    private(set) var entries: [Entry] = []
    /// Accounts that were made.
    var accounts: [AccountRecord] = []
    /// Whether entries were taken back, so that a Book must be loaded anew.
    var hasVoids = false

    init(user: UserID, _ known: Turnover) {
        self.user = user
        sums = AddedTurnover(to: known)
    }

    /// Brings rows in, which are numbered here in their order; those that are there already are passed over.
    ///
    /// - Throws: `MoneyError.overflow` when all amounts of an asset together would leave the range, `StorageError`.
    mutating func enter(
        _ rows: [ImportRow],
        format: String,
        name: String,
        _ transaction: WriteTransaction
    ) throws {
        guard !rows.isEmpty else { return }
        let numbered = rows.enumerated().map { place, row in
            ImportRow(entry: row.entry.numbered(as: EntryID(raw: Int64(place))), texts: row.texts)
        }
        let draft = ImportDraft(user: user, fileName: name, format: format)
        let (_, verdicts) = try transaction.importOnce(draft, rows: numbered)
        for (row, verdict) in zip(numbered, verdicts) where verdict.isNew {
            guard sums.add(row.entry) == nil else { throw MoneyError.overflow }
            entries.append(row.entry.numbered(as: verdict.entry))
        }
    }
}

extension Workspace {
    /// Carries out a change of what a user tracks that brings entries into the journal, all in one commit with its answer.
    ///
    /// - Throws: `MoneyError.overflow` when all amounts of an asset together would leave the range, and what the change throws.
    func entering<View: Sendable, Answer: Sendable>(
        of user: UserID,
        _ claim: IdempotencyClaim?,
        _ answer: @escaping @Sendable (View) -> Answer,
        _ kept: @escaping @Sendable (Answer) -> KeptAnswer,
        _ change: @escaping @Sendable (WriteTransaction, UserSnapshot, inout EnteredRows) throws -> View
    ) throws -> Answer {
        try holding(claim, of: user) {
            let snapshot = try books.snapshot(of: user)
            let turnover = try turnover(of: user)
            let shelf = books.shelf(of: user)
            let ticket = RangeTicket(shelf.range)
            let result = Result {
                try database.writeAndWait { transaction -> (Answer, EnteredRows) in
                    try transaction.check(claim, of: user)
                    var rows = EnteredRows(user: user, shelf.range.known ?? turnover)
                    let made = answer(try change(transaction, snapshot, &rows))
                    if let claim { try transaction.keep(kept(made), claim, of: user) }
                    try ticket.reserve(rows.sums.added)
                    return (made, rows)
                }
            }
            shelf.finish(result.map(\.1), ticket)
            return try result.get().0
        }
    }
}

extension BookShelf {
    /// Shows readers what a commit brought, or nothing when it failed.
    func finish(_ result: Result<EnteredRows, any Error>, _ ticket: RangeTicket) {
        guard case .success(let rows) = result else { return ticket.settle(isCommitted: false) }
        add(accounts: rows.accounts, assets: [])
        if rows.hasVoids {
            invalidate()
            range.forget()
        } else {
            add(rows.entries)
        }
        ticket.settle(isCommitted: true)
    }
}
