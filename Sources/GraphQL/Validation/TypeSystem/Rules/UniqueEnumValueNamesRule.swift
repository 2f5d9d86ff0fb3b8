/// No value of an enum is defined twice, its extensions included.
internal final class UniqueEnumValueNamesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.type]
    private let context: ValidationContext
    private var known: [String: [String: AST.Name]] = [:]

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .type(let type, _) = node, case .enumeration(let values) = type.body else { return true }
        for value in values {
            let name = value.name
            if let first = known[type.name.text]?[name.text] {
                try context.report(
                    "Enum value '\(type.name.text).\(name.text)' can only be defined once.",
                    at: [first.offset, name.offset]
                )
            } else {
                known[type.name.text, default: [:]][name.text] = name
            }
        }
        return true
    }
}
