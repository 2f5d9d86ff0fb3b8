extension Amount {
    /// Reads a plain decimal such as `-12.50`: ASCII digits, one point, an optional sign; nothing else.
    ///
    /// A point stands between digits: `.5` and `1.` are not numbers here, nor are blanks, grouping, a comma, an
    /// exponent, other scripts' digits or the empty text.
    ///
    /// - Throws: `MoneyError.notANumber`, `.tooManyDecimals` beyond 18 significant decimals, or `.outOfRange`.
    public static func parse(_ text: String) throws(MoneyError) -> Amount {
        try parse(text.utf8Span.span)
    }

    /// Reads a plain decimal from bytes.
    ///
    /// - Throws: as `parse(_: String)`.
    public static func parse(_ bytes: [UInt8]) throws(MoneyError) -> Amount {
        try parse(bytes.span)
    }

    /// Reads a plain decimal from bytes where they lie.
    ///
    /// - Throws: as `parse(_: String)`.
    public static func parse(_ bytes: Span<UInt8>) throws(MoneyError) -> Amount {
        if let amount = parseShort(bytes) { return amount }
        return try DecimalText(bytes, withExponent: false).exactAmount(bytes)
    }

    /// Reads a decimal with or without exponent, such as `1e-05` or `1.5E3`, exactly.
    ///
    /// The form of JSON's numbers, with leading zeros and a plus sign allowed as well. An exponent of any length is
    /// taken at once: `1e999999999` is out of range, `0e999999999` is zero.
    ///
    /// - Throws: as `parse(_: String)`, judged by the value and not by the digits written: `100e-20` is in order.
    public static func parseScientific(_ bytes: Span<UInt8>) throws(MoneyError) -> Amount {
        if let amount = parseShort(bytes) { return amount }
        return try DecimalText(bytes, withExponent: true).exactAmount(bytes)
    }

    /// Reads a decimal with or without exponent, exactly; as `parseScientific(_: Span<UInt8>)`.
    ///
    /// - Throws: as `parseScientific(_: Span<UInt8>)`.
    public static func parseScientific(_ text: String) throws(MoneyError) -> Amount {
        try parseScientific(text.utf8Span.span)
    }

    /// Reads a decimal with or without exponent, rounding half-even to 18 decimals where it has more.
    ///
    /// For cells that are no quantities, such as prices with 19 digits; the caller reports that it was rounded.
    ///
    /// - Throws: `MoneyError.notANumber`, or `.outOfRange` when the rounded value reaches 10²⁰.
    public static func parseRounding(
        _ bytes: Span<UInt8>
    ) throws(MoneyError) -> (amount: Amount, rounded: Bool) {
        if let amount = parseShort(bytes) { return (amount, false) }
        return try DecimalText(bytes, withExponent: true).roundedAmount(bytes)
    }

    /// Reads a decimal, rounding half-even to 18 decimals; as `parseRounding(_: Span<UInt8>)`.
    ///
    /// - Throws: as `parseRounding(_: Span<UInt8>)`.
    public static func parseRounding(_ text: String) throws(MoneyError) -> (amount: Amount, rounded: Bool) {
        try parseRounding(text.utf8Span.span)
    }

    /// Reads a plain decimal of up to 19 digits, which is nearly every one; nil for whatever needs a closer look.
    private static func parseShort(_ bytes: Span<UInt8>) -> Amount? {
        let count = bytes.count
        guard count > 0 else { return nil }
        let sign = bytes[0]
        let first = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") ? 1 : 0
        // Up to 19 digits and a point. Twenty digits without a point may wrap and are left to the other way.
        guard count - first <= 20, count > first else { return nil }
        var value: UInt64 = 0
        var point = -1
        for position in first..<count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            if digit <= 9 {
                value = value &* 10 &+ UInt64(digit)
            } else {
                guard bytes[position] == UInt8(ascii: "."), point < 0 else { return nil }
                point = position
            }
        }
        var decimals = 0
        if point >= 0 {
            guard point > first, point < count - 1 else { return nil }
            decimals = count - 1 - point
        } else {
            guard count - first <= 19 else { return nil }
        }
        // At least one of the 19 digits is before the point, so there are at most 18 decimals; below 10³⁷.
        let (high, low) = value.multipliedFullWidth(by: PowersOfTen[scale - decimals])
        let magnitude = Int128(truncatingIfNeeded: UInt128(high) << 64 | UInt128(low))
        return Amount(unchecked: sign == UInt8(ascii: "-") ? -magnitude : magnitude)
    }
}

/// A decimal text taken apart: where its digits are, and its exponent.
private struct DecimalText {
    private let isNegative: Bool
    private let whole: Range<Int>
    private let fraction: Range<Int>
    private let exponent: Int

    /// Beyond this an exponent is not counted on: no text is as long.
    private static let exponentMax = 1_000_000_000_000_000

