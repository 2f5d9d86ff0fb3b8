import Storage

extension RateShare {
    /// The requests that refill each second and those at once, where the operator gave a rate.
    public var ownRate: (perSecond: Int, burst: Int)? {
        quota.map { ($0.requestsPerSecond, $0.burst) }
    }
}
