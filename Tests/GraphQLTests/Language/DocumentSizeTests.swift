import GraphQL
import TestSupport
import Testing

/// What is counted once per fragment is what is counted with every fragment written out where it is spread.
@Suite("Sizes of documents")
private struct DocumentSizeTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `figures are those of the document with all fragments written out`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<60 {
            let document = try Parser.parse(Source(Self.text(&random)))
            let fragments = document.definitions.reduce(into: [String: AST.FragmentDefinition]()) {
                if case .fragment(let fragment) = $1 { $0[fragment.name.text] = fragment }
            }
            let size = DocumentSize(document)
            #expect(size.operations.count == 1)
            for (operation, figures) in size.operations {
                var plain = PlainCount(fragments: fragments)
                plain.count(operation.selectionSet, depth: 1)
                #expect(
                    figures.depth == plain.depth && figures.fields == plain.fields,
                    "\(Printer.print(document))"
                )
                #expect(figures.aliases == plain.aliases && figures.directives == plain.directives)
            }
        }
    }

    /// Counts by walking into every spread.
    private struct PlainCount {
        let fragments: [String: AST.FragmentDefinition]
        var depth = 0
        var fields = 0
        var aliases = 0
        var directives = 0

        mutating func count(_ set: AST.SelectionSet, depth level: Int) {
            for selection in set.selections {
                directives += selection.directives.count
                switch selection {
                case .field(let field):
                    depth = max(depth, level)
                    fields += 1
                    if field.alias != nil { aliases += 1 }
                    if let inner = field.selectionSet { count(inner, depth: level + 1) }
                case .inlineFragment(let fragment): count(fragment.selectionSet, depth: level)
                case .fragmentSpread(let spread):
                    guard let fragment = fragments[spread.name.text] else { continue }
                    directives += fragment.directives.count
                    count(fragment.selectionSet, depth: level)
                }
            }
        }
    }

    /// A document whose fragments spread later ones alone, in a random order.
    private static func text(_ random: inout SplitMix64) -> String {
        let count = Int.random(in: 0...5, using: &random)
        var definitions = [set(from: 0, of: count, depth: 3, &random)]
        for index in 0..<count {
            let mark = Bool.random(using: &random) ? " @m" : ""
            definitions.append(
                "fragment F\(index) on T\(mark) \(set(from: index + 1, of: count, depth: 2, &random))"
            )
        }
        return definitions.shuffled(using: &random).joined(separator: "\n")
    }

    private static func set(from first: Int, of count: Int, depth: Int, _ random: inout SplitMix64) -> String
    {
        let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            let mark = Int.random(in: 0..<4, using: &random) == 0 ? " @m(a: 1)" : ""
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where first < count: return "...F\(Int.random(in: first..<count, using: &random))\(mark)"
            case 1 where depth > 0:
                return "...\(mark) \(set(from: first, of: count, depth: depth - 1, &random))"
            case 2 where depth > 0:
                return "a\(mark) \(set(from: first, of: count, depth: depth - 1, &random))"
            case 3: return "b: a\(mark)"
            case 4: return "...Gone\(mark)"
            default: return "a\(mark)"
            }
        }
        return "{ \(parts.joined(separator: " ")) }"
    }
}
