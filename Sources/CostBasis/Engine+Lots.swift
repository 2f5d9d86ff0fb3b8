import CMemory
import Ledger
import Money
import Time

/// What happens to lots.
extension Engine {
    // MARK: Pools

    func front(of stock: StockID) -> UInt32? {
        switch stock {
        case .held(let number): stocks[number].pool.front
        case .away(let number): away[number].pool.front
        }
    }

    func total(of stock: StockID) -> Int128 {
        switch stock {
        case .held(let number): stocks[number].total
        case .away(let number): away[number].total
        }
    }

    private mutating func removeFront(of stock: StockID) {
        switch stock {
        case .held(let number):
            stocks[number].pool.removeFront()
            let (later, next) = stocks[number].pool.upcoming
            if let later { fetch(later) }
            if let next { fetch(next) }
        case .away(let number): away[number].pool.removeFront()
        }
    }

    /// Has the memory of a row fetched.
    ///
    /// Lots of one asset lie far apart, so a walk along them would wait for each.
    @inline(__always)
    private func fetch(_ row: UInt32) {
        unsafe lots.withUnsafeBufferPointer { rows in
            guard let start = rows.baseAddress else { return }
            unsafe coffer_memory_fetch(start + Int(row))
        }
    }

    /// Totals stay below 10³⁸: they are parts of what `held` counts.
    private mutating func addToTotal(_ quantity: Int128, of stock: StockID) {
        switch stock {
        case .held(let number): stocks[number].total += quantity
        case .away(let number): away[number].total += quantity
        }
    }

    /// Puts a row in its order into a pool, whose total then holds its remaining quantity.
    private mutating func push(_ row: UInt32, to stock: StockID) {
        let lot = lots[Int(row)]
        let ticket = LotTicket(row: row, entry: lot.entry, quantity: lot.remaining, cost: lot.remainingCost)
        switch stock {
        case .held(let number):
            stocks[number].pool.push(ticket)
            stocks[number].total += lot.remaining
        case .away(let number):
            away[number].pool.push(ticket)
            away[number].total += lot.remaining
        }
    }

    // MARK: Acquiring

    mutating func acquire(_ leg: BookLeg, _ side: LegSide, cost: Worth) {
        let row = UInt32(truncatingIfNeeded: lots.count)
        let quantity = leg.amount.raw
        lots.append(
            LotRow(
                quantity: quantity,
                cost: cost.amount,
                remaining: quantity,
                remainingCost: cost.amount,
                entry: entry,
                account: leg.account,
                asset: leg.asset,
                day: day.number
            )
        )
        lotTags.append(LotTags(side: side, worth: cost.tags))
        held[Int(leg.asset)] += quantity
        push(row, to: stock(of: leg))
    }

    /// A lot of coins whose acquisition is unknown: cost zero, acquired now, flagged.
    mutating func assume(
        _ quantity: Int128,
        of leg: BookLeg,
        _ side: LegSide,
        in stock: StockID,
        account: UInt32,
        place: LotPlace
    ) -> UInt32 {
        let row = UInt32(truncatingIfNeeded: lots.count)
        lots.append(
            LotRow(
                quantity: quantity,
                cost: 0,
                remaining: quantity,
                remainingCost: 0,
                entry: entry,
                account: account,
                asset: leg.asset,
                day: day.number
            )
        )
        lotTags.append(LotTags(side: side, place: place, isAssumed: true))
        held[Int(leg.asset)] += quantity
        push(row, to: stock)
        return row
    }

    // MARK: Taking

    /// The cost of a part of what remains of a lot, rounded half-even; taking all takes all.
    ///
    /// The difference stays in the lot, so no unit is made or lost.
    @inline(__always)
    func cost(of quantity: Int128, in lot: LotRow) -> Int128 {
        guard quantity < lot.remaining else { return lot.remainingCost }
        guard lot.remainingCost != 0 else { return 0 }
        do throws(MoneyError) {
            return try Amount.multiplyDivide(lot.remainingCost, quantity, dividedBy: lot.remaining).raw
        } catch {
            preconditionFailure("a part of a lot costs no more than the lot")
        }
    }

