public import Money
public import Time

/// How much of one asset one account holds.
public struct Balance: Hashable, Sendable {
    /// Where it is held.
    public let account: AccountID
    /// Of what.
    public let asset: AssetID
    /// How much; negative when more went out than came in.
    public let amount: Amount

    /// A balance from its parts.
    public init(account: AccountID, asset: AssetID, amount: Amount) {
        self.account = account
        self.asset = asset
        self.amount = amount
    }
}

extension Book {
    /// The balances of every account and asset ever met, zeros included, in the order they were first met.
    ///
    /// O(pairs): independent of the length of the history.
    public var balances: [Balance] {
        balances(of: current)
    }

    /// The balances as they stood after the last entry at or before an instant.
    ///
    /// O(log n) and the replay of a few hundred entries.
    public func balances(at time: Timestamp) -> [Balance] {
        var index = firstIndex(inSecondOf: time)
        var state = state(before: index)
        while index < count {
            let row = row(at: index)
            guard row.time.seconds <= time.seconds else { break }
            if row.time <= time { apply(row, to: &state) }
            index += 1
        }
        return balances(of: state)
    }

    /// How much of each asset all accounts hold together now, by asset number; zeros left out.
    ///
    /// - Throws: `MoneyError.overflow` when the accounts of one asset sum to 10²⁰ units or more.
    public func totals() throws(MoneyError) -> [AssetAmount] {
        try Book.totals(of: balances)
    }

    /// The sums of balances by asset, by asset number; zeros left out.
    ///
    /// - Throws: `MoneyError.overflow` when an asset's sum reaches 10²⁰ units.
    public static func totals(of balances: [Balance]) throws(MoneyError) -> [AssetAmount] {
        var sums: [AssetID: Amount] = [:]
        for balance in balances {
            sums[balance.asset] = try (sums[balance.asset] ?? .zero).adding(balance.amount)
        }
        return sums.filter { !$0.value.isZero }
            .map { AssetAmount(amount: $0.value, asset: $0.key) }
            .sorted { $0.asset < $1.asset }
    }

    private func balances(of state: [Int128]) -> [Balance] {
        state.indices.map { place in
            Balance(
                account: accounts[Int(pairs.accounts[place])],
                asset: assets[Int(pairs.assets[place])],
                amount: Amount(unchecked: state[place])
            )
        }
    }

    /// The balances before the entry at an index, by pair place.
    func state(before index: Int) -> [Int128] {
        if index == count { return current }
        var low = 0
        var high = checkpoints.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if checkpoints[middle].index <= index { low = middle } else { high = middle }
        }
        var state = low < checkpoints.count ? checkpoints[low].balances : []
        var position = low < checkpoints.count ? checkpoints[low].index : 0
        state.append(contentsOf: repeatElement(0, count: pairs.count - state.count))
        while position < index {
            apply(row(at: position), to: &state)
            position += 1
        }
        return state
    }

    private func apply(_ row: BookRow, to state: inout [Int128]) {
        apply(row.incoming, incoming: true, to: &state)
        apply(row.outgoing, incoming: false, to: &state)
        apply(row.fee, incoming: false, to: &state)
    }

    private func apply(_ leg: BookLeg?, incoming: Bool, to state: inout [Int128]) {
        guard let leg, !leg.isOutside, let place = pairs.known(account: leg.account, asset: leg.asset) else {
            return
        }
        // An entry that left the range is named by `overflow`; the balance then stays as it was before it.
        _ = Balances.post(leg.amount.raw, incoming: incoming, to: &state[place])
    }
}
