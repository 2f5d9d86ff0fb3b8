import CommandLine
import FoundationEssentials
import Glibc

/// Input that can be read only once, kept in a file, since a file is read twice: once to check it, once to import it.
///
/// The file goes away with this value. It lies in a folder that only this user can open.
struct SpooledInput: ~Copyable {
    /// The words of the command line, what was spooled replaced by its file.
    let arguments: [String]
    private let folder: String?

    /// The commands whose first argument is a file that they read.
    private static let readers: Set = ["run", "import", "prices import"]
    /// The commands that report on the file that an option names.
    private static let reporters: Set = ["balances", "lots", "gains"]
    private static let fileOption = "--file="

    /// Keeps what a command that reads a file names by `-`, or by a pipe such as `/dev/fd/63`.
    ///
    /// - Throws: `FileError` when it cannot be read, or there is no room for it.
    static func spooling(_ arguments: [String]) throws -> SpooledInput {
        // Words that cannot be understood are told of when they are to be carried out.
        guard let command = try? Program.spec.parse(arguments), !command.wantsHelp,
            let place = place(of: command, in: arguments)
        else { return SpooledInput(arguments: arguments, folder: nil) }
        let (word, option) = file(arguments[place])
        guard isStream(word) else { return SpooledInput(arguments: arguments, folder: nil) }
        let descriptor = word == "-" ? dup(0) : unsafe open(word, O_RDONLY | O_CLOEXEC)
        let name = word == "-" ? "standard input" : word
        guard descriptor >= 0 else { throw FileError.cannotRead(path: name, reason: reason(errno)) }
        defer { _ = close(descriptor) }
        let folder = try makeFolder()
        let file = folder + "/" + (name.split(separator: "/").last.map(String.init) ?? "input")
        do {
            try copy(descriptor, named: name, to: file)
        } catch {
            remove(folder)
            throw error
        }
        var words = arguments
        words[place] = option + file
        return SpooledInput(arguments: words, folder: folder)
    }

    /// The word of a command line that names the file to read; nil when there is none.
    private static func place(of command: ParsedCommand, in arguments: [String]) -> Int? {
        if readers.contains(command.name) { return command.argumentPlaces.first }
        guard reporters.contains(command.name), command.value("file") != nil else { return nil }
        let place = arguments.lastIndex { $0 == "--file" || $0.hasPrefix(fileOption) }
        return place.map { arguments[$0] == "--file" ? $0 + 1 : $0 }
    }

    /// The file that a word names, and what stands before it in the word.
    private static func file(_ word: String) -> (name: String, option: String) {
        guard word.hasPrefix(fileOption) else { return (word, "") }
        return (String(word.dropFirst(fileOption.count)), fileOption)
    }

    private init(arguments: [String], folder: String?) {
        self.arguments = arguments
        self.folder = folder
    }

    deinit {
        if let folder { SpooledInput.remove(folder) }
    }

    /// Whether a word names something that can be read once only.
    private static func isStream(_ word: String) -> Bool {
        if word == "-" { return true }
        guard word.contains("/") else { return false }
        var status = stat()
        guard unsafe stat(word, &status) == 0 else { return false }
        let kind = status.st_mode & S_IFMT
        return kind == S_IFIFO || kind == S_IFCHR || kind == S_IFSOCK
    }

    private static func makeFolder() throws(FileError) -> String {
        let pattern = FileManager.default.temporaryDirectory.path + "/coffer-XXXXXX"
        var bytes = pattern.utf8CString
        let made = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) } != nil
        }
        guard made else { throw .cannotWrite(path: pattern, reason: reason(errno)) }
        return String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func copy(_ descriptor: Int32, named name: String, to path: String) throws(FileError) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .cannotWrite(path: path, reason: reason(errno)) }
        defer { _ = close(file) }
        while true {
            guard let piece = StandardInput.read(262_144, from: descriptor) else {
                throw .cannotRead(path: name, reason: reason(errno))
            }
            guard !piece.isEmpty else { return }
            if let number = Output.write(piece, to: file) {
                throw .cannotWrite(path: path, reason: reason(number))
            }
        }
    }

    private static func remove(_ folder: String) {
        // A temporary folder that cannot be removed is no reason to fail a command that has done its work.
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func reason(_ number: Int32) -> String { FileError.reason(number) }
}
