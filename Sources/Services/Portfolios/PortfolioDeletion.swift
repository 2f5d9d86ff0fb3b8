import Ledger
import Money
public import Storage
import Time

extension Workspace {
    /// The attempts to delete a portfolio while its history changes.
    private static let deletionAttemptsMax = 5

    /// Deletes a portfolio: its entries no longer count, its accounts go empty to the default one, its row is kept.
    ///
    /// Blocks; reads the user's whole journal. What moved between the portfolio and another one stays right for the
    /// other: there it becomes a deposit or a withdrawal. Everything is one commit with the answer that tells of it.
    ///
    /// - Throws: `PortfolioRefusal`, `KeyRefusal`, `StorageError`, `MoneyError.overflow`.
    public func deletePortfolio(
        _ uuid: String,
        of user: UserID,
        force: Bool,
        claim: IdempotencyClaim? = nil,
        kept: KeptAnswer
    ) throws {
        try holding(claim, of: user) {
            for attempt in 1... {
                guard let record = try portfolio(uuid: uuid), record.user == user else {
                    throw PortfolioRefusal.unknown(uuid)
                }
                guard !record.isDefault else { throw PortfolioRefusal.isDefault }
                let plan = try database.read { connection throws(StorageError) in
                    try PortfolioDeletion(record, connection)
                }
                if plan.holdsAssets, !force {
                    let value = try value(
                        of: user,
                        scope: .portfolio(record.id),
                        currency: Workspace.portfolioCurrency
                    )
                    throw PortfolioRefusal.holdsAssets(value: value.total, unpriced: value.unpriced.count)
                }
                let limit = portfolioLimits.entriesVoidedMax
                guard plan.voids.count <= limit else {
                    throw PortfolioRefusal.tooManyEntries(count: plan.voids.count, limit: limit)
                }
                let rowsMax = configuration.storage.smallImportRowsMax
                let isDone = try database.writeAndWait { transaction -> Bool in
                    try transaction.check(claim, of: user)
                    guard try plan.perform(transaction, rowsMax: rowsMax) else { return false }
                    if let claim { try transaction.keep(kept, claim, of: user) }
                    return true
                }
                if isDone { break }
                guard attempt < Workspace.deletionAttemptsMax else {
                    throw StorageError(
                        .busy,
                        operation: "deleting a portfolio",
                        detail: "the history is changing"
                    )
                }
            }
            let shelf = books.shelf(of: user)
            shelf.invalidate()
            shelf.range.forget()
        }
    }
}

/// What deleting a portfolio comes to, worked out from one state of the journal.
struct PortfolioDeletion: Sendable {
    private let portfolio: PortfolioInfo
    private let mark: JournalMark
    /// Imports all of whose live entries belong to the portfolio alone.
    private var imports: [ImportID] = []
    /// Further entries that touch it.
    private(set) var voids: [EntryPlace] = []
    /// What is left of those that touch other accounts too.
    private var replacements: [ImportRow] = []
    /// Whether anything is held.
    let holdsAssets: Bool

    init(_ portfolio: PortfolioInfo, _ connection: Connection) throws(StorageError) {
        self.portfolio = portfolio
        mark = try connection.journalMark(of: portfolio.user)
        let accounts = Set(
            try connection.accounts(of: portfolio.user).filter { $0.portfolio == portfolio.id }.map(\.id)
        )
        var sums: [AssetID: Int128] = [:]
        var touched: [ImportID: [EntryPlace]] = [:]
        var mixed: Set<ImportID> = []
        var remains: [ImportRow] = []
        if !accounts.isEmpty {
            try connection.forEachEntry(of: portfolio.user) { stored in
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

    /// Does it within a transaction; false, with nothing done, when the journal has changed since it was worked out.
    func perform(_ transaction: WriteTransaction, rowsMax: Int) throws -> Bool {
        let user = portfolio.user
        guard try transaction.connection.journalMark(of: user) == mark,
            let now = try transaction.connection.portfolio(uuid: portfolio.uuid), !now.isDefault
        else { return false }
        let reason = "portfolio \(portfolio.uuid) was deleted"
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
            _ = try transaction.importOnce(
                ImportDraft(user: user, format: "deleted portfolio"),
                rows: rows
            )
        }
        try transaction.deletePortfolio(portfolio.id, of: user)
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
