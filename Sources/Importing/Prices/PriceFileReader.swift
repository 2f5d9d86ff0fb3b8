public import Money
public import Time

/// A price as one row of a file states it.
public struct PriceRow: Hashable, Sendable {
    /// The line of the file, from 1.
    public let line: Int
    /// The instant that the row's cell names.
    public let stamp: Timestamp
    /// The period that the stamp opens and for whose end the price holds.
    public let period: PricePeriod
    /// The priced asset's code in lower case.
    public let base: String
    /// The code of what it is counted in, in lower case.
    public let quote: String
    /// Units of the quote for one unit of the base, above zero.
    public let price: Amount
}

/// The period that a row's time opens.
public enum PricePeriod: Hashable, Sendable {
    /// The price of that instant.
    case instant
    /// The close of that minute.
    case minute
    /// The close of that hour.
    case hour
    /// The close of that day.
    case day
}

/// What the check of a file of prices found.
public struct PriceSurvey: Hashable, Sendable {
    /// Rows of data.
    public internal(set) var rows = 0
    /// Rows with errors.
    public internal(set) var errorCount = 0
    /// The first errors, by line.
    public internal(set) var issues: [RowIssue] = []
    /// The codes met in lower case, sorted.
    public internal(set) var assets: [String] = []
}

/// Reads prices from CSV files of three layouts.
///
/// `date,asset,price_usd` holds closes of days, `timestamp_utc,asset,price_usd` closes of hours, and
/// `time,base,quote,price` prices of instants, or closes of days where the time is a date. Columns may come in any
/// order.
public enum PriceFileReader {
    /// Checks every row and keeps none; memory is bounded.
    ///
    /// - Throws: `ImportError` for a file that is none of the layouts, or what the source throws.
    public static func survey(
        _ source: @escaping ByteSource,
        limits: ImportLimits = ImportLimits()
    ) throws -> PriceSurvey {
        var survey = PriceSurvey()
        var log = IssueLog(limit: limits.issuesKept)
        var assets: Set<String> = []
        try scan(source, limits) { result in
            survey.rows += 1
            switch result {
            case .success(let row):
                assets.insert(row.base)
                assets.insert(row.quote)
            case .failure(let error): log.add(error.issue)
            }
        }
        survey.errorCount = log.errorCount
        survey.issues = log.kept
        survey.assets = assets.sorted()
        return survey
    }

    /// Gives the good rows in the order of the file.
    ///
    /// - Throws: as `survey`, and what the body throws.
    public static func read(
        _ source: @escaping ByteSource,
        limits: ImportLimits = ImportLimits(),
        _ body: (PriceRow) throws -> Void
    ) throws {
        try scan(source, limits) { result in
            if case .success(let row) = result { try body(row) }
        }
    }

    private static func scan(
        _ source: @escaping ByteSource,
        _ limits: ImportLimits,
        _ body: (Result<PriceRow, PriceRowError>) throws -> Void
    ) throws {
        var scanner = CSVScanner(source: source, limits: limits)
        var layout: PriceLayout?
        while try scanner.advance() {
            if scanner.row.isBlank { continue }
            guard let known = layout else {
                layout = try PriceLayout(header: scanner.row)
                continue
            }
            let row = scanner.row
            try body(Result { () throws(PriceRowError) in try known.parse(row) })
        }
        guard layout != nil else { throw ImportError.empty }
    }
}

/// An error of one row.
struct PriceRowError: Error {
    let issue: RowIssue
}

/// Where the columns of one of the layouts are.
private struct PriceLayout {
    let time: Int
    let base: Int
    let quote: Int?
    let price: Int
    let timeName: String
    let isHourly: Bool
    let cells: Int

