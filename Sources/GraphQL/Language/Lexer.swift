/// Cuts a text into tokens, one at a time.
///
/// The bytes are UTF-8, which whoever makes a lexer has checked.
internal struct Lexer {
    let bytes: [UInt8]
    private let tokensMax: Int
    /// The token at hand.
    private(set) var token = Token(kind: .start, start: 0, end: 0)
    /// The value of the token at hand if it is a string.
    private(set) var value = ""
    private var tokens = 0

    init(_ bytes: [UInt8], tokensMax: Int) {
        self.bytes = bytes
        self.tokensMax = tokensMax
    }

    /// The text of the token at hand.
    var text: String { text(of: token) }

    /// Whether the token at hand is this word.
    func isWord(_ word: StaticString) -> Bool {
        guard token.kind == .name else { return false }
        return isWord(word, token)
    }

    private func isWord(_ word: StaticString, _ token: Token) -> Bool {
        guard token.end - token.start == word.utf8CodeUnitCount else { return false }
        // A literal's bytes stay for as long as the program runs, and there are as many as the token's.
        let expected = unsafe UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        return unsafe bytes[token.start..<token.end].elementsEqual(expected)
    }

    /// The text of a token.
    func text(of token: Token) -> String {
        String(decoding: bytes[token.start..<token.end], as: UTF8.self)
    }

    /// A token as error messages name it.
    var description: String {
        switch token.kind {
        case .name, .int, .float: "\(token.kind.words) '\(text)'"
        case .string, .blockString: "\(token.kind.words) '\(value)'"
        default: token.kind.words
        }
    }

    /// Goes on to the next token; at the end it stays.
    mutating func advance() throws(SyntaxFault) {
        guard token.kind != .end else { return }
        token = try next(from: token.end)
        guard token.kind != .end else { return }
        tokens += 1
        if tokens > tokensMax {
            throw SyntaxFault(
                "Document contains more than \(tokensMax) tokens. Parsing aborted.",
                at: token.start,
                code: "TOKEN_LIMIT"
            )
        }
    }

    /// The lexer at the next token, while this one stays.
    func lookahead() throws(SyntaxFault) -> Lexer {
        var ahead = self
        try ahead.advance()
        return ahead
    }
}

// MARK: - Tokens

