public import Importing
import Money
import Storage
public import Time
public import Valuation

/// What importing a file of prices came to.
public struct PriceImportOutcome: Sendable {
    /// Rows of data.
    public let rows: Int
    /// Prices that were written; none when a row has an error.
    public let imported: Int
    /// Rows with errors.
    public let errorCount: Int
    /// The first errors.
    public let issues: [RowIssue]
    /// The codes of assets that nobody has, whose prices were left out.
    public let unknown: [String]
}

/// One series of prices.
public struct PriceStatus: Hashable, Sendable {
    /// The code of what is priced.
    public let base: String
    /// The code of what it is counted in.
    public let quote: String
    /// Where the prices came from.
    public let source: String
    /// How many there are.
    public let count: Int
    /// The instant from which the first counts.
    public let first: Timestamp
    /// The instant from which the last counts.
    public let last: Timestamp
    /// Whether the last is too old to be used unmarked.
    public let isStale: Bool
    /// What went wrong when it was fetched last, or nil.
    public var latestError: String?
    /// When it is fetched again, or nil.
    public var nextFetch: Timestamp?
}

extension Workspace {
    /// All prices as they are now, those of the store read if they are not in memory.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func priceBook() throws -> PriceBook {
        try prices.snapshot().book
    }

    /// The prices that one commit carries.
    private static let pricesPerCommit = 10_000

    /// Imports prices from a file; one with an error imports nothing.
    ///
    /// Blocks.
    ///
    /// A price for an instant, pair and source that is there already replaces it. Prices of an asset that is not built
    /// in belong to everyone who has registered its code; where nobody has, they are left out and the code is named.
    ///
    /// - Throws: `ImportError` for a file of another layout, `PriceServiceError.reservedName`, `StorageError`.
    public func importPrices(
        from source: () -> ByteSource,
        source name: String,
        hint: PriceFileHint = PriceFileHint(),
        progress: (_ done: Int, _ total: Int?) -> Void
    ) throws -> PriceImportOutcome {
        guard !PricePreference.services.contains(name), name != PriceOrigin.bundled.name else {
            throw PriceServiceError.reservedName(name)
        }
        let survey = try PriceFileReader.survey(source(), hint: hint)
        guard survey.errorCount == 0 else {
            return PriceImportOutcome(
                rows: survey.rows,
                imported: 0,
                errorCount: survey.errorCount,
                issues: survey.issues,
                unknown: []
            )
        }
        let ids = try assetIDs(of: survey.assets)
        var batch = PriceBatch()
        var done = 0
        func write() throws {
            let series = batch.take()
            _ = try database.writeAndWait { transaction in
                for (key, rows) in series { _ = try transaction.storePrices(rows[...], of: key) }
            }
            done += series.reduce(0) { $0 + $1.rows.count }
            progress(done, survey.prices)
        }
        try PriceFileReader.read(source(), hint: hint) { row in
            guard let bases = ids[row.base], let quotes = ids[row.quote] else { throw ImportError.changed }
            let price = Storage.PriceRow(time: row.effectiveTime, price: row.price)
            for base in bases {
                for quote in quotes {
                    batch.append(price, to: PriceSeriesKey(base: base, quote: quote, source: name))
                }
            }
            if batch.count >= Workspace.pricesPerCommit { try write() }
        }
        try write()
        prices.invalidate()
        return PriceImportOutcome(
            rows: survey.rows,
            imported: done,
            errorCount: 0,
            issues: [],
            unknown: ids.filter { $0.value.isEmpty }.keys.sorted()
        )
    }

    /// The numbers of codes: the built-in one, or those of all users who registered it.
    private func assetIDs(of codes: [String]) throws -> [String: [AssetID]] {
        var ids: [String: [AssetID]] = [:]
        for code in codes {
            if let id = AssetRegistry.builtIn.id(code: code) {
                ids[code] = [id]
            } else {
                ids[code] = try database.read { connection throws(StorageError) in
                    try connection.everyonesAssets(code: code).map(\.id)
                }
            }
        }
        return ids
    }

    /// Every series of prices with its age.
    ///
    /// A code that several users registered has a series for each of them; those that are alike are told once. Blocks.
    ///
    /// - Throws: `StorageError`.
    public func priceStatus() throws -> [PriceStatus] {
        let book = try prices.snapshot().book
        let now = now()
        // Users may have registered the same code, so their assets make no registry together.
        let (own, fetches) = try database.read { connection throws(StorageError) in
            (try connection.everyonesAssets(), try connection.priceFetches())
        }
        let records = Dictionary(uniqueKeysWithValues: fetches.map { ($0.key, $0) })
        let codes = Dictionary(uniqueKeysWithValues: own.map { ($0.id, $0.displayCode) })
        func code(_ id: AssetID) -> String { codes[id] ?? AssetRegistry.builtIn.displayCode(id) }
        var rows: [PriceStatus] = []
        var told: Set<PriceStatus> = []
        for pair in book.pairs {
            let limit = configuration.valuation.freshSeconds(of: pair) { AssetRegistry.builtIn.isFiat($0) }
            for sourced in book.series(of: pair) {
                guard let first = sourced.series.first, let last = sourced.series.last else { continue }
                let record = records[
                    PriceSeriesKey(base: pair.base, quote: pair.quote, source: sourced.source.name)
                ]
                let row = PriceStatus(
                    base: code(pair.base),
                    quote: code(pair.quote),
                    source: sourced.source.name,
                    count: sourced.series.count,
                    first: first.time,
                    last: last.time,
                    isStale: last.isStale(at: now, freshSeconds: limit),
                    latestError: record?.latestError,
                    nextFetch: record?.nextFetch
                )
                if told.insert(row).inserted { rows.append(row) }
            }
        }
        return rows
    }
}

/// Prices on their way to the writer, by series.
private struct PriceBatch {
    private var places: [PriceSeriesKey: Int] = [:]
    private var series: [(key: PriceSeriesKey, rows: [Storage.PriceRow])] = []
    private(set) var count = 0

    mutating func append(_ row: Storage.PriceRow, to key: PriceSeriesKey) {
        count += 1
        if let place = places[key] {
            series[place].rows.append(row)
        } else {
            places[key] = series.count
            series.append((key, [row]))
        }
    }

    /// The prices so far; the batch is empty afterwards.
    mutating func take() -> [(key: PriceSeriesKey, rows: [Storage.PriceRow])] {
        defer { self = PriceBatch() }
        return series
    }
}

extension Importing.PriceRow {
    /// The instant from which the price counts: the end of its period.
    var effectiveTime: Timestamp {
        switch period {
        case .instant: stamp
        case .hour: PriceResolution.hour.effectiveTime(of: stamp)
        case .day: PriceResolution.day.effectiveTime(of: stamp)
        case .span(let seconds): stamp.advanced(bySeconds: seconds)
        }
    }
}
