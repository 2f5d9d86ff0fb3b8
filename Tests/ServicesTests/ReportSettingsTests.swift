import CostBasis
import Money
import Testing
import Time

@testable import Services

@Suite("The choices of a report")
private struct ReportSettingsTests {
    private func resolve(_ change: (inout ReportSettings) -> Void) throws -> ResolvedSettings {
        var settings = ReportSettings()
        change(&settings)
        return try settings.resolved(in: .builtIn)
    }

    @Test func `the defaults are the engine's`() throws {
        let resolved = try resolve { _ in }
        #expect(resolved.lots == LotSettings())
        #expect(resolved.zone == "UTC")
        #expect(resolved.fees == .within)
        #expect(!resolved.usesNames)
    }

    @Test func `every choice reaches the engine`() throws {
        let resolved = try resolve {
            $0.currency = "gbp"
            $0.method = "specific"
            $0.scope = "wallet"
            $0.from = ["2025-01-01=wallet", "2024-04-06=hifo", "2024-04-06=universal"]
            $0.ties = "newest"
            $0.longTerm = "365d"
            $0.exemptAfter = "10y"
            $0.transferFees = "cost"
            $0.gifts = "value"
            $0.losses = "zero"
            $0.washSales = true
            $0.rounding = "cents"
            $0.yearStart = "04-06"
            $0.allocation = "dearest"
            $0.fees = "apart"
        }
        let first = try Day.parse("2024-04-06")
        #expect(
            resolved.lots
                == LotSettings(
                    method: .specific,
                    changes: [MethodChange(from: first, method: .hifo)],
                    ties: .newestFirst,
                    scope: .wallet,
                    scopeChanges: [
                        ScopeChange(from: first, scope: .universal),
                        ScopeChange(from: try Day.parse("2025-01-01"), scope: .wallet),
                    ],
                    allocation: .dearestFirst,
                    currency: .gbp,
                    longTerm: .days(365),
                    exemptAfter: .years(10),
                    transferFees: .addedToCost,
                    gifts: .atValue,
                    losses: .atZero,
                    washSales: true,
                    roundedDecimals: 2,
                    yearStart: .unitedKingdom
                )
        )
        #expect(resolved.usesNames)
        #expect(resolved.changes.map(\.word) == ["hifo", "universal", "wallet"])
        #expect(try resolve { $0.rounding = "whole" }.lots.roundedDecimals == 0)
        #expect(try resolve { $0.from = ["2025-01-01=specific"] }.usesNames)
    }

    @Test(arguments: LotMethod.names)
    func `every method has its word`(word: String) throws {
        #expect(try resolve { $0.method = word }.lots.method.name == word)
    }

    @Test(arguments: ["average", "acb", "s104"])
    func `wash sales are refused together with methods that share costs`(method: String) throws {
        let refusal = WorkspaceError.washSalesNeedLots(method: method)
        #expect(throws: refusal) {
            try resolve {
                $0.washSales = true
                $0.method = method
            }
        }
        #expect(throws: refusal) {
            try resolve {
                $0.washSales = true
                $0.from = ["2030-01-01=\(method)"]
            }
        }
    }

    @Test func `what makes no sense is refused by name`() throws {
        #expect(throws: WorkspaceError.repeatedChange(day: "2025-01-01")) {
            try resolve { $0.from = ["2025-01-01=fifo", "2025-01-01=hifo"] }
        }
        let day = WorkspaceError.unknownChoice(name: "day such as 04-06", text: "+4-06")
        #expect(throws: day) { try resolve { $0.yearStart = "+4-06" } }
        let period = WorkspaceError.unknownChoice(name: "period such as 1y or 365d", text: "none")
        #expect(throws: period) { try resolve { $0.longTerm = "none" } }
        let many = (0...ReportSettings.changesMax).map { "\(Day(number: Int32($0)))=fifo" }
        #expect(throws: WorkspaceError.self) { try resolve { $0.from = many } }
        for text in ["", "2025-01-01", "2025-01-01=", "=fifo", "2025-02-30=fifo", "2025-01-01=fifo=hifo"] {
            #expect(ReportChange(text: text) == nil, "\(text)")
            #expect(
                throws: WorkspaceError.unknownChoice(name: "change such as 2025-01-01=wallet", text: text)
            ) {
                try resolve { $0.from = [text] }
            }
        }
    }

    @Test func `lots of another zone or another setting are not taken for these`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(
                Sample.header + "2023-12-31T20:00:00Z,trade,1,BTC,100,USD,,,,,Kraken,Kraken\n"
                    + "2024-12-31T20:00:00Z,trade,300,USD,1,BTC,,,,,Kraken,Kraken\n"
            )
            var settings = ReportSettings()
            #expect(
                try fixture.workspace.gains(of: fixture.owner, settings: settings).years.map(\.year) == [2024]
            )
            settings.zone = "Asia/Tokyo"
            #expect(
                try fixture.workspace.gains(of: fixture.owner, settings: settings).years.map(\.year) == [2025]
            )
            settings.yearStart = "04-06"
            #expect(
                try fixture.workspace.gains(of: fixture.owner, settings: settings).years.map(\.year) == [2024]
            )
            settings.zone = "Asia/Nowhere"
            #expect(throws: WorkspaceError.unknownZone("Asia/Nowhere")) {
                try fixture.workspace.gains(of: fixture.owner, settings: settings)
            }
        }
    }
}
