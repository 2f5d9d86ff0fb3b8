import Foundation

/// Parsing and durable import of generated ledgers.
enum ImportPart {
    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        for size in options.sizes {
            let file = try makeFile(size, place)
            defer { place.remove("ledger.csv") }
            var runs: [[String: Double]] = []
            for _ in 0..<options.rounds(size > 500_000 ? 3 : 5) {
                place.remove(folderName(size))
                let run = try Child.measure("import", file, place.path(folderName(size)))
                guard run["inserted"] == Double(size) else {
                    throw BenchError(
                        message: "an import of \(size) rows made \(run["inserted"] ?? 0) entries"
                    )
                }
                runs.append(run)
            }
            add(runs, size, to: &report)
            if size != options.largest { place.remove(folderName(size)) }
        }
    }

    /// The folder that an import of so many rows leaves.
    static func folderName(_ size: Int) -> String { "imported-\(size)" }

    /// The folder with so many entries of one user, made when the import was not measured.
    static func folder(_ size: Int, _ place: WorkPlace) throws -> String {
        let folder = place.path(folderName(size))
        guard !FileManager.default.fileExists(atPath: folder) else { return folder }
        let file = try makeFile(size, place)
        defer { place.remove("ledger.csv") }
        _ = try Child.measure("import", file, folder)
        return folder
    }

    /// The file of so many rows.
    static func makeFile(_ size: Int, _ place: WorkPlace) throws -> String {
        let path = try place.write("", to: "ledger.csv")
        guard let handle = FileHandle(forWritingAtPath: path) else {
            throw BenchError(message: "cannot write \(path)")
        }
        try History.write(size) { try handle.write(contentsOf: $0) }
        try handle.close()
        return path
    }

    private static func add(_ runs: [[String: Double]], _ size: Int, to report: inout Report) {
        func values(_ name: String) -> [Double] { runs.map { $0[name] ?? 0 } }
        let isMillion = size == 1_000_000
        let time = median(values("seconds"))
        let title = "import of \(size) rows"
        report.add(
            "import.\(size).seconds",
            title,
            time,
            "s",
            decimals: 3,
            bar: isMillion ? .below(4) : nil
        )
        report.add("import.\(size).rows_per_second", title + ", rows", Double(size) / time, "rows/s")
        report.add(
            "import.\(size).longest_commit",
            title + ", longest commit",
            (values("longest_commit_us").max() ?? 0) / 1000,
            "ms",
            decimals: 1,
            bar: isMillion ? .atMost(50) : nil
        )
        report.add(
            "import.\(size).longest_hold",
            title + ", longest wait for the log",
            (values("longest_hold_us").max() ?? 0) / 1000,
            "ms",
            decimals: 1
        )
        report.add(
            "import.\(size).peak_memory",
            title + ", peak memory",
            (values("peak_kib").max() ?? 0) / 1024,
            "MiB",
            decimals: 1,
            bar: isMillion ? .below(600) : nil
        )
    }
}
