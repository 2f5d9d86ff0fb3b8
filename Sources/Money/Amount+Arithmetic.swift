extension Amount {
    /// The sum.
    ///
    /// - Throws: `MoneyError.overflow` from 10²⁰ units on.
    @inlinable
    public func adding(_ other: Amount) throws(MoneyError) -> Amount {
        // Both are below 10³⁸, so the sum is below 2·10³⁸ and may pass Int128's 1.7·10³⁸.
        let (sum, overflow) = raw.addingReportingOverflow(other.raw)
        guard !overflow else { throw .overflow }
        return try Amount(raw: sum)
    }

    /// The difference.
    ///
    /// - Throws: `MoneyError.overflow` from 10²⁰ units on.
    @inlinable
    public func subtracting(_ other: Amount) throws(MoneyError) -> Amount {
        let (difference, overflow) = raw.subtractingReportingOverflow(other.raw)
        guard !overflow else { throw .overflow }
        return try Amount(raw: difference)
    }

    /// The amount with its sign turned; always in range.
    @inlinable
    public var negated: Amount { Amount(unchecked: -raw) }

    /// The product, rounded half-even to 18 decimals once.
    ///
    /// - Throws: `MoneyError.overflow` from 10²⁰ units on.
    @inlinable
    public func multiplied(by other: Amount) throws(MoneyError) -> Amount {
        try Amount.multiplyDivide(raw, other.raw, dividedBy: Amount.one.raw)
    }

    /// The quotient, rounded half-even to 18 decimals once.
    ///
    /// - Throws: `MoneyError.divisionByZero`, or `.overflow` from 10²⁰ units on.
    @inlinable
    public func divided(by other: Amount) throws(MoneyError) -> Amount {
        try Amount.multiplyDivide(raw, Amount.one.raw, dividedBy: other.raw)
    }

    /// This amount × numerator ÷ denominator through a 256-bit product, rounded half-even once.
    ///
    /// - Throws: `MoneyError.divisionByZero`, or `.overflow` from 10²⁰ units on.
    @inlinable
    public func multiplied(by numerator: Amount, dividedBy denominator: Amount) throws(MoneyError) -> Amount {
        try Amount.multiplyDivide(raw, numerator.raw, dividedBy: denominator.raw)
    }

    /// first × second ÷ divisor over raw counts, exact in between and rounded half-even at the end.
    ///
    /// - Throws: `MoneyError.divisionByZero`, or `.overflow` when the result reaches 10²⁰ units.
    @inlinable
    public static func multiplyDivide(
        _ first: Int128,
        _ second: Int128,
        dividedBy divisor: Int128
    ) throws(MoneyError) -> Amount {
        guard divisor != 0 else { throw .divisionByZero }
        let negative = ((first < 0) != (second < 0)) != (divisor < 0)
        let divisorMagnitude = divisor.magnitude
        let product = first.magnitude.multipliedFullWidth(by: second.magnitude)
        // dividingFullWidth traps when the quotient needs more than 128 bits.
        guard product.high < divisorMagnitude else { throw .overflow }
        var (quotient, remainder) =
            product.high == 0
            ? product.low.quotientAndRemainder(dividingBy: divisorMagnitude)
            : divisorMagnitude.dividingFullWidth(product)
        // Tested before rounding as well: the largest quotient could not be rounded up.
        guard quotient < UInt128(Amount.limit) else { throw .overflow }
        let rest = divisorMagnitude - remainder
        if remainder > rest || (remainder == rest && quotient & 1 == 1) { quotient += 1 }
        guard quotient < UInt128(Amount.limit) else { throw .overflow }
        return Amount(unchecked: negative ? -Int128(quotient) : Int128(quotient))
    }
}
