import Foundation
import Money
import Testing
import Time
import Valuation

@testable import Services

/// Real prices lie beside the repository where it is developed; they are not part of it.
private enum RealPrices {
    static let folder = #filePath.split(separator: "/").dropLast(4).map(String.init)

    static func load(_ name: String) -> String? {
        let path = "/" + (folder + ["shared", "data", "prices", name]).joined(separator: "/")
        return FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    static let arePresent = load("crypto_daily_usd.csv") != nil
}

@Suite("Known prices of coins", .enabled(if: RealPrices.arePresent))
private struct RealPriceTests {
    private static let closes = [
        ("BTC", "2013-12-04"), ("BTC", "2017-12-17"), ("BTC", "2020-03-12"), ("BTC", "2021-11-08"),
        ("BTC", "2022-11-09"), ("ETH", "2018-01-13"), ("ETH", "2021-11-08"),
    ]

    /// One coin of each held since 2012; the close of a day counts from its end on.
    @Test func `closes of days come back in values and histories`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(
                "time,kind,in_amount,in_asset,account\n2012-01-01T00:00:00Z,deposit,1,BTC,A\n"
                    + "2012-01-01T00:00:00Z,deposit,1,ETH,B\n"
            )
            let outcome = try fixture.importPrices(try #require(RealPrices.load("crypto_daily_usd.csv")))
            #expect(outcome.errorCount == 0)
            let text = try #require(RealPrices.load("crypto_daily_usd.csv"))
            for (code, day) in RealPriceTests.closes {
                let end = try Timestamp.parse(day).advanced(bySeconds: 86_400)
                let account = code == "BTC" ? "A" : "B"
                let scope = try fixture.workspace.scope(of: fixture.owner, portfolio: nil, account: account)
                let value = try fixture.workspace.value(
                    of: fixture.owner,
                    scope: scope,
                    currency: "USD",
                    at: end
                )
                let line = "\n\(day),\(code),"
                let place = try #require(text.range(of: line))
                let stated = text[place.upperBound...].prefix { $0 != "\n" }
                #expect(value.total.description == stated, "\(code) \(day)")
                let history = try fixture.workspace.valueHistory(
                    of: fixture.owner,
                    scope: scope,
                    currency: "USD",
                    from: end.advanced(bySeconds: -86_400),
                    to: end,
                    step: .daily
                )
                #expect(history.points.last?.value == value.total)
            }
        }
    }

    @Test func `the highest close of 2021 is that of the eighth of November`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(
                "time,kind,in_amount,in_asset,account\n2012-01-01T00:00:00Z,deposit,1,BTC,A\n"
            )
            _ = try fixture.importPrices(try #require(RealPrices.load("crypto_daily_usd.csv")))
            var request = PerformanceRequest(currency: "USD")
            request.from = try Timestamp.parse("2021-01-02")
            request.to = try Timestamp.parse("2022-01-01")
            let figures = try fixture.workspace.performance(of: fixture.owner, request).figures
            #expect(figures.highest.value.description == "67566.828")
            #expect(figures.highest.time == (try Timestamp.parse("2021-11-09")))
        }
    }
}
