/// Writes documents as the reference implementation does: two blanks per level, one definition apart from the next.
public struct Printer {
    private var bytes: [UInt8] = []
    private var indentation = 0

    /// A document's text, without a line end behind it.
    public static func print(_ document: AST.Document) -> String {
        text { printer in
            for (index, definition) in document.definitions.enumerated() {
                if index > 0 { printer.write("\n\n") }
                printer.definition(definition)
            }
        }
    }

    /// A value's text.
    public static func print(_ value: AST.Value) -> String {
        text { $0.value(value) }
    }

    /// A type's text.
    public static func print(_ type: AST.TypeReference) -> String {
        text { $0.type(type) }
    }

    /// A string in quotes with its escapes.
    public static func quoted(_ string: String) -> String {
        text { $0.quoted(string) }
    }

    /// A string as a block string that stands at the beginning of a line.
    public static func block(_ string: String) -> String {
        text { $0.blockString(string) }
    }

    private init() {}

    private static func text(_ body: (inout Printer) -> Void) -> String {
        var printer = Printer()
        body(&printer)
        return String(decoding: printer.bytes, as: UTF8.self)
    }
}

// MARK: - Writing

extension Printer {
    private mutating func write(_ text: String) {
        bytes += text.utf8
    }

    private mutating func newLine() {
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<indentation { bytes += [UInt8(ascii: " "), UInt8(ascii: " ")] }
    }

    /// Writes what was written apart from this, its lines indented as they are here.
    private mutating func writeLines(_ other: [UInt8]) {
        for byte in other {
            if byte == UInt8(ascii: "\n") { newLine() } else { bytes.append(byte) }
        }
    }

    private mutating func separated<Node>(
        _ nodes: [Node],
        by separator: String,
        _ body: (inout Printer, Node) -> Void
    ) {
        for (index, node) in nodes.enumerated() {
            if index > 0 { write(separator) }
            body(&self, node)
        }
    }

    /// Nodes one per line between braces.
    private mutating func lines<Node>(
        _ nodes: [Node],
        _ open: String = "{",
        _ close: String = "}",
        _ body: (inout Printer, Node) -> Void
    ) {
        write(open)
        indentation += 1
        for node in nodes {
            newLine()
            body(&self, node)
        }
        indentation -= 1
        newLine()
        write(close)
    }
}

// MARK: - Definitions

extension Printer {
    private mutating func definition(_ definition: AST.Definition) {
        switch definition {
        case .operation(let node): operation(node)
        case .fragment(let node):
            description(node.description)
            write("fragment \(node.name.text) on \(node.typeCondition.name.text)")
            directives(node.directives)
            write(" ")
            selectionSet(node.selectionSet)
        case .schema(let node):
            description(node.description)
            schema(node)
        case .schemaExtension(let node):
            write("extend ")
            schema(node)
        case .type(let node):
            description(node.description)
            type(node)
        case .typeExtension(let node):
            write("extend ")
            type(node)
        case .directive(let node):
            description(node.description)
            write("directive @\(node.name.text)")
            argumentDefinitions(node.arguments)
            if node.isRepeatable { write(" repeatable") }
            write(" on ")
            separated(node.locations, by: " | ") { $0.write($1.text) }
        }
    }

    private mutating func description(_ description: AST.StringValue?) {
        guard let description else { return }
        string(description)
        newLine()
    }

    private mutating func operation(_ node: AST.OperationDefinition) {
        let isShort =
            node.operation == .query && node.name == nil && node.variables.isEmpty
            && node.directives.isEmpty && node.description == nil
        if !isShort {
            description(node.description)
            write(node.operation.rawValue)
            if node.name != nil || !node.variables.isEmpty { write(" ") }
            if let name = node.name { write(name.text) }
            variables(node.variables)
            directives(node.directives)
            write(" ")
        }
        selectionSet(node.selectionSet)
    }

    private mutating func variables(_ variables: [AST.VariableDefinition]) {
        guard !variables.isEmpty else { return }
        let spans = variables.contains { variable in
            Printer.text { $0.variable(variable) }.utf8.contains(UInt8(ascii: "\n"))
        }
        write(spans ? "(\n" : "(")
        separated(variables, by: spans ? "\n" : ", ") { $0.variable($1) }
        write(spans ? "\n)" : ")")
    }

