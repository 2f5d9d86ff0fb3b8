/// Arguments that are given are there.
internal final class KnownArgumentNamesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.argument, .directive]
    private let context: ValidationContext
    private let directives: KnownArgumentNamesOnDirectivesRule

    init(_ context: ValidationContext) {
        self.context = context
        directives = KnownArgumentNamesOnDirectivesRule(context)
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .argument(let argument) = node else { return try directives.enter(node) }
        guard context.types.argument == nil, let definition = context.types.field,
            let parent = context.types.parent, let field = context.place.fields.last
        else { return true }
        let name = argument.name.text
        let suggestions = context.suggestions(for: name, among: definition.arguments.map(\.name))
        let place = "\(context.schema[parent].name).\(field.name.text)"
        try context.report(
            "Unknown argument '\(name)' on field '\(place)'.\(suggestions)",
            at: argument.offset
        )
        return true
    }
}

/// Arguments that are given to directives are there.
internal final class KnownArgumentNamesOnDirectivesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.directive]
    private let context: ValidationContext
    private let arguments: [String: [String]]

    init(_ context: ValidationContext) {
        self.context = context
        var arguments: [String: [String]] = [:]
        for directive in context.schema.directives {
            arguments[directive.name] = directive.arguments.map(\.name)
        }
        for case .directive(let directive) in context.document.definitions {
            arguments[directive.name.text] = directive.arguments.map(\.name.text)
        }
        self.arguments = arguments
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .directive(let directive) = node else { return true }
        let name = directive.name.text
        guard let known = arguments[name] else { return false }
        for argument in directive.arguments where !known.contains(argument.name.text) {
            let suggestions = context.suggestions(for: argument.name.text, among: known)
            try context.report(
                "Unknown argument '\(argument.name.text)' on directive '@\(name)'.\(suggestions)",
                at: argument.offset
            )
        }
        return false
    }
}
