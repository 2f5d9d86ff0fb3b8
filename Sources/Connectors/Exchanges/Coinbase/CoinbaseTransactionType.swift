import Ledger

/// What a type of transaction of Coinbase's API does to a wallet.
///
/// The kinds are those that the importer gives to the same transactions of the CSV reports.
enum CoinbaseTransactionType {
    /// What a row of a type is.
    enum Action: Hashable {
        /// A purchase or sale for a payment that the row tells.
        case order
        /// The fill of an order on the Advanced platform.
        case fill
        /// One side of an exchange whose other side is a row of another wallet.
        case half(EntryKind)
        /// A rest that is exchanged against something that no row names.
        case dust
        /// The asset comes in; with a negative amount it is taken back.
        case incoming(EntryKind)
        /// The sign decides, with a kind for each direction.
        case signed(incoming: EntryKind, outgoing: EntryKind)
        /// Something moves between parts of the same Coinbase account.
        case inside
        /// The venue does not say what it is; the sign decides.
        case unsaid
    }

    /// The types that are known.
    static let known: [String: Action] = [
        "buy": .order, "sell": .order, "advanced_trade_fill": .fill,
        "trade": .half(.trade), "retail_simple_dust": .dust,
        "wrap_asset": .half(.swap), "unwrap_asset": .half(.swap),
        "asset_migration": .half(.migration), "retail_eth2_deprecation": .half(.migration),
        "send": .signed(incoming: .deposit, outgoing: .withdrawal), "receive": .incoming(.deposit),
        "request": .signed(incoming: .deposit, outgoing: .withdrawal),
        "fiat_deposit": .incoming(.deposit), "fiat_withdrawal": transit,
        "exchange_deposit": transit, "exchange_withdrawal": transit,
        "pro_deposit": transit, "pro_withdrawal": transit,
        "prime_deposit": transit, "prime_withdrawal": transit,
        "intx_deposit": transit, "intx_withdrawal": transit,
        "onchain_deposit": transit, "onchain_withdrawal": transit,
        "unsupported_asset_recovery": .incoming(.deposit),
        "staking_reward": .incoming(.staking), "inflation_reward": .incoming(.staking),
        "earn_payout": .incoming(.reward), "incentives_rewards_payout": .incoming(.reward),
        "cardspend_reward": .incoming(.reward), "interest": .incoming(.interest),
        "airdrop": .incoming(.airdrop), "fork": .incoming(.fork),
        "subscription_rebate": .incoming(.incomeNontaxable),
        "retail_simple_price_improvement": .incoming(.incomeNontaxable),
        "cardbuyback": .incoming(.incomeNontaxable),
        "cardspend": .signed(incoming: .correctionIn, outgoing: .spend),
        "subscription": .signed(incoming: .correctionIn, outgoing: .expense),
        "admin_debit": .signed(incoming: .otherIncome, outgoing: .expense),
        "admin_credit": .signed(incoming: .otherIncome, outgoing: .expense),
        "clawback": .signed(incoming: .correctionIn, outgoing: .correctionOut),
        "incentives_shared_clawback": .signed(incoming: .correctionIn, outgoing: .correctionOut),
        "derivatives_settlement": .signed(incoming: .derivativesProfit, outgoing: .derivativesLoss),
        "fcm_futures_usdc_sell": .half(.trade),
        "fcm_futures_usdc_sell_additional_encumberment_rollup": .half(.trade),
        "staking_transfer": .inside, "unstaking_transfer": .inside, "retail_instant_unstaking": .inside,
        "transfer": .inside, "vault_deposit": .inside, "vault_withdrawal": .inside,
        "tx": .unsaid,
    ]

    private static let transit = Action.signed(incoming: .deposit, outgoing: .withdrawal)
}
