import Foundation
import JSON
import Testing

@Suite("Importing end to end")
private struct ImportTests {
    private let coffer: Coffer

    init() throws {
        coffer = try Coffer()
    }

    private func bring(_ text: String, _ words: String..., name: String = "rows.csv") throws -> JSONValue {
        let path = try coffer.folder.write(text, to: name)
        let run = try coffer.run(["import", path, "--json"] + words)
        #expect(run.code == 0, "\(run.output)\(run.errors)")
        return try run.json()
    }

    private func counts(_ outcome: JSONValue) -> [Int64?] {
        ["rows", "entries", "inserted", "existing", "error_count"].map { outcome[$0]?.integer }
    }

    @Test
    func `The same file twice adds nothing, from any folder and under any name`() throws {
        let rows = (0..<50).map { Histories.purchase($0) }
        #expect(counts(try bring(Histories.file(rows))) == [50, 50, 50, 0, 0])
        let before = try coffer.state()
        #expect(counts(try bring(Histories.file(rows), name: "other.csv")) == [50, 50, 0, 50, 0])
        #expect(try coffer.state() == before)
    }

    @Test
    func `True twins inside one file are both kept, and no third comes with the next import`() throws {
        let rows = [Histories.purchase(1), Histories.purchase(1), Histories.purchase(2)]
        #expect(counts(try bring(Histories.file(rows))) == [3, 3, 3, 0, 0])
        #expect(counts(try bring(Histories.file(rows))) == [3, 3, 0, 3, 0])
        #expect(counts(try bring(Histories.file([rows[0]] + rows))) == [4, 4, 1, 3, 0])
    }

    @Test
    func `An extended file adds just its new rows, wherever they stand`() throws {
        let old = (10..<60).map { Histories.purchase($0) }
        _ = try bring(Histories.file(old))
        let all = (0..<70).map { Histories.purchase($0) }
        #expect(counts(try bring(Histories.file(all))) == [70, 70, 20, 50, 0])
        #expect(try coffer.state() == Coffer().state(after: Histories.file(all)))
    }

    @Test
    func `An undone import is gone everywhere and can be brought in again`() throws {
        let first = (0..<5).map { Histories.purchase($0) }
        _ = try bring(Histories.file(first))
        let before = try coffer.state()
        let lots = try coffer("lots").output
        let more = Histories.file((3..<9).map { Histories.purchase($0) })
        let outcome = try bring(more)
        #expect(counts(outcome) == [6, 6, 4, 2, 0])
        let number = try #require(outcome["import_id"]?.string)
        let undo = try coffer("batches", "--undo", number, "--json")
        #expect(undo.code == 0)
        #expect(try undo.json()["entries"]?.integer == 4)
        #expect(try coffer.state() == before)
        #expect(try coffer("lots").output == lots)
        let twice = try coffer("batches", "--undo", number)
        #expect(twice.code == 7)
        #expect(counts(try bring(more)) == [6, 6, 4, 2, 0])
    }

