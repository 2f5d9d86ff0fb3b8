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

    /// A pair from `BTC/USD`, `BTC-USD`, `BTC_USD`, or `BTCUSD` with a quote that is known; nil for another text.
    public init?(_ text: String) {
        for mark in ["/", "-", "_"] as [Character] {
            let parts = text.split(separator: mark, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            self.init(base: String(parts[0]), quote: String(parts[1]))
            return
        }
        let lower = text.lowercased()
        guard let quote = PricePairName.quotes.first(where: { lower.hasSuffix($0) && lower != $0 }) else {
            return nil
        }
        self.init(base: String(lower.dropLast(quote.utf8.count)), quote: quote)
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

    /// What stands behind the base in names without a mark; longer ones first, so that USDT is not USD and T.
    private static let quotes = [
        "usdt", "usdc", "busd", "tusd", "fdusd", "usd", "eur", "gbp", "jpy", "chf", "cad", "aud", "nzd",
        "sek",
        "nok", "dkk", "pln", "czk", "brl", "krw", "inr", "mxn", "zar", "try", "btc", "xbt", "eth", "bnb",
        "dai",
    ]
}
