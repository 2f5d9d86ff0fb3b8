import Synchronization

/// Token buckets by key: so many a second, so many at once.
///
/// Time is a parameter, in microseconds of any clock that does not run backwards; if it does, nothing is refilled.
/// The number of keys is bounded by two generations: when the younger one is full the older one is forgotten, so a
/// flood of fresh keys can at worst give a known key a full bucket again.
public final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var updatedMicroseconds: Int64
    }

    private struct State {
        var young: [String: Bucket] = [:]
        var old: [String: Bucket] = [:]
    }

    /// Tokens a second.
    public let ratePerSecond: Double
    /// Tokens of a full bucket.
    public let burst: Int
    private let generationKeys: Int
    private let state = Mutex(State())

    /// A limiter; at most so many keys are remembered.
    public init(ratePerSecond: Double, burst: Int, keysMax: Int = 100_000) {
        precondition(
            ratePerSecond > 0 && burst > 0 && keysMax >= 2,
            "rate, burst and keys of a limiter are positive"
        )
        self.ratePerSecond = ratePerSecond
        self.burst = burst
        generationKeys = keysMax / 2
    }

    /// Takes a token for the key; nil when there was one, else the seconds until there is, for `Retry-After`.
    public func refusal(for key: String, atMicroseconds now: Int64) -> Int? {
        refusal(for: key, ratePerSecond: ratePerSecond, burst: burst, atMicroseconds: now)
    }

    /// Takes a token for a key that has a rate of its own, which may be another one each time.
    ///
    /// A rate or a burst that is not positive stops the program.
    public func refusal(
        for key: String,
        ratePerSecond: Double,
        burst: Int,
        atMicroseconds now: Int64
    ) -> Int? {
        precondition(ratePerSecond > 0 && burst > 0, "rate and burst of a key are positive")
        return state.withLock { state in
            var bucket = find(key, burst, &state, now)
            let elapsed = max(0, now - bucket.updatedMicroseconds)
            bucket.tokens = min(Double(burst), bucket.tokens + Double(elapsed) / 1_000_000 * ratePerSecond)
            bucket.updatedMicroseconds = max(now, bucket.updatedMicroseconds)
            var wait: Int?
            if bucket.tokens >= 1 {
                bucket.tokens -= 1
            } else {
                wait = max(1, Int(((1 - bucket.tokens) / ratePerSecond).rounded(.up)))
            }
            state.young[key] = bucket
            return wait
        }
    }

    /// Keys remembered now, for tests and metrics.
    public var keyCount: Int { state.withLock { $0.young.count + $0.old.count } }

    private func find(_ key: String, _ burst: Int, _ state: inout State, _ now: Int64) -> Bucket {
        if let known = state.young[key] { return known }
        if state.young.count >= generationKeys {
            state.old = state.young
            state.young = [:]
            if let known = state.old.removeValue(forKey: key) { return known }
        }
        return state.old.removeValue(forKey: key)
            ?? Bucket(tokens: Double(burst), updatedMicroseconds: now)
    }
}
