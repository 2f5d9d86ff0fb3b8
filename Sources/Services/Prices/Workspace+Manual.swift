public import Money
import Storage
public import Time
import Valuation

extension Workspace {
    /// Keeps a price that the owner names; it is preferred to all others while it is fresh.
    ///
    /// Blocks until it is on the disk.
    ///
    /// - Throws: `PriceServiceError`, `StorageError`.
    public func setPrice(of base: String, in quote: String, _ price: Amount, at time: Timestamp) throws {
        guard price.isPositive else { throw PriceServiceError.notPositive(price.description) }
        for key in try manualKeys(base, quote) {
            try keepPrices([Storage.PriceRow(time: time, price: price)], of: key)
        }
    }

    /// Takes manual prices of a pair back, all of them or that of one instant; says how many there were.
    ///
    /// Blocks until it is on the disk.
    ///
    /// - Throws: `PriceServiceError`, `StorageError`.
    public func unsetPrice(of base: String, in quote: String, at time: Timestamp?) throws -> Int {
        var removed = 0
        for key in try manualKeys(base, quote) {
            let count = try database.writeAndWait { transaction in
                try transaction.removePrices(
                    of: key,
                    from: time ?? .earliest,
                    before: time?.advanced(byMicroseconds: 1) ?? Timestamp.latest.advanced(byMicroseconds: 1)
                )
            }
            removed = max(removed, count)
        }
        prices.invalidate()
        guard removed > 0 else {
            let place = time.map { " at \($0)" } ?? ""
            throw PriceServiceError.noManualPrice("\(base.uppercased()) in \(quote.uppercased())\(place)")
        }
        return removed
    }

    private func manualKeys(_ base: String, _ quote: String) throws -> [PriceSeriesKey] {
        let bases = try assets(named: base)
        let quotes = try assets(named: quote)
        return try bases.flatMap { base in
            try quotes.map { quote in
                guard base.id != quote.id else { throw PriceServiceError.sameAsset(base.displayCode) }
                return PriceSeriesKey(base: base.id, quote: quote.id, source: PriceOrigin.manual.name)
            }
        }
    }

    /// The built-in asset of a code, or those of all users who registered it.
    func assets(named code: String) throws -> [Asset] {
        let normal = AssetCode.normalize(code) ?? ""
        if let known = AssetRegistry.builtIn.asset(code: normal) { return [known] }
        let own = try database.read { connection throws(StorageError) in
            try connection.everyonesAssets(code: normal)
        }
        guard !own.isEmpty else { throw PriceServiceError.unknownAsset(code) }
        return own
    }

    /// The order in which the sources of an asset's prices are preferred, all that are known.
    ///
    /// Blocks.
    ///
    /// - Throws: `PriceServiceError`, `StorageError`.
    public func priceOrder(of code: String) throws -> (given: [String], known: [String]) {
        let asset = try assets(named: code)[0]
        let orders = try database.read { connection throws(StorageError) in try connection.priceOrders() }
        let preference = PricePreference(orders: orders)
        let pair = PricePair(base: asset.id, quote: asset.id == .usd ? .eur : .usd)
        let known = try knownSources().map { preference.origin(of: $0, pair: pair) }.sorted().map(\.name)
        return (orders[asset.id] ?? [], [PriceOrigin.manual.name] + known)
    }

    /// Sets the order of an asset's sources; an empty one goes back to the usual order.
    ///
    /// Manual prices come before all of them. Sources that are left out follow in their usual order. Blocks.
    ///
    /// - Throws: `PriceServiceError`, `StorageError`.
    public func setPriceOrder(of code: String, _ sources: [String]) throws {
        let known = try knownSources()
        for source in sources where !known.contains(source) {
            throw PriceServiceError.unknownSource(source, known: known)
        }
        let assets = try assets(named: code)
        try database.writeAndWait { transaction in
            for asset in assets { try transaction.keepPriceOrder(sources, of: asset.id) }
        }
        prices.invalidate()
    }

    /// The names of all sources but manual prices: those stored, the services, the bundled rates.
    private func knownSources() throws -> [String] {
        let stored = try database.read { connection throws(StorageError) in
            try connection.priceSeries().map(\.source)
        }
        let names = Set(stored + PriceServiceSettings.known + [PriceOrigin.bundled.name])
        return names.subtracting([PriceOrigin.manual.name]).sorted()
    }
}
