import Ledger
import Money
import Storage
import TestSupport
import Testing
import Time

@testable import Services

@Suite("Sums of tracked portfolios")
private struct TrackedSumTests {
    /// What one row of a generated history changes, kept apart from the program's own way of counting.
    private struct Change {
        let time: Timestamp
        let account: String
        let asset: String
        let delta: Int128
        let isTrade: Bool
    }

    private static let assets = ["btc", "eth", "ltc", "usd", "oddcoin"]
    private static let accounts = ["A", "B", "C"]
    private static let codes = ["btc", "eth", "eur", "ltc", "usd"]

    /// A history as a file and as plain changes.
    private static func history(_ random: inout SplitMix64, rows: Int) throws -> (String, [Change]) {
        var text =
            "time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,account,to_account\n"
        var changes: [Change] = []
        let start: Int64 = 1_704_067_200
        for _ in 0..<rows {
            // Some fall on a noon exactly.
            var seconds = start + Int64.random(in: 0..<(40 * 86_400), using: &random)
            if Int.random(in: 0..<8, using: &random) == 0 { seconds = seconds / 86_400 * 86_400 + 43_200 }
            let time = Timestamp(seconds: seconds)
            func amount() -> Int128 {
                Int128(Int64.random(in: 1...5_000_000_000, using: &random)) * 1_000_000_007
            }
            func word(_ raw: Int128) throws -> String { try Amount(raw: raw).description }
            func some(_ list: [String]) -> String { list[Int.random(in: 0..<list.count, using: &random)] }
            let (account, asset) = (some(accounts), some(assets))
            let (quantity, other, fee) = (amount(), some(assets), amount())
            func add(_ delta: Int128, _ asset: String, _ account: String, isTrade: Bool = false) {
                changes.append(
                    Change(time: time, account: account, asset: asset, delta: delta, isTrade: isTrade)
                )
            }
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                text += "\(time),deposit,\(try word(quantity)),\(asset),,,,,\(account),\n"
                add(quantity, asset, account)
            case 1:
                text +=
                    "\(time),withdrawal,,,\(try word(quantity)),\(asset),\(try word(fee)),\(other),\(account),\n"
                add(-quantity, asset, account)
                add(-fee, other, account)
            case 2:
                let into = assets.first { $0 != asset } ?? "usd"
                let paid = amount()
                text += "\(time),trade,\(try word(quantity)),\(into),\(try word(paid)),\(asset),"
                text += "\(try word(fee)),\(asset),\(account),\n"
                add(quantity, into, account, isTrade: true)
                add(-paid, asset, account, isTrade: true)
                add(-fee, asset, account, isTrade: true)
            case 3:
                let target = accounts.first { $0 != account } ?? "A"
                text += "\(time),transfer,,,\(try word(quantity)),\(asset),,,\(account),\(target)\n"
                add(-quantity, asset, account)
                add(quantity, asset, target)
            default:
                text += "\(time),staking,\(try word(quantity)),\(asset),,,,,\(account),\n"
                add(quantity, asset, account)
            }
        }
        return (text, changes)
    }

    private static func sum(
        _ changes: [Change],
        _ asset: String,
        in accounts: Set<String>,
        through time: Timestamp,
        tradesAlone: Bool = false
    ) throws -> Amount {
        try Amount(
            raw: changes.filter {
                $0.asset == asset && accounts.contains($0.account) && $0.time <= time
                    && (!tradesAlone || $0.isTrade)
            }.reduce(0) { $0 + $1.delta }
        )
    }

    private static let prices = """
        date,asset,price_usd
        2023-12-01,BTC,40000.123
        2024-01-10,BTC,43210.5
        2024-02-05,BTC,51234.56789
        2024-01-05,ETH,2345.678
        2024-01-20,ETH,2222.01
        2023-12-31,LTC,70.07

        """

    /// A folder with a generated history, whose account C is in a portfolio of its own.
    private func withHistory(
        _ seed: UInt64,
        _ body: (Fixture, _ first: PortfolioID, _ second: PortfolioID, _ changes: [Change]) throws -> Void
    ) throws {
        var random = SplitMix64(seed: seed)
        let (text, changes) = try TrackedSumTests.history(&random, rows: 120)
        try withFixture { fixture in
            let outcome = try fixture.importText(text)
            #expect(outcome.errorCount == 0, "\(outcome.issues)")
            _ = try fixture.importPrices(TrackedSumTests.prices)
            try fixture.clock.set("2024-02-20T17:00:00Z")
            let all = try fixture.workspace.trackedPortfolios(of: fixture.owner)
            let first = try #require(all.first).id
            _ = try fixture.change(first, currencies: TrackedSumTests.codes)
            let second = try fixture.make("Second", TrackedSumTests.codes).id
            try fixture.workspace.moveAccount(
                "C",
                of: fixture.owner,
                to: try fixture.workspace.portfolio("Second", of: fixture.owner)
            )
            try body(fixture, first, second, changes)
        }
    }

    @Test(arguments: [UInt64](1...6))
    func `balances, inventory and their days are those of a plain sum over all rows`(seed: UInt64) throws {
        try withHistory(seed) { fixture, first, second, changes in
            try check(fixture, first, ["A", "B"], changes)
            try check(fixture, second, ["C"], changes)
        }
    }

    private func check(
        _ fixture: Fixture,
        _ portfolio: PortfolioID,
        _ accounts: Set<String>,
        _ changes: [Change]
    ) throws {
        let now = fixture.clock.now
        let (workspace, owner) = (fixture.workspace, fixture.owner)
        let rows = try workspace.currencySums(of: portfolio, of: owner)
        #expect(rows.map(\.currency.code) == TrackedSumTests.codes)
        #expect(rows.allSatisfy { $0.source == "cryptfolio" && $0.time == now })
        for row in rows {
            let plain = try TrackedSumTests.sum(changes, row.currency.code, in: accounts, through: now)
            #expect(row.balance == plain)
        }
        for row in try workspace.inventory(of: portfolio, of: owner) {
            let code = row.currency.code
            let plain = try TrackedSumTests.sum(
                changes,
                code,
                in: accounts,
                through: now,
                tradesAlone: true
            )
            #expect(row.balance == plain)
        }
        let times = changes.filter { accounts.contains($0.account) }.map(\.time)
        let begin = try #require(times.min())
        var noon = begin.day.start.advanced(bySeconds: 43_200)
        if noon < begin { noon = noon.advanced(bySeconds: 86_400) }
        var expected: [String] = []
        while noon <= now {
            var day: [String] = []
            for code in TrackedSumTests.codes {
                let plain = try TrackedSumTests.sum(changes, code, in: accounts, through: noon)
                day.append("\(noon) \(code) \(plain)")
            }
            expected = day + expected
            noon = noon.advanced(bySeconds: 86_400)
        }
        let days = try workspace.sumHistory(of: portfolio, of: owner)
        let shown = days.map { "\($0.time) \($0.currency.code) \($0.balance)" }
        #expect(shown == expected)
        let one = try workspace.sumHistory(of: portfolio, of: owner, currency: "ETH")
        #expect(one == days.filter { $0.currency.code == "eth" })
    }

    @Test(arguments: [UInt64](1...6))
    func `converted balances are the values of coffer value at the same instants`(seed: UInt64) throws {
        try withHistory(seed) { fixture, first, second, _ in
            for portfolio in [first, second] {
                let rows =
                    try fixture.workspace.convertedHistory(of: portfolio, of: fixture.owner)
                    + fixture.workspace.convertedSums(of: portfolio, of: fixture.owner)
                #expect(rows.count > 5 * 30)
                for row in rows {
                    let report = try fixture.workspace.value(
                        of: fixture.owner,
                        scope: .portfolio(portfolio),
                        currency: row.currency.code,
                        at: row.time
                    )
                    #expect(row.balance == report.total)
                    #expect(row.unpriced.map(\.code) == report.unpriced.map(\.code).sorted())
                    #expect(row.isStale == report.isStale)
                }
                #expect(rows.contains { $0.unpriced.map(\.code).contains("oddcoin") })
            }
        }
    }

    @Test(arguments: [UInt64](1...4))
    func `daily converted balances are those of a value history that meets the same instants`(
        seed: UInt64
    ) throws {
        try withHistory(seed) { fixture, first, _, _ in
            let rows = try fixture.workspace.convertedHistory(of: first, of: fixture.owner, currency: "eur")
            let history = try fixture.workspace.valueHistory(
                of: fixture.owner,
                scope: .portfolio(first),
                currency: "eur",
                from: try #require(rows.last).time.day.start,
                to: fixture.clock.now,
                step: .hourly
            )
            let values = Dictionary(uniqueKeysWithValues: history.points.map { ($0.time, $0.value) })
            for row in rows { #expect(values[row.time] == row.balance) }
        }
    }

    @Test(arguments: [UInt64](1...4))
    func `an account's transactions add up to what it holds, and its days to its transactions`(
        seed: UInt64
    ) throws {
        try withHistory(seed) { fixture, first, second, changes in
            let accounts =
                try fixture.workspace.trackedPortfolio(first, of: fixture.owner).accounts
                + fixture.workspace.trackedPortfolio(second, of: fixture.owner).accounts
            #expect(accounts.map(\.title).sorted() == ["A", "B", "C"])
            for account in accounts {
                let rows = try fixture.workspace.transactions(of: account.id, of: fixture.owner)
                #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.time >= $1.time })
                var sums: [String: Int128] = [:]
                for row in rows { sums[row.currency.code, default: 0] += row.delta.raw - (row.fee?.raw ?? 0) }
                let holdings = try fixture.workspace.holdings(of: account.id, of: fixture.owner)
                #expect(
                    Dictionary(uniqueKeysWithValues: holdings.map { ($0.currency.code, $0.balance.raw) })
                        == sums.filter { $0.value != 0 }
                )
                for row in try fixture.workspace.history(of: account.id, of: fixture.owner) {
                    let plain = try TrackedSumTests.sum(
                        changes,
                        row.currency.code,
                        in: [account.title],
                        through: row.time
                    )
                    #expect(row.balance == plain)
                }
                #expect(
                    try fixture.workspace.transactions(of: account.id, of: fixture.owner, limit: 3).count <= 6
                )
            }
        }
    }

    @Test func `eight years of days in twenty currencies take milliseconds`() throws {
        try withFixture { fixture in
            try fixture.clock.set("2024-06-15T12:00:00Z")
            var text = "time,kind,in_amount,in_asset,account\n"
            for number in 0..<5000 {
                let time = Timestamp(seconds: 1_466_000_000 + Int64(number) * 50_000)
                text += "\(time),deposit,0.5,\(TrackedSumTests.assets[number % 4]),A\n"
            }
            _ = try fixture.importText(text)
            _ = try fixture.importPrices(TrackedSumTests.prices)
            let codes = AssetRegistry.builtIn.all.prefix(20).map(\.code)
            let id = try #require(try fixture.workspace.trackedPortfolios(of: fixture.owner).first).id
            _ = try fixture.change(id, currencies: codes)
            _ = try fixture.workspace.convertedHistory(of: id, of: fixture.owner)
            let clock = ContinuousClock()
            var rows = 0
            let spent = try clock.measure {
                rows += try fixture.workspace.sumHistory(of: id, of: fixture.owner).count
                rows += try fixture.workspace.convertedHistory(of: id, of: fixture.owner).count
            }
            #expect(rows == 2 * 20 * 2922)
            // Debug builds on two busy cores; an optimised one takes some tens of milliseconds.
            #expect(spent < .seconds(20))
        }
    }

    @Test func `a ledger that begins very long ago is shown from where there are not too many rows`() throws {
        try withFixture { fixture in
            let id = try fixture.firstPortfolio
            _ = try fixture.importText(
                "time,kind,in_amount,in_asset,account\n0900-01-01T00:00:00Z,deposit,1,USD,A\n"
            )
            #expect(try fixture.workspace.sumHistory(of: id, of: fixture.owner).count == 50_000)
            _ = try fixture.change(id, currencies: Array(TrackedSumTests.codes + ["doge", "xrp", "ada"]))
            let rows = try fixture.workspace.sumHistory(of: id, of: fixture.owner)
            #expect(rows.count == 400_000)
            #expect(rows.first?.time.description == "2024-06-15T12:00:00Z")
            let account = try #require(
                try fixture.workspace.trackedPortfolio(id, of: fixture.owner).accounts.first
            )
            #expect(try fixture.workspace.history(of: account.id, of: fixture.owner).count == 50_000)
        }
    }

    @Test func `what is missing or another's is not found, and codes must be known`() throws {
        try withFixture { fixture in
            let id = try #require(try fixture.workspace.trackedPortfolios(of: fixture.owner).first).id
            let other = try fixture.addUser("eve").id
            let workspace = fixture.workspace
            #expect(throws: TrackingRefusal.notFound) { try workspace.currencySums(of: id, of: other) }
            #expect(throws: TrackingRefusal.notFound) { try workspace.convertedSums(of: id, of: other) }
            #expect(throws: TrackingRefusal.notFound) { try workspace.inventory(of: id, of: other) }
            #expect(throws: TrackingRefusal.notFound) { try workspace.sumHistory(of: id, of: other) }
            #expect(throws: TrackingRefusal.notFound) { try workspace.convertedHistory(of: id, of: other) }
            #expect(throws: TrackingRefusal.unknownCurrency("zzz")) {
                try workspace.currencySums(of: id, of: fixture.owner, currency: "zzz")
            }
            _ = try fixture.importText(Sample.deposit("2"))
            let account = try #require(try workspace.trackedPortfolio(id, of: fixture.owner).accounts.first)
            #expect(throws: TrackingRefusal.notFound) { try workspace.holdings(of: account.id, of: other) }
            #expect(throws: TrackingRefusal.notFound) { try workspace.history(of: account.id, of: other) }
            #expect(throws: TrackingRefusal.notFound) {
                try workspace.transactions(of: account.id, of: other)
            }
            let second = try fixture.make("Second").id
            #expect(throws: TrackingRefusal.notFound) {
                try workspace.holdings(of: account.id, in: second, of: fixture.owner)
            }
            #expect(try workspace.sumHistory(of: second, of: fixture.owner).isEmpty)
            #expect(
                try workspace.currencySums(of: second, of: fixture.owner).map(\.balance) == [.zero, .zero]
            )
        }
    }
}
