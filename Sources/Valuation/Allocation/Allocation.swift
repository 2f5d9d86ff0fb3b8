public import Money

/// An asset in a portfolio and its price, where one is known.
public struct AllocationHolding: Hashable, Sendable {
    /// The asset.
    public let asset: AssetID
    /// How much of it is held.
    public let quantity: Amount
    /// The price of one unit in the report's currency; nil when none is known.
    public let price: Amount?

    /// A holding from its parts; an asset of the targets that is not held comes with a quantity of zero.
    public init(asset: AssetID, quantity: Amount, price: Amount?) {
        self.asset = asset
        self.quantity = quantity
        self.price = price
    }
}

/// Where a portfolio's value lies, beside where it is meant to lie.
public struct Allocation: Hashable, Sendable {
    /// The assets with a value or a target, the targets first in their order, then the others in theirs.
    public let rows: [Row]
    /// The sum of the rows' values, exactly.
    public let total: Amount
    /// The assets that nothing here counts, and why; the targets of the others are scaled up to one.
    public let leftOut: [LeftOut]

    /// One asset's part.
    public struct Row: Hashable, Sendable {
        /// The asset.
        public let asset: AssetID
        /// How much of it is held.
        public let quantity: Amount
        /// The price of one unit.
        public let price: Amount
        /// Quantity times price.
        public let value: Amount
        /// The part of the total as a fraction; nil when the total is zero.
        public let current: Amount?
        /// The part that it is meant to have, of targets that add up to one; zero when it has no target.
        public let target: Amount
        /// The current part less the target; nil when the total is zero.
        public let drift: Amount?
        /// Whether the targets name the asset.
        public let isTargeted: Bool
        /// The share as given, which computations take over the sum of all.
        let weight: Int128
    }

    /// An asset that is not counted.
    public struct LeftOut: Hashable, Sendable {
        /// The asset.
        public let asset: AssetID
        /// How much of it is held.
        public let quantity: Amount
        /// The share that it is meant to have, as given; zero without one.
        public let target: Amount
        /// Why.
        public let reason: Reason
    }

    /// Why an asset is not counted.
    public enum Reason: Hashable, Sendable {
        /// No price is known.
        case noPrice
        /// More went out than is known to have come in.
        case negativeQuantity
        /// The value would reach 10²⁰ units.
        case valueOutOfRange
    }

    /// The largest drift in either direction; nil when the total is zero.
    public var largestDrift: Amount? {
        rows.compactMap(\.drift?.magnitude).max()
    }

    /// Compares holdings with targets.
    ///
    /// Each asset comes once among the holdings. One that is meant to have a share but is missing among them counts
    /// as left out for want of a price. One with no quantity, no target and no price is not named.
    ///
    /// - Throws: `MoneyError.overflow` when the total reaches 10²⁰ units.
    public init(_ holdings: [AllocationHolding], targets: TargetAllocation?) throws(MoneyError) {
        var parts: [Part] = []
        var byAsset: [AssetID: AllocationHolding] = [:]
        for holding in holdings {
            precondition(byAsset.updateValue(holding, forKey: holding.asset) == nil, "an asset comes once")
        }
        for share in targets?.shares ?? [] {
            let holding = byAsset.removeValue(forKey: share.asset)
            parts.append(
                Part(
                    holding ?? AllocationHolding(asset: share.asset, quantity: .zero, price: nil),
                    target: share.fraction
                )
            )
        }
        for holding in holdings where byAsset[holding.asset] != nil && !holding.quantity.isZero {
            parts.append(Part(holding, target: nil))
        }
        var counted: [(part: Part, price: Amount, value: Amount)] = []
        var leftOut: [LeftOut] = []
        var total = Amount.zero
        for part in parts {
            switch part.valued {
            case .success(let found):
                counted.append((part, found.price, found.value))
                total = try total.adding(found.value)
            case .failure(let refusal):
                leftOut.append(part.leftOut(refusal.reason))
            }
        }
        let weights = counted.reduce(0) { $0 + $1.part.weight }
        self.total = total
        self.leftOut = leftOut
        rows = try counted.map { (entry) throws(MoneyError) in
            try Row(entry.part, price: entry.price, value: entry.value, of: total, weights: weights)
        }
    }
}

/// A holding with its target.
private struct Part {
    let holding: AllocationHolding
    let target: Amount?

    struct Refusal: Error {
        let reason: Allocation.Reason
    }

    init(_ holding: AllocationHolding, target: Amount?) {
        self.holding = holding
        self.target = target
    }

    var weight: Int128 { target?.raw ?? 0 }

    /// Price and value, or why there is none.
    var valued: Result<(price: Amount, value: Amount), Refusal> {
        guard !holding.quantity.isNegative else { return .failure(Refusal(reason: .negativeQuantity)) }
        guard let price = holding.price, price.isPositive else {
            return .failure(Refusal(reason: .noPrice))
        }
        guard let value = try? holding.quantity.multiplied(by: price) else {  // Only the range can fail.
            return .failure(Refusal(reason: .valueOutOfRange))
        }
        return .success((price, value))
    }

    func leftOut(_ reason: Allocation.Reason) -> Allocation.LeftOut {
        Allocation.LeftOut(
            asset: holding.asset,
            quantity: holding.quantity,
            target: target ?? .zero,
            reason: reason
        )
    }
}

extension Allocation.Row {
    fileprivate init(
        _ part: Part,
        price: Amount,
        value: Amount,
        of total: Amount,
        weights: Int128
    ) throws(MoneyError) {
        asset = part.holding.asset
        quantity = part.holding.quantity
        self.price = price
        self.value = value
        isTargeted = part.target != nil
        weight = part.weight
        let meant =
            weights == 0 ? .zero : try Amount.multiplyDivide(weight, Amount.one.raw, dividedBy: weights)
        target = meant
        let held = total.isPositive ? try value.divided(by: total) : nil
        current = held
        drift = try held?.subtracting(meant)
    }
}
