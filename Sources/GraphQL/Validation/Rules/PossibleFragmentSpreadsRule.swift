/// Fragments stand where some object can be of their type.
internal final class PossibleFragmentSpreadsRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.inlineFragment, .fragmentSpread]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        switch node {
        case .inlineFragment(let fragment):
            guard let type = context.types.output, type == TypeReference(type.named) else { break }
            try check(type.named, "Fragment", at: fragment.offset)
        case .fragmentSpread(let spread):
            let name = spread.name.text
            guard let fragment = context.fragment(name),
                let type = context.schema.type(named: fragment.typeCondition.name.text)
            else { break }
            try check(type, "Fragment '\(name)'", at: spread.offset)
        default: break
        }
        return true
    }

    private func check(_ type: TypeID, _ words: String, at offset: Int) throws(ValidationStop) {
        let schema = context.schema
        guard let parent = context.types.parent, schema[type].isComposite, !schema.overlap(type, parent)
        else { return }
        try context.report(
            "\(words) cannot be spread here as objects of type '\(schema[parent].name)'"
                + " can never be of type '\(schema[type].name)'.",
            at: offset
        )
    }
}
