import Foundation
import Synchronization

/// What those who read feel of those who sign in: each password takes a core for a quarter of a second and 64 MiB.
enum SignInPart {
    /// The entries of the user who reads.
    private static let entries = 100_000
    /// The sign-ins that are always under way.
    private static let signIns = 20

    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        let folder = place.path("served")
        let user = try Served.seedUser(folder, entries: entries)
        defer { place.remove("served") }
        let served = try Served.start(place, folder: folder, token: user.token)
        defer { served.stop() }
        try served.waitUntilReady()
        guard Loopback.get(Served.balancesPath, port: served.port, token: user.token)?.status == 200 else {
            throw BenchError(message: "/balances is not answered with 200")
        }
        // Who finds both places and the queue taken is told to come back in a second, and does.
        let body = """
            wrk.method = "POST"
            wrk.body = '{"email":"\(user.email)","password":"\(user.password)"}'
            wrk.headers["Content-Type"] = "application/json"
            local wait = 0
            response = function(status) wait = status == 503 and 1000 or 0 end
            delay = function() return wait end
            """
        let flood = try Wrk(place, name: "sign-in.lua", body: body, connections: signIns)
        let seconds = options.isQuick ? 3 : 10
        let quiet = try latencies(served, seconds: seconds)
        let load = Background { try flood.run(served.url("/auth/login"), seconds: seconds + 2) }
        usleep(1_000_000)
        let busy = try latencies(served, seconds: seconds)
        let run = try load.wait()
        report.add("signin.quiet.p99", "a read, p99", percentile(quiet, 99), "ms", decimals: 2)
        let title = "a read while \(signIns) sign-ins run"
        report.add("signin.busy.p50", title + ", p50", percentile(busy, 50), "ms", decimals: 2)
        report.add(
            "signin.busy.p99",
            title + ", p99",
            percentile(busy, 99),
            "ms",
            decimals: 2,
            bar: .below(10)
        )
        let answered = Double(run.requests - run.failures) / Double(seconds + 2)
        report.add("signin.rate", "sign-ins meanwhile", answered, "per second", decimals: 1)
    }

    /// How long reads take that come every two milliseconds, in milliseconds.
    private static func latencies(_ served: Served, seconds: Int) throws -> [Double] {
        var found: [Double] = []
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: .seconds(seconds))
        while clock.now < end {
            let began = clock.now
            guard Loopback.get(Served.balancesPath, port: served.port, token: served.token)?.status == 200
            else {
                throw BenchError(message: "/balances is not answered with 200 while others sign in")
            }
            found.append(began.duration(to: clock.now).inSeconds * 1000)
            usleep(2_000)
        }
        return found.sorted()
    }

    private static func percentile(_ sorted: [Double], _ percent: Int) -> Double {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }
}

/// Work on a thread of its own whose result is waited for.
private final class Background<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let done = DispatchSemaphore(value: 0)

    init(_ work: @escaping @Sendable () throws -> Value) {
        Thread.detachNewThread { [self] in
            let found = Result { try work() }
            result.withLock { $0 = found }
            done.signal()
        }
    }

    func wait() throws -> Value {
        done.wait()
        guard let found = result.withLock({ $0 }) else {
            throw BenchError(message: "a measurement left no result")
        }
        return try found.get()
    }
}
