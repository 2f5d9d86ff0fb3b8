import Ledger
public import Money
import Time

extension LotBook {
    /// The number of parts of lots, used up ones included.
    public var lotCount: Int { lots.count }

    /// A part of a lot, in the order in which they arose; a place outside 0..<lotCount stops the program.
    public func lot(at index: Int) -> Lot {
        let row = lots[index]
        let tags = lotTags[index]
        let acquisition = book.row(at: Int(row.entry))
        return Lot(
            id: LotID(entry: acquisition.id, side: tags.side),
            asset: book.assets[Int(row.asset)],
            account: account(row.account),
            place: tags.place,
            acquired: acquisition.time,
            quantity: Amount(unchecked: row.quantity),
            cost: Amount(unchecked: row.cost),
            remaining: Amount(unchecked: row.remaining),
            remainingCost: Amount(unchecked: row.remainingCost),
            isAssumed: tags.isAssumed,
            lacksPrice: tags.lacksPrice,
            isStale: tags.isStale
        )
    }

    /// The lots of which something is left, in the order of acquisition.
    public func openLots() -> [Lot] {
        let open = lots.indices.filter { lots[$0].remaining > 0 }
        return open.sorted { (lots[$0].entry, $0) < (lots[$1].entry, $1) }.map { lot(at: $0) }
    }

    /// What is left of each asset and what it cost, by asset number; assets with nothing left are left out.
    public func positions() -> [LotPosition] {
        var quantities = [Int128](repeating: 0, count: book.assets.count)
        var costs = quantities
        for row in lots where row.remaining > 0 {
            // Below 10²⁰ units for each asset, which the engine saw to.
            quantities[Int(row.asset)] += row.remaining
            costs[Int(row.asset)] += row.remainingCost
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

    /// The number of disposals.
    public var disposalCount: Int { disposals.count }

    /// A disposal, in the order of the Book; a place outside 0..<disposalCount stops the program.
    public func disposal(at index: Int) -> Disposal {
        let row = disposals[index]
        let tags = disposalTags[index]
        let entry = book.row(at: Int(row.entry))
        return Disposal(
            index: index,
            entry: entry.id,
            side: tags.side,
            kind: entry.kind,
            time: entry.time,
            asset: book.assets[Int(row.asset)],
            account: account(row.account),
            quantity: Amount(unchecked: row.quantity),
            proceeds: Amount(unchecked: row.proceeds),
            fee: Amount(unchecked: row.fee),
            cost: Amount(unchecked: row.cost),
            treatment: tags.treatment,
            term: tags.term,
            origin: tags.worth.origin,
            isStale: tags.worth.isStale,
            lacksPrice: tags.worth.lacksPrice
        )
    }

    /// The parts of lots that a disposal used, in the order of use.
    ///
    /// They sum to its quantity and proceeds less what no lot covered, and to its cost.
    public func uses(ofDisposalAt index: Int) -> [LotUse] {
        let disposal = disposals[index]
        let disposed = LotSettings.taxDay(of: book.row(at: Int(disposal.entry)).time)
        var shares = ProceedsShares(proceeds: disposal.proceeds, quantity: disposal.quantity)
        return useRange(ofDisposalAt: index).map { use in
            let part = useParts[use]
            let row = lots[Int(useLots[use])]
            let tags = lotTags[Int(useLots[use])]
            let acquisition = book.row(at: Int(row.entry))
            let isLong = settings.isLongTerm(acquired: Day(number: row.day), disposed: disposed)
            return LotUse(
                lot: LotID(entry: acquisition.id, side: tags.side),
                acquired: acquisition.time,
                quantity: Amount(unchecked: part.quantity),
                cost: Amount(unchecked: part.cost),
                proceeds: Amount(unchecked: shares.next(part.quantity)),
                term: isLong ? .long : .short,
                isAssumed: tags.isAssumed
            )
        }
    }

    /// How much of a disposal no lot covered.
    public func uncovered(ofDisposalAt index: Int) -> Amount {
        var left = disposals[index].quantity
        for use in useRange(ofDisposalAt: index) { left -= useParts[use].quantity }
        return Amount(unchecked: left)
    }

    private func useRange(ofDisposalAt index: Int) -> Range<Int> {
        let first = Int(disposals[index].firstUse)
        let end = index + 1 < disposals.count ? Int(disposals[index + 1].firstUse) : useLots.count
        return first..<end
    }

    /// The number of incomes.
    public var incomeCount: Int { incomeRows.count }

    /// An income, in the order of the Book; a place outside 0..<incomeCount stops the program.
    public func income(at index: Int) -> Income {
        let row = incomeRows[index]
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
