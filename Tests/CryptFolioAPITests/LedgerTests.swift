import Chains
import Connectors
import CryptFolioAPI
import Crypto
import HTTPServer
import JSON
import Ledger
import Money
import Testing
import Time
import VenueSupport

@testable import Services

/// Answers over a ledger that has something in it, and what nothing was read of yet.
@Suite("CryptFolio's answers with data")
private struct LedgerTests {
    private static let chainURL = "https://chain.example/api"
    private static let address = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"

    private static let header =
        "time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,account,to_account,exchange,reference\n"

    /// Purchases, a sale, income, a transfer and a withdrawal with digits down to the last unit.
    private static let history =
        header + """
            2018-01-15T09:00:00Z,deposit,5000,USD,,,,,Kraken,,Kraken,d-1
            2018-01-16T10:00:00Z,trade,0.1,BTC,1100.55,USD,2.25,USD,Kraken,,Kraken,t-1
            2018-01-17T11:30:00Z,trade,0.3,BTC,3000,USD,0.000000000000000001,BTC,Kraken,,Kraken,t-2
            2018-01-18T12:00:00Z,staking,0.000000000000000007,ETH,,,,,Kraken,,Kraken,
            2018-01-19T13:00:00Z,trade,1300,USD,0.12345678,BTC,1.3,USD,Kraken,,Kraken,t-3
            2018-01-20T14:00:00Z,transfer,,,0.05,BTC,0.0005,BTC,Kraken,Vault,,m-1
            2018-01-21T15:00:00Z,withdrawal,,,250,USD,5,USD,Kraken,,Kraken,w-1

            """

    private static let prices = """
        date,asset,price_usd
        2018-01-14,BTC,14000.5
        2018-01-16,BTC,11188.6
        2018-01-18,BTC,11296.4
        2018-01-20,BTC,12858.9
        2018-01-21,BTC,11467.5
        2018-01-21,ETH,1049.58

        """

    /// Hands out a text once, as a source of bytes does.
    private static func source(_ text: String) -> () throws -> [UInt8]? {
        var rest: [UInt8]? = Array(text.utf8)
        return {
            defer { rest = nil }
            return rest
        }
    }

    private static func importText(_ text: String, _ fixture: Fixture) throws {
        let outcome = try fixture.workspace.importFile(
            ImportRequest(
                user: fixture.owner,
                fileName: "a.csv",
                account: nil,
                isDryRun: false,
                isPartial: false
            ),
            source: { source(text) },
            progress: { _, _ in }
        )
        #expect(outcome.inserted == text.split(separator: "\n").count - 1)
    }

    private static func importPrices(_ fixture: Fixture) throws {
        _ = try fixture.workspace.importPrices(
            from: { source(prices) },
            source: "test",
            progress: { _, _ in }
        )
    }

    /// The number of an account by its name.
    private static func account(_ title: String, _ fixture: Fixture) throws -> UInt32 {
        let all = try fixture.workspace.trackedPortfolios(of: fixture.owner).flatMap(\.accounts)
        return try #require(all.first { $0.title == title }?.id.raw)
    }

    @Test(arguments: CryptFolioRevision.allCases)
    func `sums, histories and inventory over a ledger are answered as recorded`(
        _ revision: CryptFolioRevision
    ) throws {
        try withFixture(revision) { (fixture) throws in
            try Self.importText(Self.history, fixture)
            try Self.importPrices(fixture)
            let token = try fixture.token()
            let codes = #"{"currencies":["btc","eth","eur","usd"]}"#
            #expect(try fixture.json(.patch, "/portfolios/1", codes, token: token).status == 200)
            let kraken = try Self.account("Kraken", fixture)
            let vault = try Self.account("Vault", fixture)
            for (path, name) in [
                ("", "portfolio"), ("/balances", "balances"), ("/balances/btc", "balance"),
                ("/balances/history", "balances-history"), ("/balances/btc/history", "balance-history"),
                ("/converted", "converted"), ("/converted/history", "converted-history"),
                ("/inventory", "inventory"), ("/accounts/\(kraken)/balances", "account-balances"),
                ("/accounts/\(kraken)/txns", "account-txns"),
                ("/accounts/\(kraken)/txns?limit=2&offset=1", "account-txns-page"),
                ("/accounts/\(kraken)/history", "account-history"),
                ("/accounts/\(vault)/txns", "vault-txns"), ("/accounts/\(vault)/history", "vault-history"),
            ] {
                try Golden.expect(
                    fixture.get("/portfolios/1" + path, token: token),
                    is: "\(revision.rawValue)/ledger/\(name)"
                )
            }
            #expect(fixture.faults.all == [])
        }
    }

