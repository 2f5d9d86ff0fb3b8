import GraphQL
import JSON
import TestSupport
import Testing

@Suite(
    "Documents beside the reference implementation",
    .serialized,
    .enabled(
        if: Reference.isRequired || Reference.isPresent,
        "graphql-core cannot be installed from PyPI"
    )
)
private struct DifferentialTests {
    init() throws {
        try #require(Reference.isPresent, "Scripts/fetch-peers says what is missing")
    }

    @Test("hand-made documents are read, written and judged alike")
    func handMade() throws {
        let entries = try Corpus.handMade()
        #expect(entries.count >= 300)
        try compare(entries)
    }

    @Test("generated documents are read, written and judged alike", arguments: 1...4 as ClosedRange<UInt64>)
    func generated(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var entries: [Corpus.Entry] = []
        for name in Corpus.schemaNames {
            let schema = try SchemaReader.read(Source(Corpus.sdl(name)))
            for _ in 0..<150 {
                var generator = DocumentGenerator(schema: schema, random: random)
                entries.append(Corpus.Entry(schema: name, text: generator.document()))
                random = generator.random
            }
        }
        try compare(entries)
    }

    @Test("documents with damage are refused alike", arguments: 1...2 as ClosedRange<UInt64>)
    func damaged(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let whole = try Corpus.handMade().filter { $0.text.utf8.count < 2_000 }
        var entries: [Corpus.Entry] = []
        for _ in 0..<600 {
            guard let entry = whole.randomElement(using: &random) else { continue }
            let text = Damage.text(entry.text, random: &random)
            entries.append(Corpus.Entry(schema: entry.schema, text: text))
        }
        try compare(entries)
    }

    private func compare(_ entries: [Corpus.Entry]) throws {
        var schemas: [String: Schema] = [:]
        var lines: [[UInt8]] = []
        for name in Corpus.schemaNames {
            let sdl = try Corpus.sdl(name)
            schemas[name] = try SchemaReader.read(Source(sdl))
            lines.append(order([("schema", name), ("sdl", sdl)]))
        }
        lines += entries.map { entry in
            order([("document", entry.text)] + (entry.schema.map { [("schema", $0)] } ?? []))
        }
        let answers = try Reference.answers(lines)
        for answer in answers.prefix(schemas.count) {
            try #require(answer["errors"]?.array?.isEmpty == true, "\(answer)")
        }
        for (entry, answer) in zip(entries, answers.dropFirst(schemas.count)) {
            let schema = answer["unjudged"] == nil ? entry.schema.flatMap { schemas[$0] } : nil
            let own = Verdict.own(entry.text, schema: schema)
            #expect(own == Verdict.reference(answer), "\(entry.schema ?? "no schema"): \(entry.text)")
        }
    }

    private func order(_ members: [(String, String)]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in members {
            writer.key(key)
            writer.string(value)
        }
        writer.endObject()
        return writer.finish()
    }
}
