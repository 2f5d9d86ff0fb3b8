import Ledger
import Money
import Time
import Venues

/// Reads Binance's history of spot trades, one row for each fill, whose amounts have their assets behind them: `0.5BTC`.
struct BinanceTradesMapper: BinanceMapper {
    let header: [String]
    let columns: [String: Int]
    var times = TimeText()
    var assetsMet: Set<String> = []
    private let account: String
    private let timeColumn: String
    private(set) var accountsMet: Set<String> = []
    /// None: all legs are inside the account.
    let walletCurrenciesMet: Set<String> = []

    /// A mapper for a header, whose names are given in lower case too; nil when it is not of this export.
    init?(header: [String], names: [String], options: ImportOptions) {
        let columns = BinanceColumns.places(names)
        guard ["pair", "side", "executed", "amount", "fee"].allSatisfy({ columns[$0] != nil }),
            let timeColumn = ["date(utc)", "time"].first(where: { columns[$0] != nil })
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
        let side = text(row, "side").lowercased()
        if side != "buy", side != "sell" {
            log.add(unknownIssue(row, "side", "this side of a trade", known: ["BUY", "SELL"]))
        }
        guard let units = units(row) else {
            return log.add(
                issue(
                    row,
                    place("pair"),
                    .error,
                    "pair_mismatch",
                    expected: "a pair of the assets of Executed and Amount",
                    "The assets behind Executed and Amount do not make up this pair; correct the row."
                )
            )
        }
        let base = money(row, "executed", units.base, &log)
        let quote = money(row, "amount", units.quote, &log)
        let fee = fee(row, units, &log)
        guard log.errorCount == errors, let time, let base, let quote else { return }
        guard !base.amount.isZero || !quote.amount.isZero else {
            return log.add(nothingIssue(row, "executed"))
        }
        let isBuy = side == "buy"
        let legs = [base, quote].map { $0.amount.isZero ? nil : $0 }
        let event = ExchangeEvent(
            id: "",
            time: time,
            kind: .trade,
            incoming: isBuy ? legs[0] : legs[1],
            outgoing: isBuy ? legs[1] : legs[0],
            fee: fee,
            value: quote
        )
        try emit(event.draft(line: row.line, account: account, venue: "Binance"))
    }

    mutating func finish(_ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws {}

    // MARK: Amounts with their assets

    /// The assets of a row: the pair says where the number ends and a code that begins with digits, such as 1INCH, begins.
    private func units(_ row: CSVRow) -> (base: String, quote: String)? {
        let pair = text(row, "pair").replacing("/", with: "").uppercased()
        let (executed, amount) = (text(row, "executed").uppercased(), text(row, "amount").uppercased())
        guard pair.utf8.count <= 64, pair.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        for count in 1..<max(2, pair.utf8.count) {
            let (base, quote) = (String(pair.prefix(count)), String(pair.dropFirst(count)))
            guard !quote.isEmpty, executed.hasSuffix(base), amount.hasSuffix(quote),
                BinanceTradesMapper.isNumber(executed.dropLast(base.count)),
                BinanceTradesMapper.isNumber(amount.dropLast(quote.count))
            else { continue }
            return (base, quote)
        }
        return nil
    }

    /// What was paid, in an asset of the pair or in BNB, as Binance takes it; an issue for another one.
    ///
    /// Of another code it cannot be told where the number ends.
    private mutating func fee(
        _ row: CSVRow,
        _ units: (base: String, quote: String),
        _ log: inout IssueLog
    ) -> ExchangeMoney? {
        let fee = text(row, "fee").uppercased()
        guard !fee.isEmpty else { return nil }
        let unit = [units.base, units.quote, "BNB"].first {
            fee.hasSuffix($0) && BinanceTradesMapper.isNumber(fee.dropLast($0.count))
        }
        guard let unit else {
            log.add(
                issue(
                    row,
                    place("fee"),
                    .error,
                    "currency_differs",
                    expected: "a number with \(units.base), \(units.quote) or BNB behind it",
                    "The fee is in none of these, so where its number ends cannot be told; correct the row."
                )
            )
            return nil
        }
        return money(row, "fee", unit, &log).flatMap { $0.amount.isZero ? nil : $0 }
    }

    private static func isNumber(_ text: Substring) -> Bool {
        guard let last = text.utf8.last, (0x30...0x39).contains(last) else { return false }
        return text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",")
        }
    }

    /// The amount before a unit; commas stand between groups of three digits, as Binance writes large numbers.
    private mutating func money(
        _ row: CSVRow,
        _ column: String,
        _ unit: String,
        _ log: inout IssueLog
    ) -> ExchangeMoney? {
        guard let asset = asset(unit, row, column, &log) else { return nil }
        let cell = Array(text(row, column).utf8.dropLast(unit.utf8.count))
        guard let digits = BinanceTradesMapper.ungrouped(cell) else {
            log.add(numberIssue(row, place(column), .notANumber))
            return nil
        }
        let reading = DecimalText.read(digits.span, 0, digits.count)
        guard case .plain(let amount) = reading, !amount.isNegative else {
            log.add(numberIssue(row, place(column), reading))
            return nil
        }
        return ExchangeMoney(amount: amount, asset: asset)
    }

    /// The digits without commas between groups of three; nil where commas stand otherwise.
    private static func ungrouped(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.contains(UInt8(ascii: ",")) else { return bytes }
        let whole = bytes.prefix { $0 != UInt8(ascii: ".") }
        let groups = whole.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard let first = groups.first, (1...3).contains(first.count),
            groups.dropFirst().allSatisfy({ $0.count == 3 }),
            !bytes.dropFirst(whole.count).contains(UInt8(ascii: ","))
        else { return nil }
        return groups.flatMap { $0 } + bytes.dropFirst(whole.count)
    }
}
