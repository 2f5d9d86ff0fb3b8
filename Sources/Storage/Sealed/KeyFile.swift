public import Crypto
import Glibc

/// Why the key that wraps the users' keys cannot be had; never holds any of it.
public enum KeyFileError: Error, Hashable, Sendable {
    /// Sealed values exist and the file with their key does not.
    case missing(path: String)
    /// The file is not one that this program wrote.
    case malformed(path: String)
    /// Others than the owner may read the file.
    case open(path: String, mode: String)
    /// The file cannot be read or written, and why.
    case system(path: String, reason: String)
    /// The key is another than the one that the sealed values were made with.
    case wrong(path: String)
}

extension KeyFileError: CustomStringConvertible {
    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .missing(let path):
            "the key file \(path) is not there, and stored credentials are sealed with it; put it back, or remove the "
                + "connections and add them again"
        case .malformed(let path): "\(path) is no key file of Coffer; put the right one back"
        case .open(let path, let mode):
            "the key file \(path) may be read by others (mode \(mode)); make it the owner's alone: chmod 600"
        case .system(let path, let reason): "the key file \(path) cannot be used: \(reason)"
        case .wrong(let path):
            "the key file \(path) is not the one that the stored credentials were sealed with; put the right one back, "
                + "or remove the connections and add them again"
        }
    }
}

/// The file with the key that wraps the users' keys: one line, for its owner's eyes alone.
public enum KeyFile {
    private static let mark = "coffer-key-1:"
    private static let bytesMax = 256

    /// The key of a file.
    ///
    /// - Throws: `KeyFileError`.
    public static func load(_ path: String) throws(KeyFileError) -> SealingKey {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing(path: path) : .system(path: path, reason: reason(errno))
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .system(path: path, reason: reason(errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .malformed(path: path) }
        guard status.st_mode & 0o077 == 0 else {
            throw .open(path: path, mode: String(status.st_mode & 0o777, radix: 8))
        }
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw .system(path: path, reason: reason(errno)) }
        let text = Secret(Array(bytes[..<count]))
        for place in bytes.indices { bytes[place] = 0 }
        guard let key = key(text) else { throw .malformed(path: path) }
        return key
    }

    private static func key(_ text: Secret) -> SealingKey? {
        let line = String(decoding: text.revealed(), as: UTF8.self)
        guard line.hasPrefix(mark), line.hasSuffix("\n"), line.utf8.count < bytesMax else { return nil }
        return Base64URL.decode(String(line.dropFirst(mark.count).dropLast())).flatMap { SealingKey($0) }
    }

    /// Makes a file with a new key, durable before this returns; when one is there by then, the key of that.
    ///
    /// - Throws: `KeyFileError`.
    public static func make(_ path: String) throws(KeyFileError) -> SealingKey {
        let key = SealingKey()
        let temporary = path + ".part"
        unsafe unlink(temporary)
        try write(key, to: temporary)
        defer { unsafe unlink(temporary) }
        // A link, unlike a change of name, never takes the place of a file that is there.
        guard unsafe link(temporary, path) == 0 else {
            guard errno == EEXIST else { throw .system(path: path, reason: reason(errno)) }
            return try load(path)
        }
        try syncFolder(of: path)
        return key
    }

    private static func write(_ key: SealingKey, to path: String) throws(KeyFileError) {
        let descriptor = unsafe Glibc.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(path: path, reason: reason(errno)) }
        defer { close(descriptor) }
        let text = Secret(mark + Base64URL.encode(key.revealed().revealed()) + "\n")
        let written = text.withBytes { span in
            unsafe span.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        }
        guard written == text.count, fsync(descriptor) == 0 else {
            throw .system(
                path: path,
                reason: written < 0 || written == text.count ? reason(errno) : "no room"
            )
        }
    }

    private static func syncFolder(of path: String) throws(KeyFileError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = unsafe Glibc.open(folder.isEmpty ? "/" : folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path: path, reason: reason(errno)) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(path: path, reason: reason(errno)) }
    }

    private static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
