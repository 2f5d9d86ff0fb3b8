import Glibc
import Synchronization

/// An HTTP/1.1 server over libmicrohttpd: event loops, framing gate, deadlines, graceful stop.
///
/// Handlers run on event loops and must return within a millisecond; longer work goes to a `WorkerPool` and answers
/// through its responder. A stopped server cannot be started again.
public final class HTTPServer: Sendable {
    private struct Running: ~Copyable {
        let daemon: Daemon
        let reaper: Reaper
    }

    private struct State: ~Copyable {
        var wasStarted = false
        var running: Running?
    }

    /// The routes and counters.
    public let application: HTTPApplication
    private let configuration: HTTPConfiguration
    private let core: ServerCore
    private let state = Mutex(State())
    private let boundPort = Atomic<UInt16>(0)

    /// A server for these routers; it listens once started.
    public init(configuration: HTTPConfiguration, routers: [Router]) {
        precondition(configuration.eventLoops > 0, "a server has at least one event loop")
        self.configuration = configuration
        application = HTTPApplication(configuration: configuration, routers: routers)
        core = ServerCore(application, trustedProxies: configuration.trustedProxies)
    }

    /// The port listened on; 0 before the start.
    public var port: UInt16 { boundPort.load(ordering: .relaxed) }

    /// The counters.
    public var metrics: HTTPMetrics { application.metrics }

    /// Listens and serves; returns at once.
    ///
    /// Raises the soft limit of open files to what the connections need.
    ///
    /// - Throws: `HTTPServerError` that says what to do about it.
    public func start() throws(HTTPServerError) {
        DescriptorLimit.raise(to: configuration.limits.connections + 512)
        try state.withLock { (state) throws(HTTPServerError) in
            guard !state.wasStarted else { throw .alreadyStarted }
            let socket = try ListenSocket(address: configuration.address, port: configuration.port)
            boundPort.store(socket.port, ordering: .relaxed)
            let daemon = try Daemon(
                core,
                listenSocket: socket.release(),
                eventLoops: configuration.eventLoops
            )
            let reaper = Reaper(
                registry: core.registry,
                limits: application.limits,
                metrics: application.metrics
            )
            reaper.start()
            state.wasStarted = true
            state.running = Running(daemon: daemon, reaper: reaper)
        }
    }

    /// Stops accepting, lets what is in flight be answered, and ends within the grace.
    ///
    /// New connections are closed at once. (libmicrohttpd could be told to stop listening, but in 0.9.75 that ends the
    /// process when an event loop takes the socket off its list at the same moment.)
    ///
    /// What is not answered in time gets 503 and its connection is closed. A handler that holds an event loop delays
    /// the end until it returns.
    public func stop(graceSeconds: Double) {
        guard let running = state.withLock({ $0.running.take() }) else { return }
        core.isStopping.store(true, ordering: .releasing)
        let grace = UInt64(max(0, graceSeconds) * 1_000)
        let forcedAfter = grace - min(500, grace / 5)
        waitUntilEmpty(milliseconds: forcedAfter) { slot in
            if isQuiet(slot) { slot.shutDown() }
        }
        core.isForcedToStop.store(true, ordering: .releasing)
        // Refusals still need a moment to be sent, so sockets are cut only in the second half.
        let rest = (grace - forcedAfter) / 2 + 20
        waitUntilEmpty(milliseconds: rest) { slot in
            slot.waitingExchange?.refuseForStop()
            if isQuiet(slot) { slot.shutDown() }
        }
        waitUntilEmpty(milliseconds: rest) { slot in
            slot.waitingExchange?.refuseForStop()
            slot.shutDown()
        }
        running.reaper.stop()
        end(running)
    }

    private func end(_ running: consuming Running) {
        running.daemon.stop()
    }

    /// Whether nothing of a request was received that is not answered.
    private func isQuiet(_ slot: ConnectionSlot) -> Bool {
        switch slot.phase.phase {
        case .idle: true
        case .head: slot.receivedBytes() == 0
        case .body, .working, .answering: false
        }
    }

    private func waitUntilEmpty(milliseconds: UInt64, _ treat: (ConnectionSlot) -> Void) {
        let end = SystemClock.coarseMilliseconds() + milliseconds
        repeat {
            let slots = core.registry.all
            if slots.isEmpty { return }
            for slot in slots { treat(slot) }
            usleep(5_000)
        } while SystemClock.coarseMilliseconds() < end
    }

    deinit {
        stop(graceSeconds: 0)
    }
}
