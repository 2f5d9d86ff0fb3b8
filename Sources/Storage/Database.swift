import Dispatch
import Glibc
import Synchronization
public import Time

/// How a data folder is opened.
public struct DatabaseOptions: Sendable {
    /// How long to wait for another process that has the folder, in milliseconds.
    public var lockWaitMilliseconds = 0
    /// The room's limits.
    public var limits = StorageLimits.standard
    /// The size of a page of a new database.
    public var pageSize = 8192
    /// The clock.
    public var now: @Sendable () -> Timestamp
    /// Called when a commit could not be written through to the disk; by default the process ends with code 75.
    public var onFatal: @Sendable (StorageError) -> Void

    /// Options as they are unless set otherwise.
    public init() {
        now = { DatabaseOptions.systemTime() }
        onFatal = { error in DatabaseOptions.endProcess(error) }
    }

    private static func systemTime() -> Timestamp {
        var time = timespec()
        let result = unsafe clock_gettime(CLOCK_REALTIME, &time)
        precondition(result == 0, "the system has a clock")
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    private static func endProcess(_ error: StorageError) {
        let line = Array("coffer: \(error); the process ends, start it again\n".utf8)
        _ = unsafe write(2, line, line.count)
        // EX_TEMPFAIL; without the handlers of exit, since nothing may be written any more.
        _exit(75)
    }
}

/// The store of one data folder: one writer, and readers that never wait for it.
public final class Database: Sendable {
    /// The data folder.
    public let folder: String
    private let lock: Mutex<FolderLock?>
    private let writer: Writer?
    private let readers: ReaderPool

    private init(folder: String, lock: FolderLock?, writer: Writer?, readers: ReaderPool) {
        self.folder = folder
        self.lock = Mutex(lock)
        self.writer = writer
        self.readers = readers
    }

    deinit {
        close()
    }

    /// Opens a data folder for reading and writing; creates it when it is not there.
    ///
    /// - Throws: `StorageError`: `folderInUse`, `newerSchema`, `readOnly`, `corrupt`, `full`, `busy` and others.
    public static func open(
        folder: String,
        options: DatabaseOptions = DatabaseOptions()
    ) throws(StorageError) -> Database {
        try DataFolder.create(folder)
        let lock = try FolderLock(folder: folder, waitMilliseconds: options.lockWaitMilliseconds)
        let path = DataFolder.databasePath(folder)
        try DataFolder.createFile(path)
        let connection = try Connection(path: path, mode: .readWrite)
        let pageSize = try prepareWriter(connection, path: path, options: options)
        let copier = try Connection(path: path, mode: .readWrite)
        try copier.setDefensive()
        try copier.execute("PRAGMA synchronous = FULL")
        let checkpointer = try Checkpointer(connection: copier, limits: options.limits, pageSize: pageSize)
        let lastSeal = try connection.number("SELECT max(created) FROM seals")
        let writer = try Writer(
            connection: connection,
            checkpointer: checkpointer,
            environment: Writer.Environment(
                limits: options.limits,
                now: options.now,
                earliest: Timestamp(microseconds: lastSeal),
                onFatal: { options.onFatal($0.naming(folder)) }
            )
        )
        let readers = ReaderPool(path: path, mode: .readOnly, limits: options.limits)
        let database = Database(folder: folder, lock: lock, writer: writer, readers: readers)
        try database.removeUnfinishedImports()
        return database
    }

