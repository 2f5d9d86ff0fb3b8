/// No two operations have one name.
internal final class UniqueOperationNamesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.operation]
    private let context: ValidationContext
    private var known: [String: AST.Name] = [:]

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .operation(let operation) = node, let name = operation.name else { return true }
        if let first = known[name.text] {
            try context.report(
                "There can be only one operation named '\(name.text)'.",
                at: [first.offset, name.offset]
            )
        } else {
            known[name.text] = name
        }
        return true
    }
}
