/// Checks what only a schema of Swift code can get wrong: a document that defines one was read by a grammar.
internal struct DraftChecker {
    private let schema: Schema
    private var messages: [String] = []

    private init(_ schema: Schema) {
        self.schema = schema
    }

    /// What is wrong, one sentence each.
    static func check(_ schema: Schema) -> [String] {
        var checker = DraftChecker(schema)
        for directive in schema.directives {
            checker.check([directive.name], in: "The schema")
            checker.check(directive.arguments, of: "@\(directive.name)")
        }
        for id in schema.types where !Introspection.contains(id) { checker.check(schema[id]) }
        return checker.messages
    }

    private mutating func check(_ type: NamedType) {
        check([type.name], in: "The schema")
        switch type.body {
        case .scalar, .union: break
        case .object(let members), .interface(let members):
            check(members.fields.names, in: "Type \(type.name)")
            for field in members.fields { check(field.arguments, of: "\(type.name).\(field.name)") }
        case .enumeration(let values): check(values.names, in: "Enum type \(type.name)")
        case .inputObject(let members): check(Array(members.fields), of: type.name)
        }
    }

    private mutating func check(_ definitions: [InputDefinition], of place: String) {
        check(definitions.map(\.name), in: place)
        for definition in definitions {
            guard schema[definition.type.named].isInput, let value = definition.defaultValue else { continue }
            do throws(ConstantFault) {
                _ = try schema.coerce(constant: value, definition.type)
            } catch {
                let inner = error.path
                messages.append(
                    "\(place)(\(definition.name):) has invalid default value\(inner): \(error.message)"
                )
            }
        }
    }

    private mutating func check(_ names: [String], in place: String) {
        var seen: Set<String> = []
        for name in names {
            if !DraftChecker.isName(name) {
                messages.append(
                    "\(place) has '\(name)', which is no name: letters, digits and '_', no digit first."
                )
            }
            if !seen.insert(name).inserted { messages.append("\(place) can only have '\(name)' once.") }
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first &- UInt8(ascii: "0") > 9 else { return false }
        return name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || byte &- UInt8(ascii: "0") <= 9
                || (byte < 0x80 && (byte | 0x20) &- UInt8(ascii: "a") < 26)
        }
    }
}
