import Crypto
import HTTPClient
import TestSupport
import Testing
import Time
import VenueSupport

@testable import Connectors

@Suite("Random answers") private struct CoinbaseFuzzTests {
    /// Answers every request with the same bytes.
    private struct Echo: HTTPTransport {
        let body: [UInt8]

        func send(_ request: OutgoingRequest) throws(TransportError) -> IncomingResponse {
            IncomingResponse(status: 200, headers: [], body: body)
        }
    }

    private static let good: [String] = [
        #"{"data":["#
            + CoinbaseRows.transaction(
                "a",
                "buy",
                "0.5",
                "BTC",
                at: "2024-03-01T10:00:00Z",
                native: "9 USD",
                #","buy":{"id":"1","subtotal":{"amount":"8.9","currency":"USD"},"fee":{"amount":"0.1","currency":"USD"}}"#
            ) + ","
            + CoinbaseRows.transaction(
                "b",
                "advanced_trade_fill",
                "-0.5",
                "BTC",
                at: "2024-03-01T10:00:00Z",
                #","advanced_trade_fill":{"fill_price":"20","product_id":"BTC-EUR","order_id":"1","commission":"0.2"}"#
            ) + #"],"pagination":{"next_uri":"/x"}}"#,
        #"{"data":[{"id":"w","currency":{"code":"BTC"},"balance":{"amount":"1.5","currency":"BTC"}}]}"#,
        #"{"fills":["#
            + CoinbaseRows.fill(
                "f",
                "BUY",
                "0.1",
                "BTC-USDC",
                price: "60000",
                commission: "3.6",
                at: "2024-03-01T10:00:00Z"
            ) + #"],"cursor":"x"}"#,
    ]

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `changed answers are read or refused, never more`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let pieces: [[UInt8]] = [
            "\"", "{", "[", "-", "1e9999", "null", "\\u0000", ",", "99999999999999999999",
        ].map {
            Array($0.utf8)
        }
        let secret = Secret(Base64.encode([UInt8](repeating: 1, count: 32)))
        let credentials = try CoinbaseCredentials(keyName: "a", secret: secret)
        var read = 0
        for turn in 0..<600 {
            var bytes = Array(Self.good[turn % 3].utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 9))
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            let source = try CoinbaseSource(
                credentials,
                client: PacedClient(
                    Echo(body: bytes),
                    clock: PaceClock(now: { 0 }, sleep: { _ in }, random: { 0 })
                ),
                limits: { () -> VenueLimits in
                    var limits = VenueLimits()
                    limits.walletPagesMax = 3
                    return limits
                }(),
                now: { CoinbaseFixture.now }
            )
            do throws(ConnectorError) {
                switch turn % 3 {
                case 0: _ = try source.fetchPage(of: .ledger(CoinbaseFixture.btc), after: nil)
                case 1: _ = try source.fetchWallets()
                default: _ = try source.fetchPage(of: .trades, after: nil)
                }
                read += 1
            } catch {
                #expect(error.description.utf8.count < 400)
            }
        }
        #expect(read > 50 && read < 600, "some must be read and some refused")
    }
}
