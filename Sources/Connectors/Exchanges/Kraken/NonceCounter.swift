import Synchronization
import Time

/// Gives numbers that only grow, as Kraken wants one in each request.
///
/// They are the clock's microseconds, and one more than the last where the clock did not move or went back. Since a
/// request takes longer than a microsecond, the numbers after a restart are above those before it, unless the clock was
/// set back meanwhile; then the venue refuses them until the clock has caught up.
///
/// Safe to use from any thread.
public final class NonceCounter: Sendable {
    private let last = Mutex<Int64>(0)

    /// A counter that has given no number yet.
    public init() {}

    /// The next number.
    func next(at now: Timestamp) -> Int64 {
        last.withLock { last in
            last = max(now.microseconds, last + 1)
            return last
        }
    }
}
