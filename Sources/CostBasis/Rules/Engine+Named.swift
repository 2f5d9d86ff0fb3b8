import Ledger

/// Specific identification: a disposal or a transfer names its lots (26 CFR 1.1012-1(j)).
extension Engine {
    /// Whether entries may name lots on the day at hand.
    var namesLots: Bool { Pool.followsRules && method == .specific && !named.isEmpty }

    /// Gets the named rows ready of which the entry at hand takes first.
    mutating func beginNamed() {
        rules.namedNext.removeAll(keepingCapacity: true)
        guard namesLots, let names = named[entryID] else { return }
        for name in names.reversed() {
            guard let entry = rules.namedEntries[name] else { continue }
            rules.namedNext += (rules.namedRows[entry] ?? []).reversed()
        }
    }

    /// Takes from the lot named next; nil when none of them is left in the pool.
    mutating func takeNamed(upTo quantity: Int128, from number: Int, forGood: Bool) -> TakenPart? {
        while let row = rules.namedNext.last {
            guard stocks[number].pool.contains(row: row) else {
                rules.namedNext.removeLast()
                continue
            }
            return take(row: row, upTo: quantity, from: number, forGood: forGood)
        }
        return nil
    }

    /// Takes from the lot of a row, with all that was added to its cost.
    mutating func take(row: UInt32, upTo quantity: Int128, from number: Int, forGood: Bool) -> TakenPart? {
        if let cost = addedCosts.removeValue(forKey: row) { stocks[number].pool.add(cost: cost, toRow: row) }
        guard let part = stocks[number].pool.take(row: row, upTo: quantity, forGood: forGood) else {
            return nil
        }
        stocks[number].total -= part.quantity
        return part
    }

    /// Reports what a disposal took from lots that it does not name though it names some.
    mutating func checkNamed(_ leg: BookLeg, _ side: LegSide, unnamed: Int128) {
        guard namesLots, side == .outgoing, unnamed > 0, named[entryID] != nil else { return }
        report(.unknownLot, leg, quantity: unnamed)
    }
}