extension Lexer {
    private mutating func next(from start: Int) throws(SyntaxFault) -> Token {
        let count = bytes.count
        var position = start
        while position < count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: ","), UInt8(ascii: "\t"),
                UInt8(ascii: "\r"):
                position += 1
            case UInt8(ascii: "#"):
                while position < count, bytes[position] != UInt8(ascii: "\n"),
                    bytes[position] != UInt8(ascii: "\r")
                {
                    position += 1
                }
            case 0xEF
            where position + 2 < count && bytes[position + 1] == 0xBB && bytes[position + 2] == 0xBF:
                position += 3
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "_"):
                var end = position + 1
                while end < count, Self.continuesName(bytes[end]) { end += 1 }
                return Token(kind: .name, start: position, end: end)
            default:
                return try mark(at: position, byte)
            }
        }
        return Token(kind: .end, start: count, end: count)
    }

    /// A token that is no name.
    private mutating func mark(at position: Int, _ byte: UInt8) throws(SyntaxFault) -> Token {
        switch byte {
        case UInt8(ascii: "{"): return single(.braceLeft, position)
        case UInt8(ascii: "}"): return single(.braceRight, position)
        case UInt8(ascii: "("): return single(.parenthesisLeft, position)
        case UInt8(ascii: ")"): return single(.parenthesisRight, position)
        case UInt8(ascii: ":"): return single(.colon, position)
        case UInt8(ascii: "$"): return single(.dollar, position)
        case UInt8(ascii: "!"): return single(.bang, position)
        case UInt8(ascii: "@"): return single(.at, position)
        case UInt8(ascii: "="): return single(.equals, position)
        case UInt8(ascii: "["): return single(.bracketLeft, position)
        case UInt8(ascii: "]"): return single(.bracketRight, position)
        case UInt8(ascii: "|"): return single(.pipe, position)
        case UInt8(ascii: "&"): return single(.ampersand, position)
        case UInt8(ascii: "\""):
            let isBlock = self.byte(at: position + 1) == byte && self.byte(at: position + 2) == byte
            return isBlock ? try blockString(from: position) : try string(from: position)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try number(from: position)
        case UInt8(ascii: ".")
        where self.byte(at: position + 1) == byte && self.byte(at: position + 2) == byte:
            return Token(kind: .spread, start: position, end: position + 3)
        case UInt8(ascii: "'"):
            throw SyntaxFault(
                "Unexpected single quote character ('), did you mean to use a double quote (\")?",
                at: position
            )
        default:
            throw SyntaxFault("Unexpected character: \(character(at: position)).", at: position)
        }
    }

    private func single(_ kind: Token.Kind, _ position: Int) -> Token {
        Token(kind: kind, start: position, end: position + 1)
    }

    /// The byte at a position, or 0 behind the end.
    private func byte(at position: Int) -> UInt8 {
        position < bytes.count ? bytes[position] : 0
    }

    private static func continuesName(_ byte: UInt8) -> Bool {
        startsName(byte) || isDigit(byte)
    }

    private static func startsName(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") <= 9
    }

    /// A character as error messages show it: printable ASCII in quotes, others by their number.
    private func character(at position: Int) -> String {
        guard let scalar = scalars(from: position, atMost: 1).first else { return "<EOF>" }
        switch scalar.value {
        case 0x22: return "'\"'"
        case 0x20...0x7E: return "'\(scalar)'"
        default:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }
    }

    /// Up to so many characters of the text.
    private func scalars(from position: Int, atMost count: Int) -> String.UnicodeScalarView {
        var end = position
        for _ in 0..<count where end < bytes.count {
            end += 1
            // Continuation bytes are 10xxxxxx and belong to the character before.
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        }
        guard position < end else { return String.UnicodeScalarView() }
        return String(decoding: bytes[position..<end], as: UTF8.self).unicodeScalars
    }
}

// MARK: - Numbers

extension Lexer {
    private func number(from start: Int) throws(SyntaxFault) -> Token {
        var position = start
        var isFloat = false
        if byte(at: position) == UInt8(ascii: "-") { position += 1 }
        if byte(at: position) == UInt8(ascii: "0") {
            position += 1
            if Self.isDigit(byte(at: position)) {
                throw SyntaxFault(
                    "Invalid number, unexpected digit after 0: \(character(at: position)).",
                    at: position
                )
            }
        } else {
            position = try digits(from: position)
        }
        if byte(at: position) == UInt8(ascii: ".") {
            isFloat = true
            position = try digits(from: position + 1)
        }
        if byte(at: position) | 0x20 == UInt8(ascii: "e") {
            isFloat = true
            position += 1
            if byte(at: position) == UInt8(ascii: "+") || byte(at: position) == UInt8(ascii: "-") {
                position += 1
            }
            position = try digits(from: position)
        }
        if byte(at: position) == UInt8(ascii: ".") || Self.startsName(byte(at: position)) {
            throw expectedDigit(at: position)
        }
        return Token(kind: isFloat ? .float : .int, start: start, end: position)
    }

    private func digits(from start: Int) throws(SyntaxFault) -> Int {
        guard Self.isDigit(byte(at: start)) else { throw expectedDigit(at: start) }
        var position = start + 1
        while Self.isDigit(byte(at: position)) { position += 1 }
        return position
    }

    private func expectedDigit(at position: Int) -> SyntaxFault {
        SyntaxFault("Invalid number, expected digit but got: \(character(at: position)).", at: position)
    }
}

// MARK: - Strings

