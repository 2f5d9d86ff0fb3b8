extension AST {
    /// A whole document with the text that it was read from.
    public struct Document: Sendable {
        /// The definitions in the order of the source.
        public let definitions: [Definition]
        /// The text.
        public let source: Source

        /// A document from its definitions.
        public init(definitions: [Definition], source: Source) {
            self.definitions = definitions
            self.source = source
        }

        /// The line and column of a byte of this document.
        public func location(_ offset: Int) -> SourceLocation {
            source.location(offset)
        }
    }

    /// One definition at the top level of a document.
    public enum Definition: Sendable {
        /// A query, mutation or subscription.
        case operation(OperationDefinition)
        /// A named fragment.
        case fragment(FragmentDefinition)
        /// `schema { … }`.
        case schema(SchemaDefinition)
        /// A type.
        case type(TypeDefinition)
        /// `directive @…`.
        case directive(DirectiveDefinition)
        /// `extend schema`.
        case schemaExtension(SchemaDefinition)
        /// `extend type` and its like; without a description.
        case typeExtension(TypeDefinition)

        /// The byte at which the definition begins; at its description if it has one.
        public var offset: Int {
            switch self {
            case .operation(let node): node.offset
            case .fragment(let node): node.offset
            case .schema(let node), .schemaExtension(let node): node.offset
            case .type(let node), .typeExtension(let node): node.offset
            case .directive(let node): node.offset
            }
        }
    }

    /// What an operation does.
    public enum OperationType: String, Sendable, CaseIterable {
        /// Reads.
        case query
        /// Writes, one root field after the other.
        case mutation
        /// Listens.
        case subscription
    }

    /// A query, mutation or subscription.
    public struct OperationDefinition: Sendable {
        /// The description before it.
        public let description: StringValue?
        /// What it does.
        public let operation: OperationType
        /// Its name, if it has one.
        public let name: Name?
        /// The variables it takes.
        public let variables: [VariableDefinition]
        /// Its directives.
        public let directives: [Directive]
        /// What it selects.
        public let selectionSet: SelectionSet
        /// The byte at which it begins.
        public let offset: Int

        /// An operation from its parts.
        public init(
            description: StringValue? = nil,
            operation: OperationType,
            name: Name?,
            variables: [VariableDefinition],
            directives: [Directive],
            selectionSet: SelectionSet,
            offset: Int
        ) {
            self.description = description
            self.operation = operation
            self.name = name
            self.variables = variables
            self.directives = directives
            self.selectionSet = selectionSet
            self.offset = offset
        }
    }

    /// A variable that an operation takes: `$name: Type = value @directive`.
    public struct VariableDefinition: Sendable {
        /// The description before it.
        public let description: StringValue?
        /// The variable.
        public let variable: Variable
        /// Its type.
        public let type: TypeReference
        /// The value it has when none is given.
        public let defaultValue: Value?
        /// Its directives.
        public let directives: [Directive]
        /// The byte at which it begins.
        public let offset: Int

        /// A variable's definition from its parts.
        public init(
            description: StringValue? = nil,
            variable: Variable,
            type: TypeReference,
            defaultValue: Value?,
            directives: [Directive],
            offset: Int
        ) {
            self.description = description
            self.variable = variable
            self.type = type
            self.defaultValue = defaultValue
            self.directives = directives
            self.offset = offset
        }
    }

    /// A named fragment: `fragment Name on Type { … }`.
    public struct FragmentDefinition: Sendable {
        /// The description before it.
        public let description: StringValue?
        /// Its name.
        public let name: Name
        /// The type it applies to.
        public let typeCondition: NamedType
        /// Its directives.
        public let directives: [Directive]
        /// What it selects.
        public let selectionSet: SelectionSet
        /// The byte at which it begins.
        public let offset: Int

        /// A fragment from its parts.
        public init(
            description: StringValue? = nil,
            name: Name,
            typeCondition: NamedType,
            directives: [Directive],
            selectionSet: SelectionSet,
            offset: Int
        ) {
            self.description = description
            self.name = name
            self.typeCondition = typeCondition
            self.directives = directives
            self.selectionSet = selectionSet
            self.offset = offset
        }
    }
}
