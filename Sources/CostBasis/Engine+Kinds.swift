import Ledger
import Money

/// What each sort of entry does.
extension Engine {
    /// A trade: the out leg is disposed of and the in leg acquired at one value.
    ///
    /// The fee goes to the disposal where there is one: the costs of exchanging one digital asset for another belong to
    /// the disposition (Treas. Reg. 1.1001-7(b), final regulations of 2024). With money going out it is a cost of the
    /// acquisition (26 CFR 1.1012-1(h)). A fee paid in coins is a disposal of those coins itself.
    mutating func exchange(_ row: BookRow) throws(OutOfRange) {
        let disposes = carriesLots(row.outgoing)
        let acquires = carriesLots(row.incoming)
        let value = disposes || acquires ? valueOfExchange(row) : Worth()
        let needsFee = disposes || acquires || carriesLots(row.fee)
        let fee = needsFee ? try valueOfFee(row, of: value) : Worth()
        try admit(row, acquired: acquiredQuantity(row), worth: value.amount, fee: fee.amount)
        if let leg = row.outgoing, disposes {
            dispose(leg, .outgoing, value: value, fee: fee, treatment: .taxable)
        }
        if let leg = row.incoming, acquires {
            var cost = value
            if !disposes { cost.add(fee) }
            acquire(leg, .incoming, cost: cost)
        }
        payFee(row, fee)
    }

    /// Income, gifts, forks, loans and the like: the in leg is acquired at its value or at zero.
    ///
    /// Income is worth its value on receipt, which becomes its cost (IRS Notice 2014-21, answers 8 and 13). A gift has
    /// the cost that its giver stated. A fee is added to the cost and does not lessen the income.
    mutating func receive(_ row: BookRow, isIncome: Bool, isFree: Bool) throws(OutOfRange) {
        guard let leg = row.incoming else { return try give(row, treatment: .none) }
        let acquires = carriesLots(leg)
        var value = Worth()
        if !isFree, leg.amount.raw > 0, acquires || isIncome {
            value = valueOfSingle(leg, stated: row.value, origin: .priceOfIncoming)
        }
        let fee = acquires || carriesLots(row.fee) ? try valueOfFee(row, of: value) : Worth()
        try admit(row, acquired: acquiredQuantity(row), worth: value.amount, fee: fee.amount)
        if isIncome, leg.amount.raw > 0 {
            let tags = value.tags
            income.append(
                IncomeRow(value: value.amount, entry: entry, origin: tags.origin, isStale: tags.isStale)
            )
        }
        if acquires {
            value.add(fee)
            isPurchase = false
            acquire(leg, .incoming, cost: value)
            isPurchase = true
        }
        payFee(row, fee)
    }

    /// A fork: new coins at no cost, or with a part of the cost of the coins that they come from.
    ///
    /// A value stated in another coin is that part: so many coins' share of what all coins there cost (TCGA 1992 s52(4) and HMRC
    /// CRYPTO22300: a just and reasonable apportionment).
    mutating func fork(_ row: BookRow) throws(OutOfRange) {
        guard let leg = row.incoming, carriesLots(leg), let part = row.value, carriesLots(part),
            part.asset != leg.asset
        else { return try receive(row, isIncome: false, isFree: true) }
        let fee = try valueOfFee(row, of: Worth())
        try admit(row, acquired: leg.amount.raw, worth: 0, fee: fee.amount)
        let parent = BookLeg(amount: part.amount, asset: part.asset, account: leg.account)
        let number = isUniversal ? Int(parent.asset) : pair(of: parent)
        let lacking = part.amount.raw - stocks[number].total
        if lacking > 0 { report(.missingAcquisition, parent, quantity: lacking) }
        var cost = Worth(
            amount: takeCost(of: part.amount.raw, from: number),
            tags: WorthTags(origin: .stated)
        )
        cost.add(fee)
        isPurchase = false
        acquire(leg, .incoming, cost: cost)
        isPurchase = true
        payFee(row, fee)
    }