    @Test(arguments: CryptFolioRevision.allCases)
    func `transactions of each kind are answered as recorded`(_ revision: CryptFolioRevision) throws {
        var text = Self.header
        for (place, kind) in EntryKind.allCases.enumerated() {
            let rule = kind.rule
            let time = "2018-01-20T\(place / 60 + 10):\(place % 60 + 10 > 59 ? 59 : place % 60 + 10):00Z"
            let isBoth = rule.incoming == .optional && rule.outgoing == .optional
            let hasIn = rule.incoming == .required || isBoth
            let hasOut = rule.outgoing == .required || isBoth || kind == .fee
            let fee = rule.incoming == .required && rule.outgoing == .forbidden ? "," : "0.1,EUR"
            let into = kind == .transfer ? "," : hasIn ? "\(place + 1).5,BTC" : ","
            let out = hasOut ? "\(place + 1).25,USD" : ","
            text +=
                "\(time),\(rule.name),\(into),\(out),\(fee),A,\(kind == .transfer ? "B" : ""),,k-\(place)\n"
        }
        try withFixture(revision) { (fixture) throws in
            try Self.importText(text, fixture)
            let token = try fixture.token()
            let path = "/portfolios/1/accounts/\(try Self.account("A", fixture))"
            let answer = try fixture.get(path + "/txns", token: token)
            try Golden.expect(answer, is: "\(revision.rawValue)/ledger/txns-of-each-kind")
            let list = try answer.result
            let rows = try #require((list["txns"] ?? list).array)
            // Every entry is there, and what the rows come to is what is held.
            let references = Set(rows.compactMap { $0["reference"]?.string })
            #expect(references == Set(EntryKind.allCases.indices.map { "k-\($0)" }))
            func sums(_ rows: [JSONValue], _ change: (JSONValue) throws -> Amount) throws -> [String: Amount]
            {
                var sums: [String: Amount] = [:]
                for row in rows {
                    let code = row["currency"]?.string ?? row["currency"]?["code"]?.string ?? ""
                    sums[code] = try (sums[code] ?? .zero).adding(try change(row))
                }
                return sums.filter { !$0.value.isZero }
            }
            func amount(_ row: JSONValue, _ key: String) throws -> Amount {
                try row[key]?.string.map { try Amount.parse($0) } ?? .zero
            }
            let moved = try sums(rows) { try amount($0, "delta").subtracting(try amount($0, "fee")) }
            let held = try fixture.get(path + "/balances", token: token).result
            let stated = try sums(try #require((held["balances"] ?? held).array)) {
                try amount($0, "balance")
            }
            #expect(moved == stated)
        }
    }

    @Test(arguments: CryptFolioRevision.allCases)
    func `an address is not ready before its first reading, and has everything after it`(
        _ revision: CryptFolioRevision
    ) throws {
        let chain = EsploraChain()
        try withFixture(
            revision,
            change: { configuration, _ in
                configuration.chains.urls[.bitcoin] = Self.chainURL
                configuration.chains.transport = chain.transport(base: Self.chainURL)
                // So short that chance adds nothing to it.
                configuration.chains.refreshEverySeconds = 9
                configuration.chains.clock = PaceClock(now: { 0 }, sleep: { _ in }, random: { 7 })
            }
        ) { (fixture) throws in
            fixture.clock.advance(seconds: 194_700_000)
            chain.receive(Self.address, 1_231_761)
            chain.mine(200)
            chain.send(from: Self.address, spending: 1_231_761, paying: 231_761)
            chain.mine(2)
            let token = try fixture.token()
            for address in [Self.address, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3"] {
                let body = #"{"title":"Mine","address":"\#(address)","currency":"btc"}"#
                #expect(try fixture.json(.post, "/portfolios/1/addresses", body, token: token).status == 200)
            }
            func expect(_ state: String, _ paths: [String], of number: Int) throws {
                for path in paths {
                    try Golden.expect(
                        fixture.get("/portfolios/1/addresses/\(number)" + path, token: token),
                        is: "\(revision.rawValue)/ledger/address\(path.replacing("/", with: "-"))-\(state)"
                    )
                }
            }
            let all = ["", "/balances", "/txns", "/history"]
            try expect("not-ready", all, of: 1)
            // One that is none of its chain has nothing to wait for.
            try expect("invalid", all, of: 2)
            let twin = try fixture.get("/portfolios/1/addresses/1/transactions", token: token)
            #expect(twin.status == 503 && twin.header("Retry-After") == "2")
            #expect(try fixture.workspace.refreshAddresses(of: fixture.owner).count == 2)
            try expect("ready", all, of: 1)
            try expect("invalid", all, of: 2)
            #expect(fixture.faults.all == [])
        }
    }

