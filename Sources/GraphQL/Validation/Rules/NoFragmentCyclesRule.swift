/// No fragment holds itself, directly or by others.
internal final class NoFragmentCyclesRule: ValidationRule {
    static let entered: Set<VisitedNode.Kind> = [.fragment]
    private let context: ValidationContext
    private var visited: Set<String> = []
    /// The spreads from the fragment that was begun with to the one at hand.
    private var path: [AST.FragmentSpread] = []
    /// How long the path was where it came to each fragment that it goes through.
    private var places: [String: Int] = [:]

    init(_ context: ValidationContext) {
        self.context = context
    }

    /// A fragment whose spreads are looked at.
    private struct Open {
        let name: String
        let spreads: [AST.FragmentSpread]
        var next = 0
    }

    func enter(_ node: VisitedNode) throws(ValidationStop) -> Bool {
        guard case .fragment(let fragment) = node else { return true }
        // By a stack of its own: as long as the chain of fragments, which may be long.
        var stack: [Open] = []
        if let open = open(fragment) { stack.append(open) }
        while let current = stack.last {
            guard current.next < current.spreads.count else {
                places[current.name] = nil
                stack.removeLast()
                if !stack.isEmpty { path.removeLast() }
                continue
            }
            stack[stack.count - 1].next += 1
            let spread = current.spreads[current.next]
            path.append(spread)
            if let start = places[spread.name.text] {
                try report(spread, from: start)
            } else if let inner = context.fragment(spread.name.text), let open = open(inner) {
                stack.append(open)
                continue
            }
            path.removeLast()
        }
        return true
    }

    /// Begins with a fragment; nil when that was done before or it spreads nothing.
    private func open(_ fragment: AST.FragmentDefinition) -> Open? {
        let name = fragment.name.text
        guard visited.insert(name).inserted else { return nil }
        let spreads = context.spreads(in: fragment.selectionSet)
        guard !spreads.isEmpty else { return nil }
        places[name] = path.count
        return Open(name: name, spreads: spreads)
    }

    private func report(_ spread: AST.FragmentSpread, from start: Int) throws(ValidationStop) {
        let cycle = path[start...]
        let via = cycle.dropLast().map { "'\($0.name.text)'" }.joined(separator: ", ")
        try context.report(
            "Cannot spread fragment '\(spread.name.text)' within itself\(via.isEmpty ? "" : " via \(via)").",
            at: cycle.map(\.offset)
        )
    }
}
