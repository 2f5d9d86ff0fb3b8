import Money
import Valuation

/// Which source of prices is preferred: manual ones, then the owner's order of the asset, then files, then services,
/// then the bundled rates.
struct PricePreference {
    /// The owner's orders, by asset; that of a pair's base counts, or that of its quote where the base has none.
    let orders: [AssetID: [String]]

    /// The names of services, which no file's prices may be kept under.
    static let services: Set<String> = ["coinbase", "kraken", "coingecko", "ecb"]

    /// The origin of a source's prices of a pair.
    ///
    /// What the owner puts after the bundled rates comes after them.
    func origin(of name: String, pair: PricePair) -> PriceOrigin {
        if name == PriceOrigin.manual.name { return .manual }
        if name == PriceOrigin.bundled.name { return .bundled }
        let usual: PriceOrigin =
            PricePreference.services.contains(name) ? .fetched(name) : .imported(name)
        guard let order = orders[pair.base] ?? orders[pair.quote] else { return usual }
        let bundled = order.firstIndex(of: PriceOrigin.bundled.name)
        guard let place = order.firstIndex(of: name) else {
            guard bundled != nil else { return usual }
            return PriceOrigin(name, rank: usual.rank + PricePreference.afterBundled)
        }
        let rank = UInt16(1 + min(place, 98))
        let isAfter = bundled.map { $0 < place } ?? false
        return PriceOrigin(name, rank: isAfter ? rank + PriceOrigin.bundled.rank : rank)
    }

    private static let afterBundled: UInt16 = 400
}
