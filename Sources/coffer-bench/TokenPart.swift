import Foundation
import Services
import Synchronization

/// What every request pays first: finding out whom a token stands for.
enum TokenPart {
    /// Applications, and the grants of each: so many tokens are checked in turn.
    private static let clients = 20
    private static let grants = 40
    /// Checks of one measurement.
    private static let checks = 1_000_000
    private static let redirect = "https://app.example.org/back"

    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        let folder = place.path("tokens")
        defer { place.remove("tokens") }
        let workspace = try Workspace.open(WorkspaceConfiguration(folder: folder), access: .writing)
        defer { workspace.close() }
        let tokens = try tokens(workspace)
        let clock = ContinuousClock()
        let began = clock.now
        for token in tokens {
            guard try workspace.loadPrincipal(token: token[...], for: .cryptfolio) != nil else {
                throw BenchError(message: "a token that was just given is not known")
            }
        }
        let first = began.duration(to: clock.now).inSeconds / Double(tokens.count)
        let rounds = options.rounds(5)
        let alone = try (0..<rounds).map { _ in try measure(workspace, tokens, threads: 1) }.min() ?? 0
        let together = try (0..<rounds).map { _ in try measure(workspace, tokens, threads: 2) }.min() ?? 0
        report.add(
            "tokens.check",
            "check of one of \(tokens.count) tokens",
            alone * 1e6,
            "µs",
            decimals: 2,
            bar: .below(5)
        )
        report.add(
            "tokens.check.two_threads",
            "the same on two threads at once",
            together * 1e6,
            "µs",
            decimals: 2
        )
        report.add("tokens.first", "its first use since the start", first * 1e6, "µs", decimals: 1)
    }

    /// Access tokens that users gave applications.
    private static func tokens(_ workspace: Workspace) throws -> [[UInt8]] {
        let owner = try workspace.user(named: nil).id
        var tokens: [[UInt8]] = []
        for number in 0..<clients {
            let client = try workspace.registerClient(
                name: "App \(number)",
                redirects: [redirect],
                scopes: [.read, .write],
                isConfidential: true,
                of: owner
            ).client
            let parameters = [
                OAuthParameter("response_type", "code"), OAuthParameter("client_id", client.publicID),
            ]
            for _ in 0..<grants {
                let url = try workspace.approve(try workspace.authorization(parameters), by: owner)
                guard let item = URLComponents(string: url)?.queryItems?.first(where: { $0.name == "code" }),
                    let code = item.value
                else { throw BenchError(message: "no code came back") }
                let made = try workspace.redeemCode(code, redirect: nil, verifier: nil, client: client)
                tokens.append(Array(made.accessToken.utf8))
            }
        }
        return tokens
    }

    /// Seconds of one check while so many threads check.
    private static func measure(_ workspace: Workspace, _ tokens: [[UInt8]], threads: Int) throws -> Double {
        let clock = ContinuousClock()
        let began = clock.now
        let failed = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            var refused = 0
            for number in 0..<checks {
                let token = tokens[(number &* 7 &+ thread) % tokens.count]
                if case .ready = workspace.authenticate(token: token[...], for: .cryptfolio) { continue }
                refused += 1
            }
            failed.withLock { $0 += refused }
        }
        let seconds = began.duration(to: clock.now).inSeconds
        guard failed.withLock({ $0 }) == 0 else { throw BenchError(message: "a good token was refused") }
        return seconds / Double(checks)
    }
}
