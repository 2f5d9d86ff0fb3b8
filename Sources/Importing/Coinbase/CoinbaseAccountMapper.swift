import Ledger
import Money
import Time

/// Reads Coinbase's account export of 2012 to 2018, one file per wallet.
///
/// A row with a transfer total in another currency is a buy (amount above zero) or a sale. The total includes the fee
/// of a buy (what was paid) and is net of the fee of a sale (what was received), so that the payment before fees is
/// total − fee for a buy and total + fee for a sale. Every other row is a deposit or a withdrawal of the amount. Dates are
/// month/day/year, or ISO in the later ones.
struct CoinbaseAccountMapper: RowMapper {
    let header: [String]
    private let columns: [Column: Int]
    private let account: DraftAccount
    private let inside: Set<String>
    private var times = TimeText()
    private var assets = AssetCodes()
    private var references: CoinbaseReferences
    private(set) var accountsMet: Set<String> = []
    private(set) var walletCurrenciesMet: Set<String> = []
    var assetsMet: Set<String> { assets.met }

    /// A column of the export.
    enum Column: String, CaseIterable {
        case time = "timestamp"
        case amount
        case currency
        case to
        case notes
        case total = "transfer total"
        case totalCurrency = "transfer total currency"
        case fee = "transfer fee"
        case feeCurrency = "transfer fee currency"
        case transfer = "transfer id"
        case coinbase = "coinbase id"
        case hash = "bitcoin hash"
    }

    /// The columns of a header in lower case, or nil when it is not this export.
    static func columns(_ header: [String]) -> [Column: Int]? {
        var found: [Column: Int] = [:]
        for column in Column.allCases {
            let place =
                header.firstIndex(of: column.rawValue)
                ?? header.firstIndex { $0.hasPrefix(column.rawValue + " (") }
            if let place { found[column] = place }
        }
        guard found[.time] != nil, found[.amount] != nil, found[.currency] != nil, found[.total] != nil else {
            return nil
        }
        return found
    }

    /// A mapper for a header, and the fiat currencies that are known to have wallet rows in the file.
    init(header: [String], columns: [Column: Int], inside: Set<String>, options: ImportOptions) {
        self.header = header
        self.columns = columns
        self.inside = inside
        let name = options.account ?? "Coinbase"
        account = .named(name)
        accountsMet = [name]
        references = CoinbaseReferences(limit: options.limits.references)
    }

