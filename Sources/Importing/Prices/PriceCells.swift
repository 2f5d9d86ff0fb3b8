import Money
import Time

/// Reads the cells that all layouts of prices have.
enum PriceCells {
    /// Checks that a row is well formed and has as many cells as the first one.
    static func checkForm(_ row: CSVRow, _ cells: Int) throws(PriceRowError) {
        guard row.fault == nil else {
            throw PriceRowError(
                row,
                nil,
                "bad_row",
                "",
                "a row of plain CSV",
                "this row is not well-formed CSV"
            )
        }
        guard row.cells.count == cells else {
            throw PriceRowError(
                row,
                nil,
                "wrong_cell_count",
                String(row.cells.count),
                "\(cells) cells, as in the header",
                "the row has \(row.cells.count) cells, the header \(cells); write numbers with a point, not a comma"
            )
        }
    }

    /// An ISO 8601 time, and whether it is a date alone.
    static func time(
        _ row: CSVRow,
        _ column: Int,
        _ name: String
    ) throws(PriceRowError) -> (Timestamp, isDate: Bool) {
        let text = CellText.read(row, row.trimmed(column)).text
        do {
            return (try Timestamp.parse(text), text.utf8.count == 10)
        } catch {
            throw PriceRowError(
                row,
                name,
                "bad_time",
                text,
                "an ISO 8601 date or time",
                "\"\(CellText.shown(text.utf8))\" is no date or time; write it as 2024-01-31 or 2024-01-31T12:00:00Z"
            )
        }
    }

    /// Seconds, milliseconds or microseconds since 1970, told apart by their size; years 1990 to 2200.
    static func unixTime(_ row: CSVRow, _ column: Int) throws(PriceRowError) -> Timestamp {
        let text = CellText.read(row, row.trimmed(column)).text
        // Some exports write whole seconds with a point and zeros.
        let digits = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        if let number = Int64(digits), digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            for unit in [1_000_000, 1_000, 1] as [Int64] where number / (1_000_000 / unit) < latestSecond {
                guard number / (1_000_000 / unit) >= earliestSecond else { continue }
                return Timestamp(microseconds: number * unit)
            }
        }
        throw PriceRowError(
            row,
            "unix",
            "bad_time",
            text,
            "seconds or milliseconds since 1970",
            "\"\(CellText.shown(text.utf8))\" is no time in seconds or milliseconds since 1970"
        )
    }

    private static let earliestSecond: Int64 = 631_152_000
    private static let latestSecond: Int64 = 7_258_118_400

    /// An asset's code in lower case.
    static func code(_ row: CSVRow, _ column: Int, _ name: String) throws(PriceRowError) -> String {
        let text = CellText.read(row, row.trimmed(column)).text
        guard let code = AssetCode.normalize(text) else {
            throw PriceRowError(
                row,
                name,
                "bad_asset",
                text,
                "an asset code of 1 to 64 letters and digits",
                "\"\(CellText.shown(text.utf8))\" is no asset code; write one such as BTC"
            )
        }
        return code
    }

    /// A price above zero.
    static func price(_ row: CSVRow, _ column: Int, _ name: String) throws(PriceRowError) -> Amount {
        let cell = row.trimmed(column)
        let amount: Amount
        switch DecimalText.read(row.bytes.span, cell.start, cell.end) {
        case .plain(let read), .exponent(let read), .rounded(let read): amount = read
        case .notANumber, .outOfRange:
            let text = CellText.shown(row, cell)
            throw PriceRowError(
                row,
                name,
                "bad_number",
                text,
                "a plain decimal number",
                "\"\(text)\" is no price; write it as 12.34 without grouping or currency signs"
            )
        }
        guard amount.isPositive else {
            throw PriceRowError(
                row,
                name,
                "price_not_positive",
                amount.description,
                "a number above zero",
                "a price must be above zero; leave the row away if there is none"
            )
        }
        return amount
    }
}

/// The names of columns in lower case and where they are.
struct PriceHeader {
    let names: [String]
    private let places: [String: Int]

    init(_ row: CSVRow) {
        names = row.cells.indices.map { CellText.read(row, row.trimmed($0)).text.lowercased() }
        var places: [String: Int] = [:]
        for (index, name) in names.enumerated() { places[name] = index }
        self.places = places
    }

    var cells: Int { names.count }

    subscript(name: String) -> Int? { places[name] }

    /// The place of the first of several names.
    func first(_ names: String...) -> Int? { names.lazy.compactMap { places[$0] }.first }
}
