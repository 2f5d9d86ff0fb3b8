import Money

/// A sum of products of two raw amounts, exact in 256 bits.
///
/// One amount is below 2¹²⁷, so a product is below 2²⁵⁴; a sum that leaves the range is marked by its caller.
struct WideSum: Hashable, Sendable {
    private(set) var high: Int128
    private(set) var low: UInt128

    static let zero = WideSum(high: 0, low: 0)

    init(high: Int128, low: UInt128) {
        self.high = high
        self.low = low
    }

    /// The product of two raw amounts.
    @inline(__always)
    init(_ left: Int128, times right: Int128) {
        (high, low) = left.multipliedFullWidth(by: right)
    }

    /// Adds another and says whether the sum left the range.
    @inline(__always)
    mutating func add(_ other: WideSum) -> Bool {
        let (low, carry) = self.low.addingReportingOverflow(other.low)
        let (sum, first) = high.addingReportingOverflow(other.high)
        let (high, second) = sum.addingReportingOverflow(carry ? 1 : 0)
        self.low = low
        self.high = high
        return first != second
    }

    /// Whether it is zero.
    var isZero: Bool { high == 0 && low == 0 }

    /// The sum over a divisor above zero, rounded half-even; nil from 10²⁰ units on.
    func divided(by divisor: UInt128) -> Amount? {
        let (high, low) = magnitude
        guard high < divisor else { return nil }
        let (quotient, remainder) = divisor.dividingFullWidth((high, low))
        let half = remainder > divisor - remainder
        let tie = remainder == divisor - remainder && quotient & 1 == 1
        guard quotient < UInt128(Amount.limit) else { return nil }
        return amount(quotient + (half || tie ? 1 : 0))
    }

    /// The sum times some factors over others, all above zero, rounded half-even once; nil from 10²⁰ units on.
    func scaled(by numerators: [UInt128], over denominators: [UInt128]) -> Amount? {
        let (high, low) = magnitude
        let limbs = [low, high].flatMap {
            [UInt64(truncatingIfNeeded: $0), UInt64(truncatingIfNeeded: $0 >> 64)]
        }
        return WideQuotient.rounded(limbs, times: numerators, over: denominators).flatMap { amount($0) }
    }

    /// The value without its sign.
    private var magnitude: (high: UInt128, low: UInt128) {
        guard high < 0 else { return (UInt128(high), low) }
        let low = ~low &+ 1
        let high = UInt128(truncatingIfNeeded: ~high) &+ (low == 0 ? 1 : 0)
        return (high, low)
    }

    /// An amount of the sum's sign.
    private func amount(_ magnitude: UInt128) -> Amount? {
        guard magnitude < UInt128(Amount.limit) else { return nil }
        return Amount(unchecked: high < 0 ? -Int128(magnitude) : Int128(magnitude))
    }
}
