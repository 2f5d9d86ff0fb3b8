import Money

/// A signed number of 128 significant bits in integers alone: a mantissa times a power of two.
///
/// What lies between amounts in a computation of returns: an index linked over many thousand sub-periods may grow or
/// shrink by many orders of magnitude, where a fixed number of decimals would lose digits or room. Every operation
/// is cut off towards zero, so its relative error is below 2⁻¹²⁵, and gives the same bits on every machine.
struct Scaled: Hashable, Sendable {
    /// Whether the number is below zero; never so for zero.
    private(set) var isNegative: Bool
    /// The significant bits, the topmost one set; zero for zero.
    private(set) var mantissa: UInt128
    /// The power of two by which the mantissa counts; zero for zero.
    private(set) var exponent: Int

    static let zero = Scaled(isNegative: false, mantissa: 0, exponent: 0)
    static let one = Scaled(1)
    static let two = Scaled(2)

    private init(isNegative: Bool, mantissa: UInt128, exponent: Int) {
        self.isNegative = isNegative
        self.mantissa = mantissa
        self.exponent = exponent
    }

    /// A number of any bits times a power of two.
    init(isNegative: Bool, bits: UInt128, exponent: Int) {
        guard bits != 0 else {
            self = .zero
            return
        }
        let shift = bits.leadingZeroBitCount
        self.init(isNegative: isNegative, mantissa: bits << UInt128(shift), exponent: exponent - shift)
    }

    /// An integer, exactly.
    init(_ integer: Int) {
        self.init(isNegative: integer < 0, bits: UInt128(integer.magnitude), exponent: 0)
    }

    /// A count of 10⁻¹⁸, as an integer.
    init(raw: Int128) {
        self.init(isNegative: raw < 0, bits: raw.magnitude, exponent: 0)
    }

    /// An amount in units.
    init(_ amount: Amount) {
        self = Scaled(raw: amount.raw) / Scaled.countsPerUnit
    }

    private static let countsPerUnit = Scaled(raw: Amount.one.raw)

    var isZero: Bool { mantissa == 0 }
    var isPositive: Bool { mantissa != 0 && !isNegative }

    /// −1, 0 or 1.
    var sign: Int { mantissa == 0 ? 0 : isNegative ? -1 : 1 }

    var negated: Scaled {
        Scaled(isNegative: mantissa != 0 && !isNegative, mantissa: mantissa, exponent: exponent)
    }

    var magnitude: Scaled { Scaled(isNegative: false, mantissa: mantissa, exponent: exponent) }

    /// The number times a power of two, exactly.
    func scaled(byPowerOfTwo power: Int) -> Scaled {
        mantissa == 0 ? self : Scaled(isNegative: isNegative, mantissa: mantissa, exponent: exponent + power)
    }

    static func * (left: Scaled, right: Scaled) -> Scaled {
        let product = left.mantissa.multipliedFullWidth(by: right.mantissa)
        guard product.high != 0 else { return .zero }
        // Both have their topmost bit, so the product has it in one of the two topmost places.
        let isShort = product.high.leadingZeroBitCount
        let mantissa = isShort == 0 ? product.high : product.high << 1 | product.low >> 127
        return Scaled(
            isNegative: left.isNegative != right.isNegative,
            mantissa: mantissa,
            exponent: left.exponent + right.exponent + 128 - isShort
        )
    }

    /// The quotient; the divisor must not be zero.
    static func / (left: Scaled, right: Scaled) -> Scaled {
        precondition(right.mantissa != 0, "a divisor is not zero")
        guard left.mantissa != 0 else { return .zero }
        // Halved, the dividend's upper half is below the divisor, so the quotient has 127 or 128 bits.
        let quotient = right.mantissa.dividingFullWidth((left.mantissa >> 1, left.mantissa << 127)).quotient
        return Scaled(
            isNegative: left.isNegative != right.isNegative,
            bits: quotient,
            exponent: left.exponent - right.exponent - 127
        )
    }

    static func + (left: Scaled, right: Scaled) -> Scaled {
        guard left.mantissa != 0 else { return right }
        guard right.mantissa != 0 else { return left }
        let isLeftLarger =
            left.exponent != right.exponent
            ? left.exponent > right.exponent : left.mantissa >= right.mantissa
        let (large, small) = isLeftLarger ? (left, right) : (right, left)
        let distance = large.exponent - small.exponent
        let aligned = distance > 127 ? 0 : small.mantissa >> UInt128(distance)
        if large.isNegative == small.isNegative {
            let (sum, carry) = large.mantissa.addingReportingOverflow(aligned)
            return Scaled(
                isNegative: large.isNegative,
                mantissa: carry ? sum >> 1 | 1 << 127 : sum,
                exponent: large.exponent + (carry ? 1 : 0)
            )
        }
        return Scaled(
            isNegative: large.isNegative,
            bits: large.mantissa - aligned,
            exponent: large.exponent
        )
    }

    static func - (left: Scaled, right: Scaled) -> Scaled { left + right.negated }

    static func += (left: inout Scaled, right: Scaled) { left = left + right }

    static func *= (left: inout Scaled, right: Scaled) { left = left * right }

    /// The number to a whole power of at least zero; 0⁰ is one.
    func power(_ exponent: Int) -> Scaled {
        precondition(exponent >= 0, "negative powers are quotients")
        var result = Scaled.one
        var square = self
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            rest >>= 1
            if rest > 0 { square *= square }
        }
        return result
    }

    /// The nearest amount; nil from 10²⁰ units on.
    ///
    /// A count of 10⁻¹⁸ is no sum of powers of two, so what lies halfway is never met but to the last bit.
    var amount: Amount? {
        guard mantissa != 0 else { return .zero }
        let counts = self * Scaled.countsPerUnit
        // 10³⁸ has 127 bits, so whatever counts more is out of range.
        guard counts.exponent < 0 else { return nil }
        let shift = -counts.exponent
        guard shift <= 128 else { return .zero }
        let whole = shift == 128 ? 0 : counts.mantissa >> UInt128(shift)
        let half: UInt128 = 1 << UInt128(shift - 1)
        guard whole < UInt128(Amount.limit) else { return nil }
        let rounded = Int128(whole) + (counts.mantissa & half == 0 ? 0 : 1)
        return try? Amount(raw: isNegative ? -rounded : rounded)  // The reason can only be the range.
    }
}

extension Scaled: Comparable {
    static func < (left: Scaled, right: Scaled) -> Bool {
        guard left.sign == right.sign else { return left.sign < right.sign }
        guard left.mantissa != 0 else { return false }
        let isSmaller =
            left.exponent != right.exponent
            ? left.exponent < right.exponent : left.mantissa < right.mantissa
        return left.isNegative ? !isSmaller && left != right : isSmaller
    }
}
