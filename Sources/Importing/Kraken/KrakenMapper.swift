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
    private let account: DraftAccount
    private var times = TimeText()
    private var codes: [String: String] = [:]
    private var references: CoinbaseReferences
    private var groups: [Group] = []
    private var places: [String: Int] = [:]
    private var rowsWaiting = 0
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

    private struct Group {
        let line: Int
        let time: Timestamp
        var rows: [LedgerRow]
    }

    /// How many rows may wait for others of their second.
    private static let rowsWaitingMax = 4_096

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
        let name = options.account ?? "Kraken"
        account = .named(name)
        accountsMet = [name]
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
        case .part(let part): wait(part, line: row.line)
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
        if rowsWaiting > KrakenMapper.rowsWaitingMax { try settle(before: nil, &log, emit) }
    }

    mutating func finish(_ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {
        try settle(before: nil, &log, emit)
    }

    // MARK: Groups

    private mutating func wait(_ part: LedgerRow, line: Int) {
        rowsWaiting += 1
        if let place = places[part.group] {
            groups[place].rows.append(part)
        } else {
            places[part.group] = groups.count
            groups.append(Group(line: line, time: part.time, rows: [part]))
        }
    }

    /// Gives the entries of groups whose second is over; of all for the end of the file.
    private mutating func settle(
        before time: Timestamp?,
        _ log: inout IssueLog,
        _ emit: (DraftEntry) throws -> Void
    ) throws {
        guard !groups.isEmpty else { return }
        var kept: [Group] = []
        for group in groups {
            if let time, abs(time.seconds - group.time.seconds) <= 1 {
                kept.append(group)
            } else {
                try settle(group, &log, emit)
            }
        }
        groups = kept
        places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1.rows[0].group, $0) })
        rowsWaiting = kept.reduce(0) { $0 + $1.rows.count }
    }

    private func settle(_ group: Group, _ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {
        guard LedgerGroup.isWhole(group.rows) else {
            // Read alone it would stand beside the whole event that another export or the API tells.
            return log.add(
                groupIssue(
                    group,
                    "missing_side",
                    "rows of both sides with this refid",
                    "has no row of the other side; export a span of time that holds both",
                    severity: .error
                )
            )
        }
        let joined: LedgerGroup
        do throws(MoneyError) {
            joined = try LedgerGroup(group.rows)
        } catch {
            return log.add(
                groupIssue(
                    group,
                    "out_of_range",
                    "amounts below 10^20 in all",
                    "makes a sum that is too large to be kept",
                    severity: .error
                )
            )
        }
        if joined.remark != nil {
            let words =
                "exchanges several assets at once and does not say which for which; each was read alone"
            log.add(groupIssue(group, "check_kind", "", words))
        }
        for event in joined.events { try emit(draft(event, line: group.line)) }
    }

    private func groupIssue(
        _ group: Group,
        _ code: String,
        _ expected: String,
        _ words: String,
        severity: IssueSeverity = .warning
    ) -> RowIssue {
        RowIssue(
            line: group.line,
            column: columnName(place(.reference)),
            code: code,
            severity: severity,
            found: CellText.shown(group.rows[0].group.utf8),
            expected: expected,
            message: "The event \(words)."
        )
    }

    private func draft(_ event: ExchangeEvent, line: Int) -> DraftEntry {
        func leg(_ money: ExchangeMoney?) -> DraftLeg? {
            money.map { DraftLeg(amount: $0.amount, asset: $0.asset, account: account) }
        }
        return DraftEntry(
            line: line,
            time: event.time,
            kind: event.kind,
            incoming: leg(event.incoming),
            outgoing: leg(event.outgoing),
            fee: leg(event.fee),
            value: event.value.map { DraftValue(amount: $0.amount, asset: $0.asset) },
            reference: event.id,
            exchange: "Kraken",
            comment: event.note
        )
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
