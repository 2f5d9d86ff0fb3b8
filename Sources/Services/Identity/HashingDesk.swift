import Dispatch
import Glibc
import Synchronization

/// Lets no more than so many password hashes be computed at once: each takes tens of megabytes and a core.
final class HashingDesk: Sendable {
    /// The most hashes at once.
    static let hashesMax = 2

    private let places = DispatchSemaphore(value: HashingDesk.hashesMax)

    /// Does the work when a place is free, on a thread that leaves the processors to all others.
    ///
    /// Blocks until then. Who must not wait long keeps a bounded queue of their own in front.
    func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        places.wait()
        defer { places.signal() }
        return try ModestThread.run(work)
    }
}

/// A thread of low priority for one piece of work that holds no lock: it would make those wait who want the lock.
private enum ModestThread {
    /// Does the work there and waits for it.
    static func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let result = ResultBox<Value, Failure>()
        let body = unsafe Unmanaged.passRetained(
            Body {
                let outcome: Result<Value, Failure>
                do throws(Failure) { outcome = .success(try work()) } catch { outcome = .failure(error) }
                result.value.withLock { $0 = outcome }
            }
        )
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                // Linux counts niceness by thread: 10 is about a tenth of the share of a usual one. Where it is
                // refused the work goes on at the usual one.
                _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            body.toOpaque()
        )
        guard code == 0 else {
            // Without a thread of its own the work is done here, at the usual priority.
            unsafe body.release()
            return try work()
        }
        pthread_join(thread, nil)
        guard let outcome = result.value.withLock({ $0 }) else {
            preconditionFailure("a thread that has ended has left its result")
        }
        return try outcome.get()
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    private final class ResultBox<Value: Sendable, Failure: Error>: Sendable {
        let value = Mutex<Result<Value, Failure>?>(nil)
    }
}
