import Dispatch

/// Lets so many in at once; others wait.
final class Gate: Sendable {
    private let semaphore: DispatchSemaphore

    init(_ places: Int) {
        semaphore = DispatchSemaphore(value: 0)
        // A semaphore that is created with its places traps when it goes while they are taken.
        for _ in 0..<places { semaphore.signal() }
    }

    func enter() { semaphore.wait() }

    func leave() { semaphore.signal() }
}
