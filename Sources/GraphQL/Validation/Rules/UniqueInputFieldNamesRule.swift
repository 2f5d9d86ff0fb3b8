/// No field of an input object is given twice.
internal final class UniqueInputFieldNamesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.value, .objectField]
    static let left: Set<VisitedNode.Kind> = [.value]
    private let context: ValidationContext
    /// The names so far of the objects around the node at hand.
    private var known: [[String: AST.Name]] = []

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        switch node {
        case .value(.object): known.append([:])
        case .objectField(let field):
            let name = field.name
            if let first = known[known.count - 1][name.text] {
                try context.report(
                    "There can be only one input field named '\(name.text)'.",
                    at: [first.offset, name.offset]
                )
            } else {
                known[known.count - 1][name.text] = name
            }
        default: break
        }
        return true
    }

    func leave(_ node: VisitedNode) throws(ValidationStop) {
        if case .value(.object) = node { known.removeLast() }
    }
}
