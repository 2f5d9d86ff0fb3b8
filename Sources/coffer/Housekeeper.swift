import Dispatch
import Services

/// The small work that a serving process does about once a minute, on a thread of its own.
final class Housekeeper: Sendable {
    private let workspace: Workspace
    private let output: Output
    private let stopped = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let fetchStopped = DispatchSemaphore(value: 0)

    /// The time between two rounds.
    static let pause = DispatchTimeInterval.seconds(60)

    /// Loads what every answer needs, then goes round until stopped.
    init(_ workspace: Workspace, _ output: Output) {
        self.workspace = workspace
        self.output = output
        Threads.start { [self] in
            attempt("loading prices") { try workspace.warmUp() }
            while stopped.wait(timeout: .now() + Housekeeper.pause) == .timedOut {
                attempt("loading prices") { try workspace.warmUp() }
                attempt("noting the use of tokens") { try workspace.saveLastUses() }
                attempt("forgetting old answers") { try workspace.forgetOldAnswers() }
                attempt("recording the values of portfolios") { try workspace.recordDueSnapshots() }
                attempt("forgetting sign-ins that are over") { try workspace.forgetOldSignIns() }
            }
            attempt("noting the use of tokens") { try workspace.saveLastUses() }
            ended.signal()
        }
        // The network may be slow: on this thread nothing else waits for it, and a stop does not either.
        Threads.start { [self] in
            while fetchStopped.wait(timeout: .now() + Housekeeper.pause) == .timedOut {
                attempt("fetching prices") { try workspace.fetchDuePrices() }
            }
        }
    }

    /// Notes what is left to note and ends the thread; to be called once, while the workspace is open.
    func stop() {
        fetchStopped.signal()
        stopped.signal()
        ended.wait()
    }

    /// What fails here is tried again in a minute, and nothing depends on it; someone should know all the same.
    private func attempt(_ operation: String, _ work: () throws -> Void) {
        do { try work() } catch { output.remark("coffer: \(operation) failed: \(error)") }
    }
}
