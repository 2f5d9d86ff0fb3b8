/// An exchange rate kept as a fraction, so that inverting and chaining lose nothing before the one rounding.
///
/// One unit of the base is worth numerator ÷ denominator units of the quote.
public struct Rate: Hashable, Sendable {
    /// What is multiplied.
    public let numerator: Amount
    /// What is divided by; above zero.
    public let denominator: Amount

    /// A rate from its two parts.
    ///
    /// - Throws: `MoneyError.divisionByZero` unless both are above zero.
    public init(numerator: Amount, denominator: Amount) throws(MoneyError) {
        guard numerator.isPositive, denominator.isPositive else { throw .divisionByZero }
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The rate of one price: that many quote units for one base unit.
    ///
    /// - Throws: `MoneyError.divisionByZero` unless the price is above zero.
    public init(price: Amount) throws(MoneyError) {
        try self.init(numerator: price, denominator: .one)
    }

    /// The rate in the other direction, exactly.
    public var inverted: Rate { Rate(uncheckedNumerator: denominator, denominator: numerator) }

    /// One to one.
    public static let identity = Rate(uncheckedNumerator: .one, denominator: .one)

    /// The amount in the quote's units, rounded half-even once.
    ///
    /// - Throws: `MoneyError.overflow`.
    public func convert(_ amount: Amount) throws(MoneyError) -> Amount {
        try amount.multiplied(by: numerator, dividedBy: denominator)
    }

    private init(uncheckedNumerator numerator: Amount, denominator: Amount) {
        self.numerator = numerator
        self.denominator = denominator
    }
}
