/// Turns the rows of one layout into drafts; the same in both passes.
protocol RowMapper {
    /// The header's cells as written.
    var header: [String] { get }
    /// The names of accounts met.
    var accountsMet: Set<String> { get }
    /// The codes of assets met.
    var assetsMet: Set<String> { get }
    /// The fiat currencies with wallet rows of their own, as far as rows were read.
    var walletCurrenciesMet: Set<String> { get }

    /// Reads one row that is well formed and not blank.
    mutating func map(_ row: CSVRow, _ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws

    /// Gives what waited for further rows.
    mutating func finish(_ log: inout IssueLog, _ emit: (DraftEntry) throws -> Void) throws
}

extension RowMapper {
    /// The name of a column for messages.
    func columnName(_ index: Int) -> String {
        index < header.count && !header[index].isEmpty ? header[index] : "column \(index + 1)"
    }

    /// An issue with the cell of a column.
    func issue(
        _ row: CSVRow,
        _ column: Int,
        _ severity: IssueSeverity,
        _ code: String,
        expected: String,
        _ message: String
    ) -> RowIssue {
        RowIssue(
            line: row.line,
            column: columnName(column),
            code: code,
            severity: severity,
            found: CellText.shown(row, row.trimmed(column)),
            expected: expected,
            message: message
        )
    }

    /// Reports what is wrong with the form of a row; false when it cannot be read.
    func checkForm(_ row: CSVRow, limits: ImportLimits, _ log: inout IssueLog) -> Bool {
        if let fault = row.fault {
            log.add(formIssue(row, fault, limits: limits))
            return false
        }
        guard row.cells.count != header.count else { return true }
        let shown = CellText.shown(row.bytes[row.start..<row.end])
        if row.cells.count < header.count {
            log.add(
                RowIssue(
                    line: row.line,
                    column: nil,
                    code: "too_few_cells",
                    severity: .error,
                    found: shown,
                    expected: "\(header.count) cells",
                    message: "The row has \(row.cells.count) cells and the header \(header.count); "
                        + "if it is the last one the file was cut off, export it again."
                )
            )
            return false
        }
        guard row.cells[header.count...].contains(where: { !$0.isEmpty }) else { return true }
        log.add(
            RowIssue(
                line: row.line,
                column: nil,
                code: "too_many_cells",
                severity: .error,
                found: shown,
                expected: "\(header.count) cells",
                message: "The row has \(row.cells.count) cells and the header \(header.count); "
                    + "a comma inside a cell needs quotes around the cell."
            )
        )
        return false
    }

    private func formIssue(_ row: CSVRow, _ fault: RowFault, limits: ImportLimits) -> RowIssue {
        var column: Int?
        let code: String
        let expected: String
        let message: String
        switch fault {
        case .strayQuote(let place):
            (column, code, expected) = (
                place, "stray_quote", "quotes around the whole cell, inner ones doubled"
            )
            message =
                "A quote stands inside a cell without quotes; put the cell in quotes and double the inner one."
        case .textAfterQuote(let place):
            (column, code, expected) = (place, "text_after_quote", "a comma or the end of the line")
            message = "Text follows the closing quote of a cell; double the quotes that belong to the text."
        case .carriageReturn(let place):
            (column, code, expected) = (place, "stray_carriage_return", "lines that end in LF or CRLF")
            message = "A carriage return stands alone; save the file with LF or CRLF at the ends of lines."
        case .cellTooLarge(let place):
            (column, code, expected) = (
                place, "cell_too_large", "at most \(limits.cellBytes) bytes (limit cellBytes)"
            )
            message =
                "The cell is larger than \(limits.cellBytes) bytes; shorten it, or close the quote before it."
        case .tooManyCells:
            (column, code, expected) = (
                nil, "too_many_columns", "at most \(limits.columns) columns (limit columns)"
            )
            message = "The row has more than \(limits.columns) columns; put cells that hold commas in quotes."
        case .unclosedQuote(let place):
            (column, code, expected) = (place, "unclosed_quote", "a closing quote")
            message = "A quote that opens here is never closed; the file was cut off or a quote is too many."
        }
        return RowIssue(
            line: row.line,
            column: column.map { columnName($0) },
            code: code,
            severity: .error,
            found: CellText.shown(row.bytes[row.start..<row.end]),
            expected: expected,
            message: message
        )
    }
}
