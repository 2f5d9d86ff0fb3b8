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
                if plan.entries.holdsAssets, !force {
                    let value = try value(
                        of: user,
                        scope: .portfolio(record.id),
                        currency: Workspace.portfolioCurrency
                    )
                    throw PortfolioRefusal.holdsAssets(value: value.total, unpriced: value.unpriced.count)
                }
                let limit = portfolioLimits.entriesVoidedMax
                guard plan.entries.voids.count <= limit else {
                    throw PortfolioRefusal.tooManyEntries(count: plan.entries.voids.count, limit: limit)
                }
                let rowsMax = configuration.storage.smallImportRowsMax
                let shelf = books.shelf(of: user)
                let isDone = try database.writeAndWait { transaction -> Bool in
                    try transaction.check(claim, of: user)
                    guard try plan.perform(transaction, rowsMax: rowsMax) else { return false }
                    shelf.forgetAccounts()
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
private struct PortfolioDeletion: Sendable {
    let portfolio: PortfolioInfo
    let entries: TakenBackEntries

    init(_ portfolio: PortfolioInfo, _ connection: Connection) throws(StorageError) {
        self.portfolio = portfolio
        let accounts = try connection.accounts(of: portfolio.user).filter { $0.portfolio == portfolio.id }
        entries = try TakenBackEntries(of: Set(accounts.map(\.id)), of: portfolio.user, connection)
    }

    /// Does it within a transaction; false, with nothing done, when the journal has changed since it was worked out.
    func perform(_ transaction: WriteTransaction, rowsMax: Int) throws -> Bool {
        guard let now = try transaction.connection.portfolio(uuid: portfolio.uuid), !now.isDefault else {
            return false
        }
        let isDone = try entries.perform(
            transaction,
            reason: "portfolio \(portfolio.uuid) was deleted",
            format: "deleted portfolio",
            rowsMax: rowsMax
        )
        if isDone { try transaction.deletePortfolio(portfolio.id, of: portfolio.user) }
        return isDone
    }
}
