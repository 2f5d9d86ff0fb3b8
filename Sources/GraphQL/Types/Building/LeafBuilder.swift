/// An enum or scalar while its schema is built, with the Swift value that stands for it.
public final class LeafBuilder<Value> {
    /// The type's name.
    public let name: String

    private let description: String?
    private let body: NamedType.Body
    private let write: WriteValue<Value>
    private let read: ReadValue<Value>

    internal init(
        _ name: String,
        _ description: String?,
        body: NamedType.Body,
        write: @escaping WriteValue<Value>,
        read: @escaping ReadValue<Value>
    ) {
        self.name = name
        self.description = description
        self.body = body
        self.write = write
        self.read = read
    }

    /// The type of a field, which may be null.
    public var nullable: NullableType<Value> {
        NullableType(shape: .named(name), write: write)
    }

    /// The type of a field, with `!`.
    public var required: RequiredType<Value> { nullable.required }

    /// The type of an argument, which may be null.
    public var input: NullableInput<Value> {
        NullableInput(shape: .named(name), read: read)
    }

    /// The type of an argument, with `!`.
    public var requiredInput: RequiredInput<Value> { input.required }
}

extension LeafBuilder: TypeBuilder {
    internal func define(in assembly: inout SchemaAssembly) {
        assembly.define(NamedType(name: name, description: description, body: body))
    }

    internal var resolvers: [(any AnyObject & Sendable)?] { [] }
}

/// An input object while its schema is built, with the Swift value that a resolver is given for it.
public final class InputBuilder<Value> {
    /// The type's name.
    public let name: String

    private let description: String?
    private let fields: [ArgumentDraft]
    private let read: ReadValue<Value>

    internal init(
        _ name: String,
        _ description: String?,
        fields: [ArgumentDraft],
        read: @escaping ReadValue<Value>
    ) {
        self.name = name
        self.description = description
        self.fields = fields
        self.read = read
    }

    /// The type of an argument, which may be null.
    public var input: NullableInput<Value> {
        NullableInput(shape: .named(name), read: read)
    }

    /// The type of an argument, with `!`.
    public var requiredInput: RequiredInput<Value> { input.required }
}

extension InputBuilder: TypeBuilder {
    internal func define(in assembly: inout SchemaAssembly) {
        let fields = fields.map { $0.definition(in: &assembly) }
        assembly.define(
            NamedType(
                name: name,
                description: description,
                body: .inputObject(InputObjectType(fields: fields))
            )
        )
    }

    internal var resolvers: [(any AnyObject & Sendable)?] { [] }
}
