public import Money
public import Time

/// The prices of one pair from one source, sorted by time; immutable, and cheap to copy.
///
/// The points lie in chunks that later versions of the series share, so adding yesterday's price copies one chunk.
public struct PriceSeries: Sendable {
    let chunks: [PriceChunk]
    /// The first time of each chunk, for the first step of the search.
    let firstTimes: [Int64]
    /// The time of the first point; the latest there can be without one.
    private let firstTime: Int64
    /// What a look-up needs of each chunk.
    private let heads: [ChunkHead]
    /// 2⁶⁴ over the time from one chunk's begin to the next one's, on average.
    private let spanReciprocal: UInt64
    /// The number of points, at most one for each instant.
    public let count: Int

    /// A series without points.
    public static let empty = PriceSeries(chunks: [])

    /// A series of points in any order; of several for one instant the last one given counts.
    public init(_ points: [PricePoint]) {
        var draft = SeriesDraft()
        for point in points { draft.append(time: point.time.microseconds, price: point.price.raw) }
        self = draft.finish(on: .empty)
    }

    init(chunks: [PriceChunk]) {
        self.chunks = chunks
        firstTimes = chunks.map(\.firstTime)
        firstTime = chunks.first?.firstTime ?? .max
        heads = chunks.indices.map { place in
            ChunkHead(chunks[place], end: place + 1 < chunks.count ? chunks[place + 1].firstTime : .max)
        }
        count = chunks.reduce(0) { $0 + $1.count }
        let span = chunks.count > 1 ? firstTimes[chunks.count - 1] - firstTimes[0] : 1
        spanReciprocal = UInt64.max / UInt64(max(1, span / Int64(max(1, chunks.count - 1))))
    }

    /// The latest point at or before an instant, or nil when the series begins later; O(log n).
    public func point(asOf time: Timestamp) -> PricePoint? {
        let wanted = time.microseconds
        guard !heads.isEmpty, wanted >= firstTime else { return nil }
        let guess = Int(UInt64(wanted - firstTime).multipliedFullWidth(by: spanReciprocal).high)
        if guess < heads.count, let point = heads[guess].point(asOf: wanted) { return point }
        let (number, place) = place(asOf: wanted)
        return chunks[number].point(at: place)
    }

    /// The chunk and the place in it of the latest point at or before an instant; place −1 of chunk 0 when there is none.
    func place(asOf time: Int64) -> (chunk: Int, place: Int) {
        let number = countOfChunks(through: time) - 1
        guard number >= 0 else { return (0, -1) }
        return (number, chunks[number].countThrough(time) - 1)
    }

    /// How many chunks begin at or before an instant.
    ///
    /// Where prices lie evenly the place follows from the time; elsewhere a search finds it.
    @inline(__always)
    private func countOfChunks(through time: Int64) -> Int {
        unsafe firstTimes.withUnsafeBufferPointer { starts in
            guard let first = unsafe starts.first, time >= first else { return 0 }
            let guess = Int(UInt64(time - first).multipliedFullWidth(by: spanReciprocal).high)
            if guess + 1 < starts.count, unsafe starts[guess] <= time, unsafe time < starts[guess + 1] {
                return guess + 1
            }
            return unsafe PriceSeries.countThrough(time, in: starts)
        }
    }

    /// The earliest point, or nil when there is none.
    public var first: PricePoint? { chunks.first?.point(at: 0) }

    /// The latest point, or nil when there is none.
    public var last: PricePoint? { chunks.last.map { $0.point(at: $0.count - 1) } }

    /// Calls the body with each point in order of time.
    ///
    /// - Throws: what the body throws.
    public func forEachPoint<E: Error>(_ body: (PricePoint) throws(E) -> Void) throws(E) {
        for chunk in chunks {
            for place in 0..<chunk.count { try body(chunk.point(at: place)) }
        }
    }

    /// This series on top of another; its points replace those for the same instants.
    func merged(onto base: PriceSeries) -> PriceSeries {
        guard base.count > 0 else { return self }
        var draft = SeriesDraft()
        for chunk in chunks {
            for place in 0..<chunk.count {
                draft.append(time: chunk.time(at: place), price: chunk.raw(at: place))
            }
        }
        return draft.finish(on: base)
    }

