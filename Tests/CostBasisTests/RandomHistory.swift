import CostBasis
import Ledger
import Money
import Testing
import TestSupport
import Time

/// A history of all kinds over about half a year; many short amounts, many shortages.
func randomHistory(
    _ random: inout SplitMix64,
    fees: Bool,
    migrations: Bool = false
) throws -> [Entry] {
    let coins: [AssetID] = [.btc, .eth, doge]
    let kinds = EntryKind.allCases.filter { migrations || $0.rule.lots != .carryOver }
    var entries: [Entry] = []
    var seconds: Int64 = 1_600_000_000
    func leg(_ assets: [AssetID]) -> Leg {
        let asset = assets[Int.random(in: 0..<assets.count, using: &random)]
        let account = Int.random(in: 0...5, using: &random)
        return Leg(
            amount: amount(),
            asset: asset,
            account: account == 0 ? nil : AccountID(raw: UInt32(1 + account % 3))
        )
    }
    func amount() -> Amount {
        switch Int.random(in: 0...5, using: &random) {
        case 0: Amount(unchecked: Int128.random(in: 0...7, using: &random))
        case 1: Amount(unchecked: Int128.random(in: 0...(1 << 62), using: &random))
        default: Amount(whole: Int32.random(in: 0...9, using: &random))
        }
    }
    for number in 1...150 {
        seconds += Int64.random(in: 0...200_000, using: &random)
        var kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
        if Int.random(in: 0...1, using: &random) == 0 {
            kind = [.trade, .transfer, .withdrawal, .deposit][Int.random(in: 0...3, using: &random)]
        }
        let rule = kind.rule
        let all = coins + [.usd, .eur]
        var incoming = rule.incoming == .forbidden ? nil : leg(all)
        let outgoing = rule.outgoing == .forbidden ? nil : leg(all)
        if rule.lots == .move, let out = outgoing {
            incoming = Leg(amount: out.amount, asset: out.asset, account: leg(all).account)
        }
        let hasFee = fees && Int.random(in: 0...3, using: &random) == 0
        let hasValue =
            rule.lots != .move && rule.lots != .transit && Int.random(in: 0...3, using: &random) == 0
        let stated = leg([.usd, .eur, doge])
        entries.append(
            Entry(
                id: EntryID(raw: Int64(number)),
                time: Timestamp(seconds: seconds),
                kind: kind,
                incoming: incoming,
                outgoing: outgoing,
                fee: hasFee ? leg(coins + [.usd]) : nil,
                value: hasValue && (kind != .fork || migrations)
                    ? AssetAmount(amount: stated.amount, asset: stated.asset) : nil
            )
        )
    }
    return entries
}

/// Costs acquired are costs disposed of and costs left, and years add up.
func checkSums(_ report: LotBook) throws {
    let disposed = report.allDisposals.reduce(Int128(0)) { $0 + $1.cost.raw }
    let remaining = report.openLots().reduce(Int128(0)) { $0 + $1.remainingCost.raw }
    let acquired = report.allLots.reduce(Int128(0)) { $0 + $1.cost.raw }
    #expect(disposed + remaining == acquired)
    #expect(report.allLots.allSatisfy { !$0.cost.isNegative && !$0.remainingCost.isNegative })
    #expect(report.positions().reduce(Int128(0)) { $0 + $1.cost.raw } == remaining)
    let counted = report.allDisposals.filter { $0.isTaxable && !$0.lacksPrice }
    let gains = counted.reduce(Int128(0)) { $0 + $1.gain.raw }
    #expect(report.years.reduce(Int128(0)) { $0 + $1.gain.raw } == gains)
    #expect(
        report.years.reduce(Int128(0)) { $0 + $1.shortGain.raw + $1.longGain.raw + $1.exemptGain.raw }
            == gains
    )
}
