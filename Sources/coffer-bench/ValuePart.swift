import Foundation
import Money
import Services
import Time

/// Value over time and performance: eight years of 50 coins with a price for every hour.
enum ValuePart {
    static let coins = 50
    static let entries = 100_000
    /// 2017-01-01T00:00:00Z.
    static let start: Int64 = 1_483_228_800
    /// Eight years with two leap days.
    static let hours = 70_128
    static let end = start + Int64(hours) * 3600

    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        let folder = place.path("values")
        try make(folder, place)
        let run = try Child.measure("values", folder, String(options.rounds(15)))
        func add(_ name: String, _ title: String, bar: Double? = nil) {
            report.add(
                "values." + name,
                title,
                (run[name] ?? 0) * 1000,
                "ms",
                decimals: 2,
                bar: bar.map { .below($0) }
            )
        }
        let size = "\(coins) coins, \(entries) entries, 8 years"
        add("hourly", "value history by the hour, \(size)", bar: 15)
        add("daily", "value history by the day, \(size)", bar: 5)
        add("hourly_eur", "value history by the hour in EUR, \(size)")
        add("year", "value history by the day, the last year of them")
        add("performance", "performance with contributions and a benchmark, \(size)")
        add("now", "what is held now, valued")
        place.remove("values")
    }

    // MARK: The data

    /// Makes a data folder with the history and all prices.
    private static func make(_ folder: String, _ place: WorkPlace) throws {
        let ledger = try place.write("", to: "values.csv")
        try write(to: ledger, History.header, entries) { row, number in row.entry(number) }
        defer { place.remove("values.csv") }
        let run = try Child.measure("import", ledger, folder)
        guard run["inserted"] == Double(entries) else {
            throw BenchError(message: "an import of \(entries) rows made \(run["inserted"] ?? 0) entries")
        }
        let prices = try place.write("", to: "hours.csv")
        try write(to: prices, "time,base,quote,price\n", hours * coins) { row, number in row.price(number) }
        defer { place.remove("hours.csv") }
        let workspace = try Workspace.open(WorkspaceConfiguration(folder: folder), access: .writing)
        defer { workspace.close() }
        // The file is read twice: to check it, and to import it.
        var readers = [try FilePieces.source(prices), try FilePieces.source(prices)]
        let outcome = try workspace.importPrices(
            from: { readers.removeLast() },
            source: "bench",
            progress: { _, _ in }
        )
        guard outcome.imported == hours * coins else {
            throw BenchError(message: "\(outcome.imported) of \(hours * coins) prices were imported")
        }
    }

    private static func write(
        to path: String,
        _ header: String,
        _ count: Int,
        _ line: (inout Draw, Int) -> String
    ) throws {
        guard let handle = FileHandle(forWritingAtPath: path) else {
            throw BenchError(message: "cannot write \(path)")
        }
        var draw = Draw()
        var bytes = Array(header.utf8)
        for number in 0..<count {
            bytes.append(contentsOf: line(&draw, number).utf8)
            if bytes.count > 262_144 {
                try handle.write(contentsOf: bytes)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        try handle.write(contentsOf: bytes)
        try handle.close()
    }

    /// Numbers that are the same in every run.
    private struct Draw {
        private var state: UInt64 = 7

        private mutating func below(_ bound: UInt64) -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return (mixed ^ (mixed >> 31)) % bound
        }

        private func code(_ coin: Int) -> String { "C\(100 + coin)" }

        /// Deposits of dollars, purchases, sales, staking and withdrawals, spread over the years.
        mutating func entry(_ number: Int) -> String {
            let length = end - start
            let second = start + Int64(number) * length / Int64(entries)
            let time = Timestamp(seconds: second).description
            let coin = code(Int(below(UInt64(coins))))
            let amount = "\(1 + below(900)).\(1 + below(99_999_999))"
            let cash = "\(1 + below(20_000)).\(10 + below(90))"
            let legs =
                switch below(20) {
                case 0, 1: "deposit,\(cash),USD,,,,,"
                case 2: "withdrawal,,,\(cash),USD,,,"
                case 3, 4: "staking,\(amount),\(coin),,,,,"
                case 5..<14: "trade,\(amount),\(coin),\(cash),USD,0.5,USD,"
                default: "trade,\(cash),USD,\(amount),\(coin),0.5,USD,"
                }
            return "\(time),\(legs),,Kraken,,Kraken,,,V\(number),\n"
        }

        mutating func price(_ number: Int) -> String {
            let time = Timestamp(seconds: start + Int64(number / coins) * 3600).description
            return "\(time),\(code(number % coins)),USD,\(1 + below(50_000)).\(10 + below(90))\n"
        }
    }

    // MARK: Measuring

    /// Prints the figures of a folder; the least of several rounds, since all else is other work on the machine.
    static func measure(
        _ folder: String,
        rounds: Int,
        only: String?,
        print: (String, Double) -> Void
    ) throws {
        let workspace = try Workspace.open(WorkspaceConfiguration(folder: folder), access: .reading)
        let owner = try workspace.user(named: nil).id
        let (from, to) = (Timestamp(seconds: start), Timestamp(seconds: end))
        func least(_ body: () throws -> Void) throws -> Double {
            try body()
            return try (0..<rounds).map { _ in try seconds(body).0 }.min() ?? 0
        }
        func history(_ step: HistoryStep, _ currency: String, from: Timestamp) throws -> Double {
            try least {
                let points = try workspace.valueHistory(
                    of: owner,
                    currency: currency,
                    from: from,
                    to: to,
                    step: step
                ).points
                guard points.last?.unpriced == 0 else { throw BenchError(message: "a price is missing") }
            }
        }
        let lastYear = to.advanced(bySeconds: -365 * 86_400)
        var request = PerformanceRequest(currency: "USD")
        (request.from, request.to) = (from.advanced(bySeconds: 3600), to)
        request.benchmark = [BenchmarkPart(code: "C100", fraction: .one)]
        let figures: [(name: String, measure: () throws -> Double)] = [
            ("hourly", { try history(.hourly, "USD", from: from) }),
            ("daily", { try history(.daily, "USD", from: from) }),
            ("hourly_eur", { try history(.hourly, "EUR", from: from) }),
            ("year", { try history(.daily, "USD", from: lastYear) }),
            ("performance", { try least { _ = try workspace.performance(of: owner, request) } }),
            ("now", { try least { _ = try workspace.value(of: owner, currency: "USD", at: to) } }),
        ]
        for figure in figures where only == nil || only == figure.name {
            print(figure.name, try figure.measure())
        }
    }
}
