import Crypto
import HTTPClient
import JSON
import Money
import TestSupport
import Testing
import Time
import VenueSupport
import Venues

@testable import Connectors

@Suite("Coinbase's API") private struct CoinbaseSourceTests {
    private static func transaction(_ number: Int) -> String {
        CoinbaseRows.transaction("t\(number)", "receive", "1.5", "BTC", at: "2024-01-02T10:00:00Z")
    }

    @Test(arguments: CoinbaseFixture.Sort.allCases)
    func `requests are signed as the venue checks them`(sort: CoinbaseFixture.Sort) throws {
        let it = try CoinbaseFixture(sort)
        it.venue.change { $0.wallets = [.init("w-btc", "BTC", balance: "1.5", [Self.transaction(1)])] }
        let wallets = try it.source.fetchWallets()
        #expect(wallets.map(\.id) == ["w-btc"])
        #expect(wallets.first?.asset == "btc")
        #expect(wallets.first?.balance?.description == "1.5")
        let page = try it.source.fetchPage(of: .ledger(wallets[0]), after: nil)
        #expect(page.rows.map(\.id) == ["t1"])
        _ = try it.source.fetchPage(of: .trades, after: nil)
        #expect(it.venue.faults == [])
        #expect(it.server.requests.count == 3)
    }

    @Test func `the token has the claims that the venue documents`() throws {
        let it = try CoinbaseFixture()
        _ = try it.source.fetchWallets()
        let header = try #require(it.server.requests.first?.header("authorization"))
        let parts = header.dropFirst(7).split(separator: ".").map(String.init)
        let head = try JSONReader.parse(try #require(Base64URL.decode(parts[0])))
        let claims = try JSONReader.parse(try #require(Base64URL.decode(parts[1])))
        #expect(head["alg"]?.string == "EdDSA")
        #expect(head["kid"]?.string == CoinbaseFixture.keyName)
        #expect(head["typ"]?.string == "JWT")
        #expect(head["nonce"]?.string?.count == 32)
        #expect(claims["iss"]?.string == "cdp")
        #expect(claims["sub"]?.string == CoinbaseFixture.keyName)
        #expect(claims["nbf"]?.integer == CoinbaseFixture.now.seconds)
        #expect(claims["exp"]?.integer == CoinbaseFixture.now.seconds + 120)
        #expect(claims["uri"]?.string == "GET 127.0.0.1:\(it.server.port)/v2/accounts")
    }

    @Test(arguments: CoinbaseFixture.Sort.allCases)
    func `a wrong key and a wrong clock are refused once`(sort: CoinbaseFixture.Sort) throws {
        let foreign = Base64.encode([UInt8](repeating: 7, count: 32))
        let wrongKey = try CoinbaseFixture(sort, secret: foreign)
        #expect(throws: ConnectorError.notAuthorized("Coinbase")) { try wrongKey.source.fetchWallets() }
        #expect(wrongKey.server.requests.count == 1)
        for skew in [121, -1] as [Int64] {
            let it = try CoinbaseFixture(sort, skew: skew)
            #expect(throws: ConnectorError.notAuthorized("Coinbase")) { try it.source.fetchWallets() }
            #expect(it.venue.faults == ["nbf or exp"])
        }
    }

    @Test func `a ledger is paged from the oldest on, behind any row`() throws {
        let it = try CoinbaseFixture()
        it.venue.change {
            $0.pageRows = 3
            $0.wallets = [.init("w-btc", "BTC", balance: "0", (1...8).map(Self.transaction))]
        }
        var ids: [String] = []
        var cursor: String?
        var pages = 0
        while true {
            let page = try it.source.fetchPage(of: .ledger(CoinbaseFixture.btc), after: cursor)
            ids += page.rows.map(\.id)
            cursor = page.cursor
            pages += 1
            if !page.hasMore { break }
        }
        #expect(ids == (1...8).map { "t\($0)" })
        #expect(pages == 3)
        #expect(cursor == "t8")
        let rest = try it.source.fetchPage(of: .ledger(CoinbaseFixture.btc), after: "t8")
        #expect(rest == ExchangePage(rows: [], cursor: "t8", hasMore: false))
        let middle = try it.source.fetchPage(of: .ledger(CoinbaseFixture.btc), after: "t5")
        #expect(middle.rows.map(\.id) == ["t6", "t7", "t8"])
        #expect(it.venue.faults == [])
    }

    @Test func `transfers are the deposits and withdrawals of a ledger, with its cursor`() throws {
        let it = try CoinbaseFixture()
        let staking = CoinbaseRows.transaction("s", "staking_reward", "1", "BTC", at: "2024-01-03T10:00:00Z")
        let sent = CoinbaseRows.transaction("o", "send", "-1", "BTC", at: "2024-01-04T10:00:00Z")
        it.venue.change {
            $0.wallets = [.init("w-btc", "BTC", balance: "0", [Self.transaction(1), staking, sent, staking])]
        }
        let page = try it.source.fetchPage(of: .transfers(CoinbaseFixture.btc), after: nil)
        #expect(page.rows.map(\.id) == ["t1", "o"])
        #expect(page.cursor == "s")
        #expect(
            it.source.fetchStreams(.ledger, of: [CoinbaseFixture.btc], known: .init()) == [
                .ledger(CoinbaseFixture.btc)
            ]
        )
    }

    @Test func `the list of wallets is paged and bounded`() throws {
        var limits = VenueLimits()
        limits.walletPagesMax = 3
        let it = try CoinbaseFixture(limits: limits)
        it.venue.change {
            $0.pageRows = 2
            $0.wallets = (1...6).map { .init("w\($0)", "BTC", balance: "0.\($0)") }
        }
        #expect(try it.source.fetchWallets().map(\.id) == (1...6).map { "w\($0)" })
        it.venue.change { $0.wallets.append(.init("w7", "BTC", balance: "0")) }
        #expect(throws: ConnectorError.malformed("the list of wallets has more than 3 pages")) {
            try it.source.fetchWallets()
        }
    }

