import Chains
import HTTPClient
import Money
import TestSupport
import Testing
import VenueSupport

@testable import Connectors

@Suite("Esplora services that go wrong") private struct EsploraHostileTests {
    let own = ChainFixture.own

    /// What a call ended with, in the words that a person sees.
    private func words(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing went wrong"
        } catch let error as ConnectorError {
            return error.description
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        (PeerFailure.status(500), "answered with status 500"), (.status(400), "answered with status 400"),
        (.status(403), "HOST does not accept the credentials"),
        (.status(404), "HOST does not know what was asked for"), (.status(599), "answered with status 599"),
        (.rateLimited(seconds: 900), "asked to wait 900 s"),
        (.html, "not the documented answer: no JSON: a value is expected at line 1, column 1 (byte 0)"),
        (.half, "HOST broke off"), (.silence, "HOST broke off"),
        (.nothing, "not the documented answer: no JSON: a value is expected at line 1, column 1 (byte 0)"),
        (.redirect, "not the documented answer: a redirect, which is not followed"),
    ])
    func `each failure is said in words and nothing is asked for ever`(
        failure: PeerFailure,
        expected: String
    )
        throws
    {
        let it = try EsploraFixture()
        it.chain.receive(own, 5)
        it.chain.mine()
        it.chain.fail(failure)
        let address = try ChainFixture.address(own)
        let told = expected.replacing("HOST", with: "127.0.0.1:\(it.server.port)")
        #expect(words { _ = try it.source.fetchHolding(of: address, at: ChainTip(height: 9)) } == told)
        #expect(words { _ = try it.source.fetchHistory(ChainHistoryQuery(address: address)) } == told)
        let tip = words { _ = try it.source.fetchTip() }
        let isText = failure == .html || failure == .nothing
        #expect(
            tip == (isText ? "not the documented answer: the height of the newest block is no number" : told)
        )
        #expect(it.server.requests.count <= 9)
        it.chain.fail(nil)
        #expect(try it.holding(own).amount.description == "0.00000005")
    }

    @Test func `half an answer that claims to be whole is refused`() throws {
        let it = try EsploraFixture()
        it.chain.fail(.halfAsWhole)
        let address = try ChainFixture.address(own)
        #expect(
            words { _ = try it.source.fetchHolding(of: address, at: ChainTip(height: 9)) }.contains("no JSON")
        )
    }

    @Test func `a service that asks to wait is waited for`() throws {
        let it = try EsploraFixture()
        it.chain.fail(.rateLimited(seconds: 7), times: 1)
        #expect(try it.source.fetchTip().height == 800_000)
        #expect(it.waits.list == [7_000])
    }

    /// A transaction of Esplora's list; what differs from a right one is given.
    private static func row(
        id: String = String(repeating: "a", count: 64),
        script: String = "0014c0cebcd6c3d3ca8c75dc5ec62ebe55330ef910e2",
        value: String = "1000",
        fee: String = "10",
        height: String = "700000",
        hash: String = String(repeating: "b", count: 64),
        time: String = "1700000000",
        confirmed: String = "true",
        input: String = #"{"prevout":{"scriptpubkey":"51","value":1010},"is_coinbase":false}"#
    ) -> String {
        #"{"txid":"\#(id)","vin":[\#(input)],"vout":[{"scriptpubkey":"\#(script)","value":\#(value)}],"fee":\#(fee),"#
            + #""status":{"confirmed":\#(confirmed),"block_height":\#(height),"block_hash":"\#(hash)","#
            + #""block_time":\#(time)}}"#
    }

    private func history(_ pages: String...) throws -> String {
        let it = try EsploraFixture { target in
            guard target.contains("/txs/chain") else { return nil }
            let number = target.split(separator: "/").count == 5 ? 0 : 1
            return .json(pages[min(number, pages.count - 1)])
        }
        let query = ChainHistoryQuery(address: try ChainFixture.address(own))
        let told = words { _ = try it.source.fetchHistory(query) }
        #expect(it.server.requests.count <= 2)
        return told
    }

    @Test func `the row that is told as right is right`() throws {
        #expect(try history("[\(Self.row())]") == "nothing went wrong")
        let txid = String(repeating: "A", count: 64)
        #expect(try history("[\(Self.row(id: txid, fee: "0"))]") == "nothing went wrong")
    }

    @Test(arguments: [
        (row(id: "xyz"), "txid is no hash"),
        (row(id: "\u{430}" + String(repeating: "a", count: 62)), "txid is no hash"),
        (row(script: "51"), "txid is a transaction of other addresses"),
        (row(value: "-1000"), "value is no amount in smallest units"),
        (row(value: "1000.5"), "value is no amount in smallest units"),
        (row(value: "1e3"), "value is no amount in smallest units"),
        (row(value: "\"1000\""), "value is no amount in smallest units"),
        (row(value: "null"), "value is no amount in smallest units"),
        (row(value: String(repeating: "9", count: 30)), "value is an amount of 10^20 or more"),
        (row(value: String(repeating: "9", count: 31)), "value is no amount in smallest units"),
        (row(value: "[[1]]"), "value is no amount in smallest units"),
        (row(fee: "-1"), "fee is no amount in smallest units"),
        (row(fee: "true"), "fee is no amount in smallest units"),
        (row(height: "-1"), "block_height is no height of a block"),
        (row(height: "1000000001"), "block_height is no height of a block"),
        (row(height: "\"1\""), "block_height is no height of a block"),
        (row(hash: "0x"), "block_hash is no hash"),
        (row(time: "0"), "block_time is no time of a block"),
        (row(time: "99999999999"), "block_time is no time of a block"),
        (row(confirmed: "1"), "confirmed is neither true nor false"),
        (row(input: #"{"prevout":null,"is_coinbase":false}"#), "prevout is no object"),
        (row(input: #"{"prevout":{"value":5}}"#), "scriptpubkey is no script"),
        (row(input: "7"), "prevout is no object"),
        (
            row(
                input:
                    #"{"prevout":{"scriptpubkey":"0014c0cebcd6c3d3ca8c75dc5ec62ebe55330ef910e2","value":2000}}"#
            ),
            "fee is not what inputs bring and outputs do not take"
        ),
        ("null", "txid is no hash"), ("[]", "txid is no hash"), (#"{"txid":1}"#, "txid is no hash"),
    ])
    func `a row that is not as documented is named`(row: String, what: String) throws {
        #expect(
            try history("[\(row)]")
                == "not the documented answer: row 1 of the transactions: \(what)"
        )
    }

    @Test func `pages that lead nowhere end the reading`() throws {
        let full = (0..<25).map { Self.row(id: String(repeating: "0", count: 62) + String($0 + 10)) }
        let page = "[\(full.joined(separator: ","))]"
        #expect(
            try history(page, page)
                == "not the documented answer: row 1 of the transactions: txid is one that was there already: "
                + "the pages lead in circles"
        )
        let rising =
            "[\(Self.row(height: "5")),\(Self.row(id: String(repeating: "c", count: 64), height: "6"))]"
        #expect(
            try history(rising)
                == "not the documented answer: row 2 of the transactions: status is a block above the row before it"
        )
        let waiting = (0..<25).map {
            Self.row(id: String(repeating: "0", count: 62) + String($0 + 10), confirmed: "false")
        }
        #expect(
            try history("[\(waiting.joined(separator: ","))]")
                == "not the documented answer: a page of confirmed transactions has none that is confirmed"
        )
        #expect(try history("{}") == "not the documented answer: the page of transactions is no list")
        let many = String(repeating: Self.row() + ",", count: 100) + Self.row()
        #expect(try history("[\(many)]") == "not the documented answer: a page of more than 100 transactions")
    }

    @Test func `a list without end is left after as many transactions as may be read`() throws {
        var limits = ChainLimits()
        limits.transactionsMax = 60
        limits.pagesPerCall = 1_000
        let it = try EsploraFixture(limits: limits)
        // Every page is new, for ever.
        it.chain.override { number, target in
            guard target.contains("/txs/chain") else { return nil }
            let rows = (0..<25).map { place in
                let digits = String(number * 25 + place + 1_000_000)
                return Self.row(id: String(repeating: "0", count: 57) + digits)
            }
            return PeerAnswer(200, "[\(rows.joined(separator: ","))]")
        }
        let address = try ChainFixture.address(own)
        #expect(
            words { _ = try it.source.fetchHistory(ChainHistoryQuery(address: address)) }
                == "the address has more than 60 transactions, which Coffer does not read"
        )
        #expect(it.server.requests.count == 3)
    }

    @Test func `a history that ends too early is refused and not taken for the whole`() throws {
        let it = try EsploraFixture()
        for number in 0..<40 {
            it.chain.receive(own, number + 1)
            it.chain.mine()
        }
        let address = try ChainFixture.address(own)
        // Between two pages the block of the last row goes: the service has nothing behind an id that it lost.
        let chain = it.chain
        it.chain.override { number, target in
            if number == 1 { chain.reorganise(30, confirmingAgain: false) }
            return nil
        }
        let told = words {
            _ = try it.source.fetchHistory(ChainHistoryQuery(address: address, counted: 40))
        }
        #expect(
            told == "not the documented answer: the history ends after 25 of 40 transactions; "
                + "the chain may have changed while it was read"
        )
        it.chain.override(nil)
        #expect(try it.history(own).count == 10)
    }

    @Test func `an answer that is too large is refused`() throws {
        var limits = ChainLimits()
        limits.answerBytesMax = 2_000
        let it = try EsploraFixture(limits: limits)
        for number in 0..<20 { it.chain.receive(own, number + 1) }
        it.chain.mine()
        let address = try ChainFixture.address(own)
        #expect(
            words { _ = try it.source.fetchHistory(ChainHistoryQuery(address: address)) }
                == "not the documented answer: more than 2000 bytes"
        )
        #expect(try it.holding(own).transactions == 20)
    }

    @Test(arguments: [
        #"{"chain_stats":{"funded_txo_sum":1,"spent_txo_sum":2,"tx_count":1},"mempool_stats":{"funded_txo_sum":0,"spent_txo_sum":0,"tx_count":0}}"#,
        #"{"chain_stats":{"funded_txo_sum":-1,"spent_txo_sum":-2,"tx_count":1},"mempool_stats":{"funded_txo_sum":0,"spent_txo_sum":0,"tx_count":0}}"#,
        #"{"chain_stats":{"funded_txo_sum":"1","spent_txo_sum":0,"tx_count":1},"mempool_stats":{}}"#,
        #"{"chain_stats":{"funded_txo_sum":1,"spent_txo_sum":0,"tx_count":-1},"mempool_stats":{}}"#,
        #"{"chain_stats":{"funded_txo_sum":1,"spent_txo_sum":0,"tx_count":1}}"#, #"{"chain_stats":[]}"#, "[]",
        "7",
        "null", #""text""#, #"{"address":"x"}"#,
    ])
    func `sums that cannot be are refused`(body: String) throws {
        let it = try EsploraFixture { $0.contains("/address/") ? .json(body) : nil }
        let told = words { _ = try it.holding(own) }
        #expect(told.hasPrefix("not the documented answer: the address: "))
    }

    @Test(arguments: ["", "x", "-1", "800000000000", "1e5", "0x10", "12 34", "\"800000\"", "9999999999"])
    func `a tip that is no height is refused`(body: String) throws {
        let it = try EsploraFixture { _ in .json(body) }
        #expect(
            words { _ = try it.source.fetchTip() }
                == "not the documented answer: the height of the newest block is no number"
        )
    }

    @Test func `a tip may have a line's end behind it`() throws {
        let it = try EsploraFixture { _ in .json("870123\r\n") }
        #expect(try it.source.fetchTip().height == 870_123)
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `changed answers are read or refused, never more`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let pieces = ["\"", "{", "[", "-", "1e9999", "null", "\\u0000", ",", "99999999999999999999"].map {
            Array($0.utf8)
        }
        let rows = "[\(Self.row()),\(Self.row(id: String(repeating: "d", count: 64), height: "699999"))]"
        let sums = #"{"funded_txo_sum":50,"spent_txo_sum":20,"tx_count":2}"#
        let good = [rows, #"{"address":"x","chain_stats":\#(sums),"mempool_stats":\#(sums)}"#, "800000"]
        let address = try ChainFixture.address(own)
        var read = 0
        for turn in 0..<600 {
            var bytes = Array(good[turn % 3].utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 9))
                }
            }
            let source = EsploraSource(
                .bitcoin,
                url: try ChainURL("https://esplora.example"),
                client: ChainFixture.client(Echo(body: bytes))
            )
            do throws(ConnectorError) {
                switch turn % 3 {
                case 0: _ = try source.fetchHistory(ChainHistoryQuery(address: address, counted: 2))
                case 1: _ = try source.fetchHolding(of: address, at: ChainTip(height: 1))
                default: _ = try source.fetchTip()
                }
                read += 1
            } catch {
                #expect(error.description.utf8.count < 400)
            }
        }
        #expect(read > 50 && read < 600, "some must be read and some refused")
    }

    /// Answers every request with the same bytes.
    private struct Echo: HTTPTransport {
        let body: [UInt8]

        func send(_ request: OutgoingRequest) throws(TransportError) -> IncomingResponse {
            IncomingResponse(status: 200, headers: [], body: body)
        }
    }
}

