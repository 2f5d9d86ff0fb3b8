/// Reading a history into memory.
enum BookPart {
    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        let size = options.largest
        let folder = try ImportPart.folder(size, place)
        var runs: [[String: Double]] = []
        for _ in 0..<options.rounds(5) { runs.append(try Child.measure("book", folder)) }
        func values(_ name: String) -> [Double] { runs.map { $0[name] ?? 0 } }
        guard values("entries").allSatisfy({ $0 == Double(size) }) else {
            throw BenchError(message: "a Book of \(size) entries came back with other entries")
        }
        let isMillion = size == 1_000_000
        let title = "Book of \(size) entries"
        report.add(
            "book.\(size).seconds",
            title + ", load",
            median(values("seconds")),
            "s",
            decimals: 3,
            bar: isMillion ? .below(0.6) : nil
        )
        report.add(
            "book.\(size).bytes_per_entry",
            title + ", memory per entry",
            median(values("bytes")) / Double(size),
            "bytes",
            decimals: 1,
            bar: isMillion ? .atMost(160) : nil
        )
        report.add(
            "book.\(size).peak_memory",
            title + ", peak memory",
            (values("peak_kib").max() ?? 0) / 1024,
            "MiB",
            decimals: 1
        )
        report.add(
            "book.\(size).append",
            title + ", append of one",
            median(values("append_seconds")) * 1e6,
            "µs",
            decimals: 1
        )
    }
}
