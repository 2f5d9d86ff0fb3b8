/// What is held of an asset that one series prices, on its way through the instants.
struct SeriesWalk {
    let runs: HoldingRuns
    let freshMicroseconds: Int64
    /// The run that the walk has come to.
    fileprivate var run = 0
    /// The price that it has come to; nil before the first.
    fileprivate var position: PricePosition?
    fileprivate let series: PriceSeries

    init(_ runs: HoldingRuns, at series: PriceSeries, freshMicroseconds: Int64) {
        self.runs = runs
        self.series = series
        self.freshMicroseconds = freshMicroseconds
    }
}

/// The exact sums of one way of prices at each instant.
///
/// This is the loop that a long history spends its time in: it works on bare memory, and goes through the instants in
/// blocks that stay near the processor while all assets are added to them.
struct SumColumn {
    private(set) var sums: [WideSum]
    private(set) var isStale: [Bool]
    private(set) var isOutOfRange = false
    /// For each instant the last one up to which neighbours are as far apart as it and the next.
    private let evenThrough: [Int]

    /// The instants of a block: its sums take 64 KiB.
    private static let block = 2048

    init(sums: [WideSum], isStale: [Bool], _ times: [Int64]) {
        self.sums = sums
        self.isStale = isStale
        var evenThrough = Array(times.indices)
        for place in times.indices.dropLast().reversed() {
            let isEven =
                place + 2 < times.count
                && times[place + 1] - times[place] == times[place + 2] - times[place + 1]
            evenThrough[place] = isEven ? evenThrough[place + 1] : place + 1
        }
        self.evenThrough = evenThrough
    }

    /// Adds what all walks hold, from each one's first price on.
    mutating func add(_ walks: inout [SeriesWalk], _ times: [Int64]) {
        precondition(times.count == sums.count && sums.count == isStale.count)
        var isSmall = true
        unsafe times.withUnsafeBufferPointer { times in
            unsafe evenThrough.withUnsafeBufferPointer { evenThrough in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    unsafe isStale.withUnsafeMutableBufferPointer { isStale in
                        let work = unsafe ColumnWork(
                            times: times,
                            evenThrough: evenThrough,
                            sums: sums,
                            isStale: isStale
                        )
                        var start = 0
                        while start < times.count {
                            let end = min(start + SumColumn.block, times.count)
                            for index in walks.indices where !work.add(&walks[index], start..<end) {
                                isSmall = false
                            }
                            start = end
                        }
                    }
                }
            }
        }
        if !isSmall { isOutOfRange = true }
    }
}

/// A price of a series and the stretch of time over which it is the latest.
@safe
private struct PricePosition {
    private(set) var chunk: PriceChunk
    private var number: Int
    private(set) var row: Int
    private(set) var last: Int
    /// From when the price counts, and from when the next one does.
    private(set) var time: Int64
    private(set) var next: Int64
    /// The step between the chunk's prices and the prices as multiples of its scale, where both are regular; else 0.
    private(set) var step: Int64
    private(set) var small: UnsafeMutablePointer<Int64>?
    /// When the next chunk begins.
    private var end: Int64

    /// The latest price at an instant, or nil before the first.
    init?(_ series: PriceSeries, asOf time: Int64) {
        let (number, row) = series.place(asOf: time)
        guard row >= 0 else { return nil }
        chunk = series.chunks[number]
        (self.number, self.row) = (number, row)
        last = chunk.count - 1
        end = PricePosition.end(series, number)
        self.time = chunk.time(at: row)
        next = row < last ? chunk.time(at: row + 1) : end
        unsafe small = chunk.step > 0 ? chunk.small : nil
        step = unsafe small == nil ? 0 : chunk.step
    }

    private static func end(_ series: PriceSeries, _ number: Int) -> Int64 {
        number + 1 < series.chunks.count ? series.firstTimes[number + 1] : .max
    }

    /// The price in units of 10⁻¹⁸.
    @inline(__always)
    var price: UInt128 { chunk.price(at: row) }

    /// Goes on to the latest price at an instant, which is not before this one.
    @inline(__always)
    mutating func advance(to now: Int64, in series: PriceSeries) {
        while now >= next {
            guard row < last else {
                enterNextChunk(of: series)
                continue
            }
            // Where prices are even their number follows from the time.
            skip(step > 0 && now &- next >= step ? min(last &- row, Int((now &- time) / step)) : 1)
        }
    }

    /// Goes on by some rows of the same chunk.
    @inline(__always)
    mutating func skip(_ rows: Int) {
        row &+= rows
        if step > 0 {
            time &+= step &* Int64(rows)
            next = row < last ? time &+ step : end
        } else {
            time = chunk.time(at: row)
            next = row < last ? chunk.time(at: row + 1) : end
        }
    }

    private mutating func enterNextChunk(of series: PriceSeries) {
        number += 1
        chunk = series.chunks[number]
        row = 0
        last = chunk.count - 1
        end = PricePosition.end(series, number)
        time = chunk.firstTime
        next = last > 0 ? chunk.time(at: 1) : end
        unsafe small = chunk.step > 0 ? chunk.small : nil
        step = unsafe small == nil ? 0 : chunk.step
    }
}

