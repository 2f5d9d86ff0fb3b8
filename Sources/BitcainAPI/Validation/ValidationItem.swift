import JSON

/// One thing that is wrong with a request, in pydantic's form: keys in the order type, loc, msg, input, ctx.
struct ValidationItem: Sendable {
    /// A step on the way to what is wrong.
    enum Step: Hashable, Sendable {
        case name(String)
        case index(Int)
    }

    let type: String
    let location: [Step]
    let message: String
    /// The value found.
    var input: JSONValue
    /// Further facts in order; nil leaves `ctx` away.
    var context: JSONValue?

    init(
        type: String,
        location: [Step],
        message: String,
        input: JSONValue,
        context: JSONValue? = nil
    ) {
        self.type = type
        self.location = location
        self.message = message
        self.input = input
        self.context = context
    }

    /// An item about a text; nil renders null.
    init(
        type: String,
        location: [Step],
        message: String,
        input: String?,
        context: JSONValue? = nil
    ) {
        self.init(
            type: type,
            location: location,
            message: message,
            input: input.map { .string($0) } ?? .null,
            context: context
        )
    }

    static func missing(_ location: [Step], in object: JSONValue = .null) -> ValidationItem {
        ValidationItem(type: "missing", location: location, message: "Field required", input: object)
    }

    /// The same without what was found, where that may be a secret.
    var withoutInput: ValidationItem {
        var item = self
        item.input = .null
        return item
    }

    func render(to json: inout JSONWriter) {
        json.beginObject()
        json.key("type")
        json.string(type)
        json.array("loc", location) { json, step in
            switch step {
            case .name(let name): json.string(name)
            case .index(let index): json.integer(index)
            }
        }
        json.key("msg")
        json.string(message)
        json.key("input")
        json.pythonValue(input)
        if let context {
            json.key("ctx")
            json.value(context)
        }
        json.endObject()
    }
}

extension ValidationItem.Step: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self = .name(value) }
}

extension JSONValue {
    /// An object of one member, as most of pydantic's contexts are.
    static func context(_ key: String, _ value: JSONValue) -> JSONValue {
        .object([JSONMember(key: key, value: value)])
    }
}
