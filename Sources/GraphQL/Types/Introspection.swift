/// The types by which a schema tells of itself.
internal enum Introspection {
    /// The names in the order of their ids, which follow those of the scalars.
    static let names = [
        "__Schema", "__Type", "__TypeKind", "__Field", "__InputValue", "__EnumValue", "__Directive",
        "__DirectiveLocation",
    ]

    static let schemaType = id(0)
    static let typeType = id(1)
    static let typeKindType = id(2)
    static let fieldType = id(3)
    static let inputValueType = id(4)
    static let enumValueType = id(5)
    static let directiveType = id(6)
    static let directiveLocationType = id(7)

    /// Whether a type is one of these.
    static func contains(_ id: TypeID) -> Bool {
        (schemaType.index...directiveLocationType.index).contains(id.index)
    }

    private static func id(_ place: Int) -> TypeID {
        TypeID(BuiltIn.scalars.count + place)
    }
}

extension Introspection {
    static let types: [NamedType] = [
        schema, type, typeKind, field, inputValue, enumValue, directive, location,
    ]

    private static let string = TypeReference(.string)
    private static let boolean = TypeReference(.boolean)

    /// A list without null, itself null where it does not apply.
    private static func list(_ id: TypeID) -> TypeReference {
        guard let list = TypeReference(id).nonNull.list else { preconditionFailure("one list is allowed") }
        return list
    }

    private static let includeDeprecated = InputDefinition(
        name: "includeDeprecated",
        description: "Whether to name what should no longer be used, too.",
        type: boolean,
        defaultValue: .boolean(false)
    )

    private static func object(
        _ name: String,
        _ description: String,
        _ fields: [FieldDefinition]
    ) -> NamedType {
        NamedType(name: name, description: description, body: .object(ObjectType(fields: fields)))
    }

    private static let schema = object(
        "__Schema",
        "What a service offers: its types, its directives and where operations begin.",
        [
            FieldDefinition(name: "description", type: string),
            FieldDefinition(name: "types", description: "All types.", type: list(typeType).nonNull),
            FieldDefinition(
                name: "queryType",
                description: "Where queries begin.",
                type: TypeReference(typeType).nonNull
            ),
            FieldDefinition(
                name: "mutationType",
                description: "Where mutations begin, if there are any.",
                type: TypeReference(typeType)
            ),
            FieldDefinition(
                name: "subscriptionType",
                description: "Where subscriptions begin, if there are any.",
                type: TypeReference(typeType)
            ),
            FieldDefinition(
                name: "directives",
                description: "All directives.",
                type: list(directiveType).nonNull
            ),
        ]
    )

    private static let type = object(
        "__Type",
        "A type. Which fields are null depends on its kind.",
        [
            FieldDefinition(name: "kind", type: TypeReference(typeKindType).nonNull),
            FieldDefinition(name: "name", type: string),
            FieldDefinition(name: "description", type: string),
            FieldDefinition(name: "specifiedByURL", type: string),
            FieldDefinition(name: "fields", arguments: [includeDeprecated], type: list(fieldType)),
            FieldDefinition(name: "interfaces", type: list(typeType)),
            FieldDefinition(name: "possibleTypes", type: list(typeType)),
            FieldDefinition(name: "enumValues", arguments: [includeDeprecated], type: list(enumValueType)),
            FieldDefinition(name: "inputFields", arguments: [includeDeprecated], type: list(inputValueType)),
            FieldDefinition(name: "ofType", type: TypeReference(typeType)),
        ]
    )

    private static let field = object(
        "__Field",
        "A field of an object or interface.",
        [
            FieldDefinition(name: "name", type: string.nonNull),
            FieldDefinition(name: "description", type: string),
            FieldDefinition(
                name: "args",
                arguments: [includeDeprecated],
                type: list(inputValueType).nonNull
            ),
            FieldDefinition(name: "type", type: TypeReference(typeType).nonNull),
            FieldDefinition(name: "isDeprecated", type: boolean.nonNull),
            FieldDefinition(name: "deprecationReason", type: string),
        ]
    )

    private static let inputValue = object(
        "__InputValue",
        "An argument, or a field of an input object.",
        [
            FieldDefinition(name: "name", type: string.nonNull),
            FieldDefinition(name: "description", type: string),
            FieldDefinition(name: "type", type: TypeReference(typeType).nonNull),
            FieldDefinition(
                name: "defaultValue",
                description: "The value it has when none is given, as a document would write it.",
                type: string
            ),
            FieldDefinition(name: "isDeprecated", type: boolean.nonNull),
            FieldDefinition(name: "deprecationReason", type: string),
        ]
    )

    private static let enumValue = object(
        "__EnumValue",
        "One value of an enum.",
        [
            FieldDefinition(name: "name", type: string.nonNull),
            FieldDefinition(name: "description", type: string),
            FieldDefinition(name: "isDeprecated", type: boolean.nonNull),
            FieldDefinition(name: "deprecationReason", type: string),
        ]
    )

    private static let directive = object(
        "__Directive",
        "A directive that documents may use.",
        [
            FieldDefinition(name: "name", type: string.nonNull),
            FieldDefinition(name: "description", type: string),
            FieldDefinition(name: "isRepeatable", type: boolean.nonNull),
            FieldDefinition(name: "locations", type: list(directiveLocationType).nonNull),
            FieldDefinition(
                name: "args",
                arguments: [includeDeprecated],
                type: list(inputValueType).nonNull
            ),
        ]
    )

    private static let typeKind = NamedType(
        name: "__TypeKind",
        description: "The sorts of types.",
        body: .enumeration(
            Definitions([
                EnumValue(name: "SCALAR", description: "A leaf written as one value."),
                EnumValue(name: "OBJECT", description: "It has `fields` and `interfaces`."),
                EnumValue(
                    name: "INTERFACE",
                    description: "It has `fields`, `interfaces` and `possibleTypes`."
                ),
                EnumValue(name: "UNION", description: "It has `possibleTypes`."),
                EnumValue(name: "ENUM", description: "It has `enumValues`."),
                EnumValue(name: "INPUT_OBJECT", description: "It has `inputFields`."),
                EnumValue(name: "LIST", description: "It has `ofType`, the type of its elements."),
                EnumValue(name: "NON_NULL", description: "It has `ofType`, the type that may be null."),
            ])
        )
    )

    private static let location = NamedType(
        name: "__DirectiveLocation",
        description: "Where a directive may stand.",
        body: .enumeration(
            Definitions(DirectiveLocation.allCases.map { EnumValue(name: $0.rawValue) })
        )
    )
}