    /// Spending and losses of every sort; without a treatment only the fee counts.
    ///
    /// At cost there is neither gain nor loss, so a fee of money has nothing to lessen; a fee in coins is a disposal.
    mutating func give(
        _ row: BookRow,
        treatment: Treatment?,
        isWorthless: Bool = false
    ) throws(OutOfRange) {
        let leg = treatment == nil || !carriesLots(row.outgoing) ? nil : row.outgoing
        var value = Worth()
        if let leg, treatment == .taxable, !isWorthless {
            value = valueOfSingle(leg, stated: row.value, origin: .priceOfOutgoing)
        }
        let needsFee = (leg != nil && treatment == .taxable) || carriesLots(row.fee)
        let fee = needsFee ? try valueOfFee(row, of: value) : Worth()
        try admit(row, acquired: 0, worth: value.amount, fee: fee.amount)
        if let leg, let treatment {
            dispose(
                leg,
                .outgoing,
                value: value,
                fee: treatment == .taxable ? fee : Worth(),
                treatment: treatment
            )
        }
        payFee(row, fee)
    }

    /// Gifts, donations, losses and thefts, which by the settings bring their cost, their value or nothing.
    mutating func giveAway(_ row: BookRow) throws(OutOfRange) {
        switch row.kind {
        case .giftOut:
            try give(row, treatment: settings.gifts == .atValue ? .taxable : .atCost)
        case .lost, .stolen:
            guard settings.losses == .atZero else { return try give(row, treatment: .atCost) }
            try give(row, treatment: .taxable, isWorthless: true)
        default:
            try give(row, treatment: .atCost)
        }
    }

    /// A transfer between two own accounts: no disposal; per wallet its lots move with date and cost.
    ///
    /// What leaves and does not arrive is a network fee like the fee leg.
    mutating func moveBetweenAccounts(_ row: BookRow) throws(OutOfRange) {
        guard let out = row.outgoing, let into = row.incoming else {
            return try transit(row, collateral: false)
        }
        guard out.asset == into.asset else { return try carryOver(row) }
        guard carriesLots(out) || carriesLots(into) else { return try give(row, treatment: .none) }
        let lostLeg = out.less(into)
        let lostWorth = try valueOfTransferFee(lostLeg)
        let fee = try valueOfTransferFee(row.fee)
        let from = stock(of: out)
        let target = stock(of: into)
        let moved = min(out.amount.raw, into.amount.raw)
        let isMoved = from != target
        let uncovered = isMoved ? max(0, moved - total(of: from)) : 0
        let surplus = max(0, into.amount.raw - out.amount.raw)
        try admit(row, acquired: uncovered + surplus, worth: lostWorth.amount, fee: fee.amount)
        var last: UInt32?
        if isMoved { last = move(moved, from: from, to: target, account: into.account, place: .held) }
        if uncovered > 0 {
            report(.missingAcquisition, out, quantity: uncovered)
            last = assume(uncovered, of: into, .outgoing, in: target, account: into.account, place: .held)
        }
        if surplus > 0 {
            report(.missingAcquisition, into, quantity: surplus)
            last = assume(surplus, of: into, .incoming, in: target, account: into.account, place: .held)
        }
        payTransferFee(lostLeg, .outgoing, lostWorth, target: last, place: target, fallback: target)
        payTransferFee(row.fee, .fee, fee, target: last, place: target, fallback: target)
    }

    /// Withdrawals put lots into transit and deposits take them out again, the oldest first.
    ///
    /// Coins in transit are out of the reach of disposals in both scopes. What arrives without having left is a lot of
    /// unknown cost and is reported. Collateral is kept apart in the same way.
    mutating func transit(_ row: BookRow, collateral: Bool) throws(OutOfRange) {
        if Pool.looksAhead, method.isOfPerson { return try passByPool(row, collateral: collateral) }
        let place: LotPlace = collateral ? .collateral : .transit
        // Where the lot moved last lies, which is only asked for when there is one.
        var end = StockID.away(0)
        let fee = try valueOfTransferFee(row.fee)
        let out = carriesLots(row.outgoing) ? row.outgoing : nil
        let into = carriesLots(row.incoming) ? row.incoming : nil
        var unseen: Int128 = 0
        var last: UInt32?
        if let into {
            let road = StockID.away(2 * Int(into.asset) + (collateral ? 1 : 0))
            unseen = max(0, into.amount.raw - total(of: road))
            try admit(row, acquired: unseen, worth: 0, fee: fee.amount)
            let target = stock(of: into)
            end = target
            last = move(into.amount.raw, from: road, to: target, account: into.account, place: .held)
            if unseen > 0 {
                report(.missingAcquisition, into, quantity: unseen)
                last = assume(unseen, of: into, .incoming, in: target, account: into.account, place: .held)
            }
        } else if let out {
            let from = stock(of: out)
            unseen = max(0, out.amount.raw - total(of: from))
            guard canHold(unseen, more: out.asset) else { throw OutOfRange() }
            try admit(row, acquired: 0, worth: 0, fee: fee.amount)
            let road = StockID.away(2 * Int(out.asset) + (collateral ? 1 : 0))
            end = road
            last = move(out.amount.raw, from: from, to: road, account: BookLeg.outside, place: place)
            if unseen > 0 {
                report(.missingAcquisition, out, quantity: unseen)
                last = assume(unseen, of: out, .outgoing, in: road, account: BookLeg.outside, place: place)
            }
        } else {
            try admit(row, acquired: 0, worth: 0, fee: fee.amount)
        }
        payTransferFee(row.fee, .fee, fee, target: last, place: end, fallback: nil)
    }

