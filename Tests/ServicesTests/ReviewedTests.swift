import CostBasis
import Importing
import Money
import Storage
import Testing
import Time

@testable import Services

/// What a review of the program by hand found, each held by a test.
@Suite("Found by use")
private struct ReviewedTests {
    private static let header =
        "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,"
        + "Total (inclusive of fees and/or spread),Fees and/or Spread,Notes\n"
    private static let buy = "a,2024-01-02 00:00:00 UTC,Buy,BTC,0.01,USD,40000,400,405.99,5.99,Bought\n"
    private static let deposit = "b,2024-01-05 00:00:00 UTC,Deposit,USD,100,USD,1,100,100,0,x\n"

    @Test func `a Coinbase file that first shows the fiat wallet brings just its new rows`() throws {
        try withFixture { (fixture) throws in
            let first = Self.header + Self.buy
            #expect(try fixture.importText(first).inserted == 1)
            let second = try fixture.importText(first + Self.deposit)
            #expect(second.inserted == 1)
            #expect(second.existing == 1)
            #expect(second.existingLines == [2])
            #expect(second.issues.map(\.code) == ["settled_outside"])
            let lots = try fixture.workspace.lots(of: fixture.owner, settings: ReportSettings())
            #expect(lots.lots.map(\.cost?.description) == ["405.99"])
        }
    }

    @Test func `a Coinbase file without the fiat wallet's rows follows one that had them`() throws {
        try withFixture { (fixture) throws in
            #expect(try fixture.importText(Self.header + Self.buy + Self.deposit).inserted == 2)
            #expect(try fixture.importText(Self.header + Self.buy).inserted == 0)
        }
    }

    private static let columns =
        "time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,value,value_asset,account,to_account\n"

    @Test func `a missing price is no number in gains, and its year says so`() throws {
        try withFixture { (fixture) throws in
            let text =
                Self.columns + """
                    2024-01-01,trade,2,BTC,100,USD,,,,,A,
                    2024-02-01,spend,,,1,BTC,,,,,A,
                    2024-03-01,spend,,,1,BTC,,,70,USD,A,
                    """
            _ = try fixture.importText(text)
            let report = try fixture.workspace.gains(of: fixture.owner, settings: ReportSettings())
            #expect(report.disposals.map(\.proceeds?.description) == [nil, "70"])
            #expect(report.disposals.map(\.gain?.description) == [nil, "20"])
            #expect(report.disposals.map(\.cost.description) == ["50", "50"])
            #expect(report.problems.map(\.code) == ["missing_price"])
            let year = try #require(report.years.first).totals
            #expect(year.incomplete == 1)
            #expect(
                "\(year.proceeds) \(year.cost) \(year.gain) \(year.shortGain) \(year.longGain)"
                    == "70 50 20 20 0"
            )
        }
    }

    @Test func `an old price is marked in every report`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importPrices("date,asset,price_usd\n2022-01-01,BTC,40\n")
            let text =
                Self.columns + """
                    2024-01-01,staking,1,BTC,,,,,,,A,
                    2024-02-01,spend,,,0.5,BTC,,,,,A,
                    """
            _ = try fixture.importText(text)
            let gains = try fixture.workspace.gains(of: fixture.owner, settings: ReportSettings())
            #expect(gains.disposals.map(\.isStale) == [true])
            #expect(gains.income.map(\.isStale) == [true])
            let lots = try fixture.workspace.lots(of: fixture.owner, settings: ReportSettings())
            #expect(lots.lots.map(\.isStale) == [true])
        }
    }

    @Test func `universal lots are shown where the balances are, one row for each place`() throws {
        try withFixture { (fixture) throws in
            let text =
                Self.columns + """
                    2024-01-01,trade,1,BTC,100,USD,,,,,A,
                    2024-01-02,transfer,,,0.4,BTC,,,,,A,B
                    2024-01-03,withdrawal,,,0.1,BTC,,,,,B,
                    2024-01-04,withdrawal,,,0.1,BTC,,,,,B,
                    """
            _ = try fixture.importText(text)
            let lots = try fixture.workspace.lots(of: fixture.owner, settings: ReportSettings()).lots
            #expect(
                Set(
                    lots.map {
                        "\($0.id) \($0.account ?? "transit") \($0.remaining) \($0.cost?.description ?? "")"
                    }
                )
                    == ["1.in A 0.6 60", "1.in B 0.2 20", "1.in transit 0.2 20"]
            )
        }
    }

    @Test(arguments: 1...UInt64(20))
    func `the rows of universal lots add up to balances and to all costs`(seed: UInt64) throws {
        try withFixture { (fixture) throws in
            var state = seed
            func below(_ bound: UInt64) -> UInt64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return (state >> 33) % bound
            }
            var text = Self.columns
            for day in 10...49 {
                let account = ["A", "B", "C"][Int(below(3))]
                let other = account == "A" ? "B" : "A"
                let amount = below(9) + 1
                let time = "2024-01-01T00:00:\(day)Z"
                switch below(3) {
                case 0: text += "\(time),trade,\(amount),BTC,\(amount * 7),USD,,,,,\(account),\n"
                case 1: text += "\(time),trade,\(amount),USD,0.\(amount),BTC,,,,,\(account),\n"
                default: text += "\(time),transfer,,,0.\(amount),BTC,,,,,\(account),\(other)\n"
                }
            }
            _ = try fixture.importText(text)
            let lots = try fixture.workspace.lots(of: fixture.owner, settings: ReportSettings()).lots
            let computed = try fixture.workspace.computedLots(of: fixture.owner, settings: ReportSettings())
                .lots
            var remaining: Int128 = 0
            var cost: Int128 = 0
            for lot in lots {
                remaining += lot.remaining.raw
                cost += lot.cost?.raw ?? 0
            }
            let open = computed.openLots()
            #expect(remaining == open.reduce(0) { $0 + $1.remaining.raw })
            #expect(cost == open.reduce(0) { $0 + $1.remainingCost.raw })
            #expect(Set(lots.map { "\($0.id) \($0.account ?? "")" }).count == lots.count)
        }
    }

    @Test func `a comma decimal in a file of prices is an error and not another price`() throws {
        try withFixture { (fixture) throws in
            let outcome = try fixture.importPrices("date,asset,price_usd\n2022-01-04,DOT,1,2\n")
            #expect(outcome.imported == 0)
            #expect(outcome.issues.map(\.code) == ["wrong_cell_count"])
        }
    }
}
