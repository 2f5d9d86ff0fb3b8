import Ledger
public import Money
public import Time

extension LotBook {
    /// The number of parts of lots, used up ones included.
    public var lotCount: Int { rows.lots.count }

    /// A part of a lot, in the order in which they arose; a place outside 0..<lotCount stops the program.
    public func lot(at index: Int) -> Lot {
        let row = rows.lots[index]
        let tags = rows.lotTags[index]
        let acquisition = book.row(at: Int(row.entry))
        let left = rest(of: index)
        return Lot(
            id: LotID(entry: acquisition.id, side: tags.side),
            asset: book.assets[Int(row.asset)],
            account: account(row.account),
            place: tags.place,
            acquired: acquisition.time,
            quantity: Amount(unchecked: row.quantity),
            cost: Amount(unchecked: row.cost),
            remaining: Amount(unchecked: left.quantity),
            remainingCost: Amount(unchecked: left.cost),
            isAssumed: tags.isAssumed,
            lacksPrice: tags.lacksPrice,
            isStale: tags.isStale
        )
    }

    /// The lots of which something is left, in the order of acquisition.
    public func openLots() -> [Lot] {
        let open = rows.lots.indices.filter { !rows.lotTags[$0].isUsedUp }
        return open.sorted { (rows.lots[$0].entry, $0) < (rows.lots[$1].entry, $1) }.map { lot(at: $0) }
    }

    /// What is left of each asset and what it cost, by asset number; assets with nothing left are left out.
    public func positions() -> [LotPosition] {
        var quantities = [Int128](repeating: 0, count: book.assets.count)
        var costs = quantities
        for index in rows.lots.indices where !rows.lotTags[index].isUsedUp {
            // Below 10²⁰ units for each asset, which the engine saw to.
            let left = rest(of: index)
            quantities[Int(rows.lots[index].asset)] += left.quantity
            costs[Int(rows.lots[index].asset)] += left.cost
        }
        return quantities.indices.filter { quantities[$0] > 0 }
            .map { slot in
                LotPosition(
                    asset: book.assets[slot],
                    quantity: Amount(unchecked: quantities[slot]),
                    cost: Amount(unchecked: costs[slot])
                )
            }
            .sorted { $0.asset < $1.asset }
    }

    /// What is left of a row.
    private func rest(of index: Int) -> (quantity: Int128, cost: Int128) {
        guard !rows.lotTags[index].isUsedUp else { return (0, 0) }
        if let rest = rows.rests[UInt32(truncatingIfNeeded: index)] { return (rest.remaining, rest.cost) }
        return (rows.lots[index].quantity, rows.lots[index].cost)
    }

    /// The day on which an event of that instant counts for tax.
    public func taxDay(of time: Timestamp) -> Day {
        taxDays?(time) ?? time.day
    }

    /// The tax year of an event of that instant, named by the calendar year in which it starts.
    public func taxYear(of time: Timestamp) -> Int {
        settings.yearStart.year(of: taxDay(of: time))
    }

    /// The number of disposals.
    public var disposalCount: Int { rows.disposals.count }

    /// A disposal, in the order of the Book; a place outside 0..<disposalCount stops the program.
    public func disposal(at index: Int) -> Disposal {
        let row = rows.disposals[index]
        let tags = row.tags
        let entry = book.row(at: Int(row.entry))
        let leg = row.leg(in: entry)
        return Disposal(
            index: index,
            entry: entry.id,
            side: tags.side,
            kind: entry.kind,
            time: entry.time,
            asset: book.assets[Int(leg.asset)],
            account: account(leg.account),
            quantity: leg.amount,
            proceeds: rounded(row.proceeds),
            fee: rounded(fee(ofDisposalAt: index, entry).raw),
            cost: rounded(cost(ofDisposalAt: index)),
            denied: rounded(denied(ofDisposalAt: index)),
            treatment: tags.treatment,
            term: tags.term,
            origin: tags.worth.origin,
            isStale: tags.worth.isStale,
            lacksPrice: tags.worth.lacksPrice
        )
    }

    /// A sum of a disposal, rounded where the settings want that.
    private func rounded(_ raw: Int128) -> Amount {
        Amount(unchecked: settings.roundedDecimals == nil ? raw : settings.rounded(raw))
    }

