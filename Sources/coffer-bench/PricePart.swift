import Money
import Services
import Storage
import Time
import Valuation

/// Prices in memory: ten million points from the data folder, and finding the one that counts at an instant.
enum PricePart {
    private static let points = 10_000_000
    /// Series of some years of minutes each.
    private static let series = 10
    private static let start: Int64 = 1_483_228_800
    private static let commit = 100_000

    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        let count = options.isQuick ? points / 10 : points
        let folder = place.path("prices")
        defer { place.remove("prices") }
        try fill(folder, count)
        var runs: [[String: Double]] = []
        for _ in 0..<options.rounds(5) { runs.append(try Child.measure("prices", folder)) }
        func values(_ name: String) -> [Double] { runs.map { $0[name] ?? 0 } }
        guard values("points").allSatisfy({ $0 == Double(count) }) else {
            throw BenchError(message: "\(count) prices came back with another number of them")
        }
        let title = "\(count) price points"
        let isWhole = count == points
        report.add(
            "prices.\(count).seconds",
            title + ", load",
            median(values("seconds")),
            "s",
            decimals: 2,
            bar: isWhole ? .below(3) : nil
        )
        report.add(
            "prices.\(count).peak_memory",
            title + ", whole process at its peak",
            (values("peak_kib").max() ?? 0) * 1024 / 1e6,
            "MB",
            decimals: 1,
            bar: isWhole ? .below(260) : nil
        )
        report.add(
            "prices.\(count).bytes_per_point",
            title + ", memory per point",
            median(values("bytes")) / Double(count),
            "bytes",
            decimals: 1
        )
        report.add(
            "prices.\(count).as_of",
            title + ", price as of an instant",
            (values("lookup_seconds").min() ?? 0) * 1e9,
            "ns",
            decimals: 1,
            bar: .below(100)
        )
    }

    /// Writes series of minutes as an import does, with prices of five to nine digits.
    private static func fill(_ folder: String, _ count: Int) throws {
        let database = try Database.open(folder: folder)
        defer { database.close() }
        var state: UInt64 = 42
        for number in 0..<series {
            let key = PriceSeriesKey(base: AssetID(raw: 101 + UInt32(number)), quote: .usd, source: "bench")
            var price: Int64 = 3_000_000
            var next = 0
            while next < count / series {
                let upper = min(next + commit, count / series)
                var rows: [PriceRow] = []
                rows.reserveCapacity(upper - next)
                for row in next..<upper {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    price = max(10_000, price + Int64(state >> 52) % 2_001 - 1_000)
                    rows.append(
                        PriceRow(
                            time: Timestamp(seconds: start + Int64(row) * 60),
                            price: try Amount.parse("\(price / 100).\(10 + price % 90)")
                        )
                    )
                }
                let batch = rows
                _ = try database.writeAndWait { try $0.storePrices(batch[...], of: key) }
                next = upper
            }
        }
    }

    /// Loads all prices and looks some up; run in a process of its own.
    static func measure(_ folder: String, _ print: (String, Double) -> Void) throws {
        let workspace = try Workspace.open(WorkspaceConfiguration(folder: folder), access: .reading)
        let before = Memory.resident()
        let (time, book) = try seconds { try workspace.priceBook() }
        let after = Memory.resident()
        let pairs = book.pairs.filter { $0.base.raw > 100 }
        let count = pairs.reduce(0) { $0 + book.series(of: $1).reduce(0) { $0 + $1.series.count } }
        print("seconds", time)
        print("points", Double(count))
        print("bytes", Double((after - before) * 1024))
        print("peak_kib", Double(Memory.peak()))
        let span = Int64(count / max(1, pairs.count)) * 60
        var state: UInt64 = 7
        var questions: [(PricePair, Timestamp)] = []
        for _ in 0..<1_000_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let second = start + Int64(state >> 16) % span
            questions.append((pairs[Int(state >> 60) % pairs.count], Timestamp(seconds: second)))
        }
        var sum: Int128 = 0
        var times: [Double] = []
        for _ in 0..<5 {
            let (time, _) = seconds {
                for (pair, time) in questions {
                    sum &+= book.point(of: pair, asOf: time, freshSeconds: 172_800)?.price.raw ?? 0
                }
            }
            times.append(time / Double(questions.count))
        }
        precondition(sum != 0, "prices were found")
        // The least is what the program takes when nothing else disturbs it.
        print("lookup_seconds", times.min() ?? 0)
    }
}
