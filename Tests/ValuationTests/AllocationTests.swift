import Money
import Testing
import TestSupport

@testable import Valuation

private let litecoin = AssetID(raw: 3001)
private let dogecoin = AssetID(raw: 3002)

private func amount(_ text: String) throws -> Amount { try Amount.parse(text) }

private func shares(_ list: (AssetID, String)...) throws -> [AssetShare] {
    try list.map { AssetShare(asset: $0.0, fraction: try amount($0.1)) }
}

private func targets(_ list: (AssetID, String)...) throws -> TargetAllocation {
    try TargetAllocation(list.map { AssetShare(asset: $0.0, fraction: try amount($0.1)) })
}

private func holding(_ asset: AssetID, _ quantity: String, _ price: String?) throws -> AllocationHolding {
    AllocationHolding(asset: asset, quantity: try amount(quantity), price: try price.map { try amount($0) })
}

@Suite("Target allocations and drift")
private struct AllocationTests {
    @Test
    func `shares add up to one within a thousandth`() throws {
        let (a, b, c) = (AssetID.btc, AssetID.eth, AssetID.usd)
        for good in [
            try shares((a, "1")), try shares((a, "0.6"), (b, "0.4")),
            try shares((a, "0.333"), (b, "0.333"), (c, "0.333")),
            try shares((a, "0.334"), (b, "0.333"), (c, "0.334")),
            try shares((a, "0.999999999999999999")), try shares((a, "1"), (b, "0")),
        ] {
            #expect(try TargetAllocation(good).shares == good)
        }
        #expect(throws: AllocationError.sum(try amount("0.99"))) {
            try targets((a, "0.33"), (b, "0.33"), (c, "0.33"))
        }
        #expect(throws: AllocationError.sum(try amount("1.001000000000000001"))) {
            try targets((a, "0.5"), (b, "0.501000000000000001"))
        }
        #expect(throws: AllocationError.sum(.zero)) { try targets((a, "0")) }
        #expect(throws: AllocationError.noShares) { try TargetAllocation([]) }
        #expect(throws: AllocationError.duplicate(asset: a)) { try targets((a, "0.5"), (a, "0.5")) }
        #expect(throws: AllocationError.outOfRange(asset: b, fraction: try amount("-0.1"))) {
            try targets((a, "1"), (b, "-0.1"))
        }
        #expect(throws: AllocationError.outOfRange(asset: a, fraction: try amount("1.0001"))) {
            try targets((a, "1.0001"))
        }
        let many = (0...UInt32(Limits.sharesMax)).map {
            AssetShare(asset: AssetID(raw: $0), fraction: .zero)
        }
        #expect(throws: AllocationError.tooManyShares(count: 1001)) { try TargetAllocation(many) }
    }

    @Test
    func `drift is the current part less the target`() throws {
        let found = try Allocation(
            [
                try holding(.btc, "0.5", "50000"), try holding(.eth, "10", "2000"),
                try holding(.usd, "5000", "1"),
            ],
            targets: try targets((.eth, "0.5"), (.btc, "0.5"))
        )
        #expect(found.total == Amount(whole: 50_000))
        #expect(found.rows.map(\.asset) == [.eth, .btc, .usd])
        #expect(found.rows.map(\.current) == [try amount("0.4"), try amount("0.5"), try amount("0.1")])
        #expect(found.rows.map(\.drift) == [try amount("-0.1"), .zero, try amount("0.1")])
        #expect(found.rows.map(\.isTargeted) == [true, true, false])
        #expect(found.largestDrift == (try amount("0.1")))
        #expect(found.leftOut.isEmpty)
    }

    @Test
    func `what has no value is named and left out`() throws {
        let found = try Allocation(
            [
                try holding(.btc, "1", "100"), try holding(.eth, "5", nil),
                try holding(.usd, "-20", "1"), try holding(.eur, "0", nil),
                try holding(.gbp, "99999999999", "99999999999"),
            ],
            targets: try targets((.btc, "0.25"), (.eth, "0.5"), (AssetID(raw: 9000), "0.25"))
        )
        #expect(found.total == Amount(whole: 100))
        #expect(found.rows.map(\.asset) == [.btc])
        #expect(found.rows[0].target == .one)
        #expect(found.leftOut.map(\.asset) == [.eth, AssetID(raw: 9000), .usd, .gbp])
        #expect(found.leftOut.map(\.reason) == [.noPrice, .noPrice, .negativeQuantity, .valueOutOfRange])
        #expect(found.leftOut[0].target == (try amount("0.5")))
    }

    @Test
    func `nothing of value has no parts`() throws {
        let found = try Allocation([try holding(.btc, "0", "100")], targets: try targets((.btc, "1")))
        #expect(found.rows[0].current == nil)
        #expect(found.rows[0].drift == nil)
        #expect(found.largestDrift == nil)
        #expect(try Allocation([], targets: nil).rows.isEmpty)
    }

    @Test
    func `an asset comes once`() async {
        await #expect(processExitsWith: .failure) {
            let twice = AllocationHolding(asset: .btc, quantity: .one, price: .one)
            _ = try Allocation([twice, twice], targets: nil)
        }
    }
}

