/// First in, first out.
///
/// A queue for lots that come in order of acquisition, which is nearly all of them, and a heap beside it for older
/// lots that arrive late from another place. Amortised O(1), or O(log n) for late ones.
struct FIFOPool: LotPool {
    private var queue: [OpenLot] = []
    private var head = 0
    private var late = LotHeap<OldestFirst>()

    init(_ method: LotMethod, _ ties: LotTies) {}

    var front: UInt32? {
        if isLateNext { return late.first?.row }
        return head < queue.count ? queue[head].row : nil
    }

    @inline(__always)
    mutating func push(_ lot: OpenLot, _ basis: Basis) {
        guard let last = queue.last else { return queue.append(lot) }
        // Room is made by giving up what was taken before it is made by growing.
        if queue.count == queue.capacity, head * 4 >= queue.count { cutOff() }
        if last.age < lot.age { queue.append(lot) } else { late.push(lot) }
    }

    @inline(__always)
    mutating func take(upTo quantity: Int128, forGood: Bool) -> TakenPart? {
        guard late.isEmpty || !isLateNext else { return late.take(upTo: quantity, forGood: forGood) }
        guard head < queue.count else { return nil }
        if quantity < queue[head].remaining {
            let part = queue[head].split(quantity)
            if forGood { queue[head].isWhole = false }
            return part
        }
        let part = queue[head].rest
        head += 1
        if head == queue.count || head & 1023 == 0 { cutOff() }
        return part
    }

    /// Drops what was given once in a while, so that a long queue does not keep it.
    @inline(never)
    private mutating func cutOff() {
        if head == queue.count {
            queue.removeAll(keepingCapacity: true)
            head = 0
        } else if head * 4 >= queue.count {
            queue.removeFirst(head)
            head = 0
        }
    }

    mutating func addToFront(cost: Int128) {
        if isLateNext { late.addToFirst(cost: cost) } else { queue[head].cost += cost }
    }

    func forEach(_ body: (OpenLot) -> Void) {
        for lot in queue[head...] { body(lot) }
        late.forEach(body)
    }

    private var isLateNext: Bool {
        guard let first = late.first else { return false }
        return head == queue.count || first.age < queue[head].age
    }
}
