/// A free text as a cell of a CSV file.
public enum CSVCell {
    /// Appends a text, quoted as RFC 4180 has it where it must be.
    ///
    /// A text that a spreadsheet would read as a formula gets an apostrophe before it; a zero byte, which no CSV may hold,
    /// becomes U+FFFD.
    public static func render(_ text: String, into output: inout [UInt8]) {
        guard let first = text.utf8.first else { return }
        var quoted = false
        for byte in text.utf8 where byte <= UInt8(ascii: ",") {
            quoted =
                quoted || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A
                || byte == 0x0D
        }
        if quoted { output.append(UInt8(ascii: "\"")) }
        if FormulaGuard.isGuarded(first) { output.append(UInt8(ascii: "'")) }
        for byte in text.utf8 {
            if byte == 0 {
                output.append(contentsOf: "\u{FFFD}".utf8)
            } else {
                if byte == UInt8(ascii: "\"") { output.append(byte) }
                output.append(byte)
            }
        }
        if quoted { output.append(UInt8(ascii: "\"")) }
    }
}
