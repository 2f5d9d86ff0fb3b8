/// The types and directives of a service, complete and never changing.
///
/// It knows nothing of where values come from: validation needs no more, and execution adds its resolvers.
public final class Schema: Sendable {
    /// What the service is.
    public let description: String?
    /// Where queries begin.
    public let query: TypeID?
    /// Where mutations begin, if there are any.
    public let mutation: TypeID?
    /// Where subscriptions begin, if there are any.
    public let subscription: TypeID?
    /// All types in the order of introspection and printing, those of the language itself included.
    public let types: [TypeID]
    /// All directives, those of the language itself included.
    public let directives: Definitions<DirectiveDefinition>

    fileprivate let table: [NamedType]
    private let ids: [String: TypeID]
    /// By type: the objects that a value of it can be.
    private let possible: [[TypeID]]
    /// By interface: the interfaces that implement it.
    private let implementing: [[TypeID]]

    internal init(_ assembly: SchemaAssembly) {
        description = assembly.description
        query = assembly.query
        mutation = assembly.mutation
        subscription = assembly.subscription
        let order = assembly.order
        types = order
        directives = Definitions(assembly.allDirectives)
        let table = assembly.definedTypes
        self.table = table
        ids = Dictionary(uniqueKeysWithValues: order.map { (table[$0.index].name, $0) })
        var possible: [[TypeID]] = Array(repeating: [], count: table.count)
        var implementing: [[TypeID]] = possible
        for id in order {
            switch table[id.index].body {
            case .object(let members):
                possible[id.index] = [id]
                for interface in members.interfaces where !possible[interface.index].contains(id) {
                    possible[interface.index].append(id)
                }
            case .interface(let members):
                for interface in members.interfaces { implementing[interface.index].append(id) }
            case .union(let members): possible[id.index] = members
            case .scalar, .enumeration, .inputObject: break
            }
        }
        self.possible = possible
        self.implementing = implementing
    }

    /// The type of an id; ids of another schema mean nothing here.
    public subscript(id: TypeID) -> NamedType { table[id.index] }

    /// The type of that name, if there is one.
    public func type(named name: String) -> TypeID? {
        ids[name]
    }

    /// The directive of that name, without the `@`, if there is one.
    public func directive(named name: String) -> DirectiveDefinition? {
        directives[name]
    }

    /// The objects that a value of the type can be: itself, those of an interface or union, or none.
    public func possibleTypes(of id: TypeID) -> [TypeID] {
        possible[id.index]
    }

    /// The interfaces that implement an interface.
    public func interfaces(implementing id: TypeID) -> [TypeID] {
        implementing[id.index]
    }

    /// Whether a value of one type always is one of the other: the same, a member of a union, or an implementation.
    public func isSubtype(_ id: TypeID, of other: TypeID) -> Bool {
        if id == other { return true }
        switch table[other.index].body {
        case .union(let members): return members.contains(id)
        case .interface: return table[id.index].interfaces.contains(other)
        case .object, .scalar, .enumeration, .inputObject: return false
        }
    }

    /// Whether a value of one type always is one of the other, by the rules for lists and `!`.
    public func isSubtype(_ type: TypeReference, of other: TypeReference) -> Bool {
        if type == other { return true }
        if other.isNonNull { return type.isNonNull && isSubtype(type.nullable, of: other.nullable) }
        if type.isNonNull { return isSubtype(type.nullable, of: other) }
        if let element = other.element {
            guard let own = type.element else { return false }
            return isSubtype(own, of: element)
        }
        return type.listDepth == 0 && isSubtype(type.named, of: other.named)
    }

    /// Whether an object can be of both types.
    public func overlap(_ left: TypeID, _ right: TypeID) -> Bool {
        if left == right { return true }
        let others = possible[right.index]
        return possible[left.index].contains { others.contains($0) }
    }

    /// The type as it is written: `[Amount!]!`.
    public func text(of type: TypeReference) -> String {
        if type.isNonNull { return text(of: type.nullable) + "!" }
        guard let element = type.element else { return table[type.named.index].name }
        return "[" + text(of: element) + "]"
    }

    /// The field of a type, `__typename` and at the root of queries `__schema` and `__type` among them.
    public func field(_ name: String, of id: TypeID) -> FieldDefinition? {
        switch name {
        case "__typename": return table[id.index].isComposite ? MetaField.typeName : nil
        case "__schema" where id == query: return MetaField.schema
        case "__type" where id == query: return MetaField.type
        default: return table[id.index].fields?[name]
        }
    }
}

extension Schema {
    /// The reference that a document writes; nil when its type is unknown or within too many lists.
    public func reference(to type: AST.TypeReference) -> TypeReference? {
        switch type {
        case .named(let name): self.type(named: name.name.text).map { TypeReference($0) }
        case .list(let inner, _): reference(to: inner)?.list
        case .nonNull(let inner): reference(to: inner)?.nonNull
        }
    }

    /// How many ids there are.
    internal var idCount: Int { table.count }
}
