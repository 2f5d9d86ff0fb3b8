import Crypto
import Foundation
import JSON
import TestSupport
import Testing
import VenueSupport

@Suite("Connected accounts")
private struct ConnectionTests {
    private let coffer: Coffer
    private let venue: CoinbaseVenue
    private let server: LoopbackServer

    private static let keyName = "organizations/0f8b/apiKeys/canary7d1c"
    /// The key of RFC 6979 appendix A.2.5, which anyone may know.
    private static let pem = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49
        AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8
        maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
        -----END EC PRIVATE KEY-----

        """
    private static let canaries = ["canary7d1c", "MHcCAQEEIMmv", "maQa6elWKLxk"]

    private static var keyFile: String {
        let key = pem.replacingOccurrences(of: "\n", with: "\\n")
        return "{\"name\":\"\(keyName)\",\"privateKey\":\"\(key)\"}"
    }

    init() throws {
        let venue = CoinbaseVenue(
            key: .es256(try ES256Key(pem: Secret(Self.pem)).publicKey),
            keyName: Self.keyName,
            now: { Int64(Date().timeIntervalSince1970) }
        )
        let server = LoopbackServer { request in
            let answer = venue.answer(
                method: request.method,
                target: request.target,
                host: request.header("host") ?? "",
                authorization: request.header("authorization")
            )
            return .answer(answer.status, answer.headers, Array(answer.body.utf8))
        }
        venue.change {
            $0.wallets = [
                .init(
                    "w-btc",
                    "BTC",
                    balance: "1.5",
                    [
                        CoinbaseRows.transaction("a", "receive", "1", "BTC", at: "2024-01-01T10:00:00Z"),
                        CoinbaseRows.transaction(
                            "b",
                            "staking_reward",
                            "0.5",
                            "BTC",
                            at: "2024-02-01T10:00:00Z",
                            native: "20000 USD"
                        ),
                    ]
                )
            ]
        }
        var made = try Coffer()
        made.environment["COFFER_CONNECTIONS_COINBASE_URL"] = server.base
        coffer = made
        self.venue = venue
        self.server = server
    }

    /// A run whose words hold nothing of the secret.
    private func run(_ words: String..., input: String? = nil) throws -> Coffer.Run {
        let run = try coffer.run(words, input: input)
        for canary in Self.canaries {
            #expect(!run.output.contains(canary) && !run.errors.contains(canary), "\(words)")
        }
        return run
    }

    /// The files of the data folder in which something of the secret stands.
    private func leaks() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: coffer.data).filter { file in
            let data = FileManager.default.contents(atPath: coffer.data + "/" + file) ?? Data()
            return Self.canaries.contains { data.range(of: Data($0.utf8)) != nil }
        }
    }

    @Test
    func `An account is connected, read, listed and removed, and its secret stands nowhere`() throws {
        defer { server.stop() }
        try coffer.folder.write(Self.keyFile, to: "cdp_api_key.json")
        let added = try run("connections", "add", "coinbase", "--key-file", "cdp_api_key.json")
        try Golden.expect(Golden.transcript(added, of: coffer), is: "connections-add")
        let dry = try run("backfill", "--dry-run")
        try Golden.expect(Golden.transcript(dry, of: coffer), is: "backfill-dry-run")
        #expect(try run("balances", "--json").json()["balances"]?.array?.isEmpty != false)
        let sync = try run("connections", "sync")
        try Golden.expect(Golden.transcript(sync, of: coffer), is: "connections-sync")
        #expect(venue.faults == [])
        let again = try run("backfill", "--max-pages", "25", "--json")
        #expect(again.code == 0)
        #expect(try again.json()["events_inserted"]?.integer == 0)
        let list = try run("connections", "list")
        try Golden.expect(Golden.transcript(list, of: coffer), is: "connections-list")
        let listed = try run("connections", "list", "--json").json()["connections"]?.array
        #expect(listed?.count == 1)
        #expect(listed?.first?["label"]?.string == "Coinbase")
        #expect(listed?.first?["sealed"] == nil)
        #expect(try coffer("check").code == 0)
        #expect(try coffer("batches").output.contains("coinbase ledger"))
        #expect(try leaks() == [])
        let removed = try run("connections", "remove", "1")
        try Golden.expect(Golden.transcript(removed, of: coffer), is: "connections-remove")
        #expect(try run("connections", "list", "--json").json()["connections"]?.array?.isEmpty == true)
        #expect(try coffer("balances", "--json").output.contains("1.5"))
    }

    @Test
    func `A difference and a failure are findings, told with what to do`() throws {
        defer { server.stop() }
        _ = try run(
            "connections",
            "add",
            "coinbase",
            "--secret-stdin",
            "--key-name",
            Self.keyName,
            input: Self.pem
        )
        venue.change { $0.wallets[0].balance = "2" }
        let differing = try run("connections", "sync")
        #expect(differing.code == 1)
        try Golden.expect(Golden.transcript(differing, of: coffer), is: "connections-difference")
        venue.change { $0.override = { _, _ in .init(401, #"{"errors":[{"message":"canary7d1c"}]}"#) } }
        let refused = try run("connections", "sync", "1")
        #expect(refused.code == 1)
        try Golden.expect(Golden.transcript(refused, of: coffer), is: "connections-refused")
        let json = try run("connections", "sync", "--json").json()
        #expect(json["connections"]?[0]?["errors"]?.array?.count == 1)
    }

    @Test
    func `A server takes the commands, secret and all, and writes none of it down`() throws {
        defer { server.stop() }
        let running = try Server(coffer)
        try coffer.folder.write(Self.keyFile, to: "key.json")
        #expect(try run("connections", "add", "coinbase", "--key-file", "key.json").code == 0)
        let second = try run(
            "connections",
            "add",
            "coinbase",
            "--secret-stdin",
            "--label",
            "Other",
            "--key-name",
            Self.keyName,
            input: Self.pem
        )
        #expect(second.code == 0, "\(second.errors)")
        let synced = try run("connections", "sync", "1", "--json").json()
        #expect(synced["connections"]?[0]?["events_inserted"]?.integer == 2)
        let bad = try run("connections", "add", "coinbase", "--secret-stdin", input: "canary7d1c")
        #expect(bad.code == 2)
        #expect(venue.faults == [])
        let end = try #require(running.stop())
        #expect(end.code == 0)
        let said = running.child.errors + String(decoding: running.child.output, as: UTF8.self)
        for canary in Self.canaries { #expect(!said.contains(canary)) }
        #expect(try leaks() == [])
    }

    @Test
    func `A reading that is killed leaves nothing half done, and the next one brings all`() throws {
        defer { server.stop() }
        try coffer.folder.write(Self.keyFile, to: "key.json")
        #expect(try run("connections", "add", "coinbase", "--key-file", "key.json").code == 0)
        venue.change { content in
            content.pageRows = 4
            content.wallets[0].transactions = (10..<40).map {
                CoinbaseRows.transaction("r\($0)", "receive", "1", "BTC", at: "2024-01-01T10:00:\($0)Z")
            }
            content.wallets[0].balance = "30"
        }
        for milliseconds in [150, 600, 1_000, 1_150, 1_250, 1_400] as [UInt32] {
            let child = try coffer.start(["connections", "sync"])
            usleep(milliseconds * 1_000)
            child.end()
            #expect(try coffer("check").code == 0)
        }
        let sync = try run("connections", "sync", "--json")
        #expect(sync.code == 0, "\(sync.output)\(sync.errors)")
        #expect(try sync.json()["connections"]?[0]?["differences"]?.array?.isEmpty == true)
        #expect(try coffer("export").output.split(separator: "\n").count == 31)
        #expect(try leaks() == [])
    }

    @Test
    func `A server with another key file does not start`() throws {
        defer { server.stop() }
        try coffer.folder.write(Self.keyFile, to: "key.json")
        #expect(try run("connections", "add", "coinbase", "--key-file", "key.json").code == 0)
        let path = coffer.data + "/secret.key"
        try FileManager.default.removeItem(atPath: path)
        let missing = try coffer.run(
            ["serve", "--listen", "127.0.0.1:0", "--admin-listen", "off"],
            seconds: 20
        )
        #expect(missing.code == 4)
        try Golden.expect(Golden.transcript(missing, of: coffer), is: "serve-without-key-file")
        // All else goes on without it.
        #expect(try coffer("balances").code == 0)
        #expect(try coffer("check").code == 0)
    }
}
