public import Money

/// What one asset was worth at both ends of a range, and what was put into it in between.
public struct AssetChange: Hashable, Sendable {
    /// The asset.
    public let asset: AssetID
    /// The value of the asset held at the start.
    public let startingValue: Amount
    /// The value of the asset held at the end.
    public let endingValue: Amount
    /// What was put into the asset less what was taken out of it, trades against other assets included.
    ///
    /// Both sides of a trade count with one value, so the trades of all assets add up to nothing.
    public let netFlows: Amount

    /// The change of an asset from all its parts.
    public init(asset: AssetID, startingValue: Amount, endingValue: Amount, netFlows: Amount) {
        self.asset = asset
        self.startingValue = startingValue
        self.endingValue = endingValue
        self.netFlows = netFlows
    }
}

/// What one asset added to the gain of a portfolio.
public struct AssetContribution: Hashable, Sendable {
    /// What the gain was computed from.
    public let change: AssetChange
    /// The ending value less the starting value less the net flows, exactly.
    public let gain: Amount
    /// The gain over the portfolio's average capital, so that all of them add up to the relative change.
    ///
    /// Each is rounded half-even to 18 decimals. Nil where the relative change is.
    public let contribution: Amount?
}

/// The gain of a portfolio by asset.
public struct Contributions: Hashable, Sendable {
    /// One row for each asset, in the order given.
    public let rows: [AssetContribution]
    /// The portfolio's gain less the gains of all rows: zero when the rows hold all that the portfolio has.
    public let unattributed: Amount
}

extension Performance {
    /// The gain by asset, exact: the rows' gains and what is left add up to `absoluteChange` to the last unit.
    ///
    /// - Throws: `PerformanceError.overflow`.
    public func contributions(_ changes: [AssetChange]) throws(PerformanceError) -> Contributions {
        var rows: [AssetContribution] = []
        var rest = ProductSum()
        rest.add(absoluteChange)
        for change in changes {
            let gain = try Performance.gain(of: change)
            rest.add(gain.negated)
            var contribution: Amount?
            if let averageCapital, averageCapital.isPositive {
                contribution = try? gain.divided(by: averageCapital)  // The reason can only be the range.
            }
            rows.append(AssetContribution(change: change, gain: gain, contribution: contribution))
        }
        do {
            return Contributions(rows: rows, unattributed: try rest.total())
        } catch {
            throw .overflow
        }
    }

    private static func gain(of change: AssetChange) throws(PerformanceError) -> Amount {
        var sum = ProductSum()
        sum.add(change.endingValue)
        sum.add(change.startingValue.negated)
        sum.add(change.netFlows.negated)
        do { return try sum.total() } catch { throw .overflow }
    }
}
