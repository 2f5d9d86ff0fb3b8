/// A document that is executed holds operations and fragments alone.
internal final class ExecutableDefinitionsRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.document]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        for definition in context.document.definitions {
            let name: String
            switch definition {
            case .operation, .fragment: continue
            case .schema, .schemaExtension: name = "schema"
            case .type(let type), .typeExtension(let type): name = "'\(type.name.text)'"
            case .directive(let directive): name = "'\(directive.name.text)'"
            }
            try context.report("The \(name) definition is not executable.", at: definition.offset)
        }
        return true
    }
}
