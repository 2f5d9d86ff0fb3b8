import GraphQL
import TestSupport

/// Makes documents for a schema at random: sound for the most part, with a fault here and there.
struct DocumentGenerator {
    private let schema: Schema
    var random: SplitMix64
    private var fragments: [(name: String, text: String)] = []
    private var variables: [(name: String, type: String)] = []
    /// One of so many choices is a fault; 0 for none.
    private let fault: Int

    init(schema: Schema, random: SplitMix64) {
        self.schema = schema
        self.random = random
        fault = [0, 8, 15, 40].randomElement(using: &self.random) ?? 0
    }

    /// A whole document.
    mutating func document() -> String {
        var definitions: [String] = []
        let count = chance(6) ? Int.random(in: 2...3, using: &random) : 1
        for index in 0..<count { definitions.append(operation(index, of: count)) }
        definitions += fragments.map(\.text)
        if goesWrong() { definitions.append(fragment(named: "Unused")) }
        if goesWrong(), let first = definitions.first { definitions.append(first) }
        if goesWrong(), chance(3) { definitions.append("type Extra { a: Strin }") }
        return definitions.joined(separator: chance(2) ? "\n\n" : " ") + (chance(4) ? "\n" : "")
    }

    private mutating func chance(_ sides: Int) -> Bool {
        Int.random(in: 0..<sides, using: &random) == 0
    }

    private mutating func goesWrong() -> Bool {
        fault > 0 && chance(fault)
    }

    private mutating func pick<Choices: Collection>(_ choices: Choices) -> Choices.Element? {
        choices.randomElement(using: &random)
    }

