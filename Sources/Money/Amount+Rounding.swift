extension Amount {
    /// The nearest amount with that many decimals, 0 to 18; halfway the one whose last digit is even.
    ///
    /// - Throws: `MoneyError.overflow` when rounding up reaches 10²⁰ units.
    public func rounded(toDecimals decimals: Int) throws(MoneyError) -> Amount {
        precondition((0...Amount.scale).contains(decimals), "decimals must be 0 to 18")
        let step = Int128(PowersOfTen[Amount.scale - decimals])
        let magnitude = raw.magnitude
        var (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: step.magnitude)
        let rest = step.magnitude - remainder
        if remainder > rest || (remainder == rest && quotient & 1 == 1) { quotient += 1 }
        let rounded = Int128(quotient) * step
        return try Amount(raw: raw < 0 ? -rounded : rounded)
    }

    /// Whether the amount needs no more than that many decimals, 0 to 18.
    public func fits(decimals: Int) -> Bool {
        precondition((0...Amount.scale).contains(decimals), "decimals must be 0 to 18")
        return raw % Int128(PowersOfTen[Amount.scale - decimals]) == 0
    }
}
