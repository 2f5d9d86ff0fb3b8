/// Checks the rules that every schema keeps, in the order and with the messages of the reference implementation.
internal struct SchemaChecker {
    private let schema: Schema
    private var messages: [String] = []

    private init(_ schema: Schema) {
        self.schema = schema
    }

    /// What is wrong, one sentence each.
    static func check(_ schema: Schema) -> [String] {
        var checker = SchemaChecker(schema)
        checker.checkRoots()
        for directive in schema.directives { checker.check(directive) }
        for id in schema.types where !Introspection.contains(id) { checker.check(id) }
        checker.checkFiniteness()
        return checker.messages
    }

    private mutating func report(_ message: String) {
        messages.append(message)
    }

    private func name(_ id: TypeID) -> String { schema[id].name }

    private mutating func checkRoots() {
        if schema.query == nil { report("Query root type must be provided.") }
        var uses: [(type: TypeID, operations: [String])] = []
        for operation in AST.OperationType.allCases {
            guard let root = schema.root(of: operation) else { continue }
            let word = operation.rawValue
            guard schema[root].isObject else {
                let optional = operation == .query ? "" : " if provided"
                report(
                    "\(word.prefix(1).uppercased())\(word.dropFirst()) root type must be Object type\(optional),"
                        + " it cannot be \(name(root))."
                )
                continue
            }
            if let place = uses.firstIndex(where: { $0.type == root }) {
                uses[place].operations.append(word)
            } else {
                uses.append((root, [word]))
            }
        }
        for (type, operations) in uses where operations.count > 1 {
            report(
                "All root types must be different, '\(name(type))' type is used as"
                    + " \(SchemaChecker.list(operations)) root types."
            )
        }
    }

    private static func list(_ words: [String]) -> String {
        guard words.count > 2, let last = words.last else { return words.joined(separator: " and ") }
        return words.dropLast().joined(separator: ", ") + ", and " + last
    }

    private mutating func check(name: String) {
        if name.hasPrefix("__") {
            report("Name '\(name)' must not begin with '__', which is reserved by GraphQL introspection.")
        } else if !SchemaChecker.isName(name) {
            report("'\(name)' is no name: letters, digits and '_', and no digit first.")
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first &- UInt8(ascii: "0") > 9 else { return false }
        return name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || byte &- UInt8(ascii: "0") <= 9
                || (byte | 0x20) &- UInt8(ascii: "a") < 26 && byte < 0x80
        }
    }

    private mutating func check(_ directive: DirectiveDefinition) {
        check(name: directive.name)
        if directive.locations.isEmpty {
            report("Directive @\(directive.name) must include 1 or more locations.")
        }
        for argument in directive.arguments {
            check(argument, "@\(directive.name)(\(argument.name):)", "argument")
        }
    }

    /// An argument or input field, named as messages do.
    private mutating func check(_ definition: InputDefinition, _ place: String, _ sort: String) {
        check(name: definition.name)
        guard schema[definition.type.named].isInput else {
            report("The type of \(place) must be Input Type but got: \(schema.text(of: definition.type)).")
            return
        }
        if definition.isRequired, definition.deprecation != nil {
            report("Required \(sort) \(place) cannot be deprecated.")
        }
        guard let value = definition.defaultValue else { return }
        do throws(ConstantFault) {
            _ = try schema.coerce(constant: value, definition.type)
        } catch {
            report("\(place) has invalid default value\(error.path): \(error.message)")
        }
    }

    private mutating func check(_ id: TypeID) {
        let type = schema[id]
        check(name: type.name)
        switch type.body {
        case .scalar: break
        case .object(let members), .interface(let members):
            check(members.fields, of: type.name)
            check(members.interfaces, of: id)
        case .union(let members): check(union: members, type.name)
        case .enumeration(let values):
            if values.isEmpty { report("Enum type \(type.name) must define one or more values.") }
            checkOnce(values.names, of: type.name, "value")
            for value in values { check(name: value.name) }
        case .inputObject(let members):
            if members.fields.isEmpty {
                report("Input Object type \(type.name) must define one or more fields.")
            }
            checkOnce(members.fields.names, of: type.name, "field")
            for field in members.fields { check(field, "\(type.name).\(field.name)", "input field") }
        }
    }

    private mutating func checkOnce(_ names: [String], of type: String, _ sort: String) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            report("Type \(type) can only define \(sort) \(name) once.")
        }
    }

    private mutating func check(_ fields: Definitions<FieldDefinition>, of type: String) {
        if fields.isEmpty { report("Type \(type) must define one or more fields.") }
        checkOnce(fields.names, of: type, "field")
        for field in fields {
            check(name: field.name)
            if !schema[field.type.named].isOutput {
                report(
                    "The type of \(type).\(field.name) must be Output Type but got: \(schema.text(of: field.type))."
                )
            }
            checkOnce(field.arguments.map(\.name), of: "\(type).\(field.name)", "argument")
            for argument in field.arguments {
                check(argument, "\(type).\(field.name)(\(argument.name):)", "argument")
            }
        }
    }

    private mutating func check(union members: [TypeID], _ union: String) {
        if members.isEmpty { report("Union type \(union) must define one or more member types.") }
        var seen: Set<TypeID> = []
        for member in members {
            if !schema[member].isObject {
                report(
                    "Union type \(union) can only include Object types, it cannot include \(name(member))."
                )
            } else if !seen.insert(member).inserted {
                report("Union type \(union) can only include type \(name(member)) once.")
            }
        }
    }
}

