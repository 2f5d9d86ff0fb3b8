import Foundation
import Importing
import Ledger
import Storage
import Testing
import TestSupport
import Time

@testable import Services

@Suite("Imports")
private struct ImportTests {
    private func isLarge(_ configuration: inout WorkspaceConfiguration) {
        configuration.storage.smallImportRowsMax = 3
    }

    /// Runs a body with files imported by one commit, and again by many.
    private func onBothPaths(_ body: (Fixture) throws -> Void) throws {
        try withFixture { try body($0) }
        try withFixture(change: { isLarge(&$0) }) { try body($0) }
    }

    @Test func `a file is imported once, and twice adds nothing`() throws {
        try onBothPaths { (fixture) throws in
            let first = try fixture.importText(Sample.history)
            #expect(first.inserted == 4)
            #expect(first.existing == 0)
            #expect(first.format == "coffer")
            let second = try fixture.importText(Sample.history)
            #expect(second.inserted == 0)
            #expect(second.existing == 4)
            #expect(!second.isRefused)
            #expect(try fixture.balances()["BTC"] == "0.3")
        }
    }

    @Test func `true twins in one file are both kept, and a file that has grown adds just its new rows`()
        throws
    {
        try onBothPaths { (fixture) throws in
            let twins = Sample.deposit("1") + Sample.row("1") + Sample.row("1")
            #expect(try fixture.importText(twins).inserted == 3)
            let grown = try fixture.importText(twins + Sample.row("1") + Sample.row("5", second: 9))
            #expect(grown.existing == 3)
            #expect(grown.inserted == 2)
            #expect(try fixture.balances() == ["BTC": "9"])
        }
    }

    @Test func `rows with errors refuse the file, and partial imports the others`() throws {
        try onBothPaths { (fixture) throws in
            let text = Sample.history + "2024-13-01T00:00:00Z,trade,1,BTC,,,,,,,Kraken,\n"
            let refused = try fixture.importText(text)
            #expect(refused.isRefused)
            #expect(refused.errorCount == 1)
            #expect(refused.issues.first?.line == 6)
            #expect(refused.inserted == 0)
            #expect(try fixture.workspace.imports(of: fixture.owner).isEmpty)
            let partial = try fixture.importText(text, partial: true)
            #expect(!partial.isRefused)
            #expect(partial.errorCount == 1)
            #expect(partial.inserted == 4)
        }
    }

    @Test func `an id that comes again with other content is told of and kept`() throws {
        try onBothPaths { (fixture) throws in
            let header = "time,kind,in_amount,in_asset,account,reference\n"
            let rows = (0..<5).map { "2024-01-0\($0 + 1),deposit,1,BTC,Kraken,r\($0)\n" }.joined()
            _ = try fixture.importText(header + rows)
            let changed = rows.replacingOccurrences(of: "2,deposit,1", with: "2,deposit,7")
            for isDryRun in [true, false] {
                let outcome = try fixture.importText(header + changed, dryRun: isDryRun)
                #expect(outcome.inserted == 1)
                #expect(outcome.existing == 4)
                let warning = try #require(outcome.issues.first { $0.code == "changed_row" })
                #expect(warning.line == 3)
                #expect(warning.found == "r1")
            }
        }
    }

    @Test(arguments: [false, true])
    func `all warnings are counted and the first thousand lines' kept, in their order`(isDryRun: Bool) throws
    {
        try onBothPaths { (fixture) throws in
            let header = "time,kind,in_amount,in_asset,account,reference\n"
            func rows(_ amount: String) -> String {
                (0..<1_200).map {
                    let second = 1_000 + $0
                    let time = "2024-01-01T00:\(second / 60):\(second % 60 < 10 ? "0" : "")\(second % 60)Z"
                    // The exponent is told when the file is read, the changed row when it meets the journal.
                    let told = $0 == 1_100 ? amount + "e0" : amount
                    return "\(time),deposit,\(told),\($0 == 1_050 ? "LATE" : "BTC"),Kraken,r\($0)\n"
                }.joined()
            }
            _ = try fixture.importText(header + rows("1").replacingOccurrences(of: "LATE", with: "BTC"))
            let outcome = try fixture.importText(header + rows("2"), dryRun: isDryRun)
            #expect(outcome.inserted == 1_200)
            #expect(outcome.warningCount == 1_202)
            #expect(outcome.issues.count == 1_000)
            #expect(outcome.issues.map(\.line) == Array(2..<1_002))
        }
    }

