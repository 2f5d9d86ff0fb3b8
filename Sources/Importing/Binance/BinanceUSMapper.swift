import Ledger
import Money
import Time
import Venues

/// Reads Binance.US's report of all transactions, in its two generations: names of columns with underscores, and with blanks.
///
/// Each row is a whole event. Of trades on the market the base is bought or sold for the quote; of instant purchases and
/// conversions the base is what is paid and the quote what is got, whichever way. References are made as the reader of the
/// API makes them (`BinanceReference`).
struct BinanceUSMapper: BinanceMapper {
    let header: [String]
    let columns: [String: Int]
    var times = TimeText()
    var assetsMet: Set<String> = []
    private let account: String
    private var references: CoinbaseReferences
    private(set) var accountsMet: Set<String> = []
    /// None: what is paid from outside is told row by row.
    let walletCurrenciesMet: Set<String> = []

    private static let amountOf = "realized amount for "

    /// What was paid for a row.
    private struct Fee {
        let paid: ExchangeMoney?
    }

    /// A mapper for a header, whose names are given in lower case too; nil when it is not of this export.
    init?(header: [String], names: [String], options: ImportOptions) {
        let columns = BinanceColumns.places(names)
        let needed = ["time", "category", "operation", "order id", "transaction id"]
        let sides = ["primary asset", "base asset", "quote asset", "fee asset"]
        guard (needed + sides).allSatisfy({ columns[$0] != nil }),
            sides.allSatisfy({ columns[BinanceUSMapper.amountOf + $0] != nil })
        else { return nil }
        self.header = header
        self.columns = columns
        account = options.account ?? "Binance.US"
        accountsMet = [account]
        references = CoinbaseReferences(limit: options.limits.references)
    }

