import Ledger

/// Dense numbers for pairs of an asset slot and an account slot, given in the order in which they are met.
struct PairTable {
    private let accountCount: Int
    private var table: [Int32] = []
    private var overflow: [UInt64: Int] = [:]
    private(set) var count = 0

    init(assets: Int, accounts: Int) {
        accountCount = accounts
        let (pairs, tooMany) = assets.multipliedReportingOverflow(by: accounts)
        if !tooMany, pairs <= Limits.tablePairsMax { table = [Int32](repeating: -1, count: pairs) }
    }

    /// The pair's number, a new one when it is met for the first time.
    @inline(__always)
    mutating func place(asset: UInt32, account: Int) -> Int {
        let cell = Int(asset) * accountCount + account
        if cell < table.count, table[cell] >= 0 { return Int(table[cell]) }
        return newPlace(asset: asset, account: account)
    }

    @inline(never)
    private mutating func newPlace(asset: UInt32, account: Int) -> Int {
        guard table.isEmpty else {
            table[Int(asset) * accountCount + account] = Int32(count)
            count += 1
            return count - 1
        }
        let key = UInt64(asset) << 32 | UInt64(account)
        if let place = overflow[key] { return place }
        overflow[key] = count
        count += 1
        return count - 1
    }
}

/// What each kind does to lots, looked up by its number without touching the table of kinds.
struct KindTable {
    private var effects = [LotEffect](repeating: .none, count: 256)
    private var collateral = [Bool](repeating: false, count: 256)

    init() {
        for kind in EntryKind.allCases {
            effects[Int(kind.rawValue)] = kind.rule.lots
            collateral[Int(kind.rawValue)] = kind.rule.contra == .collateral
        }
    }

    func effect(of kind: EntryKind) -> LotEffect { effects[Int(kind.rawValue)] }

    /// Whether a kind, given by its number, is an exchange.
    @inline(__always)
    func isExchange(_ number: UInt8) -> Bool { effects[Int(number)] == .exchange }

    /// Whether the kind's transit is a lock as a security.
    func isCollateral(_ kind: EntryKind) -> Bool { collateral[Int(kind.rawValue)] }
}
