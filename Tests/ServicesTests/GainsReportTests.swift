import CostBasis
import Ledger
import Money
import Testing
import TestSupport
import Time

@testable import Services

@Suite("The report of gains")
private struct GainsReportTests {
    /// Two lots of Bitcoin, one of Ether; a sale of both lots with a fee, one at a loss, and income.
    private static let history =
        Sample.header + """
            2022-01-01T12:00:00Z,trade,1,BTC,1000,USD,,,,,Kraken,Kraken
            2023-11-01T12:00:00Z,trade,1,BTC,3000,USD,,,,,Kraken,Kraken
            2023-11-02T12:00:00Z,trade,10,ETH,2000,USD,,,,,Kraken,Kraken
            2023-12-01T12:00:00Z,staking,1,ETH,,,,,250,USD,Kraken,Kraken
            2023-12-31T23:30:00Z,trade,6000,USD,1.5,BTC,30,USD,,,Kraken,Kraken
            2024-02-01T12:00:00Z,trade,900,USD,6,ETH,,,,,Kraken,Kraken
            2024-02-02T12:00:00Z,staking,1,ETH,,,,,150,USD,Kraken,Kraken
            2024-02-03T12:00:00Z,staking,1,SOL,,,,,,,Kraken,Kraken

            """

    private func with(
        _ change: (inout ReportSettings) -> Void = { _ in },
        _ body: (Fixture, ReportSettings) throws -> Void
    ) throws {
        try withFixture { (fixture) throws in
            #expect(try fixture.importText(GainsReportTests.history).inserted == 8)
            _ = try fixture.importPrices(
                "time,base,quote,price\n2023-12-31T00:00:00Z,ETH,USD,220\n2024-05-01T00:00:00Z,ETH,USD,300\n"
            )
            var settings = ReportSettings()
            change(&settings)
            try body(fixture, settings)
        }
    }

    private func row(_ totals: GainTotals) -> String {
        let amounts = [
            totals.proceeds, totals.cost, totals.fees, totals.gain, totals.shortGain, totals.longGain,
            totals.exemptGain,
        ]
        return "\(totals.disposals): " + amounts.map(\.description).joined(separator: " ")
    }

    @Test func `gains by year and by asset, short and long`() throws {
        try with { fixture, settings in
            let report = try fixture.workspace.gains(of: fixture.owner, settings: settings)
            #expect(report.years.map(\.year) == [2023, 2024])
            // 5970 for 1.5 BTC: 3980 − 1000 on the old lot, 1990 − 1500 on the new one.
            #expect(row(report.years[0].totals) == "1: 5970 2500 30 3470 490 2980 0")
            #expect(row(report.years[1].totals) == "1: 900 1200 0 -300 -300 0 0")
            #expect(report.assets.map(\.asset.code) == ["btc", "eth"])
            #expect(report.assets.map(\.totals) == report.years.map(\.totals))
            let uses = report.disposals[0].lots
            #expect(uses.map { $0.proceeds?.description } == ["3980", "1990"])
            #expect(uses.map { $0.gain?.description } == ["2980", "490"])
            #expect(uses.map { $0.unitCost?.description } == ["1000", "3000"])
            #expect(uses.map(\.rule) == [.order, .order])
            #expect(report.disposals[0].fee.description == "30")
        }
    }

    @Test func `fees apart change what is shown as proceeds, and not the gain`() throws {
        try with({ $0.fees = "apart" }) { fixture, settings in
            let report = try fixture.workspace.gains(of: fixture.owner, settings: settings)
            #expect(report.disposals[0].proceeds?.description == "6000")
            #expect(report.disposals[0].gain?.description == "3470")
            #expect(row(report.years[0].totals) == "1: 6000 2500 30 3470 490 2980 0")
            #expect(report.assets[0].totals == report.years[0].totals)
        }
    }

    @Test func `what was held long enough is exempt`() throws {
        try with({ $0.exemptAfter = "1y" }) { fixture, settings in
            let report = try fixture.workspace.gains(of: fixture.owner, settings: settings)
            #expect(row(report.years[0].totals) == "1: 5970 2500 30 3470 490 0 2980")
            #expect(report.assets[0].totals == report.years[0].totals)
            #expect(report.disposals[0].lots.map(\.isExempt) == [true, false])
        }
    }

