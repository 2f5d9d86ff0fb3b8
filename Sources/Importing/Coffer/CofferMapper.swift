import Ledger
import Money
import Time

/// Reads rows of Coffer's own layout; `CofferWriter` says how legs are placed.
struct CofferMapper: RowMapper {
    let header: [String]
    let options: ImportOptions
    /// The cell of each column; -1 for one that the file has not.
    var places: [Int]
    var times = TimeText()
    var kinds = ByteCache<EntryKind>()
    var texts = ByteCache<String>()
    var accountNames = ByteCache<DraftAccount>()
    var assets = AssetCodes()
    private(set) var accountsMet: Set<String> = []
    /// The account last taken by default, to spare a look-up per row.
    var lastDefault = ""
    var assetsMet: Set<String> { assets.met }
    var walletCurrenciesMet: Set<String> { [] }
    /// Whether the columns that every row needs are there.
    let isReadable: Bool

    /// Finds the columns by name and reports those that are unknown, missing or there twice.
    init(header: [String], line: Int, options: ImportOptions, log: inout IssueLog) {
        self.header = header
        self.options = options
        var places = [Int](repeating: -1, count: CofferColumn.allCases.count)
        for (index, written) in header.enumerated() {
            let name = written.lowercased()
            guard let column = CofferColumn.allCases.first(where: { $0.name == name }) else {
                let nearest = Nearest.word(CofferColumn.names, to: name)
                log.add(
                    RowIssue(
                        line: line,
                        column: written,
                        code: "unknown_column",
                        severity: .error,
                        found: CellText.shown(written.utf8),
                        expected: CofferColumn.names.joined(separator: ", "),
                        message: "This column is not known; the nearest known one is \(nearest). "
                            + "Rename it or take it out."
                    )
                )
                continue
            }
            if places[column.rawValue] >= 0 {
                log.add(
                    RowIssue(
                        line: line,
                        column: written,
                        code: "repeated_column",
                        severity: .error,
                        found: name,
                        expected: "each column once",
                        message: "The column \(name) is there twice; take one out."
                    )
                )
            } else {
                places[column.rawValue] = index
            }
        }
        for column in [CofferColumn.time, .kind] where places[column.rawValue] < 0 {
            log.add(
                RowIssue(
                    line: line,
                    column: column.name,
                    code: "missing_column",
                    severity: .error,
                    found: CellText.shown(header.joined(separator: ",").utf8),
                    expected: column.name,
                    message:
                        "The column \(column.name) is missing, and every row needs it; add it to the header."
                )
            )
        }
        self.places = places
        isReadable = places[CofferColumn.time.rawValue] >= 0 && places[CofferColumn.kind.rawValue] >= 0
    }

    /// The mapper of the header that every export has, word for word; nil for any other.
    init?(exportHeader row: CSVRow, options: ImportOptions) {
        guard row.bytes[row.start..<row.end].elementsEqual(CofferMapper.exportHeader) else { return nil }
        header = CofferColumn.names
        self.options = options
        places = CofferMapper.exportPlaces
        isReadable = true
    }

    private static let exportHeader = Array(CofferWriter.header.utf8)
    private static let exportPlaces = Array(0..<CofferColumn.names.count)

