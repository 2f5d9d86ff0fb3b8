/// The text of a document as bytes.
public struct Source: Sendable {
    /// The bytes as they came; UTF-8 unless the parser refused them.
    public let bytes: [UInt8]

    /// A text from its bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A text from a string.
    public init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The line and column of a byte; linear in the bytes before it.
    ///
    /// A byte beyond the text counts as its end.
    public func location(_ offset: Int) -> SourceLocation {
        var line = 1
        var column = 1
        let end = min(offset, bytes.count)
        var index = 0
        while index < end {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                column = 1
            case UInt8(ascii: "\r"):
                // A line feed right behind belongs to the same line end, which counts once it is passed whole.
                if index < bytes.count, bytes[index] == UInt8(ascii: "\n") {
                    if index == end { column += 1 }
                } else {
                    line += 1
                    column = 1
                }
            case 0x80..<0xC0: break
            default: column += 1
            }
        }
        return SourceLocation(line: line, column: column)
    }
}

/// A place in a document as people count it.
public struct SourceLocation: Hashable, Sendable {
    /// The line, from 1; lines end with LF, CR or CR LF.
    public let line: Int
    /// The Unicode scalar within the line, from 1.
    public let column: Int

    /// A place from its two figures.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}
