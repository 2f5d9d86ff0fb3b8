import Money
import TestSupport
import Testing
import Time

@testable import Connectors

/// A server that answers as Coinbase Exchange documents it, from made-up candles.
private func coinbase(missing: Set<Int64> = []) -> LoopbackServer {
    LoopbackServer { request in
        guard request.method == "GET", request.header("user-agent")?.hasPrefix("Coffer/") == true else {
            return .json(#"{"message":"User-Agent header is required."}"#, status: 400)
        }
        let parts = request.path.split(separator: "/")
        guard parts.count == 3, parts[0] == "products", parts[1] == "BTC-USD" else {
            return .json(#"{"message":"NotFound"}"#, status: 404)
        }
        if parts[2] == "ticker" {
            return .json(
                #"{"ask":"67012.5","bid":"67012.49","volume":"8123.1","trade_id":86326522,"price":"67012.500000000000000001","size":"0.00698254","time":"2024-06-15T10:20:30.123456Z"}"#
            )
        }
        guard let step = request.query("granularity").flatMap({ Int64($0) }),
            [60, 300, 900, 3_600, 21_600, 86_400].contains(step),
            let start = request.query("start").flatMap({ try? Timestamp.parse($0) as Timestamp }),
            let end = request.query("end").flatMap({ try? Timestamp.parse($0) as Timestamp }),
            (end.seconds - start.seconds) / step < 300
        else {
            return .json(#"{"message":"granularity too small for the requested time range."}"#, status: 400)
        }
        // Newest first, with one candle before the start, as it is documented to happen.
        var candles: [String] = []
        var second = end.seconds
        while second >= start.seconds - step {
            if !missing.contains(second) {
                candles.append("[\(second),1.5,99999999,2,\(close(second, step)),12.25]")
            }
            second -= step
        }
        return .json("[" + candles.joined(separator: ",") + "]")
    }
}

@Suite("Coinbase's prices")
struct CoinbasePricesTests {
    private let now = Timestamp(seconds: 1_718_446_800)  // 2024-06-15T10:20:00Z

    @Test("pages of 300 candles cover a range without a hole", arguments: PriceInterval.allCases)
    func pages(_ interval: PriceInterval) throws {
        let server = coinbase()
        let source = CoinbasePrices(try pricesClient(server), url: server.base)
        let step = interval.seconds
        let start = now.floored(to: step).advanced(bySeconds: -700 * step)
        let query = PriceQuery(base: "btc", quote: "usd", interval: interval, from: start, to: now)
        let lines = try fetchAll(source, query, now: now)
        let expected = (0..<700).map { number in
            let second = start.seconds + Int64(number) * step
            return "\(Timestamp(seconds: second + step)) \(close(second, step))"
        }
        #expect(lines == expected)
        #expect(server.requests.count == 3)
        #expect(server.connections == 1)
    }

    @Test("a period that has not ended has no close")
    func running() throws {
        let server = coinbase()
        let source = CoinbasePrices(try pricesClient(server), url: server.base)
        let lines = try fetchAll(
            source,
            try query("btc/usd", .day, "2024-06-13", "2024-06-20"),
            now: now
        )
        #expect(lines.map { $0.prefix(10) } == ["2024-06-14", "2024-06-15"])
        #expect(
            try fetchAll(source, try query("btc/usd", .day, "2024-06-15", "2024-06-20"), now: now).isEmpty
        )
        #expect(server.requests.count == 1)
    }

    @Test("what had no trades is absent")
    func gaps() throws {
        let start = try time("2024-06-01").seconds
        let server = coinbase(missing: [start + 86_400, start + 2 * 86_400])
        let source = CoinbasePrices(try pricesClient(server), url: server.base)
        let lines = try fetchAll(source, try query("btc/usd", .day, "2024-06-01", "2024-06-06"), now: now)
        #expect(lines.map { $0.prefix(10) } == ["2024-06-02", "2024-06-05", "2024-06-06"])
    }

    @Test("the latest trade is read digit for digit")
    func spot() throws {
        let server = coinbase()
        let source = CoinbasePrices(try pricesClient(server), url: server.base)
        let later = now.advanced(bySeconds: 3_600)
        let price = try source.fetchSpot(base: "btc", quote: "usd", now: later)
        #expect(price.price.description == "67012.500000000000000001")
        #expect(price.time.description == "2024-06-15T10:20:30.123456Z")
        #expect(throws: ConnectorError.malformed("a price of the future")) {
            try source.fetchSpot(base: "btc", quote: "usd", now: try time("2024-06-14"))
        }
    }

    @Test("a pair that is not traded is named")
    func unknown() throws {
        let server = coinbase()
        let source = CoinbasePrices(try pricesClient(server), url: server.base)
        #expect(throws: ConnectorError.unknown("coinbase does not know DOGE-EUR")) {
            try fetchAll(source, try query("doge/eur", .day, "2024-06-01", "2024-06-05"), now: now)
        }
        #expect(!source.mayServe(base: "a/../b", quote: "usd"))
        #expect(!source.mayServe(base: "usd", quote: "usd"))
    }

    @Test(
        "an answer that is not as documented is refused by name",
        arguments: [
            ("[[1717200000,1,3,1,-2,1]]", "a candle's close is not above zero"),
            ("[[1717200000,1,3,1,0,1]]", "a candle's close is not above zero"),
            ("[[1717200000,1,3,1,1e30,1]]", "a candle's close is too large for a price"),
            ("[[1717200000,1,3,1,\"x\",1]]", "a candle's close is no number"),
            ("[[1717200000,1,3,1,5,1]]", "a candle's close is not within its range"),
            ("[[1717200001,1,3,1,2,1]]", "a candle does not start on its step"),
            ("[[1717200000,1,3,1,2,1],[1717200000,1,3,1,3,1]]", "two prices for 2024-06-02T00:00:00Z"),
            ("[[1717200000,1,3,1,2]]", "a candle has not six values"),
            ("[[1e99,1,3,1,2,1]]", "a candle's time is no time"),
            ("[[99999999999999,1,3,1,2,1]]", "a candle's time is no time"),
            ("[[1717200000,1,3,1,2,", "the body is no JSON"),
            ("{\"candles\":[]}", "candles are no list"), ("", "the body is no JSON"),
            ("NaN", "the body is no JSON"), ("[null]", "a candle has not six values"),
        ]
    )
    func hostile(_ body: String, _ reason: String) throws {
        let server = LoopbackServer { _ in .json(body) }
        let source = CoinbasePrices(try pricesClient(server), url: server.base)
        let query = try query("btc/usd", .day, "2024-06-01", "2024-06-05")
        #expect(failure { _ = try fetchAll(source, query, now: now) } == .malformed(reason))
    }

    @Test("statuses are told with the service's own words, cut and without control characters")
    func statuses() throws {
        let words = "bad \u{7}" + String(repeating: "x", count: 500)
        let server = LoopbackServer { _ in
            .json("{\"message\":\"\(words.filter { $0 != "\u{7}" })\"}", status: 400)
        }
        let source = CoinbasePrices(try pricesClient(server), url: server.base)
        let query = try query("btc/usd", .day, "2024-06-01", "2024-06-05")
        guard case .status(400, let text)? = failure({ _ = try fetchAll(source, query, now: now) }) else {
            Issue.record("no status")
            return
        }
        #expect(text.utf8.count == 120)
    }
}
