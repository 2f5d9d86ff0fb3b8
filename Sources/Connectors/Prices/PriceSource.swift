public import Money
public import Time

/// The step between two prices of a service.
public enum PriceInterval: Int64, Hashable, Sendable, CaseIterable {
    /// The close of each minute.
    case minute = 60
    /// The close of each hour.
    case hour = 3_600
    /// The close of each UTC day.
    case day = 86_400

    /// Its length in seconds.
    public var seconds: Int64 { rawValue }
}

/// What a service is asked for: the closes of a pair over a range of time.
public struct PriceQuery: Hashable, Sendable {
    /// The code of what is priced, in lower case.
    public let base: String
    /// The code of what it is counted in, in lower case.
    public let quote: String
    /// The step.
    public let interval: PriceInterval
    /// The start of the first period wanted.
    public let from: Timestamp
    /// The instant by which the last period wanted has ended.
    public let to: Timestamp

    /// A query from its parts.
    public init(base: String, quote: String, interval: PriceInterval, from: Timestamp, to: Timestamp) {
        self.base = base
        self.quote = quote
        self.interval = interval
        self.from = from
        self.to = to
    }

    /// The same from a later start.
    func starting(at time: Timestamp) -> PriceQuery {
        PriceQuery(base: base, quote: quote, interval: interval, from: time, to: to)
    }
}

/// A price and the instant from which it counts: the end of its period.
public struct FetchedPrice: Hashable, Sendable {
    /// The instant from which the price may be used.
    public let time: Timestamp
    /// Units of the quote for one unit of the base, above zero.
    public let price: Amount

    /// A price from its parts.
    public init(time: Timestamp, price: Amount) {
        self.time = time
        self.price = price
    }
}

/// One answer of a service to a query that may need several.
public struct PricePage: Hashable, Sendable {
    /// The prices in the order of time, one for an instant; periods without trades are absent.
    public let prices: [FetchedPrice]
    /// Where the next page starts; nil when this was the last.
    public let next: Timestamp?
    /// The instant before which the service has nothing to give; nil when it is not limited.
    public let limitedFrom: Timestamp?

    /// A page from its parts.
    public init(prices: [FetchedPrice], next: Timestamp?, limitedFrom: Timestamp? = nil) {
        self.prices = prices
        self.next = next
        self.limitedFrom = limitedFrom
    }
}

/// A service that gives prices.
///
/// Safe to use from any thread. Only periods that have ended are given: a close that is still moving is none. Every
/// answer is checked: its form, the pair where it is named, prices above zero and below 10²⁰, times within what was
/// asked for, one price for an instant; what fails is refused by name and nothing of it is used.
public protocol PriceSource: Sendable {
    /// The name that its prices are kept under.
    var name: String { get }
    /// The steps it has, the finest first.
    var intervals: [PriceInterval] { get }

    /// Whether the service may know a pair, by the form of its codes; it may still turn out not to.
    func mayServe(base: String, quote: String) -> Bool

    /// One page of a query; the periods start at or after its `from`.
    ///
    /// Blocks.
    ///
    /// - Throws: `ConnectorError.unknown` for a pair or step that the service does not have, or what went wrong.
    func fetchPage(_ query: PriceQuery, now: Timestamp) throws(ConnectorError) -> PricePage

    /// The latest price of a pair.
    ///
    /// Blocks.
    ///
    /// - Throws: as `fetchPage`.
    func fetchSpot(base: String, quote: String, now: Timestamp) throws(ConnectorError) -> FetchedPrice
}

extension PriceSource {
    /// All pages of a query, given to the body one by one as they come.
    ///
    /// Blocks.
    ///
    /// - Returns: The instant before which the service has nothing to give, or nil.
    /// - Throws: as `fetchPage`, `malformed` when a service leads in circles, and what the body throws.
    public func fetch(
        _ query: PriceQuery,
        now: Timestamp,
        pagesMax: Int = 1_000,
        _ body: ([FetchedPrice]) throws -> Void
    ) throws -> Timestamp? {
        var query = query
        var limitedFrom: Timestamp?
        for _ in 0..<pagesMax {
            let page = try fetchPage(query, now: now)
            if let limit = page.limitedFrom { limitedFrom = limit }
            try body(page.prices)
            guard let next = page.next, next < query.to else { return limitedFrom }
            guard next > query.from else { throw ConnectorError.malformed("the pages lead in circles") }
            query = query.starting(at: next)
        }
        return limitedFrom
    }
}
