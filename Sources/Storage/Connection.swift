import CSQLite
import Crypto

/// One connection to the database, owned by one thread at a time.
///
/// Its public functions are the reads of the room; it is lent by `Database.read` and by `WriteTransaction`.
@safe
public final class Connection {
    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]
    /// The pages in the write-ahead log after the last commit of this connection.
    private let walPagesCell: UnsafeMutablePointer<Int32>

    enum Mode { case readWrite, readOnly, immutable }

    init(path: String, mode: Mode) throws(StorageError) {
        Connection.prepareLibrary()
        // One thread owns a connection, so it needs no mutex of its own.
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE
        flags |= mode == .readWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
        var name = path
        if mode == .immutable {
            flags |= SQLITE_OPEN_URI
            name = "file:\(PercentText.encode(path, keeping: [UInt8(ascii: "/")]))?immutable=1"
        }
        var opened: OpaquePointer?
        let result = unsafe sqlite3_open_v2(name, &opened, flags, nil)
        guard result == SQLITE_OK, let opened = unsafe opened else {
            let error = unsafe StorageError.last(of: opened, operation: "opening \(path)")
            unsafe sqlite3_close_v2(opened)
            throw error
        }
        unsafe handle = opened
        unsafe walPagesCell = UnsafeMutablePointer.allocate(capacity: 1)
        unsafe walPagesCell.initialize(to: 0)
    }

    deinit {
        statements.removeAll()
        unsafe sqlite3_close_v2(handle)
        unsafe walPagesCell.deallocate()
    }

    private static let isPrepared: Bool = coffer_sqlite_without_memory_statistics() == SQLITE_OK

    private static func prepareLibrary() {
        // Refused when the library runs already, which costs a little speed and nothing else.
        _ = isPrepared
    }

    // MARK: Statements

    /// Lends a statement of the cache, which is keyed by the text, and takes it back cleared.
    func withStatement<R>(
        _ sql: String,
        _ body: (Statement) throws(StorageError) -> R
    ) throws(StorageError) -> R {
        let statement = try statement(sql)
        statement.isBusy = true
        defer {
            statement.clear()
            statement.isBusy = false
        }
        return try body(statement)
    }

    private func statement(_ sql: String) throws(StorageError) -> Statement {
        if let cached = statements[sql], !cached.isBusy { return cached }
        let fresh = try unsafe Statement(sql, on: handle)
        // A statement in use by an outer call keeps its place; this one lives for one call.
        if statements[sql] == nil { statements[sql] = fresh }
        return fresh
    }

    /// Runs several statements without values, such as a migration.
    func execute(_ sql: String, operation: String = "running statements") throws(StorageError) {
        guard unsafe sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
            throw unsafe .last(of: handle, operation: operation)
        }
    }

    /// Runs one statement and says how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: [SQLValue] = []) throws(StorageError) -> Int {
        try withStatement(sql) { statement throws(StorageError) in
            try statement.bind(values)
            while try statement.step() {}
            return changes
        }
    }

    /// All rows of a query.
    func rows<R>(
        _ sql: String,
        _ values: [SQLValue] = [],
        _ read: (Statement) throws(StorageError) -> R
    ) throws(StorageError) -> [R] {
        try withStatement(sql) { statement throws(StorageError) in
            try statement.bind(values)
            var rows: [R] = []
            while try statement.step() { rows.append(try read(statement)) }
            return rows
        }
    }

    /// The first row of a query, or nil when there is none.
    func first<R>(
        _ sql: String,
        _ values: [SQLValue] = [],
        _ read: (Statement) throws(StorageError) -> R
    ) throws(StorageError) -> R? {
        try withStatement(sql) { statement throws(StorageError) in
            try statement.bind(values)
            guard try statement.step() else { return nil }
            return try read(statement)
        }
    }

    /// The number in the first column of the first row; zero when there is none.
    func number(_ sql: String, _ values: [SQLValue] = []) throws(StorageError) -> Int64 {
        try first(sql, values) { $0.integer(0) } ?? 0
    }

    /// The rows that the last statement changed.
    var changes: Int { unsafe Int(sqlite3_changes(handle)) }

    /// The number of the row that was inserted last.
    var lastInserted: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    /// Whether a transaction is open.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    // MARK: Settings

    func setBusyTimeout(_ milliseconds: Int32) {
        unsafe sqlite3_busy_timeout(handle, milliseconds)
    }

    /// Forbids what could damage the file through SQL, and what a foreign schema could do.
    func setDefensive() throws(StorageError) {
        for (option, value) in [
            (SQLITE_DBCONFIG_DEFENSIVE, Int32(1)), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
            (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
        ] {
            var now: Int32 = -1
            let result = unsafe coffer_sqlite_set_option(handle, option, value, &now)
            guard result == SQLITE_OK, now == value else {
                throw StorageError(.settingDiffers, code: result, operation: "setting option \(option)")
            }
        }
    }

    /// Lets commits tell how long the write-ahead log is; SQLite then does not copy it back by itself.
    func watchLog() {
        unsafe sqlite3_wal_hook(
            handle,
            { cell, _, _, pages in
                unsafe cell?.assumingMemoryBound(to: Int32.self).pointee = pages
                return SQLITE_OK
            },
            walPagesCell
        )
    }

    /// The pages in the write-ahead log after the last commit.
    var walPages: Int { unsafe Int(walPagesCell.pointee) }

    /// Copies the write-ahead log back as far as readers allow; the pages in the log and those copied.
    func checkpoint(truncating: Bool = false) throws(StorageError) -> (log: Int, copied: Int) {
        var log: Int32 = 0
        var copied: Int32 = 0
        let mode = truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        let result = unsafe sqlite3_wal_checkpoint_v2(handle, "main", mode, &log, &copied)
        guard result == SQLITE_OK || result == SQLITE_BUSY else {
            throw unsafe .last(of: handle, operation: "copying the write-ahead log back")
        }
        return (Int(log), Int(copied))
    }
}
