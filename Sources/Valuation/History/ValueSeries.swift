public import Money

/// How much of one asset is held over a list of instants.
public struct HoldingRuns: Sendable {
    /// Of what.
    public let asset: AssetID
    /// The place of the instant from which each amount is held, increasing; before the first nothing is held.
    public private(set) var starts: [Int] = []
    /// Raw amounts.
    public private(set) var amounts: [Int128] = []

    /// Nothing of an asset.
    public init(asset: AssetID) {
        self.asset = asset
    }

    /// Notes that from a place on an amount is held; the places must not decrease, and a later note for a place counts.
    public mutating func hold(_ amount: Amount, from place: Int) {
        if let last = starts.last, last == place {
            amounts[amounts.count - 1] = amount.raw
            return
        }
        precondition(
            starts.last.map { $0 < place } ?? true,
            "holdings are noted in the order of their places"
        )
        starts.append(place)
        amounts.append(amount.raw)
    }
}

/// What holdings were worth at a list of instants.
public struct ValueSeries: Sendable {
    /// The sum of what has a price, at each instant.
    public let values: [Amount]
    /// Whether a price used was older than its limit, at each instant.
    public let isStale: [Bool]
    /// How many assets were held without a price, at each instant.
    public let unpriced: [UInt16]
    /// The assets held without a price at some instant.
    public let unpricedAssets: [AssetID]
}
