/// Checks the rules that every schema keeps, in the order and with the words of the reference implementation.
internal struct SchemaChecker {
    private let schema: Schema
    private var messages: [String] = []
    private var inputs = InputCircles()

    /// What is wrong, one sentence each.
    static func check(_ schema: Schema) -> [String] {
        var checker = SchemaChecker(schema: schema)
        checker.checkRoots()
        for directive in schema.directives { checker.check(directive) }
        for id in schema.types { checker.check(id) }
        return checker.messages
    }

    private init(schema: Schema) {
        self.schema = schema
    }

    private mutating func report(_ message: String) {
        messages.append(message)
    }

    private mutating func checkRoots() {
        if schema.query == nil { report("Query root type must be provided.") }
        let roots = [("Query", "", schema.query), ("Mutation", " if provided", schema.mutation)]
        for (name, condition, root) in roots + [("Subscription", " if provided", schema.subscription)] {
            guard let root, !schema[root].isObject else { continue }
            report("\(name) root type must be Object type\(condition), it cannot be \(schema[root].name).")
        }
    }

    private mutating func check(name: String) {
        guard name.hasPrefix("__") else { return }
        report("Name '\(name)' must not begin with '__', which is reserved by GraphQL introspection.")
    }

    private mutating func check(_ directive: DirectiveDefinition) {
        check(name: directive.name)
        if directive.locations.isEmpty {
            report("Directive @\(directive.name) must include 1 or more locations.")
        }
        for argument in directive.arguments { check(argument, "@\(directive.name)(\(argument.name):)") }
    }

    private mutating func check(_ argument: InputDefinition, _ place: String) {
        check(name: argument.name)
        if !schema[argument.type.named].isInput {
            report("The type of \(place) must be Input Type but got: \(schema.text(of: argument.type)).")
        }
        if argument.isRequired, argument.deprecation != nil {
            report("Required argument \(place) cannot be deprecated.")
        }
    }
}

// MARK: - Types

extension SchemaChecker {
    private mutating func check(_ id: TypeID) {
        let type = schema[id]
        if !Introspection.names.contains(type.name) { check(name: type.name) }
        switch type.body {
        case .scalar: break
        case .object(let members), .interface(let members):
            check(members.fields, type.name)
            checkInterfaces(id, type)
        case .union(let members): check(members, type.name)
        case .enumeration(let values):
            if values.isEmpty { report("Enum type \(type.name) must define one or more values.") }
            for value in values { check(name: value.name) }
        case .inputObject(let members):
            check(members, type.name)
            for circle in inputs.circles(through: id, in: schema) { report(circle) }
        }
    }

    private mutating func check(_ fields: Definitions<FieldDefinition>, _ type: String) {
        if fields.isEmpty { report("Type \(type) must define one or more fields.") }
        for field in fields {
            check(name: field.name)
            let place = "\(type).\(field.name)"
            if !schema[field.type.named].isOutput {
                report("The type of \(place) must be Output Type but got: \(schema.text(of: field.type)).")
            }
            for argument in field.arguments { check(argument, "\(place)(\(argument.name):)") }
        }
    }

    private mutating func check(_ members: [TypeID], _ type: String) {
        if members.isEmpty { report("Union type \(type) must define one or more member types.") }
        var seen: Set<TypeID> = []
        for member in members {
            let name = schema[member].name
            if !schema[member].isObject {
                report("Union type \(type) can only include Object types, it cannot include \(name).")
            } else if !seen.insert(member).inserted {
                report("Union type \(type) can only include type \(name) once.")
            }
        }
    }

    private mutating func check(_ members: InputObjectType, _ type: String) {
        if members.fields.isEmpty {
            report("Input Object type \(type) must define one or more fields.")
        }
        for field in members.fields {
            check(name: field.name)
            let place = "\(type).\(field.name)"
            if !schema[field.type.named].isInput {
                report("The type of \(place) must be Input Type but got: \(schema.text(of: field.type)).")
            }
            if field.isRequired, field.deprecation != nil {
                report("Required input field \(place) cannot be deprecated.")
            }
        }
    }
}