    @Test func `an asset that nobody knows is registered with a warning, once`() throws {
        try onBothPaths { (fixture) throws in
            let text =
                Sample.header
                + "2024-01-01,deposit,1,NEWCOIN,,,,,,,Kraken,\n2024-01-02,deposit,1,NEWCOIN,,,,,,,Kraken,\n"
                + Sample.history.split(separator: "\n").dropFirst().joined(separator: "\n") + "\n"
            let dry = try fixture.importText(text, dryRun: true)
            #expect(dry.issues.filter { $0.code == "unknown_asset" }.map(\.line) == [2])
            let first = try fixture.importText(text)
            #expect(first.issues.filter { $0.code == "unknown_asset" }.map(\.found) == ["NEWCOIN"])
            #expect(try fixture.importText(text).warningCount == 0)
            #expect(try fixture.balances()["NEWCOIN"] == "2")
        }
    }

    @Test func `accounts are made by the names of the file, each at its venue`() throws {
        try onBothPaths { (fixture) throws in
            _ = try fixture.importText(Sample.history)
            #expect(try fixture.balances(venue: "coinbase") == ["BTC": "0.3", "USD": "-10150"])
            #expect(try fixture.balances(venue: "kraken") == ["ETH": "2.01", "USD": "-3000"])
            #expect(try fixture.balances(venue: "binanceus") == [:])
        }
    }

    @Test func `rows that name no account go to the one that the caller names`() throws {
        try withFixture { (fixture) throws in
            let text = "time,kind,in_amount,in_asset\n2024-01-01,deposit,1,BTC\n"
            _ = try fixture.importText(text, account: "Ledger Nano")
            #expect(try fixture.balances(venue: "ledger nano") == ["BTC": "1"])
        }
    }

    @Test func `a file from newest to oldest makes the same journal as the other way round`() throws {
        let rows = (0..<50).map { Sample.row("\($0 + 1)", second: $0 / 3) }
        let header = "time,kind,in_amount,in_asset,account\n"
        var journals: Set<String> = []
        for limit in [1000, 3] {
            for text in [header + rows.joined(), header + rows.reversed().joined()] {
                try withFixture(change: { $0.storage.smallImportRowsMax = limit }) { (fixture) throws in
                    #expect(try fixture.importText(text).inserted == 50)
                    journals.insert(try fixture.exported())
                }
            }
        }
        #expect(journals.count == 1)
    }

    @Test func `more rows than one commit carries arrive all, in order`() throws {
        try withFixture { (fixture) throws in
            let count = Workspace.rowsPerCommit + 500
            var text = "time,kind,in_amount,in_asset,account\n"
            for row in (0..<count).reversed() { text += Sample.row("1", second: row) }
            let dry = try fixture.importText(text, dryRun: true)
            let outcome = try fixture.importText(text)
            #expect(outcome.inserted == count)
            #expect(dry.inserted == count)
            let book = try fixture.workspace.books.snapshot(of: fixture.owner).book
            #expect(book.count == count)
            #expect(book.row(at: 0).id < book.row(at: count - 1).id)
            #expect(try fixture.importText(text).existing == count)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a dry run says what the import does, and changes nothing`(_ seed: UInt64) throws {
        try withFixture(change: { $0.storage.smallImportRowsMax = seed % 2 == 0 ? 1000 : 3 }) {
            (fixture) throws in
            var random = SplitMix64(seed: seed)
            for _ in 0..<4 {
                let text = randomFile(&random)
                let isPartial = Bool.random(using: &random)
                let before = try fixture.exported()
                let dry = try fixture.importText(text, dryRun: true, partial: isPartial)
                #expect(try fixture.exported() == before)
                #expect(dry.importNumber == nil)
                let real = try fixture.importText(text, partial: isPartial)
                #expect(dry.isRefused == real.isRefused)
                #expect(dry.errorCount == real.errorCount)
                if real.isRefused {
                    #expect(try fixture.exported() == before)
                } else {
                    #expect(dry.inserted == real.inserted)
                    #expect(dry.existing == real.existing)
                    #expect(dry.warningCount == real.warningCount)
                    #expect(dry.issues == real.issues)
                }
            }
        }
    }

    private func randomFile(_ random: inout SplitMix64) -> String {
        let header = "time,kind,in_amount,in_asset,account,reference\n"
        let rows = (0..<Int.random(in: 1...12, using: &random)).map { _ -> String in
            let day = Int.random(in: 1...3, using: &random)
            let amount =
                Int.random(in: 0..<40, using: &random) == 0
                ? "x" : String(Int.random(in: 1...3, using: &random))
            let asset = ["BTC", "ETH", "ODD", "RARE"].randomElement(using: &random) ?? "BTC"
            let reference = ["", "", "a", "b"].randomElement(using: &random) ?? ""
            return "2024-01-0\(day),deposit,\(amount),\(asset),Kraken,\(reference)\n"
        }
        return header + rows.joined()
    }

    @Test func `a large import whose file changes between the passes leaves nothing`() throws {
        try withFixture(change: { isLarge(&$0) }) { (fixture) throws in
            let passes = [Sample.history, Sample.deposit("1", second: 1)]
            var pass = 0
            #expect(throws: (any Error).self) {
                try fixture.workspace.importFile(
                    ImportRequest(user: fixture.owner, fileName: "a.csv"),
                    source: {
                        defer { pass += 1 }
                        return bytes(passes[min(pass, 1)])
                    },
                    progress: { _, _ in }
                )
            }
            #expect(try fixture.workspace.imports(of: fixture.owner).isEmpty)
            #expect(try fixture.balances().isEmpty)
            #expect(try fixture.workspace.check().findings.isEmpty)
            #expect(try fixture.importText(Sample.history).inserted == 4)
        }
    }

