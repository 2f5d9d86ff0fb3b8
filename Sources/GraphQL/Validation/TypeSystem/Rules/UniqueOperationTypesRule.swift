/// Each sort of operation has one root.
internal final class UniqueOperationTypesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.schema]
    private let context: ValidationContext
    private var known: [AST.OperationType: AST.OperationTypeDefinition] = [:]

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .schema(let schema, _) = node else { return true }
        for type in schema.operationTypes {
            if let first = known[type.operation] {
                try context.report(
                    "There can be only one \(type.operation.rawValue) type in schema.",
                    at: [first.offset, type.offset]
                )
            } else {
                known[type.operation] = type
            }
        }
        return true
    }
}
