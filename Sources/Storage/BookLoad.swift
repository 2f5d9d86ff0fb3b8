import Dispatch
public import Ledger
import Synchronization
import Time

extension Database {
    /// A user's live entries as a Book, each row proven by its digest.
    ///
    /// Long histories are read by two connections side by side, in segments that are put together in order.
    ///
    /// - Throws: `StorageError.Kind.tampered` with the entry, or another error of the store.
    public func loadBook(of user: UserID) throws(StorageError) -> Book {
        try read { connection throws(StorageError) in
            let load = BookLoad(user: user)
            let version = try connection.journalVersion()
            guard let isLong = try load.claimFirst(connection) else { return .empty }
            let helper = isLong ? try load.startHelper(pool: pool, version: version) : nil
            return try load.build(connection, helper: helper)
        }
    }
}

/// One load of a Book: segments of the history, claimed by two threads and appended in order by one.
final class BookLoad: Sendable {
    static let segmentRows = 8192

    private struct Segment {
        var index: Int
        var start: Int64
        var end: Int64?
    }

    private struct State {
        /// Where the next segment begins; nil when all are claimed.
        var next: Int64? = .min
        var claimed = 0
        var ready: [Int: [Entry]] = [:]
        var failure: StorageError?
    }

    private let user: UserID
    private let state = Mutex(State())
    /// Signalled for each segment that the helper has delivered, and when it ends.
    private let delivered = DispatchSemaphore(value: 0)

    init(user: UserID) {
        self.user = user
    }

    /// Whether the history is longer than a segment; nil when there is none.
    func claimFirst(_ connection: Connection) throws(StorageError) -> Bool? {
        let any = try connection.first("SELECT 1 FROM entries WHERE user = ? LIMIT 1", [.integer(user.raw)]) {
            $0.integer(0)
        }
        guard any != nil else { return nil }
        return try boundary(connection, from: .min) != nil
    }

    /// The time at which the segment that begins at `start` ends; nil when it is the last.
    private func boundary(_ connection: Connection, from start: Int64) throws(StorageError) -> Int64? {
        let time = try connection.first(
            "SELECT time FROM entries WHERE user = ? AND time >= ? ORDER BY time LIMIT 1 OFFSET ?",
            [.integer(user.raw), .integer(start), .integer(Int64(BookLoad.segmentRows))]
        ) { $0.integer(0) }
        // A segment ends behind a whole instant, so that rows of one instant stay together.
        return time.map { $0 + 1 }
    }

    /// The next segment, or nil when all are claimed.
    ///
    /// Both threads wait here for the short time that finding its end takes.
    private func claim(_ connection: Connection) throws(StorageError) -> Segment? {
        try state.withLock { state throws(StorageError) in
            guard state.failure == nil, let start = state.next else { return nil }
            let end = try boundary(connection, from: start)
            defer { state.claimed += 1 }
            state.next = end
            return Segment(index: state.claimed, start: start, end: end)
        }
    }

    /// Starts a second thread on a connection that sees the same history; the semaphore it signals at its end.
    func startHelper(pool: ReaderPool, version: Int64) throws(StorageError) -> DispatchSemaphore {
        let ended = DispatchSemaphore(value: 0)
        try OwnThread.start { [self] in
            do throws(StorageError) {
                try pool.readIfIdle { connection throws(StorageError) in
                    // A commit between the two snapshots: the other thread does all by itself.
                    guard try connection.journalVersion() == version else { return }
                    let reader = try EntryReader(connection, user: user)
                    while let segment = try claim(connection) { try deliver(segment, connection, reader) }
                }
            } catch {
                state.withLock { $0.failure = error }
            }
            delivered.signal()
            ended.signal()
        }
        return ended
    }

    private func deliver(
        _ segment: Segment,
        _ connection: Connection,
        _ reader: EntryReader
    ) throws(StorageError) {
        let entries = try connection.liveEntries(reader, user: user, from: segment.start, before: segment.end)
        state.withLock { $0.ready[segment.index] = entries }
        delivered.signal()
    }

    /// Reads segments like the helper, and appends all of them in order.
    func build(_ connection: Connection, helper: DispatchSemaphore?) throws(StorageError) -> Book {
        var builder = BookBuilder()
        var appended = 0
        do throws(StorageError) {
            let reader = try EntryReader(connection, user: user)
            while let segment = try claim(connection) {
                try deliver(segment, connection, reader)
                try append(to: &builder, &appended)
            }
            while appended < state.withLock({ $0.claimed }) {
                delivered.wait()
                try append(to: &builder, &appended)
            }
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
        }
        helper?.wait()
        if let failure = state.withLock({ $0.failure }) { throw failure }
        return builder.finish()
    }

    private func append(to builder: inout BookBuilder, _ appended: inout Int) throws(StorageError) {
        while true {
            let entries = try state.withLock { state throws(StorageError) in
                if let failure = state.failure { throw failure }
                return state.ready.removeValue(forKey: appended)
            }
            guard let entries else { return }
            for entry in entries { builder.append(entry) }
            appended += 1
        }
    }
}
