/// A node as a walk through a document meets it.
internal enum VisitedNode {
    case document(AST.Document)
    case operation(AST.OperationDefinition)
    case fragment(AST.FragmentDefinition)
    case variableDefinition(AST.VariableDefinition)
    case variable(AST.Variable)
    /// A selection set, and whether it is an inline fragment's.
    case selectionSet(AST.SelectionSet, ofInlineFragment: Bool)
    case field(AST.Field)
    case argument(AST.Argument)
    case fragmentSpread(AST.FragmentSpread)
    case inlineFragment(AST.InlineFragment)
    case directive(AST.Directive)
    /// Any value but a variable.
    case value(AST.Value)
    case objectField(AST.ObjectField)
    case namedType(AST.NamedType)
    case schema(AST.SchemaDefinition, isExtension: Bool)
    case operationType(AST.OperationTypeDefinition)
    case type(AST.TypeDefinition, isExtension: Bool)
    case directiveDefinition(AST.DirectiveDefinition)
    case fieldDefinition(AST.FieldDefinition)
    case inputValueDefinition(AST.InputValueDefinition)
    case enumValueDefinition(AST.EnumValueDefinition)

    /// The sorts of nodes, by which rules say what they want to see.
    enum Kind: Int, CaseIterable {
        case document
        case operation
        case fragment
        case variableDefinition
        case variable
        case selectionSet
        case field
        case argument
        case fragmentSpread
        case inlineFragment
        case directive
        case value
        case objectField
        case namedType
        case schema
        case operationType
        case type
        case directiveDefinition
        case fieldDefinition
        case inputValueDefinition
        case enumValueDefinition
    }

    var kind: Kind {
        switch self {
        case .document: .document
        case .operation: .operation
        case .fragment: .fragment
        case .variableDefinition: .variableDefinition
        case .variable: .variable
        case .selectionSet: .selectionSet
        case .field: .field
        case .argument: .argument
        case .fragmentSpread: .fragmentSpread
        case .inlineFragment: .inlineFragment
        case .directive: .directive
        case .value: .value
        case .objectField: .objectField
        case .namedType: .namedType
        case .schema: .schema
        case .operationType: .operationType
        case .type: .type
        case .directiveDefinition: .directiveDefinition
        case .fieldDefinition: .fieldDefinition
        case .inputValueDefinition: .inputValueDefinition
        case .enumValueDefinition: .enumValueDefinition
        }
    }

    /// The directives of the node, if it is one that has them.
    var directives: [AST.Directive] {
        switch self {
        case .operation(let node): node.directives
        case .fragment(let node): node.directives
        case .variableDefinition(let node): node.directives
        case .field(let node): node.directives
        case .fragmentSpread(let node): node.directives
        case .inlineFragment(let node): node.directives
        case .schema(let node, _): node.directives
        case .type(let node, _): node.directives
        case .fieldDefinition(let node): node.directives
        case .inputValueDefinition(let node): node.directives
        case .enumValueDefinition(let node): node.directives
        case .document, .variable, .selectionSet, .argument, .directive, .value, .objectField, .namedType,
            .operationType, .directiveDefinition:
            []
        }
    }
}

/// Whoever is told of the nodes of a walk.
internal protocol NodeVisitor: AnyObject {
    /// Called before what is in the node; false leaves out what is in it, and its `leave`.
    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool

    /// Called behind what is in the node.
    func leave(_ node: VisitedNode) throws(ValidationStop)
}

/// Thrown where validation goes no further, with what to tell of it.
internal struct ValidationStop: Error {
    let message: String

    static let errors = ValidationStop(
        message: "Too many validation errors, error limit reached. Validation aborted."
    )
    static let work = ValidationStop(message: "Validation aborted.")
}
