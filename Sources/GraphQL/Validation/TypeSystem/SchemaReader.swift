/// Makes a schema of its definition in the language: `type Query { … }` and so on.
public struct SchemaReader {
    private var assembly = SchemaAssembly()
    private let inputs: [String: [AST.InputValueDefinition]]

    /// The schema that a text defines, extensions included.
    ///
    /// - Throws: `SchemaFault` with everything that is wrong with the text.
    public static func read(_ source: Source) throws(SchemaFault) -> Schema {
        let document: AST.Document
        do {
            document = try Parser.parse(source, limits: limits)
        } catch {
            throw SchemaFault(messages: [error.message])
        }
        return try read(document)
    }

    /// The schema that a document defines, extensions included.
    ///
    /// - Throws: `SchemaFault` with everything that is wrong with the document.
    public static func read(_ document: AST.Document) throws(SchemaFault) -> Schema {
        let errors = try SchemaDocumentRules.check(document)
        guard errors.isEmpty else { throw SchemaFault(messages: errors.map(\.message)) }
        var reader = SchemaReader(document)
        try reader.define(document)
        return try reader.assembly.finish()
    }

    /// What a schema's text may hold: many tokens, since it comes from whoever runs the program.
    private static let limits = DocumentLimits(tokens: 1_000_000, nesting: 64)

    private init(_ document: AST.Document) {
        var inputs: [String: [AST.InputValueDefinition]] = [:]
        for definition in document.definitions {
            guard case .type(let type) = definition.asType, case .inputObject(let fields) = type.body
            else { continue }
            inputs[type.name.text, default: []] += fields
        }
        self.inputs = inputs
    }

    private mutating func define(_ document: AST.Document) throws(SchemaFault) {
        var extensions: [String: [AST.TypeDefinition]] = [:]
        for case .typeExtension(let type) in document.definitions {
            extensions[type.name.text, default: []].append(type)
        }
        var namesRoots = false
        for definition in document.definitions {
            switch definition {
            case .type(let type): try define(type, extensions[type.name.text] ?? [])
            case .directive(let directive): try define(directive)
            case .schema(let schema):
                namesRoots = true
                assembly.description = schema.description?.text
                define(schema.operationTypes)
            case .schemaExtension(let schema): define(schema.operationTypes)
            case .operation, .fragment, .typeExtension: break
            }
        }
        guard !namesRoots else { return }
        for (name, root) in [
            ("Query", \SchemaAssembly.query), ("Mutation", \.mutation), ("Subscription", \.subscription),
        ] where assembly.isDefined(name) && assembly[keyPath: root] == nil {
            assembly[keyPath: root] = assembly.id(for: name)
        }
    }

    private mutating func define(_ roots: [AST.OperationTypeDefinition]) {
        for root in roots {
            let id = assembly.id(for: root.type.name.text)
            switch root.operation {
            case .query: assembly.query = id
            case .mutation: assembly.mutation = id
            case .subscription: assembly.subscription = id
            }
        }
    }
}

extension AST.Definition {
    /// The definition with a type's extension as a type.
    fileprivate var asType: AST.Definition {
        if case .typeExtension(let type) = self { .type(type) } else { self }
    }
}

// MARK: - Types

extension SchemaReader {
    private mutating func define(
        _ type: AST.TypeDefinition,
        _ extensions: [AST.TypeDefinition]
    ) throws(SchemaFault) {
        let all = [type] + extensions
        let body: NamedType.Body
        switch type.body {
        case .scalar: body = .scalar(ScalarType(specifiedBy: specifiedBy(all)))
        case .object: body = .object(try members(all))
        case .interface: body = .interface(try members(all))
        case .union:
            var members: [TypeID] = []
            for case .union(let types) in all.map(\.body) {
                for type in types { members.append(assembly.id(for: type.name.text)) }
            }
            body = .union(members)
        case .enumeration:
            var values: [EnumValue] = []
            for case .enumeration(let nodes) in all.map(\.body) {
                for node in nodes {
                    values.append(
                        EnumValue(
                            name: node.name.text,
                            description: node.description?.text,
                            deprecation: deprecation(node.directives)
                        )
                    )
                }
            }
            body = .enumeration(Definitions(values))
        case .inputObject:
            var fields: [InputDefinition] = []
            for case .inputObject(let nodes) in all.map(\.body) { fields += try inputs(nodes) }
            body = .inputObject(InputObjectType(fields: fields))
        }
        assembly.define(NamedType(name: type.name.text, description: type.description?.text, body: body))
    }

