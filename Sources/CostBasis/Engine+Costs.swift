import Ledger

/// Costs that are added to lots later, and what is left at the end.
extension Engine {
    /// The first of two places that has an open row to put a cost on.
    func open(_ target: UInt32?, _ place: StockID, _ fallback: StockID?) -> (UInt32, StockID)? {
        if let target, !lotTags[Int(target)].isUsedUp { return (target, place) }
        guard let fallback, let row = front(of: fallback) else { return nil }
        return (row, fallback)
    }

    /// Adds to the cost of an open row in a pool.
    mutating func add(_ cost: Int128, toCostOf row: UInt32, in stock: StockID) {
        lots[Int(row)].cost += cost
        addToPool(cost, row: row, in: stock)
    }

    /// Where each lot has its own cost, the pool learns of it when the lot goes next.
    mutating func addToPool(_ cost: Int128, row: UInt32, in stock: StockID) {
        rests?.add(cost, to: row)
        if case .held(let number) = stock, stocks[number].pool.sharesCosts {
            stocks[number].pool.addToFront(cost: cost)
        } else {
            addedCosts[row, default: 0] += cost
        }
    }

    mutating func settleFront(of stock: StockID) {
        guard let row = front(of: stock), let cost = addedCosts.removeValue(forKey: row) else { return }
        switch stock {
        case .held(let number): stocks[number].pool.addToFront(cost: cost)
        case .away(let number): away[number].pool.addToFront(cost: cost)
        }
    }

    /// What is left of rows that were used in part, in the order of the rows.
    func openRests() -> [LotRest] {
        var rests: [LotRest] = []
        if everSharesCosts { rests.reserveCapacity(lots.count) }
        func note(_ lot: OpenLot) {
            guard everSharesCosts || !lot.isWhole else { return }
            let added = addedCosts.isEmpty ? 0 : addedCosts[lot.row, default: 0]
            rests.append(LotRest(remaining: lot.remaining, cost: lot.cost + added, row: lot.row))
        }
        for number in stocks.indices { stocks[number].pool.forEach(note) }
        for number in away.indices { away[number].pool.forEach(note) }
        rests.sort { $0.row < $1.row }
        return rests
    }

    /// Uses up coins whose cost goes on in another lot.
    ///
    /// The lot is the target, which lies in the pool `place`, else the next of the pool `fallback`, else of its own pool.
    mutating func absorb(
        _ leg: BookLeg,
        _ side: LegSide,
        target: UInt32?,
        place: StockID,
        fallback: StockID?
    ) {
        let stock = stock(of: leg)
        let firstUse = useLots.count
        dispose(leg, side, value: Worth(), fee: Worth(), treatment: .addedToCost)
        guard let (row, place) = open(target, place, fallback ?? stock) else { return }
        var cost: Int128 = 0
        var own: Int128 = 0
        for use in firstUse..<useLots.count {
            let part = useParts[use]
            let lot = lots[useLots[use].row]
            let moved = everSharesCosts ? share(of: lot.cost, part.quantity, in: lot.quantity) : part.cost
            lots[useLots[use].row].cost -= moved
            own += moved
            cost += part.cost
            useParts[use] = UsePart(quantity: part.quantity, cost: 0)
        }
        lots[Int(row)].cost += own
        addToPool(cost, row: row, in: place)
        let record = disposals[disposals.count - 1]
        disposals[disposals.count - 1] = DisposalRow(
            proceeds: 0,
            entry: record.entry,
            firstUse: record.firstUse,
            tags: record.tags
        )
    }
}
