import Money

/// Kraken's names of assets and what they are called elsewhere.
///
/// * The first assets have four letters, an `X` before coins and a `Z` before currencies of states; newer ones have no
///   such letter, and some of them begin with X or Z by themselves. So those with the letter are a list.
/// * Behind a point stands where an asset lies: `.S` staked, `.M` and `.B` earning, `.F` earning flexibly, `.P`
///   bonded for a parachain, `.HOLD` held. Staked assets may have their days of notice before the point (`DOT28.S`). They
///   are the same asset.
/// * `ETH2` is ether that was staked before it could be unstaked, one for one.
///
/// Source: Kraken's support pages on asset codes, on bitcoin's code XBT and on the suffixes.
public enum KrakenAsset {
    /// The asset's usual code in lower case, or nil when the text is no code.
    public static func code(_ name: String) -> String? {
        let upper = name.uppercased()
        let parts = upper.split(separator: ".", omittingEmptySubsequences: false)
        var base = String(parts[0])
        if parts.count == 2, places.contains(String(parts[1])) {
            if parts[1] == "S" { base = withoutDays(base) }
        } else {
            base = upper
        }
        return AssetCode.normalize(renamed[base] ?? base)
    }

    private static let places: Set<String> = ["S", "M", "B", "F", "P", "HOLD"]

    /// A name without the two digits of the days of notice.
    private static func withoutDays(_ name: String) -> String {
        let digits = name.utf8.suffix(2)
        guard name.utf8.count > 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return name }
        return String(name.dropLast(2))
    }

    private static let renamed: [String: String] = [
        "XXBT": "BTC", "XBT": "BTC", "XXDG": "DOGE", "XDG": "DOGE", "ETH2": "ETH", "XETH": "ETH",
        "XETC": "ETC", "XICN": "ICN", "XLTC": "LTC", "XMLN": "MLN", "XNMC": "NMC", "XREP": "REP",
        "XXLM": "XLM", "XXMR": "XMR", "XXRP": "XRP", "XXVN": "XVN", "XZEC": "ZEC", "XDAO": "DAO",
        "ZAUD": "AUD", "ZCAD": "CAD", "ZEUR": "EUR", "ZGBP": "GBP", "ZJPY": "JPY", "ZKRW": "KRW",
        "ZUSD": "USD",
    ]
}
