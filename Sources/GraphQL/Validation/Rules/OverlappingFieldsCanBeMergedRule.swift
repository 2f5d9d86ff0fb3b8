/// Fields under one key of the answer are one field with the same arguments, or never meet, and their types agree.
///
/// Each pair of a selection set and a fragment, and of two fragments, is compared once, and the comparisons of a
/// document together are bounded, so that a hostile document costs no more than a large one.
internal final class OverlappingFieldsCanBeMergedRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.selectionSet]
    private let context: ValidationContext
    private var collected: [CollectKey: CollectedFields] = [:]
    private var comparedFragments: [FragmentPair: Bool] = [:]
    private var budget = OverlappingFieldsCanBeMergedRule.budgetMax

    /// The comparisons that one document may cause.
    static let budgetMax = 500_000
    /// The characters of names and reasons beyond which a message is cut.
    private static let detailMax = 1_000
    /// The fields that one side of an error may show.
    private static let nodesMax = 20

    private struct CollectKey: Hashable {
        let parent: TypeID?
        let offset: Int
    }

    private struct FragmentPair: Hashable {
        let first: String
        let second: String
    }

    private struct Conflict {
        let key: String
        let reason: String
        let fields: [AST.Field]
        let others: [AST.Field]
    }

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        // What an inline fragment selects is judged with the selection set around it.
        guard case .selectionSet(let set, ofInlineFragment: false) = node else { return true }
        if set.selections.count <= 1 {
            guard case .inlineFragment? = set.selections.first else { return true }
        }
        for conflict in try conflicts(within: set, of: context.types.parent) {
            try context.report(
                "Fields '\(Self.abbreviated(conflict.key))' conflict because \(conflict.reason)."
                    + " Use different aliases on the fields to fetch both if this was intentional.",
                at: (conflict.fields + conflict.others).map(\.offset)
            )
        }
        return true
    }

    private func spend(_ cost: Int) throws(ValidationStop) {
        budget -= cost
        if budget < 0 { throw .work }
    }

    private static func abbreviated(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count > detailMax else { return text }
        return String(String.UnicodeScalarView(scalars.prefix(detailMax))) + "..."
    }
}

// MARK: - Collecting

/// A field with what is known of it.
private final class CollectedField {
    let parent: TypeID?
    let node: AST.Field
    let type: TypeReference?
    /// The arguments with their values in one form; made once.
    lazy var arguments: [(name: String, value: [UInt8])] = node.arguments.map {
        ($0.name.text, CanonicalValue.bytes(of: $0.value))
    }

    init(parent: TypeID?, node: AST.Field, type: TypeReference?) {
        self.parent = parent
        self.node = node
        self.type = type
    }
}

/// The fields of a selection set by their keys, inline fragments included, and the fragments it spreads.
private final class CollectedFields {
    var keys: [String] = []
    var byKey: [String: [CollectedField]] = [:]
    var fragments: [String] = []
    private var seen: Set<String> = []
    /// The fragments it was compared with, and whether as what never meets.
    var compared: [String: Bool] = [:]

    func append(_ field: CollectedField) {
        let key = field.node.responseKey
        if byKey[key] == nil { keys.append(key) }
        byKey[key, default: []].append(field)
    }

    func append(fragment: String) {
        if seen.insert(fragment).inserted { fragments.append(fragment) }
    }
}

extension OverlappingFieldsCanBeMergedRule {
    private func collect(_ set: AST.SelectionSet, of parent: TypeID?) -> CollectedFields {
        let key = CollectKey(parent: parent, offset: set.offset)
        if let known = collected[key] { return known }
        let fields = CollectedFields()
        collect(set, of: parent, into: fields)
        collected[key] = fields
        return fields
    }

    private func collect(_ set: AST.SelectionSet, of parent: TypeID?, into fields: CollectedFields) {
        let schema = context.schema
        for selection in set.selections {
            switch selection {
            case .field(let field):
                let definition = parent.flatMap { schema[$0].fields?[field.name.text] }
                fields.append(CollectedField(parent: parent, node: field, type: definition?.type))
            case .fragmentSpread(let spread): fields.append(fragment: spread.name.text)
            case .inlineFragment(let fragment):
                let type = fragment.typeCondition.map { schema.type(named: $0.name.text) } ?? parent
                collect(fragment.selectionSet, of: type, into: fields)
            }
        }
    }

    private func collect(fragment: AST.FragmentDefinition) -> CollectedFields {
        collect(fragment.selectionSet, of: context.schema.type(named: fragment.typeCondition.name.text))
    }
}

// MARK: - Comparing sets

