import Synchronization
import Time

/// What the writer's thread does: one batch of jobs becomes one transaction.
final class WriterLoop {
    private let writer: Writer
    private let connection: Connection
    private let checkpointer: Checkpointer
    private var isDead = false
    private var lastTime: Timestamp

    init(writer: Writer, connection: Connection, checkpointer: Checkpointer) {
        self.writer = writer
        self.connection = connection
        self.checkpointer = checkpointer
        lastTime = writer.environment.earliest
    }

    /// How a batch ended.
    private struct Outcome {
        var done: [Job] = []
        var failed: [(job: Job, error: any Error)] = []
        /// The number of jobs that were tried.
        var tried = 0
        /// Set when SQLite gave up the whole transaction, so that `done` is not done after all.
        var lost: StorageError?
        /// Set when a job failed that cannot be undone by itself: all must be undone and tried again with care.
        var mustRepeat = false
    }

    func commit(_ batch: [Job]) {
        guard !isDead else { return refuse(batch, StorageError(.closed, operation: "writing")) }
        let began = ContinuousClock.now
        let environment = writer.environment
        do throws(StorageError) {
            try connection.run("BEGIN IMMEDIATE")
        } catch {
            return refuse(batch, error)
        }
        lastTime = max(lastTime, environment.now())
        let deadline = began + .milliseconds(environment.limits.commitMillisecondsMax)
        var transaction = WriteTransaction(connection: connection, time: lastTime, limits: environment.limits)
        // A lone job needs no savepoint: undoing it is undoing the transaction. Jobs that can be run again need none
        // until one of them fails, which is rare, while a savepoint costs as much as a small job.
        let isCareful = batch.count > 1 && !batch.allSatisfy(\.isRepeatable)
        var outcome = perform(batch, in: transaction, until: deadline, isCareful: isCareful)
        if outcome.mustRepeat {
            rollBack()
            do throws(StorageError) {
                try connection.run("BEGIN IMMEDIATE")
            } catch {
                return refuse(batch, error)
            }
            transaction = WriteTransaction(connection: connection, time: lastTime, limits: environment.limits)
            outcome = perform(batch, in: transaction, until: deadline, isCareful: true)
        }
        writer.putBack(batch[outcome.tried...])
        if outcome.lost == nil { finish(&outcome, transaction) }
        if let lost = outcome.lost {
            if connection.isInTransaction { rollBack() }
            outcome.failed += outcome.done.map { ($0, lost) }
            outcome.done = []
        }
        let failures = outcome.failed.lazy.compactMap { $0.error as? StorageError }
        if let failedSync = failures.first(where: { $0.isFailedSync }) { die(failedSync) }
        note(outcome, took: ContinuousClock.now - began)
        for job in outcome.done { job.finish(nil) }
        for (job, error) in outcome.failed { job.finish(error) }
        if !isDead { tendLog() }
    }

    private func perform(
        _ batch: [Job],
        in transaction: WriteTransaction,
        until deadline: ContinuousClock.Instant,
        isCareful: Bool
    ) -> Outcome {
        var outcome = Outcome()
        for job in batch {
            if outcome.tried > 0, ContinuousClock.now >= deadline { break }
            outcome.tried += 1
            let (sealed, nextEntry) = (transaction.pendingSeal, transaction.nextEntry)
            do {
                if isCareful { try connection.run("SAVEPOINT job") }
                try job.perform(transaction)
                if isCareful { try connection.run("RELEASE job") }
                outcome.done.append(job)
            } catch {
                guard isCareful || batch.count == 1 else {
                    outcome.mustRepeat = true
                    return outcome
                }
                outcome.failed.append((job, error))
                (transaction.pendingSeal, transaction.nextEntry) = (sealed, nextEntry)
                outcome.lost = undo(after: error, isAlone: !isCareful)
                if outcome.lost != nil { break }
            }
        }
        return outcome
    }

    /// Undoes one job; an error when the whole transaction is gone with it.
    private func undo(after error: any Error, isAlone: Bool) -> StorageError? {
        if isAlone { return nil }
        // SQLite may have rolled back everything by itself, for one when the disk is full.
        let lost = StorageError(
            .other,
            operation: "writing",
            detail: "a neighbouring write ended the transaction"
        )
        guard connection.isInTransaction else { return error as? StorageError ?? lost }
        do throws(StorageError) {
            try connection.run("ROLLBACK TO job")
            try connection.run("RELEASE job")
            return nil
        } catch {
            return error
        }
    }

    private func finish(_ outcome: inout Outcome, _ transaction: WriteTransaction) {
        guard !outcome.done.isEmpty else { return rollBack() }
        do throws(StorageError) {
            try transaction.complete()
            try connection.run("COMMIT")
        } catch {
            outcome.lost = error
            let survivable = error.kind == .full || error.kind == .busy || error.kind == .constraint
            // What a failed commit left on the disk is unknown: only a restart, which reads the log, can tell.
            if !survivable { die(error) }
        }
    }

    private func rollBack() {
        guard connection.isInTransaction else { return }
        do throws(StorageError) {
            try connection.run("ROLLBACK")
        } catch {
            die(error)
        }
    }

    private func die(_ error: StorageError) {
        guard !isDead else { return }
        isDead = true
        // Usually does not return. Nothing has been acknowledged.
        writer.environment.onFatal(error)
        writer.fail(error)
    }

    private func refuse(_ batch: [Job], _ error: StorageError) {
        for job in batch { job.finish(error) }
    }

    private func note(_ outcome: Outcome, took duration: Duration) {
        writer.statistics.withLock { statistics in
            if !outcome.done.isEmpty { statistics.commits += 1 }
            statistics.jobs += outcome.done.count
            statistics.failedJobs += outcome.failed.count
            statistics.longestCommitMicroseconds = max(
                statistics.longestCommitMicroseconds,
                duration.wholeMicroseconds
            )
            statistics.walPagesMax = max(statistics.walPagesMax, connection.walPages)
        }
    }

    /// Keeps the write-ahead log short: copied back by a helper, and waited for when that is not enough.
    private func tendLog() {
        let began = ContinuousClock.now
        do throws(StorageError) {
            guard try checkpointer.tend(connection) else { return }
        } catch {
            if error.isFailedSync { return die(error) }
            // Anything else is tried again after the next commit; the log is only longer than wanted.
        }
        let duration = ContinuousClock.now - began
        writer.statistics.withLock { statistics in
            statistics.longestHoldMicroseconds = max(
                statistics.longestHoldMicroseconds,
                duration.wholeMicroseconds
            )
        }
    }
}

extension Duration {
    var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
