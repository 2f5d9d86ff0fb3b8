/// Makes values of what a document writes, with the variables of the request.
///
/// Validation has already refused whatever is wrong without them, so what fails here fails because of a variable.
internal struct LiteralCoercion {
    let schema: Schema
    let variables: VariableValues
}

/// Why a written value is not one of its type.
internal struct LiteralFault: Error {
    let message: String
    let offset: Int
    /// The steps to the place within the value, from the innermost outwards.
    var reversedPath: [GraphQLError.PathElement] = []

    init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }

    /// The place within the value as messages show it.
    var path: String {
        reversedPath.isEmpty ? "" : " at " + reversedPath.reversed().map(\.text).joined()
    }

    func within(_ element: GraphQLError.PathElement) -> LiteralFault {
        var fault = self
        fault.reversedPath.append(element)
        return fault
    }
}

extension LiteralCoercion {
    /// The values of a field's arguments.
    func arguments(_ definitions: [InputDefinition], of node: AST.Field) throws(PlacedError) -> InputValues {
        var values = InputValues()
        for definition in definitions {
            let name = definition.name
            let given = node.arguments.first { $0.name.text == name }?.value
            if given == nil, definition.isRequired {
                let type = schema.text(of: definition.type)
                throw PlacedError(
                    "Argument '\(name)' of required type '\(type)' was not provided.",
                    at: [node.offset]
                )
            }
            guard let given, !isMissing(given) || definition.isRequired else {
                if let value = schema.defaultValue(of: definition) {
                    values.fields.append(InputValue.Field(name, value))
                }
                continue
            }
            do throws(LiteralFault) {
                values.fields.append(InputValue.Field(name, try coerce(given, definition.type)))
            } catch {
                throw PlacedError(
                    "Argument '\(name)' has invalid value\(error.path): \(error.message)",
                    at: [error.offset]
                )
            }
        }
        return values
    }

    private func isMissing(_ value: AST.Value) -> Bool {
        guard case .variable(let variable) = value else { return false }
        return variables[variable.name.text] == nil
    }

    /// The value as one of the type.
    func coerce(_ value: AST.Value, _ type: TypeReference) throws(LiteralFault) -> InputValue {
        if case .variable(let variable) = value { return try coerce(variable, type) }
        if type.isNonNull {
            if case .null(let offset) = value {
                throw LiteralFault(
                    "Expected value of non-null type '\(schema.text(of: type))' not to be None.",
                    at: offset
                )
            }
            return try coerce(value, type.nullable)
        }
        if case .null = value { return .null }
        if let element = type.element { return try list(value, element) }
        switch schema[type.named].body {
        case .scalar(let scalar): return try self.scalar(value, scalar, type)
        case .enumeration(let values):
            if case .enumeration(let word) = value, values[word.text] != nil {
                return .enumeration(word.text)
            }
            throw LiteralFault(
                "Value '\(Printer.print(value))' does not exist in '\(schema[type.named].name)' enum.",
                at: value.offset
            )
        case .inputObject(let members): return try object(value, members, type)
        case .object, .interface, .union:
            throw LiteralFault("'\(schema.text(of: type))' is not an input type.", at: value.offset)
        }
    }

    private func coerce(_ variable: AST.Variable, _ type: TypeReference) throws(LiteralFault) -> InputValue {
        let name = variable.name.text
        guard let value = variables[name] else {
            guard type.isNonNull else { return .null }
            throw LiteralFault(
                "Expected variable '$\(name)' provided to type '\(schema.text(of: type))' to provide a runtime value.",
                at: variable.offset
            )
        }
        if value.isNull, type.isNonNull {
            throw LiteralFault(
                "Expected variable '$\(name)' provided to non-null type '\(schema.text(of: type))' not to be None.",
                at: variable.offset
            )
        }
        // A variable's type is that of its place but for lists of one, which validation does not allow.
        return value
    }

    private func list(_ value: AST.Value, _ element: TypeReference) throws(LiteralFault) -> InputValue {
        guard case .list(let node) = value else { return .list([try coerce(value, element)]) }
        var values: [InputValue] = []
        values.reserveCapacity(node.values.count)
        for (index, value) in node.values.enumerated() {
            do throws(LiteralFault) {
                values.append(try coerce(value, element))
            } catch {
                throw error.within(.index(index))
            }
        }
        return .list(values)
    }

    private func scalar(
        _ value: AST.Value,
        _ scalar: ScalarType,
        _ type: TypeReference
    ) throws(LiteralFault) -> InputValue {
        do throws(ScalarCoercion.Refusal) {
            return try ScalarCoercion.coerce(untyped(value), scalar)
        } catch {
            switch error {
            case .message(let message): throw LiteralFault(message, at: value.offset)
            case .refused(let refusal):
                throw LiteralFault(
                    "Expected value of type '\(schema.text(of: type))', but encountered error"
                        + " '\(refusal.message)'; found: \(Printer.print(value)).",
                    at: value.offset
                )
            }
        }
    }

    private func object(
        _ value: AST.Value,
        _ members: InputObjectType,
        _ type: TypeReference
    ) throws(LiteralFault) -> InputValue {
        let typeText = schema.text(of: type)
        guard case .object(let node) = value else {
            throw LiteralFault(
                "Expected value of type '\(typeText)' to be an object, found: \(Printer.print(value)).",
                at: value.offset
            )
        }
        var fields: [InputValue.Field] = []
        for field in members.fields {
            let given = node.fields.first { $0.name.text == field.name }?.value
            if given == nil, field.isRequired {
                throw LiteralFault(
                    "Expected value of type '\(typeText)' to include required field '\(field.name)',"
                        + " found: \(Printer.print(value)).",
                    at: value.offset
                )
            }
            guard let given, !isMissing(given) || field.isRequired else {
                if let value = schema.defaultValue(of: field) {
                    fields.append(InputValue.Field(field.name, value))
                }
                continue
            }
            do throws(LiteralFault) {
                fields.append(InputValue.Field(field.name, try coerce(given, field.type)))
            } catch {
                throw error.within(.key(field.name))
            }
        }
        if let unknown = node.fields.first(where: { members.fields[$0.name.text] == nil }) {
            throw LiteralFault(
                "Expected value of type '\(typeText)' not to include unknown field '\(unknown.name.text)',"
                    + " found: \(Printer.print(value)).",
                at: unknown.offset
            )
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
