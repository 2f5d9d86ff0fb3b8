import Money
import Time

/// Up to `Limits.chunkPoints` neighbouring points as columns, never empty and immutable.
///
/// 8 bytes a point where the times lie on a regular step and the prices have few digits, 24 at most: the times of a
/// regular step are not kept, and prices that are all whole multiples of a power of ten below 10¹⁹ are kept as those
/// multiples.
@safe
final class PriceChunk: @unchecked Sendable {
    // Unchecked: the memory of the small prices is written in the initializer only.
    /// The number of points.
    let count: Int
    /// The time of the first point.
    let firstTime: Int64
    /// The time of the last point.
    let lastTime: Int64
    /// The time between two neighbouring points where it is always the same, else 0.
    let step: Int64
    /// All times, in order; empty where the step is always the same.
    let stamps: [Int64]
    /// What the small prices are multiples of.
    let scale: Int64
    /// The prices as multiples of the scale; nil where they are wide.
    let small: UnsafeMutablePointer<Int64>?
    /// The prices; empty where they are small.
    let wide: [Int128]

    /// Columns of the same length, the times ascending.
    init(times: Span<Int64>, prices: Span<Int128>) {
        precondition(times.count == prices.count && !times.isEmpty, "a chunk has points")
        count = times.count
        firstTime = times[0]
        lastTime = times[times.count - 1]
        step = PriceChunk.regularStep(times)
        stamps = step > 0 ? [] : PriceChunk.copied(times)
        if let packed = PriceChunk.packed(prices) {
            scale = Int64(packed.scale)
            let memory = UnsafeMutablePointer<Int64>.allocate(capacity: count)
            for place in 0..<count { unsafe (memory + place).initialize(to: packed.multiples[place]) }
            unsafe small = memory
            wide = []
        } else {
            scale = 0
            unsafe small = nil
            wide = PriceChunk.copied(prices)
        }
    }

    deinit {
        unsafe small?.deallocate()
    }

    /// The time of a point.
    @inline(__always)
    func time(at place: Int) -> Int64 {
        step > 0 ? firstTime + Int64(place) * step : stamps[place]
    }

    /// The price of a point in units of 10⁻¹⁸.
    @inline(__always)
    func raw(at place: Int) -> Int128 {
        guard let small = unsafe small else { return wide[place] }
        precondition(place >= 0 && place < count, "a place within the chunk")
        let product = unsafe small[place].multipliedFullWidth(by: scale)
        return Int128(product.high) << 64 | Int128(product.low)
    }

    /// The price of a point in units of 10⁻¹⁸, which is above zero.
    @inline(__always)
    func price(at place: Int) -> UInt128 {
        guard let small = unsafe small else { return UInt128(truncatingIfNeeded: wide[place]) }
        precondition(place >= 0 && place < count, "a place within the chunk")
        let multiple = unsafe UInt64(truncatingIfNeeded: small[place])
        return UInt128(multiple) &* UInt128(UInt64(truncatingIfNeeded: scale))
    }

    /// One point.
    @inline(__always)
    func point(at place: Int) -> PricePoint {
        PricePoint(time: Timestamp(microseconds: time(at: place)), price: Amount(unchecked: raw(at: place)))
    }

    /// How many of the times are at or before the wanted one.
    @inline(__always)
    func countThrough(_ wanted: Int64) -> Int {
        guard wanted < lastTime else { return count }
        guard wanted >= firstTime else { return 0 }
        guard step == 0 else { return Int(UInt64(wanted - firstTime) / UInt64(step)) + 1 }
        return unsafe stamps.withUnsafeBufferPointer { unsafe PriceSeries.countThrough(wanted, in: $0) }
    }

    private static func regularStep(_ times: Span<Int64>) -> Int64 {
        guard times.count > 1 else { return 1 }
        let step = times[1] - times[0]
        for place in 1..<times.count where times[place] - times[place - 1] != step { return 0 }
        return step
    }

    /// The prices as multiples of the largest power of ten up to 10¹⁸ that divides them all; nil where one of them
    /// does not fit 63 bits so.
    ///
    /// One division of 128 by 64 bits a price; the scale falls a few times in a chunk at most.
    private static func packed(_ prices: Span<Int128>) -> (scale: UInt64, multiples: [Int64])? {
        var scale: UInt64 = 1_000_000_000_000_000_000
        var multiples: [Int64] = []
        multiples.reserveCapacity(prices.count)
        for place in prices.indices {
            let price = UInt128(prices[place])
            let high = UInt64(truncatingIfNeeded: price >> 64)
            let low = UInt64(truncatingIfNeeded: price)
            var factor: Int64 = 1
            while true {
                guard high < scale else { return nil }
                let parts = scale.dividingFullWidth((high, low))
                if parts.remainder == 0 {
                    if factor > 1, !enlarge(&multiples, by: factor) { return nil }
                    guard let multiple = Int64(exactly: parts.quotient) else { return nil }
                    multiples.append(multiple)
                    break
                }
                scale /= 10
                factor *= 10
            }
        }
        return (scale, multiples)
    }

    /// Multiplies what is there, as the scale fell; false when one does not fit.
    private static func enlarge(_ multiples: inout [Int64], by factor: Int64) -> Bool {
        for place in multiples.indices {
            let (product, overflow) = multiples[place].multipliedReportingOverflow(by: factor)
            guard !overflow else { return false }
            multiples[place] = product
        }
        return true
    }

    private static func copied<Element>(_ span: Span<Element>) -> [Element] {
        var array: [Element] = []
        array.reserveCapacity(span.count)
        for place in span.indices { array.append(span[place]) }
        return array
    }
}

/// What a look-up needs of a chunk, beside its neighbours' in one list, so that only the price itself is far away.
///
/// Complete where the chunk has a regular step and small prices; elsewhere the chunk is asked.
@safe
struct ChunkHead: @unchecked Sendable {
    // Unchecked: the memory belongs to the chunk, which the series holds beside this.
    private let small: UnsafeMutablePointer<Int64>?
    private let firstTime: Int64
    private let step: UInt64
    private let scale: Int64
    private let lastPlace: UInt64

    init(_ chunk: PriceChunk) {
        unsafe small = chunk.step > 0 ? chunk.small : nil
        firstTime = chunk.firstTime
        step = UInt64(chunk.step)
        scale = chunk.scale
        lastPlace = UInt64(chunk.count - 1)
    }

    /// The point that counts at an instant from the chunk's first time on; nil where the chunk must be asked.
    @inline(__always)
    func point(asOf time: Int64) -> PricePoint? {
        guard let small = unsafe small else { return nil }
        precondition(time >= firstTime, "an instant within the chunk")
        let place = min(UInt64(time - firstTime) / step, lastPlace)
        let product = unsafe small[Int(place)].multipliedFullWidth(by: scale)
        return PricePoint(
            time: Timestamp(microseconds: firstTime + Int64(place * step)),
            price: Amount(unchecked: Int128(product.high) << 64 | Int128(product.low))
        )
    }
}
