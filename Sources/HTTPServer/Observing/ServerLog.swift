import Glibc
import Synchronization

/// Writes access records and remarks to a descriptor from a thread of its own, in batches.
///
/// Recording never waits: when the descriptor stalls and the queue is full, lines are dropped and counted.
public final class ServerLog: Sendable {
    private enum Line: Sendable {
        case access(AccessRecord)
        case remark(String)

        func render(into bytes: inout [UInt8]) {
            switch self {
            case .access(let record): record.render(into: &bytes)
            case .remark(let text): bytes += Array((text + "\n").utf8)
            }
        }
    }

    private let queue: BlockingQueue<Line>
    private let dropped = Atomic(0)
    private let thread: WorkerThread

    /// Bytes that a pipe reported writable is sure to take at once.
    private static let pieceBytes = 4096

    /// A log to that descriptor, 2 being standard error; at most so many lines wait.
    public init(descriptor: Int32 = 2, queuedLinesMax: Int = 16_384) {
        let queue = BlockingQueue<Line>(capacity: queuedLinesMax)
        let lost = LostLines()
        self.queue = queue
        self.lost = lost
        thread = WorkerThread {
            while let batch = queue.popAll() {
                var bytes: [UInt8] = []
                bytes.reserveCapacity(batch.count * 160)
                for line in batch { line.render(into: &bytes) }
                let isWritten = Self.write(bytes, to: descriptor) { queue.isClosed }
                if !isWritten { lost.count.add(batch.count, ordering: .relaxed) }
            }
        }
    }

    private final class LostLines: Sendable {
        let count = Atomic(0)
    }

    private let lost: LostLines

    /// Lines that were never written.
    public var droppedLines: Int {
        dropped.load(ordering: .relaxed) + lost.count.load(ordering: .relaxed)
    }

    /// Takes a record; never waits.
    @Sendable public func record(_ record: AccessRecord) {
        push(.access(record))
    }

    /// Takes a line of text without control characters; never waits.
    @Sendable public func remark(_ text: String) {
        push(.remark(text))
    }

    private func push(_ line: Line) {
        if !queue.push(line) { dropped.add(1, ordering: .relaxed) }
    }

    /// Writes what is queued, waiting at most a second for a stalled descriptor, and ends the thread.
    public func close() {
        queue.close()
        thread.join()
    }

    /// Writes all bytes; false when the descriptor is gone, or stalls while the log is being closed.
    private static func write(_ bytes: [UInt8], to descriptor: Int32, isClosing: () -> Bool) -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            var offset = 0
            var stalledPolls = 0
            while offset < buffer.count {
                var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                let ready = unsafe poll(&request, 1, 100)
                if ready < 0 && errno == EINTR { continue }
                if ready == 0 {
                    stalledPolls = isClosing() ? stalledPolls + 1 : 0
                    if stalledPolls >= 10 { return false }
                    continue
                }
                guard ready > 0, request.revents & Int16(POLLOUT) != 0 else { return false }
                let piece = unsafe UnsafeRawBufferPointer(rebasing: buffer[offset...].prefix(pieceBytes))
                let count = unsafe Glibc.write(descriptor, piece.baseAddress, piece.count)
                if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
                guard count > 0 else { return false }
                offset += count
            }
            return true
        }
    }
}
