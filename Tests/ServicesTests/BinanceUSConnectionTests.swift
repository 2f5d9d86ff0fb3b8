import Connectors
import Crypto
import Foundation
import Storage
import Testing
import Time
import VenueSupport

@testable import Services

@Suite("Binance.US's accounts") private struct BinanceUSConnectionTests {
    @Test func `an account is read whole, and gives the venue's balances`() throws {
        try withBinanceUS { it in
            let added = try it.connect()
            #expect(added.account == "Binance.US")
            let sync = try it.sync()
            #expect(sync.errors == [])
            #expect(it.venue.faults == [])
            #expect(sync.isComplete)
            #expect(sync.differences == [])
            #expect(sync.eventsInserted == 10)
            let balances = try it.fixture.balances().filter { $0.value != "0" }
            #expect(balances == ConnectedBinanceUS.balances)
            // Dogecoin is held no more, and was found by the dollars that it was bought for; tether by the bitcoin.
            #expect(it.venue.asked.contains("/api/v3/myTrades DOGEUSD"))
            #expect(!it.venue.asked.contains("/api/v3/myTrades XLMBNB"))
            let second = try it.sync()
            #expect(second.errors == [])
            #expect(second.eventsInserted == 0)
            #expect(try it.workspace.imports(of: it.owner).map(\.fileName) == ["binanceus ledger"])
            #expect(try it.workspace.check().findings.isEmpty)
            let exported = try it.fixture.exported()
            for line in [
                "deposit,1001.5,USD,,,1.5,USD,", "trade,0.01,BTC,450,USD,0.00001,BTC,450,USD,",
                "trade,100,USDT,0.002,BTC,0.1,USDT,100,USDT,", "withdrawal,,,0.0009,BTC,0.0001,BTC,",
                "airdrop,12,FLR,", "staking,0.001,ETH,", "withdrawal,,,100,USD,10,USD,",
                "BTCUSD-199199-28457",
            ] {
                #expect(exported.contains(line), "\(line) in \(exported)")
            }
        }
    }

    @Test func `trades alone are known by their ids when the rest is read`() throws {
        try withBinanceUS { it in
            try it.connect()
            let trades = try it.workspace.backfill(
                of: it.owner,
                source: .tradeHistorySync,
                isDryRun: false,
                maxPages: 3
            )
            #expect(trades.errors == [])
            #expect(trades.eventsInserted == 4)
            let sync = try it.sync(isAgain: true)
            #expect(sync.eventsInserted == 6)
            #expect(sync.duplicatesSkipped == 4)
            #expect(sync.differences == [])
            #expect(try it.sync(isAgain: true).eventsInserted == 0)
        }
    }

    @Test func `a history by a file without ids is not entered again`() throws {
        try withBinanceUS { it in
            let file = """
                time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,account
                2024-01-03T10:00:01Z,trade,0.01,BTC,450,USD,0.00001,BTC,Binance.US
                2024-03-01T10:00:00Z,trade,1000,DOGE,80,USD,,,Binance.US
                2024-04-01T10:00:02Z,deposit,0.5,ETH,,,,,Binance.US

                """
            #expect(try it.fixture.importText(file).inserted == 3)
            try it.connect()
            let sync = try it.sync()
            #expect(sync.errors == [])
            #expect(sync.eventsInserted == 7)
            #expect(sync.duplicatesSkipped == 3)
            #expect(sync.differences == [])
        }
    }

