import BitcainAPI
import Foundation
import HTTPServer
import JSON
import Services
import Synchronization
import TestSupport
import Testing

private let base = BitcainAPI.base

/// One user of a fixture with the calls that portfolios take.
struct PortfolioClient {
    let fixture: Fixture
    let token: String
    let user: String

    init(_ fixture: Fixture, _ owner: UserID? = nil) throws {
        self.fixture = fixture
        token = try fixture.token(of: owner, days: 90)
        user = try fixture.uuid(of: owner ?? fixture.owner)
    }

    func create(_ fields: String, key: String? = nil) throws -> Answer {
        try fixture.json(
            .post,
            base + "/?user_id=" + user,
            "{" + fields + "}",
            token: token,
            headers: keyed(key)
        )
    }

    /// Makes a portfolio and says its id.
    func make(_ name: String, _ more: String = "") throws -> String {
        let answer = try create(#""name":"\#(name)","target_allocations":{"BTC":1}"# + more)
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(try answer.json["portfolio_id"]?.string)
    }

    func update(_ id: String, _ fields: String, key: String? = nil) throws -> Answer {
        try fixture.json(
            .put,
            "\(base)/\(id)?user_id=\(user)",
            "{" + fields + "}",
            token: token,
            headers: keyed(key)
        )
    }

    func delete(_ id: String, force: Bool = false, key: String? = nil) throws -> Answer {
        try fixture.send(
            .delete,
            "\(base)/\(id)?user_id=\(user)" + (force ? "&force=true" : ""),
            token: token,
            headers: keyed(key)
        )
    }

    func get(_ path: String) throws -> Answer { try fixture.send(.get, base + path, token: token) }

    func one(_ id: String) throws -> JSONValue { try get("/" + id).json }

    func list(_ query: String = "") throws -> [JSONValue] {
        try #require(try get("/?user_id=" + user + query).json.array)
    }

    private func keyed(_ key: String?) -> [HTTPHeader] {
        key.map { [HTTPHeader("Idempotency-Key", $0)] } ?? []
    }
}

@Suite("Portfolios")
private struct PortfolioTests {
    @Test(arguments: Front.allCases)
    func `a portfolio has the keys of the published model in their order`(_ front: Front) throws {
        try withFixture(front) { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let answer = try client.create(
                """
                "name":"Long","description":"for later","target_allocations":{"BTC":0.6,"ETH":0.40},\
                "risk_tolerance":"aggressive","tags":["a","b"],"initial_value_usd":"1000.50"
                """
            )
            #expect(answer.status == 201)
            #expect(
                try answer.json.object?.map(\.key) == [
                    "portfolio_id", "user_id", "name", "description", "total_value_usd",
                    "target_allocations", "current_allocations", "last_rebalanced_at", "is_active",
                    "created_at", "updated_at", "risk_tolerance", "status", "is_default", "total_return",
                    "total_return_percentage", "tags",
                ]
            )
            let json = try answer.json
            #expect(json["total_value_usd"]?.string == "1000.5")
            #expect(json["target_allocations"]?["ETH"]?.number == "0.4")
            #expect(json["current_allocations"]?["USD"]?.number == "1")
            #expect(json["total_return"]?.string == "0")
            let id = try #require(json["portfolio_id"]?.string)
            // The answer to the creation is what a read tells.
            #expect(try client.one(id) == json)
            #expect(try client.list().map { $0["name"]?.string } == ["Portfolio", "Long"])
            // The deposit is an entry of the journal, and counts for the user.
            let all = try client.get("/aggregate").json
            #expect(all["total_value_usd"]?.string == "1000.5")
            #expect(try fixture.workspace.imports(of: fixture.owner).first?.format == "opening deposit")
            #expect(try fixture.workspace.check().findings.isEmpty)
        }
    }

