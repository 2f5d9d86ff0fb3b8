/// Every variable of an operation is used, by it or by its fragments.
internal final class NoUnusedVariablesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = []
    static let left: Set<VisitedNode.Kind> = [.operation]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) -> Bool { true }

    func leave(_ node: VisitedNode) throws(ValidationStop) {
        guard case .operation(let operation) = node else { return }
        let used = Set(try context.usages(of: operation).map(\.variable.name.text))
        for definition in operation.variables {
            let name = definition.variable.name.text
            guard !used.contains(name) else { continue }
            let by = operation.name.map { " in operation '\($0.text)'" } ?? ""
            try context.report("Variable '$\(name)' is never used\(by).", at: definition.offset)
        }
    }
}
