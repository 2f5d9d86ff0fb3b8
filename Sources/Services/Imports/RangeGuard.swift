import Storage
import Synchronization

/// Keeps the sums of one user's history in range while imports run side by side.
///
/// The sums are learnt from the Book and kept up to date by reservations, which an import makes within its commit.
final class RangeGuard: Sendable {
    private struct State {
        var known: Turnover?
        /// Reservations whose entries readers do not see yet.
        var open = 0
        /// Changes with everything that makes sums learnt from an older Book wrong.
        var epoch = 0
    }

    private let state = Mutex(State())

    /// The sums with all reservations, or nil when they must be learnt.
    var known: Turnover? { state.withLock { $0.known } }

    /// To be read before the Book is, and given back with what was learnt from it.
    var epoch: Int { state.withLock { $0.epoch } }

    /// Takes sums learnt from a Book, unless something changed since it was read.
    func learn(_ turnover: Turnover, epoch: Int) {
        state.withLock { state in
            guard state.known == nil, state.open == 0, state.epoch == epoch else { return }
            state.known = turnover
        }
    }

    /// Forgets the sums after entries were taken out of the history.
    func forget() {
        state.withLock { state in
            state.known = nil
            state.epoch += 1
        }
    }

    /// Counts what an import adds, from within its commit.
    ///
    /// - Throws: `StorageError` of kind `busy` when the sums are not known just now, or no longer leave room.
    fileprivate func reserve(_ added: Turnover) throws(StorageError) {
        try state.withLock { state throws(StorageError) in
            guard let sums = state.known?.adding(added) else {
                throw StorageError(
                    .busy,
                    operation: "importing",
                    detail: "another change of the history came between"
                )
            }
            state.known = sums
            state.open += 1
        }
    }

    fileprivate func settle(isCommitted: Bool) {
        state.withLock { state in
            state.open -= 1
            state.epoch += 1
            if !isCommitted { state.known = nil }
        }
    }
}

/// The reservation of one import.
final class RangeTicket: Sendable {
    private let range: RangeGuard
    private let isTaken = Atomic(false)

    init(_ range: RangeGuard) {
        self.range = range
    }

    /// Reserves; the last step of a job, so that a job that fails has reserved nothing.
    ///
    /// - Throws: as `RangeGuard.reserve`.
    func reserve(_ added: Turnover) throws(StorageError) {
        // A job that is done again keeps what it reserved at first.
        guard !isTaken.load(ordering: .acquiring) else { return }
        try range.reserve(added)
        isTaken.store(true, ordering: .releasing)
    }

    /// Ends the reservation, once readers see the entries or the commit failed.
    func settle(isCommitted: Bool) {
        if isTaken.exchange(false, ordering: .acquiringAndReleasing) {
            range.settle(isCommitted: isCommitted)
        }
    }
}

extension Workspace {
    /// The sums of a user's history; reads the Book when they are not known.
    ///
    /// Blocks then.
    func turnover(of user: UserID) throws -> Turnover {
        let range = books.shelf(of: user).range
        // A change may come between reading the Book and taking its sums; twice in a row is a busy moment.
        for _ in 0..<3 {
            if let known = range.known { return known }
            let epoch = range.epoch
            range.learn(Turnover(try books.snapshot(of: user).book), epoch: epoch)
        }
        guard let known = range.known else {
            throw StorageError(.busy, operation: "importing", detail: "the history is changing")
        }
        return known
    }
}
