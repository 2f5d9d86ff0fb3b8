import Foundation
import JSON
import TestSupport
import Testing
import Time
import VenueSupport

/// Addresses, offsets and reporting currencies on the command line, with a stand-in for a chain's service.
@Suite("Tracking on the command line")
private struct TrackingCommandTests {
    private static let own = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"

    private func number(_ run: Coffer.Run) throws -> String {
        "\(try #require(try run.json()["id"]?.number))"
    }

    @Test func `An address is added, read and removed, alone and through a running server`() throws {
        let coffer = try Coffer()
        let chain = EsploraChain()
        let service = chain.serve(under: "/api")
        defer { service.stop() }
        chain.receive(Self.own, 150_000_000)
        chain.mine()
        let unset = try coffer.run(["address", "add", "BTC", Self.own, "--title", "Cold", "--json"])
        #expect(unset.code == 0, "\(unset.errors)")
        let id = try number(unset)
        let refused = try coffer("address", "refresh")
        #expect(refused.code == 1 && refused.output.contains("chains.bitcoin_url"), "\(refused.output)")
        #expect(try coffer("config", "set", "chains.bitcoin_url", service.base + "/api").code == 0)
        let read = try coffer("address", "refresh", id, "--json")
        #expect(read.code == 0, "\(read.errors)")
        let address = try #require(try read.json()["addresses"]?[0])
        #expect(address["is_ready"]?.bool == true && address["title"]?.string == "Cold")
        #expect(address["balances"]?[0]?["balance"]?.string == "1.5")
        let balances = try coffer("balances", "--json").json()
        #expect(balances["balances"]?[0]?["quantity"]?.string == "1.5")

        chain.receive(Self.own, 50_000_000)
        chain.mine()
        #expect(try coffer("config", "set", "chains.refresh_every", "10s").code == 0)
        let server = try Server(coffer)
        try server.waitUntilReady()
        // Commands that write go through the server, which also reads by itself.
        #expect(try coffer("address", "refresh").code == 0)
        #expect(try coffer("address", "list").output.contains("Cold"))
        let slip = try coffer("address", "add", "btc", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "--json")
        #expect(slip.code == 1)
        #expect(try slip.json()["latest_error"]?.string == "Invalid checksum")
        let gone = try coffer("address", "remove", try number(slip))
        #expect(gone.code == 0, "\(gone.errors)")
        #expect(try coffer("balances", "--json").json()["balances"]?[0]?["quantity"]?.string == "2")
        #expect(try coffer("address", "remove", "999").code == 7)
        _ = server.stop()
        #expect(try coffer("address", "remove", id).code == 0)
        #expect(try coffer("balances", "--json").json()["balances"]?.array?.isEmpty == true)
        #expect(try coffer("check").code == 0)
    }

    @Test func `Offsets and reporting currencies`() throws {
        let coffer = try Coffer()
        try coffer.folder.write("date,asset,price_usd\n2024-01-01,BTC,40000\n", to: "p.csv")
        #expect(try coffer("prices", "import", "p.csv").code == 0)
        let made = try coffer("offset", "add", "Attic", "--balance", "BTC=0.5", "--balance=USD=-20", "--json")
        #expect(made.code == 0, "\(made.errors)")
        let id = try number(made)
        let wrong = try coffer("offset", "add", "X", "--balance", "BTC=0.5000000000000000001")
        #expect(wrong.code == 7 && wrong.errors.contains("at most 18 decimals"), "\(wrong.errors)")
        #expect(try coffer("offset", "add", "X", "--balance", "BTC").code == 7)
        let currencies = try coffer("portfolio", "currencies", "--add", "btc", "--json").json()
        #expect(currencies["currencies"]?.array?.map { $0["currency"]?.string } == ["BTC", "USD"])
        #expect(currencies["currencies"]?.array?.map { $0["balance"]?.string } == ["0.5", "-20"])
        #expect(currencies["currencies"]?.array?.map { $0["converted"]?.string } == ["0.4995", "19980"])
        let value = try coffer("value", "--currency", "USD", "--json").json()
        #expect(value["total_value"]?.string == "19980.00")
        #expect(try coffer("portfolio", "currencies", "--remove", "nosuch").code == 7)
        #expect(try coffer("offset", "set", id, "--balance", "BTC=0.75").code == 0)
        #expect(try coffer("offset", "list").output.contains("0.75"))
        #expect(try coffer("offset", "set", id, "--none", "--balance", "BTC=1").code == 2)
        #expect(try coffer("offset", "set", id, "--none", "--title", "Empty").code == 0)
        #expect(try coffer("offset", "list", "--json").json()["offsets"]?[0]?["title"]?.string == "Empty")
        #expect(try coffer("offset", "remove", id).code == 0)
        #expect(try coffer("check").code == 0)
    }

