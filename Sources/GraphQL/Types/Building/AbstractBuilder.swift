/// An interface or union while its schema is built, with the Swift value that stands for any of its objects.
///
/// ```swift
/// let wallet = schema.interface("SubWallet", of: Wallet.self) { wallet in
///     switch wallet {
///     case .chain(let chain): blockchain.value(chain)
///     case .exchange(let venue): exchange.value(venue)
///     }
/// }
/// ```
public final class AbstractBuilder<Value> {
    /// The type's name.
    public let name: String

    private let description: String?
    private let members: Members
    private let choose: @Sendable (Value) throws -> ObjectValue
    private var interfaces: [String] = []
    private var drafts: [FieldDraft] = []

    private enum Members {
        case interface
        case union([String])
    }

    internal init(
        interface name: String,
        _ description: String?,
        _ choose: @escaping @Sendable (Value) throws -> ObjectValue
    ) {
        self.name = name
        self.description = description
        members = .interface
        self.choose = choose
    }

    internal init(
        union name: String,
        _ names: [String],
        _ description: String?,
        _ choose: @escaping @Sendable (Value) throws -> ObjectValue
    ) {
        self.name = name
        self.description = description
        members = .union(names)
        self.choose = choose
    }

    /// The type, which may be null.
    public var nullable: NullableType<Value> {
        let choose = choose
        return NullableType(shape: .named(name)) { value, field, execution in
            do {
                return try choose(value).write(field, &execution)
            } catch {
                return execution.fail(error, field)
            }
        }
    }

    /// The type with `!`.
    public var required: RequiredType<Value> { nullable.required }

    /// Lets the interface implement another one.
    public func implements<Other>(_ interface: AbstractBuilder<Other>) {
        interfaces.append(interface.name)
    }

    /// A field that all objects of the interface have; their own resolvers answer it.
    public func field<Output: OutputType>(_ name: String, _ type: Output, description: String? = nil) {
        drafts.append(
            FieldDraft(
                name: name,
                description: description,
                arguments: [],
                shape: type.parts.shape,
                resolver: nil
            )
        )
    }

    /// A field with an argument that all objects of the interface have.
    public func field<Output: OutputType, First>(
        _ name: String,
        _ type: Output,
        _ first: Argument<First>,
        description: String? = nil
    ) {
        drafts.append(
            FieldDraft(
                name: name,
                description: description,
                arguments: [first.definition],
                shape: type.parts.shape,
                resolver: nil
            )
        )
    }
}

extension AbstractBuilder: TypeBuilder {
    internal func define(in assembly: inout SchemaAssembly) {
        let body: NamedType.Body
        switch members {
        case .union(let names): body = .union(names.map { assembly.id(for: $0) })
        case .interface:
            let fields = drafts.map { $0.definition(in: &assembly) }
            let interfaces = interfaces.map { assembly.id(for: $0) }
            body = .interface(ObjectType(interfaces: interfaces, fields: fields))
        }
        assembly.define(NamedType(name: name, description: description, body: body))
    }

    internal var resolvers: [(any AnyObject & Sendable)?] { [] }
}

/// A value together with the object type that it is answered as.
public struct ObjectValue {
    internal let typeName: String
    internal let write: (PlannedField, inout Execution) -> Bool

    internal init<Source>(_ typeName: String, _ source: Source) {
        self.typeName = typeName
        write = { field, execution in
            execution.writeAbstract(source, as: typeName, field)
        }
    }
}

extension NullableType {
    /// An object of the schema, by its name; the caller sees to it that its fields are read from this type.
    internal static func object(_ name: String) -> NullableType<Wrapped> {
        NullableType(shape: .named(name)) { source, field, execution in
            guard case .object(let selection) = field.content else {
                preconditionFailure("the field's type is an object")
            }
            return execution.writeObject(source, selection)
        }
    }
}
