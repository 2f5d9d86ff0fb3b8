import JSON

@testable import GraphQL

/// Answers any schema from a JSON value, as the other side does: a field's value is the member of its name.
///
/// A member `{"$error": MESSAGE}` fails, and `{"$echo": true}` gives the field's arguments as they were coerced.
enum FixtureResolvers {
    static func executable(_ schema: Schema) -> ExecutableSchema<JSONValue> {
        var table = ResolverTable(typeCount: schema.idCount)
        for id in schema.types where !Introspection.contains(id) {
            guard case .object(let members) = schema[id].body else { continue }
            let resolvers = members.fields.map { _ in
                FieldResolver<JSONValue> { source, field, execution in
                    answer(source, field, &execution, schema)
                }
            }
            table.set(resolvers, of: id)
        }
        return ExecutableSchema(schema, table)
    }

    private static func answer(
        _ source: JSONValue,
        _ field: PlannedField,
        _ execution: inout Execution,
        _ schema: Schema
    ) -> Bool {
        do {
            let arguments = try field.values(execution.variables)
            let value = source[field.definition.name] ?? .null
            if let message = value["$error"]?.string { throw GraphQLError(message) }
            let isEcho = value["$echo"] != nil
            let result = isEcho ? JSONValue.string(text(.object(arguments.fields))) : value
            return write(result, field.definition.type, field, &execution, schema)
        } catch {
            return execution.absorb(error, field)
        }
    }

    private static func write(
        _ value: JSONValue,
        _ type: TypeReference,
        _ field: PlannedField,
        _ execution: inout Execution,
        _ schema: Schema
    ) -> Bool {
        if type.isNonNull {
            guard !value.isNull else {
                let place = "\(field.parent).\(field.definition.name)"
                return execution.fail("Cannot return null for non-nullable field \(place).", field)
            }
            return writeSome(value, type.nullable, field, &execution, schema)
        }
        if value.isNull { return execution.writeNull() }
        let mark = execution.mark
        return writeSome(value, type, field, &execution, schema) || execution.nullify(from: mark)
    }

    private static func writeSome(
        _ value: JSONValue,
        _ type: TypeReference,
        _ field: PlannedField,
        _ execution: inout Execution,
        _ schema: Schema
    ) -> Bool {
        if let element = type.element {
            guard let elements = value.array else {
                let place = "\(field.parent).\(field.definition.name)"
                return execution.fail("Expected Iterable, but did not find one for field '\(place)'.", field)
            }
            return execution.writeList(elements, field) { value, field, execution in
                write(value, element, field, &execution, schema)
            }
        }
        switch field.content {
        case .object(let selection): return execution.writeObject(value, selection)
        case .abstract:
            return execution.writeAbstract(value, as: value["__typename"]?.string ?? "", field)
        case .leaf, .typeName: return leaf(value, schema[type.named], field, &execution)
        }
    }

    private static func leaf(
        _ value: JSONValue,
        _ type: NamedType,
        _ field: PlannedField,
        _ execution: inout Execution
    ) -> Bool {
        let shown = Inspection.text(value)
        switch type.body {
        case .scalar(let scalar):
            switch (scalar.input, value) {
            case (.int, .bool(let truth)): return execution.writeInteger(truth ? 1 : 0)
            case (.int, .number(let digits)):
                guard ExactNumber(digits).isInteger else { break }
                guard let small = ExactNumber(digits).int32 else {
                    return execution.fail(
                        "Int cannot represent non 32-bit signed integer value: \(shown)",
                        field
                    )
                }
                return execution.writeInteger(Int64(small))
            case (.float, .number(let digits)):
                return execution.writeNumber(Double(digits)?.description ?? digits)
            case (.string, .bool(let truth)): return execution.writeString(truth ? "true" : "false")
            case (.string, .number(let digits)): return execution.writeString(digits)
            case (.string, .string(let text)), (.id, .string(let text)): return execution.writeString(text)
            case (.id, .number(let digits)): return execution.writeString(digits)
            case (.boolean, .bool(let truth)): return execution.writeBoolean(truth)
            case (.boolean, .number(let digits)):
                return execution.writeBoolean(!(ExactNumber(digits) == ExactNumber("0")))
            case (.custom, _): return execution.writeRaw { $0 += value.rendered() }
            default: break
            }
            return execution.fail(refusal(scalar) + shown, field)
        case .enumeration(let values):
            guard let word = value.string, values[word] != nil else {
                return execution.fail("Enum '\(type.name)' cannot represent value: \(shown)", field)
            }
            return execution.writeString(word)
        case .object, .interface, .union, .inputObject: preconditionFailure("not a leaf")
        }
    }

    private static func refusal(_ scalar: ScalarType) -> String {
        switch scalar.input {
        case .int: "Int cannot represent non-integer value: "
        case .float: "Float cannot represent non numeric value: "
        case .string: "String cannot represent value: "
        case .boolean: "Boolean cannot represent a non boolean value: "
        case .id: "ID cannot represent value: "
        case .custom: ""
        }
    }

    /// Coerced values as the other side writes them.
    private static func text(_ value: InputValue) -> String {
        String(decoding: json(value).rendered(), as: UTF8.self)
    }

    private static func json(_ value: InputValue) -> JSONValue {
        switch value {
        case .null: .null
        case .boolean(let truth): .bool(truth)
        case .number(let digits): number(digits)
        case .string(let text), .enumeration(let text): .string(text)
        case .list(let values): .array(values.map(json))
        case .object(let fields): .object(fields.map { JSONMember(key: $0.name, value: json($0.value)) })
        }
    }

    /// A number as both sides can say it: whole ones without a point.
    private static func number(_ digits: String) -> JSONValue {
        if let whole = ExactNumber(digits).integerText(digitsMax: 15) { return .number(whole) }
        guard let binary = Double(digits), binary.isFinite else { return .string("infinite") }
        return .number(binary.description)
    }
}
