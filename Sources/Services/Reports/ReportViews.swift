public import Ledger
public import Money
public import Time

/// A price as reports show it.
public struct PriceView: Hashable, Sendable {
    /// Units of the report's currency for one unit of the asset.
    public let price: Amount
    /// The instant from which the oldest price used counts.
    public let time: Timestamp
    /// Whether a price used was older than its limit.
    public let isStale: Bool
}

/// What is held of one asset, over all accounts.
public struct Holding: Hashable, Sendable {
    /// Of what.
    public let asset: Asset
    /// How much; negative when more went out than came in.
    public let quantity: Amount
    /// The price at the report's time; nil when none is known.
    public let price: PriceView?
    /// Quantity × price; nil when no price is known, never zero for that.
    public let value: Amount?
    /// What the lots that are held cost; nil for fiat, which carries no lots.
    public let cost: Amount?
    /// Value − cost; nil when either is missing.
    public let unrealised: Amount?
}

/// What is held at one instant.
public struct HoldingsReport: Sendable {
    /// The currency of prices, values and costs.
    public let currency: Asset
    /// The instant.
    public let time: Timestamp
    /// By value, largest first, then by code; assets without a value last.
    public let holdings: [Holding]
    /// The sum of the known values.
    public let totalValue: Amount
    /// The assets held whose value is missing.
    public let unpriced: [Asset]
    /// What is missing or odd in the history.
    public let problems: [ReportProblem]
}

/// One finding about an entry.
public struct ReportProblem: Hashable, Sendable {
    /// The entry; nil for what is about a whole year.
    public let entry: EntryID?
    /// When the entry happened, or the year was closed.
    public let time: Timestamp
    /// A stable snake-case word.
    public let code: String
    /// One sentence for people with what to do.
    public let message: String
}

/// One lot, or the part of one that lies in one place.
public struct LotView: Hashable, Sendable {
    /// Entry id and leg, such as `17.in`; the same after every computation.
    public let id: String
    /// Of what.
    public let asset: Asset
    /// The account's name; nil while in transit.
    public let account: String?
    /// Whether the lot was withdrawn and has not arrived anywhere yet.
    public let isInTransit: Bool
    /// When it was acquired, also after transfers.
    public let acquiredAt: Timestamp
    /// The quantity acquired.
    public let quantity: Amount
    /// The quantity still there.
    public let remaining: Amount
    /// Cost per unit at acquisition, rounded half-even to 18 decimals; nil when a price is missing.
    public let unitCost: Amount?
    /// The cost of what remains; nil when a price is missing, zero when the acquisition is.
    public let cost: Amount?
    /// The venue of the account; empty where there is none.
    public let venue: String
    /// Whether a price or the acquisition is missing, so that the cost is not known.
    public let isIncomplete: Bool
    /// Whether a price too old was used for the cost.
    public let isStale: Bool
}
