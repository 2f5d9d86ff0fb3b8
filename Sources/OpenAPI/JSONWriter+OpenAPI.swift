import HTTPServer
import JSON

extension JSONWriter {
    /// Writes a key with a text.
    mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        string(text)
    }

    /// Writes a value that a description states.
    mutating func literal(_ value: LiteralValue) {
        switch value {
        case .text(let text): string(text)
        case .integer(let number): integer(number)
        case .boolean(let value): bool(value)
        case .null: null()
        }
    }

    /// Writes a Schema Object, which is JSON Schema 2020-12.
    mutating func schema(_ schema: ValueSchema) {
        beginObject()
        keywords(schema)
        endObject()
    }

    private mutating func keywords(_ schema: ValueSchema) {
        switch schema {
        case .anything: break
        case .null: member("type", "null")
        case .boolean: member("type", "boolean")
        case .integer(let minimum, let maximum):
            member("type", "integer")
            bounds(minimum, maximum)
        case .number(let minimum, let maximum):
            member("type", "number")
            bounds(minimum, maximum)
        case .text(let rule):
            member("type", "string")
            keywords(rule)
        case .choice(let texts):
            member("type", "string")
            array("enum", texts) { $0.string($1) }
        case .file:
            member("type", "string")
            member("format", "binary")
            member("contentMediaType", "application/octet-stream")
        case .list(let element, let maximum):
            member("type", "array")
            key("items")
            self.schema(element)
            count("maxItems", maximum)
        case .record(let fields):
            keywords(fields)
            key("additionalProperties")
            bool(false)
        case .form(let fields): keywords(fields)
        case .map(let element):
            member("type", "object")
            key("additionalProperties")
            self.schema(element)
        case .either(let schemas): array("anyOf", schemas) { $0.schema($1) }
        case .named(let name, _): member("$ref", "#/components/schemas/" + name)
        case .described(let text, let inner):
            member("description", text)
            keywords(inner)
        }
    }

    private mutating func bounds(_ minimum: Int?, _ maximum: Int?) {
        count("minimum", minimum)
        count("maximum", maximum)
    }

    private mutating func count(_ name: StaticString, _ number: Int?) {
        guard let number else { return }
        key(name)
        integer(number)
    }

    private mutating func keywords(_ rule: TextRule) {
        if let format = rule.format { member("format", format) }
        if let pattern = rule.pattern { member("pattern", pattern) }
        count("minLength", rule.shortest)
        count("maxLength", rule.longest)
    }

    private mutating func keywords(_ fields: [FieldDescription]) {
        member("type", "object")
        key("properties")
        beginObject()
        for field in fields {
            key(field.name)
            beginObject()
            if let summary = field.summary {
                // The sentence about the field goes before one about its form.
                member("description", summary)
                if case .described(_, let inner) = field.schema {
                    keywords(inner)
                } else {
                    keywords(field.schema)
                }
            } else {
                keywords(field.schema)
            }
            if let standard = field.standard {
                key("default")
                literal(standard)
            }
            endObject()
        }
        endObject()
        let required = fields.filter(\.isRequired).map(\.name)
        if !required.isEmpty { array("required", required) { $0.string($1) } }
    }

    /// Writes the member `content`: Media Type Objects by type.
    mutating func content(_ media: [MediaDescription]) {
        key("content")
        beginObject()
        for medium in media {
            key(medium.type)
            beginObject()
            key("schema")
            schema(medium.schema)
            if let example = medium.example {
                key("example")
                value(medium.value(of: example))
            }
            endObject()
        }
        endObject()
    }

    /// Writes the members of a Response Object.
    mutating func answer(_ answer: AnswerDescription) {
        member("description", answer.summary)
        if !answer.headers.isEmpty {
            key("headers")
            beginObject()
            for header in answer.headers {
                key(header.name)
                beginObject()
                member("description", header.summary)
                key("required")
                bool(header.isRequired)
                key("schema")
                schema(header.schema)
                endObject()
            }
            endObject()
        }
        if !answer.content.isEmpty { content(answer.content) }
        guard !answer.links.isEmpty else { return }
        key("links")
        beginObject()
        for link in answer.links {
            key(link.id)
            beginObject()
            member("operationId", link.id)
            key("parameters")
            beginObject()
            for parameter in link.parameters {
                key(parameter.name)
                string(parameter.source)
            }
            endObject()
            endObject()
        }
        endObject()
    }
}

extension ParameterDescription {
    /// Writes the members of a Parameter Object.
    func render(to json: inout JSONWriter) {
        json.member("name", name)
        json.member("in", place.rawValue)
        json.member("description", summary)
        json.key("required")
        json.bool(isRequired)
        json.key("schema")
        json.schema(schema, standard: standard)
        if let example {
            json.key("example")
            json.literal(example)
        }
    }
}

extension JSONWriter {
    /// Writes a Schema Object with its default.
    fileprivate mutating func schema(_ schema: ValueSchema, standard: LiteralValue?) {
        beginObject()
        keywords(schema)
        if let standard {
            key("default")
            literal(standard)
        }
        endObject()
    }
}

extension MediaDescription {
    /// An example as a value of the document: JSON as it is, anything else as text.
    fileprivate func value(of example: String) -> JSONValue {
        guard type == HTTPResponse.jsonContentType else { return .string(example) }
        do {
            return try JSONReader.parse(Array(example.utf8))
        } catch {
            preconditionFailure("an example is no JSON: \(error)")
        }
    }
}