    /// Migrations and swaps of one coin's form: lots turn into lots of the in leg and keep date, cost and id.
    mutating func carryOver(_ row: BookRow) throws(OutOfRange) {
        guard let out = row.outgoing, out.amount.raw > 0 else {
            return try receive(row, isIncome: false, isFree: true)
        }
        guard let into = row.incoming, into.amount.raw > 0 else { return try give(row, treatment: .atCost) }
        guard carriesLots(out), carriesLots(into) else { return try exchange(row) }
        let fee = try valueOfTransferFee(row.fee)
        let acquired = out.asset == into.asset ? max(0, into.amount.raw - out.amount.raw) : into.amount.raw
        try admit(row, acquired: acquired, worth: 0, fee: fee.amount)
        let last = convert(out, into: into)
        payTransferFee(row.fee, .fee, fee, target: last, place: stock(of: into), fallback: nil)
    }

    // MARK: Fees

    private func acquiredQuantity(_ row: BookRow) -> Int128 {
        guard let leg = row.incoming, carriesLots(leg) else { return 0 }
        return leg.amount.raw
    }

    /// A fee paid in coins is a disposal of them at the value that was added to a cost or taken off proceeds.
    private mutating func payFee(_ row: BookRow, _ worth: Worth) {
        guard let leg = row.fee, carriesLots(leg) else { return }
        dispose(leg, .fee, value: worth, fee: Worth(), treatment: .taxable)
    }

    /// The worth of a network fee, where the setting asks for it.
    mutating func valueOfTransferFee(_ leg: BookLeg?) throws(OutOfRange) -> Worth {
        guard let leg, leg.amount.raw > 0 else { return Worth() }
        // Coins: valued as a disposal, or their cost goes on. Money: no disposal, or added as it is.
        guard carriesLots(leg) == (settings.transferFees == .disposal) else { return Worth() }
        return valueOfSingle(leg, stated: nil, origin: .priceOfFee)
    }

    /// Pays a network fee: as a disposal, or by adding its cost to the lots moved.
    ///
    /// The cost goes to the lot moved last, in the universal scope to the one next in line; when there is none the coins
    /// go at cost.
    mutating func payTransferFee(
        _ leg: BookLeg?,
        _ side: LegSide,
        _ worth: Worth,
        target: UInt32?,
        place: StockID,
        fallback: StockID?
    ) {
        guard let leg, leg.amount.raw > 0 else { return }
        guard settings.transferFees == .addedToCost else {
            if carriesLots(leg) { dispose(leg, side, value: worth, fee: Worth(), treatment: .taxable) }
            return
        }
        if carriesLots(leg) {
            absorb(leg, side, target: target, place: place, fallback: fallback)
        } else if let (row, place) = open(target, place, fallback) {
            add(worth.amount, toCostOf: row, in: place)
        }
    }
}

extension BookLeg {
    /// What leaves with this leg and does not arrive with another of the same asset.
    func less(_ arrived: BookLeg) -> BookLeg {
        let lost = max(0, amount.raw - arrived.amount.raw)
        return BookLeg(amount: Amount(unchecked: lost), asset: asset, account: account)
    }
}

extension Worth {
    /// Adds a fee's worth; both are below a limit that leaves room for the sum.
    mutating func add(_ other: Worth) {
        amount += other.amount
        if other.tags.isStale { tags.isStale = true }
        if other.tags.lacksPrice { tags.lacksPrice = true }
    }
}