    /// How many of the sorted times are at or before the wanted one.
    static func countThrough(_ wanted: Int64, in times: UnsafeBufferPointer<Int64>) -> Int {
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if unsafe times[middle] <= wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Collects the points of one series in bulk, without looking anything up for each of them.
public struct PriceSeriesBuilder: ~Copyable {
    private var draft = SeriesDraft()

    /// An empty series.
    public init() {}

    /// Adds a price above zero in units of 10⁻¹⁸; false, and nothing added, for another.
    @inline(__always)
    public mutating func append(time: Timestamp, price: Amount) -> Bool {
        guard price.isPositive else { return false }
        draft.append(time: time.microseconds, price: price.raw)
        return true
    }

    /// How many points were added.
    public var count: Int { draft.count }

    /// The series; of several points for one instant the last one added counts.
    public consuming func finish() -> PriceSeries {
        draft.finish(on: .empty)
    }
}

/// The points that are being added to one series, in chunks from the start, so that memory never doubles.
struct SeriesDraft {
    private var full: [PriceChunk] = []
    private var times: [Int64] = []
    private var prices: [Int128] = []
    private var lastTime = Int64.min
    private var isSorted = true
    private(set) var count = 0

    mutating func append(time: Int64, price: Int128) {
        if times.count == Limits.chunkPoints { closeChunk() }
        if time <= lastTime { isSorted = false }
        lastTime = time
        times.append(time)
        prices.append(price)
        count += 1
    }

    private mutating func closeChunk() {
        guard !times.isEmpty else { return }
        full.append(PriceChunk(times: times.span, prices: prices.span))
        times.removeAll(keepingCapacity: true)
        prices.removeAll(keepingCapacity: true)
    }

    /// The base with these points on top; a point for an instant that the base has replaces it.
    consuming func finish(on base: PriceSeries) -> PriceSeries {
        guard count > 0 else { return base }
        if !isSorted { self = sorted() }
        guard let last = base.chunks.last else {
            trimLast()
            return PriceSeries(chunks: full)
        }
        let firstTime = full.first?.firstTime ?? times[0]
        return firstTime > last.lastTime ? appended(to: base, last: last) : merged(with: base)
    }

    /// Shares all chunks of the base but its last, which is filled up first.
    private consuming func appended(to base: PriceSeries, last: PriceChunk) -> PriceSeries {
        var result = SeriesDraft()
        result.full = Array(base.chunks.dropLast())
        for place in 0..<last.count {
            result.append(time: last.time(at: place), price: last.raw(at: place))
        }
        forEach { result.append(time: $0, price: $1) }
        result.trimLast()
        return PriceSeries(chunks: result.full)
    }

    /// Chunks that lie wholly before the first new point are shared; the rest is merged.
    private consuming func merged(with base: PriceSeries) -> PriceSeries {
        let first = full.first?.firstTime ?? times[0]
        let kept = base.chunks.prefix { $0.lastTime < first }.count
        var result = SeriesDraft()
        result.full = Array(base.chunks[..<kept])
        var old = PointWalk(base.chunks[kept...])
        forEach { time, price in
            while let known = old.current, known.time < time {
                result.append(time: known.time, price: known.price)
                old.advance()
            }
            if old.current?.time == time { old.advance() }
            result.append(time: time, price: price)
        }
        while let known = old.current {
            result.append(time: known.time, price: known.price)
            old.advance()
        }
        result.trimLast()
        return PriceSeries(chunks: result.full)
    }

    /// The same points by time; of several for one instant the last one appended stays.
    private func sorted() -> SeriesDraft {
        var points: [(time: Int64, order: Int, price: Int128)] = []
        points.reserveCapacity(count)
        forEach { points.append(($0, points.count, $1)) }
        points.sort { ($0.time, $0.order) < ($1.time, $1.order) }
        var result = SeriesDraft()
        for (place, point) in points.enumerated() {
            if place + 1 < points.count, points[place + 1].time == point.time { continue }
            result.append(time: point.time, price: point.price)
        }
        return result
    }

    private func forEach(_ body: (Int64, Int128) -> Void) {
        for chunk in full {
            for place in 0..<chunk.count { body(chunk.time(at: place), chunk.raw(at: place)) }
        }
        for place in 0..<times.count { body(times[place], prices[place]) }
    }

    /// Closes the last chunk at its exact size.
    private mutating func trimLast() {
        guard !times.isEmpty else { return }
        full.append(PriceChunk(times: times.span, prices: prices.span))
        times = []
        prices = []
    }
}

/// Goes through the points of chunks, one after the other.
private struct PointWalk {
    private let chunks: ArraySlice<PriceChunk>
    private var chunk: Int
    private var place = 0

    init(_ chunks: ArraySlice<PriceChunk>) {
        self.chunks = chunks
        chunk = chunks.startIndex
    }

    /// The point at hand, or nil at the end.
    var current: (time: Int64, price: Int128)? {
        guard chunk < chunks.endIndex else { return nil }
        return (chunks[chunk].time(at: place), chunks[chunk].raw(at: place))
    }

    mutating func advance() {
        place += 1
        guard place == chunks[chunk].count else { return }
        chunk += 1
        place = 0
    }
}
