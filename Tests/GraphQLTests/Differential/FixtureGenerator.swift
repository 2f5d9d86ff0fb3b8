import GraphQL
import JSON
import TestSupport

/// Makes data for a schema, and values for variables, mostly of the right types.
struct FixtureGenerator {
    let schema: Schema
    var random: SplitMix64

    private static let depthMax = 4

    /// The data of a root.
    mutating func root(_ type: TypeID?) -> JSONValue {
        guard let type else { return .null }
        return object(type, depth: 0)
    }

    private mutating func chance(_ sides: Int) -> Bool {
        Int.random(in: 0..<sides, using: &random) == 0
    }

    private mutating func object(_ type: TypeID, depth: Int) -> JSONValue {
        var members = [JSONMember(key: "__typename", value: .string(schema[type].name))]
        for field in schema[type].fields ?? Definitions([]) {
            if chance(30) {
                let failure = JSONMember(key: "$error", value: .string("\(field.name) fails"))
                members.append(JSONMember(key: field.name, value: .object([failure])))
            } else if !field.arguments.isEmpty, schema[field.type.named].name == "String",
                field.type.listDepth == 0
            {
                let echo = JSONMember(key: "$echo", value: .bool(true))
                members.append(JSONMember(key: field.name, value: .object([echo])))
            } else {
                members.append(JSONMember(key: field.name, value: value(field.type, depth: depth + 1)))
            }
        }
        return .object(members)
    }

    private mutating func value(_ type: TypeReference, depth: Int) -> JSONValue {
        if type.isNonNull { return chance(25) ? .null : value(type.nullable, depth: depth) }
        if chance(10) { return .null }
        if let element = type.element {
            if chance(40) { return .number("7") }
            let count = Int.random(in: 0...2, using: &random)
            return .array((0..<count).map { _ in value(element, depth: depth) })
        }
        let named = schema[type.named]
        if named.isComposite {
            guard depth < FixtureGenerator.depthMax else { return .null }
            if chance(40) { return .object([JSONMember(key: "__typename", value: .string("Nothing"))]) }
            guard let id = schema.possibleTypes(of: type.named).randomElement(using: &random) else {
                return .null
            }
            return object(id, depth: depth)
        }
        if chance(20) { return odd() }
        if let values = named.enumValues { return .string(values.randomElement(using: &random)?.name ?? "") }
        return scalar(named.name)
    }

    private mutating func scalar(_ name: String) -> JSONValue {
        switch name {
        case "Int": .number(String(Int32.random(in: .min ... .max, using: &random)))
        case "Float": .number(["0.5", "-2.25", "3", "1e3", "123456.75"].randomElement(using: &random) ?? "1")
        case "Boolean": .bool(chance(2))
        case "ID": chance(2) ? .string("id-1") : .number("42")
        default:
            .string(
                ["", "plain", "with \"quotes\" and \\", "line\nbreak", "Größe 😀"].randomElement(
                    using: &random
                ) ?? ""
            )
        }
    }

    /// A value that most types refuse.
    private mutating func odd() -> JSONValue {
        let all: [JSONValue] = [
            .string("NOPE"), .number("3000000000"), .number("1.5"), .bool(true), .array([]),
            .object([
                JSONMember(key: "a", value: .array([.object([JSONMember(key: "b", value: .array([.null]))])]))
            ]),
            .string("it's"),
        ]
        return all.randomElement(using: &random) ?? .null
    }

    /// Values for the variables of an operation; some are missing, some are none of their type.
    mutating func variables(_ definitions: [AST.VariableDefinition]) -> [JSONMember] {
        definitions.compactMap { definition in
            guard let type = schema.reference(to: definition.type), !chance(8) else { return nil }
            return JSONMember(key: definition.variable.name.text, value: input(type, depth: 0))
        }
    }

    private mutating func input(_ type: TypeReference, depth: Int) -> JSONValue {
        if chance(15) { return odd() }
        if type.isNonNull { return chance(25) ? .null : input(type.nullable, depth: depth) }
        if chance(10) { return .null }
        if let element = type.element {
            if chance(6) { return input(element, depth: depth) }
            let count = Int.random(in: 0...12, using: &random)
            return .array((0..<count).map { _ in input(element, depth: depth + 1) })
        }
        if let values = schema[type.named].enumValues {
            let word = values.randomElement(using: &random)?.name ?? ""
            return .string(chance(8) ? word + "X" : word)
        }
        if let members = schema[type.named].inputObject {
            guard depth < 3 else { return .object([]) }
            var given: [JSONMember] = []
            for field in members.fields where !chance(3) {
                let name = chance(20) ? field.name + "s" : field.name
                if given.contains(where: { $0.key == name }) { continue }
                given.append(JSONMember(key: name, value: input(field.type, depth: depth + 1)))
            }
            return .object(given)
        }
        // What is written with a point is shown as it came, where the other side shows what it made of it.
        if schema[type.named].name == "Float" { return .number(chance(2) ? "0.5" : "-2.25") }
        return scalar(schema[type.named].name)
    }
}
