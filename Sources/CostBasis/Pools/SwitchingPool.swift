/// A pool for methods that follow rules beyond an order, and for methods that change on certain days.
///
/// It goes by lots or shares costs, as its method does; lots can be reached by row while it goes by lots.
struct SwitchingPool: LotPool {
    private let isShared: Bool
    private var ordered: OrderedPool
    private var average: AveragePool

    init(_ method: LotMethod, _ ties: LotTies) {
        isShared = method.sharesCosts
        ordered = OrderedPool(method, ties)
        average = AveragePool(method, ties)
    }

    static var needsBasis: Bool { true }
    static var followsRules: Bool { true }

    var sharesCosts: Bool { isShared }

    var front: UInt32? { isShared ? average.front : ordered.front }

    mutating func push(_ lot: OpenLot, _ basis: Basis) {
        if isShared { average.push(lot, basis) } else { ordered.push(lot, basis) }
    }

    mutating func begin(taking quantity: Int128) {
        if isShared { average.begin(taking: quantity) }
    }

    mutating func take(upTo quantity: Int128, forGood: Bool) -> TakenPart? {
        isShared
            ? average.take(upTo: quantity, forGood: forGood) : ordered.take(upTo: quantity, forGood: forGood)
    }

    mutating func take(row: UInt32, upTo quantity: Int128, forGood: Bool) -> TakenPart? {
        isShared ? nil : ordered.take(row: row, upTo: quantity, forGood: forGood)
    }

    mutating func addToFront(cost: Int128) {
        if isShared { average.addToFront(cost: cost) } else { ordered.addToFront(cost: cost) }
    }

    mutating func add(cost: Int128, toRow row: UInt32) {
        if !isShared { ordered.add(cost: cost, toRow: row) }
    }

    func contains(row: UInt32) -> Bool { !isShared && ordered.contains(row: row) }

    func forEach(_ body: (OpenLot) -> Void) {
        if isShared { average.forEach(body) } else { ordered.forEach(body) }
    }
}
