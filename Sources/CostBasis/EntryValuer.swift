public import Money
public import Time

/// The worth of something in the report's currency, and how far the price behind it can be trusted.
public struct ValueQuote: Hashable, Sendable {
    /// The worth, never negative.
    public let amount: Amount
    /// The instant from which the oldest price used counts.
    public let priceTime: Timestamp
    /// Whether that price was too old.
    public let isStale: Bool

    /// A quote from its parts.
    public init(amount: Amount, priceTime: Timestamp, isStale: Bool) {
        self.amount = amount
        self.priceTime = priceTime
        self.isStale = isStale
    }
}

/// Knows what assets were worth in the report's currency.
///
/// Asked only where an entry does not say itself what it was worth.
public protocol EntryValuer {
    /// The worth of an amount at an instant, or nil when no price is known; never zero for want of a price.
    func value(of amount: Amount, asset: AssetID, at time: Timestamp) -> ValueQuote?
}

/// A valuer that knows no price.
public struct NoPrices: EntryValuer, Sendable {
    /// The valuer.
    public init() {}

    /// Always nil.
    public func value(of amount: Amount, asset: AssetID, at time: Timestamp) -> ValueQuote? { nil }
}

/// A valuer made of a closure.
public struct ClosureValuer: EntryValuer {
    private let body: (Amount, AssetID, Timestamp) -> ValueQuote?

    /// A valuer that asks the closure.
    public init(_ body: @escaping (Amount, AssetID, Timestamp) -> ValueQuote?) {
        self.body = body
    }

    /// The closure's answer.
    public func value(of amount: Amount, asset: AssetID, at time: Timestamp) -> ValueQuote? {
        body(amount, asset, time)
    }
}
