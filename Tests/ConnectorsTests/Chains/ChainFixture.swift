import Chains
import HTTPClient
import Synchronization
import TestSupport
import Testing
import VenueSupport

@testable import Connectors

/// Addresses and clients of the tests of chains.
enum ChainFixture {
    /// An address of a chain's main network.
    static func address(_ text: String, _ code: String = "btc") throws -> ChainAddress {
        try #require(AddressCheck.check(text, currency: code).address)
    }

    static let own = "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"
    static let second = "37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf"
    static let other = EsploraChain.stranger

    /// The waits that clients made, in milliseconds.
    final class Waits: Sendable {
        private let all = Mutex<[Int64]>([])
        func add(_ wait: Int64) { all.withLock { $0.append(wait) } }
        var list: [Int64] { all.withLock { $0 } }
    }

    static func client(_ transport: any HTTPTransport, _ waits: Waits = Waits()) -> PacedClient {
        PacedClient(
            transport,
            pacing: Pacing(gapMilliseconds: 0, attempts: 3, firstWaitMilliseconds: 1_000),
            clock: PaceClock(now: { 0 }, sleep: { waits.add($0) }, random: { 0 })
        )
    }
}

/// A stand-in for Esplora behind a real socket, and a source that reads it.
final class EsploraFixture: Sendable {
    let chain: EsploraChain
    let server: LoopbackServer
    let source: EsploraSource
    let waits = ChainFixture.Waits()

    init(
        _ kind: Chain = .bitcoin,
        limits: ChainLimits = ChainLimits(),
        raw: (@Sendable (String) -> LoopbackServer.Reply?)? = nil
    ) throws {
        let chain = EsploraChain(kind)
        self.chain = chain
        server = LoopbackServer { request in
            if let reply = raw?(request.target) { return reply }
            guard request.target.hasPrefix("/api/") else { return .answer(404, [], []) }
            let target = String(request.target.dropFirst(4))
            return chain.answer(method: request.method, target: target, body: request.body).reply
        }
        source = EsploraSource(
            kind,
            url: try ChainURL(server.base + "/api/"),
            client: ChainFixture.client(try CurlTransport(baseURLs: [server.base], version: "1"), waits),
            limits: limits
        )
    }

    deinit { server.stop() }

    /// A source of a chain without any socket.
    static func direct(_ chain: EsploraChain, limits: ChainLimits = ChainLimits()) throws -> EsploraSource {
        let base = "https://esplora.example/api"
        return EsploraSource(
            .bitcoin,
            url: try ChainURL(base),
            client: ChainFixture.client(chain.transport(base: base)),
            limits: limits
        )
    }

    /// What one asset's address holds now.
    func holding(_ text: String, _ code: String = "btc") throws -> ChainHolding {
        try source.fetchHolding(of: ChainFixture.address(text, code), at: source.fetchTip())
    }

    /// The whole history of an address.
    func history(_ text: String, _ code: String = "btc") throws -> [ChainTransaction] {
        let history = try source.fetchHistory(ChainHistoryQuery(address: ChainFixture.address(text, code)))
        #expect(history.progress == .complete(from: 0))
        return history.transactions
    }
}
