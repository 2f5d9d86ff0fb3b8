/// Lots in any order that goes by lots, each of them within reach by its row.
///
/// A binary heap of keys over the lots: O(log n) to push and to drop. What is taken by its row leaves its key behind, which
/// is dropped when it comes to the top.
struct OrderedPool: LotPool {
    private struct Key {
        let unit: UInt128
        let age: UInt64
        let slot: UInt32
    }

    private let method: LotMethod
    private let isNewestFirst: Bool
    private var keys: [Key] = []
    private var lots: [OpenLot] = []
    private var bases: [Basis] = []
    private var freeSlots: [UInt32] = []
    private var slots: [UInt32: UInt32] = [:]

    init(_ method: LotMethod, _ ties: LotTies) {
        self.method = method
        isNewestFirst = method == .lifo || (ties == .newestFirst && OrderedPool.goesByPrice(method))
    }

    static var needsBasis: Bool { true }

    private static func goesByPrice(_ method: LotMethod) -> Bool { method == .hifo || method == .lofo }

    var front: UInt32? { keys.first.map { lots[Int($0.slot)].row } }

    mutating func push(_ lot: OpenLot, _ basis: Basis) {
        let slot: UInt32
        if let free = freeSlots.popLast() {
            slot = free
            lots[Int(slot)] = lot
            bases[Int(slot)] = basis
        } else {
            slot = UInt32(truncatingIfNeeded: lots.count)
            lots.append(lot)
            bases.append(basis)
        }
        slots[lot.row] = slot
        let unit = OrderedPool.goesByPrice(method) ? basis.unit : 0
        let key = Key(unit: unit, age: lot.age, slot: slot)
        keys.append(key)
        var place = keys.count - 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard precedes(key, keys[parent]) else { break }
            keys[place] = keys[parent]
            place = parent
        }
        keys[place] = key
    }

    mutating func take(upTo quantity: Int128, forGood: Bool) -> TakenPart? {
        guard let key = keys.first else { return nil }
        return take(slot: Int(key.slot), upTo: quantity, forGood: forGood)
    }

    /// Takes up to a quantity out of the lot of a row; nil when the row is not here.
    mutating func take(row: UInt32, upTo quantity: Int128, forGood: Bool) -> TakenPart? {
        guard let slot = slots[row] else { return nil }
        return take(slot: Int(slot), upTo: quantity, forGood: forGood)
    }

    private mutating func take(slot: Int, upTo quantity: Int128, forGood: Bool) -> TakenPart {
        guard quantity < lots[slot].remaining else {
            let rest = lots[slot].rest
            slots.removeValue(forKey: rest.row)
            lots[slot].remaining = 0
            dropTaken()
            return rest
        }
        let part = lots[slot].split(quantity)
        if forGood { lots[slot].isWhole = false }
        return part
    }

    mutating func addToFront(cost: Int128) {
        guard let key = keys.first else { return }
        lots[Int(key.slot)].cost += cost
    }

    /// Adds to the cost of a row that is here.
    mutating func add(cost: Int128, toRow row: UInt32) {
        guard let slot = slots[row] else { return }
        lots[Int(slot)].cost += cost
    }

    func contains(row: UInt32) -> Bool { slots[row] != nil }

    func forEach(_ body: (OpenLot) -> Void) {
        for key in keys where lots[Int(key.slot)].remaining > 0 { body(lots[Int(key.slot)]) }
    }

    /// Keeps a lot that is there at the top.
    private mutating func dropTaken() {
        while let key = keys.first, lots[Int(key.slot)].remaining == 0 {
            freeSlots.append(key.slot)
            removeFirst()
        }
    }

    private mutating func removeFirst() {
        guard let moved = keys.popLast(), !keys.isEmpty else { return }
        var place = 0
        while 2 * place + 1 < keys.count {
            var child = 2 * place + 1
            if child + 1 < keys.count, precedes(keys[child + 1], keys[child]) { child += 1 }
            guard precedes(keys[child], moved) else { break }
            keys[place] = keys[child]
            place = child
        }
        keys[place] = moved
    }

    private func precedes(_ left: Key, _ right: Key) -> Bool {
        if OrderedPool.goesByPrice(method) {
            let isDearestFirst = method == .hifo
            if left.unit != right.unit { return (left.unit < right.unit) != isDearestFirst }
            let (one, other) = (bases[Int(left.slot)], bases[Int(right.slot)])
            if one.isCheaper(than: other) { return !isDearestFirst }
            if other.isCheaper(than: one) { return isDearestFirst }
        }
        return (left.age < right.age) != isNewestFirst
    }
}
