import Dispatch
import Synchronization

/// Copies the write-ahead log back into the database on a thread of its own, while the writer goes on.
final class Checkpointer: Sendable {
    private struct State {
        var isRunning = false
        /// Whether the writer waits for the helper's end.
        var isAwaited = false
        var isClosing = false
        var failure: StorageError?
    }

    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)
    private let caughtUp = DispatchSemaphore(value: 0)
    private let checkpointPages: Int
    private let holdPages: Int

    init(connection: sending Connection, limits: StorageLimits, pageSize: Int) throws(StorageError) {
        checkpointPages = max(1, limits.walCheckpointBytes / pageSize)
        holdPages = max(1, limits.walHoldBytes / pageSize)
        let handover = Handover(connection)
        try OwnThread.start { [self] in
            run(handover.take())
            finished.signal()
        }
    }

    private func run(_ connection: Connection) {
        while true {
            work.wait()
            guard !(state.withLock { $0.isClosing }) else { return }
            var failure: StorageError?
            do throws(StorageError) {
                _ = try connection.checkpoint()
            } catch {
                failure = error
            }
            let isAwaited = state.withLock { state in
                state.isRunning = false
                state.failure = failure ?? state.failure
                defer { state.isAwaited = false }
                return state.isAwaited
            }
            if isAwaited { caughtUp.signal() }
        }
    }

    /// After a commit: has the log copied back when it is long; true when the writer had to do it itself.
    func tend(_ connection: Connection) throws(StorageError) -> Bool {
        let (failure, mustStart) = state.withLock { state -> (StorageError?, Bool) in
            let failure = state.failure
            state.failure = nil
            guard connection.walPages >= checkpointPages, !state.isRunning else { return (failure, false) }
            state.isRunning = true
            return (failure, true)
        }
        if mustStart { work.signal() }
        if let failure { throw failure }
        guard connection.walPages >= holdPages else { return false }
        // The helper cannot catch up with a busy writer, and the log begins anew only when all of it was copied. So
        // the writer lets the helper finish and copies the rest, which is what was written in the meantime.
        let mustWait = state.withLock { state in
            state.isAwaited = state.isRunning
            return state.isRunning
        }
        if mustWait { caughtUp.wait() }
        _ = try connection.checkpoint()
        return true
    }

    /// Ends the thread and waits for it.
    func close() {
        let wasClosing = state.withLock { state in
            defer { state.isClosing = true }
            return state.isClosing
        }
        guard !wasClosing else { return }
        work.signal()
        finished.wait()
    }
}
