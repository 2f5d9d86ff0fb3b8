import Money

/// The series of all pairs in one list, found by a search over numbers: a look-up hashes and copies nothing.
struct SeriesTable: Sendable {
    /// The pairs as numbers, ascending.
    private let keys: [UInt64]
    /// Where the series of each pair start, and the end of the last.
    private let starts: [Int]
    /// The series of each pair, the preferred one first.
    let list: [SourcedSeries]

    init(_ series: [PricePair: [SourcedSeries]]) {
        let sorted = series.sorted { $0.key < $1.key }
        keys = sorted.map { SeriesTable.number($0.key) }
        var starts = [0]
        var list: [SourcedSeries] = []
        for (_, candidates) in sorted {
            list += candidates
            starts.append(list.count)
        }
        self.starts = starts
        self.list = list
    }

    /// The pairs in order.
    var pairs: [PricePair] {
        keys.map { key in
            PricePair(
                base: AssetID(raw: UInt32(truncatingIfNeeded: key >> 32)),
                quote: AssetID(raw: UInt32(truncatingIfNeeded: key))
            )
        }
    }

    /// The same as a dictionary, for a builder.
    var dictionary: [PricePair: [SourcedSeries]] {
        var dictionary: [PricePair: [SourcedSeries]] = [:]
        for pair in pairs { dictionary[pair] = Array(list[places(of: pair)]) }
        return dictionary
    }

    /// Where in the list the series of a pair are; empty when there is none.
    @inline(__always)
    func places(of pair: PricePair) -> Range<Int> {
        let wanted = SeriesTable.number(pair)
        var low = 0
        var rest = keys.count
        // Halves what is left without a jump that the processor would have to guess.
        while rest > 1 {
            let half = rest / 2
            low = keys[low + half - 1] < wanted ? low + half : low
            rest -= half
        }
        if rest == 1, keys[low] < wanted { low += 1 }
        guard low < keys.count, keys[low] == wanted else { return 0..<0 }
        return starts[low]..<starts[low + 1]
    }

    private static func number(_ pair: PricePair) -> UInt64 {
        UInt64(pair.base.raw) << 32 | UInt64(pair.quote.raw)
    }
}