// MARK: - Interfaces

extension SchemaChecker {
    private mutating func checkInterfaces(_ id: TypeID, _ type: NamedType) {
        var seen: Set<TypeID> = []
        for interface in type.interfaces {
            let other = schema[interface]
            guard case .interface(let members) = other.body else {
                report(
                    "Type \(type.name) must only implement Interface types, it cannot implement \(other.name)."
                )
                continue
            }
            if interface == id {
                report(
                    "Type \(type.name) cannot implement itself because it would create a circular reference."
                )
            }
            guard seen.insert(interface).inserted else {
                report("Type \(type.name) can only implement \(other.name) once.")
                continue
            }
            for ancestor in members.interfaces where !type.interfaces.contains(ancestor) {
                report(
                    ancestor == id
                        ? "Type \(type.name) cannot implement \(other.name) because it would create a circular"
                            + " reference."
                        : "Type \(type.name) must implement \(schema[ancestor].name) because it is implemented"
                            + " by \(other.name)."
                )
            }
            for field in members.fields { check(type, has: field, of: other.name) }
        }
    }

    private mutating func check(_ type: NamedType, has field: FieldDefinition, of interface: String) {
        let place = "\(interface).\(field.name)"
        guard let own = type.fields?[field.name] else {
            report("Interface field \(place) expected but \(type.name) does not provide it.")
            return
        }
        let ownPlace = "\(type.name).\(field.name)"
        if !schema.isSubtype(own.type, of: field.type) {
            report(
                "Interface field \(place) expects type \(schema.text(of: field.type)) but \(ownPlace) is type"
                    + " \(schema.text(of: own.type))."
            )
        }
        for argument in field.arguments {
            let words = "Interface field argument \(place)(\(argument.name):)"
            guard let given = own.argument(argument.name) else {
                report("\(words) expected but \(ownPlace) does not provide it.")
                continue
            }
            if given.type != argument.type {
                report(
                    "\(words) expects type \(schema.text(of: argument.type)) but \(ownPlace)(\(argument.name):)"
                        + " is type \(schema.text(of: given.type))."
                )
            }
        }
        for argument in own.arguments where argument.isRequired && field.argument(argument.name) == nil {
            report(
                "Object field \(ownPlace) includes required argument \(argument.name) that is missing from the"
                    + " Interface field \(place)."
            )
        }
    }
}

/// Finds input objects that could never be given, since each must hold the next and the last the first.
private struct InputCircles {
    private var visited: Set<TypeID> = []
    private var path: [String] = []
    private var places: [TypeID: Int] = [:]

    private struct Open {
        let id: TypeID
        let fields: [InputDefinition]
        var next = 0
    }

    /// The circles that are met first from here, one sentence each; by a stack, since schemas may be deep.
    mutating func circles(through id: TypeID, in schema: Schema) -> [String] {
        var messages: [String] = []
        var stack: [Open] = []
        if let open = open(id, schema) { stack.append(open) }
        while let current = stack.last {
            guard current.next < current.fields.count else {
                places[current.id] = nil
                stack.removeLast()
                if !stack.isEmpty { path.removeLast() }
                continue
            }
            stack[stack.count - 1].next += 1
            let field = current.fields[current.next]
            let type = field.type.named
            path.append(field.name)
            if let start = places[type] {
                messages.append(
                    "Cannot reference Input Object '\(schema[type].name)' within itself through a series of"
                        + " non-null fields: '\(path[start...].joined(separator: "."))'."
                )
            } else if let open = open(type, schema) {
                stack.append(open)
                continue
            }
            path.removeLast()
        }
        return messages
    }

    private mutating func open(_ id: TypeID, _ schema: Schema) -> Open? {
        guard visited.insert(id).inserted, let members = schema[id].inputObject else { return nil }
        places[id] = path.count
        let fields = members.fields.filter {
            $0.type.isNonNull && $0.type.listDepth == 0 && schema[$0.type.named].inputObject != nil
        }
        return Open(id: id, fields: fields)
    }
}
