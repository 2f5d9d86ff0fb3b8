import Foundation
import JSON

/// Whole processes side by side: read a file of transactions and report gains, by Coffer and by other programs.
enum PeerPart {
    /// The largest ledger that other programs get; beyond it only Coffer and plain Python run.
    private static let peerRowsMax = 100_000
    private static let scripts = "Scripts/peers/"

    /// One line of `measure.py`.
    private struct Run {
        let program: String
        let job: String
        let seconds: Double
        let peakKibibytes: Double
        /// Whether it was stopped, so that it takes longer than its seconds.
        let isStopped: Bool
    }

    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        let python = try Tool.required("python3")
        guard FileManager.default.fileExists(atPath: scripts + "measure.py") else {
            throw BenchError(
                message: "\(scripts)measure.py is not there; run ./bench in the project's folder"
            )
        }
        // What cannot be fetched says so itself, and is skipped below.
        try Tool.lines(of: "bash", ["Scripts/fetch-peers", "--programs", "rp2", "BittyTax"]) { _ in }
        for size in options.sizes {
            let ledger = try ImportPart.makeFile(size, place)
            defer { place.remove("ledger.csv") }
            var runs: [Run] = []
            var words = [
                scripts + "measure.py", ledger, String(size), "--coffer", try Tool.sibling("coffer"),
            ]
            words += ["--rounds", String(options.rounds(5)), "--seconds", options.isQuick ? "60" : "300"]
            if size > peerRowsMax { words.append("--only-own") }
            let code = try Tool.lines(of: python, words) { line in
                let value = try JSONReader.parse(Array(line.utf8))
                if let reason = value["skipped"]?.string {
                    report.skipped.append(("peers, \(size) rows, \(value["program"]?.string ?? "")", reason))
                } else {
                    let run = try parse(value)
                    add(run, size, to: &report)
                    runs.append(run)
                }
            }
            guard code == 0 else { throw BenchError(message: "\(scripts)measure.py ended with code \(code)") }
            compare(runs, size, to: &report)
        }
    }

    private static func parse(_ value: JSONValue) throws -> Run {
        guard let program = value["program"]?.string, let job = value["job"]?.string,
            let seconds = value["seconds"]?.number.flatMap({ Double($0) }),
            let peak = value["peak_kib"]?.number.flatMap({ Double($0) }),
            let isStopped = value["stopped"]?.bool
        else { throw BenchError(message: "\(scripts)measure.py printed something else than a measurement") }
        return Run(program: program, job: job, seconds: seconds, peakKibibytes: peak, isStopped: isStopped)
    }

    private static func key(_ run: Run, _ size: Int) -> String {
        "peers.\(size).\(run.program).\(run.job)".lowercased().replacing(", ", with: ".").replacing(
            " ",
            with: "_"
        )
    }

    private static func add(_ run: Run, _ size: Int, to report: inout Report) {
        let title = "\(run.program), \(run.job), \(size) rows"
        let isPool = run.program.hasPrefix("Coffer, ") && run.job.hasSuffix("of a file")
        report.add(
            key(run, size) + ".seconds",
            title,
            run.seconds,
            "s",
            decimals: 3,
            bar: isPool && size == 100_000 ? .below(0.3) : nil,
            isLowerBound: run.isStopped
        )
        report.add(
            key(run, size) + ".peak_memory",
            title + ", peak memory",
            run.peakKibibytes / 1024,
            "MiB",
            decimals: 1,
            isLowerBound: run.isStopped
        )
    }

    /// How many times longer than Coffer's whole process each other program took.
    private static func compare(_ runs: [Run], _ size: Int, to report: inout Report) {
        func whole(_ name: String) -> Run? {
            runs.first { $0.program == name && $0.job.hasSuffix("of a file") }
        }
        guard let lots = whole("Coffer") else { return }
        for run in runs where !run.program.hasPrefix("Coffer") {
            let isPool = run.job.hasSuffix("section 104")
            let ours = isPool ? whole("Coffer, section 104") ?? lots : lots
            let bar: Bar? =
                switch run.program {
                case "rp2", "BittyTax": .atLeast(200)
                case "hledger": .atLeast(15)
                case "plain Python": .above(1)
                default: nil
                }
            report.add(
                key(run, size) + ".times_coffer",
                "\(run.program) over Coffer, \(size) rows",
                run.seconds / ours.seconds,
                "times",
                decimals: 1,
                bar: bar,
                isLowerBound: run.isStopped
            )
        }
    }
}
