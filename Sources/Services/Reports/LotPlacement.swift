import CostBasis
import Ledger
import Money
import Storage
import Time

/// The parts of lots as a report lists them: one row for each lot and place.
struct LotPlacement {
    /// One row.
    struct Row {
        let id: LotID
        let asset: AssetID
        var account: AccountID?
        let place: LotPlace
        let acquired: Timestamp
        var quantity: Amount
        var cost: Amount
        var remaining: Amount
        var remainingCost: Amount
        let unitCost: Amount?
        let isAssumed: Bool
        let lacksPrice: Bool
        let isStale: Bool
        /// The part of what remains that the account does not hold.
        var homeless = Amount.zero
    }

    private struct Key: Hashable {
        let id: LotID
        /// A part of a lot may have turned into another asset.
        let asset: AssetID
        let account: AccountID?
        let place: LotPlace
    }

    private(set) var rows: [Row] = []

    /// The rows of lots in the order of acquisition; parts that lie in one place are one row, empty parts are none.
    ///
    /// In the universal scope a lot belongs to no account. It is shown where it was acquired as far as that account
    /// holds so much, and else in the accounts that hold more than their own lots, so that the rows of an account
    /// add up to its balance.
    init(_ lots: LotBook, includingClosed: Bool) throws(MoneyError) {
        let isUniversal = lots.finalScope == .universal
        var places: [Key: Int] = [:]
        let parts = includingClosed ? (0..<lots.lotCount).map { lots.lot(at: $0) } : lots.openLots()
        for lot in parts where lot.quantity.isPositive {
            let isAnywhere = isUniversal && lot.place == .held
            let key = Key(
                id: lot.id,
                asset: lot.asset,
                account: isAnywhere ? nil : lot.account,
                place: lot.place
            )
            if let place = places[key] {
                try rows[place].add(lot)
            } else {
                places[key] = rows.count
                rows.append(Row(lot))
            }
        }
        rows = rows.enumerated()
            .sorted {
                ($0.element.acquired, $0.element.id, $0.offset) < (
                    $1.element.acquired, $1.element.id, $1.offset
                )
            }
            .map(\.element)
        if isUniversal, lots.book.accounts.count > 1 { try settle(in: lots.book) }
    }

    /// Puts what an account cannot hold into the accounts that hold more than their own lots.
    private mutating func settle(in book: Book) throws(MoneyError) {
        var room: [AssetID: [AccountID: Amount]] = [:]
        for balance in book.balances where balance.amount.isPositive {
            room[balance.asset, default: [:]][balance.account] = balance.amount
        }
        for index in rows.indices where rows[index].place == .held {
            guard let account = rows[index].account else { continue }
            let free = room[rows[index].asset]?[account] ?? .zero
            let here = min(rows[index].remaining, free)
            let left = try free.subtracting(here)
            room[rows[index].asset]?[account] = left
            rows[index].homeless = try rows[index].remaining.subtracting(here)
        }
        var settled: [Row] = []
        settled.reserveCapacity(rows.count)
        for row in rows {
            var rest = row
            var moved: [Row] = []
            for account in (room[row.asset] ?? [:]).keys.sorted() where rest.homeless.isPositive {
                let free = room[row.asset]?[account] ?? .zero
                guard free.isPositive else { continue }
                let part = min(free, rest.homeless)
                room[row.asset]?[account] = try free.subtracting(part)
                moved.append(try rest.split(part, to: account))
            }
            if rest.quantity.isPositive { settled.append(rest) }
            settled += moved
        }
        rows = settled
    }
}

extension LotPlacement.Row {
    fileprivate init(_ lot: Lot) {
        self.init(
            id: lot.id,
            asset: lot.asset,
            account: lot.account,
            place: lot.place,
            acquired: lot.acquired,
            quantity: lot.quantity,
            cost: lot.cost,
            remaining: lot.remaining,
            remainingCost: lot.remainingCost,
            unitCost: lot.unitCost,
            isAssumed: lot.isAssumed,
            lacksPrice: lot.lacksPrice,
            isStale: lot.isStale
        )
    }

    fileprivate mutating func add(_ lot: Lot) throws(MoneyError) {
        quantity = try quantity.adding(lot.quantity)
        cost = try cost.adding(lot.cost)
        remaining = try remaining.adding(lot.remaining)
        remainingCost = try remainingCost.adding(lot.remainingCost)
    }

    /// Takes a part of what remains, with its share of the cost, into another account's row.
    ///
    /// Shares are rounded half-even; the rest stays here, and whoever takes all takes all of the cost.
    fileprivate mutating func split(
        _ part: Amount,
        to account: AccountID
    ) throws(MoneyError) -> LotPlacement.Row {
        let isAll = part == remaining
        let share = isAll ? remainingCost : try remainingCost.multiplied(by: part, dividedBy: remaining)
        let takesLot = isAll && quantity == remaining
        let acquisition = takesLot ? cost : try cost.multiplied(by: part, dividedBy: quantity)
        var other = self
        other.account = account
        other.homeless = .zero
        other.quantity = part
        other.remaining = part
        other.remainingCost = share
        other.cost = acquisition
        quantity = try quantity.subtracting(part)
        remaining = try remaining.subtracting(part)
        remainingCost = try remainingCost.subtracting(share)
        cost = try cost.subtracting(acquisition)
        homeless = try homeless.subtracting(part)
        return other
    }
}
