import Dispatch
import Glibc
import Synchronization
import Time

/// The one thread that writes, with group commit: what queues up while a commit syncs shares the next one.
final class Writer: Sendable {
    /// What the writer needs from outside.
    struct Environment: Sendable {
        var limits: StorageLimits
        var now: @Sendable () -> Timestamp
        /// No transaction gets an earlier time than this, nor than the one before it: clocks may be set back.
        var earliest: Timestamp
        /// Called when a commit could not be written through; usually ends the process.
        var onFatal: @Sendable (StorageError) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        var isAsleep = false
        var isClosing = false
        var failure: StorageError?
        /// The writer's own thread, which must not wait for itself.
        var thread: pthread_t?
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)
    let environment: Environment
    private let checkpointer: Checkpointer
    let statistics = Mutex(WriterStatistics())

    /// Starts the thread; the connection belongs to it from now on.
    init(
        connection: sending Connection,
        checkpointer: Checkpointer,
        environment: Environment
    ) throws(StorageError) {
        self.environment = environment
        self.checkpointer = checkpointer
        let handover = Handover(connection)
        try OwnThread.start { [self] in
            state.withLock { $0.thread = pthread_self() }
            run(handover.take())
            finished.signal()
        }
    }

    /// Commits until it is closed; the connection is closed at the end.
    private func run(_ connection: Connection) {
        let loop = WriterLoop(writer: self, connection: connection, checkpointer: checkpointer)
        while let batch = next() { loop.commit(batch) }
    }

    /// Queues a job; its `finish` is called on the writer's thread, or here when it cannot be queued.
    func submit(_ job: Job) {
        let (refusal, mustWake) = state.withLock { state -> (StorageError?, Bool) in
            if let failure = state.failure { return (failure, false) }
            guard !state.isClosing else { return (StorageError(.closed, operation: "writing"), false) }
            guard state.waiting.count < environment.limits.queuedJobsMax else {
                return (StorageError(.overloaded, operation: "writing"), false)
            }
            state.waiting.append(job)
            defer { state.isAsleep = false }
            return (nil, state.isAsleep)
        }
        if let refusal { job.finish(refusal) }
        if mustWake { wake.signal() }
    }

    /// Takes what waits, up to the greatest commit; nil when closed and empty.
    private func next() -> [Job]? {
        while true {
            let taken: [Job]?? = state.withLock { state in
                guard state.waiting.isEmpty else {
                    let count = min(state.waiting.count, environment.limits.jobsPerCommitMax)
                    let batch = Array(state.waiting[..<count])
                    state.waiting.removeFirst(count)
                    return .some(batch)
                }
                if state.isClosing { return .some(nil) }
                state.isAsleep = true
                return nil
            }
            if let taken { return taken }
            wake.wait()
        }
    }

    /// Puts back what found no room in a commit, before everything that came later.
    func putBack(_ jobs: ArraySlice<Job>) {
        guard !jobs.isEmpty else { return }
        state.withLock { $0.waiting.insert(contentsOf: jobs, at: 0) }
    }

    /// Refuses all jobs from now on, and those that wait.
    func fail(_ error: StorageError) {
        let waiting = state.withLock { state in
            state.failure = error
            defer { state.waiting = [] }
            return state.waiting
        }
        for job in waiting { job.finish(error) }
    }

    /// Writes what waits, then ends the thread and returns; further calls return at once.
    func close() {
        let (wasClosing, mustWake, isOwnThread) = state.withLock { state in
            defer {
                state.isClosing = true
                state.isAsleep = false
            }
            return (state.isClosing, state.isAsleep, state.thread == pthread_self())
        }
        guard !wasClosing else { return }
        if mustWake { wake.signal() }
        if !isOwnThread { finished.wait() }
        checkpointer.close()
    }
}

/// A write and what to do when it is durable or has failed.
final class Job: Sendable {
    let perform: @Sendable (WriteTransaction) throws -> Void
    let finish: @Sendable ((any Error)?) -> Void
    /// Whether it may be run again after its transaction was undone: it changes nothing else.
    let isRepeatable: Bool

    init(
        isRepeatable: Bool,
        perform: @escaping @Sendable (WriteTransaction) throws -> Void,
        finish: @escaping @Sendable ((any Error)?) -> Void
    ) {
        self.isRepeatable = isRepeatable
        self.perform = perform
        self.finish = finish
    }
}

/// Counts of what the writer did since it was opened.
public struct WriterStatistics: Hashable, Sendable {
    /// Commits written through to the disk.
    public var commits = 0
    /// Jobs that such a commit held.
    public var jobs = 0
    /// Jobs that failed and were undone.
    public var failedJobs = 0
    /// The longest time from the begin of a transaction to its end, in microseconds.
    public var longestCommitMicroseconds: Int64 = 0
    /// The longest time the writer waited for the log to be copied back, in microseconds.
    public var longestHoldMicroseconds: Int64 = 0
    /// The greatest length of the write-ahead log seen, in pages.
    public var walPagesMax = 0
}

/// Carries a value that is not Sendable from one owner to the next.
struct Moved<Value>: @unchecked Sendable {
    // Unchecked: the giver keeps no other reference.
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}

/// Hands a value to a thread, which takes it once and then is its only holder.
final class Handover<Value>: Sendable {
    private let place: Mutex<Moved<Value>?>

    init(_ value: Value) {
        place = Mutex(Moved(value))
    }

    func take() -> Value {
        let taken = place.withLock { place in
            defer { place = nil }
            return place
        }
        guard let taken else { preconditionFailure("a handed-over value is taken once") }
        return taken.value
    }
}
