import Glibc

/// Threads of our own for work that blocks, which must not run on Swift's pool of as many threads as cores.
enum OwnThread {
    /// Runs the body on a new thread and returns at once.
    static func start(_ body: @escaping @Sendable () -> Void) throws(StorageError) {
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
        guard result == 0 else {
            unsafe box.release()
            throw DataFolder.systemError(result, "starting a thread")
        }
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
