import Ledger
import Money
import Storage
import Time
import Valuation

/// A part of what a user holds, with what it is valued by.
struct TrackedScope {
    let snapshot: UserSnapshot
    let valuer: Valuer
    /// Which accounts of the Book belong to it, by slot.
    let inside: [Bool]

    /// Whether an entry touches it.
    func touches(_ row: borrowing BookRowView) -> Bool {
        isInside(row.incoming) || isInside(row.outgoing) || isInside(row.fee)
    }

    /// Whether a leg belongs to it.
    func isInside(_ leg: BookLeg?) -> Bool {
        guard let leg, !leg.isOutside else { return false }
        return inside[Int(leg.account)]
    }

    /// The asset of a slot of the Book.
    func asset(_ slot: Int) -> Asset { snapshot.asset(snapshot.book.assets[slot]) }

    /// What is held of each asset at an instant, by slot.
    func held(at time: Timestamp) throws(MoneyError) -> [Amount] {
        try HoldingTimeline.held(snapshot.book, inside, at: time)
    }

    /// The noons (UTC) from the first entry on that have come, in order; the last ones where so many currencies would have too
    /// many rows.
    func noons(through now: Timestamp, currencies: Int) -> [Timestamp] {
        guard let first = firstTime else { return [] }
        var noon = first.day.start.advanced(bySeconds: TrackedScope.noonSeconds)
        if noon < first { noon = noon.advanced(bySeconds: TrackedScope.daySeconds) }
        var noons: [Timestamp] = []
        while noon <= now {
            noons.append(noon)
            noon = noon.advanced(bySeconds: TrackedScope.daySeconds)
        }
        return noons.suffix(min(TrackedScope.daysMax, TrackedScope.rowsMax / max(1, currencies)))
    }

    private static let noonSeconds: Int64 = 43_200
    private static let daySeconds: Int64 = 86_400
    /// The most days of a history; more than 130 years.
    static let daysMax = 50_000
    /// The most rows of a history; more than ten years of a hundred currencies.
    static let rowsMax = 400_000

    /// The second of the first entry that touches it; nil when none does.
    private var firstTime: Timestamp? {
        for index in 0..<snapshot.book.count {
            var time: Timestamp?
            snapshot.book.withRowView(at: index) { row in
                if touches(row) { time = Timestamp(seconds: row.time.seconds) }
            }
            if let time { return time }
        }
        return nil
    }
}

extension Workspace {
    /// What a portfolio holds.
    func trackedScope(of user: UserID, portfolio: PortfolioID) throws -> TrackedScope {
        let (snapshot, valuer, _) = try valuation(of: user)
        let inside = snapshot.book.accounts.map { snapshot.accounts[$0]?.portfolio == portfolio }
        return TrackedScope(snapshot: snapshot, valuer: valuer, inside: inside)
    }

    /// What an account holds.
    func trackedScope(of user: UserID, account: AccountID) throws -> TrackedScope {
        let (snapshot, valuer, _) = try valuation(of: user)
        return TrackedScope(
            snapshot: snapshot,
            valuer: valuer,
            inside: snapshot.book.accounts.map { $0 == account }
        )
    }

    /// What a scope holds at some instants, from one walk over the Book.
    func timeline(_ scope: TrackedScope, at times: [Timestamp]) throws -> [HoldingRuns] {
        guard let first = times.first else { return [] }
        let isAll = scope.inside.allSatisfy { $0 }
        let columns = isAll ? columns(of: scope.snapshot, scope: .user, from: first) : nil
        return try HoldingTimeline(scope.snapshot.book, scope.inside, at: times, columns).runs
    }
}
