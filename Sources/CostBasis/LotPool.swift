/// What a pool needs to know of a lot's part to give it its place.
struct LotTicket {
    let row: UInt32
    /// The place of the acquiring entry in the Book.
    let entry: UInt32
    let quantity: Int128
    let cost: Int128
}

/// The open lots of one asset in one place, in the order in which a method uses them.
///
/// The engine changes quantities in the rows; a pool only orders rows. A lot used in part stays in front.
protocol LotPool {
    init()
    /// The row that goes next, or nil when the pool is empty.
    var front: UInt32? { get }
    /// Rows that are likely to go soon, so that their memory can be fetched early; a hint.
    var upcoming: (UInt32?, UInt32?) { get }
    /// Takes a lot in; newly acquired ones come in order of acquisition, moved ones in any order.
    mutating func push(_ ticket: LotTicket)
    /// Drops the row that goes next.
    mutating func removeFront()
}

/// First in, first out.
///
/// A queue for lots that come in order of acquisition, which is nearly all of them, and a binary heap beside it for
/// older lots that arrive late from another place. Amortised O(1), or O(log n) for late ones.
struct FIFOPool: LotPool {
    /// Keys: the acquiring entry in the high half, the row in the low half.
    private var queue: [UInt64] = []
    private var head = 0
    private var late: [UInt64] = []

    init() {}

    var front: UInt32? {
        guard head < queue.count else { return late.isEmpty ? nil : UInt32(truncatingIfNeeded: late[0]) }
        let key = queue[head]
        guard !late.isEmpty, late[0] < key else { return UInt32(truncatingIfNeeded: key) }
        return UInt32(truncatingIfNeeded: late[0])
    }

    var upcoming: (UInt32?, UInt32?) {
        // The order within the heap is open, so of the late ones only the next is certain.
        (
            head + 2 < queue.count ? UInt32(truncatingIfNeeded: queue[head + 2]) : nil,
            late.isEmpty ? nil : UInt32(truncatingIfNeeded: late[0])
        )
    }

    mutating func push(_ ticket: LotTicket) {
        let key = UInt64(ticket.entry) << 32 | UInt64(ticket.row)
        if head == queue.count {
            queue.removeAll(keepingCapacity: true)
            head = 0
            queue.append(key)
        } else if queue[queue.count - 1] < key {
            queue.append(key)
        } else {
            pushLate(key)
        }
    }

    mutating func removeFront() {
        guard head < queue.count, late.isEmpty || queue[head] < late[0] else {
            if !late.isEmpty { popLate() }
            return
        }
        head += 1
        // Cut off once in a while, so that a long queue does not keep what it has given.
        if head >= 1024, head * 2 >= queue.count {
            queue.removeFirst(head)
            head = 0
        }
    }

    private mutating func pushLate(_ key: UInt64) {
        late.append(key)
        var place = late.count - 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard late[place] < late[parent] else { return }
            late.swapAt(place, parent)
            place = parent
        }
    }

    private mutating func popLate() {
        late.swapAt(0, late.count - 1)
        late.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < late.count && late[child] < late[least]
            {
                least = child
            }
            guard least != place else { return }
            late.swapAt(place, least)
            place = least
        }
    }
}

/// A pool and the sum of what is in it.
struct Stock<Pool: LotPool> {
    var pool = Pool()
    var total: Int128 = 0
}
