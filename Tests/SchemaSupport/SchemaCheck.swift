import JSON

/// A plain validator for the part of JSON Schema 2020-12 that our documents use; any other keyword is a problem.
struct SchemaCheck: Sendable {
    private let root: JSONValue

    /// The check of schemas that refer into a document.
    init(_ root: JSONValue) {
        self.root = root
    }

    /// What a reference such as `#/components/schemas/Amount` leads to.
    func target(of reference: String) -> JSONValue? {
        guard reference.hasPrefix("#/") else { return nil }
        var value: JSONValue? = root
        for step in reference.dropFirst(2).split(separator: "/") { value = value?[key: String(step)] }
        return value
    }

    /// Where a value does not have a schema's form; empty when it has.
    func problems(_ value: JSONValue, _ schema: JSONValue, at place: String = "$") -> [String] {
        guard let keywords = schema.object else { return ["\(place): the schema is no object"] }
        return keywords.flatMap { problems(value, $0.key, $0.value, schema).map { "\(place)\($0)" } }
    }

    private func problems(
        _ value: JSONValue,
        _ keyword: String,
        _ rule: JSONValue,
        _ schema: JSONValue
    ) -> [String] {
        switch keyword {
        case "description", "default", "contentMediaType", "format": return []
        case "$ref":
            guard let target = rule.string.flatMap({ target(of: $0) }) else { return [": a dead reference"] }
            return problems(value, target, at: "")
        case "type": return isOfType(value, rule.string ?? "") ? [] : [": \(value) is no \(rule)"]
        case "enum":
            return rule.array?.contains(value) == true ? [] : [": \(value) is none of \(rule)"]
        case "anyOf":
            let tried = (rule.array ?? []).map { problems(value, $0, at: "") }
            return tried.contains { $0.isEmpty } ? [] : [": no alternative fits: \(tried)"]
        case "minimum", "maximum": return boundProblems(value, keyword, rule)
        case "minLength", "maxLength", "pattern": return textProblems(value, keyword, rule)
        case "maxItems":
            return (value.array?.count ?? 0) <= (rule.integer ?? 0) ? [] : [": too many elements"]
        case "items":
            return (value.array ?? []).enumerated().flatMap { problems($1, rule, at: "[\($0)]") }
        case "properties":
            return (rule.object ?? []).flatMap { property in
                value[key: property.key].map { problems($0, property.value, at: "." + property.key) } ?? []
            }
        case "required":
            return (rule.array ?? []).compactMap { name in
                value.object == nil || value[key: name.string ?? ""] != nil
                    ? nil : ": \(name.string ?? "") is missing"
            }
        case "additionalProperties": return additionalProblems(value, rule, schema)
        default: return [": the keyword \(keyword) is not known here"]
        }
    }

    private func isOfType(_ value: JSONValue, _ type: String) -> Bool {
        type == "integer" ? value.integer != nil : value.sort == type
    }

    private func boundProblems(_ value: JSONValue, _ keyword: String, _ rule: JSONValue) -> [String] {
        guard let text = value.number, let number = Double(text), let bound = rule.integer else { return [] }
        let fits = keyword == "minimum" ? number >= Double(bound) : number <= Double(bound)
        return fits ? [] : [": \(text) is beyond the \(keyword)"]
    }

    private func textProblems(_ value: JSONValue, _ keyword: String, _ rule: JSONValue) -> [String] {
        guard let text = value.string else { return [] }
        let count = text.unicodeScalars.count
        let fits: Bool
        switch keyword {
        case "minLength": fits = count >= rule.integer ?? 0
        case "maxLength": fits = count <= rule.integer ?? 0
        default: fits = (try? Regex(rule.string ?? "")).map { text.firstMatch(of: $0) != nil } ?? false
        }
        return fits ? [] : [": \(text) breaks \(keyword) \(rule)"]
    }

    private func additionalProblems(
        _ value: JSONValue,
        _ rule: JSONValue,
        _ schema: JSONValue
    ) -> [String] {
        let known = Set((schema["properties"]?.object ?? []).map(\.key))
        return (value.object ?? []).filter { !known.contains($0.key) }.flatMap { member in
            rule.bool == false
                ? [": \(member.key) is not documented"]
                : rule.bool == true ? [] : problems(member.value, rule, at: "." + member.key)
        }
    }
}

extension JSONValue {
    /// The member of a key known only now.
    subscript(key name: String) -> JSONValue? { object?.last { $0.key == name }?.value }
}
