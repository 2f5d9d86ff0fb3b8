public import Money
public import Time

/// Up to 1,024 neighbouring entries of a Book as columns; immutable once made.
///
/// Legs are stored one after another, so an entry pays only for the legs it has.
@usableFromInline
final class BookChunk: Sendable {
    @usableFromInline static let capacity = 1024

    @usableFromInline let times: [Int64]
    @usableFromInline let ids: [Int64]
    /// Kind (bits 0–7), which legs there are (8: in, 9: out, 10: fee, 11: value), whether the value is that of the in leg
    /// (12) or the out leg (13) and so not stored again, first leg (bits 16–63).
    @usableFromInline let heads: [UInt64]
    @usableFromInline let legAmounts: [Int128]
    /// Asset slot (bits 0–31) and account slot (bits 32–63).
    @usableFromInline let legPlaces: [UInt64]
    /// Event numbers, empty when no entry of the chunk belongs to an event of several.
    @usableFromInline let events: [Int64]

    init(_ columns: BookColumns) {
        // Copied, since columns that grew have room to spare, which a Book would keep for good.
        times = columns.times.copied
        ids = columns.ids.copied
        heads = columns.heads.copied
        legAmounts = columns.legAmounts.copied
        legPlaces = columns.legPlaces.copied
        events = columns.hasEvents ? columns.events.copied : []
    }

    @usableFromInline var count: Int { times.count }

    /// Whether the first entries of this chunk are all of another's.
    func begins(with other: BookChunk) -> Bool {
        ids.starts(with: other.ids) && times.starts(with: other.times) && heads.starts(with: other.heads)
            && legAmounts.starts(with: other.legAmounts) && legPlaces.starts(with: other.legPlaces)
    }

    /// The entry at a place of this chunk, its index counted from `base`.
    @inlinable
    func row(at place: Int, base: Int) -> BookRow {
        let head = heads[place]
        var next = Int(head >> 16)
        let incoming = leg(head & 0x100 != 0, &next)
        let outgoing = leg(head & 0x200 != 0, &next)
        let fee = leg(head & 0x400 != 0, &next)
        let value =
            head & 0x3000 == 0
            ? leg(head & 0x800 != 0, &next) : worth(head & 0x1000 != 0 ? incoming : outgoing)
        guard let kind = EntryKind(rawValue: UInt8(truncatingIfNeeded: head)) else {
            preconditionFailure("a chunk holds only known kinds")
        }
        return BookRow(
            index: base + place,
            id: EntryID(raw: ids[place]),
            time: Timestamp(microseconds: times[place]),
            kind: kind,
            incoming: incoming,
            outgoing: outgoing,
            fee: fee,
            value: value,
            event: events.isEmpty ? 0 : events[place]
        )
    }

    /// The value that is the amount of a leg.
    @inlinable
    func worth(_ leg: BookLeg?) -> BookLeg? {
        guard let leg else { return nil }
        return BookLeg(amount: leg.amount, asset: leg.asset, account: BookLeg.outside)
    }

    @inlinable
    @inline(__always)
    func leg(_ present: Bool, _ next: inout Int) -> BookLeg? {
        guard present else { return nil }
        let place = legPlaces[next]
        let amount = Amount(unchecked: legAmounts[next])
        next += 1
        return BookLeg(
            amount: amount,
            asset: UInt32(truncatingIfNeeded: place),
            account: UInt32(truncatingIfNeeded: place >> 32)
        )
    }
}

extension Array {
    /// A copy without room to spare.
    fileprivate var copied: [Element] {
        var copy: [Element] = []
        copy.reserveCapacity(count)
        copy.append(contentsOf: self)
        return copy
    }
}

/// The growing columns of a chunk that is being made.
struct BookColumns {
    var times: [Int64] = []
    var ids: [Int64] = []
    var heads: [UInt64] = []
    var legAmounts: [Int128] = []
    var legPlaces: [UInt64] = []
    var events: [Int64] = []
    var hasEvents = false

    init() {}

    init(_ chunk: BookChunk) {
        times = chunk.times
        ids = chunk.ids
        heads = chunk.heads
        legAmounts = chunk.legAmounts
        legPlaces = chunk.legPlaces
        hasEvents = !chunk.events.isEmpty
        events = hasEvents ? chunk.events : [Int64](repeating: 0, count: chunk.count)
    }

    var count: Int { times.count }

    /// Empties the columns and keeps their room for the next chunk.
    mutating func clear() {
        times.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
        heads.removeAll(keepingCapacity: true)
        legAmounts.removeAll(keepingCapacity: true)
        legPlaces.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        hasEvents = false
    }

    mutating func append(
        time: Timestamp,
        id: EntryID,
        kind: EntryKind,
        incoming: BookLeg?,
        outgoing: BookLeg?,
        fee: BookLeg?,
        value: BookLeg?,
        event: Int64
    ) {
        var head = UInt64(kind.rawValue) | UInt64(legAmounts.count) << 16
        if append(incoming) { head |= 0x100 }
        if append(outgoing) { head |= 0x200 }
        if append(fee) { head |= 0x400 }
        if let value, value.isOutside, let incoming, value.isWorth(incoming) {
            head |= 0x1000
        } else if let value, value.isOutside, let outgoing, value.isWorth(outgoing) {
            head |= 0x2000
        } else if append(value) {
            head |= 0x800
        }
        times.append(time.microseconds)
        ids.append(id.raw)
        heads.append(head)
        events.append(event)
        if event != 0 { hasEvents = true }
    }

    private mutating func append(_ leg: BookLeg?) -> Bool {
        guard let leg else { return false }
        legAmounts.append(leg.amount.raw)
        legPlaces.append(UInt64(leg.asset) | UInt64(leg.account) << 32)
        return true
    }
}

extension BookLeg {
    /// Whether two legs are the same amount of the same asset.
    fileprivate func isWorth(_ other: BookLeg) -> Bool {
        amount == other.amount && asset == other.asset
    }
}
