import CMicroHTTPD
import Synchronization

/// What a connection is doing, as far as deadlines go.
enum ConnectionPhase: UInt64, Sendable {
    /// Kept alive; nothing of a next request was seen.
    case idle = 0
    /// A head has begun, or the connection is new.
    case head = 1
    case body = 2
    /// A handler works; the server's own time, without a deadline.
    case working = 3
    /// The answer is being sent.
    case answering = 4
}

/// One open connection as the server knows it.
///
/// Unchecked: `target…` belong to the connection's event loop, `sample` to the reaper; the rest is atomic or locked.
final class ConnectionSlot: @unchecked Sendable {
    let remoteAddress: String
    /// What the limit of connections counts the connection by.
    let limitAddress: String
    let isTrustedProxy: Bool

    /// The request target as it came, before the library takes it apart in place.
    var target: [UInt8] = []
    /// Bytes of the target, also when it was too long to be kept.
    var targetBytes = 0
    /// Where the target begins in the library's buffer.
    var targetAddress: UInt = 0

    /// Bytes received when the reaper last looked at this idle period of the connection.
    var sample: (idleSinceMilliseconds: UInt64, bytes: UInt64)?

    private let phaseWord: Atomic<UInt64>
    private let socket: Mutex<Int32?>
    private let waiting = Mutex<LiveExchange?>(nil)

    init(socket: Int32, remoteAddress: String, isTrustedProxy: Bool) {
        self.remoteAddress = remoteAddress
        limitAddress = NetworkAddress.limitKey(remoteAddress)
        self.isTrustedProxy = isTrustedProxy
        self.socket = Mutex(socket)
        phaseWord = Atomic(Self.word(.head, SystemClock.coarseMilliseconds()))
    }

    private static func word(_ phase: ConnectionPhase, _ milliseconds: UInt64) -> UInt64 {
        phase.rawValue << 56 | milliseconds
    }

    /// The phase and the time it began.
    var phase: (phase: ConnectionPhase, sinceMilliseconds: UInt64) {
        let word = phaseWord.load(ordering: .relaxed)
        return (ConnectionPhase(rawValue: word >> 56) ?? .idle, word & (1 << 56 - 1))
    }

    func enter(_ phase: ConnectionPhase) {
        phaseWord.store(Self.word(phase, SystemClock.coarseMilliseconds()), ordering: .relaxed)
    }

    /// The first byte of a next request was seen on an idle connection.
    func enterHead() {
        if phase.phase == .idle { enter(.head) }
    }

    /// Moves an idle connection on; the loop may have done so in the meantime, then nothing happens.
    func noteHeadBegan(sinceMilliseconds since: UInt64) {
        _ = phaseWord.compareExchange(
            expected: Self.word(.idle, since),
            desired: Self.word(.head, SystemClock.coarseMilliseconds()),
            ordering: .relaxed
        )
    }

    // MARK: The socket

    /// Bytes received so far; nil when the connection is closed.
    func receivedBytes() -> UInt64? {
        socket.withLock { socket in
            socket.map { coffer_tcp_bytes_received($0) }
        }
    }

    /// Ends the connection from outside its loop, which then notices and closes it.
    ///
    /// The lock is shared with `forgetSocket`, so the descriptor cannot belong to another connection by now.
    func shutDown() {
        socket.withLock { socket in
            if let socket { coffer_shut_down(socket) }
        }
    }

    /// The library is about to close the descriptor.
    func forgetSocket() {
        socket.withLock { $0 = nil }
    }

    // MARK: The suspended exchange

    func wait(for exchange: LiveExchange?) {
        waiting.withLock { $0 = exchange }
    }

    var waitingExchange: LiveExchange? { waiting.withLock { $0 } }
}