    @Test func `fills are paged by the venue's cursor`() throws {
        let it = try CoinbaseFixture()
        it.venue.change {
            $0.pageRows = 2
            $0.fills = (1...5).map {
                CoinbaseRows.fill(
                    "f\($0)",
                    "BUY",
                    "0.1",
                    "BTC-USDC",
                    price: "60000",
                    commission: "3",
                    at: "2024-03-0\($0)T10:00:00Z"
                )
            }
        }
        let first = try it.source.fetchPage(of: .trades, after: nil)
        #expect(first.rows.map(\.id) == ["f1", "f2"])
        #expect(first.hasMore)
        let second = try it.source.fetchPage(of: .trades, after: first.cursor)
        let third = try it.source.fetchPage(of: .trades, after: second.cursor)
        #expect(third.rows.map(\.id) == ["f5"])
        #expect(!third.hasMore && third.cursor == nil)
    }

    // MARK: What goes wrong

    @Test func `when told to wait the client waits that long and signs anew`() throws {
        let it = try CoinbaseFixture()
        it.venue.change {
            $0.override = { number, _ in
                number < 2 ? .init(429, #"{"errors":[]}"#, headers: ["Retry-After: 7"]) : nil
            }
        }
        _ = try it.source.fetchWallets()
        #expect(it.waits.list == [7_000, 7_000])
        #expect(Set(it.server.requests.compactMap { $0.header("authorization") }).count == 3)
    }

    @Test func `a wait that is too long ends the reading with what the venue said`() throws {
        let it = try CoinbaseFixture()
        it.venue.change { $0.override = { _, _ in .init(429, "{}", headers: ["Retry-After: 3600"]) } }
        #expect(throws: ConnectorError.rateLimited(retryAfterSeconds: 3600)) {
            try it.source.fetchWallets()
        }
        #expect(it.waits.list == [])
    }

    @Test func `a failing server is tried again with growing waits, then given up`() throws {
        let it = try CoinbaseFixture()
        it.venue.change { $0.override = { _, _ in .init(500, "a stack trace") } }
        #expect(throws: ConnectorError.status(500, "")) { try it.source.fetchWallets() }
        #expect(it.server.requests.count == 4)
        #expect(it.waits.list == [500, 1_000, 2_000])
        it.venue.change { $0.override = { number, _ in number < 6 ? .init(503, "") : nil } }
        #expect(try it.source.fetchWallets() == [])
    }

