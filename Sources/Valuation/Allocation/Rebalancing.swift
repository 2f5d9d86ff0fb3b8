public import Money

/// How a portfolio may be brought back to its targets.
public struct RebalancingSettings: Hashable, Sendable {
    /// A trade of less value is not suggested.
    public var minimumTrade: Amount
    /// The fee of a trade as a fraction of its value, from zero to one half.
    public var feeFraction: Amount
    /// The drift up to which nothing is suggested; nil for any drift.
    public var band: Amount?
    /// Whether anything may be sold; without it only free and added cash is put to use.
    public var allowsSells: Bool
    /// Cash in the report's currency that comes in from outside, to be put to use as well.
    public var addedCash: Amount
    /// Whether assets without a target stay as they are and count for nothing, instead of being sold.
    public var leavesUntargeted: Bool

    /// Settings; the defaults restore the targets exactly, without fees.
    public init(
        minimumTrade: Amount = .zero,
        feeFraction: Amount = .zero,
        band: Amount? = nil,
        allowsSells: Bool = true,
        addedCash: Amount = .zero,
        leavesUntargeted: Bool = false
    ) {
        self.minimumTrade = minimumTrade
        self.feeFraction = feeFraction
        self.band = band
        self.allowsSells = allowsSells
        self.addedCash = addedCash
        self.leavesUntargeted = leavesUntargeted
    }

    /// The highest fee that a suggestion is made for.
    public static let feeFractionMax = Amount(unchecked: 500_000_000_000_000_000)
}

/// Why no trades can be suggested.
public enum RebalancingError: Error, Hashable, Sendable {
    /// A setting is out of its range: its name and what was given.
    case setting(name: String, value: Amount)
    /// An amount of the suggestion would reach 10²⁰ units.
    case overflow
}

/// A trade that is suggested, never carried out by itself.
public struct RebalancingTrade: Hashable, Sendable {
    /// Whether something is sold or bought for cash.
    public enum Side: String, Hashable, Sendable {
        /// The asset goes, cash comes.
        case sell
        /// Cash goes, the asset comes.
        case buy
    }

    /// Sold or bought.
    public let side: Side
    /// What is sold or bought.
    public let asset: AssetID
    /// How much of it, rounded half-even to 18 decimals; all of it when all of its value is sold.
    public let quantity: Amount
    /// The price of one unit in the report's currency.
    public let price: Amount
    /// Its value in the report's currency, without the fee.
    public let value: Amount
    /// The fee in the report's currency.
    public let fee: Amount
}

/// The trades that restore the targets.
///
/// Cash is the report's currency: held, added, and what the trades leave. Value is conserved to the last unit:
/// cash before + sells − buys − fees = cash after.
public struct Rebalancing: Hashable, Sendable {
    /// Whether the drift is beyond the band, or cash was added.
    public let isNeeded: Bool
    /// The largest drift in either direction before the trades; nil when nothing has a value.
    public let largestDrift: Amount?
    /// The sells, then the buys, each in the allocation's order.
    public let trades: [RebalancingTrade]
    /// The currency held and added before the trades.
    public let cashBefore: Amount
    /// The currency held after them.
    public let cashAfter: Amount
    /// The fees of all trades.
    public let fees: Amount

    /// Suggests trades for an allocation whose prices are in `currency`.
    ///
    /// - Throws: `RebalancingError`.
    public init(
        _ allocation: Allocation,
        currency: AssetID,
        _ settings: RebalancingSettings = RebalancingSettings()
    ) throws(RebalancingError) {
        try Rebalancing.check(settings)
        let counted = allocation.rows.filter { $0.isTargeted || !settings.leavesUntargeted }
        let cashRow = allocation.rows.first { $0.asset == currency }
        let isCashCounted = counted.contains { $0.asset == currency }
        cashBefore = try Rebalancing.inRange { () throws(MoneyError) in
            try (cashRow?.value ?? .zero).adding(settings.addedCash)
        }
        largestDrift = Rebalancing.largestDrift(of: allocation, counted)
        let isBeyond = (largestDrift ?? .zero) > (settings.band ?? .zero)
        let hasTargets = counted.contains { $0.weight > 0 }
        isNeeded = hasTargets && (isBeyond || settings.addedCash.isPositive)
        guard isNeeded else {
            trades = []
            cashAfter = cashBefore
            fees = .zero
            return
        }
        var plan = RebalancingPlan(
            rows: counted.filter { $0.asset != currency },
            cashWeight: cashRow?.weight ?? 0,
            // Cash that is left alone stays out of the plan.
            cash: isCashCounted ? cashBefore : settings.addedCash,
            settings
        )
        try plan.make()
        trades = try plan.trades()
        var after = ProductSum()
        var paid = ProductSum()
        after.add(cashBefore)
        for trade in trades {
            after.add(trade.side == .sell ? trade.value : trade.value.negated)
            after.add(trade.fee.negated)
            paid.add(trade.fee)
        }
        cashAfter = try Rebalancing.inRange { () throws(MoneyError) in try after.total() }
        fees = try Rebalancing.inRange { () throws(MoneyError) in try paid.total() }
        precondition(!cashAfter.isNegative, "a plan spends no more than there is")
    }

    /// The drift within what is counted; where assets are left alone the current parts are those of the rest.
    private static func largestDrift(of allocation: Allocation, _ counted: [Allocation.Row]) -> Amount? {
        guard counted.count < allocation.rows.count else { return allocation.largestDrift }
        // Each value is within the total, which is in range.
        let total = counted.reduce(0) { $0 + $1.value.raw }
        guard total > 0 else { return nil }
        return counted.compactMap { row in
            let current = try? Amount.multiplyDivide(row.value.raw, Amount.one.raw, dividedBy: total)
            return try? current?.subtracting(row.target).magnitude  // Both are from zero to one.
        }.max()
    }

    private static func check(_ settings: RebalancingSettings) throws(RebalancingError) {
        let settings: [(name: String, value: Amount, max: Amount?)] = [
            ("minimum trade", settings.minimumTrade, nil),
            ("fee", settings.feeFraction, RebalancingSettings.feeFractionMax),
            ("band", settings.band ?? .zero, .one),
            ("added cash", settings.addedCash, nil),
        ]
        for setting in settings {
            guard !setting.value.isNegative, setting.value <= setting.max ?? setting.value else {
                throw .setting(name: setting.name, value: setting.value)
            }
        }
    }

    static func inRange(_ compute: () throws(MoneyError) -> Amount) throws(RebalancingError) -> Amount {
        do { return try compute() } catch { throw .overflow }
    }
}
