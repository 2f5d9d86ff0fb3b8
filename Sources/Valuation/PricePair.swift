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

/// Where a series of prices came from: a name, and a rank of which the lower is preferred.
///
/// Of equal ranks the name that sorts first is preferred. The usual order is manual, imported, fetched, bundled; the
/// owner's order of an asset comes between manual and the rest.
public struct PriceOrigin: Hashable, Comparable, Sendable {
    /// The place in the order of preference, from 0.
    public let rank: UInt16
    /// The name that the prices are kept under.
    public let name: String

    /// An origin of a name and a rank.
    @inlinable
    public init(_ name: String, rank: UInt16) {
        self.name = name
        self.rank = rank
    }

    /// Prices that the owner entered; preferred to all others.
    public static let manual = PriceOrigin("manual", rank: 0)

    /// Prices from a file that the owner imported under a name.
    public static func imported(_ name: String = "file") -> PriceOrigin { PriceOrigin(name, rank: 100) }

    /// Prices fetched from a service.
    public static func fetched(_ name: String) -> PriceOrigin { PriceOrigin(name, rank: 200) }

    /// Prices that ship with the product: the European Central Bank's reference rates.
    public static let bundled = PriceOrigin("bundled", rank: 300)

    /// Preferred origins come first.
    @inlinable
    public static func < (left: PriceOrigin, right: PriceOrigin) -> Bool {
        left.rank != right.rank ? left.rank < right.rank : left.name < right.name
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
        case .hour: return end(of: 3600, stamp)
        case .day: return Day(number: stamp.day.number + 1).start
        }
    }

    private func end(of seconds: Int64, _ stamp: Timestamp) -> Timestamp {
        let second = stamp.seconds
        let rest = second % seconds < 0 ? second % seconds + seconds : second % seconds
        return Timestamp(seconds: second - rest + seconds)
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
