import Glibc
import Synchronization

/// Ends connections whose head, body, silence or answer takes too long.
///
/// libmicrohttpd's own time-out is idle time, which a byte a second resets; these deadlines are for the whole.
final class Reaper: Sendable {
    private let registry: ConnectionRegistry
    private let limits: HTTPLimits
    private let metrics: HTTPMetrics
    private let isStopping = Atomic(false)
    private let thread = Mutex<WorkerThread?>(nil)

    init(registry: ConnectionRegistry, limits: HTTPLimits, metrics: HTTPMetrics) {
        self.registry = registry
        self.limits = limits
        self.metrics = metrics
    }

    func start() {
        let pause = useconds_t(tickMilliseconds * 1_000)
        thread.withLock { thread in
            thread = WorkerThread { [self] in
                while !isStopping.load(ordering: .acquiring) {
                    usleep(pause)
                    sweep()
                }
            }
        }
    }

    func stop() {
        isStopping.store(true, ordering: .releasing)
        thread.withLock { $0.take() }?.join()
    }

    /// An eighth of the shortest deadline, between 10 and 250 ms.
    private var tickMilliseconds: UInt64 {
        let shortest = min(limits.headSeconds, limits.bodySeconds, limits.idleSeconds, limits.answerSeconds)
        return UInt64(min(max(shortest * 1_000 / 8, 10), 250))
    }

    private func sweep() {
        for slot in registry.all {
            let (phase, since) = slot.phase
            if phase == .idle { watchIdle(slot, since) }
            guard let (deadline, reason) = deadline(of: phase) else { continue }
            let now = SystemClock.coarseMilliseconds()
            guard now > since, Double(now - since) > deadline * 1_000 else { continue }
            metrics.reject(reason)
            slot.shutDown()
            // The loop closes it in a moment; until then it has no deadline and is not counted twice.
            slot.enter(.working)
        }
    }

    /// The library tells of a request only when its first line is complete; the kernel's byte count tells earlier.
    private func watchIdle(_ slot: ConnectionSlot, _ since: UInt64) {
        guard let received = slot.receivedBytes() else { return }
        if let sample = slot.sample, sample.idleSinceMilliseconds == since, sample.bytes != received {
            slot.noteHeadBegan(sinceMilliseconds: since)
        }
        slot.sample = (since, received)
    }

    private func deadline(of phase: ConnectionPhase) -> (seconds: Double, reason: HTTPRejection)? {
        switch phase {
        case .idle: (limits.idleSeconds, .idleDeadline)
        case .head: (limits.headSeconds, .headDeadline)
        case .body: (limits.bodySeconds, .bodyDeadline)
        case .answering: (limits.answerSeconds, .answerDeadline)
        case .working: nil
        }
    }
}
