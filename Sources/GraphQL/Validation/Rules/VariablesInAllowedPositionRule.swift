/// Variables stand where values of their types may stand.
internal final class VariablesInAllowedPositionRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = []
    static let left: Set<VisitedNode.Kind> = [.operation]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) -> Bool { true }

    func leave(_ node: VisitedNode) throws(ValidationStop) {
        guard case .operation(let operation) = node else { return }
        var definitions: [String: AST.VariableDefinition] = [:]
        for definition in operation.variables { definitions[definition.variable.name.text] = definition }
        for usage in try context.usages(of: operation) {
            guard let definition = definitions[usage.variable.name.text], let place = usage.type,
                let type = context.schema.reference(to: definition.type),
                !isAllowed(type, default: definition.defaultValue, in: place, hasDefault: usage.hasDefault)
            else { continue }
            let own = context.schema.text(of: type)
            let expected = context.schema.text(of: place)
            try context.report(
                "Variable '$\(usage.variable.name.text)' of type '\(own)' used in position expecting type"
                    + " '\(expected)'.",
                at: [definition.offset, usage.variable.offset]
            )
        }
    }

    private func isAllowed(
        _ type: TypeReference,
        default value: AST.Value?,
        in place: TypeReference,
        hasDefault: Bool
    ) -> Bool {
        guard place.isNonNull, !type.isNonNull else { return context.schema.isSubtype(type, of: place) }
        // What is missing or null becomes the default, of the variable or of the place.
        let hasOwnDefault: Bool =
            switch value {
            case nil, .null: false
            default: true
            }
        guard hasOwnDefault || hasDefault else { return false }
        return context.schema.isSubtype(type, of: place.nullable)
    }
}
