/// No argument of a field or directive is defined twice.
internal final class UniqueArgumentDefinitionNamesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.type, .directiveDefinition]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        switch node {
        case .directiveDefinition(let directive):
            try check(directive.arguments, of: "@\(directive.name.text)")
        case .type(let type, _):
            guard case .object(_, let fields) = type.body.asObject else { break }
            for field in fields { try check(field.arguments, of: "\(type.name.text).\(field.name.text)") }
        default: break
        }
        return true
    }

    private func check(_ arguments: [AST.InputValueDefinition], of parent: String) throws(ValidationStop) {
        for names in Grouping.repeated(arguments.map(\.name)) {
            try context.report(
                "Argument '\(parent)(\(names[0].text):)' can only be defined once.",
                at: names.map(\.offset)
            )
        }
    }
}
