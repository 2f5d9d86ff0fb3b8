import Money
import Testing
import TestSupport
import Time

@testable import Valuation

private let shib = AssetID(raw: 500)
private let doge = AssetID(raw: 501)
private let fiat: Set<AssetID> = [.usd, .eur, .gbp]

/// A small book of prices, written as lines.
private struct Prices {
    var builder = PriceBookBuilder()

    mutating func add(_ base: AssetID, _ quote: AssetID, _ stamp: String, _ price: String) throws {
        try builder.append(
            pair: PricePair(base: base, quote: quote),
            stamp: try Timestamp.parse(stamp),
            resolution: stamp.count == 10 ? .day : .spot,
            price: try Amount.parse(price),
            source: .imported()
        )
    }

    func valuer(_ settings: ValuationSettings = ValuationSettings()) -> Valuer {
        Valuer(book: builder.finish(), settings: settings, isFiat: { fiat.contains($0) })
    }
}

@Suite("Conversion")
private struct ValuerTests {
    private func convert(
        _ valuer: Valuer,
        _ amount: String,
        _ from: AssetID,
        _ to: AssetID,
        _ time: String
    ) throws -> ConversionLookup {
        valuer.convert(try Amount.parse(amount), from: from, to: to, at: try Timestamp.parse(time))
    }

