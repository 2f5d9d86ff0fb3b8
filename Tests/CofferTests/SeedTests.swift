import JSON
import Money
import Testing

@Suite("Seeding")
private struct SeedTests {
    private let coffer: Coffer

    init() throws {
        coffer = try Coffer()
    }

    private func keys(_ value: JSONValue?) -> [String] { value?.object?.map(\.key) ?? [] }

    @Test
    func `Every seeded user has working credentials, and each way shows the same numbers`() throws {
        let run = try coffer("seed", "--users", "3", "--entries", "120", "--json")
        #expect(run.code == 0, "\(run.errors)")
        let seeded = try run.json()
        #expect(keys(seeded) == ["users", "admin", "enterprise"])
        let users = try #require(seeded["users"]?.array)
        #expect(users.count == 3)
        #expect(keys(seeded["admin"]).starts(with: ["user_id", "name", "email", "password"]))
        #expect(keys(seeded["enterprise"]) == ["client_id", "client_secret"])
        let server = try Server(coffer)
        for user in users {
            #expect(
                keys(user) == ["user_id", "name", "email", "password", "bitcain", "cryptfolio", "trustvault"]
            )
            let token = try #require(user["bitcain"]?["token"]?.string)
            let email = try #require(user["email"]?.string)
            try compareBalances(server, token, email)
            try compareCost(server, token, email)
            try compareLots(server, token, email)
            #expect(
                keys(user["cryptfolio"]) == [
                    "client_id", "client_secret", "redirect_uri", "access_token", "api_key",
                ]
            )
        }
        let first = try #require(users.first?["bitcain"]?["token"]?.string)
        let second = try #require(users.last?["bitcain"]?["token"]?.string)
        let path = "/api/v1/portfolio/aggregate"
        let bodies = try [first, second].map { try server.send("GET", path, token: $0).json()["assets"] }
        #expect(bodies[0] != bodies[1], "each has a history of their own")
        #expect(try server.send("GET", path, token: first + "x").status == 401)
        #expect(server.stop()?.code == 0)
        #expect(try coffer("check").code == 0)
    }

    /// The totals of all exchanges on bitcain must be the command line's balances.
    private func compareBalances(_ server: Server, _ token: String, _ email: String) throws {
        let aggregate = try server.send("GET", "/api/v1/portfolio/aggregate", token: token)
        #expect(aggregate.status == 200)
        let body = try aggregate.json()
        let report = try coffer("balances", "--user", email, "--json", "--currency", "USD").json()
        let ours = try #require(report["balances"]?.array)
        #expect(!ours.isEmpty)
        let theirs = try #require(body["assets"]?.array)
        #expect(pairs(theirs, "asset", "quantity") == pairs(ours, "asset", "quantity"))
        var held: [JSONValue] = []
        for exchange in try #require(body["exchanges"]?.array) {
            let name = try #require(exchange["exchange"]?.string)
            let answer = try server.send("GET", "/api/v1/portfolio/balances?exchange=\(name)", token: token)
            #expect(answer.status == 200)
            held += try #require(try answer.json()["balances"]?.array)
        }
        let sums = try sums(held, "asset", "total")
        for row in ours {
            let asset = try #require(row["asset"]?.string)
            #expect(sums[asset] == (try number(row["quantity"])), "\(asset)")
        }
    }

    private func compareCost(_ server: Server, _ token: String, _ email: String) throws {
        let answer = try server.send("GET", "/api/v1/portfolio/cost-basis", token: token)
        #expect(answer.status == 200)
        let positions = try #require(try answer.json()["positions"]?.array)
        let report = try coffer("balances", "--user", email, "--json", "--currency", "USD").json()
        var costs: [String: Amount] = [:]
        for row in try #require(report["balances"]?.array) where row["cost"]?.isNull == false {
            costs[try #require(row["asset"]?.string)] = try number(row["cost"])
        }
        #expect(!positions.isEmpty)
        for position in positions {
            let asset = try #require(position["asset"]?.string)
            #expect(costs[asset] ?? .zero == (try number(position["cost_basis_usd"])), "\(asset)")
        }
    }

    private func compareLots(_ server: Server, _ token: String, _ email: String) throws {
        let answer = try server.send("GET", "/api/v1/portfolio/cost-basis/lots", token: token)
        #expect(answer.status == 200)
        let theirs = try #require(try answer.json()["lots"]?.array).filter { $0["is_closed"]?.bool == false }
        let ours = try #require(
            try coffer("lots", "--user", email, "--json", "--currency", "USD").json()["lots"]?.array
        )
        #expect(try sums(ours, "lot_id", "remaining") == sums(theirs, "lot_id", "remaining_quantity"))
    }

    private func pairs(_ rows: [JSONValue], _ key: String, _ value: String) -> [String: String] {
        Dictionary(rows.map { ($0[key]?.string ?? "", $0[value]?.string ?? "") }) { first, _ in first }
    }

    private func number(_ value: JSONValue?) throws -> Amount {
        try Amount.parse(try #require(value?.string))
    }

    /// What the rows of one key come to together.
    private func sums(_ rows: [JSONValue], _ key: String, _ value: String) throws -> [String: Amount] {
        var sums: [String: Amount] = [:]
        for row in rows {
            let name = try #require(row[key]?.string)
            sums[name] = try (sums[name] ?? .zero).adding(try number(row[value]))
        }
        return sums
    }

    @Test
    func `A folder that has users is refused and stays as it is`() throws {
        #expect(
            try coffer("user", "add", "ada@example.org", "--password-stdin", input: "correct horse\n").code
                == 0
        )
        let before = try coffer("user", "list").output
        let run = try coffer("seed", "--users", "2", "--json")
        #expect(run.code == 7)
        #expect(run.output.isEmpty)
        #expect(try coffer("user", "list").output == before)
    }

    @Test
    func `A folder whose owner has a history is refused`() throws {
        let before = try coffer.state(after: Histories.small)
        #expect(try coffer("seed").code == 7)
        #expect(try coffer.state() == before)
    }

    @Test(arguments: ["0", "-1", "x", "1000001"])
    func `A number of users out of range is refused`(count: String) throws {
        #expect(try coffer("seed", "--users", count).code == 2)
    }
}
