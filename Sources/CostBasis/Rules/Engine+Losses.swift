import Ledger
import Money
import Time

/// Losses that are denied because the coins are bought again.
extension Engine {
    /// Denies the loss of the disposal recorded last as far as the rules say so.
    ///
    /// Returns the part denied, which has joined the cost of what replaces the coins or will.
    mutating func denyLoss(of leg: BookLeg, proceeds: Int128, taken: Taken, uses: Range<Int>) -> Int128 {
        if method == .acb { return denySuperficial(leg, loss: taken.cost - proceeds, uses) }
        if settings.washSales { return denyWash(leg, proceeds: proceeds, uses) }
        return 0
    }

    // MARK: Canada

    /// The superficial part of a loss: least of S, P and B, divided by S.
    ///
    /// S is what is disposed of, P what is acquired from 30 days before through 30 days after, B what is held at the end of
    /// these (Income Tax Act s54 and the formula that the CRA accepts for a part). The denied part joins the cost base at
    /// once when coins acquired before are there, else with the next acquisition (s53(1)(f)).
    private mutating func denySuperficial(_ leg: BookLeg, loss: Int128, _ uses: Range<Int>) -> Int128 {
        let sold = uses.reduce(0) { $0 + useParts[$1].quantity }
        guard loss > 0, sold > 0, Int(leg.asset) < rules.losses.assets.count else { return 0 }
        let slot = Int(leg.asset)
        let first = day.number - LossPlan.days
        let last = day.number + LossPlan.days
        let acquired = rules.losses.assets[slot].acquired(from: first, through: last)
        let left = rules.losses.assets[slot].held(on: last)
        let part = min(sold, acquired, left)
        guard part > 0 else { return 0 }
        let denied = share(of: loss, part, in: sold)
        let stock = stock(of: leg)
        let next = rules.losses.assets[slot].next
        let past = rules.losses.assets[slot].acquisitions[..<next]
        let acquiredBefore = (past.last?.day ?? Int32.min) >= first
        let comes = next < rules.losses.assets[slot].acquisitions.count
        if acquiredBefore || !comes, let row = front(of: stock) {
            add(denied, toCostOf: row, in: stock)
        } else if comes {
            rules.deniedAhead[leg.asset, default: 0] += denied
        } else {
            return 0
        }
        return denied
    }

    // MARK: United States

    /// The part of a loss that a wash sale disallows.
    ///
    /// Losses go in the order of the sales and of the lots sold. Each is matched with coins bought from 30 days before through
    /// 30 days after, the earlier bought first, each coin once, and not with coins of the very lots sold (26 CFR 1.1091-1(b) to
    /// (e)). The loss joins the cost of the replacement (26 USC 1091(d)) and the time of holding goes on (26 USC 1223(3)).
    private mutating func denyWash(_ leg: BookLeg, proceeds: Int128, _ uses: Range<Int>) -> Int128 {
        guard Int(leg.asset) < rules.losses.assets.count else { return 0 }
        var shares = RunningShares(proceeds: proceeds, quantity: leg.amount.raw)
        var denied: Int128 = 0
        let sold = Set(uses.map { lots[useLots[$0].row].entry })
        for use in uses {
            let part = useParts[use]
            let loss = part.cost - shares.next(part.quantity)
            guard loss > 0 else { continue }
            let held = day.number - lots[useLots[use].row].day
            var parts = RunningShares(proceeds: loss, quantity: part.quantity)
            var left = part.quantity
            while left > 0, let found = replaceHeld(leg.asset, upTo: left, not: sold, daysHeld: held, &parts)
            {
                denied += found.denied
                left -= found.quantity
            }
            if left > 0 { denied += replaceAhead(leg.asset, upTo: left, daysHeld: held, &parts) }
        }
        return denied
    }