    @Test(arguments: [301, 302, 307, 308])
    func `a redirect is refused and nothing is sent elsewhere`(status: Int) throws {
        let elsewhere = LoopbackServer { _ in .json("{}") }
        defer { elsewhere.stop() }
        let target = elsewhere.base + "/v2/accounts"
        let it = try CoinbaseFixture()
        it.venue.change { $0.override = { _, _ in .init(status, "", headers: ["Location: \(target)"]) } }
        #expect(throws: ConnectorError.malformed("a redirect, which is not followed")) {
            try it.source.fetchWallets()
        }
        #expect(elsewhere.requests.isEmpty)
    }

    @Test func `an address that an answer offers is never followed`() throws {
        let elsewhere = LoopbackServer { _ in .json("{}") }
        defer { elsewhere.stop() }
        let base = elsewhere.base
        let it = try CoinbaseFixture()
        let row = Self.transaction(1)
        it.venue.change {
            $0.wallets = [.init("w-btc", "BTC", balance: "0", [row])]
            $0.override = { number, _ in
                number > 0 ? nil : .init(200, #"{"pagination":{"next_uri":"\#(base)/x"},"data":[\#(row)]}"#)
            }
        }
        let page = try it.source.fetchPage(of: .ledger(CoinbaseFixture.btc), after: nil)
        #expect(page.hasMore)
        let next = try it.source.fetchPage(of: .ledger(CoinbaseFixture.btc), after: page.cursor)
        #expect(next.rows.isEmpty)
        #expect(elsewhere.requests.isEmpty)
        #expect(
            it.venue.targets.last == "/v2/accounts/w-btc/transactions?limit=100&starting_after=t1&order=asc"
        )
    }

    @Test func `a connection that breaks off is an error, and an endless answer ends at its limit`() throws {
        let cut = try CoinbaseFixture(raw: { _ in
            .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"data\":[".utf8))
        })
        #expect(throws: ConnectorError.self) { try cut.source.fetchWallets() }
        #expect(cut.server.requests.count == 4)
        let endless = try CoinbaseFixture(raw: { _ in
            .flood(
                Array("HTTP/1.1 200 OK\r\n\r\n{\"data\":[".utf8),
                piece: [UInt8](repeating: 0x20, count: 65_536),
                times: 10_000
            )
        })
        #expect(throws: ConnectorError.transport(.tooLarge(limit: 8 << 20))) {
            try endless.source.fetchWallets()
        }
    }

    static let hostile: [(String, String)] = [
        ("", "no JSON"), ("{", "no JSON"), ("[]", "data is no list"), ("null", "data is no list"),
        (#"{"data":{}}"#, "data is no list"), (#"{"data":"x"}"#, "data is no list"),
        (#"{"data":[],"data":[]}"#, "no JSON"), (#"{"data":[1]}"#, "id is no id"),
        (#"{"data":[{"id":""}]}"#, "id is no id"), (#"{"data":[{"id":"a b"}]}"#, "id is no id"),
        (#"{"data":[{"id":7}]}"#, "id is no id"),
        (#"{"data":[{"id":"a","created_at":"yesterday"}]}"#, "created_at is no instant"),
        (#"{"data":[{"id":"a","created_at":"2024-02-30T00:00:00Z"}]}"#, "created_at is no instant"),
        (#"{"data":[{"id":"a","created_at":"2024-02-01"}]}"#, "created_at is no instant"),
        (#"{"data":[{"id":"a","created_at":"2024-02-01T00:00:00Z"}]}"#, "type is no id"),
        (#"{"data":[{"id":"a","created_at":"2024-02-01T00:00:00Z","type":"buy"}]}"#, "amount is missing"),
        (#"{"data":[],"pagination":{"next_uri":"/x"}}"#, "pagination is one that goes on behind no row"),
        (#"{"data":[],"pagination":7}"#, "pagination is no object"),
        (String(repeating: "[", count: 100), "no JSON"),
    ]

    @Test(arguments: hostile)
    func `a hostile answer is refused by name`(body: String, words: String) throws {
        let it = try CoinbaseFixture()
        it.venue.change { $0.override = { _, _ in .init(200, body) } }
        do {
            _ = try it.source.fetchPage(of: .ledger(CoinbaseFixture.btc), after: nil)
            Issue.record("taken: \(body)")
        } catch {
            #expect(error.description.contains(words), "\(error)")
            #expect(error.description.utf8.count < 300)
        }
        #expect(it.server.requests.count == 1)
    }

    private static func row(amount: String) -> String {
        #"{"id":"a","created_at":"2024-02-01T00:00:00Z","type":"receive","amount":{"amount":\#(amount),"#
            + #""currency":"BTC"}}"#
    }

    static let amounts: [(String, String)] = [
        (#""1e-19""#, "more than 18 decimals"), (#""0.0000000000000000001""#, "more than 18 decimals"),
        (#""100000000000000000000""#, "10^20 or more"), (#""1e400""#, "10^20 or more"),
        (#""NaN""#, "no number"), (#""Infinity""#, "no number"), (#""""#, "no number"),
        (#""0x10""#, "no number"), (#""1,5""#, "no number"), (#""٣""#, "no number"), ("null", "no amount"),
        ("{}", "no amount"), ("true", "no amount"),
        (#""\#(String(repeating: "9", count: 200))""#, "no number that Coffer counts"),
    ]

    @Test(arguments: amounts)
    func `an amount that is none is refused with its row and field`(text: String, words: String) throws {
        let it = try CoinbaseFixture()
        let rows = Self.transaction(1) + "," + Self.row(amount: text)
        it.venue.change { $0.override = { _, _ in .init(200, #"{"data":[\#(rows)]}"#) } }
        do {
            _ = try it.source.fetchPage(of: .ledger(CoinbaseFixture.btc), after: nil)
            Issue.record("taken: \(text)")
        } catch {
            #expect(error.description.contains(words), "\(error)")
            #expect(error.description.contains("row 2 of the transactions of BTC: amount"), "\(error)")
        }
    }

    @Test(arguments: [
        "0.000000000000000001", "99999999999999999999.999999999999999999", "123456789.123456789123456789",
    ])
    func `amounts are taken digit for digit, in quotes or not`(text: String) throws {
        for shown in [text, "\"\(text)\""] {
            let it = try CoinbaseFixture()
            let row = Self.row(amount: shown)
            it.venue.change { $0.override = { _, _ in .init(200, #"{"data":[\#(row)]}"#) } }
            let page = try it.source.fetchPage(of: .ledger(CoinbaseFixture.btc), after: nil)
            guard case .event(let event) = page.rows.first?.content else {
                Issue.record("no event")
                continue
            }
            #expect(event.incoming?.amount.description == text)
        }
    }

    private static func refusal(_ rows: String, wallets: Bool, after: String? = nil) throws -> String {
        let it = try CoinbaseFixture()
        it.venue.change { $0.override = { _, _ in .init(200, #"{"data":[\#(rows)]}"#) } }
        do {
            if wallets {
                _ = try it.source.fetchWallets()
            } else {
                _ = try it.source.fetchPage(of: .ledger(CoinbaseFixture.btc), after: after)
            }
            return "taken"
        } catch {
            return error.description
        }
    }

    @Test func `lists that cannot be are refused`() throws {
        let many = (1...301).map(Self.transaction).joined(separator: ",")
        #expect(try Self.refusal(many, wallets: false).contains("a list of more than 300 rows"))
        let wallet = #"{"id":"w","currency":"BTC","balance":{"amount":"1","currency":"BTC"}}"#
        #expect(try Self.refusal(wallet + "," + wallet, wallets: true).contains("one that was there already"))
        let path = #"{"id":"../v2/user","currency":"BTC","balance":{"amount":"1","currency":"BTC"}}"#
        #expect(try Self.refusal(path, wallets: true).contains("no id of a wallet"))
        let mixed = #"{"id":"w","currency":"BTC","balance":{"amount":"1","currency":"ETH"}}"#
        #expect(try Self.refusal(mixed, wallets: true).contains("in another currency"))
        let foreign = CoinbaseRows.transaction("a", "buy", "1", "ETH", at: "2024-01-02T10:00:00Z")
        #expect(try Self.refusal(foreign, wallets: false).contains("not in the wallet's currency"))
        // A page that begins with the row that it was to begin behind would never end.
        let same = Self.transaction(9)
        #expect(try Self.refusal(same, wallets: false, after: "t9").contains("the page begins behind"))
    }

    @Test(arguments: [
        "https://api.coinbase.com/", "https://api.coinbase.com/v2", "ftp://api.coinbase.com",
        "api.coinbase.com", "https://user@api.coinbase.com", "https://", "https://a?b", "https://a#b",
        "https://a\n",
    ])
    func `an address of another form is refused`(base: String) throws {
        #expect(VenueAddress.host(of: base) == nil)
        #expect(VenueAddress.host(of: CoinbaseSource.standardURL) == "api.coinbase.com")
    }

    @Test func `credentials refuse what is none and show nothing`() throws {
        let seed = Base64.encode([UInt8](repeating: 1, count: 32))
        for name in ["", "a b", "a\nb", "ä", String(repeating: "a", count: 257), "a\"b"] {
            #expect(throws: CoinbaseCredentialsError.keyName) {
                try CoinbaseCredentials(keyName: name, secret: Secret(seed))
            }
        }
        #expect(throws: CoinbaseCredentialsError.secret(.notAKey)) {
            try CoinbaseCredentials(keyName: "a", secret: Secret("canary"))
        }
        let credentials = try CoinbaseCredentials(keyName: "a", secret: Secret(seed))
        #expect(!String(reflecting: credentials).contains(seed))
        let token = credentials.token(method: "GET", host: "h", path: "/", now: CoinbaseFixture.now)
        #expect("\(token)" == "***")
    }
}
