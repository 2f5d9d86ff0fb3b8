import Crypto
import HTTPClient
import Money
import TestSupport
import Testing
import Time
import VenueSupport
import Venues

@testable import Connectors

/// A stand-in for Binance.US behind a real socket, and a source that reads it.
private final class BinanceUSFixture: Sendable {
    let venue: BinanceUSVenue
    let server: LoopbackServer
    let source: BinanceUSSource
    let waits = CoinbaseFixture.Waits()

    /// The key and secret of the example in Binance's documentation of signed requests.
    static let key = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
    static let secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
    static let now = Timestamp(seconds: 1_718_000_000)
    static var nowMilliseconds: Int64 { now.seconds * 1_000 }

    init(
        key: String = BinanceUSFixture.key,
        secret: String = BinanceUSFixture.secret,
        raw: (@Sendable (String) -> LoopbackServer.Reply?)? = nil
    ) throws {
        let venue = BinanceUSVenue(key: Self.key, secret: Self.secret, now: { Self.nowMilliseconds })
        server = LoopbackServer { request in
            if let reply = raw?(request.path) { return reply }
            let answer = venue.answer(
                VenueRequest(
                    method: request.method,
                    target: request.target,
                    host: request.header("host") ?? "",
                    headers: Dictionary(
                        request.headers.map { ($0.name, $0.value) },
                        uniquingKeysWith: { $1 }
                    ),
                    body: request.body
                )
            )
            let lines = ["Content-Type: application/json"] + answer.headers
            return .answer(answer.status, lines, Array(answer.body.utf8))
        }
        let waits = waits
        source = try BinanceUSSource(
            BinanceUSCredentials(VenueCredentials(key: key, secret: Secret(secret))),
            client: PacedClient(
                try CurlTransport(baseURLs: [server.base], version: "1"),
                pacing: Pacing(gapMilliseconds: 0, attempts: 4, firstWaitMilliseconds: 1_000),
                clock: PaceClock(now: { 0 }, sleep: { waits.add($0) }, random: { 0 })
            ),
            baseURL: server.base,
            offset: ClockOffset(),
            now: { Self.now }
        )
        self.venue = venue
        venue.change {
            $0.symbols = [("BTCUSD", "BTC", "USD"), ("ETHBTC", "ETH", "BTC"), ("XLMBNB", "XLM", "BNB")]
        }
    }

    deinit { server.stop() }

    static func stream(_ key: String) -> ExchangeStream { .list(key: key, name: key) }

    static func fill(_ id: Int64) -> BinanceUSVenue.Fill {
        BinanceUSJSON.fill(
            "BTCUSD",
            id,
            at: 1_600_000_000_000 + id * 1_000,
            qty: "0.5",
            quoteQty: "100",
            price: "200",
            commission: "0.25",
            "BNB",
            isBuyer: true
        )
    }

    /// Reads a stream to its end; the rows in their order, the pages and the last cursor.
    func all(
        _ key: String,
        after start: String? = nil
    ) throws -> (rows: [ExchangeRow], pages: Int, cursor: String?) {
        var (rows, pages, cursor) = ([ExchangeRow](), 0, start)
        while pages < 400 {
            let page = try source.fetchPage(of: Self.stream(key), after: cursor)
            rows += page.rows
            cursor = page.cursor
            pages += 1
            if !page.hasMore { break }
        }
        return (rows, pages, cursor)
    }
}

@Suite("Binance.US's API") private struct BinanceUSSourceTests {
    // MARK: Credentials

