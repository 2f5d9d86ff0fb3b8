public import Money
public import Time

/// What holdings were worth at one point of a history.
public struct ValuePoint: Hashable, Sendable {
    /// When.
    public let time: Timestamp
    /// The sum of what has a price.
    public let value: Amount
    /// What came in since the point before, at the prices of its instants.
    public let inflow: Amount
    /// What went out since the point before, not negative.
    public let outflow: Amount
    /// The value of holdings that got their first price since the point before, less of those exchanged for something
    /// without one.
    public let coverage: Amount
    /// Whether a price used was older than its limit.
    public let isStale: Bool
    /// How many assets were held that had no price.
    public let unpriced: Int
}

/// The value of holdings over time.
public struct ValueHistory: Sendable {
    /// What values are counted in.
    public let currency: Asset
    /// The time zone whose days count.
    public let zone: String
    /// The points by time, the first at the start of the range, the last at its end.
    public let points: [ValuePoint]
    /// The assets that were held without a price at some point.
    public let unpriced: [UnpricedAsset]
}

/// An asset that was held without a price.
public struct UnpricedAsset: Hashable, Sendable {
    /// Which.
    public let asset: Asset
    /// The instant of its first price; nil for none.
    public let pricedSince: Timestamp?
}

/// What holdings are worth at an instant.
public struct ValueReport: Sendable {
    /// What values are counted in.
    public let currency: Asset
    /// When.
    public let time: Timestamp
    /// By value, largest first; those without a value last.
    public let balances: [ValuedBalance]
    /// The sum of the known values.
    public let total: Amount
    /// What is held and has no price.
    public let unpriced: [Asset]
    /// Whether a price used was older than its limit.
    public let isStale: Bool
}
