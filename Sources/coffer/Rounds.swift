import Dispatch
import Services

/// Work that is done again and again on a thread of its own, since it may take long, such as asking other servers.
final class Rounds: Sendable {
    private let stopped = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// The usual time between two rounds.
    static let pause = DispatchTimeInterval.seconds(60)
    /// How long a stop waits for a round that is under way.
    private static let patience = DispatchTimeInterval.seconds(3)

    /// Goes round until stopped; what fails is told and tried again in the next round.
    init(
        _ operation: String,
        _ output: Output,
        pause: DispatchTimeInterval = Rounds.pause,
        work: @escaping @Sendable () throws -> Void
    ) {
        Threads.start { [self] in
            while stopped.wait(timeout: .now() + pause) == .timedOut {
                do { try work() } catch { output.remark("coffer: \(operation) failed: \(error)") }
            }
            ended.signal()
        }
    }

    /// Ends after the round that is under way; a long one is left to itself, as nothing of it is half done.
    func stop() {
        stopped.signal()
        _ = ended.wait(timeout: .now() + Rounds.patience)
    }
}
