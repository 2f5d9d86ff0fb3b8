/// A schema while it is put together; types may name each other before they are defined.
///
/// ```swift
/// var assembly = SchemaAssembly()
/// let query = assembly.id(for: "Query")
/// let hello = FieldDefinition(name: "hello", type: TypeReference(.string))
/// assembly.define(NamedType(name: "Query", body: .object(ObjectType(fields: [hello]))))
/// assembly.query = query
/// let schema = try assembly.finish()
/// ```
public struct SchemaAssembly: Sendable {
    /// What the service is.
    public var description: String?
    /// Where queries begin.
    public var query: TypeID?
    /// Where mutations begin.
    public var mutation: TypeID?
    /// Where subscriptions begin.
    public var subscription: TypeID?

    /// By id: the definition, once it came.
    private var table: [NamedType?]
    private var names: [String]
    private var ids: [String: TypeID]
    /// The types of one's own in the order of their definition.
    private var defined: [TypeID] = []
    private var directives: [DirectiveDefinition] = []
    private var faults: [String] = []

    /// An assembly that holds what every schema has.
    public init() {
        table = []
        names = []
        ids = [:]
        for type in BuiltIn.scalars { install(type) }
        for name in Introspection.names { _ = id(for: name) }
        for type in Introspection.types { install(type) }
    }

    /// The id of a type, defined or yet to be.
    public mutating func id(for name: String) -> TypeID {
        if let id = ids[name] { return id }
        let id = TypeID(table.count)
        table.append(nil)
        names.append(name)
        ids[name] = id
        return id
    }

    /// Whether a type of that name has been defined.
    public func isDefined(_ name: String) -> Bool {
        ids[name].map { table[$0.index] != nil } ?? false
    }

    /// Defines a type; a second one of the same name, or of a name of the language's own, is a fault.
    ///
    /// The scalars of the language may be defined again, which changes nothing.
    public mutating func define(_ type: NamedType) {
        let id = id(for: type.name)
        if id.index < BuiltIn.scalars.count { return }
        guard table[id.index] == nil else {
            faults.append(
                "Schema must contain uniquely named types but contains multiple types named '\(type.name)'."
            )
            return
        }
        table[id.index] = type
        defined.append(id)
    }

    /// Defines a directive; one of the language's own takes the place of that.
    public mutating func define(_ directive: DirectiveDefinition) {
        directives.append(directive)
    }

    /// The schema, once it is complete and keeps all rules.
    ///
    /// - Throws: `SchemaFault` with everything that is wrong.
    public func finish() throws(SchemaFault) -> Schema {
        let schema = try finishUnchecked()
        let found = SchemaChecker.check(schema)
        guard found.isEmpty else { throw SchemaFault(messages: found) }
        return schema
    }

    /// The schema without the rules, as tests of validation need it; all types must be there all the same.
    ///
    /// - Throws: `SchemaFault` when a type is missing or defined twice.
    public func finishUnchecked() throws(SchemaFault) -> Schema {
        var messages = faults
        for (index, type) in table.enumerated() where type == nil {
            messages.append("Unknown type: '\(names[index])'.")
        }
        guard messages.isEmpty else { throw SchemaFault(messages: messages) }
        return Schema(self)
    }

    private mutating func install(_ type: NamedType) {
        table[id(for: type.name).index] = type
    }
}

/// What is wrong with a schema.
public struct SchemaFault: Error, Hashable, Sendable {
    /// One sentence for each fault.
    public let messages: [String]

    /// A fault from its sentences.
    public init(messages: [String]) {
        self.messages = messages
    }
}

extension SchemaAssembly {
    /// All types by id, complete.
    internal var definedTypes: [NamedType] { table.compactMap(\.self) }

    /// One's own directives, then those of the language that were not defined anew.
    internal var allDirectives: [DirectiveDefinition] {
        let own = Set(directives.map(\.name))
        return directives + BuiltIn.directives.filter { !own.contains($0.name) }
    }

    /// The types in the order in which they are told: each followed by those it names first.
    internal var order: [TypeID] {
        var walk = ReferenceWalk(table: definedTypes, waiting: Set(defined))
        for id in defined {
            walk.release(id)
            walk.visit(id)
        }
        for root in [query, mutation, subscription] {
            if let root { walk.visit(root) }
        }
        for directive in allDirectives {
            for argument in directive.arguments { walk.visit(argument.type.named) }
        }
        walk.visit(Introspection.schemaType)
        return walk.order
    }
}

/// A walk through types by what they refer to.
private struct ReferenceWalk {
    let table: [NamedType]
    /// Types that have a turn of their own.
    var waiting: Set<TypeID>
    var seen: Set<TypeID> = []
    var order: [TypeID] = []

    init(table: [NamedType], waiting: Set<TypeID>) {
        self.table = table
        self.waiting = waiting
    }

    mutating func release(_ id: TypeID) {
        waiting.remove(id)
    }

    /// Adds a type and, behind it, what it refers to; by a stack, since schemas may be deep.
    mutating func visit(_ id: TypeID) {
        var stack = [id]
        while let next = stack.popLast() {
            guard !waiting.contains(next), seen.insert(next).inserted else { continue }
            order.append(next)
            stack.append(contentsOf: references(of: table[next.index]).reversed())
        }
    }

    private func references(of type: NamedType) -> [TypeID] {
        switch type.body {
        case .union(let members): members
        case .object(let members), .interface(let members):
            members.interfaces
                + members.fields.flatMap { [$0.type.named] + $0.arguments.map(\.type.named) }
        case .inputObject(let members): members.fields.map(\.type.named)
        case .scalar, .enumeration: []
        }
    }
}
