/// Makes strings of cells, for what is kept and for messages.
public enum CellText {
    /// A cell's text and whether every byte of it was UTF-8.
    ///
    /// Bytes that are not UTF-8 are read as Windows-1252, each for itself, since that is what exports of old
    /// spreadsheets hold.
    static func read(_ row: CSVRow, _ cell: Cell) -> (text: String, clean: Bool) {
        if cell.isEmpty { return ("", true) }
        let slice = row.bytes[cell.start..<cell.end]
        guard cell.wide || cell.escaped else { return (String(decoding: slice, as: UTF8.self), true) }
        var bytes = Array(slice)
        if cell.escaped { bytes = unescaped(bytes) }
        if let text = String(validating: bytes, as: UTF8.self) { return (text, true) }
        return (repaired(bytes), false)
    }

    /// The bytes with each doubled quote made single.
    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            output.append(bytes[position])
            position += bytes[position] == UInt8(ascii: "\"") ? 2 : 1
        }
        return output
    }

    private static func repaired(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            let length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
            let part = bytes[position..<min(position + length, bytes.count)]
            if let valid = String(validating: part, as: UTF8.self) {
                text.append(contentsOf: valid.unicodeScalars)
                position += part.count
            } else {
                text.append(windows1252(byte))
                position += 1
            }
        }
        return String(text)
    }

    private static func windows1252(_ byte: UInt8) -> Unicode.Scalar {
        guard (0x80...0x9F).contains(byte) else { return Unicode.Scalar(byte) }
        // Five places of the code page are empty; they stay the control characters that Latin-1 has there.
        let high: [UInt16] = [
            0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
            0x0152,
            0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122,
            0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
        ]
        return Unicode.Scalar(high[Int(byte) - 0x80]) ?? "\u{FFFD}"
    }

    /// The text of a cell for a message: printable and cut to 80 bytes.
    static func shown(_ row: CSVRow, _ cell: Cell) -> String {
        shown(row.bytes[cell.start..<min(cell.end, row.bytes.count)])
    }

    /// Bytes for a message: printable and cut to 80 bytes.
    public static func shown(_ bytes: some Collection<UInt8>) -> String {
        var output = ""
        for scalar in String(decoding: bytes.prefix(80), as: UTF8.self).unicodeScalars {
            let plain = printable(scalar)
            guard output.utf8.count + plain.utf8.count <= 80 else { break }
            output += plain
        }
        return output
    }

    private static func printable(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069: "\u{FFFD}"
        default: String(scalar)
        }
    }
}
