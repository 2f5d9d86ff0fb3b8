/// No two types have one name.
internal final class UniqueTypeNamesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.type]
    private let context: ValidationContext
    private var known: [String: AST.Name] = [:]

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .type(let type, isExtension: false) = node else { return true }
        let name = type.name
        if let first = known[name.text] {
            try context.report(
                "There can be only one type named '\(name.text)'.",
                at: [first.offset, name.offset]
            )
        } else {
            known[name.text] = name
        }
        return true
    }
}
