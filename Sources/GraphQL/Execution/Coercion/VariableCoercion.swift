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
                // Validation has refused a default that is none of its type.
                values[name] = LiteralCoercion(schema: schema, variables: VariableValues()).coerce(
                    literal,
                    type
                )
            } else if type.isNonNull {
                errors.append(
                    PlacedError(
                        "Variable '$\(name)' of required type '\(schema.text(of: type))' was not provided.",
                        at: [offset]
                    )
                )
            }
            return
        }
        if value.isNull, type.isNonNull {
            errors.append(
                PlacedError(
                    "Variable '$\(name)' of non-null type '\(schema.text(of: type))' must not be null.",
                    at: [offset]
                )
            )
            return
        }
        values[name] = coerce(value, type)
    }
}

/// All errors of a request's variables.
internal struct VariableErrors: Error {
    let all: [PlacedError]
}

extension VariableCoercion {
    private mutating func report(_ message: String, about value: JSONValue) {
        guard errors.count <= VariableCoercion.errorsMax else { return }
        let place = path.isEmpty ? "" : " at '\(name)" + path.map(\.text).joined() + "'"
        let text = Inspection.text(value)
        errors.append(
            PlacedError("Variable '$\(name)' got invalid value \(text)\(place); \(message)", at: [offset])
        )
    }

    /// The value as one of the type; nil after an error was reported.
    private mutating func coerce(_ value: JSONValue, _ type: TypeReference) -> InputValue? {
        if type.isNonNull {
            if value.isNull {
                report("Expected non-nullable type '\(schema.text(of: type))' not to be None.", about: value)
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
            case .message(let message): report(message, about: value)
            case .refused(let refusal):
                report("Expected type '\(schema[type.named].name)'. \(refusal.message)", about: value)
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
            report("Enum '\(type)' cannot represent non-string value: \(text).\(hint)", about: value)
            return nil
        }
        guard values[word] != nil else {
            let hint = Suggestions.enumValue(word, of: values)
            report("Value '\(word)' does not exist in '\(type)' enum.\(hint)", about: value)
            return nil
        }
        return .enumeration(word)
    }

    private mutating func object(
        _ value: JSONValue,
        _ members: InputObjectType,
        _ type: TypeReference
    ) -> InputValue? {
        let typeName = schema[type.named].name
        guard case .object(let given) = value else {
            report("Expected type '\(typeName)' to be a mapping.", about: value)
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
            } else if let value = schema.defaultValue(of: field) {
                fields.append(InputValue.Field(field.name, value))
            } else if field.type.isNonNull {
                let text = schema.text(of: field.type)
                report("Field '\(field.name)' of required type '\(text)' was not provided.", about: value)
            }
        }
        for member in given where members.fields[member.key] == nil {
            let hint = Suggestions.didYouMean(member.key, members.fields.names)
            report("Field '\(member.key)' is not defined by type '\(typeName)'.\(hint)", about: value)
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
