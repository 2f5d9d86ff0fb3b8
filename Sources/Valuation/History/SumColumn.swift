/// What is held of an asset that one series prices, on its way through the instants.
struct SeriesWalk {
    let runs: HoldingRuns
    let series: PriceSeries
    let freshMicroseconds: Int64
    /// The run and the chunk of prices that the walk has come to, and the row in it.
    fileprivate var run = 0
    fileprivate var chunk = -1
    fileprivate var row = 0

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

    /// The instants of a block: its sums take 64 KiB.
    private static let block = 2048

    /// For each instant the last one up to which neighbours are as far apart as it and the next.
    private let evenThrough: [Int]

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
        var start = 0
        while start < times.count {
            let end = min(start + SumColumn.block, times.count)
            for index in walks.indices { add(&walks[index], start..<end, times) }
            start = end
        }
    }

    private mutating func add(_ walk: inout SeriesWalk, _ block: Range<Int>, _ times: [Int64]) {
        while walk.run < walk.runs.runs.count, walk.runs.runs[walk.run].start < block.upperBound {
            let run = walk.runs.runs[walk.run]
            let next = walk.run + 1
            let runEnd = next < walk.runs.runs.count ? walk.runs.runs[next].start : times.count
            let places = max(block.lowerBound, run.start)..<min(block.upperBound, runEnd)
            if run.amount != 0, !places.isEmpty { addRun(&walk, places, times) }
            guard runEnd <= block.upperBound else { return }
            walk.run = next
        }
    }

    private mutating func addRun(_ walk: inout SeriesWalk, _ places: Range<Int>, _ times: [Int64]) {
        var place = places.lowerBound
        if walk.chunk < 0 {
            // What comes before the first price has no value.
            while place < places.upperBound, times[place] < walk.series.firstTimes[0] { place += 1 }
            guard place < places.upperBound else { return }
            (walk.chunk, walk.row) = walk.series.place(asOf: times[place])
        }
        while place < places.upperBound {
            let next = walk.chunk + 1
            let end = next < walk.series.chunks.count ? walk.series.firstTimes[next] : .max
            place = add(&walk, until: end, place..<places.upperBound, times)
            guard place < places.upperBound else { return }
            walk.chunk = next
            walk.row = 0
        }
    }

    /// Adds at the prices of one chunk, up to the instant at which the next begins; gives the first place that is left.
    private mutating func add(
        _ walk: inout SeriesWalk,
        until end: Int64,
        _ places: Range<Int>,
        _ times: [Int64]
    ) -> Int {
        let chunk = walk.series.chunks[walk.chunk]
        let amount = walk.runs.runs[walk.run].amount
        var cursor = ChunkCursor(row: walk.row, place: places.lowerBound)
        unsafe times.withUnsafeBufferPointer { times in
            unsafe sums.withUnsafeMutableBufferPointer { sums in
                unsafe isStale.withUnsafeMutableBufferPointer { isStale in
                    let work = unsafe ChunkWork(
                        amount: amount,
                        end: end,
                        upper: places.upperBound,
                        fresh: walk.freshMicroseconds,
                        times: times,
                        evenThrough: evenThrough,
                        sums: sums,
                        isStale: isStale
                    )
                    if chunk.step > 0, let small = unsafe chunk.small {
                        unsafe work.addRegular(chunk, small, &cursor)
                    } else {
                        work.addOther(chunk, &cursor)
                    }
                }
            }
        }
        walk.row = cursor.row
        if !cursor.isSmall { isOutOfRange = true }
        return cursor.place
    }
}

/// How far a chunk's prices have been added.
private struct ChunkCursor {
    var row: Int
    var place: Int
    var isSmall = true
}

/// One amount at the prices of one chunk.
@safe
private struct ChunkWork {
    let amount: Int128
    /// The instant at which the next chunk begins.
    let end: Int64
    /// The place at which the amount ceases to be held.
    let upper: Int
    let fresh: Int64
    let times: UnsafeBufferPointer<Int64>
    let evenThrough: [Int]
    let sums: UnsafeMutableBufferPointer<WideSum>
    let isStale: UnsafeMutableBufferPointer<Bool>

