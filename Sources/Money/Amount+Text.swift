extension Amount: CustomStringConvertible {
    /// The amount as a plain decimal without exponent, grouping or trailing zeros.
    public var description: String {
        var bytes: [UInt8] = []
        render(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the plain decimal, cutting trailing zeros down to a least number of decimals.
    public func render(into output: inout [UInt8], minimumDecimals: Int = 0) {
        precondition((0...Amount.scale).contains(minimumDecimals), "decimals must be 0 to 18")
        if raw < 0 { output.append(UInt8(ascii: "-")) }
        let (whole, fraction) = raw.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
        // The whole part is below 10²⁰ and so needs at most 20 digits.
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var position = 20
        var rest = UInt64(truncatingIfNeeded: whole % 10_000_000_000)
        var high = UInt64(truncatingIfNeeded: whole / 10_000_000_000)
        if high == 0 {
            repeat {
                position -= 1
                digits[position] = UInt8(rest % 10)
                rest /= 10
            } while rest > 0
        } else {
            for _ in 0..<10 {
                position -= 1
                digits[position] = UInt8(rest % 10)
                rest /= 10
            }
            while high > 0 {
                position -= 1
                digits[position] = UInt8(high % 10)
                high /= 10
            }
        }
        for index in position..<20 { output.append(UInt8(ascii: "0") + digits[index]) }
        var decimals = UInt64(truncatingIfNeeded: fraction)
        guard decimals != 0 || minimumDecimals > 0 else { return }
        output.append(UInt8(ascii: "."))
        var width = 18
        while width > minimumDecimals, decimals % 10 == 0 {
            decimals /= 10
            width -= 1
        }
        let start = output.count
        for _ in 0..<width { output.append(UInt8(ascii: "0")) }
        for index in 0..<width {
            output[start + width - 1 - index] = UInt8(ascii: "0") + UInt8(decimals % 10)
            decimals /= 10
        }
    }

    /// Reads a plain decimal such as `-12.50`: ASCII digits, one point, an optional sign; nothing else.
    ///
    /// - Throws: `MoneyError.notANumber`, `.tooManyDecimals` beyond 18 significant decimals, or `.outOfRange`.
    public static func parse(_ text: String) throws(MoneyError) -> Amount {
        try parse(Array(text.utf8))
    }

    /// Reads a plain decimal from bytes.
    ///
    /// - Throws: as `parse(_: String)`.
    public static func parse(_ bytes: [UInt8]) throws(MoneyError) -> Amount {
        var position = 0
        var negative = false
        if position < bytes.count,
            bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")
        {
            negative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        var whole: UInt128 = 0
        var wholeDigits = 0
        while position < bytes.count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            if whole >= 100_000_000_000_000_000_000 { throw .outOfRange(text: text(bytes)) }
            whole = whole * 10 + UInt128(digit)
            wholeDigits += 1
            position += 1
        }
        var fraction: UInt64 = 0
        var decimals = 0
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            let first = position
            while position < bytes.count {
                let digit = bytes[position] &- UInt8(ascii: "0")
                guard digit <= 9 else { break }
                if decimals < 18 {
                    fraction = fraction * 10 + UInt64(digit)
                    decimals += 1
                } else if digit != 0 {
                    throw .tooManyDecimals(text: text(bytes))
                }
                position += 1
            }
            guard position > first else { throw .notANumber(text: text(bytes)) }
        }
        guard position == bytes.count, wholeDigits > 0 else { throw .notANumber(text: text(bytes)) }
        guard whole < 100_000_000_000_000_000_000 else { throw .outOfRange(text: text(bytes)) }
        for _ in decimals..<18 { fraction *= 10 }
        let magnitude = Int128(whole) * 1_000_000_000_000_000_000 + Int128(fraction)
        return Amount(unchecked: negative ? -magnitude : magnitude)
    }

    /// The offending text, cut so that a huge cell does not fill a message.
    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(80), as: UTF8.self)
    }
}
