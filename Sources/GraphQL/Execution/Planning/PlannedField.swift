/// A field of the answer as it will be carried out: fields of the document under one key, merged.
internal final class PlannedField: Sendable {
    /// The number of the field within its plan.
    let number: Int
    /// The key in the answer.
    let key: String
    /// What stands before the value: brace or comma, the key in quotes, the colon.
    let prefix: [UInt8]
    let definition: FieldDefinition
    /// The type whose field it is.
    let parent: String
    /// Where the fields of the document begin.
    let offsets: [Int]
    let content: Content
    private let arguments: PlannedArguments
    private let answering: (any AnyObject & Sendable)?

    /// What a field's value consists of.
    enum Content: Sendable {
        /// One value.
        case leaf
        /// The name of the object's type, in quotes.
        case typeName([UInt8])
        /// An object.
        case object(PlannedSelection)
        /// An object whose type turns out when it is there.
        case abstract(AbstractPlan)
    }

    init(
        number: Int,
        key: String,
        prefix: [UInt8],
        definition: FieldDefinition,
        parent: String,
        offsets: [Int],
        content: Content,
        arguments: PlannedArguments,
        resolver: (any AnyObject & Sendable)?
    ) {
        self.number = number
        self.key = key
        self.prefix = prefix
        self.definition = definition
        self.parent = parent
        self.offsets = offsets
        self.content = content
        self.arguments = arguments
        answering = resolver
    }

    /// Whether the field's value may be null.
    var isNullable: Bool { !definition.type.isNonNull }

    /// What answers the field, whose type is read from values of that Swift type.
    func resolver<Source>(of source: Source.Type) -> FieldResolver<Source> {
        resolver(as: FieldResolver<Source>.self)
    }

    /// The same for whoever has the resolver's type at hand; comparing types is cheaper than a cast.
    @inline(__always)
    func resolver<Source>(as expected: FieldResolver<Source>.Type) -> FieldResolver<Source> {
        guard let answering, type(of: answering) == expected else {
            preconditionFailure("\(parent).\(definition.name) is read from another type")
        }
        return unsafe unsafeDowncast(answering, to: expected)
    }

    /// The coerced values of the field's arguments.
    func values(_ variables: VariableValues) throws(PlacedError) -> InputValues {
        try arguments.values(variables)
    }
}

/// The fields of one object.
internal final class PlannedSelection: Sendable {
    /// The object's type.
    let type: TypeID
    let fields: [PlannedField]
    /// What stands behind the last field.
    let ending: [UInt8]

    init(type: TypeID, fields: [PlannedField]) {
        self.type = type
        self.fields = fields
        ending = Array((fields.isEmpty ? "{}" : "}").utf8)
    }
}

/// The arguments of a field: known when it was planned, or dependent on variables.
internal enum PlannedArguments: Sendable {
    case constant(Result<InputValues, PlacedError>)
    case variable([InputDefinition], AST.Field, Schema)

    func values(_ variables: VariableValues) throws(PlacedError) -> InputValues {
        switch self {
        case .constant(let result): return try result.get()
        case .variable(let definitions, let node, let schema):
            let coercion = LiteralCoercion(schema: schema, variables: variables)
            return try coercion.arguments(definitions, of: node)
        }
    }
}