    private func cost(ofDisposalAt index: Int) -> Int128 {
        var cost: Int128 = 0
        for use in useRange(ofDisposalAt: index) { cost += rows.useParts[use].cost }
        return cost
    }

    private func denied(ofDisposalAt index: Int) -> Int128 {
        let place = rows.denials.partitioningIndex { Int($0.disposal) >= index }
        guard place < rows.denials.count, Int(rows.denials[place].disposal) == index else { return 0 }
        return rows.denials[place].amount
    }

    private func fee(ofDisposalAt index: Int, _ entry: BookRow) -> Amount {
        guard rows.disposals[index].tags.hasFee else { return .zero }
        let place = rows.fees.partitioningIndex { Int($0.disposal) >= index }
        if place < rows.fees.count, Int(rows.fees[place].disposal) == index {
            return Amount(unchecked: rows.fees[place].amount)
        }
        guard let leg = entry.fee else { preconditionFailure("a fee that is not kept is a leg") }
        return leg.amount
    }

    /// The parts of lots that a disposal used, in the order of use.
    ///
    /// They sum to its quantity and proceeds less what no lot covered, and to its cost.
    public func uses(ofDisposalAt index: Int) -> [LotUse] {
        let disposal = rows.disposals[index]
        let entry = book.row(at: Int(disposal.entry))
        let disposed = taxDay(of: entry.time)
        let longCutoff = settings.longTerm.lastAcquired(disposed: disposed).number
        let exemptCutoff = settings.exemptAfter?.lastAcquired(disposed: disposed).number
        let quantity = disposal.leg(in: entry).amount.raw
        var shares = RunningShares(proceeds: disposal.proceeds, quantity: quantity)
        return useRange(ofDisposalAt: index).map { use in
            let part = rows.useParts[use]
            let used = rows.useLots[use]
            let row = rows.lots[used.row]
            let tags = rows.lotTags[used.row]
            let acquisition = book.row(at: Int(row.entry))
            return LotUse(
                lot: LotID(entry: acquisition.id, side: tags.side),
                acquired: acquisition.time,
                quantity: Amount(unchecked: part.quantity),
                cost: Amount(unchecked: part.cost),
                proceeds: Amount(unchecked: shares.next(part.quantity)),
                term: row.day <= longCutoff ? .long : .short,
                isExempt: exemptCutoff.map { row.day <= $0 } ?? false,
                heldSince: Day(number: row.day),
                rule: used.rule,
                isAssumed: tags.isAssumed
            )
        }
    }

    /// How much of a disposal no lot covered.
    public func uncovered(ofDisposalAt index: Int) -> Amount {
        let disposal = rows.disposals[index]
        var left = disposal.leg(in: book.row(at: Int(disposal.entry))).amount.raw
        for use in useRange(ofDisposalAt: index) { left -= rows.useParts[use].quantity }
        return Amount(unchecked: left)
    }

    private func useRange(ofDisposalAt index: Int) -> Range<Int> {
        let first = Int(rows.disposals[index].firstUse)
        let end =
            index + 1 < rows.disposals.count ? Int(rows.disposals[index + 1].firstUse) : rows.useLots.count
        return first..<end
    }

    /// The number of incomes.
    public var incomeCount: Int { rows.income.count }

    /// An income, in the order of the Book; a place outside 0..<incomeCount stops the program.
    public func income(at index: Int) -> Income {
        let row = rows.income[index]
        let entry = book.row(at: Int(row.entry))
        guard let leg = entry.incoming else { preconditionFailure("income always comes in") }
        return Income(
            entry: entry.id,
            kind: entry.kind,
            time: entry.time,
            asset: book.assets[Int(leg.asset)],
            account: account(leg.account),
            quantity: leg.amount,
            value: Amount(unchecked: row.value),
            origin: row.origin,
            isStale: row.isStale
        )
    }

    private func account(_ slot: UInt32) -> AccountID? {
        slot == BookLeg.outside ? nil : book.accounts[Int(slot)]
    }
}

extension Array {
    /// The first place from which on a condition holds, in O(log n); it never ceases to hold after it.
    func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
