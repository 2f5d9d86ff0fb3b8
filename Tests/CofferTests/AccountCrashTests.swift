import Foundation
import Glibc
import JSON
import Money
import Synchronization
import TestSupport
import Testing
import VenueSupport

/// A server that is killed while it reads an account of a slow stand-in for Kraken, at different moments.
@Suite("An account that is read while the server is killed", .serialized)
private struct AccountCrashTests {
    private static let key = "8UUYz0e3SpTPJjCzVVbqhYjC1bcYkyYaZ5FfBd1F0S5X8v7pGm7Qw2aE"
    /// The private key of the example on Kraken's page on authentication.
    private static let secret =
        "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
    /// Five pages: what Kraken's pace lets through without a wait.
    private static let count = 240

    private static func rows() -> [KrakenVenue.Row] {
        (0..<count).map { number in
            KrakenVenue.Row(
                "L\(number)",
                "F\(number)",
                at: "\(1_600_000_000 + number * 60).25",
                "deposit",
                "XXBT",
                "0.00\(100 + number)"
            )
        }
    }

    private static func wait(seconds: Double, _ isDone: () throws -> Bool) rethrows -> Bool {
        let deadline = Date().addingTimeInterval(seconds)
        while Date() < deadline {
            if try isDone() { return true }
            usleep(10_000)
        }
        return false
    }

    @Test func `nothing is lost, nothing is there twice, and a new account is read within seconds`() throws {
        let venue = KrakenVenue(key: Self.key, secret: Self.secret)
        let rows = Self.rows()
        let total = try rows.reduce(Amount.zero) { try $0.adding(try Amount.parse($1.amount)) }
        venue.change {
            $0.rows = rows
            $0.balances = [("XXBT", total.description)]
        }
        let asked = Atomic(0)
        let answered = Atomic(0)
        let service = LoopbackServer { request in
            asked.add(1, ordering: .relaxed)
            usleep(60_000)
            let answer = venue.answer(
                VenueRequest(
                    method: request.method,
                    target: request.target,
                    host: request.header("host") ?? "",
                    headers: Dictionary(
                        request.headers.map { ($0.name, $0.value) },
                        uniquingKeysWith: { first, _ in first }
                    ),
                    body: request.body
                )
            )
            answered.add(1, ordering: .relaxed)
            return .answer(answer.status, answer.headers, Array(answer.body.utf8))
        }
        defer { service.stop() }
        var coffer = try Coffer()
        coffer.environment["COFFER_CONNECTIONS_KRAKEN_URL"] = service.base
        let user = try #require(
            try coffer("seed", "--users", "1", "--entries", "1", "--json").json()["users"]?[0]
        )
        let token = try #require(user["cryptfolio"]?["access_token"]?.string)
        func call(
            _ server: Server,
            _ method: String,
            _ path: String,
            _ body: String = ""
        ) throws -> (
            status: Int, result: JSONValue?
        ) {
            let answer = try server.send(
                method,
                "/api" + path,
                token: token,
                headers: body.isEmpty ? [] : ["Content-Type: application/json"],
                body: Array(body.utf8)
            )
            return (answer.status, try answer.json()["result"])
        }
        var account = ""
        var killedAtWork = 0
        // Before the first answer, between pages, with the last one, and while the entries are written.
        for (requests, milliseconds) in [(1, 0), (3, 30), (5, 0), (6, 10), (6, 70), (6, 90)] {
            let server = try Server(coffer)
            try server.waitUntilReady()
            if account.isEmpty {
                let portfolios = try call(server, "GET", "/portfolios").result
                let number = try #require(portfolios?[0]?["id"]?.integer)
                let made = try call(
                    server,
                    "POST",
                    "/portfolios/\(number)/accounts",
                    #"{"title":"Mine","type":"kraken","key":"\#(Self.key)","secret":"\#(Self.secret)"}"#
                )
                #expect(made.status == 200)
                account = "/portfolios/\(number)/accounts/\(try #require(made.result?["id"]?.integer))"
            }
            let before = asked.load(ordering: .relaxed)
            // One that was through before it was killed is not due again for an hour.
            let isRead = try call(server, "GET", account + "/balances").status == 200
            let isUnderWay = Self.wait(seconds: isRead ? 7 : 20) {
                asked.load(ordering: .relaxed) - before >= requests
            }
            #expect(isUnderWay || isRead, "it is read by itself, soon")
            killedAtWork += isUnderWay ? 1 : 0
            usleep(UInt32(milliseconds * 1000))
            server.kill()
            #expect(try coffer("check").code == 0, "killed at request \(requests)")
        }
        #expect(killedAtWork >= 4)
        let server = try Server(coffer)
        try server.waitUntilReady()
        #expect(
            try Self.wait(seconds: 30) { try call(server, "GET", account + "/balances").status == 200 }
        )
        let told = try #require(try call(server, "GET", account).result)
        #expect(told["latest_error"]?.isNull == true && told["is_invalid"]?.bool == false)
        let balances = try #require(
            try call(server, "GET", account + "/balances").result?["balances"]?.array
        )
        let held = try balances.map { try Amount.parse(try #require($0["balance"]?.string)) }
        #expect(held == [total])
        let movements = try #require(try call(server, "GET", account + "/txns").result?["txns"]?.array)
        let references = movements.compactMap { $0["reference"]?.string }
        #expect(references.count == Self.count)
        #expect(Set(references).count == Self.count)
        #expect(answered.load(ordering: .relaxed) > 6)
        #expect(server.stop()?.code == 0)
        #expect(try coffer("check").code == 0)
    }
}
