/// An operation without a name is the only one.
internal final class LoneAnonymousOperationRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.operation]
    private let context: ValidationContext
    private let operations: Int

    init(_ context: ValidationContext) {
        self.context = context
        operations = context.document.definitions.count { if case .operation = $0 { true } else { false } }
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .operation(let operation) = node, operation.name == nil, operations > 1 else {
            return true
        }
        try context.report(
            "This anonymous operation must be the only defined operation.",
            at: operation.offset
        )
        return true
    }
}
