/// A walk through the nodes of a document in the order of the reference implementation.
///
/// It calls itself for what is nested; how deep that is the parser has limited.
internal struct Walk<Visitor: NodeVisitor> {
    let visitor: Visitor
    let types: TypeTrack
    let place: Place

    init(_ visitor: Visitor, types: TypeTrack, place: Place) {
        self.visitor = visitor
        self.types = types
        self.place = place
    }

    func document(_ document: AST.Document) throws(ValidationStop) {
        guard try enter(.document(document)) else { return }
        for definition in document.definitions { try self.definition(definition) }
        try leave(.document(document))
    }

    func definition(_ definition: AST.Definition) throws(ValidationStop) {
        place.isTypeSystem = true
        switch definition {
        case .operation(let node):
            place.isTypeSystem = false
            try operation(node)
        case .fragment(let node):
            place.isTypeSystem = false
            try fragment(node)
        case .schema(let node): try schema(node, isExtension: false)
        case .schemaExtension(let node): try schema(node, isExtension: true)
        case .type(let node): try type(node, isExtension: false)
        case .typeExtension(let node): try type(node, isExtension: true)
        case .directive(let node):
            guard try enter(.directiveDefinition(node)) else { return }
            try inputValues(node.arguments, .argumentDefinition)
            try leave(.directiveDefinition(node))
        }
    }

    private func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        types.enter(node)
        guard try visitor.enter(node) else {
            types.leave(node)
            return false
        }
        return true
    }

    private func leave(_ node: VisitedNode) throws(ValidationStop) {
        try visitor.leave(node)
        types.leave(node)
    }
}

/// Where a walk is, as far as rules ask for it.
internal final class Place {
    /// Whether the definition at hand is one of the type system.
    var isTypeSystem = false
    /// What the directive at hand stands at.
    var directiveLocation = DirectiveLocation.query
    /// Whether the argument at hand is a directive's.
    var isInDirective = false
    /// The fields around the node at hand, the innermost last.
    var fields: [AST.Field] = []
}

// MARK: - Executable definitions

extension Walk {
    private func operation(_ node: AST.OperationDefinition) throws(ValidationStop) {
        guard try enter(.operation(node)) else { return }
        for variable in node.variables { try variableDefinition(variable) }
        let location: DirectiveLocation =
            switch node.operation {
            case .query: .query
            case .mutation: .mutation
            case .subscription: .subscription
            }
        try directives(node.directives, location)
        try selectionSet(node.selectionSet)
        try leave(.operation(node))
    }

    private func variableDefinition(_ node: AST.VariableDefinition) throws(ValidationStop) {
        guard try enter(.variableDefinition(node)) else { return }
        try variable(node.variable)
        try typeReference(node.type)
        if let value = node.defaultValue { try self.value(value) }
        try directives(node.directives, .variableDefinition)
        try leave(.variableDefinition(node))
    }

    private func variable(_ node: AST.Variable) throws(ValidationStop) {
        guard try enter(.variable(node)) else { return }
        try leave(.variable(node))
    }

    private func fragment(_ node: AST.FragmentDefinition) throws(ValidationStop) {
        guard try enter(.fragment(node)) else { return }
        try namedType(node.typeCondition)
        try directives(node.directives, .fragmentDefinition)
        try selectionSet(node.selectionSet)
        try leave(.fragment(node))
    }

    private func selectionSet(
        _ node: AST.SelectionSet,
        ofInlineFragment: Bool = false
    ) throws(ValidationStop) {
        let visited = VisitedNode.selectionSet(node, ofInlineFragment: ofInlineFragment)
        guard try enter(visited) else { return }
        for selection in node.selections {
            switch selection {
            case .field(let field): try self.field(field)
            case .fragmentSpread(let spread):
                guard try enter(.fragmentSpread(spread)) else { continue }
                try directives(spread.directives, .fragmentSpread)
                try leave(.fragmentSpread(spread))
            case .inlineFragment(let fragment):
                guard try enter(.inlineFragment(fragment)) else { continue }
                if let condition = fragment.typeCondition { try namedType(condition) }
                try directives(fragment.directives, .inlineFragment)
                try selectionSet(fragment.selectionSet, ofInlineFragment: true)
                try leave(.inlineFragment(fragment))
            }
        }
        try leave(visited)
    }

