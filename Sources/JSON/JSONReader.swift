/// Reads JSON strictly by RFC 8259.
///
/// Refused besides what the grammar refuses: duplicate keys, lone surrogates, a byte order mark, and whatever goes
/// beyond the limits. Containers are kept on a stack of our own, so hostile nesting cannot exhaust the thread's.
public struct JSONReader {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var position = 0
    private var elements = 0
    private var open: [Container] = []

    /// The value of a whole text.
    ///
    /// - Throws: `JSONError` with the first fault and its place.
    public static func parse(
        _ bytes: [UInt8],
        limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes: bytes, limits: limits)
        do throws(Fault) {
            return try reader.readText()
        } catch {
            let place = JSONPosition(byteOffset: error.offset, in: bytes.span)
            throw JSONError(code: error.code, position: place)
        }
    }

    private init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// A fault before its line and column are worked out.
    private struct Fault: Error {
        let code: JSONError.Code
        let offset: Int
    }

    /// A container whose end has not come yet.
    private struct Container {
        let isObject: Bool
        var elements: [JSONValue] = []
        var members: [JSONMember] = []
        var key = ""
        /// The keys of a large object; small ones are searched one by one.
        var keys: Set<Key> = []

        var value: JSONValue { isObject ? .object(members) : .array(elements) }
    }

    /// A key that equals another only byte for byte, unlike `String`.
    private struct Key: Hashable {
        let bytes: [UInt8]

        init(_ text: String) {
            bytes = Array(text.utf8)
        }

        func hash(into hasher: inout Hasher) {
            // The buffer is only read, and only inside the closure; hashing it whole is several times faster.
            unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        }
    }

    /// From this many members on, keys are looked up in a set.
    private static let linearKeysMax = 16
}

// MARK: - Values

extension JSONReader {
    private mutating func readText() throws(Fault) -> JSONValue {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw Fault(code: .invalidUTF8, offset: error.byteOffsets.lowerBound)
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw Fault(code: .byteOrderMark, offset: 0) }
        skipBlanks()
        while true {
            guard var value = try readValueOrOpen() else { continue }
            // A finished value may finish the containers around it one after the other.
            while true {
                skipBlanks()
                guard !open.isEmpty else {
                    guard position == bytes.count else { throw Fault(code: .trailingData, offset: position) }
                    return value
                }
                guard let finished = try place(value) else { break }
                value = finished
            }
        }
    }

    /// Reads a scalar or an empty container; nil after opening a container that has elements.
    private mutating func readValueOrOpen() throws(Fault) -> JSONValue? {
        guard let byte = current else { throw Fault(code: .expectedValue, offset: position) }
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            return try openContainer(isObject: byte == UInt8(ascii: "{"))
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        default: return .number(try readNumber())
        }
    }

    private mutating func openContainer(isObject: Bool) throws(Fault) -> JSONValue? {
        guard open.count < limits.depth else { throw Fault(code: .tooDeep, offset: position) }
        position += 1
        skipBlanks()
        if current == UInt8(ascii: isObject ? "}" : "]") {
            position += 1
            return isObject ? .object([]) : .array([])
        }
        open.append(Container(isObject: isObject))
        try beginElement()
        return nil
    }

    /// Puts a value into the innermost container; its whole value when it ends there.
    private mutating func place(_ value: JSONValue) throws(Fault) -> JSONValue? {
        let last = open.count - 1
        let isObject = open[last].isObject
        if isObject {
            open[last].members.append(JSONMember(key: open[last].key, value: value))
        } else {
            open[last].elements.append(value)
        }
        if current == UInt8(ascii: isObject ? "}" : "]") {
            position += 1
            return open.removeLast().value
        }
        guard current == UInt8(ascii: ",") else { throw Fault(code: .expectedComma, offset: position) }
        let comma = position
        position += 1
        skipBlanks()
        if current == UInt8(ascii: isObject ? "}" : "]") {
            throw Fault(code: isObject ? .trailingCommaInObject : .trailingCommaInArray, offset: comma)
        }
        try beginElement()
        return nil
    }

    /// Counts the element that starts here, and reads its key when it is a member.
    private mutating func beginElement() throws(Fault) {
        elements += 1
        guard elements <= limits.elements else { throw Fault(code: .tooManyElements, offset: position) }
        if open[open.count - 1].isObject { try readKey() }
    }

    private mutating func readKey() throws(Fault) {
        let start = position
        guard current == UInt8(ascii: "\"") else { throw Fault(code: .expectedKey, offset: start) }
        let key = try readString()
        guard isNew(key) else { throw Fault(code: .duplicateKey, offset: start) }
        skipBlanks()
        guard current == UInt8(ascii: ":") else { throw Fault(code: .expectedColon, offset: position) }
        position += 1
        skipBlanks()
        open[open.count - 1].key = key
    }

    /// Whether the innermost object has no such key yet; compared byte for byte.
    private mutating func isNew(_ key: String) -> Bool {
        let last = open.count - 1
        let count = open[last].members.count
        guard count >= JSONReader.linearKeysMax else {
            return !open[last].members.contains { $0.key.utf8.elementsEqual(key.utf8) }
        }
        if count == JSONReader.linearKeysMax {
            for member in open[last].members { open[last].keys.insert(Key(member.key)) }
        }
        return open[last].keys.insert(Key(key)).inserted
    }
}

