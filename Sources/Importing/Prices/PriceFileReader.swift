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
    /// The close of that hour.
    case hour
    /// The close of that day.
    case day
    /// The close of so many seconds from the time on.
    case span(Int64)
}

/// What is known of a file of prices besides its bytes; a layout that says it itself needs none of it.
public struct PriceFileHint: Hashable, Sendable {
    /// The name of the file, such as `XBTUSD_1440.csv`.
    public var fileName: String?
    /// The codes of the pair in lower case.
    public var pair: PricePairName?
    /// The seconds of one row.
    public var step: Int64?

    /// Nothing but what is given.
    public init(fileName: String? = nil, pair: PricePairName? = nil, step: Int64? = nil) {
        self.fileName = fileName
        self.pair = pair
        self.step = step
    }
}

/// What the check of a file of prices found.
public struct PriceSurvey: Hashable, Sendable {
    /// Rows of data.
    public internal(set) var rows = 0
    /// Prices in the good rows.
    public internal(set) var prices = 0
    /// Rows with errors.
    public internal(set) var errorCount = 0
    /// The first errors, by line.
    public internal(set) var issues: [RowIssue] = []
    /// The codes met in lower case, sorted.
    public internal(set) var assets: [String] = []
}

/// Reads prices from CSV files, whose layout it finds out; `docs/prices.md` lists the layouts.
public enum PriceFileReader {
    /// Checks every row and keeps none; memory is bounded.
    ///
    /// Two prices of one pair for one instant that differ are an error of the later row. In a file of more than a
    /// million prices only neighbouring rows are compared so.
    ///
    /// - Throws: `ImportError` for a file that is none of the layouts, or what the source throws.
    public static func survey(
        _ source: @escaping ByteSource,
        hint: PriceFileHint = PriceFileHint(),
        limits: ImportLimits = ImportLimits()
    ) throws -> PriceSurvey {
        var survey = PriceSurvey()
        var log = IssueLog(limit: limits.issuesKept)
        var assets: Set<String> = []
        var twins = PriceTwins()
        try scan(source, hint, limits) { result in
            survey.rows += 1
            switch result {
            case .success(let rows):
                for row in rows {
                    if let issue = twins.check(row) {
                        log.add(issue)
                        continue
                    }
                    survey.prices += 1
                    assets.insert(row.base)
                    assets.insert(row.quote)
                }
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
        hint: PriceFileHint = PriceFileHint(),
        limits: ImportLimits = ImportLimits(),
        _ body: (PriceRow) throws -> Void
    ) throws {
        try scan(source, hint, limits) { result in
            if case .success(let rows) = result { for row in rows { try body(row) } }
        }
    }

    private static func scan(
        _ source: @escaping ByteSource,
        _ hint: PriceFileHint,
        _ limits: ImportLimits,
        _ body: (Result<[PriceRow], PriceRowError>) throws -> Void
    ) throws {
        var scanner = CSVScanner(source: source, limits: limits)
        var layout: PriceLayout?
        // Rows of candles wait until their step is known, which two of them tell.
        var waiting: [CandleRow] = []
        while try scanner.advance() {
            let row = scanner.row
            if row.isBlank { continue }
            guard let known = layout else {
                if PriceLayout.isBanner(row) { continue }
                layout = try PriceLayout(first: row, hint)
                if layout?.hasHeader == false { try take(row, &layout, &waiting, body) }
                continue
            }
            switch known {
            case .candles: try take(row, &layout, &waiting, body)
            default: try body(Result { () throws(PriceRowError) in try known.parse(row) })
            }
        }
        guard let layout else { throw ImportError.empty }
        guard case .candles(var candles) = layout else { return }
        candles.learnStep(waiting)
        guard waiting.isEmpty || candles.step != nil else {
            throw ImportError.unknownPriceStep(line: waiting[0].line)
        }
        for row in waiting { try body(.success([try candles.row(row)])) }
    }

    /// Reads a candle; those whose step is not known yet are kept back.
    private static func take(
        _ row: CSVRow,
        _ layout: inout PriceLayout?,
        _ waiting: inout [CandleRow],
        _ body: (Result<[PriceRow], PriceRowError>) throws -> Void
    ) throws {
        guard case .candles(var candles)? = layout else { return }
        let read = Result { () throws(PriceRowError) in try candles.parse(row) }
        guard case .success(let candle) = read else {
            try body(read.map { _ in [] })
            return
        }
        guard candles.step == nil else {
            try body(.success([try candles.row(candle)]))
            return
        }
        waiting.append(candle)
        guard waiting.count >= CandleLayout.rowsToLearnFrom else { return }
        candles.learnStep(waiting)
        layout = .candles(candles)
        guard candles.step != nil else { throw ImportError.unknownPriceStep(line: row.line) }
        for row in waiting { try body(.success([try candles.row(row)])) }
        waiting = []
    }
}

/// An error of one row.
struct PriceRowError: Error {
    let issue: RowIssue

    init(issue: RowIssue) {
        self.issue = issue
    }

    init(
        _ row: CSVRow,
        _ column: String?,
        _ code: String,
        _ found: String,
        _ expected: String,
        _ message: String
    ) {
        issue = RowIssue(
            line: row.line,
            column: column,
            code: code,
            severity: .error,
            found: CellText.shown(found.utf8),
            expected: expected,
            message: message
        )
    }
}
