import JSON
import TestSupport
import Testing

@testable import GraphQL

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
            for _ in 0..<80 {
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

    @Test("a document that is judged otherwise is found")
    func spoiled() throws {
        let text = "{ dog { nam } }"
        let lines = try [("animals", text), ("portfolio", text)].flatMap { name, text in
            [
                order([("schema", name), ("sdl", try Corpus.sdl(name))]),
                order([("schema", name), ("document", text)]),
            ]
        }
        let answers = try Reference.answers(lines)
        let own = Verdict.own(text, schema: try SchemaReader.read(Source(Corpus.sdl("animals"))))
        #expect(own == Verdict.reference(answers[1]))
        #expect(own != Verdict.reference(answers[3]))
    }

    @Test("definitions of schemas are taken or refused alike")
    func definitions() throws {
        let texts = try Corpus.definitions()
        let answers = try Reference.answers(texts.map { order([("schema", "tried"), ("sdl", $0)]) })
        for (text, answer) in zip(texts, answers) {
            var messages: [String] = []
            do {
                _ = try SchemaReader.read(Source(text))
            } catch {
                messages = error.messages
            }
            #expect(messages == answer["errors"]?.array?.compactMap { $0.string }, "\(text)")
        }
    }

    @Test("names that were perhaps meant are the same in the same order")
    func suggestions() throws {
        var random = SplitMix64(seed: 5)
        var names = [
            "", "a", "A", "name", "names", "NAME", "nmae", "name10", "name9", "name09", "nameé", "x1y2",
            "x1y10",
        ]
        let letters = Array("abcdeXY012_")
        for _ in 0..<120 {
            let count = Int.random(in: 1...9, using: &random)
            names.append(String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" }))
        }
        let lines = names.map { name in
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("suggest")
            writer.string(name)
            writer.array("among", names) { $0.string($1) }
            writer.endObject()
            return writer.finish()
        }
        for (name, answer) in zip(names, try Reference.answers(lines)) {
            let nearest = Suggestions.nearest(to: name, among: names)
            #expect(nearest == answer["suggestions"]?.array?.compactMap { $0.string }, "\(name)")
        }
    }

    @Test("validation stops at a number of errors alike", arguments: [1, 2, 4])
    func errorLimit(limit: Int) throws {
        let text = "{ one two { three } dog { four name(five: 6) } ...Seven } fragment Eight on Nine { ten }"
        let sdl = try Corpus.sdl("animals")
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("document")
        writer.string(text)
        writer.key("schema")
        writer.string("animals")
        writer.key("max_errors")
        writer.integer(limit)
        writer.endObject()
        let answers = try Reference.answers([order([("schema", "animals"), ("sdl", sdl)]), writer.finish()])
        let errors = Validator.validate(
            try Parser.parse(Source(text)),
            schema: try SchemaReader.read(Source(sdl)),
            errorsMax: limit + 1
        )
        #expect(errors.count == limit + 1)
        #expect(errors.map(\.message) == answers[1]["errors"]?.array?.compactMap { $0["message"]?.string })
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
