/// How large the operations of a document are, fragments included, counted before anything else is done with it.
///
/// Every fragment is counted once and its figures are added wherever it is spread; a circle of fragments counts as if
/// it were cut where it closes, and is refused by validation. Sums that do not fit stay at the largest number.
public struct DocumentSize: Sendable {
    /// The figures of a selection.
    public struct Figures: Hashable, Sendable {
        /// Fields within fields.
        public internal(set) var depth = 0
        /// Fields in all.
        public internal(set) var fields = 0
        /// Fields with an alias.
        public internal(set) var aliases = 0
        /// Directives in all.
        public internal(set) var directives = 0
    }

    /// The operations with their figures, in the order of the document.
    public let operations: [(operation: AST.OperationDefinition, figures: Figures)]
    private let document: AST.Document
    private let fragments: Int

    /// Counts a document.
    public init(_ document: AST.Document) {
        self.document = document
        var count = FigureCount(document)
        var operations: [(AST.OperationDefinition, Figures)] = []
        var fragments = 0
        for definition in document.definitions {
            switch definition {
            case .operation(let operation):
                count.prepare(operation.selectionSet)
                var figures = count.figures(of: operation.selectionSet)
                figures.add(directives: operation.directives)
                for variable in operation.variables { figures.add(directives: variable.directives) }
                operations.append((operation, figures))
            case .fragment: fragments += 1
            default: break
            }
        }
        self.operations = operations
        self.fragments = fragments
    }

    /// What is beyond the limits, one error for each; nothing when the document may be validated.
    public func errors(limits: DocumentLimits) -> [GraphQLError] {
        var errors: [GraphQLError] = []
        func check(_ number: Int, _ limit: Int, _ what: String, _ code: String, at offset: Int? = nil) {
            guard number > limit, errors.count < limits.errors else { return }
            errors.append(
                GraphQLError(
                    "\(what), more than the limit of \(limit).",
                    locations: offset.map { [document.location($0)] } ?? [],
                    code: code
                )
            )
        }
        check(
            operations.count,
            limits.operations,
            "The document has \(operations.count) operations",
            "OPERATION_LIMIT"
        )
        check(fragments, limits.fragments, "The document has \(fragments) fragments", "FRAGMENT_LIMIT")
        for (operation, size) in operations {
            let name = operation.name.map { "Operation '\($0.text)'" } ?? "The operation"
            let variables = operation.variables.count
            let at = operation.offset
            check(variables, limits.variables, "\(name) has \(variables) variables", "VARIABLE_LIMIT", at: at)
            check(size.depth, limits.depth, "\(name) is \(size.depth) levels deep", "DEPTH_LIMIT", at: at)
            check(size.fields, limits.fields, "\(name) selects \(size.fields) fields", "FIELD_LIMIT", at: at)
            check(size.aliases, limits.aliases, "\(name) has \(size.aliases) aliases", "ALIAS_LIMIT", at: at)
            check(
                size.directives,
                limits.directives,
                "\(name) has \(size.directives) directives",
                "DIRECTIVE_LIMIT",
                at: at
            )
        }
        return errors
    }
}

extension DocumentSize.Figures {
    /// Adds what is selected beside, or within a field when `levels` is 1.
    fileprivate mutating func add(_ other: Self, below levels: Int = 0) {
        depth = max(depth, Self.sum(other.depth, levels))
        fields = Self.sum(fields, other.fields)
        aliases = Self.sum(aliases, other.aliases)
        directives = Self.sum(directives, other.directives)
    }

    fileprivate mutating func add(directives nodes: [AST.Directive]) {
        directives = Self.sum(directives, nodes.count)
    }

    fileprivate mutating func add(_ field: AST.Field) {
        depth = max(depth, 1)
        fields = Self.sum(fields, 1)
        if field.alias != nil { aliases = Self.sum(aliases, 1) }
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, isBeyond) = left.addingReportingOverflow(right)
        return isBeyond ? Int.max : sum
    }
}

/// Counts selection sets, each fragment once.
private struct FigureCount {
    private var fragments: [String: AST.FragmentDefinition] = [:]
    private var known: [String: DocumentSize.Figures] = [:]

    init(_ document: AST.Document) {
        for case .fragment(let fragment) in document.definitions { fragments[fragment.name.text] = fragment }
    }

    /// A fragment whose own spreads are counted first.
    private struct Open {
        let fragment: AST.FragmentDefinition
        var spreads: [String]
    }

    /// Counts all fragments that a selection set needs, those first that others need.
    ///
    /// By a stack of its own, since chains of fragments may be long.
    mutating func prepare(_ set: AST.SelectionSet) {
        var begun: Set<String> = []
        var stack: [Open] = []
        func open(_ name: String) {
            guard known[name] == nil, let fragment = fragments[name], begun.insert(name).inserted else {
                return
            }
            stack.append(Open(fragment: fragment, spreads: Self.spreads(in: fragment.selectionSet)))
        }
        for name in Self.spreads(in: set) {
            open(name)
            while let last = stack.last {
                if let next = last.spreads.last {
                    stack[stack.count - 1].spreads.removeLast()
                    open(next)
                } else {
                    stack.removeLast()
                    var figures = figures(of: last.fragment.selectionSet)
                    figures.add(directives: last.fragment.directives)
                    known[last.fragment.name.text] = figures
                }
            }
        }
    }

    /// The figures of a selection set whose fragments were counted; one that was not is in a circle and counts nothing.
    func figures(of set: AST.SelectionSet) -> DocumentSize.Figures {
        var figures = DocumentSize.Figures()
        for selection in set.selections {
            figures.add(directives: selection.directives)
            switch selection {
            case .field(let field):
                figures.add(field)
                if let inner = field.selectionSet { figures.add(self.figures(of: inner), below: 1) }
            case .inlineFragment(let fragment): figures.add(self.figures(of: fragment.selectionSet))
            case .fragmentSpread(let spread):
                if let fragment = known[spread.name.text] { figures.add(fragment) }
            }
        }
        return figures
    }

    private static func spreads(in set: AST.SelectionSet) -> [String] {
        var names: [String] = []
        var waiting = [set]
        while let next = waiting.popLast() {
            for selection in next.selections {
                switch selection {
                case .fragmentSpread(let spread): names.append(spread.name.text)
                case .inlineFragment(let fragment): waiting.append(fragment.selectionSet)
                case .field(let field):
                    if let inner = field.selectionSet { waiting.append(inner) }
                }
            }
        }
        return names
    }
}
