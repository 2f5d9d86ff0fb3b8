/// An object type while its schema is built, with the Swift value that its fields are read from.
///
/// Each field has a closure that gets that value, then the values of the field's arguments, and where it wants it the
/// `Execution`, to charge costs or look ahead.
public final class ObjectBuilder<Source> {
    /// The type's name.
    public let name: String

    private let description: String?
    private var interfaces: [String] = []
    private var drafts: [FieldDraft] = []

    internal init(_ name: String, _ description: String?) {
        self.name = name
        self.description = description
    }

    /// The type, which may be null.
    public var nullable: NullableType<Source> { .object(name) }

    /// The type with `!`.
    public var required: RequiredType<Source> { nullable.required }

    /// Lets the type implement an interface.
    public func implements<Value>(_ interface: AbstractBuilder<Value>) {
        interfaces.append(interface.name)
    }

    /// A value of this type for a field whose type is an interface or union.
    public func value(_ source: Source) -> ObjectValue {
        ObjectValue(name, source)
    }

    /// Marks the field that was added last as one that should no longer be used.
    public func deprecate(_ reason: String? = nil) {
        precondition(!drafts.isEmpty, "a field is deprecated after it was added")
        drafts[drafts.count - 1].deprecation = reason ?? BuiltIn.deprecationReason
    }

    internal func add<Output: OutputType>(
        _ name: String,
        _ type: Output,
        _ description: String?,
        _ arguments: [ArgumentDraft],
        _ resolver: (OutputParts<Output.Value>) -> FieldResolver<Source>
    ) {
        let parts = type.parts
        drafts.append(
            FieldDraft(
                name: name,
                description: description,
                arguments: arguments,
                shape: parts.shape,
                resolver: resolver(parts)
            )
        )
    }
}

extension ObjectBuilder: TypeBuilder {
    internal func define(in assembly: inout SchemaAssembly) {
        let fields = drafts.map { $0.definition(in: &assembly) }
        let interfaces = interfaces.map { assembly.id(for: $0) }
        assembly.define(
            NamedType(
                name: name,
                description: description,
                body: .object(ObjectType(interfaces: interfaces, fields: fields))
            )
        )
    }

    internal var resolvers: [(any AnyObject & Sendable)?] { drafts.map(\.resolver) }
}

/// A type while its schema is built.
internal protocol TypeBuilder: AnyObject {
    /// The type's name.
    var name: String { get }
    /// The resolvers of its fields, in their order.
    var resolvers: [(any AnyObject & Sendable)?] { get }

    /// Adds the definition to a schema.
    func define(in assembly: inout SchemaAssembly)
}
