import Crypto
import HTTPClient
import Synchronization
import TestSupport
import Time
import VenueSupport

@testable import Connectors

/// A stand-in for Coinbase behind a real socket, and a source that reads it.
final class CoinbaseFixture: Sendable {
    let venue: CoinbaseVenue
    let server: LoopbackServer
    let source: CoinbaseSource
    /// The waits that the client made, in milliseconds.
    let waits: Waits

    final class Waits: Sendable {
        private let all = Mutex<[Int64]>([])
        func add(_ wait: Int64) { all.withLock { $0.append(wait) } }
        var list: [Int64] { all.withLock { $0 } }
    }

    enum Sort: CaseIterable { case ed25519, es256 }

    static let keyName = "organizations/0f8b/apiKeys/7d1c"
    static let now = Timestamp(seconds: 1_718_000_000)
    static let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    static let pem = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49
        AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8
        maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
        -----END EC PRIVATE KEY-----
        """

    init(
        _ sort: Sort = .ed25519,
        secret: String? = nil,
        skew: Int64 = 0,
        limits: VenueLimits = VenueLimits(),
        raw: (@Sendable (String) -> LoopbackServer.Reply?)? = nil
    ) throws {
        let key: CoinbaseVenue.Key
        let text: String
        switch sort {
        case .ed25519:
            let bytes = Hex.decode(Self.seed) ?? []
            key = .ed25519(try Ed25519Key(bytes).publicKey)
            text = Base64.encode(bytes)
        case .es256:
            key = .es256(try ES256Key(pem: Secret(Self.pem)).publicKey)
            text = Self.pem
        }
        let venue = CoinbaseVenue(key: key, keyName: Self.keyName, now: { Self.now.seconds + skew })
        let server = LoopbackServer { request in
            if let reply = raw?(request.target) { return reply }
            let answer = venue.answer(
                method: request.method,
                target: request.target,
                host: request.header("host") ?? "",
                authorization: request.header("authorization")
            )
            let headers = ["Content-Type: application/json"] + answer.headers
            return .answer(answer.status, headers, Array(answer.body.utf8))
        }
        let waits = Waits()
        let client = PacedClient(
            try CurlTransport(baseURLs: [server.base], version: "1"),
            pacing: Pacing(gapMilliseconds: 0, attempts: 4, firstWaitMilliseconds: 1_000),
            clock: PaceClock(now: { 0 }, sleep: { waits.add($0) }, random: { 0 })
        )
        source = try CoinbaseSource(
            CoinbaseCredentials(keyName: Self.keyName, secret: Secret(secret ?? text)),
            client: client,
            baseURL: server.base,
            limits: limits,
            now: { Self.now }
        )
        self.venue = venue
        self.server = server
        self.waits = waits
    }

    deinit { server.stop() }

    static let btc = ExchangeWallet(id: "w-btc", asset: "btc", balance: nil)

    /// The rows of one page of a wallet with these transactions.
    static func rows(_ transactions: [String], wallet: String = "BTC") throws -> [ExchangeRow] {
        let it = try CoinbaseFixture()
        it.venue.change { $0.wallets = [.init("w", wallet, balance: "0", transactions)] }
        let place = ExchangeWallet(id: "w", asset: wallet.lowercased(), balance: nil)
        return try it.source.fetchPage(of: .ledger(place), after: nil).rows
    }
}
