import CostBasis
import Ledger
import Money
import Testing
import Time

@testable import Services

@Suite("Explained gains")
private struct ExplanationTests {
    private func with(_ body: (Fixture) throws -> Void) throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(
                Sample.header + """
                    2023-01-01T00:00:00Z,trade,2,BTC,200,USD,,,,,Kraken,Kraken
                    2023-01-02T00:00:00Z,trade,10,ETH,1,BTC,0.5,BTC,,,Kraken,Kraken
                    2023-01-03T12:00:00Z,trade,5,SOL,1,ETH,0.1,DOGE,,,Kraken,Kraken
                    2023-01-04T00:00:00Z,trade,5,XQZ1,1,LTC,,,,,Kraken,Kraken

                    """
            )
            _ = try fixture.importPrices(
                "time,base,quote,price\n2023-01-01T12:00:00Z,BTC,USD,150\n2023-01-02T12:00:00Z,SOL,EUR,7\n"
                    + "2023-01-01T00:00:00Z,DOGE,USD,2\n"
            )
            try body(fixture)
        }
    }

    @Test func `the prices explained give the value, step by step`() throws {
        try with { (fixture) throws in
            let explained = try fixture.workspace.explanation(of: fixture.owner, settings: ReportSettings())
            #expect(explained.disposals.map(\.disposal.entry.raw) == [2, 2, 3, 3, 4])
            for item in explained.disposals where !item.value.steps.isEmpty {
                var value = try #require(item.value.quantity)
                for step in item.value.steps {
                    value =
                        step.isInverted
                        ? try value.divided(by: step.price) : try value.multiplied(by: step.price)
                }
                let difference = try value.subtracting(try #require(item.disposal.value)).magnitude
                // Each step here rounds once, the valuer rounds once in all.
                #expect(difference < Amount(unchecked: 100), "\(item.disposal.entry)")
            }
        }
    }

    @Test func `where values come from`() throws {
        try with { (fixture) throws in
            let explained = try fixture.workspace.explanation(of: fixture.owner, settings: ReportSettings())
            let items = explained.disposals
            #expect(
                items.map(\.value.origin)
                    == [.priceOfOutgoing, .impliedByTrade, .priceOfIncoming, .priceOfFee, .missing]
            )
            let step = try #require(items[0].value.steps.first)
            #expect([step.base.code, step.quote.code, step.source] == ["btc", "usd", "test"])
            #expect(step.ageSeconds == 12 * 3600)
            #expect(!step.isStale)
            #expect(items[0].fee?.origin == .impliedByTrade)
            #expect(items[1].value.whole?.description == "1")
            // Over the euro, by the rate that ships with the program.
            #expect(items[2].value.steps.map(\.source) == ["test", "ECB reference rate"])
            #expect(items[2].fee?.steps.first?.isStale == true)
            #expect(items[4].disposal.gain == nil)
            #expect(items[4].problems.map(\.code) == ["missing_price", "missing_acquisition", "overdrawn"])
        }
    }

    @Test func `one entry, one asset, one year; and an entry that is no disposal`() throws {
        try with { (fixture) throws in
            func entries(_ filter: ExplanationFilter) throws -> [Int64] {
                try fixture.workspace.explanation(
                    of: fixture.owner,
                    settings: ReportSettings(),
                    filter: filter
                ).disposals.map(\.disposal.entry.raw)
            }
            #expect(try entries(ExplanationFilter(entry: EntryID(raw: 3))) == [3, 3])
            #expect(try entries(ExplanationFilter(asset: "btc")) == [2, 2])
            #expect(try entries(ExplanationFilter(entry: EntryID(raw: 3), asset: "DOGE")) == [3])
            #expect(try entries(ExplanationFilter(year: 2022)).isEmpty)
            #expect(throws: WorkspaceError.unknownDisposal(entry: 1)) {
                try entries(ExplanationFilter(entry: EntryID(raw: 1)))
            }
            #expect(throws: WorkspaceError.unknownCurrency("XYZW")) {
                try entries(ExplanationFilter(asset: "XYZW"))
            }
        }
    }
}
