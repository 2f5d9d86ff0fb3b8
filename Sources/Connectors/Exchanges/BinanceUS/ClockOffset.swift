import Synchronization

/// How far a venue's clock is ahead of this computer's, in milliseconds.
///
/// Safe to use from any thread.
public final class ClockOffset: Sendable {
    private let value = Mutex<Int64>(0)

    /// No difference that is known.
    public init() {}

    var milliseconds: Int64 {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}