@Suite("Rebalancing")
private struct RebalancingTests {
    private func allocation() throws -> Allocation {
        try Allocation(
            [
                try holding(.btc, "1", "50000"), try holding(.eth, "10", "2000"),
                try holding(.usd, "30000", "1"),
            ],
            targets: try targets((.btc, "0.4"), (.eth, "0.4"), (.usd, "0.2"))
        )
    }

    @Test
    func `the trades restore the targets`() throws {
        let found = try Rebalancing(try allocation(), currency: .usd)
        #expect(found.isNeeded)
        #expect(found.trades.count == 2)
        #expect(
            found.trades[0]
                == RebalancingTrade(
                    side: .sell,
                    asset: .btc,
                    quantity: try amount("0.2"),
                    price: Amount(whole: 50_000),
                    value: Amount(whole: 10_000),
                    fee: .zero
                )
        )
        #expect(found.trades[1].side == .buy)
        #expect(found.trades[1].quantity == Amount(whole: 10))
        #expect(found.cashBefore == Amount(whole: 30_000))
        #expect(found.cashAfter == Amount(whole: 20_000))
    }

    @Test
    func `a band that holds keeps still`() throws {
        let settings = RebalancingSettings(band: try amount("0.2"))
        let found = try Rebalancing(try allocation(), currency: .usd, settings)
        #expect(found.largestDrift == (try amount("0.2")))
        #expect(!found.isNeeded)
        #expect(found.trades.isEmpty)
        #expect(found.cashAfter == found.cashBefore)
        let narrower = RebalancingSettings(band: try amount("0.199"))
        #expect(try Rebalancing(try allocation(), currency: .usd, narrower).trades.count == 2)
    }

    @Test
    func `with cash alone nothing is sold`() throws {
        let settings = RebalancingSettings(allowsSells: false, addedCash: Amount(whole: 5000))
        let found = try Rebalancing(try allocation(), currency: .usd, settings)
        #expect(found.trades.map(\.side) == [.buy])
        // 105,000 in all: ether lacks 22,000, and 35,000 less the 21,000 meant to stay are free.
        #expect(found.trades[0].value == Amount(whole: 14_000))
        #expect(found.cashAfter == Amount(whole: 21_000))
    }

    @Test
    func `cash that is shared out by proportion is spent to the last unit`() throws {
        let held = try Allocation(
            [try holding(.btc, "1", "1000"), try holding(.eth, "1", "7"), try holding(litecoin, "1", "11")],
            targets: try targets((.btc, "0.333"), (.eth, "0.333"), (litecoin, "0.333"))
        )
        // What the two lack of a third of W', with W' = 1019 − fee · (2/3 · W' − 18), in proportion.
        for (fee, values) in [
            ("0", ["0.503024194", "0.496975806"]), ("0.0013", ["0.502373729", "0.496327959"]),
        ] {
            let settings = RebalancingSettings(
                feeFraction: try amount(fee),
                allowsSells: false,
                addedCash: try amount("1.000000000000000001")
            )
            let found = try Rebalancing(held, currency: .usd, settings)
            #expect(found.trades.map(\.side) == [.buy, .buy])
            #expect(try found.trades.map { try rounded($0.value, 9) } == values)
            #expect(found.cashAfter == .zero)
        }
    }

    @Test
    func `small trades are left out and the others fit the cash`() throws {
        let held = try Allocation(
            [try holding(.btc, "1", "600"), try holding(.eth, "1", "380"), try holding(litecoin, "1", "20")],
            targets: try targets((.btc, "0.5"), (.eth, "0.45"), (litecoin, "0.05"))
        )
        let settings = RebalancingSettings(minimumTrade: Amount(whole: 50))
        let found = try Rebalancing(held, currency: .usd, settings)
        // 100 to sell; 70 and 30 to buy, of which 30 is too small, so only 70 is sold.
        #expect(found.trades.map(\.value) == [Amount(whole: 70), Amount(whole: 70)])
        #expect(found.cashAfter == .zero)
        let none = try Rebalancing(
            held,
            currency: .usd,
            RebalancingSettings(minimumTrade: Amount(whole: 101))
        )
        #expect(none.isNeeded)
        #expect(none.trades.isEmpty)
    }

    @Test
    func `fees come out of the portfolio before the targets are met`() throws {
        let held = try Allocation(
            [try holding(.btc, "1", "1000"), try holding(.eth, "0", "10")],
            targets: try targets((.btc, "0.5"), (.eth, "0.5"))
        )
        let settings = RebalancingSettings(feeFraction: try amount("0.01"))
        let found = try Rebalancing(held, currency: .usd, settings)
        let (sell, buy) = (found.trades[0], found.trades[1])
        // s·0.99 = b·1.01 and 1000 − s = b: s = 505, b = 495.
        #expect(sell.value == Amount(whole: 505))
        #expect(buy.value == Amount(whole: 495))
        #expect(found.fees == Amount(whole: 10))
        #expect(found.cashAfter == .zero)
    }

    @Test
    func `what has no target is sold, or left alone if so wished`() throws {
        let held = try Allocation(
            [
                try holding(.btc, "1", "60"), try holding(.eth, "1", "40"), try holding(dogecoin, "7", "3"),
                try holding(.usd, "10", "1"),
            ],
            targets: try targets((.btc, "0.5"), (.eth, "0.5"))
        )
        let all = try Rebalancing(held, currency: .usd)
        #expect(all.trades[0].asset == dogecoin)
        #expect(all.trades[0].quantity == Amount(whole: 7))
        #expect(all.cashAfter == .zero)
        let left = try Rebalancing(held, currency: .usd, RebalancingSettings(leavesUntargeted: true))
        #expect(left.trades.map(\.asset) == [.btc, .eth])
        #expect(left.trades.map(\.value) == [Amount(whole: 10), Amount(whole: 10)])
        #expect(left.largestDrift == (try amount("0.1")))
        #expect(left.cashAfter == Amount(whole: 10))
    }

    @Test
    func `without targets nothing is suggested`() throws {
        let held = try Allocation([try holding(.btc, "1", "60")], targets: nil)
        let settings = RebalancingSettings(addedCash: .one)
        let found = try Rebalancing(held, currency: .usd, settings)
        #expect(!found.isNeeded)
        #expect(found.trades.isEmpty)
        // The one asset with a target has no price.
        let unpriced = try Allocation(
            [try holding(.btc, "1", nil), try holding(.eth, "1", "5")],
            targets: try targets((.btc, "1"))
        )
        #expect(try Rebalancing(unpriced, currency: .usd).trades.isEmpty)
    }

    @Test
    func `settings out of range are named`() throws {
        let held = try allocation()
        for (settings, name) in [
            (RebalancingSettings(minimumTrade: Amount(whole: -1)), "minimum trade"),
            (RebalancingSettings(feeFraction: try amount("0.6")), "fee"),
            (RebalancingSettings(feeFraction: try amount("-0.1")), "fee"),
            (RebalancingSettings(band: try amount("1.1")), "band"),
            (RebalancingSettings(addedCash: Amount(whole: -5)), "added cash"),
        ] {
            do throws(RebalancingError) {
                _ = try Rebalancing(held, currency: .usd, settings)
                Issue.record("\(name) was taken")
            } catch {
                guard case .setting(name, _) = error else {
                    Issue.record("\(error)")
                    continue
                }
            }
        }
    }

    /// A random allocation of up to a dozen assets, one of them the currency now and then.
    private func randomAllocation(_ generator: inout SplitMix64) throws -> Allocation {
        let count = UInt32.random(in: 1...12, using: &generator)
        var holdings: [AllocationHolding] = []
        var weights: [Int128] = []
        for number in 0..<count {
            let isCash = number == 0 && generator.next() % 2 == 0
            let digits = Int128.random(in: 1...1_000_000_000_000_000_000_000_000, using: &generator)
            let quantity = generator.next() % 5 == 0 ? 0 : digits
            let price = Int128.random(in: 1...100_000_000_000_000_000_000, using: &generator)
            holdings.append(
                AllocationHolding(
                    asset: isCash ? .usd : AssetID(raw: 2000 + number),
                    quantity: Amount(unchecked: quantity),
                    price: isCash ? .one : Amount(unchecked: price)
                )
            )
            weights.append(generator.next() % 4 == 0 ? 0 : Int128.random(in: 1...1000, using: &generator))
        }
        let sum = max(1, weights.reduce(0, +))
        let shares = zip(holdings, weights).map {
            AssetShare(asset: $0.asset, fraction: Amount(unchecked: $1 * Amount.one.raw / sum))
        }
        guard let targets = try? TargetAllocation(shares) else {
            return try Allocation(holdings, targets: nil)
        }
        return try Allocation(holdings, targets: targets)
    }

    private func randomSettings(_ generator: inout SplitMix64) -> RebalancingSettings {
        RebalancingSettings(
            minimumTrade: Amount(unchecked: generator.next() % 2 == 0 ? 0 : Int128(generator.next()) * 1000),
            feeFraction: Amount(
                unchecked: [0, 1_000_000_000_000_000, 25_000_000_000_000_001, 500_000_000_000_000_000]
                    .randomElement(using: &generator) ?? 0
            ),
            allowsSells: generator.next() % 4 != 0,
            addedCash: Amount(unchecked: generator.next() % 3 == 0 ? Int128(generator.next()) * 100_000 : 0),
            leavesUntargeted: generator.next() % 4 == 0
        )
    }

    @Test(arguments: 1...200)
    func `value is conserved to the last unit whatever the settings`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let held = try randomAllocation(&generator)
        let settings = randomSettings(&generator)
        let found = try Rebalancing(held, currency: .usd, settings)
        var cash = found.cashBefore.raw
        for trade in found.trades {
            let row = try #require(held.rows.first { $0.asset == trade.asset })
            cash += trade.side == .sell ? trade.value.raw : -trade.value.raw
            cash -= trade.fee.raw
            #expect(trade.value.isPositive)
            #expect(trade.asset != .usd)
            #expect(trade.fee == (try trade.value.multiplied(by: settings.feeFraction)))
            // Rounding may take the last units of a trade that is exactly as small as allowed.
            #expect(trade.value.raw + 100 >= settings.minimumTrade.raw)
            if trade.side == .sell {
                #expect(settings.allowsSells)
                #expect(trade.value <= row.value)
                #expect(trade.quantity <= row.quantity)
                if trade.value == row.value { #expect(trade.quantity == row.quantity) }
            }
            #expect(row.isTargeted || !settings.leavesUntargeted)
        }
        #expect(cash == found.cashAfter.raw)
        #expect(found.trades.reduce(0) { $0 + $1.fee.raw } == found.fees.raw)
    }

    @Test(arguments: 1...200)
    func `without limits every asset ends at its share of what is left`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed &+ 5000)
        let held = try randomAllocation(&generator)
        guard held.rows.contains(where: { $0.weight > 0 }) else { return }
        let settings = RebalancingSettings(
            feeFraction: Amount(unchecked: [0, 2_000_000_000_000_000].randomElement(using: &generator) ?? 0)
        )
        let found = try Rebalancing(held, currency: .usd, settings)
        let after = held.total.raw - found.fees.raw
        let weights = held.rows.reduce(Int128(0)) { $0 + $1.weight }
        for row in held.rows {
            let trade = found.trades.first { $0.asset == row.asset }
            let change = (trade?.value.raw ?? 0) * (trade?.side == .sell ? -1 : 1)
            let value = row.asset == .usd ? found.cashAfter.raw : row.value.raw + change
            let meant = try Amount.multiplyDivide(after, row.weight, dividedBy: weights).raw
            #expect((value - meant).magnitude <= 60, "\(row.asset): \(value) and not \(meant)")
        }
        // Where no cash is meant to be left, none is, to the last unit.
        let hasCashTarget = held.rows.contains { $0.asset == .usd && $0.weight > 0 }
        let hasBuy = found.trades.contains { $0.side == .buy && $0.value.raw > 1000 }
        if !hasCashTarget, hasBuy { #expect(found.cashAfter == .zero) }
    }

    @Test
    func `the largest amounts neither overflow nor stop the program`() throws {
        let most = Amount(unchecked: Amount.limit - 1)
        let held = try Allocation(
            [
                AllocationHolding(asset: .btc, quantity: most, price: .one),
                AllocationHolding(asset: .eth, quantity: .zero, price: Amount(unchecked: 1)),
            ],
            targets: try targets((.btc, "0.5"), (.eth, "0.5"))
        )
        #expect(throws: RebalancingError.overflow) { try Rebalancing(held, currency: .usd) }
        #expect(throws: RebalancingError.overflow) {
            try Rebalancing(held, currency: .usd, RebalancingSettings(addedCash: .one))
        }
        #expect(throws: MoneyError.overflow) {
            try Allocation(
                [
                    AllocationHolding(asset: .btc, quantity: most, price: .one),
                    AllocationHolding(asset: .eth, quantity: .one, price: .one),
                ],
                targets: nil
            )
        }
    }
}
