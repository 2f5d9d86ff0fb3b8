import Ledger
import Money
import Time

/// Reads Coinbase's transaction reports: the tax report of 2019 and 2020, the reports with and without preamble since,
/// and those of 2024 on with ids and currency signs.
///
/// * The wallet changes by `Quantity Transacted` exactly; a fee is never inside another leg.
/// * Buy and Sell: the payment is `Subtotal`, the fee `Fees and/or Spread`, or the difference to the total where
///   that cell is empty. A subtotal of zero beside a total means that the fee is not told: the payment is the total.
/// * The payment is outside the account for a fiat currency without rows of its own in the file, else inside.
/// * When the note names another currency than the price column (`… for 446.75 USDC on BTC-USDC at …`), the payment is
///   in that one: quantity × rate, and the rest of the note's amount is the fee.
/// * Convert: out is the row's quantity, in is what the note says; the fee cell is a spread inside the total and moves
///   nothing. Its value is the subtotal, what was received. Newer files have a row for each side and no note.
/// * Income is worth its subtotal. Sends and receipts state quantity × price where they have no subtotal.
/// * A deposit or withdrawal of fiat with a fee: the quantity is what the wallet changes by, the fee is split off.
struct CoinbaseMapper: RowMapper {
    let header: [String]
    private let columns: CoinbaseColumns
    private let account: DraftAccount
    private let inside: Set<String>
    private var times = TimeText()
    private var assets = AssetCodes()
    private var references: CoinbaseReferences
    private var halves = CoinbaseHalves()
    private(set) var accountsMet: Set<String> = []
    private(set) var walletCurrenciesMet: Set<String> = []
    var assetsMet: Set<String> { assets.met }

    /// A mapper for a header, and the fiat currencies that are known to have wallet rows in the file.
    init(
        header: [String],
        columns: CoinbaseColumns,
        line: Int,
        inside: Set<String>,
        options: ImportOptions,
        log: inout IssueLog
    ) {
        self.header = header
        self.columns = columns
        self.inside = inside
        let name = options.account ?? "Coinbase"
        account = .named(name)
        accountsMet = [name]
        references = CoinbaseReferences(limit: options.limits.references)
        for index in columns.unknown {
            log.add(
                RowIssue(
                    line: line,
                    column: columnName(index),
                    code: "unknown_column",
                    severity: .notice,
                    found: CellText.shown(header[index].utf8),
                    expected: "a column of Coinbase's reports",
                    message: "This column is not known and is not read; check that nothing in it matters."
                )
            )
        }
    }

    /// The cells of a row, read.
    struct Fields {
        var line: Int
        var time: Timestamp
        var title: String
        var action: CoinbaseAction
        var asset: String
        /// Signed as the file has it.
        var quantity: Amount
        var currency: String?
        var price: Amount?
        var subtotal: Amount?
        var total: Amount?
        var fees: Amount?
        var note: String
        var reference: String
    }