@Suite("Addresses of services") private struct ChainURLTests {
    @Test(arguments: [
        ("https://blockstream.info/api", "https://blockstream.info/api", "blockstream.info"),
        ("https://blockstream.info/api/", "https://blockstream.info/api", "blockstream.info"),
        ("https://ltc.example:8443", "https://ltc.example:8443", "ltc.example:8443"),
        ("http://127.0.0.1:3002/", "http://127.0.0.1:3002", "127.0.0.1:3002"),
        ("http://localhost/a/b_c-d.e~f", "http://localhost/a/b_c-d.e~f", "localhost"),
    ])
    func `an origin with a path or none is one`(text: String, plain: String, name: String) throws {
        let url = try ChainURL(text)
        #expect(url.text == plain && url.name == name)
    }

    @Test(arguments: [
        "", "blockstream.info/api", "ftp://x.example/api", "http://blockstream.info/api", "https://",
        "https://a.example/api?key=1", "https://a.example/?", "https://a.example/#x",
        "https://u:p@a.example/api",
        "https://a.example/a b", "https://a.example/%2e%2e", "https://a.example/../x",
        "https://a.example/\u{e9}",
        "https://a.example/\r\nHost: b", "file:///etc/passwd",
        "https://a.example/" + String(repeating: "a", count: 500),
    ])
    func `anything else is refused without showing its path`(text: String) {
        do throws(TransportError) {
            let url = try ChainURL(text)
            Issue.record("\(url) was taken")
        } catch {
            let words = ConnectorError.transport(error).description
            #expect(!words.contains("key=1") && !words.contains("aaaa") && words.utf8.count < 200)
        }
    }
}
