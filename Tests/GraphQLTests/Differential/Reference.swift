import Foundation
import JSON

/// The reference implementation of GraphQL, asked about many things at once.
enum Reference {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    private static let python = root + "/.build/peers-graphql/bin/python"

    /// Whether it is there, after an attempt to install it.
    static let isPresent: Bool = {
        // What keeps it away is said by the script itself.
        let run = try? Reference.run(root + "/Scripts/fetch-peers", ["GraphQL"], input: "")
        return run?.code == 0
    }()

    /// Whether its absence is a failure, as where all changes are checked.
    static let isRequired = ProcessInfo.processInfo.environment["COFFER_PEERS"] == "required"

    struct Run {
        let code: Int32
        let output: String
    }

    /// It did not answer each question.
    struct Unanswered: Error {
        let code: Int32
        let asked: Int
        let answered: Int
    }

    /// The answers to lines of JSON, one for each.
    static func answers(_ lines: [[UInt8]]) throws -> [JSONValue] {
        let input = lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n") + "\n"
        let run = try Reference.run(python, [root + "/Scripts/peers/graphql_reference.py"], input: input)
        let limits = JSONLimits(depth: 64, elements: 1_000_000, stringBytes: 1 << 24)
        let answers = try run.output.utf8.split(separator: UInt8(ascii: "\n"))
            .map { try JSONReader.parse(Array($0), limits: limits) }
        guard run.code == 0, answers.count == lines.count else {
            throw Unanswered(code: run.code, asked: lines.count, answered: answers.count)
        }
        return answers
    }

    private static func run(_ program: String, _ words: [String], input: String) throws -> Run {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let inputFile = folder.appendingPathComponent("in")
        let outputFile = folder.appendingPathComponent("out")
        try Data(input.utf8).write(to: inputFile)
        try Data().write(to: outputFile)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = words
        process.environment = ProcessInfo.processInfo.environment
            .merging(["PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"]) { _, new in new }
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        try process.run()
        process.waitUntilExit()
        return Run(
            code: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self)
        )
    }
}
