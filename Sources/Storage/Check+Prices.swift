import Money

extension CheckRun {
    /// Prices: numbers above zero, of assets that are there.
    mutating func checkPrices() throws(StorageError) {
        let own = Set(try connection.everyonesAssets().map(\.id.raw))
        try connection.withStatement("SELECT base, quote, source, time, price FROM prices") {
            row throws(StorageError) in
            while try row.step("checking prices") {
                let pair = [row.integer(0), row.integer(1)]
                let place = "the price of \(pair[0]) in \(pair[1]) from \(row.text(2)) at \(row.integer(3))"
                for asset in pair where !CheckRun.isKnown(asset, own) {
                    find("price.asset", "\(place) names asset \(asset), which is not there")
                }
                // A price that is no number fails to parse; which number it might be does not matter.
                let price = try? Amount.parse(row.text(4))
                if price?.isPositive != true { find("price.number", "\(place) is not a number above zero") }
            }
        }
    }

    private static func isKnown(_ number: Int64, _ own: Set<UInt32>) -> Bool {
        guard let id = UInt32(exactly: number) else { return false }
        return own.contains(id) || AssetRegistry.builtIn.asset(AssetID(raw: id)) != nil
    }
}
