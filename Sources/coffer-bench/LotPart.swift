import CostBasis
import Glibc

/// FIFO in memory: every disposal with the lots it used.
enum LotPart {
    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        for scope in LotScope.allCases {
            var times: [(size: Int, seconds: Double)] = []
            for size in options.sizes {
                let run = try Child.measure("fifo", String(size), scope.name)
                guard let time = run["seconds"], run["problems"] == 0 else {
                    throw BenchError(message: "the generated history has disposals without lots")
                }
                times.append((size, time))
                let title = "FIFO over \(size) entries, \(scope.name)"
                report.add(
                    "fifo.\(size).\(scope.name).seconds",
                    title,
                    time,
                    "s",
                    decimals: 4,
                    bar: size == 1_000_000 ? .below(0.1) : nil
                )
                report.add(
                    "fifo.\(size).\(scope.name).peak_memory",
                    title + ", peak memory",
                    (run["peak_kib"] ?? 0) / 1024,
                    "MiB",
                    decimals: 1
                )
            }
            guard let first = times.first(where: { $0.size >= 10_000 }), let last = times.last,
                last.size > first.size
            else { continue }
            report.add(
                "fifo.\(scope.name).exponent",
                "FIFO growth from \(first.size) to \(last.size), \(scope.name)",
                log(last.seconds / first.seconds) / log(Double(last.size) / Double(first.size)),
                "exponent",
                decimals: 2,
                bar: .atMost(1.1)
            )
        }
    }
}
