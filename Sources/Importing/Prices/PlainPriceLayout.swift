import Money
import Time

/// Where the columns of one of Coffer's own layouts are.
struct PlainPriceLayout {
    let time: Int
    let base: Int
    let quote: Int?
    let price: Int
    let timeName: String
    let isHourly: Bool
    let cells: Int

    /// Nil when the header is another.
    init?(_ header: PriceHeader) {
        cells = header.cells
        if let time = header["time"], let base = header["base"], let quote = header["quote"],
            let price = header["price"]
        {
            (self.time, self.base, self.quote, self.price) = (time, base, quote, price)
            (timeName, isHourly) = ("time", false)
        } else if let time = header["timestamp_utc"] ?? header["date"], let base = header["asset"],
            let price = header["price_usd"]
        {
            (self.time, self.base, quote, self.price) = (time, base, nil, price)
            isHourly = header["timestamp_utc"] != nil
            timeName = isHourly ? "timestamp_utc" : "date"
        } else {
            return nil
        }
    }

    func parse(_ row: CSVRow) throws(PriceRowError) -> PriceRow {
        try PriceCells.checkForm(row, cells)
        let (stamp, isDate) = try PriceCells.time(row, time, timeName)
        let base = try PriceCells.code(row, base, quote == nil ? "asset" : "base")
        let quoteCode: String
        if let quote { quoteCode = try PriceCells.code(row, quote, "quote") } else { quoteCode = "usd" }
        guard base != quoteCode else {
            throw PriceRowError(
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
            price: try PriceCells.price(row, price, quote == nil ? "price_usd" : "price")
        )
    }
}
