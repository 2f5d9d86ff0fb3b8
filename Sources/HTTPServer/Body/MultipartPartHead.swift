/// The headers of one part, read strictly.
struct MultipartPartHead {
    private(set) var name = ""
    private(set) var filename: String?
    private(set) var contentType: String?

    /// Parses the header lines, without the blank line that ends them.
    init(parsing bytes: ArraySlice<UInt8>) throws(MultipartError) {
        var hasDisposition = false
        var rest = bytes
        while !rest.isEmpty {
            let line = try Self.cutLine(&rest)
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy({ FramingGate.lowered[Int($0)] != 0 }),
                line[colon...].allSatisfy(FramingGate.isValueByte)
            else { throw .partHeaderInvalid }
            let value = Self.trim(line[(colon + 1)...])
            switch Self.lowered(line[..<colon]) {
            case "content-disposition":
                guard !hasDisposition else { throw .partHeaderInvalid }
                hasDisposition = true
                try readDisposition(value)
            case "content-type":
                guard contentType == nil else { throw .partHeaderInvalid }
                contentType = String(decoding: value, as: UTF8.self)
            case "content-transfer-encoding":
                guard ["7bit", "8bit", "binary"].contains(Self.lowered(value)) else {
                    throw .transferEncodingRefused
                }
            default: break
            }
        }
        guard hasDisposition else { throw .dispositionInvalid }
    }

    private static func cutLine(_ rest: inout ArraySlice<UInt8>) throws(MultipartError) -> ArraySlice<UInt8> {
        guard let end = rest.firstIndex(where: { $0 == 13 || $0 == 10 }) else {
            defer { rest = [] }
            return rest
        }
        guard rest[end] == 13, end + 1 < rest.endIndex, rest[end + 1] == 10 else { throw .partHeaderInvalid }
        let line = rest[..<end]
        rest = rest[(end + 2)...]
        guard !rest.isEmpty else { throw .partHeaderInvalid }
        return line
    }

    private mutating func readDisposition(_ value: ArraySlice<UInt8>) throws(MultipartError) {
        var scanner = HeaderParameterScanner(value)
        guard scanner.takeToken()?.lowercased() == "form-data" else { throw .dispositionInvalid }
        var fieldName: String?
        var extendedFilename: String?
        while !scanner.isAtEnd {
            guard let (key, text) = scanner.takeParameter() else { throw .dispositionInvalid }
            switch key {
            case "name":
                guard fieldName == nil else { throw .dispositionInvalid }
                fieldName = text
            case "filename":
                guard filename == nil else { throw .dispositionInvalid }
                filename = text
            case "filename*":
                guard extendedFilename == nil else { throw .dispositionInvalid }
                extendedFilename = text
            default: break
            }
        }
        guard let fieldName else { throw .dispositionInvalid }
        name = fieldName
        if filename == nil { filename = extendedFilename.map(Self.decodeExtended) }
    }

    /// RFC 8187: `charset'language'percent-encoded`; the charset is taken to be UTF-8.
    private static func decodeExtended(_ text: String) -> String {
        let pieces = text.utf8.split(
            separator: UInt8(ascii: "'"),
            maxSplits: 2,
            omittingEmptySubsequences: false
        )
        return PercentCoding.decode(Array(pieces.last ?? "".utf8[...])[...], plusIsSpace: false)
    }

    private static func lowered(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self).lowercased()
    }

    private static func trim(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while let first = bytes.first, first == 32 || first == 9 { bytes.removeFirst() }
        while let last = bytes.last, last == 32 || last == 9 { bytes.removeLast() }
        return bytes
    }
}

/// Reads `token; name=value; name="quoted value"` as headers have it.
struct HeaderParameterScanner {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    var isAtEnd: Bool { index >= bytes.endIndex }

    private mutating func skipBlanks() {
        while index < bytes.endIndex, bytes[index] == 32 || bytes[index] == 9 { index += 1 }
    }

    /// A run of token characters and slashes, so that media types are one token; nil when there is none.
    mutating func takeToken() -> String? {
        skipBlanks()
        let start = index
        while index < bytes.endIndex,
            FramingGate.lowered[Int(bytes[index])] != 0 || bytes[index] == UInt8(ascii: "/")
        {
            index += 1
        }
        defer { skipBlanks() }
        return start == index ? nil : String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// The next parameter after its semicolon, or nil when the text breaks the grammar.
    ///
    /// A lone semicolon at the end is refused.
    mutating func takeParameter() -> (name: String, value: String)? {
        guard take(UInt8(ascii: ";")), let name = takeToken(), take(UInt8(ascii: "=")) else { return nil }
        skipBlanks()
        guard index < bytes.endIndex, bytes[index] == UInt8(ascii: "\"") else {
            return takeUnquoted().map { (name.lowercased(), $0) }
        }
        return takeQuoted().map { (name.lowercased(), $0) }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard index < bytes.endIndex, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func takeUnquoted() -> String? {
        let start = index
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: ";"), bytes[index] != 32, bytes[index] != 9
        {
            guard bytes[index] != UInt8(ascii: "\"") else { return nil }
            index += 1
        }
        defer { skipBlanks() }
        return start == index ? nil : String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// A quoted string: `\"` and `\\` are unescaped, any other backslash stays, as browsers mean it.
    private mutating func takeQuoted() -> String? {
        index += 1
        var text: [UInt8] = []
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                skipBlanks()
                return String(decoding: text, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\"), index < bytes.endIndex,
                bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "\\")
            {
                text.append(bytes[index])
                index += 1
                continue
            }
            text.append(byte)
        }
        return nil
    }
}
