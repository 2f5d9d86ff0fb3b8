import CommandLine
import Foundation
import JSON
import Ledger
import TestSupport
import Testing

@testable import coffer

@Suite("The documents say what the program does")
private struct DocumentTests {
    /// Compares a part of a document; with `RECORD_GOLDEN` set the part is written and the test fails.
    private func expect(
        _ text: String,
        in document: String,
        between start: String,
        and end: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let file = root.appendingPathComponent("docs/" + document)
        let whole = try String(contentsOf: file, encoding: .utf8)
        let first = try #require(whole.range(of: "<!-- \(start) -->\n"), sourceLocation: sourceLocation)
        let last = try #require(whole.range(of: "<!-- \(end) -->"), sourceLocation: sourceLocation)
        let found = String(whole[first.upperBound..<last.lowerBound])
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
            let mended = whole.replacingCharacters(in: first.upperBound..<last.lowerBound, with: text)
            try Data(mended.utf8).write(to: file)
            Issue.record(
                "recorded \(document); run again without RECORD_GOLDEN",
                sourceLocation: sourceLocation
            )
            return
        }
        #expect(found == text, "docs/\(document)", sourceLocation: sourceLocation)
    }

    @Test
    func `The table of kinds is the ledger's`() throws {
        var text = "| kind | in | out | other side | lots |\n| --- | --- | --- | --- | --- |\n"
        for kind in EntryKind.allCases {
            let rule = kind.rule
            let cells = [
                "`\(rule.name)`", word(rule.incoming), word(rule.outgoing), word(rule.contra),
                word(rule.lots),
            ]
            text += "| \(cells.joined(separator: " | ")) |\n"
        }
        try expect(text, in: "importing.md", between: "kinds", and: "end of kinds")
    }

    private func word(_ rule: LegRule) -> String {
        switch rule {
        case .required: "required"
        case .optional: "optional"
        case .forbidden: "–"
        }
    }

    private func word(_ contra: Contra) -> String { contra == .transit ? "in transit" : "\(contra)" }

    private func word(_ effect: LotEffect) -> String {
        switch effect {
        case .exchange: "what goes out is disposed of, what comes in acquired, both at one value"
        case .move: "lots move with date and cost"
        case .transit: "lots move into transit (out) or come from there (in)"
        case .incomeAtValue: "acquired at its value on receipt, which is income"
        case .acquireAtValue: "acquired at its stated value, else at its value on receipt; no income"
        case .acquireAtZero: "acquired at no cost"
        case .disposeAtValue: "disposed of at its value: a gain or loss"
        case .disposeAtCost: "ends its lots without a gain or loss"
        case .carryOver: "the lots of what goes out become lots of what comes in, with date and cost"
        case .none: "nothing"
        }
    }

    @Test
    func `The table of settings is the program's`() throws {
        let text = String(decoding: ProgramSettings.table.renderMarkdown(), as: UTF8.self)
        try expect(text, in: "operations.md", between: "settings", and: "end of settings")
    }

    @Test
    func `The table of exit codes is the program's`() throws {
        var text = "| code | meaning |\n| --- | --- |\n"
        for code in ExitCode.allCases { text += "| \(code.rawValue) | \(code.summary) |\n" }
        try expect(text, in: "operations.md", between: "exit codes", and: "end of exit codes")
    }

    @Test
    func `Every command's JSON has the documented keys and no others`() throws {
        let document = try read("reports.md")
        let table = try #require(document.range(of: "## Others"))
        var documented: [String: Set<String>] = [:]
        for line in document[table.upperBound...].split(separator: "\n") where line.hasPrefix("| `") {
            let words = line.split(separator: "`", omittingEmptySubsequences: false)
            let keys = words.indices.filter { $0 > 1 && $0 % 2 == 1 }.flatMap {
                words[$0].split(separator: ".")
            }
            documented[String(words[1])] = Set(keys.map(String.init))
        }
        let coffer = try Coffer()
        _ = try coffer.state(after: Histories.small)
        try coffer.folder.write("date,asset,price_usd\n2024-01-01,BTC,x\n", to: "bad.csv")
        try coffer.folder.write("date,asset,price_usd\n2024-01-01,BTC,1\n", to: "good.csv")
        #expect(try coffer("prices", "import", "good.csv").code == 0)
        let service = LoopbackServer { _ in .answer(404, [], []) }
        defer { service.stop() }
        #expect(try coffer("config", "set", "prices.sources", "coinbase").code == 0)
        #expect(try coffer("config", "set", "prices.coinbase_url", service.base).code == 0)
        let runs: [(command: String, words: [String])] = [
            ("value", ["value"]), ("history", ["history", "--step", "weekly"]),
            ("prices import", ["prices", "import", "bad.csv"]), ("prices status", ["prices", "status"]),
            ("prices fetch", ["prices", "fetch"]),
            ("prices set", ["prices", "set", "BTC", "USD", "1", "--at", "2024-01-01"]),
            ("prices gaps", ["prices", "gaps"]),
            ("prices order", ["prices", "order", "BTC"]),
            ("convert", ["convert", "1", "BTC", "USD"]),
            ("prices unset", ["prices", "unset", "BTC", "USD"]),
            ("user add", ["user", "add", "ada@example.org", "--password-stdin"]),
            ("user list", ["user", "list"]),
            ("token create", ["token", "create"]), ("token list", ["token", "list"]),
            ("batches", ["batches"]), ("years close", ["years", "close", "2023"]),
            ("years list", ["years", "list"]), ("years reopen", ["years", "reopen", "2023"]),
            ("check", ["check"]), ("config show", ["config", "show"]), ("version", ["version"]),
            ("export --output", ["export", "--output", "export.csv"]),
            ("batches --undo", ["batches", "--undo", "1"]),
            ("seed", ["seed", "--users", "1", "--data", "fresh"]),
        ]
        #expect(Set(runs.map(\.command)) == Set(documented.keys))
        for (command, words) in runs {
            let run = try coffer.run(words + ["--json"], input: "correct horse\n")
            var keys: Set<String> = []
            collect(try run.json(), into: &keys)
            // A folder in which nothing is wrong has no finding to show.
            if command == "check" { keys.formUnion(["code", "message", "count"]) }
            #expect(keys == documented[command], "\(command)")
        }
    }

    private func collect(_ value: JSONValue, into keys: inout Set<String>) {
        for member in value.object ?? [] {
            keys.insert(member.key)
            collect(member.value, into: &keys)
        }
        for element in value.array ?? [] { collect(element, into: &keys) }
    }

    private func read(_ document: String) throws -> String {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        return try String(contentsOf: root.appendingPathComponent("docs/" + document), encoding: .utf8)
    }

    @Test
    func `Every code of the reader is in the list of codes, and no other`() throws {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let document = try String(
            contentsOf: root.appendingPathComponent("docs/importing.md"),
            encoding: .utf8
        )
        let start = try #require(document.range(of: "### Codes"))
        let end = try #require(document.range(of: "## Limits"))
        let listed = Set(
            document[start.upperBound..<end.lowerBound].split(separator: "`").filter(isCode).map(String.init)
        )
        var known: Set<String> = []
        var sources = ""
        for folder in ["Sources/Importing", "Sources/Services/Imports"] {
            let base = root.appendingPathComponent(folder).path
            for name in try FileManager.default.subpathsOfDirectory(atPath: base)
            where name.hasSuffix(".swift") {
                sources += try String(contentsOfFile: base + "/" + name, encoding: .utf8)
            }
        }
        known = Set(sources.split(separator: "\"").filter(isCode).map(String.init))
        for code in listed { #expect(known.contains(code), "\(code) is no code") }
        // The words of the sources that look like codes and are none: columns and the like.
        let columns = Set(Histories.header.split(separator: ",").map(String.init))
        for code in known.subtracting(columns).subtracting(listed) where code.contains("_") && code != "_" {
            #expect(notCodes.contains(code), "\(code) is not in docs/importing.md")
        }
    }

    private let notCodes: Set<String> = [
        "price_usd", "timestamp_utc", "coinbase_ledger", "coinbase_trades", "kraken_ledger", "kraken_trades",
        "binanceus_ledger", "binanceus_trades",
        "snapped_at", "open_time",
        "time_unix",
    ]

    private func isCode(_ text: Substring) -> Bool {
        let isWord = text.allSatisfy { $0 == "_" || ("a"..."z").contains($0) }
        return isWord && (text.contains("_") || ["exponent", "reversed", "rounded"].contains(text))
    }
}
