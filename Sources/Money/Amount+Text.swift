extension Amount: CustomStringConvertible {
    /// The amount as a plain decimal without exponent, grouping or trailing zeros.
    public var description: String {
        var bytes: [UInt8] = []
        render(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the plain decimal, cutting trailing zeros down to a least number of decimals.
    public func render(into output: inout [UInt8], minimumDecimals: Int = 0) {
        let text = AmountText(self, minimumDecimals: minimumDecimals)
        output.append(addingCapacity: AmountText.lengthMax) { free in
            for index in text.start..<AmountText.lengthMax { free.append(text.bytes[index]) }
        }
    }

    /// Calls the closure with the plain decimal's bytes, for writers that take bytes without an array.
    ///
    /// Trailing zeros are cut down to a least number of decimals.
    public func withText<Result>(minimumDecimals: Int = 0, _ body: (Span<UInt8>) -> Result) -> Result {
        let text = AmountText(self, minimumDecimals: minimumDecimals)
        return body(text.bytes.span.extracting(text.start...))
    }
}

/// The decimal text of an amount, written from its end backwards into a fixed place.
private struct AmountText {
    /// A sign, 20 digits, a point and 18 decimals.
    static let lengthMax = 40

    var bytes = InlineArray<40, UInt8>(repeating: UInt8(ascii: "0"))
    /// Where the text begins; it ends with the array.
    var start = AmountText.lengthMax

    init(_ amount: Amount, minimumDecimals: Int) {
        precondition((0...Amount.scale).contains(minimumDecimals), "decimals must be 0 to 18")
        let magnitude = amount.raw.magnitude
        let high = UInt64(truncatingIfNeeded: magnitude >> 64)
        if high < PowersOfTen.eighteenth {
            // The quotient is below 2⁶⁴, so one division instruction does it.
            let low = UInt64(truncatingIfNeeded: magnitude)
            let (whole, fraction) = PowersOfTen.eighteenth.dividingFullWidth((high, low))
            append(fraction: fraction, minimumDecimals: minimumDecimals)
            append(whole, width: 1)
        } else {
            let (whole, fraction) = magnitude.quotientAndRemainder(
                dividingBy: UInt128(PowersOfTen.eighteenth)
            )
            append(fraction: UInt64(truncatingIfNeeded: fraction), minimumDecimals: minimumDecimals)
            let (upper, lower) = whole.quotientAndRemainder(dividingBy: 10_000_000_000)
            append(UInt64(truncatingIfNeeded: lower), width: 10)
            append(UInt64(truncatingIfNeeded: upper), width: 1)
        }
        guard amount.raw < 0 else { return }
        start -= 1
        bytes[start] = UInt8(ascii: "-")
    }

    /// Puts the decimals and the point before the text so far, or nothing where none are needed.
    private mutating func append(fraction: UInt64, minimumDecimals: Int) {
        guard fraction != 0 || minimumDecimals > 0 else { return }
        var rest = fraction
        var width = Amount.scale
        if fraction == 0 {
            width = minimumDecimals
        } else {
            while rest % 100_000_000 == 0 {
                rest /= 100_000_000
                width -= 8
            }
            if rest % 10_000 == 0 {
                rest /= 10_000
                width -= 4
            }
            if rest % 100 == 0 {
                rest /= 100
                width -= 2
            }
            if rest % 10 == 0 {
                rest /= 10
                width -= 1
            }
            if width < minimumDecimals {
                rest *= PowersOfTen[minimumDecimals - width]
                width = minimumDecimals
            }
        }
        append(rest, width: width)
        start -= 1
        bytes[start] = UInt8(ascii: ".")
    }

    /// Puts a number of at least that many digits before the text so far.
    private mutating func append(_ number: UInt64, width: Int) {
        let end = start - width
        var rest = number
        while rest >= 100 {
            let pair = UInt8(truncatingIfNeeded: rest % 100)
            rest /= 100
            bytes[start - 1] = UInt8(ascii: "0") + pair % 10
            bytes[start - 2] = UInt8(ascii: "0") + pair / 10
            start -= 2
        }
        while rest > 0 {
            start -= 1
            bytes[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        // The place is filled with zeros, so digits that are missing need no writing.
        start = min(start, end)
    }
}

/// 10⁰ to 10¹⁹, all that 64 bits hold.
internal enum PowersOfTen {
    /// 10¹⁸, the counts in one unit.
    static let eighteenth: UInt64 = 1_000_000_000_000_000_000

    private static let table: InlineArray<20, UInt64> = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
        10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
        1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
        10_000_000_000_000_000_000,
    ]

    /// 10 to an exponent of 0 to 19.
    static subscript(exponent: Int) -> UInt64 { table[exponent] }
}
