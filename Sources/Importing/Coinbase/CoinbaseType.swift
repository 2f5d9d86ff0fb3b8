import Ledger

/// What a Coinbase transaction type does to the account.
enum CoinbaseAction: Hashable {
    /// The asset comes in for a payment.
    case buy
    /// The asset goes out for a payment.
    case sell
    /// One asset goes out and another comes in, told by the note or by a second row.
    case exchange(EntryKind)
    /// A small rest is sold, or exchanged where a note or a second row says so.
    case dust
    /// The asset comes in; the quantity's sign can turn it round.
    case incoming(EntryKind)
    /// The asset goes out, whatever the quantity's sign.
    case outgoing(EntryKind)
    /// The sign decides, with a kind for each direction.
    case signed(incoming: EntryKind, outgoing: EntryKind)
    /// Something moves between parts of the same Coinbase account.
    case inside
}

/// Coinbase's transaction types as its exports write them.
enum CoinbaseType {
    /// Every type that is known, with what it does.
    ///
    /// A deposit to Coinbase Pro or to the exchange leaves this account, a withdrawal from there comes into it. Rebates
    /// and refunds are acquired at their value without being income. Wrapping carries lots over, a convert does not.
    static let known: [(title: String, action: CoinbaseAction)] = [
        ("Buy", .buy), ("Sell", .sell), ("Send", .outgoing(.withdrawal)), ("Receive", .incoming(.deposit)),
        ("Convert", .exchange(.trade)), ("Recurring Buy", .buy),
        ("Advanced Trade Buy", .buy), ("Advanced Trade Sell", .sell),
        ("Advance Trade Buy", .buy), ("Advance Trade Sell", .sell),
        ("Staking Income", .incoming(.staking)), ("Inflation Reward", .incoming(.staking)),
        ("Rewards Income", .incoming(.reward)), ("Reward Income", .incoming(.reward)),
        ("Learning Reward", .incoming(.reward)), ("Coinbase Earn", .incoming(.reward)),
        ("Incentives Rewards Payout", .incoming(.reward)), ("Rewards Payout", .incoming(.reward)),
        ("Referral Reward", .incoming(.reward)), ("Credit Card Reward", .incoming(.reward)),
        ("Interest Payout", .incoming(.interest)), ("Interest Payment", .incoming(.interest)),
        ("Interest Income", .incoming(.interest)), ("USDC Reward", .incoming(.interest)),
        ("USDC Rewards", .incoming(.interest)), ("Airdrop", .incoming(.airdrop)), ("Fork", .incoming(.fork)),
        ("Hard Fork", .incoming(.fork)),
        ("Subscription Rebate", .incoming(.incomeNontaxable)),
        ("Subscription Rebates", .incoming(.incomeNontaxable)),
        ("Subscription Rebates (24 Hours)", .incoming(.incomeNontaxable)),
        ("Retail Simple Price Improvement", .incoming(.incomeNontaxable)),
        ("Card Buy Back", .incoming(.incomeNontaxable)),
        ("Deposit", .incoming(.deposit)), ("Withdrawal", .outgoing(.withdrawal)),
        ("Exchange Deposit", .outgoing(.withdrawal)),
        ("Exchange Withdrawal", .signed(incoming: .deposit, outgoing: .withdrawal)),
        ("Pro Deposit", .outgoing(.withdrawal)),
        ("Pro Withdrawal", .signed(incoming: .deposit, outgoing: .withdrawal)),
        ("Prime Deposit", .outgoing(.withdrawal)),
        ("Prime Withdrawal", .signed(incoming: .deposit, outgoing: .withdrawal)),
        ("Card Spend", .outgoing(.spend)), ("Credit Card Balance Payment", .outgoing(.spend)),
        ("Paid For An Order", .outgoing(.spend)), ("Donation", .outgoing(.donation)),
        ("Subscription", .outgoing(.expense)),
        ("Admin Debit", .outgoing(.expense)), ("Administrative Debit", .outgoing(.expense)),
        ("Admin Credit", .incoming(.otherIncome)), ("Administrative Credit", .incoming(.otherIncome)),
        ("Credit", .incoming(.otherIncome)),
        ("Asset Migration", .exchange(.migration)), ("Retail Eth2 Deprecation", .exchange(.migration)),
        ("Retail Eth Deprecation", .exchange(.migration)),
        ("Wrap Asset", .exchange(.swap)), ("Unwrap Asset", .exchange(.swap)), ("Wrap", .exchange(.swap)),
        ("Unwrap", .exchange(.swap)),
        ("Retail Simple Dust", .dust), ("Dust Conversion", .dust),
        ("Derivatives Settlement", .signed(incoming: .derivativesProfit, outgoing: .derivativesLoss)),
        ("Futures Settlement", .signed(incoming: .derivativesProfit, outgoing: .derivativesLoss)),
        ("Retail Staking Transfer", .inside), ("Retail Unstaking Transfer", .inside), ("Transfer", .inside),
        ("Vault Transfer", .inside), ("Vault Deposit", .inside), ("Vault Withdrawal", .inside),
        ("Cash To Savings", .inside), ("Savings To Cash", .inside),
    ]

    /// The titles, for messages.
    static let titles: [String] = known.map(\.title)

    /// What a type does, by its title without regard to case.
    static let actions: [String: CoinbaseAction] = Dictionary(
        known.map { ($0.title.lowercased(), $0.action) },
        uniquingKeysWith: { first, _ in first }
    )
}
