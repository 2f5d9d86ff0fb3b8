import CryptFolioAPI
import HTTPServer
import Importing
import JSON
import Money
import Storage
import Testing
import Time

@testable import Services

/// A text as a file that is read once.
func pieces(_ text: String) -> () throws -> [UInt8]? {
    var isTaken = false
    return {
        defer { isTaken = true }
        return isTaken ? nil : Array(text.utf8)
    }
}

@Suite("What is public")
private struct PublicTests {
    private static let keys = [
        "id", "code", "title", "created_at", "updated_at", "is_cryptocurrency", "is_fiat",
        "is_ethereum_token", "ethereum_contract_address", "source",
    ]

    @Test(arguments: CryptFolioRevision.allCases)
    func `every example of a currency is answered as recorded`(_ revision: CryptFolioRevision) throws {
        try withFixture(revision) { (fixture) throws in
            for code in ["btc", "usd", "ltc", "rep"] {
                try Golden.expect(
                    fixture.get("/currencies/" + code),
                    is: "\(revision.rawValue)/currency-\(code)"
                )
            }
            try Golden.expect(fixture.get("/exchanges"), is: "\(revision.rawValue)/exchanges")
            try Golden.expect(fixture.get("/status"), is: "\(revision.rawValue)/status")
            try Golden.expect(fixture.get("/currencies/nosuch"), is: "errors/unknown-code")
        }
    }

    @Test func `lists count what they have, and each kind has its own`() throws {
        try withFixture { (fixture) throws in
            func codes(_ path: String) throws -> Set<String> {
                let result = try fixture.get(path).result
                let list = try #require(result["currencies"]?.array)
                #expect(result["count"]?.integer == Int64(list.count))
                for currency in list { #expect(currency.object?.map(\.key) == Self.keys) }
                return Set(list.compactMap { $0["code"]?.string })
            }
            let all = try codes("/currencies")
            let (coins, fiat, tokens) = (
                try codes("/currencies/cryptocurrencies"), try codes("/currencies/fiat"),
                try codes("/currencies/tokens")
            )
            #expect(coins.isSuperset(of: ["btc", "ltc", "eth"]) && fiat.contains("usd"))
            #expect(tokens.contains("rep") && !coins.contains("rep") && !tokens.contains("btc"))
            #expect(coins.isDisjoint(with: fiat) && coins.isDisjoint(with: tokens))
            #expect(all.isSuperset(of: coins.union(fiat).union(tokens)))
            #expect(try fixture.get("/currencies/BTC").result["code"]?.string == "btc")
        }
    }

    @Test(arguments: CryptFolioRevision.allCases)
    func `rates are those of public sources alone`(_ revision: CryptFolioRevision) throws {
        try withFixture(revision) { (fixture) throws in
            let workspace = fixture.workspace
            // As a fetch from a service leaves them.
            let btc = try Workspace.publicAsset("btc").id
            let usd = try Workspace.publicAsset("usd").id
            _ = try workspace.database.writeAndWait { transaction in
                try transaction.storePrices(
                    [PriceRow(time: fixture.clock.now, price: .parse("11000.5"))][...],
                    of: PriceSeriesKey(base: btc, quote: usd, source: "kraken")
                )
            }
            _ = try workspace.importPrices(
                from: { pieces("time,base,quote,price\n2018-01-20T00:00:00Z,LTC,USD,180\n") },
                source: "mine",
                progress: { _, _ in }
            )
            workspace.prices.invalidate()
            try Golden.expect(fixture.get("/exchanges/kraken"), is: "\(revision.rawValue)/exchange")
            try Golden.expect(
                fixture.get("/exchanges/kraken/btc/usd"),
                is: "\(revision.rawValue)/exchange-rate"
            )
            try Golden.expect(fixture.get("/rate/btc/usd"), is: "\(revision.rawValue)/rate")
            try Golden.expect(
                fixture.get("/currencies/btc/exchanges"),
                is: "\(revision.rawValue)/currency-exchanges"
            )
            let inverse = try fixture.get("/exchanges/kraken/usd/btc").result
            #expect(inverse["last_trade"]?.string == "0.000090904958865506")
            for path in [
                "/exchanges/mine", "/exchanges/kraken/ltc/usd", "/rate/ltc/usd", "/rate/btc/nosuch",
                "/source/mine", "/exchanges/manual",
            ] {
                #expect(try fixture.get(path).status == 404, "\(path)")
            }
            #expect(try fixture.get("/rates").text.contains("mine") == false)
            #expect(try fixture.get("/sources").result["count"]?.integer == 5)
            #expect(try fixture.get("/source/ecb").status == 200)
        }
    }
}

@Suite("Instants of the revisions")
private struct RevisionTests {
    @Test(arguments: [
        ("2017-11-06T04:54:54.000Z", "2017-11-06T04:54:54.000Z", "2017-11-06T04:54:54+00:00"),
        ("2017-11-06T04:54:54.999999Z", "2017-11-06T04:54:54.999Z", "2017-11-06T04:54:54+00:00"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z", "1969-12-31T23:59:59+00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00+00:00"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59+00:00"),
    ])
    func `an instant is cut, never rounded`(_ given: String, _ old: String, _ new: String) throws {
        let time = try Timestamp.parse(given)
        #expect(CryptFolioRevision.r2018_01.text(time) == old)
        #expect(CryptFolioRevision.r2019_03.text(time) == new)
    }
}
