import Ledger
import Money
import Time

/// A generated history, the same for the same seed: buys, sells and transfers of 20 coins among 3 accounts in the
/// ratio of about 5 : 3.5 : 1.5, none of which moves more than is there.
struct History {
    static let codes = [
        "BTC", "ETH", "SOL", "ADA", "XRP", "LTC", "DOT", "LINK", "AVAX", "DOGE", "BCH", "XLM", "ATOM", "ALGO",
        "XTZ",
        "ETC", "FIL", "UNI", "AAVE", "NEAR",
    ]
    static let accounts = ["Kraken", "Binance", "Wallet"]

    /// One row.
    struct Row {
        enum Kind { case buy, sell, transfer }
        let number: Int
        let kind: Kind
        let coin: Int
        let account: Int
        let target: Int
        /// In 10⁻⁸.
        let quantity: Int64
        let cents: Int64
        let feeCents: Int64

        var time: Timestamp { Timestamp(seconds: 1_451_606_400 + Int64(number) * 120) }
    }

    private var state: UInt64
    private var made = 0
    private var held: [[Int64]]
    private let accountCount: Int

    init(seed: UInt64 = 1, accounts: Int = History.accounts.count) {
        state = seed
        accountCount = accounts
        held = Array(
            repeating: Array(repeating: 0, count: accounts),
            count: History.codes.count
        )
    }

    private mutating func below(_ bound: Int64) -> Int64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int64((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    /// The next row; there is always one.
    mutating func next() -> Row {
        defer { made += 1 }
        let coin = Int(below(Int64(History.codes.count)))
        let account = Int(below(Int64(accountCount)))
        let choice = below(20)
        let wanted = 1 + below(900_000_000)
        let cents = 100 + below(5_000_000)
        let available = held[coin][account]
        // What is not there cannot leave: such rows become buys, a few at the beginning.
        let kind: Row.Kind = choice < 10 || available == 0 ? .buy : choice < 17 ? .sell : .transfer
        let quantity = kind == .buy ? wanted : min(wanted, available)
        let target = (account + 1) % accountCount
        held[coin][account] += kind == .buy ? quantity : -quantity
        if kind == .transfer { held[coin][target] += quantity }
        return Row(
            number: made,
            kind: kind,
            coin: coin,
            account: account,
            target: target,
            quantity: quantity,
            cents: cents,
            feeCents: 1 + cents / 400
        )
    }
}

// MARK: As entries

extension History {
    /// So many entries, numbered from 1, in so many accounts.
    static func entries(_ count: Int, accounts: Int = History.accounts.count) -> [Entry] {
        var history = History(accounts: accounts)
        let coins = codes.map { code in
            guard let id = AssetRegistry.builtIn.id(code: code.lowercased()) else {
                preconditionFailure("the generated ledger uses built-in assets")
            }
            return id
        }
        return (0..<count).map { _ in history.next().entry(coins) }
    }
}

extension History.Row {
    fileprivate func entry(_ coins: [AssetID]) -> Entry {
        let account = AccountID(raw: UInt32(account) + 1)
        let coin = Leg(
            amount: Amount(unchecked: Int128(quantity) * 10_000_000_000),
            asset: coins[coin],
            account: account
        )
        let cash = Leg(
            amount: Amount(unchecked: Int128(cents) * 10_000_000_000_000_000),
            asset: .usd,
            account: account
        )
        let paid = Leg(
            amount: Amount(unchecked: Int128(feeCents) * 10_000_000_000_000_000),
            asset: .usd,
            account: account
        )
        let id = EntryID(raw: Int64(number) + 1)
        let value = AssetAmount(amount: cash.amount, asset: .usd)
        return switch kind {
        case .buy:
            Entry(id: id, time: time, kind: .trade, incoming: coin, outgoing: cash, fee: paid, value: value)
        case .sell:
            Entry(id: id, time: time, kind: .trade, incoming: cash, outgoing: coin, fee: paid, value: value)
        case .transfer:
            Entry(
                id: id,
                time: time,
                kind: .transfer,
                incoming: Leg(
                    amount: coin.amount,
                    asset: coin.asset,
                    account: AccountID(raw: UInt32(target) + 1)
                ),
                outgoing: coin
            )
        }
    }
}

// MARK: As a file

extension History {
    static let header =
        "time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,value,value_asset,account,to_account,"
        + "exchange,group,comment,reference,lot\n"

    /// The file of so many rows in Coffer's own layout, in pieces of about 256 KiB.
    static func write(_ count: Int, piece: ([UInt8]) throws -> Void) rethrows {
        var history = History()
        var bytes = Array(header.utf8)
        bytes.reserveCapacity(300_000)
        for _ in 0..<count {
            history.next().render(into: &bytes)
            if bytes.count >= 262_144 {
                try piece(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        if !bytes.isEmpty { try piece(bytes) }
    }
}

extension History.Row {
    /// The row as a line of the file.
    func render(into bytes: inout [UInt8]) {
        let (code, name) = (History.codes[coin], History.accounts[account])
        time.render(into: &bytes)
        let coins = Amount(unchecked: Int128(quantity) * 10_000_000_000).description
        let cash = Amount(unchecked: Int128(cents) * 10_000_000_000_000_000).description
        let fee = Amount(unchecked: Int128(feeCents) * 10_000_000_000_000_000).description
        let reference = "T" + String(100_000_000 + number)
        let line =
            switch kind {
            case .buy:
                ",trade,\(coins),\(code),\(cash),USD,\(fee),USD,\(cash),USD,\(name),,\(name),,,\(reference),\n"
            case .sell:
                ",trade,\(cash),USD,\(coins),\(code),\(fee),USD,\(cash),USD,\(name),,\(name),,,\(reference),\n"
            case .transfer:
                ",transfer,,,\(coins),\(code),,,,,\(name),\(History.accounts[target]),,,,\(reference),\n"
            }
        bytes.append(contentsOf: line.utf8)
    }
}
