import Foundation
import Glibc

/// Standard input kept in a file, since a file is read twice: once to check it, once to import it.
///
/// The file goes away with this value.
struct SpooledInput: ~Copyable {
    /// The words of the command line, `-` replaced by the file.
    let arguments: [String]
    private let path: String?

    /// Keeps standard input when a command that reads a file names `-`.
    ///
    /// - Throws: `FileError.cannotWrite` when there is no room for it.
    init(_ arguments: [String]) throws {
        guard let place = arguments.firstIndex(of: "-"), arguments[..<place].contains("import") else {
            self.arguments = arguments
            path = nil
            return
        }
        let file = FileManager.default.temporaryDirectory.path + "/coffer-input-\(getpid()).csv"
        guard
            FileManager.default.createFile(
                atPath: file,
                contents: nil,
                attributes: [.posixPermissions: 0o600]
            ),
            let handle = FileHandle(forWritingAtPath: file)
        else { throw FileError.cannotWrite(path: file) }
        while let piece = StandardInput.read(262_144), !piece.isEmpty {
            do { try handle.write(contentsOf: Data(piece)) } catch { throw FileError.cannotWrite(path: file) }
        }
        try handle.close()
        var words = arguments
        words[place] = file
        self.arguments = words
        path = file
    }

    deinit {
        if let path { _ = unsafe unlink(path) }
    }
}
