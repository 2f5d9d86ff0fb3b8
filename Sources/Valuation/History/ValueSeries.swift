public import Money

/// How much of one asset is held over a list of instants.
public struct HoldingRuns: Sendable {
    /// Of what.
    public let asset: AssetID
    /// An amount and the place of the instant from which it is held.
    struct Run: Sendable {
        let start: Int
        var amount: Int128
    }

    /// By place; before the first nothing is held.
    private(set) var runs: [Run] = []

    /// Nothing of an asset.
    public init(asset: AssetID) {
        self.asset = asset
    }

    /// Notes that from a place on an amount is held; the places must not decrease, and a later note for a place counts.
    public mutating func hold(_ amount: Amount, from place: Int) {
        let last = runs.count - 1
        if last >= 0 {
            precondition(runs[last].start <= place, "holdings are noted in the order of their places")
            guard runs[last].start < place else {
                runs[last].amount = amount.raw
                return
            }
        }
        runs.append(Run(start: place, amount: amount.raw))
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