    @Test func `How much may be tracked, and how long is waited, is as it is set`() throws {
        let coffer = try Coffer()
        let service = LoopbackServer { _ in .answer(500, [], []) }
        defer { service.stop() }
        for (name, value) in [
            ("tracking.offsets_max", "1"), ("tracking.addresses_max", "1"), ("tracking.currencies_max", "2"),
            ("tracking.offset_currencies_max", "1"), ("chains.retry_after", "1h"),
            ("chains.retry_after_max", "2h"),
            ("chains.bitcoin_url", service.base + "/api"),
        ] {
            #expect(try coffer("config", "set", name, value).code == 0, "\(name)")
        }
        #expect(try coffer("offset", "add", "A", "--balance", "BTC=1").code == 0)
        let offset = try coffer("offset", "add", "B", "--balance", "BTC=1")
        #expect(offset.code == 7 && offset.errors.contains("at most 1 offsets"), "\(offset.errors)")
        let wide = try coffer("offset", "set", "1", "--balance", "BTC=1", "--balance", "USD=1")
        #expect(wide.code == 7 && wide.errors.contains("at most 1 currencies"), "\(wide.errors)")
        #expect(try coffer("address", "add", "btc", Self.own).code == 0)
        let address = try coffer("address", "add", "btc", Self.own)
        #expect(address.code == 7 && address.errors.contains("at most 1 addresses"), "\(address.errors)")
        let codes = try coffer("portfolio", "currencies", "--add", "btc", "--add", "eth")
        #expect(codes.code == 7 && codes.errors.contains("at most 2 reporting"), "\(codes.errors)")
        _ = try coffer("address", "refresh")
        let read = try #require(try coffer("address", "list", "--json").json()["addresses"]?[0])
        let updated = try Timestamp.parse(try #require(read["updated_at"]?.string))
        let next = try Timestamp.parse(try #require(read["next_refresh"]?.string))
        #expect((3_600...4_200).contains(next.seconds - updated.seconds), "\(read)")
        // The document says what is taken.
        let document = try coffer("openapi").output
        #expect(document.contains("\"maxItems\": 2") && !document.contains("\"maxItems\": 500"))
        for name in ["tracking.portfolios_max", "tracking.accounts_max", "connections.accounts_max"] {
            #expect(try coffer("config", "set", name, "0").code == 2, "\(name)")
        }
    }

    @Test func `A reading that is killed at any point is finished by the next, and nothing is there twice`()
        throws
    {
        let coffer = try Coffer()
        let chain = EsploraChain()
        let service = chain.serve(under: "/api")
        defer { service.stop() }
        chain.setPageRows(100)
        let count = 1_200
        for value in 1...count { chain.receive(Self.own, value) }
        chain.mine()
        #expect(try coffer("config", "set", "chains.bitcoin_url", service.base + "/api").code == 0)
        let id = try number(try coffer("address", "add", "btc", Self.own, "--json"))
        // The pages take three seconds, the two commits come at their end.
        for wait: UInt32 in [400_000, 3_000_000, 3_150_000, 3_300_000, 3_450_000] {
            let child = try coffer.start(["address", "refresh", id])
            usleep(wait)
            _ = child.end()
            #expect(try coffer("check").code == 0)
        }
        let read = try coffer("address", "refresh", id, "--json")
        #expect(read.code == 0, "\(read.output) \(read.errors)")
        let address = try #require(try read.json()["addresses"]?[0])
        #expect(address["latest_error"]?.string == nil)
        #expect(address["balances"]?[0]?["balance"]?.string == "0.007206")
        let rows = try coffer("export").output.split(separator: "\n").count - 1
        #expect(rows == count)
        #expect(try coffer("check").code == 0)
    }
}