    mutating func finish(_ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {}

    mutating func map(_ row: CSVRow, _ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {
        let errors = log.errorCount
        let time = readTime(row, &log)
        let amount = readNumber(row, .amount, isMoney: false, &log)
        let asset = readAsset(row, .currency, required: true, &log)
        let total = readNumber(row, .total, isMoney: true, &log)
        let totalCurrency = readAsset(row, .totalCurrency, required: total.map { !$0.isZero } ?? false, &log)
        let fee = readNumber(row, .fee, isMoney: true, &log)
        let feeCurrency = readAsset(row, .feeCurrency, required: fee.map { !$0.isZero } ?? false, &log)
        checkReference(row, &log)
        guard log.errorCount == errors, let time, let asset else { return }
        guard let amount, !amount.isZero else {
            log.add(
                issue(
                    row,
                    columns[.amount] ?? 0,
                    .notice,
                    "nothing_moved",
                    expected: "an amount",
                    "Nothing moved, so the row makes no entry."
                )
            )
            return
        }
        if AssetRegistry.builtIn.isFiat(code: asset) { walletCurrenciesMet.insert(asset) }
        var entry = DraftEntry(line: row.line, time: time, kind: amount.isNegative ? .withdrawal : .deposit)
        entry.exchange = "Coinbase"
        entry.comment = readText(row, .notes, &log)
        for column in [Column.coinbase, .transfer, .hash] where entry.reference.isEmpty {
            entry.reference = plainText(row, column)
        }
        let moved = DraftLeg(amount: amount.magnitude, asset: asset, account: account)
        if amount.isNegative { entry.outgoing = moved } else { entry.incoming = moved }
        if let total, !total.isZero, let totalCurrency, totalCurrency != asset {
            let payment = DraftLeg(
                amount: total.magnitude,
                asset: totalCurrency,
                account: settlement(totalCurrency)
            )
            let charged = fee.flatMap { fee in
                fee.isZero
                    ? nil
                    : feeCurrency.map { DraftLeg(amount: fee.magnitude, asset: $0, account: settlement($0)) }
            }
            do throws(MoneyError) {
                try fillTrade(&entry, payment: payment, fee: charged)
            } catch {
                // The only way to fail is a sum beyond the range, which the message says.
                return log.add(feeRangeIssue(row, columns[.fee] ?? columns[.total] ?? 0))
            }
        }
        try emit(entry)
    }

    private func fillTrade(
        _ entry: inout DraftEntry,
        payment: DraftLeg,
        fee: DraftLeg?
    ) throws(MoneyError) {
        var paid = payment
        let isBuy = entry.incoming != nil
        if let fee, fee.asset == paid.asset {
            let gross = isBuy ? try paid.amount.subtracting(fee.amount) : try paid.amount.adding(fee.amount)
            paid.amount = max(.zero, gross)
        }
        entry.kind = .trade
        entry.fee = fee
        entry.value = DraftValue(amount: paid.amount, asset: paid.asset)
        guard !paid.amount.isZero else { return }
        if isBuy { entry.outgoing = paid } else { entry.incoming = paid }
    }

    private func settlement(_ currency: String) -> DraftAccount {
        AssetRegistry.builtIn.isFiat(code: currency) && !inside.contains(currency) ? .outside : account
    }

    private mutating func checkReference(_ row: CSVRow, _ log: inout IssueLog) {
        guard let column = columns[.coinbase] else { return }
        guard let earlier = references.earlierLine(row, id: row.trimmed(column), isHalf: false) else {
            return
        }
        log.add(
            issue(
                row,
                column,
                .warning,
                "repeated_id",
                expected: "the content of line \(earlier), or another id",
                "Lines \(earlier) and \(row.line) have the same id and other content; both are read, so "
                    + "take one out if it is the same transaction."
            )
        )
    }

    // MARK: Cells

    private mutating func readTime(_ row: CSVRow, _ log: inout IssueLog) -> Timestamp? {
        let column = columns[.time] ?? 0
        let cell = row.trimmed(column)
        let form = "month/day/year hour:minute such as 4/21/13 1:12"
        guard row.bytes[cell.start..<cell.end].contains(UInt8(ascii: "/")) else {
            do {
                return try times.read(row.bytes.span, cell.start, cell.end)
            } catch {
                log.add(timeIssue(row, column, error, form: form))
                return nil
            }
        }
        switch TimeText.readAmerican(row.bytes.span, cell.start, cell.end) {
        case .time(let time): return time
        case .malformed: log.add(timeIssue(row, column, .malformed(text: ""), form: form))
        case .nonexistent: log.add(timeIssue(row, column, .nonexistent(text: ""), form: form))
        }
        return nil
    }

    private func readNumber(
        _ row: CSVRow,
        _ column: Column,
        isMoney: Bool,
        _ log: inout IssueLog
    ) -> Amount? {
        guard let place = columns[column] else { return nil }
        let cell = row.trimmed(place)
        if cell.isEmpty { return nil }
        let reading = DecimalText.read(row.bytes.span, cell.start, cell.end)
        switch reading {
        case .plain(let amount): return amount
        case .exponent(let amount):
            log.add(exponentIssue(row, place, amount))
            return amount
        case .rounded(let amount) where isMoney:
            log.add(roundedIssue(row, place, amount))
            return amount
        case .rounded, .notANumber, .outOfRange:
            log.add(numberIssue(row, place, reading))
            return nil
        }
    }

    private mutating func readAsset(
        _ row: CSVRow,
        _ column: Column,
        required: Bool,
        _ log: inout IssueLog
    ) -> String? {
        guard let place = columns[column] else { return nil }
        let cell = row.trimmed(place)
        if cell.isEmpty, !required { return nil }
        if let code = assets.read(row, cell) { return code }
        log.add(assetIssue(row, place))
        return nil
    }

    private func readText(_ row: CSVRow, _ column: Column, _ log: inout IssueLog) -> String {
        guard let place = columns[column], place < row.cells.count else { return "" }
        let (text, clean) = CellText.read(row, row.trimmed(place))
        if !clean { log.add(encodingIssue(row, place)) }
        return text
    }

    private func plainText(_ row: CSVRow, _ column: Column) -> String {
        guard let place = columns[column], place < row.cells.count else { return "" }
        return CellText.read(row, row.trimmed(place)).text
    }
}
