import FoundationEssentials
import Glibc
import Importing

/// Why a file that was named cannot be used.
enum FileError: Error, Hashable {
    case cannotRead(path: String, reason: String)
    case isFolder(path: String)
    case cannotWrite(path: String, reason: String)

    /// What the system says about an error number.
    static func reason(_ number: Int32) -> String {
        unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    }
}

/// What is wrong with the content of a file, with the file's name.
struct InputFileError: Error {
    let name: String
    let error: ImportError
}

/// A file that is read from its beginning as often as asked, in pieces.
struct FileSource: Sendable {
    let path: String

    /// The file's own name, for messages.
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The bytes read at once.
    private static let pieceBytes = 262_144

    /// - Throws: `FileError` when it cannot be read.
    init(path: String) throws(FileError) {
        self.path = path
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .cannotRead(path: path, reason: "there is no such file")
        }
        guard !isFolder else { throw .isFolder(path: path) }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw .cannotRead(path: path, reason: "no permission")
        }
    }

    /// A fresh reader of the file's pieces, nil at its end, which throws `FileError`.
    func bytes() -> () throws -> [UInt8]? {
        let path = path
        var file: OpenFile?
        var ended = false
        return {
            guard !ended else { return nil }
            let open = try file ?? OpenFile(path: path)
            file = open
            guard let piece = StandardInput.read(FileSource.pieceBytes, from: open.descriptor) else {
                throw FileError.cannotRead(path: path, reason: FileError.reason(errno))
            }
            guard piece.isEmpty else { return piece }
            ended = true
            file = nil
            return nil
        }
    }
}

/// A file that is open for reading, closed when it goes.
private final class OpenFile {
    let descriptor: Int32

    /// - Throws: `FileError` with the system's reason.
    init(path: String) throws(FileError) {
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .cannotRead(path: path, reason: FileError.reason(errno))
        }
    }

    deinit {
        if descriptor >= 0 { _ = close(descriptor) }
    }
}