    private struct Broken: Error {}

    @Test func `a large import whose source fails leaves nothing and frees the way for the next`() throws {
        try withFixture(change: { isLarge(&$0) }) { (fixture) throws in
            var pass = 0
            #expect(throws: Broken.self) {
                try fixture.workspace.importFile(
                    ImportRequest(user: fixture.owner, fileName: "a.csv"),
                    source: {
                        pass += 1
                        guard pass > 1 else { return bytes(Sample.history) }
                        return { throw Broken() }
                    },
                    progress: { _, _ in }
                )
            }
            #expect(try fixture.workspace.imports(of: fixture.owner).isEmpty)
            #expect(try fixture.importText(Sample.history).inserted == 4)
        }
    }

    @Test func `an undone import counts no longer and can be imported again`() throws {
        try onBothPaths { (fixture) throws in
            let first = try fixture.importText(Sample.history)
            let number = Int(try #require(first.importNumber))
            #expect(try fixture.workspace.undoImport(number, of: fixture.owner) == 4)
            #expect(try fixture.balances().isEmpty)
            #expect(throws: WorkspaceError.unknownImport(number, state: "undone")) {
                try fixture.workspace.undoImport(number, of: fixture.owner)
            }
            #expect(try fixture.importText(Sample.history).inserted == 4)
            #expect(
                try fixture.workspace.imports(of: fixture.owner).map(\.state).sorted() == [
                    "committed", "undone",
                ]
            )
        }
    }

    @Test func `nobody undoes another's import`() throws {
        try withFixture { (fixture) throws in
            let outcome = try fixture.importText(Sample.history)
            let other = try fixture.addUser("other").id
            let number = Int(try #require(outcome.importNumber))
            #expect(throws: WorkspaceError.unknownImport(number, state: nil)) {
                try fixture.workspace.undoImport(number, of: other)
            }
        }
    }

    @Test func `what is exported and imported elsewhere is exported the same`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(Sample.history)
            let text = try fixture.exported()
            try withFixture { (other) throws in
                #expect(try other.importText(text).inserted == 4)
                #expect(try other.exported() == text)
            }
        }
    }
}

@Suite("The range of balances")
private struct RangeTests {
    private let most = "99999999999999999999.999999999999999999"
    private let least = "0.000000000000000001"

    private func isLarge(_ configuration: inout WorkspaceConfiguration) {
        configuration.storage.smallImportRowsMax = 1
    }

    private func deposits(_ amounts: [String], from second: Int = 0) -> String {
        "time,kind,in_amount,in_asset,account\n"
            + amounts.enumerated().map { Sample.row($0.element, second: second + $0.offset) }.joined()
    }

    private func check(_ outcome: ImportOutcome, isRefusedAt line: Int) throws {
        #expect(outcome.isRefused)
        #expect(outcome.inserted == 0)
        #expect(outcome.importNumber == nil)
        #expect(outcome.errorCount == 1)
        let issue = try #require(outcome.issues.first { $0.severity == .error })
        #expect(issue.code == "balance_out_of_range")
        #expect(issue.line == line)
        #expect(issue.found == "BTC")
    }

