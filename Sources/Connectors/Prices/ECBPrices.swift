import HTTPClient
import Money
import Synchronization
public import Time

/// The euro's reference rates of the European Central Bank: one for each of its working days.
///
/// Source: ecb.europa.eu, "Euro foreign exchange reference rates": three XML documents with the latest day, the last 90
/// days and all since 1999. A rate is units of the currency for one euro. It counts from the end of its day, as the
/// bundled rates do.
public final class ECBPrices: PriceSource {
    /// Where the service is.
    public static let standardURL = "https://www.ecb.europa.eu/stats/eurofxref"
    /// Three documents in all: a slow pace will do.
    public static let pacing = Pacing(gapMilliseconds: 1_000)

    private static let keepSeconds: Int64 = 900

    private enum Document: String {
        case daily = "eurofxref-daily.xml"
        case recent = "eurofxref-hist-90d.xml"
        case all = "eurofxref-hist.xml"
    }

    private struct Kept {
        let days: [ECBDay]
        let time: Timestamp
    }

    /// `ecb`.
    public let name = "ecb"
    /// Days alone.
    public let intervals: [PriceInterval] = [.day]
    private let client: PacedClient
    private let base: String
    /// One document serves all currencies.
    private let kept = Mutex<[Document: Kept]>([:])

    /// A client of the service at an address.
    public init(_ client: PacedClient, url: String = ECBPrices.standardURL) {
        self.client = client
        base = url
    }

    /// Whether the pair is the euro in a currency of three letters.
    public func mayServe(base: String, quote: String) -> Bool {
        base == "eur" && quote != "eur" && quote.utf8.count == 3 && isPlain(quote)
    }

    /// All days asked for.
    ///
    /// Blocks.
    ///
    /// - Throws: as `PriceSource`.
    public func fetchPage(_ query: PriceQuery, now: Timestamp) throws(ConnectorError) -> PricePage {
        guard query.interval == .day else { throw .unknown("\(name) has prices of days alone") }
        try checkPair(query.base, query.quote)
        let end = min(query.to, now).floored(to: 86_400)
        let start = query.from.raised(to: 86_400)
        guard start < end else { return PricePage(prices: [], next: nil) }
        let isRecent = start >= now.advanced(bySeconds: -80 * 86_400)
        let days = try days(isRecent ? .recent : .all, now)
        let code = query.quote.uppercased()
        guard days.contains(where: { $0.rates[code] != nil }) else {
            throw .unknown("\(name) has no rate of \(code)")
        }
        var prices: [FetchedPrice] = []
        for day in days where (start..<end).contains(day.day.start) {
            guard let rate = day.rates[code] else { continue }
            prices.append(FetchedPrice(time: day.day.advanced(byDays: 1).start, price: rate))
        }
        return PricePage(prices: try PriceAnswer.ordered(prices), next: nil)
    }

    /// The latest day's rate, from the start of its day's afternoon in Frankfurt at the latest: now.
    ///
    /// Blocks.
    ///
    /// - Throws: as `PriceSource`.
    public func fetchSpot(base: String, quote: String, now: Timestamp) throws(ConnectorError) -> FetchedPrice
    {
        try checkPair(base, quote)
        guard let day = try days(.daily, now).last else { throw .malformed("no day in the document") }
        guard let rate = day.rates[quote.uppercased()] else {
            throw .unknown("\(name) has no rate of \(quote.uppercased())")
        }
        guard day.day.start <= now else { throw .malformed("a price of the future") }
        // The rate is of 14:15 in Frankfurt, which is 13:15 UTC in winter.
        let time = day.day.start.advanced(bySeconds: 13 * 3_600 + 900)
        return FetchedPrice(time: min(time, now), price: rate)
    }

    private func checkPair(_ base: String, _ quote: String) throws(ConnectorError) {
        guard mayServe(base: base, quote: quote) else {
            throw .unknown("\(name) has the euro's rates alone")
        }
    }

    private func days(_ document: Document, _ now: Timestamp) throws(ConnectorError) -> [ECBDay] {
        let known = kept.withLock { $0[document] }
        if let known, known.time.advanced(bySeconds: Self.keepSeconds) > now, known.time <= now {
            return known.days
        }
        let response = try client.get("\(base)/\(document.rawValue)")
        guard response.status == 200 else { throw .status(response.status, "") }
        let days = try ECBDocument.parse(response.body)
        kept.withLock { $0[document] = Kept(days: days, time: now) }
        return days
    }
}