    @Test func `names are unique for a user, and free again after a deletion`() throws {
        try withFixture { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let other = try PortfolioClient(fixture, try fixture.addUser("other"))
            let first = try client.make("Same")
            _ = try other.make("Same")
            let refused = try client.create(#""name":"Same","target_allocations":{"BTC":1}"#)
            #expect(refused.status == 409)
            #expect(
                refused.text == #"{"detail":"A portfolio is called Same already; choose another name"}"#
            )
            let second = try client.make("Other")
            #expect(try client.update(second, #""name":"Same""#).status == 409)
            #expect(try client.update(second, #""name":"Other""#).status == 200)
            #expect(try client.delete(first).status == 204)
            #expect(try client.update(second, #""name":"Same""#).status == 200)
        }
    }

    @Test func `null and what is left away stay as they are`() throws {
        try withFixture { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let id = try client.make("A", #","description":"d","tags":["t"],"risk_tolerance":"aggressive""#)
            let before = try client.one(id)
            for fields in [
                "",
                #""name":null,"description":null,"target_allocations":null,"risk_tolerance":null,"is_active":null,"tags":null"#,
            ] {
                let after = try client.update(id, fields).json
                #expect(after == before)
            }
            fixture.clock.advance(seconds: 5)
            let changed = try client.update(
                id,
                #""name":"B","description":"","target_allocations":{"ETH":1},"risk_tolerance":"moderate","is_active":false,"tags":[]"#
            ).json
            #expect(changed["name"]?.string == "B")
            #expect(changed["description"]?.string == "")
            #expect(changed["target_allocations"]?.object?.map(\.key) == ["ETH"])
            #expect(changed["status"]?.string == "inactive")
            #expect(changed["tags"]?.array == [])
            #expect(changed["updated_at"]?.string == "2024-06-15T12:00:05Z")
            #expect(changed["created_at"] == before["created_at"])
            #expect(try client.one(id) == changed)
            #expect(try client.list().count == 1)
            #expect(try client.list("&active_only=false").count == 2)
        }
    }

    @Test func `targets are exact, one for each asset, and sum to one within a thousandth`() throws {
        try withFixture { (fixture) throws in
            let client = try PortfolioClient(fixture)
            for (number, (targets, isGood)) in [
                (#"{"A":0.1,"B":0.2,"C":0.7}"#, true), (#"{"A":0.333,"B":0.333,"C":0.333}"#, true),
                (#"{"A":1.001}"#, false), (#"{"A":0.999}"#, true), (#"{"A":0.998999999999999999}"#, false),
                (#"{"A":0.5,"B":0.501}"#, true), (#"{"A":0.5,"B":0.501000000000000001}"#, false),
                (#"{"A":-0.5,"B":1.5}"#, false), (#"{"A":0.5,"a":0.5}"#, false), (#"{"":1}"#, false),
                (#"{"A B":1}"#, false), (#"{"btc":1}"#, true), (#"{"A":"nan"}"#, false),
                (#"{"A":1e400}"#, false), (#"{"A":0.1234567890123456789,"B":0.8765432109876543211}"#, true),
            ].enumerated() {
                let answer = try client.create(#""name":"n\#(number)","target_allocations":\#(targets)"#)
                #expect(answer.status == (isGood ? 201 : 422), "\(targets) \(answer.text)")
            }
            let long = try client.list().last
            #expect(long?["target_allocations"]?["A"]?.number == "0.123456789012345679")
        }
    }

    @Test func `a new default portfolio takes the flag over, and imports go there`() throws {
        try withFixture { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let first = try #require(try client.list().first?["portfolio_id"]?.string)
            let id = try client.make("Main", #","is_default":true"#)
            #expect(try client.one(id)["is_default"]?.bool == true)
            #expect(try client.one(first)["is_default"]?.bool == false)
            #expect(try client.list().first?["portfolio_id"]?.string == id)
            _ = try fixture.upload(Sample.deposit("2", "USD"), token: client.token)
            #expect(try client.one(id)["total_value_usd"]?.string == "2")
            // What has no price cannot be aimed at.
            #expect(try client.one(id)["status"]?.string == "active")
            _ = try client.update(id, #""target_allocations":{"EUR":0.5,"USD":0.5}"#)
            #expect(try client.one(id)["status"]?.string == "rebalancing")
            #expect(try client.one(first)["total_value_usd"]?.string == "0")
            #expect(try client.one(first)["status"]?.string == "created")
            let refused = try client.delete(id, force: true)
            #expect(refused.status == 409)
            #expect(refused.text.contains("default portfolio cannot be deleted"))
            #expect(try client.delete(first).status == 204)
        }
    }

    @Test func `another's portfolio is as one that is not there`() throws {
        try withFixture { (fixture) throws in
            let mine = try PortfolioClient(fixture)
            let theirs = try PortfolioClient(fixture, try fixture.addUser("other"))
            let id = try mine.make("Secret", #","initial_value_usd":77123"#)
            for unknown in [id, "5555717d-15c7-408a-aad2-f3155d61ff77", "x", "%00", "..%2f"] {
                for path in [
                    "/\(unknown)", "/\(unknown)?user_id=\(theirs.user)",
                    "/\(unknown)/analytics?user_id=\(theirs.user)",
                    "/\(unknown)?user_id=\(mine.user)", "/history?portfolio_id=\(unknown)",
                    "/history/performance?portfolio_id=\(unknown)", "/history/export?portfolio_id=\(unknown)",
                ] {
                    let answer = try theirs.get(path)
                    #expect(answer.status == 404, "\(path)")
                    #expect(answer.text == #"{"detail":"Portfolio not found"}"#)
                }
                #expect(try theirs.update(unknown, #""name":"x""#).status == 404)
                #expect(try theirs.delete(unknown, force: true).status == 404)
            }
            // Whoever names another as the owner may not write at all, and finds nothing.
            for (method, path, body) in [
                (HTTPMethod.put, "/\(id)", #"{"name":"x"}"#), (.delete, "/\(id)", ""),
                (.post, "/", #"{"name":"x","target_allocations":{"BTC":1}}"#),
                (.post, "/\(id)/rebalance/confirm", ""),
            ] {
                let answer = try fixture.json(
                    method,
                    base + path + "?user_id=" + mine.user,
                    body,
                    token: theirs.token
                )
                #expect(answer.status == 403)
                #expect(answer.text == #"{"detail":"Not enough permissions"}"#)
            }
            #expect(try theirs.get("/?user_id=" + mine.user).status == 404)
            #expect(try theirs.list().count == 1)
            #expect(try mine.one(id)["name"]?.string == "Secret")
        }
    }

    @Test func `a confirmed rebalance is noted`() throws {
        try withFixture { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let id = try client.make("A")
            let answer = try fixture.send(
                .post,
                "\(base)/\(id)/rebalance/confirm?user_id=\(client.user)",
                token: client.token
            )
            #expect(answer.status == 200)
            #expect(try answer.json["last_rebalanced_at"]?.string == "2024-06-15T12:00:00Z")
            #expect(try client.one(id)["last_rebalanced_at"]?.string == "2024-06-15T12:00:00Z")
        }
    }

    @Test func `each write with a key is done once`() throws {
        try withFixture { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let fields = #""name":"Once","target_allocations":{"BTC":1},"initial_value_usd":10"#
            let first = try client.create(fields, key: "k1")
            let again = try client.create(fields, key: "k1")
            #expect(first.status == 201 && again.status == 201)
            #expect(first.body == again.body)
            #expect(again.header("Idempotent-Replayed") == "true")
            #expect(try client.create(fields + " ", key: "k1").status == 422)
            #expect(try client.create(fields, key: "").status == 422)
            let id = try #require(try first.json["portfolio_id"]?.string)
            let changed = try client.update(id, #""description":"x""#, key: "k2")
            _ = try client.update(id, #""description":"y""#)
            #expect(try client.update(id, #""description":"x""#, key: "k2").body == changed.body)
            #expect(try client.one(id)["description"]?.string == "y")
            #expect(try client.delete(id, key: "k3").status == 409)
            let gone = try client.delete(id, force: true, key: "k4")
            let still = try client.delete(id, force: true, key: "k4")
            #expect(gone.status == 204 && still.status == 204)
            #expect(still.body.isEmpty)
            #expect(still.header("Idempotent-Replayed") == "true")
            #expect(try client.delete(id, force: true).status == 404)
            #expect(try client.list().count == 1)
        }
    }

    @Test func `what was changed is in the very next read`() throws {
        try withFixture { (fixture) throws in
            let client = try PortfolioClient(fixture)
            _ = try client.get("/aggregate")
            #expect(try client.list().count == 1)
            let id = try client.make("A")
            #expect(try client.list().count == 2)
            #expect(try client.one(id)["description"]?.isNull == true)
            _ = try client.update(id, #""description":"x""#)
            #expect(try client.one(id)["description"]?.string == "x")
            #expect(try client.delete(id).status == 204)
            #expect(try client.list().count == 1)
        }
    }

    @Test(arguments: Front.allCases)
    func `one key from many clients at once makes one portfolio`(_ front: Front) throws {
        try withFixture(front) { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let answers = Mutex<[Answer]>([])
            DispatchQueue.concurrentPerform(iterations: 16) { number in
                // Some have a key of their own and the same name.
                let answer = try? client.create(
                    #""name":"One","target_allocations":{"BTC":1},"initial_value_usd":5"#,
                    key: number % 4 == 0 ? "other-\(number)" : "same"
                )
                if let answer { answers.withLock { $0.append(answer) } }
            }
            let all = answers.withLock { $0 }
            #expect(all.count == 16)
            let made = all.filter { $0.status == 201 }
            #expect(!made.isEmpty && Set(made.map(\.text)).count == 1)
            #expect(all.allSatisfy { $0.status == 201 || $0.status == 409 })
            #expect(try client.list().count == 2)
            #expect(try client.list().last?["total_value_usd"]?.string == "5")
            #expect(try fixture.workspace.imports(of: fixture.owner).count == 1)
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `whatever a body holds, it is taken or refused in words`(seed: UInt64) throws {
        try withFixture(change: { configuration, _, _ in configuration.portfolios.portfoliosMax = 10_000 }) {
            (fixture) throws in
            let client = try PortfolioClient(fixture)
            var random = SplitMix64(seed: seed)
            let pieces = [
                "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "-1", "1e400", "0.5", "NaN", "1E5",
                "\u{E9}",
                "\u{1F600}", "\u{0}", "\\ud800", " ", "\"name\"", "\"target_allocations\"", "\"tags\"",
                "\"initial_value_usd\"", "\"is_active\"", "\"BTC\":1", "1_0", "\"inf\"",
            ]
            let good = Array(
                #"{"name":"n","description":null,"target_allocations":{"BTC":0.5,"ETH":0.5},"tags":["a"],"initial_value_usd":"1.5"}"#
            )
            for _ in 0..<150 {
                var text = good
                for _ in 0...Int(random.next() % 3) {
                    let place = Int(random.next() % UInt64(text.count))
                    let piece = pieces[Int(random.next() % UInt64(pieces.count))]
                    if random.next() % 2 == 0 { text.remove(at: place) }
                    text.insert(contentsOf: piece, at: min(place, text.count))
                }
                let answer = try fixture.json(
                    .post,
                    base + "/?user_id=" + client.user,
                    String(text),
                    token: client.token
                )
                #expect([201, 400, 409, 422].contains(answer.status), "\(String(text)) \(answer.text)")
            }
            #expect(fixture.faults.all == [])
        }
    }

    @Test func `there are as many portfolios as may be, and no more`() throws {
        try withFixture(change: { configuration, _, _ in configuration.portfolios.portfoliosMax = 3 }) {
            (fixture) throws in
            let client = try PortfolioClient(fixture)
            _ = try client.make("a")
            let last = try client.make("b")
            let refused = try client.create(#""name":"c","target_allocations":{"BTC":1}"#)
            #expect(refused.status == 409)
            #expect(
                refused.text
                    == #"{"detail":"There are 3 portfolios, which is the most; delete one first"}"#
            )
            #expect(try client.delete(last).status == 204)
            _ = try client.make("c")
        }
    }

    @Test func `a sum beyond the range of amounts is refused and makes nothing`() throws {
        try withFixture { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let most = "99999999999999999999"
            _ = try client.make("a", #","initial_value_usd":"\#(most)""#)
            let refused = try client.create(
                #""name":"b","target_allocations":{"BTC":1},"initial_value_usd":"1""#
            )
            #expect(refused.status == 400)
            #expect(try client.list().count == 2)
            #expect(try fixture.workspace.imports(of: fixture.owner).count == 1)
        }
    }

    @Test func `reads that the operator opened need no token, and show no more`() throws {
        try withFixture(hasOpenReads: true) { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let id = try client.make("A")
            for path in [
                "/?user_id=\(client.user)", "/\(id)", "/\(id)?user_id=\(client.user)",
                "/\(id)/analytics?user_id=\(client.user)",
            ] {
                #expect(try fixture.send(.get, base + path).status == 200, "\(path)")
            }
            let other = try fixture.uuid(of: try fixture.addUser("other"))
            #expect(try fixture.send(.get, base + "/\(id)?user_id=\(other)").status == 404)
            #expect(try fixture.send(.get, base + "/?user_id=nobody").status == 404)
            for path in ["/history", "/aggregate", "/balances"] {
                #expect(try fixture.send(.get, base + path).status == 401)
            }
            #expect(try fixture.send(.delete, base + "/\(id)?user_id=\(client.user)").status == 401)
        }
    }
}

@Suite("Deleting portfolios")
private struct PortfolioDeletionTests {
    private static let header =
        "time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,account,to_account\n"

    @Test func `one that holds something is refused with its value, and force takes its entries back`() throws
    {
        try withFixture { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let id = try client.make("A", #","initial_value_usd":"250.25""#)
            let refused = try client.delete(id)
            #expect(refused.status == 409)
            #expect(
                refused.text
                    == #"{"detail":"The portfolio still holds assets worth 250.25 USD; use force to delete it with its entries"}"#
            )
            #expect(try client.delete(id, force: true).status == 204)
            #expect(try client.get("/\(id)").status == 404)
            #expect(try client.get("/aggregate").json["total_value_usd"]?.string == "0")
            #expect(try fixture.workspace.check().findings.isEmpty)
        }
    }

    @Test func `what moved between portfolios stays right for the other one`() throws {
        try withFixture { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let rows = """
                2024-01-01T00:00:00Z,deposit,10,BTC,,,,,Here,
                2024-01-02T00:00:00Z,transfer,,,4,BTC,0.1,BTC,Here,There
                2024-01-03T00:00:00Z,transfer,,,1,BTC,0.01,BTC,There,Here
                2024-01-04T00:00:00Z,trade,50,ETH,1,BTC,,,Here,There
                2024-01-05T00:00:00Z,deposit,3,BTC,,,,,There,
                """
            let answer = try fixture.upload(Self.header + rows + "\n", token: client.token)
            #expect(answer.status == 200, "\(answer.text)")
            let id = try client.make("There", "")
            let there = try fixture.workspace.portfolio("There", of: fixture.owner)
            try fixture.workspace.moveAccount("There", of: fixture.owner, to: there)
            let main = try #require(try client.list().first?["portfolio_id"]?.string)
            let before = try holdings(client, "here")
            #expect(before == ["BTC": "5.9"])
            #expect(try client.delete(id, force: true).status == 204)
            #expect(try holdings(client, "here") == before)
            #expect(try holdings(client, "there") == [:])
            #expect(try client.get("/\(main)").status == 200)
            #expect(try fixture.workspace.check().findings.isEmpty)
            // The same after everything was read afresh.
            fixture.clock.advance(seconds: 1)
            _ = try fixture.send(.post, base + "/cost-basis/lots/rebuild", token: client.token)
            #expect(try holdings(client, "here") == before)
        }
    }

    @Test func `the other way round too`() throws {
        try withFixture { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let rows = """
                2024-01-01T00:00:00Z,deposit,10,BTC,,,,,Here,
                2024-01-02T00:00:00Z,transfer,,,4,BTC,0.1,BTC,Here,There
                2024-01-03T00:00:00Z,transfer,,,1,BTC,0.01,BTC,There,Here
                """
            _ = try fixture.upload(Self.header + rows + "\n", token: client.token)
            let id = try client.make("Gone", "")
            let gone = try fixture.workspace.portfolio("Gone", of: fixture.owner)
            try fixture.workspace.moveAccount("Here", of: fixture.owner, to: gone)
            let before = try holdings(client, "there")
            #expect(before == ["BTC": "2.99"])
            #expect(try client.delete(id, force: true).status == 204)
            #expect(try holdings(client, "there") == before)
            #expect(try holdings(client, "here") == [:])
            #expect(try fixture.workspace.check().findings.isEmpty)
        }
    }

    @Test func `a whole import is taken back as one, and of a shared one just the portfolio's entries`()
        throws
    {
        try withFixture(change: { configuration, _, _ in configuration.portfolios.entriesVoidedMax = 2 }) {
            (fixture) throws in
            let client = try PortfolioClient(fixture)
            let lines = (1...5).map { "2024-01-0\($0)T00:00:00Z,deposit,\($0),BTC,,,,,There," }
            _ = try fixture.upload(Self.header + lines.joined(separator: "\n") + "\n", token: client.token)
            let shared = ["Here", "There", "There"].enumerated().map {
                "2024-02-0\($0 + 1)T00:00:00Z,deposit,1,BTC,,,,,\($1),"
            }
            _ = try fixture.upload(Self.header + shared.joined(separator: "\n") + "\n", token: client.token)
            let id = try client.make("There", "")
            let there = try fixture.workspace.portfolio("There", of: fixture.owner)
            try fixture.workspace.moveAccount("There", of: fixture.owner, to: there)
            #expect(try client.delete(id, force: true).status == 204)
            #expect(try fixture.workspace.imports(of: fixture.owner).map(\.state) == ["committed", "undone"])
            #expect(try holdings(client, "here") == ["BTC": "1"])
            // One more is too many.
            let more = (1...3).map { "2024-03-0\($0)T00:00:00Z,deposit,1,BTC,,,,,There," }
            let last = "2024-03-04T00:00:00Z,deposit,1,BTC,,,,,Here,"
            _ = try fixture.upload(
                Self.header + (more + [last]).joined(separator: "\n") + "\n",
                token: client.token
            )
            let next = try client.make("Next", "")
            try fixture.workspace.moveAccount(
                "There",
                of: fixture.owner,
                to: try fixture.workspace.portfolio("Next", of: fixture.owner)
            )
            let refused = try client.delete(next, force: true)
            #expect(refused.status == 409)
            #expect(refused.text.contains("3 entries share imports"))
            #expect(try holdings(client, "there") == ["BTC": "3"])
        }
    }

    private func holdings(_ client: PortfolioClient, _ venue: String) throws -> [String: String] {
        let answer = try client.get("/balances?exchange=" + venue).json
        return Dictionary(
            uniqueKeysWithValues: (answer["balances"]?.array ?? []).map {
                ($0["asset"]?.string ?? "", $0["total"]?.string ?? "")
            }
        )
    }
}
