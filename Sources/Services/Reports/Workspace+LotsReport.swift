import CostBasis
import Ledger
public import Money
public import Storage
import Time

/// Lots with the currency that their costs are counted in.
public struct LotsReport: Sendable {
    /// By acquisition.
    public let lots: [LotView]
    /// The currency of costs.
    public let currency: Asset
}

/// What a computation of lots came to.
public struct LotSummary: Sendable {
    /// Lots that were acquired.
    public let lots: Int
    /// Disposals that lots cover whole.
    public let matched: Int
    /// Disposals with a part that no lot covers.
    public let unmatched: Int
    /// What changed against what was there; nil when nothing was.
    public let difference: LotDifference?
}

extension Workspace {
    /// The currency of a code, in any case, among the built-in assets and a user's own.
    ///
    /// - Throws: `WorkspaceError.unknownCurrency`, `StorageError`.
    public func currency(_ code: String, of user: UserID) throws -> Asset {
        try ReportSettings.currency(code, in: books.snapshot(of: user).registry)
    }

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

    /// Computes a user's lots again from the journal, and says what they come to and what changed.
    ///
    /// What was there before are the lots that this process computed last by the same settings.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError`, `StorageError`, `MoneyError.overflow`.
    public func rebuildLots(of user: UserID, settings: ReportSettings) throws -> LotSummary {
        let shelf = books.shelf(of: user)
        let resolved = try settings.resolved(in: books.snapshot(of: user).registry)
        let before = shelf.lastReport(by: resolved.lots, zone: resolved.zone)
        shelf.invalidate()
        let lots = try computedLots(of: user, settings: settings).lots
        let unmatched = (0..<lots.disposalCount).count { lots.uncovered(ofDisposalAt: $0).isPositive }
        return LotSummary(
            lots: lots.lotCount,
            matched: lots.disposalCount - unmatched,
            unmatched: unmatched,
            difference: try before.map { kept throws(MoneyError) in
                try LotDifference(from: kept.lots, to: lots)
            }
        )
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