extension Lexer {
    private mutating func string(from start: Int) throws(SyntaxFault) -> Token {
        var position = start + 1
        var chunk = position
        /// What stands before the chunk, escapes resolved.
        var resolved: [UInt8] = []
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                if resolved.isEmpty {
                    value = String(decoding: bytes[chunk..<position], as: UTF8.self)
                } else {
                    resolved += bytes[chunk..<position]
                    value = String(decoding: resolved, as: UTF8.self)
                }
                return Token(kind: .string, start: start, end: position + 1)
            case UInt8(ascii: "\\"):
                resolved += bytes[chunk..<position]
                let (scalar, size) = try escape(at: position)
                resolved += Array(String(Character(scalar)).utf8)
                position += size
                chunk = position
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                throw SyntaxFault("Unterminated string.", at: position)
            default:
                position += 1
            }
        }
        throw SyntaxFault("Unterminated string.", at: position)
    }

    /// The character that an escape stands for, and the bytes of the escape.
    private func escape(at position: Int) throws(SyntaxFault) -> (Unicode.Scalar, Int) {
        switch byte(at: position + 1) {
        case UInt8(ascii: "u"):
            return byte(at: position + 2) == UInt8(ascii: "{")
                ? try bracedEscape(at: position) : try fixedEscape(at: position)
        case UInt8(ascii: "\""): return ("\"", 2)
        case UInt8(ascii: "\\"): return ("\\", 2)
        case UInt8(ascii: "/"): return ("/", 2)
        case UInt8(ascii: "b"): return ("\u{8}", 2)
        case UInt8(ascii: "f"): return ("\u{C}", 2)
        case UInt8(ascii: "n"): return ("\n", 2)
        case UInt8(ascii: "r"): return ("\r", 2)
        case UInt8(ascii: "t"): return ("\t", 2)
        default:
            let shown = String(scalars(from: position, atMost: 2))
            throw SyntaxFault("Invalid character escape sequence: '\(shown)'.", at: position)
        }
    }

    /// `\u{…}` with one to eight digits.
    private func bracedEscape(at position: Int) throws(SyntaxFault) -> (Unicode.Scalar, Int) {
        var point: UInt32 = 0
        var size = 3
        while size < 12, position + size < bytes.count {
            let byte = bytes[position + size]
            size += 1
            if byte == UInt8(ascii: "}") {
                if size >= 5, let scalar = Unicode.Scalar(point) { return (scalar, size) }
                break
            }
            guard let digit = Self.hexDigit(byte) else { break }
            point = point << 4 | digit
        }
        throw invalidUnicode(at: position, size)
    }

    /// `\uXXXX`, or two of them that make a surrogate pair.
    private func fixedEscape(at position: Int) throws(SyntaxFault) -> (Unicode.Scalar, Int) {
        if let code = hexCode(at: position + 2) {
            if let scalar = Unicode.Scalar(code) { return (scalar, 6) }
            if code <= 0xDBFF, byte(at: position + 6) == UInt8(ascii: "\\"),
                byte(at: position + 7) == UInt8(ascii: "u"), let low = hexCode(at: position + 8),
                (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (code - 0xD800) << 10 + (low - 0xDC00))
            {
                return (scalar, 12)
            }
        }
        throw invalidUnicode(at: position, 6)
    }

    private func invalidUnicode(at position: Int, _ size: Int) -> SyntaxFault {
        let shown = String(scalars(from: position, atMost: size))
        return SyntaxFault("Invalid Unicode escape sequence: '\(shown)'.", at: position)
    }

    private func hexCode(at position: Int) -> UInt32? {
        var code: UInt32 = 0
        for index in position..<position + 4 {
            guard let digit = Self.hexDigit(byte(at: index)) else { return nil }
            code = code << 4 | digit
        }
        return code
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private mutating func blockString(from start: Int) throws(SyntaxFault) -> Token {
        let quote = UInt8(ascii: "\"")
        var position = start + 3
        var block = BlockString()
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case quote where self.byte(at: position + 1) == quote && self.byte(at: position + 2) == quote:
                value = block.finish()
                return Token(kind: .blockString, start: start, end: position + 3)
            case UInt8(ascii: "\\")
            where self.byte(at: position + 1) == quote && self.byte(at: position + 2) == quote
                && self.byte(at: position + 3) == quote:
                for _ in 0..<3 { block.append(quote) }
                position += 4
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                block.endLine()
                position +=
                    byte == UInt8(ascii: "\r") && self.byte(at: position + 1) == UInt8(ascii: "\n") ? 2 : 1
            default:
                block.append(byte)
                position += 1
            }
        }
        throw SyntaxFault("Unterminated string.", at: position)
    }
}
