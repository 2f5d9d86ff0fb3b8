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

    /// Takes up to a quantity out of the lot that goes next in a pool; totals stay below 10³⁸, as parts of `held`.
    @inline(__always)
    private mutating func take(upTo quantity: Int128, from stock: StockID, forGood: Bool) -> TakenPart? {
        if !addedCosts.isEmpty { settleFront(of: stock) }
        switch stock {
        case .held(let number):
            guard let part = stocks[number].pool.take(upTo: quantity, forGood: forGood) else { return nil }
            stocks[number].total -= part.quantity
            return part
        case .away(let number):
            guard let part = away[number].pool.take(upTo: quantity, forGood: forGood) else { return nil }
            away[number].total -= part.quantity
            return part
        }
    }

    @inline(__always)
    private mutating func push(_ lot: OpenLot, to stock: StockID) {
        let basis = Pool.needsBasis ? bases[Int(lot.row)] : Basis(quantity: 0, cost: 0)
        switch stock {
        case .held(let number):
            stocks[number].pool.push(lot, basis)
            stocks[number].total += lot.remaining
        case .away(let number):
            away[number].pool.push(lot, basis)
            away[number].total += lot.remaining
        }
    }

    /// Puts a row of which nothing was used into a pool.
    private mutating func push(_ row: UInt32, to stock: StockID) {
        let lot = lots[Int(row)]
        let open = OpenLot(
            remaining: lot.quantity,
            cost: lot.cost,
            row: row,
            entry: lot.entry,
            day: lot.day,
            isWhole: true
        )
        push(open, to: stock)
    }

    /// Puts a part of a row that was taken elsewhere into a pool, at the cost that it was taken with.
    private mutating func push(_ part: TakenPart, as row: UInt32, to stock: StockID) {
        let open = OpenLot(
            remaining: part.quantity,
            cost: part.cost,
            row: row,
            entry: part.entry,
            day: part.day,
            isWhole: true
        )
        push(open, to: stock)
    }

    /// Says how much will be taken from a pool next.
    @inline(__always)
    private mutating func begin(taking quantity: Int128, from stock: StockID) {
        if case .held(let number) = stock { stocks[number].pool.begin(taking: quantity) }
    }

    /// Empties a pool into one of the method in use; lots keep their dates and what they cost now.
    mutating func refill(_ number: Int) {
        var open: [OpenLot] = []
        stocks[number].pool.forEach { open.append($0) }
        open.sort { $0.age < $1.age }
        stocks[number] = Stock(method, settings.ties)
        for lot in open {
            var settled = lot
            settled.cost += addedCosts.removeValue(forKey: lot.row) ?? 0
            push(settled, to: .held(number))
        }
    }

    // MARK: Acquiring

    mutating func acquire(_ leg: BookLeg, _ side: LegSide, cost: Worth) {
        acquire(leg, side, cost: cost, in: stock(of: leg))
    }

    @inline(__always)
    mutating func acquire(_ leg: BookLeg, _ side: LegSide, cost: Worth, in stock: StockID) {
        let row = append(
            LotRow(
                quantity: leg.amount.raw,
                cost: cost.amount,
                entry: entry,
                account: leg.account,
                asset: leg.asset,
                day: day.number
            ),
            LotTags(side: side, worth: cost.tags)
        )
        held[Int(leg.asset)] += leg.amount.raw
        push(row, to: stock)
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
        let row = append(
            LotRow(
                quantity: quantity,
                cost: 0,
                entry: entry,
                account: account,
                asset: leg.asset,
                day: day.number
            ),
            LotTags(side: side, place: place, isAssumed: true)
        )
        held[Int(leg.asset)] += quantity
        push(row, to: stock)
        return row
    }

    @inline(__always)
    private mutating func append(_ lot: LotRow, _ tags: LotTags) -> UInt32 {
        lots.append(lot)
        lotTags.append(tags)
        if Pool.needsBasis { bases.append(Basis(quantity: lot.quantity, cost: lot.cost)) }
        return UInt32(truncatingIfNeeded: lots.count - 1)
    }

    // MARK: Taking

    /// Takes coins out of their pool for good and records what that brought.
    mutating func dispose(
        _ leg: BookLeg,
        _ side: LegSide,
        value: Worth,
        fee: Worth,
        treatment: Treatment
    ) {
        dispose(leg, side, value: value, fee: fee, treatment: treatment, from: stock(of: leg))
    }

    @inline(__always)
    mutating func dispose(
        _ leg: BookLeg,
        _ side: LegSide,
        value: Worth,
        fee: Worth,
        treatment: Treatment,
        from stock: StockID
    ) {
        let firstUse = UInt32(truncatingIfNeeded: useLots.count)
        var left = leg.amount.raw
        var cost: Int128 = 0
        var anyShort = false
        var anyLong = false
        begin(taking: left, from: stock)
        while left > 0, let part = take(upTo: left, from: stock, forGood: true) {
            if part.isLast { lotTags[Int(part.row)].setUsedUp() }
            useLots.append(part.row)
            useParts.append(UsePart(quantity: part.quantity, cost: part.cost))
            if day.number - part.day > settings.longTermDays { anyLong = true } else { anyShort = true }
            cost += part.cost
            left -= part.quantity
        }
        held[Int(leg.asset)] -= leg.amount.raw - left
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
            hasFee: fee.amount != 0,
            worth: worth.tags
        )
        record(leg, worth.amount, fee: fee, cost: cost, firstUse: firstUse, tags: tags)
    }

    @inline(__always)
    private mutating func record(
        _ leg: BookLeg,
        _ proceeds: Int128,
        fee: Worth,
        cost: Int128,
        firstUse: UInt32,
        tags: DisposalTags
    ) {
        if fee.amount != 0, !fee.tags.isOwnMoney {
            fees.append(
                DisposalFee(amount: fee.amount, disposal: UInt32(truncatingIfNeeded: disposals.count))
            )
        }
        disposals.append(
            DisposalRow(proceeds: proceeds, entry: entry, firstUse: firstUse, tags: tags)
        )
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
            }
            push(part, as: moved, to: target)
            last = moved
            left -= part.quantity
        }
        return last
    }

    /// Takes quantity and cost out of a row as if they had never been in it.
    ///
    /// Returns the cost: that of the part, or where lots share their costs the row's own in proportion.
    private mutating func detach(_ part: TakenPart) -> Int128 {
        let lot = lots[Int(part.row)]
        let cost = everSharesCosts ? share(of: lot.cost, part.quantity, in: lot.quantity) : part.cost
        lots[Int(part.row)].quantity -= part.quantity
        lots[Int(part.row)].cost -= cost
        if part.isLast { lotTags[Int(part.row)].setUsedUp() }
        return cost
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
        var shares = ProceedsShares(proceeds: into.amount.raw, quantity: out.amount.raw)
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
        // Pushed at the end, so that a swap of an asset into itself does not meet its own lots.
        for part in made {
            held[Int(into.asset)] += part.quantity
            push(part, as: part.row, to: target)
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

    // MARK: Fees that go on as cost

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
    private mutating func addToPool(_ cost: Int128, row: UInt32, in stock: StockID) {
        if case .held(let number) = stock, stocks[number].pool.sharesCosts {
            stocks[number].pool.addToFront(cost: cost)
        } else {
            addedCosts[row, default: 0] += cost
        }
    }

    private mutating func settleFront(of stock: StockID) {
        guard let row = front(of: stock), let cost = addedCosts.removeValue(forKey: row) else { return }
        switch stock {
        case .held(let number): stocks[number].pool.addToFront(cost: cost)
        case .away(let number): away[number].pool.addToFront(cost: cost)
        }
    }

    /// What is left of rows that were used in part, in the order of the rows.
    func rests() -> [LotRest] {
        var rests: [LotRest] = []
        func note(_ lot: OpenLot) {
            guard everSharesCosts || !lot.isWhole else { return }
            let cost = lot.cost + addedCosts[lot.row, default: 0]
            rests.append(LotRest(remaining: lot.remaining, cost: cost, row: lot.row))
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
            let lot = lots[Int(useLots[use])]
            let moved = everSharesCosts ? share(of: lot.cost, part.quantity, in: lot.quantity) : part.cost
            lots[Int(useLots[use])].cost -= moved
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
        // Whoever is last takes all of the rest, which is what the division would say.
        guard quantitySoFar < quantity else { return proceeds - given }
        do throws(MoneyError) {
            let sum = try Amount.multiplyDivide(proceeds, quantitySoFar, dividedBy: quantity).raw
            defer { given = sum }
            return sum - given
        } catch {
            preconditionFailure("a part of a sum is not larger than the sum")
        }
    }
}
