/// What a first pass found out: acquisitions and disposals in the order of the Book.
struct TradeLog: ~Copyable {
    /// One of them.
    struct Event {
        /// The place of its entry in the Book.
        let entry: UInt32
        let asset: UInt32
        /// The pool: an asset slot in the universal scope, else the number of a pair.
        let stock: UInt32
        let day: Int32
        let kind: Kind
        let isUniversal: Bool
        let method: LotMethod
    }

    enum Kind: UInt8 {
        /// Bought or exchanged.
        case purchase
        /// Acquired in another way.
        case receipt
        case disposal
        /// Lots came, went or changed into others without either.
        case other
    }

    private(set) var events = Column<Event>()
    /// By event: its quantity, and what all lots of its asset hold after it.
    private(set) var quantities = Column<Int128>()
    private(set) var held = Column<Int128>()

    init() {}

    mutating func add(_ event: Event, _ quantity: Int128, held: Int128) {
        events.append(event)
        quantities.append(quantity)
        self.held.append(held)
    }
}
