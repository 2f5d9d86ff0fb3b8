import Services
import Storage
import Synchronization
import Time

/// Holdings that were asked for lately, for as long as neither the user's history nor the prices change.
final class HoldingShelf: Sendable {
    private struct Key: Hashable {
        let user: UserID
        let newest: Timestamp?
        let oldest: Timestamp?
        let count: Int
    }

    private struct Kept {
        let stamp: DataStamp
        let holdings: HoldingPoints
    }

    private struct State {
        var kept: [Key: Kept] = [:]
        var amounts = 0
    }

    /// The amounts that are answered on the spot: some hundred microseconds.
    static let amountsAtOnce = 200
    /// The most amounts kept; all are dropped when more come.
    static let amountsMax = 200_000
    /// The most answers kept; all are dropped when one more comes.
    static let answersMax = 1024

    private let state = Mutex(State())

    /// What is kept of a user's holdings at some hours, when the data is as it was then; never blocks.
    func known(of user: UserID, at hours: [Timestamp], _ workspace: Workspace) -> HoldingPoints? {
        guard let stamp = stamp(of: user, at: hours, workspace) else { return nil }
        return state.withLock { state in
            guard let kept = state.kept[key(user, hours)], kept.stamp == stamp else { return nil }
            return kept.holdings
        }
    }

    /// A user's holdings at some hours, evenly apart and the newest first.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`, `MoneyError.overflow`.
    func holdings(of user: UserID, at hours: [Timestamp], _ workspace: Workspace) throws -> HoldingPoints {
        if let known = known(of: user, at: hours, workspace) { return known }
        let before = stamp(of: user, at: hours, workspace)
        let holdings = try workspace.holdingPoints(of: user, at: hours)
        // What changed in between may not be in there.
        if let before, before == stamp(of: user, at: hours, workspace) {
            keep(Kept(stamp: before, holdings: holdings), as: key(user, hours))
        }
        return holdings
    }

    private func keep(_ kept: Kept, as key: Key) {
        let count = kept.holdings.amountCount
        guard count <= HoldingShelf.amountsMax else { return }
        state.withLock { state in
            if state.kept.count >= HoldingShelf.answersMax || state.amounts + count > HoldingShelf.amountsMax
            {
                state = State()
            }
            let old = state.kept.updateValue(kept, forKey: key)
            state.amounts += count - (old?.holdings.amountCount ?? 0)
        }
    }

    private func stamp(of user: UserID, at hours: [Timestamp], _ workspace: Workspace) -> DataStamp? {
        workspace.stamp(of: user, at: hours.first ?? .earliest)
    }

    private func key(_ user: UserID, _ hours: [Timestamp]) -> Key {
        Key(user: user, newest: hours.first, oldest: hours.last, count: hours.count)
    }
}