    private func field(_ node: AST.Field) throws(ValidationStop) {
        guard try enter(.field(node)) else { return }
        place.fields.append(node)
        try arguments(node.arguments, isInDirective: false)
        try directives(node.directives, .field)
        if let selectionSet = node.selectionSet { try self.selectionSet(selectionSet) }
        place.fields.removeLast()
        try leave(.field(node))
    }

    private func arguments(_ arguments: [AST.Argument], isInDirective: Bool) throws(ValidationStop) {
        for argument in arguments {
            place.isInDirective = isInDirective
            guard try enter(.argument(argument)) else { continue }
            try value(argument.value)
            try leave(.argument(argument))
        }
    }

    private func directives(
        _ directives: [AST.Directive],
        _ location: DirectiveLocation
    ) throws(ValidationStop) {
        for directive in directives {
            place.directiveLocation = location
            guard try enter(.directive(directive)) else { continue }
            try arguments(directive.arguments, isInDirective: true)
            try leave(.directive(directive))
        }
    }

    private func value(_ value: AST.Value) throws(ValidationStop) {
        if case .variable(let variable) = value { return try self.variable(variable) }
        guard try enter(.value(value)) else { return }
        switch value {
        case .list(let list):
            for element in list.values { try self.value(element) }
        case .object(let object):
            for field in object.fields {
                guard try enter(.objectField(field)) else { continue }
                try self.value(field.value)
                try leave(.objectField(field))
            }
        default: break
        }
        try leave(.value(value))
    }

    private func typeReference(_ type: AST.TypeReference) throws(ValidationStop) {
        try namedType(type.namedType)
    }

    private func namedType(_ type: AST.NamedType) throws(ValidationStop) {
        guard try enter(.namedType(type)) else { return }
        try leave(.namedType(type))
    }
}

// MARK: - The type system

extension Walk {
    private func schema(_ node: AST.SchemaDefinition, isExtension: Bool) throws(ValidationStop) {
        guard try enter(.schema(node, isExtension: isExtension)) else { return }
        try directives(node.directives, .schema)
        for type in node.operationTypes {
            guard try enter(.operationType(type)) else { continue }
            try namedType(type.type)
            try leave(.operationType(type))
        }
        try leave(.schema(node, isExtension: isExtension))
    }

    private func type(_ node: AST.TypeDefinition, isExtension: Bool) throws(ValidationStop) {
        guard try enter(.type(node, isExtension: isExtension)) else { return }
        switch node.body {
        case .scalar: try directives(node.directives, .scalar)
        case .object(let interfaces, let fields):
            for interface in interfaces { try namedType(interface) }
            try directives(node.directives, .object)
            for field in fields { try fieldDefinition(field) }
        case .interface(let interfaces, let fields):
            for interface in interfaces { try namedType(interface) }
            try directives(node.directives, .interface)
            for field in fields { try fieldDefinition(field) }
        case .union(let types):
            try directives(node.directives, .union)
            for type in types { try namedType(type) }
        case .enumeration(let values):
            try directives(node.directives, .enumeration)
            for value in values {
                guard try enter(.enumValueDefinition(value)) else { continue }
                try directives(value.directives, .enumValue)
                try leave(.enumValueDefinition(value))
            }
        case .inputObject(let fields):
            try directives(node.directives, .inputObject)
            // Of an extension's fields the reference says that they are arguments.
            try inputValues(fields, isExtension ? .argumentDefinition : .inputFieldDefinition)
        }
        try leave(.type(node, isExtension: isExtension))
    }

    private func fieldDefinition(_ node: AST.FieldDefinition) throws(ValidationStop) {
        guard try enter(.fieldDefinition(node)) else { return }
        try inputValues(node.arguments, .argumentDefinition)
        try typeReference(node.type)
        try directives(node.directives, .fieldDefinition)
        try leave(.fieldDefinition(node))
    }

    private func inputValues(
        _ nodes: [AST.InputValueDefinition],
        _ location: DirectiveLocation
    ) throws(ValidationStop) {
        for node in nodes {
            guard try enter(.inputValueDefinition(node)) else { continue }
            try typeReference(node.type)
            if let value = node.defaultValue { try self.value(value) }
            try directives(node.directives, location)
            try leave(.inputValueDefinition(node))
        }
    }
}
