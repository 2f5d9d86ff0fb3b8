import Ledger
import Money
import TestSupport
import Time

/// Random histories and the slow model that predicts a Book.
enum Samples {
    static func amount(_ generator: inout SplitMix64) -> Amount {
        Amount(
            unchecked: Int128(generator.next() % 5) * 1_000_000_000_000_000_000 + Int128(generator.next() % 3)
        )
    }

    /// Entries in a random order whose times often fall together.
    static func entries(_ count: Int, seed: UInt64, firstID: Int64 = 1) -> [Entry] {
        var generator = SplitMix64(seed: seed)
        var entries: [Entry] = []
        for offset in 0..<count {
            let time = Timestamp(microseconds: Int64(generator.next() % UInt64(count * 2)) * 500_000)
            let asset = AssetID(raw: UInt32(generator.next() % 4) + 1)
            let other = AssetID(raw: UInt32(generator.next() % 4) + 5)
            let account = AccountID(raw: UInt32(generator.next() % 3) + 1)
            let place: AccountID? = generator.next() % 5 == 0 ? nil : account
            let id = EntryID(raw: firstID + Int64(offset))
            switch generator.next() % 4 {
            case 0:
                entries.append(
                    Entry(
                        id: id,
                        time: time,
                        kind: .deposit,
                        incoming: Leg(amount: amount(&generator), asset: asset, account: account)
                    )
                )
            case 1:
                entries.append(
                    Entry(
                        id: id,
                        time: time,
                        kind: .withdrawal,
                        outgoing: Leg(amount: amount(&generator), asset: asset, account: account)
                    )
                )
            case 2:
                let moved = amount(&generator)
                entries.append(
                    Entry(
                        id: id,
                        time: time,
                        kind: .transfer,
                        incoming: Leg(amount: moved, asset: asset, account: AccountID(raw: 9)),
                        outgoing: Leg(amount: moved, asset: asset, account: account),
                        fee: Leg(amount: amount(&generator), asset: other, account: account)
                    )
                )
            default:
                entries.append(
                    Entry(
                        id: id,
                        time: time,
                        kind: .trade,
                        incoming: Leg(amount: amount(&generator), asset: asset, account: account),
                        outgoing: Leg(amount: amount(&generator), asset: other, account: place),
                        value: AssetAmount(amount: amount(&generator), asset: other),
                        event: 7
                    )
                )
            }
        }
        return entries
    }

    /// Balances by walking all entries at or before an instant: order does not matter for sums.
    static func balances(_ entries: [Entry], through time: Timestamp) -> Set<Balance> {
        var sums: [Balance: Int128] = [:]
        for entry in entries where entry.time <= time {
            for (leg, sign) in [(entry.incoming, 1), (entry.outgoing, -1), (entry.fee, -1)] {
                guard let leg, let account = leg.account else { continue }
                let key = Balance(account: account, asset: leg.asset, amount: .zero)
                sums[key, default: 0] += leg.amount.raw * Int128(sign)
            }
        }
        return Set(
            sums.filter { $0.value != 0 }.map {
                Balance(account: $0.key.account, asset: $0.key.asset, amount: Amount(unchecked: $0.value))
            }
        )
    }

    static func nonzero(_ balances: [Balance]) -> Set<Balance> {
        Set(balances.filter { !$0.amount.isZero })
    }
}