    @Test(arguments: [1000, 1], [false, true])
    func `the greatest balance is taken, and the least amount beyond is refused`(
        _ limit: Int,
        _ isDryRun: Bool
    ) throws {
        try withFixture(change: { $0.storage.smallImportRowsMax = limit }) { (fixture) throws in
            let half = "49999999999999999999.999999999999999999"
            #expect(try fixture.importText(deposits([half, "50000000000000000000"])).inserted == 2)
            let before = try fixture.exported()
            try check(fixture.importText(deposits(["1", least], from: 10), dryRun: isDryRun), isRefusedAt: 2)
            try check(fixture.importText(deposits([least], from: 10), dryRun: isDryRun), isRefusedAt: 2)
            #expect(try fixture.exported() == before)
            #expect(try fixture.balances() == ["BTC": most])
            #expect(try fixture.workspace.imports(of: fixture.owner).count == 1)
        }
    }

    @Test(arguments: [1000, 1], [false, true])
    func `a file that reaches the range by itself names the row that does`(
        _ limit: Int,
        _ isDryRun: Bool
    ) throws {
        try withFixture(change: { $0.storage.smallImportRowsMax = limit }) { (fixture) throws in
            let text = deposits(["1", most, "2"])
            try check(fixture.importText(text, dryRun: isDryRun), isRefusedAt: 3)
            try check(fixture.importText(text, dryRun: isDryRun, partial: true), isRefusedAt: 3)
            #expect(try fixture.balances().isEmpty)
            #expect(try fixture.importText(deposits([most])).inserted == 1)
        }
    }

    @Test(arguments: [1000, 1])
    func `rows that are there already do not count a second time`(_ limit: Int) throws {
        try withFixture(change: { $0.storage.smallImportRowsMax = limit }) { (fixture) throws in
            let text = deposits(["60000000000000000000", "1"])
            #expect(try fixture.importText(text).inserted == 2)
            #expect(try fixture.importText(text, dryRun: true).existing == 2)
            #expect(try fixture.importText(text).existing == 2)
        }
    }

    @Test func `accounts of one asset count together, assets do not`() throws {
        try withFixture { (fixture) throws in
            let header = "time,kind,in_amount,in_asset,account\n"
            let first =
                header
                + "2024-01-01,deposit,60000000000000000000,BTC,A\n2024-01-01,deposit,60000000000000000000,ETH,A\n"
            #expect(try fixture.importText(first).inserted == 2)
            try check(
                fixture.importText(header + "2024-01-02,deposit,60000000000000000000,BTC,B\n"),
                isRefusedAt: 2
            )
            #expect(try fixture.balances()["BTC"] == "60000000000000000000")
        }
    }

    @Test(arguments: [1000, 1])
    func `after a restart the history still counts`(_ limit: Int) throws {
        let first = try Fixture(change: { $0.storage.smallImportRowsMax = limit })
        #expect(try first.importText(deposits([most])).inserted == 1)
        first.workspace.close()
        let second = try Fixture(folder: first.folder, change: { $0.storage.smallImportRowsMax = limit })
        defer { second.remove() }
        try check(second.importText(deposits([least], from: 5)), isRefusedAt: 2)
    }

    @Test func `an undo makes room again, and never brings a balance out of range`() throws {
        try withFixture { (fixture) throws in
            let big = try fixture.importText(deposits(["60000000000000000000"]))
            let spent =
                "time,kind,out_amount,out_asset,account\n2024-02-01,spend,30000000000000000000,BTC,Kraken\n"
            let out = try fixture.importText(spent)
            try check(fixture.importText(deposits(["60000000000000000000"], from: 50)), isRefusedAt: 2)
            #expect(
                try fixture.workspace.undoImport(Int(try #require(out.importNumber)), of: fixture.owner) == 1
            )
            #expect(try fixture.balances() == ["BTC": "60000000000000000000"])
            #expect(
                try fixture.workspace.undoImport(Int(try #require(big.importNumber)), of: fixture.owner) == 1
            )
            #expect(try fixture.importText(deposits([most], from: 60)).inserted == 1)
            #expect(try fixture.workspace.books.snapshot(of: fixture.owner).book.overflow == nil)
        }
    }

    @Test func `of imports at once only so many are taken as fit`() throws {
        try withFixture { (fixture) throws in
            let isDone = concurrently(8) { number in
                // Refusals and busy moments are what is counted below.
                _ = try? fixture.importText(deposits(["30000000000000000000"], from: number * 10))
            }
            #expect(isDone)
            let book = try fixture.workspace.books.snapshot(of: fixture.owner).book
            #expect((1...3).contains(book.count))
            #expect(book.overflow == nil)
        }
    }
}
