import Synchronization
import Time

/// A clock that tests move by hand.
final class TestClock: Sendable {
    private let time = Mutex(Timestamp(seconds: 1_700_000_000))

    var now: Timestamp { time.withLock { $0 } }

    func advance(seconds: Int64) {
        time.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}
