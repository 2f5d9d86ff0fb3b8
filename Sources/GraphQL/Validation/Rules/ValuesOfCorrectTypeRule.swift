/// Values are such as their places take.
internal final class ValuesOfCorrectTypeRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.value, .objectField]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        switch node {
        case .objectField(let field): try check(field)
        case .value(let value):
            switch value {
            case .list:
                // The walk is inside the list already, so the list's own type is the one around.
                if context.types.parentInput?.nullable.isList != true {
                    try checkLeaf(value)
                    return false
                }
            case .object(let object): return try check(object, value)
            case .null:
                if let type = context.types.input, type.isNonNull { try report(value, type) }
            default: try checkLeaf(value)
            }
        default: break
        }
        return true
    }

    private func check(_ object: AST.ObjectValue, _ value: AST.Value) throws(ValidationStop) -> Bool {
        let schema = context.schema
        guard let type = context.types.input, let members = schema[type.named].inputObject else {
            try checkLeaf(value)
            return false
        }
        let given = Set(object.fields.map(\.name.text))
        for field in members.fields where field.isRequired && !given.contains(field.name) {
            let place = "\(schema[type.named].name).\(field.name)"
            try context.report(
                "Field '\(place)' of required type '\(schema.text(of: field.type))' was not provided.",
                at: object.offset
            )
        }
        return true
    }

    private func check(_ field: AST.ObjectField) throws(ValidationStop) {
        let schema = context.schema
        guard context.types.input == nil, let parent = context.types.parentInput,
            let members = schema[parent.named].inputObject
        else { return }
        let suggestions = context.suggestions(for: field.name.text, among: members.fields.names)
        try context.report(
            "Field '\(field.name.text)' is not defined by type '\(schema[parent.named].name)'.\(suggestions)",
            at: field.offset
        )
    }

    /// A value that has no members of its own, or has them where none belong.
    private func checkLeaf(_ value: AST.Value) throws(ValidationStop) {
        guard let type = context.types.input else { return }
        switch context.schema[type.named].body {
        case .enumeration(let values): try check(value, values, context.schema[type.named].name)
        case .scalar(let scalar):
            guard let refusal = LiteralCheck.refusal(of: value, by: scalar) else { return }
            switch refusal {
            case .message(let message): try context.report(message, at: value.offset)
            case .reason(let reason): try report(value, type, "; \(reason)")
            }
        case .object, .interface, .union, .inputObject: try report(value, type)
        }
    }

    private func check(
        _ value: AST.Value,
        _ values: Definitions<EnumValue>,
        _ name: String
    ) throws(ValidationStop) {
        let text = Printer.print(value)
        let words: String
        if case .enumeration(let given) = value {
            guard values[given.text] == nil else { return }
            words = "Value '\(text)' does not exist in '\(name)' enum."
        } else {
            words = "Enum '\(name)' cannot represent non-enum value: \(text)."
        }
        let suggestions = context.suggestions(for: text, among: values.names, "the enum value")
        try context.report(words + suggestions, at: value.offset)
    }

    private func report(
        _ value: AST.Value,
        _ type: TypeReference,
        _ reason: String = ""
    ) throws(ValidationStop) {
        try context.report(
            "Expected value of type '\(context.schema.text(of: type))', found \(Printer.print(value))\(reason)"
                + (reason.isEmpty ? "." : ""),
            at: value.offset
        )
    }
}

/// Whether a scalar takes a value as it is written.
internal enum LiteralCheck {
    /// Why a scalar does not take a value.
    enum Refusal {
        /// A whole sentence.
        case message(String)
        /// The reason of a scalar of one's own, to be told behind what was expected.
        case reason(String)
    }

    /// Why the scalar does not take the value; nil when it does.
    static func refusal(of value: AST.Value, by scalar: ScalarType) -> Refusal? {
        let words: String
        switch (scalar.input, value) {
        case (.int, .int(let number)):
            guard Int32(number.text) == nil else { return nil }
            words = "Int cannot represent non 32-bit signed integer value: "
        case (.int, _): words = "Int cannot represent non-integer value: "
        case (.float, .int), (.float, .float): return nil
        case (.float, _): words = "Float cannot represent non numeric value: "
        case (.string, .string): return nil
        case (.string, _): words = "String cannot represent a non string value: "
        case (.boolean, .boolean): return nil
        case (.boolean, _): words = "Boolean cannot represent a non boolean value: "
        case (.id, .string), (.id, .int): return nil
        case (.id, _): words = "ID cannot represent a non-string and non-integer value: "
        case (.custom(let check), _):
            do throws(ScalarRefusal) {
                _ = try check(plain(value))
                return nil
            } catch {
                return .reason(error.message)
            }
        }
        return .message(words + Printer.print(value))
    }

    /// The value as input, variables within it as null.
    private static func plain(_ value: AST.Value) -> InputValue {
        switch value {
        case .variable, .null: .null
        case .int(let number), .float(let number): .number(number.text)
        case .string(let string): .string(string.text)
        case .boolean(let boolean): .boolean(boolean.value)
        case .enumeration(let name): .enumeration(name.text)
        case .list(let list): .list(list.values.map(plain))
        case .object(let object):
            .object(object.fields.map { InputValue.Field($0.name.text, plain($0.value)) })
        }
    }
}
