/// Makes foreign text safe to show on a terminal.
public enum TerminalText {
    /// The text with control characters and invisible direction marks replaced, so that it cannot steer a terminal.
    public static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(isHarmful(scalar) ? "\u{FFFD}" : scalar) }
        return String(result)
    }

    /// The text for use inside an error message: harmless, in quotes, and cut when it is long.
    static func quoted(_ text: String) -> String {
        let safe = harmless(text)
        guard safe.unicodeScalars.count > Limits.quotedScalarsMax else { return "'\(safe)'" }
        let head = String(String.UnicodeScalarView(safe.unicodeScalars.prefix(Limits.quotedScalarsMax)))
        return "'\(head)…'"
    }

    /// The text without spaces and tabs at both ends.
    static func trimmed(_ text: Substring) -> Substring {
        var view = text[...]
        while let first = view.utf8.first, first == 0x20 || first == 0x09 { view = view.dropFirst() }
        while let last = view.utf8.last, last == 0x20 || last == 0x09 { view = view.dropLast() }
        return view
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: true
        default: false
        }
    }
}