    @Test(arguments: CryptFolioRevision.allCases)
    func `a connected account is not ready before its first reading, unless files filled it`(
        _ revision: CryptFolioRevision
    ) throws {
        try withFixture(revision) { (fixture) throws in
            try Self.importText(Self.history, fixture)
            let token = try fixture.token()
            let secret = Base64.encode(Array(0..<64))
            func connect(_ title: String) throws -> Answer {
                try fixture.json(
                    .post,
                    "/portfolios/1/accounts",
                    #"{"title":"\#(title)","type":"kraken","key":"kqw5x0Bf5mL5ZYQm1234","secret":"\#(secret)"}"#,
                    token: token
                )
            }
            let made = try connect("New")
            let id = try #require(try made.result["id"]?.integer)
            #expect(try made.result["is_invalid"]?.bool ?? !(made.result["valid"]?.bool ?? false) == false)
            for part in ["balances", "txns", "transactions", "history"] {
                let answer = try fixture.get("/portfolios/1/accounts/\(id)/\(part)", token: token)
                try Golden.expect(answer, is: "\(revision.rawValue)/ledger/account-not-ready")
            }
            // What is known of the account stays visible while the venue was not read.
            let filled = try #require(try connect("Kraken").result["id"]?.integer)
            #expect(filled == Int64(try Self.account("Kraken", fixture)))
            for part in ["balances", "txns", "history"] {
                let answer = try fixture.get("/portfolios/1/accounts/\(filled)/\(part)", token: token)
                #expect(answer.status == 200, "\(answer.text)")
            }
            // Without keys there is nothing to wait for.
            let none = try fixture.json(
                .post,
                "/portfolios/1/accounts",
                #"{"title":"None","type":"kraken"}"#,
                token: token
            )
            let bare = try #require(try none.result["id"]?.integer)
            #expect(try fixture.get("/portfolios/1/accounts/\(bare)/balances", token: token).status == 200)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a hundred thousand transactions come whole, and in parts that are the same`() throws {
        let count = 100_000
        var text = "time,kind,in_amount,in_asset,account\n"
        for place in 0..<count {
            text += "\(Timestamp(seconds: 1_400_000_000 + Int64(place))),deposit,\(place + 1),USD,A\n"
        }
        try withFixture { (fixture) throws in
            try Self.importText(text, fixture)
            let token = try fixture.token()
            let path = "/portfolios/1/accounts/\(try Self.account("A", fixture))/txns"
            let started = ContinuousClock.now
            let whole = fixture.application.respond(
                .get,
                "/api" + path,
                headers: [HTTPHeader("Authorization", "Bearer " + token)]
            )
            #expect(whole.status == 200)
            // Linear: far below this on the slowest machine, without optimisation.
            #expect(started.duration(to: .now) < .seconds(60))
            let key = Array(#""delta":""#.utf8)
            var (rows, start) = (0, 0)
            var digits: [UInt8] = []
            let bytes = whole.body
            while start + key.count < bytes.count {
                guard bytes[start] == key[0], bytes[start..<(start + key.count)].elementsEqual(key) else {
                    start += 1
                    continue
                }
                start += key.count
                if rows == 0 || rows == count - 1 {
                    digits += bytes[start...].prefix { $0 != UInt8(ascii: ".") } + [UInt8(ascii: " ")]
                }
                rows += 1
            }
            #expect(rows == count)
            #expect(String(decoding: digits, as: UTF8.self) == "\(count) 1 ")
            let middle = try fixture.get(path + "?offset=50000&limit=3", token: token).result
            #expect(
                middle["txns"]?.array?.compactMap { $0["delta"]?.string } == [
                    "50000.0", "49999.0", "49998.0",
                ]
            )
            let last = try fixture.get(path + "?offset=99999", token: token).result
            #expect(last["txns"]?.array?.compactMap { $0["delta"]?.string } == ["1.0"])
            #expect(
                try fixture.get(path + "?offset=100000", token: token).result["txns"]?.array?.isEmpty == true
            )
        }
    }

