import Glibc

/// The files of one data folder, and the lock that lets only one process write there.
enum DataFolder {
    static func databasePath(_ folder: String) -> String { folder + "/coffer.db" }

    static func lockPath(_ folder: String) -> String { folder + "/lock" }

    /// Creates the folder for its owner alone, if it is not there.
    static func create(_ folder: String) throws(StorageError) {
        guard unsafe mkdir(folder, 0o700) != 0 else { return }
        let code = errno
        guard code == EEXIST else { throw systemError(code, "creating the data folder \(folder)") }
    }

    /// Creates an empty file that only its owner may read, unless it is there; SQLite gives its other files the same
    /// rights.
    static func createFile(_ path: String) throws(StorageError) {
        let descriptor = unsafe open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        let code = errno
        guard descriptor >= 0 else { throw systemError(code, "creating \(path)") }
        close(descriptor)
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Whether the user whose rights count may write here.
    static func isWritable(_ path: String) -> Bool {
        unsafe faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0
    }

    static func size(_ path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    static func remove(_ path: String) { unsafe unlink(path) }

    /// Gives a finished file its name at once and makes the name durable.
    static func publish(_ temporary: String, as path: String) throws(StorageError) {
        guard unsafe rename(temporary, path) == 0 else {
            throw systemError(errno, "naming \(path)")
        }
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        let descriptor = unsafe open(folder.isEmpty ? "/" : folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemError(errno, "opening \(folder)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw systemError(errno, "writing \(folder) through to the disk")
        }
    }

    static func systemError(_ code: Int32, _ operation: String) -> StorageError {
        let kind: StorageError.Kind =
            switch code {
            case EACCES, EPERM, EROFS: .readOnly
            case ENOSPC, EDQUOT: .full
            case ENOENT, ENOTDIR, EISDIR, ELOOP: .notOpenable
            case EIO: .ioError
            default: .other
            }
        return StorageError(
            kind,
            code: code,
            operation: operation,
            detail: unsafe String(cString: strerror(code))
        )
    }
}

/// The lock on a data folder, held until it is released with its last holder; the system frees it when we die.
final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock, waiting up to a time for another holder to let it go.
    init(folder: String, waitMilliseconds: Int) throws(StorageError) {
        let path = DataFolder.lockPath(folder)
        let opened = unsafe open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else { throw DataFolder.systemError(errno, "opening the lock \(path)") }
        var waited = 0
        while flock(opened, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR else {
                close(opened)
                throw DataFolder.systemError(code, "locking \(path)")
            }
            guard waited < waitMilliseconds else {
                let holder = FolderLock.holder(opened)
                close(opened)
                throw StorageError(.folderInUse(pid: holder), code: code, operation: "opening \(folder)")
            }
            let pause = min(20, waitMilliseconds - waited)
            usleep(UInt32(pause) * 1000)
            waited += pause
        }
        // The number is for people who look; nothing depends on it, so failures are of no consequence.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(opened, 0) == 0 { _ = unsafe pwrite(opened, text, text.count, 0) }
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    private static func holder(_ descriptor: Int32) -> Int32? {
        var text = [UInt8](repeating: 0, count: 16)
        let count = unsafe pread(descriptor, &text, text.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: text[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
