import Crypto
import HTTPClient
import JSON
import Money
public import Time

/// Prices of Kraken: candles of minutes, hours and days, and the latest trade.
///
/// Source: docs.kraken.com, REST API, "Get OHLC Data" and "Get Ticker Information". Only the latest 720 candles can be
/// had, whatever is asked for; the last one is still moving. Errors come with status 200 in a list of texts. Assets
/// have names of the house, such as XBT for bitcoin and XXBT, ZUSD within the names of pairs.
public struct KrakenPrices: PriceSource {
    /// Where the service is.
    public static let standardURL = "https://api.kraken.com"
    /// One request a second, as public calls are counted.
    public static let pacing = Pacing(gapMilliseconds: 1_100)

    private static let candles: Int64 = 720

    /// `kraken`.
    public let name = "kraken"
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

    /// What there is of the latest 720 candles.
    ///
    /// Blocks.
    ///
    /// - Throws: as `PriceSource`.
    public func fetchPage(_ query: PriceQuery, now: Timestamp) throws(ConnectorError) -> PricePage {
        let step = query.interval.seconds
        let start = query.from.raised(to: step)
        let end = min(query.to, now).floored(to: step)
        let oldest = now.floored(to: step).advanced(bySeconds: (1 - Self.candles) * step)
        guard start < end else { return PricePage(prices: [], next: nil) }
        guard oldest < end else { return PricePage(prices: [], next: nil, limitedFrom: oldest) }
        // Whether the candle named by `since` itself is given is told in different ways; asking one earlier is safe.
        let since = max(start, oldest).advanced(bySeconds: -step).seconds
        let pair = pair(query.base, query.quote)
        let rows = try result(
            try client.get("\(base)/0/public/OHLC?pair=\(pair)&interval=\(step / 60)&since=\(since)"),
            query.base,
            query.quote
        )
        guard let rows = rows.array else { throw .malformed("candles are no list") }
        var prices: [FetchedPrice] = []
        for row in rows {
            let (time, close) = try candle(row, step)
            guard (start..<end).contains(time) else { continue }
            prices.append(FetchedPrice(time: time.advanced(bySeconds: step), price: close))
        }
        return PricePage(
            prices: try PriceAnswer.ordered(prices),
            next: nil,
            limitedFrom: start < oldest ? oldest : nil
        )
    }

    /// The latest trade.
    ///
    /// Blocks.
    ///
    /// - Throws: as `PriceSource`.
    public func fetchSpot(base: String, quote: String, now: Timestamp) throws(ConnectorError) -> FetchedPrice
    {
        let response = try client.get("\(self.base)/0/public/Ticker?pair=\(pair(base, quote))")
        let ticker = try result(response, base, quote)
        // The ticker has no time of its own: it is the latest trade of now.
        return FetchedPrice(time: now, price: try PriceAnswer.price(ticker["c"]?[0], "the ticker's price"))
    }

    private func candle(
        _ row: JSONValue,
        _ step: Int64
    ) throws(ConnectorError) -> (time: Timestamp, close: Amount) {
        guard let cells = row.array, cells.count == 8 else {
            throw .malformed("a candle has not eight values")
        }
        let seconds = try PriceAnswer.seconds(cells[0], "a candle's time")
        guard seconds % step == 0 else { throw .malformed("a candle does not start on its step") }
        let high = try PriceAnswer.price(cells[2], "a candle's high")
        let low = try PriceAnswer.price(cells[3], "a candle's low")
        let close = try PriceAnswer.price(cells[4], "a candle's close")
        guard low <= close, close <= high else {
            throw .malformed("a candle's close is not within its range")
        }
        return (Timestamp(seconds: seconds), close)
    }

    /// What an answer says of the pair asked for.
    private func result(
        _ response: IncomingResponse,
        _ base: String,
        _ quote: String
    ) throws(ConnectorError) -> JSONValue {
        guard response.status == 200 else { throw .status(response.status, "") }
        let answer = try PriceAnswer.json(response)
        guard let errors = answer["error"]?.array else { throw .malformed("the list of errors is absent") }
        if let error = errors.first {
            let text = PriceAnswer.reason(error.string)
            if text.hasPrefix("EQuery:Unknown asset") || text.hasPrefix("EGeneral:Invalid arguments") {
                throw .unknown("\(name) does not know \(pair(base, quote))")
            }
            if text.hasPrefix("EAPI:Rate limit") || text.hasPrefix("EGeneral:Too many requests") {
                throw .rateLimited(retryAfterSeconds: nil)
            }
            throw .status(200, text)
        }
        let members = (answer["result"]?.object ?? []).filter { $0.key != "last" }
        guard let found = members.first, members.count == 1 else {
            throw .malformed("not one pair in the answer")
        }
        guard Self.names(base, quote).contains(found.key) else {
            throw .malformed("another pair than the one asked for")
        }
        return found.value
    }

    private func pair(_ base: String, _ quote: String) -> String {
        PercentText.encode(Self.code(base) + Self.code(quote))
    }

    /// The name of an asset in Kraken's short names of pairs.
    private static func code(_ code: String) -> String {
        switch code {
        case "btc": "XBT"
        case "doge": "XDG"
        default: code.uppercased()
        }
    }

    /// All names under which the answer may give a pair: short, with the letters X and Z in front, and displayed.
    static func names(_ base: String, _ quote: String) -> Set<String> {
        var names: Set<String> = ["\(base.uppercased())/\(quote.uppercased())"]
        for first in ["", "X", "Z"] {
            for second in ["", "X", "Z"] { names.insert(first + code(base) + second + code(quote)) }
        }
        return names
    }
}
