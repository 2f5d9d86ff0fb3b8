/// The exact sum of many products of amounts, divided and rounded only once, at the end.
///
/// Both faster and truer than rounding each product: a portfolio's value is the sum of quantity × price.
public struct ProductSum: Sendable, Hashable {
    // The sum in counts of 10⁻³⁶, in two's complement over 320 bits. A product is below 10⁷⁶ < 2²⁵³, so it takes
    // 2⁶⁶ of them to fill it.
    @usableFromInline internal var low: UInt128 = 0
    @usableFromInline internal var high: UInt128 = 0
    @usableFromInline internal var top: Int64 = 0

    /// The sum of nothing.
    @inlinable
    public init() {}

    /// Adds a product.
    @inlinable
    public mutating func add(_ first: Amount, _ second: Amount) {
        let product = first.raw.magnitude.multipliedFullWidth(by: second.raw.magnitude)
        if (first.raw < 0) != (second.raw < 0) {
            subtract(high: product.high, low: product.low)
        } else {
            add(high: product.high, low: product.low)
        }
    }

    /// Adds an amount as it is.
    @inlinable
    public mutating func add(_ amount: Amount) {
        add(amount, .one)
    }

    /// Adds the products of another sum.
    @inlinable
    public mutating func add(_ other: ProductSum) {
        add(high: other.high, low: other.low)
        top += other.top
    }

    /// The sum, divided if so wished, rounded half-even to 18 decimals once.
    ///
    /// - Throws: `MoneyError.divisionByZero`, or `.overflow` from 10²⁰ units on.
    public func total(dividedBy divisor: Amount = .one) throws(MoneyError) -> Amount {
        guard !divisor.isZero else { throw .divisionByZero }
        let isNegative = top < 0
        var magnitude = self
        if isNegative {
            magnitude = ProductSum()
            magnitude.subtract(high: high, low: low)
            // The lowest Int64 would take 2⁶⁶ products to reach.
            magnitude.top -= top
        }
        let by = divisor.raw.magnitude
        // dividingFullWidth traps when the quotient needs more than 128 bits.
        guard magnitude.top == 0, magnitude.high < by else { throw .overflow }
        var (quotient, remainder) = by.dividingFullWidth((magnitude.high, magnitude.low))
        guard quotient < UInt128(Amount.limit) else { throw .overflow }
        let rest = by - remainder
        if remainder > rest || (remainder == rest && quotient & 1 == 1) { quotient += 1 }
        let signed = Int128(quotient)
        return try Amount(raw: isNegative != divisor.isNegative ? -signed : signed)
    }

    @inlinable
    internal mutating func add(high otherHigh: UInt128, low otherLow: UInt128) {
        let (newLow, carryLow) = low.addingReportingOverflow(otherLow)
        let (partHigh, carryPart) = high.addingReportingOverflow(otherHigh)
        let (newHigh, carryHigh) = partHigh.addingReportingOverflow(carryLow ? 1 : 0)
        low = newLow
        high = newHigh
        top += (carryPart ? 1 : 0) + (carryHigh ? 1 : 0)
    }

    @inlinable
    internal mutating func subtract(high otherHigh: UInt128, low otherLow: UInt128) {
        let (newLow, borrowLow) = low.subtractingReportingOverflow(otherLow)
        let (partHigh, borrowPart) = high.subtractingReportingOverflow(otherHigh)
        let (newHigh, borrowHigh) = partHigh.subtractingReportingOverflow(borrowLow ? 1 : 0)
        low = newLow
        high = newHigh
        top -= (borrowPart ? 1 : 0) + (borrowHigh ? 1 : 0)
    }
}
