import CostBasis
import Ledger
public import Money
public import Storage
public import Time

/// What is held of one asset with its cost and what was realised.
public struct Position: Sendable {
    /// Of what.
    public let asset: Asset
    /// How much the accounts hold.
    public let quantity: Amount
    /// What that cost.
    public let cost: Amount
    /// What it is worth; nil when no price is known.
    public let value: Amount?
    /// Value − cost; nil when no price is known.
    public let unrealised: Amount?
    /// The sum of taxable gains so far, those without a price left out.
    public let realised: Amount
    /// The price behind the value; nil when none is known or nothing is held.
    public let price: PriceView?
}

/// All positions with their sums.
public struct Positions: Sendable {
    /// The method of the lots.
    public let method: String
    /// By asset code.
    public let positions: [Position]
    /// The sum of costs.
    public let cost: Amount
    /// The sum of known values.
    public let value: Amount
    /// The sum of known unrealised gains.
    public let unrealised: Amount
    /// The sum of realised gains.
    public let realised: Amount
}

extension Workspace {
    /// A user's positions with realised and unrealised gains.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError`, `StorageError`, `MoneyError.overflow`.
    public func positions(of user: UserID, settings: ReportSettings, at time: Timestamp) throws -> Positions {
        let computed = try computedLots(of: user, settings: settings)
        let (snapshot, valuer, lots) = (computed.snapshot, computed.valuer, computed.lots)
        let valued = try Workspace.value(
            snapshot.book.balances,
            in: lots.settings.currency,
            at: time,
            snapshot.registry,
            valuer
        )
        let held = Dictionary(uniqueKeysWithValues: valued.balances.map { ($0.asset.id, $0) })
        let costs = try Workspace.heldCosts(lots)
        var realised: [AssetID: Amount] = [:]
        for index in 0..<lots.disposalCount {
            let disposal = lots.disposal(at: index)
            guard disposal.isTaxable, !disposal.lacksPrice else { continue }
            realised[disposal.asset] = try (realised[disposal.asset] ?? .zero).adding(disposal.gain)
        }
        let assets = Set(held.keys).union(costs.keys).union(realised.keys).map { snapshot.asset($0) }
            .filter { $0.kind != .fiat }
        let positions = try assets.sorted { $0.code < $1.code }.map { asset in
            let cost = costs[asset.id] ?? .zero
            let quantity = held[asset.id]?.quantity ?? .zero
            let value = quantity.isZero ? .zero : held[asset.id]?.value
            return Position(
                asset: asset,
                quantity: quantity,
                cost: cost,
                value: value,
                unrealised: try value?.subtracting(cost),
                realised: realised[asset.id] ?? .zero,
                price: held[asset.id]?.price
            )
        }
        return Positions(
            method: lots.settings.method.name,
            positions: positions,
            cost: try Workspace.sum(positions.map(\.cost)),
            value: try Workspace.sum(positions.compactMap(\.value)),
            unrealised: try Workspace.sum(positions.compactMap(\.unrealised)),
            realised: try Workspace.sum(positions.map(\.realised))
        )
    }

    static func sum(_ amounts: [Amount]) throws(MoneyError) -> Amount {
        var sum = Amount.zero
        for amount in amounts { sum = try sum.adding(amount) }
        return sum
    }
}
