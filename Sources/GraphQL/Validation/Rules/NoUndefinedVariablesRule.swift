/// Variables that an operation uses, itself or in fragments, are its own.
internal final class NoUndefinedVariablesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = []
    static let left: Set<VisitedNode.Kind> = [.operation]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) -> Bool { true }

    func leave(_ node: VisitedNode) throws(ValidationStop) {
        guard case .operation(let operation) = node else { return }
        let defined = Set(operation.variables.map(\.variable.name.text))
        for usage in try context.usages(of: operation) {
            let name = usage.variable.name.text
            guard !defined.contains(name) else { continue }
            let by = operation.name.map { " by operation '\($0.text)'" } ?? ""
            try context.report(
                "Variable '$\(name)' is not defined\(by).",
                at: [usage.variable.offset, operation.offset]
            )
        }
    }
}
