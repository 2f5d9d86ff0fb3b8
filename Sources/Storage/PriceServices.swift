public import Money
public import Time

/// How far a service's prices of a pair were fetched, and what went wrong last.
public struct PriceFetch: Hashable, Sendable {
    /// Which series.
    public let key: PriceSeriesKey
    /// The instant up to which closes were fetched, or nil.
    public var fetched: Timestamp?
    /// What went wrong last, or nil when the last fetch went well.
    public var latestError: String?
    /// The fetches in a row that went wrong.
    public var failures: Int
    /// Not to be fetched again before, or nil.
    public var nextFetch: Timestamp?

    /// A record of a series that was never fetched.
    public init(_ key: PriceSeriesKey) {
        self.key = key
        failures = 0
    }
}

extension WriteTransaction {
    /// Keeps the order in which an asset's sources are preferred; an empty one goes back to the usual order.
    public func keepPriceOrder(_ sources: [String], of asset: AssetID) throws(StorageError) {
        try connection.run("DELETE FROM price_orders WHERE asset = ?", [.integer(Int64(asset.raw))])
        for (position, source) in sources.enumerated() {
            try connection.run(
                "INSERT INTO price_orders (asset, position, source) VALUES (?, ?, ?)",
                [.integer(Int64(asset.raw)), .integer(Int64(position)), .text(source)]
            )
        }
    }

    /// Keeps how far a series was fetched.
    public func keepPriceFetch(_ fetch: PriceFetch) throws(StorageError) {
        try connection.run(
            """
            INSERT INTO price_fetches (base, quote, source, fetched, latest_error, failures, next_fetch)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET fetched = excluded.fetched, latest_error = excluded.latest_error,
                failures = excluded.failures, next_fetch = excluded.next_fetch
            """,
            [
                .integer(Int64(fetch.key.base.raw)), .integer(Int64(fetch.key.quote.raw)),
                .text(fetch.key.source), fetch.fetched.map { .integer($0.microseconds) } ?? .null,
                fetch.latestError.map { .text($0) } ?? .null, .integer(Int64(fetch.failures)),
                fetch.nextFetch.map { .integer($0.microseconds) } ?? .null,
            ]
        )
    }
}

extension Connection {
    /// The orders of sources that the owner gave, by asset.
    public func priceOrders() throws(StorageError) -> [AssetID: [String]] {
        var orders: [AssetID: [String]] = [:]
        let rows = try rows("SELECT asset, source FROM price_orders ORDER BY asset, position") {
            (AssetID(raw: UInt32(truncatingIfNeeded: $0.integer(0))), $0.text(1))
        }
        for (asset, source) in rows { orders[asset, default: []].append(source) }
        return orders
    }

    /// What is known of all fetches.
    public func priceFetches() throws(StorageError) -> [PriceFetch] {
        try rows(
            """
            SELECT base, quote, source, fetched, latest_error, failures, next_fetch FROM price_fetches
            ORDER BY base, quote, source
            """
        ) {
            var fetch = PriceFetch(
                PriceSeriesKey(
                    base: AssetID(raw: UInt32(truncatingIfNeeded: $0.integer(0))),
                    quote: AssetID(raw: UInt32(truncatingIfNeeded: $0.integer(1))),
                    source: $0.text(2)
                )
            )
            fetch.fetched = $0.optionalInteger(3).map { Timestamp(microseconds: $0) }
            fetch.latestError = $0.optionalText(4)
            fetch.failures = Int(truncatingIfNeeded: $0.integer(5))
            fetch.nextFetch = $0.optionalInteger(6).map { Timestamp(microseconds: $0) }
            return fetch
        }
    }

    /// The assets that stand in the journal of anybody, with the time of their first entry.
    ///
    /// One pass over the journal.
    public func firstEntries() throws(StorageError) -> [AssetID: Timestamp] {
        var first: [AssetID: Timestamp] = [:]
        let sql = """
            SELECT asset, MIN(time) FROM (
                SELECT in_asset AS asset, MIN(time) AS time FROM entries GROUP BY in_asset
                UNION ALL SELECT out_asset, MIN(time) FROM entries GROUP BY out_asset
                UNION ALL SELECT fee_asset, MIN(time) FROM entries GROUP BY fee_asset
            ) WHERE asset IS NOT NULL GROUP BY asset
            """
        let rows = try rows(sql) {
            (AssetID(raw: UInt32(truncatingIfNeeded: $0.integer(0))), Timestamp(microseconds: $0.integer(1)))
        }
        for (asset, time) in rows { first[asset] = time }
        return first
    }
}
