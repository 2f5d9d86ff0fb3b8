import Ledger
import Money
import Time
import Valuation

/// What came in and went out over a range, valued at the prices of its instants.
///
/// See docs/performance.md for what counts as a flow.
struct FlowList {
    /// A flow over the edge of what is looked at.
    struct Flow {
        let time: Timestamp
        /// Above zero for what came in.
        let value: Amount
        /// Whether the holdings began or ceased to have a price, instead of coming or going.
        let isCoverage: Bool
    }

    /// What all entries of one instant changed in the value of what is looked at.
    struct Change {
        let time: Timestamp
        let value: Amount
    }

    /// By time.
    private(set) var flows: [Flow] = []
    /// The changes of the instants with a flow, by time; empty when not asked for by asset.
    private(set) var changes: [Change] = []
    /// What was put into each asset less what was taken out, by slot of the Book; purchases and sales count here.
    ///
    /// Empty when not asked for.
    private(set) var byAsset: [Amount] = []

    private let currency: AssetID
    private let valuer: Valuer
    private let assets: [AssetID]
    private let pricedSince: [Int64?]
    private var walks: [ConversionWalk?]

    /// The flows after the first instant and up to the last.
    ///
    /// - Throws: `MoneyError.overflow`.
    init(
        _ book: Book,
        _ inside: [Bool],
        after first: Timestamp,
        through last: Timestamp,
        in currency: AssetID,
        _ valuer: Valuer,
        byAsset: Bool,
        _ columns: HoldingColumns? = nil
    ) throws(MoneyError) {
        self.currency = currency
        self.valuer = valuer
        assets = book.assets
        pricedSince = book.assets.map { valuer.firstTime(from: $0, to: currency)?.microseconds }
        walks = Array(repeating: nil, count: book.assets.count)
        if byAsset { self.byAsset = Array(repeating: .zero, count: book.assets.count) }
        var movements = movements(book, inside, after: first, through: last, columns)
        let firstPrices = try firstPrices(book, inside, after: first, through: last)
        if !firstPrices.isEmpty {
            movements += firstPrices
            movements.sort { $0.time < $1.time }
        }
        flows.reserveCapacity(movements.count)
        var next = movements.startIndex
        while next < movements.endIndex {
            let (first, known, time) = (next, flows.count, movements[next].time)
            while next < movements.endIndex, movements[next].time == time {
                try add(movements[next])
                next += 1
            }
            guard byAsset, flows.count > known else { continue }
            changes.append(Change(time: time, value: try change(of: movements[first..<next])))
        }
    }

    // MARK: Collecting

    /// What touches the holdings; where nothing is wanted by asset, what may be a flow.
    private func movements(
        _ book: Book,
        _ inside: [Bool],
        after first: Timestamp,
        through last: Timestamp,
        _ columns: HoldingColumns?
    ) -> ArraySlice<FlowMovement> {
        let isPriced = pricedSince.map { $0.map { $0 <= first.microseconds } ?? false }
        // What was found before holds where exchanges within the holdings cannot be flows.
        if byAsset.isEmpty, let columns, !isPriced.contains(false) {
            return columns.movements(after: first, through: last)
        }
        let filter = MovementFilter(inside: inside, isPriced: isPriced, wantsAll: !byAsset.isEmpty)
        var movements: [FlowMovement] = []
        HoldingTimeline.forEachRow(book, after: first, through: last) { row in
            if let movement = filter.movement(row) { movements.append(movement) }
        }
        return movements[...]
    }

    /// What was held of each asset when its first price came.
    private func firstPrices(
        _ book: Book,
        _ inside: [Bool],
        after first: Timestamp,
        through last: Timestamp
    ) throws(MoneyError) -> [FlowMovement] {
        var movements: [FlowMovement] = []
        for (slot, since) in pricedSince.enumerated() {
            guard let since, since > first.microseconds, since <= last.microseconds else { continue }
            let time = Timestamp(microseconds: since)
            let held = try HoldingTimeline.held(book, inside, at: time.advanced(byMicroseconds: -1))[slot]
            guard !held.isZero else { continue }
            let side = FlowMovement.Side(slot: slot, amount: held, isInside: true)
            movements.append(
                FlowMovement(time: time, kind: .firstPrice, incoming: side, outgoing: nil, fee: nil)
            )
        }
        return movements
    }

    // MARK: Valuing

