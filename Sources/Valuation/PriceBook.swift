public import Money
public import Time

/// All known prices as an immutable snapshot: one series for each pair and source.
///
/// Adding makes a new snapshot that shares every untouched chunk with the old one, so readers keep theirs.
public struct PriceBook: Sendable {
    /// The series that are there, preferred to those of the fallback.
    fileprivate let table: SeriesTable
    /// Further prices, of a source that is preferred less than all others.
    fileprivate let fallback: DeferredPrices?

    /// A book without prices.
    public static let empty = PriceBook(series: [:], fallback: nil)

    fileprivate init(series: [PricePair: [SourcedSeries]], fallback: DeferredPrices?) {
        table = SeriesTable(series)
        self.fallback = fallback
    }

    /// A book of prices that are read when one of them is asked for.
    public init(_ deferred: DeferredPrices) {
        self.init(series: [:], fallback: deferred)
    }

    /// A book of one series for each pair, all from one source; the prices must be above zero.
    public init(_ series: [PricePair: PriceSeries], source: PriceOrigin) {
        self.init(
            series: series.mapValues { [SourcedSeries(source: source, series: $0)] },
            fallback: nil
        )
    }

    /// The pairs that have prices, in order.
    public var pairs: [PricePair] {
        guard let fallback else { return table.pairs }
        return Set(table.pairs).union(fallback.book.pairs).sorted()
    }

    /// The number of points in all series.
    public var count: Int {
        pairs.reduce(0) { count, pair in series(of: pair).reduce(count) { $0 + $1.series.count } }
    }

    /// The series of a pair with their sources, the preferred one first; empty when there is none.
    public func series(of pair: PricePair) -> [SourcedSeries] {
        Array(table.list[table.places(of: pair)]) + (fallback?.book.series(of: pair) ?? [])
    }

    /// The price of a pair that counts at an instant, or nil when none is known by then.
    ///
    /// The most preferred source whose price is not older than `freshSeconds` wins. When all are older the newest
    /// price wins, and of equally old ones the most preferred.
    public func point(of pair: PricePair, asOf time: Timestamp, freshSeconds: Int64) -> PricePoint? {
        let found = find(pair, asOf: time, freshSeconds: freshSeconds)
        if let found, !found.isStale { return found.point }
        guard let fallback else { return found?.point }
        let best = found.map { SourcedPoint(point: $0.point, source: table.list[$0.place].source) }
        return last(best, asOf: time, freshSeconds: freshSeconds, of: pair, in: fallback.book)?.point
    }

    /// The same with where it came from.
    func sourcedPoint(of pair: PricePair, asOf time: Timestamp, freshSeconds: Int64) -> SourcedPoint? {
        let found = find(pair, asOf: time, freshSeconds: freshSeconds)
        let best = found.map { SourcedPoint(point: $0.point, source: table.list[$0.place].source) }
        guard let fallback, found?.isStale != false else { return best }
        return last(best, asOf: time, freshSeconds: freshSeconds, of: pair, in: fallback.book)
    }

    private struct Found {
        let point: PricePoint
        let place: Int
        let isStale: Bool
    }

    /// The price that counts among the series of the table.
    @inline(__always)
    private func find(_ pair: PricePair, asOf time: Timestamp, freshSeconds: Int64) -> Found? {
        var best: Found?
        for place in table.places(of: pair) {
            guard let point = table.list[place].series.point(asOf: time) else { continue }
            let isStale = point.isStale(at: time, freshSeconds: freshSeconds)
            if !isStale { return Found(point: point, place: place, isStale: false) }
            if let known = best, known.point.time >= point.time { continue }
            best = Found(point: point, place: place, isStale: true)
        }
        return best
    }

    /// A stale price, if there is one, or that of the book asked last, whichever counts.
    private func last(
        _ best: SourcedPoint?,
        asOf time: Timestamp,
        freshSeconds: Int64,
        of pair: PricePair,
        in book: PriceBook
    ) -> SourcedPoint? {
        guard let other = book.sourcedPoint(of: pair, asOf: time, freshSeconds: freshSeconds) else {
            return best
        }
        guard let best, other.point.isStale(at: time, freshSeconds: freshSeconds) else { return other }
        return best.point.time >= other.point.time ? best : other
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
    let source: PriceOrigin
}

/// A series and where it came from.
public struct SourcedSeries: Sendable {
    /// Where the prices came from.
    public let source: PriceOrigin
    /// The prices.
    public let series: PriceSeries
}

/// Collects prices, in any order, for a new snapshot.
public struct PriceBookBuilder {
    private let base: PriceBook
    private var places: [Key: Int] = [:]
    private var keys: [Key] = []
    private var drafts: [SeriesDraft] = []
    /// Whole series, which come before what was added point by point.
    private var whole: [(key: Key, series: PriceSeries)] = []

    private struct Key: Hashable {
        let pair: PricePair
        let source: PriceOrigin
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
        source: PriceOrigin
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

    /// Adds a series of one pair from one source; its points replace what is there for the same instants.
    ///
    /// - Throws: `ValuationError.samePair`.
    public mutating func append(
        _ series: PriceSeries,
        of pair: PricePair,
        source: PriceOrigin
    ) throws(ValuationError) {
        guard pair.base != pair.quote else { throw .samePair(asset: pair.base) }
        whole.append((Key(pair: pair, source: source), series))
    }

    /// The snapshot with everything added.
    public consuming func finish() -> PriceBook {
        // What is preferred no more than the fallback stands among its prices, which must be read for that.
        var fallback = base.fallback
        if let least = fallback?.source,
            keys.contains(where: { $0.source >= least }) || whole.contains(where: { $0.key.source >= least })
        {
            fallback = nil
        }
        var series = base.table.dictionary
        if base.fallback != nil, fallback == nil {
            for pair in base.pairs { series[pair] = base.series(of: pair) }
        }
        for (key, added) in whole { PriceBookBuilder.place(key, in: &series) { added.merged(onto: $0) } }
        for place in 0..<keys.count {
            // Taken out of the list, so that the points are held once only.
            let draft = drafts[place]
            drafts[place] = SeriesDraft()
            PriceBookBuilder.place(keys[place], in: &series) { draft.finish(on: $0) }
        }
        return PriceBook(series: series, fallback: fallback)
    }

    /// Puts a series in its place among those of its pair, made from what is there.
    private static func place(
        _ key: Key,
        in series: inout [PricePair: [SourcedSeries]],
        _ make: (PriceSeries) -> PriceSeries
    ) {
        var candidates = series[key.pair] ?? []
        let known = candidates.firstIndex { $0.source == key.source }
        let merged = make(known.map { candidates[$0].series } ?? .empty)
        let sourced = SourcedSeries(source: key.source, series: merged)
        if let known { candidates[known] = sourced } else { candidates.append(sourced) }
        candidates.sort { $0.source < $1.source }
        series[key.pair] = candidates
    }
}