    /// Takes coins out of their pool for good and records what that brought.
    mutating func dispose(
        _ leg: BookLeg,
        _ side: LegSide,
        value: Worth,
        fee: Worth,
        treatment: Treatment
    ) {
        let stock = stock(of: leg)
        let firstUse = UInt32(truncatingIfNeeded: useLots.count)
        var left = leg.amount.raw
        var cost: Int128 = 0
        var anyShort = false
        var anyLong = false
        while left > 0, let row = front(of: stock) {
            let lot = lots[Int(row)]
            let quantity = min(left, lot.remaining)
            let part = self.cost(of: quantity, in: lot)
            lots[Int(row)].remaining = lot.remaining - quantity
            lots[Int(row)].remainingCost = lot.remainingCost - part
            if quantity == lot.remaining { removeFront(of: stock) }
            useLots.append(row)
            useParts.append(UsePart(quantity: quantity, cost: part))
            if day.number - lot.day > settings.longTermDays { anyLong = true } else { anyShort = true }
            cost += part
            left -= quantity
        }
        let taken = leg.amount.raw - left
        addToTotal(-taken, of: stock)
        held[Int(leg.asset)] -= taken
        if left > 0 {
            anyShort = true
            report(.missingAcquisition, leg, quantity: left)
        }
        var worth = value
        if treatment == .taxable { worth.subtract(fee) } else { worth.amount = cost }
        let tags = DisposalTags(
            side: side,
            treatment: treatment,
            anyShort: anyShort,
            anyLong: anyLong,
            worth: worth.tags
        )
        record(leg, worth.amount, fee: fee.amount, cost: cost, firstUse: firstUse, tags: tags)
    }

    private mutating func record(
        _ leg: BookLeg,
        _ proceeds: Int128,
        fee: Int128,
        cost: Int128,
        firstUse: UInt32,
        tags: DisposalTags
    ) {
        disposals.append(
            DisposalRow(
                quantity: leg.amount.raw,
                proceeds: proceeds,
                fee: fee,
                cost: cost,
                entry: entry,
                account: leg.account,
                asset: leg.asset,
                firstUse: firstUse
            )
        )
        disposalTags.append(tags)
        guard tags.treatment == .taxable else { return }
        switch tags.term {
        case .short: years.add(proceeds: proceeds, cost: cost, longGain: 0, on: day)
        case .long: years.add(proceeds: proceeds, cost: cost, longGain: proceeds - cost, on: day)
        case .mixed:
            let gain = longGain(from: Int(firstUse), proceeds: proceeds, of: leg.amount.raw)
            years.add(proceeds: proceeds, cost: cost, longGain: gain, on: day)
        }
    }

    /// The part of a disposal's gain that comes from lots held beyond the threshold.
    private func longGain(from firstUse: Int, proceeds: Int128, of quantity: Int128) -> Int128 {
        var shares = ProceedsShares(proceeds: proceeds, quantity: quantity)
        var gain: Int128 = 0
        for use in firstUse..<useLots.count {
            let share = shares.next(useParts[use].quantity)
            let isLong = day.number - lots[Int(useLots[use])].day > settings.longTermDays
            if isLong { gain += share - useParts[use].cost }
        }
        return gain
    }

