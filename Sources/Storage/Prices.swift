public import Money
public import Time

/// One price: what a unit of the base cost in units of the quote.
public struct PriceRow: Hashable, Sendable {
    /// The instant that opens the period the price holds for.
    public let time: Timestamp
    /// The price.
    public let price: Amount

    /// A price from its parts.
    public init(time: Timestamp, price: Amount) {
        self.time = time
        self.price = price
    }
}

/// Which series of prices: a pair, and who says so.
public struct PriceSeriesKey: Hashable, Sendable {
    /// What is priced.
    public let base: AssetID
    /// What it is priced in.
    public let quote: AssetID
    /// Where the prices come from.
    public let source: String

    /// A key from its parts.
    public init(base: AssetID, quote: AssetID, source: String) {
        self.base = base
        self.quote = quote
        self.source = source
    }
}

extension WriteTransaction {
    /// Stores prices of one series and says how many rows were written.
    ///
    /// A price of an instant that is there is replaced. Long series should be stored in several transactions of some
    /// thousand rows.
    public func storePrices(
        _ prices: ArraySlice<PriceRow>,
        of key: PriceSeriesKey
    ) throws(StorageError) -> Int {
        try connection.withStatement(
            """
            INSERT INTO prices (base, quote, source, time, price) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET price = excluded.price WHERE price <> excluded.price
            """
        ) { statement throws(StorageError) in
            statement.bind(1, Int64(key.base.raw))
            statement.bind(2, Int64(key.quote.raw))
            try statement.bind(3, .text(key.source))
            var written = 0
            for row in prices {
                statement.bind(4, row.time.microseconds)
                try statement.bind(5, .text(row.price.description))
                try statement.run("storing prices")
                written += connection.changes
            }
            return written
        }
    }

    /// Takes prices of one series out, those from an instant on and before another; says how many there were.
    public func removePrices(
        of key: PriceSeriesKey,
        from: Timestamp,
        before end: Timestamp
    ) throws(StorageError) -> Int {
        try connection.run(
            "DELETE FROM prices WHERE base = ? AND quote = ? AND source = ? AND time >= ? AND time < ?",
            [
                .integer(Int64(key.base.raw)), .integer(Int64(key.quote.raw)), .text(key.source),
                .integer(from.microseconds), .integer(end.microseconds),
            ]
        )
    }
}

extension Connection {
    /// The series that are stored, in the order of base, quote and source.
    ///
    /// One look-up for each, however long they are.
    public func priceSeries() throws(StorageError) -> [PriceSeriesKey] {
        var keys: [PriceSeriesKey] = []
        while true {
            let next = try nextPriceSeries(after: keys.last)
            guard let next else { return keys }
            keys.append(next)
        }
    }

    private func nextPriceSeries(after last: PriceSeriesKey?) throws(StorageError) -> PriceSeriesKey? {
        let columns = "SELECT base, quote, source FROM prices"
        let order = "ORDER BY base, quote, source LIMIT 1"
        guard let last else { return try first("\(columns) \(order)", [], Connection.seriesKey) }
        return try first(
            "\(columns) WHERE (base, quote, source) > (?, ?, ?) \(order)",
            [.integer(Int64(last.base.raw)), .integer(Int64(last.quote.raw)), .text(last.source)],
            Connection.seriesKey
        )
    }

    private static func seriesKey(_ row: Statement) -> PriceSeriesKey {
        PriceSeriesKey(
            base: AssetID(raw: UInt32(truncatingIfNeeded: row.integer(0))),
            quote: AssetID(raw: UInt32(truncatingIfNeeded: row.integer(1))),
            source: row.text(2)
        )
    }

    /// Gives each price of a series in the order of time; nothing is kept of one but its two numbers.
    ///
    /// - Throws: `StorageError`, `.corrupt` for a price that is no plain decimal.
    public func readPrices(
        of key: PriceSeriesKey,
        _ body: (Timestamp, Amount) -> Void
    ) throws(StorageError) {
        try withStatement(
            "SELECT time, price FROM prices WHERE base = ? AND quote = ? AND source = ? ORDER BY time"
        ) { statement throws(StorageError) in
            statement.bind(1, Int64(key.base.raw))
            statement.bind(2, Int64(key.quote.raw))
            try statement.bind(3, .text(key.source))
            while try statement.step("reading prices") {
                guard let price = unsafe AmountText.read(statement.textBytes(1)) else {
                    throw StorageError(
                        .corrupt,
                        operation: "reading prices",
                        detail: "a price is no plain decimal"
                    )
                }
                body(Timestamp(microseconds: statement.integer(0)), price)
            }
        }
    }
}
