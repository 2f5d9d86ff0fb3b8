import Crypto
import HTTPClient
import Money
import TestSupport
import Testing
import Time
import VenueSupport
import Venues

@testable import Connectors

@Suite("Kraken's API") private struct KrakenSourceTests {
    // MARK: Credentials

    /// Source: docs.kraken.com, Spot REST, "Authentication", the example.
    @Test func `the signature of the documentation's example comes out`() throws {
        let credentials = try KrakenCredentials(
            VenueCredentials(key: KrakenFixture.key, secret: Secret(KrakenFixture.secret))
        )
        let body = "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25"
        let signature = credentials.signature(
            path: "/0/private/AddOrder",
            nonce: 1_616_492_376_594,
            body: Array(body.utf8)
        )
        #expect(
            signature
                == "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ=="
        )
    }

    @Test(arguments: [
        ("", KrakenFixture.secret), ("short", KrakenFixture.secret),
        ("a b c d e f g h i j k", KrakenFixture.secret),
        (KrakenFixture.key + "\n" + KrakenFixture.key, KrakenFixture.secret),
        (String(repeating: "k", count: 257), KrakenFixture.secret),
    ])
    func `a key of another form is refused`(key: String, secret: String) {
        #expect(throws: VenueCredentialsError.self) {
            try KrakenCredentials(VenueCredentials(key: key, secret: Secret(secret)))
        }
    }

    @Test(arguments: ["", "x", "not base 64 at all, and long enough for anything it might be", "QUJD"])
    func `a secret of another form is refused, and not repeated`(secret: String) throws {
        do {
            _ = try KrakenCredentials(VenueCredentials(key: KrakenFixture.key, secret: Secret(secret)))
            Issue.record("was taken")
        } catch {
            #expect(
                error
                    == .secret(
                        venue: "Kraken",
                        expected: "the private key as Kraken shows it, base 64 of 64 bytes"
                    )
            )
            #expect(secret.isEmpty || secret.count < 3 || !String(reflecting: error).contains(secret))
        }
    }

    @Test func `blanks around copied texts do not count`() throws {
        let it = try KrakenFixture(key: " \(KrakenFixture.key)\n", secret: "\(KrakenFixture.secret)\r\n")
        _ = try it.source.fetchWallets()
        #expect(it.venue.faults == [])
    }

    // MARK: Requests

    @Test func `requests are signed as the venue checks them, with numbers that grow`() throws {
        let it = try KrakenFixture()
        it.venue.change {
            $0.balances = [
                ("XXBT", "1.5000000000"), ("ZEUR", "20.0000"), ("DOT28.S", "3"), ("ETH2.S", "0.1"),
            ]
            $0.rows = [KrakenFixture.deposit(1)]
        }
        let wallets = try it.source.fetchWallets()
        #expect(wallets.map(\.asset) == ["btc", "eur", "dot", "eth"])
        #expect(wallets.map { $0.balance?.description } == ["1.5", "20", "3", "0.1"])
        #expect(try it.all().ids == ["L1"])
        #expect(it.venue.faults == [])
        #expect(it.venue.asked == ["/0/private/Balance?", "/0/private/Ledgers?ofs=0"])
        // The clock stands still; the numbers do not, and begin at its microseconds.
        #expect(it.venue.nonces == [1_718_000_000_000_000, 1_718_000_000_000_001])
    }

    @Test func `numbers go on above the last when the clock goes back, and above all after a restart`() {
        let counter = NonceCounter()
        let first = counter.next(at: Timestamp(seconds: 100))
        #expect(counter.next(at: Timestamp(seconds: 50)) == first + 1)
        #expect(NonceCounter().next(at: Timestamp(seconds: 101)) > first + 1)
    }

    @Test func `a wrong key and a wrong signature are refused once`() throws {
        let foreign = Base64.encode([UInt8](repeating: 7, count: 64))
        for it in [
            try KrakenFixture(secret: foreign),
            try KrakenFixture(key: "another-key/0000000".replacing("-", with: "+")),
        ] {
            #expect(throws: ConnectorError.notAuthorized("Kraken")) { try it.source.fetchWallets() }
            #expect(it.server.requests.count == 1)
        }
    }

    @Test func `a key without permission is told what it lacks`() throws {
        let it = try KrakenFixture()
        it.venue.change { $0.mayQuery = false }
        let error = #expect(throws: ConnectorError.self) { try it.source.fetchWallets() }
        #expect(error?.concernsCredentials == true)
        #expect(error?.description.contains("query funds and ledger entries") == true)
        #expect(it.server.requests.count == 1)
    }

    @Test func `a number that came too late is sent again with a new one`() throws {
        let it = try KrakenFixture()
        it.venue.change {
            $0.override = { number, _ in number == 0 ? KrakenVenue.error("EAPI:Invalid nonce") : nil }
        }
        _ = try it.source.fetchWallets()
        #expect(it.server.requests.count == 2)
        it.venue.change { $0.override = { _, _ in KrakenVenue.error("EAPI:Invalid nonce") } }
        let error = #expect(throws: ConnectorError.self) { try it.source.fetchWallets() }
        #expect(error?.description.contains("another program uses the same key") == true)
        #expect(error?.concernsCredentials == false)
        #expect(it.server.requests.count == 6)
    }

    @Test(arguments: [
        ("EAPI:Rate limit exceeded", ConnectorError.rateLimited(retryAfterSeconds: nil), 4),
        ("EService:Throttled: 1718000007", .rateLimited(retryAfterSeconds: 7), 4),
        ("EGeneral:Temporary lockout", .rateLimited(retryAfterSeconds: 900), 1),
        ("EService:Unavailable", .status(503, "Kraken is not available"), 4),
        ("EService:Busy", .status(503, "Kraken is not available"), 4),
        (
            "EFunding:Unknown withdraw key canary",
            .refused("Kraken refuses the request with an error of the class EFunding"), 1
        ),
        (
            "canary canary",
            .refused("Kraken refuses the request with an error of the class that it does not document"), 1
        ),
    ])
    func `errors of the answer are what the venue documents`(
        text: String,
        error: ConnectorError,
        tries: Int
    ) throws {
        let it = try KrakenFixture()
        it.venue.change { $0.override = { _, _ in KrakenVenue.error(text) } }
        #expect(throws: error) { try it.source.fetchWallets() }
        #expect(it.server.requests.count == tries)
        #expect(!error.description.contains("canary"))
    }

    @Test func `a passing limit is waited for`() throws {
        let it = try KrakenFixture()
        it.venue.change {
            $0.override = { number, _ in number < 2 ? KrakenVenue.error("EAPI:Rate limit exceeded") : nil }
        }
        _ = try it.source.fetchWallets()
        #expect(it.waits.list == [500, 1_000])
    }

    @Test func `a warning is no error`() throws {
        let it = try KrakenFixture(raw: { _ in
            .json(#"{"error":["WGeneral:Danger"],"result":{"ZUSD":"1"}}"#)
        })
        #expect(try it.source.fetchWallets().count == 1)
    }

    // MARK: Paging

    @Test(arguments: [0, 1, 49, 50, 51, 96, 97, 100, 230, 1_000])
    func `a ledger of any length is read once, oldest first`(count: Int) throws {
        let it = try KrakenFixture()
        it.venue.change { $0.rows = (0..<count).map { KrakenFixture.deposit($0) } }
        let read = try it.all()
        #expect(read.ids == (0..<count).map { "L\($0)" })
        #expect(it.venue.faults == [])
        // One request a page, and one to find the oldest.
        #expect(it.server.requests.count <= read.pages + 1)
        // Behind the end nothing comes again, and what is new comes alone.
        let rest = try it.all(after: read.cursor)
        #expect(rest.ids == [])
        it.venue.change { $0.rows.append(KrakenFixture.deposit(5_000)) }
        #expect(try it.all(after: read.cursor).ids == ["L5000"])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `rows that arrive while it is read are neither lost nor doubled`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let it = try KrakenFixture()
        let start = Int.random(in: 0...260, using: &random)
        let each = Int.random(in: 0...70, using: &random)
        // Rows of one event have one time and come in any order.
        let tie = Int.random(in: 1...4, using: &random)
        it.venue.change {
            $0.mixesTies = true
            $0.rows = (0..<start).map { KrakenFixture.deposit($0, at: $0 / tie) }
            $0.before = { number, content in
                guard number > 0, number < 6 else { return }
                let count = content.rows.count
                content.rows += (count..<count + each).map { KrakenFixture.deposit($0, at: $0 / tie) }
            }
        }
        var read = try it.all()
        read.ids += try it.all(after: read.cursor).ids
        var count = 0
        it.venue.change { count = $0.rows.count }
        #expect(read.ids.count == Set(read.ids).count)
        #expect(Set(read.ids) == Set((0..<count).map { "L\($0)" }))
    }

    @Test(arguments: [51, 120, 300])
    func `more rows of one instant than a page has are read all the same`(count: Int) throws {
        let it = try KrakenFixture()
        it.venue.change {
            $0.rows = (0..<count).map { KrakenFixture.deposit($0, at: 0) }
        }
        let read = try it.all().ids
        #expect(read.count == count)
        #expect(Set(read).count == count)
    }

    @Test(arguments: [51, 120, 500])
    func `a venue that gives the same page for every offset is found out`(count: Int) throws {
        let it = try KrakenFixture()
        it.venue.change {
            $0.rows = (0..<count).map { KrakenFixture.deposit($0) }
            $0.ignoresOffset = true
        }
        #expect(throws: ConnectorError.malformed("the ledger: the same page came for another offset")) {
            try it.source.fetchPage(of: KrakenFixture.ledger, after: nil)
        }
        // In the middle of a reading, too.
        it.venue.change { $0.ignoresOffset = false }
        let first = try it.source.fetchPage(of: KrakenFixture.ledger, after: nil)
        it.venue.change { $0.ignoresOffset = true }
        if first.hasMore, count > 100 {
            #expect(throws: ConnectorError.self) {
                try it.source.fetchPage(of: KrakenFixture.ledger, after: first.cursor)
            }
        }
    }

    @Test func `a cursor of another form begins anew`() throws {
        let it = try KrakenFixture()
        it.venue.change { $0.rows = [KrakenFixture.deposit(1)] }
        for cursor in ["", "k1", "k1 x 0 a", "k1 1 -1 a", "k1 5 0 ", "k2 1 0 a", "17"] {
            #expect(try it.all(after: cursor).ids == ["L1"])
        }
    }

    @Test func `a row that the venue has no more stops nothing`() throws {
        let it = try KrakenFixture()
        it.venue.change { $0.rows = (0..<130).map { KrakenFixture.deposit($0) } }
        let page = try it.source.fetchPage(of: KrakenFixture.ledger, after: nil)
        let last = try #require(page.rows.last?.id)
        it.venue.change { $0.rows.removeAll { $0.id == last } }
        let rest = try it.all(after: page.cursor).ids
        #expect(Set(page.rows.map(\.id) + rest).count == 130)
        #expect(rest.count == Set(rest).count)
    }

    // MARK: What is no answer

    @Test(arguments: [
        (200, "", "no JSON"), (200, "<html><body>Just a moment...</body></html>", "no JSON"),
        (200, #"{"error":[],"result":{"ledger":{"#, "no JSON"), (200, "[]", "the list of errors is absent"),
        (200, #"{"error":[]}"#, "neither error nor result"), (200, #"{"error":[1]}"#, "an error is no text"),
        (200, #"{"error":[],"result":{}}"#, "ledger is no object"),
        (200, #"{"error":[],"result":{"ledger":{}}}"#, "count is no number"),
        (200, #"{"error":[],"result":{"ledger":{},"count":3}}"#, "a page has 0 rows where 3 are due"),
        (200, #"{"error":[],"result":{"ledger":{"L1":1},"count":1}}"#, "row 1 of a page of the ledger"),
        (302, "", "a redirect"), (520, "<html>", "answered with status 520"),
    ])
    func `what is no answer is named`(status: Int, body: String, words: String) throws {
        let it = try KrakenFixture(raw: { _ in .json(body, status: status, ["Location: http://127.0.0.1:1/"])
        })
        let error = #expect(throws: ConnectorError.self) {
            try it.source.fetchPage(of: KrakenFixture.ledger, after: nil)
        }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        (#""asset":"XXBT""#, #""asset":"\u00e4""#, "asset is no id"),
        (#""asset":"XXBT""#, #""asset":"A,B""#, "asset is no asset"),
        (#""amount":"1.0000000000""#, #""amount":"1e999""#, "amount is"),
        (#""amount":"1.0000000000""#, #""amount":"NaN""#, "amount is no number"),
        (#""amount":"1.0000000000""#, #""amount":"1.0000000000000000001""#, "more than 18 decimals"),
        (#""fee":"0""#, #""fee":"""#, "fee is no number"), (#""fee":"0","#, "", "fee is no number"),
        ("1700000001.1234", "-5", "time is no instant"), ("1700000001.1234", "1e9", "time is no instant"),
        ("1700000001.1234", #""yesterday""#, "time is no instant"),
        (#""L1""#, #""""#, "no id"), (#""L1""#, #""a b""#, "no id"), (#""L1""#, #""a,b""#, "no id"),
    ])
    func `what is not as documented is refused with row and field`(
        from: String,
        to: String,
        words: String
    ) throws {
        let row = KrakenFixture.deposit(1).json
        #expect(row.contains(from))
        let text = #"{"error":[],"result":{"ledger":{\#(row.replacing(from, with: to))},"count":1}}"#
        let it = try KrakenFixture(raw: { _ in .json(text) })
        let error = #expect(throws: ConnectorError.self) {
            try it.source.fetchPage(of: KrakenFixture.ledger, after: nil)
        }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `random damage never traps and never passes as more rows`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let rows = (0..<3).map { KrakenFixture.deposit($0).json }.joined(separator: ",")
        var bytes = Array(#"{"error":[],"result":{"ledger":{\#(rows)},"count":3}}"#.utf8)
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            default: bytes.insert(UInt8.random(in: 32...126, using: &random), at: place)
            }
        }
        let damaged = bytes
        let transport = FixedTransport(damaged)
        let source = try KrakenSource(
            KrakenCredentials(VenueCredentials(key: KrakenFixture.key, secret: Secret(KrakenFixture.secret))),
            client: PacedClient(transport, clock: PaceClock(now: { 0 }, sleep: { _ in }, random: { 0 })),
            nonces: NonceCounter(),
            now: { KrakenFixture.now }
        )
        // Either outcome is right; what matters is that nothing else happens.
        if let page = try? source.fetchPage(of: KrakenFixture.ledger, after: nil) {
            #expect(page.rows.count <= 3)
        }
    }

    @Test func `an address with a path is refused`() throws {
        let credentials = try KrakenCredentials(
            VenueCredentials(key: KrakenFixture.key, secret: Secret(KrakenFixture.secret))
        )
        #expect(throws: ConnectorError.self) {
            try KrakenSource(
                credentials,
                client: PacedClient(FixedTransport([])),
                baseURL: "https://api.kraken.com/0",
                nonces: NonceCounter(),
                now: { KrakenFixture.now }
            )
        }
    }
}

/// A transport with one answer.
struct FixedTransport: HTTPTransport {
    let body: [UInt8]

    init(_ body: [UInt8]) { self.body = body }

    func send(_ request: OutgoingRequest) throws(TransportError) -> IncomingResponse {
        IncomingResponse(status: 200, headers: [], body: body)
    }
}
