public import Importing
import Money
import Storage
public import Time
import Valuation

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
public struct PriceStatus: Sendable {
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
}

extension Workspace {
    /// The prices that one commit carries.
    private static let pricesPerCommit = 10_000

    /// Imports prices from a file; one with an error imports nothing. Blocks.
    ///
    /// A price for an instant, pair and source that is there already replaces it. Prices of an asset that is not built
    /// in belong to everyone who has registered its code; where nobody has, they are left out and the code is named.
    ///
    /// - Throws: `ImportError` for a file of another layout, `StorageError`.
    public func importPrices(
        from source: () -> ByteSource,
        source name: String,
        progress: (_ done: Int, _ total: Int?) -> Void
    ) throws -> PriceImportOutcome {
        let survey = try PriceFileReader.survey(source())
        guard survey.errorCount == 0 else {
            return PriceImportOutcome(
                rows: survey.rows, imported: 0, errorCount: survey.errorCount, issues: survey.issues, unknown: [])
        }
        let ids = try assetIDs(of: survey.assets)
        var batch: [PriceRecord] = []
        var done = 0
        func write() throws {
            let rows = batch
            try database.writeAndWait { transaction throws(StorageError) in try transaction.putPrices(rows) }
            done += rows.count
            batch.removeAll(keepingCapacity: true)
            progress(done, survey.rows)
        }
        try PriceFileReader.read(source()) { row in
            guard let bases = ids[row.base], let quotes = ids[row.quote] else { throw ImportError.changed }
            for base in bases {
                for quote in quotes {
                    batch.append(
                        PriceRecord(
                            base: base, quote: quote, source: name,
                            time: row.resolution.effectiveTime(of: row.stamp), price: row.price))
                }
            }
            if batch.count >= Workspace.pricesPerCommit { try write() }
        }
        try write()
        prices.invalidate()
        return PriceImportOutcome(rows: survey.rows, imported: done, errorCount: 0, issues: [],
            unknown: ids.filter { $0.value.isEmpty }.keys.sorted())
    }

    /// The numbers of codes: the built-in one, or those of all users who registered it.
    private func assetIDs(of codes: [String]) throws -> [String: [AssetID]] {
        var ids: [String: [AssetID]] = [:]
        for code in codes {
            if let id = AssetRegistry.builtIn.id(code: code) {
                ids[code] = [id]
            } else {
                ids[code] = try database.read { connection throws(StorageError) in
                    try connection.assets(code: code).map(\.id)
                }
            }
        }
        return ids
    }

    /// Every series of prices with its age. Blocks.
    ///
    /// - Throws: `StorageError`.
    public func priceStatus() throws -> [PriceStatus] {
        let book = try prices.snapshot().book
        let now = now()
        var registry = AssetRegistry.builtIn
        for asset in try database.read({ connection throws(StorageError) in try connection.allAssets() })
        where registry.asset(code: asset.code) == nil {
            registry.add(asset)
        }
        var rows: [PriceStatus] = []
        for pair in book.pairs {
            let isFiat =
                registry.asset(pair.base)?.kind == .fiat && registry.asset(pair.quote)?.kind == .fiat
            let limit = isFiat ? configuration.valuation.fiatFreshSeconds : configuration.valuation.coinFreshSeconds
            for sourced in book.series(of: pair) {
                guard let first = sourced.series.first, let last = sourced.series.last else { continue }
                rows.append(
                    PriceStatus(
                        base: registry.displayCode(pair.base), quote: registry.displayCode(pair.quote),
                        source: sourced.source == .bundled ? "ECB" : sourced.source == .manual ? "manual" : "imported",
                        count: sourced.series.count, first: first.time, last: last.time,
                        isStale: last.time.advanced(bySeconds: limit) < now))
            }
        }
        return rows
    }
}

extension PriceRow {
    /// The period of the row in the words of `Valuation`.
    fileprivate var resolution: PriceResolution {
        switch period {
        case .instant: .spot
        case .hour: .hour
        case .day: .day
        }
    }
}
