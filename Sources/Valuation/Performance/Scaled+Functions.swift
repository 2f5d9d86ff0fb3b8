/// Root, logarithm and exponential, from additions, products and quotients alone.
extension Scaled {
    /// The square root, to a relative error below 2⁻¹²⁰; the number must not be below zero.
    var squareRoot: Scaled {
        precondition(!isNegative, "a root of what is below zero")
        guard !isZero else { return .zero }
        // An even exponent halves exactly; the first guess comes from 63 bits of the mantissa.
        let odd = exponent & 1
        let top = UInt64(truncatingIfNeeded: mantissa >> (odd == 0 ? 66 : 65))
        let guess = Scaled(isNegative: false, bits: UInt128(Scaled.integerRoot(top)), exponent: 0)
        var root = guess.scaled(byPowerOfTwo: (exponent + (odd == 0 ? 66 : 65)) >> 1)
        // Newton's method doubles the right bits each time: 31, 62, 124, and once more for the last ones.
        for _ in 0..<4 { root = (root + self / root).scaled(byPowerOfTwo: -1) }
        return root
    }

    /// The largest integer whose square is not above the number: by digits of two bits.
    static func integerRoot(_ number: UInt64) -> UInt64 {
        var rest = number
        var root: UInt64 = 0
        var bit: UInt64 = 1 << 62
        while bit > number { bit >>= 2 }
        while bit != 0 {
            if rest >= root + bit {
                rest -= root + bit
                root = (root >> 1) + bit
            } else {
                root >>= 1
            }
            bit >>= 2
        }
        return root
    }

    /// The natural logarithm, to an absolute error below 2⁻¹¹⁵; the number must be above zero.
    ///
    /// ln m = 2·artanh((m − 1)/(m + 1)), for an m between the roots of one half and of two.
    var naturalLogarithm: Scaled {
        precondition(isPositive, "a logarithm of what is not above zero")
        var reduced = Scaled(isNegative: false, bits: mantissa, exponent: -127)
        var powers = exponent + 127
        if reduced > Scaled.squareRootOfTwo {
            reduced = reduced.scaled(byPowerOfTwo: -1)
            powers += 1
        }
        let part = Scaled.inverseTangentSeries((reduced - .one) / (reduced + .one))
        return Scaled(powers) * Scaled.logarithmOfTwo + part.scaled(byPowerOfTwo: 1)
    }

    private static let squareRootOfTwo = Scaled.two.squareRoot
    /// ln 2 = 2·artanh(1/3).
    private static let logarithmOfTwo =
        inverseTangentSeries(Scaled.one / Scaled(3)).scaled(byPowerOfTwo: 1)

    /// artanh z = z + z³/3 + z⁵/5 + …, for z up to a third.
    private static func inverseTangentSeries(_ z: Scaled) -> Scaled {
        let square = z * z
        var power = z
        var sum = z
        var odd = 3
        while !power.isZero {
            power *= square
            let term = power / Scaled(odd)
            if term.isZero || term.exponent < sum.exponent - 128 { break }
            sum += term
            odd += 2
        }
        return sum
    }

    /// e to this power, or nil where the power is beyond ±10,000.
    ///
    /// e^x = 2^k · e^r with r within half of ln 2, by the exponential series.
    var exponential: Scaled? {
        guard magnitude < Scaled(10_000) else { return nil }
        let powers = (self / Scaled.logarithmOfTwo).nearestInteger
        let rest = self - Scaled(powers) * Scaled.logarithmOfTwo
        var term = Scaled.one
        var sum = Scaled.one
        var count = 1
        while true {
            term = term * rest / Scaled(count)
            if term.isZero || term.exponent < sum.exponent - 128 { break }
            sum += term
            count += 1
        }
        return sum.scaled(byPowerOfTwo: powers)
    }

    /// The nearest integer to a small number.
    private var nearestInteger: Int {
        let shifted = magnitude + Scaled.one.scaled(byPowerOfTwo: -1)
        let shift = -shifted.exponent
        precondition(shift > 64, "a small number")
        let whole = shift > 127 ? 0 : Int(shifted.mantissa >> UInt128(shift))
        return isNegative ? -whole : whole
    }

    /// The number, above zero, to the power of a fraction above zero; nil where it leaves every range.
    func power(_ numerator: Int, over denominator: Int) -> Scaled? {
        guard !isZero else { return .zero }
        guard numerator != denominator else { return self }
        return (naturalLogarithm * Scaled(numerator) / Scaled(denominator)).exponential
    }
}
