/// Swift source with comments and the text of string literals blanked out, so that rules see code only.
///
/// Line ends stay where they are, so line numbers hold. Code inside `\( )` of a literal stays visible.
struct CodeText {
    /// The blanked source, as long as the original.
    private(set) var bytes: [UInt8]
    private let source: [UInt8]
    private var index = 0

    init(_ source: [UInt8]) {
        self.source = source
        bytes = source
        skipCode(untilParenthesis: false)
    }

    /// A word of the code with its surroundings.
    struct Word: Sendable {
        let text: String
        /// The line's number, from 1.
        let line: Int
        /// The nearest byte before that is no space; zero at the start.
        let before: UInt8
        /// The byte right behind; zero at the end.
        let after: UInt8
        /// Where the word starts in the bytes.
        let start: Int
    }

    /// The words of the code in order.
    func words() -> [Word] {
        var words: [Word] = []
        var line = 1
        var before: UInt8 = 0
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            guard Self.isWordByte(byte) else {
                if byte == 0x0A { line += 1 }
                if byte > 0x20 { before = byte }
                position += 1
                continue
            }
            var end = position + 1
            while end < bytes.count, Self.isWordByte(bytes[end]) { end += 1 }
            let after = end < bytes.count ? bytes[end] : 0
            let text = String(decoding: bytes[position..<end], as: UTF8.self)
            words.append(Word(text: text, line: line, before: before, after: after, start: position))
            before = bytes[end - 1]
            position = end
        }
        return words
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
        default: false
        }
    }

    // MARK: Scanning

    private func peek(_ offset: Int = 0) -> UInt8 {
        index + offset < source.count ? source[index + offset] : 0
    }

    private mutating func blank() {
        if source[index] != 0x0A { bytes[index] = 0x20 }
        index += 1
    }

    private mutating func skipCode(untilParenthesis: Bool) {
        var depth = 0
        while index < source.count {
            switch source[index] {
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
                while index < source.count, source[index] != 0x0A { blank() }
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
                skipComment()
            case UInt8(ascii: "\""):
                skipLiteral(hashes: 0)
            case UInt8(ascii: "#"):
                var hashes = 0
                while peek(hashes) == UInt8(ascii: "#") { hashes += 1 }
                let opensLiteral = peek(hashes) == UInt8(ascii: "\"")
                index += hashes
                if opensLiteral { skipLiteral(hashes: hashes) }
            case UInt8(ascii: "`"):
                blank()
                while index < source.count, source[index] != UInt8(ascii: "`"), source[index] != 0x0A {
                    blank()
                }
                if index < source.count { blank() }
            case UInt8(ascii: "("):
                depth += 1
                index += 1
            case UInt8(ascii: ")"):
                index += 1
                if untilParenthesis, depth == 0 { return }
                depth -= 1
            default:
                index += 1
            }
        }
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                blank()
            } else if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                blank()
            }
            blank()
        } while depth > 0 && index < source.count
    }

    private mutating func skipLiteral(hashes: Int) {
        let quotes = peek(1) == UInt8(ascii: "\"") && peek(2) == UInt8(ascii: "\"") ? 3 : 1
        for _ in 0..<quotes { blank() }
        while index < source.count {
            if endsLiteral(quotes: quotes, hashes: hashes) {
                for _ in 0..<(quotes + hashes) { blank() }
                return
            }
            if quotes == 1, peek() == 0x0A { return }
            guard peek() == UInt8(ascii: "\\"), (0..<hashes).allSatisfy({ peek(1 + $0) == UInt8(ascii: "#") })
            else {
                blank()
                continue
            }
            for _ in 0...hashes { blank() }
            guard index < source.count else { return }
            if peek() == UInt8(ascii: "(") {
                index += 1
                skipCode(untilParenthesis: true)
            } else {
                blank()
            }
        }
    }

    private func endsLiteral(quotes: Int, hashes: Int) -> Bool {
        (0..<quotes).allSatisfy { peek($0) == UInt8(ascii: "\"") }
            && (0..<hashes).allSatisfy { peek(quotes + $0) == UInt8(ascii: "#") }
    }
}
