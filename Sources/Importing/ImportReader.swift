import Time

/// Gives the next piece of a file, nil at its end; a fresh one is made for each pass.
public typealias ByteSource = () throws -> [UInt8]?

/// Reads files of transactions in two passes that share one mapping.
///
/// The first pass finds the layout and all errors and keeps no rows, so that a file of any size needs little memory.
/// The second gives the entries. Both do the same for the same bytes.
public enum ImportReader {
    /// Checks a whole file: layout, every row, all errors at once.
    ///
    /// - Throws: `ImportError` when the file cannot be read at all, and whatever the source throws.
    public static func survey(_ source: @escaping ByteSource, options: ImportOptions) throws -> ImportSurvey {
        try survey(source, options: options, entry: { _ in })
    }

    /// Checks a small file and keeps its entries in the order of the file, which spares the second pass.
    ///
    /// Without entries when they depend on what only a whole pass can tell, or when there are more than the bound.
    ///
    /// - Throws: as `survey`.
    public static func surveyKeepingEntries(
        _ source: @escaping ByteSource,
        options: ImportOptions,
        entriesMax: Int
    ) throws -> (survey: ImportSurvey, entries: [DraftEntry]?) {
        var kept: [DraftEntry] = []
        let survey = try survey(source, options: options) { entry in
            if kept.count < entriesMax { kept.append(entry) }
        }
        guard survey.walletCurrencies.isEmpty, survey.entries == kept.count else { return (survey, nil) }
        return (survey, kept)
    }

    /// Checks a whole file and gives its entries on the way, in the order of the file.
    ///
    /// They are what `read` gives only when the survey names no wallet currencies; nobody knows that before the end.
    ///
    /// - Throws: as `survey`.
    public static func survey(
        _ source: @escaping ByteSource,
        options: ImportOptions,
        entry body: (DraftEntry) -> Void
    ) throws -> ImportSurvey {
        var pass = try FilePass(source, options: options, inside: [])
        var survey = ImportSurvey(format: pass.format, headerLine: pass.headerLine)
        var order = TimeOrder()
        try pass.run { entry in
            survey.entries += 1
            order.add(entry.time)
            body(entry)
        }
        survey.rows = pass.rows
        survey.newestFirst = order.falls > order.rises
        survey.firstTime = order.first
        survey.lastTime = order.last
        survey.issues = pass.log.kept
        survey.errorCount = pass.log.errorCount
        survey.errorRows = pass.log.errorRows
        survey.warningCount = pass.log.warningCount
        survey.noticeCount = pass.log.noticeCount
        survey.accounts = pass.accountsMet.sorted()
        survey.assets = pass.assetsMet.sorted()
        survey.walletCurrencies = pass.walletCurrenciesMet.sorted()
        return survey
    }

    /// Gives the entries of the good rows in the order of the file.
    ///
    /// - Throws: `ImportError.changed` when the file is not the one surveyed, else as `survey`, and what the body throws.
    public static func read(
        _ source: @escaping ByteSource,
        survey: ImportSurvey,
        options: ImportOptions,
        entry: (DraftEntry) throws -> Void
    ) throws {
        var pass = try FilePass(source, options: options, inside: Set(survey.walletCurrencies))
        guard pass.format == survey.format, pass.headerLine == survey.headerLine else {
            throw ImportError.changed
        }
        try pass.run(entry)
        guard pass.rows == survey.rows, pass.log.errorCount == survey.errorCount else {
            throw ImportError.changed
        }
    }
}

/// Counts which way the times of a file run.
private struct TimeOrder {
    var rises = 0
    var falls = 0
    var first: Timestamp?
    var last: Timestamp?
    private var previous: Timestamp?

    mutating func add(_ time: Timestamp) {
        if let previous {
            if time > previous { rises += 1 }
            if time < previous { falls += 1 }
        }
        previous = time
        if first.map({ time < $0 }) ?? true { first = time }
        if last.map({ time > $0 }) ?? true { last = time }
    }
}

/// One pass over a file: finds the header, then maps row by row.
private struct FilePass {
    private enum Layout {
        case coffer(CofferMapper)
        case report(CoinbaseMapper)
        case account(CoinbaseAccountMapper)
        case kraken(KrakenMapper)
        case binanceStatement(BinanceStatementMapper)
        case binanceTrades(BinanceTradesMapper)
        case binanceUS(BinanceUSMapper)
    }

    private(set) var log: IssueLog
    private(set) var rows = 0
    private(set) var headerLine = 0
    private(set) var accountsMet: Set<String> = []
    private(set) var assetsMet: Set<String> = []
    private(set) var walletCurrenciesMet: Set<String> = []
    private var scanner: CSVScanner
    private var layout: Layout
    private let limits: ImportLimits

