/// Every fragment is used by some operation.
internal final class NoUnusedFragmentsRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = []
    static let left: Set<VisitedNode.Kind> = [.document]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) -> Bool { true }

    func leave(_ node: VisitedNode) throws(ValidationStop) {
        var operations: [AST.OperationDefinition] = []
        for case .operation(let operation) in context.document.definitions { operations.append(operation) }
        let used = Set(try context.fragments(usedBy: operations).fragments.map(\.name.text))
        for case .fragment(let fragment) in context.document.definitions {
            guard !used.contains(fragment.name.text) else { continue }
            try context.report("Fragment '\(fragment.name.text)' is never used.", at: fragment.offset)
        }
    }
}
