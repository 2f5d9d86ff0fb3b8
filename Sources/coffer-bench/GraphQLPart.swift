import Foundation
import GraphQL
import HTTPServer
import JSON
import Services
import TrustVaultAPI

/// TrustVault's user portfolio: the guide's first query beside nginx, and a long range beside graphql-core.
enum GraphQLPart {
    /// The entries of the user who asks.
    private static let entries = 100_000
    /// The points and assets of the long range.
    private static let points = 200
    private static let assets = 20

    /// The first query of the guide.
    private static let first = """
        query UserPortfolioQuery { user { portfolio { items { timestamp total { value timestamp currency } \
        balances { items { amount { currency timestamp value } asset { name } } } } } } }
        """

    /// 200 hours of everything, converted on both levels.
    private static let long = """
        { user { portfolio(startDate: "2024-01-01T00:00:00Z", endDate: "2024-03-01T12:00:00Z", timePeriod: HOURLY) \
        { items { timestamp total { value currency timestamp in(currency: "EUR") { value currency timestamp } } \
        balances { items { amount { value currency timestamp in(currency: "EUR") { value currency timestamp } } \
        asset { name } } } } } } }
        """

    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        let folder = place.path("served")
        let user = try Served.seedUser(folder, entries: entries)
        defer { place.remove("served") }
        try addAssets(place, folder, user)
        try measureParsing(options, &report)
        try measureLong(options, place, folder, user, &report)
        try measureFirst(options, place, folder, user, &report)
    }

    /// Gives the user twenty assets, each with a price for every hour.
    private static func addAssets(_ place: WorkPlace, _ folder: String, _ user: Served.User) throws {
        // The seed's histories have ten coins and dollars.
        let more = (0..<(assets - 11)).map { "COIN\($0)" }
        var history = "time,kind,in_amount,in_asset,account\n"
        for (number, code) in more.enumerated() {
            history +=
                "2023-06-01T00:00:00Z,deposit,\(number + 1).\(100_000_007 * (number + 1)),\(code),Cold\n"
        }
        var prices = "timestamp_utc,asset,price_usd\n"
        let coins = ["ADA", "AVAX", "BTC", "DOGE", "DOT", "ETH", "LINK", "LTC", "SOL", "XRP"] + more
        for hour in 0..<260 {
            let day = 20 + hour / 24
            // From 20 February 2024 on; February has 29 days then.
            let date = day <= 29 ? "2024-02-\(day)" : "2024-03-0\(day - 29)"
            let time = "\(date)T\(hour % 24 < 10 ? "0" : "")\(hour % 24):00:00Z"
            for (number, coin) in coins.enumerated() {
                prices += "\(time),\(coin),\(number * 17 + 3).\(10_000_019 + hour * 7919 + number)\n"
            }
        }
        let coffer = try Tool.sibling("coffer")
        let file = try place.write(history, to: "more.csv")
        let list = try place.write(prices, to: "prices.csv")
        _ = try Tool.output(of: coffer, ["import", file, "--user", user.email, "--json", "--data", folder])
        _ = try Tool.output(of: coffer, ["prices", "import", list, "--json", "--data", folder])
    }

    // MARK: Parsing

    /// A megabyte of a usual query, parsed whole and refused by the standard limit.
    private static func measureParsing(_ options: BenchOptions, _ report: inout Report) throws {
        let field =
            "portfolio(endDate: \"2024-03-01T12:00:00.000Z\") { items { timestamp total { value currency } } }\n"
        let count = 1_000_000 / field.utf8.count
        let text = Array(("{ user { " + String(repeating: field, count: count) + "} }").utf8)
        let clock = ContinuousClock()
        var (parsed, refused): ([Double], [Double]) = ([], [])
        for _ in 0..<options.rounds(15) {
            var began = clock.now
            _ = try Parser.parse(Source(text), limits: DocumentLimits(tokens: 10_000_000))
            parsed.append(began.duration(to: clock.now).inSeconds)
            began = clock.now
            let refusal = Result { () throws(GraphQLError) in
                try Parser.parse(Source(text), limits: .standard)
            }
            refused.append(began.duration(to: clock.now).inSeconds)
            guard case .failure(let error) = refusal, error.code == "TOKEN_LIMIT" else {
                throw BenchError(message: "a megabyte of query is not refused by the limit of tokens")
            }
        }
        let megabytes = Double(text.count) / 1e6
        report.add(
            "graphql.parse",
            "1 MB of a usual query, parsed",
            megabytes / median(parsed),
            "MB/s",
            decimals: 1,
            bar: .atLeast(50)
        )
        report.add(
            "graphql.refused",
            "the same, refused by the limit of tokens",
            median(refused) * 1000,
            "ms",
            decimals: 3,
            bar: .below(1)
        )
    }

    // MARK: A long range

    private static func measureLong(
        _ options: BenchOptions,
        _ place: WorkPlace,
        _ folder: String,
        _ user: Served.User,
        _ report: inout Report
    ) throws {
        let workspace = try Workspace.open(WorkspaceConfiguration(folder: folder), access: .reading)
        defer { workspace.close() }
        try workspace.warmUp()
        let workers = WorkerPool(threads: 1)
        defer { workers.stop() }
        let api = try TrustVaultAPI(workspace: workspace, workers: workers, rates: nil, publicRates: nil)
        let application = HTTPApplication(routers: [api.router])
        let headers = [
            HTTPHeader("Content-Type", "application/json"), HTTPHeader("x-api-key", user.trustvault),
        ]
        let body = Array(operation(long).utf8)
        let clock = ContinuousClock()
        func ask() throws -> (seconds: Double, body: [UInt8]) {
            let began = clock.now
            let answer = application.respond(.post, TrustVaultAPI.path, headers: headers, body: body)
            let seconds = began.duration(to: clock.now).inSeconds
            guard answer.status == 200 else {
                throw BenchError(message: "a long range is answered \(answer.status)")
            }
            return (seconds, answer.body)
        }
        let cold = try ask()
        let data = try JSONReader.parse(cold.body, limits: JSONLimits(elements: 10_000_000))["data"]
        let items = data?["user"]?["portfolio"]?["items"]?.array ?? []
        let held = items.first?["balances"]?["items"]?.array?.count ?? 0
        guard items.count == points, held == assets,
            !String(decoding: cold.body, as: UTF8.self).contains("NaN")
        else {
            throw BenchError(
                message: "\(items.count) points of \(held) assets are not \(points) of \(assets)"
            )
        }
        var warm: [Double] = []
        for _ in 0..<options.rounds(60) { warm.append(try ask().seconds) }
        let title = "\(points) hours of \(assets) assets with `in` on both levels"
        report.add("graphql.long.first", title + ", the first time", cold.seconds * 1000, "ms", decimals: 2)
        report.add(
            "graphql.long",
            title + ", warm",
            median(warm) * 1000,
            "ms",
            decimals: 2,
            bar: .below(8)
        )
        report.add("graphql.long.bytes", "its answer", Double(cold.body.count), "bytes")
        guard try Tool.lines(of: "bash", ["Scripts/fetch-peers", "GraphQL"], take: { _ in }) == 0 else {
            report.skipped.append(("graphql", "graphql-core cannot be had from PyPI"))
            return
        }
        let answer = try place.write(String(decoding: cold.body, as: UTF8.self), to: "answer.json")
        let schema = try place.write(try TrustVaultAPI.schemaText(), to: "schema.graphql")
        let query = try place.write(long, to: "query.graphql")
        let output = try Tool.output(
            of: ".build/peers-graphql/bin/python",
            ["Scripts/peers/graphql_speed.py", schema, query, answer, String(options.rounds(7))]
        )
        let peer = try JSONReader.parse(Array(output.utf8))
        guard peer["same"]?.bool == true, let text = peer["microseconds"]?.integer else {
            throw BenchError(message: "graphql-core answers something else: \(output.prefix(200))")
        }
        let theirs = Double(text) / 1000
        report.add(
            "graphql.core",
            "the same answer by graphql-core from prepared values",
            theirs,
            "ms",
            decimals: 1
        )
        report.add(
            "graphql.core.ratio",
            "graphql-core's time, of Coffer's",
            theirs / (median(warm) * 1000),
            "times",
            decimals: 1,
            bar: .atLeast(30)
        )
    }

    // MARK: The first query

    private static func measureFirst(
        _ options: BenchOptions,
        _ place: WorkPlace,
        _ folder: String,
        _ user: Served.User,
        _ report: inout Report
    ) throws {
        let body = operation(first)
        let script = """
            wrk.method = "POST"
            wrk.body = \(luaText(body))
            wrk.headers["Content-Type"] = "application/json"
            """
        let wrk = try Wrk(place, name: "graphql.lua", body: script)
        let bare = try Wrk(place, name: "get.lua")
        let nginx = try Nginx.start(place)
        defer { nginx.stop() }
        let served = try Served.start(place, folder: folder, token: user.token)
        defer { served.stop() }
        try served.waitUntilReady()
        var (empty, asked): ([Double], [Double]) = ([], [])
        let key = "x-api-key: \(user.trustvault)"
        for _ in 0..<options.rounds(5) {
            let seconds = options.isQuick ? 2 : 6
            empty.append(try bare.run(nginx.url("/"), seconds: seconds).requestsPerSecond)
            let run = try wrk.run(served.url(TrustVaultAPI.path), seconds: seconds, headers: [key])
            guard run.failures == 0 else {
                throw BenchError(message: "\(run.failures) queries failed under load")
            }
            asked.append(run.requestsPerSecond)
        }
        report.add("graphql.nginx", "nginx return 200, 100 bytes", median(empty), "requests/s")
        let title = "the guide's first query, \(assets) assets"
        report.add("graphql.first", title, median(asked), "requests/s")
        report.add(
            "graphql.first.share",
            title + ", of nginx",
            100 * median(asked) / median(empty),
            "%",
            decimals: 1,
            bar: .atLeast(40)
        )
    }

    private static func operation(_ query: String) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.key("query")
        json.string(query)
        json.endObject()
        return String(decoding: json.finish(), as: UTF8.self)
    }

    /// A text as Lua writes it.
    private static func luaText(_ text: String) -> String { "[==[" + text + "]==]" }
}
