import Ledger
import Money
import Storage
import Time

/// The money that a portfolio begins with: an account of its own and one deposit in the journal.
struct OpeningDeposit: Sendable {
    private let user: UserID
    private let title: String
    private let amount: Amount
    private let shelf: BookShelf
    /// Keeps the sums of the history in range.
    let ticket: RangeTicket

    struct Done: Sendable {
        let account: AccountRecord
        let entry: Entry
        let added: Turnover
    }

    init(_ draft: PortfolioDraft, _ shelf: BookShelf, _ workspace: Workspace) throws {
        user = shelf.user
        title = draft.title
        amount = draft.openingDeposit
        self.shelf = shelf
        ticket = RangeTicket(shelf.range)
    }

    /// Makes the account and the entry within a transaction.
    ///
    /// - Throws: `MoneyError.overflow` when all amounts of USD together would leave the range, `StorageError`.
    func perform(_ transaction: WriteTransaction, portfolio: PortfolioID) throws -> Done {
        let id = try transaction.account(
            of: user,
            name: try freeName(transaction.connection),
            kind: "manual",
            portfolio: portfolio
        )
        guard let account = try transaction.connection.accounts(of: user).first(where: { $0.id == id }) else {
            throw StorageError(.notFound, operation: "making an account")
        }
        let leg = Leg(amount: amount, asset: .usd, account: id)
        let entry = Entry(
            id: EntryID(raw: 0),
            time: transaction.time,
            kind: .deposit,
            incoming: leg,
            value: AssetAmount(amount: amount, asset: .usd)
        )
        var sums = AddedTurnover(to: shelf.range.known ?? Turnover())
        guard sums.add(entry) == nil else { throw MoneyError.overflow }
        let texts = EntryTexts(reference: "portfolio \(portfolio.raw)", comment: "opening deposit")
        let draft = ImportDraft(user: user, format: "opening deposit")
        let (_, verdicts) = try transaction.importOnce(draft, rows: [ImportRow(entry: entry, texts: texts)])
        guard let number = verdicts.first?.entry else { preconditionFailure("each row has its verdict") }
        return Done(account: account, entry: entry.numbered(as: number), added: sums.added)
    }

    /// Shows what was committed to readers.
    func finish(_ result: Result<Done?, any Error>) {
        if case .success(let done?) = result {
            shelf.add(accounts: [done.account], assets: [])
            shelf.add([done.entry])
        }
        if case .success = result {
            ticket.settle(isCommitted: true)
        } else {
            ticket.settle(isCommitted: false)
        }
    }

    /// A name that no account of the user has.
    private func freeName(_ connection: Connection) throws(StorageError) -> String {
        let taken = Set(try connection.accounts(of: user).map(\.name))
        let plain = title + ": cash"
        guard taken.contains(plain) else { return plain }
        var number = 2
        while taken.contains("\(plain) \(number)") { number += 1 }
        return "\(plain) \(number)"
    }
}