    private mutating func add(_ movement: FlowMovement) throws(MoneyError) {
        let (incoming, outgoing) = (movement.incoming, movement.outgoing)
        switch movement.kind {
        case .firstPrice:
            try flow(incoming, 1, into: incoming, movement.time, isCoverage: true)
        case .effect(.capital):
            if incoming?.isInside == true { try flow(incoming, 1, into: incoming, movement.time) }
            if outgoing?.isInside == true { try flow(outgoing, -1, into: outgoing, movement.time) }
        case .effect(.transfer):
            guard incoming?.isInside != true || outgoing?.isInside != true else { return }
            if incoming?.isInside == true { try flow(incoming, 1, into: incoming, movement.time) }
            if outgoing?.isInside == true { try flow(outgoing, -1, into: outgoing, movement.time) }
            // The fee of a transfer is borne where it is paid.
            return
        case .effect(.result): break
        case .effect(.exchange): try exchange(incoming, outgoing, movement.time)
        }
        // A fee that somebody else's account paid is capital that was used up at once.
        if let fee = movement.fee, !fee.isInside {
            let bearer = incoming?.isInside == true ? incoming : outgoing
            try flow(fee, 1, into: bearer, movement.time)
        }
    }

    /// What movements of one instant add to the value, at its prices; what has none adds nothing.
    private mutating func change(of movements: ArraySlice<FlowMovement>) throws(MoneyError) -> Amount {
        var sum = Amount.zero
        for movement in movements {
            if let value = try inside(movement.incoming, movement.time) { sum = try sum.adding(value) }
            if let value = try inside(movement.outgoing, movement.time) { sum = try sum.subtracting(value) }
            if let value = try inside(movement.fee, movement.time) { sum = try sum.subtracting(value) }
        }
        return sum
    }

    private mutating func inside(_ side: FlowMovement.Side?, _ time: Timestamp) throws(MoneyError) -> Amount?
    {
        guard let side, side.isInside else { return nil }
        return try value(of: side, time)
    }

    private mutating func exchange(
        _ incoming: FlowMovement.Side?,
        _ outgoing: FlowMovement.Side?,
        _ time: Timestamp
    ) throws(MoneyError) {
        switch (incoming?.isInside == true, outgoing?.isInside == true) {
        case (false, false): return
        case (true, false):
            // What was paid from outside, or what it bought where that has no price.
            let paid = outgoing.map { isPriced($0, time) } == true ? outgoing : incoming
            try flow(paid, 1, into: incoming, time)
        case (false, true):
            let received = incoming.map { isPriced($0, time) } == true ? incoming : outgoing
            try flow(received, -1, into: outgoing, time)
        case (true, true):
            guard let incoming, let outgoing else { return }
            switch (isPriced(incoming, time), isPriced(outgoing, time)) {
            case (false, false): return
            case (true, false): try flow(incoming, 1, into: incoming, time, isCoverage: true)
            case (false, true): try flow(outgoing, -1, into: outgoing, time, isCoverage: true)
            case (true, true):
                guard !byAsset.isEmpty, let value = try value(of: outgoing, time) else { return }
                try shift(value, into: incoming)
                try shift(value.negated, into: outgoing)
            }
        }
    }

    private func isPriced(_ side: FlowMovement.Side, _ time: Timestamp) -> Bool {
        pricedSince[side.slot].map { $0 <= time.microseconds } ?? false
    }

    private mutating func flow(
        _ side: FlowMovement.Side?,
        _ sign: Int,
        into bearer: FlowMovement.Side?,
        _ time: Timestamp,
        isCoverage: Bool = false
    ) throws(MoneyError) {
        guard let side, let bearer, isPriced(bearer, time) || isCoverage,
            let value = try value(of: side, time)
        else { return }
        let signed = sign < 0 ? value.negated : value
        guard !signed.isZero else { return }
        flows.append(Flow(time: time, value: signed, isCoverage: isCoverage))
        try shift(signed, into: bearer)
    }

    private mutating func shift(_ value: Amount, into side: FlowMovement.Side) throws(MoneyError) {
        guard !byAsset.isEmpty else { return }
        byAsset[side.slot] = try byAsset[side.slot].adding(value)
    }

    private mutating func value(of side: FlowMovement.Side, _ time: Timestamp) throws(MoneyError) -> Amount? {
        if walks[side.slot] == nil {
            walks[side.slot] = ConversionWalk(from: assets[side.slot], to: currency, valuer)
        }
        return try walks[side.slot]?.value(of: side.amount, at: time)
    }
}
