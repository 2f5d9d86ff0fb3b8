import HTTPServer
import JSON

/// Reads query parameters as pydantic does.
enum QueryValue {
    /// pydantic's words for a text that is no truth value.
    static let boolWords = "Input should be a valid boolean, unable to interpret input"

    /// A truth value: true/false, 1/0, yes/no, on/off, t/f, y/n in any case.
    static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1", "yes", "on", "t", "y": true
        case "false", "0", "no", "off", "f", "n": false
        default: nil
        }
    }

    /// A truth value that may be left away.
    static func bool(
        _ name: String,
        in request: HTTPRequest,
        default standard: Bool,
        errors: inout [ValidationItem]
    ) -> Bool {
        guard let text = request.query(name) else { return standard }
        if let value = truth(text) { return value }
        errors.append(.plain("bool_parsing", boolWords, ["query", .name(name)], .string(text)))
        return standard
    }

    /// An integer within bounds that may be left away.
    static func integer(
        _ name: String,
        in request: HTTPRequest,
        default standard: Int,
        from least: Int,
        through most: Int? = nil,
        errors: inout [ValidationItem]
    ) -> Int {
        guard let text = request.query(name) else { return standard }
        let place: [ValidationItem.Step] = ["query", .name(name)]
        guard PythonDigits.trimmed(text).count <= PythonDigits.bytesMax else {
            errors.append(
                .plain(
                    "int_parsing_size",
                    "Unable to parse input string as an integer, exceeded maximum size",
                    place,
                    .string(text)
                )
            )
            return standard
        }
        guard let value = PythonDigits.integer(text) else {
            errors.append(
                .plain(
                    "int_parsing",
                    "Input should be a valid integer, unable to parse string as an integer",
                    place,
                    .string(text)
                )
            )
            return standard
        }
        var bound: (type: String, words: String, key: String, value: Int)?
        if value < least { bound = ("greater_than_equal", "greater than or equal to", "ge", least) }
        if let most, value > most { bound = ("less_than_equal", "less than or equal to", "le", most) }
        guard let bound else { return value }
        errors.append(
            ValidationItem(
                type: bound.type,
                location: place,
                message: "Input should be \(bound.words) \(bound.value)",
                input: text,
                context: .context(bound.key, .number(String(bound.value)))
            )
        )
        return standard
    }

    /// One of several words, which may be left away.
    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        in request: HTTPRequest,
        default standard: Choice,
        errors: inout [ValidationItem]
    ) -> Choice {
        guard let text = request.query(name) else { return standard }
        if let value = Choice(rawValue: text) { return value }
        errors.append(
            .notOneOf(Choice.allCases.map(\.rawValue), ["query", .name(name)], .string(text))
        )
        return standard
    }

    /// A text that must be there.
    static func required(
        _ name: String,
        in request: HTTPRequest,
        errors: inout [ValidationItem]
    ) -> String? {
        if let text = request.query(name) { return text }
        errors.append(.missing(["query", .name(name)]))
        return nil
    }
}
