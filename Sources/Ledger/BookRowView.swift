public import Time

/// An entry inside a Book, whose columns are read when they are asked for.
///
/// Cheaper than a `BookRow` for whoever looks at some of them only. It is lent to a loop's body and cannot be kept.
public struct BookRowView: ~Copyable {
    @usableFromInline let chunk: BookChunk
    @usableFromInline let base: Int
    @usableFromInline var place = 0
    @usableFromInline var head: UInt64 = 0

    /// A view of a chunk whose first entry has the index `base`; it shows nothing before `move` is called.
    @inlinable
    init(chunk: BookChunk, base: Int) {
        self.chunk = chunk
        self.base = base
    }

    @inlinable
    @inline(__always)
    mutating func move(to place: Int) {
        self.place = place
        head = chunk.heads[place]
    }

    /// The place in the Book's order, from 0.
    @inlinable public var index: Int { base + place }

    /// The entry's identity.
    @inlinable public var id: EntryID { EntryID(raw: chunk.ids[place]) }

    /// When it happened.
    @inlinable public var time: Timestamp { Timestamp(microseconds: chunk.times[place]) }

    /// The number of what sort of event it was.
    @inlinable public var kindNumber: UInt8 { UInt8(truncatingIfNeeded: head) }

    /// What came in.
    @inlinable public var incoming: BookLeg? { leg(0x100) }

    /// What went out.
    @inlinable public var outgoing: BookLeg? { leg(0x200) }

    /// What was paid for it on top.
    @inlinable public var fee: BookLeg? { leg(0x400) }

    /// The stated counter-value before fees; its account is always outside.
    @inlinable public var value: BookLeg? { leg(0x800) }

    /// All of it.
    @inlinable public var row: BookRow { chunk.row(at: place, base: base) }

    /// A leg by its bit in the head; it comes after those of the lower bits.
    @inlinable
    @inline(__always)
    func leg(_ bit: UInt64) -> BookLeg? {
        var next = Int(head >> 16) + (head & 0xF00 & (bit - 1)).nonzeroBitCount
        return chunk.leg(head & bit != 0, &next)
    }
}
