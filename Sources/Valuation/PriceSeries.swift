import Money
public import Time

/// The prices of one pair from one source, sorted by time; immutable, and cheap to copy.
///
/// The points lie in chunks that later versions of the series share, so adding yesterday's price copies one chunk.
public struct PriceSeries: Sendable {
    let chunks: [PriceChunk]
    /// The first time of each chunk, for the first step of the search.
    let firstTimes: [Int64]
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
        firstTimes = chunks.map { $0.times[0] }
        count = chunks.reduce(0) { $0 + $1.times.count }
    }

    /// The latest point at or before an instant, or nil when the series begins later; O(log n).
    public func point(asOf time: Timestamp) -> PricePoint? {
        let wanted = time.microseconds
        let number = PriceSeries.countThrough(wanted, in: firstTimes) - 1
        guard number >= 0 else { return nil }
        let chunk = chunks[number]
        let place = PriceSeries.countThrough(wanted, in: chunk.times) - 1
        return chunk.point(at: place)
    }

    /// The chunk and the place in it of the latest point at or before an instant; place −1 of chunk 0 when there is none.
    func place(asOf time: Int64) -> (chunk: Int, place: Int) {
        let number = PriceSeries.countThrough(time, in: firstTimes) - 1
        guard number >= 0 else { return (0, -1) }
        return (number, PriceSeries.countThrough(time, in: chunks[number].times) - 1)
    }

    /// The earliest point, or nil when there is none.
    public var first: PricePoint? { chunks.first?.point(at: 0) }

    /// The latest point, or nil when there is none.
    public var last: PricePoint? { chunks.last.map { $0.point(at: $0.times.count - 1) } }

    /// Calls the body with each point in order of time.
    ///
    /// - Throws: what the body throws.
    public func forEachPoint<E: Error>(_ body: (PricePoint) throws(E) -> Void) throws(E) {
        for chunk in chunks {
            for place in 0..<chunk.times.count { try body(chunk.point(at: place)) }
        }
    }

    /// How many of the sorted times are at or before the wanted one.
    private static func countThrough(_ wanted: Int64, in times: [Int64]) -> Int {
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Up to `Limits.chunkPoints` neighbouring points as columns, never empty: 24 bytes a point.
final class PriceChunk: Sendable {
    let times: [Int64]
    let prices: [Int128]

    init(times: [Int64], prices: [Int128]) {
        self.times = times
        self.prices = prices
    }

    func point(at place: Int) -> PricePoint {
        PricePoint(time: Timestamp(microseconds: times[place]), price: Amount(unchecked: prices[place]))
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
        full.append(PriceChunk(times: times, prices: prices))
        times = []
        prices = []
        times.reserveCapacity(Limits.chunkPoints)
        prices.reserveCapacity(Limits.chunkPoints)
    }

    /// The base with these points on top; a point for an instant that the base has replaces it.
    consuming func finish(on base: PriceSeries) -> PriceSeries {
        guard count > 0 else { return base }
        if !isSorted { self = sorted() }
        guard let last = base.chunks.last else {
            trimLast()
            return PriceSeries(chunks: full)
        }
        let lastBaseTime = last.times[last.times.count - 1]
        let firstTime = full.first?.times[0] ?? times[0]
        return firstTime > lastBaseTime ? appended(to: base, last: last) : merged(with: base)
    }

    /// Shares all chunks of the base but its last, which is filled up first.
    private consuming func appended(to base: PriceSeries, last: PriceChunk) -> PriceSeries {
        var result = SeriesDraft()
        result.full = Array(base.chunks.dropLast())
        for place in 0..<last.times.count {
            result.append(time: last.times[place], price: last.prices[place])
        }
        forEach { result.append(time: $0, price: $1) }
        result.trimLast()
        return PriceSeries(chunks: result.full)
    }

    private consuming func merged(with base: PriceSeries) -> PriceSeries {
        var result = SeriesDraft()
        var old: [PricePoint] = []
        old.reserveCapacity(base.count)
        base.forEachPoint { old.append($0) }
        var next = 0
        forEach { time, price in
            while next < old.count, old[next].time.microseconds < time {
                result.append(time: old[next].time.microseconds, price: old[next].price.raw)
                next += 1
            }
            if next < old.count, old[next].time.microseconds == time { next += 1 }
            result.append(time: time, price: price)
        }
        while next < old.count {
            result.append(time: old[next].time.microseconds, price: old[next].price.raw)
            next += 1
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
            for place in 0..<chunk.times.count { body(chunk.times[place], chunk.prices[place]) }
        }
        for place in 0..<times.count { body(times[place], prices[place]) }
    }

    /// Closes the last chunk at its exact size.
    private mutating func trimLast() {
        guard !times.isEmpty else { return }
        full.append(PriceChunk(times: Array(times[...]), prices: Array(prices[...])))
        times = []
        prices = []
    }
}
