import Ledger
import Money
import Time

/// Where the rules of a method come in; an engine whose pool follows none skips all of this.
extension Engine {
    /// Takes in an acquisition about which a rule has something to say; false when none has.
    mutating func acquireByRules(_ leg: BookLeg, _ side: LegSide, _ cost: Worth, in stock: StockID) -> Bool {
        let place = passAcquisition(leg)
        if rules.isLate, case .held(let number) = stock, acquireForMatching(leg, side, cost, in: number) {
            return true
        }
        guard let place else { return false }
        return acquireReplacing(leg, side, cost, in: stock, place)
    }

    /// Takes what rules identify with a disposal; returns what is left for the order of the pool.
    mutating func takeByRules(
        _ quantity: Int128,
        from stock: StockID,
        _ treatment: Treatment,
        _ taken: inout Taken
    ) -> Int128 {
        beginNamed()
        guard method == .s104, treatment != .addedToCost, case .held(let number) = stock else {
            return quantity
        }
        return takeMatched(quantity, from: number, &taken)
    }

    /// Denies a part of the loss of the disposal recorded last, which is noted beside it.
    mutating func deny(
        _ leg: BookLeg,
        _ sums: YearPart,
        _ taken: Taken,
        _ tags: DisposalTags,
        uses: Range<Int>
    ) -> Int128 {
        guard !tags.worth.lacksPrice else { return 0 }
        let denied = denyLoss(of: leg, proceeds: sums.proceeds, taken: taken, uses: uses)
        guard denied > 0 else { return 0 }
        denials.append(
            DisposalSum(amount: denied, disposal: UInt32(truncatingIfNeeded: disposals.count - 1))
        )
        return denied
    }

    /// Adds denied losses that wait for this acquisition to its cost.
    mutating func addDenied(to row: UInt32, in stock: StockID) {
        guard !rules.deniedAhead.isEmpty else { return }
        guard let cost = rules.deniedAhead.removeValue(forKey: lots[Int(row)].asset) else { return }
        add(cost, toCostOf: row, in: stock)
    }

    /// Adds denied losses that still wait at the end to what is held.
    mutating func settleDenied() {
        for asset in rules.deniedAhead.keys.sorted() {
            let stock = StockID.held(Int(asset))
            guard isUniversal, let row = front(of: stock) else { continue }
            add(rules.deniedAhead.removeValue(forKey: asset) ?? 0, toCostOf: row, in: stock)
        }
    }

    /// Notes a new row of a lot that is named anywhere; what is moved apart goes on under its name.
    mutating func note(_ row: UInt32, of lot: LotRow) {
        guard !namedTargets.isEmpty else { return }
        if lot.entry == entry, namedTargets.contains(entryID) {
            rules.namedEntries[entryID] = entry
            rules.namedRows[entry, default: []].append(row)
        } else if rules.namedRows[lot.entry] != nil {
            rules.namedRows[lot.entry]?.append(row)
        }
    }

    // MARK: The first pass

    /// Whether what is acquired now is bought, or comes in another way.
    var acquisitionKind: TradeLog.Kind { isPurchase ? .purchase : .receipt }

    @inline(__always)
    mutating func log(_ kind: TradeLog.Kind, _ asset: UInt32, _ quantity: Amount, _ stock: StockID = .held(0))
    {
        guard Pool.isLogged, case .held(let number) = stock else { return }
        log.add(
            TradeLog.Event(
                entry: entry,
                asset: asset,
                stock: UInt32(truncatingIfNeeded: number),
                day: day.number,
                kind: kind,
                isUniversal: isUniversal,
                method: method
            ),
            quantity.raw,
            held: held[Int(asset)]
        )
    }

    /// What the first pass found out, taken out of the engine.
    mutating func takeLog() -> TradeLog {
        var taken = TradeLog()
        swap(&log, &taken)
        return taken
    }
}
