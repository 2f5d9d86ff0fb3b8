/// The assets that every installation knows.
///
/// A number, once given, is never given to another asset, nor is an asset taken out: the database stores numbers.
/// Numbers 1 to 100 are for currencies and commodities, those from 101 on for coins and tokens. A new asset goes to
/// the end of its table.
public enum BuiltInAssets {
    /// All of them, by number.
    public static let all: [Asset] = currencies + commodities + coins + pegged + tokens

    internal static func fiat(_ number: UInt32, _ code: String, _ title: String, decimals: Int) -> Asset {
        Asset(
            id: AssetID(raw: number),
            code: code,
            title: title,
            kind: .fiat,
            decimals: decimals,
            contract: nil
        )
    }

    internal static func commodity(_ number: UInt32, _ code: String, _ title: String) -> Asset {
        Asset(
            id: AssetID(raw: number),
            code: code,
            title: title,
            kind: .commodity,
            decimals: 4,
            contract: nil
        )
    }

    internal static func coin(_ number: UInt32, _ code: String, _ title: String, decimals: Int) -> Asset {
        Asset(
            id: AssetID(raw: number),
            code: code,
            title: title,
            kind: .cryptocurrency,
            decimals: decimals,
            contract: nil
        )
    }

    internal static func token(
        _ number: UInt32,
        _ code: String,
        _ title: String,
        decimals: Int,
        contract: String? = nil
    ) -> Asset {
        Asset(
            id: AssetID(raw: number),
            code: code,
            title: title,
            kind: .token,
            decimals: decimals,
            contract: contract
        )
    }
}

extension AssetID {
    /// United States dollar.
    public static let usd = AssetID(raw: 1)
    /// Euro.
    public static let eur = AssetID(raw: 2)
    /// Pound sterling.
    public static let gbp = AssetID(raw: 3)
    /// Bitcoin.
    public static let btc = AssetID(raw: 101)
    /// Ethereum.
    public static let eth = AssetID(raw: 102)
}
