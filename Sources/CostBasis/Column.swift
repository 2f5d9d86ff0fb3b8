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
        unsafe base = FrozenColumn<Element>.room(for: self.capacity)
        count = 0
    }

    /// A column of equal elements.
    init(repeating element: Element, count: Int) {
        capacity = max(4, count)
        unsafe base = FrozenColumn<Element>.room(for: capacity)
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

    @inline(never)
    private mutating func grow() {
        let larger = unsafe FrozenColumn<Element>.room(for: 2 * capacity)
        // Moves all that is initialised, so the old room can go.
        unsafe larger.moveInitialize(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = larger
        capacity *= 2
    }
}
