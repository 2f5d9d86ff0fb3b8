/// One place where a rule is broken.
struct Finding: Hashable, Comparable {
    let path: String
    let line: Int
    let message: String

    var text: String { "\(path):\(line): \(message)" }

    static func < (left: Finding, right: Finding) -> Bool {
        (left.path, left.line) < (right.path, right.line)
    }
}

/// The rules over Swift code.
enum Rules {
    static let binaryFloatingPoint: Set<String> = [
        "Double", "Float", "Float16", "Float32", "Float64", "Float80", "CGFloat", "Decimal",
        "NSDecimalNumber",
    ]
    static let slowOrInexact: Set<String> = [
        "Regex", "NSRegularExpression", "DateFormatter", "ISO8601DateFormatter", "NumberFormatter",
        "JSONEncoder",
        "JSONDecoder", "JSONSerialization",
    ]
    static let printing: Set<String> = ["print", "debugPrint", "dump"]

    /// `try!` and `as!`.
    static func forced(_ file: Tree.SwiftFile) -> [Finding] {
        findings(file, "say what happens when it fails instead of \u{60}!\u{60}") { _, word in
            (word.text == "try" || word.text == "as") && word.after == UInt8(ascii: "!")
        }
    }

    /// Names of binary or unpredictable number types.
    static func inexact(_ file: Tree.SwiftFile) -> [Finding] {
        findings(file, "money is Amount; no binary or Foundation number types here") { _, word in
            binaryFloatingPoint.contains(word.text)
        }
    }

    /// Library types that are too slow, not exact or not strict, and `String(format:)`.
    static func slow(_ file: Tree.SwiftFile) -> [Finding] {
        findings(file, "read and write over bytes instead") { index, word in
            if slowOrInexact.contains(word.text) { return true }
            guard word.text == "format", word.after == UInt8(ascii: ":"), index > 0 else { return false }
            return file.words[index - 1].text == "String" && word.before == UInt8(ascii: "(")
        }
    }

    /// `fatalError(`.
    static func fatal(_ file: Tree.SwiftFile) -> [Finding] {
        findings(file, "a precondition with a sentence, or an error") { _, word in word.text == "fatalError" }
    }

    /// Calls that print.
    static func prints(_ file: Tree.SwiftFile) -> [Finding] {
        findings(file, "leftover output") { index, word in
            guard printing.contains(word.text), word.after == UInt8(ascii: "("),
                word.before != UInt8(ascii: ".")
            else {
                return false
            }
            return index == 0 || file.words[index - 1].text != "func"
        }
    }

    static func uncheckedSendable(_ file: Tree.SwiftFile) -> [Finding] {
        findings(file, "@unchecked Sendable") { _, word in
            word.text == "unchecked" && word.before == UInt8(ascii: "@")
        }
    }

    static func nonisolatedUnsafe(_ file: Tree.SwiftFile) -> [Finding] {
        findings(file, "nonisolated(unsafe)") { index, word in
            word.text == "unsafe" && word.before == UInt8(ascii: "(") && index > 0
                && file.words[index - 1].text == "nonisolated"
        }
    }

    static func preconcurrency(_ file: Tree.SwiftFile) -> [Finding] {
        findings(file, "@preconcurrency") { _, word in
            word.text == "preconcurrency" && word.before == UInt8(ascii: "@")
        }
    }

    /// Foundation in a pure room, an arrow that points up or sideways, a C library outside its room.
    static func imports(_ file: Tree.SwiftFile) -> [Finding] {
        let room = file.file.room
        guard file.file.isSource, !room.isEmpty else { return [] }
        guard let height = Rooms.height(of: room) else {
            return [
                Finding(
                    path: file.file.path,
                    line: 1,
                    message: "room \(room) has no place in Rooms.layers yet"
                )
            ]
        }
        return file.imports.compactMap { module, line in
            guard let message = objection(to: module, in: room, height: height) else { return nil }
            return Finding(path: file.file.path, line: line, message: message)
        }
    }

    private static func objection(to module: String, in room: String, height: Int) -> String? {
        if module.hasPrefix("Foundation"), Rooms.pure.contains(room) { return "\(room) needs no Foundation" }
        if module == "FoundationNetworking", room != "Connectors" {
            return "only Connectors uses the network"
        }
        if let owner = Rooms.owners[module] {
            return owner == room ? nil : "only \(owner) may import \(module)"
        }
        guard let other = Rooms.height(of: module) else { return nil }
        if other >= height { return "\(room) may not import \(module): arrows point downwards" }
        let isForbidden = Rooms.forbidden.contains { $0.from == room && $0.to.contains(module) }
        return isForbidden ? "\(room) must not know \(module)" : nil
    }

    private static func findings(
        _ file: Tree.SwiftFile,
        _ message: String,
        where isBroken: (Int, Tree.SwiftFile.Word) -> Bool
    ) -> [Finding] {
        file.words.enumerated().compactMap { index, word in
            guard isBroken(index, word) else { return nil }
            return Finding(path: file.file.path, line: word.line, message: "\(word.text): \(message)")
        }
    }
}
