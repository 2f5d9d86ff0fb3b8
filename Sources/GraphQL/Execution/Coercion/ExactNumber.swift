/// The digits of a number of JSON or GraphQL, looked at without making a binary fraction of them.
internal struct ExactNumber {
    /// The digits without leading and trailing zeros; empty for zero.
    private let digits: [UInt8]
    private let isNegative: Bool
    /// The power of ten that the digits are multiplied with.
    private let exponent: Int

    /// More digits than any limit lets through: exponents beyond are all alike.
    private static let exponentMax = 100_000

    /// The number of a text that was read as one.
    init(_ text: String) {
        var digits: [UInt8] = []
        var exponent = 0
        var isNegative = false
        var hasPoint = false
        var written = ""
        var inExponent = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-") where !inExponent: isNegative = true
            case UInt8(ascii: "."): hasPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): inExponent = true
            default:
                if inExponent {
                    written.unicodeScalars.append(Unicode.Scalar(byte))
                } else {
                    if hasPoint { exponent -= 1 }
                    if !digits.isEmpty || byte != UInt8(ascii: "0") { digits.append(byte) }
                }
            }
        }
        if inExponent {
            let bound = ExactNumber.exponentMax
            let power = Int(written) ?? (written.hasPrefix("-") ? -bound : bound)
            exponent += min(max(power, -bound), bound)
        }
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        self.digits = digits
        self.isNegative = isNegative
        self.exponent = digits.isEmpty ? 0 : exponent
    }

    /// Whether the number is whole.
    var isInteger: Bool { exponent >= 0 }

    /// The number when it is whole and has at most so many digits.
    func integerText(digitsMax: Int) -> String? {
        guard isInteger, digits.count + exponent <= digitsMax else { return nil }
        guard !digits.isEmpty else { return "0" }
        return (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self)
            + String(repeating: "0", count: exponent)
    }

    /// The number when it is a whole one of 32 bits.
    var int32: Int32? {
        integerText(digitsMax: 10).flatMap { Int32($0) }
    }

    /// Whether two texts are the same number.
    static func == (left: ExactNumber, right: ExactNumber) -> Bool {
        left.digits == right.digits && left.exponent == right.exponent
            && (left.isNegative == right.isNegative || left.digits.isEmpty)
    }
}
