/// An exact quantity, price or cost: a signed count of 10⁻¹⁸ units.
///
/// The absolute value is below 10²⁰ units; whatever would reach it throws. A satoshi is 10¹⁰ of these counts, a
/// wei is one.
public struct Amount: Hashable, Sendable {
    /// The count of 10⁻¹⁸ units.
    public let raw: Int128

    /// The number of decimals that an amount can hold.
    public static let scale = 18

    /// One whole unit as a count: 10¹⁸.
    public static let one = Amount(unchecked: 1_000_000_000_000_000_000)

    /// Nothing.
    public static let zero = Amount(unchecked: 0)

    /// The first count that is out of range: 10²⁰ units.
    public static let limit: Int128 = 100_000_000_000_000_000_000_000_000_000_000_000_000

    /// An amount from a count of 10⁻¹⁸ units.
    ///
    /// - Throws: `MoneyError.overflow` from 10²⁰ units on.
    @inlinable
    public init(raw: Int128) throws(MoneyError) {
        guard raw < Amount.limit, raw > -Amount.limit else { throw .overflow }
        self.raw = raw
    }

    /// An amount from a count that is known to be in range.
    @inlinable
    public init(unchecked raw: Int128) {
        self.raw = raw
    }

    /// An amount of whole units; every `Int32` is in range.
    @inlinable
    public init(whole: Int32) {
        self.raw = Int128(whole) * 1_000_000_000_000_000_000
    }

    /// Whether this is exactly nothing.
    @inlinable
    public var isZero: Bool { raw == 0 }

    /// Whether this is below zero.
    @inlinable
    public var isNegative: Bool { raw < 0 }

    /// Whether this is above zero.
    @inlinable
    public var isPositive: Bool { raw > 0 }

    /// The same amount without its sign.
    @inlinable
    public var magnitude: Amount { Amount(unchecked: raw < 0 ? -raw : raw) }
}

extension Amount: Comparable {
    /// Smaller amounts come first.
    @inlinable
    public static func < (left: Amount, right: Amount) -> Bool {
        left.raw < right.raw
    }
}

/// Why a computation with money has no exact or representable result.
public enum MoneyError: Error, Hashable, Sendable {
    /// The result would reach 10²⁰ units.
    case overflow
    /// A division by zero.
    case divisionByZero
    /// The text is not a plain decimal number.
    case notANumber(text: String)
    /// The text has more than 18 significant decimals.
    case tooManyDecimals(text: String)
    /// The text names a number of 10²⁰ or more.
    case outOfRange(text: String)
}
