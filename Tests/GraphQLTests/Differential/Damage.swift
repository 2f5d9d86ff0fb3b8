import TestSupport

/// Damages texts at random: what is left is read by parsers, not by people.
enum Damage {
    static let pieces = [
        "{", "}", "(", ")", "[", "]", ":", "=", "!", "$", "@", "|", "&", "...", "..", "\"", "\"\"\"", "\\",
        "#", ",",
        "on", "query", "fragment", "mutation", "type", "extend", "input", "null", "true", "enum", "schema",
        "0", "01",
        "-", "1.", "1e5", "9999999999", "\n", "\r\n", "\t", "\u{FEFF}", "é", "😀", "\\u00E9", "\\u{1F600}",
        "\\uD83D",
        "'", "~", "%", "?", "\u{0}", "\u{7}", "a", "name", "$x", "@skip(if: true)", "\"text\"",
        "\"\"\"\n  block\n\"\"\"",
    ]

    /// The text with one to three places deleted, doubled, moved or replaced.
    static func text(_ text: String, random: inout SplitMix64) -> String {
        var characters = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let start = Int.random(in: 0...characters.count, using: &random)
            let end = min(characters.count, start + Int.random(in: 0...6, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: characters.removeSubrange(start..<end)
            case 1: characters.insert(contentsOf: characters[start..<end], at: start)
            case 2:
                let piece = pieces.randomElement(using: &random) ?? ""
                characters.replaceSubrange(start..<end, with: Array(piece.unicodeScalars))
            default:
                let piece = pieces.randomElement(using: &random) ?? ""
                characters.insert(contentsOf: Array(piece.unicodeScalars), at: start)
            }
        }
        var damaged = ""
        damaged.unicodeScalars.append(contentsOf: characters)
        return damaged
    }
}