    private mutating func members(_ types: [AST.TypeDefinition]) throws(SchemaFault) -> ObjectType {
        var interfaces: [TypeID] = []
        var fields: [FieldDefinition] = []
        for type in types {
            guard case .object(let names, let nodes) = type.body.asObject else { continue }
            for name in names { interfaces.append(assembly.id(for: name.name.text)) }
            for node in nodes {
                fields.append(
                    FieldDefinition(
                        name: node.name.text,
                        description: node.description?.text,
                        arguments: try inputs(node.arguments),
                        type: try reference(node.type),
                        deprecation: deprecation(node.directives)
                    )
                )
            }
        }
        return ObjectType(interfaces: interfaces, fields: fields)
    }

    private mutating func define(_ directive: AST.DirectiveDefinition) throws(SchemaFault) {
        assembly.define(
            DirectiveDefinition(
                name: directive.name.text,
                description: directive.description?.text,
                arguments: try inputs(directive.arguments),
                isRepeatable: directive.isRepeatable,
                locations: directive.locations.compactMap { DirectiveLocation(rawValue: $0.text) }
            )
        )
    }

    private mutating func inputs(
        _ nodes: [AST.InputValueDefinition]
    ) throws(SchemaFault) -> [InputDefinition] {
        var inputs: [InputDefinition] = []
        for node in nodes {
            inputs.append(
                InputDefinition(
                    name: node.name.text,
                    description: node.description?.text,
                    type: try reference(node.type),
                    defaultValue: node.defaultValue.map { value($0, node.type, depth: 0) },
                    deprecation: deprecation(node.directives)
                )
            )
        }
        return inputs
    }

    private mutating func reference(_ type: AST.TypeReference) throws(SchemaFault) -> TypeReference {
        switch type {
        case .named(let named): return TypeReference(assembly.id(for: named.name.text))
        case .nonNull(let nullable): return try reference(nullable).nonNull
        case .list(let element, _):
            guard let list = try reference(element).list else {
                throw SchemaFault(
                    messages: ["A type may have \(TypeReference.listDepthMax) lists around it at most."]
                )
            }
            return list
        }
    }

    private func deprecation(_ directives: [AST.Directive]) -> String? {
        guard let directive = directives.first(where: { $0.name.text == "deprecated" }) else { return nil }
        return Self.string("reason", of: directive) ?? BuiltIn.deprecationReason
    }

    private func specifiedBy(_ types: [AST.TypeDefinition]) -> String? {
        let directives = types.flatMap(\.directives)
        return directives.first { $0.name.text == "specifiedBy" }.flatMap { Self.string("url", of: $0) }
    }

    private static func string(_ name: String, of directive: AST.Directive) -> String? {
        let argument = directive.arguments.first { $0.name.text == name }
        guard case .string(let value) = argument?.value else { return nil }
        return value.text
    }
}

extension AST.TypeDefinition.Body {
    /// An interface's members as an object's.
    internal var asObject: AST.TypeDefinition.Body {
        if case .interface(let interfaces, let fields) = self {
            .object(interfaces: interfaces, fields: fields)
        } else {
            self
        }
    }
}

// MARK: - Defaults

extension SchemaReader {
    /// The defaults within defaults that are followed; a circle of them is cut there.
    private static let defaultDepthMax = 16

    /// A default in the form of its type: lists where there must be some, fields that have defaults themselves.
    private func value(_ value: AST.Value, _ type: AST.TypeReference, depth: Int) -> InputValue {
        switch (type, value) {
        case (.nonNull(let nullable), _): return self.value(value, nullable, depth: depth)
        case (_, .null), (_, .variable): return .null
        case (.list(let element, _), .list(let list)):
            return .list(list.values.map { self.value($0, element, depth: depth) })
        case (.list(let element, _), _): return .list([self.value(value, element, depth: depth)])
        case (.named(let named), _): return self.value(value, named.name.text, depth: depth)
        }
    }

    private func value(_ value: AST.Value, _ type: String, depth: Int) -> InputValue {
        switch value {
        case .variable, .null: return .null
        case .int(let number): return type == "ID" ? .string(number.text) : .number(number.text)
        case .float(let number): return .number(number.text)
        case .string(let string): return .string(string.text)
        case .boolean(let boolean): return .boolean(boolean.value)
        case .enumeration(let name): return .enumeration(name.text)
        case .list(let list): return .list(list.values.map { self.value($0, type, depth: depth) })
        case .object(let object):
            guard let definitions = inputs[type] else {
                return .object(
                    object.fields.map {
                        InputValue.Field($0.name.text, self.value($0.value, "", depth: depth))
                    }
                )
            }
            var fields: [InputValue.Field] = []
            for definition in definitions {
                let given = object.fields.last { $0.name.text == definition.name.text }
                guard let node = given?.value ?? definition.defaultValue, depth < Self.defaultDepthMax
                else { continue }
                let value = self.value(node, definition.type, depth: depth + (given == nil ? 1 : 0))
                fields.append(InputValue.Field(definition.name.text, value))
            }
            return .object(fields)
        }
    }
}
