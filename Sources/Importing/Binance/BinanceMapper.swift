import Ledger
import Money
import Time
import Venues

/// What the mappers of the exports of Binance and Binance.US share: cells by the names of columns.
protocol BinanceMapper: RowMapper {
    /// The places of the columns by their names in lower case, with blanks for underscores.
    var columns: [String: Int] { get }
    var times: TimeText { get set }
    var assetsMet: Set<String> { get set }
}

/// The names of columns, alike for all generations of an export.
enum BinanceColumns {
    /// The places of columns in a header in lower case; the first of a name counts.
    static func places(_ header: [String]) -> [String: Int] {
        Dictionary(
            header.enumerated().map { ($1.replacing("_", with: " "), $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}

extension BinanceMapper {
    func place(_ column: String) -> Int { columns[column] ?? 0 }

    func text(_ row: CSVRow, _ column: String) -> String {
        guard let place = columns[column], place < row.cells.count else { return "" }
        return CellText.read(row, row.trimmed(place)).text
    }

    mutating func readTime(_ row: CSVRow, _ column: String, _ log: inout IssueLog) -> Timestamp? {
        let cell = row.trimmed(place(column))
        do {
            return try times.read(row.bytes.span, cell.start, cell.end)
        } catch {
            log.add(timeIssue(row, place(column), error, form: "a time such as 2024-01-02 03:04:05"))
            return nil
        }
    }

    /// The code of an asset, or nil and an issue.
    mutating func asset(
        _ name: String,
        _ row: CSVRow,
        _ column: String,
        _ log: inout IssueLog
    ) -> String? {
        guard let code = AssetCode.normalize(name) else {
            log.add(assetIssue(row, place(column)))
            return nil
        }
        assetsMet.insert(code)
        return code
    }

    /// A number, or nil and an issue.
    func readNumber(_ row: CSVRow, _ column: String, _ log: inout IssueLog) -> Amount? {
        let cell = row.trimmed(place(column))
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

    func unknownIssue(_ row: CSVRow, _ column: String, _ words: String, known: [String]) -> RowIssue {
        let nearest = Nearest.word(known, to: text(row, column))
        return issue(
            row,
            place(column),
            .error,
            "unknown_type",
            expected: nearest.isEmpty ? "" : "such as \(nearest)",
            "Coffer does not know \(words), so the row is not read; enter it in Coffer's own layout, and import the rest "
                + "with --partial."
        )
    }

    func nothingIssue(_ row: CSVRow, _ column: String) -> RowIssue {
        issue(
            row,
            place(column),
            .notice,
            "nothing_moved",
            expected: "",
            "Nothing came or went, so the row makes no entry."
        )
    }
}
