import JSON
import Money
import Testing
import Time

@testable import Services
@testable import TrustVaultAPI

/// The four queries of the guide, over the holdings that its page shows.
@Suite("Queries of the guide")
private struct SeedQueryTests {
    /// What the guide's account held: 0.519577995 ether all the time and bitcoin in two steps.
    static let history = """
        time,kind,in_amount,in_asset,account
        2021-02-01T00:00:00Z,deposit,0.519577995,ETH,Vault
        2021-02-02T00:00:00Z,deposit,0.19737407,BTC,Vault
        2021-02-25T08:00:00Z,deposit,0.05127292,BTC,Vault
        """ + "\n"

    /// Invented prices in dollars by the hour; pounds come by way of the bundled rates.
    static let prices = """
        timestamp_utc,asset,price_usd
        2021-02-23T11:00:00Z,BTC,47600.5
        2021-02-23T11:00:00Z,ETH,1570
        2021-03-01T11:00:00Z,BTC,48850.25
        2021-03-01T11:00:00Z,ETH,1525.75
        2021-03-02T11:00:00Z,BTC,48100
        2021-03-02T11:00:00Z,ETH,1500
        2021-03-02T15:00:00Z,BTC,48123.45
        2021-03-02T15:00:00Z,ETH,1498.76
        """ + "\n"

    static let fields = """
        items {
              timestamp
              total {
                value
                timestamp
                currency
              }
              balances {
                items {
                  amount {
                    currency
                    timestamp
                    value
                  }
                  asset {
                    name
                  }
                }
              }
            }
        """

    private func withHoldings(_ body: (Fixture) throws -> Void) throws {
        try withFixture { (fixture) throws in
            try fixture.importText(SeedQueryTests.history, prices: SeedQueryTests.prices)
            try fixture.workspace.changeProfile(
                of: fixture.owner,
                name: "Owner",
                currency: "gbp",
                timeZone: "UTC"
            )
            try body(fixture)
        }
    }

    @Test func `the latest portfolio`() throws {
        try withHoldings { fixture in
            let query =
                "query UserPortfolioQuery {\n  user {\n    portfolio {\n      \(SeedQueryTests.fields)\n    }\n  }\n}"
            let answer = try fixture.query(query)
            try Golden.expect(answer, is: "seed-latest")
            // The second time the holdings are known, and the answer comes on the spot.
            #expect(try fixture.query(query).text == answer.text)
        }
    }

    @Test func `a portfolio at a date`() throws {
        try withHoldings { fixture in
            let answer = try fixture.query(
                """
                query UserPortfolioQuery { user { portfolio(endDate: "2021-03-01T12:00:00.000Z") \
                { \(SeedQueryTests.fields) } } }
                """
            )
            try Golden.expect(answer, is: "seed-date")
        }
    }

    @Test func `portfolios within a range`() throws {
        try withHoldings { fixture in
            let answer = try fixture.query(
                """
                query UserPortfolioQuery { user { portfolio(startDate: "2021-02-23T12:00:00.000Z", \
                endDate: "2021-03-02T12:00:00.000Z", timePeriod: WEEKLY) { \(SeedQueryTests.fields) } } }
                """
            )
            try Golden.expect(answer, is: "seed-range")
        }
    }

    @Test func `a portfolio in another currency`() throws {
        try withHoldings { fixture in
            let answer = try fixture.query(
                """
                query UserPortfolioQuery { user { portfolio { items { timestamp
                  total { value timestamp currency in(currency: "USD") { currency value timestamp } }
                  balances { items {
                    amount { value timestamp currency in(currency: "USD") { currency value timestamp } }
                    asset { name } } } } } } }
                """
            )
            try Golden.expect(answer, is: "seed-currency")
        }
    }

    // MARK: Numbers

