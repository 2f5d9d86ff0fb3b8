public import Money
public import Time
import Valuation

/// A service whose prices anybody may see; what an owner typed in or imported is not among them.
public struct PublicPriceSource: Hashable, Sendable {
    /// Its key in paths.
    public let key: String
    /// Its name for people.
    public let title: String
    /// Where its rates can be looked at.
    public let url: String
    /// Whether things are traded there; the others gather or publish rates.
    public let isExchange: Bool

    /// All of them by key.
    public static let all = [
        PublicPriceSource(
            key: "bundled",
            title: "European Central Bank, as bundled",
            url: "https://www.ecb.europa.eu",
            isExchange: false
        ),
        PublicPriceSource(
            key: "coinbase",
            title: "Coinbase",
            url: "https://www.coinbase.com",
            isExchange: true
        ),
        PublicPriceSource(
            key: "coingecko",
            title: "CoinGecko",
            url: "https://www.coingecko.com",
            isExchange: false
        ),
        PublicPriceSource(
            key: "ecb",
            title: "European Central Bank",
            url: "https://www.ecb.europa.eu",
            isExchange: false
        ),
        PublicPriceSource(key: "kraken", title: "Kraken", url: "https://www.kraken.com", isExchange: true),
    ]
}

/// The last rate of a pair at a source.
public struct PublicRate: Hashable, Sendable {
    /// Where it is from.
    public let source: PublicPriceSource
    /// What is priced.
    public let base: Asset
    /// What it is counted in.
    public let quote: Asset
    /// Units of the quote for one of the base, rounded half-even where it is the inverse of what the source tells.
    public let price: Amount
    /// When it counts from.
    public let time: Timestamp
}

/// Why there is no public rate.
public enum PublicRateRefusal: Error, Hashable, Sendable {
    /// There is no such source.
    case unknownSource(String)
    /// No built-in asset has this code.
    case unknownCurrency(String)
    /// The source has no rate of the pair.
    case noRate
}

extension Workspace {
    /// The source of a key.
    ///
    /// - Throws: `PublicRateRefusal.unknownSource`.
    public static func publicSource(_ key: String) throws(PublicRateRefusal) -> PublicPriceSource {
        guard let source = PublicPriceSource.all.first(where: { $0.key == key }) else {
            throw .unknownSource(key)
        }
        return source
    }

    /// The built-in asset of a code in any case.
    ///
    /// - Throws: `PublicRateRefusal.unknownCurrency`.
    public static func publicAsset(_ code: String) throws(PublicRateRefusal) -> Asset {
        guard let normal = AssetCode.normalize(code), let asset = AssetRegistry.builtIn.asset(code: normal)
        else { throw .unknownCurrency(code) }
        return asset
    }

    /// The last rates of public sources, by source and pair; of one source or one asset alone where one is named.
    ///
    /// Blocks when prices are not in memory. Linear in the series.
    ///
    /// - Throws: `StorageError`.
    public func publicRates(
        of source: PublicPriceSource? = nil,
        with asset: Asset? = nil
    ) throws -> [PublicRate] {
        let book = try prices.snapshot().book
        let sources = Dictionary(uniqueKeysWithValues: PublicPriceSource.all.map { ($0.key, $0) })
        var rates: [PublicRate] = []
        for pair in book.pairs {
            if let asset, pair.base != asset.id, pair.quote != asset.id { continue }
            guard let base = AssetRegistry.builtIn.asset(pair.base),
                let quote = AssetRegistry.builtIn.asset(pair.quote)
            else { continue }
            for sourced in book.series(of: pair) {
                guard let origin = sources[sourced.source.name], source == nil || source == origin,
                    let last = sourced.series.point(asOf: now())
                else { continue }
                rates.append(
                    PublicRate(source: origin, base: base, quote: quote, price: last.price, time: last.time)
                )
            }
        }
        return rates.sorted {
            ($0.source.key, $0.base.code, $0.quote.code) < ($1.source.key, $1.base.code, $1.quote.code)
        }
    }

    /// The last rate of a pair at each source that has it, as told or as the inverse of what is told.
    ///
    /// Blocks when prices are not in memory.
    ///
    /// - Throws: `PublicRateRefusal.noRate` when none has it, `StorageError`.
    public func publicRates(
        from base: Asset,
        to quote: Asset,
        at source: PublicPriceSource? = nil
    ) throws -> [PublicRate] {
        let book = try prices.snapshot().book
        var rates: [PublicRate] = []
        for origin in PublicPriceSource.all where source == nil || source == origin {
            func point(_ base: Asset, _ quote: Asset) -> PricePoint? {
                book.series(of: PricePair(base: base.id, quote: quote.id))
                    .first { $0.source.name == origin.key }?.series.point(asOf: now())
            }
            if let told = point(base, quote) {
                rates.append(
                    PublicRate(source: origin, base: base, quote: quote, price: told.price, time: told.time)
                )
            } else if let told = point(quote, base), let inverse = try? Amount.one.divided(by: told.price),
                !inverse.isZero
            {
                // An inverse of 10²⁰ or more, or of nothing, is no rate that can be told.
                rates.append(
                    PublicRate(source: origin, base: base, quote: quote, price: inverse, time: told.time)
                )
            }
        }
        guard !rates.isEmpty else { throw PublicRateRefusal.noRate }
        return rates
    }
}
