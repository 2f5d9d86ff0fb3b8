public import Money
public import Time

/// Two assets whose price is known: how many units of the quote one unit of the base is worth.
public struct PricePair: Hashable, Comparable, Sendable {
    /// What is priced.
    public let base: AssetID
    /// What the price is counted in.
    public let quote: AssetID

    /// A pair from its two assets.
    @inlinable
    public init(base: AssetID, quote: AssetID) {
        self.base = base
        self.quote = quote
    }

    /// The same pair looked at from the other side.
    @inlinable
    public var inverted: PricePair { PricePair(base: quote, quote: base) }

    /// Ordered by base, then quote.
    @inlinable
    public static func < (left: PricePair, right: PricePair) -> Bool {
        (left.base, left.quote) < (right.base, right.quote)
    }
}

/// Where a series of prices came from; a lower rank is preferred.
public struct PriceSource: Hashable, Comparable, Sendable {
    /// The place in the order of preference, from 0.
    public let rank: UInt16

    /// A source of a rank.
    @inlinable
    public init(rank: UInt16) {
        self.rank = rank
    }

    /// Prices that the owner entered; preferred to all others.
    public static let manual = PriceSource(rank: 0)
    /// Prices from a file that the owner imported.
    public static let imported = PriceSource(rank: 100)
    /// Prices fetched from a service.
    public static let fetched = PriceSource(rank: 200)
    /// Prices that ship with the product.
    public static let bundled = PriceSource(rank: 300)

    /// Preferred sources come first.
    @inlinable
    public static func < (left: PriceSource, right: PriceSource) -> Bool {
        left.rank < right.rank
    }
}

/// The period for which a stamped price holds.
public enum PriceResolution: UInt8, Hashable, Sendable, CaseIterable {
    /// The price of that very instant.
    case spot
    /// The close of the hour that the stamp opens.
    case hour
    /// The close of the UTC day that the stamp opens.
    case day

    /// The instant from which a price may be used: the end of its period.
    ///
    /// Nobody knew a day's close during that day, so on the day itself the last one before counts.
    public func effectiveTime(of stamp: Timestamp) -> Timestamp {
        switch self {
        case .spot: return stamp
        case .hour:
            let second = stamp.seconds
            let secondOfHour = second % 3600 < 0 ? second % 3600 + 3600 : second % 3600
            return Timestamp(seconds: second - secondOfHour + 3600)
        case .day: return Day(number: stamp.day.number + 1).start
        }
    }
}

/// A price and the instant from which it counts.
public struct PricePoint: Hashable, Sendable {
    /// The instant from which the price may be used.
    public let time: Timestamp
    /// Units of the quote for one unit of the base, above zero.
    public let price: Amount

    /// A point from its parts.
    @inlinable
    public init(time: Timestamp, price: Amount) {
        self.time = time
        self.price = price
    }
}

/// Why prices are refused.
public enum ValuationError: Error, Hashable, Sendable {
    /// A price must be above zero: a worthless asset has no price.
    case priceNotPositive(pair: PricePair, time: Timestamp, price: Amount)
    /// Base and quote are the same asset.
    case samePair(asset: AssetID)
}
