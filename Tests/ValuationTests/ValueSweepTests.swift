import Money
import Testing
import TestSupport
import Time

@testable import Valuation

/// Random prices of some assets over a month, by several sources, ways and inverses, and with gaps.
private struct RandomMarket {
    static let coins = (600..<606).map { AssetID(raw: UInt32($0)) }
    static let start: Int64 = 1_700_000_000
    static let length: Int64 = 30 * 86_400

    var random: SplitMix64
    var builder = PriceBookBuilder()

    init(seed: UInt64) throws {
        random = SplitMix64(seed: seed)
        let sources: [PriceOrigin] = [.manual, .imported(), .fetched("kraken")]
        for coin in RandomMarket.coins {
            for quote in [AssetID.usd, .eur, .btc] where random.next() % 2 == 0 {
                let isInverted = random.next() % 4 == 0
                let pair = PricePair(base: coin, quote: quote)
                let source = sources[Int(random.next() % 3)]
                try add(isInverted ? pair.inverted : pair, source)
                if random.next() % 3 == 0 { try add(pair, .bundled) }
            }
        }
        for pair in [PricePair(base: .eur, quote: .usd), PricePair(base: .btc, quote: .usd)]
        where random.next() % 5 > 0 {
            try add(pair, .imported())
        }
    }

    private mutating func add(_ pair: PricePair, _ source: PriceOrigin) throws {
        let step = [3600, 20_000, 86_400, 400_000][Int(random.next() % 4)]
        var second = RandomMarket.start + Int64(random.next() % UInt64(RandomMarket.length / 2))
        while second < RandomMarket.start + RandomMarket.length {
            try builder.append(
                pair: pair,
                stamp: Timestamp(seconds: second),
                resolution: .spot,
                price: Amount(unchecked: Int128(1 + random.next() % 1_000_000_000_000_000_000) * 1_000),
                source: source
            )
            second += Int64(1 + random.next() % UInt64(2 * step))
        }
    }

    mutating func time() -> Timestamp {
        let second =
            RandomMarket.start - 86_400 + Int64(random.next() % UInt64(RandomMarket.length + 172_800))
        return Timestamp(microseconds: second * 1_000_000 + Int64(random.next() % 1_000_000))
    }

    mutating func amount() -> Amount {
        let raw = Int128(random.next()) * Int128(1 + random.next() % 1000)
        return Amount(unchecked: random.next() % 5 == 0 ? -raw : raw)
    }
}

@Suite("Values over time")
private struct ValueSweepTests {
    /// Coins and fiat by `Valuer`, one conversion at a time.
    @Test(arguments: 0..<60)
    func `a sweep gives what single conversions give`(seed: Int) throws {
        var market = try RandomMarket(seed: UInt64(seed))
        let valuer = Valuer(book: market.builder.finish(), isFiat: { [.usd, .eur].contains($0) })
        let currency: AssetID = [.usd, .eur, .btc, RandomMarket.coins[0]][seed % 4]
        let times = Set((0..<80).map { _ in market.time() }).sorted()
        var held: [(asset: AssetID, amounts: [Amount])] = []
        var sweep = ValueSweep(times, in: currency, valuer)
        for asset in RandomMarket.coins + [.usd, .eur, .btc] {
            var runs = HoldingRuns(asset: asset)
            var amounts: [Amount] = []
            for place in times.indices {
                let isNew = market.random.next() % 4 == 0
                let amount = isNew ? market.amount() : amounts.last ?? .zero
                if isNew { runs.hold(amount, from: place) }
                amounts.append(amount)
            }
            sweep.add(runs)
            held.append((asset, amounts))
        }
        let series = try sweep.finish()
        var missing: Set<AssetID> = []
        for (place, time) in times.enumerated() {
            var sum: Int128 = 0
            var (isStale, unpriced) = (false, 0)
            for (asset, amounts) in held where !amounts[place].isZero {
                guard let one = valuer.convert(amounts[place], from: asset, to: currency, at: time).conversion
                else {
                    unpriced += 1
                    missing.insert(asset)
                    continue
                }
                sum += one.value.raw
                if one.isStale { isStale = true }
            }
            // The sum is rounded once for each way, the conversions once for each asset.
            #expect(abs(series.values[place].raw - sum) <= 9, "seed \(seed) at \(time)")
            #expect(series.isStale[place] == isStale)
            #expect(Int(series.unpriced[place]) == unpriced)
        }
        #expect(Set(series.unpricedAssets) == missing)
    }

    @Test(arguments: 0..<40)
    func `a walk converts as single conversions do`(seed: Int) throws {
        var market = try RandomMarket(seed: UInt64(1000 + seed))
        let valuer = Valuer(book: market.builder.finish(), isFiat: { [.usd, .eur].contains($0) })
        let times = (0..<60).map { _ in market.time() }.sorted()
        for from in RandomMarket.coins + [.eur] {
            var walk = ConversionWalk(from: from, to: .usd, valuer)
            let since = valuer.firstTime(from: from, to: .usd)
            for time in times {
                let amount = market.amount()
                let conversion = valuer.convert(amount, from: from, to: .usd, at: time).conversion
                let expected = conversion?.value
                #expect(try walk.value(of: amount, at: time) == expected)
                #expect(walk.rate(at: time)?.priceTime == conversion?.priceTime)
                #expect((since.map { $0 <= time } ?? false) == (expected != nil))
            }
        }
    }

    @Test func `the sum of one way is exact until it is rounded once`() throws {
        // Three times a third of a unit of 10⁻¹⁸: rounded one by one it would be nothing.
        var builder = PriceBookBuilder()
        let time = Timestamp(seconds: 1_700_000_000)
        var sweepAssets: [AssetID] = []
        for raw in 700..<703 {
            let asset = AssetID(raw: UInt32(raw))
            sweepAssets.append(asset)
            try builder.append(
                pair: PricePair(base: asset, quote: .usd),
                stamp: time,
                resolution: .spot,
                price: try Amount.parse("0.333333333333333334"),
                source: .imported()
            )
        }
        let valuer = Valuer(book: builder.finish(), isFiat: { $0 == .usd })
        var sweep = ValueSweep([time], in: .usd, valuer)
        for asset in sweepAssets {
            var runs = HoldingRuns(asset: asset)
            runs.hold(Amount(unchecked: 1), from: 0)
            sweep.add(runs)
        }
        #expect(try sweep.finish().values == [Amount(unchecked: 1)])
    }

    @Test func `a sum beyond the range of amounts is refused`() throws {
        var builder = PriceBookBuilder()
        let time = Timestamp(seconds: 1_700_000_000)
        let asset = AssetID(raw: 700)
        try builder.append(
            pair: PricePair(base: asset, quote: .usd),
            stamp: time,
            resolution: .spot,
            price: try Amount.parse("10000000000000"),
            source: .imported()
        )
        let valuer = Valuer(book: builder.finish(), isFiat: { $0 == .usd })
        var sweep = ValueSweep([time], in: .usd, valuer)
        var runs = HoldingRuns(asset: asset)
        runs.hold(try Amount.parse("10000000"), from: 0)
        sweep.add(runs)
        #expect(throws: MoneyError.overflow) { try sweep.finish() }
    }
}
