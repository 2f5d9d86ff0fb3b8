/// A directive stands once at each place, unless it is repeatable; a type with its extensions is one place.
internal final class UniqueDirectivesPerLocationRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [
        .operation, .fragment, .variableDefinition, .field, .fragmentSpread, .inlineFragment, .schema, .type,
        .fieldDefinition, .inputValueDefinition, .enumValueDefinition,
    ]
    private let context: ValidationContext
    /// The directives that may be repeated or not, as far as they are known.
    private let isUnique: [String: Bool]
    private var ofSchema: [String: AST.Directive] = [:]
    private var ofTypes: [String: [String: AST.Directive]] = [:]

    init(_ context: ValidationContext) {
        self.context = context
        var isUnique: [String: Bool] = [:]
        for directive in context.schema.directives { isUnique[directive.name] = !directive.isRepeatable }
        for case .directive(let directive) in context.document.definitions {
            isUnique[directive.name.text] = !directive.isRepeatable
        }
        self.isUnique = isUnique
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        let directives = node.directives
        guard !directives.isEmpty else { return true }
        switch node {
        case .schema: try check(directives, &ofSchema)
        case .type(let type, _): try check(directives, &ofTypes[type.name.text, default: [:]])
        default:
            var none: [String: AST.Directive] = [:]
            try check(directives, &none)
        }
        return true
    }

    private func check(
        _ directives: [AST.Directive],
        _ seen: inout [String: AST.Directive]
    ) throws(ValidationStop) {
        for directive in directives {
            let name = directive.name.text
            guard isUnique[name] == true else { continue }
            if let first = seen[name] {
                try context.report(
                    "The directive '@\(name)' can only be used once at this location.",
                    at: [first.offset, directive.offset]
                )
            } else {
                seen[name] = directive
            }
        }
    }
}
