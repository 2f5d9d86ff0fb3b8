import Money
import Time

/// Reads a series as of instants that never decrease, in O(1) each over a whole walk.
struct SeriesCursor {
    private let series: PriceSeries
    private var chunk = 0
    private var place = -1
    private var isPlaced = false

    init(_ series: PriceSeries) {
        self.series = series
    }

    /// The latest point at or before an instant, which must not be before the last one asked for.
    mutating func point(asOf time: Int64) -> PricePoint? {
        if !isPlaced { jump(to: time) }
        let chunks = series.chunks
        while chunk < chunks.count {
            let points = chunks[chunk]
            while place + 1 < points.count, points.time(at: place + 1) <= time { place += 1 }
            guard place + 1 == points.count, chunk + 1 < chunks.count, chunks[chunk + 1].firstTime <= time
            else {
                break
            }
            chunk += 1
            place = 0
        }
        return place < 0 ? nil : chunks[chunk].point(at: place)
    }

    /// Finds the first place by a search.
    private mutating func jump(to time: Int64) {
        isPlaced = true
        let (chunk, place) = series.place(asOf: time)
        (self.chunk, self.place) = (chunk, place)
    }
}
