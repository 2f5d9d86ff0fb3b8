import Crypto
import Foundation
import JSON
import TestSupport
import Testing
import VenueSupport

/// bitcain's backfill and refresh over HTTP, against a stand-in for the venue that verifies signatures.
@Suite("Backfill over HTTP")
private struct BackfillTests {
    private static let keyName = "organizations/0f8b/apiKeys/canary7d1c"
    /// The key of RFC 6979 appendix A.2.5, which anyone may know.
    private static let pem = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49
        AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8
        maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
        -----END EC PRIVATE KEY-----

        """

    @Test func `A ledger is read page by page, tried first, and twice nothing`() throws {
        let venue = CoinbaseVenue(
            key: .es256(try ES256Key(pem: Secret(Self.pem)).publicKey),
            keyName: Self.keyName,
            now: { Int64(Date().timeIntervalSince1970) }
        )
        let stand = LoopbackServer { request in
            let answer = venue.answer(
                method: request.method,
                target: request.target,
                host: request.header("host") ?? "",
                authorization: request.header("authorization")
            )
            return .answer(answer.status, answer.headers, Array(answer.body.utf8))
        }
        defer { stand.stop() }
        let rows = [
            CoinbaseRows.transaction("a", "receive", "1", "BTC", at: "2024-01-01T10:00:00Z"),
            CoinbaseRows.transaction("b", "receive", "0.5", "BTC", at: "2024-02-01T10:00:00Z"),
        ]
        venue.change { $0.wallets = [.init("w-btc", "BTC", balance: "1.5", rows)] }
        var coffer = try Coffer()
        coffer.environment["COFFER_CONNECTIONS_COINBASE_URL"] = stand.base
        let key = Self.pem.replacingOccurrences(of: "\n", with: "\\n")
        _ = try coffer.folder.write(
            "{\"name\":\"\(Self.keyName)\",\"privateKey\":\"\(key)\"}",
            to: "key.json"
        )
        #expect(try coffer("connections", "add", "coinbase", "--key-file", "key.json").code == 0)
        let token = try coffer("token", "create").output.trimmingCharacters(in: .newlines)
        let server = try Server(coffer)
        try server.waitUntilReady()

        let dry = try send(server, "/ingest/backfill?source=coinbase_ledger&dry_run=true&max_pages=2", token)
        #expect(dry["success"]?.bool == true && dry["dry_run"]?.bool == true, "\(dry)")
        // The server reads connections by itself too, so what is new may be there already.
        let found = try #require(dry["events_found"]?.integer)
        let real = try send(server, "/ingest/backfill?source=coinbase_ledger&max_pages=25", token)
        #expect(real["success"]?.bool == true, "\(real)")
        #expect(found <= 2 && (real["events_found"]?.integer ?? 9) <= 2)
        let again = try send(server, "/ingest/backfill?source=coinbase_ledger", token)
        #expect(again["events_inserted"]?.integer == 0)
        let refreshed = try send(server, "/refresh", token)
        #expect(refreshed["success"]?.bool == true, "\(refreshed)")
        let answer = try server.send("GET", "/api/v1/portfolio/balances?exchange=coinbase", token: token)
        #expect(try JSONReader.parse(answer.body)["balances"]?[0]?["total"]?.string == "1.5")
        #expect(venue.faults == [])
        #expect(server.stop()?.code == 0)
        #expect(!server.child.errors.contains("canary7d1c"))
    }

    private func send(_ server: Server, _ path: String, _ token: String) throws -> JSONValue {
        let answer = try server.send("POST", "/api/v1/portfolio" + path, token: token)
        #expect(answer.status == 200)
        return try JSONReader.parse(answer.body)
    }
}
