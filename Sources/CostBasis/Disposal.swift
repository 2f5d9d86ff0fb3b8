public import Ledger
public import Money
public import Time

/// How a disposal counts.
public enum Treatment: UInt8, Hashable, Sendable, CaseIterable {
    /// Proceeds less cost are a gain or loss.
    case taxable
    /// Proceeds equal cost: gifts, donations, losses, thefts, corrections.
    case atCost
    /// The network fee of a transfer whose cost went on in the coins moved.
    case addedToCost
}

/// Where the value of a trade or event came from.
public enum ValueOrigin: UInt8, Hashable, Sendable, CaseIterable {
    /// No value was needed.
    case none
    /// The source stated it.
    case stated
    /// A leg of fiat money, or of the report's currency.
    case fiatLeg
    /// A price of what went out.
    case priceOfOutgoing
    /// A price of what came in.
    case priceOfIncoming
    /// A price of the fee's asset.
    case priceOfFee
    /// The value of the trade itself, of which the fee is a part.
    case impliedByTrade
    /// No value was known; it counts as zero and is reported.
    case missing
}

/// Coins that left for good.
public struct Disposal: Hashable, Sendable {
    /// The place in the report, by which its uses are asked for.
    public let index: Int
    /// The entry.
    public let entry: EntryID
    /// The leg of the entry.
    public let side: LegSide
    /// The entry's kind.
    public let kind: EntryKind
    /// When.
    public let time: Timestamp
    /// Of what.
    public let asset: AssetID
    /// From which account; nil for an outside leg.
    public let account: AccountID?
    /// How much.
    public let quantity: Amount
    /// What it brought, disposal fees taken off; below zero when the fee was more than the value.
    public let proceeds: Amount
    /// The fee that was taken off.
    public let fee: Amount
    /// What the coins had cost.
    public let cost: Amount
    /// The part of a loss that is denied and joins the cost of what replaced the coins; never below zero.
    public let denied: Amount
    /// How it counts.
    public let treatment: Treatment
    /// How long the coins were held.
    public let term: Term
    /// Where its value came from.
    public let origin: ValueOrigin
    /// Whether a price too old was used.
    public let isStale: Bool
    /// Whether a price was missing; reported as a problem.
    public let lacksPrice: Bool

    /// Proceeds less cost; of a loss just the part that counts.
    public var gain: Amount {
        // The limit of turnover keeps all three below a quarter of the range of amounts.
        Amount(unchecked: proceeds.raw - cost.raw + denied.raw)
    }

    /// Whether the gain counts.
    public var isTaxable: Bool { treatment == .taxable }
}

/// Why a disposal used a lot.
public enum MatchRule: UInt8, Hashable, Sendable, CaseIterable {
    /// The method's order.
    case order
    /// The disposal's entry named it.
    case named
    /// Acquired on the day of the disposal (TCGA 1992 s105(1)(b)).
    case sameDay
    /// Acquired within the 30 days after the disposal (TCGA 1992 s106A(5)).
    case thirtyDays
    /// A share of a pool in which all coins cost the same; the lot named is the oldest there.
    case pool

    /// The word in reports.
    public var name: String {
        switch self {
        case .order: "order"
        case .named: "named"
        case .sameDay: "same_day"
        case .thirtyDays: "thirty_days"
        case .pool: "pool"
        }
    }
}

/// The part of a lot that a disposal used.
public struct LotUse: Hashable, Sendable {
    /// The lot.
    public let lot: LotID
    /// When the lot was acquired.
    public let acquired: Timestamp
    /// How much of it was used.
    public let quantity: Amount
    /// What that had cost.
    public let cost: Amount
    /// Its share of the proceeds; the shares of a disposal and of its uncovered part add up exactly.
    public let proceeds: Amount
    /// Whether it was held for longer than the threshold.
    public let term: Term
    /// Whether it was held for so long that the gain is exempt.
    public let isExempt: Bool
    /// The day from which the time of holding counts, which is earlier than the acquisition after a wash sale.
    public let heldSince: Day
    /// Why this lot.
    public let rule: MatchRule
    /// Whether the lot's acquisition is unknown.
    public let isAssumed: Bool
}

/// Coins or money received as income.
public struct Income: Hashable, Sendable {
    /// The entry.
    public let entry: EntryID
    /// Its kind, which names the sort of income.
    public let kind: EntryKind
    /// When.
    public let time: Timestamp
    /// Of what.
    public let asset: AssetID
    /// Into which account; nil for an outside leg.
    public let account: AccountID?
    /// How much.
    public let quantity: Amount
    /// What it was worth on receipt.
    public let value: Amount
    /// Where its value came from.
    public let origin: ValueOrigin
    /// Whether a price too old was used.
    public let isStale: Bool
}

/// The sums of one tax year over its taxable disposals, those without a price left out.
public struct YearTotal: Hashable, Sendable {
    /// The calendar year in which the tax year starts.
    public let year: Int
    /// What the disposals brought, fees taken off.
    public internal(set) var proceeds: Amount = .zero
    /// What the coins had cost.
    public internal(set) var cost: Amount = .zero
    /// The fees that were taken off the proceeds.
    public internal(set) var fees: Amount = .zero
    /// The losses that were denied.
    public internal(set) var denied: Amount = .zero
    /// The part of the gain on coins held up to the threshold.
    public internal(set) var shortGain: Amount = .zero
    /// The part of the gain on coins held for longer.
    public internal(set) var longGain: Amount = .zero
    /// The part of the gain on coins held for so long that it is exempt, which is in neither of the others.
    public internal(set) var exemptGain: Amount = .zero
    /// The taxable disposals that are left out for want of a price.
    public internal(set) var incomplete = 0

    init(year: Int) {
        self.year = year
    }

    /// Proceeds less cost, denied losses added back: the sum of the short, the long and the exempt part.
    public var gain: Amount { Amount(unchecked: proceeds.raw - cost.raw + denied.raw) }
}

/// What is held of one asset, over all places.
public struct LotPosition: Hashable, Sendable {
    /// Of what.
    public let asset: AssetID
    /// How much is left in lots, in transit and as collateral included.
    public let quantity: Amount
    /// What that cost.
    public let cost: Amount
}