    init(_ bytes: Span<UInt8>, withExponent: Bool) throws(MoneyError) {
        var position = 0
        isNegative = bytes.count > 0 && bytes[0] == UInt8(ascii: "-")
        if isNegative || (bytes.count > 0 && bytes[0] == UInt8(ascii: "+")) { position = 1 }
        whole = DecimalText.digits(in: bytes, from: position)
        position = whole.upperBound
        var fraction = position..<position
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            fraction = DecimalText.digits(in: bytes, from: position + 1)
            guard !fraction.isEmpty else { throw .notANumber(text: DecimalText.excerpt(bytes)) }
            position = fraction.upperBound
        }
        self.fraction = fraction
        var exponent = 0
        if withExponent, position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            let isDown = position < bytes.count && bytes[position] == UInt8(ascii: "-")
            if isDown || (position < bytes.count && bytes[position] == UInt8(ascii: "+")) { position += 1 }
            let digits = DecimalText.digits(in: bytes, from: position)
            guard !digits.isEmpty else { throw .notANumber(text: DecimalText.excerpt(bytes)) }
            for index in digits where exponent < DecimalText.exponentMax {
                exponent = exponent * 10 + Int(bytes[index] - UInt8(ascii: "0"))
            }
            if isDown { exponent = -exponent }
            position = digits.upperBound
        }
        self.exponent = exponent
        guard position == bytes.count, !whole.isEmpty else {
            throw .notANumber(text: DecimalText.excerpt(bytes))
        }
    }

    /// The amount, which must need no rounding.
    func exactAmount(_ bytes: Span<UInt8>) throws(MoneyError) -> Amount {
        let (magnitude, _, dropped) = try evaluate(bytes)
        guard !dropped else { throw .tooManyDecimals(text: DecimalText.excerpt(bytes)) }
        return Amount(unchecked: isNegative ? -magnitude : magnitude)
    }

    /// The amount, rounded half-even where it has more than 18 decimals.
    func roundedAmount(_ bytes: Span<UInt8>) throws(MoneyError) -> (amount: Amount, rounded: Bool) {
        let (magnitude, up, dropped) = try evaluate(bytes)
        let rounded = up ? magnitude + 1 : magnitude
        guard rounded < Amount.limit else { throw .outOfRange(text: DecimalText.excerpt(bytes)) }
        return (Amount(unchecked: isNegative ? -rounded : rounded), dropped)
    }

    /// The count of 10⁻¹⁸ without what lies below, whether that rounds it up, and whether there was any.
    private func evaluate(
        _ bytes: Span<UInt8>
    ) throws(MoneyError) -> (magnitude: Int128, up: Bool, dropped: Bool) {
        var counted = DigitCounter()
        // The digits below 10⁻¹⁸: the first of them, and whether any after it is not zero.
        var firstDropped: UInt8 = 0
        var rest = false
        // The power of ten of the digit at hand.
        var power = whole.count - 1 + exponent
        for range in [whole, fraction] {
            for index in range {
                let digit = bytes[index] - UInt8(ascii: "0")
                if power >= -Amount.scale {
                    if !counted.isZero || digit != 0 {
                        guard power < 20 else { throw .outOfRange(text: DecimalText.excerpt(bytes)) }
                        counted.append(digit, power: power)
                    }
                } else if power == -Amount.scale - 1 {
                    firstDropped = digit
                } else if digit != 0 {
                    rest = true
                }
                power -= 1
            }
        }
        let magnitude = counted.magnitude
        let isOdd = magnitude & 1 == 1
        let up = firstDropped > 5 || (firstDropped == 5 && (rest || isOdd))
        return (magnitude, up, firstDropped != 0 || rest)
    }

    private static func digits(in bytes: Span<UInt8>, from start: Int) -> Range<Int> {
        var end = start
        while end < bytes.count, bytes[end] &- UInt8(ascii: "0") <= 9 { end += 1 }
        return start..<end
    }

    /// The offending text, cut so that a huge cell does not fill a message.
    private static func excerpt(_ bytes: Span<UInt8>) -> String {
        var cut: [UInt8] = []
        for index in 0..<min(bytes.count, 80) { cut.append(bytes[index]) }
        return String(decoding: cut, as: UTF8.self)
    }
}

/// Counts digits from the first that is not zero on, eighteen at a time in 64 bits.
private struct DigitCounter {
    private var upper: Int128 = 0
    private var chunk: UInt64 = 0
    private var chunkDigits = 0
    /// The power of ten of the last digit.
    private var power = 0

    var isZero: Bool { chunk == 0 && upper == 0 }

    mutating func append(_ digit: UInt8, power: Int) {
        if chunkDigits == 18 { fold() }
        chunk = chunk &* 10 &+ UInt64(digit)
        chunkDigits += 1
        self.power = power
    }

    /// The count of 10⁻¹⁸; at most 20 + 18 digits came, so it is below 10³⁸.
    var magnitude: Int128 {
        guard !isZero else { return 0 }
        var whole = self
        whole.fold()
        var zeros = power + Amount.scale
        while zeros > 0 {
            let step = min(zeros, 19)
            whole.upper *= Int128(PowersOfTen[step])
            zeros -= step
        }
        return whole.upper
    }

    private mutating func fold() {
        upper = upper * Int128(PowersOfTen[chunkDigits]) + Int128(chunk)
        chunk = 0
        chunkDigits = 0
    }
}
