import Testing

@Suite("The tidy rules find what they look for")
private struct RulesTests {
    private func swift(_ text: String, path: String = "Sources/Money/Planted.swift") -> Tree.SwiftFile {
        Tree.SwiftFile(Tree.File(path: path, bytes: Array(text.utf8)))
    }

    @Test(arguments: [
        ("a // x try! \"\nb", "a \nb"), ("a /* /* x */ y */ b", "a  b"),
        ("f(\"x \\(y + \"z\") w\") q", "f((y + )) q"),
        ("let a = \"\"\"\n  text \" \\(b)\n  \"\"\"; c", "let a = \n   (b)\n  ; c"),
        ("#\"a \\(b) \"c\"# d", " d"),
        ("`raw name try!` e", " e"), ("\"\\\"quoted\" f", " f"), ("#\"\\#(g)\"# h", "(g) h"),
        ("\"unclosed\ni", "\ni"),
    ])
    func `comments and literals are blanked and code in literals is kept`(_ source: String, code: String) {
        let text = CodeText(Array(source.utf8))
        #expect(text.bytes.count == source.utf8.count)
        let kept = String(decoding: text.bytes.filter { $0 != 0x20 }, as: UTF8.self)
        let wanted = code.filter { $0 != " " }
        #expect(kept.filter { $0 != "#" } == wanted)
    }

    @Test func `forced tries and casts are found outside comments`() {
        let found = Rules.forced(swift("let a = try! f()\nlet b = c as! D // try! e\nlet g = try? h()"))
        #expect(found.map(\.line) == [1, 2])
    }

    @Test func `number types are found as whole words`() {
        let found = Rules.inexact(
            swift("let a: Double = 1\nlet isDoubleSpend = \"Double\"\nlet b = [Float]()")
        )
        #expect(found.map(\.line) == [1, 3])
    }

    @Test func `slow types and formats are found`() {
        let text =
            "let a = String(format: b, c)\nlet d = e(format: f)\nlet g = DateFormatter()\n// Regex\nlet h: Regex<I>"
        #expect(Rules.slow(swift(text)).map(\.line) == [1, 3, 5])
    }

    @Test func `calls that print are found and methods of that name are not`() {
        let text = "print(1)\nfile.print(2)\nfunc print(_ a: Int) {}\nlet print = 3\ndump(4)"
        #expect(Rules.prints(swift(text)).map(\.line) == [1, 5])
    }

    @Test func `what the compiler is told to trust is counted`() {
        let file = swift(
            "final class A: @unchecked Sendable {}\nnonisolated(unsafe) var b = 1\n@preconcurrency import C\nunsafe d()\n"
        )
        #expect(Rules.uncheckedSendable(file).map(\.line) == [1])
        #expect(Rules.nonisolatedUnsafe(file).map(\.line) == [2])
        #expect(Rules.preconcurrency(file).map(\.line) == [3])
    }

    @Test(arguments: [
        ("Money", "Foundation", false), ("Storage", "FoundationEssentials", true), ("Money", "Ledger", false),
        ("Ledger", "Money", true), ("BitcainAPI", "CoinBTRAPI", false), ("Services", "CSQLite", false),
        ("Storage", "CSQLite", true), ("HTTPServer", "Money", false), ("coffer", "BitcainAPI", true),
        ("Nowhere", "Money", false), ("Services", "FoundationNetworking", false),
        ("CostBasis", "Synchronization", true),
    ])
    func `arrows are checked`(_ room: String, module: String, isFine: Bool) {
        let file = swift("internal import \(module)\n", path: "Sources/\(room)/Planted.swift")
        #expect(Rules.imports(file).isEmpty == isFine)
        let part = swift("public import struct \(module).Thing\n", path: "Sources/\(room)/Planted.swift")
        #expect(Rules.imports(part).isEmpty == isFine)
    }

    @Test func `headings and links are checked`() {
        let text = """
            # One
            [a](b.md) [c](../LICENSE#d) [e](https://example.org) `[f](g.md)` [`h`](i.md "title") [j](#k)
            ```
            # no heading
            [l](m.md)
            ```
            """
        let file = Tree.File(path: "docs/planted.md", bytes: Array(text.utf8))
        #expect(TextRules.markdown(file) { ["docs/b.md", "LICENSE", "docs/i.md"].contains($0) }.isEmpty)
        let found = TextRules.markdown(file) { _ in false }
        #expect(found.map(\.line) == [2, 2, 2])
        let second = Tree.File(path: "planted.md", bytes: Array("# One\n# Two\n[a](../b)\n".utf8))
        #expect(TextRules.markdown(second) { _ in true }.map(\.line) == [3, 1])
    }

    @Test func `words are found with their lines`() {
        let file = Tree.File(path: "a", bytes: Array("x\ny ZZ\nZZ ZZ\n".utf8))
        #expect(TextRules.lines(of: file, with: ["ZZ"], message: "").map(\.line) == [2, 3, 3])
    }

    @Test func `functions are measured`() {
        let text =
            "protocol P { func a() }\nfunc b(c: () -> Void = {}) {\n  d { }\n}\nstruct S { init() {} }\nS.init()"
        let found = Lengths.functions(of: swift(text))
        #expect(found.map(\.name) == ["b", "init"])
        #expect(found.map(\.count) == [3, 1])
    }
}