    /// Opens a data folder for reading only, also while another process writes to it.
    ///
    /// - Throws: `StorageError`: `notOpenable`, `newerSchema`, `olderSchema`, `corrupt` and others.
    public static func openReadOnly(
        folder: String,
        options: DatabaseOptions = DatabaseOptions()
    ) throws(StorageError) -> Database {
        let path = DataFolder.databasePath(folder)
        guard DataFolder.exists(path) else {
            throw StorageError(.notOpenable, operation: "opening \(path)", detail: "there is no such file")
        }
        // Without a log and without the right to make one nobody writes: the file is read as it is.
        let isFrozen = !DataFolder.isWritable(folder) && DataFolder.size(path + "-wal") == 0
        let readers = ReaderPool(path: path, mode: isFrozen ? .immutable : .readOnly, limits: options.limits)
        try readers.read { connection throws(StorageError) in
            let version = Int(try connection.number("PRAGMA user_version"))
            guard version <= Migration.latest else {
                throw StorageError(
                    .newerSchema(found: version, known: Migration.latest),
                    operation: "opening \(path)"
                )
            }
            guard version == Migration.latest else {
                throw StorageError(
                    .olderSchema(found: version, known: Migration.latest),
                    operation: "opening \(path)"
                )
            }
        }
        return Database(folder: folder, lock: nil, writer: nil, readers: readers)
    }

    /// Whether this process may write.
    public var isWritable: Bool { writer != nil }

    /// What the writer did so far.
    public var statistics: WriterStatistics {
        writer?.statistics.withLock { $0 } ?? WriterStatistics()
    }

    /// Lends a connection that sees one snapshot of the database for the duration of the body.
    ///
    /// Never waits for the writer; waits for another reader when all connections are lent.
    ///
    /// - Throws: what the body throws, or `StorageError`.
    public func read<R>(_ body: (Connection) throws(StorageError) -> R) throws(StorageError) -> R {
        try readers.read(body)
    }

    /// Queues a write; `completion` is called on the writer's thread after the commit that holds it, or once it failed.
    ///
    /// `completion` must be quick and must not wait for another write. A job that changes nothing but the database is
    /// repeatable: it may be run a second time after its transaction was undone, which lets many small ones share a
    /// commit more cheaply.
    public func submit<R: Sendable>(
        isRepeatable: Bool = false,
        _ job: @escaping @Sendable (WriteTransaction) throws -> R,
        completion: @escaping @Sendable (Result<R, any Error>) -> Void
    ) {
        guard let writer else {
            return completion(
                .failure(StorageError(.readOnly, operation: "writing", detail: "opened for reading"))
            )
        }
        let result = Mutex<R?>(nil)
        let cell = ResultCell(result)
        writer.submit(
            Job(
                isRepeatable: isRepeatable,
                perform: { transaction in
                    let value = try job(transaction)
                    cell.value.withLock { $0 = value }
                },
                finish: { error in
                    if let error { return completion(.failure(error)) }
                    guard let value = cell.value.withLock({ $0 }) else {
                        preconditionFailure("a job that did not fail has left its result")
                    }
                    completion(.success(value))
                }
            )
        )
    }

    /// Writes and returns when the commit that holds it is durable; blocks this thread.
    ///
    /// - Throws: what the job throws, or `StorageError`.
    @discardableResult
    public func writeAndWait<R: Sendable>(
        _ job: @escaping @Sendable (WriteTransaction) throws -> R
    ) throws -> R {
        let done = DispatchSemaphore(value: 0)
        let outcome = ResultCell<Result<R, any Error>>(Mutex(nil))
        submit(job) { result in
            outcome.value.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        guard let result = outcome.value.withLock({ $0 }) else {
            preconditionFailure("a completion leaves its result before it signals")
        }
        return try result.get()
    }

    /// Writes what waits, closes the writer and lets the folder go; later writes are refused as `closed`.
    public func close() {
        // The last connection to close copies the log back, which one for reading could not do.
        readers.closeIdle()
        writer?.close()
        lock.withLock { $0 = nil }
    }

    /// The greatest number of rows or jobs and the like that this database was opened with.
    var limits: StorageLimits { writer?.environment.limits ?? .standard }

    /// The readers, for loads that use several connections at once.
    var pool: ReaderPool { readers }
}

/// A place for one result that two closures share.
final class ResultCell<Value: Sendable>: Sendable {
    let value: Mutex<Value?>

    init(_ value: consuming sending Mutex<Value?>) {
        self.value = value
    }
}
