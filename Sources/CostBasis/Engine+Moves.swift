import Ledger
import Money

/// How lots get from one place to another.
extension Engine {
    /// Moves up to a quantity between two pools in the order of the first; date, cost and id stay.
    ///
    /// Returns the row that moved last.
    mutating func move(
        _ quantity: Int128,
        from: StockID,
        to target: StockID,
        account: UInt32,
        place: LotPlace
    ) -> UInt32? {
        var left = quantity
        var last: UInt32?
        if Pool.followsRules { beginNamed() }
        begin(taking: left, from: from)
        while left > 0, let part = take(upTo: left, from: from, forGood: false) {
            var moved = part.row
            if part.isLast, part.wasWhole {
                // Untouched and going as a whole: the row itself moves.
                lots[Int(moved)].account = account
                lotTags[Int(moved)].place = place
            } else {
                let cost = detach(part)
                let asset = lots[Int(moved)].asset
                moved = append(
                    part.quantity,
                    cost: cost,
                    like: moved,
                    asset: asset,
                    account: account,
                    place: place
                )
                if Pool.needsBasis { bases[Int(moved)] = bases[Int(part.row)] }
                if Pool.followsRules, settings.washSales {
                    rules.recent[asset]?.split(moved, from: part.row, entry: part.entry)
                }
            }
            push(part, as: moved, to: target, lastBasis)
            last = moved
            left -= part.quantity
        }
        return last
    }

    /// Takes quantity and cost out of a row as if they had never been in it.
    ///
    /// Returns the cost: that of the part, or where lots share their costs the row's own in proportion.
    mutating func detach(_ part: TakenPart) -> Int128 {
        let lot = lots[Int(part.row)]
        let cost = everSharesCosts ? share(of: lot.cost, part.quantity, in: lot.quantity) : part.cost
        lots[Int(part.row)].quantity -= part.quantity
        lots[Int(part.row)].cost -= cost
        if part.isLast { lotTags[Int(part.row)].setUsedUp() }
        return cost
    }

    /// A further row of the same lot.
    mutating func append(
        _ quantity: Int128,
        cost: Int128,
        like row: UInt32,
        asset: UInt32,
        account: UInt32,
        place: LotPlace
    ) -> UInt32 {
        let lot = lots[Int(row)]
        var tags = lotTags[Int(row)].opened
        tags.place = place
        return append(
            LotRow(
                quantity: quantity,
                cost: cost,
                entry: lot.entry,
                account: account,
                asset: asset,
                day: lot.day
            ),
            tags
        )
    }

    /// Turns the out leg's lots into lots of the in leg, quantity by quantity in proportion.
    ///
    /// Shares are differences of rounded running sums, so they add up to the in leg exactly. Where a share rounds to
    /// nothing its cost goes on to the next. Returns the row made last.
    mutating func convert(_ out: BookLeg, into: BookLeg) -> UInt32? {
        let from = stock(of: out)
        let target = stock(of: into)
        var shares = RunningShares(proceeds: into.amount.raw, quantity: out.amount.raw)
        var left = out.amount.raw
        var carried: Int128 = 0
        var carriedNow: Int128 = 0
        var last: UInt32?
        var made: [TakenPart] = []
        begin(taking: left, from: from)
        while left > 0, let part = take(upTo: left, from: from, forGood: false) {
            carried += detach(part)
            carriedNow += part.cost
            left -= part.quantity
            let share = shares.next(part.quantity)
            guard share > 0 else { continue }
            let new = append(
                share,
                cost: carried,
                like: part.row,
                asset: into.asset,
                account: into.account,
                place: .held
            )
            made.append(part.becoming(new, quantity: share, cost: carriedNow))
            carried = 0
            carriedNow = 0
            last = new
        }
        held[Int(out.asset)] -= out.amount.raw - left
        log(.other, out.asset, .zero)
        // Pushed at the end, so that a swap of an asset into itself does not meet its own lots.
        for part in made {
            hold(part.quantity, more: into.asset)
            push(
                part,
                as: part.row,
                to: target,
                Basis(quantity: part.quantity, cost: lots[Int(part.row)].cost)
            )
        }
        if left > 0 {
            report(.missingAcquisition, out, quantity: left)
            let share = shares.next(left)
            if share > 0 {
                last = assume(share, of: into, .incoming, in: target, account: into.account, place: .held)
            }
        }
        if let last, carried > 0 || carriedNow > 0 {
            lots[Int(last)].cost += carried
            addToPool(carriedNow, row: last, in: target)
        }
        return last
    }

    /// Takes a part of the cost of all open lots of a pool away, in proportion to what is left of them.
    ///
    /// The part is that of so many coins; the coins stay. Returns the cost taken.
    mutating func takeCost(of quantity: Int128, from number: Int) -> Int128 {
        let total = stocks[number].total
        guard total > 0, quantity > 0 else { return 0 }
        let open = emptied(number)
        let all = open.reduce(Int128(0)) { $0 + $1.lot.cost }
        var shares = RunningShares(
            proceeds: share(of: all, min(quantity, total), in: total),
            quantity: total
        )
        var taken: Int128 = 0
        for (var lot, basis) in open {
            let cost = min(shares.next(lot.remaining), lot.cost, lots[Int(lot.row)].cost)
            lot.cost -= cost
            lots[Int(lot.row)].cost -= cost
            rests?.add(-cost, to: lot.row)
            taken += cost
            push(lot, to: .held(number), basis)
        }
        return taken
    }

    /// Takes all lots out of a pool, the oldest first, each with what it costs now; what follows is of the method in use.
    mutating func emptied(_ number: Int) -> [(lot: OpenLot, basis: Basis)] {
        var open: [(lot: OpenLot, basis: Basis)] = []
        stocks[number].pool.forEachBasis { open.append(($0, $1)) }
        open.sort { $0.lot.age < $1.lot.age }
        for place in open.indices {
            open[place].lot.cost += addedCosts.removeValue(forKey: open[place].lot.row) ?? 0
        }
        stocks[number] = Stock(method, settings.ties)
        return open
    }
}
