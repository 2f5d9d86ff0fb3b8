import Crypto
import HTTPClient
import JSON
import Money
public import Time

/// Prices of Coinbase Exchange: candles of minutes, hours and days, and the latest trade.
///
/// Source: docs.cdp.coinbase.com, Exchange REST API, "Get product candles" and "Get product ticker". A page has up to
/// 300 candles, newest first, each `[time, low, high, open, close, volume]`; intervals without trades are absent, and
/// some candles may precede the start asked for. Public limit: 10 requests a second.
public struct CoinbasePrices: PriceSource {
    /// Where the service is.
    public static let standardURL = "https://api.exchange.coinbase.com"
    /// Half of what is allowed.
    public static let pacing = Pacing(gapMilliseconds: 200)

    private static let candles: Int64 = 300

    /// `coinbase`.
    public let name = "coinbase"
    /// Minutes, hours, days.
    public let intervals: [PriceInterval] = [.minute, .hour, .day]
    private let client: PacedClient
    private let base: String

    /// A client of the service at an address.
    public init(_ client: PacedClient, url: String = Self.standardURL) {
        self.client = client
        base = url
    }

    /// Whether both codes are letters and digits alone.
    public func mayServe(base: String, quote: String) -> Bool {
        isPlain(base) && isPlain(quote) && base != quote
    }

    /// Up to 300 candles.
    ///
    /// Blocks.
    ///
    /// - Throws: as `PriceSource`.
    public func fetchPage(_ query: PriceQuery, now: Timestamp) throws(ConnectorError) -> PricePage {
        let step = query.interval.seconds
        let start = query.from.raised(to: step)
        let end = min(query.to, now).floored(to: step)
        guard start < end else { return PricePage(prices: [], next: nil) }
        let stop = min(end, start.advanced(bySeconds: Self.candles * step))
        // Both ends name candles, so the last one is the one before the stop.
        let last = stop.advanced(bySeconds: -step)
        let product = product(query.base, query.quote)
        let response = try client.get(
            "\(base)/products/\(product)/candles?granularity=\(step)&start=\(PercentText.encode(start.description))"
                + "&end=\(PercentText.encode(last.description))"
        )
        try check(response, product)
        guard let rows = try PriceAnswer.json(response).array else { throw .malformed("candles are no list") }
        var prices: [FetchedPrice] = []
        for row in rows {
            let (time, close) = try candle(row, step)
            guard (start..<stop).contains(time) else { continue }
            prices.append(FetchedPrice(time: time.advanced(bySeconds: step), price: close))
        }
        return PricePage(prices: try PriceAnswer.ordered(prices), next: stop < end ? stop : nil)
    }

    /// The latest trade.
    ///
    /// Blocks.
    ///
    /// - Throws: as `PriceSource`.
    public func fetchSpot(base: String, quote: String, now: Timestamp) throws(ConnectorError) -> FetchedPrice
    {
        let product = product(base, quote)
        let response = try client.get("\(self.base)/products/\(product)/ticker")
        try check(response, product)
        let ticker = try PriceAnswer.json(response)
        guard let text = ticker["time"]?.string, let time: Timestamp = try? Timestamp.parse(text) else {
            throw .malformed("the ticker's time is none")
        }
        return FetchedPrice(
            time: try PriceAnswer.checkSpot(time, now: now),
            price: try PriceAnswer.price(ticker["price"], "the ticker's price")
        )
    }

    private func candle(
        _ row: JSONValue,
        _ step: Int64
    ) throws(ConnectorError) -> (time: Timestamp, close: Amount) {
        guard let cells = row.array, cells.count == 6 else { throw .malformed("a candle has not six values") }
        let seconds = try PriceAnswer.seconds(cells[0], "a candle's time")
        guard seconds % step == 0 else { throw .malformed("a candle does not start on its step") }
        let low = try PriceAnswer.price(cells[1], "a candle's low")
        let high = try PriceAnswer.price(cells[2], "a candle's high")
        let close = try PriceAnswer.price(cells[4], "a candle's close")
        guard low <= close, close <= high else {
            throw .malformed("a candle's close is not within its range")
        }
        return (Timestamp(seconds: seconds), close)
    }

    private func check(_ response: IncomingResponse, _ product: String) throws(ConnectorError) {
        switch response.status {
        case 200: return
        case 404: throw .unknown("\(name) does not know \(product)")
        default:
            let words = (try? PriceAnswer.json(response))?["message"]?.string
            throw .status(response.status, PriceAnswer.reason(words))
        }
    }

    private func product(_ base: String, _ quote: String) -> String {
        PercentText.encode("\(base.uppercased())-\(quote.uppercased())")
    }
}

/// Whether a code is made of letters and digits alone, as the services' own codes are.
func isPlain(_ code: String) -> Bool {
    !code.isEmpty && code.utf8.count <= 16
        && code.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
}
