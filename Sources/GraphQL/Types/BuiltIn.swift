/// The scalars and directives that every schema has.
internal enum BuiltIn {
    /// The reason of a deprecation that gives none.
    static let deprecationReason = "No longer supported"

    /// The scalars, in the order of their ids.
    static let scalars: [NamedType] = [
        NamedType(
            name: "String",
            description: "A text of Unicode characters.",
            body: .scalar(ScalarType(input: .string))
        ),
        NamedType(
            name: "Int",
            description: "A whole number from -(2^31) to 2^31 - 1.",
            body: .scalar(ScalarType(input: .int))
        ),
        NamedType(
            name: "Float",
            description: "A number with double precision as IEEE 754 defines it.",
            body: .scalar(ScalarType(input: .float))
        ),
        NamedType(
            name: "Boolean",
            description: "Either `true` or `false`.",
            body: .scalar(ScalarType(input: .boolean))
        ),
        NamedType(
            name: "ID",
            description:
                "What identifies an object: answered as a string, taken as a string or a whole number.",
            body: .scalar(ScalarType(input: .id))
        ),
    ]

    static let skip = DirectiveDefinition(
        name: "skip",
        description: "Leaves a field or fragment out when `if` is true.",
        arguments: [condition("Whether to leave it out.")],
        locations: [.field, .fragmentSpread, .inlineFragment]
    )

    static let include = DirectiveDefinition(
        name: "include",
        description: "Answers a field or fragment only when `if` is true.",
        arguments: [condition("Whether to answer it.")],
        locations: [.field, .fragmentSpread, .inlineFragment]
    )

    static let deprecated = DirectiveDefinition(
        name: "deprecated",
        description: "Marks what should no longer be used.",
        arguments: [
            InputDefinition(
                name: "reason",
                description: "Why, and what to use instead, in CommonMark.",
                type: TypeReference(.string),
                defaultValue: .string(deprecationReason)
            )
        ],
        locations: [.fieldDefinition, .argumentDefinition, .inputFieldDefinition, .enumValue]
    )

    static let specifiedBy = DirectiveDefinition(
        name: "specifiedBy",
        description: "Names the text that defines a scalar.",
        arguments: [
            InputDefinition(
                name: "url",
                description: "The address of that text.",
                type: TypeReference(.string).nonNull
            )
        ],
        locations: [.scalar]
    )

    static let directives: [DirectiveDefinition] = [include, skip, deprecated, specifiedBy]

    private static func condition(_ description: String) -> InputDefinition {
        InputDefinition(name: "if", description: description, type: TypeReference(.boolean).nonNull)
    }
}

/// The fields that exist without being defined.
internal enum MetaField {
    static let typeName = FieldDefinition(
        name: "__typename",
        description: "The name of the object's type.",
        type: TypeReference(.string).nonNull
    )

    static let schema = FieldDefinition(
        name: "__schema",
        description: "The schema of this service.",
        type: TypeReference(Introspection.schemaType).nonNull
    )

    static let type = FieldDefinition(
        name: "__type",
        description: "A type of this service's schema by its name.",
        arguments: [InputDefinition(name: "name", type: TypeReference(.string).nonNull)],
        type: TypeReference(Introspection.typeType)
    )
}
