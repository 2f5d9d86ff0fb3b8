public import CostBasis
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
    /// The entry, as its id.
    public let entry: EntryID
    /// When the entry happened.
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

/// The part of a lot that a disposal used.
public struct LotUseView: Hashable, Sendable {
    /// The lot.
    public let lotID: String
    /// When it was acquired.
    public let acquiredAt: Timestamp
    /// How much of it was used.
    public let quantity: Amount
    /// What that part had cost.
    public let cost: Amount
    /// `short` or `long`.
    public let term: String
}

/// One disposal with the lots it used.
public struct DisposalView: Hashable, Sendable {
    /// The entry.
    public let entry: EntryID
    /// When.
    public let time: Timestamp
    /// Of what.
    public let asset: Asset
    /// The account's name; nil when the leg was outside all accounts.
    public let account: String?
    /// How much.
    public let quantity: Amount
    let counted: Disposal
    /// What the lots used had cost.
    public let cost: Amount
    /// `short`, `long` or `mixed`; nil when no lot was there.
    public let term: String?
    /// Whether the gain counts; gifts, donations and losses end lots without one.
    public let isTaxable: Bool
    /// The kind of the entry.
    public let kind: EntryKind
    /// The lots used, in the order of use.
    public let lots: [LotUseView]
    /// The part of the quantity for which no lot was there; its cost is zero.
    public let uncovered: Amount
    /// Whether a price was missing, so that the proceeds are not known.
    public let isIncomplete: Bool
    /// Whether a price too old was used for the proceeds.
    public let isStale: Bool

    /// What it brought, after fees; nil when a price is missing, never zero for that.
    public var proceeds: Amount? { isIncomplete ? nil : counted.proceeds }

    /// Proceeds − cost; nil when a price is missing.
    public var gain: Amount? { isIncomplete ? nil : counted.gain }
}

/// One receipt of income.
public struct IncomeView: Hashable, Sendable {
    /// The entry.
    public let entry: EntryID
    /// When.
    public let time: Timestamp
    /// Of what.
    public let asset: Asset
    /// How much.
    public let quantity: Amount
    /// Its value on receipt; nil when no price is known.
    public let value: Amount?
    /// Whether a price too old was used for it.
    public let isStale: Bool
    /// What sort of income.
    public let kind: EntryKind
}

/// Lots, disposals, income and what is missing.
public struct GainsReport: Sendable {
    /// Which lots were used first.
    public let method: String
    /// `universal` or `wallet`.
    public let scope: String
    /// The currency of all money.
    public let currency: Asset
    /// In the order of the journal.
    public let disposals: [DisposalView]
    /// By year.
    public let years: [YearTotal]
    /// In the order of the journal.
    public let income: [IncomeView]
    /// By entry.
    public let problems: [ReportProblem]
}
