/// A natural number of any size, slow and plain: the model that the fast arithmetic is compared with.
struct BigNatural: Comparable {
    /// Digits of 32 bits, the lowest first, without leading zeros.
    private var digits: [UInt32]

    init(_ number: UInt128) {
        digits = (0..<4).map { UInt32(truncatingIfNeeded: number >> (32 * $0)) }
        trim()
    }

    private mutating func trim() {
        while digits.last == 0 { digits.removeLast() }
    }

    static func * (left: BigNatural, right: BigNatural) -> BigNatural {
        var result = BigNatural(0)
        result.digits = [UInt32](repeating: 0, count: left.digits.count + right.digits.count)
        for (place, first) in left.digits.enumerated() {
            var carry: UInt64 = 0
            for (other, second) in right.digits.enumerated() {
                let sum = UInt64(first) * UInt64(second) + UInt64(result.digits[place + other]) + carry
                result.digits[place + other] = UInt32(truncatingIfNeeded: sum)
                carry = sum >> 32
            }
            result.digits[place + right.digits.count] = UInt32(carry)
        }
        result.trim()
        return result
    }

    static func + (left: BigNatural, right: BigNatural) -> BigNatural {
        var result = BigNatural(0)
        var carry: UInt64 = 0
        for place in 0..<max(left.digits.count, right.digits.count) {
            let sum = carry + left.digit(place) + right.digit(place)
            result.digits.append(UInt32(truncatingIfNeeded: sum))
            carry = sum >> 32
        }
        result.digits.append(UInt32(carry))
        result.trim()
        return result
    }

    /// The difference without its sign.
    func distance(to other: BigNatural) -> BigNatural {
        let (large, small) = self < other ? (other, self) : (self, other)
        var result = BigNatural(0)
        var borrow: Int64 = 0
        for place in large.digits.indices {
            var rest = Int64(large.digits[place]) - Int64(small.digit(place)) - borrow
            borrow = rest < 0 ? 1 : 0
            if rest < 0 { rest += 1 << 32 }
            result.digits.append(UInt32(rest))
        }
        result.trim()
        return result
    }

    private func digit(_ place: Int) -> UInt64 {
        place < digits.count ? UInt64(digits[place]) : 0
    }

    static func < (left: BigNatural, right: BigNatural) -> Bool {
        guard left.digits.count == right.digits.count else { return left.digits.count < right.digits.count }
        for place in left.digits.indices.reversed() where left.digits[place] != right.digits[place] {
            return left.digits[place] < right.digits[place]
        }
        return false
    }

    func power(_ exponent: Int) -> BigNatural {
        (0..<exponent).reduce(BigNatural(1)) { product, _ in product * self }
    }
}

/// A fraction of two naturals, never reduced.
struct BigFraction {
    var numerator = BigNatural(1)
    var denominator = BigNatural(1)

    mutating func multiply(by numerator: UInt128, over denominator: UInt128) {
        self.numerator = self.numerator * BigNatural(numerator)
        self.denominator = self.denominator * BigNatural(denominator)
    }

    /// Whether a count of 10⁻¹⁸ lies within half a unit of this.
    func rounds(to counts: UInt128) -> Bool {
        let one = BigNatural(1_000_000_000_000_000_000)
        let distance = (BigNatural(counts) * denominator).distance(to: numerator * one)
        return distance + distance <= denominator
    }
}
