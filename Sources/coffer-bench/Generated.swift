import Ledger
import Money
import Time

/// Generated histories: the same seed gives the same entries.
enum Generated {
    struct Random {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
        mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
    }

    /// Buys, sells and transfers of 20 assets against USD in the ratio of about 5 : 3.5 : 1.5.
    static func entries(_ count: Int, seed: UInt64 = 1, accounts: UInt64 = 3) -> [Entry] {
        var random = Random(state: seed)
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        for number in 0..<count {
            let asset = AssetID(raw: 101 + UInt32(random.below(20)))
            let account = AccountID(raw: 1 + UInt32(random.below(accounts)))
            let quantity = Amount(unchecked: Int128(1 + random.below(900_000_000)) * 10_000_000_000)
            let price = Amount(unchecked: Int128(100 + random.below(5_000_000)) * 10_000_000_000_000_000)
            let value = Amount(unchecked: quantity.raw / 1_000_000_000 * (price.raw / 1_000_000_000))
            let cents = Amount(unchecked: value.raw / 10_000_000_000_000_000 * 10_000_000_000_000_000)
            let fee = Amount(unchecked: cents.raw / 400)
            let id = EntryID(raw: Int64(number) + 1)
            let time = Timestamp(microseconds: 1_500_000_000_000_000 + Int64(number) * 120_000_000)
            let coin = Leg(amount: quantity, asset: asset, account: account)
            let cash = Leg(amount: cents, asset: .usd, account: account)
            let paid = Leg(amount: fee, asset: .usd, account: account)
            let stated = AssetAmount(amount: cents, asset: .usd)
            switch random.below(20) {
            case 0..<10:
                entries.append(
                    Entry(
                        id: id,
                        time: time,
                        kind: .trade,
                        incoming: coin,
                        outgoing: cash,
                        fee: paid,
                        value: stated
                    )
                )
            case 10..<17:
                let part = Leg(
                    amount: Amount(unchecked: quantity.raw / 2),
                    asset: asset,
                    account: account
                )
                entries.append(
                    Entry(
                        id: id,
                        time: time,
                        kind: .trade,
                        incoming: cash,
                        outgoing: part,
                        fee: paid,
                        value: stated
                    )
                )
            default:
                let part = Amount(unchecked: quantity.raw / 4)
                let other = AccountID(raw: account.raw % UInt32(accounts) + 1)
                entries.append(
                    Entry(
                        id: id,
                        time: time,
                        kind: .transfer,
                        incoming: Leg(amount: part, asset: asset, account: other),
                        outgoing: Leg(amount: part, asset: asset, account: account)
                    )
                )
            }
        }
        return entries
    }
}
