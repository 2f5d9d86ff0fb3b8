import Dispatch

/// Lets no more than so many password hashes be computed at once: each takes tens of megabytes and a core.
final class HashingDesk: Sendable {
    /// The most hashes at once.
    static let hashesMax = 2

    private let places = DispatchSemaphore(value: HashingDesk.hashesMax)

    /// Does the work when a place is free.
    ///
    /// Blocks until then. Who must not wait long keeps a bounded queue of their own in front.
    func run<Value, Failure: Error>(_ work: () throws(Failure) -> Value) throws(Failure) -> Value {
        places.wait()
        defer { places.signal() }
        return try work()
    }
}
