import Foundation
import GraphQL
import TestSupport
import Testing

/// What is read is written and read again as the same; what is not is refused; nothing ends the program.
///
/// `COFFER_FUZZ_ROUNDS` says how many texts are tried for each seed, for a long run.
@Suite("Random documents")
private struct DocumentFuzzTests {
    private static let rounds =
        ProcessInfo.processInfo.environment["COFFER_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 300

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `changed documents are read or refused, never more`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed &* 7_919 &+ 1)
        let entries = try Corpus.handMade().filter { $0.text.utf8.count < 1_000 }
        var schemas: [String: Schema] = [:]
        for name in Corpus.schemaNames {
            schemas[name] = try SchemaReader.read(Source(Corpus.sdl(name)))
        }
        var read = 0
        for _ in 0..<Self.rounds {
            guard let entry = entries.randomElement(using: &random) else { continue }
            var bytes = Array(Damage.text(entry.text, random: &random).utf8)
            if Int.random(in: 0..<4, using: &random) == 0, !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255,
                    using: &random
                )
            }
            guard let document = try? Parser.parse(Source(bytes)) else { continue }
            read += 1
            try expectSame(document)
            _ = DocumentSize(document).errors(limits: .standard)
            for schema in schemas.values {
                #expect(Validator.validate(document, schema: schema).count <= 5)
            }
        }
        #expect(read > Self.rounds / 20)
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `random tokens are read or refused, never more`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed &* 104_729 &+ 3)
        for _ in 0..<Self.rounds {
            var text = ""
            for _ in 0..<Int.random(in: 0..<40, using: &random) {
                text += Damage.pieces.randomElement(using: &random) ?? ""
                if Bool.random(using: &random) { text += " " }
            }
            guard let document = try? Parser.parse(Source(text)) else { continue }
            #expect(
                Printer.print(try Parser.parse(Source(Printer.print(document)))) == Printer.print(document)
            )
        }
    }

    /// What is written is read as the same.
    private func expectSame(_ document: AST.Document) throws {
        let executable = document.definitions.count { definition in
            switch definition {
            case .operation, .fragment: true
            default: false
            }
        }
        // A query without name behind a type without fields is written, as the reference does, as if it were its fields.
        guard executable % document.definitions.count == 0 else { return }
        let text = Printer.print(document)
        #expect(Printer.print(try Parser.parse(Source(text))) == text)
    }
}