    mutating func map(_ row: CSVRow, _ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {
        let errors = log.errorCount
        let time = readTime(row, "time", &log)
        let made: ExchangeEvent?
        switch text(row, "category").lowercased() {
        case "deposit": made = transfer(row, isDeposit: true, &log)
        case "withdrawal": made = transfer(row, isDeposit: false, &log)
        case "distribution": made = gift(row, &log)
        case "spot trading": made = trade(row, &log)
        case "buy", "sell", "quick buy", "quick sell", "convert": made = instant(row, &log)
        default:
            let known = [
                "Deposit", "Withdrawal", "Distribution", "Spot Trading", "Buy", "Sell", "Quick Buy",
                "Quick Sell", "Convert",
            ]
            return log.add(unknownIssue(row, "category", "this category", known: known))
        }
        guard log.errorCount == errors, let time, var event = made else { return }
        event.time = time
        if event.kind != .staking, event.kind != .fee { checkRepeated(row, &log) }
        try emit(event.draft(line: row.line, account: account, venue: "Binance.US"))
    }

    mutating func finish(_ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {}

    // MARK: Categories

    /// An event without its time, which is filled in later.
    private func event(
        _ id: String,
        _ kind: EntryKind,
        in incoming: ExchangeMoney?,
        out outgoing: ExchangeMoney?,
        fee: ExchangeMoney? = nil,
        _ row: CSVRow
    ) -> ExchangeEvent {
        let note = text(row, "additional note")
        return ExchangeEvent(
            id: id,
            time: .earliest,
            kind: kind,
            incoming: incoming,
            outgoing: outgoing,
            fee: fee,
            note: note.isEmpty ? text(row, "operation") : note
        )
    }

    private mutating func transfer(
        _ row: CSVRow,
        isDeposit: Bool,
        _ log: inout IssueLog
    ) -> ExchangeEvent? {
        guard var money = money(row, "primary asset", &log), let fee = fee(row, &log) else { return nil }
        guard !money.amount.isZero else {
            log.add(nothingIssue(row, BinanceUSMapper.amountOf + "primary asset"))
            return nil
        }
        let isBank = AssetRegistry.builtIn.isFiat(code: money.asset)
        let order = text(row, "order id")
        // A bank's transfer has the id of its order; those of coins are numbers that the API does not know.
        let isOrder = isBank && order.utf8.contains { !(0x30...0x39).contains($0) }
        let id = isOrder ? order : BinanceReference.ofReportAlone(booking(row))
        guard isDeposit else { return event(id, .withdrawal, in: nil, out: money, fee: fee.paid, row) }
        if let paid = fee.paid, paid.asset == money.asset {
            do throws(MoneyError) {
                money.amount = try money.amount.adding(paid.amount)
            } catch {
                log.add(feeRangeIssue(row, place(BinanceUSMapper.amountOf + "fee asset")))
                return nil
            }
            checkFee(row, "read as taken before the amount came in", &log)
        }
        return event(id, .deposit, in: money, out: nil, fee: fee.paid, row)
    }

    private mutating func gift(_ row: CSVRow, _ log: inout IssueLog) -> ExchangeEvent? {
        let column = BinanceUSMapper.amountOf + "primary asset"
        guard let asset = asset(text(row, "primary asset"), row, "primary asset", &log),
            let amount = readNumber(row, column, &log)
        else { return nil }
        guard !amount.isZero else {
            log.add(nothingIssue(row, column))
            return nil
        }
        let money = ExchangeMoney(amount: amount.magnitude, asset: asset)
        let id = BinanceReference.gift(booking: booking(row), asset: asset)
        // What is below zero is what the venue keeps of a reward.
        if amount.isNegative { return event(id + "-fee", .fee, in: nil, out: money, row) }
        let kind = BinanceGift.kind(text(row, "operation"))
        if kind == nil {
            log.add(
                issue(
                    row,
                    place("operation"),
                    .warning,
                    "check_kind",
                    expected: "",
                    "The report does not say what was given; it was read as a reward."
                )
            )
        }
        return event(id, kind ?? .reward, in: money, out: nil, row)
    }

    private mutating func trade(_ row: CSVRow, _ log: inout IssueLog) -> ExchangeEvent? {
        let side = text(row, "operation").lowercased()
        guard side == "buy" || side == "sell" else {
            log.add(unknownIssue(row, "operation", "this side of a trade", known: ["Buy", "Sell"]))
            return nil
        }
        guard let base = money(row, "base asset", &log), let quote = money(row, "quote asset", &log),
            let fee = fee(row, &log)
        else { return nil }
        let pair = (text(row, "base asset") + text(row, "quote asset")).uppercased()
        let booking = text(row, "transaction id")
        let id =
            BinanceReference.fill(pair: pair, order: text(row, "order id"), booking: booking)
            ?? BinanceReference.ofReportAlone(self.booking(row))
        let isBuy = side == "buy"
        var made = event(
            id,
            .trade,
            in: isBuy ? base : quote,
            out: isBuy ? quote : base,
            fee: fee.paid,
            row
        )
        made.value = quote
        made.note = text(row, "additional note")
        return made
    }

    private mutating func instant(_ row: CSVRow, _ log: inout IssueLog) -> ExchangeEvent? {
        guard let paid = money(row, "base asset", &log), let got = money(row, "quote asset", &log),
            let fee = fee(row, &log)
        else { return nil }
        let order = text(row, "order id")
        let id = order.isEmpty ? BinanceReference.ofReportAlone(booking(row)) : "instant-\(order)"
        var made = event(id, .trade, in: got, out: paid, fee: fee.paid, row)
        if fee.paid != nil { checkFee(row, "read as paid on top", &log) }
        made.value = [paid, got].first { AssetRegistry.builtIn.isFiat(code: $0.asset) }
        let method = text(row, "payment method").lowercased()
        made.isPaidOutside = made.value?.asset == paid.asset && !method.isEmpty && method != "wallet"
        return made
    }

    // MARK: Cells

    private func booking(_ row: CSVRow) -> String {
        let booking = text(row, "transaction id")
        return booking.isEmpty ? text(row, "order id") : booking
    }

    /// The amount of an asset that a column names; nil and an issue where it is none.
    private mutating func money(
        _ row: CSVRow,
        _ column: String,
        _ log: inout IssueLog
    ) -> ExchangeMoney? {
        guard let asset = asset(text(row, column), row, column, &log) else { return nil }
        var amountColumn = BinanceUSMapper.amountOf + column
        // Of dollars some rows state the worth in dollars alone, which is the same.
        if asset == "usd", text(row, amountColumn).isEmpty,
            let worth = ["in usd", "in usd value"].map({ "\(amountColumn) \($0)" })
                .first(where: { columns[$0] != nil })
        {
            amountColumn = worth
        }
        guard let amount = readNumber(row, amountColumn, &log) else { return nil }
        guard !amount.isNegative else {
            log.add(
                issue(
                    row,
                    place(amountColumn),
                    .error,
                    "negative_amount",
                    expected: "an amount of zero or more",
                    "The amount is below zero, which this sort of row cannot be; correct the row."
                )
            )
            return nil
        }
        return ExchangeMoney(amount: amount, asset: asset)
    }

    /// The fee, if anything was paid; nil and an issue where the cells are none.
    private mutating func fee(_ row: CSVRow, _ log: inout IssueLog) -> Fee? {
        guard !text(row, BinanceUSMapper.amountOf + "fee asset").isEmpty else { return Fee(paid: nil) }
        guard let money = money(row, "fee asset", &log) else { return nil }
        return Fee(paid: money.amount.isZero ? nil : money)
    }

    private func checkFee(_ row: CSVRow, _ words: String, _ log: inout IssueLog) {
        log.add(
            issue(
                row,
                place(BinanceUSMapper.amountOf + "fee asset"),
                .warning,
                "check_fee",
                expected: "",
                "Binance.US does not say whether this fee is part of the amounts; it was \(words)."
            )
        )
    }

    private mutating func checkRepeated(_ row: CSVRow, _ log: inout IssueLog) {
        let column = place("transaction id")
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
}
