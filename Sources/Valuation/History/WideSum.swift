import Money

/// A sum of products of two raw amounts, exact in 256 bits.
struct WideSum: Hashable, Sendable {
    private(set) var high: Int128
    private(set) var low: UInt128

    static let zero = WideSum(high: 0, low: 0)

    init(high: Int128, low: UInt128) {
        self.high = high
        self.low = low
    }

    /// The product of an amount and a price above zero.
    @inline(__always)
    init(_ amount: Int128, times price: UInt128) {
        let mask = UInt128(UInt64.max)
        let size = amount.magnitude
        let (a1, a0) = (size >> 64, size & mask)
        let (p1, p0) = (price >> 64, price & mask)
        // Factors below 2⁶⁴ have products below 2¹²⁸ − 2⁶⁵, so nothing here wraps.
        let bottom = a0 &* p0
        let left = a1 &* p0
        let right = a0 &* p1
        let middle = (bottom >> 64) &+ (left & mask) &+ (right & mask)
        let low = bottom & mask | middle << 64
        let high = a1 &* p1 &+ (left >> 64) &+ (right >> 64) &+ (middle >> 64)
        if amount >= 0 {
            self.init(high: Int128(truncatingIfNeeded: high), low: low)
        } else {
            let negated = 0 &- low
            self.init(
                high: Int128(truncatingIfNeeded: 0 &- high &- (low == 0 ? 0 : 1)),
                low: negated
            )
        }
    }

    /// Whether so many products as there are assets can be added without leaving 256 bits.
    ///
    /// One of them that is larger is worth more than any amount by itself.
    @inline(__always)
    var isSmall: Bool {
        let bound = Int128(1) << 110
        return high < bound && high > -bound
    }

    /// Adds another that is small.
    @inline(__always)
    mutating func add(_ other: WideSum) {
        add(high: other.high, low: other.low)
    }

    @inline(__always)
    mutating func add(high: Int128, low: UInt128) {
        let (sum, carry) = self.low.addingReportingOverflow(low)
        self.low = sum
        self.high = self.high &+ high &+ (carry ? 1 : 0)
    }

    @inline(__always)
    mutating func subtract(high: Int128, low: UInt128) {
        let (difference, borrow) = self.low.subtractingReportingOverflow(low)
        self.low = difference
        self.high = self.high &- high &- (borrow ? 1 : 0)
    }

    /// Whether it is zero.
    var isZero: Bool { high == 0 && low == 0 }

    /// The sum over a divisor above zero, rounded half-even; nil from 10²⁰ units on.
    @inline(__always)
    func divided(by divisor: UInt128) -> Amount? {
        let (high, low) = magnitude
        guard high < divisor else { return nil }
        return rounded(divisor.dividingFullWidth((high, low)), divisor)
    }

    /// The sum times a factor above zero over a divisor above zero, rounded half-even once; nil from 10²⁰ units on.
    func scaled(by factor: UInt128, over divisor: UInt128) -> Amount? {
        let (high, low) = magnitude
        let bottom = low.multipliedFullWidth(by: factor)
        let top = high.multipliedFullWidth(by: factor)
        let (middle, carry) = bottom.high.addingReportingOverflow(top.low)
        let upper = top.high &+ (carry ? 1 : 0)
        guard upper < divisor else { return nil }
        let first = divisor.dividingFullWidth((upper, middle))
        guard first.quotient == 0 else { return nil }
        return rounded(divisor.dividingFullWidth((first.remainder, bottom.low)), divisor)
    }

    /// The sum times some factors over others, all above zero, rounded half-even once; nil from 10²⁰ units on.
    func scaled(by numerators: [UInt128], over denominators: [UInt128]) -> Amount? {
        let (high, low) = magnitude
        let limbs = [low, high].flatMap {
            [UInt64(truncatingIfNeeded: $0), UInt64(truncatingIfNeeded: $0 >> 64)]
        }
        return WideQuotient.rounded(limbs, times: numerators, over: denominators).flatMap { amount($0) }
    }

    private func rounded(_ parts: (quotient: UInt128, remainder: UInt128), _ divisor: UInt128) -> Amount? {
        let (quotient, remainder) = parts
        guard quotient < UInt128(Amount.limit) else { return nil }
        let rest = divisor - remainder
        let isUp = remainder > rest || (remainder == rest && quotient & 1 == 1)
        return amount(quotient + (isUp ? 1 : 0))
    }

    /// The value without its sign.
    private var magnitude: (high: UInt128, low: UInt128) {
        guard high < 0 else { return (UInt128(high), low) }
        let low = 0 &- self.low
        return (~UInt128(truncatingIfNeeded: high) &+ (low == 0 ? 1 : 0), low)
    }

    /// An amount of the sum's sign.
    private func amount(_ magnitude: UInt128) -> Amount? {
        guard magnitude < UInt128(Amount.limit) else { return nil }
        return Amount(unchecked: high < 0 ? -Int128(magnitude) : Int128(magnitude))
    }
}
