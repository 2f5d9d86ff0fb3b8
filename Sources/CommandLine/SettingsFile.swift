/// A settings file: `key = value` lines, comments that start with `#`, empty lines.
///
/// A value is the rest of its line without the spaces around it, so it may hold `#` and `=`. The file keeps its comments and
/// its order when one key is set.
public struct SettingsFile: Sendable, Hashable {
    /// One line that sets something.
    public struct Entry: Sendable, Hashable {
        /// The key before the equals sign.
        public let key: String
        /// The value as written.
        public let text: String
        /// The line's number, from 1.
        public let line: Int
    }

    /// The name that messages give the file.
    public let path: String
    /// The lines that set something, in order; no key stands twice.
    public private(set) var entries: [Entry]
    private var lines: [String]

    /// An empty file.
    public init(path: String) {
        self.path = path
        entries = []
        lines = []
    }

    /// Reads a settings file; a byte order mark and Windows line ends are accepted.
    ///
    /// - Throws: `CommandLineError` for a file too large or not UTF-8, and for the first line that is wrong.
    public static func parse(_ bytes: [UInt8], path: String) throws(CommandLineError) -> SettingsFile {
        guard bytes.count <= Limits.settingsFileBytesMax else {
            throw .unreadableSettingsFile(
                path: path,
                reason: "is larger than \(SettingKind.render(bytes: Limits.settingsFileBytesMax))"
            )
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadableSettingsFile(path: path, reason: "is not UTF-8 text")
        }
        var file = SettingsFile(path: path)
        let body = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        var pieces = body.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        if pieces.last?.isEmpty == true { pieces.removeLast() }
        for (index, piece) in pieces.enumerated() {
            let line = String(Substring(piece.last == 0x0D ? piece.dropLast() : piece))
            file.lines.append(line)
            guard let entry = try parseLine(line, number: index + 1, path: path) else { continue }
            if let first = file.entries.first(where: { $0.key == entry.key }) {
                throw .repeatedSetting(key: entry.key, path: path, line: entry.line, firstLine: first.line)
            }
            file.entries.append(entry)
        }
        return file
    }

    private static func parseLine(
        _ line: String,
        number: Int,
        path: String
    ) throws(CommandLineError) -> Entry? {
        let content = TerminalText.trimmed(line[...])
        guard !content.isEmpty, content.utf8.first != UInt8(ascii: "#") else { return nil }
        let parts = content.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let key = TerminalText.trimmed(parts[0])
        let isKey = !key.isEmpty && !key.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
        guard parts.count == 2, isKey, line.utf8.count <= Limits.settingsLineBytesMax else {
            // Only the first word is repeated: the rest may be a secret.
            let word = content.prefix { $0 != " " && $0 != "\t" && $0 != "=" }
            throw .badSettingsLine(
                path: path,
                line: number,
                found: word.count == content.count ? String(word) : word + " …"
            )
        }
        return Entry(key: String(key), text: String(TerminalText.trimmed(parts[1])), line: number)
    }

    /// Sets one key: its line is replaced, or a new one comes at the end.
    ///
    /// The value must have passed `SettingsTable.check`.
    public mutating func set(_ key: String, to text: String) {
        precondition(!text.utf8.contains { $0 == 0x0A || $0 == 0x0D }, "a value is one line")
        let line = "\(key) = \(text)"
        if let index = entries.firstIndex(where: { $0.key == key }) {
            lines[entries[index].line - 1] = line
            entries[index] = Entry(key: key, text: text, line: entries[index].line)
        } else {
            lines.append(line)
            entries.append(Entry(key: key, text: text, line: lines.count))
        }
    }

    /// The whole file as it is to be written.
    public func render() -> [UInt8] {
        var bytes: [UInt8] = []
        for line in lines {
            bytes.append(contentsOf: line.utf8)
            bytes.append(0x0A)
        }
        return bytes
    }
}
