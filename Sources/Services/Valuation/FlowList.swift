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
        byAsset: Bool
    ) throws(MoneyError) {
        self.currency = currency
        self.valuer = valuer
        assets = book.assets
        pricedSince = book.assets.map { valuer.firstTime(from: $0, to: currency)?.microseconds }
        walks = Array(repeating: nil, count: book.assets.count)
        if byAsset { self.byAsset = Array(repeating: .zero, count: book.assets.count) }
        var movements = movements(book, inside, after: first, through: last)
        let firstPrices = try firstPrices(book, inside, after: first, through: last)
        if !firstPrices.isEmpty {
            movements += firstPrices
            movements.sort { $0.time < $1.time }
        }
        var next = 0
        while next < movements.count {
            let (first, known, time) = (next, flows.count, movements[next].time)
            while next < movements.count, movements[next].time == time {
                try add(movements[next])
                next += 1
            }
            guard byAsset, flows.count > known else { continue }
            changes.append(Change(time: time, value: try change(of: movements[first..<next])))
        }
    }

    // MARK: Collecting

    private struct Movement {
        enum Kind {
            case effect(FlowEffect)
            /// What was held when the first price came; it stands in the in leg.
            case firstPrice
        }

        let time: Timestamp
        let kind: Kind
        let incoming: Side?
        let outgoing: Side?
        let fee: Side?
    }

    /// One leg with whether it is looked at.
    private struct Side {
        let slot: Int
        let amount: Amount
        let isInside: Bool

        init(slot: Int, amount: Amount, isInside: Bool) {
            self.slot = slot
            self.amount = amount
            self.isInside = isInside
        }

        init?(_ leg: BookLeg?, _ inside: [Bool]) {
            guard let leg else { return nil }
            slot = Int(leg.asset)
            amount = leg.amount
            isInside = !leg.isOutside && inside[Int(leg.account)]
        }
    }

    /// What touches the holdings; where nothing is wanted by asset, what may be a flow.
    private func movements(
        _ book: Book,
        _ inside: [Bool],
        after first: Timestamp,
        through last: Timestamp
    ) -> [Movement] {
        let filter = MovementFilter(
            inside: inside,
            isPriced: pricedSince.map { $0.map { $0 <= first.microseconds } ?? false },
            wantsAll: !byAsset.isEmpty
        )
        var movements: [Movement] = []
        HoldingTimeline.forEachRow(book, after: first, through: last) { row in
            guard let effect = filter.effect(of: row) else { return }
            movements.append(
                Movement(
                    time: row.time,
                    kind: .effect(effect),
                    incoming: Side(row.incoming, inside),
                    outgoing: Side(row.outgoing, inside),
                    fee: Side(row.fee, inside)
                )
            )
        }
        return movements
    }

    /// What was held of each asset when its first price came.
    private func firstPrices(
        _ book: Book,
        _ inside: [Bool],
        after first: Timestamp,
        through last: Timestamp
    ) throws(MoneyError) -> [Movement] {
        var movements: [Movement] = []
        for (slot, since) in pricedSince.enumerated() {
            guard let since, since > first.microseconds, since <= last.microseconds else { continue }
            let time = Timestamp(microseconds: since)
            let held = try HoldingTimeline.held(book, inside, at: time.advanced(byMicroseconds: -1))[slot]
            guard !held.isZero else { continue }
            let side = Side(slot: slot, amount: held, isInside: true)
            movements.append(
                Movement(time: time, kind: .firstPrice, incoming: side, outgoing: nil, fee: nil)
            )
        }
        return movements
    }

    // MARK: Valuing

    private mutating func add(_ movement: Movement) throws(MoneyError) {
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
    private mutating func change(of movements: ArraySlice<Movement>) throws(MoneyError) -> Amount {
        var sum = Amount.zero
        for movement in movements {
            if let value = try inside(movement.incoming, movement.time) { sum = try sum.adding(value) }
            if let value = try inside(movement.outgoing, movement.time) { sum = try sum.subtracting(value) }
            if let value = try inside(movement.fee, movement.time) { sum = try sum.subtracting(value) }
        }
        return sum
    }

    private mutating func inside(_ side: Side?, _ time: Timestamp) throws(MoneyError) -> Amount? {
        guard let side, side.isInside else { return nil }
        return try value(of: side, time)
    }

    private mutating func exchange(_ incoming: Side?, _ outgoing: Side?, _ time: Timestamp) throws(MoneyError)
    {
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

    private func isPriced(_ side: Side, _ time: Timestamp) -> Bool {
        pricedSince[side.slot].map { $0 <= time.microseconds } ?? false
    }

    private mutating func flow(
        _ side: Side?,
        _ sign: Int,
        into bearer: Side?,
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

    private mutating func shift(_ value: Amount, into side: Side) throws(MoneyError) {
        guard !byAsset.isEmpty else { return }
        byAsset[side.slot] = try byAsset[side.slot].adding(value)
    }

    private mutating func value(of side: Side, _ time: Timestamp) throws(MoneyError) -> Amount? {
        if walks[side.slot] == nil {
            walks[side.slot] = ConversionWalk(from: assets[side.slot], to: currency, valuer)
        }
        return try walks[side.slot]?.value(of: side.amount, at: time)
    }
}

/// Which entries are looked at: most of a history are exchanges and results within it, which are no flows.
private struct MovementFilter {
    let inside: [Bool]
    let isPriced: [Bool]
    let wantsAll: Bool
    /// The effect of each kind by its number.
    private let effects = MovementFilter.effects

    private static let effects: [FlowEffect?] = (0...255).map { EntryKind(rawValue: $0)?.flowEffect }

    init(inside: [Bool], isPriced: [Bool], wantsAll: Bool) {
        (self.inside, self.isPriced, self.wantsAll) = (inside, isPriced, wantsAll)
    }

    /// The effect of an entry; nil for one that is not looked at.
    @inline(__always)
    func effect(of row: borrowing BookRowView) -> FlowEffect? {
        guard let effect = effects[Int(row.kindNumber)] else { return nil }
        let (incoming, outgoing) = (row.incoming, row.outgoing)
        let (comes, goes) = (isInside(incoming), isInside(outgoing))
        guard comes || goes else { return nil }
        if wantsAll { return effect }
        let fee = row.fee
        guard fee == nil || isInside(fee) else { return effect }
        switch effect {
        case .capital: return effect
        case .result: return nil
        case .transfer: return comes && goes ? nil : effect
        case .exchange:
            guard comes, goes, let incoming, let outgoing else { return effect }
            return isPriced[Int(incoming.asset)] && isPriced[Int(outgoing.asset)] ? nil : effect
        }
    }

    @inline(__always)
    private func isInside(_ leg: BookLeg?) -> Bool {
        guard let leg, !leg.isOutside else { return false }
        return inside[Int(leg.account)]
    }
}