extension OverlappingFieldsCanBeMergedRule {
    private func conflicts(
        within set: AST.SelectionSet,
        of parent: TypeID?
    ) throws(ValidationStop) -> [Conflict] {
        var conflicts: [Conflict] = []
        let fields = collect(set, of: parent)
        for key in fields.keys {
            let same = fields.byKey[key] ?? []
            for (index, field) in same.enumerated() {
                for other in same[(index + 1)...] {
                    try compare(field, other, key, areExclusive: false, into: &conflicts)
                }
            }
        }
        guard !fields.keys.isEmpty || fields.fragments.count > 1 else { return conflicts }
        for (index, name) in fields.fragments.enumerated() {
            try compare(fields, fragment: name, areExclusive: false, into: &conflicts)
            for other in fields.fragments[(index + 1)...] {
                try compare(fragment: name, with: other, areExclusive: false, into: &conflicts)
            }
        }
        return conflicts
    }

    private func conflicts(
        between set: AST.SelectionSet,
        of parent: TypeID?,
        and otherSet: AST.SelectionSet,
        of otherParent: TypeID?,
        areExclusive: Bool
    ) throws(ValidationStop) -> [Conflict] {
        var conflicts: [Conflict] = []
        let fields = collect(set, of: parent)
        let others = collect(otherSet, of: otherParent)
        try compare(fields, others, areExclusive: areExclusive, into: &conflicts)
        for name in others.fragments {
            try compare(fields, fragment: name, areExclusive: areExclusive, into: &conflicts)
        }
        for name in fields.fragments {
            try compare(others, fragment: name, areExclusive: areExclusive, into: &conflicts)
        }
        for name in fields.fragments {
            for other in others.fragments {
                try compare(fragment: name, with: other, areExclusive: areExclusive, into: &conflicts)
            }
        }
        return conflicts
    }

    private func compare(
        _ fields: CollectedFields,
        _ others: CollectedFields,
        areExclusive: Bool,
        into conflicts: inout [Conflict]
    ) throws(ValidationStop) {
        guard !others.keys.isEmpty else { return }
        for key in fields.keys {
            try spend(1)
            guard let same = fields.byKey[key], let other = others.byKey[key] else { continue }
            for field in same {
                for other in other {
                    try compare(field, other, key, areExclusive: areExclusive, into: &conflicts)
                }
            }
        }
    }

    private func compare(
        _ fields: CollectedFields,
        fragment name: String,
        areExclusive: Bool,
        into conflicts: inout [Conflict]
    ) throws(ValidationStop) {
        try spend(1)
        guard !fields.keys.isEmpty else { return }
        // What was compared as what may meet needs no second look; what never meets was looked at less closely.
        if let compared = fields.compared[name], !compared || areExclusive { return }
        fields.compared[name] = areExclusive
        guard let fragment = context.fragment(name) else { return }
        let others = collect(fragment: fragment)
        guard fields !== others else { return }
        try compare(fields, others, areExclusive: areExclusive, into: &conflicts)
        for inner in others.fragments {
            try compare(fields, fragment: inner, areExclusive: areExclusive, into: &conflicts)
        }
    }

    private func compare(
        fragment name: String,
        with other: String,
        areExclusive: Bool,
        into conflicts: inout [Conflict]
    ) throws(ValidationStop) {
        try spend(2)
        guard name != other else { return }
        let pair = FragmentPair(first: name, second: other)
        let reverse = FragmentPair(first: other, second: name)
        if let compared = comparedFragments[pair], !compared || areExclusive { return }
        if let compared = comparedFragments[reverse], !compared || areExclusive { return }
        comparedFragments[pair] = areExclusive
        guard let fragment = context.fragment(name), let otherFragment = context.fragment(other)
        else { return }
        let fields = collect(fragment: fragment)
        let others = collect(fragment: otherFragment)
        try compare(fields, others, areExclusive: areExclusive, into: &conflicts)
        for inner in others.fragments {
            try compare(fragment: name, with: inner, areExclusive: areExclusive, into: &conflicts)
        }
        for inner in fields.fragments {
            try compare(fragment: inner, with: other, areExclusive: areExclusive, into: &conflicts)
        }
    }
}

// MARK: - Comparing fields

