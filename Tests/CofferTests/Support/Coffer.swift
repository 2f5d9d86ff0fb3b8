import Foundation
import Glibc
import JSON
import Synchronization
import Testing

/// The real program with a folder of its own, started anew for each command.
struct Coffer: Sendable {
    let folder: TestFolder
    /// Variables beside the few that every run gets.
    var environment: [String: String] = [:]
    /// Words before the program's own path, such as those of a wrapper.
    var wrapper: [String] = []

    private static let runs = Atomic(0)

    init(_ folder: TestFolder) {
        self.folder = folder
    }

    /// A program with a new folder.
    init() throws {
        folder = try TestFolder()
    }

    /// The data folder that commands without `--data` use.
    var data: String { folder.path + "/data" }

    struct NotBuilt: Error {
        let tried: [String]
    }

    /// Where the program is: `COFFER_BINARY`, else what was built in this repository.
    static func binary() throws -> String {
        if let named = ProcessInfo.processInfo.environment["COFFER_BINARY"] { return named }
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let tried = ["release", "debug"].map { root.path + "/.build/\($0)/coffer" }
        guard let found = tried.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw NotBuilt(tried: tried)
        }
        return found
    }

    /// How a command ended.
    struct Run: Sendable {
        let words: [String]
        let code: Int32
        let bytes: [UInt8]
        let errors: String
        let peakBytes: Int

        var output: String { String(decoding: bytes, as: UTF8.self) }

        /// The output as JSON, strictly read.
        func json(sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
            try JSONReader.parse(bytes.last == 0x0A ? bytes.dropLast() : bytes)
        }
    }

    struct TookTooLong: Error {
        let words: [String]
        let seconds: Double
        let errors: String
    }

    /// Runs a command to its end.
    ///
    /// - Throws: `TookTooLong` after it was killed for not ending in time.
    @discardableResult
    func callAsFunction(
        _ words: String...,
        input: String? = nil,
        seconds: Double = 120
    ) throws -> Run {
        try run(words, input: input, seconds: seconds)
    }

    /// Runs a command to its end.
    @discardableResult
    func run(_ words: [String], input: String? = nil, seconds: Double = 120) throws -> Run {
        var inputPath = "/dev/null"
        if let input {
            let number = Coffer.runs.add(1, ordering: .relaxed).newValue
            inputPath = try folder.write(input, to: ".input-\(number)")
        }
        let child = try start(words, inputPath: inputPath)
        guard let end = child.wait(seconds: seconds) else {
            child.end()
            throw TookTooLong(words: words, seconds: seconds, errors: child.errors)
        }
        return Run(
            words: words,
            code: end.code,
            bytes: child.output,
            errors: child.errors,
            peakBytes: end.peakBytes
        )
    }

    /// Starts a command and returns at once.
    func start(_ words: [String], inputPath: String = "/dev/null") throws -> Child {
        let number = Coffer.runs.add(1, ordering: .relaxed).newValue
        var variables = [
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": folder.path,
            "SWIFT_BACKTRACE": "enable=no",
            // The least that is allowed; what a hash costs is tested elsewhere.
            "COFFER_PASSWORD_MEMORY": "19MiB",
            "COFFER_PASSWORD_PASSES": "2",
        ]
        let inherited = ProcessInfo.processInfo.environment
        if let libraries = inherited["LD_LIBRARY_PATH"] { variables["LD_LIBRARY_PATH"] = libraries }
        variables.merge(environment) { _, new in new }
        return try Child.start(
            wrapper + [Coffer.binary()] + words,
            environment: variables,
            directory: folder.path,
            inputPath: inputPath,
            streams: folder.path + "/.run-\(number)"
        )
    }

    /// Whether the help of a run's command names the code that it ended with.
    func documents(_ run: Run) throws -> Bool {
        let command = run.words.prefix { !$0.hasPrefix("-") }
        for count in [2, 1] where command.count >= count {
            let help = try self.run(command.prefix(count) + ["--help"])
            guard help.code == 0,
                help.output.hasPrefix("coffer \(command.prefix(count).joined(separator: " ")):")
            else { continue }
            let place = help.output.range(of: "Exit codes:")
            return place.map { help.output[$0.upperBound...].contains("\n  \(run.code) ") } ?? false
        }
        // No command was understood: that is what wrong usage is.
        return run.code == 2
    }

    struct NotWritten: Error {}

    /// Writes `large.csv` with rows that are all different, quickly also where tests are not optimised.
    func writeLarge(rows: Int) throws {
        let format = "2024-01-01T%02d:%02d:%02dZ,trade,%d.5,BTC,%d,USD,,,,,Kraken,,,,,,\\n"
        let place = "int(n / 3600) % 24, int(n / 60) % 60, n % 60"
        let program = "BEGIN { for (n = 0; n < \(rows); n++) printf \"\(format)\", \(place), n, n + 1 }"
        let child = try Child.start(
            ["bash", "-c", "(echo \(Histories.header); awk '\(program)') > large.csv"],
            environment: ["PATH": "/usr/bin:/bin"],
            directory: folder.path,
            inputPath: "/dev/null",
            streams: folder.path + "/.awk"
        )
        guard child.wait(seconds: 60)?.code == 0 else { throw NotWritten() }
    }

    // MARK: What nothing half-written means

    /// Everything that a reader can see, as the bytes of the export; the check must be clean.
    func state(sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let check = try self("check")
        #expect(check.code == 0, "\(check.output)\(check.errors)", sourceLocation: sourceLocation)
        let export = try self("export")
        #expect(export.code == 0, "\(export.errors)", sourceLocation: sourceLocation)
        return export.output
    }
}
