/// Variables have types that go in.
internal final class VariablesAreInputTypesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.variableDefinition]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .variableDefinition(let definition) = node,
            let type = context.schema.reference(to: definition.type), !context.schema[type.named].isInput
        else { return true }
        let name = definition.variable.name.text
        let text = Printer.print(definition.type)
        try context.report(
            "Variable '$\(name)' cannot be non-input type '\(text)'.",
            at: definition.type.offset
        )
        return true
    }
}
