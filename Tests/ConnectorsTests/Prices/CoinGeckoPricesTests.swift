import Crypto
import Money
import TestSupport
import Testing
import Time

@testable import Connectors

/// A server that answers as CoinGecko documents it: the step follows from the range, and free calls end a year ago.
private func coingecko(now: Int64, key: String? = nil) -> LoopbackServer {
    LoopbackServer { request in
        let isPro = key != nil && request.header("x-cg-pro-api-key") == key
        if let key, !isPro, request.header("x-cg-demo-api-key") != key {
            return .json(#"{"status":{"error_code":10002,"error_message":"API Key Missing"}}"#, status: 401)
        }
        if request.path == "/simple/price" {
            guard request.query("ids") == "bitcoin" else { return .json("{}") }
            guard request.query("vs_currencies") == "usd" else { return .json(#"{"bitcoin":{}}"#) }
            return .json(#"{"bitcoin":{"usd":67187.3358936566,"last_updated_at":\#(now - 90)}}"#)
        }
        guard request.path == "/coins/bitcoin/market_chart/range", request.query("vs_currency") == "usd",
            let from = request.query("from").flatMap({ Int64($0) }),
            let to = request.query("to").flatMap({ Int64($0) })
        else { return .json(#"{"error":"coin not found"}"#, status: 404) }
        guard isPro || from >= now - 365 * 86_400 else {
            return .json(
                #"{"error":{"status":{"error_code":10012,"error_message":"past 365 days"}}}"#,
                status: 401
            )
        }
        let step: Int64 = to - from > 90 * 86_400 ? 86_400 : 3_600
        var rows: [String] = []
        var second = (from + step - 1) / step * step
        while second <= min(to, now) {
            let milliseconds = second * 1_000 + (step == 3_600 ? 41_331 : 0)
            rows.append("[\(milliseconds),\(close(second, step))]")
            second += step
        }
        if to >= now { rows.append("[\(now * 1_000),1.5e-7]") }
        return .json(#"{"prices":[\#(rows.joined(separator: ","))],"market_caps":[],"total_volumes":[]}"#)
    }
}

@Suite("CoinGecko's prices")
struct CoinGeckoPricesTests {
    private let now = Timestamp(seconds: 1_718_446_800)  // 2024-06-15T10:20:00Z

    @Test("days of any range come as days", arguments: [1, 30, 89, 91, 200, 363])
    func days(_ count: Int64) throws {
        let server = coingecko(now: now.seconds)
        let source = CoinGeckoPrices(try pricesClient(server), url: server.base)
        for start in [
            now.floored(to: 86_400).advanced(bySeconds: -364 * 86_400 + 86_400),
            now.floored(to: 86_400)
                .advanced(bySeconds: -count * 86_400),
        ] {
            let end = min(start.advanced(bySeconds: count * 86_400), now.floored(to: 86_400))
            let query = PriceQuery(base: "btc", quote: "usd", interval: .day, from: start, to: end)
            let lines = try fetchAll(source, query, now: now)
            var expected: [String] = []
            var second = start.seconds + 86_400
            while second <= end.seconds {
                expected.append("\(Timestamp(seconds: second)) \(close(second, 86_400))")
                second += 86_400
            }
            #expect(lines == expected, "\(start)")
        }
    }

    @Test("hours come in pages of 89 days")
    func hours() throws {
        let server = coingecko(now: now.seconds)
        let source = CoinGeckoPrices(try pricesClient(server), url: server.base)
        let lines = try fetchAll(source, try query("btc/usd", .hour, "2024-01-01", "2024-05-01"), now: now)
        #expect(lines.count == 121 * 24)
        #expect(Set(lines).count == lines.count)
        #expect(lines.first?.hasPrefix("2024-01-01T00:00:41.331Z ") == true)
        #expect(server.requests.count == 2)
    }

    @Test("without a paid key the past year is all there is; with one everything")
    func plans() throws {
        let free = coingecko(now: now.seconds)
        let source = CoinGeckoPrices(try pricesClient(free), url: free.base)
        let old = try query("btc/usd", .day, "2020-01-01", "2024-06-15")
        var count = 0
        let limit = try source.fetch(old, now: now) { count += $0.count }
        #expect(limit == now.advanced(bySeconds: -364 * 86_400).raised(to: 86_400))
        #expect(count == 363)
        let paid = coingecko(now: now.seconds, key: "CG-secret")
        let key = CoinGeckoPrices.Key(Secret("CG-secret"), isPro: true)
        let whole = CoinGeckoPrices(try pricesClient(paid), url: paid.base, key: key)
        count = 0
        #expect(try whole.fetch(old, now: now) { count += $0.count } == nil)
        #expect(count == 1_627)
        let demo = CoinGeckoPrices(
            try pricesClient(paid),
            url: paid.base,
            key: CoinGeckoPrices.Key(Secret("CG-secret"), isPro: false)
        )
        #expect(
            try demo.fetchSpot(base: "btc", quote: "usd", now: now).price.description == "67187.3358936566"
        )
        let wrong = CoinGeckoPrices(try pricesClient(paid), url: paid.base)
        #expect(
            failure { _ = try wrong.fetchSpot(base: "btc", quote: "usd", now: now) }
                == .notAuthorized("coingecko")
        )
    }

    @Test("an asset without a known id is named with the setting that helps")
    func ids() throws {
        let server = coingecko(now: now.seconds)
        let source = CoinGeckoPrices(try pricesClient(server), url: server.base)
        #expect(!source.mayServe(base: "mine", quote: "usd"))
        guard
            case .unknown(let text)? = failure({
                _ = try source.fetchSpot(base: "mine", quote: "usd", now: now)
            })
        else {
            Issue.record("known")
            return
        }
        #expect(text.contains("prices.coingecko_ids"))
        let other = CoinGeckoPrices(try pricesClient(server), url: server.base, ids: ["mine": "bitcoin"])
        #expect(try other.fetchSpot(base: "mine", quote: "usd", now: now).time.seconds == now.seconds - 90)
        #expect(
            failure { _ = try other.fetchSpot(base: "mine", quote: "eur", now: now) }
                == .unknown("coingecko has no price of MINE in EUR")
        )
    }

    @Test(
        "an answer that is not as documented is refused by name",
        arguments: [
            (#"{"prices":[[1717200000000,-1]]}"#, "a price is not above zero"),
            (#"{"prices":[[1717200000000,0]]}"#, "a price is not above zero"),
            (#"{"prices":[[1717200000000,1e-19]]}"#, "a price is not above zero"),
            (#"{"prices":[[1717200000000,1e40]]}"#, "a price is too large for a price"),
            (#"{"prices":[[1717200000,1]]}"#, "a price has no time"),
            (#"{"prices":[[1717203600000,1],[1717286400000,2]]}"#, "a day's price that is not at midnight"),
            (#"{"prices":[[1717286400000,1],[1717286400000,2]]}"#, "two prices for 2024-06-02T00:00:00Z"),
            (#"{"prices":{}}"#, "prices are no list"), (#"{"prices":[[1717200"#, "the body is no JSON"),
        ]
    )
    func hostile(_ body: String, _ reason: String) throws {
        let server = LoopbackServer { _ in .json(body) }
        let source = CoinGeckoPrices(try pricesClient(server), url: server.base)
        let query = try query("btc/usd", .day, "2024-06-01", "2024-06-05")
        #expect(failure { _ = try fetchAll(source, query, now: now) } == .malformed(reason))
    }

    @Test("a number is read digit for digit, and one with more than 18 decimals is rounded half-even")
    func digits() throws {
        for (text, expected) in [
            ("42261.0406175669", "42261.0406175669"), ("1.2345e-6", "0.0000012345"),
            ("0.1234567890123456785", "0.123456789012345678"),
            ("99999999999999999999", "99999999999999999999"),
        ] {
            let server = LoopbackServer { _ in
                .json(#"{"prices":[[1717286400000,\#(text)],[1717286400000,null]]}"#)
            }
            let source = CoinGeckoPrices(try pricesClient(server), url: server.base)
            let lines = try fetchAll(source, try query("btc/usd", .day, "2024-06-01", "2024-06-05"), now: now)
            #expect(lines == ["2024-06-02T00:00:00Z \(expected)"])
        }
    }
}
