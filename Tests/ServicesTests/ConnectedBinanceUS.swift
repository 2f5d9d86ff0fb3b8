import Connectors
import Crypto
import Foundation
import HTTPClient
import Storage
import Time
import VenueSupport

@testable import Services

/// A workspace with a stand-in for Binance.US beside it; no request leaves the process.
final class ConnectedBinanceUS: Sendable {
    let fixture: Fixture
    let venue: BinanceUSVenue

    /// The key and secret of the example in Binance's documentation of signed requests: canaries that must be found nowhere.
    static let key = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
    static let secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"

    init(change: (inout WorkspaceConfiguration) -> Void = { _ in }) throws {
        var made: BinanceUSVenue?
        fixture = try Fixture { configuration in
            let now = configuration.now
            let venue = BinanceUSVenue(
                key: Self.key,
                secret: Self.secret,
                now: { (now?().microseconds ?? 0) / 1_000 }
            )
            configuration.connections.transport = StandInTransport([(BinanceUSSource.standardURL, venue)])
            configuration.connections.clock = PaceClock(now: { 0 }, sleep: { _ in }, random: { 7 })
            change(&configuration)
            made = venue
        }
        guard let venue = made else { preconditionFailure("a fixture asks for its configuration") }
        self.venue = venue
        venue.change { Self.fill(&$0) }
    }

    var owner: UserID { fixture.owner }
    var workspace: Workspace { fixture.workspace }

    static var credentials: VenueCredentials { VenueCredentials(key: key, secret: Secret(secret)) }

    @discardableResult
    func connect(label: String? = nil) throws -> ConnectionInfo {
        try workspace.addConnection(
            of: owner,
            venue: "binanceus",
            label: label,
            credentials: Self.credentials
        )
    }

    func sync(isAgain: Bool = false) throws -> ConnectionSync {
        let outcome = try workspace.syncConnections(of: owner, isAgain: isAgain)
        guard let sync = outcome.connections.first else { preconditionFailure("one is connected") }
        return sync
    }

    /// Milliseconds of an instant.
    static func time(_ text: String) -> Int64 {
        // The times of the tests are written down as they should be.
        ((try? Timestamp.parse(text)) ?? .earliest).microseconds / 1_000
    }

    /// 1,000 dollars from a bank; bitcoin bought, some sold for tether, dogecoin bought and sold wholly; bitcoin sent away,
    /// ether come in; an airdrop and a staking reward.
    static func fill(_ content: inout BinanceUSVenue.Content) {
        content.symbols = [
            ("BTCUSD", "BTC", "USD"), ("BTCUSDT", "BTC", "USDT"), ("DOGEUSD", "DOGE", "USD"),
            ("ETHUSDT", "ETH", "USDT"), ("XLMBNB", "XLM", "BNB"),
        ]
        content.fiatDeposits = [
            BinanceUSJSON.fiat(
                "c3415d574fa747df88a75c66c037f890",
                "1000",
                fee: "1.5",
                at: time("2024-01-02T10:00:00Z")
            ),
            BinanceUSJSON.fiat("gone", "77", fee: "0", at: time("2024-01-02T11:00:00Z"), status: "Failed"),
        ]
        content.fiatWithdrawals = [
            BinanceUSJSON.fiat(
                "6c2ff984890145fdac2b7160299062f0",
                "100",
                fee: "10",
                at: time("2024-05-02T10:00:00Z")
            )
        ]
        content.fills["BTCUSD"] = [
            BinanceUSJSON.fill(
                "BTCUSD",
                28457,
                at: time("2024-01-03T10:00:00.123Z"),
                qty: "0.01",
                quoteQty: "450",
                price: "45000",
                commission: "0.00001",
                "BTC",
                isBuyer: true
            )
        ]
        content.fills["BTCUSDT"] = [
            BinanceUSJSON.fill(
                "BTCUSDT",
                5,
                at: time("2024-02-03T10:00:00Z"),
                qty: "0.002",
                quoteQty: "100",
                price: "50000",
                commission: "0.1",
                "USDT",
                isBuyer: false
            )
        ]
        content.fills["DOGEUSD"] = [
            BinanceUSJSON.fill(
                "DOGEUSD",
                1,
                at: time("2024-03-01T10:00:00Z"),
                qty: "1000",
                quoteQty: "80",
                price: "0.08",
                commission: "0",
                "USD",
                isBuyer: true
            ),
            BinanceUSJSON.fill(
                "DOGEUSD",
                2,
                at: time("2024-03-02T10:00:00Z"),
                qty: "1000",
                quoteQty: "90",
                price: "0.09",
                commission: "0.09",
                "USD",
                isBuyer: false
            ),
        ]
        content.deposits["ETH"] = [
            BinanceUSJSON.deposit("ETH", "0.5", tx: "0xa9eb", at: time("2024-04-01T10:00:00Z"))
        ]
        content.withdrawals["BTC"] = [
            BinanceUSJSON.withdrawal(
                "BTC",
                "0.0009",
                fee: "0.0001",
                id: "4e7f4f31560041ee880b5386f06d4053",
                at: time("2024-04-02T03:36:04Z"),
                "2024-04-02 03:36:04"
            )
        ]
        content.distributions = [
            BinanceUSJSON.distribution(
                "FLR",
                "12",
                "airdrop",
                id: 2_968_885_920,
                at: time("2024-04-03T10:00:00Z")
            )
        ]
        content.rewards = [BinanceUSJSON.reward("ETH", "0.001", id: 99, at: time("2024-04-04T10:00:00Z"))]
        content.balances = [
            ("BTC", "0.00599", "0.001"), ("USD", "449.91", "0"), ("USDT", "99.9", "0"), ("ETH", "0.501", "0"),
            ("FLR", "12", "0"), ("DOGE", "0.00000000", "0"), ("XLM", "0", "0"),
        ]
    }

    /// What the account then holds.
    static let balances = ["BTC": "0.00699", "USD": "449.91", "USDT": "99.9", "ETH": "0.501", "FLR": "12"]
}

@discardableResult
func withBinanceUS<Result>(
    change: (inout WorkspaceConfiguration) -> Void = { _ in },
    _ body: (ConnectedBinanceUS) throws -> Result
) throws -> Result {
    let connected = try ConnectedBinanceUS(change: change)
    defer { connected.fixture.remove() }
    return try body(connected)
}
