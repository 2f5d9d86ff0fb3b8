import Glibc

/// Fixed threads behind a bounded queue, for work that would hold an event loop longer than a millisecond.
public final class WorkerPool: Sendable {
    private let queue: BlockingQueue<@Sendable () -> Void>
    private let threads: [WorkerThread]

    /// A pool of so many threads; at most so many pieces of work wait.
    public init(threads count: Int = WorkerPool.coreCount, queuedMax: Int = 256) {
        precondition(count > 0, "a pool has at least one thread")
        let queue = BlockingQueue<@Sendable () -> Void>(capacity: queuedMax)
        self.queue = queue
        threads = (0..<count).map { _ in
            WorkerThread {
                while let work = queue.pop() { work() }
            }
        }
    }

    /// Processors that this process may use.
    public static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Queues the work; false when the queue is full or the pool stopped: then answer 503.
    public func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        queue.push(work)
    }

    /// Takes no more work, finishes what is queued and ends the threads.
    public func stop() {
        queue.close()
        for thread in threads { thread.join() }
    }
}
