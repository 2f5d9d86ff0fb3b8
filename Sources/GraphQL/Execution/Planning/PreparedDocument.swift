import Synchronization

/// A document that was found valid, with the plans of its operations.
internal final class PreparedDocument: Sendable {
    let document: AST.Document
    private let operations: [AST.OperationDefinition]
    private let fragments: [String: AST.FragmentDefinition]
    /// The variables that `@skip` and `@include` ask.
    private let conditionNames: [String]
    private let plans: Mutex<[PlanKey: OperationPlan]> = Mutex([:])

    /// The most plans that are kept: one for each combination of conditions that came.
    private static let plansMax = 8

    private struct PlanKey: Hashable {
        let operation: Int
        let conditions: [Bool]
    }

    init(_ document: AST.Document) {
        self.document = document
        var operations: [AST.OperationDefinition] = []
        var fragments: [String: AST.FragmentDefinition] = [:]
        var names = ConditionNames()
        for definition in document.definitions {
            switch definition {
            case .operation(let operation):
                operations.append(operation)
                names.collect(operation.selectionSet)
            case .fragment(let fragment):
                fragments[fragment.name.text] = fragment
                names.collect(fragment.selectionSet)
            case .schema, .type, .directive, .schemaExtension, .typeExtension: break
            }
        }
        self.operations = operations
        self.fragments = fragments
        conditionNames = names.names.sorted()
    }

    /// The operation of a name, or the only one.
    ///
    /// - Throws: When there is none, or more than one to choose from.
    func operation(named name: String?) throws(GraphQLError) -> Int {
        guard let name else {
            if operations.count == 1 { return 0 }
            throw GraphQLError(
                operations.isEmpty
                    ? "Must provide an operation."
                    : "Must provide operation name if query contains multiple operations."
            )
        }
        guard let place = operations.lastIndex(where: { $0.name?.text == name }) else {
            throw GraphQLError("Unknown operation named '\(name)'.")
        }
        return place
    }

    subscript(operation: Int) -> AST.OperationDefinition { operations[operation] }

    /// The plan of an operation for the values of its variables.
    func plan(
        _ operation: Int,
        of type: TypeID,
        _ variables: VariableValues,
        schema: Schema,
        resolvers: ResolverTable,
        fieldsMax: Int
    ) -> OperationPlan {
        let truths = conditionNames.map { variables[$0] == .boolean(true) }
        let key = PlanKey(operation: operation, conditions: truths)
        if let plan = plans.withLock({ $0[key] }) { return plan }
        let planner = Planner(
            schema: schema,
            resolvers: resolvers,
            fragments: fragments,
            conditions: Dictionary(zip(conditionNames, truths), uniquingKeysWith: { first, _ in first }),
            fieldsMax: fieldsMax
        )
        let plan = OperationPlan(
            selection: planner.root(operations[operation].selectionSet, of: type),
            planner: planner
        )
        plans.withLock { plans in
            if plans.count < PreparedDocument.plansMax { plans[key] = plan }
        }
        return plan
    }
}

extension PreparedDocument: Sized {
    /// What a byte of a document grows to as nodes, and a field of a plan, both measured roughly.
    private static let bytesPerByte = 24
    private static let bytesPerField = 512

    var bytes: Int {
        let fields = plans.withLock { $0.values.reduce(0) { $0 + $1.planner.fieldCount } }
        return document.source.bytes.count * PreparedDocument.bytesPerByte
            + fields * PreparedDocument.bytesPerField
    }
}

/// What an operation's answer consists of.
internal struct OperationPlan: Sendable {
    let selection: PlannedSelection
    let planner: Planner
}

/// The variables of `@skip` and `@include`.
private struct ConditionNames {
    var names: Set<String> = []

    mutating func collect(_ set: AST.SelectionSet) {
        for selection in set.selections {
            for directive in selection.directives {
                guard directive.name.text == "skip" || directive.name.text == "include" else { continue }
                for argument in directive.arguments {
                    if case .variable(let variable) = argument.value { names.insert(variable.name.text) }
                }
            }
            switch selection {
            case .field(let node): if let set = node.selectionSet { collect(set) }
            case .inlineFragment(let fragment): collect(fragment.selectionSet)
            case .fragmentSpread: break
            }
        }
    }
}
