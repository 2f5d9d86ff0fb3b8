import Ledger
public import Money
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
    mutating func take(upTo quantity: Int128, from stock: StockID, forGood: Bool) -> TakenPart? {
        if Pool.followsRules {
            rules.tookNamed = false
            if !rules.namedNext.isEmpty, case .held(let number) = stock,
                let part = takeNamed(upTo: quantity, from: number, forGood: forGood)
            {
                rules.tookNamed = true
                return part
            }
        }
        if !addedCosts.isEmpty { settleFront(of: stock) }
        switch stock {
        case .held(let number):
            guard let part = stocks[number].pool.take(upTo: quantity, forGood: forGood) else { return nil }
            stocks[number].total -= part.quantity
            if Pool.keepsBasis { lastBasis = stocks[number].pool.lastBasis }
            if rests != nil { noteRest(part, forGood: forGood) }
            return part
        case .away(let number):
            guard let part = away[number].pool.take(upTo: quantity, forGood: forGood) else { return nil }
            away[number].total -= part.quantity
            if Pool.keepsBasis { takeAwayBasis(part) }
            if rests != nil { noteRest(part, forGood: forGood) }
            return part
        }
    }

    /// Notes what is left of a row, once readers have the columns.
    @inline(never)
    private mutating func noteRest(_ part: TakenPart, forGood: Bool) {
        rests?.take(part, of: lots[Int(part.row)], forGood: forGood)
    }

    @inline(__always)
    mutating func push(_ lot: OpenLot, to stock: StockID, _ kept: Basis = Basis(quantity: 0, cost: 0)) {
        let basis = Pool.needsBasis ? bases[Int(lot.row)] : kept
        switch stock {
        case .held(let number):
            stocks[number].pool.push(lot, basis)
            stocks[number].total += lot.remaining
        case .away(let number):
            away[number].pool.push(lot, basis)
            away[number].total += lot.remaining
            if Pool.keepsBasis { awayBases[lot.row] = basis }
        }
    }

    /// Puts a row of which nothing was used into a pool.
    @inline(__always)
    mutating func push(_ lot: LotRow, _ row: UInt32, to stock: StockID) {
        let open = OpenLot(
            remaining: lot.quantity,
            cost: lot.cost,
            row: row,
            entry: lot.entry,
            day: lot.day,
            isWhole: true
        )
        push(open, to: stock, Basis(quantity: lot.quantity, cost: lot.cost))
    }

    /// Finds what a part taken out of transit had cost; one whose acquisition is unknown cost nothing.
    private mutating func takeAwayBasis(_ part: TakenPart) {
        lastBasis = awayBases[part.row] ?? Basis(quantity: part.quantity, cost: 0)
        if part.isLast { awayBases.removeValue(forKey: part.row) }
    }

    /// Puts a part of a row that was taken elsewhere into a pool, at the cost that it was taken with.
    mutating func push(_ part: TakenPart, as row: UInt32, to stock: StockID, _ basis: Basis) {
        let open = OpenLot(
            remaining: part.quantity,
            cost: part.cost,
            row: row,
            entry: part.entry,
            day: part.day,
            isWhole: true
        )
        push(open, to: stock, basis)
    }

    /// Says how much will be taken from a pool next.
    @inline(__always)
    mutating func begin(taking quantity: Int128, from stock: StockID) {
        if case .held(let number) = stock { stocks[number].pool.begin(taking: quantity) }
    }

    /// Empties a pool into one of the method in use; lots keep their dates and what they cost now.
    mutating func refill(_ number: Int) {
        for (lot, basis) in emptied(number) { push(lot, to: .held(number), basis) }
    }

    // MARK: Acquiring

    mutating func acquire(_ leg: BookLeg, _ side: LegSide, cost: Worth) {
        acquire(leg, side, cost: cost, in: stock(of: leg))
    }

    @inline(__always)
    mutating func acquire(_ leg: BookLeg, _ side: LegSide, cost: Worth, in stock: StockID) {
        if Pool.looksAhead { gross[Int(leg.asset)] += leg.amount.raw }
        if Pool.followsRules, acquireByRules(leg, side, cost, in: stock) { return }
        let lot = newRow(leg, cost: cost.amount)
        let row = append(lot, LotTags(side: side, worth: cost.tags))
        held[Int(leg.asset)] += leg.amount.raw
        push(lot, row, to: stock)
        if Pool.isLogged { log(acquisitionKind, leg.asset, leg.amount, stock) }
        if Pool.followsRules { addDenied(to: row, in: stock) }
    }

    /// The row of a leg that is acquired now.
    @inline(__always)
    func newRow(_ leg: BookLeg, cost: Int128) -> LotRow {
        LotRow(
            quantity: leg.amount.raw,
            cost: cost,
            entry: entry,
            account: leg.account,
            asset: leg.asset,
            day: day.number
        )
    }

    /// Counts coins that came without having been acquired by a trade or as income.
    mutating func hold(_ quantity: Int128, more asset: UInt32) {
        held[Int(asset)] += quantity
        if Pool.looksAhead { gross[Int(asset)] += quantity }
        log(.other, asset, .zero)
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
        let lot = LotRow(
            quantity: quantity,
            cost: 0,
            entry: entry,
            account: account,
            asset: leg.asset,
            day: day.number
        )
        let row = append(lot, LotTags(side: side, place: place, isAssumed: true))
        hold(quantity, more: leg.asset)
        push(lot, row, to: stock)
        return row
    }

    @inline(__always)
    mutating func append(_ lot: LotRow, _ tags: LotTags) -> UInt32 {
        lots.append(lot)
        lotTags.append(tags)
        if Pool.needsBasis { bases.append(Basis(quantity: lot.quantity, cost: lot.cost)) }
        let row = UInt32(truncatingIfNeeded: lots.count - 1)
        if Pool.followsRules { note(row, of: lot) }
        return row
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
        var taken = Taken()
        var lacking: Int128 = 0
        if Pool.followsRules {
            left = takeByRules(left, from: stock, treatment, &taken)
            lacking = rules.lacking
            rules.lacking = 0
        }
        var unnamed: Int128 = 0
        begin(taking: left, from: stock)
        while left > 0, let part = take(upTo: left, from: stock, forGood: true) {
            left -= part.quantity
            let isNamed = Pool.followsRules && rules.tookNamed
            if !isNamed { unnamed += part.quantity }
            use(part, isNamed ? .named : orderRule, &taken)
        }
        left += lacking
        held[Int(leg.asset)] -= leg.amount.raw - left
        if Pool.isLogged {
            log(treatment == .addedToCost ? .other : .disposal, leg.asset, leg.amount, stock)
        }
        if Pool.followsRules { checkNamed(leg, side, unnamed: unnamed + left) }
        if left > 0 {
            taken.noteUncovered()
            report(.missingAcquisition, leg, quantity: left)
        }
        record(leg, side, value: value, fee: fee, treatment: treatment, firstUse: firstUse, taken)
    }

    /// Notes that a disposal used a part of a lot.
    @inline(__always)
    mutating func use(_ part: TakenPart, _ rule: MatchRule, _ taken: inout Taken) {
        if part.isLast { lotTags[Int(part.row)].setUsedUp() }
        useLots.append(UsedLot(part.row, rule))
        useParts.append(UsePart(quantity: part.quantity, cost: part.cost))
        taken.note(day: part.day, longCutoff: longCutoff, exemptCutoff: exemptCutoff)
        taken.cost += part.cost
    }

    /// Writes a disposal down whose uses are there.
    @inline(__always)
    mutating func record(
        _ leg: BookLeg,
        _ side: LegSide,
        value: Worth,
        fee: Worth,
        treatment: Treatment,
        firstUse: UInt32,
        _ taken: Taken
    ) {
        var worth = value
        if treatment == .taxable { worth.subtract(fee) } else { worth.amount = taken.cost }
        let tags = DisposalTags(
            side: side,
            treatment: treatment,
            taken: taken,
            hasFee: fee.amount != 0,
            worth: worth.tags
        )
        if fee.amount != 0, !fee.tags.isOwnMoney {
            fees.append(
                DisposalSum(amount: fee.amount, disposal: UInt32(truncatingIfNeeded: disposals.count))
            )
        }
        disposals.append(
            DisposalRow(proceeds: worth.amount, entry: entry, firstUse: firstUse, tags: tags)
        )
        if Pool.followsRules, rules.isLate { rules.days.append(day.number) }
        guard treatment == .taxable else { return }
        var sums = YearPart(proceeds: worth.amount, cost: taken.cost, fee: fee.amount)
        if Pool.followsRules {
            sums.denied = deny(leg, sums, taken, tags, uses: Int(firstUse)..<useLots.count)
            guard !rules.isLate else { return }
        }
        count(sums, tags, quantity: leg.amount.raw, uses: Int(firstUse)..<useLots.count)
    }

    /// Adds a taxable disposal to the sums of its year, which is that of the day at hand.
    @inline(__always)
    mutating func count(_ sums: YearPart, _ tags: DisposalTags, quantity: Int128, uses: Range<Int>) {
        guard !tags.worth.lacksPrice else { return years.addIncomplete(on: day) }
        var sums = sums
        if settings.roundedDecimals != nil { sums.round(settings) }
        switch tags.held {
        case .short: break
        case .long: sums.longGain = sums.proceeds - sums.cost + sums.denied
        case .exempt: sums.exemptGain = sums.proceeds - sums.cost + sums.denied
        case .mixed: split(&sums, quantity: quantity, uses: uses)
        }
        years.add(sums, on: day)
    }

    /// The parts of a disposal's gain that come from lots held beyond the thresholds.
    ///
    /// A denied loss is spread over all uses by quantity.
    @inline(never)
    private func split(_ sums: inout YearPart, quantity: Int128, uses: Range<Int>) {
        var shares = RunningShares(proceeds: sums.proceeds, quantity: quantity)
        var denials = RunningShares(proceeds: sums.denied, quantity: quantity)
        for use in uses {
            let part = useParts[use]
            let gain = shares.next(part.quantity) - part.cost + denials.next(part.quantity)
            let held = lots[useLots[use].row].day
            if held <= exemptCutoff {
                sums.exemptGain += gain
            } else if held <= longCutoff {
                sums.longGain += gain
            }
        }
        if settings.roundedDecimals != nil {
            sums.longGain = settings.rounded(sums.longGain)
            sums.exemptGain = settings.rounded(sums.exemptGain)
        }
    }
}

