import Money
import TestSupport
import Testing
import Time

@testable import Connectors

/// A server that answers as Kraken documents it: the latest 720 candles, the last one still moving.
private func kraken(now: Int64, last: Int = 720, key: String = "XXBTZUSD") -> LoopbackServer {
    LoopbackServer { request in
        guard request.query("pair") == "XBTUSD" else {
            return .json(#"{"error":["EQuery:Unknown asset pair"]}"#)
        }
        if request.path == "/0/public/Ticker" {
            return .json(
                #"{"error":[],"result":{"\#(key)":{"a":["67012.60000","1","1.000"],"b":["67012.5","3","3.000"],"c":["67012.50000","0.00012"],"v":["1","2"],"o":"66900.1"}}}"#
            )
        }
        guard request.path == "/0/public/OHLC",
            let minutes = request.query("interval").flatMap({ Int64($0) }),
            let since = request.query("since").flatMap({ Int64($0) })
        else { return .json(#"{"error":["EGeneral:Invalid arguments"]}"#) }
        let step = minutes * 60
        let running = now / step * step
        let rows = (0..<Int64(last)).map { running - (Int64(last) - 1 - $0) * step }.filter { $0 > since }
            .map { #"[\#($0),"2","99999999","1.5","\#(close($0, step))","3","1.5",9]"# }
        return .json(
            #"{"error":[],"result":{"\#(key)":[\#(rows.joined(separator: ","))],"last":\#(running - step)}}"#
        )
    }
}

@Suite("Kraken's prices")
struct KrakenPricesTests {
    private let now = Timestamp(seconds: 1_718_446_800)  // 2024-06-15T10:20:00Z

    @Test(
        "what there is of the latest 720 candles, without the moving one",
        arguments: PriceInterval.allCases
    )
    func candles(_ interval: PriceInterval) throws {
        let server = kraken(now: now.seconds)
        let source = KrakenPrices(try pricesClient(server), url: server.base)
        let step = interval.seconds
        let start = now.floored(to: step).advanced(bySeconds: -500 * step)
        let query = PriceQuery(base: "btc", quote: "usd", interval: interval, from: start, to: now)
        let lines = try fetchAll(source, query, now: now)
        let expected = (0..<500).map { number in
            let second = start.seconds + Int64(number) * step
            return "\(Timestamp(seconds: second + step)) \(close(second, step))"
        }
        #expect(lines == expected)
        #expect(server.requests.count == 1)
    }

    @Test("what is older than that is said to be out of reach")
    func limited() throws {
        let server = kraken(now: now.seconds)
        let source = KrakenPrices(try pricesClient(server), url: server.base)
        var count = 0
        let limit = try source.fetch(try query("btc/usd", .day, "2017-01-01", "2024-06-15"), now: now) {
            count += $0.count
        }
        #expect(count == 719)
        #expect(limit == now.floored(to: 86_400).advanced(bySeconds: -719 * 86_400))
        let old = try source.fetchPage(try query("btc/usd", .day, "2017-01-01", "2018-01-01"), now: now)
        #expect(old.prices.isEmpty)
        #expect(old.limitedFrom == limit)
        #expect(server.requests.count == 1)
    }

    @Test("the latest trade")
    func spot() throws {
        let server = kraken(now: now.seconds)
        let source = KrakenPrices(try pricesClient(server), url: server.base)
        let price = try source.fetchSpot(base: "btc", quote: "usd", now: now)
        #expect(price.price.description == "67012.5")
        #expect(price.time == now)
    }

    @Test("pairs have the house's names")
    func names() {
        #expect(KrakenPrices.names("btc", "usd").isSuperset(of: ["XBTUSD", "XXBTZUSD", "BTC/USD"]))
        #expect(KrakenPrices.names("doge", "eur").isSuperset(of: ["XDGEUR", "XXDGZEUR", "XDGZEUR"]))
        #expect(KrakenPrices.names("sol", "usd").contains("SOLUSD"))
        #expect(!KrakenPrices.names("btc", "usd").contains("XXBTZEUR"))
    }

    @Test("another pair or currency than the one asked for is refused")
    func wrongPair() throws {
        for key in ["XXBTZEUR", "XETHZUSD", "XBTUSDT"] {
            let server = kraken(now: now.seconds, key: key)
            let source = KrakenPrices(try pricesClient(server), url: server.base)
            let query = try query("btc/usd", .day, "2024-06-01", "2024-06-05")
            let expected = ConnectorError.malformed("another pair than the one asked for")
            #expect(failure { _ = try fetchAll(source, query, now: now) } == expected)
            #expect(failure { _ = try source.fetchSpot(base: "btc", quote: "usd", now: now) } == expected)
        }
    }

    @Test(
        "errors that come with status 200 are told apart",
        arguments: [
            (
                #"{"error":["EQuery:Unknown asset pair"]}"#,
                ConnectorError.unknown("kraken does not know XBTUSD")
            ),
            (#"{"error":["EAPI:Rate limit exceeded"]}"#, .rateLimited(retryAfterSeconds: nil)),
            (#"{"error":["EGeneral:Too many requests"]}"#, .rateLimited(retryAfterSeconds: nil)),
            (#"{"error":["EService:Unavailable"]}"#, .status(200, "EService:Unavailable")),
            (#"{"result":{}}"#, .malformed("the list of errors is absent")),
            (#"{"error":[],"result":{"last":1}}"#, .malformed("not one pair in the answer")),
            (
                #"{"error":[],"result":{"XXBTZUSD":[[1717200000,"1","3","1","-2","1","1",1]]}}"#,
                .malformed("a candle's close is not above zero")
            ),
            (
                #"{"error":[],"result":{"XXBTZUSD":[[1717200000,"1","3","1"]]}}"#,
                .malformed("a candle has not eight values")
            ),
            (#"{"error":[],"result":{"XXBTZUSD":{}}}"#, .malformed("candles are no list")),
            (#"{"error":[],"result":{"XXBTZUSD":[[1717"#, .malformed("the body is no JSON")),
        ]
    )
    func errors(_ body: String, _ expected: ConnectorError) throws {
        let server = LoopbackServer { _ in .json(body) }
        let source = KrakenPrices(try pricesClient(server), url: server.base)
        let query = try query("btc/usd", .day, "2024-06-01", "2024-06-05")
        #expect(failure { _ = try fetchAll(source, query, now: now) } == expected)
    }
}
