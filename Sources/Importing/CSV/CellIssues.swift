import Money
import Time

extension RowMapper {
    /// A cell that is not a time.
    func timeIssue(_ row: CSVRow, _ column: Int, _ error: TimeError, form: String? = nil) -> RowIssue {
        let expected = form ?? "a time such as 2024-01-02T03:04:05Z"
        switch error {
        case .malformed:
            return issue(
                row,
                column,
                .error,
                "bad_time",
                expected: expected,
                "This is not a time; write it as \(expected)."
            )
        case .nonexistent:
            return issue(
                row,
                column,
                .error,
                "nonexistent_time",
                expected: expected,
                "There is no such day or hour; correct the date."
            )
        }
    }

    /// A cell that is not an amount.
    func numberIssue(_ row: CSVRow, _ column: Int, _ reading: DecimalText.Reading) -> RowIssue {
        switch reading {
        case .rounded:
            return issue(
                row,
                column,
                .error,
                "too_many_decimals",
                expected: "at most 18 significant decimals",
                "The amount has more than 18 significant decimals; round it yourself, since amounts are kept exactly."
            )
        case .outOfRange:
            return issue(
                row,
                column,
                .error,
                "out_of_range",
                expected: "an amount below 10^20",
                "The amount is too large to be kept; correct it."
            )
        case .plain, .exponent, .notANumber:
            let cell = row.trimmed(column)
            let advice = DecimalText.advice(Array(row.bytes[cell.start..<cell.end]))
            return issue(
                row,
                column,
                .error,
                "bad_number",
                expected: "a plain decimal such as 1234.56",
                "This is not a number that can be read without guessing; \(advice)."
            )
        }
    }

    /// A fee that makes a sum of the row too large.
    func feeRangeIssue(_ row: CSVRow, _ column: Int) -> RowIssue {
        issue(
            row,
            column,
            .error,
            "out_of_range",
            expected: "amounts and fees below 10^20 in all",
            "With this fee an amount of the row is too large to be kept; correct one of them."
        )
    }

    /// A number with an exponent, which is read exactly.
    func exponentIssue(_ row: CSVRow, _ column: Int, _ amount: Amount) -> RowIssue {
        issue(
            row,
            column,
            .warning,
            "exponent",
            expected: "a plain decimal",
            "The number has an exponent and was read as \(amount); check that the program that wrote it lost no digits."
        )
    }

    /// A cell that is not an asset code.
    func assetIssue(_ row: CSVRow, _ column: Int) -> RowIssue {
        issue(
            row,
            column,
            .error,
            "bad_asset",
            expected: "1 to 64 letters, digits and . _ $ @ * ~ # : / + -",
            "This is not the code of an asset; write one such as BTC."
        )
    }

    /// A free text with bytes that are not UTF-8.
    func encodingIssue(_ row: CSVRow, _ column: Int) -> RowIssue {
        issue(
            row,
            column,
            .notice,
            "bad_encoding",
            expected: "UTF-8",
            "Bytes that are not UTF-8 were read as Windows-1252; check the text."
        )
    }
}

extension RowMapper {
    /// A price with more decimals than can be kept.
    func roundedIssue(_ row: CSVRow, _ column: Int, _ amount: Amount) -> RowIssue {
        issue(
            row,
            column,
            .notice,
            "rounded",
            expected: "at most 18 significant decimals",
            "The price has more than 18 decimals and was rounded half-even to \(amount)."
        )
    }
}
