import Foundation
import JSON
import Testing

/// Portfolios on the command line and over HTTP are the same.
@Suite("Portfolios on the command line")
private struct PortfolioCommandTests {
    private static let history = """
        time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,value,value_asset,account,exchange
        2024-06-10T00:00:00Z,deposit,100000,USD,,,,,,,Kraken,Kraken
        2024-06-11T00:00:00Z,trade,1,BTC,60000,USD,100,USD,,,Kraken,Kraken
        2024-06-12T00:00:00Z,trade,5,ETH,17500,USD,,,,,Coinbase,Coinbase

        """
    private static let prices = """
        time,base,quote,price
        2024-06-10T00:00:00Z,BTC,USD,60000
        2024-06-10T00:00:00Z,ETH,USD,3500
        2024-06-14T12:00:00Z,BTC,USD,66000

        """

    @Test func `The same numbers as over HTTP, while the server runs and without it`() throws {
        let coffer = try Coffer()
        _ = try coffer.folder.write(Self.history, to: "h.csv")
        _ = try coffer.folder.write(Self.prices, to: "p.csv")
        #expect(try coffer("import", "h.csv").code == 0)
        #expect(try coffer("prices", "import", "p.csv").code == 0)
        let token = try coffer("token", "create").output.trimmingCharacters(in: .newlines)
        let made = try coffer.run([
            "portfolio", "add", "Savings", "--targets", "BTC=60%,ETH=0.3,USD=10%", "--tags", "a,b",
            "--initial",
            "1000", "--risk", "aggressive", "--json",
        ])
        #expect(made.code == 0, "\(made.errors)")
        let id = try #require(try made.json()["portfolio_id"]?.string)
        #expect(try coffer("portfolio", "set", "Savings", "--account", "Kraken").code == 0)
        let alone = try coffer("portfolio", "list", "--json").json()
        let drift = try coffer("portfolio", "drift", "Savings", "--json").json()
        let server = try Server(coffer)
        try server.waitUntilReady()
        let me = try json(server, "/auth/me", token)
        let user = try #require(me["user"]?["id"]?.string)
        let base = "/api/v1/portfolio"
        let served = try json(server, "\(base)/?user_id=\(user)", token)
        let beside = try coffer("portfolio", "list", "--json").json()
        for printed in [alone, beside] {
            let portfolios = try #require(printed["portfolios"]?.array)
            #expect(portfolios.count == 2 && served.array?.count == 2)
            for (one, other) in zip(portfolios, served.array ?? []) {
                for key in [
                    "portfolio_id", "user_id", "name", "description", "total_value_usd", "risk_tolerance",
                    "status", "is_default", "total_return", "tags", "is_active",
                ] {
                    #expect(one[key] == other[key], "\(key)")
                }
                let shares = one["current_allocations"]?.object?.map { "\($0.key) \($0.value.string ?? "")" }
                let others = other["current_allocations"]?.object?.map {
                    "\($0.key) \($0.value.number ?? "")"
                }
                #expect(shares == others)
            }
        }
        let savings = try #require(alone["portfolios"]?[1])
        #expect(savings["total_value_usd"]?.string == "106900")
        #expect(savings["total_return"]?.string == "5900")
        #expect(savings["current_allocations"]?["BTC"]?.string == "0.61739944")
        let analytics = try json(server, "\(base)/\(id)/analytics?user_id=\(user)", token)
        let printed = try #require(drift["assets"]?.array)
        #expect(printed.map { $0["asset"]?.string } == ["BTC", "ETH", "USD"])
        #expect(analytics["allocation_drift"]?["ETH"]?.string == "-0.3")
        #expect(printed[1]["drift"]?.string == "-0.3")
        let performance = try json(
            server,
            "\(base)/history/performance?timeframe=ALL&portfolio_id=\(id)",
            token
        )
        #expect(performance["absolute_gain"]?.string == "5900")
        // Commands that write go through the server.
        let suggested = try coffer("rebalance", "--portfolio", "Savings", "--json").json()
        #expect(suggested["is_needed"]?.bool == true)
        #expect(suggested["trades"]?.array?.map { $0["side"]?.string } == ["sell", "buy"])
        #expect(suggested["trades"]?[1]?["value_usd"]?.string == "32070")
        #expect(suggested["cash_after_usd"]?.string == "10690")
        let noted = try coffer("portfolio", "set", "Savings", "--rebalanced", "--name", "Later").output
        #expect(noted == "portfolio Later is changed\n")
        let after = try json(server, "\(base)/\(id)", token)
        #expect(after["last_rebalanced_at"]?.string != nil && after["name"]?.string == "Later")
        #expect(try coffer("portfolio", "delete", "Later").code == 7)
        #expect(try coffer("portfolio", "delete", "Later", "--force").code == 0)
        #expect(try server.send("GET", "\(base)/\(id)", token: token).status == 404)
        #expect(server.stop()?.code == 0)
        #expect(try coffer("check").code == 0)
        // The account is empty and in the default portfolio again.
        let left = try coffer("portfolio", "list", "--json").json()
        #expect(left["portfolios"]?.array?.count == 1)
        #expect(left["portfolios"]?[0]?["total_value_usd"]?.string == "0")
    }

    private func json(_ server: Server, _ path: String, _ token: String) throws -> JSONValue {
        let answer = try server.send("GET", path, token: token)
        #expect(answer.status == 200, "\(path)")
        return try JSONReader.parse(answer.body)
    }
}
