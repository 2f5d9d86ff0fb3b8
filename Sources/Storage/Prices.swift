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

/// All prices of one series as columns in the order of time.
public struct PriceColumns: Sendable {
    /// Which series it is.
    public let key: PriceSeriesKey
    /// The instants.
    public fileprivate(set) var times: [Timestamp] = []
    /// The price of each instant.
    public fileprivate(set) var prices: [Amount] = []
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
}

extension Connection {
    /// The series that are stored.
    public func priceSeries() throws(StorageError) -> [PriceSeriesKey] {
        try rows("SELECT DISTINCT base, quote, source FROM prices ORDER BY base, quote, source") {
            PriceSeriesKey(
                base: AssetID(raw: UInt32(truncatingIfNeeded: $0.integer(0))),
                quote: AssetID(raw: UInt32(truncatingIfNeeded: $0.integer(1))),
                source: $0.text(2)
            )
        }
    }

    /// The names of the sources that have a price for an instant, in their order.
    public func sources(
        ofPriceAt time: Timestamp,
        price: Amount,
        base: AssetID,
        quote: AssetID
    ) throws(StorageError) -> [String] {
        let sql = """
            SELECT source FROM prices WHERE base = ? AND quote = ? AND time = ? AND price = ? ORDER BY source
            """
        let values: [SQLValue] = [
            .integer(Int64(base.raw)), .integer(Int64(quote.raw)), .integer(time.microseconds),
            .text(price.description),
        ]
        return try rows(sql, values) { $0.text(0) }
    }

    /// All prices of all series, in the order of base, quote, source and time.
    public func allPrices() throws(StorageError) -> [PriceColumns] {
        try withStatement(
            "SELECT base, quote, source, time, price FROM prices ORDER BY base, quote, source, time"
        ) {
            statement throws(StorageError) in
            var series: [PriceColumns] = []
            var current: PriceColumns?
            var sourceBytes: [UInt8] = []
            while try statement.step("reading prices") {
                let base = AssetID(raw: UInt32(truncatingIfNeeded: statement.integer(0)))
                let quote = AssetID(raw: UInt32(truncatingIfNeeded: statement.integer(1)))
                guard let price = unsafe AmountText.read(statement.textBytes(4)) else {
                    throw StorageError(
                        .corrupt,
                        operation: "reading prices",
                        detail: "a price is no plain decimal"
                    )
                }
                let isSame = current.map {
                    unsafe $0.key.base == base && $0.key.quote == quote
                        && statement.textBytes(2).elementsEqual(sourceBytes)
                }
                if isSame != true {
                    if let current { series.append(current) }
                    sourceBytes = unsafe Array(statement.textBytes(2))
                    current = PriceColumns(
                        key: PriceSeriesKey(base: base, quote: quote, source: statement.text(2))
                    )
                }
                current?.times.append(Timestamp(microseconds: statement.integer(3)))
                current?.prices.append(price)
            }
            if let current { series.append(current) }
            return series
        }
    }
}
