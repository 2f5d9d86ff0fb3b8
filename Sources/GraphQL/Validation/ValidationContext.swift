/// What the rules of one validation share.
internal final class ValidationContext {
    let schema: Schema
    let document: AST.Document
    let types: TypeTrack
    let place = Place()
    /// Whether messages leave out what might have been meant.
    let hidesSuggestions: Bool
    private(set) var errors: [GraphQLError] = []
    private let errorsMax: Int
    private var work = ValidationContext.fragmentWorkMax
    private let fragments: [String: AST.FragmentDefinition]
    private var spreads: [Int: [AST.FragmentSpread]] = [:]
    private var referenced: [Set<String>: Referenced] = [:]
    private var usages: [Int: [VariableUsage]] = [:]
    private var operationUsages: [Int: [VariableUsage]] = [:]

    /// The work that operations may cause by the fragments they share: spreads and uses of variables.
    static let fragmentWorkMax = 50_000

    init(schema: Schema, document: AST.Document, errorsMax: Int, hidesSuggestions: Bool) {
        self.schema = schema
        self.document = document
        self.errorsMax = errorsMax
        self.hidesSuggestions = hidesSuggestions
        types = TypeTrack(schema)
        var fragments: [String: AST.FragmentDefinition] = [:]
        // Of two fragments with one name the last counts, as in the reference.
        for case .fragment(let fragment) in document.definitions { fragments[fragment.name.text] = fragment }
        self.fragments = fragments
    }

    /// Takes note of an error; the places are bytes of the document.
    func report(_ message: String, at offsets: [Int]) throws(ValidationStop) {
        guard errors.count < errorsMax else { throw .errors }
        errors.append(GraphQLError(message, locations: offsets.map(document.location)))
    }

    /// Takes note of an error at one place.
    func report(_ message: String, at offset: Int) throws(ValidationStop) {
        try report(message, at: [offset])
    }

    /// Takes note that validation went no further.
    func note(_ stop: ValidationStop) {
        errors.append(GraphQLError(stop.message))
    }

    /// The words that tell what might have been meant, or none.
    func suggestions(
        for name: String,
        among options: @autoclosure () -> [String],
        _ sort: String = ""
    ) -> String {
        hidesSuggestions ? "" : Suggestions.words(Suggestions.nearest(to: name, among: options()), sort)
    }

    /// Takes from what fragments may cost.
    func spend(_ cost: Int) throws(ValidationStop) {
        work -= cost
        if work < 0 { throw .work }
    }
}

// MARK: - Fragments

extension ValidationContext {
    /// The fragments that some operations use, directly or not.
    final class Referenced {
        let fragments: [AST.FragmentDefinition]
        /// The uses of variables in them, once they were asked for.
        var usages: [VariableUsage]?

        init(_ fragments: [AST.FragmentDefinition]) {
            self.fragments = fragments
        }
    }

    /// The fragment of that name, if the document has it.
    func fragment(_ name: String) -> AST.FragmentDefinition? {
        fragments[name]
    }

    /// The spreads in a selection set and all within it, the outermost sets last to first.
    func spreads(in set: AST.SelectionSet) -> [AST.FragmentSpread] {
        if let known = spreads[set.offset] { return known }
        var found: [AST.FragmentSpread] = []
        var waiting = [set]
        while let next = waiting.popLast() {
            for selection in next.selections {
                switch selection {
                case .fragmentSpread(let spread): found.append(spread)
                case .field(let field):
                    if let inner = field.selectionSet { waiting.append(inner) }
                case .inlineFragment(let fragment): waiting.append(fragment.selectionSet)
                }
            }
        }
        spreads[set.offset] = found
        return found
    }

    /// The fragments that the operations use, directly or not, in the order in which they are met.
    func fragments(usedBy operations: [AST.OperationDefinition]) throws(ValidationStop) -> Referenced {
        var names: [String] = []
        var collected: Set<String> = []
        for operation in operations {
            for spread in spreads(in: operation.selectionSet)
            where collected.insert(spread.name.text).inserted {
                names.append(spread.name.text)
            }
        }
        let key = collected
        if let known = referenced[key] { return known }
        try spend(names.count)
        var found: [AST.FragmentDefinition] = []
        var index = 0
        while index < names.count {
            if let fragment = fragment(names[index]) {
                found.append(fragment)
                let spreads = spreads(in: fragment.selectionSet)
                try spend(spreads.count)
                for spread in spreads where collected.insert(spread.name.text).inserted {
                    names.append(spread.name.text)
                }
            }
            index += 1
        }
        let result = Referenced(found)
        referenced[key] = result
        return result
    }
}

// MARK: - Variables

/// A place where a variable is used.
internal struct VariableUsage {
    let variable: AST.Variable
    /// The type that the place has, if it is known.
    let type: TypeReference?
    /// Whether the place has a default.
    let hasDefault: Bool
}

extension ValidationContext {
    /// The uses of variables in an operation and the fragments it uses.
    func usages(of operation: AST.OperationDefinition) throws(ValidationStop) -> [VariableUsage] {
        if let known = operationUsages[operation.offset] { return known }
        let referenced = try fragments(usedBy: [operation])
        let shared = try usages(of: referenced)
        try spend(shared.count)
        let all = try usages(in: .operation(operation)) + shared
        operationUsages[operation.offset] = all
        return all
    }

    private func usages(of referenced: Referenced) throws(ValidationStop) -> [VariableUsage] {
        if let known = referenced.usages { return known }
        try spend(referenced.fragments.count)
        var all: [VariableUsage] = []
        for fragment in referenced.fragments {
            let own = try usages(in: .fragment(fragment))
            try spend(own.count)
            all += own
        }
        referenced.usages = all
        return all
    }

    private func usages(in definition: AST.Definition) throws(ValidationStop) -> [VariableUsage] {
        if let known = usages[definition.offset] { return known }
        let track = TypeTrack(schema)
        let collector = UsageCollector(track)
        try Walk(collector, types: track, place: Place()).definition(definition)
        usages[definition.offset] = collector.usages
        return collector.usages
    }
}

/// Collects the uses of variables, their definitions apart.
private final class UsageCollector: NodeVisitor {
    private(set) var usages: [VariableUsage] = []
    private let types: TypeTrack

    init(_ types: TypeTrack) {
        self.types = types
    }

    func enter(_ node: VisitedNode) -> Bool {
        switch node {
        case .variableDefinition: return false
        case .variable(let variable):
            usages.append(
                VariableUsage(variable: variable, type: types.input, hasDefault: types.placeHasDefault)
            )
            return true
        default: return true
        }
    }

    func leave(_ node: VisitedNode) {}
}
