public import Money
public import Time

/// A user's history in order, as columns: what every read works on.
///
/// An immutable snapshot: appending makes a new Book that shares all full chunks with the old one, so readers keep
/// theirs and never wait. Order: time, then entry id; within one second an entry that would overdraw an account
/// waits for one that fills it.
public struct Book: Sendable {
    @usableFromInline let chunks: [BookChunk]
    /// The number of entries.
    public let count: Int
    /// The assets met, in the order of their slots.
    public let assets: [AssetID]
    /// The accounts met, in the order of their slots.
    public let accounts: [AccountID]
    let pairs: PairIndex
    let current: [Int128]
    let checkpoints: [Checkpoint]
    /// The first entry after which a balance left the range of amounts, if there is one.
    public let overflow: EntryID?

    /// A Book without entries.
    public static let empty = Book(
        chunks: [],
        count: 0,
        assets: [],
        accounts: [],
        pairs: PairIndex(),
        current: [],
        checkpoints: [],
        overflow: nil
    )

    init(
        chunks: [BookChunk],
        count: Int,
        assets: [AssetID],
        accounts: [AccountID],
        pairs: PairIndex,
        current: [Int128],
        checkpoints: [Checkpoint],
        overflow: EntryID?
    ) {
        self.chunks = chunks
        self.count = count
        self.assets = assets
        self.accounts = accounts
        self.pairs = pairs
        self.current = current
        self.checkpoints = checkpoints
        self.overflow = overflow
    }

    /// Calls the body with each entry from a place on, in order.
    ///
    /// - Throws: what the body throws.
    @inlinable
    public func forEachRow<E: Error>(from start: Int = 0, _ body: (BookRow) throws(E) -> Void) throws(E) {
        for (number, chunk) in chunks.enumerated() {
            let base = number * BookChunk.capacity
            guard base + chunk.count > start else { continue }
            for place in max(0, start - base)..<chunk.count {
                try body(chunk.row(at: place, base: base))
            }
        }
    }

    /// Calls the body with a view of each entry from a place on, in order, for loops that need few of its columns.
    ///
    /// - Throws: what the body throws.
    @inlinable
    @inline(__always)
    public func forEachRowView<E: Error>(
        from start: Int = 0,
        _ body: (borrowing BookRowView) throws(E) -> Void
    ) throws(E) {
        for number in start / BookChunk.capacity..<max(start / BookChunk.capacity, chunks.count) {
            let chunk = chunks[number]
            let base = number * BookChunk.capacity
            var view = BookRowView(chunk: chunk, base: base)
            for place in max(0, start - base)..<max(start - base, chunk.count, 0) {
                view.move(to: place)
                try body(view)
            }
        }
    }

    /// Calls the body with a view of the entry at a place of the order, in O(1).
    ///
    /// A place outside 0..<count stops the program.
    ///
    /// - Throws: what the body throws.
    @inlinable
    public func withRowView<E: Error>(
        at index: Int,
        _ body: (borrowing BookRowView) throws(E) -> Void
    ) throws(E) {
        precondition(index >= 0 && index < count, "no entry at this place")
        let number = index / BookChunk.capacity
        let base = number * BookChunk.capacity
        var view = BookRowView(chunk: chunks[number], base: base)
        view.move(to: index - base)
        try body(view)
    }

    /// Whether a Book begins with all entries of this one, under the same slots; O(1) for chunks that both share.
    public func isPrefix(of longer: Book) -> Bool {
        guard count <= longer.count, longer.assets.starts(with: assets),
            longer.accounts.starts(with: accounts)
        else { return false }
        for (chunk, other) in zip(chunks, longer.chunks) where chunk !== other {
            guard other.begins(with: chunk) else { return false }
        }
        return true
    }

    /// The entry at a place of the order, in O(1).
    ///
    /// A place outside 0..<count stops the program.
    public func row(at index: Int) -> BookRow {
        precondition(index >= 0 && index < count, "no entry at this place")
        let number = index / BookChunk.capacity
        let base = number * BookChunk.capacity
        return chunks[number].row(at: index - base, base: base)
    }

    /// The place of the first entry in the second of an instant, or where it would be, in O(log n).
    ///
    /// Seconds never decrease along the order; instants within one second may.
    public func firstIndex(inSecondOf time: Timestamp) -> Int {
        let second = time.seconds
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if row(at: middle).time.seconds < second { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