    @Test func `rounding keeps the parts together`() throws {
        try with({
            $0.rounding = "whole"
            $0.currency = "EUR"
        }) { fixture, settings in
            let report = try fixture.workspace.gains(of: fixture.owner, settings: settings)
            for year in report.years {
                let totals = year.totals
                #expect(try totals.gain.rounded(toDecimals: 0) == totals.gain)
                #expect(try totals.shortGain.adding(totals.longGain).adding(totals.exemptGain) == totals.gain)
            }
            #expect(report.assets.map(\.totals) == report.years.map(\.totals))
        }
    }

    @Test func `income by kind and year; a receipt without a price is counted apart`() throws {
        try with { fixture, settings in
            let report = try fixture.workspace.gains(of: fixture.owner, settings: settings)
            #expect(
                report.incomeTotals.map {
                    "\($0.year) \($0.kind.name) \($0.value) \($0.count) \($0.incomplete)"
                }
                    == ["2023 staking 250 1 0", "2024 staking 150 1 1"]
            )
            #expect(report.income.last?.value == nil)
        }
    }

    @Test func `what was held at the end of each year, and now in one that is not over`() throws {
        try with { fixture, settings in
            let report = try fixture.workspace.gains(
                of: fixture.owner,
                settings: settings,
                withYearEnds: true
            )
            let ends = report.yearEnds.map { end in
                "\(end.year) \(end.time): "
                    + end.holdings.map { holding in
                        [
                            holding.asset.code, holding.quantity.description,
                            holding.cost?.description ?? "-", holding.value?.description ?? "-",
                        ].joined(separator: " ")
                    }.joined(separator: ", ")
            }
            #expect(
                ends == [
                    "2022 2022-12-31T23:59:59.999999Z: usd -1000 - -1000, btc 1 1000 -",
                    "2023 2023-12-31T23:59:59.999999Z: eth 11 2250 2420, usd -30 - -30, btc 0.5 1500 -",
                    "2024 2024-06-15T12:00:00Z: eth 6 1200 1800, usd 870 - 870, btc 0.5 1500 -, sol 1 0 -",
                ]
            )
            #expect(report.yearEnds.map(\.cost.description) == ["1000", "3750", "2700"])
            let one = try fixture.workspace.gains(
                of: fixture.owner,
                settings: settings,
                year: 2023,
                withYearEnds: true
            )
            #expect(one.yearEnds.map(\.year) == [2023])
        }
    }

    @Test func `the year ends where the zone's day ends`() throws {
        try with({ $0.zone = "Asia/Tokyo" }) { fixture, settings in
            let computed = try fixture.workspace.computedLots(of: fixture.owner, settings: settings)
            #expect(computed.lots.end(ofYear: 2023)?.description == "2023-12-31T14:59:59.999999Z")
            #expect(computed.lots.end(ofYear: 9999) == nil)
            // 23:30 UTC is the next day there.
            let report = try fixture.workspace.gains(of: fixture.owner, settings: settings)
            #expect(report.years.map(\.year) == [2024])
            #expect(report.disposals[0].day.description == "2024-01-01")
        }
    }

    @Test func `form 8949 has a line for each term`() throws {
        try with { fixture, settings in
            let lines = try fixture.workspace.form8949(of: fixture.owner, settings: settings)
            let rows = lines.map { line in
                [
                    line.isLongTerm ? "II" : "I", line.quantity.description, line.asset.code,
                    line.isVarious ? "various" : line.acquired?.description ?? "-", line.sold.description,
                    line.proceeds?.description ?? "-", line.cost.description, line.gain?.description ?? "-",
                ].joined(separator: " ")
            }
            #expect(
                rows == [
                    "I 0.5 btc 2023-11-01 2023-12-31 1990 1500 490",
                    "II 1 btc 2022-01-01 2023-12-31 3980 1000 2980",
                    "I 6 eth 2023-11-02 2024-02-01 900 1200 -300",
                ]
            )
            #expect(
                try fixture.workspace.form8949(of: fixture.owner, settings: settings, year: 2024).count == 1
            )
        }
    }

    @Test func `the computation for the United Kingdom goes by its own years, with fees as costs`() throws {
        try with { fixture, settings in
            let lines = try fixture.workspace.ukComputation(of: fixture.owner, settings: settings)
            #expect(lines.map(\.year) == [2023, 2023])
            #expect(lines.map { $0.proceeds?.description } == ["6000", "900"])
            #expect(lines.map(\.cost.description) == ["2530", "1200"])
            #expect(lines.map { $0.gain?.description } == ["3470", "-300"])
            let running = lines[1].running
            #expect(running.disposals == 2)
            #expect(
                [running.proceeds, running.cost, running.gains, running.losses].map(\.description) == [
                    "6900", "3730", "3470", "300",
                ]
            )
            #expect(
                try fixture.workspace.ukComputation(of: fixture.owner, settings: settings, year: 2024).isEmpty
            )
        }
    }

    @Test func `disposals of one asset on one day are one, with one gain or loss`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(
                Sample.header + """
                    2023-05-01T00:00:00Z,trade,4,BTC,400,USD,,,,,Kraken,Kraken
                    2023-06-01T08:00:00Z,trade,150,USD,1,BTC,,,,,Kraken,Kraken
                    2023-06-01T09:00:00Z,trade,10,USD,1,ETH,,,,,Kraken,Kraken
                    2023-06-01T10:00:00Z,trade,70,USD,1,BTC,,,,,Kraken,Kraken

                    """
            )
            let lines = try fixture.workspace.ukComputation(of: fixture.owner, settings: ReportSettings())
            #expect(lines.map(\.asset.code) == ["btc", "btc", "eth"])
            #expect(lines.map(\.running.disposals) == [1, 1, 2])
            #expect(lines.map(\.running.gains.description) == ["20", "20", "30"])
            #expect(lines.map(\.running.losses.description) == ["0", "0", "0"])
            #expect(lines[2].rule == nil)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `parts, assets and years of any history add up`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var file = Sample.header
        for day in 0..<120 {
            let coin = ["BTC", "ETH", "SOL"].randomElement(using: &random) ?? "BTC"
            let amount =
                "\(Int.random(in: 1...9, using: &random)).\(Int.random(in: 1...999_999, using: &random))"
            let price = Int.random(in: 10...9999, using: &random)
            let time = Day(number: 19_000 + Int32(day) * 9)
            file +=
                Bool.random(using: &random)
                ? "\(time),trade,\(amount),\(coin),\(price),USD,1.23,USD,,,Kraken,\n"
                : "\(time),trade,\(price),USD,\(amount),\(coin),2.34,USD,,,Kraken,\n"
        }
        try withFixture { (fixture) throws in
            _ = try fixture.importText(file)
            for (rounding, exempt) in [("exact", "none"), ("cents", "2y"), ("exact", "2y")] {
                var settings = ReportSettings()
                settings.rounding = rounding
                settings.exemptAfter = exempt
                let report = try fixture.workspace.gains(of: fixture.owner, settings: settings)
                let lots = report.computed.lots
                for disposal in report.disposals where !disposal.isIncomplete {
                    let parts = try lots.parts(of: disposal.counted)
                    func sum(_ value: (GainPart) -> Amount) -> Int128 {
                        parts.reduce(0) { $0 + value($1).raw }
                    }
                    #expect(sum(\.quantity) == disposal.quantity.raw)
                    #expect(sum(\.proceeds) == disposal.netProceeds?.raw)
                    #expect(sum(\.cost) == disposal.cost.raw)
                    #expect(sum(\.gain) == disposal.gain?.raw)
                }
                for value in [\GainTotals.gain, \.shortGain, \.longGain, \.exemptGain, \.proceeds, \.fees] {
                    let years = report.years.reduce(0) { $0 + $1.totals[keyPath: value].raw }
                    let assets = report.assets.reduce(0) { $0 + $1.totals[keyPath: value].raw }
                    #expect(years == assets)
                }
            }
        }
    }
}
