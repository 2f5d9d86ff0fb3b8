extension AST {
    /// `schema { query: … }`, or its extension.
    public struct SchemaDefinition: Sendable {
        /// The description before it.
        public let description: StringValue?
        /// Its directives.
        public let directives: [Directive]
        /// The root types it names.
        public let operationTypes: [OperationTypeDefinition]
        /// The byte at which it begins.
        public let offset: Int

        /// A schema's definition from its parts.
        public init(
            description: StringValue?,
            directives: [Directive],
            operationTypes: [OperationTypeDefinition],
            offset: Int
        ) {
            self.description = description
            self.directives = directives
            self.operationTypes = operationTypes
            self.offset = offset
        }
    }

    /// A root type: `query: Type`.
    public struct OperationTypeDefinition: Sendable {
        /// Which operations begin there.
        public let operation: OperationType
        /// The type.
        public let type: NamedType
        /// The byte at which it begins.
        public let offset: Int

        /// A root type from its parts.
        public init(operation: OperationType, type: NamedType, offset: Int) {
            self.operation = operation
            self.type = type
            self.offset = offset
        }
    }

    /// A type's definition, or its extension.
    public struct TypeDefinition: Sendable {
        /// The description before it.
        public let description: StringValue?
        /// Its name.
        public let name: Name
        /// Its directives.
        public let directives: [Directive]
        /// Which sort of type it is, with its members.
        public let body: Body
        /// The byte at which it begins.
        public let offset: Int

        /// The sorts of types.
        public enum Body: Sendable {
            /// `scalar`.
            case scalar
            /// `type … implements … { … }`.
            case object(interfaces: [NamedType], fields: [FieldDefinition])
            /// `interface … implements … { … }`.
            case interface(interfaces: [NamedType], fields: [FieldDefinition])
            /// `union … = … | …`.
            case union([NamedType])
            /// `enum … { … }`.
            case enumeration([EnumValueDefinition])
            /// `input … { … }`.
            case inputObject([InputValueDefinition])
        }

        /// A type's definition from its parts.
        public init(
            description: StringValue?,
            name: Name,
            directives: [Directive],
            body: Body,
            offset: Int
        ) {
            self.description = description
            self.name = name
            self.directives = directives
            self.body = body
            self.offset = offset
        }
    }

    /// A field of an object or interface: `name(arguments): Type`.
    public struct FieldDefinition: Sendable {
        /// The description before it.
        public let description: StringValue?
        /// Its name.
        public let name: Name
        /// The arguments it takes.
        public let arguments: [InputValueDefinition]
        /// Its type.
        public let type: TypeReference
        /// Its directives.
        public let directives: [Directive]
        /// The byte at which it begins.
        public let offset: Int

        /// A field's definition from its parts.
        public init(
            description: StringValue?,
            name: Name,
            arguments: [InputValueDefinition],
            type: TypeReference,
            directives: [Directive],
            offset: Int
        ) {
            self.description = description
            self.name = name
            self.arguments = arguments
            self.type = type
            self.directives = directives
            self.offset = offset
        }
    }

    /// An argument's or input field's definition: `name: Type = value`.
    public struct InputValueDefinition: Sendable {
        /// The description before it.
        public let description: StringValue?
        /// Its name.
        public let name: Name
        /// Its type.
        public let type: TypeReference
        /// The value it has when none is given.
        public let defaultValue: Value?
        /// Its directives.
        public let directives: [Directive]
        /// The byte at which it begins.
        public let offset: Int

        /// A definition from its parts.
        public init(
            description: StringValue?,
            name: Name,
            type: TypeReference,
            defaultValue: Value?,
            directives: [Directive],
            offset: Int
        ) {
            self.description = description
            self.name = name
            self.type = type
            self.defaultValue = defaultValue
            self.directives = directives
            self.offset = offset
        }
    }

    /// One value of an enum.
    public struct EnumValueDefinition: Sendable {
        /// The description before it.
        public let description: StringValue?
        /// The value.
        public let name: Name
        /// Its directives.
        public let directives: [Directive]
        /// The byte at which it begins.
        public let offset: Int

        /// An enum's value from its parts.
        public init(description: StringValue?, name: Name, directives: [Directive], offset: Int) {
            self.description = description
            self.name = name
            self.directives = directives
            self.offset = offset
        }
    }

    /// `directive @name(arguments) repeatable on …`.
    public struct DirectiveDefinition: Sendable {
        /// The description before it.
        public let description: StringValue?
        /// Its name, without the `@`.
        public let name: Name
        /// The arguments it takes.
        public let arguments: [InputValueDefinition]
        /// Whether one place may have it more than once.
        public let isRepeatable: Bool
        /// The names of the places where it may stand.
        public let locations: [Name]
        /// The byte at which it begins.
        public let offset: Int

        /// A directive's definition from its parts.
        public init(
            description: StringValue?,
            name: Name,
            arguments: [InputValueDefinition],
            isRepeatable: Bool,
            locations: [Name],
            offset: Int
        ) {
            self.description = description
            self.name = name
            self.arguments = arguments
            self.isRepeatable = isRepeatable
            self.locations = locations
            self.offset = offset
        }
    }
}
