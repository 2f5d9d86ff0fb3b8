import JSON

/// Requests per second of CryptFolio's API beside nginx.
enum CryptFolioPart {
    /// The entries of the user who asks.
    private static let entries = 100_000

    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        let wrk = try Wrk(place, name: "get.lua")
        let nginx = try Nginx.start(place)
        defer { nginx.stop() }
        let folder = place.path("served")
        let user = try Served.seedUser(folder, entries: entries)
        defer { place.remove("served") }
        let served = try Served.start(place, folder: folder, token: user.access)
        defer { served.stop() }
        try served.waitUntilReady()
        let one = try portfolioPath(served)
        let subjects = [
            ("portfolio", one), ("balances", one + "/balances"), ("converted", one + "/converted"),
        ]
        for (_, path) in subjects {
            guard Loopback.get(path, port: served.port, token: served.token)?.status == 200 else {
                throw BenchError(message: "\(path) is not answered with 200")
            }
        }
        var bare: [Double] = []
        var rates: [[Double]] = subjects.map { _ in [] }
        for _ in 0..<options.rounds(5) {
            let seconds = options.isQuick ? 2 : 6
            bare.append(try wrk.run(nginx.url("/"), seconds: seconds).requestsPerSecond)
            for (place, subject) in subjects.enumerated() {
                let run = try wrk.run(
                    served.url(subject.1),
                    seconds: seconds,
                    headers: [served.authorization]
                )
                guard run.failures == 0 else {
                    throw BenchError(message: "\(run.failures) requests to \(subject.1) failed under load")
                }
                rates[place].append(run.requestsPerSecond)
            }
        }
        report.add("cryptfolio.nginx", "nginx return 200, 100 bytes", median(bare), "requests/s")
        for ((key, _), found) in zip(subjects, rates) {
            let title = "CryptFolio's \(key) of \(entries) entries"
            report.add("cryptfolio." + key, title, median(found), "requests/s")
            report.add(
                "cryptfolio.\(key).share",
                title + ", of nginx",
                100 * median(found) / median(bare),
                "%",
                decimals: 1,
                bar: .atLeast(50)
            )
        }
    }

    /// The path of the user's first portfolio.
    private static func portfolioPath(_ served: Served) throws -> String {
        let path = "/api/portfolios"
        guard let answer = Loopback.get(path, port: served.port, token: served.token), answer.status == 200
        else { throw BenchError(message: "\(path) is not answered with 200") }
        let body = try JSONReader.parse(Array(answer.body.utf8))
        guard let number = body["result"]?[0]?["id"]?.number else {
            throw BenchError(message: "\(path) lists no portfolio")
        }
        return "\(path)/\(number)"
    }
}