    /// A name, now and then with a letter too few, too many or in another case.
    private mutating func spelled(_ name: String) -> String {
        guard goesWrong() else { return name }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return name + "s"
        case 1: return String(name.dropLast()) + "_"
        case 2: return name.uppercased()
        default: return "zz" + name
        }
    }

    private mutating func operation(_ index: Int, of count: Int) -> String {
        variables = []
        let roots: [(String, TypeID?)] = [
            ("query", schema.query), ("mutation", schema.mutation), ("subscription", schema.subscription),
        ]
        let choice = chance(3) ? pick(roots) : roots.first
        let keyword = choice?.0 ?? "query"
        guard let root = choice?.1 ?? schema.query else { return "{ a }" }
        let depth = Int.random(in: 1...4, using: &random)
        let body = selectionSet(of: root, depth: depth, isSubscription: keyword == "subscription")
        if keyword == "query", count == 1, variables.isEmpty, chance(3) { return body }
        var text = keyword
        if count > 1 || chance(2) { text += " " + (goesWrong() ? "Same" : "Operation\(index)") }
        var definitions = variables.map { "$\($0.name): \($0.type)" }
        if goesWrong() {
            definitions.append("$unused: \(pick(["Int", "[String!]", "Nothing", "Query"]) ?? "Int")")
        }
        if goesWrong(), let first = definitions.first { definitions.append(first) }
        if !definitions.isEmpty { text += "(\(definitions.joined(separator: ", ")))" }
        return text + directives() + " " + body
    }

    private mutating func selectionSet(
        of type: TypeID,
        depth: Int,
        isSubscription: Bool = false
    ) -> String {
        var selections: [String] = []
        let count = isSubscription && !goesWrong() ? 1 : Int.random(in: 1...4, using: &random)
        for _ in 0..<count { selections.append(selection(of: type, depth: depth, isPlain: isSubscription)) }
        return "{ " + selections.joined(separator: chance(3) ? "\n" : " ") + " }"
    }

    private mutating func selection(of type: TypeID, depth: Int, isPlain: Bool) -> String {
        let fields = schema[type].fields
        let isBranch = !isPlain && depth > 0 && chance(4)
        if isBranch || fields == nil && depth > 0 {
            var targets = schema.possibleTypes(of: type)
            if schema[type].isObject { targets += schema[type].interfaces }
            if goesWrong() { targets = schema.types }
            guard let target = pick(targets) else { return "__typename" }
            let body = selectionSet(of: target, depth: depth - 1)
            if chance(2) {
                return "...\(chance(5) ? "" : " on \(spelled(schema[target].name))")\(directives()) \(body)"
            }
            let name = fragment(on: target, body)
            return "...\(name)\(directives())"
        }
        guard let fields, let field = pick(fields) else { return "__typename" }
        return selected(field, depth: depth)
    }

    /// A fragment's name, new or not.
    private mutating func fragment(on type: TypeID, _ body: String) -> String {
        if goesWrong() { return "Missing" }
        if chance(3), let known = pick(fragments.map(\.name)) { return known }
        let name = "F\(fragments.count)"
        let inner =
            goesWrong()
            ? body.dropLast() + "...F\(Int.random(in: 0...fragments.count, using: &random)) }" : body
        fragments.append((name, "fragment \(name) on \(schema[type].name)\(directives()) \(inner)"))
        return name
    }

    private mutating func fragment(named name: String) -> String {
        guard let type = pick(schema.types) else { return "" }
        return "fragment \(name) on \(schema[type].name) \(selectionSet(of: type, depth: 1))"
    }

    private mutating func selected(_ field: FieldDefinition, depth: Int) -> String {
        let isLeaf = schema[field.type.named].isLeaf
        if !isLeaf, depth <= 0, !goesWrong() { return "__typename" }
        var text = chance(6) ? "\(pick(["a", "b", "name", "id"]) ?? "a"): " : ""
        text += spelled(field.name) + arguments(field.arguments) + directives()
        if isLeaf == goesWrong() {
            text +=
                " "
                + selectionSet(
                    of: isLeaf ? schema.query ?? field.type.named : field.type.named,
                    depth: depth - 1
                )
        }
        return text
    }

    private mutating func arguments(_ definitions: [InputDefinition]) -> String {
        var texts: [String] = []
        for definition in definitions where definition.isRequired != goesWrong() || chance(3) {
            texts.append("\(spelled(definition.name)): \(value(of: definition.type, depth: 3))")
        }
        if goesWrong(), let first = texts.first { texts.append(first) }
        return texts.isEmpty ? "" : "(\(texts.joined(separator: ", ")))"
    }

    private mutating func directives() -> String {
        guard chance(8) else { return "" }
        let choices = ["@skip(if: true)", "@include(if: $flag)", "@skip(if: false)"]
        var text = pick(choices) ?? ""
        if text.contains("$flag") { _ = variable("flag", goesWrong() ? "Boolean" : "Boolean!") }
        if goesWrong() {
            text =
                pick([
                    "@unknown", "@deprecated", "@skip", "@skip(when: 1, if: 2)",
                    "@include(if: true) @include(if: true)",
                ]) ?? ""
        }
        if goesWrong(), let own = pick(schema.directives) { text = "@\(own.name)\(arguments(own.arguments))" }
        return " " + text
    }

    /// Takes note of a variable; false when there is one of that name already.
    private mutating func variable(_ name: String, _ type: String) -> Bool {
        guard !variables.contains(where: { $0.name == name }) else { return false }
        if !goesWrong() { variables.append((name, type)) }
        return true
    }

    private mutating func value(of type: TypeReference, depth: Int) -> String {
        if chance(6) {
            let name = "v\(variables.count)"
            if variable(name, spelled(schema.text(of: goesWrong() ? type.nullable : type))) {
                return "$\(name)"
            }
        }
        if goesWrong() { return pick(Self.oddValues) ?? "0" }
        if !type.isNonNull, chance(10) { return "null" }
        if let element = type.nullable.element {
            if chance(5) { return value(of: element, depth: depth - 1) }
            let count = Int.random(in: 0...2, using: &random)
            return "[" + (0..<count).map { _ in value(of: element, depth: depth - 1) }.joined(separator: ", ")
                + "]"
        }
        return plainValue(of: type.named, depth: depth)
    }

    private static let oddValues = [
        "1", "-2147483649", "1.5", "1e400", "true", "\"text\"", "RED", "SIT", "[1, \"a\"]", "{ a: 1, a: 2 }",
        "null",
        "{ required: 1 }", "[[null]]", "{}", "[]", "\"\"\"block\"\"\"", "$nowhere",
    ]

    private mutating func plainValue(of id: TypeID, depth: Int) -> String {
        switch schema[id].body {
        case .enumeration(let values): return pick(values.names).map { spelled($0) } ?? "A"
        case .inputObject(let members):
            guard depth > 0 else { return "{}" }
            var texts: [String] = []
            for field in members.fields where field.isRequired || chance(3) {
                texts.append("\(spelled(field.name)): \(value(of: field.type, depth: depth - 1))")
            }
            if goesWrong(), let first = texts.first { texts.append(first) }
            return "{ \(texts.joined(separator: ", ")) }"
        default: break
        }
        switch schema[id].name {
        case "Int": return pick(["0", "7", "-12", "2147483647"]) ?? "0"
        case "Float": return pick(["0", "1.5", "-2e10"]) ?? "0"
        case "Boolean": return pick(["true", "false"]) ?? "true"
        case "ID": return pick(["\"a\"", "17"]) ?? "0"
        default:
            return pick(["\"text\"", "\"\"", "\"a\\nb\"", "\"\"\"\n  block\n    text\n\"\"\""]) ?? "\"\""
        }
    }
}