    /// Source: Binance's API documentation, "SIGNED Endpoint Examples for POST /api/v3/order", example 1.
    @Test func `the signature of the documentation's example comes out`() throws {
        let credentials = try BinanceUSCredentials(
            VenueCredentials(key: BinanceUSFixture.key, secret: Secret(BinanceUSFixture.secret))
        )
        let query =
            "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000"
            + "&timestamp=1499827319559"
        #expect(
            credentials.signature(query)
                == "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"
        )
    }

    @Test(arguments: [
        "", "short", "with blanks in the middle of it all, and long", String(repeating: "a", count: 257),
    ])
    func `texts of another form are refused and not repeated`(text: String) {
        for (key, secret) in [(text, BinanceUSFixture.secret), (BinanceUSFixture.key, text)] {
            do {
                _ = try BinanceUSCredentials(VenueCredentials(key: key, secret: Secret(secret)))
                Issue.record("was taken")
            } catch {
                #expect(text.isEmpty || !String(reflecting: error).contains(text))
            }
        }
    }

    // MARK: Requests

    @Test func `requests are signed and timed as the venue checks them`() throws {
        let it = try BinanceUSFixture()
        it.venue.change {
            $0.balances = [("BTC", "1.5", "0.5"), ("USD", "3", "0"), ("DOGE", "0", "0")]
            $0.fills["BTCUSD"] = [BinanceUSFixture.fill(7)]
        }
        let wallets = try it.source.fetchWallets()
        #expect(wallets.map(\.asset) == ["btc", "usd", "doge"])
        #expect(wallets.map { $0.balance?.description } == ["2", "3", "0"])
        let row = try #require(try it.all("fills:BTCUSD").rows.first)
        guard case .event(let event) = row.content else {
            Issue.record("\(row)")
            return
        }
        #expect(event.id == "BTCUSD-49-7")
        #expect(event.incoming?.amount.description == "0.5")
        #expect(event.outgoing == ExchangeMoney(amount: Amount(whole: 100), asset: "usd"))
        #expect(event.fee?.asset == "bnb")
        #expect(event.value == event.outgoing)
        #expect(event.time.description == "2020-09-13T12:26:47Z")
        #expect(it.venue.faults == [])
    }

    @Test(arguments: [7_000, -7_000, 86_400_000] as [Int64])
    func `a clock that differs is set by the venue's own, once`(ahead: Int64) throws {
        let it = try BinanceUSFixture()
        it.venue.change { $0.ahead = ahead }
        _ = try it.source.fetchWallets()
        #expect(it.venue.asked == ["/api/v3/account", "/api/v3/time", "/api/v3/account"])
        _ = try it.source.fetchWallets()
        #expect(it.venue.asked.count == 4)
        #expect(it.venue.faults.count == 1)
    }

    @Test func `a time that stays wrong is told`() throws {
        let it = try BinanceUSFixture()
        it.venue.change {
            $0.override = { _, path in
                path.hasSuffix("account") ? BinanceUSVenue.error(-1021, "Timestamp") : nil
            }
        }
        let error = #expect(throws: ConnectorError.self) { try it.source.fetchWallets() }
        #expect(error?.description.contains("time is wrong") == true)
        #expect(it.server.requests.count == 3)
    }

    @Test func `wrong keys are refused once, with what is wrong`() throws {
        let other = String(BinanceUSFixture.secret.reversed())
        let signature = try BinanceUSFixture(secret: other)
        #expect(throws: ConnectorError.notAuthorized("Binance.US")) { try signature.source.fetchWallets() }
        #expect(signature.server.requests.count == 1)
        let key = try BinanceUSFixture(key: String(BinanceUSFixture.key.reversed()))
        let error = #expect(throws: ConnectorError.self) { try key.source.fetchWallets() }
        #expect(error?.concernsCredentials == true)
        #expect(key.server.requests.count == 1)
    }

    @Test(arguments: [
        (400, -2014, ConnectorError.notAuthorized("Binance.US"), 1),
        (429, -1003, .rateLimited(retryAfterSeconds: 9), 4),
        (400, -1003, .rateLimited(retryAfterSeconds: 9), 1),
        (418, -1003, .rateLimited(retryAfterSeconds: 9), 1), (503, -1000, .status(503, ""), 4),
        (400, -1000, .status(503, "Binance.US is not available"), 1),
        (400, -1121, .unknown("Binance.US refuses the request with error -1121"), 1),
    ])
    func `errors are what the venue documents`(
        status: Int,
        code: Int,
        error: ConnectorError,
        tries: Int
    ) throws {
        let it = try BinanceUSFixture()
        it.venue.change {
            $0.override = { _, _ in
                BinanceUSVenue.error(code, "canary", status: status, headers: ["Retry-After: 9"])
            }
        }
        #expect(throws: error) { try it.source.fetchWallets() }
        #expect(it.server.requests.count == tries)
        #expect(!error.description.contains("canary"))
    }

    // MARK: Paging

    @Test(arguments: [0, 1, 999, 1_000, 1_001, 2_500])
    func `trades of any number are read once, and go on behind the last`(count: Int) throws {
        let it = try BinanceUSFixture()
        it.venue.change { $0.fills["BTCUSD"] = (0..<count).map { BinanceUSFixture.fill(Int64($0) * 3 + 10) } }
        let read = try it.all("fills:BTCUSD")
        #expect(read.rows.map(\.id) == (0..<count).map { "BTCUSD-\(($0 * 3 + 10) * 7)-\($0 * 3 + 10)" })
        #expect(read.pages == count / 1_000 + 1)
        it.venue.change { $0.fills["BTCUSD", default: []].append(BinanceUSFixture.fill(9_000_000)) }
        #expect(try it.all("fills:BTCUSD", after: read.cursor).rows.map(\.id) == ["BTCUSD-63000000-9000000"])
    }

    @Test func `trades that were there already are a fault`() throws {
        let row = BinanceUSFixture.fill(5).json
        let info = #"{"symbols":[{"symbol":"BTCUSD","baseAsset":"BTC","quoteAsset":"USD"}]}"#
        let it = try BinanceUSFixture(raw: { path in
            path.hasSuffix("exchangeInfo") ? .json(info) : .json("[\(row)]")
        })
        let page = try it.source.fetchPage(of: BinanceUSFixture.stream("fills:BTCUSD"), after: nil)
        #expect(page.cursor == "6")
        // The same page again, behind it.
        let error = #expect(throws: ConnectorError.self) {
            try it.source.fetchPage(of: BinanceUSFixture.stream("fills:BTCUSD"), after: page.cursor)
        }
        #expect(error?.description.contains("id is below the one that was asked for") == true)
        let twice = try BinanceUSFixture(raw: { path in
            path.hasSuffix("exchangeInfo") ? .json(info) : .json("[\(row),\(row)]")
        })
        #expect(throws: ConnectorError.self) { try twice.all("fills:BTCUSD") }
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `lists by spans of time give every row once, however full a span is`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let it = try BinanceUSFixture()
        var time: Int64 = 1_570_000_000_000
        var rows: [BinanceUSVenue.Row] = []
        for number in 0..<Int.random(in: 0...1_600, using: &random) {
            // Years without any, then many within a day.
            time +=
                Int.random(in: 0...99, using: &random) == 0
                ? 5_000_000_000 : Int64.random(in: 1...90_000, using: &random)
            guard time < BinanceUSFixture.nowMilliseconds else { break }
            rows.append(BinanceUSJSON.distribution("FLR", "1", "airdrop", id: Int64(number), at: time))
        }
        let content = rows
        it.venue.change { $0.distributions = content }
        let read = try it.all("distributions")
        #expect(read.rows.count == content.count)
        #expect(Set(read.rows.map(\.id)).count == content.count)
        #expect(read.rows.map(\.time) == read.rows.map(\.time).sorted())
        #expect(it.venue.faults == [])
        // From any row on: nothing is lost behind it.
        if let place = content.indices.randomElement(using: &random) {
            let rest = try it.all("distributions", after: read.rows[place].cursor)
            #expect(Set(rest.rows.map(\.id)).isSuperset(of: read.rows[(place + 1)...].map(\.id)))
        }
        let last = try it.all("distributions", after: read.cursor)
        #expect(last.pages == 1)
    }

    @Test func `more rows of one second than an answer holds are told`() throws {
        let it = try BinanceUSFixture()
        it.venue.change {
            $0.distributions = (0..<501).map {
                BinanceUSJSON.distribution("FLR", "1", "airdrop", id: Int64($0), at: 1_600_000_000_000)
            }
        }
        #expect(throws: ConnectorError.malformed("more than 500 rows within a second")) {
            try it.all("distributions")
        }
    }

    @Test(arguments: [1, 3, 1_000])
    func `bank transfers are read page by page, whatever a page holds`(pageRows: Int) throws {
        let it = try BinanceUSFixture()
        it.venue.change {
            $0.pageRows = pageRows
            $0.fiatDeposits = (0..<7).map {
                BinanceUSJSON.fiat("o\($0)", "10", fee: "1", at: 1_600_000_000_000 + Int64($0) * 60_000)
            }
        }
        #expect(try it.all("fiat.deposits").rows.map(\.id) == (0..<7).map { "o\($0)" })
    }

    @Test func `states are read as documented, and equal rows stay two`() throws {
        let it = try BinanceUSFixture()
        let at: Int64 = 1_717_000_000_000
        it.venue.change {
            $0.deposits["ETH"] = [
                BinanceUSJSON.deposit("ETH", "1", tx: "0xa", at: at),
                BinanceUSJSON.deposit("ETH", "1", tx: "0xa", at: at),
                BinanceUSJSON.deposit("ETH", "2", tx: "", at: at + 1),
                BinanceUSJSON.deposit("ETH", "3", tx: "0xc", at: at + 2, status: 0),
                BinanceUSJSON.deposit("ETH", "4", tx: "0xd", at: at + 3, status: 6),
            ]
            $0.withdrawals["ETH"] = (0...6).map {
                BinanceUSJSON.withdrawal(
                    "ETH",
                    "1",
                    fee: "0.1",
                    id: "w\($0)",
                    at: 1_645_155_364_000 + Int64($0),
                    "2022-02-18 03:36:04",
                    status: $0
                )
            }
        }
        let deposits = try it.all("deposits:eth").rows
        #expect(deposits.map(\.id) == ["0xa", "0xa#2", "deposit-eth-1717000000001-2", "0xc", "0xd"])
        #expect(deposits.map { $0.content == .pending } == [false, false, false, true, false])
        let withdrawals = try it.all("withdrawals:eth").rows
        #expect(withdrawals.filter { $0.content == .pending }.map(\.id) == ["w0", "w2", "w4"])
        #expect(withdrawals.filter { $0.content == .nothing }.map(\.id) == ["w1", "w3", "w5"])
        guard case .event(let event)? = withdrawals.last?.content else {
            Issue.record("\(withdrawals)")
            return
        }
        #expect(event.outgoing?.amount.description == "1")
        #expect(event.fee?.amount.description == "0.1")
        #expect(event.time.description == "2022-02-18T03:36:04Z")
    }

    @Test func `pairs are asked of what is held, was held or was asked before, others once a day`() throws {
        let it = try BinanceUSFixture()
        func keys(_ wallets: [ExchangeWallet], _ known: ExchangeKnowledge) throws -> [String] {
            try it.source.fetchStreams(.ledger, of: wallets, known: known).map(\.key).filter {
                $0.contains(":")
            }
        }
        #expect(try keys([], .init()) == [])
        let btc = ExchangeWallet(id: "BTC", asset: "btc", balance: Amount(whole: 1))
        #expect(
            try keys([btc], .init()) == ["deposits:btc", "withdrawals:btc", "fills:BTCUSD", "fills:ETHBTC"]
        )
        let none = ExchangeWallet(id: "BTC", asset: "btc", balance: .zero)
        #expect(try keys([none], .init()) == [])
        #expect(try keys([], .init(assets: ["xlm"])).contains("fills:XLMBNB"))
        #expect(try keys([], .init(streams: ["fills:XLMBNB": "17"])) == ["fills:XLMBNB"])
        #expect(
            try keys([], .init(streams: ["deposits:eth": "w1 5"])) == [
                "deposits:eth", "withdrawals:eth", "fills:ETHBTC",
            ]
        )
        // Ether was never held: the pair without trades is asked a day later again.
        let now = BinanceUSFixture.nowMilliseconds
        #expect(
            try !keys([btc], .init(streams: ["fills:ETHBTC": "e\(now - 1_000)"])).contains("fills:ETHBTC")
        )
        #expect(
            try keys([btc], .init(streams: ["fills:ETHBTC": "e\(now - 86_400_000)"])).contains("fills:ETHBTC")
        )
        #expect(it.venue.asked == ["/api/v3/exchangeInfo"])
    }

    // MARK: What is no answer

    @Test(arguments: [
        (200, "<html>Just a moment</html>", "no JSON"), (200, "", "no JSON"), (200, #"[{"id":1,"#, "no JSON"),
        (200, "{}", "no list"), (200, "[1]", "row 1 of the trades of BTCUSD"),
        (403, "<html>", "answered with status 403"),
        (200, #"[{"id":1}]"#, "time is no instant"), (200, #"[{"id":-1}]"#, "id is no number"),
        (302, "", "a redirect"),
    ])
    func `what is no answer is named`(status: Int, body: String, words: String) throws {
        let info = #"{"symbols":[{"symbol":"BTCUSD","baseAsset":"BTC","quoteAsset":"USD"}]}"#
        let it = try BinanceUSFixture(raw: { path in
            path.hasSuffix("exchangeInfo") ? .json(info) : .json(body, status: status)
        })
        let error = #expect(throws: ConnectorError.self) { try it.all("fills:BTCUSD") }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        #expect(error?.concernsCredentials == false)
    }

    @Test(arguments: 0..<150 as Range<UInt64>)
    func `random damage never traps`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let row = BinanceUSJSON.deposit("ETH", "1", tx: "0xa", at: BinanceUSFixture.nowMilliseconds - 5_000)
            .json
        var bytes = Array("[\(row)]".utf8)
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            default: bytes.insert(UInt8.random(in: 32...126, using: &random), at: place)
            }
        }
        let source = try BinanceUSSource(
            BinanceUSCredentials(
                VenueCredentials(key: BinanceUSFixture.key, secret: Secret(BinanceUSFixture.secret))
            ),
            client: PacedClient(
                FixedTransport(bytes),
                clock: PaceClock(now: { 0 }, sleep: { _ in }, random: { 0 })
            ),
            offset: ClockOffset(),
            now: { BinanceUSFixture.now }
        )
        let cursor = BinanceUSWindow(start: BinanceUSFixture.nowMilliseconds - 60_000).text
        // Either outcome is right; what matters is that nothing else happens.
        if let page = try? source.fetchPage(of: BinanceUSFixture.stream("deposits:eth"), after: cursor) {
            #expect(page.rows.count <= 1)
        }
    }
}
