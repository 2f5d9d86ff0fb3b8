import Dispatch
import Synchronization

/// A few connections for reading, made when they are first needed.
final class ReaderPool: Sendable {
    private let path: String
    private let mode: Connection.Mode
    private let busyMilliseconds: Int32
    private let idle: Mutex<[Moved<Connection>]> = Mutex([])
    private let permits: DispatchSemaphore

    init(path: String, mode: Connection.Mode, limits: StorageLimits) {
        self.path = path
        self.mode = mode
        busyMilliseconds = limits.busyMilliseconds
        permits = DispatchSemaphore(value: limits.readersMax)
    }

    /// Lends a connection within a snapshot.
    func read<R>(_ body: (Connection) throws(StorageError) -> R) throws(StorageError) -> R {
        permits.wait()
        defer { permits.signal() }
        return try lend(body)
    }

    /// Lends a connection if one is free, else does nothing.
    func readIfIdle(_ body: (Connection) throws(StorageError) -> Void) throws(StorageError) {
        guard permits.wait(timeout: .now()) == .success else { return }
        defer { permits.signal() }
        try lend(body)
    }

    private func lend<R>(_ body: (Connection) throws(StorageError) -> R) throws(StorageError) -> R {
        let moved: Moved<Connection>
        if let waiting = idle.withLock({ $0.popLast() }) {
            moved = waiting
        } else {
            moved = Moved(try make())
        }
        let connection = moved.value
        // The snapshot is taken by the first read, not by BEGIN.
        try connection.run("BEGIN")
        do throws(StorageError) {
            _ = try connection.number("SELECT count(*) FROM sqlite_master")
            let result = try body(connection)
            try connection.run("COMMIT")
            idle.withLock { $0.append(moved) }
            return result
        } catch {
            // A connection that fails to end its snapshot is closed, which ends it too.
            if (try? connection.run("ROLLBACK")) != nil { idle.withLock { $0.append(moved) } }
            throw error
        }
    }

    /// Closes the connections that nobody has borrowed.
    func closeIdle() {
        idle.withLock { $0 = [] }
    }

    private func make() throws(StorageError) -> Connection {
        let connection = try Connection(path: path, mode: mode)
        connection.setBusyTimeout(busyMilliseconds)
        try connection.setDefensive()
        try connection.execute(
            "PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA cache_size = -8192"
        )
        return connection
    }
}
