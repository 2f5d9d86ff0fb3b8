/// A piece of HTML.
///
/// What a literal says is markup; what is put into one is text and escaped, unless it is such a piece itself. Since
/// literals are fixed when the program is built, no text that somebody sent can become markup.
struct Markup: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// Puts a piece together.
    struct StringInterpolation: StringInterpolationProtocol {
        typealias StringLiteralType = StaticString

        fileprivate var html = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            html.reserveCapacity(literalCapacity + 32 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: StaticString) { html += literal.description }

        mutating func appendInterpolation(_ text: String) { html += Markup.escaped(text) }

        mutating func appendInterpolation(_ number: Int) { html += String(number) }

        mutating func appendInterpolation(_ markup: Markup) { html += markup.html }

        mutating func appendInterpolation(_ pieces: [Markup]) {
            for piece in pieces { html += piece.html }
        }
    }

    typealias StringLiteralType = StaticString

    private(set) var html: String

    init(stringLiteral literal: StaticString) { html = literal.description }

    init(stringInterpolation: StringInterpolation) { html = stringInterpolation.html }

    /// Text, escaped.
    init(text: String) { html = Markup.escaped(text) }

    /// Pieces one after the other.
    init(_ pieces: [Markup], between separator: Markup = "") {
        html = pieces.map(\.html).joined(separator: separator.html)
    }

    static func += (left: inout Markup, right: Markup) { left.html += right.html }

    var bytes: [UInt8] { Array(html.utf8) }

    /// The text as it stands for itself in content and between quotes.
    ///
    /// Control characters and marks that turn the direction of writing are shown as unknown characters, so that a name
    /// cannot make the words around it look like others.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}"..."\u{200F}", "\u{2028}"..."\u{202E}",
                "\u{2066}"..."\u{2069}", "\u{FEFF}":
                escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
