import CommandLine
import Synchronization

/// Draws how far a long work is, on one line of a terminal.
final class ProgressDrawer: Sendable {
    private let line: Mutex<ProgressLine?>
    private let label: String
    private let output: Output
    private let start = ContinuousClock.now

    init(_ label: String, output: Output) {
        self.label = label
        self.output = output
        line = Mutex(nil)
    }

    /// Says that so much of so much is done; the total is nil while it is not known.
    func update(_ done: Int, of total: Int?) {
        guard output.errorIsTerminal else { return }
        let now = microseconds
        let bytes = line.withLock { line -> [UInt8]? in
            if line == nil || line?.total != total {
                var fresh = ProgressLine(label, total: total, isTerminal: true, now: line == nil ? now : 0)
                defer { line = fresh }
                return fresh.update(done: done, now: now)
            }
            return line?.update(done: done, now: now)
        }
        if let bytes { output.writeError(bytes) }
    }

    /// Takes the line away.
    func finish() {
        if let bytes = line.withLock({ $0?.finish() }) { output.writeError(bytes) }
    }

    private var microseconds: Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
