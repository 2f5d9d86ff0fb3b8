/// An argument of a field, with the Swift value that its resolver is given.
///
/// ```swift
/// amount.field("in", amount.required, Argument("currency", .required(.string))) { amount, currency in
///     try amount.converted(to: currency)
/// }
/// ```
public struct Argument<Value>: Sendable {
    internal let name: String
    internal let description: String?
    internal let defaultValue: InputValue?
    internal let deprecation: String?
    internal let parts: InputParts<Value>

    /// An argument, or a field of an input object.
    ///
    /// The default is as a document would write it. An argument with one may still be given null.
    public init<Input: InputType>(
        _ name: String,
        _ type: Input,
        _ description: String? = nil,
        default defaultValue: InputValue? = nil,
        deprecated deprecation: String? = nil
    ) where Input.Value == Value {
        self.name = name
        self.description = description
        self.defaultValue = defaultValue
        self.deprecation = deprecation
        parts = type.inputParts
    }

    /// The value among those of a field; what is not given is null.
    internal func read(_ values: InputValues) throws -> Value {
        guard let value = try parts.read(values[name] ?? .null) else {
            preconditionFailure("the value of argument \(name) was coerced to its type")
        }
        return value
    }

    internal var definition: ArgumentDraft {
        ArgumentDraft(
            name: name,
            description: description,
            shape: parts.shape,
            defaultValue: defaultValue,
            deprecation: deprecation
        )
    }
}

/// An argument's definition before the schema is there.
internal struct ArgumentDraft: Sendable {
    let name: String
    let description: String?
    let shape: TypeShape
    let defaultValue: InputValue?
    let deprecation: String?

    func definition(in assembly: inout SchemaAssembly) -> InputDefinition {
        InputDefinition(
            name: name,
            description: description,
            type: shape.reference(in: &assembly),
            defaultValue: defaultValue,
            deprecation: deprecation
        )
    }
}

/// The coerced values of a field's arguments; those that were not given are missing.
internal struct InputValues: Sendable {
    var fields: [InputValue.Field] = []

    subscript(name: String) -> InputValue? {
        fields.first { $0.name == name }?.value
    }
}
