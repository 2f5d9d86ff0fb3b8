public import Ledger

import CSQLite

/// Why the store could not do something: the world's fault, such as a full disk, unless the kind says otherwise.
///
/// The printed form holds no values of the statement that failed.
public struct StorageError: Error, Hashable, Sendable {
    /// What sort of failure it was.
    public enum Kind: Hashable, Sendable {
        /// Another program holds the database's lock for longer than we wait.
        case busy
        /// No room on the disk, or the database reached its greatest size.
        case full
        /// The file or its folder may not be written.
        case readOnly
        /// The file is no database or is damaged.
        case corrupt
        /// The database was written by a later version of this program.
        case newerSchema(found: Int, known: Int)
        /// The database was written by an earlier version and has to be opened for writing once.
        case olderSchema(found: Int, known: Int)
        /// Another process serves this data folder.
        case folderInUse(pid: Int32?)
        /// The disk failed.
        case ioError
        /// The file or folder is not there or may not be opened.
        case notOpenable
        /// A rule of the schema was broken, such as a name that is taken.
        case constraint
        /// Too many writes are waiting.
        case overloaded
        /// The database was closed, or stopped after a failure.
        case closed
        /// The stored content of an entry is not what was once written.
        case tampered(entry: EntryID)
        /// A setting that the promise of durability needs did not take hold.
        case settingDiffers
        /// The user's open import has to be finished first.
        case importUnderWay(ImportID)
        /// What was named is not there.
        case notFound
        /// The caller's value cannot be stored, such as a text that is too long.
        case invalid
        /// Anything else; the code says which.
        case other
    }

    /// What sort of failure it was.
    public let kind: Kind
    /// SQLite's extended result code, or the system's error number for files and folders.
    public let code: Int32
    /// What was being done.
    public let operation: String
    /// What the library or the system said.
    public let detail: String

    /// An error from its parts.
    public init(_ kind: Kind, code: Int32 = 0, operation: String, detail: String = "") {
        self.kind = kind
        self.code = code
        self.operation = operation
        self.detail = detail
    }
}

extension StorageError {
    /// The same error, saying which data folder is meant.
    func naming(_ folder: String) -> StorageError {
        StorageError(kind, code: code, operation: "data folder \(folder): \(operation)", detail: detail)
    }
}

extension StorageError: CustomStringConvertible {
    /// One sentence for people: what failed, why, and what to do where that is known.
    public var description: String {
        let reason =
            switch kind {
            case .busy: "another program holds the database; try again when it has finished"
            case .full: "no room is left; make room on the disk and try again"
            case .readOnly: "it may not be written; check owner and rights of the data folder"
            case .corrupt: "the file is damaged or is no Coffer database; restore a backup"
            case .newerSchema(let found, let known):
                "the database has schema \(found), this program knows up to \(known); use the later program"
            case .olderSchema(let found, let known):
                "the database has schema \(found) and must be raised to \(known); run a command that writes"
            case .folderInUse(let pid):
                "the data folder is in use by \(pid.map { "process \($0)" } ?? "another process"); "
                    + "stop that, or name another folder"
            case .ioError: "the disk failed"
            case .notOpenable: "it cannot be opened; check that the path is right and may be read"
            case .constraint: "it contradicts what is stored"
            case .overloaded: "too many writes are waiting; try again in a moment"
            case .closed: "the database is closed"
            case .tampered(let entry):
                "entry \(entry.raw) is not as it was written; run the check and restore a backup"
            case .settingDiffers: "a setting of the database did not take hold"
            case .importUnderWay(let id): "import \(id.raw) has to be finished or abandoned first"
            case .notFound: "it is not there"
            case .invalid: "the value cannot be stored"
            case .other: "the database refused"
            }
        let code = code == 0 ? "" : " (code \(code))"
        return "\(operation): \(reason)\(detail.isEmpty ? "" : ": \(detail)")\(code)"
    }
}

extension StorageError {
    /// The error that a connection reports for its last call.
    static func last(of connection: OpaquePointer?, operation: String) -> StorageError {
        guard let connection = unsafe connection else {
            return StorageError(.notOpenable, operation: operation)
        }
        let code = unsafe sqlite3_extended_errcode(connection)
        let detail = unsafe String(cString: sqlite3_errmsg(connection))
        return StorageError(kind(of: code), code: code, operation: operation, detail: detail)
    }

    /// The kind of an extended result code.
    static func kind(of code: Int32) -> Kind {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_FULL: .full
        case SQLITE_READONLY, SQLITE_PERM: .readOnly
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
        case SQLITE_IOERR: .ioError
        case SQLITE_CANTOPEN: .notOpenable
        case SQLITE_CONSTRAINT: .constraint
        default: .other
        }
    }

    /// Whether the failure was one of writing through to the disk, after which nothing may be trusted.
    var isFailedSync: Bool {
        code == StorageError.syncFailed || code == StorageError.folderSyncFailed
    }

    // SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC are shifted macros, which are not imported.
    static let syncFailed: Int32 = SQLITE_IOERR | (4 << 8)
    static let folderSyncFailed: Int32 = SQLITE_IOERR | (5 << 8)
}