    /// A chunk whose times follow from a step and whose prices fit 64 bits, as most do.
    @inline(__always)
    func addRegular(_ chunk: PriceChunk, _ small: UnsafeMutablePointer<Int64>, _ cursor: inout ChunkCursor) {
        let (step, last) = (chunk.step, chunk.count - 1)
        let scale = UInt128(UInt64(truncatingIfNeeded: chunk.scale))
        var (row, place, isSmall) = (cursor.row, cursor.place, true)
        var time = chunk.firstTime &+ Int64(row) &* step
        var next = row < last ? time &+ step : end
        var product = unsafe WideSum(amount, times: UInt128(UInt64(truncatingIfNeeded: small[row])) &* scale)
        // Where the amount times the scale fits, a price costs two multiplications instead of five.
        let (scaled, overflow) = amount.multipliedReportingOverflow(by: Int128(chunk.scale))
        let shortest = overflow ? Int.max : ChunkWork.evenMin
        while place < upper {
            let now = unsafe times[place]
            if now >= next {
                guard row < last else { break }
                repeat {
                    row &+= 1
                    time &+= step
                    next = row < last ? time &+ step : end
                } while now >= next && row < last
                guard now < next else { break }
                product = unsafe WideSum(
                    amount,
                    times: UInt128(UInt64(truncatingIfNeeded: small[row])) &* scale
                )
                isSmall = isSmall && product.isSmall
            }
            if upper &- place >= shortest, unsafe times[place &+ 1] &- now == step {
                let count = min(last &- row &+ 1, min(upper, evenThrough[place] &+ 1) &- place)
                unsafe addEven(scaled, small + row, place, count)
                if now > time &+ fresh {
                    for stale in place..<place + count { unsafe isStale[stale] = true }
                }
                place &+= count
                row &+= count &- 1
                time &+= step &* Int64(count &- 1)
                next = row < last ? time &+ step : end
                product = unsafe WideSum(
                    amount,
                    times: UInt128(UInt64(truncatingIfNeeded: small[row])) &* scale
                )
                continue
            }
            unsafe sums[place].add(product)
            if now > time &+ fresh { unsafe isStale[place] = true }
            place &+= 1
        }
        cursor.isSmall = isSmall && product.isSmall
        (cursor.row, cursor.place) = (row, place)
    }

    /// The fewest instants for which looking for even steps pays.
    private static let evenMin = 6

    /// One price for each instant, one after the other.
    @inline(__always)
    private func addEven(_ scaled: Int128, _ prices: UnsafeMutablePointer<Int64>, _ place: Int, _ count: Int)
    {
        let size = scaled.magnitude
        let (a1, a0) = (size >> 64, size & UInt128(UInt64.max))
        let isNegative = scaled < 0
        for offset in 0..<count {
            let price = unsafe UInt128(UInt64(truncatingIfNeeded: prices[offset]))
            let bottom = a0 &* price
            let top = a1 &* price
            let (low, carry) = bottom.addingReportingOverflow(top << 64)
            let high = Int128(truncatingIfNeeded: (top >> 64) &+ (carry ? 1 : 0))
            if isNegative {
                unsafe sums[place &+ offset].subtract(high: high, low: low)
            } else {
                unsafe sums[place &+ offset].add(high: high, low: low)
            }
        }
    }

    func addOther(_ chunk: PriceChunk, _ cursor: inout ChunkCursor) {
        let last = chunk.count - 1
        var (row, place, isSmall) = (cursor.row, cursor.place, true)
        var time = chunk.time(at: row)
        var next = row < last ? chunk.time(at: row + 1) : end
        var product = WideSum(amount, times: chunk.price(at: row))
        while place < upper {
            let now = unsafe times[place]
            if now >= next {
                guard row < last else { break }
                repeat {
                    row += 1
                    time = next
                    next = row < last ? chunk.time(at: row + 1) : end
                } while now >= next && row < last
                guard now < next else { break }
                product = WideSum(amount, times: chunk.price(at: row))
                isSmall = isSmall && product.isSmall
            }
            unsafe sums[place].add(product)
            if now > time &+ fresh { unsafe isStale[place] = true }
            place += 1
        }
        cursor.isSmall = isSmall && product.isSmall
        (cursor.row, cursor.place) = (row, place)
    }
}