    mutating func map(_ row: CSVRow, _ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {
        guard let fields = readFields(row, &log) else { return }
        try settle(halves.takeStale(fields.time), &log, emit)
        if FiatCodes.all.contains(fields.asset) { walletCurrenciesMet.insert(fields.asset) }
        if fields.quantity.isZero {
            log.add(
                issue(
                    row,
                    columns.quantity,
                    .notice,
                    "nothing_moved",
                    expected: "an amount above zero",
                    "Nothing moved, so the row makes no entry."
                )
            )
            return
        }
        switch fields.action {
        case .buy, .sell:
            guard let entry = trade(row, fields, isBuy: fields.action == .buy, &log) else { return }
            try emit(entry)
        case .exchange, .dust:
            try exchange(row, fields, &log, emit)
        case .incoming, .outgoing, .signed:
            try emit(move(row, fields, &log))
        case .inside:
            log.add(
                issue(
                    row,
                    columns.type,
                    .notice,
                    "inside_account",
                    expected: "",
                    "This moves something inside the Coinbase account, so it makes no entry."
                )
            )
        }
    }

    mutating func finish(_ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {
        try settle(halves.takeStale(nil), &log, emit)
    }

    /// A draft with the texts of a row.
    private func draft(_ fields: Fields, _ kind: EntryKind) -> DraftEntry {
        DraftEntry(
            line: fields.line,
            time: fields.time,
            kind: kind,
            reference: fields.reference,
            exchange: "Coinbase",
            comment: fields.note
        )
    }

    /// The account of a payment in a currency.
    private func settlement(_ currency: String) -> DraftAccount {
        FiatCodes.all.contains(currency) && !inside.contains(currency) ? .outside : account
    }

    // MARK: Trades

    private mutating func trade(
        _ row: CSVRow,
        _ fields: Fields,
        isBuy: Bool,
        _ log: inout IssueLog
    ) -> DraftEntry? {
        guard !isBuy || fields.quantity.isPositive else {
            log.add(
                issue(
                    row,
                    columns.quantity,
                    .error,
                    "negative_amount",
                    expected: "an amount above zero",
                    "A buy brings something in; correct the quantity or the type."
                )
            )
            return nil
        }
        guard let payment = payment(row, fields, isBuy: isBuy, &log) else { return nil }
        let place = settlement(payment.asset)
        var entry = draft(fields, .trade)
        let moved = DraftLeg(amount: fields.quantity.magnitude, asset: fields.asset, account: account)
        let paid =
            payment.amount.isZero
            ? nil : DraftLeg(amount: payment.amount, asset: payment.asset, account: place)
        entry.incoming = isBuy ? moved : paid
        entry.outgoing = isBuy ? paid : moved
        if payment.fee.isPositive {
            entry.fee = DraftLeg(amount: payment.fee, asset: payment.asset, account: place)
        }
        entry.value = payment.value
        return entry
    }

    private mutating func payment(
        _ row: CSVRow,
        _ fields: Fields,
        isBuy: Bool,
        _ log: inout IssueLog
    ) -> CoinbasePayment? {
        let cells = CoinbasePayment.Cells(
            subtotal: fields.subtotal?.magnitude,
            total: fields.total?.magnitude,
            fees: fields.fees,
            currency: fields.currency
        )
        if let told = CoinbaseNote.payment(fields.note), told.asset != fields.currency,
            told.asset != fields.asset
        {
            _ = assets.read(told.asset)
            return CoinbasePayment(told, cells, quantity: fields.quantity.magnitude, isBuy: isBuy)
        }
        guard let currency = fields.currency else {
            log.add(
                issue(
                    row,
                    columns.currency ?? columns.type,
                    .error,
                    "missing_currency",
                    expected: "a currency such as EUR",
                    "The row does not say in which currency was paid; fill the price currency."
                )
            )
            return nil
        }
        _ = assets.read(currency)
        guard let payment = CoinbasePayment(cells, currency: currency, isBuy: isBuy) else {
            log.add(
                issue(
                    row,
                    columns.total ?? columns.subtotal ?? columns.type,
                    .error,
                    "missing_total",
                    expected: "an amount in the subtotal or the total",
                    "The row does not say how much was paid; fill the subtotal or the total."
                )
            )
            return nil
        }
        if payment.differs {
            log.add(
                issue(
                    row,
                    columns.total ?? columns.type,
                    .warning,
                    "totals_differ",
                    expected: "subtotal and fees that make the total",
                    "Subtotal and fees do not make the total; the subtotal and the fees were taken."
                )
            )
        }
        return payment
    }

    // MARK: Exchanges

    private mutating func exchange(
        _ row: CSVRow,
        _ fields: Fields,
        _ log: inout IssueLog,
        _ emit: (DraftEntry) throws -> Void
    ) throws {
        var kind = EntryKind.trade
        if case .exchange(let named) = fields.action { kind = named }
        guard let told = CoinbaseNote.conversion(fields.note) else {
            let half = CoinbaseHalf(
                line: fields.line,
                time: fields.time,
                title: fields.title,
                action: fields.action,
                asset: fields.asset,
                amount: fields.quantity.magnitude,
                isOut: fields.quantity.isNegative,
                value: value(fields),
                reference: fields.reference,
                comment: fields.note
            )
            guard let other = halves.match(half) else { return }
            try emit(joined(other, half, kind))
            return
        }
        if told.from != fields.asset, told.to == fields.asset {
            log.add(
                issue(
                    row,
                    columns.notes ?? columns.type,
                    .notice,
                    "other_side",
                    expected: "",
                    "This is the other side of an exchange whose row of \(told.from) makes the entry."
                )
            )
            return
        }
        guard told.from == fields.asset else {
            log.add(
                issue(
                    row,
                    columns.notes ?? columns.type,
                    .error,
                    "bad_note",
                    expected: "Converted … \(fields.asset.uppercased()) to …",
                    "The note speaks of another asset than the row; correct one of them."
                )
            )
            return
        }
        _ = assets.read(told.to)
        var entry = draft(fields, kind)
        entry.outgoing = DraftLeg(amount: fields.quantity.magnitude, asset: fields.asset, account: account)
        entry.incoming = DraftLeg(amount: told.amount, asset: told.to, account: account)
        entry.value = value(fields)
        try emit(entry)
    }

    /// The entry of two rows; the first gives line and texts, the received side the value.
    private func joined(_ first: CoinbaseHalf, _ second: CoinbaseHalf, _ kind: EntryKind) -> DraftEntry {
        let (out, back) = first.isOut ? (first, second) : (second, first)
        return DraftEntry(
            line: first.line,
            time: first.time,
            kind: kind,
            incoming: DraftLeg(amount: back.amount, asset: back.asset, account: account),
            outgoing: DraftLeg(amount: out.amount, asset: out.asset, account: account),
            value: back.value ?? out.value,
            reference: first.reference,
            exchange: "Coinbase",
            comment: first.comment.isEmpty ? second.comment : first.comment
        )
    }

    /// What becomes of rows whose other side did not come.
    private func settle(
        _ halves: [CoinbaseHalf],
        _ log: inout IssueLog,
        _ emit: (DraftEntry) throws -> Void
    ) throws {
        for half in halves {
            var entry = DraftEntry(
                line: half.line,
                time: half.time,
                kind: half.isOut ? .withdrawal : .deposit,
                value: half.value,
                reference: half.reference,
                exchange: "Coinbase",
                comment: half.comment
            )
            let leg = DraftLeg(amount: half.amount, asset: half.asset, account: account)
            if half.isOut { entry.outgoing = leg } else { entry.incoming = leg }
            let isDust = half.action == .dust && half.isOut && half.value != nil
            if isDust, let value = half.value {
                entry.kind = .trade
                entry.incoming =
                    value.amount.isZero
                    ? nil
                    : DraftLeg(amount: value.amount, asset: value.asset, account: settlement(value.asset))
                try emit(entry)
                continue
            }
            let isMigration = half.action == .exchange(.migration)
            log.add(
                RowIssue(
                    line: half.line,
                    column: columnName(columns.notes ?? columns.type),
                    code: "missing_side",
                    severity: isMigration ? .warning : .error,
                    found: CellText.shown(half.comment.utf8),
                    expected: "a note such as Converted 0.1 BTC to 2 ETH, or a row of the other side",
                    message: isMigration
                        ? "The row of the other asset is not in the file, so this is read as a \(entry.kind.name); "
                            + "export the whole period."
                        : "Neither the note nor another row of that second says what the other side of this "
                            + "\(half.title) was; complete the note or export the whole period."
                )
            )
            if isMigration { try emit(entry) }
        }
    }

    // MARK: Other movements

    private func move(_ row: CSVRow, _ fields: Fields, _ log: inout IssueLog) -> DraftEntry {
        let amount = fields.quantity.magnitude
        var kind = EntryKind.deposit
        var isOut = fields.quantity.isNegative
        switch fields.action {
        case .incoming(.deposit): kind = isOut ? .withdrawal : .deposit
        case .incoming(let named): kind = isOut ? .correctionOut : named
        case .outgoing(let named):
            kind = named
            isOut = true
        case .signed(let incoming, let outgoing): kind = isOut ? outgoing : incoming
        case .buy, .sell, .exchange, .dust, .inside:
            preconditionFailure("only movements of one asset come here")
        }
        var entry = draft(fields, kind)
        let leg = DraftLeg(amount: amount, asset: fields.asset, account: account)
        if isOut { entry.outgoing = leg } else { entry.incoming = leg }
        entry.value = fields.asset == fields.currency ? nil : value(fields)
        if case .incoming = fields.action, isOut {
            log.add(
                issue(
                    row,
                    columns.quantity,
                    .warning,
                    "reversed",
                    expected: "an amount above zero",
                    "A \(fields.title) normally brings something in; it was read as going out, kind \(kind.name)."
                )
            )
        }
        if fields.title.lowercased().hasSuffix("credit") {
            log.add(
                issue(
                    row,
                    columns.type,
                    .notice,
                    "check_kind",
                    expected: "",
                    "Coinbase does not say what this credit is for; it was read as other income."
                )
            )
        }
        splitFee(&entry, row, fields, &log)
        return entry
    }

    /// Splits the fee off a movement of the currency that the fee is in; others keep it inside the quantity.
    private func splitFee(_ entry: inout DraftEntry, _ row: CSVRow, _ fields: Fields, _ log: inout IssueLog) {
        guard let fee = fields.fees?.magnitude, !fee.isZero, let column = columns.fees else { return }
        let isTransit = entry.kind == .deposit || entry.kind == .withdrawal
        if isTransit, fields.asset == fields.currency, var leg = entry.incoming ?? entry.outgoing,
            fee < leg.amount
        {
            let isIn = entry.incoming != nil
            leg.amount = Amount(unchecked: isIn ? leg.amount.raw + fee.raw : leg.amount.raw - fee.raw)
            if isIn { entry.incoming = leg } else { entry.outgoing = leg }
            entry.fee = DraftLeg(amount: fee, asset: fields.asset, account: account)
            return
        }
        log.add(
            issue(
                row,
                column,
                .notice,
                "fee_inside",
                expected: "",
                "The quantity is all that the wallet changed by, so this fee makes no leg of its own."
            )
        )
    }

    /// The stated value: the subtotal, else the total, else quantity × price.
    private func value(_ fields: Fields) -> DraftValue? {
        guard let currency = fields.currency else { return nil }
        for stated in [fields.subtotal, fields.total] {
            if let stated, !stated.isZero { return DraftValue(amount: stated.magnitude, asset: currency) }
        }
        if let price = fields.price, !price.isZero {
            // Beyond the range of amounts there is no value to state; the quantity is exact all the same.
            if let product = try? price.magnitude.multiplied(by: fields.quantity.magnitude) {
                return DraftValue(amount: product, asset: currency)
            }
        }
        return fields.subtotal == nil && fields.total == nil
            ? nil : DraftValue(amount: .zero, asset: currency)
    }
}

extension CoinbaseMapper {
    // MARK: Cells

    /// Reads all cells of a row and reports all that is wrong with them; nil if anything is.
    private mutating func readFields(_ row: CSVRow, _ log: inout IssueLog) -> Fields? {
        let errors = log.errorCount
        let time = readTime(row, &log)
        let type = readType(row, &log)
        let asset = readAsset(row, columns.asset, &log)
        let quantity = readQuantity(row, &log)
        var currency = columns.namedCurrency
        if let column = columns.currency, !row.trimmed(column).isEmpty {
            currency = readAsset(row, column, &log)
        }
        let price = readMoney(row, columns.price, &currency, &log)
        let subtotal = readMoney(row, columns.subtotal, &currency, &log)
        let total = readMoney(row, columns.total, &currency, &log)
        let fees = readMoney(row, columns.fees, &currency, &log)
        let note = readText(row, columns.notes, &log)
        let reference = readText(row, columns.id, &log)
        if let column = columns.id {
            var isHalf = false
            if let type, case .exchange = type.action { isHalf = true }
            if type?.action == .dust { isHalf = true }
            if let earlier = references.earlierLine(row, id: row.trimmed(column), isHalf: isHalf) {
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
        }
        guard log.errorCount == errors, let time, let type, let asset, let quantity else { return nil }
        return Fields(
            line: row.line,
            time: time,
            title: type.title,
            action: type.action,
            asset: asset,
            quantity: quantity,
            currency: currency,
            price: price,
            subtotal: subtotal,
            total: total,
            fees: fees,
            note: note,
            reference: reference
        )
    }

    private mutating func readTime(_ row: CSVRow, _ log: inout IssueLog) -> Timestamp? {
        let cell = row.trimmed(columns.time)
        if row.bytes[cell.start..<cell.end].contains(UInt8(ascii: "/")) {
            switch TimeText.readAmerican(row.bytes.span, cell.start, cell.end) {
            case .time(let time): return time
            case .malformed:
                log.add(timeIssue(row, columns.time, .malformed(text: ""), form: "a date such as 12/31/2019"))
            case .nonexistent:
                log.add(
                    timeIssue(
                        row,
                        columns.time,
                        .nonexistent(text: ""),
                        form: "month/day/year such as 12/31/2019"
                    )
                )
            }
            return nil
        }
        do {
            return try times.read(row.bytes.span, cell.start, cell.end)
        } catch {
            log.add(timeIssue(row, columns.time, error))
            return nil
        }
    }

    private func readType(_ row: CSVRow, _ log: inout IssueLog) -> (title: String, action: CoinbaseAction)? {
        let cell = row.trimmed(columns.type)
        let title = String(decoding: row.bytes[cell.start..<cell.end], as: UTF8.self)
        let key = title.lowercased().split(separator: " ").joined(separator: " ")
        if let action = CoinbaseType.actions[key] { return (title, action) }
        let sorted = Nearest.sorted(CoinbaseType.titles, to: title)
        log.add(
            issue(
                row,
                columns.type,
                .error,
                "unknown_type",
                expected: sorted.joined(separator: ", "),
                "This transaction type is not known; the nearest known one is \(sorted[0]). "
                    + "Change it to the one that fits, or report it."
            )
        )
        return nil
    }

    private mutating func readAsset(_ row: CSVRow, _ column: Int, _ log: inout IssueLog) -> String? {
        if let code = assets.read(row, row.trimmed(column)) { return code }
        log.add(assetIssue(row, column))
        return nil
    }

    private func readQuantity(_ row: CSVRow, _ log: inout IssueLog) -> Amount? {
        let cell = row.trimmed(columns.quantity)
        let reading = DecimalText.read(row.bytes.span, cell.start, cell.end)
        switch reading {
        case .plain(let amount): return amount
        case .exponent(let amount):
            log.add(exponentIssue(row, columns.quantity, amount))
            return amount
        case .rounded, .notANumber, .outOfRange:
            log.add(numberIssue(row, columns.quantity, reading))
            return nil
        }
    }

    private mutating func readMoney(
        _ row: CSVRow,
        _ column: Int?,
        _ currency: inout String?,
        _ log: inout IssueLog
    ) -> Amount? {
        guard let column else { return nil }
        switch CoinbaseMoney.read(row, row.trimmed(column), currency: currency) {
        case .empty: return nil
        case .amount(let amount, let reading, let named):
            if let named, currency == nil { currency = assets.read(named) }
            if case .exponent = reading { log.add(exponentIssue(row, column, amount)) }
            if case .rounded = reading { log.add(roundedIssue(row, column, amount)) }
            return amount
        case .bad(let reading):
            log.add(numberIssue(row, column, reading))
            return nil
        case .otherCurrency(let found):
            log.add(
                issue(
                    row,
                    column,
                    .error,
                    "currency_differs",
                    expected: (currency ?? "").uppercased(),
                    "The sign in the cell means \(found) and the row's currency is another; correct one of them."
                )
            )
            return nil
        }
    }

    private func readText(_ row: CSVRow, _ column: Int?, _ log: inout IssueLog) -> String {
        guard let column, column < row.cells.count else { return "" }
        let (text, clean) = CellText.read(row, row.trimmed(column))
        if !clean { log.add(encodingIssue(row, column)) }
        return text
    }
}
