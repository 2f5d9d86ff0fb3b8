public import Money
public import Time

/// All known prices as an immutable snapshot: one series for each pair and source.
///
/// Adding makes a new snapshot that shares every untouched chunk with the old one, so readers keep theirs.
public struct PriceBook: Sendable {
    private let series: [PricePair: [SourcedSeries]]
    /// The pairs that have prices, in order.
    public let pairs: [PricePair]
    /// The number of points in all series.
    public let count: Int

    /// A book without prices.
    public static let empty = PriceBook(series: [:])

    init(series: [PricePair: [SourcedSeries]]) {
        self.series = series
        pairs = series.keys.sorted()
        var count = 0
        for pair in pairs { for sourced in series[pair] ?? [] { count += sourced.series.count } }
        self.count = count
    }

    /// The series of a pair with their sources, the preferred one first; empty when there is none.
    public func series(of pair: PricePair) -> [SourcedSeries] {
        series[pair] ?? []
    }

    /// The price of a pair that counts at an instant, or nil when none is known by then.
    ///
    /// The most preferred source whose price is not older than `freshSeconds` wins. When all are older the newest
    /// price wins, and of equally old ones the most preferred.
    public func point(of pair: PricePair, asOf time: Timestamp, freshSeconds: Int64) -> PricePoint? {
        sourcedPoint(of: pair, asOf: time, freshSeconds: freshSeconds)?.point
    }

    /// The same with where it came from.
    @inline(__always)
    func sourcedPoint(of pair: PricePair, asOf time: Timestamp, freshSeconds: Int64) -> SourcedPoint? {
        guard let candidates = series[pair] else { return nil }
        var best: SourcedPoint?
        for candidate in candidates {
            guard let point = candidate.series.point(asOf: time) else { continue }
            let found = SourcedPoint(point: point, source: candidate.source)
            if !point.isStale(at: time, freshSeconds: freshSeconds) { return found }
            if let known = best, known.point.time >= point.time { continue }
            best = found
        }
        return best
    }

    /// The earliest instant at which a pair has a price from any source.
    public func firstTime(of pair: PricePair) -> Timestamp? {
        series(of: pair).compactMap(\.series.first?.time).min()
    }
}

extension PricePoint {
    /// Whether the price began to count longer ago than so many seconds.
    public func isStale(at time: Timestamp, freshSeconds: Int64) -> Bool {
        time.microseconds - self.time.microseconds > freshSeconds * 1_000_000
    }
}

/// A price and where it came from.
struct SourcedPoint {
    let point: PricePoint
    let source: PriceSource
}

/// A series and where it came from.
public struct SourcedSeries: Sendable {
    /// Where the prices came from.
    public let source: PriceSource
    /// The prices.
    public let series: PriceSeries
}

/// Collects prices, in any order, for a new snapshot.
public struct PriceBookBuilder {
    private let base: PriceBook
    private var places: [Key: Int] = [:]
    private var keys: [Key] = []
    private var drafts: [SeriesDraft] = []

    private struct Key: Hashable {
        let pair: PricePair
        let source: PriceSource
    }

    /// A builder of a snapshot that has all that `base` has.
    public init(on base: PriceBook = .empty) {
        self.base = base
    }

    /// Adds a price; one for an instant, pair and source that is there already replaces it.
    ///
    /// - Throws: `ValuationError.priceNotPositive`, or `.samePair`.
    public mutating func append(
        pair: PricePair,
        stamp: Timestamp,
        resolution: PriceResolution,
        price: Amount,
        source: PriceSource
    ) throws(ValuationError) {
        guard pair.base != pair.quote else { throw .samePair(asset: pair.base) }
        guard price.isPositive else { throw .priceNotPositive(pair: pair, time: stamp, price: price) }
        let key = Key(pair: pair, source: source)
        let time = resolution.effectiveTime(of: stamp).microseconds
        if let place = places[key] {
            drafts[place].append(time: time, price: price.raw)
            return
        }
        places[key] = drafts.count
        keys.append(key)
        drafts.append(SeriesDraft())
        drafts[drafts.count - 1].append(time: time, price: price.raw)
    }

    /// The snapshot with everything added.
    public consuming func finish() -> PriceBook {
        var series: [PricePair: [SourcedSeries]] = [:]
        for pair in base.pairs { series[pair] = base.series(of: pair) }
        for place in 0..<keys.count {
            let key = keys[place]
            // Taken out of the list, so that the points are held once only.
            let draft = drafts[place]
            drafts[place] = SeriesDraft()
            var candidates = series[key.pair] ?? []
            let known = candidates.firstIndex { $0.source == key.source }
            let merged = draft.finish(on: known.map { candidates[$0].series } ?? .empty)
            let sourced = SourcedSeries(source: key.source, series: merged)
            if let known { candidates[known] = sourced } else { candidates.append(sourced) }
            candidates.sort { $0.source < $1.source }
            series[key.pair] = candidates
        }
        return PriceBook(series: series)
    }
}
