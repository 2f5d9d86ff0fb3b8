public import Ledger

/// What the operations of Binance's statement mean.
///
/// All wallets of a statement (spot, funding, earn, futures) are one account here, so what moves between them moves nothing.
/// The sign of a row says whether it came or went.
public enum BinanceOperation: Hashable, Sendable {
    /// One of the rows of an exchange; rows of one group and second belong together.
    case exchange(Group)
    /// A fee of the exchange of its second.
    case fee(Group)
    /// An event of its own: the kind when something came in, and when something went out.
    case moved(EntryKind, EntryKind)
    /// Nothing that changes what is held.
    case inside

    /// The sorts of exchanges, which do not mix.
    public enum Group: String, Hashable, Sendable {
        /// Fills of orders.
        case trade
        /// A conversion at a stated price.
        case conversion
        /// Small balances swept into one asset.
        case dust
    }

    /// The operation of a name in letters of any case; nil for one that is not known.
    public init?(_ name: String) {
        let name = name.lowercased()
        if let known = BinanceOperation.names[name] {
            self = known
        } else if name.hasPrefix("transfer between ") {
            self = .inside
        } else {
            return nil
        }
    }

    /// The known names, for what is said about others.
    public static var knownNames: [String] { names.keys.sorted() }

    private static func income(_ kind: EntryKind) -> BinanceOperation { .moved(kind, .correctionOut) }

    private static let derivatives = BinanceOperation.moved(.derivativesProfit, .derivativesLoss)

    /// Source: statements and what their readers wrote about them in public: rotki's issue 4154, BittyTax's issues 132 and
    /// 191, CoinTaxman's issues 41 and 60.
    private static let names: [String: BinanceOperation] = [
        "buy": .exchange(.trade), "sell": .exchange(.trade), "transaction related": .exchange(.trade),
        "transaction buy": .exchange(.trade), "transaction spend": .exchange(.trade),
        "transaction sold": .exchange(.trade), "transaction revenue": .exchange(.trade),
        "fee": .fee(.trade), "transaction fee": .fee(.trade),
        "binance convert": .exchange(.conversion), "convert": .exchange(.conversion),
        "large otc trading": .exchange(.conversion),
        "small assets exchange bnb": .exchange(.dust), "small assets exchange bnb (spot)": .exchange(.dust),
        "deposit": .moved(.deposit, .withdrawal), "fiat deposit": .moved(.deposit, .withdrawal),
        "withdraw": .moved(.deposit, .withdrawal), "fiat withdraw": .moved(.deposit, .withdrawal),
        "staking rewards": income(.staking), "eth 2.0 staking rewards": income(.staking),
        "simple earn locked rewards": income(.staking), "pos savings interest": income(.staking),
        "simple earn flexible interest": income(.interest), "savings interest": income(.interest),
        "bnb vault rewards": income(.interest), "launchpool interest": income(.staking),
        "airdrop assets": income(.airdrop), "distribution": income(.airdrop),
        "commission history": income(.reward), "commission rebate": income(.reward),
        "referral commission": income(.reward), "referral kickback": income(.reward),
        "cashback voucher": income(.reward), "liquid swap rewards": income(.liquidityReward),
        "realize profit and loss": derivatives, "realized profit and loss": derivatives,
        "funding fee": derivatives, "insurance fund compensation": derivatives,
        "simple earn flexible subscription": .inside, "simple earn flexible redemption": .inside,
        "simple earn locked subscription": .inside, "simple earn locked redemption": .inside,
        "savings purchase": .inside, "savings principal redemption": .inside,
        "pos savings purchase": .inside, "pos savings redemption": .inside,
        "staking purchase": .inside, "staking redemption": .inside,
        "launchpool subscription/redemption": .inside, "main and funding account transfer": .inside,
        "transfer funds to spot": .inside, "transfer funds to funding wallet": .inside,
    ]
}