    mutating func finish(_ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {}

    mutating func map(_ row: CSVRow, _ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {
        guard isReadable else { return }
        let errors = log.errorCount
        let time = readTime(row, &log)
        let kind = readKind(row, &log)
        let incoming = readSide(row, .inAmount, .inAsset, &log)
        let outgoing = readSide(row, .outAmount, .outAsset, &log)
        let fee = readSide(row, .feeAmount, .feeAsset, &log)
        let value = readSide(row, .value, .valueAsset, &log)
        let exchange = readText(row, .exchange, shared: true, &log)
        let account = readAccount(row, .account, &log)
        let toAccount = readAccount(row, .toAccount, &log)
        guard let time, let kind else { return }
        var entry = DraftEntry(line: row.line, time: time, kind: kind)
        entry.exchange = exchange
        entry.group = readText(row, .group, shared: true, &log)
        entry.comment = readText(row, .comment, shared: false, &log)
        entry.reference = readText(row, .reference, shared: false, &log)
        entry.lot = readText(row, .lot, shared: false, &log)
        if case .given(let amount, let asset) = value {
            entry.value = DraftValue(amount: amount, asset: asset)
        } else if case .zero(let asset?) = value {
            entry.value = DraftValue(amount: .zero, asset: asset)
        }
        let sides = CofferSides(incoming: incoming, outgoing: outgoing, fee: fee)
        if kind == .transfer {
            fillTransfer(&entry, row, sides, account, toAccount, &log)
        } else {
            checkSide(row, kind, kind.rule.incoming, incoming, .inAmount, &log)
            checkSide(row, kind, kind.rule.outgoing, outgoing, .outAmount, &log)
            let home = account ?? defaultAccount(exchange)
            entry.incoming = sides.incoming.leg(at: toAccount ?? home)
            entry.outgoing = sides.outgoing.leg(at: home)
            if case .given(let amount, let asset) = fee {
                let place = CofferPlacement.feeAccount(
                    asset,
                    incoming: entry.incoming,
                    outgoing: entry.outgoing,
                    account: home
                )
                entry.fee = DraftLeg(amount: amount, asset: asset, account: place)
            }
            checkAnyLeg(entry, row, &log)
        }
        guard log.errorCount == errors else { return }
        if account == nil {
            for leg in [entry.incoming, entry.outgoing, entry.fee] {
                if case .named(let name) = leg?.account, name != lastDefault {
                    accountsMet.insert(name)
                    lastDefault = name
                }
            }
        }
        try emit(entry)
    }

    func defaultAccount(_ exchange: String) -> DraftAccount {
        .named(options.account ?? (exchange.isEmpty ? "Main" : exchange))
    }

    // MARK: Cells

    func place(_ column: CofferColumn) -> Int { places[column.rawValue] }

    func cell(_ row: CSVRow, _ column: CofferColumn) -> Cell {
        let place = places[column.rawValue]
        guard place >= 0 else { return Cell(start: 0, end: 0, escaped: false, wide: false) }
        return row.trimmed(place)
    }

    mutating func readTime(_ row: CSVRow, _ log: inout IssueLog) -> Timestamp? {
        let cell = cell(row, .time)
        do {
            return try times.read(row.bytes.span, cell.start, cell.end)
        } catch {
            log.add(timeIssue(row, place(.time), error))
            return nil
        }
    }

    mutating func readKind(_ row: CSVRow, _ log: inout IssueLog) -> EntryKind? {
        let cell = cell(row, .kind)
        if let known = kinds.find(row.bytes.span, cell) { return known }
        let name = String(decoding: row.bytes[cell.start..<cell.end], as: UTF8.self)
        guard let kind = EntryKind(name: name.lowercased()) else {
            let names = EntryKind.allCases.map(\.name)
            let nearest = Nearest.word(names, to: name)
            log.add(
                issue(
                    row,
                    place(.kind),
                    .error,
                    "unknown_kind",
                    expected: names.joined(separator: ", "),
                    "This kind is not known; the nearest known one is \(nearest)."
                )
            )
            return nil
        }
        kinds.add(Array(row.bytes[cell.start..<cell.end]), kind)
        return kind
    }

    mutating func readSide(
        _ row: CSVRow,
        _ amountColumn: CofferColumn,
        _ assetColumn: CofferColumn,
        _ log: inout IssueLog
    ) -> CofferSide {
        let amountCell = cell(row, amountColumn)
        let assetCell = cell(row, assetColumn)
        if amountCell.isEmpty, assetCell.isEmpty { return .none }
        let errors = log.errorCount
        var asset: String?
        if !assetCell.isEmpty {
            asset = assets.read(row, assetCell)
            if asset == nil { log.add(assetIssue(row, place(assetColumn))) }
        }
        guard !amountCell.isEmpty else {
            log.add(
                issue(
                    row,
                    place(assetColumn),
                    .error,
                    "missing_amount",
                    expected: "an amount in \(amountColumn.name)",
                    "There is an asset but no amount; fill \(amountColumn.name) or empty this cell."
                )
            )
            return .bad
        }
        guard let amount = readAmount(row, amountColumn, amountCell, &log), errors == log.errorCount else {
            return .bad
        }
        if amount.isZero { return .zero(asset) }
        guard let asset else {
            // The arriving side of a transfer may leave its asset to the other side.
            if amountColumn == .inAmount { return .unnamed(amount) }
            log.add(missingAsset(row, amountColumn, assetColumn))
            return .bad
        }
        return .given(amount, asset)
    }

    func missingAsset(_ row: CSVRow, _ amount: CofferColumn, _ asset: CofferColumn) -> RowIssue {
        issue(
            row,
            place(amount),
            .error,
            "missing_asset",
            expected: "an asset in \(asset.name)",
            "There is an amount but no asset; fill \(asset.name)."
        )
    }

    func readAmount(
        _ row: CSVRow,
        _ column: CofferColumn,
        _ cell: Cell,
        _ log: inout IssueLog
    ) -> Amount? {
        let reading = DecimalText.read(row.bytes.span, cell.start, cell.end)
        let amount: Amount
        switch reading {
        case .plain(let plain): amount = plain
        case .exponent(let exact):
            amount = exact
            log.add(exponentIssue(row, place(column), exact))
        case .rounded, .notANumber, .outOfRange:
            log.add(numberIssue(row, place(column), reading))
            return nil
        }
        guard !amount.isNegative else {
            log.add(
                issue(
                    row,
                    place(column),
                    .error,
                    "negative_amount",
                    expected: "an amount of zero or more",
                    "Amounts have no sign here, since the column says the direction; write it without the minus, "
                        + "in the column of the other side if need be."
                )
            )
            return nil
        }
        return amount
    }

    mutating func readText(
        _ row: CSVRow,
        _ column: CofferColumn,
        shared: Bool,
        _ log: inout IssueLog
    ) -> String {
        let place = places[column.rawValue]
        guard place >= 0, place < row.cells.count else { return "" }
        var cell = row.cells[place]
        if cell.isEmpty { return "" }
        if shared, let known = texts.find(row.bytes.span, cell) { return known }
        let whole = cell
        if cell.count > 1, row.bytes[cell.start] == UInt8(ascii: "'"),
            FormulaGuard.isGuarded(row.bytes[cell.start + 1])
        {
            cell.start += 1
        }
        let (text, clean) = CellText.read(row, cell)
        if !clean { log.add(encodingIssue(row, place)) }
        if shared, clean { texts.add(Array(row.bytes[whole.start..<whole.end]), text) }
        return text
    }

    mutating func readAccount(
        _ row: CSVRow,
        _ column: CofferColumn,
        _ log: inout IssueLog
    ) -> DraftAccount? {
        let place = places[column.rawValue]
        guard place >= 0 else { return nil }
        var cell = row.trimmed(place)
        if cell.isEmpty { return nil }
        if let known = accountNames.find(row.bytes.span, cell) { return known }
        if cell.count == 1, row.bytes[cell.start] == UInt8(ascii: "-") { return .outside }
        let whole = cell
        if cell.count > 1, row.bytes[cell.start] == UInt8(ascii: "'"),
            FormulaGuard.isGuarded(row.bytes[cell.start + 1])
        {
            cell.start += 1
        }
        let (text, clean) = CellText.read(row, cell)
        if !clean { log.add(encodingIssue(row, place)) }
        if clean { accountNames.add(Array(row.bytes[whole.start..<whole.end]), .named(text)) }
        accountsMet.insert(text)
        return .named(text)
    }
}

/// One side of a row.
enum CofferSide {
    case none
    case zero(String?)
    case given(Amount, String)
    /// An amount whose asset is not said.
    case unnamed(Amount)
    /// Reported already.
    case bad

    /// The leg of this side, if something moves.
    func leg(at account: DraftAccount) -> DraftLeg? {
        guard case .given(let amount, let asset) = self else { return nil }
        return DraftLeg(amount: amount, asset: asset, account: account)
    }
}

/// The three sides of a row.
struct CofferSides {
    let incoming: CofferSide
    let outgoing: CofferSide
    let fee: CofferSide
}