    @Test(arguments: [false, true])
    func `A dry run says what the import then does, and changes nothing`(partial: Bool) throws {
        _ = try bring(Histories.file((0..<4).map { Histories.purchase($0) }))
        let before = try coffer.state()
        var rows = (2..<8).map { Histories.purchase($0) } + [Histories.purchase(9, asset: "NEWCOIN7")]
        if partial { rows.append("2024-02-30T00:00:00Z,trade,1,BTC,1,USD,,,,,,,,,,,") }
        let words = partial ? ["--partial"] : []
        let path = try coffer.folder.write(Histories.file(rows), to: "next.csv")
        let dry = try coffer.run(["import", path, "--json", "--dry-run"] + words).json()
        #expect(try coffer.state() == before)
        #expect(dry["dry_run"]?.bool == true)
        #expect(dry["import_id"]?.isNull == true)
        let real = try coffer.run(["import", path, "--json"] + words).json()
        let same = (real.object ?? []).filter { !["dry_run", "import_id"].contains($0.key) }
        for member in same { #expect(dry[member.key] == member.value, "\(member.key)") }
        #expect(real["inserted"]?.integer == 5)
        #expect(real["warning_count"]?.integer == 1)
    }

    @Test
    func `A file with errors imports nothing, lists them all, and its good rows come with partial`() throws {
        let rows = [
            Histories.purchase(1), "2024-01-01T00:00:00Z,trade,\"1,5\",BTC,1,USD,,,,,,,,,,,",
            Histories.purchase(2), "never,tarde,1,BTC,1,USD,,,,,,,,,,,",
        ]
        let path = try coffer.folder.write(Histories.file(rows), to: "faulty.csv")
        let before = try coffer.state()
        let refused = try coffer("import", path, "--json")
        #expect(refused.code == 6)
        let outcome = try refused.json()
        #expect(outcome["refused"]?.bool == true)
        #expect(outcome["inserted"]?.integer == 0)
        let errors = try #require(outcome["errors"]?.array)
        #expect(errors.map { $0["line"]?.integer } == [3, 5, 5])
        #expect(errors.map { $0["column"]?.string } == ["in_amount", "time", "kind"])
        #expect(errors.map { $0["found"]?.string } == ["1,5", "never", "tarde"])
        #expect(errors.allSatisfy { $0["expected"]?.string?.isEmpty == false })
        #expect(try coffer.state() == before)
        let partial = try coffer("import", path, "--json", "--partial")
        #expect(partial.code == 0)
        #expect(try partial.json()["inserted"]?.integer == 2)
    }

    @Test
    func `Of very many errors the first thousand come with the count of all`() throws {
        let rows = (0..<2345).map { _ in "2024-13-01,trade,1,BTC,1,USD,,,,,,,,,,," }
        let path = try coffer.folder.write(Histories.file(rows), to: "faulty.csv")
        let run = try coffer("import", path, "--json")
        #expect(run.code == 6)
        let outcome = try JSONReader.parse(run.bytes.dropLast(), limits: .lavish)
        #expect(outcome["error_count"]?.integer == 2345)
        #expect(outcome["errors"]?.array?.count == 1000)
        #expect(outcome["errors"]?.array?.last?["line"]?.integer == 1001)
        let text = try coffer("import", path)
        #expect(text.errors.contains("2345 errors in all"))
        #expect(text.errors.split(separator: "\n").count == 1002)
    }

    @Test
    func `Accounts are made as a file names them, and the flag names those it does not`() throws {
        let rows = [
            "2024-01-01,deposit,1,BTC,,,,,,,Cold Storage,,,,,,", "2024-01-02,deposit,2,BTC,,,,,,,,,,,,,",
        ]
        _ = try bring(Histories.file(rows), "--account", "Bitvavo")
        let lots = try #require(try coffer("lots", "--json").json()["lots"]?.array)
        #expect(lots.map { $0["account"]?.string } == ["Cold Storage", "Bitvavo"])
        // The same row elsewhere is another entry.
        #expect(try bring(Histories.file(rows), "--account", "Kraken")["inserted"]?.integer == 1)
        #expect(try bring(Histories.file([rows[1]]))["inserted"]?.integer == 1)
        #expect(try coffer("lots").output.contains("Main"))
    }

    @Test
    func `What belongs to one user is not another's`() throws {
        #expect(
            try coffer("user", "add", "ada@example.org", "--password-stdin", input: "correct horse\n").code
                == 0
        )
        _ = try bring(Histories.file([Histories.purchase(1)]))
        let path = try coffer.folder.write(
            Histories.file([Histories.purchase(1), Histories.purchase(2)]),
            to: "ada.csv"
        )
        let run = try coffer("import", path, "--user", "ada@example.org", "--json")
        #expect(try run.json()["inserted"]?.integer == 2, "the owner's rows are not hers")
        #expect(try coffer("export").output == Histories.file([Histories.purchase(1)]))
        #expect(try coffer("batches", "--undo", "2").code == 7, "the owner cannot undo her import")
        #expect(try coffer("batches", "--undo", "2", "--user", "ada@example.org").code == 0)
        #expect(try coffer("export", "--user", "ada@example.org").output == Histories.file([]))
        #expect(try coffer("check").code == 0)
    }

