import Glibc

/// Why a temporary file failed: the operation and the system's error number.
public struct SpoolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system call that failed.
    public let operation: String
    /// The C library's `errno`.
    public let code: Int32

    /// Whether the disk has no room.
    public var isFull: Bool { code == ENOSPC || code == EDQUOT }

    /// What failed and why.
    public var description: String {
        "temporary file: \(operation) failed: \(unsafe String(cString: strerror(code)))"
    }
}

/// An upload on disk, open while anyone holds this value.
///
/// The name is removed from the folder right after the file is made, so neither a crash nor a forgotten request leaves
/// one behind; the contents stay reachable through the descriptor and through `path` within this process.
@safe
public final class SpooledFile: Sendable {
    private let descriptor: Int32
    /// Bytes in the file.
    public let byteCount: Int

    /// A path that opens the file within this process, as long as this value is held.
    public var path: String { "/proc/self/fd/\(descriptor)" }

    fileprivate init(descriptor: Int32, byteCount: Int) {
        self.descriptor = descriptor
        self.byteCount = byteCount
    }

    deinit {
        close(descriptor)
    }

    /// Reads up to so many bytes from an offset; fewer only at the end.
    ///
    /// - Throws: `SpoolError` when the read fails.
    public func read(at offset: Int, count: Int) throws(SpoolError) -> [UInt8] {
        var failure: Int32 = 0
        let wanted = max(0, min(count, byteCount - offset))
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            while filled < wanted {
                let part = unsafe pread(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + filled },
                    wanted - filled,
                    offset + filled
                )
                if part < 0 && errno == EINTR { continue }
                if part <= 0 {
                    failure = part < 0 ? errno : EIO
                    return
                }
                filled += part
            }
        }
        guard failure == 0 else { throw SpoolError(operation: "pread", code: failure) }
        return bytes
    }

    /// Reads all of it.
    ///
    /// - Throws: `SpoolError` when the read fails.
    public func readAll() throws(SpoolError) -> [UInt8] {
        try read(at: 0, count: byteCount)
    }
}

/// A temporary file while it is being written.
struct SpoolWriter: ~Copyable {
    private var descriptor: Int32
    private var byteCount = 0

    /// Makes a nameless file of mode 0600 in the folder.
    init(folder: String) throws(SpoolError) {
        var template = Array("\(folder)/upload-XXXXXX".utf8CString)
        descriptor = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let name = buffer.baseAddress else { return -1 }
            let made = unsafe mkstemp(name)
            if made >= 0 {
                _ = fcntl(made, F_SETFD, FD_CLOEXEC)
                unsafe unlink(name)
            }
            return made
        }
        if descriptor < 0 { throw SpoolError(operation: "mkstemp in \(folder)", code: errno) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(SpoolError) {
        var offset = 0
        while offset < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
            let written = unsafe write(descriptor, rest.baseAddress, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written >= 0 else { throw SpoolError(operation: "write", code: errno) }
            offset += written
        }
        byteCount += bytes.count
    }

    consuming func finish() -> SpooledFile {
        let file = SpooledFile(descriptor: descriptor, byteCount: byteCount)
        descriptor = -1
        return file
    }
}
