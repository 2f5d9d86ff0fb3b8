import HTTPServer

/// A field that a form may have, with its greatest length.
struct FieldRule: Sendable {
    let name: String
    let bytesMax: Int

    init(_ name: String, max bytesMax: Int) {
        self.name = name
        self.bytesMax = bytesMax
    }
}

/// The fields of a form, each at most once.
struct PageForm: Sendable {
    private let values: [String: String]

    /// A form without fields.
    static let none = PageForm(values: [:])

    private init(values: [String: String]) {
        self.values = values
    }

    /// The form of a request.
    ///
    /// - Throws: `PageRefusal` for another media type, for a field that is unknown, repeated or too long, and for text that
    ///   is not UTF-8.
    init(_ request: HTTPRequest, _ rules: [FieldRule]) throws(PageRefusal) {
        let type = request.header("content-type") ?? ""
        let media = type.prefix { $0 != ";" && $0 != " " }
        guard media.lowercased() == "application/x-www-form-urlencoded" else { throw .wrongMedia }
        // A form without any fields has no body; it has no token either.
        var items: [HTTPFormItem] = []
        if case .bytes(let bytes) = request.body { items = HTTPFormItem.parse(bytes[...]) }
        guard items.count <= PageLimits.fieldsMax else { throw .badForm("The form has too many fields.") }
        var values: [String: String] = [:]
        for item in items {
            guard let rule = rules.first(where: { $0.name == item.name }) else {
                throw .badForm("The form has a field that does not belong to it.")
            }
            guard values[rule.name] == nil else {
                throw .badForm("The form has the field \(rule.name) more than once.")
            }
            guard item.value.utf8.count <= rule.bytesMax else {
                throw .badForm("The field \(rule.name) is longer than \(rule.bytesMax) bytes.")
            }
            // What is not UTF-8 was read as unknown characters.
            guard !item.value.unicodeScalars.contains(where: { $0 == "\u{FFFD}" || $0 == "\u{0}" }) else {
                throw .badForm("The field \(rule.name) is not text.")
            }
            values[rule.name] = item.value
        }
        self.values = values
    }

    /// The value of a field; empty when the form has none.
    subscript(name: String) -> String { values[name] ?? "" }

    /// Whether the form has the field.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// All fields by name.
    var fields: [(name: String, value: String)] {
        values.map { (name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
    }
}
