/// A pool whose method changes on certain days: a pool of each method, one of which is in use.
struct SwitchingPool: LotPool {
    private var method: LotMethod
    private var fifo: FIFOPool
    private var lifo: LIFOPool
    private var hifo: PricePool<DearestFirst>
    private var lofo: PricePool<CheapestFirst>
    private var average: AveragePool

    init(_ method: LotMethod, _ ties: LotTies) {
        self.method = method
        fifo = FIFOPool(.fifo, ties)
        lifo = LIFOPool(.lifo, ties)
        hifo = PricePool(.hifo, ties)
        lofo = PricePool(.lofo, ties)
        average = AveragePool(.average, ties)
    }

    static var needsBasis: Bool { true }

    var sharesCosts: Bool { method.sharesCosts }

    var front: UInt32? {
        switch method {
        case .fifo, .specific: fifo.front
        case .lifo: lifo.front
        case .hifo: hifo.front
        case .lofo: lofo.front
        case .average, .acb, .s104: average.front
        }
    }

    mutating func push(_ lot: OpenLot, _ basis: Basis) {
        switch method {
        case .fifo, .specific: fifo.push(lot, basis)
        case .lifo: lifo.push(lot, basis)
        case .hifo: hifo.push(lot, basis)
        case .lofo: lofo.push(lot, basis)
        case .average, .acb, .s104: average.push(lot, basis)
        }
    }

    mutating func begin(taking quantity: Int128) {
        if method.sharesCosts { average.begin(taking: quantity) }
    }

    mutating func take(upTo quantity: Int128, forGood: Bool) -> TakenPart? {
        switch method {
        case .fifo, .specific: fifo.take(upTo: quantity, forGood: forGood)
        case .lifo: lifo.take(upTo: quantity, forGood: forGood)
        case .hifo: hifo.take(upTo: quantity, forGood: forGood)
        case .lofo: lofo.take(upTo: quantity, forGood: forGood)
        case .average, .acb, .s104: average.take(upTo: quantity, forGood: forGood)
        }
    }

    mutating func addToFront(cost: Int128) {
        switch method {
        case .fifo, .specific: fifo.addToFront(cost: cost)
        case .lifo: lifo.addToFront(cost: cost)
        case .hifo: hifo.addToFront(cost: cost)
        case .lofo: lofo.addToFront(cost: cost)
        case .average, .acb, .s104: average.addToFront(cost: cost)
        }
    }

    func forEach(_ body: (OpenLot) -> Void) {
        switch method {
        case .fifo, .specific: fifo.forEach(body)
        case .lifo: lifo.forEach(body)
        case .hifo: hifo.forEach(body)
        case .lofo: lofo.forEach(body)
        case .average, .acb, .s104: average.forEach(body)
        }
    }
}
