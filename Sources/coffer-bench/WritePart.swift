import Ledger
import Services
import Storage

/// Durable writes over HTTP: each request brings a file of one row that no other brings.
enum WritePart {
    private static let entries = 100_000

    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        let wrk = try Wrk(place, name: "post.lua", body: script)
        let folder = place.path("written")
        let token = try Served.seed(folder, entries: entries)
        defer { place.remove("written") }
        let served = try Served.start(place, folder: folder, token: token)
        defer { served.stop() }
        try served.waitUntilReady()
        let before = try count(folder)
        var (runs, acknowledged): ([Wrk.Run], Int) = ([], 0)
        for round in 0..<options.rounds(5) {
            let run = try wrk.run(
                served.url("/api/v1/portfolio/ingest/csv"),
                seconds: options.isQuick ? 2 : 6,
                headers: [served.authorization, "X-Round: \(round)"]
            )
            guard run.failures == 0 else { throw BenchError(message: "\(run.failures) writes failed") }
            acknowledged += run.requests
            runs.append(run)
        }
        served.stop()
        let stored = try count(folder) - before
        // wrk hangs up at the end of a round, when each connection may have one write that was not answered yet.
        let unanswered = runs.count * Wrk.connections
        guard stored >= acknowledged, stored <= acknowledged + unanswered else {
            throw BenchError(message: "\(acknowledged) writes were acknowledged but \(stored) are stored")
        }
        report.add(
            "write.rate",
            "durable one-row POST, \(Wrk.connections) connections",
            median(runs.map(\.requestsPerSecond)),
            "requests/s",
            bar: .atLeast(20_000)
        )
        report.add(
            "write.p50",
            "durable one-row POST, p50",
            median(runs.map(\.p50Microseconds)) / 1000,
            "ms",
            decimals: 2
        )
        report.add(
            "write.p99",
            "durable one-row POST, p99",
            median(runs.map(\.p99Microseconds)) / 1000,
            "ms",
            decimals: 2,
            bar: .below(10)
        )
        report.add(
            "write.acknowledged",
            "writes acknowledged, all of them stored",
            Double(acknowledged),
            "entries"
        )
    }

    /// The entries of all users.
    private static func count(_ folder: String) throws -> Int {
        let workspace = try Workspace.open(WorkspaceConfiguration(folder: folder), access: .reading)
        let database = try Database.openReadOnly(folder: folder)
        return try workspace.users().reduce(0) { $0 + (try database.loadBook(of: $1.id).count) }
    }

    /// Makes the requests; the round keeps rows of different rounds apart.
    private static let script = """
        local counter = 0
        local round = tonumber(wrk.headers["X-Round"])
        local head = "--frontier\\r\\nContent-Disposition: form-data; name=\\"file\\"; filename=\\"row.csv\\"\\r\\n" ..
          "Content-Type: text/csv\\r\\n\\r\\n" ..
          "time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,value,value_asset,account,to_account," ..
          "exchange,group,comment,reference,lot\\n"
        local tail = "\\r\\n--frontier--\\r\\n"
        wrk.method = "POST"
        wrk.headers["Content-Type"] = "multipart/form-data; boundary=frontier"
        request = function()
          counter = counter + 1
          local number = round * 10000000 + counter
          local row = string.format(
            "%s,trade,0.%08d,BTC,%d.25,USD,0.25,USD,,,Kraken,,Kraken,,,R%d,\\n",
            os.date("!%Y-%m-%dT%H:%M:%SZ", 1600000000 + number), number % 100000000, number % 50000 + 1, number)
          return wrk.format(nil, nil, nil, head .. row .. tail)
        end

        """
}
