import Chains
import Crypto
import HTTPClient
import JSON
import Money
import TestSupport
import Testing
import VenueSupport

@testable import Connectors

/// A stand-in for a node behind a real socket, and a source that reads it.
private final class EthereumFixture: Sendable {
    let node = EthereumNode()
    let server: LoopbackServer
    let source: EthereumSource
    let waits = ChainFixture.Waits()

    init(key: String? = nil, network: EthereumNetwork = .main, limits: ChainLimits = ChainLimits()) throws {
        server = node.serve(under: "/v3")
        source = try EthereumSource(
            url: try ChainURL(server.base + "/v3"),
            key: key.map { Secret($0) },
            network: network,
            client: ChainFixture.client(try CurlTransport(baseURLs: [server.base], version: "1"), waits),
            limits: limits
        )
    }

    deinit { server.stop() }

    var host: String { "127.0.0.1:\(server.port)" }
}

@Suite("Balances by a node of Ethereum") private struct EthereumSourceTests {
    static let own = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"

    private func asset(_ code: String) throws -> ChainAsset { try #require(ChainAsset(code: code)) }

    private func contract(_ code: String) throws -> String { try #require(try asset(code).contract) }

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

    @Test(arguments: [EthereumNode.Batches.taken, .refused, .refusedInList, .refusedByStatus])
    func `ether and tokens are those of one block, in one request where the node takes it`(
        batches: EthereumNode.Batches
    ) throws {
        let it = try EthereumFixture()
        it.node.setBatches(batches)
        it.node.setBalance(Self.own, wei: 1_234_567_890_123_456_789)
        it.node.setTransactions(Self.own, 42)
        it.node.setTokens(Self.own, contract: try contract("usdt"), units: 1_500_000)
        it.node.setTokens(Self.own, contract: try contract("wbtc"), units: 1)
        it.node.setTokens("0x" + String(repeating: "1", count: 40), contract: try contract("dai"), units: 7)
        it.node.mine()
        let tip = try it.source.fetchTip()
        #expect(tip.height == 20_000_001)
        // What comes later is not in the block that is asked about.
        it.node.setBalance(Self.own, wei: 5)
        it.node.mine()
        let address = try ChainFixture.address(Self.own, "eth")
        let assets = try ["eth", "usdt", "wbtc", "dai"].map { try asset($0) }
        let holdings = try it.source.fetchHoldings(of: address, assets: assets, at: tip)
        #expect(holdings.map(\.asset) == assets)
        #expect(holdings.map(\.amount.description) == ["1.234567890123456789", "1.5", "0.00000001", "0"])
        #expect(holdings.map(\.transactions) == [42, nil, nil, nil])
        #expect(holdings.allSatisfy { $0.height == 20_000_001 && $0.pending == nil && $0.received == nil })
        let methods = it.node.methods.split(separator: "|").map { Array($0) }
        guard batches == .taken else {
            // One refused request; from then on one by one, and never again in a list.
            #expect(methods.allSatisfy { $0.count == 1 } && methods.count == 7)
            #expect(it.server.requests.count == 8)
            return
        }
        #expect(
            methods == [
                ["eth_chainId", "eth_blockNumber"],
                ["eth_getBalance", "eth_getTransactionCount", "eth_call", "eth_call", "eth_call"],
            ]
        )
        #expect(it.server.requests.allSatisfy { $0.method == "POST" && $0.path == "/v3" })
        #expect(it.server.requests.allSatisfy { $0.header("content-type") == "application/json" })
    }

    @Test func `a request is written as the interface has it`() throws {
        let it = try EthereumFixture()
        it.node.setTokens(Self.own, contract: try contract("rep"), units: 10)
        it.node.mine()
        let address = try ChainFixture.address(Self.own, "rep")
        let holding = try it.source.fetchHolding(of: address, at: ChainTip(height: 20_000_001))
        #expect(holding.amount.description == "0.00000000000000001")
        let body = try #require(it.server.requests.first?.body)
        let data = "0x70a08231000000000000000000000000" + Self.own.lowercased().dropFirst(2)
        let to = try contract("rep")
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"\#(to)","data":"\#(data)"},"0x1312d01"]}"#
        )
        #expect(
            Digest.keccak256(Array("balanceOf(address)".utf8)).hex.hasPrefix(EthereumCall.balanceOfSelector)
        )
    }

    @Test func `many tokens go in several batches`() throws {
        let it = try EthereumFixture()
        let assets = BuiltInAssets.all.compactMap { $0.contract == nil ? nil : ChainAsset(code: $0.code) }
        try #require(assets.count > 60)
        for (index, asset) in assets.enumerated() {
            it.node.setTokens(Self.own, contract: asset.contract ?? "", units: UInt128(index))
        }
        it.node.mine()
        let address = try ChainFixture.address(Self.own, "eth")
        let holdings = try it.source.fetchHoldings(of: address, assets: assets, at: try it.source.fetchTip())
        for (index, holding) in holdings.enumerated() {
            var one: Int128 = 1
            for _ in holding.asset.decimals..<18 { one *= 10 }
            #expect(holding.amount.raw == Int128(index) * one)
        }
        #expect(it.server.requests.count == 1 + (assets.count + 19) / 20)
        let many = [ChainAsset](repeating: assets[0], count: 401)
        #expect(throws: ConnectorError.unknown("no more than 400 assets are asked for at once")) {
            try it.source.fetchHoldings(of: address, assets: many, at: ChainTip(height: 1))
        }
        #expect(try it.source.fetchHoldings(of: address, assets: [], at: ChainTip(height: 1)) == [])
    }

    @Test func `a node that refuses everything for a while gets batches again`() throws {
        let it = try EthereumFixture()
        it.node.fail(.status(400), times: 2)
        #expect(words { _ = try it.source.fetchTip() } == "answered with status 400")
        #expect(try it.source.fetchTip().height == 20_000_000)
        #expect(it.server.requests.count == 3)
    }

    @Test func `a node of another network is refused`() throws {
        let it = try EthereumFixture()
        it.node.setChainID(11_155_111)
        #expect(
            words { _ = try it.source.fetchTip() }
                == "\(it.host) serves the network 11155111, not Ethereum, which is 1"
        )
        let trial = try EthereumFixture(network: .sepolia)
        trial.node.setChainID(11_155_111)
        #expect(try trial.source.fetchTip().height == 20_000_000)
    }

    @Test func `there is no history, and a source says so`() throws {
        let it = try EthereumFixture()
        #expect(!it.source.hasHistory && it.source.chain == .ethereum)
        let query = ChainHistoryQuery(address: try ChainFixture.address(Self.own, "eth"))
        #expect(
            words { _ = try it.source.fetchHistory(query) }
                == "\(it.host) is a node of Ethereum, which keeps no list of an address's transactions"
        )
        let bitcoin = try ChainFixture.address(ChainFixture.own)
        #expect(
            words { _ = try it.source.fetchHolding(of: bitcoin, at: ChainTip(height: 1)) }
                == "\(it.host) knows addresses and assets of Ethereum alone"
        )
        #expect(it.server.requests.isEmpty)
    }

    @Test func `a state that the node forgot is said as such`() throws {
        let it = try EthereumFixture()
        let tip = try it.source.fetchTip()
        it.node.mine(200)
        let address = try ChainFixture.address(Self.own, "eth")
        #expect(
            words { _ = try it.source.fetchHolding(of: address, at: tip) }
                == "\(it.host) refuses eth_getTransactionCount, code -32000: missing trie node"
        )
    }

    @Test func `a key goes into the path and into no message`() throws {
        let key = "s3cr3t-key_of.a~provider"
        let it = try EthereumFixture(key: key)
        #expect(try it.source.fetchTip().height == 20_000_000)
        #expect(it.server.requests.allSatisfy { $0.target == "/v3/" + key })
        it.node.override { _ in #""error":{"code":-32000,"message":"the key \#(key) is not paid for"}"# }
        #expect(words { _ = try it.source.fetchTip() } == "\(it.host) refuses eth_blockNumber, code -32000")
        it.node.override(nil)
        for failure in [PeerFailure.status(401), .status(500), .html, .silence, .redirect, .halfAsWhole] {
            it.node.fail(failure)
            let told = words { _ = try it.source.fetchTip() }
            #expect(told != "nothing went wrong" && !told.contains(key) && !told.contains("v3"))
        }
        #expect(!"\(it.source)".contains(key))
        for bad in ["", "a/b", "..", "a?b", "a b", "é", String(repeating: "a", count: 257)] {
            #expect(throws: ConnectorError.self) { try EthereumFixture(key: bad) }
        }
    }

    @Test(arguments: [
        (PeerFailure.status(500), "answered with status 500"),
        (.status(403), "HOST does not accept the credentials"),
        (.rateLimited(seconds: 900), "asked to wait 900 s"),
        (.html, "not the documented answer: no JSON: a value is expected at line 1, column 1 (byte 0)"),
        (.half, "HOST broke off"), (.silence, "HOST broke off"),
        (.nothing, "not the documented answer: no JSON: a value is expected at line 1, column 1 (byte 0)"),
        (.redirect, "not the documented answer: a redirect, which is not followed"),
        (.status(400), "answered with status 400"),
    ])
    func `each failure is said in words and nothing is asked for ever`(
        failure: PeerFailure,
        expected: String
    )
        throws
    {
        let it = try EthereumFixture()
        it.node.fail(failure)
        let told = expected.replacing("HOST", with: it.host)
        let address = try ChainFixture.address(Self.own, "eth")
        #expect(
            words { _ = try it.source.fetchHolding(of: address, at: ChainTip(height: 20_000_000)) } == told
        )
        #expect(words { _ = try it.source.fetchTip() } == told)
        #expect(it.server.requests.count <= 6)
        it.node.fail(.rateLimited(seconds: 3), times: 1)
        #expect(try it.source.fetchTip().height == 20_000_000)
        #expect(it.waits.list.last == 3_000)
    }

    @Test(arguments: [
        ("eth_getBalance", #""result":"0x""#, "the balance of ETH is no number"),
        ("eth_getBalance", #""result":"-0x1""#, "the balance of ETH is no number"),
        ("eth_getBalance", #""result":"12""#, "the balance of ETH is no number"),
        ("eth_getBalance", #""result":"0xg""#, "the balance of ETH is no number"),
        ("eth_getBalance", #""result":"0x1.5""#, "the balance of ETH is no number"),
        (
            "eth_getBalance",
            #""result":"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff""#,
            "the balance of ETH is 10^20 or more"
        ),
        (
            "eth_getBalance", #""result":"0x4b3b4ca85a86c47a098a224000000000""#,
            "the balance of ETH is 10^20 or more"
        ),
        ("eth_getBalance", #""result":12"#, "the result of eth_getBalance is no text"),
        ("eth_getBalance", #""result":null"#, "the result of eth_getBalance is no text"),
        ("eth_getBalance", #""other":1"#, "the result of eth_getBalance is no text"),
        ("eth_getTransactionCount", #""result":"0xffffffffff""#, "the count of transactions is no count"),
        ("eth_call", #""result":"0x01""#, "the balance of USDT is no word of 32 bytes"),
        (
            "eth_call", #""result":"0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff""#,
            "the balance of USDT is 10^20 or more"
        ),
        (
            "eth_call", #""result":"0x000000000000000000000000000000000000000000000000000000000000000z""#,
            "the balance of USDT is no number"
        ),
        ("eth_chainId", #""result":"1""#, "the result of eth_chainId is no number"),
        (
            "eth_blockNumber", #""result":"0xffffffffffff""#,
            "the result of eth_blockNumber is no height of a block"
        ),
    ])
    func `a result that is not as documented is named`(method: String, members: String, what: String) throws {
        let it = try EthereumFixture()
        it.node.override { $0 == method ? members : nil }
        it.node.setTokens(Self.own, contract: try contract("usdt"), units: 1)
        it.node.mine()
        let address = try ChainFixture.address(Self.own, "eth")
        let told = words {
            let tip = try it.source.fetchTip()
            _ = try it.source.fetchHoldings(
                of: address,
                assets: [try asset("eth"), try asset("usdt")],
                at: tip
            )
        }
        #expect(told == "not the documented answer: " + what)
    }

    @Test func `a token whose contract is not there is left out of several, and named alone`() throws {
        let it = try EthereumFixture()
        it.node.setBalance(Self.own, wei: 1)
        it.node.mine()
        let address = try ChainFixture.address(Self.own, "eth")
        let tip = try it.source.fetchTip()
        let both = try it.source.fetchHoldings(
            of: address,
            assets: [try asset("usdt"), try asset("eth")],
            at: tip
        )
        #expect(both.map(\.asset.code) == ["eth"])
        let told = words {
            _ = try it.source.fetchHoldings(of: address, assets: [try asset("usdt")], at: tip)
        }
        #expect(told == "not the documented answer: no contract of USDT answers at its address")
    }

    @Test func `the largest balance that counts is read`() throws {
        let it = try EthereumFixture()
        it.node.setBalance(Self.own, wei: 99_999_999_999_999_999_999_999_999_999_999_999_999)
        it.node.mine()
        let address = try ChainFixture.address(Self.own, "eth")
        let holding = try it.source.fetchHolding(of: address, at: try it.source.fetchTip())
        #expect(holding.amount.description == "99999999999999999999.999999999999999999")
    }

    @Test func `a node's own limit is a wish to wait`() throws {
        let it = try EthereumFixture()
        it.node.override { _ in #""error":{"code":-32005,"message":"daily request count exceeded"}"# }
        #expect(throws: ConnectorError.rateLimited(retryAfterSeconds: nil)) { try it.source.fetchTip() }
    }

    @Test(arguments: [
        ("[]", "0 answers to 2 calls"), (#"[{"id":1,"result":"0x1"}]"#, "1 answers to 2 calls"),
        (#"[{"id":1,"result":"0x1"},{"id":1,"result":"0x1"}]"#, "two answers to one call"),
        (#"[{"id":1,"result":"0x1"},{"id":3,"result":"0x1"}]"#, "an answer without the number of its call"),
        (#"[{"id":1,"result":"0x1"},{"result":"0x1"}]"#, "an answer without the number of its call"),
        (#"[{"id":1,"result":"0x1"},7]"#, "an answer without the number of its call"),
        ("7", "the answer to 2 calls is no list"),
        ("{}", "the answer to 2 calls is no list"),
        (#"[{"id":1,"result":"0x1"},{"id":2,"result":{}}]"#, "the result of eth_blockNumber is no text"),
    ])
    func `answers that belong to no call are refused`(body: String, what: String) throws {
        let server = LoopbackServer { _ in .json(body) }
        defer { server.stop() }
        let source = try EthereumSource(
            url: try ChainURL(server.base),
            client: ChainFixture.client(try CurlTransport(baseURLs: [server.base], version: "1"))
        )
        #expect(words { _ = try source.fetchTip() } == "not the documented answer: " + what)
        #expect(server.requests.count == 1)
    }

    private static let largest: Int128 = .max

    private static func digits(_ digit: String, _ count: Int) -> String {
        String(repeating: digit, count: count)
    }

    private static let quantities: [(text: String, quantity: EthereumCall.Quantity)] = [
        ("0x0", .number(0)), ("0x", .none), ("", .none), ("0", .none), ("0X1", .none), ("x1", .none),
        ("0xFf", .number(255)), ("0x0000000000000001", .number(1)), ("0x 1", .none), ("0x1é", .none),
        ("0x7" + digits("f", 31), .number(largest)), ("0x8" + digits("0", 31), .tooLarge),
        ("0x" + digits("0", 32) + "7" + digits("f", 31), .number(largest)),
        ("0x" + digits("f", 64), .tooLarge), ("0x" + digits("f", 65), .none),
        ("0x" + digits("f", 63) + "g", .none),
    ]

    @Test(arguments: quantities)
    func `hexadecimal numbers are read digit for digit`(text: String, quantity: EthereumCall.Quantity) {
        #expect(EthereumCall.number(text) == quantity)
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `changed answers are read or refused, never more`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let pieces = ["\"", "{", "[", "-", "0x", "null", "\\u0000", ",", "ffffffffffffffffffffffffffffffff"]
            .map {
                Array($0.utf8)
            }
        let good = #"[{"jsonrpc":"2.0","id":1,"result":"0x1"},{"jsonrpc":"2.0","id":2,"result":"0x1312d00"}]"#
        let address = try ChainFixture.address(Self.own, "eth")
        var read = 0
        for turn in 0..<400 {
            var bytes = Array(good.utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 9))
                }
            }
            let source = try EthereumSource(
                url: try ChainURL("https://node.example"),
                client: ChainFixture.client(Echo(body: bytes))
            )
            do throws(ConnectorError) {
                if turn.isMultiple(of: 2) {
                    _ = try source.fetchTip()
                } else {
                    _ = try source.fetchHolding(of: address, at: ChainTip(height: 1))
                }
                read += 1
            } catch {
                #expect(error.description.utf8.count < 400)
            }
        }
        #expect(read > 50 && read < 400, "some must be read and some refused")
    }

    /// Answers every request with the same bytes.
    private struct Echo: HTTPTransport {
        let body: [UInt8]

        func send(_ request: OutgoingRequest) throws(TransportError) -> IncomingResponse {
            IncomingResponse(status: 200, headers: [], body: body)
        }
    }
}