/// The memory of a column while walks are added to it.
@safe
private struct ColumnWork {
    let times: UnsafeBufferPointer<Int64>
    let evenThrough: UnsafeBufferPointer<Int>
    let sums: UnsafeMutableBufferPointer<WideSum>
    let isStale: UnsafeMutableBufferPointer<Bool>

    /// The fewest instants for which looking for even steps pays.
    private static let evenMin = 6

    /// Adds what a walk holds over a block of instants; false when a product is too large.
    func add(_ walk: inout SeriesWalk, _ block: Range<Int>) -> Bool {
        guard var position = walk.position.take() ?? firstPosition(of: walk, block) else { return true }
        let runs = walk.runs.runs
        var index = walk.run
        var isSmall = true
        while index < runs.count, runs[index].start < block.upperBound {
            let run = runs[index]
            let end = unsafe index + 1 < runs.count ? runs[index + 1].start : times.count
            var place = max(block.lowerBound, run.start)
            let upper = min(block.upperBound, end)
            if run.amount != 0 {
                // What comes before the first price has no value.
                while place < upper, unsafe times[place] < position.time { place += 1 }
                let fits = add(
                    run.amount,
                    &position,
                    walk.series,
                    place..<max(place, upper),
                    fresh: walk.freshMicroseconds
                )
                if !fits { isSmall = false }
            }
            guard end <= block.upperBound else { break }
            index += 1
        }
        walk.run = index
        walk.position = position
        return isSmall
    }

    /// The first price that counts within a block, or nil when the series begins later.
    private func firstPosition(of walk: SeriesWalk, _ block: Range<Int>) -> PricePosition? {
        guard let first = walk.series.firstTimes.first else { return nil }
        for place in block where unsafe times[place] >= first {
            return unsafe PricePosition(walk.series, asOf: times[place])
        }
        return nil
    }

    @inline(__always)
    private func add(
        _ amount: Int128,
        _ position: inout PricePosition,
        _ series: PriceSeries,
        _ places: Range<Int>,
        fresh: Int64
    ) -> Bool {
        var isSmall = true
        var place = places.lowerBound
        let upper = places.upperBound
        while place < upper {
            let now = unsafe times[place]
            position.advance(to: now, in: series)
            if upper &- place >= ColumnWork.evenMin, position.step > 0,
                unsafe times[place &+ 1] &- now == position.step, let small = unsafe position.small
            {
                // The amount times the scale is the same for all prices of the chunk.
                let scaled = ScaledAmount(amount, times: UInt64(truncatingIfNeeded: position.chunk.scale))
                if scaled.isSmall {
                    let even = unsafe min(upper, evenThrough[place] &+ 1) &- place
                    let count = min(position.last &- position.row &+ 1, even)
                    unsafe addEven(scaled, small + position.row, place, count)
                    if now > position.time &+ fresh {
                        for stale in place..<place + count { unsafe isStale[stale] = true }
                    }
                    place &+= count
                    position.skip(count &- 1)
                    continue
                }
            }
            let product = WideSum(amount, times: position.price)
            isSmall = isSmall && product.isSmall
            let (staleFrom, next) = (position.time &+ fresh, position.next)
            // All instants up to the next price have the same product.
            repeat {
                unsafe sums[place].add(product)
                if unsafe times[place] > staleFrom { unsafe isStale[place] = true }
                place &+= 1
            } while unsafe place < upper && times[place] < next
        }
        return isSmall
    }

    /// One price for each instant, one after the other.
    @inline(__always)
    private func addEven(
        _ scaled: ScaledAmount,
        _ prices: UnsafeMutablePointer<Int64>,
        _ place: Int,
        _ count: Int
    ) {
        let isNegative = scaled.isNegative
        for offset in 0..<count {
            let price = unsafe UInt64(truncatingIfNeeded: prices[offset])
            let (high, low) = scaled.times(price)
            if isNegative {
                unsafe sums[place &+ offset].subtract(high: high, low: low)
            } else {
                unsafe sums[place &+ offset].add(high: high, low: low)
            }
        }
    }
}

/// An amount times a scale in 192 bits, for products with many small prices.
private struct ScaledAmount {
    private let top: UInt128
    private let middle: UInt128
    private let bottom: UInt128
    let isNegative: Bool

    @inline(__always)
    init(_ amount: Int128, times scale: UInt64) {
        let (size, mask) = (amount.magnitude, UInt128(UInt64.max))
        // Factors below 2⁶⁴ have products below 2¹²⁸ − 2⁶⁵, so nothing here wraps.
        let low = (size & mask) &* UInt128(scale)
        let high = (size >> 64) &* UInt128(scale) &+ (low >> 64)
        bottom = low & mask
        middle = high & mask
        top = high >> 64
        isNegative = amount < 0
    }

    /// Whether its product with any price stays small, as `WideSum.isSmall` has it.
    @inline(__always)
    var isSmall: Bool { top < UInt128(1) << 40 }

    /// The product with a price, without its sign.
    @inline(__always)
    func times(_ price: UInt64) -> (high: Int128, low: UInt128) {
        let factor = UInt128(price)
        let first = bottom &* factor
        let second = middle &* factor
        let (low, carry) = first.addingReportingOverflow(second << 64)
        let high = top &* factor &+ (second >> 64) &+ (carry ? 1 : 0)
        return (Int128(truncatingIfNeeded: high), low)
    }
}
