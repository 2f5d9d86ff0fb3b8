import Importing
import Ledger
import Money
import Testing
import Time

private let header = CofferWriter.header

/// A row of Coffer's layout from the columns that a case names.
private func row(_ cells: [String: String]) -> String {
    header.split(separator: ",").map { cells[String($0)] ?? "" }.joined(separator: ",")
}

@Suite("Coffer's own layout")
private struct CofferLayoutTests {
    private static let time = "2024-01-02T03:04:05Z"

    @Test(
        arguments: [
            ("trade,1,BTC,100,USD,2,USD,,,-,Coinbase,", "trade in 1 btc@Coinbase out 100 usd fee 2 usd"),
            (
                "trade,1,BTC,100,USD,2,USD,,,Kraken,,",
                "trade in 1 btc@Kraken out 100 usd@Kraken fee 2 usd@Kraken"
            ),
            ("trade,1,BTC,100,USD,0.1,BNB,,,A,B,", "trade in 1 btc@B out 100 usd@A fee 0.1 bnb@A"),
            ("trade,1,BTC,100,USD,0.01,BTC,,,A,B,", "trade in 1 btc@B out 100 usd@A fee 0.01 btc@B"),
            ("trade,1,BTC,0,USD,,,5,EUR,A,,", "trade in 1 btc@A value 5 eur"),
            ("trade,0,,3,ETH,,,,,A,,", "trade out 3 eth@A"),
            ("deposit,1,BTC,,,,,,,,,Kraken", "deposit in 1 btc@Kraken"),
            ("deposit,1,BTC,,,,,,,,,", "deposit in 1 btc@Main"),
            ("deposit,1,BTC,,,,,,,-,,", "deposit in 1 btc"),
            ("withdrawal,,,1,BTC,0.1,BTC,,,A,,", "withdrawal out 1 btc@A fee 0.1 btc@A"),
            ("fee,,,,,0.1,BTC,,,A,,", "fee fee 0.1 btc@A"),
            ("transfer,,,1,BTC,,,,,A,B,", "transfer in 1 btc@B out 1 btc@A"),
            ("transfer,0.9,,1,BTC,,,,,A,B,", "transfer in 0.9 btc@B out 0.9 btc@A fee 0.1 btc@A"),
            ("transfer,0.9,BTC,1,BTC,0.2,BTC,,,A,B,", "transfer in 0.9 btc@B out 0.9 btc@A fee 0.3 btc@A"),
            ("transfer,1,BTC,1,BTC,0.2,ETH,,,A,B,", "transfer in 1 btc@B out 1 btc@A fee 0.2 eth@A"),
            ("mining,1,BTC,,,,,0,USD,A,,", "mining in 1 btc@A value 0 usd"),
            ("TRADE,1e-3,BTC,2E2,USD,,,,,A,,", "trade in 0.001 btc@A out 200 usd@A"),
        ])
    func `a row becomes its entry`(cells: String, expected: String) throws {
        let outcome = try read("\(header)\n\(Self.time),\(cells),,,,\n")
        #expect(outcome.errors == [])
        #expect(outcome.entries.map(brief) == [expected])
    }

    @Test(
        arguments: [
            ("trade,,,,,,,,,A,,", "missing_leg", "kind"), ("trade,0,BTC,0,,,,,,A,,", "missing_leg", "kind"),
            ("deposit,,,,,,,,,A,,", "missing_leg", "in_amount"),
            ("deposit,0,BTC,,,,,,,A,,", "zero_amount", "in_amount"),
            ("deposit,1,BTC,1,BTC,,,,,A,,", "forbidden_leg", "out_amount"),
            ("deposit,1,,,,,,,,A,,", "missing_asset", "in_amount"),
            ("trade,1,BTC,,USD,,,,,A,,", "missing_amount", "out_asset"),
            ("trade,-1,BTC,1,USD,,,,,A,,", "negative_amount", "in_amount"),
            ("trade,1 000,BTC,1,USD,,,,,A,,", "bad_number", "in_amount"),
            ("trade,\"1,5\",BTC,1,USD,,,,,A,,", "bad_number", "in_amount"),
            ("trade,\"1,000.5\",BTC,1,USD,,,,,A,,", "bad_number", "in_amount"),
            ("trade,١,BTC,1,USD,,,,,A,,", "bad_number", "in_amount"),
            ("trade,0x10,BTC,1,USD,,,,,A,,", "bad_number", "in_amount"),
            ("trade,nan,BTC,1,USD,,,,,A,,", "bad_number", "in_amount"),
            ("trade,1.0000000000000000001,BTC,1,USD,,,,,A,,", "too_many_decimals", "in_amount"),
            ("trade,1e-19,BTC,1,USD,,,,,A,,", "too_many_decimals", "in_amount"),
            ("trade,100000000000000000000,BTC,1,USD,,,,,A,,", "out_of_range", "in_amount"),
            ("trade,1e20,BTC,1,USD,,,,,A,,", "out_of_range", "in_amount"),
            ("trade,1,B C,1,USD,,,,,A,,", "bad_asset", "in_asset"),
            ("trad,1,BTC,1,USD,,,,,A,,", "unknown_kind", "kind"),
            ("transfer,,,1,BTC,,,,,A,,", "missing_account", "to_account"),
            ("transfer,,,1,BTC,,,,,,B,", "missing_account", "account"),
            ("transfer,,,1,BTC,,,,,-,B,", "missing_account", "account"),
            ("transfer,,,1,BTC,,,,,A,A,", "same_account", "to_account"),
            ("transfer,2,BTC,1,BTC,,,,,A,B,", "arrives_more", "in_amount"),
            ("transfer,1,ETH,1,BTC,,,,,A,B,", "asset_differs", "in_asset"),
            ("transfer,0.9,BTC,1,BTC,1,ETH,,,A,B,", "fee_differs", "fee_asset"),
        ])
    func `a wrong cell is an error that names it`(cells: String, code: String, column: String) throws {
        let outcome = try read("\(header)\n\(Self.time),\(cells),,,,\n")
        #expect(outcome.entries == [])
        let issue = try #require(outcome.errors.first)
        #expect(issue.code == code)
        #expect(issue.column == column)
        #expect(issue.line == 2)
        #expect(issue.message.hasSuffix("."))
    }

