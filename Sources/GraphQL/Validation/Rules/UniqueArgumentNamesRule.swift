/// No argument is given twice.
internal final class UniqueArgumentNamesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.field, .directive]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        switch node {
        case .field(let field): try check(field.arguments)
        case .directive(let directive): try check(directive.arguments)
        default: break
        }
        return true
    }

    private func check(_ arguments: [AST.Argument]) throws(ValidationStop) {
        for names in Grouping.repeated(arguments.map(\.name)) {
            try context.report(
                "There can be only one argument named '\(names[0].text)'.",
                at: names.map(\.offset)
            )
        }
    }
}
