internal import JSON
import Synchronization

/// Makes the plan of an operation: which fields the answer has, in which order, and who answers them.
internal final class Planner: Sendable {
    let schema: Schema
    /// The most fields that looking ahead plans.
    let fieldsMax: Int
    private let resolvers: ResolverTable
    private let fragments: [String: AST.FragmentDefinition]
    /// The variables that decide on `@skip` and `@include`, with their values.
    private let conditions: [String: Bool]
    private let numbers = Atomic<Int>(0)
    /// The bytes of the answer that was written last, for which the next one has room from the start.
    let answerBytes = Atomic<Int>(0)

    init(
        schema: Schema,
        resolvers: ResolverTable,
        fragments: [String: AST.FragmentDefinition],
        conditions: [String: Bool],
        fieldsMax: Int
    ) {
        self.schema = schema
        self.resolvers = resolvers
        self.fragments = fragments
        self.conditions = conditions
        self.fieldsMax = fieldsMax
    }

    /// How many fields have been planned.
    var fieldCount: Int { numbers.load(ordering: .relaxed) }

    /// The fields of the operation itself.
    func root(_ selectionSet: AST.SelectionSet, of type: TypeID) -> PlannedSelection {
        var groups = FieldGroups()
        collect(selectionSet, of: type, into: &groups)
        return plan(groups, of: type)
    }

    /// The fields of an object, from all fields of the document that ask for it.
    func selection(of type: TypeID, _ nodes: [AST.Field]) -> PlannedSelection {
        var groups = FieldGroups()
        for node in nodes {
            if let selectionSet = node.selectionSet { collect(selectionSet, of: type, into: &groups) }
        }
        return plan(groups, of: type)
    }
}

/// Fields of the document by their key in the answer, in the order of the first of each.
private struct FieldGroups {
    var keys: [String] = []
    var nodes: [String: [AST.Field]] = [:]
    var seenFragments: Set<String> = []

    mutating func add(_ node: AST.Field) {
        let key = node.responseKey
        if nodes[key] == nil { keys.append(key) }
        nodes[key, default: []].append(node)
    }
}

extension Planner {
    private func collect(_ selectionSet: AST.SelectionSet, of type: TypeID, into groups: inout FieldGroups) {
        for selection in selectionSet.selections where isIncluded(selection.directives) {
            switch selection {
            case .field(let node): groups.add(node)
            case .inlineFragment(let fragment):
                guard applies(fragment.typeCondition, to: type) else { continue }
                collect(fragment.selectionSet, of: type, into: &groups)
            case .fragmentSpread(let spread):
                let name = spread.name.text
                guard !groups.seenFragments.contains(name), let fragment = fragments[name] else { continue }
                guard applies(fragment.typeCondition, to: type) else { continue }
                groups.seenFragments.insert(name)
                collect(fragment.selectionSet, of: type, into: &groups)
            }
        }
    }

    private func applies(_ condition: AST.NamedType?, to type: TypeID) -> Bool {
        guard let condition else { return true }
        guard let id = schema.type(named: condition.name.text) else { return false }
        return schema.possibleTypes(of: id).contains(type)
    }

    private func isIncluded(_ directives: [AST.Directive]) -> Bool {
        for directive in directives {
            switch directive.name.text {
            case "skip": if condition(of: directive) { return false }
            case "include": if !condition(of: directive) { return false }
            default: break
            }
        }
        return true
    }

    private func condition(of directive: AST.Directive) -> Bool {
        switch directive.arguments.first(where: { $0.name.text == "if" })?.value {
        case .boolean(let node): node.value
        case .variable(let variable): conditions[variable.name.text] ?? false
        // Validation has refused everything else.
        default: false
        }
    }

    private func plan(_ groups: FieldGroups, of type: TypeID) -> PlannedSelection {
        var fields: [PlannedField] = []
        for key in groups.keys {
            guard let nodes = groups.nodes[key], let node = nodes.first else { continue }
            let name = node.name.text
            guard let definition = schema.field(name, of: type) else { continue }
            let number = numbers.wrappingAdd(1, ordering: .relaxed).oldValue
            fields.append(
                PlannedField(
                    number: number,
                    key: key,
                    prefix: prefix(key, isFirst: fields.isEmpty),
                    definition: definition,
                    parent: schema[type].name,
                    offsets: nodes.map(\.offset),
                    content: content(of: definition, nodes, in: type),
                    arguments: arguments(of: definition, node),
                    resolver: resolver(of: name, in: type)
                )
            )
        }
        return PlannedSelection(type: type, fields: fields)
    }

    private func content(
        of definition: FieldDefinition,
        _ nodes: [AST.Field],
        in type: TypeID
    ) -> PlannedField.Content {
        if definition.name == MetaField.typeName.name { return .typeName(quoted(schema[type].name)) }
        let named = definition.type.named
        switch schema[named].body {
        case .object: return .object(selection(of: named, nodes))
        case .interface, .union:
            return .abstract(AbstractPlan(type: named, nodes: nodes, planner: self))
        case .scalar, .enumeration, .inputObject: return .leaf
        }
    }

    private func arguments(of definition: FieldDefinition, _ node: AST.Field) -> PlannedArguments {
        if node.arguments.contains(where: { $0.value.hasVariable }) {
            return .variable(definition.arguments, node, schema)
        }
        let coercion = LiteralCoercion(schema: schema, variables: VariableValues())
        do throws(PlacedError) {
            return .constant(.success(try coercion.arguments(definition.arguments, of: node)))
        } catch {
            return .constant(.failure(error))
        }
    }

    private func resolver(of name: String, in type: TypeID) -> (any AnyObject & Sendable)? {
        switch name {
        case MetaField.typeName.name: return nil
        case MetaField.schema.name: return resolvers.schemaField
        case MetaField.type.name: return resolvers.typeField
        default: return schema[type].fields?.place(of: name).map { resolvers.resolver($0, of: type) }
        }
    }

    private func prefix(_ key: String, isFirst: Bool) -> [UInt8] {
        [UInt8(ascii: isFirst ? "{" : ",")] + quoted(key) + [UInt8(ascii: ":")]
    }

    private func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONText.append(text, to: &bytes)
        return bytes
    }
}

extension AST.Value {
    /// Whether a variable is anywhere in the value.
    internal var hasVariable: Bool {
        switch self {
        case .variable: true
        case .list(let node): node.values.contains(where: \.hasVariable)
        case .object(let node): node.fields.contains { $0.value.hasVariable }
        case .int, .float, .string, .boolean, .null, .enumeration: false
        }
    }
}