    @Test
    func `Standard input and a pipe are read like a file`() throws {
        let rows = Histories.file((0..<20).map { Histories.purchase($0) })
        let piped = try coffer("import", "-", "--json", input: rows)
        #expect(piped.code == 0, "\(piped.errors)")
        #expect(try piped.json()["inserted"]?.integer == 20)
        #expect(try piped.json()["file"]?.string == "standard input")
        let path = try coffer.folder.write(rows, to: "rows.csv")
        var shell = coffer
        shell.wrapper = ["bash", "-c", "\"$0\" import <(cat \(path)) --json"]
        let substituted = try shell.run([])
        #expect(substituted.code == 0, "\(substituted.errors)")
        #expect(try substituted.json()["existing"]?.integer == 20)
        let nothing = try coffer("import", "-")
        #expect(nothing.code == 6)
    }

    @Test
    func `A file from newest to oldest gives the same history as one from oldest to newest`() throws {
        let rows = (0..<30).map { Histories.purchase($0) }
        _ = try bring(Histories.file(rows.reversed()))
        let other = try Coffer()
        #expect(try coffer.state() == other.state(after: Histories.file(rows)))
        #expect(counts(try bring(Histories.file(rows))) == [30, 30, 0, 30, 0])
    }

    @Test
    func `A row with a known venue id and other content is kept and named`() throws {
        let row = Histories.purchase(1, reference: "T-1")
        _ = try bring(Histories.file([row]))
        let outcome = try bring(Histories.file([row.replacingOccurrences(of: "101,USD", with: "102,USD")]))
        #expect(outcome["inserted"]?.integer == 1)
        let warning = try #require(outcome["warnings"]?.array?.first)
        #expect(warning["code"]?.string == "changed_row")
        #expect(warning["found"]?.string == "T-1")
        #expect(warning["line"]?.integer == 2)
    }

    @Test
    func `Only the file of a command is read from a pipe`() throws {
        let row = "2024-01-01,deposit,1,BTC,-\n"
        let file = "time,kind,in_amount,in_asset,exchange\n" + row
        try coffer.folder.write(file, to: "rows.csv")
        // The words that a file's name would be guessed from stand elsewhere.
        #expect(try coffer("--data", "import", "import", "--account", "-", "rows.csv").code == 0)
        #expect(try coffer("export", "--data", "import").output.contains("BTC,,,,,,,'-,"))
        #expect(try coffer("import", "--help", "-").output.contains("Usage"))
        let piped = try coffer("--data", "import", "import", "-", "--account", "-", input: file)
        #expect(piped.output.hasPrefix("standard input: imported 0 of 1 entries, 1 already there"))
    }

    @Test
    func `A venue id cannot steer the terminal`() throws {
        let row = Histories.purchase(1, reference: "T\u{1B}]0;x\u{07}\u{202E}1")
        _ = try bring(Histories.file([row]))
        try coffer.folder.write(
            Histories.file([row.replacingOccurrences(of: "101,USD", with: "102,USD")]),
            to: "changed.csv"
        )
        let run = try coffer("import", "changed.csv")
        #expect(run.code == 0)
        #expect(run.errors.contains("the row's id T\u{FFFD}]0;x\u{FFFD}\u{FFFD}1 is that of entry 1"))
        #expect(!(run.output + run.errors).unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `An export imported into an empty folder exports as the same bytes`(seed: UInt64) throws {
        let text = Histories.random(seed: seed, rows: 400)
        _ = try bring(text)
        let exported = try coffer("export")
        #expect(exported.code == 0)
        let other = try Coffer()
        #expect(try other.state(after: exported.output) == exported.output)
        for report in ["balances", "lots", "gains"] {
            let words = [report, "--json"] + (report == "balances" ? ["--at", "2025-01-01"] : [])
            #expect(try other.run(words).output == coffer.run(words).output, "\(report)")
        }
        // And it is the same history: nothing of it is new where it came from.
        #expect(try bring(exported.output)["inserted"]?.integer == 0)
    }
}

extension JSONLimits {
    /// Limits for answers that a test knows to be long.
    static let lavish = JSONLimits(elements: 1_000_000)
}

extension Coffer {
    /// The state after importing a file.
    func state(after text: String) throws -> String {
        let run = try run(["import", folder.write(text, to: "state.csv")])
        #expect(run.code == 0, "\(run.output)\(run.errors)")
        return try state()
    }
}
