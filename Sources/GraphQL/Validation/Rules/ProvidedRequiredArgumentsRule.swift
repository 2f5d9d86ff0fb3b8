/// Arguments that must be given are given.
internal final class ProvidedRequiredArgumentsRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = []
    static let left: Set<VisitedNode.Kind> = [.field, .directive]
    private let context: ValidationContext
    private let directives: ProvidedRequiredArgumentsOnDirectivesRule

    init(_ context: ValidationContext) {
        self.context = context
        directives = ProvidedRequiredArgumentsOnDirectivesRule(context)
    }

    func enter(_ node: VisitedNode) -> Bool { true }

    func leave(_ node: VisitedNode) throws(ValidationStop) {
        guard case .field(let field) = node else { return try directives.leave(node) }
        guard let definition = context.types.field else { return }
        for argument in definition.arguments where argument.isRequired {
            guard !field.arguments.contains(where: { $0.name.text == argument.name }) else { continue }
            let type = context.schema.text(of: argument.type)
            try context.report(
                "Field '\(field.name.text)' argument '\(argument.name)' of type '\(type)' is required,"
                    + " but it was not provided.",
                at: field.offset
            )
        }
    }
}

/// Arguments that must be given to directives are given.
internal final class ProvidedRequiredArgumentsOnDirectivesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = []
    static let left: Set<VisitedNode.Kind> = [.directive]
    private let context: ValidationContext
    /// The names and types of the arguments that each directive must have.
    private let required: [String: [(name: String, type: String)]]

    init(_ context: ValidationContext) {
        self.context = context
        var required: [String: [(name: String, type: String)]] = [:]
        for directive in context.schema.directives {
            required[directive.name] = directive.arguments.filter(\.isRequired)
                .map { ($0.name, context.schema.text(of: $0.type)) }
        }
        for case .directive(let directive) in context.document.definitions {
            required[directive.name.text] = directive.arguments.filter(\.isRequired)
                .map { ($0.name.text, Printer.print($0.type)) }
        }
        self.required = required
    }

    func enter(_ node: VisitedNode) -> Bool { true }

    func leave(_ node: VisitedNode) throws(ValidationStop) {
        guard case .directive(let directive) = node else { return }
        let name = directive.name.text
        for argument in required[name] ?? [] {
            guard !directive.arguments.contains(where: { $0.name.text == argument.name }) else { continue }
            try context.report(
                "Directive '@\(name)' argument '\(argument.name)' of type '\(argument.type)' is required,"
                    + " but it was not provided.",
                at: directive.offset
            )
        }
    }
}

extension AST.InputValueDefinition {
    /// Whether a value must be given: never null, and without a default.
    var isRequired: Bool {
        guard case .nonNull = type else { return false }
        return defaultValue == nil
    }
}
