import Money

/// The places of (account, asset) pairs in a list of balances.
///
/// A small open-addressed table of 64-bit keys: a look-up costs a few nanoseconds, where a `Dictionary` costs ten
/// times that on every leg of every entry.
struct PairIndex: Sendable {
    private(set) var accounts: [UInt32] = []
    private(set) var assets: [UInt32] = []
    /// Place + 1 by hash, 0 where free.
    ///
    /// The size is a power of two and at least twice the number of pairs.
    private var table: [UInt32] = []

    var count: Int { accounts.count }

    /// The pair's place, a new one when it is met for the first time.
    mutating func place(account: UInt32, asset: UInt32) -> Int {
        if let place = known(account: account, asset: asset) { return place }
        accounts.append(account)
        assets.append(asset)
        if accounts.count * 2 > table.count { grow() } else { insert(accounts.count - 1) }
        return accounts.count - 1
    }

    /// The pair's place, or nil when it was never met.
    func known(account: UInt32, asset: UInt32) -> Int? {
        guard !table.isEmpty else { return nil }
        let mask = table.count - 1
        var slot = PairIndex.hash(account, asset) & mask
        while table[slot] != 0 {
            let place = Int(table[slot]) - 1
            if accounts[place] == account, assets[place] == asset { return place }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private mutating func grow() {
        table = [UInt32](repeating: 0, count: max(64, table.count * 4))
        for place in accounts.indices { insert(place) }
    }

    private mutating func insert(_ place: Int) {
        let mask = table.count - 1
        var slot = PairIndex.hash(accounts[place], assets[place]) & mask
        while table[slot] != 0 { slot = (slot + 1) & mask }
        table[slot] = UInt32(place + 1)
    }

    private static func hash(_ account: UInt32, _ asset: UInt32) -> Int {
        // A multiplicative hash: the high half of key × 2⁶⁴/φ. The keys are our own slots, never foreign input.
        let key = UInt64(account) << 32 | UInt64(asset)
        return Int((key &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }
}

/// The slots of identities: a table where numbers are small, a dictionary beyond.
struct SlotIndex {
    private var table: [UInt32] = []
    private var far: [UInt32: UInt32] = [:]

    /// The numbers that the table may hold: 64 Ki slots of 4 bytes.
    private static let tableMax = 65_536

    func slot(of number: UInt32) -> UInt32? {
        if Int(number) < table.count {
            let slot = table[Int(number)]
            return slot == 0 ? nil : slot - 1
        }
        return far.isEmpty ? nil : far[number]
    }

    mutating func set(_ slot: UInt32, for number: UInt32) {
        guard Int(number) < SlotIndex.tableMax else {
            far[number] = slot
            return
        }
        if Int(number) >= table.count {
            let size = max(256, Int(number).nextPowerOfTwo)
            table.append(contentsOf: repeatElement(0, count: size - table.count))
        }
        table[Int(number)] = slot + 1
    }
}

extension Int {
    /// The least power of two above this number.
    fileprivate var nextPowerOfTwo: Int { 1 << (Int.bitWidth - leadingZeroBitCount) }
}

/// All balances as they stood before the entry at `index`.
struct Checkpoint: Sendable {
    let index: Int
    /// By pair place; pairs met later are not there.
    let balances: [Int128]
}
