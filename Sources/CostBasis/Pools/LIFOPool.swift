/// Last in, first out.
///
/// A stack for lots that come in order of acquisition, and a heap beside it for older lots that arrive late from another
/// place. O(1), or O(log n) for late ones.
struct LIFOPool: LotPool {
    private var stack: [OpenLot] = []
    private var late = LotHeap<NewestFirst>()

    init(_ method: LotMethod, _ ties: LotTies) {}

    var front: UInt32? { isLateNext ? late.first?.row : stack.last?.row }

    @inline(__always)
    mutating func push(_ lot: OpenLot, _ basis: Basis) {
        guard let last = stack.last, last.age > lot.age else { return stack.append(lot) }
        late.push(lot)
    }

    @inline(__always)
    mutating func take(upTo quantity: Int128, forGood: Bool) -> TakenPart? {
        guard late.isEmpty || !isLateNext else { return late.take(upTo: quantity, forGood: forGood) }
        let top = stack.count - 1
        guard top >= 0 else { return nil }
        guard quantity < stack[top].remaining else { return stack.removeLast().rest }
        let part = stack[top].split(quantity)
        if forGood { stack[top].isWhole = false }
        return part
    }

    mutating func addToFront(cost: Int128) {
        if isLateNext { late.addToFirst(cost: cost) } else { stack[stack.count - 1].cost += cost }
    }

    func forEach(_ body: (OpenLot) -> Void) {
        for lot in stack { body(lot) }
        late.forEach(body)
    }

    private var isLateNext: Bool {
        guard let first = late.first else { return false }
        guard let top = stack.last else { return true }
        return first.age > top.age
    }
}
