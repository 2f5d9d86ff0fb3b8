import CostBasis
import Ledger
public import Money
public import Storage
public import Time

/// Lots with the currency that their costs are counted in.
public struct LotsReport: Sendable {
    /// By acquisition.
    public let lots: [LotView]
    /// The currency of costs.
    public let currency: Asset
}

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

/// What a computation of lots came to.
public struct LotSummary: Sendable {
    /// Lots that were acquired.
    public let lots: Int
    /// Disposals that lots cover whole.
    public let matched: Int
    /// Disposals with a part that no lot covers.
    public let unmatched: Int
}

extension Workspace {
    /// A user's lots.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError`, `StorageError`.
    public func lots(
        of user: UserID,
        settings: ReportSettings,
        includingClosed: Bool = false
    ) throws -> LotsReport {
        let computed = try computedLots(of: user, settings: settings)
        let (snapshot, lots) = (computed.snapshot, computed.lots)
        let views = try LotPlacement(lots, includingClosed: includingClosed).rows.map { lot in
            let account = lot.account.flatMap { snapshot.accounts[$0] }
            return LotView(
                id: lot.id.description,
                asset: snapshot.asset(lot.asset),
                account: account?.name,
                isInTransit: lot.place != .held,
                acquiredAt: lot.acquired,
                quantity: lot.quantity,
                remaining: lot.remaining,
                unitCost: lot.lacksPrice ? nil : lot.unitCost,
                cost: lot.lacksPrice ? nil : lot.remainingCost,
                venue: account?.venue ?? "",
                isIncomplete: lot.isAssumed || lot.lacksPrice,
                isStale: lot.isStale
            )
        }
        return LotsReport(lots: views, currency: computed.currency)
    }

    /// A user's disposals, income and problems, of one year or all.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError`, `StorageError`.
    public func gains(of user: UserID, settings: ReportSettings, year: Int? = nil) throws -> GainsReport {
        let computed = try computedLots(of: user, settings: settings)
        let (snapshot, lots) = (computed.snapshot, computed.lots)
        func isWanted(_ time: Timestamp) -> Bool {
            year == nil || lots.taxYear(of: time) == year
        }
        var disposals: [DisposalView] = []
        for index in 0..<lots.disposalCount {
            let disposal = lots.disposal(at: index)
            if isWanted(disposal.time) { disposals.append(Workspace.view(of: disposal, lots, snapshot)) }
        }
        let income = (0..<lots.incomeCount).map { lots.income(at: $0) }.filter { isWanted($0.time) }
        let years = lots.years.filter { year == nil || $0.year == year }
        return GainsReport(
            method: lots.settings.method.name,
            scope: lots.settings.scope.name,
            currency: computed.currency,
            disposals: disposals,
            years: years,
            income: income.map { income in
                IncomeView(
                    entry: income.entry,
                    time: income.time,
                    asset: snapshot.asset(income.asset),
                    quantity: income.quantity,
                    value: income.origin == .missing ? nil : income.value,
                    isStale: income.isStale,
                    kind: income.kind
                )
            },
            problems: Workspace.problems(of: computed.kept, snapshot.registry).filter { isWanted($0.time) }
        )
    }

    private static func view(of disposal: Disposal, _ lots: LotBook, _ snapshot: UserSnapshot) -> DisposalView
    {
        let uses = lots.uses(ofDisposalAt: disposal.index)
        return DisposalView(
            entry: disposal.entry,
            time: disposal.time,
            asset: snapshot.asset(disposal.asset),
            account: disposal.account.flatMap { snapshot.accounts[$0]?.name },
            quantity: disposal.quantity,
            counted: disposal,
            cost: disposal.cost,
            term: uses.isEmpty ? nil : disposal.term.name,
            isTaxable: disposal.isTaxable,
            kind: disposal.kind,
            lots: uses.map { use in
                LotUseView(
                    lotID: use.lot.description,
                    acquiredAt: use.acquired,
                    quantity: use.quantity,
                    cost: use.cost,
                    term: use.term.name
                )
            },
            uncovered: lots.uncovered(ofDisposalAt: disposal.index),
            isIncomplete: disposal.lacksPrice,
            isStale: disposal.isStale
        )
    }

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

    private static func sum(_ amounts: [Amount]) throws(MoneyError) -> Amount {
        var sum = Amount.zero
        for amount in amounts { sum = try sum.adding(amount) }
        return sum
    }

    /// Computes a user's lots again from the journal and says what they come to.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError`, `StorageError`.
    public func rebuildLots(of user: UserID, settings: ReportSettings) throws -> LotSummary {
        books.shelf(of: user).invalidate()
        let lots = try computedLots(of: user, settings: settings).lots
        let unmatched = (0..<lots.disposalCount).count { lots.uncovered(ofDisposalAt: $0).isPositive }
        return LotSummary(lots: lots.lotCount, matched: lots.disposalCount - unmatched, unmatched: unmatched)
    }
}

extension UserSnapshot {
    /// The asset of a number that the Book holds.
    func asset(_ id: AssetID) -> Asset {
        guard let asset = registry.asset(id) else {
            preconditionFailure("every asset of a Book is in its user's registry")
        }
        return asset
    }
}