    @Test
    func `a daily price is used from the day's end on`() throws {
        var prices = Prices()
        try prices.add(.btc, .usd, "2024-01-01", "40000")
        try prices.add(.btc, .usd, "2024-01-02", "41000")
        let valuer = prices.valuer()
        let early = try convert(valuer, "1", .btc, .usd, "2024-01-01T23:59:59Z")
        #expect(
            early
                == .missing(
                    .nonePriorTo(time: try Timestamp.parse("2024-01-01T23:59:59Z"), from: .btc, to: .usd)
                )
        )
        let second = try #require(try convert(valuer, "2", .btc, .usd, "2024-01-02T12:00:00Z").conversion)
        #expect(second.value == Amount(whole: 80_000))
        #expect(second.priceTime == (try Timestamp.parse("2024-01-02")))
        #expect(second.path == [.btc, .usd])
        let third = try #require(try convert(valuer, "2", .btc, .usd, "2024-01-03").conversion)
        #expect(third.value == Amount(whole: 82_000))
    }

    @Test(
        arguments: [
            ("2024-01-03T00:00:00Z", false), ("2024-01-04T00:00:00Z", false),
            ("2024-01-04T00:00:00.000001Z", true),
            ("2030-01-01T00:00:00Z", true),
        ])
    func `a coin's price is stale beyond 48 hours and still carried`(time: String, stale: Bool) throws {
        var prices = Prices()
        try prices.add(.btc, .usd, "2024-01-01", "40000")
        let found = try #require(try convert(prices.valuer(), "1", .btc, .usd, time).conversion)
        #expect(found.isStale == stale)
        #expect(found.value == Amount(whole: 40_000))
    }

    @Test(
        arguments: [
            ("2024-03-31T12:00:00Z", false), ("2024-04-03T00:00:00Z", false), ("2024-04-03T00:00:01Z", true),
        ])
    func `a fiat rate of Thursday lasts over Easter`(time: String, stale: Bool) throws {
        var prices = Prices()
        try prices.add(.eur, .usd, "2024-03-28", "1.0811")
        let found = try #require(try convert(prices.valuer(), "100", .eur, .usd, time).conversion)
        #expect(found.isStale == stale)
        #expect(found.value == (try Amount.parse("108.11")))
    }

    @Test
    func `the limits of age are settings`() throws {
        var prices = Prices()
        try prices.add(.btc, .usd, "2024-01-01T00:00:00Z", "40000")
        let strict = prices.valuer(ValuationSettings(coinFreshSeconds: 60))
        #expect(try convert(strict, "1", .btc, .usd, "2024-01-01T00:01:00Z").conversion?.isStale == false)
        #expect(try convert(strict, "1", .btc, .usd, "2024-01-01T00:01:01Z").conversion?.isStale == true)
    }

    @Test
    func `the inverse of a cheap coin's price loses no digit`() throws {
        var prices = Prices()
        try prices.add(shib, .usd, "2024-01-01T00:00:00Z", "0.000000000000000003")
        let valuer = prices.valuer()
        // At 18 decimals the inverse is 333333333333333333.333333333333333333; three units of it are not 10¹⁸.
        let found = try #require(try convert(valuer, "3", .usd, shib, "2024-01-01T00:00:00Z").conversion)
        #expect(found.value.description == "1000000000000000000")
        let one = try #require(try convert(valuer, "1", .usd, shib, "2024-01-01T00:00:00Z").conversion)
        #expect(one.value.description == "333333333333333333.333333333333333333")
    }

    @Test
    func `a path leads through the hubs and is rounded once`() throws {
        var prices = Prices()
        try prices.add(doge, .btc, "2024-01-02T00:00:00Z", "0.00000217")
        try prices.add(.btc, .usd, "2024-01-01T00:00:00Z", "44187.140625")
        try prices.add(.eur, .usd, "2024-01-02T01:00:00Z", "1.1044")
        let found = try #require(
            try convert(prices.valuer(), "123.456789", doge, .eur, "2024-01-02T02:00:00Z").conversion
        )
        #expect(found.path == [doge, .btc, .usd, .eur])
        #expect(found.priceTime == (try Timestamp.parse("2024-01-01")))
        // 123.456789 × 0.00000217 × 44187.140625 ÷ 1.1044, computed with 60 digits.
        #expect(found.value.description == "10.718751736453348679")
    }

    @Test
    func `the shortest path wins even when it is older`() throws {
        var prices = Prices()
        try prices.add(.eth, .btc, "2020-01-01", "0.02")
        try prices.add(.eth, .usd, "2024-01-01", "2300")
        try prices.add(.btc, .usd, "2024-01-01", "46000")
        let found = try #require(try convert(prices.valuer(), "1", .eth, .btc, "2024-01-02").conversion)
        #expect(found.path == [.eth, .btc])
        #expect(found.isStale)
        #expect(found.value == (try Amount.parse("0.02")))
    }

    @Test
    func `among paths of one length a fresh one wins, then the first hub`() throws {
        var prices = Prices()
        try prices.add(.eth, .usd, "2020-01-01", "130")
        try prices.add(.gbp, .usd, "2020-01-01", "1.3")
        try prices.add(.eth, .eur, "2024-01-01", "2000")
        try prices.add(.gbp, .eur, "2024-01-01", "1.25")
        let valuer = prices.valuer()
        let fresh = try #require(try convert(valuer, "1", .eth, .gbp, "2024-01-02").conversion)
        #expect(fresh.path == [.eth, .eur, .gbp])
        #expect(fresh.value == Amount(whole: 1600))
        let allStale = try #require(try convert(valuer, "1", .eth, .gbp, "2025-01-02").conversion)
        #expect(allStale.path == [.eth, .usd, .gbp])
        #expect(allStale.isStale)
    }

    @Test
    func `an inverse that is fresh wins over a direct price that is not`() throws {
        var prices = Prices()
        try prices.add(.usd, .eur, "2020-01-01", "0.9")
        try prices.add(.eur, .usd, "2024-01-01", "1.25")
        let found = try #require(try convert(prices.valuer(), "10", .usd, .eur, "2024-01-02").conversion)
        #expect(found.value == Amount(whole: 8))
        #expect(!found.isStale)
    }

    @Test
    func `a missing price is an answer of its own and never zero`() throws {
        var prices = Prices()
        try prices.add(.btc, .usd, "2024-01-01", "40000")
        let valuer = prices.valuer()
        #expect(
            try convert(valuer, "1", doge, .usd, "2024-01-02") == .missing(.noSeries(from: doge, to: .usd))
        )
        #expect(try convert(valuer, "0", doge, .usd, "2024-01-02").conversion == nil)
        #expect(
            try convert(valuer, "9999999999999999", .btc, .usd, "2024-01-02")
                == .missing(.outOfRange(from: .btc, to: .usd))
        )
    }

    @Test
    func `an asset is worth itself without any price`() throws {
        let found = try #require(try convert(Prices().valuer(), "1.5", doge, doge, "2024-01-02").conversion)
        #expect(found.value == (try Amount.parse("1.5")))
        #expect(found.path == [doge])
        #expect(!found.isStale)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `paths agree with a search over all chains of hubs`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let assets: [AssetID] = [.usd, .eur, .btc, .eth, doge, shib]
        var rows: [(pair: PricePair, time: Int64, price: Amount)] = []
        var builder = PriceBookBuilder()
        for _ in 0..<Int.random(in: 3...14, using: &random) {
            let chosen = assets.shuffled(using: &random)
            let pair = PricePair(base: chosen[0], quote: chosen[1])
            let time = Int64.random(in: 0...400_000, using: &random)
            let price = Amount(unchecked: Int128.random(in: 1...(1 << 70), using: &random))
            rows.append((pair, time, price))
            try builder.append(
                pair: pair,
                stamp: Timestamp(seconds: time),
                resolution: .spot,
                price: price,
                source: .imported()
            )
        }
        let valuer = Valuer(book: builder.finish(), isFiat: { fiat.contains($0) })
        for _ in 0..<30 {
            let chosen = assets.shuffled(using: &random)
            let at = Int64.random(in: 0...600_000, using: &random)
            let expected = naivePath(rows, from: chosen[0], to: chosen[1], at: at)
            let found = valuer.rate(from: chosen[0], to: chosen[1], at: Timestamp(seconds: at))
            guard case .found(let rate) = found else {
                #expect(expected == nil)
                continue
            }
            #expect(rate.path == expected?.path)
            #expect(rate.isStale == expected?.stale)
            #expect(rate.priceTime.seconds == expected?.oldest)
        }
    }

    /// Tries all chains of hubs in order of length, staleness and hubs, over unsorted rows.
    private func naivePath(
        _ rows: [(pair: PricePair, time: Int64, price: Amount)],
        from: AssetID,
        to: AssetID,
        at: Int64
    ) -> (path: [AssetID], oldest: Int64, stale: Bool)? {
        let hubs: [AssetID] = [.usd, .eur, .btc].filter { $0 != from && $0 != to }
        var chains: [[AssetID]] = [[from, to]]
        for hub in hubs { chains.append([from, hub, to]) }
        for first in hubs {
            for second in hubs where second != first { chains.append([from, first, second, to]) }
        }
        var best: (path: [AssetID], oldest: Int64, stale: Bool)?
        for chain in chains {
            if let best, best.path.count < chain.count { break }
            var oldest = at
            var stale = false
            var complete = true
            for step in 1..<chain.count {
                let limit: Int64 =
                    fiat.contains(chain[step - 1]) && fiat.contains(chain[step]) ? 5 * 86_400 : 48 * 3600
                let known = rows.filter {
                    $0.time <= at
                        && ($0.pair == PricePair(base: chain[step - 1], quote: chain[step])
                            || $0.pair == PricePair(base: chain[step], quote: chain[step - 1]))
                }
                let direct = known.filter { $0.pair.base == chain[step - 1] }.map(\.time).max()
                guard let newest = known.map(\.time).max() else {
                    complete = false
                    break
                }
                let used = direct.map { at - $0 <= limit ? $0 : newest } ?? newest
                oldest = min(oldest, used)
                if at - used > limit { stale = true }
            }
            guard complete else { continue }
            if let known = best, !known.stale || stale { continue }
            best = (chain, oldest, stale)
        }
        return best
    }
}