    // MARK: Moving

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
        while left > 0, let row = front(of: from) {
            let lot = lots[Int(row)]
            let part = min(left, lot.remaining)
            if part == lot.remaining { removeFront(of: from) }
            addToTotal(-part, of: from)
            var moved = row
            if part == lot.quantity {
                // Untouched and going as a whole: the row itself moves.
                lots[Int(row)].account = account
                lotTags[Int(row)].place = place
            } else {
                let cost = cost(of: part, in: lot)
                detach(part, cost: cost, from: row)
                moved = append(part, cost: cost, like: row, asset: lot.asset, account: account, place: place)
            }
            push(moved, to: target)
            last = moved
            left -= part
        }
        return last
    }

    /// Takes quantity and cost out of a row as if they had never been in it.
    private mutating func detach(_ quantity: Int128, cost: Int128, from row: UInt32) {
        lots[Int(row)].quantity -= quantity
        lots[Int(row)].cost -= cost
        lots[Int(row)].remaining -= quantity
        lots[Int(row)].remainingCost -= cost
    }

    /// A further row of the same lot.
    private mutating func append(
        _ quantity: Int128,
        cost: Int128,
        like row: UInt32,
        asset: UInt32,
        account: UInt32,
        place: LotPlace
    ) -> UInt32 {
        let new = UInt32(truncatingIfNeeded: lots.count)
        let lot = lots[Int(row)]
        lots.append(
            LotRow(
                quantity: quantity,
                cost: cost,
                remaining: quantity,
                remainingCost: cost,
                entry: lot.entry,
                account: account,
                asset: asset,
                day: lot.day
            )
        )
        var tags = lotTags[Int(row)]
        tags.place = place
        lotTags.append(tags)
        return new
    }

    /// Turns the out leg's lots into lots of the in leg, quantity by quantity in proportion.
    ///
    /// Shares are differences of rounded running sums, so they add up to the in leg exactly. Where a share rounds to
    /// nothing its cost goes on to the next. Returns the row made last.
    mutating func convert(_ out: BookLeg, into: BookLeg) -> UInt32? {
        let from = stock(of: out)
        let target = stock(of: into)
        var shares = ProceedsShares(proceeds: into.amount.raw, quantity: out.amount.raw)
        var left = out.amount.raw
        var carried: Int128 = 0
        var last: UInt32?
        var made: [UInt32] = []
        while left > 0, let row = front(of: from) {
            let lot = lots[Int(row)]
            let part = min(left, lot.remaining)
            let cost = cost(of: part, in: lot)
            if part == lot.remaining { removeFront(of: from) }
            addToTotal(-part, of: from)
            detach(part, cost: cost, from: row)
            carried += cost
            left -= part
            let share = shares.next(part)
            guard share > 0 else { continue }
            let new = append(
                share,
                cost: carried,
                like: row,
                asset: into.asset,
                account: into.account,
                place: .held
            )
            made.append(new)
            carried = 0
            last = new
        }
        held[Int(out.asset)] -= out.amount.raw - left
        // Pushed at the end, so that a swap of an asset into itself does not meet its own lots.
        for row in made {
            held[Int(into.asset)] += lots[Int(row)].remaining
            push(row, to: target)
        }
        if left > 0 {
            report(.missingAcquisition, out, quantity: left)
            let share = shares.next(left)
            if share > 0 {
                last = assume(share, of: into, .incoming, in: target, account: into.account, place: .held)
            }
        }
        if carried > 0, let last {
            lots[Int(last)].cost += carried
            lots[Int(last)].remainingCost += carried
        }
        return last
    }

    // MARK: Fees that go on as cost

    /// The first of two places that has an open row to put a cost on.
    func open(_ target: UInt32?, _ fallback: StockID?) -> UInt32? {
        if let target, lots[Int(target)].remaining > 0 { return target }
        return fallback.flatMap { front(of: $0) }
    }

    /// Uses up coins whose cost goes on in another lot.
    mutating func absorb(_ leg: BookLeg, _ side: LegSide, target: UInt32?, fallback: StockID?) {
        let stock = stock(of: leg)
        let firstUse = useLots.count
        dispose(leg, side, value: Worth(), fee: Worth(), treatment: .addedToCost)
        guard let row = open(target, fallback ?? stock) else { return }
        var cost: Int128 = 0
        for use in firstUse..<useLots.count {
            let part = useParts[use]
            lots[Int(useLots[use])].cost -= part.cost
            cost += part.cost
            useParts[use] = UsePart(quantity: part.quantity, cost: 0)
        }
        lots[Int(row)].cost += cost
        lots[Int(row)].remainingCost += cost
        let record = disposals[disposals.count - 1]
        disposals[disposals.count - 1] = DisposalRow(
            quantity: record.quantity,
            proceeds: 0,
            fee: 0,
            cost: 0,
            entry: record.entry,
            account: record.account,
            asset: record.asset,
            firstUse: record.firstUse
        )
    }
}

extension Worth {
    /// Takes a fee's worth off; the result may be below zero.
    mutating func subtract(_ other: Worth) {
        amount -= other.amount
        if other.tags.isStale { tags.isStale = true }
        if other.tags.lacksPrice { tags.lacksPrice = true }
    }
}

/// Splits a sum over quantities so that the shares add up exactly.
///
/// Each share is the difference of two running sums, each rounded half-even once.
struct ProceedsShares {
    let proceeds: Int128
    let quantity: Int128
    private var quantitySoFar: Int128 = 0
    private var given: Int128 = 0

    init(proceeds: Int128, quantity: Int128) {
        self.proceeds = proceeds
        self.quantity = quantity
    }

    /// The share of the next part; the parts together never exceed the quantity.
    mutating func next(_ part: Int128) -> Int128 {
        quantitySoFar += part
        do throws(MoneyError) {
            let sum = try Amount.multiplyDivide(proceeds, quantitySoFar, dividedBy: quantity).raw
            defer { given = sum }
            return sum - given
        } catch {
            preconditionFailure("a part of a sum is not larger than the sum")
        }
    }
}
