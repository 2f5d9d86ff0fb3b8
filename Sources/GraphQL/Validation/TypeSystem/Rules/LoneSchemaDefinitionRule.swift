/// A document defines the schema itself once at most.
internal final class LoneSchemaDefinitionRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.schema]
    private let context: ValidationContext
    private var isDefined = false

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .schema(let schema, isExtension: false) = node else { return true }
        if isDefined {
            try context.report("Must provide only one schema definition.", at: schema.offset)
        }
        isDefined = true
        return true
    }
}
