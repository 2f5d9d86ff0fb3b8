public import Crypto
import HTTPClient
import JSON
import Money
public import Time

/// Prices of CoinGecko: hourly and daily prices averaged over venues, and the latest.
///
/// Source: docs.coingecko.com, "Coin Historical Chart Data within Time Range by ID" and "Coin Price by IDs". The step
/// follows from the range: up to 90 days it is hourly, above it is daily at 00:00 UTC, which is the close of the day
/// before. Without a key of a paid plan only the past 365 days can be had. Prices are averages with up to 17 digits.
public struct CoinGeckoPrices: PriceSource {
    /// Where the free service is.
    public static let standardURL = "https://api.coingecko.com/api/v3"
    /// Where the service of paid plans is.
    public static let paidURL = "https://pro-api.coingecko.com/api/v3"
    /// Thirty requests a minute, the documented limit of the demo plan, less a few.
    public static let pacing = Pacing(gapMilliseconds: 2_500)

    private static let hourlyDays: Int64 = 89
    private static let dailyDays: Int64 = 364
    private static let freeDays: Int64 = 364
    private static let stretchedSeconds: Int64 = 92 * 86_400

    /// A key and its plan.
    public struct Key: Sendable {
        let secret: Secret
        let isPro: Bool

        /// A key; one of a paid plan is sent in another header and has the whole history.
        public init(_ secret: Secret, isPro: Bool) {
            self.secret = secret
            self.isPro = isPro
        }
    }

    /// `coingecko`.
    public let name = "coingecko"
    /// Hours and days.
    public let intervals: [PriceInterval] = [.hour, .day]
    private let client: PacedClient
    private let base: String
    private let key: Key?
    private let ids: [String: String]

    /// A client of the service at an address.
    ///
    /// - Parameters:
    ///   - client: What sends the requests.
    ///   - url: The address, with the version in its path.
    ///   - key: The key of a plan, or nil.
    ///   - ids: The service's ids of further asset codes in lower case; they come before the known ones.
    public init(
        _ client: PacedClient,
        url: String = Self.standardURL,
        key: Key? = nil,
        ids: [String: String] = [:]
    ) {
        self.client = client
        base = url
        self.key = key
        self.ids = CoinGeckoIDs.known.merging(ids) { $1 }
    }

    /// Whether the service's id of the base is known.
    public func mayServe(base: String, quote: String) -> Bool {
        ids[base] != nil && isPlain(quote) && base != quote
    }

    /// Up to 89 days of hours or a year of days.
    ///
    /// Blocks.
    ///
    /// - Throws: as `PriceSource`.
    public func fetchPage(_ query: PriceQuery, now: Timestamp) throws(ConnectorError) -> PricePage {
        guard query.interval != .minute else { throw .unknown("\(name) has no prices of minutes") }
        let id = try id(query.base)
        let step = query.interval.seconds
        var start = query.from.raised(to: step)
        let end = min(query.to, now).floored(to: step)
        var limitedFrom: Timestamp?
        let oldest = now.advanced(bySeconds: -Self.freeDays * 86_400).raised(to: step)
        if key?.isPro != true, start < oldest { (start, limitedFrom) = (oldest, oldest) }
        guard start < end else { return PricePage(prices: [], next: nil, limitedFrom: limitedFrom) }
        let days = query.interval == .hour ? Self.hourlyDays : Self.dailyDays
        let stop = min(end, start.advanced(bySeconds: days * 86_400))
        // Only more than 90 days give days: a shorter range is stretched to its past, where that may be asked for.
        var (first, last) = (start, stop)
        if query.interval == .day, stop.seconds - start.seconds < Self.stretchedSeconds {
            let floor = key?.isPro == true ? nil : oldest
            first = max(floor ?? .earliest, stop.advanced(bySeconds: -Self.stretchedSeconds))
            last = max(stop, first.advanced(bySeconds: Self.stretchedSeconds))
        }
        let response = try client.get(
            "\(base)/coins/\(PercentText.encode(id))/market_chart/range?vs_currency=\(PercentText.encode(query.quote))"
                + "&from=\(first.seconds)&to=\(last.seconds)&precision=full",
            headers: headers
        )
        try check(response, query.base)
        guard let rows = try PriceAnswer.json(response)["prices"]?.array else {
            throw .malformed("prices are no list")
        }
        let prices = try read(rows, query.interval, within: start, through: stop)
        return PricePage(
            prices: try PriceAnswer.ordered(prices),
            next: stop < end ? stop : nil,
            limitedFrom: limitedFrom
        )
    }

    /// The latest price.
    ///
    /// Blocks.
    ///
    /// - Throws: as `PriceSource`.
    public func fetchSpot(base: String, quote: String, now: Timestamp) throws(ConnectorError) -> FetchedPrice
    {
        let id = try id(base)
        let response = try client.get(
            "\(self.base)/simple/price?ids=\(PercentText.encode(id))&vs_currencies=\(PercentText.encode(quote))"
                + "&include_last_updated_at=true&precision=full",
            headers: headers
        )
        try check(response, base)
        guard let answer = try PriceAnswer.json(response)[id], let price = answer[quote] else {
            throw .unknown("\(name) has no price of \(base.uppercased()) in \(quote.uppercased())")
        }
        let seconds = try PriceAnswer.seconds(answer["last_updated_at"], "the price's time")
        return FetchedPrice(
            time: try PriceAnswer.checkSpot(Timestamp(seconds: seconds), now: now),
            price: try PriceAnswer.price(price, "the price")
        )
    }

    private func read(
        _ rows: [JSONValue],
        _ interval: PriceInterval,
        within start: Timestamp,
        through stop: Timestamp
    ) throws(ConnectorError) -> [FetchedPrice] {
        var prices: [FetchedPrice] = []
        for (place, row) in rows.enumerated() {
            guard let cells = row.array, cells.count == 2, let milliseconds = cells[0].integer,
                (631_152_000_000..<7_258_118_400_000).contains(milliseconds)
            else { throw .malformed("a price has no time") }
            let time = Timestamp(microseconds: milliseconds * 1_000)
            if interval == .day, time.floored(to: 86_400) != time {
                // The last one is that of the running day.
                if place == rows.count - 1 { continue }
                throw .malformed("a day's price that is not at midnight")
            }
            // The service's empty places.
            if cells[1].isNull { continue }
            let price = try PriceAnswer.price(cells[1], "a price")
            guard time > start || interval == .hour && time == start, time <= stop else { continue }
            prices.append(FetchedPrice(time: time, price: price))
        }
        return prices
    }

    private func id(_ code: String) throws(ConnectorError) -> String {
        guard let id = ids[code] else {
            throw .unknown("\(name)'s id of \(code.uppercased()) is not known; see prices.coingecko_ids")
        }
        return id
    }

    private var headers: [OutgoingHeader] {
        guard let key else { return [] }
        return [
            OutgoingHeader(
                key.isPro ? "x-cg-pro-api-key" : "x-cg-demo-api-key",
                String(decoding: key.secret.revealed(), as: UTF8.self)
            )
        ]
    }

    private func check(_ response: IncomingResponse, _ code: String) throws(ConnectorError) {
        switch response.status {
        case 200: return
        case 404: throw .unknown("\(name) does not know \(code.uppercased())")
        case 401, 403: throw .notAuthorized(name)
        default:
            let answer = try? PriceAnswer.json(response)
            let words = answer?["error"]?.string ?? answer?["status"]?["error_message"]?.string
            throw .status(response.status, PriceAnswer.reason(words))
        }
    }
}
