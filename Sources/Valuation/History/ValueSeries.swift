public import Money

/// How much of one asset is held over a list of instants.
public struct HoldingRuns: Sendable {
    /// Of what.
    public let asset: AssetID
    /// An amount and the place of the instant from which it is held.
    @usableFromInline
    struct Run: Sendable {
        @usableFromInline let start: Int
        @usableFromInline var amount: Int128

        @inlinable
        init(start: Int, amount: Int128) {
            self.start = start
            self.amount = amount
        }
    }

    /// By place; before the first nothing is held.
    @usableFromInline var runs: [Run] = []

    /// Nothing of an asset, with room for so many amounts.
    public init(asset: AssetID, capacity: Int = 0) {
        self.asset = asset
        runs.reserveCapacity(capacity)
    }

    /// The place from which on something was first held, or held no more; nil when nothing ever was.
    public var firstPlace: Int? { runs.first?.start }

    /// What is held at each of so many instants.
    public func amounts(count: Int) -> [Amount] {
        var amounts = [Amount](repeating: .zero, count: count)
        for (index, run) in runs.enumerated() where run.amount != 0 {
            let end = index + 1 < runs.count ? runs[index + 1].start : count
            for place in run.start..<end { amounts[place] = Amount(unchecked: run.amount) }
        }
        return amounts
    }

    /// Notes that from a place on an amount is held; the places must not decrease, and a later note for a place counts.
    @inlinable
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
