import Ledger
import Money

/// Pools of a person, which coins do not leave on their way between own accounts.
extension Engine {
    /// Withdrawals and deposits: coins on their way are counted, and stay in the pool with their cost.
    mutating func passByPool(_ row: BookRow, collateral: Bool) throws(OutOfRange) {
        let fee = try valueOfTransferFee(row.fee)
        let out = carriesLots(row.outgoing) ? row.outgoing : nil
        let into = carriesLots(row.incoming) ? row.incoming : nil
        guard let leg = into ?? out else { return try passFee(row, fee) }
        let road = 2 * Int(leg.asset) + (collateral ? 1 : 0)
        let other = 2 * Int(leg.asset) + (collateral ? 0 : 1)
        let stock = stock(of: leg)
        let known = into != nil ? rules.away[road, default: 0] : total(of: stock) - away(road) - away(other)
        let unseen = max(0, leg.amount.raw - max(0, known))
        guard canHold(unseen, more: leg.asset) else { throw OutOfRange() }
        try admit(row, acquired: 0, worth: 0, fee: fee.amount)
        var last: UInt32?
        if unseen > 0 {
            report(.missingAcquisition, leg, quantity: unseen)
            let side: LegSide = into != nil ? .incoming : .outgoing
            last = assume(unseen, of: leg, side, in: stock, account: leg.account, place: .held)
        }
        rules.away[road, default: 0] += into != nil ? -(leg.amount.raw - unseen) : leg.amount.raw
        payTransferFee(row.fee, .fee, fee, target: last, place: stock, fallback: stock)
    }

    private func away(_ road: Int) -> Int128 { rules.away[road, default: 0] }

    private mutating func passFee(_ row: BookRow, _ fee: Worth) throws(OutOfRange) {
        try admit(row, acquired: 0, worth: 0, fee: fee.amount)
        payTransferFee(row.fee, .fee, fee, target: nil, place: .away(0), fallback: nil)
    }

    /// Takes coins that are on their way out of the pools, at the end or for a method that keeps them apart.
    mutating func leavePools() {
        for road in rules.away.keys.sorted() {
            let quantity = rules.away[road] ?? 0
            guard quantity > 0 else { continue }
            let place: LotPlace = road % 2 == 1 ? .collateral : .transit
            _ = move(
                quantity,
                from: .held(road / 2),
                to: .away(road),
                account: BookLeg.outside,
                place: place
            )
        }
        rules.away = [:]
    }

    /// Brings coins that are on their way into the pools of their person.
    mutating func joinPools() {
        for road in away.indices where away[road].total > 0 {
            let quantity = away[road].total
            rules.away[road] = quantity
            let account = BookLeg.outside
            _ = move(quantity, from: .away(road), to: .held(road / 2), account: account, place: .held)
        }
    }
}
