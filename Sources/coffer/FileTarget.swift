import FoundationEssentials
import Glibc

/// A file that a command writes.
enum FileTarget {
    /// Writes a file whole or not at all: beside its place first, then in one step over what is there.
    ///
    /// What is no plain file, such as a pipe or a device, is written to directly; a link is followed.
    ///
    /// - Throws: `FileError.cannotWrite`, and what the body throws.
    @discardableResult
    static func write<Result>(
        to typed: String,
        _ body: (_ write: ([UInt8]) throws -> Void) throws -> Result
    ) throws -> Result {
        let path = URL(fileURLWithPath: typed).resolvingSymlinksInPath().path
        var status = stat()
        let isThere = unsafe stat(path, &status) == 0
        guard !isThere || status.st_mode & S_IFMT != S_IFDIR else {
            throw FileError.cannotWrite(path: typed, reason: FileError.reason(EISDIR))
        }
        guard !isThere || status.st_mode & S_IFMT == S_IFREG else {
            return try write(path, O_WRONLY | O_CLOEXEC, typed, isDurable: false, body)
        }
        let part = path + ".part-\(getpid())"
        do {
            let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC
            let result = try write(part, flags, typed, isDurable: true, body)
            guard unsafe rename(part, path) == 0 else {
                throw FileError.cannotWrite(path: typed, reason: FileError.reason(errno))
            }
            return result
        } catch {
            _ = unsafe unlink(part)
            throw error
        }
    }

    private static func write<Result>(
        _ path: String,
        _ flags: Int32,
        _ typed: String,
        isDurable: Bool,
        _ body: (_ write: ([UInt8]) throws -> Void) throws -> Result
    ) throws -> Result {
        let descriptor = unsafe open(path, flags, 0o600)
        guard descriptor >= 0 else {
            throw FileError.cannotWrite(path: typed, reason: FileError.reason(errno))
        }
        defer { _ = close(descriptor) }
        let result = try body { bytes in
            guard let number = Output.write(bytes, to: descriptor) else { return }
            throw FileError.cannotWrite(path: typed, reason: FileError.reason(number))
        }
        guard !isDurable || fsync(descriptor) == 0 else {
            throw FileError.cannotWrite(path: typed, reason: FileError.reason(errno))
        }
        return result
    }
}
