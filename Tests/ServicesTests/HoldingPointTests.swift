import Ledger
import Money
import TestSupport
import Testing
import Time

@testable import Services

@Suite("Holdings at full hours")
private struct HoldingPointTests {
    // MARK: The hours

    private static func time(_ text: String) throws -> Timestamp { try Timestamp.parse(text) }

    @Test(arguments: [
        ("2021-03-02T16:29:59.999999Z", "2021-03-02T16:00:00Z"),
        ("2021-03-02T16:30:00Z", "2021-03-02T17:00:00Z"),
        ("2021-03-02T17:00:00Z", "2021-03-02T17:00:00Z"),
        ("1969-12-31T23:29:59Z", "1969-12-31T23:00:00Z"),
        ("1969-12-31T23:30:00Z", "1970-01-01T00:00:00Z"),
        // Now is 18:45, so 19:00 is yet to come.
        ("2021-03-02T18:40:00Z", "2021-03-02T18:00:00Z"),
        ("2031-01-01T00:00:00Z", "2021-03-02T18:00:00Z"),
    ])
    func `the nearest hour is not one that is yet to come`(asked: String, expected: String) throws {
        let now = try HoldingPointTests.time("2021-03-02T18:45:00Z")
        let hour = HoldingGrid.hour(nearest: try HoldingPointTests.time(asked), now: now)
        #expect(hour.description == expected)
    }

    private func hours(
        _ start: String?,
        _ end: String?,
        _ period: HoldingStep,
        since: String? = nil,
        limit: Int = 200
    ) throws -> [String] {
        HoldingGrid.hours(
            from: try start.map(HoldingPointTests.time),
            to: try end.map(HoldingPointTests.time),
            every: period,
            now: try HoldingPointTests.time("2021-03-02T16:12:00Z"),
            since: try since.map(HoldingPointTests.time),
            limit: limit
        ).map(\.description)
    }

