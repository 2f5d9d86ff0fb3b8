import Glibc

/// Threads of their own for work that blocks, which must never run on Swift's cooperative pool.
enum Threads {
    /// Starts a thread that ends with its body; a system that has no room for one more stops the program.
    static func start(_ body: @escaping @Sendable () -> Void) {
        let box = unsafe Unmanaged.passRetained(Body(body))
        var thread: pthread_t = 0
        let result = unsafe pthread_create(
            &thread,
            nil,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                }
                return nil
            },
            box.toOpaque()
        )
        precondition(result == 0, "the system lets a thread start")
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