    private mutating func variable(_ node: AST.VariableDefinition) {
        description(node.description)
        write("$\(node.variable.name.text): ")
        type(node.type)
        if let value = node.defaultValue {
            write(" = ")
            self.value(value)
        }
        directives(node.directives)
    }

    private mutating func schema(_ node: AST.SchemaDefinition) {
        write("schema")
        directives(node.directives)
        guard !node.operationTypes.isEmpty else { return }
        write(" ")
        lines(node.operationTypes) { $0.write("\($1.operation.rawValue): \($1.type.name.text)") }
    }

    private mutating func type(_ node: AST.TypeDefinition) {
        switch node.body {
        case .scalar: head("scalar", node)
        case .object(let interfaces, let fields):
            head("type", node, interfaces)
            block(fields) { $0.field($1) }
        case .interface(let interfaces, let fields):
            head("interface", node, interfaces)
            block(fields) { $0.field($1) }
        case .union(let types):
            head("union", node)
            if !types.isEmpty { write(" = ") }
            separated(types, by: " | ") { $0.write($1.name.text) }
        case .enumeration(let values):
            head("enum", node)
            block(values) { printer, value in
                printer.description(value.description)
                printer.write(value.name.text)
                printer.directives(value.directives)
            }
        case .inputObject(let fields):
            head("input", node)
            block(fields) { $0.inputValue($1) }
        }
    }

    private mutating func head(
        _ keyword: String,
        _ node: AST.TypeDefinition,
        _ interfaces: [AST.NamedType] = []
    ) {
        write("\(keyword) \(node.name.text)")
        if !interfaces.isEmpty { write(" implements ") }
        separated(interfaces, by: " & ") { $0.write($1.name.text) }
        directives(node.directives)
    }

    private mutating func block<Node>(_ nodes: [Node], _ body: (inout Printer, Node) -> Void) {
        guard !nodes.isEmpty else { return }
        write(" ")
        lines(nodes, "{", "}", body)
    }

    private mutating func field(_ node: AST.FieldDefinition) {
        description(node.description)
        write(node.name.text)
        argumentDefinitions(node.arguments)
        write(": ")
        type(node.type)
        directives(node.directives)
    }

    private mutating func argumentDefinitions(_ arguments: [AST.InputValueDefinition]) {
        guard !arguments.isEmpty else { return }
        if arguments.contains(where: Printer.spansLines) {
            lines(arguments, "(", ")") { $0.inputValue($1) }
        } else {
            write("(")
            separated(arguments, by: ", ") { $0.inputValue($1) }
            write(")")
        }
    }

    private static func spansLines(_ node: AST.InputValueDefinition) -> Bool {
        text { $0.inputValue(node) }.utf8.contains(UInt8(ascii: "\n"))
    }

    private mutating func inputValue(_ node: AST.InputValueDefinition) {
        description(node.description)
        write("\(node.name.text): ")
        type(node.type)
        if let value = node.defaultValue {
            write(" = ")
            self.value(value)
        }
        directives(node.directives)
    }

    private mutating func type(_ type: AST.TypeReference) {
        switch type {
        case .named(let named): write(named.name.text)
        case .list(let element, _):
            write("[")
            self.type(element)
            write("]")
        case .nonNull(let nullable):
            self.type(nullable)
            write("!")
        }
    }
}

// MARK: - Selections

extension Printer {
    /// The longest line of a field with its arguments; beyond it each argument has its own.
    private static let lineMax = 80

    private mutating func selectionSet(_ node: AST.SelectionSet) {
        lines(node.selections) { printer, selection in
            switch selection {
            case .field(let field): printer.field(field)
            case .fragmentSpread(let spread):
                printer.write("...\(spread.name.text)")
                printer.directives(spread.directives)
            case .inlineFragment(let fragment):
                printer.write("...")
                if let condition = fragment.typeCondition { printer.write(" on \(condition.name.text)") }
                printer.directives(fragment.directives)
                printer.write(" ")
                printer.selectionSet(fragment.selectionSet)
            }
        }
    }

