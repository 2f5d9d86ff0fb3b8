import Crypto
import HTTPClient
import Synchronization
import TestSupport
import Time
import VenueSupport

@testable import Connectors

/// A stand-in for Kraken behind a real socket, and a source that reads it.
final class KrakenFixture: Sendable {
    let venue: KrakenVenue
    let server: LoopbackServer
    let source: KrakenSource
    let waits = CoinbaseFixture.Waits()

    static let key = "8UUYz0e3SpTPJjCzVVbqhYjC1bcYkyYaZ5FfBd1F0S5X8v7pGm7Qw2aE"
    /// The private key of the example on Kraken's page on authentication.
    static let secret =
        "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
    static let now = Timestamp(seconds: 1_718_000_000)

    init(
        key: String = KrakenFixture.key,
        secret: String = KrakenFixture.secret,
        nonces: NonceCounter = NonceCounter(),
        now: Timestamp = KrakenFixture.now,
        raw: (@Sendable (String) -> LoopbackServer.Reply?)? = nil
    ) throws {
        let venue = KrakenVenue(key: Self.key, secret: Self.secret)
        server = LoopbackServer { request in
            if let reply = raw?(request.path) { return reply }
            let headers = Dictionary(
                request.headers.map { ($0.name, $0.value) },
                uniquingKeysWith: { $1 }
            )
            let answer = venue.answer(
                VenueRequest(
                    method: request.method,
                    target: request.target,
                    host: request.header("host") ?? "",
                    headers: headers,
                    body: request.body
                )
            )
            let lines = ["Content-Type: application/json"] + answer.headers
            return .answer(answer.status, lines, Array(answer.body.utf8))
        }
        let waits = waits
        source = try KrakenSource(
            KrakenCredentials(VenueCredentials(key: key, secret: Secret(secret))),
            client: PacedClient(
                try CurlTransport(baseURLs: [server.base], version: "1"),
                pacing: Pacing(gapMilliseconds: 0, attempts: 4, firstWaitMilliseconds: 1_000),
                clock: PaceClock(now: { 0 }, sleep: { waits.add($0) }, random: { 0 })
            ),
            baseURL: server.base,
            nonces: nonces,
            now: { now }
        )
        self.venue = venue
    }

    deinit { server.stop() }

    static let ledger = ExchangeStream.list(key: "ledger", name: "the ledger")

    /// A deposit of one bitcoin in some second.
    static func deposit(_ number: Int, at second: Int? = nil) -> KrakenVenue.Row {
        KrakenVenue.Row(
            "L\(number)",
            "F\(number)",
            at: "\(1_700_000_000 + (second ?? number)).1234",
            "deposit",
            "XXBT",
            "1.0000000000"
        )
    }

    /// Reads a stream to its end; the ids in their order, the pages and the last cursor.
    func all(after start: String? = nil) throws -> (ids: [String], pages: Int, cursor: String?) {
        var (ids, pages, cursor) = ([String](), 0, start)
        while pages < 400 {
            let page = try source.fetchPage(of: Self.ledger, after: cursor)
            ids += page.rows.map(\.id)
            cursor = page.cursor
            pages += 1
            if !page.hasMore { break }
        }
        return (ids, pages, cursor)
    }
}
