import CSQLite
import Money

/// A value for a statement's parameter, for calls that are not in a loop.
enum SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    init(integerLiteral value: Int64) { self = .integer(value) }
    init(stringLiteral value: String) { self = .text(value) }
    init(nilLiteral: ()) { self = .null }

    static func integer(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }
    static func text(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
    static func blob(_ value: [UInt8]?) -> SQLValue { value.map { .blob($0) } ?? .null }
}

/// A prepared statement of one connection, used on the thread that owns it.
@safe
final class Statement {
    private let handle: OpaquePointer
    /// Whether someone is between taking it from the cache and giving it back.
    var isBusy = false

    init(_ sql: String, on connection: OpaquePointer) throws(StorageError) {
        var prepared: OpaquePointer?
        let result = unsafe sqlite3_prepare_v3(
            connection,
            sql,
            -1,
            UInt32(SQLITE_PREPARE_PERSISTENT),
            &prepared,
            nil
        )
        guard result == SQLITE_OK, let prepared = unsafe prepared else {
            throw unsafe .last(of: connection, operation: "preparing a statement")
        }
        unsafe handle = prepared
    }

    deinit {
        unsafe sqlite3_finalize(handle)
    }

    // Parameters count from 1, columns from 0, as in SQLite.

    func bind(_ index: Int32, _ value: Int64) {
        let result = unsafe sqlite3_bind_int64(handle, index, value)
        precondition(result == SQLITE_OK, "a parameter exists and the statement is not running")
    }

    func bindNull(_ index: Int32) {
        let result = unsafe sqlite3_bind_null(handle, index)
        precondition(result == SQLITE_OK, "a parameter exists and the statement is not running")
    }

    func bind(_ index: Int32, _ value: SQLValue) throws(StorageError) {
        var result = SQLITE_OK
        switch value {
        case .null: bindNull(index)
        case .integer(let value): bind(index, value)
        case .text(let value):
            var value = value
            result = value.withUTF8 { unsafe bindCopied($0, at: index, asText: true) }
        case .blob(let value):
            result = unsafe value.withUnsafeBufferPointer { unsafe bindCopied($0, at: index, asText: false) }
        }
        guard result == SQLITE_OK else { throw failure("binding a value") }
    }

    func bind(_ values: [SQLValue]) throws(StorageError) {
        for (place, value) in values.enumerated() { try bind(Int32(place + 1), value) }
    }

    private func bindCopied(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int32, asText: Bool) -> Int32 {
        // A null address would bind NULL instead of an empty text.
        var nothing: UInt8 = 0
        return unsafe withUnsafePointer(to: &nothing) { empty in
            let address = unsafe UnsafeRawPointer(bytes.baseAddress ?? empty)
            return asText
                ? unsafe coffer_sqlite_bind_text(handle, index, address, Int32(bytes.count))
                : unsafe coffer_sqlite_bind_blob(handle, index, address, Int32(bytes.count))
        }
    }

    /// Binds a text that stays in place until the statement has been stepped and bound anew.
    func bindBorrowed(_ index: Int32, text: UnsafeRawPointer, count: Int) {
        let result = unsafe coffer_sqlite_bind_static_text(handle, index, text, Int32(count))
        precondition(result == SQLITE_OK, "a parameter exists and the statement is not running")
    }

    /// Binds bytes that stay in place until the statement has been stepped and bound anew.
    func bindBorrowed(_ index: Int32, blob: UnsafeRawPointer, count: Int) {
        let result = unsafe coffer_sqlite_bind_static_blob(handle, index, blob, Int32(count))
        precondition(result == SQLITE_OK, "a parameter exists and the statement is not running")
    }

    /// Runs to the next row; false when there is none.
    func step(_ operation: String = "running a statement") throws(StorageError) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure(operation)
        }
    }

    /// Runs a statement without rows to its end and makes it ready for the next values.
    func run(_ operation: String = "running a statement") throws(StorageError) {
        defer { rewind() }
        while try step(operation) {}
    }

    /// Makes it ready to run again with the values it has.
    func rewind() {
        // The result repeats the error of the last step, which was thrown there.
        unsafe sqlite3_reset(handle)
    }

    /// Makes it ready for other values.
    func clear() {
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }

    func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    func integer(_ column: Int32) -> Int64 {
        unsafe sqlite3_column_int64(handle, column)
    }

    func optionalInteger(_ column: Int32) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    func text(_ column: Int32) -> String {
        unsafe String(decoding: textBytes(column), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? {
        isNull(column) ? nil : text(column)
    }

    func blob(_ column: Int32) -> [UInt8] {
        unsafe Array(blobBytes(column))
    }

    func optionalBlob(_ column: Int32) -> [UInt8]? {
        isNull(column) ? nil : blob(column)
    }

    /// The bytes of a text, valid until the next step.
    func textBytes(_ column: Int32) -> UnsafeRawBufferPointer {
        guard let start = unsafe sqlite3_column_text(handle, column) else {
            return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return unsafe UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }

    /// The bytes of a blob, valid until the next step.
    func blobBytes(_ column: Int32) -> UnsafeRawBufferPointer {
        guard let start = unsafe sqlite3_column_blob(handle, column) else {
            return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return unsafe UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }

    private func failure(_ operation: String) -> StorageError {
        unsafe .last(of: sqlite3_db_handle(handle), operation: operation)
    }
}
