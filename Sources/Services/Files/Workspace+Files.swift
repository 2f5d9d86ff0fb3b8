public import Importing
import Ledger
import Money
public import Storage
import Time
import Valuation

/// What became of a file that was to be reported on.
public struct FileReading: Sendable {
    /// Reports of the file's history; nil when it was refused.
    public let workspace: Workspace?
    /// What importing the file into a new data folder would say.
    public let outcome: ImportOutcome
}

/// Prices that a file gives.
public struct FilePrices: Sendable {
    let rows: [Importing.PriceRow]
    /// Rows with errors; a file with one gives no prices.
    public let errorCount: Int
    /// The first errors.
    public let issues: [RowIssue]

    /// Reads a file of prices in any layout that importing prices knows.
    ///
    /// - Throws: `ImportError` for a file of another layout, and what the source throws.
    public init(from source: () throws -> ByteSource) throws {
        let survey = try PriceFileReader.survey(try source())
        errorCount = survey.errorCount
        issues = survey.issues
        var rows: [Importing.PriceRow] = []
        if survey.errorCount == 0 { try PriceFileReader.read(try source()) { rows.append($0) } }
        // What can be read only once is empty the second time.
        guard survey.errorCount > 0 || rows.count == survey.prices else { throw ImportError.changed }
        self.rows = rows
    }
}

extension Workspace {
    /// Whose the history of a file is.
    public static let fileOwner = UserID(raw: 1)

    /// Reads a file to report on it, without a data folder and without storing anything.
    ///
    /// Blocks. The file is read and checked as by an import into a new data folder, so reports say the same; the
    /// workspace answers reports of `fileOwner` and nothing else. Names of lots are kept where `keepsNames` says so,
    /// which disposals by named lots need.
    ///
    /// - Throws: `ImportError` for a file that cannot be read at all, and what the source throws.
    public static func read(
        _ request: ImportRequest,
        _ configuration: WorkspaceConfiguration,
        keepsNames: Bool,
        prices: FilePrices? = nil,
        source: () throws -> ByteSource
    ) throws -> FileReading {
        let options = options(of: request)
        var ledger = FileLedger(keepsNames: keepsNames, collects: false)
        let survey = try ImportReader.survey(try source(), options: options) { ledger.append($0) }
        var outcome = ImportOutcome(request, survey)
        if !ledger.isUsable || !survey.walletCurrencies.isEmpty {
            ledger = FileLedger(keepsNames: keepsNames, collects: true)
            try forEachDraft(try source(), survey, options) { ledger.append($0) }
        }
        if let refusal = ledger.refusal {
            refusal.report(to: &outcome)
            return FileReading(workspace: nil, outcome: outcome)
        }
        var log = FindingLog()
        for finding in ledger.findings { log.add(finding) }
        log.add(to: &outcome)
        outcome.inserted = outcome.entries
        guard survey.errorCount == 0 || request.isPartial else {
            outcome.isRefused = true
            return FileReading(workspace: nil, outcome: outcome)
        }
        let now = (configuration.now ?? DatabaseOptions().now)()
        let history = ledger.finish(survey, at: now)
        let book = try priceBook(prices, history.content.registry)
        return FileReading(workspace: Workspace(configuration, history, prices: book), outcome: outcome)
    }

    /// The bundled rates and the prices of a file, those of assets that nobody has left out.
    private static func priceBook(
        _ prices: FilePrices?,
        _ registry: AssetRegistry
    ) throws(ValuationError) -> PriceBook {
        var builder = PriceBookBuilder(on: PriceBook(BundledRates.deferred))
        for row in prices?.rows ?? [] {
            guard let base = registry.id(code: row.base), let quote = registry.id(code: row.quote) else {
                continue
            }
            try builder.append(
                pair: PricePair(base: base, quote: quote),
                stamp: row.effectiveTime,
                resolution: .spot,
                price: row.price,
                source: .imported("imported")
            )
        }
        return builder.finish()
    }
}
