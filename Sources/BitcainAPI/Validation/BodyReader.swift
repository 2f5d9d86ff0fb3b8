import HTTPServer
import JSON

/// Reads the members of a JSON object in the order of a model's fields and gathers everything that is wrong.
struct BodyReader {
    private let object: JSONValue
    private(set) var errors: [ValidationItem] = []

    /// A reader over the members of an object.
    init(_ object: JSONValue) {
        self.object = object
    }

    /// A field that must be there.
    mutating func required<Value>(_ name: String, _ type: BodyType<Value>) -> Value? {
        guard let value = object[name] else {
            errors.append(.missing(["body", .name(name)], in: object))
            return nil
        }
        return type.read(value, ["body", .name(name)], &errors)
    }

    /// A field that may be left away.
    mutating func optional<Value>(_ name: String, _ type: BodyType<Value>, default standard: Value) -> Value {
        guard let value = object[name] else { return standard }
        return type.read(value, ["body", .name(name)], &errors) ?? standard
    }

    /// A field that may be left away or be null, which both come out as nil.
    mutating func optional<Value>(_ name: String, _ type: BodyType<Value>) -> Value? {
        guard let value = object[name], !value.isNull else { return nil }
        return type.read(value, ["body", .name(name)], &errors)
    }
}

/// A body that could be read as a model, or why not.
enum BodyOutcome<Model> {
    case model(Model)
    case refused([ValidationItem])
    /// No reader takes these bytes; answered 400 at once.
    case unreadable(String)
}

extension HTTPRequest {
    /// Reads the body as a model.
    func body<Model>(_ read: (inout BodyReader) -> Model?) -> BodyOutcome<Model> {
        let value: JSONValue
        switch JSONBody.read(self) {
        case .missing: return .refused([.missing(["body"])])
        case .invalid(let item): return .refused([item])
        case .unreadable(let words): return .unreadable(words)
        case .text(let text): value = .string(text)
        case .value(let found): value = found
        }
        guard case .object = value else {
            return .refused([
                .plain(
                    "model_attributes_type",
                    "Input should be a valid dictionary or object to extract fields from",
                    ["body"],
                    value
                )
            ])
        }
        var reader = BodyReader(value)
        let model = read(&reader)
        guard let model, reader.errors.isEmpty else { return .refused(reader.errors) }
        return .model(model)
    }
}
