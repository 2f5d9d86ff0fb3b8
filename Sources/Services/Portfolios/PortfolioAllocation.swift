public import Money
public import Valuation

import Time

/// Where a portfolio's value lies, beside where it is meant to lie, with the names of its assets.
public struct PortfolioAllocation: Sendable {
    /// One asset's part.
    public struct Row: Sendable {
        /// The asset.
        public let asset: Asset
        /// Quantity, price, value, share, target and drift.
        public let part: Allocation.Row
    }

    /// An asset that is not counted.
    public struct LeftOut: Hashable, Sendable {
        /// The asset's code.
        public let code: String
        /// How much of it is held.
        public let quantity: Amount
        /// The share that it is meant to have.
        public let target: Amount
        /// Why it is not counted, in words.
        public let reason: String
    }

    /// The targets first in their order, then what is held besides.
    public let rows: [Row]
    /// What nothing here counts; the targets of the others are scaled up to one.
    public let leftOut: [LeftOut]
    /// The same for computations.
    public let allocation: Allocation

    /// Whether there are targets.
    public let hasTargets: Bool

    /// The largest drift in either direction; zero without targets or value.
    public var largestDrift: Amount {
        hasTargets ? allocation.largestDrift ?? .zero : .zero
    }

    /// Compares balances with targets; a code that no asset has is left out and named.
    ///
    /// - Throws: `MoneyError.overflow`.
    init(
        _ balances: [ValuedBalance],
        _ targets: [AllocationShare],
        _ registry: AssetRegistry,
        _ valuer: Valuer,
        at time: Timestamp
    ) throws {
        var assets: [AssetID: Asset] = [:]
        var holdings: [AllocationHolding] = []
        for balance in balances {
            assets[balance.asset.id] = balance.asset
            holdings.append(
                AllocationHolding(
                    asset: balance.asset.id,
                    quantity: balance.quantity,
                    price: balance.price?.price
                )
            )
        }
        var shares: [AssetShare] = []
        var unknown: [LeftOut] = []
        for target in targets {
            guard let code = AssetCode.normalize(target.code), let asset = registry.asset(code: code) else {
                unknown.append(
                    LeftOut(
                        code: target.code,
                        quantity: .zero,
                        target: target.fraction,
                        reason: "nobody has traded it here, so it has no price"
                    )
                )
                continue
            }
            shares.append(AssetShare(asset: asset.id, fraction: target.fraction))
            guard assets.updateValue(asset, forKey: asset.id) == nil else { continue }
            var price: Amount?
            if case .found(let rate) = valuer.rate(from: asset.id, to: .usd, at: time) {
                price = try rate.price()
            }
            holdings.append(AllocationHolding(asset: asset.id, quantity: .zero, price: price))
        }
        // Without those that are unknown the rest may not sum to one; it is then scaled as for those without a price.
        let known = PortfolioAllocation.targets(shares, holdings)
        let made = try Allocation(known.holdings, targets: known.targets)
        allocation = made
        rows = made.rows.compactMap { row in assets[row.asset].map { Row(asset: $0, part: row) } }
        leftOut =
            made.leftOut.compactMap { left in
                assets[left.asset].map {
                    LeftOut(
                        code: $0.displayCode,
                        quantity: left.quantity,
                        target: left.target,
                        reason: PortfolioAllocation.words(left.reason)
                    )
                }
            } + unknown
        hasTargets = made.rows.contains { $0.isTargeted }
    }

    /// The targets of known assets; where unknown ones leave a gap, its share goes to an asset that is no one's.
    private static func targets(
        _ shares: [AssetShare],
        _ holdings: [AllocationHolding]
    ) -> (targets: TargetAllocation?, holdings: [AllocationHolding]) {
        if let whole = try? TargetAllocation(shares) { return (whole, holdings) }
        let sum = shares.reduce(Int128(0)) { $0 + $1.fraction.raw }
        guard sum > 0, sum < Amount.one.raw else { return (nil, holdings) }
        let nobody = AssetID(raw: .max)
        let rest = AssetShare(asset: nobody, fraction: Amount(unchecked: Amount.one.raw - sum))
        // It has no price, so it is left out and the others are scaled up.
        return (try? TargetAllocation(shares + [rest]), holdings)
    }

    private static func words(_ reason: Allocation.Reason) -> String {
        switch reason {
        case .noPrice: "no price is known"
        case .negativeQuantity: "more went out than is known to have come in"
        case .valueOutOfRange: "its value is out of range"
        }
    }
}

/// What would restore the targets of a portfolio; nothing is traded.
public struct RebalancePlan: Sendable {
    /// One trade that is suggested.
    public struct Trade: Sendable {
        /// The asset.
        public let asset: Asset
        /// Side, quantity, price, value and fee in USD.
        public let trade: RebalancingTrade
    }

    /// The portfolio.
    public let view: PortfolioView
    /// The sells, then the buys.
    public let trades: [Trade]
    /// The same for what is asked besides.
    public let plan: Rebalancing
}

extension Workspace {
    /// What would restore the targets of a portfolio at the present prices, in USD; nothing is traded.
    ///
    /// Blocks.
    ///
    /// - Throws: `RebalancingError`, `StorageError`, `MoneyError.overflow`.
    public func rebalancePlan(_ info: PortfolioInfo, _ settings: RebalancingSettings) throws -> RebalancePlan
    {
        let view = try portfolioView(info)
        let plan = try Rebalancing(view.allocation.allocation, currency: .usd, settings)
        let trades = plan.trades.compactMap { trade in
            view.allocation.rows.first { $0.asset.id == trade.asset }
                .map { RebalancePlan.Trade(asset: $0.asset, trade: trade) }
        }
        return RebalancePlan(view: view, trades: trades, plan: plan)
    }
}
