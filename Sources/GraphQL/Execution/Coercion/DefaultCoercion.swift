extension Schema {
    /// The default of an argument or input field as coercion gives it; nil when it has none.
    internal func defaultValue(of definition: InputDefinition) -> InputValue? {
        definition.defaultValue.map { value in
            // A default that is not one of its type is refused with the schema.
            (try? coerce(constant: value, definition.type)) ?? value
        }
    }

    /// A value without variables as one of a type.
    ///
    /// - Throws: `ConstantFault` for the first place where it is not.
    internal func coerce(
        constant value: InputValue,
        _ type: TypeReference
    ) throws(ConstantFault) -> InputValue {
        if type.isNonNull {
            guard !value.isNull else {
                throw ConstantFault("Expected non-nullable type '\(text(of: type))' not to be None.")
            }
            return try coerce(constant: value, type.nullable)
        }
        if value.isNull { return .null }
        if let element = type.element { return try list(value, element) }
        switch self[type.named].body {
        case .scalar(let scalar): return try self.scalar(value, scalar, type)
        case .enumeration(let values):
            let name = self[type.named].name
            guard case .enumeration(let word) = value else {
                throw ConstantFault(
                    "Enum '\(name)' cannot represent non-enum value: \(value.text)."
                        + Suggestions.enumValue(value.text, of: values)
                )
            }
            guard values[word] != nil else {
                throw ConstantFault(
                    "Value '\(word)' does not exist in '\(name)' enum."
                        + Suggestions.enumValue(word, of: values)
                )
            }
            return value
        case .inputObject(let members): return try object(value, members, type)
        case .object, .interface, .union:
            throw ConstantFault("'\(text(of: type))' is not an input type.")
        }
    }

    private func list(_ value: InputValue, _ element: TypeReference) throws(ConstantFault) -> InputValue {
        guard case .list(let values) = value else { return .list([try coerce(constant: value, element)]) }
        var coerced: [InputValue] = []
        for (index, value) in values.enumerated() {
            do throws(ConstantFault) {
                coerced.append(try coerce(constant: value, element))
            } catch {
                throw error.within(.index(index))
            }
        }
        return .list(coerced)
    }

    private func scalar(
        _ value: InputValue,
        _ scalar: ScalarType,
        _ type: TypeReference
    ) throws(ConstantFault) -> InputValue {
        do throws(ScalarCoercion.Refusal) {
            return try ScalarCoercion.coerce(value, scalar)
        } catch {
            switch error {
            case .message(let message): throw ConstantFault(message)
            case .refused(let refusal):
                throw ConstantFault("Expected type '\(self[type.named].name)'. \(refusal.message)")
            }
        }
    }

    private func object(
        _ value: InputValue,
        _ members: InputObjectType,
        _ type: TypeReference
    ) throws(ConstantFault) -> InputValue {
        let typeName = self[type.named].name
        guard case .object(let given) = value else {
            throw ConstantFault("Expected type '\(typeName)' to be a mapping.")
        }
        var fields: [InputValue.Field] = []
        for field in members.fields {
            if let given = value[field.name] {
                do throws(ConstantFault) {
                    fields.append(InputValue.Field(field.name, try coerce(constant: given, field.type)))
                } catch {
                    throw error.within(.key(field.name))
                }
            } else if let value = defaultValue(of: field) {
                fields.append(InputValue.Field(field.name, value))
            } else if field.type.isNonNull {
                let text = text(of: field.type)
                throw ConstantFault("Field '\(field.name)' of required type '\(text)' was not provided.")
            }
        }
        if let unknown = given.first(where: { members.fields[$0.name] == nil }) {
            let hint = Suggestions.didYouMean(unknown.name, members.fields.names)
            throw ConstantFault("Field '\(unknown.name)' is not defined by type '\(typeName)'.\(hint)")
        }
        return .object(fields)
    }
}

/// Why a default is not one of its type.
internal struct ConstantFault: Error {
    let message: String
    /// The steps to the place within the value, from the innermost outwards.
    var reversedPath: [GraphQLError.PathElement] = []

    init(_ message: String) {
        self.message = message
    }

    /// The place within the value as messages show it.
    var path: String {
        reversedPath.reversed().map(\.text).joined()
    }

    func within(_ element: GraphQLError.PathElement) -> ConstantFault {
        var fault = self
        fault.reversedPath.append(element)
        return fault
    }
}
