public import Ledger

/// What sort of income something is that Binance.US gave, by its words for it.
public enum BinanceGift {
    /// The kind of entry; nil where the words tell none.
    public static func kind(_ words: String) -> EntryKind? {
        let words = words.lowercased()
        if words.contains("staking") { return .staking }
        if words.contains("airdrop") { return .airdrop }
        if words.contains("interest") { return .interest }
        for word in ["referral", "commission", "rebate", "reward", "promo", "bonus"]
        where words.contains(word) {
            return .reward
        }
        return nil
    }
}
