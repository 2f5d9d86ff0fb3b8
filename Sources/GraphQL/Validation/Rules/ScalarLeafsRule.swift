/// Fields are selected from exactly where their type has fields.
internal final class ScalarLeafsRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.field]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .field(let field) = node, let type = context.types.output else { return true }
        let isLeaf = context.schema[type.named].isLeaf
        guard isLeaf == (field.selectionSet != nil) else { return true }
        let name = field.name.text
        let text = context.schema.text(of: type)
        if let selectionSet = field.selectionSet {
            try context.report(
                "Field '\(name)' must not have a selection since type '\(text)' has no subfields.",
                at: selectionSet.offset
            )
        } else {
            try context.report(
                "Field '\(name)' of type '\(text)' must have a selection of subfields."
                    + " Did you mean '\(name) { ... }'?",
                at: field.offset
            )
        }
        return true
    }
}
