import Foundation

/// The rules over text of any kind.
enum TextRules {
    /// Notes to oneself; put together so that this file does not hold them.
    static let notes = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK"]
    /// Folders of the machines on which the code was written.
    static let machinePaths = [
        "/wo" + "rk/", "/tm" + "p/h/", "/ho" + "me/", "/ro" + "ot/", "/opt/sw" + "ift",
    ]

    /// The lines of a file that hold one of some words.
    static func lines(of file: Tree.File, with needles: [String], message: String) -> [Finding] {
        var findings: [Finding] = []
        for needle in needles {
            for line in lineNumbers(of: Array(needle.utf8), in: file.bytes) {
                findings.append(Finding(path: file.path, line: line, message: "'\(needle)': \(message)"))
            }
        }
        return findings
    }

    private static func lineNumbers(of needle: [UInt8], in bytes: [UInt8]) -> [Int] {
        var data = Data(bytes)[...]
        var lines: [Int] = []
        while let range = data.range(of: Data(needle)) {
            lines.append(1 + bytes[..<range.lowerBound].count { $0 == 0x0A })
            data = data[range.upperBound...]
        }
        return lines
    }

    /// A Markdown file without exactly one top heading, and its links to files that are not there.
    static func markdown(_ file: Tree.File, exists: (String) -> Bool) -> [Finding] {
        var findings: [Finding] = []
        var headings = 0
        var isCode = false
        let folder = file.path.split(separator: "/").dropLast()
        for (index, line) in file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
        {
            let text = String(decoding: line, as: UTF8.self)
            if text.drop(while: { $0 == " " }).hasPrefix("```") { isCode.toggle() }
            guard !isCode else { continue }
            if text.hasPrefix("# ") { headings += 1 }
            for target in links(in: text) {
                guard let path = resolved(target, folder: folder.map(String.init)), exists(path) else {
                    findings.append(
                        Finding(path: file.path, line: index + 1, message: "link to \(target) leads nowhere")
                    )
                    continue
                }
            }
        }
        if headings != 1 {
            findings.append(
                Finding(path: file.path, line: 1, message: "\(headings) top headings, expected one")
            )
        }
        return findings
    }

    /// The targets of relative links in a line, without code spans and without the part behind `#`.
    static func links(in line: String) -> [String] {
        let spans = line.split(separator: "`", omittingEmptySubsequences: false)
        // A link may stand around a code span, so the spans' text goes but the rest stays joined.
        let prose = spans.enumerated().filter { $0.offset % 2 == 0 }.map(\.element).joined(separator: "-")
        return prose.components(separatedBy: "](").dropFirst().compactMap { piece in
            guard let end = piece.firstIndex(where: { $0 == ")" || $0 == " " }) else { return nil }
            let target = piece[..<end].prefix { $0 != "#" }
            let isOutside = target.contains("://") || target.hasPrefix("mailto:") || target.isEmpty
            return isOutside ? nil : String(target)
        }
    }

    private static func resolved(_ target: String, folder: [String]) -> String? {
        guard !target.hasPrefix("/") else { return nil }
        var parts = folder
        for part in target.split(separator: "/") where part != "." {
            guard part == ".." else {
                parts.append(String(part))
                continue
            }
            guard parts.popLast() != nil else { return nil }
        }
        return parts.joined(separator: "/")
    }
}
