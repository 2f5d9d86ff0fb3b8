/// Writes a schema in the language that documents define schemas in.
public struct SchemaPrinter {
    private let schema: Schema

    private init(_ schema: Schema) {
        self.schema = schema
    }

    /// The text of a schema, without what every schema has.
    public static func print(_ schema: Schema) -> String {
        let printer = SchemaPrinter(schema)
        let builtIn = Set(BuiltIn.directives.map(\.name))
        let directives = schema.directives.filter { !builtIn.contains($0.name) }
        let types = schema.types.filter { $0.index >= BuiltIn.scalars.count && !Introspection.contains($0) }
        let parts =
            [printer.definition].compactMap(\.self) + directives.map { printer.text($0) }
            + types.map { printer.text(schema[$0]) }
        return parts.joined(separator: "\n\n")
    }

    /// `schema { … }`, unless the names of the roots and a missing description make it superfluous.
    private var definition: String? {
        let roots = [
            ("query", "Query", schema.query), ("mutation", "Mutation", schema.mutation),
            ("subscription", "Subscription", schema.subscription),
        ]
        if roots.allSatisfy({ $0.2 == nil }) { return nil }
        let isUsual = roots.allSatisfy { $0.2 == schema.type(named: $0.1) }
        if isUsual, schema.description == nil { return nil }
        let lines = roots.compactMap { word, _, type in type.map { "  \(word): \(schema[$0].name)\n" } }
        return description(schema.description) + "schema {\n" + lines.joined() + "}"
    }

    private func text(_ type: NamedType) -> String {
        let head = description(type.description)
        switch type.body {
        case .scalar(let scalar):
            let address = scalar.specifiedBy.map { " @specifiedBy(url: \(Printer.quoted($0)))" } ?? ""
            return head + "scalar \(type.name)" + address
        case .object(let members): return head + "type \(type.name)" + implements(members) + fields(members)
        case .interface(let members):
            return head + "interface \(type.name)" + implements(members) + fields(members)
        case .union(let members):
            let names = members.map { schema[$0].name }.joined(separator: " | ")
            return head + "union \(type.name)" + (members.isEmpty ? "" : " = " + names)
        case .enumeration(let values):
            return head + "enum \(type.name)"
                + block(values) { value, indent in
                    description(value.description, indent) + "  \(value.name)" + deprecated(value.deprecation)
                }
        case .inputObject(let members):
            return head + "input \(type.name)"
                + block(members.fields) { field, indent in
                    description(field.description, indent) + "  " + text(field)
                }
        }
    }

    private func implements(_ members: ObjectType) -> String {
        if members.interfaces.isEmpty { return "" }
        return " implements " + members.interfaces.map { schema[$0].name }.joined(separator: " & ")
    }

    private func fields(_ members: ObjectType) -> String {
        block(members.fields) { field, indent in
            description(field.description, indent) + "  \(field.name)" + arguments(field.arguments, "  ")
                + ": \(schema.text(of: field.type))" + deprecated(field.deprecation)
        }
    }

    private func text(_ directive: DirectiveDefinition) -> String {
        description(directive.description) + "directive @\(directive.name)"
            + arguments(directive.arguments, "")
            + (directive.isRepeatable ? " repeatable" : "") + " on "
            + directive.locations.map(\.rawValue).joined(separator: " | ")
    }

    /// Members within braces; each is told how its description is set off.
    private func block<Members: Sequence>(
        _ members: Members,
        _ text: (Members.Element, Indent) -> String
    ) -> String {
        var lines: [String] = []
        for member in members { lines.append(text(member, Indent(blanks: "  ", isFirst: lines.isEmpty))) }
        return lines.isEmpty ? "" : " {\n" + lines.joined(separator: "\n") + "\n}"
    }

    private func arguments(_ arguments: [InputDefinition], _ blanks: String) -> String {
        if arguments.isEmpty { return "" }
        if arguments.allSatisfy({ $0.description == nil }) {
            return "(" + arguments.map { text($0) }.joined(separator: ", ") + ")"
        }
        let inner = "  " + blanks
        let lines = arguments.enumerated().map { place, argument in
            description(argument.description, Indent(blanks: inner, isFirst: place == 0)) + inner
                + text(argument)
        }
        return "(\n" + lines.joined(separator: "\n") + "\n\(blanks))"
    }

    private func text(_ definition: InputDefinition) -> String {
        "\(definition.name): \(schema.text(of: definition.type))"
            + (definition.defaultValue.map { " = \($0.text)" } ?? "") + deprecated(definition.deprecation)
    }

    private func deprecated(_ reason: String?) -> String {
        guard let reason else { return "" }
        return reason == BuiltIn.deprecationReason
            ? " @deprecated" : " @deprecated(reason: \(Printer.quoted(reason)))"
    }

    /// How far in a description stands, and whether it begins its block.
    private struct Indent {
        let blanks: String
        let isFirst: Bool

        static let none = Indent(blanks: "", isFirst: true)
    }

    private func description(_ text: String?, _ indent: Indent = .none) -> String {
        guard let text else { return "" }
        let literal = SchemaPrinter.fitsBlock(text) ? Printer.block(text) : Printer.quoted(text)
        let lines = literal.split(separator: "\n", omittingEmptySubsequences: false)
        let start = indent.blanks.isEmpty || indent.isFirst ? "" : "\n"
        return start + indent.blanks + lines.joined(separator: "\n" + indent.blanks) + "\n"
    }
}

extension SchemaPrinter {
    /// Whether a block string gives a text back as it is.
    private static func fitsBlock(_ text: String) -> Bool {
        var isEmptyLine = true
        var hasIndent = false
        var allIndented = true
        var sawLine = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n"):
                if isEmptyLine, !sawLine { return false }
                sawLine = true
                isEmptyLine = true
                hasIndent = false
            case UInt8(ascii: "\t"), UInt8(ascii: " "): hasIndent = hasIndent || isEmptyLine
            case 0x00..<0x10: return false
            default:
                allIndented = allIndented && hasIndent
                isEmptyLine = false
            }
        }
        if isEmptyLine { return text.isEmpty }
        return !(allIndented && sawLine)
    }
}