    private mutating func field(_ node: AST.Field) {
        var length = node.name.text.utf8.count
        if let alias = node.alias {
            write("\(alias.text): ")
            length += alias.text.utf8.count + 2
        }
        write(node.name.text)
        if !node.arguments.isEmpty {
            // Each argument apart from where it will stand, to know how long they are together.
            let arguments = node.arguments.map { argument in
                Printer.text { $0.argument(argument) }
            }
            length += arguments.reduce(0) { $0 + $1.unicodeScalars.count }
            length += 2 * (arguments.count - 1)
            if length + 2 > Printer.lineMax {
                lines(arguments, "(", ")") { $0.writeLines(Array($1.utf8)) }
            } else {
                write("(")
                separated(arguments, by: ", ") { $0.writeLines(Array($1.utf8)) }
                write(")")
            }
        }
        directives(node.directives)
        if let selectionSet = node.selectionSet {
            write(" ")
            self.selectionSet(selectionSet)
        }
    }

    private mutating func argument(_ node: AST.Argument) {
        write("\(node.name.text): ")
        value(node.value)
    }

    /// The directives, each behind a blank.
    private mutating func directives(_ directives: [AST.Directive]) {
        for directive in directives {
            write(" @\(directive.name.text)")
            guard !directive.arguments.isEmpty else { continue }
            write("(")
            separated(directive.arguments, by: ", ") { $0.argument($1) }
            write(")")
        }
    }
}

// MARK: - Values

extension Printer {
    private mutating func value(_ value: AST.Value) {
        switch value {
        case .variable(let variable): write("$\(variable.name.text)")
        case .int(let number), .float(let number): write(number.text)
        case .string(let node): string(node)
        case .boolean(let node): write(node.value ? "true" : "false")
        case .null: write("null")
        case .enumeration(let name): write(name.text)
        case .list(let node):
            write("[")
            separated(node.values, by: ", ") { $0.value($1) }
            write("]")
        case .object(let node):
            write("{")
            separated(node.fields, by: ", ") { printer, field in
                printer.write("\(field.name.text): ")
                printer.value(field.value)
            }
            write("}")
        }
    }

    private mutating func string(_ node: AST.StringValue) {
        if node.isBlock { blockString(node.text) } else { quoted(node.text) }
    }

    private mutating func quoted(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": write("\\\"")
            case "\\": write("\\\\")
            case "\u{8}": write("\\b")
            case "\u{C}": write("\\f")
            case "\n": write("\\n")
            case "\r": write("\\r")
            case "\t": write("\\t")
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                write("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            default: bytes += UTF8.encode(scalar).map(Array.init) ?? []
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func blockString(_ string: String) {
        let quote = UInt8(ascii: "\"")
        let value = Array(string.utf8)
        let lines = Printer.linesOf(value)
        let isSingle = lines.count == 1
        let forcesLeading =
            !isSingle && lines.dropFirst().allSatisfy { $0.isEmpty || Printer.isBlank($0.first) }
        // Three quotes are escaped wherever they come first in a run, so only whole threes end in an escape.
        let quotes = value.reversed().prefix { $0 == quote }.count
        let endsInTriple = quotes > 0 && quotes.isMultiple(of: 3)
        let forcesTrailing = value.last == quote && !endsInTriple || value.last == UInt8(ascii: "\\")
        let spans =
            !isSingle || string.unicodeScalars.count > 70 || forcesTrailing || forcesLeading || endsInTriple
        let skipsLeading = isSingle && Printer.isBlank(value.first)
        bytes += [quote, quote, quote]
        if spans && !skipsLeading || forcesLeading { newLine() }
        for (index, line) in lines.enumerated() {
            if index > 0 { newLine() }
            escaped(line)
        }
        if spans || forcesTrailing { newLine() }
        bytes += [quote, quote, quote]
    }

    private static func isBlank(_ byte: UInt8?) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// A line of a block string, three quotes in a row escaped.
    private mutating func escaped(_ line: ArraySlice<UInt8>) {
        let quote = UInt8(ascii: "\"")
        var rest = line
        while let first = rest.first {
            if rest.prefix(3) == [quote, quote, quote] {
                bytes += [UInt8(ascii: "\\"), quote, quote, quote]
                rest = rest.dropFirst(3)
            } else {
                bytes.append(first)
                rest = rest.dropFirst()
            }
        }
    }

    /// The lines of a text, ended by LF, CR or CR LF.
    private static func linesOf(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var position = 0
        while position < text.count {
            let byte = text[position]
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                position += 1
                continue
            }
            lines.append(text[start..<position])
            position += 1
            if byte == UInt8(ascii: "\r"), position < text.count, text[position] == UInt8(ascii: "\n") {
                position += 1
            }
            start = position
        }
        lines.append(text[start...])
        return lines
    }
}
