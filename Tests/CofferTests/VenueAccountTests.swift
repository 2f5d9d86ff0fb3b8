import Crypto
import Foundation
import JSON
import Money
import Synchronization
import TestSupport
import Testing
import VenueSupport

/// Accounts at Kraken and Binance.US over HTTP and on the command line, with stand-ins on this computer that check signatures.
@Suite("Accounts of venues, by CryptFolio's API and the command line")
private struct VenueAccountTests {
    /// A venue with its stand-in, what it is connected with, and what it has.
    private struct Venue: Sendable {
        let type: String
        let key: String
        let secret: String
        let setting: String
        let standIn: any VenueStandIn
        /// Lets one more deposit of 0.25 BTC come in.
        let grow: @Sendable () -> Void
        let faults: @Sendable () -> [String]
        /// What the account holds at first.
        let balances: [String: String]
        let entries: Int
    }

    /// What the server of the venue does instead of answering.
    private enum Trouble: CaseIterable {
        case page, half, nothing
    }

    private static func seconds(_ text: String) -> Int64 {
        // The times of the tests are written down as they should be.
        let instant = try? Date(text, strategy: .iso8601)
        return Int64(instant?.timeIntervalSince1970 ?? 0)
    }

    private static func kraken() -> Venue {
        let key = "8UUYz0e3SpTPJjCzVVbqhYjC1bcYkyYaZ5FfBd1F0S5X8v7pGm7Qw2aE"
        // The private key of the example on Kraken's page on authentication.
        let secret =
            "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
        let venue = KrakenVenue(key: key, secret: secret)
        func row(
            _ id: String,
            _ refid: String,
            _ time: String,
            _ type: String,
            _ asset: String,
            _ amount: String,
            fee: String = "0"
        ) -> KrakenVenue.Row {
            KrakenVenue.Row(id, refid, at: "\(seconds(time)).25", type, asset, amount, fee: fee)
        }
        venue.change {
            $0.rows = [
                row("L1", "F1", "2024-01-05T12:00:00Z", "deposit", "ZEUR", "1000.0000"),
                row("L2", "T1", "2024-01-06T08:15:30Z", "trade", "ZEUR", "-400.0000", fee: "1.0400"),
                row("L3", "T1", "2024-01-06T08:15:30Z", "trade", "XXBT", "0.0123456789"),
                row("L4", "TS3", "2024-03-01T07:00:00Z", "spend", "ZEUR", "-50.0000"),
                row("L5", "TS3", "2024-03-01T07:00:00Z", "receive", "ADA", "90.000001"),
                row("L6", "W1", "2024-04-01T09:00:00Z", "withdrawal", "XXBT", "-0.005", fee: "0.0001"),
            ]
            $0.balances = [("ZEUR", "548.9600"), ("XXBT", "0.0072456789"), ("ADA", "90.000001")]
        }
        return Venue(
            type: "kraken",
            key: key,
            secret: secret,
            setting: "COFFER_CONNECTIONS_KRAKEN_URL",
            standIn: venue,
            grow: {
                venue.change {
                    $0.rows.append(
                        KrakenVenue.Row(
                            "L9",
                            "F9",
                            at: "\(seconds("2024-05-01T09:00:00Z")).5",
                            "deposit",
                            "XXBT",
                            "0.25"
                        )
                    )
                    $0.balances[1].amount = "0.2572456789"
                }
            },
            faults: { venue.faults },
            balances: ["ADA": "90.000001", "BTC": "0.0072456789", "EUR": "548.96"],
            entries: 4
        )
    }

    private static func binanceUS() -> Venue {
        // The key and secret of the example in Binance's documentation of signed requests.
        let key = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
        let secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
        let venue = BinanceUSVenue(
            key: key,
            secret: secret,
            now: { Int64(Date().timeIntervalSince1970 * 1_000) }
        )
        venue.change {
            $0.symbols = [("BTCUSD", "BTC", "USD")]
            $0.fiatDeposits = [
                BinanceUSJSON.fiat(
                    "c3415d574fa747df88a75c66c037f890",
                    "1000",
                    fee: "1.5",
                    at: seconds("2024-01-02T10:00:00Z") * 1_000
                )
            ]
            $0.fills["BTCUSD"] = [
                BinanceUSJSON.fill(
                    "BTCUSD",
                    28457,
                    at: seconds("2024-01-03T10:00:00Z") * 1_000 + 123,
                    qty: "0.0123456789",
                    quoteQty: "450.123456",
                    price: "36460",
                    commission: "0.0000123456",
                    "BTC",
                    isBuyer: true
                )
            ]
            $0.balances = [("BTC", "0.0123333333", "0"), ("USD", "549.876544", "0")]
        }
        return Venue(
            type: "binanceus",
            key: key,
            secret: secret,
            setting: "COFFER_CONNECTIONS_BINANCEUS_URL",
            standIn: venue,
            grow: {
                venue.change {
                    let now = Int64(Date().timeIntervalSince1970 * 1_000) - 1_000
                    $0.deposits["BTC"] = [BinanceUSJSON.deposit("BTC", "0.25", tx: "0xa9eb", at: now)]
                    $0.balances[0].free = "0.2623333333"
                }
            },
            faults: { venue.faults },
            balances: ["BTC": "0.0123333333", "USD": "549.876544"],
            entries: 2
        )
    }

