public import CostBasis
public import Ledger
public import Money
public import Time

/// The part of a lot that a disposal used.
public struct LotUseView: Hashable, Sendable {
    let use: LotUse
    /// The day on which the lot was acquired, in the report's time zone.
    public let acquiredDay: Day
    /// What one unit of the part had cost, rounded half-even to 18 decimals; nil when it would reach 10²⁰.
    public var unitCost: Amount? {
        // A quantity of a use is above zero, so the quotient's size is the only way to fail.
        try? use.cost.divided(by: use.quantity)
    }
    /// Whether the disposal's proceeds are known.
    let hasProceeds: Bool

    /// The lot.
    public var lotID: String { use.lot.description }
    /// When it was acquired.
    public var acquiredAt: Timestamp { use.acquired }
    /// How much of it was used.
    public var quantity: Amount { use.quantity }
    /// What that part had cost.
    public var cost: Amount { use.cost }
    /// `short` or `long`.
    public var term: String { use.term.name }
    /// Its share of the proceeds after the fee; nil when these are not known.
    public var proceeds: Amount? { hasProceeds ? use.proceeds : nil }
    /// Its share of the proceeds − cost; nil when these are not known.
    public var gain: Amount? {
        // Parts of a disposal's proceeds and cost, which are far below the range of amounts.
        hasProceeds ? Amount(unchecked: use.proceeds.raw - use.cost.raw) : nil
    }
    /// Why this lot.
    public var rule: MatchRule { use.rule }
    /// The day from which the time of holding counts.
    public var heldSince: Day { use.heldSince }
    /// Whether it was held for so long that the gain is exempt.
    public var isExempt: Bool { use.isExempt }
    /// Whether the lot's acquisition is not recorded, so that its cost counts as zero.
    public var isAssumed: Bool { use.isAssumed }
}

/// One disposal with the lots it used.
public struct DisposalView: Hashable, Sendable {
    let counted: Disposal
    let fees: FeeDisplay
    /// Of what.
    public let asset: Asset
    /// The account's name; nil when the leg was outside all accounts.
    public let account: String?
    /// The day in the report's time zone.
    public let day: Day
    /// The lots used, in the order of use.
    public let lots: [LotUseView]
    /// The part of the quantity for which no lot was there; its cost is zero.
    public let uncovered: Amount

    /// The entry.
    public var entry: EntryID { counted.entry }
    /// The leg of the entry.
    public var side: LegSide { counted.side }
    /// When.
    public var time: Timestamp { counted.time }
    /// How much.
    public var quantity: Amount { counted.quantity }
    /// What the lots used had cost.
    public var cost: Amount { counted.cost }
    /// `short`, `long` or `mixed`; nil when no lot was there.
    public var term: String? { lots.isEmpty ? nil : counted.term.name }
    /// Whether the gain counts; gifts, donations and losses end lots without one unless the settings say otherwise.
    public var isTaxable: Bool { counted.isTaxable }
    /// How it counts.
    public var treatment: Treatment { counted.treatment }
    /// Where its value came from.
    public var origin: ValueOrigin { counted.origin }
    /// The kind of the entry.
    public var kind: EntryKind { counted.kind }
    /// Whether a price was missing, so that the proceeds are not known.
    public var isIncomplete: Bool { counted.lacksPrice }
    /// Whether a price too old was used for the proceeds.
    public var isStale: Bool { counted.isStale }
    /// The fee that was taken off the value.
    public var fee: Amount { counted.fee }
    /// The part of a loss that does not count.
    public var denied: Amount { counted.denied }

    /// What it brought before the fee; nil when a price is missing.
    public var value: Amount? {
        // The limit of turnover keeps both far below the range of amounts.
        isIncomplete ? nil : Amount(unchecked: counted.proceeds.raw + counted.fee.raw)
    }

    /// What it brought, after the fee unless fees stand apart; nil when a price is missing, never zero for that.
    public var proceeds: Amount? { fees == .apart ? value : netProceeds }

    /// What it brought after the fee; nil when a price is missing.
    public var netProceeds: Amount? { isIncomplete ? nil : counted.proceeds }

    /// Proceeds after the fee − cost, denied losses added back; nil when a price is missing.
    public var gain: Amount? { isIncomplete ? nil : counted.gain }
}

