/// Remembers venue ids, to find one that comes again with other content.
struct CoinbaseReferences {
    private struct Seen {
        let line: Int
        let content: UInt64
        let isHalf: Bool
    }

    private var seen: [UInt64: Seen] = [:]
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// The line of an earlier row with the same id and other content; both halves of one exchange may share an id.
    ///
    /// Ids are compared by 64 bits of hash, so that a million of them stay small.
    mutating func earlierLine(_ row: CSVRow, id: Cell, isHalf: Bool) -> Int? {
        guard !id.isEmpty else { return nil }
        let key = hash(row, id.start, id.end)
        let content = hash(row, row.start, row.end)
        guard let earlier = seen[key] else {
            if seen.count < limit { seen[key] = Seen(line: row.line, content: content, isHalf: isHalf) }
            return nil
        }
        return earlier.content == content || (earlier.isHalf && isHalf) ? nil : earlier.line
    }

    /// FNV-1a, whose multiplication wraps by definition.
    private func hash(_ row: CSVRow, _ start: Int, _ end: Int) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for position in start..<end { hash = (hash ^ UInt64(row.bytes[position])) &* 0x100_0000_01B3 }
        return hash
    }
}
