import CostBasis
import Foundation
import Ledger
import Money
import Testing
import TestSupport
import Time

@Suite("Speed", .enabled(if: ProcessInfo.processInfo.environment["COFFER_BENCH"] == "1"), .serialized)
private struct SpeedTests {
    @Test
    func `a million entries stay under a tenth of a second`() throws {
        for scope in LotScope.allCases {
            for (count, rounds) in [(10_000, 50), (100_000, 15), (1_000_000, 9)] {
                let book = history(count)
                var best = Duration.seconds(100)
                var uses = 0
                for _ in 0..<rounds {
                    let clock = ContinuousClock()
                    let start = clock.now
                    let report = LotBook(book, settings: LotSettings(scope: scope), isFiat: isFiat)
                    best = min(best, start.duration(to: clock.now))
                    uses = report.disposalCount
                }
                print("\(scope.name) \(count): \(best), \(uses) disposals, peak \(peakKilobytes()) KB")
            }
        }
    }

    /// 20 assets in 4 accounts: half buys, four tenths sells with a fee, a tenth transfers, some fees in coins.
    private func history(_ count: Int) -> Book {
        var random = SplitMix64(seed: 1)
        var builder = BookBuilder()
        var held = [[Int128]](repeating: [0, 0, 0, 0], count: 20)
        for number in 0..<count {
            let asset = Int.random(in: 0..<20, using: &random)
            let account = Int.random(in: 0..<4, using: &random)
            let quantity = Int128.random(in: 1...2_000_000_000, using: &random) * 1_000_000_000
            let worth = Int128.random(in: 1...1_000_000, using: &random) * 10_000_000_000_000_000
            let coin = AssetID(raw: UInt32(100 + asset))
            func leg(_ amount: Int128, _ account: Int) -> Leg {
                Leg(
                    amount: Amount(unchecked: amount),
                    asset: coin,
                    account: AccountID(raw: UInt32(account + 1))
                )
            }
            let usd = Leg(amount: Amount(unchecked: worth), asset: .usd, account: nil)
            let fee = Leg(amount: Amount(unchecked: worth / 500), asset: .usd, account: nil)
            let id = EntryID(raw: Int64(number + 1))
            let time = Timestamp(seconds: 1_500_000_000 + Int64(number) * 60)
            let choice = Int.random(in: 0..<10, using: &random)
            let available = held[asset][account]
            if choice < 5 || available < quantity {
                held[asset][account] += quantity
                builder.append(
                    Entry(
                        id: id,
                        time: time,
                        kind: .trade,
                        incoming: leg(quantity, account),
                        outgoing: usd,
                        fee: fee
                    )
                )
            } else if choice < 9 {
                held[asset][account] -= quantity
                builder.append(
                    Entry(
                        id: id,
                        time: time,
                        kind: .trade,
                        incoming: usd,
                        outgoing: leg(quantity, account),
                        fee: fee
                    )
                )
            } else {
                held[asset][account] -= quantity
                held[asset][(account + 1) % 4] += quantity
                builder.append(
                    Entry(
                        id: id,
                        time: time,
                        kind: .transfer,
                        incoming: leg(quantity, (account + 1) % 4),
                        outgoing: leg(quantity, account)
                    )
                )
            }
        }
        return builder.finish()
    }

    private func peakKilobytes() -> String {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
        return line.map { String($0.filter(\.isNumber)) } ?? "?"
    }
}
