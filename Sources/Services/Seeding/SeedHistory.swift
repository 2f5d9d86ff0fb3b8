import Money
import Time

/// A made-up history in Coffer's own layout, the same for the same number: deposits of dollars, buys and sells of ten
/// coins on two venues, transfers between them, staking.
///
/// No account is ever overdrawn.
struct SeedHistory {
    private static let coins: [(code: String, cents: Int64)] = [
        ("BTC", 4_200_000), ("ETH", 260_000), ("SOL", 9_500), ("ADA", 45), ("XRP", 58), ("LTC", 8_900),
        ("DOT", 720), ("LINK", 1_450), ("AVAX", 3_300), ("DOGE", 9),
    ]

    private let entries: Int
    private var state: UInt64
    private var made = 0
    private var second: Int64 = 1_640_995_200
    private var dollars: Int64 = 0
    /// Holdings at the venue and in the wallet, in 10⁻⁸.
    private var holdings = [[Int64]](repeating: [Int64](repeating: 0, count: 2), count: coins.count)

    init(number: Int, entries: Int) {
        self.entries = entries
        state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
    }

    private static let header =
        "time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,value,value_asset,account,to_account,"
        + "exchange,group,comment,reference,lot\n"

    /// The next few hundred rows, the header before the first; nil at the end.
    mutating func nextPiece() -> [UInt8]? {
        guard made < entries else { return nil }
        var text = made == 0 ? SeedHistory.header : ""
        for _ in 0..<min(500, entries - made) {
            text += row()
            made += 1
        }
        return Array(text.utf8)
    }

    private mutating func below(_ bound: Int64) -> Int64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int64((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    private mutating func row() -> String {
        second += 600 + below(100_000_000 / Int64(entries + 1) + 1)
        let time = Timestamp(seconds: second).description
        let coin = Int(below(Int64(SeedHistory.coins.count)))
        let choice = below(20)
        let price = SeedHistory.coins[coin].cents * (50 + below(100)) / 100 + 1
        switch choice {
        case 0...9 where dollars > 10_000: return buy(coin, price, time)
        case 10...15 where holdings[coin][0] > 1000: return sell(coin, price, time)
        case 16...17 where holdings[coin][0] > 1000: return move(coin, time)
        case 18 where holdings[coin][1] > 1000: return stake(coin, price, time)
        default: return deposit(time)
        }
    }

    private mutating func deposit(_ time: String) -> String {
        let cents = 50_000 + below(500_000)
        dollars += cents
        return "\(time),deposit,\(money(cents)),USD,,,,,,,Kraken,,Kraken,,,,\n"
    }

    private mutating func buy(_ coin: Int, _ price: Int64, _ time: String) -> String {
        let cents = 1 + below(dollars / 2)
        let fee = cents / 400
        let quantity = cents * 100_000_000 / price + 1
        dollars -= cents + fee
        holdings[coin][0] += quantity
        let code = SeedHistory.coins[coin].code
        return "\(time),trade,\(units(quantity)),\(code),\(money(cents)),USD,\(money(fee)),USD,"
            + "\(money(cents)),USD,Kraken,,Kraken,,,,\n"
    }

    private mutating func sell(_ coin: Int, _ price: Int64, _ time: String) -> String {
        let quantity = 1 + below(holdings[coin][0])
        let (product, overflow) = quantity.multipliedReportingOverflow(by: price)
        let cents = (overflow ? Int64.max / 2 : product) / 100_000_000 + 1
        let fee = cents / 400
        holdings[coin][0] -= quantity
        dollars += cents - fee
        let code = SeedHistory.coins[coin].code
        return "\(time),trade,\(money(cents)),USD,\(units(quantity)),\(code),\(money(fee)),USD,"
            + "\(money(cents)),USD,Kraken,,Kraken,,,,\n"
    }

    private mutating func move(_ coin: Int, _ time: String) -> String {
        let quantity = 1 + below(holdings[coin][0])
        holdings[coin][0] -= quantity
        holdings[coin][1] += quantity
        let code = SeedHistory.coins[coin].code
        return "\(time),transfer,,,\(units(quantity)),\(code),,,,,Kraken,Wallet,,,,,\n"
    }

    private mutating func stake(_ coin: Int, _ price: Int64, _ time: String) -> String {
        let quantity = 1 + holdings[coin][1] / 1000
        holdings[coin][1] += quantity
        let (product, overflow) = quantity.multipliedReportingOverflow(by: price)
        let cents = (overflow ? Int64.max / 2 : product) / 100_000_000
        let code = SeedHistory.coins[coin].code
        return "\(time),staking,\(units(quantity)),\(code),,,,,\(money(cents)),USD,Wallet,,,,,,\n"
    }

    private func money(_ cents: Int64) -> String {
        Amount(unchecked: Int128(cents) * 10_000_000_000_000_000).description
    }

    private func units(_ quantity: Int64) -> String {
        Amount(unchecked: Int128(quantity) * 10_000_000_000).description
    }
}