    @Test func `ranges go back from their end and hold both ends`() throws {
        #expect(try hours(nil, nil, .daily) == ["2021-03-02T16:00:00Z"])
        #expect(try hours(nil, "2021-03-01T12:00:00Z", .daily) == ["2021-03-01T12:00:00Z"])
        #expect(
            try hours("2021-02-23T12:00:00Z", "2021-03-02T12:00:00Z", .weekly)
                == ["2021-03-02T12:00:00Z", "2021-02-23T12:00:00Z"]
        )
        #expect(
            try hours("2021-02-23T13:00:00Z", "2021-03-02T12:00:00Z", .weekly) == ["2021-03-02T12:00:00Z"]
        )
        #expect(
            try hours("2021-01-01T00:00:00Z", "2021-03-02T00:00:00Z", .monthly)
                == ["2021-03-02T00:00:00Z", "2021-01-31T00:00:00Z", "2021-01-01T00:00:00Z"]
        )
        #expect(
            try hours("2021-03-02T14:20:00Z", nil, .hourly)
                == ["2021-03-02T16:00:00Z", "2021-03-02T15:00:00Z", "2021-03-02T14:00:00Z"]
        )
    }

    @Test func `what is too much or too early is left out, and a range that ends before it starts is empty`()
        throws
    {
        let many = try hours("2020-01-01T00:00:00Z", nil, .hourly)
        #expect(many.count == 200)
        #expect(many.first == "2021-03-02T16:00:00Z")
        #expect(many.last == "2021-02-22T09:00:00Z")
        #expect(try hours("2021-03-02T12:00:01Z", "2021-03-02T12:00:00Z", .daily) == [])
        #expect(try hours("2021-03-03T00:00:00Z", nil, .daily) == [])
        let since = "2021-02-28T12:00:00Z"
        #expect(
            try hours("2021-02-01T12:00:00Z", "2021-03-01T12:00:00Z", .daily, since: since)
                == ["2021-03-01T12:00:00Z", "2021-02-28T12:00:00Z"]
        )
        #expect(try hours(nil, "2021-02-28T11:00:00Z", .daily, since: since) == [])
    }

    // MARK: What is held

    private static let prices = """
        date,asset,price_usd
        2023-12-20,BTC,40000.123
        2024-01-10,BTC,43210.5
        2024-02-05,BTC,51234.56789
        2024-01-05,ETH,2345.678
        2024-01-20,ETH,2222.01
        2024-02-01,LTC,70.07

        """

    private static func history(_ random: inout SplitMix64) -> String {
        var text = "time,kind,in_amount,in_asset,out_amount,out_asset,account\n"
        let assets = ["btc", "eth", "ltc", "usd", "oddcoin"]
        for _ in 0..<80 {
            let seconds = 1_704_067_200 + Int64.random(in: 0..<(45 * 24), using: &random) * 3600
            let time = Timestamp(seconds: seconds + Int64.random(in: -1...1, using: &random))
            let amount =
                "\(Int.random(in: 1...999, using: &random)).\(Int.random(in: 1...99_999, using: &random))"
            let asset = assets[Int.random(in: 0..<assets.count, using: &random)]
            let account = ["A", "B"][Int.random(in: 0..<2, using: &random)]
            text +=
                Bool.random(using: &random)
                ? "\(time),deposit,\(amount),\(asset),,,\(account)\n"
                : "\(time),withdrawal,,,\(amount),\(asset),\(account)\n"
        }
        return text
    }

    @Test(arguments: [UInt64](1...8), [HoldingStep.hourly, .daily, .weekly])
    func `each instant shows what coffer value shows then`(seed: UInt64, period: HoldingStep) throws {
        var random = SplitMix64(seed: seed)
        try withFixture { fixture in
            let outcome = try fixture.importText(HoldingPointTests.history(&random))
            #expect(outcome.errorCount == 0, "\(outcome.issues)")
            _ = try fixture.importPrices(HoldingPointTests.prices)
            try fixture.clock.set("2024-02-20T17:40:00Z")
            let now = fixture.clock.now
            let hours = HoldingGrid.hours(
                from: try HoldingPointTests.time("2023-12-15T00:00:00Z"),
                to: nil,
                every: period,
                now: now,
                limit: 60
            )
            let holdings = try fixture.workspace.holdingPoints(of: fixture.owner, at: hours)
            #expect(holdings.currency.code == "USD")
            #expect(holdings.points.map(\.time) == hours)
            #expect(holdings.unpriced.contains { $0.asset.code == "oddcoin" })
            var amounts = 0
            for (place, point) in holdings.points.enumerated() {
                let report = try fixture.workspace.value(of: fixture.owner, currency: "usd", at: point.time)
                #expect(point.total == report.total)
                #expect(point.isStale == report.isStale)
                let expected = report.balances.filter { !$0.quantity.isZero }
                    .map { "\($0.asset.code) \($0.quantity) \($0.value?.description ?? "-")" }
                #expect(
                    point.held.map {
                        "\($0.currency.asset?.code ?? "-") \($0.amount) \($0.value?.description ?? "-")"
                    }
                        == expected
                )
                amounts += 1 + point.held.count
                for held in point.held {
                    try check(fixture, holdings, held.amount, held.currency, to: "EUR", place)
                    try check(fixture, holdings, held.amount, held.currency, to: "btc", place)
                }
                try check(fixture, holdings, point.total, holdings.currency, to: "gbp", place)
            }
            #expect(holdings.amountCount == amounts)
            #expect(amounts > hours.count)
        }
    }

    /// Compares a conversion with the one of `coffer price convert`.
    private func check(
        _ fixture: Fixture,
        _ holdings: HoldingPoints,
        _ amount: Amount,
        _ from: HoldingPoints.Currency,
        to code: String,
        _ place: Int
    ) throws {
        let to = holdings.currency(code: code)
        let converted = try holdings.convert(amount, from: from, to: to, at: place)
        do {
            let report = try fixture.workspace.convert(
                amount,
                from: try #require(from.asset).code,
                to: code,
                at: holdings.points[place].time,
                of: fixture.owner
            )
            #expect(converted?.value == report.value)
            #expect(converted?.priceTime == report.priceTime)
        } catch is PriceServiceError {
            #expect(converted == nil)
        }
    }

    @Test func `totals are in the user's own currency`() throws {
        try withFixture { fixture in
            _ = try fixture.importText(
                "time,kind,in_amount,in_asset,account\n2024-01-02T00:00:00Z,deposit,100,EUR,A\n"
            )
            try fixture.workspace.changeProfile(
                of: fixture.owner,
                name: "Owner",
                currency: "eur",
                timeZone: "UTC"
            )
            let hour = HoldingGrid.hour(nearest: fixture.clock.now, now: fixture.clock.now)
            let holdings = try fixture.workspace.holdingPoints(of: fixture.owner, at: [hour])
            #expect(holdings.currency.code == "EUR")
            #expect(holdings.points.first?.total.description == "100")
            for code in ["nosuch", "no such"] {
                let unknown = holdings.currency(code: code)
                #expect(unknown.asset == nil)
                #expect(unknown.code == code)
                let nothing = try holdings.convert(.one, from: holdings.currency, to: unknown, at: 0)
                #expect(nothing == nil)
            }
        }
    }

    // MARK: Places

    @Test func `sub-wallets are pages of accounts by number with what they hold`() throws {
        try withFixture { fixture in
            _ = try fixture.importText(
                """
                time,kind,in_amount,in_asset,account
                2024-01-02T00:00:00Z,deposit,100,EUR,First
                2024-01-03T00:00:00Z,deposit,2,BTC,First
                2024-01-03T00:00:00Z,deposit,3,ETH,Second

                """
            )
            let (all, hasMore) = try fixture.workspace.subWallets(of: fixture.owner, limit: 10)
            #expect(!hasMore)
            let shown = all.filter { !$0.balances.isEmpty }
                .map { wallet in
                    "\(wallet.title): \(wallet.balances.map { "\($0.asset.code) \($0.amount)" })"
                }
            #expect(shown == [#"First: ["btc 2", "eur 100"]"#, #"Second: ["eth 3"]"#])
            let (page, more) = try fixture.workspace.subWallets(of: fixture.owner, limit: 1)
            #expect(page.count == 1)
            #expect(more == (all.count > 1))
            let (rest, none) = try fixture.workspace.subWallets(
                of: fixture.owner,
                after: page[0].id.raw,
                limit: all.count - 1
            )
            #expect(rest.map(\.id) == all.dropFirst().map(\.id))
            #expect(!none)
            let stranger = try fixture.addUser("stranger").id
            #expect(try fixture.workspace.subWallets(of: stranger, limit: 10).wallets.isEmpty)
        }
    }
}
