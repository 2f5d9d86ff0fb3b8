import Foundation
import Testing

/// Expected texts in files, one for each message, screen or report.
enum Golden {
    /// Compares a text with its file; with `RECORD_GOLDEN` set the file is written and the test fails.
    static func expect(
        _ text: String,
        is name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Golden")
        let file = folder.appendingPathComponent(name + ".txt")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
            try Data(text.utf8).write(to: file)
            Issue.record("recorded \(name); run again without RECORD_GOLDEN", sourceLocation: sourceLocation)
            return
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(text == expected, "golden file \(name).txt", sourceLocation: sourceLocation)
    }

    /// A run as it would look on a terminal, with what differs from run to run masked.
    static func transcript(_ run: Coffer.Run, of coffer: Coffer) -> String {
        var text = "$ coffer \(run.words.joined(separator: " "))\n\(run.output)"
        if !run.errors.isEmpty { text += "--- standard error\n\(run.errors)" }
        text += "--- exit \(run.code)\n"
        return mask(text.replacingOccurrences(of: coffer.folder.path, with: "FOLDER"))
    }

    /// Replaces UUIDs, tokens, and days and instants from yesterday on; blanks of tables shrink where it did.
    static func mask(_ text: String) -> String {
        let yesterday = String(Date().addingTimeInterval(-86_400).formatted(.iso8601).prefix(10))
        var masked = ""
        var rest = text[...]
        var isMasked = false
        while let first = rest.first {
            if let length = length(ofUUID: rest) {
                masked += "UUID"
                rest = rest.dropFirst(length)
                isMasked = true
            } else if rest.hasPrefix("cfb_") {
                masked += "TOKEN"
                rest = rest.drop { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
                isMasked = true
            } else if isDay(rest.prefix(10)), rest.prefix(10) >= yesterday {
                masked += "NOW"
                rest = rest.drop { $0.isNumber || "-:.TZ".contains($0) }
                isMasked = true
            } else {
                masked.append(first)
                rest = rest.dropFirst()
            }
        }
        // How wide a column of instants is depends on their last digits.
        while isMasked, let blanks = masked.range(of: "   ") { masked.replaceSubrange(blanks, with: "  ") }
        return masked
    }

    private static func isDay(_ text: Substring) -> Bool {
        let shape = text.map { $0.isASCII && $0.isNumber ? "9" : $0 }
        return String(shape) == "9999-99-99"
    }

    private static func length(ofUUID text: Substring) -> Int? {
        guard text.first?.isHexDigit == true else { return nil }
        let candidate = text.prefix(36)
        return candidate.count == 36 && UUID(uuidString: String(candidate)) != nil ? 36 : nil
    }
}
