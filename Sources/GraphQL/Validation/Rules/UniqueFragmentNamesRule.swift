/// No two fragments have one name.
internal final class UniqueFragmentNamesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.fragment]
    private let context: ValidationContext
    private var known: [String: AST.Name] = [:]

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .fragment(let fragment) = node else { return true }
        let name = fragment.name
        if let first = known[name.text] {
            try context.report(
                "There can be only one fragment named '\(name.text)'.",
                at: [first.offset, name.offset]
            )
        } else {
            known[name.text] = name
        }
        return true
    }
}