// MARK: - Scalars

extension JSONReader {
    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func readWord(_ word: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
        let text = "\(word)".utf8
        guard bytes[position...].starts(with: text) else {
            throw Fault(code: .expectedValue, offset: position)
        }
        position += text.count
        return value
    }

    private mutating func readNumber() throws(Fault) -> String {
        let start = position
        guard let end = JSONNumber.end(in: bytes.span, from: start) else {
            throw Fault(code: .expectedValue, offset: start)
        }
        let digits = bytes[start..<end].count { $0 &- UInt8(ascii: "0") <= 9 }
        guard digits <= limits.numberDigits else { throw Fault(code: .numberTooLong, offset: start) }
        position = end
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func readString() throws(Fault) -> String {
        let quote = position
        let start = quote + 1
        var end = start
        while end < bytes.count, isPlain(bytes[end]) { end += 1 }
        guard end - start <= limits.stringBytes else { throw Fault(code: .stringTooLong, offset: quote) }
        position = end
        guard current == UInt8(ascii: "\"") else { return try readEscapedString(from: quote) }
        position += 1
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Reads on where the plain beginning of a string has ended at `position`.
    private mutating func readEscapedString(from quote: Int) throws(Fault) -> String {
        var text = Array(bytes[(quote + 1)..<position])
        while true {
            guard let byte = current else { throw Fault(code: .unterminatedString, offset: quote) }
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                try readEscape(into: &text, from: quote)
            case 0x00..<0x20:
                throw Fault(code: .controlCharacter, offset: position)
            default:
                text.append(byte)
                position += 1
            }
            guard text.count <= limits.stringBytes else { throw Fault(code: .stringTooLong, offset: quote) }
        }
    }

    private mutating func readEscape(into text: inout [UInt8], from quote: Int) throws(Fault) {
        let backslash = position
        position += 1
        guard let byte = current else { throw Fault(code: .unterminatedString, offset: quote) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): try readUnicodeEscape(into: &text, backslash: backslash)
        default: throw Fault(code: .invalidEscape, offset: backslash)
        }
    }

    /// Reads the four digits after `\u`, and the second half of a pair where these are the first.
    private mutating func readUnicodeEscape(into text: inout [UInt8], backslash: Int) throws(Fault) {
        let first = try readHexadecimal()
        var code = UInt32(first)
        if UTF16.isLeadSurrogate(first) {
            guard bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
                throw Fault(code: .loneSurrogate, offset: backslash)
            }
            position += 2
            let second = try readHexadecimal()
            guard UTF16.isTrailSurrogate(second) else { throw Fault(code: .loneSurrogate, offset: backslash) }
            code = 0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF))
        }
        guard let scalar = Unicode.Scalar(code) else { throw Fault(code: .loneSurrogate, offset: backslash) }
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func readHexadecimal() throws(Fault) -> UInt16 {
        let start = position
        guard start + 4 < bytes.count else { throw Fault(code: .truncatedUnicodeEscape, offset: start) }
        var code: UInt16 = 0
        for byte in bytes[start..<start + 4] {
            guard let digit = hexadecimal(byte) else {
                throw Fault(code: .invalidUnicodeEscape, offset: start - 1)
            }
            code = code << 4 | digit
        }
        position = start + 4
        return code
    }

    private func hexadecimal(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
