/// The number grammar of RFC 8259, and integers as digits.
internal enum JSONNumber {
    /// Where the number that starts at a position ends, or nil when none starts there.
    ///
    /// The longest number is taken: `1.` ends before the point and `01` after the zero, so that what follows is
    /// judged by whoever expects a comma or the end there.
    static func end(in text: Span<UInt8>, from start: Int) -> Int? {
        var position = start
        if position < text.count, text[position] == UInt8(ascii: "-") { position += 1 }
        guard position < text.count, isDigit(text[position]) else { return nil }
        if text[position] == UInt8(ascii: "0") {
            position += 1
        } else {
            position = digitsEnd(in: text, from: position)
        }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            let end = digitsEnd(in: text, from: position + 1)
            guard end > position + 1 else { return position }
            position = end
        }
        guard position < text.count, text[position] | 0x20 == UInt8(ascii: "e") else { return position }
        var digits = position + 1
        if digits < text.count, text[digits] == UInt8(ascii: "+") || text[digits] == UInt8(ascii: "-") {
            digits += 1
        }
        let end = digitsEnd(in: text, from: digits)
        return end > digits ? end : position
    }

    /// Whether the whole text is one number.
    static func isValid(_ text: Span<UInt8>) -> Bool {
        end(in: text, from: 0) == text.count
    }

    /// Appends an integer in decimal digits.
    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var position = 20
        repeat {
            position -= 1
            digits[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        for index in position..<20 { bytes.append(digits[index]) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") <= 9
    }

    private static func digitsEnd(in text: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while position < text.count, isDigit(text[position]) { position += 1 }
        return position
    }
}