    @Test func `all errors of a row and of a file come at once`() throws {
        let outcome = try read(
            "\(header)\nyesterday,trad,x,B C,,,,,,,,,,,,,\n\n2024-02-30,trade,,,,,,,,,,,,,,,\n"
        )
        #expect(
            outcome.errors.map(\.code).filter { $0 != "missing_leg" } == [
                "bad_time", "unknown_kind", "bad_asset", "bad_number", "nonexistent_time",
            ]
        )
        #expect(outcome.errors.map(\.line).last == 4)
        #expect(
            outcome.errors.first { $0.code == "unknown_kind" }?.message.contains("nearest known one is trade")
                == true
        )
    }

    @Test func `columns are found by name in any order and optional ones may be missing`() throws {
        let outcome = try read("Kind,in_asset,in_amount,TIME\nmining,btc,0.5,2024-01-02\n")
        #expect(outcome.entries.map(brief) == ["mining in 0.5 btc@Main"])
        #expect(outcome.survey.format == .coffer)
        #expect(outcome.survey.accounts == ["Main"])
        #expect(outcome.survey.assets == ["btc"])
    }

    @Test func `an unknown, a repeated and a missing column are errors`() throws {
        let outcome = try read("time,in_amont,in_asset,in_asset,out_asset\n2024-01-02,1,BTC,,\n")
        #expect(outcome.errors.map(\.code) == ["unknown_column", "repeated_column", "missing_column"])
        #expect(outcome.errors[0].message.contains("in_amount"))
        #expect(outcome.errors[2].column == "kind")
        #expect(outcome.entries == [])
    }

    @Test func `the given account serves rows that name none`() throws {
        let text =
            "\(header)\n"
            + row(["time": Self.time, "kind": "mining", "in_amount": "1", "in_asset": "BTC", "exchange": "X"])
            + "\n"
            + row(["time": Self.time, "kind": "mining", "in_amount": "1", "in_asset": "BTC", "account": "Y"])
            + "\n"
        let outcome = try read(text, options: ImportOptions(account: "Mine"))
        #expect(outcome.entries.map { $0.incoming?.account } == [.named("Mine"), .named("Y")])
        #expect(outcome.survey.accounts == ["Mine", "Y"])
    }

    @Test func `an exponent is read exactly with a warning`() throws {
        let outcome = try read("\(header)\n\(Self.time),mining,1e-05,BTC,,,,,,,A,,,,,,\n")
        #expect(outcome.entries.map(brief) == ["mining in 0.00001 btc@A"])
        #expect(outcome.codes == ["exponent"])
        #expect(outcome.survey.warningCount == 1)
    }

    @Test func `equal rows are all kept`() throws {
        let twin = "\(Self.time),trade,1,BTC,5,USD,,,,,A,,,,,,\n"
        #expect(try read("\(header)\n\(twin)\(twin)\(twin)").entries.count == 3)
    }

    @Test func `the direction of the file and its span are found`() throws {
        func file(_ days: [Int]) -> String {
            "time,kind,in_amount,in_asset\n" + days.map { "2024-01-0\($0),mining,1,BTC\n" }.joined()
        }
        #expect(try read(file([3, 2, 2, 1])).survey.newestFirst)
        let rising = try read(file([1, 2, 3])).survey
        #expect(!rising.newestFirst)
        #expect(rising.firstTime == (try Timestamp.parse("2024-01-01")))
        #expect(rising.lastTime == (try Timestamp.parse("2024-01-03")))
        #expect(rising.rows == 3)
    }
}