/// What was taken for a disposal so far.
struct Taken {
    var cost: Int128 = 0
    var anyShort = false
    var anyLong = false
    var anyExempt = false
    var anyTaxed = false

    @inline(__always)
    mutating func note(day: Int32, longCutoff: Int32, exemptCutoff: Int32) {
        if day <= longCutoff { anyLong = true } else { anyShort = true }
        if day <= exemptCutoff { anyExempt = true } else { anyTaxed = true }
    }

    /// Notes coins of unknown acquisition.
    mutating func noteUncovered() {
        anyShort = true
        anyTaxed = true
    }
}

extension LotSettings {
    /// A sum rounded half-even to the settings' decimals; at the very end of the range it stays as it is.
    func rounded(_ raw: Int128) -> Int128 {
        guard let decimals = roundedDecimals else { return raw }
        let amount = Amount(unchecked: raw)
        return ((try? amount.rounded(toDecimals: decimals)) ?? amount).raw
    }
}

extension YearPart {
    /// Rounds what the settings want rounded for each disposal.
    @inline(never)
    mutating func round(_ settings: LotSettings) {
        proceeds = settings.rounded(proceeds)
        cost = settings.rounded(cost)
        fee = settings.rounded(fee)
        denied = settings.rounded(denied)
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
public struct RunningShares: Sendable {
    let proceeds: Int128
    let quantity: Int128
    private var quantitySoFar: Int128 = 0
    private var given: Int128 = 0

    init(proceeds: Int128, quantity: Int128) {
        self.proceeds = proceeds
        self.quantity = quantity
    }

    /// Shares of a sum over a quantity.
    public init(of sum: Amount, over quantity: Amount) {
        self.init(proceeds: sum.raw, quantity: quantity.raw)
    }

    /// The share of the next part; the parts together never exceed the quantity.
    public mutating func next(_ part: Amount) -> Amount { Amount(unchecked: next(part.raw)) }

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
