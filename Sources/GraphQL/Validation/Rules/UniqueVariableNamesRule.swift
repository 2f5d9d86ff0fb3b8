/// No two variables of an operation have one name.
internal final class UniqueVariableNamesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.operation]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .operation(let operation) = node else { return true }
        for names in Grouping.repeated(operation.variables.map(\.variable.name)) {
            try context.report(
                "There can be only one variable named '$\(names[0].text)'.",
                at: names.map(\.offset)
            )
        }
        return true
    }
}

/// Names that are the same.
internal enum Grouping {
    /// The names that occur more than once, each with all its places, in the order of their first.
    static func repeated(_ names: [AST.Name]) -> [[AST.Name]] {
        guard names.count > 1 else { return [] }
        var order: [String] = []
        var groups: [String: [AST.Name]] = [:]
        for name in names {
            if groups[name.text] == nil { order.append(name.text) }
            groups[name.text, default: []].append(name)
        }
        return order.compactMap { groups[$0] }.filter { $0.count > 1 }
    }
}
