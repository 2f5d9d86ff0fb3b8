/// Fragments that are spread are there.
internal final class KnownFragmentNamesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.fragmentSpread]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .fragmentSpread(let spread) = node, context.fragment(spread.name.text) == nil
        else { return true }
        try context.report("Unknown fragment '\(spread.name.text)'.", at: spread.name.offset)
        return true
    }
}
