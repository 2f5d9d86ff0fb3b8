import Foundation

/// Requests per second beside nginx, and what the server needs to start.
enum HTTPPart {
    /// The entries of the user who asks.
    private static let entries = 100_000

    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        let wrk = try Wrk(place, name: "get.lua")
        let nginx = try Nginx.start(place)
        defer { nginx.stop() }
        let folder = place.path("served")
        let token = try Served.seed(folder, entries: entries)
        defer { place.remove("served") }
        try measureStart(options, place, folder, token, &report)
        let served = try Served.start(place, folder: folder, token: token)
        defer { served.stop() }
        try served.waitUntilReady()
        guard Loopback.get(Served.balancesPath, port: served.port, token: token)?.status == 200 else {
            throw BenchError(message: "/balances is not answered with 200")
        }
        var rates: [[Double]] = [[], [], []]
        var latencies: [Double] = []
        for _ in 0..<options.rounds(5) {
            let seconds = options.isQuick ? 2 : 6
            let bare = try wrk.run("http://127.0.0.1:\(nginx.port)/", seconds: seconds)
            let health = try wrk.run(served.url("/healthz"), seconds: seconds)
            let balances = try wrk.run(
                served.url(Served.balancesPath),
                seconds: seconds,
                headers: [served.authorization]
            )
            guard health.failures == 0, balances.failures == 0 else {
                throw BenchError(message: "\(health.failures + balances.failures) requests failed under load")
            }
            rates[0].append(bare.requestsPerSecond)
            rates[1].append(health.requestsPerSecond)
            rates[2].append(balances.requestsPerSecond)
            latencies.append(balances.p99Microseconds)
        }
        let bare = median(rates[0])
        report.add("http.nginx", "nginx return 200, 100 bytes", bare, "requests/s")
        report.add("http.healthz", "/healthz", median(rates[1]), "requests/s")
        report.add("http.healthz.share", "/healthz of nginx", 100 * median(rates[1]) / bare, "%", decimals: 1)
        let title = "/balances of \(entries) entries"
        report.add("http.balances", title, median(rates[2]), "requests/s")
        report.add(
            "http.balances.share",
            title + ", of nginx",
            100 * median(rates[2]) / bare,
            "%",
            decimals: 1,
            bar: .atLeast(60)
        )
        report.add("http.balances.p99", title + ", p99", median(latencies) / 1000, "ms", decimals: 2)
        report.add(
            "http.peak_memory",
            "server under load, peak memory",
            Double(Memory.peak(of: served.process.processIdentifier)) / 1024,
            "MiB",
            decimals: 1
        )
    }

    private static func measureStart(
        _ options: BenchOptions,
        _ place: WorkPlace,
        _ folder: String,
        _ token: String,
        _ report: inout Report
    ) throws {
        var (starts, memories, firsts): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<options.rounds(5) {
            let served = try Served.start(place, folder: folder, token: token)
            defer { served.stop() }
            starts.append(served.firstAnswerSeconds)
            try served.waitUntilReady()
            memories.append(Double(Memory.resident(of: served.process.processIdentifier)) / 1024)
            let (time, answer) = seconds {
                Loopback.get(Served.balancesPath, port: served.port, token: token)
            }
            guard answer?.status == 200 else {
                throw BenchError(message: "/balances is not answered with 200")
            }
            firsts.append(time)
        }
        let title = "serve on \(entries) entries"
        report.add(
            "http.start",
            title + ", first answer",
            median(starts),
            "s",
            decimals: 3,
            bar: .atMost(0.3)
        )
        report.add(
            "http.idle_memory",
            title + ", memory before a Book is loaded",
            memories.max() ?? 0,
            "MiB",
            decimals: 1,
            bar: .below(60)
        )
        report.add("http.first_balances", title + ", first /balances", median(firsts), "s", decimals: 3)
    }
}
