import Importing
import Ledger
import Money
import Storage
import TestSupport
import Testing
import Time
import Valuation

@testable import Services

@Suite("Reports of a file")
private struct FileReadingTests {
    private static let header =
        "time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,value,value_asset,account,to_account,"
        + "reference,lot\n"

    private func read(
        _ text: String,
        _ fixture: Fixture,
        partial: Bool = false,
        keepsNames: Bool = false,
        prices: FilePrices? = nil
    ) throws -> FileReading {
        try Workspace.read(
            ImportRequest(
                user: Workspace.fileOwner,
                fileName: "a.csv",
                isDryRun: true,
                isPartial: partial
            ),
            fixture.workspace.configuration,
            keepsNames: keepsNames,
            prices: prices,
            source: { bytes(text) }
        )
    }

    /// What a history consists of, by names and not by numbers.
    private func lines(_ snapshot: UserSnapshot) -> [String] {
        (0..<snapshot.book.count).map { index in
            let entry = snapshot.book.entry(at: index)
            func leg(_ leg: Leg?) -> String {
                guard let leg else { return "-" }
                let account = leg.account.flatMap { snapshot.accounts[$0] }
                let place = "\(account?.name ?? "-") \(account?.venue ?? "-")"
                return "\(leg.amount) \(snapshot.asset(leg.asset)) \(place)"
            }
            let value = entry.value.map { "\($0.amount) \(snapshot.asset($0.asset).code)" } ?? "-"
            return [
                "\(entry.id.raw) \(entry.time) \(entry.kind.name)", leg(entry.incoming), leg(entry.outgoing),
                leg(entry.fee), value, "\(entry.event ?? 0)",
            ].joined(separator: "; ")
        }
    }

    /// A history of purchases, sales, transfers and income; in no order where it is shuffled.
    private func history(_ seed: UInt64) -> String {
        var generator = SplitMix64(seed: seed)
        let coins = ["BTC", "ETH", "ZZTOP", "MINE", "AAA1"]
        let accounts = ["Kraken", "Bank of X", "Cold", "main"]
        var rows: [String] = []
        for number in 0..<(200 + Int(seed) * 13) {
            func pick(_ words: [String]) -> String { words[Int(generator.next() % UInt64(words.count))] }
            let time = Timestamp(seconds: 1_500_000_000 + Int64(number / 2) * 40_000)
            let (coin, account) = (pick(coins), pick(accounts))
            let amount = "\(generator.next() % 50 + 1).\(generator.next() % 9 + 1)"
            let price = "\(generator.next() % 9000 + 1).25"
            switch generator.next() % 6 {
            case 0...2:
                rows.append("\(time),trade,\(amount),\(coin),\(price),USD,0.5,USD,,,\(account),,r\(number),")
            case 3: rows.append("\(time),trade,\(price),USD,\(amount),\(coin),,,,,\(account),,r\(number),")
            case 4:
                rows.append("\(time),transfer,,,\(amount),\(coin),,,,,\(account),Vault,r\(number),")
            default: rows.append("\(time),staking,\(amount),\(coin),,,,,9.5,EUR,\(account),,,")
            }
        }
        if seed % 3 == 1 { rows.reverse() }
        if seed % 3 == 2 { rows.shuffle(using: &generator) }
        return FileReadingTests.header + rows.joined(separator: "\n") + "\n"
    }

