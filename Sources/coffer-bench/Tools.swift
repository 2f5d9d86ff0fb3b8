import Foundation

/// A folder for temporary files that goes with the run.
struct WorkPlace {
    let folder: String

    init(under parent: String?) throws {
        let base = parent ?? FileManager.default.temporaryDirectory.path
        folder = base + "/coffer-bench-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// A path in the folder.
    func path(_ name: String) -> String { folder + "/" + name }

    func write(_ text: String, to name: String) throws -> String {
        let path = path(name)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
    }

    /// Removes one file or folder; one that is not there is gone already.
    func remove(_ name: String) { try? FileManager.default.removeItem(atPath: path(name)) }

    /// Removes everything; what cannot be removed stays in the system's temporary place.
    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}

/// Other programs.
enum Tool {
    /// The path of a program of the search path; nil when there is none.
    static func path(of name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        // nginx stands where only the administrator's path looks.
        for folder in folders.map(String.init) + ["/usr/sbin", "/sbin"] {
            let path = folder + "/" + name
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        return nil
    }

    /// The path of a program; without it the part is skipped.
    static func required(_ name: String) throws(BenchError) -> String {
        guard let path = path(of: name) else {
            throw BenchError(message: "\(name) is not installed", isSkip: true)
        }
        return path
    }

    /// The program that was built beside this one.
    static func sibling(_ name: String) throws(BenchError) -> String {
        let own = (ownPath as NSString).deletingLastPathComponent + "/" + name
        guard FileManager.default.isExecutableFile(atPath: own) else {
            throw BenchError(message: "\(name) is not built beside this program; ./bench builds it")
        }
        return own
    }

    /// This program's file.
    static var ownPath: String {
        // Without /proc the name it was called by must do.
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? ProcessInfo.processInfo.arguments[0]
    }

    /// Runs a program to its end and gives what it printed.
    static func output(of program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.contains("/") ? program : try required(program))
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let words = ([program] + arguments.prefix(2)).joined(separator: " ")
            throw BenchError(message: "\(words) … ended with code \(process.terminationStatus)")
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Runs a program to its end, takes each line that it prints as it comes, and gives its exit code.
    ///
    /// What it says on standard error goes to ours.
    @discardableResult
    static func lines(
        of program: String,
        _ arguments: [String],
        take: (String) throws -> Void
    ) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.contains("/") ? program : try required(program))
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        defer { process.stop() }
        var rest: [UInt8] = []
        while case let piece = pipe.fileHandleForReading.availableData, !piece.isEmpty {
            rest += piece
            while let end = rest.firstIndex(of: 0x0A) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest.removeSubrange(...end)
                try take(line)
            }
        }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Starts a program that runs until it is stopped; what it prints goes to a file, further variables come to ours.
    static func start(
        _ program: String,
        _ arguments: [String],
        log: String,
        variables: [String: String] = [:]
    ) throws -> Process {
        guard FileManager.default.createFile(atPath: log, contents: nil),
            let handle = FileHandle(forWritingAtPath: log)
        else { throw BenchError(message: "cannot write \(log)") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }
}

extension Process {
    /// Asks the program to stop and waits for its end.
    func stop() {
        guard isRunning else { return }
        terminate()
        waitUntilExit()
    }
}