/// One receipt of income.
public struct IncomeView: Hashable, Sendable {
    let counted: Income
    /// Of what.
    public let asset: Asset
    /// The account's name; nil when it came to none.
    public let account: String?
    /// The day in the report's time zone.
    public let day: Day
    /// The tax year.
    public let year: Int

    /// The entry.
    public var entry: EntryID { counted.entry }
    /// When.
    public var time: Timestamp { counted.time }
    /// How much.
    public var quantity: Amount { counted.quantity }
    /// Its value on receipt; nil when no price is known.
    public var value: Amount? { counted.origin == .missing ? nil : counted.value }
    /// Whether a price too old was used for it.
    public var isStale: Bool { counted.isStale }
    /// What sort of income.
    public var kind: EntryKind { counted.kind }
}

/// Sums of taxable disposals, those without a price left out.
public struct GainTotals: Hashable, Sendable {
    /// The disposals that are counted.
    public internal(set) var disposals = 0
    /// What they brought, as the report shows proceeds.
    public internal(set) var proceeds = Amount.zero
    /// What the coins had cost.
    public internal(set) var cost = Amount.zero
    /// The fees.
    public internal(set) var fees = Amount.zero
    /// The losses that were denied.
    public internal(set) var denied = Amount.zero
    /// The gain.
    public internal(set) var gain = Amount.zero
    /// The part of it on coins held up to the threshold.
    public internal(set) var shortGain = Amount.zero
    /// The part of it on coins held for longer.
    public internal(set) var longGain = Amount.zero
    /// The part of it on coins held for so long that it is exempt.
    public internal(set) var exemptGain = Amount.zero
    /// The taxable disposals that are left out for want of a price.
    public internal(set) var incomplete = 0
}

/// The gains of one tax year.
public struct YearGains: Hashable, Sendable {
    /// The calendar year in which the tax year starts.
    public let year: Int
    /// The sums.
    public let totals: GainTotals
}

/// The gains on one asset.
public struct AssetGains: Hashable, Sendable {
    /// Of what.
    public let asset: Asset
    /// The sums.
    public let totals: GainTotals
}

/// The income of one kind in one tax year.
public struct IncomeTotal: Hashable, Sendable {
    /// The calendar year in which the tax year starts.
    public let year: Int
    /// What sort of income.
    public let kind: EntryKind
    /// The sum of the known values.
    public internal(set) var value = Amount.zero
    /// The receipts that are counted.
    public internal(set) var count = 0
    /// The receipts that are left out for want of a price.
    public internal(set) var incomplete = 0
}

/// What was held at the end of a tax year.
public struct YearEnd: Sendable {
    /// The calendar year in which the tax year starts.
    public let year: Int
    /// The last instant of the year, or the present one in a year that is not over.
    public let time: Timestamp
    /// By value, largest first, then by code; assets without a value last.
    public let holdings: [Holding]
    /// The sum of the known values.
    public let value: Amount
    /// The sum of costs.
    public let cost: Amount
}

/// Lots, disposals, income and what is missing.
public struct GainsReport: Sendable {
    let computed: ComputedLots
    /// In the order of the journal.
    public let disposals: DisposalList
    /// By year.
    public let years: [YearGains]
    /// By asset code.
    public let assets: [AssetGains]
    /// In the order of the journal.
    public let income: [IncomeView]
    /// By year, then in the order of kinds.
    public let incomeTotals: [IncomeTotal]
    /// By year; none unless asked for.
    public let yearEnds: [YearEnd]
    /// By entry.
    public internal(set) var problems: [ReportProblem]

    /// Which lots were used first.
    public var method: String { computed.settings.lots.method.name }
    /// `universal` or `wallet`.
    ///
    /// Methods that know one pool for all accounts of a person are universal in any case.
    public var scope: String {
        let settings = computed.settings.lots
        return settings.method.isOfPerson ? LotScope.universal.name : settings.scope.name
    }
    /// Other methods and scopes, by the day from which they hold.
    public var changes: [ReportChange] { computed.settings.changes }
    /// The currency of all money.
    public var currency: Asset { computed.currency }
    /// The time zone whose days count.
    public var zone: String { computed.settings.zone }
    /// Whether proceeds are shown after the fee or before it.
    public var fees: FeeDisplay { computed.settings.fees }
}
