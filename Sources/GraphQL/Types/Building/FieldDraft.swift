/// A field's definition before the schema is there, with its resolver.
internal struct FieldDraft {
    let name: String
    let description: String?
    let arguments: [ArgumentDraft]
    let shape: TypeShape
    var deprecation: String?
    /// A `FieldResolver` of the type's source; nil for the fields of an interface.
    let resolver: (any AnyObject & Sendable)?

    func definition(in assembly: inout SchemaAssembly) -> FieldDefinition {
        FieldDefinition(
            name: name,
            description: description,
            arguments: arguments.map { $0.definition(in: &assembly) },
            type: shape.reference(in: &assembly),
            deprecation: deprecation
        )
    }
}
