/// A directive that documents may use.
public struct DirectiveDefinition: NamedDefinition {
    /// Its name, without the `@`.
    public let name: String
    /// What it does.
    public let description: String?
    /// Its arguments in the order of their definition.
    public let arguments: [InputDefinition]
    /// Whether one place may have it more than once.
    public let isRepeatable: Bool
    /// Where it may stand.
    public let locations: [DirectiveLocation]

    /// A definition from its parts.
    public init(
        name: String,
        description: String? = nil,
        arguments: [InputDefinition] = [],
        isRepeatable: Bool = false,
        locations: [DirectiveLocation]
    ) {
        self.name = name
        self.description = description
        self.arguments = arguments
        self.isRepeatable = isRepeatable
        self.locations = locations
    }

    /// The argument of that name, if there is one.
    public func argument(_ name: String) -> InputDefinition? {
        arguments.first { $0.name == name }
    }
}

/// Where a directive may stand; the raw value is the word of the language.
public enum DirectiveLocation: String, Sendable, CaseIterable {
    /// A query.
    case query = "QUERY"
    /// A mutation.
    case mutation = "MUTATION"
    /// A subscription.
    case subscription = "SUBSCRIPTION"
    /// A field of a selection.
    case field = "FIELD"
    /// A fragment's definition.
    case fragmentDefinition = "FRAGMENT_DEFINITION"
    /// A fragment's use.
    case fragmentSpread = "FRAGMENT_SPREAD"
    /// A fragment without name.
    case inlineFragment = "INLINE_FRAGMENT"
    /// A variable's definition.
    case variableDefinition = "VARIABLE_DEFINITION"
    /// The schema.
    case schema = "SCHEMA"
    /// A scalar's definition.
    case scalar = "SCALAR"
    /// An object's definition.
    case object = "OBJECT"
    /// A field's definition.
    case fieldDefinition = "FIELD_DEFINITION"
    /// An argument's definition.
    case argumentDefinition = "ARGUMENT_DEFINITION"
    /// An interface's definition.
    case interface = "INTERFACE"
    /// A union's definition.
    case union = "UNION"
    /// An enum's definition.
    case enumeration = "ENUM"
    /// A value of an enum.
    case enumValue = "ENUM_VALUE"
    /// An input object's definition.
    case inputObject = "INPUT_OBJECT"
    /// A field of an input object's definition.
    case inputFieldDefinition = "INPUT_FIELD_DEFINITION"
}
