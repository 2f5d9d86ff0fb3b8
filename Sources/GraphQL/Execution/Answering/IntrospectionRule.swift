/// Refuses documents that ask for the schema, where that is turned off.
internal enum IntrospectionRule {
    /// The uses of introspection, in the order of the document.
    static func uses(in document: AST.Document, schema: Schema, errorsMax: Int) -> [GraphQLError] {
        var search = Search(schema: schema)
        for definition in document.definitions {
            switch definition {
            case .operation(let operation):
                search.look(at: operation.selectionSet, schema.root(of: operation.operation))
            case .fragment(let fragment):
                search.look(at: fragment.selectionSet, schema.type(named: fragment.typeCondition.name.text))
            case .schema, .type, .directive, .schemaExtension, .typeExtension: break
            }
        }
        return search.found.prefix(errorsMax).map { field in
            GraphQLError(
                "GraphQL introspection has been disabled, but the requested query contained the field"
                    + " '\(field.name.text)'.",
                locations: [document.location(field.offset)],
                code: "INTROSPECTION_DISABLED"
            )
        }
    }

    private struct Search {
        let schema: Schema
        var found: [AST.Field] = []

        mutating func look(at set: AST.SelectionSet, _ type: TypeID?) {
            for selection in set.selections {
                switch selection {
                case .field(let node):
                    guard let type, let field = schema.field(node.name.text, of: type) else { continue }
                    if Introspection.contains(field.type.named) { found.append(node) }
                    if let set = node.selectionSet { look(at: set, field.type.named) }
                case .inlineFragment(let fragment):
                    let condition = fragment.typeCondition.flatMap { schema.type(named: $0.name.text) }
                    look(at: fragment.selectionSet, condition ?? type)
                case .fragmentSpread: break
                }
            }
        }
    }
}
