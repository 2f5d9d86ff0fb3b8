import Glibc

/// A growing column that has one owner for good.
///
/// An array asks before each write whether it is shared, which the engine's loop would pay for ten times an entry.
/// Places outside 0..<count stop the program, as with an array.
@safe
struct Column<Element>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>
    private var capacity: Int
    private(set) var count: Int

    /// A column with room for that many; room that is never touched costs no memory.
    init(capacity: Int = 0) {
        self.capacity = max(4, capacity)
        // Owned alone by this value, released in `deinit`.
        unsafe base = Column.room(for: self.capacity)
        count = 0
    }

    /// A column of equal elements.
    init(repeating element: Element, count: Int) {
        capacity = max(4, count)
        unsafe base = Column.room(for: capacity)
        unsafe base.initialize(repeating: element, count: count)
        self.count = count
    }

    deinit {
        // The first `count` places are initialised, no others.
        unsafe base.deinitialize(count: count)
        unsafe base.deallocate()
    }

    var indices: Range<Int> { 0..<count }

    subscript(place: Int) -> Element {
        @inline(__always)
        _read {
            precondition(place >= 0 && place < count, "a place outside the column")
            yield unsafe base[place]
        }
        @inline(__always)
        _modify {
            precondition(place >= 0 && place < count, "a place outside the column")
            yield unsafe &base[place]
        }
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { grow() }
        // Below the capacity and not initialised yet.
        unsafe (base + count).initialize(to: element)
        count += 1
    }

    /// All of the column, which is empty afterwards.
    mutating func take() -> Column {
        var taken = Column()
        swap(&self, &taken)
        return taken
    }

    /// Room for that many elements, to be given back with `deallocate`.
    ///
    /// Large rooms ask for large pages: meeting each page of 4 KiB for the first time costs a quarter of a long run. A
    /// system without them leaves it at small ones.
    private static func room(for capacity: Int) -> UnsafeMutablePointer<Element> {
        let bytes = capacity * MemoryLayout<Element>.stride
        guard bytes >= Limits.largePagesFromBytes else { return .allocate(capacity: capacity) }
        let room = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 1 << 21)
        // An answer of failure is no failure of ours: it is advice only.
        _ = unsafe madvise(room, bytes, MADV_HUGEPAGE)
        return unsafe room.bindMemory(to: Element.self, capacity: capacity)
    }

    @inline(never)
    private mutating func grow() {
        let larger = unsafe Column.room(for: 2 * capacity)
        // Moves all that is initialised, so the old room can go.
        unsafe larger.moveInitialize(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = larger
        capacity *= 2
    }
}

/// The columns of a finished report; nothing changes them any more, so they can be shared.
///
/// Unchecked because a column holds a pointer; all are constants of values without references.
final class LotColumns: @unchecked Sendable {
    let lots: Column<LotRow>
    let lotTags: Column<LotTags>
    let disposals: Column<DisposalRow>
    let useLots: Column<UsedLot>
    let useParts: Column<UsePart>

    init(
        lots: consuming Column<LotRow>,
        lotTags: consuming Column<LotTags>,
        disposals: consuming Column<DisposalRow>,
        useLots: consuming Column<UsedLot>,
        useParts: consuming Column<UsePart>
    ) {
        self.lots = lots
        self.lotTags = lotTags
        self.disposals = disposals
        self.useLots = useLots
        self.useParts = useParts
    }
}
