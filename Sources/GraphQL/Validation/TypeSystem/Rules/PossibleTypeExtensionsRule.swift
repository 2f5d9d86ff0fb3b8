/// What is extended is defined, as a type of the same sort.
internal final class PossibleTypeExtensionsRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.type]
    private let context: ValidationContext
    private let defined: [String: AST.TypeDefinition]

    init(_ context: ValidationContext) {
        self.context = context
        var defined: [String: AST.TypeDefinition] = [:]
        for case .type(let type) in context.document.definitions { defined[type.name.text] = type }
        self.defined = defined
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .type(let type, isExtension: true) = node else { return true }
        let name = type.name.text
        if let definition = defined[name] {
            if definition.body.words != type.body.words {
                try context.report(
                    "Cannot extend non-\(type.body.words) type '\(name)'.",
                    at: [definition.offset, type.offset]
                )
            }
        } else {
            let suggestions = context.suggestions(for: name, among: Array(defined.keys))
            try context.report(
                "Cannot extend type '\(name)' because it is not defined.\(suggestions)",
                at: type.name.offset
            )
        }
        return true
    }
}

extension AST.TypeDefinition.Body {
    /// The sort of type in words.
    fileprivate var words: String {
        switch self {
        case .scalar: "scalar"
        case .object: "object"
        case .interface: "interface"
        case .union: "union"
        case .enumeration: "enum"
        case .inputObject: "input object"
        }
    }
}