    @Test(arguments: ["kraken", "binanceus"])
    func `An account is connected with wrong keys, then right ones, read, and keeps what it has in trouble`(
        type: String
    ) throws {
        let venue = type == "kraken" ? Self.kraken() : Self.binanceUS()
        let trouble = Mutex<Trouble?>(nil)
        let standIn = venue.standIn
        let service = LoopbackServer { request in
            let headers = Dictionary(
                request.headers.map { ($0.name, $0.value) },
                uniquingKeysWith: { first, _ in first }
            )
            let answer = standIn.answer(
                VenueRequest(
                    method: request.method,
                    target: request.target,
                    host: request.header("host") ?? "",
                    headers: headers,
                    body: request.body
                )
            )
            let bytes = Array(answer.body.utf8)
            switch trouble.withLock({ $0 }) {
            case .page: return .answer(200, [], Array("<!doctype html><title>Maintenance</title>".utf8))
            case .half: return .answer(200, [], Array(bytes.prefix(bytes.count / 2)))
            case .nothing: return .answer(200, [], [])
            case nil: return .answer(answer.status, answer.headers, bytes)
            }
        }
        defer { service.stop() }
        var coffer = try Coffer()
        coffer.environment[venue.setting] = service.base
        let user = try #require(
            try coffer("seed", "--users", "1", "--entries", "1", "--json").json()["users"]?[0]
        )
        let server = try Server(coffer)
        try server.waitUntilReady()
        let it = Client(
            server: server,
            coffer: coffer,
            token: try #require(user["cryptfolio"]?["access_token"]?.string),
            email: try #require(user["email"]?.string),
            secrets: [venue.secret, String(venue.secret.reversed()), venue.key]
        )

        // Only the account is to be there: deleting the one portfolio leaves a new, empty one.
        let seeded = try #require(try it.call("GET", "/portfolios")[0]?["id"]?.integer)
        _ = try it.call("DELETE", "/portfolios/\(seeded)")
        let number = try #require(try it.call("GET", "/portfolios")[0]?["id"]?.integer)
        let wrong = String(venue.secret.prefix(10).reversed()) + venue.secret.dropFirst(10)
        let made = try it.call(
            "POST",
            "/portfolios/\(number)/accounts",
            ["title": "Mine", "type": venue.type, "key": venue.key, "secret": wrong]
        )
        let one = "/portfolios/\(number)/accounts/\(try #require(made["id"]?.integer))"

        // Wrong keys: kept, invalid, told in words.
        #expect(try it.sync() == 1)
        let refused = try it.call("GET", one)
        #expect(refused["is_invalid"]?.bool == true)
        let words = try #require(refused["latest_error"]?.string)
        #expect(words.contains("does not accept the credentials"), "\(words)")
        let listed = try it.run("connections", "list", "--json").json()["connections"]?[0]
        #expect(listed?["is_invalid"]?.bool == true && listed?["latest_error"]?.string == words)
        #expect(!venue.faults().isEmpty)
        #expect(try it.rows(one + "/balances", "balances").isEmpty)

        // Right ones: read whole, and both ways of looking agree.
        _ = try it.call("PATCH", one, ["key": venue.key, "secret": venue.secret])
        let before = venue.faults().count
        #expect(try it.sync() == 0)
        #expect(venue.faults().count == before)
        let account = try it.call("GET", one)
        #expect(account["is_invalid"]?.bool == false)
        #expect(account["latest_error"]?.isNull == true)
        #expect(try it.balances(one) == venue.balances.mapValues { try Amount.parse($0) })
        #expect(try it.agrees(one) == venue.entries)

