/// Fields that are selected are there.
internal final class FieldsOnCorrectTypeRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.field]
    private let context: ValidationContext

    init(_ context: ValidationContext) {
        self.context = context
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .field(let field) = node, context.types.field == nil, let parent = context.types.parent
        else { return true }
        let schema = context.schema
        let name = field.name.text
        var suggestions = ""
        if !context.hidesSuggestions {
            suggestions = Suggestions.words(typesWith(name, in: parent), "to use an inline fragment on")
            if suggestions.isEmpty {
                suggestions = context.suggestions(for: name, among: schema[parent].fields?.names ?? [])
            }
        }
        try context.report(
            "Cannot query field '\(name)' on type '\(schema[parent].name)'.\(suggestions)",
            at: field.offset
        )
        return true
    }

    /// The objects that a value of an interface or union may be, and their interfaces, as far as they have the field.
    private func typesWith(_ field: String, in parent: TypeID) -> [String] {
        let schema = context.schema
        guard schema[parent].isAbstract else { return [] }
        var types: [TypeID] = []
        var uses: [TypeID: Int] = [:]
        for object in schema.possibleTypes(of: parent) where schema[object].fields?[field] != nil {
            types.append(object)
            uses[object] = 1
            for interface in schema[object].interfaces where schema[interface].fields?[field] != nil {
                if uses[interface] == nil { types.append(interface) }
                uses[interface, default: 0] += 1
            }
        }
        // The order is no total one, so its outcome hangs on how is sorted: as the reference's runtime does it.
        Self.sort(&types) { left, right in
            let leftUses = uses[left] ?? 0
            let rightUses = uses[right] ?? 0
            if leftUses != rightUses { return leftUses > rightUses }
            if isInterface(left), schema.isSubtype(right, of: left) { return true }
            if isInterface(right), schema.isSubtype(left, of: right) { return false }
            return Suggestions.precedes(schema[left].name, schema[right].name)
        }
        return types.map { schema[$0].name }
    }

    /// Takes the run at the beginning as it is, turned around if it falls, and puts each further one into its place,
    /// found by halving.
    private static func sort(_ types: inout [TypeID], by precedes: (TypeID, TypeID) -> Bool) {
        guard types.count > 1 else { return }
        var run = 2
        if precedes(types[1], types[0]) {
            while run < types.count, precedes(types[run], types[run - 1]) { run += 1 }
            types[..<run].reverse()
        } else {
            while run < types.count, !precedes(types[run], types[run - 1]) { run += 1 }
        }
        for index in run..<types.count {
            let type = types.remove(at: index)
            var low = 0
            var high = index
            while low < high {
                let middle = (low + high) / 2
                if precedes(type, types[middle]) { high = middle } else { low = middle + 1 }
            }
            types.insert(type, at: low)
        }
    }

    private func isInterface(_ id: TypeID) -> Bool {
        if case .interface = context.schema[id].body { true } else { false }
    }
}