    /// Replaces coins by some bought before that are still there.
    private mutating func replaceHeld(
        _ asset: UInt32,
        upTo wanted: Int128,
        not sold: Set<UInt32>,
        daysHeld: Int32,
        _ losses: inout RunningShares
    ) -> (quantity: Int128, denied: Int128)? {
        guard var recent = rules.recent.removeValue(forKey: asset) else { return nil }
        defer { rules.recent[asset] = recent }
        let oldest = day.number - LossPlan.days
        var place = recent.first
        // What is passed and is still there, such as coins of the very lots sold; the rest is not looked at again.
        var passed: [RecentRows.Row] = []
        defer { recent.keep(passed, before: place) }
        while place < recent.rows.count {
            let row = recent.rows[place].row
            let lot = lots[Int(row)]
            guard lot.day >= oldest, !lotTags[Int(row)].isUsedUp else {
                place += 1
                continue
            }
            let number =
                isUniversal
                ? Int(asset) : pair(of: BookLeg(amount: .zero, asset: asset, account: lot.account))
            guard !sold.contains(lot.entry),
                let part = take(row: row, upTo: wanted, from: number, forGood: false)
            else {
                passed.append(recent.rows[place])
                place += 1
                continue
            }
            let loss = losses.next(part.quantity)
            let cost = detach(part) + loss
            let new = append(
                part.quantity,
                cost: cost,
                like: row,
                asset: asset,
                account: lot.account,
                place: .held
            )
            lots[Int(new)].day = lot.day - daysHeld
            push(lots[Int(new)], new, to: .held(number))
            return (part.quantity, loss)
        }
        return nil
    }

    /// Promises losses to purchases of the next 30 days; returns what they take.
    private mutating func replaceAhead(
        _ asset: UInt32,
        upTo wanted: Int128,
        daysHeld: Int32,
        _ losses: inout RunningShares
    ) -> Int128 {
        var left = wanted
        var denied: Int128 = 0
        let slot = Int(asset)
        var place = rules.losses.assets[slot].firstFree
        while left > 0, place < rules.losses.assets[slot].acquisitions.count {
            let next = rules.losses.assets[slot].acquisitions[place]
            guard next.day <= day.number + LossPlan.days else { break }
            let quantity = min(left, next.free)
            if quantity > 0 {
                let loss = losses.next(quantity)
                rules.losses.assets[slot].acquisitions[place].free -= quantity
                rules.replacements[UInt64(asset) << 32 | UInt64(place), default: []].append(
                    Replacement(quantity: quantity, denied: loss, daysHeld: daysHeld)
                )
                denied += loss
                left -= quantity
            }
            place += 1
        }
        return denied
    }

    // MARK: Acquisitions

    /// Takes in an acquisition that replaces coins sold before; false when it replaces none.
    mutating func acquireReplacing(
        _ leg: BookLeg,
        _ side: LegSide,
        _ cost: Worth,
        in stock: StockID,
        _ place: Int
    )
        -> Bool
    {
        guard settings.washSales else { return false }
        let slot = Int(leg.asset)
        let replaced = rules.replacements.removeValue(forKey: UInt64(leg.asset) << 32 | UInt64(place)) ?? []
        var shares = RunningShares(proceeds: cost.amount, quantity: leg.amount.raw)
        var left = leg.amount.raw
        let tags = LotTags(side: side, worth: cost.tags)
        for part in replaced {
            var row = newRow(leg, cost: shares.next(part.quantity) + part.denied)
            row.quantity = part.quantity
            row.day -= part.daysHeld
            push(row, append(row, tags), to: stock)
            left -= part.quantity
        }
        if left > 0 {
            var row = newRow(leg, cost: shares.next(left))
            row.quantity = left
            let new = append(row, tags)
            rules.recent[leg.asset, default: RecentRows()].append(new, entry: entry)
            push(row, new, to: stock)
        }
        held[slot] += leg.amount.raw
        return true
    }

    /// Passes an acquisition in the list of those that may replace coins; its place, or nil when it is not there.
    mutating func passAcquisition(_ leg: BookLeg) -> Int? {
        let slot = Int(leg.asset)
        guard slot < rules.losses.assets.count else { return nil }
        let place = rules.losses.assets[slot].next
        guard place < rules.losses.assets[slot].acquisitions.count,
            rules.losses.assets[slot].acquisitions[place].entry == entry
        else { return nil }
        rules.losses.assets[slot].next += 1
        return place
    }
}
