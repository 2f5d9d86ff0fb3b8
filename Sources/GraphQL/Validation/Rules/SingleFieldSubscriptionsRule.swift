/// A subscription selects one field, and none of introspection.
internal final class SingleFieldSubscriptionsRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.operation]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    /// The fields under each key of the answer, keys in their order.
    private struct Fields {
        var keys: [String] = []
        var byKey: [String: [AST.Field]] = [:]
        var seen: Set<String> = []

        mutating func append(_ field: AST.Field) {
            if byKey[field.responseKey] == nil { keys.append(field.responseKey) }
            byKey[field.responseKey, default: []].append(field)
        }
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .operation(let operation) = node, operation.operation == .subscription,
            let root = context.schema.subscription
        else { return true }
        let name = operation.name.map { "Subscription '\($0.text)'" } ?? "Anonymous Subscription"
        var fields = Fields()
        try collect(operation.selectionSet, of: root, into: &fields)
        if fields.keys.count > 1 {
            let extra = fields.keys.dropFirst().flatMap { fields.byKey[$0] ?? [] }
            try context.report("\(name) must select only one top level field.", at: extra.map(\.offset))
        }
        for key in fields.keys {
            guard let nodes = fields.byKey[key], nodes.first?.name.text.hasPrefix("__") == true else {
                continue
            }
            try context.report(
                "\(name) must not select an introspection top level field.",
                at: nodes.map(\.offset)
            )
        }
        return true
    }

    private func collect(
        _ set: AST.SelectionSet,
        of root: TypeID,
        into fields: inout Fields
    ) throws(ValidationStop) {
        try context.spend(set.selections.count)
        for selection in set.selections where isIncluded(selection) {
            switch selection {
            case .field(let field): fields.append(field)
            case .inlineFragment(let fragment):
                guard matches(fragment.typeCondition, root) else { continue }
                try collect(fragment.selectionSet, of: root, into: &fields)
            case .fragmentSpread(let spread):
                guard fields.seen.insert(spread.name.text).inserted,
                    let fragment = context.fragment(spread.name.text),
                    matches(fragment.typeCondition, root)
                else { continue }
                try collect(fragment.selectionSet, of: root, into: &fields)
            }
        }
    }

    /// Whether the selection is not left out whatever the variables are.
    private func isIncluded(_ selection: AST.Selection) -> Bool {
        !isGiven("skip", true, selection) && !isGiven("include", false, selection)
    }

    private func isGiven(_ name: String, _ value: Bool, _ selection: AST.Selection) -> Bool {
        let directive = selection.directives.first { $0.name.text == name }
        let condition = directive?.arguments.last { $0.name.text == "if" }
        guard case .boolean(let given) = condition?.value else { return false }
        return given.value == value
    }

    private func matches(_ condition: AST.NamedType?, _ root: TypeID) -> Bool {
        guard let condition else { return true }
        guard let type = context.schema.type(named: condition.name.text) else { return false }
        return context.schema.possibleTypes(of: type).contains(root)
    }
}
