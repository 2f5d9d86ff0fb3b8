import CostBasis
import Glibc

/// Lots in memory: every disposal with the lots it used, by each method and in both scopes.
enum LotPart {
    /// A method and the seconds for a million entries in the universal scope; per wallet twice that is allowed.
    private static let methods: [(name: String, bar: Double?)] = [
        ("fifo", 0.1), ("lifo", 0.1), ("average", 0.1), ("hifo", 0.3), ("lofo", 0.3), ("s104", 0.3),
        ("acb", nil),
        ("specific", nil), ("wash", nil),
    ]

    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        for (method, bar) in methods {
            for scope in LotScope.allCases where scope == .universal || !isOfPerson(method) {
                try run(method, bar.map { scope == .universal ? $0 : 2 * $0 }, scope, options, &report)
            }
        }
        let run = try Child.measure("lots-append", String(options.largest))
        report.add(
            "lots.\(options.largest).append",
            "one entry appended to \(options.largest) and their FIFO lots, readers undisturbed",
            (run["seconds"] ?? 0) * 1_000_000,
            "µs",
            decimals: 1,
            bar: .below(100)
        )
    }

    /// Whether a method knows one pool for all wallets.
    private static func isOfPerson(_ method: String) -> Bool {
        LotMethod.allCases.first { $0.name == method }?.isOfPerson ?? false
    }

    private static func run(
        _ method: String,
        _ bar: Double?,
        _ scope: LotScope,
        _ options: BenchOptions,
        _ report: inout Report
    ) throws {
        var times: [(size: Int, seconds: Double)] = []
        for size in options.sizes {
            let run = try Child.measure("lots", method, String(size), scope.name)
            guard let time = run["seconds"], run["problems"] == 0 else {
                throw BenchError(message: "the generated history has disposals without lots")
            }
            times.append((size, time))
            let title = "\(method) over \(size) entries, \(scope.name)"
            let isFull = size == 1_000_000
            report.add(
                "lots.\(method).\(size).\(scope.name).seconds",
                title,
                time,
                "s",
                decimals: 4,
                bar: isFull ? bar.map { .below($0) } : nil
            )
            guard isFull else { continue }
            report.add(
                "lots.\(method).\(size).\(scope.name).bytes",
                title + ", peak memory beyond the Book",
                (run["peak_bytes"] ?? 0) / Double(size),
                "bytes/entry",
                decimals: 1,
                bar: bar.map { _ in .atMost(100) }
            )
        }
        guard let first = times.first(where: { $0.size >= 10_000 }), let last = times.last,
            last.size > first.size
        else { return }
        report.add(
            "lots.\(method).\(scope.name).exponent",
            "\(method) growth from \(first.size) to \(last.size), \(scope.name)",
            log(last.seconds / first.seconds) / log(Double(last.size) / Double(first.size)),
            "exponent",
            decimals: 2,
            bar: bar.map { _ in .atMost(1.1) }
        )
    }
}
