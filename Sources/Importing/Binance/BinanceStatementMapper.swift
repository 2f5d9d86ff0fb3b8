import Ledger
import Money
import Time
import Venues

/// Reads Binance's statement of all transactions, which has one row for each change of what a wallet holds.
///
/// Rows have no ids. Those of one exchange share a second, and so may those of others: what cannot be told apart is said. All
/// wallets are one account.
struct BinanceStatementMapper: BinanceMapper {
    let header: [String]
    let columns: [String: Int]
    var times = TimeText()
    var assetsMet: Set<String> = []
    private let account: String
    private let timeColumn: String
    private var waiting = WaitingRows()
    private(set) var accountsMet: Set<String> = []
    /// None: all legs are inside the account.
    let walletCurrenciesMet: Set<String> = []

    /// A mapper for a header, whose names are given in lower case too; nil when it is not of this export.
    init?(header: [String], names: [String], options: ImportOptions) {
        let columns = BinanceColumns.places(names)
        guard ["account", "operation", "coin", "change"].allSatisfy({ columns[$0] != nil }),
            let timeColumn = ["utc time", "time"].first(where: { columns[$0] != nil })
        else { return nil }
        self.header = header
        self.columns = columns
        self.timeColumn = timeColumn
        account = options.account ?? "Binance"
        accountsMet = [account]
    }

    mutating func map(_ row: CSVRow, _ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {
        let errors = log.errorCount
        let time = readTime(row, timeColumn, &log)
        let coin = asset(text(row, "coin"), row, "coin", &log)
        let change = readNumber(row, "change", &log)
        let operation = BinanceOperation(text(row, "operation"))
        if operation == nil {
            log.add(
                unknownIssue(row, "operation", "this operation", known: BinanceOperation.knownNames)
            )
        }
        guard log.errorCount == errors, let time, let coin, let change, let operation else { return }
        try settle(before: time, &log, emit)
        switch operation {
        case .inside:
            log.add(
                issue(
                    row,
                    place("operation"),
                    .notice,
                    "inside_account",
                    expected: "",
                    "This changes nothing that is held in the Binance account, so it makes no entry."
                )
            )
        case .exchange(let group): wait(group, time, coin, change, .zero, row)
        case .fee(let group):
            // A fee that was given back came in.
            let isPaid = change.isNegative
            wait(group, time, coin, isPaid ? .zero : change, isPaid ? change.magnitude : .zero, row)
        case .moved(let incoming, let outgoing):
            let ledgerRow = LedgerRow(
                id: "",
                group: "",
                time: time,
                kind: incoming,
                asset: coin,
                amount: change,
                fee: .zero,
                note: text(row, "operation")
            )
            guard let event = ledgerRow.event(change.isNegative ? outgoing : incoming) else {
                return log.add(nothingIssue(row, "change"))
            }
            try emit(draft(event, line: row.line))
        }
        if waiting.isFull { try settle(before: nil, &log, emit) }
    }

    mutating func finish(_ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {
        try settle(before: nil, &log, emit)
    }

    private mutating func wait(
        _ group: BinanceOperation.Group,
        _ time: Timestamp,
        _ coin: String,
        _ amount: Amount,
        _ fee: Amount,
        _ row: CSVRow
    ) {
        let user = columns["user id"].map { _ in text(row, "user id") + " " } ?? ""
        waiting.add(
            LedgerRow(
                id: "",
                group: "\(group.rawValue) of \(user)\(text(row, "account")) at \(time)",
                time: time,
                kind: .trade,
                asset: coin,
                amount: amount,
                fee: fee
            ),
            line: row.line
        )
    }

    private mutating func settle(
        before time: Timestamp?,
        _ log: inout IssueLog,
        _ emit: (DraftEntry) throws -> Void
    ) throws {
        for group in waiting.take(before: time) {
            for event in events(of: group, column: place(timeColumn), sharing: "second", &log) {
                try emit(draft(event, line: group.line))
            }
        }
    }

    private func draft(_ event: ExchangeEvent, line: Int) -> DraftEntry {
        var event = event
        // The statement gives no ids; what rows were joined by is none.
        event.id = ""
        return event.draft(line: line, account: account, venue: "Binance")
    }
}