    @Test func `a deposit that is not settled is waited for and entered once`() throws {
        try withBinanceUS { it in
            try it.connect()
            let at = ConnectedBinanceUS.time("2024-06-15T09:00:00Z")
            it.venue.change {
                $0.deposits["ETH", default: []] += [
                    BinanceUSJSON.deposit("ETH", "2", tx: "0xp", at: at, status: 0),
                    BinanceUSJSON.deposit("ETH", "3", tx: "0xq", at: at + 5_000),
                ]
            }
            #expect(try it.sync().eventsInserted == 11)
            #expect(try it.sync().eventsInserted == 0)
            it.fixture.clock.advance(seconds: 90_000)
            it.venue.change {
                $0.deposits["ETH"] = [
                    BinanceUSJSON.deposit(
                        "ETH",
                        "0.5",
                        tx: "0xa9eb",
                        at: ConnectedBinanceUS.time("2024-04-01T10:00:00Z")
                    ),
                    BinanceUSJSON.deposit("ETH", "2", tx: "0xp", at: at),
                    BinanceUSJSON.deposit("ETH", "3", tx: "0xq", at: at + 5_000),
                ]
            }
            #expect(try it.sync().eventsInserted == 1)
            #expect(try it.fixture.balances()["ETH"] == "5.501")
            #expect(try it.sync().eventsInserted == 0)
        }
    }

    @Test(arguments: [
        "myTrades", "hisrec", "assetDistributionHistory", "exchangeInfo", "stakingRewardsHistory",
    ])
    func `a list that answers something else ends itself, and nothing is lost`(part: String) throws {
        try withBinanceUS { it in
            try it.connect()
            it.venue.change {
                $0.override = { _, path in path.hasSuffix(part) ? VenueAnswerText(200, "<html>") : nil }
            }
            let sync = try it.sync()
            #expect(!sync.errors.isEmpty)
            #expect(sync.errors.allSatisfy { $0.hasPrefix("Binance.US: the ") && $0.contains("no JSON") })
            #expect(!sync.isComplete)
            #expect(try it.workspace.connections(of: it.owner).first?.isInvalid == false)
            it.venue.change { $0.override = nil }
            let after = try it.sync()
            #expect(after.errors == [])
            #expect(after.differences == [])
            #expect(sync.eventsInserted + after.eventsInserted == 10)
        }
    }

    @Test func `refused keys make the connection invalid`() throws {
        try withBinanceUS { it in
            _ = try it.workspace.addConnection(
                of: it.owner,
                venue: "binanceus",
                credentials: VenueCredentials(
                    key: ConnectedBinanceUS.key,
                    secret: Secret(String(ConnectedBinanceUS.secret.reversed()))
                )
            )
            try it.workspace.syncDueConnections()
            let info = try #require(try it.workspace.connections(of: it.owner).first)
            #expect(info.isInvalid)
            #expect(
                info.latestError
                    == "Binance.US: the list of wallets: Binance.US does not accept the credentials"
            )
            let kept = try it.workspace.addConnection(
                of: it.owner,
                venue: "binanceus",
                label: "Other",
                credentials: VenueCredentials(key: "x", secret: Secret("y")),
                keepsInvalid: true
            )
            #expect(kept.isInvalid)
            #expect(kept.latestError?.hasPrefix("this is no API key of Binance.US") == true)
        }
    }

    @Test func `a planted secret stands in no file, no answer and no error`() throws {
        let canaries = [
            ConnectedBinanceUS.secret, ConnectedBinanceUS.key, String(ConnectedBinanceUS.secret.prefix(20)),
        ]
        try withBinanceUS { it in
            var said = String(reflecting: try it.connect())
            it.venue.change {
                $0.override = { number, _ in
                    number == 2
                        ? BinanceUSVenue.error(
                            -1100,
                            "\(ConnectedBinanceUS.secret) \(ConnectedBinanceUS.key)"
                        ) : nil
                }
            }
            for _ in 0..<2 { said += String(reflecting: try it.sync()) }
            said += String(reflecting: try it.workspace.connections(of: it.owner))
            let files = try FileManager.default.subpathsOfDirectory(atPath: it.fixture.folder)
            for canary in canaries {
                #expect(!said.contains(canary))
                for file in files {
                    let data = FileManager.default.contents(atPath: it.fixture.folder + "/" + file) ?? Data()
                    #expect(data.range(of: Data(canary.utf8)) == nil, "\(file)")
                }
            }
        }
    }
}
