/// Fragments are on types that are selected from.
internal final class FragmentsOnCompositeTypesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.inlineFragment, .fragment]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        switch node {
        case .inlineFragment(let fragment):
            if let condition = fragment.typeCondition { try check(condition, "Fragment") }
        case .fragment(let fragment):
            try check(fragment.typeCondition, "Fragment '\(fragment.name.text)'")
        default: break
        }
        return true
    }

    private func check(_ condition: AST.NamedType, _ words: String) throws(ValidationStop) {
        guard let type = context.schema.type(named: condition.name.text), !context.schema[type].isComposite
        else { return }
        try context.report(
            "\(words) cannot condition on non composite type '\(condition.name.text)'.",
            at: condition.offset
        )
    }
}
