/// Which of two lots goes first.
protocol LotOrder {
    /// Whether the left lot goes before the right one; never true of a lot and itself.
    static func precedes(_ left: OpenLot, _ right: OpenLot) -> Bool
}

/// The lot acquired first.
enum OldestFirst: LotOrder {
    @inline(__always)
    static func precedes(_ left: OpenLot, _ right: OpenLot) -> Bool { left.age < right.age }
}

/// The lot acquired last.
enum NewestFirst: LotOrder {
    @inline(__always)
    static func precedes(_ left: OpenLot, _ right: OpenLot) -> Bool { left.age > right.age }
}

/// A binary heap of lots: O(log n) to push and to drop, O(1) to look at the first.
struct LotHeap<Order: LotOrder> {
    private var lots: [OpenLot] = []

    init() {}

    var isEmpty: Bool { lots.isEmpty }
    var first: OpenLot? { lots.first }

    func forEach(_ body: (OpenLot) -> Void) {
        for lot in lots { body(lot) }
    }

    mutating func push(_ lot: OpenLot) {
        lots.append(lot)
        var place = lots.count - 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard Order.precedes(lot, lots[parent]) else { break }
            lots[place] = lots[parent]
            place = parent
        }
        lots[place] = lot
    }

    /// Takes up to a quantity out of the first lot, for good or to another place; nil when there is none.
    mutating func take(upTo quantity: Int128, forGood: Bool) -> TakenPart? {
        guard let first = lots.first else { return nil }
        guard quantity < first.remaining else {
            removeFirst()
            return first.rest
        }
        let part = lots[0].split(quantity)
        if forGood { lots[0].isWhole = false }
        return part
    }

    /// Adds to the cost of the first lot, which must be there.
    mutating func addToFirst(cost: Int128) {
        lots[0].cost += cost
    }

    private mutating func removeFirst() {
        guard let moved = lots.popLast(), !lots.isEmpty else { return }
        var place = 0
        while 2 * place + 1 < lots.count {
            var child = 2 * place + 1
            if child + 1 < lots.count, Order.precedes(lots[child + 1], lots[child]) { child += 1 }
            guard Order.precedes(lots[child], moved) else { break }
            lots[place] = lots[child]
            place = child
        }
        lots[place] = moved
    }
}