    /// - Throws: `ImportError.unknownLayout`.
    init(header row: CSVRow) throws(ImportError) {
        cells = row.cells.count
        var places: [String: Int] = [:]
        for index in row.cells.indices {
            places[CellText.read(row, row.trimmed(index)).text.lowercased()] = index
        }
        if let time = places["time"], let base = places["base"], let quote = places["quote"],
            let price = places["price"]
        {
            (self.time, self.base, self.quote, self.price) = (time, base, quote, price)
            (timeName, isHourly) = ("time", false)
        } else if let time = places["timestamp_utc"] ?? places["date"], let base = places["asset"],
            let price = places["price_usd"]
        {
            (self.time, self.base, quote, self.price) = (time, base, nil, price)
            isHourly = places["timestamp_utc"] != nil
            timeName = isHourly ? "timestamp_utc" : "date"
        } else {
            throw .unknownPriceLayout(
                line: row.line,
                firstLine: CellText.shown(row.bytes[row.start..<min(row.end, row.bytes.count)])
            )
        }
    }

    func parse(_ row: CSVRow) throws(PriceRowError) -> PriceRow {
        guard row.fault == nil else {
            throw error(row, nil, "bad_row", "", "a row of plain CSV", "this row is not well-formed CSV")
        }
        guard row.cells.count == cells else {
            throw error(
                row,
                nil,
                "wrong_cell_count",
                String(row.cells.count),
                "\(cells) cells, as in the header",
                "the row has \(row.cells.count) cells, the header \(cells); write numbers with a point, not a comma"
            )
        }
        let (stamp, isDate) = try parseTime(row)
        let base = try parseCode(row, base, quote == nil ? "asset" : "base")
        let quoteCode: String
        if let quote { quoteCode = try parseCode(row, quote, "quote") } else { quoteCode = "usd" }
        guard base != quoteCode else {
            throw error(
                row,
                "quote",
                "same_asset",
                quoteCode,
                "two different codes",
                "an asset has no price in itself"
            )
        }
        let period: PricePeriod = isDate ? .day : isHourly ? .hour : .instant
        return PriceRow(
            line: row.line,
            stamp: stamp,
            period: period,
            base: base,
            quote: quoteCode,
            price: try parsePrice(row)
        )
    }

    private func parseTime(_ row: CSVRow) throws(PriceRowError) -> (Timestamp, isDate: Bool) {
        let text = CellText.read(row, row.trimmed(time)).text
        do {
            return (try Timestamp.parse(text), text.utf8.count == 10)
        } catch {
            throw self.error(
                row,
                timeName,
                "bad_time",
                text,
                "an ISO 8601 date or time",
                "\"\(CellText.shown(text.utf8))\" is no date or time; write it as 2024-01-31 or 2024-01-31T12:00:00Z"
            )
        }
    }

    private func parseCode(_ row: CSVRow, _ column: Int, _ name: String) throws(PriceRowError) -> String {
        let text = CellText.read(row, row.trimmed(column)).text
        guard let code = AssetCode.normalize(text) else {
            throw error(
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

    private func parsePrice(_ row: CSVRow) throws(PriceRowError) -> Amount {
        let cell = row.trimmed(price)
        let name = quote == nil ? "price_usd" : "price"
        let amount: Amount
        switch DecimalText.read(row.bytes.span, cell.start, cell.end) {
        case .plain(let read), .exponent(let read), .rounded(let read): amount = read
        case .notANumber, .outOfRange:
            let text = CellText.shown(row, cell)
            throw error(
                row,
                name,
                "bad_number",
                text,
                "a plain decimal number",
                "\"\(text)\" is no price; write it as 12.34 without grouping or currency signs"
            )
        }
        guard amount.isPositive else {
            throw error(
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

    private func error(
        _ row: CSVRow,
        _ column: String?,
        _ code: String,
        _ found: String,
        _ expected: String,
        _ message: String
    ) -> PriceRowError {
        PriceRowError(
            issue: RowIssue(
                line: row.line,
                column: column,
                code: code,
                severity: .error,
                found: CellText.shown(found.utf8),
                expected: expected,
                message: message
            )
        )
    }
}
