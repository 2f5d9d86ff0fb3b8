internal import JSON

/// Values as messages show them: short, and in the notation of the reference implementation.
internal enum Inspection {
    private static let scalarsMax = 240
    private static let elementsMax = 10
    private static let depthMax = 2

    /// A value that came as JSON; numbers keep the digits that were sent.
    static func text(_ value: JSONValue) -> String {
        text(value, depth: 0)
    }

    private static func text(_ value: JSONValue, depth: Int) -> String {
        switch value {
        case .null: "None"
        case .bool(let truth): truth ? "True" : "False"
        case .number(let digits): shortened(digits)
        case .string(let string): shortened(quoted(string))
        case .array(let elements): array(elements, depth: depth)
        case .object(let members): object(members, depth: depth)
        }
    }

    private static func array(_ elements: [JSONValue], depth: Int) -> String {
        if elements.isEmpty { return "[]" }
        guard depth < depthMax else { return "[...]" }
        return "[" + joined(elements) { text($0, depth: depth + 1) } + "]"
    }

    private static func object(_ members: [JSONMember], depth: Int) -> String {
        if members.isEmpty { return "{}" }
        guard depth < depthMax else { return "{...}" }
        return "{"
            + joined(members) { shortened(quoted($0.key)) + ": " + text($0.value, depth: depth + 1) }
            + "}"
    }

    /// All elements, or the first five and the last four.
    private static func joined<Element>(_ elements: [Element], _ text: (Element) -> String) -> String {
        guard elements.count > elementsMax else { return elements.map(text).joined(separator: ", ") }
        let first = elements.prefix(elementsMax / 2).map(text)
        let last = elements.suffix(elementsMax / 2 - 1).map(text)
        return (first + ["..."] + last).joined(separator: ", ")
    }

    private static func shortened(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count > scalarsMax else { return text }
        let first = (scalarsMax - 3) / 2
        let last = scalarsMax - 3 - first
        return String(String.UnicodeScalarView(scalars.prefix(first))) + "..."
            + String(String.UnicodeScalarView(scalars.suffix(last)))
    }

    /// A string in single quotes, or in double quotes when it has single ones alone.
    static func quoted(_ string: String) -> String {
        let scalars = string.unicodeScalars
        let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
        var result = String.UnicodeScalarView([quote])
        for scalar in scalars {
            switch scalar {
            case quote, "\\": result.append(contentsOf: ["\\", scalar])
            case "\n": result.append(contentsOf: ["\\", "n"])
            case "\r": result.append(contentsOf: ["\\", "r"])
            case "\t": result.append(contentsOf: ["\\", "t"])
            default:
                if isPrintable(scalar) {
                    result.append(scalar)
                } else {
                    result.append(contentsOf: escape(scalar).unicodeScalars)
                }
            }
        }
        result.append(quote)
        return String(result)
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        let (mark, width) =
            scalar.value < 0x100 ? ("\\x", 2) : scalar.value < 0x10000 ? ("\\u", 4) : ("\\U", 8)
        return mark + String(repeating: "0", count: width - digits.count) + digits
    }
}