    @Test func `parts of a list that cannot be are refused in words`() throws {
        try withFixture { (fixture) throws in
            try Self.importText(Self.history, fixture)
            let token = try fixture.token()
            let path = "/portfolios/1/accounts/\(try Self.account("Kraken", fixture))/txns?"
            for query in [
                "limit=0", "limit=", "limit=-1", "limit=1.5", "limit=1000000001", "limit=%2B1", "limit=1e1",
            ] {
                let answer = try fixture.get(path + query, token: token)
                #expect(answer.status == 422, "\(query)")
                #expect(try answer.invalid == ["limit must be a whole number from 1 to 1000000000"])
            }
            for query in ["offset=-1", "offset=x", "offset=99999999999999999999"] {
                let answer = try fixture.get(path + query, token: token)
                #expect(try answer.invalid == ["offset must be a whole number from 0 to 1000000000"])
            }
            let all = try fixture.get(path, token: token).result
            let parts = try (0..<12).flatMap { place in
                try fixture.get(path + "limit=1&offset=\(place)", token: token).result["txns"]?.array ?? []
            }
            #expect(parts == all["txns"]?.array)
        }
    }
}

/// What requests of generated documents found.
@Suite("CryptFolio's writes, however odd")
private struct OddWriteTests {
    @Test func `a multipart form has as many elements as any other form`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            func send(_ codes: [String]) throws -> Answer {
                let parts = ([("title", "x")] + codes.map { ("currencies[]", $0) }).map { name, value in
                    "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
                }
                return try fixture.send(
                    .post,
                    "/api/portfolios",
                    token: token,
                    headers: [HTTPHeader("Content-Type", "multipart/form-data; boundary=b")],
                    body: Array((parts.joined() + "--b--\r\n").utf8)
                )
            }
            let known = Array(AssetRegistry.builtIn.all.map(\.code).prefix(100))
            #expect(known.count == 100)
            let most = try send(known)
            #expect(most.status == 200, "\(most.text)")
            #expect(try most.result["currencies"]?.array?.count == 100)
            let more = try send(AssetRegistry.builtIn.all.map(\.code).prefix(101).map { $0 })
            #expect(more.status == 422 && more.text.contains("at most 100 reporting currencies"))
            let beyond = try send(Array(repeating: "btc", count: 10_000))
            #expect(beyond.status == 413, "\(beyond.text)")
        }
    }

    @Test func `a key that was used in one revision is refused in the other, whose forms differ`() throws {
        try withFixture(.r2018_01) { (fixture) throws in
            let token = try fixture.token()
            let other = CryptFolioAPI(
                workspace: fixture.workspace,
                workers: fixture.workers,
                revision: .r2019_03,
                rates: nil,
                publicRates: nil
            )
            let beside = HTTPApplication(routers: [other.router])
            let body = #"{"title":"x","currencies":["btc"]}"#
            let key = HTTPHeader("Idempotency-Key", "k")
            let first = try fixture.json(.post, "/portfolios", body, token: token, headers: [key])
            #expect(first.status == 200)
            let second = beside.respond(
                .post,
                "/api/portfolios",
                headers: [
                    key, HTTPHeader("Authorization", "Bearer " + token),
                    HTTPHeader("Content-Type", "application/json"),
                ],
                body: Array(body.utf8)
            )
            #expect(second.status == 422)
            #expect(String(decoding: second.body, as: UTF8.self).contains("used for another request"))
            #expect(try fixture.get("/portfolios", token: token).result.array?.count == 2)
        }
    }

    @Test func `a password that can be none is refused whatever its key was used for`() throws {
        try withFixture { (fixture) throws in
            let admin = try fixture.workspace.addUser(
                email: "admin@example.org",
                name: "admin",
                isAdmin: true,
                password: Secret("correct horse battery")
            )
            let token = try fixture.token(of: admin.id, [.read, .write, .delete, .admin])
            func make(_ password: String) throws -> Answer {
                try fixture.json(
                    .post,
                    "/users/create",
                    #"{"name":"Ada","email":"ada@example.org","password":"\#(password)"}"#,
                    token: token,
                    headers: [HTTPHeader("Idempotency-Key", "k")]
                )
            }
            #expect(try make("correct horse battery").status == 200)
            let long = try make(String(repeating: "x", count: 1025))
            #expect(long.status == 422)
            #expect(try long.invalid.first?.contains("too long") == true, "\(long.text)")
            #expect(try make("short").status == 422)
            #expect(try make("correct horse battery").header("Idempotent-Replayed") == "true")
        }
    }
}
