import Connectors
import Crypto
import Foundation
import HTTPClient
import Storage
import Time
import VenueSupport

@testable import Services

/// A workspace with a stand-in for Kraken beside it; no request leaves the process.
final class ConnectedKraken: Sendable {
    let fixture: Fixture
    let venue: KrakenVenue

    static let key = "8UUYz0e3SpTPJjCzVVbqhYjC1bcYkyYaZ5FfBd1F0S5X8v7pGm7Qw2aE"
    /// The private key of the example on Kraken's page on authentication: a canary that must be found nowhere.
    static let secret =
        "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="

    init(change: (inout WorkspaceConfiguration) -> Void = { _ in }) throws {
        let venue = KrakenVenue(key: Self.key, secret: Self.secret)
        self.venue = venue
        fixture = try Fixture { configuration in
            configuration.connections.transport = StandInTransport([(KrakenSource.standardURL, venue)])
            configuration.connections.clock = PaceClock(now: { 0 }, sleep: { _ in }, random: { 7 })
            change(&configuration)
        }
        venue.change {
            $0.rows = Self.rows
            $0.balances = [
                ("ZEUR", "728.4920"), ("XXBT", "0.0009000000"), ("ADA", "90.0000000000"), ("ADA.F", "0.25"),
            ]
        }
    }

    var owner: UserID { fixture.owner }
    var workspace: Workspace { fixture.workspace }

    static var credentials: VenueCredentials { VenueCredentials(key: key, secret: Secret(secret)) }

    @discardableResult
    func connect(label: String? = nil, of user: UserID? = nil) throws -> ConnectionInfo {
        try workspace.addConnection(
            of: user ?? owner,
            venue: "kraken",
            label: label,
            credentials: Self.credentials
        )
    }

    func sync(isAgain: Bool = false) throws -> ConnectionSync {
        let outcome = try workspace.syncConnections(of: owner, isAgain: isAgain)
        guard let sync = outcome.connections.first else { preconditionFailure("one is connected") }
        return sync
    }

    private static func row(
        _ number: Int,
        _ reference: String,
        _ time: String,
        _ type: String,
        _ asset: String,
        _ amount: String,
        fee: String = "0",
        subtype: String = ""
    ) -> KrakenVenue.Row {
        // The times of the tests are written down as they should be.
        let seconds = (try? Timestamp.parse(time).seconds) ?? 0
        return KrakenVenue.Row(
            "LAAAA1-0000\(number)-AAAAA1",
            reference,
            at: "\(seconds).2187",
            type,
            asset,
            amount,
            fee: fee,
            subtype: subtype
        )
    }

    /// A deposit, a purchase, a sale, an instant purchase, a reward and a withdrawal: the rows of a real export's layout.
    static let rows: [KrakenVenue.Row] = [
        row(1, "FTAAA-0001", "2024-01-05T12:00:00Z", "deposit", "ZEUR", "1000.0000"),
        row(
            2,
            "TAAAA1-00001",
            "2024-01-06T08:15:30Z",
            "trade",
            "ZEUR",
            "-400.0000",
            fee: "1.0400",
            subtype: "tradespot"
        ),
        row(3, "TAAAA1-00001", "2024-01-06T08:15:30Z", "trade", "XXBT", "0.0100000000", subtype: "tradespot"),
        row(
            4,
            "TAAAA1-00002",
            "2024-02-01T19:43:31Z",
            "trade",
            "XXBT",
            "-0.0040000000",
            subtype: "tradespot"
        ),
        row(
            5,
            "TAAAA1-00002",
            "2024-02-01T19:43:31Z",
            "trade",
            "ZEUR",
            "180.0000",
            fee: "0.4680",
            subtype: "tradespot"
        ),
        row(6, "TSAAA1-00003", "2024-03-01T07:00:00Z", "spend", "ZEUR", "-50.0000"),
        row(7, "TSAAA1-00003", "2024-03-01T07:00:00Z", "receive", "ADA", "90.0000000000"),
        row(8, "STAAA1-00001", "2024-03-08T01:00:00Z", "earn", "ADA", "0.2500000000", subtype: "reward"),
        row(
            9,
            "WDAAA1-00001",
            "2024-04-01T09:00:00Z",
            "withdrawal",
            "XXBT",
            "-0.0050000000",
            fee: "0.0001000000"
        ),
    ]

    /// What the account then holds.
    static let balances = ["ADA": "90.25", "BTC": "0.0009", "EUR": "728.492"]
}

@discardableResult
func withKraken<Result>(
    change: (inout WorkspaceConfiguration) -> Void = { _ in },
    _ body: (ConnectedKraken) throws -> Result
) throws -> Result {
    let connected = try ConnectedKraken(change: change)
    defer { connected.fixture.remove() }
    return try body(connected)
}
