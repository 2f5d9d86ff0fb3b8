import Money

/// What is left of a row while it lies in a pool: 48 bytes, so that disposals need not touch the rows.
struct OpenLot {
    var remaining: Int128
    var cost: Int128
    let row: UInt32
    /// The place of the acquiring entry in the Book, which is the order of acquisition.
    let entry: UInt32
    /// The tax day of the acquisition.
    let day: Int32
    /// Whether nothing of it was disposed of yet, so that the row says what is left.
    var isWhole: Bool

    /// Orders by acquisition; parts of one lot by when they were made.
    var age: UInt64 { UInt64(entry) << 32 | UInt64(row) }

    /// Everything that is left.
    var rest: TakenPart {
        TakenPart(
            quantity: remaining,
            cost: cost,
            row: row,
            entry: entry,
            day: day,
            isLast: true,
            wasWhole: isWhole
        )
    }

    /// Takes a part that is less than what is left, with its share of the cost rounded half-even.
    ///
    /// What rounding leaves stays in the lot, so no unit is made or lost.
    @inline(__always)
    mutating func split(_ quantity: Int128) -> TakenPart {
        let part = share(of: cost, quantity, in: remaining)
        remaining -= quantity
        cost -= part
        return TakenPart(
            quantity: quantity,
            cost: part,
            row: row,
            entry: entry,
            day: day,
            isLast: false,
            wasWhole: isWhole
        )
    }
}

/// A cost × a quantity ÷ the whole quantity, rounded half-even once; the quantity is not above the whole.
@inline(__always)
func share(of cost: Int128, _ quantity: Int128, in whole: Int128) -> Int128 {
    guard cost != 0 else { return 0 }
    do throws(MoneyError) {
        return try Amount.multiplyDivide(cost, quantity, dividedBy: whole).raw
    } catch {
        preconditionFailure("a part costs no more than the whole")
    }
}

/// What was taken out of a pool.
struct TakenPart {
    let quantity: Int128
    let cost: Int128
    let row: UInt32
    let entry: UInt32
    let day: Int32
    /// Whether nothing of the row is left in the pool.
    let isLast: Bool
    /// Whether nothing of the row had been disposed of before.
    let wasWhole: Bool

    /// A lot of another asset that this part turned into.
    func becoming(_ row: UInt32, quantity: Int128, cost: Int128) -> TakenPart {
        TakenPart(
            quantity: quantity,
            cost: cost,
            row: row,
            entry: entry,
            day: day,
            isLast: true,
            wasWhole: true
        )
    }

    /// The same part at another cost.
    func costing(_ cost: Int128) -> TakenPart {
        TakenPart(
            quantity: quantity,
            cost: cost,
            row: row,
            entry: entry,
            day: day,
            isLast: isLast,
            wasWhole: wasWhole
        )
    }
}

/// The open lots of one asset in one place, in the order in which a method uses them.
///
/// A pool holds what is left of its lots; the rows learn of it at the end. A lot used in part keeps its place.
protocol LotPool: Sendable {
    init(_ method: LotMethod, _ ties: LotTies)
    /// Whether the pool orders by what lots had cost, so that the engine keeps it by row.
    static var needsBasis: Bool { get }
    /// Whether the pool itself keeps what its lots had cost, and gives it along with them.
    static var keepsBasis: Bool { get }
    /// What the lot taken last had cost, where the pool keeps it.
    var lastBasis: Basis { get }
    /// Whether disposals follow rules beyond the order of the lots.
    static var followsRules: Bool { get }
    /// Whether the engine notes what is acquired and disposed of.
    static var isLogged: Bool { get }
    /// Whether all lots of the pool cost the same, so that a lot's cost is not that of its row.
    var sharesCosts: Bool { get }
    /// The row that goes next, or nil when the pool is empty.
    var front: UInt32? { get }
    /// Takes a lot in; newly acquired ones come in order of acquisition, moved ones in any order.
    mutating func push(_ lot: OpenLot, _ basis: Basis)
    /// Says that up to this much will be taken next, in one or several parts.
    mutating func begin(taking quantity: Int128)
    /// Takes up to a quantity out of the lot that goes next, for good or to another place; nil when there is none.
    mutating func take(upTo quantity: Int128, forGood: Bool) -> TakenPart?
    /// Takes up to a quantity out of the lot of a row; nil when it is not here or cannot be reached.
    mutating func take(row: UInt32, upTo quantity: Int128, forGood: Bool) -> TakenPart?
    /// Adds to the cost of a row that can be reached.
    mutating func add(cost: Int128, toRow row: UInt32)
    /// Whether a row is here and can be reached.
    func contains(row: UInt32) -> Bool
    /// Adds to the cost of the lot that goes next.
    mutating func addToFront(cost: Int128)
    /// Calls the body with every lot, in any order.
    func forEach(_ body: (OpenLot) -> Void)
    /// The same with what each had cost, where the pool keeps it.
    func forEachBasis(_ body: (OpenLot, Basis) -> Void)
}

extension LotPool {
    static var needsBasis: Bool { false }
    static var keepsBasis: Bool { false }
    var lastBasis: Basis { Basis(quantity: 0, cost: 0) }
    static var followsRules: Bool { false }
    static var isLogged: Bool { false }
    /// Whether what is acquired later matters.
    static var looksAhead: Bool { followsRules || isLogged }
    mutating func take(row: UInt32, upTo quantity: Int128, forGood: Bool) -> TakenPart? { nil }
    mutating func add(cost: Int128, toRow row: UInt32) {}
    func contains(row: UInt32) -> Bool { false }
    var sharesCosts: Bool { false }
    func forEachBasis(_ body: (OpenLot, Basis) -> Void) {
        forEach { body($0, Basis(quantity: 0, cost: 0)) }
    }
    @inline(__always)
    mutating func begin(taking quantity: Int128) {}
}

/// A pool and the sum of what is in it.
struct Stock<Pool: LotPool> {
    var pool: Pool
    var total: Int128 = 0

    init(_ method: LotMethod, _ ties: LotTies) {
        pool = Pool(method, ties)
    }
}
