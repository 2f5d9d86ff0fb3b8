/// A schema together with what answers its fields, for operations that begin at a value of one type.
public struct ExecutableSchema<Root>: Sendable {
    /// The schema.
    public let schema: Schema
    internal let resolvers: ResolverTable

    internal init(_ schema: Schema, builders: [any TypeBuilder]) {
        var table = ResolverTable(typeCount: schema.idCount)
        for builder in builders {
            guard let id = schema.type(named: builder.name) else { continue }
            table.set(builder.resolvers.compactMap(\.self), of: id)
        }
        self.init(schema, table)
    }

    /// A schema with resolvers for all fields of its objects; those of introspection are added.
    internal init(_ schema: Schema, _ table: ResolverTable) {
        var table = table
        IntrospectionResolvers.install(in: &table, for: schema, root: Root.self)
        self.schema = schema
        resolvers = table
    }
}

/// The resolvers of all fields: by type and by the field's place in it.
internal struct ResolverTable: Sendable {
    /// Each a `FieldResolver` of the source of its type, which the builders see to.
    private var fields: [[any AnyObject & Sendable]]
    /// `__schema` and `__type`, read from the source of the root.
    var schemaField: (any AnyObject & Sendable)?
    var typeField: (any AnyObject & Sendable)?

    init(typeCount: Int) {
        fields = Array(repeating: [], count: typeCount)
    }

    mutating func set(_ resolvers: [any AnyObject & Sendable], of type: TypeID) {
        fields[type.index] = resolvers
    }

    func resolver(_ place: Int, of type: TypeID) -> any AnyObject & Sendable {
        fields[type.index][place]
    }
}
