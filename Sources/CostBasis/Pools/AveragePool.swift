/// The moving weighted average: every coin of a pool costs the same.
///
/// What leaves takes pool cost × quantity ÷ pool quantity, rounded half-even once; what rounding leaves stays in the pool,
/// and whoever takes the last coin takes all of the cost. Which lots leave, and so how long they were held, goes by age;
/// they share the cost in proportion to their quantities.
struct AveragePool: LotPool {
    /// The lots without their costs.
    private var lots = FIFOPool(.fifo, .oldestFirst)
    private var quantity: Int128 = 0
    private var cost: Int128 = 0
    private var shares = RunningShares(proceeds: 0, quantity: 1)

    init(_ method: LotMethod, _ ties: LotTies) {}

    var front: UInt32? { lots.front }
    var sharesCosts: Bool { true }

    mutating func push(_ lot: OpenLot, _ basis: Basis) {
        quantity += lot.remaining
        cost += lot.cost
        var bare = lot
        bare.cost = 0
        lots.push(bare, basis)
    }

    mutating func begin(taking wanted: Int128) {
        let taken = min(wanted, quantity)
        guard taken > 0 else { return }
        shares = RunningShares(proceeds: share(of: cost, taken, in: quantity), quantity: taken)
    }

    mutating func take(upTo wanted: Int128, forGood: Bool) -> TakenPart? {
        guard let part = lots.take(upTo: wanted, forGood: forGood) else { return nil }
        let paid = shares.next(part.quantity)
        quantity -= part.quantity
        cost -= paid
        return part.costing(paid)
    }

    mutating func addToFront(cost more: Int128) {
        cost += more
    }

    func forEach(_ body: (OpenLot) -> Void) {
        guard quantity > 0 else { return }
        var open: [OpenLot] = []
        lots.forEach { open.append($0) }
        open.sort { $0.age < $1.age }
        var shares = RunningShares(proceeds: cost, quantity: quantity)
        for var lot in open {
            lot.cost = shares.next(lot.remaining)
            body(lot)
        }
    }
}
