/// Types that are named are there.
internal final class KnownTypeNamesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.namedType]
    private let context: ValidationContext
    /// The types that the document itself defines.
    private let defined: Set<String>

    init(_ context: ValidationContext) {
        self.context = context
        var defined: Set<String> = []
        for case .type(let type) in context.document.definitions { defined.insert(type.name.text) }
        self.defined = defined
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .namedType(let type) = node else { return true }
        let name = type.name.text
        guard context.schema.type(named: name) == nil, !defined.contains(name) else { return true }
        // Definitions may name what is the language's own although the schema has no use for it.
        let isTypeSystem = context.place.isTypeSystem
        if isTypeSystem, BuiltIn.typeNames.contains(name) { return true }
        let suggestions = context.suggestions(
            for: name,
            among: context.schema.types.map { context.schema[$0].name } + defined
                + (isTypeSystem ? BuiltIn.typeNames : [])
        )
        try context.report("Unknown type '\(name)'.\(suggestions)", at: type.offset)
        return true
    }
}

extension BuiltIn {
    /// The names of the language's own types.
    static let typeNames: [String] = scalars.map(\.name) + Introspection.names
}
