import Foundation
import JSON
import Testing

@Suite("Reports of a file end to end")
private struct FileReportTests {
    private let coffer: Coffer

    init() throws {
        coffer = try Coffer()
    }

    private static let samples =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/samples/"

    @Test(arguments: [
        ["gains", "--json"], ["gains"], ["gains", "--explain"], ["gains", "--year", "2023", "--csv", "lots"],
        ["lots", "--all", "--json"],
        ["gains", "--method", "s104", "--currency", "GBP", "--timezone", "Europe/London", "--json"],
        ["balances", "--at", "2024-03-01", "--json"], ["gains", "--csv", "uk", "--currency", "EUR"],
    ])
    func `A report of the sample is the same with and without a data folder`(words: [String]) throws {
        let file = FileReportTests.samples + "coinbase.csv"
        let prices = FileReportTests.samples + "prices.csv"
        let direct = try coffer.run(words + ["--file", file, "--prices", prices, "--data", coffer.data])
        #expect(direct.code == 0, "\(direct.errors)")
        #expect(!FileManager.default.fileExists(atPath: coffer.data))
        #expect(try coffer("import", file).code == 0)
        #expect(try coffer("prices", "import", prices).code == 0)
        let stored = try coffer.run(words)
        #expect(direct.bytes == stored.bytes)
        #expect(!direct.bytes.isEmpty)
    }

    @Test func `A long history in any order is reported the same`() throws {
        let rows = (0..<3000).map { number in
            number % 3 == 2
                ? "\(Histories.instant(number)),trade,90,USD,0.7,BTC,,,,,Kraken,,,,,,"
                : Histories.purchase(number)
        }
        let files = [
            ("up", Histories.file(rows)), ("down", Histories.file(rows.reversed())),
            ("mixed", Histories.random(seed: 11, rows: 600)),
        ]
        for (name, text) in files {
            let path = try coffer.folder.write(text, to: name + ".csv")
            let other = try Coffer()
            #expect(try other("import", path).code == 0)
            let stored = try other("gains", "--json")
            #expect(try coffer("gains", "--file", path, "--json").bytes == stored.bytes)
            #expect(try coffer.run(["gains", "--file=-", "--json"], input: text).bytes == stored.bytes)
            #expect(try coffer.run(["gains", "--json", "--file", "-"], input: text).bytes == stored.bytes)
            let table = try other("gains")
            #expect(try coffer("gains", "--file", path).bytes == table.bytes)
        }
    }

    @Test func `A file with errors is told of as by a dry run`() throws {
        let path = try coffer.folder.write(
            Histories.file([Histories.purchase(1), "2024-99-01,trade,1,BTC,5,USD"]),
            to: "bad.csv"
        )
        let dry = try coffer("import", path, "--dry-run")
        for command in ["gains", "lots", "balances"] {
            let run = try coffer(command, "--file", path)
            #expect(run.code == 6)
            #expect(run.errors == dry.errors)
            #expect(run.output.isEmpty)
            #expect(try coffer.documents(run))
        }
        #expect(
            try coffer("gains", "--file", path, "--json").bytes
                == coffer("import", path, "--dry-run", "--json").bytes
        )
        let partial = try coffer("gains", "--file", path, "--partial")
        #expect(partial.code == 0)
        #expect(partial.errors.contains("bad.csv: rows with errors left out"))
    }

    @Test(arguments: [
        (["gains", "--file", "none.csv"], 6), (["gains", "--account", "A"], 2),
        (["lots", "--prices", "p.csv"], 2),
        (["balances", "--partial"], 2), (["lots", "--rebuild", "--file", "rows.csv"], 2),
        (["gains", "--file", "empty.csv", "--user", "owner"], 2),
        (["gains", "--file", "empty.csv"], 6), (["gains", "--file", "rows.csv", "--prices", "empty.csv"], 6),
        (["gains", "--file", "rows.csv", "--prices", "bad.csv"], 6),
    ])
    func `What does not go together, or cannot be read, is said`(words: [String], code: Int) throws {
        _ = try coffer.folder.write("", to: "empty.csv")
        _ = try coffer.folder.write("date,asset,price_usd\n2024-01-01,BTC,x\n", to: "bad.csv")
        _ = try coffer.folder.write(Histories.file([Histories.purchase(1)]), to: "rows.csv")
        let run = try coffer.run(words)
        #expect(Int(run.code) == code)
        #expect(!run.errors.isEmpty)
        #expect(run.output.isEmpty)
    }
}
