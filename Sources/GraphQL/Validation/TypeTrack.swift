/// Which types the places of a document have, while a walk goes through it.
internal final class TypeTrack {
    private let schema: Schema
    private var outputs: [TypeReference?] = []
    private var parents: [TypeID?] = []
    private var inputs: [TypeReference?] = []
    private var fields: [FieldDefinition?] = []
    private var hasDefault: [Bool] = []
    /// The directive whose arguments are walked, if it is known.
    private(set) var directive: DirectiveDefinition?
    /// The argument that is walked, if it is known.
    private(set) var argument: InputDefinition?

    init(_ schema: Schema) {
        self.schema = schema
    }

    /// The type of the field or fragment at hand.
    var output: TypeReference? { outputs.last ?? nil }

    /// The type that is selected from.
    var parent: TypeID? { parents.last ?? nil }

    /// The type that the value at hand must have.
    var input: TypeReference? { inputs.last ?? nil }

    /// The type around that of the value at hand.
    var parentInput: TypeReference? { inputs.count > 1 ? inputs[inputs.count - 2] : nil }

    /// The field at hand, if it is known.
    var field: FieldDefinition? { fields.last ?? nil }

    /// Whether the place of the value at hand has a default.
    var placeHasDefault: Bool { hasDefault.last ?? false }

    func enter(_ node: VisitedNode) {
        switch node {
        case .selectionSet:
            let type = output?.named
            parents.append(type.flatMap { schema[$0].isComposite ? $0 : nil })
        case .field(let field):
            let definition = parent.flatMap { schema.field(field.name.text, of: $0) }
            fields.append(definition)
            outputs.append(definition.flatMap { schema[$0.type.named].isOutput ? $0.type : nil })
        case .directive(let directive):
            self.directive = schema.directive(named: directive.name.text)
        case .operation(let operation):
            let root = schema.root(of: operation.operation)
            outputs.append(root.flatMap { schema[$0].isObject ? TypeReference($0) : nil })
        case .inlineFragment(let fragment):
            if let condition = fragment.typeCondition {
                enterFragment(condition)
            } else {
                outputs.append(output.map { TypeReference($0.named) })
            }
        case .fragment(let fragment): enterFragment(fragment.typeCondition)
        case .variableDefinition(let definition):
            inputs.append(
                schema.reference(to: definition.type).flatMap { schema[$0.named].isInput ? $0 : nil }
            )
        case .argument(let argument): enterArgument(argument.name.text)
        case .value(.list):
            let nullable = input?.nullable
            enterPlace(nullable?.element ?? nullable, hasDefault: false)
        case .objectField(let field):
            let type = input.flatMap { schema[$0.named].inputObject?.fields[field.name.text] }
            enterPlace(type?.type, hasDefault: type?.defaultValue != nil)
        default: break
        }
    }

    func leave(_ node: VisitedNode) {
        switch node {
        case .selectionSet: parents.removeLast()
        case .field:
            fields.removeLast()
            outputs.removeLast()
        case .directive: directive = nil
        case .operation, .inlineFragment, .fragment: outputs.removeLast()
        case .variableDefinition: inputs.removeLast()
        case .argument:
            argument = nil
            leavePlace()
        case .value(.list), .objectField: leavePlace()
        default: break
        }
    }

    private func enterFragment(_ condition: AST.NamedType) {
        let type = schema.type(named: condition.name.text)
        outputs.append(type.flatMap { schema[$0].isOutput ? TypeReference($0) : nil })
    }

    private func enterArgument(_ name: String) {
        // An unknown directive's arguments are looked for in the field that it stands at, as the reference does.
        argument = directive.map { $0.argument(name) } ?? field?.argument(name)
        enterPlace(argument?.type, hasDefault: argument?.defaultValue != nil)
    }

    private func enterPlace(_ type: TypeReference?, hasDefault: Bool) {
        self.hasDefault.append(hasDefault)
        inputs.append(type.flatMap { schema[$0.named].isInput ? $0 : nil })
    }

    private func leavePlace() {
        hasDefault.removeLast()
        inputs.removeLast()
    }
}
