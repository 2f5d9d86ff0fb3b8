import Ledger
import Money
import Time

extension CoinbaseMapper {
    /// Reads all cells of a row and reports all that is wrong with them; nil if anything is.
    mutating func readFields(_ row: CSVRow, _ log: inout IssueLog) -> Fields? {
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
