import Importing
import Money
import Storage
import Testing
import Time

@testable import Services

@Suite("Closed years")
private struct ClosedYearTests {
    private static let late = "2023-03-01T00:00:00Z,trade,0.1,ETH,9000,USD,,,,,Kraken,Kraken\n"

    private static let history =
        Sample.header + """
            2023-01-10T00:00:00Z,trade,2,ETH,3000,USD,,,,,Kraken,Kraken
            2023-06-01T12:00:00Z,staking,0.01,ETH,,,,,19,USD,Kraken,Kraken
            2023-07-01T00:00:00Z,trade,2000,USD,1,ETH,10,USD,,,Kraken,Kraken
            2024-02-01T00:00:00Z,trade,2500,USD,0.5,ETH,,,,,Kraken,Kraken

            """

    private func with(_ body: (Fixture) throws -> Void) throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(ClosedYearTests.history)
            try body(fixture)
        }
    }

    @Test func `closing keeps the year's figures, and what changes them is told until it is taken back`()
        throws
    {
        try with { (fixture) throws in
            let workspace = fixture.workspace
            var settings = ReportSettings(method: "lifo")
            let closed = try workspace.closeYear(2023, of: fixture.owner, settings: settings)
            #expect(
                [closed.was.proceeds, closed.was.cost, closed.was.gain, closed.was.income].map(\.description)
                    == ["1990", "1504", "486", "19"]
            )
            #expect(throws: WorkspaceError.yearIsClosed(2023)) {
                try workspace.closeYear(2023, of: fixture.owner, settings: settings)
            }
            #expect(try workspace.gains(of: fixture.owner, settings: settings).problems.isEmpty)
            // Another method is no change: the year goes by the settings kept.
            settings.method = "hifo"
            #expect(try workspace.gains(of: fixture.owner, settings: settings).problems.isEmpty)

            let outcome = try fixture.importText(Sample.header + ClosedYearTests.late)
            #expect(outcome.issues.map(\.code) == ["closed_year"])
            #expect(outcome.warningCount == 1)
            #expect(outcome.issues.first?.line == 2)
            let problem = try #require(
                try workspace.gains(of: fixture.owner, settings: settings, year: 2023).problems.first
            )
            #expect(problem.code == "closed_year_changed")
            #expect(problem.entry == nil)
            // LIFO takes 0.1 at 90,000 a piece now; the staked 0.01 stays the newest.
            #expect(problem.message.contains("cost 1504 → 10354, gain 486 → -8364."))
            #expect(try workspace.gains(of: fixture.owner, settings: settings, year: 2024).problems.isEmpty)
            let listed = try #require(try workspace.closedYears(of: fixture.owner).first)
            #expect(listed.isChanged)
            #expect(listed.settings == ReportSettings(method: "lifo"))

            _ = try workspace.undoImport(2, of: fixture.owner)
            #expect(try workspace.closedYears(of: fixture.owner).map(\.isChanged) == [false])
            try workspace.reopenYear(2023, of: fixture.owner)
            #expect(try workspace.closedYears(of: fixture.owner).isEmpty)
            #expect(throws: WorkspaceError.yearIsOpen(2023)) {
                try workspace.reopenYear(2023, of: fixture.owner)
            }
        }
    }

    @Test func `the same sums from other lots are a change too`() throws {
        try with { (fixture) throws in
            _ = try fixture.workspace.closeYear(2023, of: fixture.owner, settings: ReportSettings())
            // A transfer in time moves nothing of what FIFO uses; a purchase at the same unit cost splits the use.
            _ = try fixture.importText(
                Sample.header + "2023-01-09T00:00:00Z,trade,0.5,ETH,750,USD,,,,,Kraken,Kraken\n"
            )
            let year = try #require(try fixture.workspace.closedYears(of: fixture.owner).first)
            #expect(year.was == year.now)
            #expect(year.isChanged)
            #expect(year.difference == "the same sums from other disposals, lots or receipts")
        }
    }

    @Test func `a large import and a dry run tell it too; other years and other users do not`() throws {
        try withFixture(change: { $0.storage.smallImportRowsMax = 0 }) { (fixture) throws in
            _ = try fixture.importText(ClosedYearTests.history)
            _ = try fixture.workspace.closeYear(2023, of: fixture.owner, settings: ReportSettings())
            let late =
                Sample.header + ClosedYearTests.late + "2024-03-01T00:00:00Z,deposit,1,ETH,,,,,,,Kraken,\n"
            #expect(try fixture.importText(late, dryRun: true).issues.map(\.code) == ["closed_year"])
            let other = try fixture.addUser("ada").id
            #expect(try fixture.importText(late, of: other).issues.isEmpty)
            let outcome = try fixture.importText(late)
            #expect(outcome.issues.map(\.code) == ["closed_year"])
            #expect(outcome.issues.first?.message.contains("1 new entry falls into 2023") == true)
            // The same rows again are no new ones.
            #expect(try fixture.importText(late).issues.isEmpty)
        }
    }

    @Test func `a year that is not over, in the zone of the settings, cannot be closed`() throws {
        try with { (fixture) throws in
            #expect(throws: WorkspaceError.yearIsNotOver(2024)) {
                try fixture.workspace.closeYear(2024, of: fixture.owner, settings: ReportSettings())
            }
            try fixture.clock.set("2024-12-31T20:00:00Z")
            var settings = ReportSettings()
            settings.zone = "Asia/Tokyo"
            _ = try fixture.workspace.closeYear(2024, of: fixture.owner, settings: settings)
            #expect(throws: WorkspaceError.yearIsNotOver(9999)) {
                try fixture.workspace.closeYear(9999, of: fixture.owner, settings: settings)
            }
        }
    }

    @Test func `all choices are kept`() {
        var settings = ReportSettings(currency: "GBP", method: "specific", scope: "wallet")
        settings.from = ["2024-01-01=fifo", "2025-01-01=universal"]
        settings.zone = "Europe/London"
        settings.ties = "newest"
        settings.longTerm = "365d"
        settings.exemptAfter = "1y"
        settings.transferFees = "cost"
        settings.gifts = "value"
        settings.losses = "zero"
        settings.washSales = true
        settings.rounding = "cents"
        settings.yearStart = "04-06"
        settings.allocation = "dearest"
        settings.fees = "apart"
        #expect(ReportSettings(keptText: settings.keptText) == settings)
        #expect(ReportSettings(keptText: ReportSettings().keptText) == ReportSettings())
        // A choice that is added to the settings must be kept as well.
        #expect(Mirror(reflecting: settings).children.count == settings.keptText.split(separator: "\n").count)
    }
}
