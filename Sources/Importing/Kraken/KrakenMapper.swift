import Ledger
import Money
import Time
import Venues

/// Reads Kraken's export of the ledger, in any of its generations: without wallets, with wallets, with subclasses.
///
/// What a row means is said by `Venues`, as for Kraken's API, so that both make the same entries under the same ids. The
/// rows of one exchange share a `refid` and a second and stand close together, though not always side by side: a group
/// waits until the second is over. A move that was not settled has a row without an id, and one with an id comes later.
struct KrakenMapper: RowMapper {
    let header: [String]
    private let columns: [Column: Int]
    private let account: String
    private var times = TimeText()
    private var codes: [String: String] = [:]
    private var references: CoinbaseReferences
    private var waiting = WaitingRows()
    private(set) var accountsMet: Set<String> = []
    private(set) var assetsMet: Set<String> = []
    /// None: all legs are inside the account.
    let walletCurrenciesMet: Set<String> = []

    /// A column of the export.
    enum Column: String, CaseIterable {
        case id = "txid"
        case reference = "refid"
        case time
        case type
        case subtype
        case asset
        case amount
        case fee
    }

    /// The columns of a header in lower case, or nil when it is not this export.
    static func columns(_ header: [String]) -> [Column: Int]? {
        var found: [Column: Int] = [:]
        for column in Column.allCases { found[column] = header.firstIndex(of: column.rawValue) }
        let needed = Column.allCases.filter { $0 != .subtype }
        return needed.allSatisfy { found[$0] != nil } ? found : nil
    }

    /// A mapper for a header.
    init(header: [String], columns: [Column: Int], options: ImportOptions) {
        self.header = header
        self.columns = columns
        account = options.account ?? "Kraken"
        accountsMet = [account]
        references = CoinbaseReferences(limit: options.limits.references)
    }

    mutating func map(_ row: CSVRow, _ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {
        guard let read = readRow(row, &log) else { return }
        try settle(before: read.time, &log, emit)
        let meaning: KrakenLedger.Meaning
        do throws(MoneyError) {
            let (found, remark) = try KrakenLedger.read(read)
            meaning = found
            if let remark { log.add(checkIssue(row, remark)) }
        } catch {
            // The only way to fail is a sum beyond the range, which the message says.
            return log.add(feeRangeIssue(row, place(.fee)))
        }
        switch meaning {
        case .event(let event): try emit(draft(event, line: row.line))
        case .part(let part): waiting.add(part, line: row.line)
        case .inside:
            log.add(
                issue(
                    row,
                    place(.type),
                    .notice,
                    "inside_account",
                    expected: "",
                    "This changes nothing that is held in the Kraken account, so it makes no entry."
                )
            )
        }
        if waiting.isFull { try settle(before: nil, &log, emit) }
    }

    mutating func finish(_ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {
        try settle(before: nil, &log, emit)
    }

    // MARK: Groups

    /// Gives the entries of groups whose second is over; of all for the end of the file.
    private mutating func settle(
        before time: Timestamp?,
        _ log: inout IssueLog,
        _ emit: (DraftEntry) throws -> Void
    ) throws {
        for group in waiting.take(before: time) {
            for event in events(of: group, column: place(.reference), sharing: "refid", &log) {
                try emit(draft(event, line: group.line))
            }
        }
    }

    private func draft(_ event: ExchangeEvent, line: Int) -> DraftEntry {
        event.draft(line: line, account: account, venue: "Kraken")
    }

    // MARK: Cells

    private func place(_ column: Column) -> Int { columns[column] ?? 0 }

    private func checkIssue(_ row: CSVRow, _ remark: String) -> RowIssue {
        issue(row, place(.type), .warning, "check_kind", expected: "", remark + ".")
    }

    /// Reads all cells of a row and reports all that is wrong with them; nil if anything is, or nothing was settled.
    private mutating func readRow(_ row: CSVRow, _ log: inout IssueLog) -> KrakenLedgerRow? {
        let errors = log.errorCount
        let id = text(row, .id)
        guard !id.isEmpty else {
            log.add(
                issue(
                    row,
                    place(.id),
                    .notice,
                    "not_settled",
                    expected: "an id",
                    "The row has no id: the move was not settled yet, so it makes no entry; a row with an id tells it."
                )
            )
            return nil
        }
        let time = readTime(row, &log)
        let asset = readAsset(row, &log)
        let amount = readNumber(row, .amount, &log)
        let fee = readNumber(row, .fee, &log)
        if let earlier = references.earlierLine(row, id: row.trimmed(place(.id)), isHalf: false) {
            log.add(
                issue(
                    row,
                    place(.id),
                    .warning,
                    "repeated_id",
                    expected: "the content of line \(earlier), or another id",
                    "Lines \(earlier) and \(row.line) have the same id and other content; both are read, so "
                        + "take one out if it is the same transaction."
                )
            )
        }
        guard log.errorCount == errors, let time, let asset, let amount, let fee else { return nil }
        return KrakenLedgerRow(
            id: id,
            reference: text(row, .reference),
            time: time,
            type: text(row, .type).lowercased(),
            subtype: text(row, .subtype).lowercased(),
            asset: asset,
            amount: amount,
            fee: fee
        )
    }

    private func text(_ row: CSVRow, _ column: Column) -> String {
        guard let place = columns[column], place < row.cells.count else { return "" }
        return CellText.read(row, row.trimmed(place)).text
    }

    private mutating func readTime(_ row: CSVRow, _ log: inout IssueLog) -> Timestamp? {
        let cell = row.trimmed(place(.time))
        do {
            return try times.read(row.bytes.span, cell.start, cell.end)
        } catch {
            log.add(timeIssue(row, place(.time), error, form: "a time such as 2024-01-02 03:04:05"))
            return nil
        }
    }

    private mutating func readAsset(_ row: CSVRow, _ log: inout IssueLog) -> String? {
        let name = text(row, .asset)
        if let known = codes[name] { return known }
        guard let code = KrakenAsset.code(name) else {
            log.add(assetIssue(row, place(.asset)))
            return nil
        }
        codes[name] = code
        assetsMet.insert(code)
        return code
    }

    /// A number; zero for an empty cell of fees.
    private func readNumber(_ row: CSVRow, _ column: Column, _ log: inout IssueLog) -> Amount? {
        let cell = row.trimmed(place(column))
        if cell.isEmpty, column == .fee { return .zero }
        let reading = DecimalText.read(row.bytes.span, cell.start, cell.end)
        switch reading {
        case .plain(let amount): return amount
        case .exponent(let amount):
            log.add(exponentIssue(row, place(column), amount))
            return amount
        case .rounded, .notANumber, .outOfRange:
            log.add(numberIssue(row, place(column), reading))
            return nil
        }
    }
}
