/// Which unit cost goes first.
protocol PriceOrder {
    static var isDearestFirst: Bool { get }
}

/// The highest unit cost goes first.
enum DearestFirst: PriceOrder {
    static var isDearestFirst: Bool { true }
}

/// The lowest unit cost goes first.
enum CheapestFirst: PriceOrder {
    static var isDearestFirst: Bool { false }
}

/// What a lot was and had cost when it was acquired; the quotient, never rounded, is its unit cost.
struct Basis {
    let quantity: Int128
    let cost: Int128

    /// cost × 2⁶⁴ ÷ quantity, rounded down, or the largest number where that is too large.
    ///
    /// Of two lots the one with the higher number has the higher unit cost; equal numbers tell nothing.
    var unit: UInt128 {
        let divisor = quantity.magnitude
        let product = cost.magnitude.multipliedFullWidth(by: 1 << 64)
        // dividingFullWidth traps when the quotient needs more than 128 bits.
        return product.high < divisor ? divisor.dividingFullWidth(product).quotient : .max
    }

    /// Whether the unit cost is lower than another, exactly: a ÷ b < c ÷ d where a × d < c × b.
    func isCheaper(than other: Basis) -> Bool {
        let left = cost.magnitude.multipliedFullWidth(by: other.quantity.magnitude)
        let right = other.cost.magnitude.multipliedFullWidth(by: quantity.magnitude)
        return (left.high, left.low) < (right.high, right.low)
    }
}

/// Highest or lowest unit cost first; of equal ones the lot acquired first, or last where that is wished.
///
/// A binary heap of small keys over the lots: O(log n) to push and to drop. The unit cost is that of the acquisition and
/// does not change with what is sold or moved.
struct PricePool<Order: PriceOrder>: LotPool {
    private struct Key {
        let unit: UInt128
        let age: UInt64
        let slot: UInt32
    }

    private var keys: [Key] = []
    private var lots: [OpenLot] = []
    private var bases: [Basis] = []
    private var freeSlots: [UInt32] = []

    private let isNewestFirst: Bool

    init(_ method: LotMethod, _ ties: LotTies) {
        isNewestFirst = ties == .newestFirst
    }

    static var keepsBasis: Bool { true }
    private(set) var lastBasis = Basis(quantity: 0, cost: 0)

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
        let key = Key(unit: basis.unit, age: lot.age, slot: slot)
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
        let slot = Int(key.slot)
        lastBasis = bases[slot]
        guard quantity < lots[slot].remaining else {
            freeSlots.append(key.slot)
            removeFirst()
            return lots[slot].rest
        }
        let part = lots[slot].split(quantity)
        if forGood { lots[slot].isWhole = false }
        return part
    }

    mutating func addToFront(cost: Int128) {
        guard let key = keys.first else { return }
        lots[Int(key.slot)].cost += cost
    }

    func forEach(_ body: (OpenLot) -> Void) {
        for key in keys { body(lots[Int(key.slot)]) }
    }

    func forEachBasis(_ body: (OpenLot, Basis) -> Void) {
        for key in keys { body(lots[Int(key.slot)], bases[Int(key.slot)]) }
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
        if left.unit != right.unit { return (left.unit < right.unit) != Order.isDearestFirst }
        let (one, other) = (bases[Int(left.slot)], bases[Int(right.slot)])
        if one.isCheaper(than: other) { return !Order.isDearestFirst }
        if other.isCheaper(than: one) { return Order.isDearestFirst }
        return (left.age < right.age) != isNewestFirst
    }
}
