/// No field of a type is defined twice, its extensions included.
internal final class UniqueFieldDefinitionNamesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.type]
    private let context: ValidationContext
    private var known: [String: [String: AST.Name]] = [:]

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .type(let type, _) = node else { return true }
        let names: [AST.Name]
        switch type.body {
        case .object(_, let fields), .interface(_, let fields): names = fields.map(\.name)
        case .inputObject(let fields): names = fields.map(\.name)
        case .scalar, .union, .enumeration: return true
        }
        for name in names {
            if let first = known[type.name.text]?[name.text] {
                try context.report(
                    "Field '\(type.name.text).\(name.text)' can only be defined once.",
                    at: [first.offset, name.offset]
                )
            } else {
                known[type.name.text, default: [:]][name.text] = name
            }
        }
        return true
    }
}
