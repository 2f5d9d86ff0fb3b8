import Ledger
import Money
import Time

/// Reads Coinbase's transaction reports: the tax report of 2019 and 2020, the reports with and without preamble since,
/// and those of 2024 on with ids and currency signs.
///
/// * The wallet changes by `Quantity Transacted` exactly; a fee is never inside another leg.
/// * Buy and Sell: the payment is `Subtotal`, the fee `Fees and/or Spread`, or the difference to the total where
///   that cell is empty. A subtotal of zero beside a total means that the fee is not told: the payment is the total.
/// * The payment is outside the account for a fiat currency (not gold or silver) without rows of its own in the file, else inside.
/// * When the note names another currency than the price column (`… for 446.75 USDC on BTC-USDC at …`), the payment is
///   in that one: quantity × rate, and the rest of the note's amount is the fee.
/// * Convert: out is the row's quantity, in is what the note says; the fee cell is a spread inside the total and moves
///   nothing. Its value is the subtotal, what was received. Newer files have a row for each side and no note.
/// * Income is worth its subtotal. Sends and receipts state quantity × price where they have no subtotal.
/// * A deposit or withdrawal of fiat with a fee: the quantity is what the wallet changes by, the fee is split off.
struct CoinbaseMapper: RowMapper {
    let header: [String]
    let columns: CoinbaseColumns
    let account: DraftAccount
    let inside: Set<String>
    var times = TimeText()
    var assets = AssetCodes()
    var references: CoinbaseReferences
    var halves = CoinbaseHalves()
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
        if AssetRegistry.builtIn.isFiat(code: fields.asset) { walletCurrenciesMet.insert(fields.asset) }
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
            guard let entry = move(row, fields, &log) else { return }
            try emit(entry)
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
    func draft(_ fields: Fields, _ kind: EntryKind) -> DraftEntry {
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
    func settlement(_ currency: String) -> DraftAccount {
        AssetRegistry.builtIn.isFiat(code: currency) && !inside.contains(currency) ? .outside : account
    }

    // MARK: Trades

    mutating func trade(
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

    mutating func payment(
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
        let read: CoinbasePayment?
        do throws(MoneyError) {
            read = try CoinbasePayment(cells, currency: currency, isBuy: isBuy)
        } catch {
            // The only way to fail is a sum beyond the range, which the message says.
            log.add(feeRangeIssue(row, columns.fees ?? columns.total ?? columns.type))
            return nil
        }
        guard let payment = read else {
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

    // MARK: Other movements

    /// The entry of a movement of one asset; nil when its fee takes the amount out of range.
    func move(_ row: CSVRow, _ fields: Fields, _ log: inout IssueLog) -> DraftEntry? {
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
        do throws(MoneyError) {
            try splitFee(&entry, row, fields, &log)
        } catch {
            // The only way to fail is a sum beyond the range, which the message says.
            log.add(feeRangeIssue(row, columns.fees ?? columns.quantity))
            return nil
        }
        return entry
    }

    /// Splits the fee off a movement of the currency that the fee is in; others keep it inside the quantity.
    ///
    /// - Throws: `MoneyError.overflow` when the amount before the fee is out of range.
    func splitFee(
        _ entry: inout DraftEntry,
        _ row: CSVRow,
        _ fields: Fields,
        _ log: inout IssueLog
    ) throws(MoneyError) {
        guard let fee = fields.fees?.magnitude, !fee.isZero, let column = columns.fees else { return }
        let isTransit = entry.kind == .deposit || entry.kind == .withdrawal
        if isTransit, fields.asset == fields.currency, var leg = entry.incoming ?? entry.outgoing,
            fee < leg.amount
        {
            let isIn = entry.incoming != nil
            leg.amount = isIn ? try leg.amount.adding(fee) : try leg.amount.subtracting(fee)
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
    func value(_ fields: Fields) -> DraftValue? {
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