// MARK: - Interfaces

extension SchemaChecker {
    private mutating func check(_ interfaces: [TypeID], of id: TypeID) {
        var seen: Set<TypeID> = []
        for interface in interfaces {
            guard case .interface(let members) = schema[interface].body else {
                report(
                    "Type \(name(id)) must only implement Interface types, it cannot implement \(name(interface))."
                )
                continue
            }
            if interface == id {
                report(
                    "Type \(name(id)) cannot implement itself because it would create a circular reference."
                )
            }
            guard seen.insert(interface).inserted else {
                report("Type \(name(id)) can only implement \(name(interface)) once.")
                continue
            }
            for transitive in members.interfaces where !interfaces.contains(transitive) {
                report(
                    transitive == id
                        ? "Type \(name(id)) cannot implement \(name(interface)) because it would create"
                            + " a circular reference."
                        : "Type \(name(id)) must implement \(name(transitive)) because it is implemented by"
                            + " \(name(interface))."
                )
            }
            for field in members.fields { check(field, of: interface, in: id) }
        }
    }

    private mutating func check(_ expected: FieldDefinition, of interface: TypeID, in id: TypeID) {
        let wanted = "\(name(interface)).\(expected.name)"
        let own = "\(name(id)).\(expected.name)"
        guard let field = schema[id].fields?[expected.name] else {
            report("Interface field \(wanted) expected but \(name(id)) does not provide it.")
            return
        }
        if !schema.isSubtype(field.type, of: expected.type) {
            report(
                "Interface field \(wanted) expects type \(schema.text(of: expected.type)) but \(own) is type"
                    + " \(schema.text(of: field.type))."
            )
        }
        for argument in expected.arguments {
            let place = "\(wanted)(\(argument.name):)"
            guard let given = field.argument(argument.name) else {
                report("Interface field argument \(place) expected but \(own) does not provide it.")
                continue
            }
            if given.type != argument.type {
                report(
                    "Interface field argument \(place) expects type \(schema.text(of: argument.type)) but"
                        + " \(own)(\(argument.name):) is type \(schema.text(of: given.type))."
                )
            }
        }
        for argument in field.arguments where expected.argument(argument.name) == nil && argument.isRequired {
            report(
                "Argument '\(own)(\(argument.name):)' must not be required type"
                    + " '\(schema.text(of: argument.type))' if not provided by the Interface field '\(wanted)'."
            )
        }
        if field.deprecation != nil, expected.deprecation == nil {
            report(
                "Interface field \(wanted) is not deprecated, so implementation field \(own) must not be"
                    + " deprecated."
            )
        }
    }
}

// MARK: - Input objects that need themselves

extension SchemaChecker {
    /// Reports input objects that could only be written without end.
    private mutating func checkFiniteness() {
        let inputs = schema.types.filter { schema[$0].inputObject != nil }
        var finite: Set<TypeID> = []
        var isChanged = true
        while isChanged {
            isChanged = false
            for id in inputs
            where !finite.contains(id) && needs(of: id).allSatisfy({ finite.contains($0.target) }) {
                finite.insert(id)
                isChanged = true
            }
        }
        var visited: Set<TypeID> = finite
        for id in inputs {
            var path: [(type: TypeID, field: String)] = []
            report(cyclesFrom: id, finite, &visited, &path)
        }
    }

    /// The fields of an input object that must hold an input object.
    private func needs(of id: TypeID) -> [(field: String, target: TypeID)] {
        guard let members = schema[id].inputObject else { return [] }
        return members.fields.compactMap { field in
            guard field.type.isNonNull, field.type.listDepth == 0, schema[field.type.named].inputObject != nil
            else { return nil }
            return (field.name, field.type.named)
        }
    }

    private mutating func report(
        cyclesFrom id: TypeID,
        _ finite: Set<TypeID>,
        _ visited: inout Set<TypeID>,
        _ path: inout [(type: TypeID, field: String)]
    ) {
        guard visited.insert(id).inserted else { return }
        for need in needs(of: id) where !finite.contains(need.target) {
            path.append((id, "\(name(id)).\(need.field)"))
            if let start = path.firstIndex(where: { $0.type == need.target }) {
                let fields = path[start...].map(\.field).joined(separator: ", ")
                report(
                    "Input Object \(name(need.target)) cannot be provided a finite value because it references"
                        + " itself through fields: \(fields)."
                )
            } else {
                report(cyclesFrom: need.target, finite, &visited, &path)
            }
            path.removeLast()
        }
    }
}