        // Trouble: named, and nothing lost.
        let movements = try it.call("GET", one + "/txns")
        for each in Trouble.allCases {
            trouble.withLock { $0 = each }
            #expect(try it.sync() == 1, "\(each)")
            let held = try it.call("GET", one)
            let said = try #require(held["latest_error"]?.string, "\(each)")
            #expect(said.hasPrefix("Mine: the list of wallets: "), "\(said)")
            #expect(!said.contains("Maintenance"), "the venue's own page is not repeated")
            #expect(held["is_invalid"]?.bool == false, "\(each)")
            #expect(try it.balances(one) == venue.balances.mapValues { try Amount.parse($0) })
            #expect(try it.call("GET", one + "/txns") == movements)
        }
        trouble.withLock { $0 = nil }
        venue.grow()
        #expect(try it.sync() == 0)
        #expect(try it.call("GET", one)["latest_error"]?.isNull == true)
        var more = try venue.balances.mapValues { try Amount.parse($0) }
        more["BTC"] = try #require(more["BTC"]).adding(try Amount.parse("0.25"))
        #expect(try it.balances(one) == more)
        #expect(try it.agrees(one) == venue.entries + 1)
        #expect(server.stop()?.code == 0)
        #expect(try coffer("check").code == 0)
    }

    /// Both ways to look at one user's data; no answer may hold a secret.
    private struct Client {
        let server: Server
        let coffer: Coffer
        let token: String
        let email: String
        let secrets: [String]

        private func check(_ text: String) {
            for secret in secrets { #expect(!text.contains(secret)) }
        }

        func run(_ words: String...) throws -> Coffer.Run {
            let run = try coffer.run(words + ["--user", email])
            check(run.output + run.errors)
            return run
        }

        /// The result of a call that succeeds.
        func call(_ method: String, _ path: String, _ fields: [String: String] = [:]) throws -> JSONValue {
            let body = fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
            let answer = try server.send(
                method,
                "/api" + path,
                token: token,
                headers: fields.isEmpty ? [] : ["Content-Type: application/json"],
                body: fields.isEmpty ? [] : Array("{\(body.joined(separator: ","))}".utf8)
            )
            let text = String(decoding: answer.body, as: UTF8.self)
            check(text)
            #expect(answer.status == 200, "\(method) \(path): \(text)")
            return try #require(try answer.json()["result"])
        }

        func rows(_ path: String, _ name: String) throws -> [JSONValue] {
            try #require(try call("GET", path)[name]?.array)
        }

        /// Reads the account now, by the command line through the server; gives how that ended.
        ///
        /// The server reads by itself too, and one reading at a time is allowed.
        func sync() throws -> Int32 {
            for _ in 0..<120 {
                let run = try run("connections", "sync")
                guard run.output.contains("is being read") else { return run.code }
                usleep(250_000)
            }
            return -1
        }

        /// What the account holds, by the API and by the command line, which must be the same to the last digit.
        func balances(_ account: String) throws -> [String: Amount] {
            var told: [String: Amount] = [:]
            for row in try rows(account + "/balances", "balances") {
                let amount = try Amount.parse(try #require(row["balance"]?.string))
                if !amount.isZero { told[try #require(row["currency"]?.string).uppercased()] = amount }
            }
            var listed: [String: Amount] = [:]
            for row in try run("balances", "--json").json()["balances"]?.array ?? [] {
                let amount = try Amount.parse(try #require(row["quantity"]?.string))
                if !amount.isZero { listed[try #require(row["asset"]?.string)] = amount }
            }
            #expect(told == listed)
            return told
        }

        /// Compares the transactions of the account with the export, leg by leg; gives the number of entries.
        func agrees(_ account: String) throws -> Int {
            var told: [String] = []
            for row in try rows(account + "/txns", "txns") {
                let fee = try row["fee"]?.string.map { try Amount.parse($0).description }
                told.append(
                    [
                        row["reference"]?.string ?? "", row["currency"]?.string?.uppercased() ?? "",
                        try Amount.parse(try #require(row["delta"]?.string)).description, fee ?? "",
                    ].joined(separator: " ")
                )
            }
            let lines = try run("export").output.split(separator: "\n").map {
                $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
            let header = try #require(lines.first)
            var exported: [String] = []
            for line in lines.dropFirst() {
                let row = Dictionary(uniqueKeysWithValues: zip(header, line))
                func cell(_ name: String) -> String { row[name] ?? "" }
                var fee = cell("fee_amount")
                for (side, sign) in [("out", "-"), ("in", "")] where !cell(side + "_amount").isEmpty {
                    let isSame = cell("fee_asset") == cell(side + "_asset") && !fee.isEmpty
                    let paid = isSame ? fee : ""
                    if isSame { fee = "" }
                    exported.append(
                        "\(cell("reference")) \(cell(side + "_asset")) \(sign)\(cell(side + "_amount")) \(paid)"
                    )
                }
                if !fee.isEmpty { exported.append("\(cell("reference")) \(cell("fee_asset")) -\(fee) ") }
            }
            #expect(told.sorted() == exported.sorted())
            return lines.count - 1
        }
    }
}
