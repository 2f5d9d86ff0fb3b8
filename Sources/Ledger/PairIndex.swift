import Money

/// The places of (account, asset) pairs in a list of balances.
struct PairIndex: Sendable {
    private(set) var accounts: [UInt32] = []
    private(set) var assets: [UInt32] = []
    private var places: [UInt64: Int] = [:]

    var count: Int { accounts.count }

    /// The pair's place, a new one when it is met for the first time.
    mutating func place(account: UInt32, asset: UInt32) -> Int {
        let key = UInt64(account) << 32 | UInt64(asset)
        if let place = places[key] { return place }
        let place = accounts.count
        places[key] = place
        accounts.append(account)
        assets.append(asset)
        return place
    }

    /// The pair's place, or nil when it was never met.
    func known(account: UInt32, asset: UInt32) -> Int? {
        places[UInt64(account) << 32 | UInt64(asset)]
    }
}

/// All balances as they stood before the entry at `index`.
struct Checkpoint: Sendable {
    let index: Int
    /// By pair place; pairs met later are not there.
    let balances: [Int128]
}