    @Test(arguments: 1...UInt64(9))
    func `a file gives the history that importing it into a new data folder gives`(seed: UInt64) throws {
        try withFixture(change: { $0.storage.smallImportRowsMax = seed % 2 == 0 ? 10 : 1000 }) {
            (fixture) throws in
            let text = history(seed)
            let reading = try read(text, fixture)
            let dry = try fixture.importText(text, dryRun: true)
            #expect(reading.outcome.inserted == dry.inserted)
            #expect(reading.outcome.issues == dry.issues)
            #expect(reading.outcome.warningCount == dry.warningCount)
            _ = try fixture.importText(text)
            let workspace = try #require(reading.workspace)
            let file = try workspace.books.snapshot(of: Workspace.fileOwner)
            let stored = try fixture.workspace.books.snapshot(of: fixture.owner)
            #expect(lines(file) == lines(stored))
            #expect(file.book.assets == stored.book.assets)
            let settings = ReportSettings(currency: "EUR", scope: "wallet")
            let gains = try workspace.gains(of: Workspace.fileOwner, settings: settings)
            let expected = try fixture.workspace.gains(of: fixture.owner, settings: settings)
            #expect(gains.disposals == expected.disposals)
            #expect(gains.years == expected.years)
            #expect(gains.income == expected.income)
            #expect(gains.problems == expected.problems)
            #expect(
                try workspace.lots(of: Workspace.fileOwner, settings: settings, includingClosed: true).lots
                    == fixture.workspace
                    .lots(of: fixture.owner, settings: settings, includingClosed: true).lots
            )
        }
    }

    @Test func `errors and remarks are those of a dry run, and only good rows count if wanted`() throws {
        try withFixture { (fixture) throws in
            let text =
                FileReadingTests.header
                + "2024-01-01,trade,1,BTC,10,USD,,,,,A,,,\n2024-13-01,trade,1,BTC,10,USD,,,,,A,,,\n"
                + "2024-01-03,trade,x,BTC,10,USD,,,,,A,,,\n2024-01-04,trade,1e0,WHAT,10,USD,,,,,A,,,\n"
            for partial in [false, true] {
                let reading = try read(text, fixture, partial: partial)
                let dry = try fixture.importText(text, dryRun: true, partial: partial)
                #expect(reading.outcome.isRefused == dry.isRefused)
                #expect(reading.outcome.errorCount == dry.errorCount)
                #expect(reading.outcome.issues == dry.issues)
                #expect(reading.outcome.inserted == dry.inserted)
                #expect((reading.workspace == nil) == !partial)
            }
            let good = try #require(try read(text, fixture, partial: true).workspace)
            #expect(try good.books.snapshot(of: Workspace.fileOwner).book.count == 2)
        }
    }

    @Test func `amounts that reach the end of the range together are refused as by an import`() throws {
        try withFixture { (fixture) throws in
            let row = "2024-01-01,trade,60000000000000000000,BTC,10,USD,,,,,A,,,\n"
            let text = FileReadingTests.header + row + row
            let reading = try read(text, fixture)
            let dry = try fixture.importText(text, dryRun: true)
            #expect(reading.workspace == nil)
            #expect(reading.outcome.isRefused)
            #expect(reading.outcome.issues == dry.issues)
            #expect(reading.outcome.issues.map(\.code) == ["balance_out_of_range"])
        }
    }

    @Test func `disposals name their lots in a file as in a data folder`() throws {
        try withFixture { (fixture) throws in
            let text =
                FileReadingTests.header + """
                    2024-01-01,trade,1,BTC,10,USD,,,,,A,,buy-one,
                    2024-01-02,trade,1,BTC,20,USD,,,,,A,,buy-two,
                    2024-01-03,trade,50,USD,1,BTC,,,,,A,,sale,buy-two
                    2024-01-04,trade,60,USD,0.5,BTC,,,,,A,,other,1.in; nowhere

                    """
            _ = try fixture.importText(text)
            let settings = ReportSettings(method: "specific")
            #expect(settings.usesNames)
            let workspace = try #require(try read(text, fixture, keepsNames: true).workspace)
            let gains = try workspace.gains(of: Workspace.fileOwner, settings: settings)
            let stored = try fixture.workspace.gains(of: fixture.owner, settings: settings)
            #expect(gains.disposals == stored.disposals)
            #expect(gains.problems == stored.problems)
            #expect(gains.disposals.map(\.cost.description) == ["20", "5"])
        }
    }

    @Test func `prices of a file count as imported ones`() throws {
        try withFixture { (fixture) throws in
            let prices =
                "date,asset,price_usd\n2024-06-13,BTC,60000\n2024-06-13,NOBODYS,1\n2024-06-13,MINE,2\n"
            let text = Sample.deposit("2") + Sample.row("3", "MINE", second: 5)
            _ = try fixture.importText(text)
            _ = try fixture.importPrices(prices)
            let given = try FilePrices(from: { bytes(prices) })
            let workspace = try #require(try read(text, fixture, prices: given).workspace)
            let settings = ReportSettings(currency: "EUR")
            let holdings = try workspace.holdings(of: Workspace.fileOwner, settings: settings).holdings
            let stored = try fixture.workspace.holdings(of: fixture.owner, settings: settings).holdings
            #expect(holdings.map(\.value) == stored.map(\.value))
            #expect(holdings.allSatisfy { $0.value != nil })
            let bad = try FilePrices(from: { bytes("date,asset,price_usd\n2024-06-31,BTC,1\n") })
            #expect(bad.errorCount == 1)
        }
    }

    @Test func `a workspace of a file has no store`() async {
        await #expect(processExitsWith: .failure) {
            let configuration = WorkspaceConfiguration(folder: "/nowhere")
            let request = ImportRequest(user: Workspace.fileOwner, fileName: "a.csv", isDryRun: true)
            let reading = try Workspace.read(request, configuration, keepsNames: false) {
                bytes(Sample.history)
            }
            _ = try reading.workspace?.users()
        }
    }
}
