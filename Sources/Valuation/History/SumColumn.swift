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

    init(sums: [WideSum], isStale: [Bool]) {
        self.sums = sums
        self.isStale = isStale
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
        let starts = walk.runs.starts
        while walk.run < starts.count, starts[walk.run] < block.upperBound {
            let runEnd = walk.run + 1 < starts.count ? starts[walk.run + 1] : times.count
            let places = max(block.lowerBound, starts[walk.run])..<min(block.upperBound, runEnd)
            if walk.runs.amounts[walk.run] != 0, !places.isEmpty { addRun(&walk, places, times) }
            guard runEnd <= block.upperBound else { return }
            walk.run += 1
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
        let amount = walk.runs.amounts[walk.run]
        let fresh = walk.freshMicroseconds
        let last = chunk.count - 1
        var row = walk.row
        var place = places.lowerBound
        var overflow = false
        unsafe times.withUnsafeBufferPointer { times in
            unsafe sums.withUnsafeMutableBufferPointer { sums in
                unsafe isStale.withUnsafeMutableBufferPointer { isStale in
                    var product = WideSum(amount, times: chunk.raw(at: row))
                    var stamp = chunk.time(at: row)
                    var next = row < last ? chunk.time(at: row + 1) : .max
                    while place < places.upperBound {
                        let time = unsafe times[place]
                        if time >= next {
                            repeat {
                                row += 1
                                stamp = next
                                next = row < last ? chunk.time(at: row + 1) : .max
                            } while time >= next
                            product = WideSum(amount, times: chunk.raw(at: row))
                        }
                        guard time < end else { break }
                        if unsafe sums[place].add(product) { overflow = true }
                        if time - stamp > fresh { unsafe isStale[place] = true }
                        place += 1
                    }
                }
            }
        }
        walk.row = row
        if overflow { isOutOfRange = true }
        return place
    }
}
