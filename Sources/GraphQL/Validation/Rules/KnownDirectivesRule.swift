/// Directives are there, and stand where they may.
internal final class KnownDirectivesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.directive]
    private let context: ValidationContext
    /// Where each directive may stand, by the names of the places.
    private let locations: [String: [String]]

    init(_ context: ValidationContext) {
        self.context = context
        var locations: [String: [String]] = [:]
        for directive in context.schema.directives {
            locations[directive.name] = directive.locations.map(\.rawValue)
        }
        for case .directive(let directive) in context.document.definitions {
            locations[directive.name.text] = directive.locations.map(\.text)
        }
        self.locations = locations
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .directive(let directive) = node else { return true }
        let name = directive.name.text
        guard let locations = locations[name], !locations.isEmpty else {
            try context.report("Unknown directive '@\(name)'.", at: directive.offset)
            return true
        }
        let location = context.place.directiveLocation.rawValue
        if !locations.contains(location) {
            let words = location.lowercased().split(separator: "_").joined(separator: " ")
            try context.report("Directive '@\(name)' may not be used on \(words).", at: directive.offset)
        }
        return true
    }
}