@Suite("Wide quotients")
private struct WideQuotientTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `quotient and remainder give the dividend back`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let dividend = number(limbs: Int.random(in: 0...8, using: &random), &random)
            var divisor = number(limbs: Int.random(in: 1...6, using: &random), &random)
            if divisor.isEmpty { divisor = [1] }
            let (quotient, remainder) = WideQuotient.divide(dividend, by: divisor)
            #expect(WideQuotient.compare(remainder, divisor) < 0)
            #expect(sum(WideQuotient.product(quotient, divisor), remainder) == dividend)
        }
    }

    @Test
    func `halves go to the even neighbour`() {
        #expect(WideQuotient.rounded([3, 1], over: [2]) == 2)
        #expect(WideQuotient.rounded([5, 1], over: [2]) == 2)
        #expect(WideQuotient.rounded([7], over: [4]) == 2)
        #expect(WideQuotient.rounded([0], over: [7]) == 0)
        let big = UInt128.max / 3
        #expect(WideQuotient.rounded([big, big, 5], over: [big, big, 2]) == 2)
        #expect(WideQuotient.rounded([big, 4], over: [1]) == nil)
    }

    /// Limbs with many ones and zeros, where the estimate of a quotient's limb goes wrong most often.
    private func number(limbs: Int, _ random: inout SplitMix64) -> [UInt64] {
        var result = (0..<limbs).map { (_: Int) -> UInt64 in
            switch random.next() % 4 {
            case 0: 0
            case 1: UInt64.max
            case 2: 1 << 63
            default: random.next()
            }
        }
        while result.last == 0 { result.removeLast() }
        return result
    }

    private func sum(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        var result: [UInt64] = []
        var carry: UInt128 = 0
        for place in 0..<max(left.count, right.count) {
            let total =
                carry + UInt128(place < left.count ? left[place] : 0)
                + UInt128(place < right.count ? right[place] : 0)
            result.append(UInt64(truncatingIfNeeded: total))
            carry = total >> 64
        }
        if carry > 0 { result.append(UInt64(carry)) }
        return result
    }
}
