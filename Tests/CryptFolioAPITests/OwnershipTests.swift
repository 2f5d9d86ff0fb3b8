import Crypto
import CryptFolioAPI
import HTTPServer
import JSON
import Services
import Storage
import Testing

/// What a route is asked for with another user's token.
private struct Visit {
    let method: HTTPMethod
    let path: String
    let body: String
    /// What the other user gets.
    let foreign: Int
    /// What the owner gets.
    let owner: Int

    init(_ method: HTTPMethod, _ path: String, _ body: String = "", foreign: Int = 404, owner: Int = 200) {
        self.method = method
        self.path = path
        self.body = body
        self.foreign = foreign
        self.owner = owner
    }

    /// The route's name, and what it is asked for; a route that is missing here fails the test.
    static func all(of kinds: [String]) -> [String: Visit] {
        let portfolio = "/portfolios/PORTFOLIO"
        var visits: [String: Visit] = [
            // Whoever asks gets their own, which the test looks at.
            "user": Visit(.get, "/user", foreign: 200),
            "portfolios": Visit(.get, "/portfolios", foreign: 200),
            "portfolio_create": Visit(
                .post,
                "/portfolios",
                #"{"title":"theirs","currencies":["btc"]}"#,
                foreign: 200
            ),
            "portfolio": Visit(.get, portfolio),
            "portfolio_update": Visit(.patch, portfolio, #"{"title":"Secret changed"}"#),
            "portfolio_delete": Visit(.delete, portfolio),
            "portfolio_currencies": Visit(.get, portfolio + "/currencies"),
            "portfolio_currency_add": Visit(.post, portfolio + "/currencies", #"{"currency":"ltc"}"#),
            "portfolio_currency_remove": Visit(.delete, portfolio + "/currencies", #"{"currency":"ltc"}"#),
            "portfolio_currency_add_literal": Visit(
                .post,
                "/portfolio/currencies",
                #"{"currency":"ltc","portfolio_id":PORTFOLIO}"#
            ),
            "portfolio_currency_remove_literal": Visit(
                .delete,
                "/portfolio/currencies",
                #"{"currency":"btc","portfolio_id":PORTFOLIO}"#
            ),
            "converted": Visit(.get, portfolio + "/converted"),
            "converted_history": Visit(.get, portfolio + "/converted/history"),
            "inventory": Visit(.get, portfolio + "/inventory"),
            "balances": Visit(.get, portfolio + "/balances"),
            "balances_of_currency": Visit(.get, portfolio + "/balances/usd"),
            "balances_history": Visit(.get, portfolio + "/balances/history"),
            "balances_history_of_currency": Visit(.get, portfolio + "/balances/usd/history"),
            // The caller has the scope, and is no manager; that the owner's users are hidden has its own test.
            "users": Visit(.get, "/users", foreign: 403),
            "user_create": Visit(
                .post,
                "/users/create",
                #"{"name":"n","email":"n@example.org","password":"correct horse"}"#,
                foreign: 403
            ),
            "user_update": Visit(.patch, "/users/USER", #"{"name":"Secret"}"#, foreign: 403),
            "user_delete": Visit(.delete, "/users/USER", foreign: 403),
        ]
        for name in [
            "currencies", "cryptocurrencies", "fiat", "tokens", "exchanges", "sources", "rates", "status",
        ] {
            let path =
                name == "currencies" || ["exchanges", "sources", "rates", "status"].contains(name)
                ? "/" + name : "/currencies/" + name
            visits[name] = Visit(.get, path, foreign: 200)
        }
        visits["currency"] = Visit(.get, "/currencies/btc", foreign: 200)
        visits["currency_exchanges"] = Visit(.get, "/currencies/usd/exchanges", foreign: 200)
        visits["exchanges_one"] = Visit(.get, "/exchanges/bundled", foreign: 200)
        visits["source_one"] = Visit(.get, "/source/bundled", foreign: 200)
        visits["exchange_rate"] = Visit(.get, "/exchanges/bundled/eur/usd", foreign: 200)
        visits["rate"] = Visit(.get, "/rate/eur/usd", foreign: 200)
        for kind in kinds { visits.merge(things(kind, portfolio)) { $1 } }
        return visits
    }

    private static func things(_ kind: String, _ portfolio: String) -> [String: Visit] {
        let plural = kind == "address" ? "addresses" : kind + "s"
        let (all, one) = ("\(portfolio)/\(plural)", "\(portfolio)/\(plural)/\(kind.uppercased())")
        let draft =
            switch kind {
            case "address":
                #"{"title":"n","currency":"btc","address":"1BoatSLRHtKNngkdXEeobR76b53LETtpyT"}"#
            case "account": #"{"title":"n","type":"bittrex","key":"k","secret":"s"}"#
            default: #"{"title":"n","balances":[{"currency":"btc","balance":"1"}]}"#
            }
        // An address that was never read is not ready for its owner.
        let ready = kind == "address" ? 503 : 200
        return [
            plural: Visit(.get, all),
            kind + "_create": Visit(.post, all, draft),
            kind: Visit(.get, one),
            kind + "_update": Visit(.patch, one, #"{"title":"Secret too"}"#),
            kind + "_balances": Visit(.get, one + "/balances", owner: ready),
            kind + "_txns": Visit(.get, one + "/txns", owner: ready),
            kind + "_transactions": Visit(.get, one + "/transactions", owner: ready),
            kind + "_history": Visit(.get, one + "/history", owner: ready),
            kind + "_delete": Visit(.delete, one),
            kind + "_delete_one": Visit(.delete, all, "{\"id\":\(kind.uppercased())_2}"),
        ]
    }
}

@Suite("Other users' objects")
private struct OwnershipTests {
    /// What is made by the owner, and the numbers that stand for it.
    private func seed(_ fixture: Fixture, _ token: String, _ kinds: [String]) throws -> [String: String] {
        var numbers = ["PORTFOLIO": ""]
        let made = try fixture.json(
            .post,
            "/portfolios",
            #"{"title":"Secret","currencies":["usd","btc","ltc"]}"#,
            token: token
        )
        let portfolio = String(try #require(try made.result["id"]?.integer))
        numbers["PORTFOLIO"] = portfolio
        for kind in kinds {
            for suffix in ["", "_2"] {
                let visit = try #require(Visit.all(of: kinds)[kind + "_create"])
                let answer = try fixture.json(
                    .post,
                    visit.path.replacing("PORTFOLIO", with: portfolio),
                    visit.body.replacing("\"n\"", with: "\"Secret\""),
                    token: token
                )
                #expect(answer.status == 200, "\(answer.text)")
                numbers[kind.uppercased() + suffix] = String(try #require(try answer.result["id"]?.integer))
            }
        }
        return numbers
    }

    @Test(arguments: CryptFolioRevision.allCases)
    func `no route shows or changes what is another user's`(_ revision: CryptFolioRevision) throws {
        try withFixture(revision) { (fixture) throws in
            let scopes: [TokenScope] = [.read, .write, .delete, .admin]
            let token = try fixture.token(scopes)
            let foreign = try fixture.token(of: try fixture.addUser("other"), scopes)
            let third = try fixture.addUser("third")
            // Every sort of thing that has routes is walked.
            let names = fixture.api.router.routes.map { String($0.name.dropFirst("cryptfolio.".count)) }
            let kinds = ["address", "account", "offset"].filter { names.contains($0 + "_create") }
            let visits = Visit.all(of: kinds)
            #expect(Set(names) == Set(visits.keys), "a route is not in the walk, or is walked and none")
            var numbers = try seed(fixture, token, kinds)
            numbers["USER"] = String(third.raw)
            func filled(_ text: String) -> String {
                // The longer names first.
                numbers.sorted { $0.key.count > $1.key.count }.reduce(text) {
                    $0.replacing($1.key, with: $1.value)
                }
            }
            func send(_ visit: Visit, base: String, _ token: String?) throws -> Answer {
                try fixture.send(
                    visit.method,
                    base + filled(visit.path),
                    token: token,
                    headers: visit.body.isEmpty ? [] : [HTTPHeader("Content-Type", "application/json")],
                    body: Array(filled(visit.body).utf8)
                )
            }
            func state() throws -> [JSONValue] {
                let numbered = "/api/portfolios/" + (numbers["PORTFOLIO"] ?? "")
                return try [
                    "/api/portfolios", numbered, numbered + "/balances", numbered + "/offsets",
                ].map { try fixture.send(.get, $0, token: token).result }
            }
            let before = try state()
            let bases = ["/api", "/api/v1"]
            for (name, visit) in visits.sorted(by: { $0.key < $1.key }) {
                for base in bases where base == "/api" || visit.path != "/portfolio/currencies" {
                    let answer = try send(visit, base: base, foreign)
                    #expect(answer.status == visit.foreign, "\(name): \(answer.text.prefix(300))")
                    #expect(!answer.text.contains("Secret"), "\(name)")
                    let isOpen =
                        visit.foreign == 200 && !["user", "portfolios"].contains(name)
                        && visit.method == .get
                    #expect(
                        try send(visit, base: base, nil).status == (isOpen ? 200 : 401),
                        "\(name) without a token"
                    )
                }
            }
            #expect(try state() == before)
            // The same requests are in order for the owner; what deletes comes last, portfolios at the very end.
            for (name, visit) in visits.sorted(by: { rank($0) < rank($1) }) {
                let answer = try send(visit, base: "/api", token)
                #expect(answer.status == visit.owner, "\(name): \(answer.text.prefix(300))")
            }
        }
    }

    private func rank(_ visit: (key: String, value: Visit)) -> String {
        let place = visit.value.method != .delete ? 0 : visit.key == "portfolio_delete" ? 2 : 1
        return "\(place)\(visit.key)"
    }

    @Test func `what lies in another portfolio of the same user is not found in this one`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let numbers = try seed(fixture, token, ["offset"])
            let id = try #require(numbers["OFFSET"])
            for path in ["", "/balances", "/txns", "/history"] {
                let answer = try fixture.get("/portfolios/1/offsets/\(id)\(path)", token: token)
                #expect(answer.status == 404, "\(path)")
            }
            let patched = try fixture.json(
                .patch,
                "/portfolios/1/offsets/\(id)",
                #"{"title":"x"}"#,
                token: token
            )
            #expect(patched.status == 404)
            #expect(try fixture.send(.delete, "/api/portfolios/1/offsets/\(id)", token: token).status == 404)
        }
    }
}

@Suite("Enterprise users")
private struct UserTests {
    @Test(arguments: CryptFolioRevision.allCases)
    func `an enterprise makes, changes and deletes its own users, and sees no others`(
        _ revision: CryptFolioRevision
    ) throws {
        try withFixture(revision) { (fixture) throws in
            let firm = try fixture.addUser("firm")
            try fixture.workspace.changeUser(firm, role: .enterprise)
            let token = try fixture.token(of: firm, [.admin])
            func expect(_ answer: Answer, _ name: String) throws {
                try Golden.expect(answer, is: "\(revision.rawValue)/\(name)")
            }
            try expect(
                fixture.form(
                    .post,
                    "/users/create",
                    "email=ada%40example.org&name=Ada&password=correct+horse",
                    token: token
                ),
                "user-create"
            )
            try expect(fixture.get("/users", token: token), "users")
            let id = try #require(
                try fixture.workspace.enterpriseUsers(of: firm).first?.number
            )
            try expect(
                fixture.json(.patch, "/users/\(id)", #"{"name":"Ada L."}"#, token: token),
                "user-update"
            )
            let taken = try fixture.json(
                .post,
                "/users/create",
                #"{"email":"ADA@example.org","name":"x","password":"correct horse"}"#,
                token: token
            )
            #expect(taken.status == 422)
            #expect(try taken.invalid == ["the e-mail address is taken"])
            let empty = try fixture.json(.post, "/users/create", "{}", token: token)
            #expect(
                try empty.invalid == [
                    "name can't be blank", "email can't be blank", "password can't be blank",
                ]
            )
            // The owner of the folder and the firm itself are not its users.
            for other in [fixture.owner.raw, firm.raw, 99] {
                let answer = try fixture.json(.patch, "/users/\(other)", #"{"name":"x"}"#, token: token)
                #expect(answer.status == 404)
                #expect(try fixture.send(.delete, "/api/users/\(other)", token: token).status == 404)
            }
            try expect(fixture.send(.delete, "/api/users/\(id)", token: token), "user-delete")
            #expect(try fixture.workspace.enterpriseUsers(of: firm).isEmpty)
        }
    }

    @Test func `a key holds for one password, which is kept only as slow to guess as the user's own hash`()
        throws
    {
        try withFixture { (fixture) throws in
            let token = try fixture.token([.admin])
            func send(_ password: String) throws -> Answer {
                try fixture.json(
                    .post,
                    "/users/create",
                    "{\"email\":\"a@example.org\",\"name\":\"a\",\"password\":\"\(password)\"}",
                    token: token,
                    headers: [HTTPHeader("Idempotency-Key", "k")]
                )
            }
            let first = try send("correct horse")
            #expect(first.status == 200 && !first.text.contains("correct"))
            let second = try send("correct horse")
            #expect(second.header("Idempotent-Replayed") == "true" && second.text == first.text)
            #expect(try send("another horse").status == 422)
            let id = try #require(try first.result["id"]?.integer)
            func change(_ password: String, _ key: String = "p") throws -> Answer {
                try fixture.json(
                    .patch,
                    "/users/\(id)",
                    "{\"password\":\"\(password)\"}",
                    token: token,
                    headers: [HTTPHeader("Idempotency-Key", key)]
                )
            }
            #expect(try change("battery staple").status == 200)
            let other = try change("staple battery")
            #expect(other.status == 422)
            #expect(try other.invalid == ["Idempotency-Key was used for another request; choose a new key"])
            #expect(try change("battery staple").header("Idempotent-Replayed") == "true")
            // What is kept tells not even that two requests set the same one.
            let hashes = try ["p", "q"].flatMap { key in
                try [fixture.owner, UserID(raw: 99)].map { user in
                    try fixture.workspace.retryHash(of: Secret("battery staple"), key: key, by: user)
                }
            }
            #expect(Set(hashes).count == 4 && hashes.allSatisfy { $0.utf8.count == 64 })
            // Long ones and such as JSON escapes fit as well.
            let long = String(repeating: "\\u0001", count: 1000)
            #expect(try change(long, "long").status == 200)
            #expect(try change(long, "long").header("Idempotent-Replayed") == "true")
            #expect(fixture.faults.all == [])
        }
    }
}
