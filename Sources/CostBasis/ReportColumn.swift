import Glibc

/// A growing column of a report: it has one owner until it is frozen, and is shared with readers from then on.
///
/// What is frozen is never written again: a write to it is kept beside it, by place. Places outside 0..<count stop the program,
/// as with an array.
@safe
struct ReportColumn<Element>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>
    private var capacity: Int
    /// The elements that are not frozen, and those that are.
    private var ownCount = 0
    private var frozenCount = 0
    private var frozen: FrozenColumn<Element>?
    /// What was written to frozen places, by place.
    private var changed: [Int: Element] = [:]

    /// The number of elements.
    var count: Int { frozenCount + ownCount }

    /// A column with room for that many; room that is never touched costs no memory.
    init(capacity: Int = 0) {
        self.capacity = max(4, capacity)
        // Owned alone by this value, released in `deinit` or by what it is frozen into.
        unsafe base = FrozenColumn<Element>.room(for: self.capacity)
    }

    deinit {
        // The first `ownCount` places are initialised, no others.
        unsafe base.deinitialize(count: ownCount)
        unsafe base.deallocate()
    }

    var indices: Range<Int> { 0..<count }

    subscript(place: Int) -> Element {
        @inline(__always)
        get {
            let own = place - frozenCount
            guard own >= 0 else { return old(place) }
            precondition(own < ownCount, "a place outside the column")
            return unsafe base[own]
        }
        @inline(__always)
        set {
            let own = place - frozenCount
            guard own >= 0 else { return change(place, to: newValue) }
            precondition(own < ownCount, "a place outside the column")
            unsafe base[own] = newValue
        }
    }

    @inline(never)
    private mutating func change(_ place: Int, to element: Element) {
        precondition(place >= 0, "a place outside the column")
        changed[place] = element
    }

    /// An element that is frozen, as it is now.
    @inline(never)
    private func old(_ place: Int) -> Element {
        guard let frozen else { preconditionFailure("a place outside the column") }
        return changed[place] ?? frozen[place]
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        if ownCount == capacity { grow() }
        // Below the capacity and not initialised yet.
        unsafe (base + ownCount).initialize(to: element)
        ownCount += 1
    }

    @inline(never)
    private mutating func grow() {
        let larger = unsafe FrozenColumn<Element>.room(for: 2 * capacity)
        // Moves all that is initialised, so the old room can go.
        unsafe larger.moveInitialize(from: base, count: ownCount)
        unsafe base.deallocate()
        unsafe base = larger
        capacity *= 2
    }

    /// Freezes what a column holds that was not frozen before.
    mutating func freeze() {
        precondition(frozen == nil, "a column is frozen once")
        // The owner of the room is now the frozen column.
        unsafe frozen = FrozenColumn(base, count: ownCount)
        frozenCount = ownCount
        capacity = 4
        ownCount = 0
        unsafe base = FrozenColumn<Element>.room(for: capacity)
    }

    /// What the column holds now, for readers: O(1) and what came or changed since it was frozen.
    func snapshot() -> ColumnSnapshot<Element> {
        let tail = unsafe Array(UnsafeBufferPointer(start: base, count: ownCount))
        return ColumnSnapshot(frozen: frozen, changed: changed, tail: tail)
    }
}

/// Elements that nobody changes any more, so they can be shared.
///
/// Unchecked because it holds a pointer to what is constant.
@safe
final class FrozenColumn<Element>: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Element>
    let count: Int

    /// Takes over a room whose first `count` places are initialised.
    init(_ base: UnsafeMutablePointer<Element>, count: Int) {
        unsafe self.base = unsafe base
        self.count = count
    }

    deinit {
        unsafe base.deinitialize(count: count)
        unsafe base.deallocate()
    }

    @inline(__always)
    subscript(place: Int) -> Element {
        precondition(place >= 0 && place < count, "a place outside the column")
        return unsafe base[place]
    }

    /// Room for that many elements, to be given back with `deallocate`.
    ///
    /// Large rooms ask for large pages: meeting each page of 4 KiB for the first time costs a quarter of a long run. A
    /// system without them leaves it at small ones.
    static func room(for capacity: Int) -> UnsafeMutablePointer<Element> {
        let bytes = capacity * MemoryLayout<Element>.stride
        guard bytes >= Limits.largePagesFromBytes else { return .allocate(capacity: capacity) }
        let room = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 1 << 21)
        // An answer of failure is no failure of ours: it is advice only.
        _ = unsafe madvise(room, bytes, MADV_HUGEPAGE)
        return unsafe room.bindMemory(to: Element.self, capacity: capacity)
    }
}

/// A column as it was at one time; nothing changes it any more.
struct ColumnSnapshot<Element> {
    private let frozen: FrozenColumn<Element>?
    private let changed: [Int: Element]
    private let tail: [Element]
    private let frozenCount: Int

    init(frozen: FrozenColumn<Element>?, changed: [Int: Element], tail: [Element]) {
        self.frozen = frozen
        self.changed = changed
        self.tail = tail
        frozenCount = frozen?.count ?? 0
    }

    var count: Int { frozenCount + tail.count }
    var indices: Range<Int> { 0..<count }

    subscript(place: Int) -> Element {
        guard let frozen, place < frozenCount else { return tail[place - frozenCount] }
        guard !changed.isEmpty else { return frozen[place] }
        return changed[place] ?? frozen[place]
    }

    /// The first place from which on a condition holds, in O(log n); it never ceases to hold after it.
    func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension ColumnSnapshot: Sendable where Element: Sendable {}

/// The columns of a report.
struct LotColumns: Sendable {
    let lots: ColumnSnapshot<LotRow>
    let lotTags: ColumnSnapshot<LotTags>
    let disposals: ColumnSnapshot<DisposalRow>
    let useLots: ColumnSnapshot<UsedLot>
    let useParts: ColumnSnapshot<UsePart>
    /// In the order of disposals.
    let fees: ColumnSnapshot<DisposalSum>
    let denials: ColumnSnapshot<DisposalSum>
    let income: ColumnSnapshot<IncomeRow>
    let rests: LotRests
}
