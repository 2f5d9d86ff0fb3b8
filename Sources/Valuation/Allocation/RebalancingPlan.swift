import Money

/// The values to sell and to buy, in counts of 10⁻¹⁸ of the report's currency.
struct RebalancingPlan {
    private let rows: [Allocation.Row]
    private let cashWeight: Int128
    private let cash: Amount
    private let settings: RebalancingSettings
    /// What to sell (below zero) or buy of each row.
    private var changes: [Int128]
    /// The cash that is meant to be left.
    private var cashTarget: Int128 = 0

    /// Each round of fees is at most half of the one before, so 128 bits are settled by then.
    private static let roundsMax = 160

    init(rows: [Allocation.Row], cashWeight: Int128, cash: Amount, _ settings: RebalancingSettings) {
        self.rows = rows
        self.cashWeight = cashWeight
        self.cash = cash
        self.settings = settings
        changes = [Int128](repeating: 0, count: rows.count)
    }

    /// Decides the changes.
    ///
    /// The targets are those of what is left after the fees. Then trades below the minimum go, and whatever no longer
    /// has its counterpart is scaled down: buys to the cash there is, sells to the cash that is needed.
    mutating func make() throws(RebalancingError) {
        let total = try Rebalancing.inRange { () throws(MoneyError) in
            var sum = ProductSum()
            sum.add(cash)
            for row in rows { sum.add(row.value) }
            return try sum.total()
        }
        aim(at: total.raw)
        for _ in 0..<RebalancingPlan.roundsMax {
            let paid = changes.reduce(0) { $0 + ($1 < 0 && !settings.allowsSells ? 0 : fee(of: $1)) }
            let known = changes
            aim(at: max(0, total.raw - paid))
            if changes == known { break }
        }
        var hasDropped = false
        if !settings.allowsSells {
            for place in changes.indices where changes[place] < 0 { changes[place] = 0 }
            hasDropped = true
        }
        // Each round but the last drops a trade.
        for _ in 0...changes.count {
            let isDropping = dropSmall()
            hasDropped = hasDropped || isDropping
            balance(reducesSells: hasDropped)
            guard changes.contains(where: isSmall) else { break }
        }
        settleLastUnits()
    }

    /// Sets the changes that lead to the targets of a total; the parts add up to it exactly.
    private mutating func aim(at total: Int128) {
        let whole = rows.reduce(cashWeight) { $0 + $1.weight }
        var sum: Int128 = 0
        var given: Int128 = 0
        for (place, row) in rows.enumerated() {
            sum += row.weight
            let upToHere = RebalancingPlan.part(total, sum, of: whole)
            changes[place] = upToHere - given - row.value.raw
            given = upToHere
        }
        cashTarget = total - given
    }

    /// total × numerator ÷ denominator, rounded down; none is below zero and the fraction is at most one.
    private static func part(_ total: Int128, _ numerator: Int128, of denominator: Int128) -> Int128 {
        guard numerator < denominator else { return total }
        let product = total.magnitude.multipliedFullWidth(by: numerator.magnitude)
        return Int128(denominator.magnitude.dividingFullWidth(product).quotient)
    }

    private func fee(of change: Int128) -> Int128 {
        guard !settings.feeFraction.isZero else { return 0 }
        // The fraction is below one, so the product is in range.
        let value = Amount(unchecked: Int128(change.magnitude))
        return (try? value.multiplied(by: settings.feeFraction))?.raw ?? 0
    }

    private func isSmall(_ change: Int128) -> Bool {
        change != 0 && change.magnitude < settings.minimumTrade.raw.magnitude
    }

    private mutating func dropSmall() -> Bool {
        var isDropping = false
        for place in changes.indices where isSmall(changes[place]) {
            changes[place] = 0
            isDropping = true
        }
        return isDropping
    }

    /// What the sells bring and what the buys cost, with fees.
    private var flows: (proceeds: Int128, cost: Int128) {
        changes.reduce(into: (proceeds: 0, cost: 0)) { sums, change in
            if change < 0 { sums.proceeds += -change - fee(of: change) }
            if change > 0 { sums.cost += change + fee(of: change) }
        }
    }

    /// The cash beyond what is meant to be left; below zero when there is too little.
    private var surplus: Int128 {
        let (proceeds, cost) = flows
        return cash.raw - cashTarget + proceeds - cost
    }

    private mutating func balance(reducesSells: Bool) {
        let (proceeds, cost) = flows
        let surplus = self.surplus
        if surplus < 0, cost > 0 {
            scale(to: max(0, cost + surplus), of: cost) { $0 > 0 }
        } else if surplus > 0, proceeds > 0, reducesSells {
            scale(to: max(0, proceeds - surplus), of: proceeds) { $0 < 0 }
        }
    }

    /// Shrinks some changes by a fraction, towards zero.
    private mutating func scale(to part: Int128, of whole: Int128, where isMeant: (Int128) -> Bool) {
        for place in changes.indices where isMeant(changes[place]) {
            let size = RebalancingPlan.part(Int128(changes[place].magnitude), part, of: whole)
            changes[place] = changes[place] < 0 ? -size : size
        }
    }

    /// Gives the units that rounding left to the largest buy, so that the cash ends as it is meant to.
    private mutating func settleLastUnits() {
        guard let largest = changes.indices.max(by: { changes[$0] < changes[$1] }) else { return }
        let few = UInt128(4 * (changes.count + 1))
        // A fee that is rounded anew may move one unit the other way, so it takes a few rounds.
        for _ in 0..<4 where surplus != 0 && surplus.magnitude <= few {
            guard changes[largest] > Int128(few) else { break }
            changes[largest] += surplus
        }
        // A buy costs at least its value, so this ends with enough.
        while surplus < 0, let place = changes.indices.max(by: { changes[$0] < changes[$1] }),
            changes[place] > 0
        {
            changes[place] -= min(changes[place], Int128(surplus.magnitude))
        }
    }

    /// The sells, then the buys.
    func trades() throws(RebalancingError) -> [RebalancingTrade] {
        var sells: [RebalancingTrade] = []
        var buys: [RebalancingTrade] = []
        for (row, change) in zip(rows, changes) where change != 0 {
            let value = Amount(unchecked: Int128(change.magnitude))
            let quantity = try Rebalancing.inRange { () throws(MoneyError) in
                guard change < 0 else { return try value.divided(by: row.price) }
                return try row.quantity.multiplied(by: value, dividedBy: row.value)
            }
            let trade = RebalancingTrade(
                side: change < 0 ? .sell : .buy,
                asset: row.asset,
                quantity: quantity,
                price: row.price,
                value: value,
                fee: Amount(unchecked: fee(of: change))
            )
            if change < 0 { sells.append(trade) } else { buys.append(trade) }
        }
        return sells + buys
    }
}
