import CostBasis
import Money
import Testing
import Time

@testable import Services

@Suite("Reports")
private struct ReportTests {
    private func withHistory(_ body: (Fixture) throws -> Void) throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(Sample.history)
            _ = try fixture.importPrices(
                "time,base,quote,price\n2024-06-14T12:00:00Z,BTC,USD,66000\n2024-06-10T12:00:00Z,ETH,USD,3500\n"
            )
            try body(fixture)
        }
    }

    @Test func `holdings have quantity, price with its age, value, cost and gain`() throws {
        try withHistory { (fixture) throws in
            let report = try fixture.workspace.holdings(of: fixture.owner, settings: ReportSettings())
            #expect(report.holdings.map(\.asset.code) == ["btc", "eth", "usd"])
            let bitcoin = report.holdings[0]
            #expect(bitcoin.quantity.description == "0.3")
            #expect(bitcoin.price?.time.description == "2024-06-14T12:00:00Z")
            #expect(bitcoin.price?.isStale == false)
            #expect(bitcoin.value?.description == "19800")
            #expect(bitcoin.cost?.description == "12060")
            #expect(bitcoin.unrealised?.description == "7740")
            let ether = report.holdings[1]
            #expect(ether.price?.isStale == true)
            #expect(ether.value?.description == "7035")
            #expect(ether.cost?.description == "3019")
            #expect(report.holdings[2].cost == nil)
            #expect(report.totalValue.description == "13685")
            #expect(report.unpriced.isEmpty)
        }
    }

    @Test func `holdings at an earlier instant know nothing of later`() throws {
        try withHistory { (fixture) throws in
            let time = try Timestamp.parse("2023-01-09T23:59:59Z")
            let report = try fixture.workspace.holdings(
                of: fixture.owner,
                settings: ReportSettings(),
                at: time
            )
            #expect(report.holdings.map { "\($0.asset.code) \($0.quantity)" } == ["usd -20100", "btc 0.5"])
            #expect(report.unpriced.map(\.code) == ["btc"])
            #expect(report.holdings[1].cost?.description == "20100")
        }
    }

    /// Rows at the end, a new coin, a new account, a row in the middle and an undo, with a report after each.
    @Test(arguments: ["fifo", "hifo", "average", "s104", "specific"])
    func `reports of a history that grows are those of the whole history`(method: String) throws {
        let head = "time,kind,in_amount,in_asset,out_amount,out_asset,account\n"
        let rows = [
            "2024-01-01T00:00:00Z,trade,2,BTC,100,USD,K\n", "2024-02-01T00:00:00Z,trade,90,USD,1,BTC,K\n",
            "2024-03-01T00:00:00Z,trade,3,ETH,90,USD,K\n", "2024-04-01T00:00:00Z,trade,1,BTC,80,USD,L\n",
            "2024-01-15T00:00:00Z,trade,1,BTC,70,USD,K\n", "2024-05-01T00:00:00Z,trade,200,USD,2,BTC,K\n",
        ]
        let settings = ReportSettings(method: method)
        func lines(_ fixture: Fixture) throws -> [String] {
            let gains = try fixture.workspace.gains(of: fixture.owner, settings: settings)
            let lots = try fixture.workspace.lots(of: fixture.owner, settings: settings).lots
            return gains.disposals.map { "\($0)" } + gains.years.map { "\($0)" } + lots.map { "\($0)" }
        }
        try withFixture { (growing) throws in
            for count in rows.indices {
                _ = try growing.importText(head + rows[count])
                let grown = try lines(growing)
                growing.workspace.books.shelf(of: growing.owner).invalidate()
                #expect(try lines(growing) == grown)
            }
        }
    }

    @Test(arguments: [("fifo", "wallet"), ("s104", "universal"), ("acb", "universal")])
    func `a report names the scope that its method goes by`(method: String, scope: String) throws {
        try withHistory { (fixture) throws in
            let settings = ReportSettings(method: method, scope: "wallet")
            let report = try fixture.workspace.gains(of: fixture.owner, settings: settings)
            #expect(report.scope == scope)
        }
    }

    @Test func `coins that were migrated in part are lots of two assets`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(
                "time,kind,in_amount,in_asset,out_amount,out_asset,account\n"
                    + "2023-01-01,trade,10,BTC,1000,USD,A\n2023-02-01,migration,7,ETH,3,BTC,A\n"
            )
            let report = try fixture.workspace.lots(of: fixture.owner, settings: ReportSettings())
            let lines = report.lots.map {
                "\($0.id) \($0.asset.code) \($0.remaining) \($0.cost?.description ?? "-")"
            }
            #expect(lines == ["1.in btc 7 700", "1.in eth 7 300"])
        }
    }

    /// A file of days has no times: a purchase and a sale of one day stay in their order, whatever money is owed meanwhile.
    @Test(arguments: ["fifo", "lifo", "hifo"])
    func `a purchase on credit does not wait for the sale of its coins`(method: String) throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(
                "time,kind,in_amount,in_asset,out_amount,out_asset,account\n"
                    + "2022-01-01,trade,1,BTC,50,USD,A\n2023-01-01,trade,1,BTC,100,USD,A\n"
                    + "2023-01-01,trade,200,USD,1,BTC,A\n"
            )
            let report = try fixture.workspace.gains(
                of: fixture.owner,
                settings: ReportSettings(method: method)
            )
            #expect(report.disposals.map(\.cost.description) == [method == "fifo" ? "50" : "100"])
            #expect(report.problems.isEmpty)
        }
    }

    /// A change that lies ahead is not there yet; one that has come holds from its day on.
    @Test(arguments: [("2024-01-01=wallet", "wallet"), ("2999-01-01=wallet", "universal")])
    func `a change of scope holds when its day has come`(change: String, scope: String) throws {
        try withHistory { (fixture) throws in
            var settings = ReportSettings()
            settings.from = [change]
            let computed = try fixture.workspace.computedLots(of: fixture.owner, settings: settings)
            #expect(computed.lots.finalScope.name == scope)
        }
    }

    @Test func `lots name when, how much and at what cost`() throws {
        try withHistory { (fixture) throws in
            let report = try fixture.workspace.lots(of: fixture.owner, settings: ReportSettings())
            #expect(
                report.lots.map {
                    "\($0.id) \($0.asset.code) \($0.remaining) of \($0.quantity) \($0.cost?.description ?? "-")"
                }
                    == [
                        "1.in btc 0.3 of 0.5 12060", "2.in eth 2 of 2 3000", "3.in eth 0.01 of 0.01 19",
                    ]
            )
            #expect(report.lots[0].unitCost?.description == "40200")
            #expect(report.lots[0].account == "Coinbase")
        }
    }

    @Test func `gains name the lots that a disposal used, by year, with the income`() throws {
        try withHistory { (fixture) throws in
            let report = try fixture.workspace.gains(of: fixture.owner, settings: ReportSettings())
            let disposal = try #require(report.disposals.first)
            #expect(report.disposals.count == 1)
            #expect(disposal.proceeds?.description == "9950")
            #expect(disposal.cost.description == "8040")
            #expect(disposal.gain?.description == "1910")
            #expect(disposal.term == "long")
            #expect(disposal.lots.map(\.lotID) == ["1.in"])
            #expect(report.years.map { "\($0.year) \($0.totals.gain)" } == ["2024 1910"])
            #expect(
                report.income.map { "\($0.asset.code) \($0.quantity) \($0.value?.description ?? "-")" } == [
                    "eth 0.01 19"
                ]
            )
            #expect(
                try fixture.workspace.gains(of: fixture.owner, settings: ReportSettings(), year: 2023)
                    .disposals.isEmpty
            )
        }
    }

    @Test func `a report in euros of a history in dollars takes the rate of each day`() throws {
        try withHistory { (fixture) throws in
            let settings = ReportSettings(currency: "eur")
            let lot = try #require(
                try fixture.workspace.lots(of: fixture.owner, settings: settings).lots.first
            )
            #expect(lot.unitCost?.description == "36618.691929313171798142")
            let disposal = try #require(
                try fixture.workspace.gains(of: fixture.owner, settings: settings).disposals.first
            )
            #expect(disposal.proceeds?.description == "9181.507797360893236135")
            #expect(disposal.cost.description == "7323.738385862634359628")
        }
    }

    @Test func `a purchase in Coinbase's layout has the unit cost to the last digit`() throws {
        try withFixture { (fixture) throws in
            let file =
                "Timestamp,Transaction Type,Asset,Quantity Transacted,Spot Price Currency,Spot Price at Transaction,"
                + "Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes\n"
                + "2022-03-25 06:45:27 UTC,Buy,BTC,0.00166779,EUR,€39999.33,€67.01,€70.00,€2.99,\n"
            #expect(try fixture.importText(file).format == "coinbase")
            let report = try fixture.workspace.lots(
                of: fixture.owner,
                settings: ReportSettings(currency: "EUR")
            )
            let lot = try #require(report.lots.first)
            #expect(lot.unitCost?.description == "41971.711066741016554842")
            #expect(lot.cost?.description == "70")
            #expect(lot.acquiredAt.description == "2022-03-25T06:45:27Z")
            #expect(lot.venue == "coinbase")
        }
    }

    @Test func `unknown choices are named`() throws {
        try withFixture { (fixture) throws in
            var settings = ReportSettings(currency: "nope")
            #expect(throws: WorkspaceError.unknownCurrency("nope")) {
                try fixture.workspace.lots(of: fixture.owner, settings: settings)
            }
            settings = ReportSettings(method: "guess")
            #expect(throws: WorkspaceError.unknownChoice(name: "method", text: "guess")) {
                try fixture.workspace.lots(of: fixture.owner, settings: settings)
            }
        }
    }

    @Test func `lots are kept until something changes, and computed again with the same ids`() throws {
        try withHistory { (fixture) throws in
            let settings = ReportSettings()
            let first = try fixture.workspace.lots(
                of: fixture.owner,
                settings: settings,
                includingClosed: true
            ).lots
            let summary = try fixture.workspace.rebuildLots(of: fixture.owner, settings: settings)
            #expect([summary.lots, summary.matched, summary.unmatched] == [3, 1, 0])
            #expect(summary.difference?.isEmpty == true)
            #expect(
                try fixture.workspace.lots(of: fixture.owner, settings: settings, includingClosed: true).lots
                    == first
            )
            _ = try fixture.importText(Sample.deposit("1"))
            #expect(try fixture.workspace.lots(of: fixture.owner, settings: settings).lots.count == 4)
        }
    }

    @Test func `a rebuild says what changed against the lots that were there`() throws {
        try withHistory { (fixture) throws in
            let settings = ReportSettings()
            #expect(
                try fixture.workspace.rebuildLots(of: fixture.owner, settings: settings).difference == nil
            )
            // An older lot, which the sale then uses.
            _ = try fixture.importText(
                Sample.header + "2021-01-01T00:00:00Z,trade,0.1,BTC,1000,USD,,,,,Kraken,Kraken\n"
                    + "2024-03-01T00:00:00Z,trade,3000,USD,1,ETH,,,,,Kraken,Kraken\n"
            )
            let difference = try #require(
                try fixture.workspace.rebuildLots(of: fixture.owner, settings: settings).difference
            )
            #expect(!difference.isEmpty)
            #expect(difference.lots.appeared == ["5.in"])
            #expect(difference.lots.changed == ["1.in", "2.in"])
            #expect(difference.lots.vanished.isEmpty)
            #expect(difference.lots.count == 3)
            #expect(difference.disposals.appeared == ["6.out"])
            #expect(difference.disposals.changed == ["4.out"])
            #expect(difference.before.gain.description == "1910")
            #expect(difference.after.gain.description == "6430")
            #expect(difference.before.openCost.description == "15079")
            #expect(difference.after.openCost.description == "17599")
            var other = settings
            other.zone = "Asia/Tokyo"
            #expect(try fixture.workspace.rebuildLots(of: fixture.owner, settings: other).difference == nil)
        }
    }

    @Test func `the stamp of a user's data changes with entries, prices and seconds`() throws {
        try withHistory { (fixture) throws in
            let workspace = fixture.workspace
            #expect(workspace.stamp(of: fixture.owner, at: fixture.clock.now) == nil)
            _ = try fixture.balances()
            let stamp = try #require(workspace.stamp(of: fixture.owner, at: fixture.clock.now))
            #expect(workspace.stamp(of: fixture.owner, at: fixture.clock.now) == stamp)
            #expect(workspace.stamp(of: fixture.owner, at: fixture.clock.now.advanced(bySeconds: 1)) != stamp)
            _ = try fixture.importText(Sample.deposit("1"))
            #expect(workspace.stamp(of: fixture.owner, at: fixture.clock.now) != stamp)
            _ = try fixture.importPrices("date,asset,price_usd\n2024-06-13,BTC,1\n")
            #expect(workspace.stamp(of: fixture.owner, at: fixture.clock.now) == nil)
        }
    }
}
