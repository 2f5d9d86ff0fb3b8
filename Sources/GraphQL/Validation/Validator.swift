/// Checks documents against a schema by the rules of the specification.
///
/// Rules run side by side in one walk, in the order and with the messages of the reference implementation.
public enum Validator {
    /// What is wrong with a document, in the order in which it is found; nothing when it may be executed.
    ///
    /// Not more than `errorsMax` errors: where there are more, the last one says that validation went no further.
    ///
    /// - Parameters:
    ///   - document: The document.
    ///   - schema: The schema it is for.
    ///   - errorsMax: The most errors of the answer.
    ///   - hidesSuggestions: Whether messages leave out what might have been meant.
    /// - Returns: The errors.
    public static func validate(
        _ document: AST.Document,
        schema: Schema,
        errorsMax: Int = DocumentLimits.standard.errors,
        hidesSuggestions: Bool = false
    ) -> [GraphQLError] {
        run(
            executableRules,
            ValidationContext(
                schema: schema,
                document: document,
                errorsMax: errorsMax - 1,
                hidesSuggestions: hidesSuggestions
            )
        )
    }

    /// Runs rules over a document.
    internal static func run(
        _ rules: [any ValidationRule.Type],
        _ context: ValidationContext
    ) -> [GraphQLError] {
        let visitor = RuleVisitor(rules.map { $0.init(context) })
        do throws(ValidationStop) {
            try Walk(visitor, types: context.types, place: context.place).document(context.document)
        } catch {
            context.note(error)
        }
        return context.errors
    }

    /// The rules for documents that are executed, in the order in which they are asked.
    private static var executableRules: [any ValidationRule.Type] {
        [
            ExecutableDefinitionsRule.self,
            UniqueOperationNamesRule.self,
            LoneAnonymousOperationRule.self,
            SingleFieldSubscriptionsRule.self,
            KnownTypeNamesRule.self,
            FragmentsOnCompositeTypesRule.self,
            VariablesAreInputTypesRule.self,
            ScalarLeafsRule.self,
            FieldsOnCorrectTypeRule.self,
            UniqueFragmentNamesRule.self,
            KnownFragmentNamesRule.self,
            NoUnusedFragmentsRule.self,
            PossibleFragmentSpreadsRule.self,
            NoFragmentCyclesRule.self,
            UniqueVariableNamesRule.self,
            NoUndefinedVariablesRule.self,
            NoUnusedVariablesRule.self,
            KnownDirectivesRule.self,
            UniqueDirectivesPerLocationRule.self,
            KnownArgumentNamesRule.self,
            UniqueArgumentNamesRule.self,
            ValuesOfCorrectTypeRule.self,
            ProvidedRequiredArgumentsRule.self,
            VariablesInAllowedPositionRule.self,
            OverlappingFieldsCanBeMergedRule.self,
            UniqueInputFieldNamesRule.self,
        ]
    }
}

/// One rule of validation while it is applied to one document.
internal protocol ValidationRule: AnyObject {
    /// The nodes before which it is asked.
    static var entered: Set<VisitedNode.Kind> { get }
    /// The nodes behind which it is asked.
    static var left: Set<VisitedNode.Kind> { get }

    init(_ context: ValidationContext)

    /// Looks at a node before what is in it; false when it wants to see nothing of that.
    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool

    /// Looks at a node behind what is in it.
    func leave(_ node: VisitedNode) throws(ValidationStop)
}

extension ValidationRule {
    static var left: Set<VisitedNode.Kind> { [] }

    func leave(_ node: VisitedNode) throws(ValidationStop) {}
}

/// Asks all rules at each node, those apart that skip what the walk is in.
private final class RuleVisitor: NodeVisitor {
    private let rules: [any ValidationRule]
    /// By sort of node: the places of the rules that are asked.
    private let entering: [[Int]]
    private let leaving: [[Int]]
    /// By rule: the depth of the node whose inside it skips; 0 for none.
    private var skipped: [Int]
    private var depth = 0

    init(_ rules: [any ValidationRule]) {
        self.rules = rules
        skipped = Array(repeating: 0, count: rules.count)
        entering = VisitedNode.Kind.allCases.map { kind in
            rules.indices.filter { type(of: rules[$0]).entered.contains(kind) }
        }
        leaving = VisitedNode.Kind.allCases.map { kind in
            rules.indices.filter { type(of: rules[$0]).left.contains(kind) }
        }
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        depth += 1
        for index in entering[node.kind.rawValue] where skipped[index] == 0 {
            if try !rules[index].enter(node) { skipped[index] = depth }
        }
        return true
    }

    func leave(_ node: VisitedNode) throws(ValidationStop) {
        for index in leaving[node.kind.rawValue] where skipped[index] == 0 {
            try rules[index].leave(node)
        }
        for index in skipped.indices where skipped[index] == depth { skipped[index] = 0 }
        depth -= 1
    }
}
