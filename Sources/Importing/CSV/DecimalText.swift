import Money

/// Reads decimal numbers from a range of bytes without making a string of them.
enum DecimalText {
    /// What a text turned out to be.
    enum Reading: Equatable {
        /// A plain decimal.
        case plain(Amount)
        /// A number with an exponent, read exactly.
        case exponent(Amount)
        /// A number with more than 18 significant decimals, rounded half-even to 18.
        case rounded(Amount)
        case notANumber
        case outOfRange
    }

    private static let scale: Int128 = 1_000_000_000_000_000_000

    private static let powers: [18 of UInt64] = {
        var powers = InlineArray<18, UInt64>(repeating: 1)
        for index in 1..<18 { powers[index] = powers[index - 1] * 10 }
        return powers
    }()

    /// Reads the bytes of a range; a sign in front is taken.
    static func read(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Reading {
        var position = start
        var negative = false
        if position < end, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            negative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        let first = position
        var whole: UInt64 = 0
        while position < end {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            // At most 18 digits are used from here, so wrapping cannot reach a result.
            whole = whole &* 10 &+ UInt64(digit)
            position += 1
        }
        let wholeDigits = position - first
        guard wholeDigits > 0 else { return .notANumber }
        var fraction: UInt64 = 0
        var decimals = 0
        if position < end, bytes[position] == UInt8(ascii: ".") {
            position += 1
            let firstDecimal = position
            while position < end {
                let digit = bytes[position] &- UInt8(ascii: "0")
                guard digit <= 9 else { break }
                fraction = fraction &* 10 &+ UInt64(digit)
                position += 1
            }
            decimals = position - firstDecimal
            guard decimals > 0 else { return .notANumber }
        }
        guard position == end, wholeDigits <= 18, decimals <= 18 else {
            return general(bytes, first, end, negative: negative)
        }
        if decimals > 0, decimals < 18 { fraction = fraction &* powers[18 - decimals] }
        let magnitude = Int128(whole) &* scale &+ Int128(fraction)
        return .plain(Amount(unchecked: negative ? -magnitude : magnitude))
    }

    /// Reads long numbers and those with an exponent, exactly; `start` is behind the sign.
    private static func general(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, negative: Bool) -> Reading {
        // Up to 38 digits count; what is behind them can only make a number inexact or too large.
        let mantissaLimit: UInt128 = 10_000_000_000_000_000_000_000_000_000_000_000_000
        var mantissa: UInt128 = 0
        var power = 0
        var lost = false
        var inFraction = false
        var digits = 0
        var position = start
        scan: while position < end {
            let byte = bytes[position]
            let digit = byte &- UInt8(ascii: "0")
            if digit <= 9 {
                if mantissa < mantissaLimit {
                    mantissa = mantissa * 10 + UInt128(digit)
                    if inFraction { power -= 1 }
                } else {
                    lost = lost || digit != 0
                    if !inFraction { power += 1 }
                }
                digits += 1
            } else if byte == UInt8(ascii: "."), !inFraction, digits > 0 {
                inFraction = true
                digits = 0
            } else {
                break scan
            }
            position += 1
        }
        guard digits > 0 else { return .notANumber }
        var isExponent = false
        if position < end {
            guard bytes[position] == UInt8(ascii: "e") || bytes[position] == UInt8(ascii: "E") else {
                return .notANumber
            }
            guard let exponent = exponent(bytes, position + 1, end) else { return .notANumber }
            isExponent = true
            power += exponent
        }
        guard mantissa != 0 else { return isExponent ? .exponent(.zero) : .plain(.zero) }
        var shift = 18 + power
        var exact = !lost
        while shift > 0 {
            guard mantissa < mantissaLimit else { return .outOfRange }
            mantissa *= 10
            shift -= 1
        }
        if shift < 0 {
            (mantissa, exact) = divided(mantissa, places: -shift, exact: exact)
        }
        guard mantissa < UInt128(Amount.limit) else { return .outOfRange }
        let amount = Amount(unchecked: negative ? -Int128(mantissa) : Int128(mantissa))
        guard exact else { return .rounded(amount) }
        return isExponent ? .exponent(amount) : .plain(amount)
    }

    /// The mantissa without its last places, rounded half-even, and whether nothing was lost.
    private static func divided(_ mantissa: UInt128, places: Int, exact: Bool) -> (UInt128, Bool) {
        guard places <= 38 else { return (0, false) }
        var divisor: UInt128 = 1
        for _ in 0..<places { divisor *= 10 }
        var (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: divisor)
        let half = divisor / 2
        if remainder > half || (remainder == half && (!exact || quotient & 1 == 1)) { quotient += 1 }
        return (quotient, exact && remainder == 0)
    }

    /// The exponent as an integer of up to four digits.
    private static func exponent(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var position = start
        var negative = false
        if position < end, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            negative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        guard position < end, end - position <= 4 else { return nil }
        var value = 0
        while position < end {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = value * 10 + Int(digit)
            position += 1
        }
        return negative ? -value : value
    }

    /// Why a text is not a number, for people, by what it looks like.
    static func advice(_ text: [UInt8]) -> String {
        if text.contains(where: { $0 >= 0x80 }) { return "write it with the digits 0 to 9 and a point" }
        if text.contains(UInt8(ascii: ",")) {
            return "write it without grouping and with a point before the decimals, such as 1234.56"
        }
        if text.contains(where: { $0 == 0x20 || $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "_") }) {
            return "write it without grouping, such as 1234.56"
        }
        return "write a plain decimal such as 1234.56"
    }
}
