import Money

/// The codes of a pair as a file, its name or its reader writes them, in lower case.
public struct PricePairName: Hashable, Sendable {
    /// What is priced.
    public let base: String
    /// What it is counted in.
    public let quote: String

    /// A pair of two different codes; nil for others.
    public init?(base: String, quote: String) {
        guard let base = AssetCode.normalize(base), let quote = AssetCode.normalize(quote), base != quote
        else { return nil }
        self.base = base
        self.quote = quote
    }

    /// A pair from `BTC/USD`, `BTC-USD`, `BTC_USD`, or `BTCUSD` with a quote that is known; nil for another text and
    /// for one that can be split in two ways.
    public init?(_ text: String) {
        for mark in ["/", "-", "_"] as [Character] {
            let parts = text.split(separator: mark, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            self.init(base: String(parts[0]), quote: String(parts[1]))
            return
        }
        guard !text.contains(where: { "/-_".contains($0) }) else { return nil }
        let lower = text.lowercased()
        let splits = PricePairName.quotes.compactMap { quote -> (base: String, quote: String)? in
            guard lower.hasSuffix(quote), lower != quote else { return nil }
            return (String(lower.dropLast(quote.utf8.count)), quote)
        }
        // XBTUSD is XBT and USD, not XB and TUSD: of several splits the one of a known base is meant, if it is one.
        let known = splits.filter { AssetRegistry.builtIn.id(code: PricePairName.usual($0.base)) != nil }
        guard let split = known.count == 1 ? known.first : splits.count == 1 ? splits.first : nil else {
            return nil
        }
        self.init(base: split.base, quote: split.quote)
    }

    /// A pair in the names of Kraken, where bitcoin is XBT and Dogecoin XDG; nil for another text.
    init?(kraken text: String) {
        guard let pair = PricePairName(text) else { return nil }
        self.init(
            base: PricePairName.usual(pair.base),
            quote: PricePairName.usual(pair.quote)
        )
    }

    private static func usual(_ code: String) -> String {
        switch code {
        case "xbt": "btc"
        case "xdg": "doge"
        default: code
        }
    }

    /// What stands behind the base in names without a mark.
    private static let quotes = [
        "usdt", "usdc", "busd", "tusd", "fdusd", "usd", "eur", "gbp", "jpy", "chf", "cad", "aud", "nzd",
        "sek",
        "nok", "dkk", "pln", "czk", "brl", "krw", "inr", "mxn", "zar", "try", "btc", "xbt", "eth", "bnb",
        "dai",
    ]
}
