/// No two directives have one name.
internal final class UniqueDirectiveNamesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.directiveDefinition]
    private let context: ValidationContext
    private var known: [String: AST.Name] = [:]

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .directiveDefinition(let directive) = node else { return true }
        let name = directive.name
        if let first = known[name.text] {
            try context.report(
                "There can be only one directive named '@\(name.text)'.",
                at: [first.offset, name.offset]
            )
        } else {
            known[name.text] = name
        }
        return true
    }
}
