/// A pool of a first pass, which finds out what is acquired and disposed of and when.
struct LoggingPool: LotPool {
    private var lots: FIFOPool

    init(_ method: LotMethod, _ ties: LotTies) {
        lots = FIFOPool(.fifo, ties)
    }

    static var isLogged: Bool { true }
    static var needsBasis: Bool { true }

    var front: UInt32? { lots.front }

    mutating func push(_ lot: OpenLot, _ basis: Basis) { lots.push(lot, basis) }

    mutating func take(upTo quantity: Int128, forGood: Bool) -> TakenPart? {
        lots.take(upTo: quantity, forGood: forGood)
    }

    mutating func addToFront(cost: Int128) { lots.addToFront(cost: cost) }

    func forEach(_ body: (OpenLot) -> Void) { lots.forEach(body) }
}
