/// The assets that every installation knows.
///
/// A number, once given, is never given to another asset: the database stores numbers.
public enum BuiltInAssets {
    /// All of them, by number.
    public static let all: [Asset] = [
        Asset(id: .usd, code: "usd", title: "United States dollar", kind: .fiat, decimals: 2, contract: nil),
        Asset(id: .eur, code: "eur", title: "Euro", kind: .fiat, decimals: 2, contract: nil),
        Asset(id: .gbp, code: "gbp", title: "Pound sterling", kind: .fiat, decimals: 2, contract: nil),
        Asset(id: .btc, code: "btc", title: "Bitcoin", kind: .cryptocurrency, decimals: 8, contract: nil),
        Asset(id: .eth, code: "eth", title: "Ethereum", kind: .cryptocurrency, decimals: 18, contract: nil),
    ]
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
