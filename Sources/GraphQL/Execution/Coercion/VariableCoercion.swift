internal import JSON

/// Makes the variables of an operation from the values that came with the request.
internal struct VariableCoercion {
    private let schema: Schema
    private(set) var errors: [PlacedError] = []
    private(set) var values = VariableValues()
    private var path: [GraphQLError.PathElement] = []
    /// The variable that is looked at.
    private var name = ""
    private var offset = 0

    /// The most errors that are told.
    private static let errorsMax = 50

    private init(schema: Schema) {
        self.schema = schema
    }

    /// The coerced values, or everything that is wrong with them.
    static func coerce(
        _ definitions: [AST.VariableDefinition],
        _ inputs: [JSONMember],
        schema: Schema
    ) -> Result<VariableValues, VariableErrors> {
        var coercion = VariableCoercion(schema: schema)
        let given = Dictionary(inputs.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        for definition in definitions {
            coercion.take(definition, given[definition.variable.name.text])
            guard coercion.errors.count <= errorsMax else {
                let last = PlacedError(
                    "Too many errors processing variables, error limit reached. Execution aborted.",
                    at: []
                )
                return .failure(VariableErrors(all: coercion.errors.prefix(errorsMax) + [last]))
            }
        }
        if coercion.errors.isEmpty { return .success(coercion.values) }
        return .failure(VariableErrors(all: coercion.errors))
    }

    private mutating func take(_ definition: AST.VariableDefinition, _ value: JSONValue?) {
        name = definition.variable.name.text
        offset = definition.offset
        guard let type = schema.reference(to: definition.type), schema[type.named].isInput else {
            let text = Printer.print(definition.type)
            errors.append(
                PlacedError(
                    "Variable '$\(name)' expected value of type '\(text)' which cannot be used as an input type.",
                    at: [definition.type.offset]
                )
            )
            return
        }
        guard let value else {
            if let literal = definition.defaultValue {
                takeDefault(literal, type)
            } else if type.isNonNull {
                report("Expected a value of non-null type '\(schema.text(of: type))' to be provided.")
            }
            return
        }
        values[name] = coerce(value, type)
    }

    private mutating func takeDefault(_ literal: AST.Value, _ type: TypeReference) {
        let coercion = LiteralCoercion(schema: schema, variables: VariableValues())
        do throws(LiteralFault) {
            values[name] = try coercion.coerce(literal, type)
        } catch {
            errors.append(
                PlacedError(
                    "Variable '$\(name)' has invalid default value\(error.path): \(error.message)",
                    at: [offset]
                )
            )
        }
    }
}

/// All errors of a request's variables.
internal struct VariableErrors: Error {
    let all: [PlacedError]
}

extension VariableCoercion {
    private mutating func report(_ message: String) {
        guard errors.count <= VariableCoercion.errorsMax else { return }
        let place = path.isEmpty ? "" : " at " + path.map(\.text).joined()
        errors.append(PlacedError("Variable '$\(name)' has invalid value\(place): \(message)", at: [offset]))
    }

    /// The value as one of the type; nil after an error was reported.
    private mutating func coerce(_ value: JSONValue, _ type: TypeReference) -> InputValue? {
        if type.isNonNull {
            if value.isNull {
                report("Expected value of non-null type '\(schema.text(of: type))' not to be None.")
                return nil
            }
            return coerce(value, type.nullable)
        }
        if value.isNull { return .null }
        if let element = type.element { return list(value, element) }
        switch schema[type.named].body {
        case .scalar(let scalar): return self.scalar(value, scalar, type)
        case .enumeration(let values): return word(value, values, schema[type.named].name)
        case .inputObject(let members): return object(value, members, type)
        case .object, .interface, .union: preconditionFailure("variables have input types")
        }
    }

    private mutating func list(_ value: JSONValue, _ element: TypeReference) -> InputValue? {
        guard case .array(let values) = value else { return coerce(value, element).map { .list([$0]) } }
        var coerced: [InputValue] = []
        coerced.reserveCapacity(values.count)
        var isComplete = true
        for (index, value) in values.enumerated() {
            path.append(.index(index))
            if let value = coerce(value, element) { coerced.append(value) } else { isComplete = false }
            path.removeLast()
            guard errors.count <= VariableCoercion.errorsMax else { return nil }
        }
        return isComplete ? .list(coerced) : nil
    }

    private mutating func scalar(
        _ value: JSONValue,
        _ scalar: ScalarType,
        _ type: TypeReference
    ) -> InputValue? {
        do throws(ScalarCoercion.Refusal) {
            return try ScalarCoercion.coerce(value, scalar)
        } catch {
            switch error {
            case .message(let message): report(message)
            case .refused(let refusal):
                report(
                    "Expected value of type '\(schema.text(of: type))', but encountered error"
                        + " '\(refusal.message)'; found: \(Inspection.text(value))."
                )
            }
            return nil
        }
    }

    private mutating func word(
        _ value: JSONValue,
        _ values: Definitions<EnumValue>,
        _ type: String
    ) -> InputValue? {
        guard case .string(let word) = value else {
            let text = Inspection.text(value)
            let hint = Suggestions.enumValue(text, of: values)
            report("Enum '\(type)' cannot represent non-string value: \(text).\(hint)")
            return nil
        }
        guard values[word] != nil else {
            let hint = Suggestions.enumValue(word, of: values)
            report("Value '\(word)' does not exist in '\(type)' enum.\(hint)")
            return nil
        }
        return .enumeration(word)
    }

    private mutating func object(
        _ value: JSONValue,
        _ members: InputObjectType,
        _ type: TypeReference
    ) -> InputValue? {
        let typeText = schema.text(of: type)
        guard case .object(let given) = value else {
            report("Expected value of type '\(typeText)' to be an object, found: \(Inspection.text(value)).")
            return nil
        }
        let count = errors.count
        let places = Dictionary(given.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        var fields: [InputValue.Field] = []
        for field in members.fields {
            if let value = places[field.name] {
                path.append(.key(field.name))
                if let value = coerce(value, field.type) {
                    fields.append(InputValue.Field(field.name, value))
                }
                path.removeLast()
            } else if field.isRequired {
                report(
                    "Expected value of type '\(typeText)' to include required field '\(field.name)',"
                        + " found: \(Inspection.text(value))."
                )
            } else if let value = schema.defaultValue(of: field) {
                fields.append(InputValue.Field(field.name, value))
            }
        }
        for member in given where members.fields[member.key] == nil {
            let hint = Suggestions.didYouMean(member.key, members.fields.names)
            report(
                "Expected value of type '\(typeText)' not to include unknown field '\(member.key)'"
                    + (hint.isEmpty ? ", found" : ".\(hint) Found") + ": \(Inspection.text(value))."
            )
            guard errors.count <= VariableCoercion.errorsMax else { return nil }
        }
        return errors.count == count ? .object(fields) : nil
    }
}

extension GraphQLError.PathElement {
    /// The step as messages show it.
    internal var text: String {
        switch self {
        case .key(let key): ".\(key)"
        case .index(let index): "[\(index)]"
        }
    }
}
