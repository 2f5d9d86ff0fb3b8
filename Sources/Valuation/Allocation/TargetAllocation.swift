public import Money

/// Why shares do not make an allocation.
public enum AllocationError: Error, Hashable, Sendable {
    /// There is no share at all.
    case noShares
    /// There are more shares than `Limits.sharesMax`.
    case tooManyShares(count: Int)
    /// An asset has two shares.
    case duplicate(asset: AssetID)
    /// A share is below zero or above one.
    case outOfRange(asset: AssetID, fraction: Amount)
    /// The shares do not add up to one within the tolerance.
    case sum(Amount)
}

/// Which part of a portfolio each asset is meant to have.
///
/// The shares add up to one within 0.001, so that a third written as 0.333 three times is taken and 0.33 is not. What
/// is computed from them takes each share over their sum, so nothing of the whole is left over.
public struct TargetAllocation: Hashable, Sendable {
    /// The shares as given, in their order.
    public let shares: [AssetShare]

    /// How far from one the sum of the shares may be, that far included.
    public static let tolerance = Amount(unchecked: 1_000_000_000_000_000)

    /// An allocation from shares of zero to one.
    ///
    /// - Throws: `AllocationError`.
    public init(_ shares: [AssetShare]) throws(AllocationError) {
        guard !shares.isEmpty else { throw .noShares }
        guard shares.count <= Limits.sharesMax else { throw .tooManyShares(count: shares.count) }
        var seen: Set<AssetID> = []
        var sum: Int128 = 0
        for share in shares {
            guard seen.insert(share.asset).inserted else { throw .duplicate(asset: share.asset) }
            guard !share.fraction.isNegative, share.fraction <= .one else {
                throw .outOfRange(asset: share.asset, fraction: share.fraction)
            }
            sum += share.fraction.raw
        }
        let total = Amount(unchecked: sum)
        let distance = (sum - Amount.one.raw).magnitude
        guard distance <= TargetAllocation.tolerance.raw.magnitude else { throw .sum(total) }
        self.shares = shares
    }
}

extension Limits {
    /// The shares of an allocation or a benchmark.
    public static let sharesMax = 1000
}
