import BitcainAPI
import HTTPServer
import JSON
import Services
import Testing

/// What a route answers to callers of all sorts, about data of one owner.
private struct Expectation {
    /// What is sent.
    let query: String
    let body: String
    /// Without a token.
    let anonymous: Int
    /// With the token of somebody else who names the owner's ids.
    let foreign: Int
    /// With a token of the owner that may only read.
    let reader: Int
    /// With a token of the owner that may do everything.
    let owner: Int

    init(
        _ query: String = "",
        body: String = "",
        anonymous: Int = 401,
        foreign: Int,
        reader: Int,
        owner: Int
    ) {
        self.query = query
        self.body = body
        self.anonymous = anonymous
        self.foreign = foreign
        self.reader = reader
        self.owner = owner
    }

    static let open = Expectation(anonymous: 200, foreign: 200, reader: 200, owner: 200)
    /// Whoever asks gets their own, which the test below looks at.
    static let own = Expectation(foreign: 200, reader: 200, owner: 200)
    static let ownWrite = Expectation(foreign: 200, reader: 403, owner: 200)

    /// Every route by its name: one that is missing here, or is here and no route, fails the test.
    static let all: [String: Expectation] = [
        "bitcain.health": open,
        "bitcain.balances": own, "bitcain.aggregate": own, "bitcain.cost_basis": own, "bitcain.lots": own,
        "bitcain.value_history": own, "bitcain.me": own,
        "bitcain.rebuild": ownWrite, "bitcain.refresh": ownWrite, "bitcain.ingest_backfill": ownWrite,
        // Without a file it is refused once the caller may write.
        "bitcain.ingest_csv": Expectation(foreign: 422, reader: 403, owner: 422),
        "bitcain.history": Expectation("portfolio_id=PORTFOLIO", foreign: 404, reader: 200, owner: 200),
        "bitcain.performance": Expectation("portfolio_id=PORTFOLIO", foreign: 404, reader: 200, owner: 200),
        "bitcain.export": Expectation("portfolio_id=PORTFOLIO", foreign: 404, reader: 200, owner: 200),
        "bitcain.portfolios": Expectation("user_id=OWNER", foreign: 404, reader: 200, owner: 200),
        "bitcain.portfolio": Expectation(foreign: 404, reader: 200, owner: 200),
        "bitcain.analytics": Expectation("user_id=OWNER", foreign: 404, reader: 200, owner: 200),
        "bitcain.portfolio_create": Expectation(
            "user_id=OWNER",
            body: #"{"name":"new","target_allocations":{"BTC":1}}"#,
            foreign: 403,
            reader: 403,
            owner: 201
        ),
        "bitcain.portfolio_update": Expectation(
            "user_id=OWNER",
            body: #"{"description":"x"}"#,
            foreign: 403,
            reader: 403,
            owner: 200
        ),
        "bitcain.rebalance_confirm": Expectation("user_id=OWNER", foreign: 403, reader: 403, owner: 200),
        "bitcain.portfolio_delete": Expectation(
            "user_id=OWNER&force=true",
            foreign: 403,
            reader: 403,
            owner: 204
        ),
        // What proves who one is needs no token.
        "bitcain.signup": Expectation(
            body: #"{"email":"EMAIL","password":"correct horse battery"}"#,
            anonymous: 201,
            foreign: 201,
            reader: 201,
            owner: 201
        ),
        "bitcain.login": Expectation(
            body: #"{"email":"nobody@example.org","password":"correct horse battery"}"#,
            foreign: 401,
            reader: 401,
            owner: 401
        ),
        "bitcain.token_refresh": Expectation(
            body: #"{"refresh_token":"x"}"#,
            foreign: 401,
            reader: 401,
            owner: 401
        ),
    ]
}

@Suite("Ownership")
private struct OwnershipTests {
    private static let secret = "77123.5"

    @Test(arguments: Front.allCases)
    func `every route keeps to its matrix, and no answer to others holds anything of the owner's`(
        _ front: Front
    ) throws {
        try withFixture(front) { (fixture) throws in
            let client = try PortfolioClient(fixture)
            let reader = try fixture.token(of: nil, [.read])
            let foreign = try fixture.token(of: try fixture.addUser("other"))
            // The default portfolio holds it too, which every read over all of the owner's tells.
            _ = try fixture.upload(Sample.deposit(Self.secret, "USD"), token: client.token)
            let id = try client.make("Secret", #","initial_value_usd":\#(Self.secret)"#)
            var routes = fixture.api.router.routes
            #expect(Set(routes.map(\.name)) == Set(Expectation.all.keys))
            // The deletion comes last.
            routes.sort { ($0.method == .delete ? 1 : 0) < ($1.method == .delete ? 1 : 0) }
            var serial = 0
            for (name, token) in [
                ("anonymous", nil), ("foreign", foreign), ("reader", reader), ("owner", client.token),
            ] {
                for route in routes {
                    let wanted = try #require(Expectation.all[route.name])
                    serial += 1
                    func filled(_ text: String) -> String {
                        text.replacing("{portfolio_id}", with: id).replacing("PORTFOLIO", with: id)
                            .replacing("OWNER", with: client.user)
                            .replacing("EMAIL", with: "u\(serial)@example.org")
                    }
                    let answer = try fixture.json(
                        route.method,
                        filled(route.patternText) + (wanted.query.isEmpty ? "" : "?" + filled(wanted.query)),
                        filled(wanted.body),
                        token: token
                    )
                    let status =
                        switch name {
                        case "anonymous": wanted.anonymous
                        case "foreign": wanted.foreign
                        case "reader": wanted.reader
                        default: wanted.owner
                        }
                    #expect(
                        answer.status == status,
                        "\(name) \(route.method.rawValue) \(route.patternText): \(answer.text.prefix(200))"
                    )
                    guard name == "anonymous" || name == "foreign" else { continue }
                    #expect(
                        !answer.text.contains("77123") && !answer.text.contains("Secret"),
                        "\(route.name)"
                    )
                }
            }
        }
    }
}