    var format: ImportFormat {
        switch layout {
        case .coffer: .coffer
        case .report, .account: .coinbase
        case .kraken: .kraken
        case .binanceStatement, .binanceTrades: .binance
        case .binanceUS: .binanceUS
        }
    }

    /// Reads up to the header and makes the mapper of its layout.
    init(_ source: @escaping ByteSource, options: ImportOptions, inside: Set<String>) throws {
        limits = options.limits
        var log = IssueLog(limit: limits.issuesKept)
        var scanner = CSVScanner(source: source, limits: limits)
        scanner.bytesToSearch = limits.headerBytes
        var firstLine: (line: Int, text: String)?
        var seen = 0
        var found: Layout?
        while found == nil, try scanner.advance() {
            let row = scanner.row
            guard !row.isBlank else {
                guard scanner.position <= limits.headerBytes else { break }
                continue
            }
            seen += 1
            let isWithinReach = seen <= limits.headerLines && scanner.position <= limits.headerBytes
            if isWithinReach {
                found = try FilePass.layout(row, options: options, inside: inside, log: &log)
                headerLine = row.line
            }
            if found == nil, firstLine == nil {
                firstLine = (row.line, CellText.shown(row.bytes[row.start..<row.end]))
            }
            guard isWithinReach else { break }
        }
        guard let found else {
            guard let firstLine else { throw ImportError.empty }
            throw ImportError.unknownLayout(line: firstLine.line, firstLine: firstLine.text)
        }
        scanner.bytesToSearch = nil
        self.log = log
        self.scanner = scanner
        layout = found
    }

    private static func layout(
        _ row: CSVRow,
        options: ImportOptions,
        inside: Set<String>,
        log: inout IssueLog
    ) throws(ImportError) -> Layout? {
        if let mapper = CofferMapper(exportHeader: row, options: options) { return .coffer(mapper) }
        var header: [String] = []
        for index in row.cells.indices { header.append(CellText.read(row, row.trimmed(index)).text) }
        let names = header.map { $0.lowercased() }
        var layout: Layout?
        if CofferColumn.isHeader(names) {
            layout = .coffer(CofferMapper(header: header, line: row.line, options: options, log: &log))
        } else if let columns = CoinbaseColumns(names) {
            layout = .report(
                CoinbaseMapper(
                    header: header,
                    columns: columns,
                    line: row.line,
                    inside: inside,
                    options: options,
                    log: &log
                )
            )
        } else if let columns = CoinbaseAccountMapper.columns(names) {
            layout = .account(
                CoinbaseAccountMapper(header: header, columns: columns, inside: inside, options: options)
            )
        } else if let columns = KrakenMapper.columns(names) {
            layout = .kraken(KrakenMapper(header: header, columns: columns, options: options))
        } else if let mapper = BinanceUSMapper(header: header, names: names, options: options) {
            layout = .binanceUS(mapper)
        } else if let mapper = BinanceStatementMapper(header: header, names: names, options: options) {
            layout = .binanceStatement(mapper)
        } else if let mapper = BinanceTradesMapper(header: header, names: names, options: options) {
            layout = .binanceTrades(mapper)
        }
        if layout != nil, case .carriageReturn? = row.fault {
            throw .notText(line: row.line, reason: "its lines end in carriage returns alone")
        }
        if layout != nil, row.fault == .tooManyCells {
            throw .tooManyColumns(line: row.line, limit: options.limits.columns)
        }
        return layout
    }

    /// Maps all rows behind the header.
    mutating func run(_ emit: (DraftEntry) throws -> Void) throws {
        switch layout {
        case .coffer(var mapper): try run(&mapper, emit)
        case .report(var mapper): try run(&mapper, emit)
        case .account(var mapper): try run(&mapper, emit)
        case .kraken(var mapper): try run(&mapper, emit)
        case .binanceStatement(var mapper): try run(&mapper, emit)
        case .binanceTrades(var mapper): try run(&mapper, emit)
        case .binanceUS(var mapper): try run(&mapper, emit)
        }
    }

    private mutating func run<M: RowMapper>(_ mapper: inout M, _ emit: (DraftEntry) throws -> Void) throws {
        while try scanner.advance() {
            if scanner.row.isBlank { continue }
            if let limit = limits.rows, rows >= limit { throw ImportError.tooManyRows(limit: limit) }
            rows += 1
            guard mapper.checkForm(scanner.row, limits: limits, &log) else { continue }
            try mapper.map(scanner.row, &log, emit)
        }
        try mapper.finish(&log, emit)
        accountsMet = mapper.accountsMet
        assetsMet = mapper.assetsMet
        walletCurrenciesMet = mapper.walletCurrenciesMet
    }
}
