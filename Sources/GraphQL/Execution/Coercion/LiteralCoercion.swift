/// Makes values of what a document writes, with the variables of the request.
///
/// Validation has already refused whatever is wrong without them, so what fails here fails because of a variable.
internal struct LiteralCoercion {
    let schema: Schema
    let variables: VariableValues
}

extension LiteralCoercion {
    /// The values of a field's arguments.
    func arguments(_ definitions: [InputDefinition], of node: AST.Field) throws(PlacedError) -> InputValues {
        var values = InputValues()
        for definition in definitions {
            let given = node.arguments.first { $0.name.text == definition.name }?.value
            if let value = try argument(definition, given, of: node) {
                values.fields.append(InputValue.Field(definition.name, value))
            }
        }
        return values
    }

    /// The value of an argument; nil when there is none.
    private func argument(
        _ definition: InputDefinition,
        _ given: AST.Value?,
        of node: AST.Field
    ) throws(PlacedError) -> InputValue? {
        let name = definition.name
        let type = definition.type
        guard let given else {
            guard definition.isRequired else { return schema.defaultValue(of: definition) }
            throw PlacedError(
                "Argument '\(name)' of required type '\(schema.text(of: type))' was not provided.",
                at: [node.offset]
            )
        }
        if case .variable(let variable) = given, variables[variable.name.text] == nil {
            guard definition.isRequired else { return schema.defaultValue(of: definition) }
            throw PlacedError(
                "Argument '\(name)' of required type '\(schema.text(of: type))' was provided the variable"
                    + " '$\(variable.name.text)' which was not provided a runtime value.",
                at: [given.offset]
            )
        }
        if type.isNonNull, isNull(given) {
            throw PlacedError(
                "Argument '\(name)' of non-null type '\(schema.text(of: type))' must not be null.",
                at: [given.offset]
            )
        }
        guard let value = coerce(given, type) else {
            throw PlacedError(
                "Argument '\(name)' has invalid value \(Printer.print(given)).",
                at: [given.offset]
            )
        }
        return value
    }

    private func isNull(_ value: AST.Value) -> Bool {
        switch value {
        case .null: true
        case .variable(let variable): variables[variable.name.text]?.isNull ?? false
        default: false
        }
    }

    private func isMissing(_ value: AST.Value) -> Bool {
        guard case .variable(let variable) = value else { return false }
        return variables[variable.name.text] == nil
    }

    /// The value as one of the type, or nil when it is none.
    func coerce(_ value: AST.Value, _ type: TypeReference) -> InputValue? {
        if case .variable(let variable) = value {
            // A variable that validation lets through has the type of its place, or one that fits there.
            guard let value = variables[variable.name.text], !(value.isNull && type.isNonNull) else {
                return nil
            }
            return value
        }
        if case .null = value { return type.isNonNull ? nil : .null }
        if let element = type.element { return list(value, element) }
        switch schema[type.named].body {
        // Why a scalar refuses a written value was told by validation.
        case .scalar(let scalar): return try? ScalarCoercion.coerce(untyped(value), scalar)
        case .enumeration(let values):
            guard case .enumeration(let word) = value, values[word.text] != nil else { return nil }
            return .enumeration(word.text)
        case .inputObject(let members): return object(value, members)
        case .object, .interface, .union: return nil
        }
    }

    private func list(_ value: AST.Value, _ element: TypeReference) -> InputValue? {
        guard case .list(let node) = value else { return coerce(value, element).map { .list([$0]) } }
        var values: [InputValue] = []
        values.reserveCapacity(node.values.count)
        for value in node.values {
            if isMissing(value) {
                if element.isNonNull { return nil }
                values.append(.null)
            } else {
                guard let value = coerce(value, element) else { return nil }
                values.append(value)
            }
        }
        return .list(values)
    }

    private func object(_ value: AST.Value, _ members: InputObjectType) -> InputValue? {
        guard case .object(let node) = value else { return nil }
        var fields: [InputValue.Field] = []
        for field in members.fields {
            let given = node.fields.first { $0.name.text == field.name }?.value
            if let given, !isMissing(given) {
                guard let value = coerce(given, field.type) else { return nil }
                fields.append(InputValue.Field(field.name, value))
            } else if let value = schema.defaultValue(of: field) {
                fields.append(InputValue.Field(field.name, value))
            } else if field.type.isNonNull {
                return nil
            }
        }
        return .object(fields)
    }

    /// A written value as it is, without a type; a variable that is missing is null, and as a field left out.
    private func untyped(_ value: AST.Value) -> InputValue {
        switch value {
        case .variable(let variable): variables[variable.name.text] ?? .null
        case .list(let node): .list(node.values.map { untyped($0) })
        case .object(let node):
            .object(
                node.fields.filter { !isMissing($0.value) }.map {
                    InputValue.Field($0.name.text, untyped($0.value))
                }
            )
        case .int(let node), .float(let node): .number(node.text)
        case .string(let node): .string(node.text)
        case .boolean(let node): .boolean(node.value)
        case .null: .null
        case .enumeration(let name): .enumeration(name.text)
        }
    }
}

extension InputValue {
    /// A written value without variables as it is, such as a default of a schema's text.
    public init(constant value: AST.Value) {
        switch value {
        case .variable: self = .null
        case .list(let node): self = .list(node.values.map { InputValue(constant: $0) })
        case .object(let node):
            self = .object(node.fields.map { Field($0.name.text, InputValue(constant: $0.value)) })
        case .int(let node), .float(let node): self = .number(node.text)
        case .string(let node): self = .string(node.text)
        case .boolean(let node): self = .boolean(node.value)
        case .null: self = .null
        case .enumeration(let name): self = .enumeration(name.text)
        }
    }
}
