import Connectors
import Crypto
import Foundation
import HTTPClient
import Storage
import Time
import VenueSupport

@testable import Services

/// A workspace with a stand-in for Coinbase beside it; no request leaves the process.
final class ConnectedVenue: Sendable {
    let fixture: Fixture
    let venue: CoinbaseVenue

    static let keyName = "organizations/0f8b/apiKeys/7d1c"
    /// The seed and public key of RFC 8032's first example: a canary that must be found nowhere.
    static let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    static let open = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

    static var secretText: String { Base64.encode((Hex.decode(seed) ?? []) + (Hex.decode(open) ?? [])) }

    init(folder: String? = nil, change: (inout WorkspaceConfiguration) -> Void = { _ in }) throws {
        var made: CoinbaseVenue?
        fixture = try Fixture(folder: folder) { configuration in
            let now = configuration.now
            let venue = CoinbaseVenue(
                key: .ed25519(Hex.decode(Self.open) ?? []),
                keyName: Self.keyName,
                now: { now?().seconds ?? 0 }
            )
            configuration.connections.transport = VenueTransport(venue, base: CoinbaseSource.standardURL)
            configuration.connections.clock = PaceClock(now: { 0 }, sleep: { _ in }, random: { 7 })
            change(&configuration)
            made = venue
        }
        guard let venue = made else { preconditionFailure("a fixture asks for its configuration") }
        self.venue = venue
        venue.change { $0.wallets = Self.wallets }
    }

    var owner: UserID { fixture.owner }
    var workspace: Workspace { fixture.workspace }

    @discardableResult
    func connect(label: String? = nil, of user: UserID? = nil) throws -> ConnectionInfo {
        try workspace.addConnection(
            of: user ?? owner,
            venue: "coinbase",
            label: label,
            credentials: VenueCredentials(key: Self.keyName, secret: Secret(Self.secretText))
        )
    }

    /// A purchase by card, staking, a convert, an Advanced fill and a transfer out, over three wallets.
    static let wallets: [CoinbaseVenue.Wallet] = [
        .init(
            "w-btc",
            "BTC",
            balance: "0.09",
            [
                CoinbaseRows.transaction(
                    "b1",
                    "buy",
                    "0.10000000",
                    "BTC",
                    at: "2024-01-02T10:00:00Z",
                    native: "4550.00 USD",
                    #","buy":{"id":"o1","payment_method_name":"Visa ****1111","subtotal":{"amount":"4500.00","currency":"USD"},"total":{"amount":"4550.00","currency":"USD"},"fee":{"amount":"50.00","currency":"USD"}}"#
                ),
                CoinbaseRows.transaction(
                    "b2",
                    "advanced_trade_fill",
                    "-0.01",
                    "BTC",
                    at: "2024-03-01T10:00:00Z",
                    native: "600 USD",
                    #","advanced_trade_fill":{"fill_price":"60000","product_id":"BTC-USDC","order_id":"77","commission":"3.6","order_side":"sell"}"#
                ),
            ]
        ),
        .init(
            "w-eth",
            "ETH",
            balance: "0.501",
            [
                CoinbaseRows.transaction(
                    "e1",
                    "trade",
                    "0.5",
                    "ETH",
                    at: "2024-03-02T10:00:00Z",
                    native: "400 USD",
                    #","trade":{"id":"t9"}"#
                ),
                CoinbaseRows.transaction(
                    "e2",
                    "staking_reward",
                    "0.001",
                    "ETH",
                    at: "2024-04-02T10:00:00Z",
                    native: "3.1 USD"
                ),
            ]
        ),
        .init(
            "w-usdc",
            "USDC",
            balance: "196.4",
            [
                CoinbaseRows.transaction(
                    "u1",
                    "advanced_trade_fill",
                    "596.4",
                    "USDC",
                    at: "2024-03-01T10:00:00Z",
                    #","advanced_trade_fill":{"fill_price":"60000","product_id":"BTC-USDC","order_id":"77","order_side":"sell"}"#
                ),
                CoinbaseRows.transaction(
                    "u2",
                    "trade",
                    "-400",
                    "USDC",
                    at: "2024-03-02T10:00:00Z",
                    native: "400 USD",
                    #","trade":{"id":"t9"}"#
                ),
            ]
        ),
    ]
}

@discardableResult
func withVenue<Result>(
    change: (inout WorkspaceConfiguration) -> Void = { _ in },
    _ body: (ConnectedVenue) throws -> Result
) throws -> Result {
    let connected = try ConnectedVenue(change: change)
    defer { connected.fixture.remove() }
    return try body(connected)
}
