import Glibc
import Synchronization

/// A thread of our own, joined once.
@safe
final class WorkerThread: Sendable {
    /// What the C entry point is given.
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    private let handle: Mutex<pthread_t?>

    init(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let body = unsafe Unmanaged.passRetained(Body(run)).toOpaque()
        let code = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                WorkerThread.leaveSignalsToOthers()
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            body
        )
        precondition(code == 0, "the system refused a thread (error \(code)); raise the limit of processes")
        handle = Mutex(thread)
    }

    /// Waits until the thread's work has returned; a second call does nothing.
    func join() {
        guard let thread = handle.withLock({ $0.take() }) else { return }
        pthread_join(thread, nil)
    }

    /// Signals are for the main thread; faults must stay with the thread that made them.
    private static func leaveSignalsToOthers() {
        var set = sigset_t()
        unsafe sigfillset(&set)
        for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] { unsafe sigdelset(&set, fault) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }
}
