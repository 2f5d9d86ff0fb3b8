import Foundation
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
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .cannotRead(path: path, reason: "there is no such file")
        }
        guard !isFolder.boolValue else { throw .isFolder(path: path) }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw .cannotRead(path: path, reason: "no permission")
        }
    }

    /// A fresh reader of the file's pieces; nil at its end.
    func bytes() -> () throws -> [UInt8]? {
        let path = path
        var handle: FileHandle?
        var ended = false
        return {
            guard !ended else { return nil }
            if handle == nil { handle = FileHandle(forReadingAtPath: path) }
            guard let open = handle else { throw FileError.cannotRead(path: path, reason: "it went away") }
            guard let piece = try open.read(upToCount: FileSource.pieceBytes), !piece.isEmpty else {
                ended = true
                try open.close()
                return nil
            }
            return [UInt8](piece)
        }
    }
}