    @Test func `totals are those of the other reports`() throws {
        try withHoldings { fixture in
            let report = try fixture.workspace.value(
                of: fixture.owner,
                currency: "gbp",
                at: try .parse("2021-03-02T16:00:00Z")
            )
            let answer = try fixture.query("{ user { portfolio { items { total { value } } } } }")
            #expect(
                answer.text
                    == #"{"data":{"user":{"portfolio":{"items":[{"total":{"value":"\#(report.total)"}}]}}}}"#
            )
            let dollars = try fixture.workspace.convert(
                report.total,
                from: "gbp",
                to: "usd",
                at: try .parse("2021-03-02T16:00:00Z"),
                of: fixture.owner
            )
            let converted = try fixture.query(
                #"{ user { portfolio { items { total { in(currency: "usd") { value } } } } } }"#
            )
            #expect(converted.text.contains(#""value":"\#(dollars.value)""#), "\(converted.text)")
        }
    }

    @Test func `conversions nest, and one that no price leads to is no number`() throws {
        try withHoldings { fixture in
            let answer = try fixture.query(
                """
                { user { portfolio { items { total {
                  there: in(currency: "BTC") { value currency back: in(currency: "gbp") { value currency timestamp } }
                  same: in(currency: "GBP") { value timestamp }
                  none: in(currency: "nosuch") { value currency timestamp in(currency: "GBP") { value currency } }
                } } } } }
                """
            )
            try Golden.expect(answer, is: "nested-conversions")
        }
    }

    @Test func `what has no price is named`() throws {
        try withFixture { (fixture) throws in
            try fixture.importText(
                SeedQueryTests.history + "2021-02-25T08:00:00Z,deposit,7,ODDCOIN,Vault\n",
                prices: SeedQueryTests.prices
            )
            let answer = try fixture.query(
                "{ user { portfolio { items { unpriced total { value } balances { items { asset { symbol type } amount { value } } } } } } }"
            )
            try Golden.expect(answer, is: "unpriced")
        }
    }

    @Test func `sub-wallets come page by page`() throws {
        try withHoldings { fixture in
            try fixture.importText(
                "time,kind,in_amount,in_asset,account\n2021-02-28T00:00:00Z,deposit,2,BTC,Other\n"
            )
            let query = """
                query ($limit: Int, $token: String) { user { subWallets(limit: $limit, nextToken: $token) {
                  items { __typename address name subWalletId createdAt updatedAt
                    balances { items { amount { value in(currency: "GBP") { value } } } }
                    ... on BlockchainSubWallet { chain publicKey trustVaultPublicKeySignature } }
                  nextToken } } }
                """
            let first = try fixture.query(query, variables: #"{"limit":1}"#)
            try Golden.expect(first, is: "sub-wallets-first")
            let token = try #require(
                try first.json["data"]?["user"]?["subWallets"]?["nextToken"]?.string
            )
            let rest = try fixture.query(query, variables: #"{"token":"\#(token)"}"#)
            try Golden.expect(rest, is: "sub-wallets-rest")
            #expect(try fixture.query(query, variables: #"{"limit":0}"#).codes == ["BAD_USER_INPUT"])
            #expect(try fixture.query(query, variables: #"{"limit":101}"#).codes == ["BAD_USER_INPUT"])
            #expect(try fixture.query(query, variables: #"{"token":"x"}"#).codes == ["BAD_USER_INPUT"])
        }
    }

    // MARK: Dates

    private func hours(_ fixture: Fixture, _ arguments: String) throws -> [String] {
        let answer = try fixture.query("{ user { portfolio(\(arguments)) { items { timestamp } } } }")
        let items = try answer.json["data"]?["user"]?["portfolio"]?["items"]?.array
        return try #require(items, "\(answer.text)").compactMap { $0["timestamp"]?.string }
    }

    @Test func `dates go by the nearest hour, the newest first`() throws {
        try withHoldings { fixture in
            #expect(try hours(fixture, #"endDate: "2021-02-20T10:29:59Z""#) == ["2021-02-20T10:00:00.000Z"])
            #expect(
                try hours(fixture, #"endDate: "2021-02-20T10:30:00+01:00""#) == ["2021-02-20T10:00:00.000Z"]
            )
            #expect(try hours(fixture, #"endDate: "2031-01-01T00:00:00Z""#) == ["2021-03-02T16:00:00.000Z"])
            #expect(try hours(fixture, "timePeriod: HOURLY") == ["2021-03-02T16:00:00.000Z"])
            #expect(
                try hours(fixture, #"startDate: "2021-02-28T16:00:00Z""#)
                    == ["2021-03-02T16:00:00.000Z", "2021-03-01T16:00:00.000Z", "2021-02-28T16:00:00.000Z"]
            )
            #expect(
                try hours(fixture, #"startDate: "2021-03-02T00:00:00Z", endDate: "2021-03-01T00:00:00Z""#)
                    == []
            )
            let many = try hours(fixture, #"startDate: "2019-01-01T00:00:00Z", timePeriod: HOURLY"#)
            #expect(many.count == 200)
            #expect(many.first == "2021-03-02T16:00:00.000Z")
            #expect(many.last == "2021-02-22T09:00:00.000Z")
        }
    }

    @Test func `nothing before the instant that is set`() throws {
        let since = "2021-02-16T00:00:00.000Z"
        let instant = try Timestamp.parse(since)
        try withFixture(change: { $0.availableFrom = instant }) { (fixture) throws in
            let monthly = #"startDate: "2020-01-01T00:00:00Z", timePeriod: WEEKLY"#
            #expect(
                try hours(fixture, monthly)
                    == [
                        "2021-03-02T16:00:00.000Z", "2021-02-23T16:00:00.000Z", "2021-02-16T16:00:00.000Z",
                    ]
            )
            #expect(try hours(fixture, #"endDate: "2021-02-15T23:00:00Z""#) == [])
            #expect(try hours(fixture, #"endDate: "2021-02-16T00:00:00Z""#) == [since])
        }
    }

    @Test func `a date that is none is told at its field`() throws {
        try withHoldings { fixture in
            for (name, text) in [
                ("startDate", "yesterday"), ("endDate", "2021-02-30T00:00:00Z"), ("endDate", ""),
                ("endDate", "1614600000"),
                ("startDate", "99999-01-01T00:00:00Z"),
            ] {
                let answer = try fixture.query(
                    "{ user { portfolio(\(name): \"\(text)\") { items { timestamp } } } }"
                )
                #expect(answer.status == 200)
                #expect(try answer.json["data"]?.isNull == true)
                #expect(try answer.codes == ["BAD_USER_INPUT"])
                #expect(try answer.messages.first?.hasPrefix(name) == true)
                let path = try answer.json["errors"]?[0]?["path"]?.array?.compactMap(\.string)
                #expect(path == ["user", "portfolio"])
            }
        }
    }
}
