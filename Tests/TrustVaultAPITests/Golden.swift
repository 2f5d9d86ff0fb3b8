import Foundation
import Testing

/// Answers as they were reviewed, in files.
enum Golden {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")

    /// The headers that belong to an answer's form.
    private static let headers = ["Allow", "Retry-After", "WWW-Authenticate"]

    /// Compares an answer with its file; with `RECORD_GOLDEN` set the file is written and the test fails.
    static func expect(
        _ answer: Answer,
        is name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var lines = ["\(answer.status) \(answer.header("Content-Type") ?? "-")"]
        for name in headers {
            if let value = answer.header(name) { lines.append("\(name): \(value)") }
        }
        let body = answer.text
        let text = (lines + [body]).joined(separator: "\n") + "\n"
        let file = folder.appendingPathComponent(name + ".txt")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try text.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(name); run again without RECORD_GOLDEN", sourceLocation: sourceLocation)
            return
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(text == expected, "golden file \(name).txt", sourceLocation: sourceLocation)
    }
}