extension OverlappingFieldsCanBeMergedRule {
    private func compare(
        _ field: CollectedField,
        _ other: CollectedField,
        _ key: String,
        areExclusive: Bool,
        into conflicts: inout [Conflict]
    ) throws(ValidationStop) {
        try spend(2)
        let areExclusive = areExclusive || neverMeet(field.parent, other.parent)
        if !areExclusive, let reason = try difference(field, other) {
            conflicts.append(Conflict(key: key, reason: reason, fields: [field.node], others: [other.node]))
            return
        }
        if let type = field.type, let otherType = other.type, try disagree(type, otherType) {
            let words = [type, otherType].map { "'\(context.schema.text(of: $0))'" }
            conflicts.append(
                Conflict(
                    key: key,
                    reason: "they return conflicting types \(words[0]) and \(words[1])",
                    fields: [field.node],
                    others: [other.node]
                )
            )
            return
        }
        guard let set = field.node.selectionSet, let otherSet = other.node.selectionSet else { return }
        let inner = try self.conflicts(
            between: set,
            of: field.type?.named,
            and: otherSet,
            of: other.type?.named,
            areExclusive: areExclusive
        )
        if !inner.isEmpty { conflicts.append(Self.conflict(of: inner, key, field.node, other.node)) }
    }

    /// Whether no object is of both types: they are two objects.
    private func neverMeet(_ type: TypeID?, _ other: TypeID?) -> Bool {
        guard let type, let other, type != other else { return false }
        return context.schema[type].isObject && context.schema[other].isObject
    }

    /// Why two fields are not one; nil when they are.
    private func difference(
        _ field: CollectedField,
        _ other: CollectedField
    ) throws(ValidationStop) -> String? {
        let name = field.node.name.text
        let otherName = other.node.name.text
        guard name == otherName else {
            return "'\(Self.abbreviated(name))' and '\(Self.abbreviated(otherName))' are different fields"
        }
        try spend(field.node.arguments.count)
        let areSame =
            field.node.arguments.count == other.node.arguments.count
            && field.arguments.allSatisfy { argument in
                other.arguments.last { $0.name == argument.name }?.value == argument.value
            }
        return areSame ? nil : "they have differing arguments"
    }

    /// Whether no value has both types: they differ in lists, in `!` or in their leafs.
    private func disagree(_ type: TypeReference, _ other: TypeReference) throws(ValidationStop) -> Bool {
        if type == other { return false }
        try spend(1)
        if type.isList || other.isList || type.isNonNull || other.isNonNull {
            guard type.isList == other.isList, type.isNonNull == other.isNonNull, let inner = type.inner,
                let otherInner = other.inner
            else { return true }
            return try disagree(inner, otherInner)
        }
        return context.schema[type.named].isLeaf || context.schema[other.named].isLeaf
    }

    /// The conflict of two fields whose own fields conflict.
    private static func conflict(
        of inner: [Conflict],
        _ key: String,
        _ field: AST.Field,
        _ other: AST.Field
    ) -> Conflict {
        var message = ""
        var length = 0
        for conflict in inner {
            let part =
                "\(message.isEmpty ? "" : " and ")subfields '\(abbreviated(conflict.key))' conflict because "
                + conflict.reason
            message += part
            length += part.unicodeScalars.count
            if length > detailMax { break }
        }
        return Conflict(
            key: key,
            reason: abbreviated(message),
            fields: nodes(field, inner.map(\.fields)),
            others: nodes(other, inner.map(\.others))
        )
    }

    /// A field and those within it that are to blame, up to so many.
    private static func nodes(_ field: AST.Field, _ inner: [[AST.Field]]) -> [AST.Field] {
        var nodes = [field]
        for fields in inner {
            nodes += fields.suffix(nodesMax - nodes.count)
            if nodes.count == nodesMax { break }
        }
        return nodes
    }
}

/// A value in one form, whatever the order of its fields.
private enum CanonicalValue {
    static func bytes(of value: AST.Value) -> [UInt8] {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return bytes
    }

    private static func append(_ value: AST.Value, to bytes: inout [UInt8]) {
        switch value {
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            let sorted = object.fields.enumerated().sorted {
                ($0.element.name.text, $0.offset) < ($1.element.name.text, $1.offset)
            }
            for (_, field) in sorted {
                bytes += field.name.text.utf8
                bytes.append(UInt8(ascii: ":"))
                append(field.value, to: &bytes)
                bytes.append(UInt8(ascii: ","))
            }
            bytes.append(UInt8(ascii: "}"))
        case .list(let list):
            bytes.append(UInt8(ascii: "["))
            for element in list.values {
                append(element, to: &bytes)
                bytes.append(UInt8(ascii: ","))
            }
            bytes.append(UInt8(ascii: "]"))
        case .string(let string):
            // A block string is another value than the same text in quotes, as the reference has it.
            bytes += (string.isBlock ? "#" : "").utf8
            bytes += Printer.quoted(string.text).utf8
        default: bytes += Printer.print(value).utf8
        }
    }
}
