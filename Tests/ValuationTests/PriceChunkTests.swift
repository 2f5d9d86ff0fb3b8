import Money
import TestSupport
import Testing
import Time

@testable import Valuation

@Suite("Packed prices")
private struct PriceChunkTests {
    /// Times of one of several kinds, ascending.
    private func times(_ count: Int, _ random: inout SplitMix64) -> [Int64] {
        let step = [1, 60_000_000, 3_600_000_000, 86_400_000_000][Int(random.next() % 4)] as Int64
        var time = Int64(random.next() % 4_000_000_000) * 1_000_000 - 2_000_000_000_000_000
        let isRegular = random.next() % 2 == 0
        return (0..<count).map { _ in
            defer { time += isRegular ? step : step * Int64(1 + random.next() % 3) }
            return time
        }
    }

    /// Prices of one of several kinds: few digits, many, tiny, huge, and mixtures.
    private func prices(_ count: Int, _ random: inout SplitMix64) -> [Int128] {
        let kind = random.next() % 5
        return (0..<count).map { place in
            let digits = Int128(random.next() % 10_000_000 + 1)
            switch kind {
            case 0: return digits * 10_000_000_000_000_000
            case 1: return digits
            case 2: return Int128(random.next() >> 1) * 1_000_000_000_000
            case 3: return place % 100 == 99 ? digits : digits * 1_000_000_000_000_000_000
            default: return Int128(Amount.limit) - digits
            }
        }
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `what is packed comes back to the last unit, and look-ups agree with a linear search`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let count = seed % 7 == 0 ? 1 : Int(random.next() % 3_000) + 1
        let times = times(count, &random)
        let prices = prices(count, &random)
        let points = zip(times, prices).map {
            PricePoint(time: Timestamp(microseconds: $0), price: Amount(unchecked: $1))
        }
        let series = PriceSeries(points)
        var read: [PricePoint] = []
        series.forEachPoint { read.append($0) }
        #expect(read == points)
        #expect(series.first == points.first)
        #expect(series.last == points.last)
        let span = times[count - 1] - times[0] + 2
        for _ in 0..<200 {
            let place = Int(random.next() % UInt64(count))
            for time in [
                times[place], times[place] - 1, times[place] + 1,
                times[0] - 1 + Int64(random.next() % UInt64(span)), Int64.min / 2, Int64.max / 2,
            ] {
                let expected = times.lastIndex { $0 <= time }.map { points[$0] }
                #expect(series.point(asOf: Timestamp(microseconds: time)) == expected)
            }
        }
    }

    @Test func `regular steps and few digits take no times and no wide prices`() {
        let plain = PriceChunk(times: [10, 20, 30].span, prices: [1_500_000, 2_000_000, 300_000].span)
        #expect(plain.stamps.isEmpty)
        #expect(plain.wide.isEmpty)
        #expect(plain.scale == 100_000)
        let odd = PriceChunk(times: [10, 20, 31].span, prices: [1, Int128(Amount.limit) - 1, 2].span)
        #expect(odd.stamps == [10, 20, 31])
        #expect(odd.wide == [1, Int128(Amount.limit) - 1, 2])
        #expect(odd.scale == 0)
    }

    @Test func `prices written on top of others replace those of their instants, as rows do`() throws {
        var random = SplitMix64(seed: 99)
        var model: [Int64: Int128] = [:]
        var book = PriceBook.empty
        let pair = PricePair(base: .btc, quote: .usd)
        for _ in 0..<30 {
            var builder = PriceBookBuilder(on: book)
            for _ in 0..<Int(random.next() % 400) {
                let second = Int64(random.next() % 4_000) * 60
                let price = Int128(random.next() % 100_000 + 1) * 10_000_000_000_000_000
                model[second] = price
                try builder.append(
                    pair: pair,
                    stamp: Timestamp(seconds: second),
                    resolution: .spot,
                    price: Amount(unchecked: price),
                    source: .fetched("kraken")
                )
            }
            book = builder.finish()
            let series = book.series(of: pair)
            #expect(series.reduce(0) { $0 + $1.series.count } == model.count)
            for _ in 0..<20 {
                let second = Int64(random.next() % 250_000)
                let known = model.keys.filter { $0 <= second }.max()
                let found = book.point(of: pair, asOf: Timestamp(seconds: second), freshSeconds: .max >> 24)
                #expect(found?.price.raw == known.flatMap { model[$0] })
            }
        }
    }

    @Test func `of equal ranks the name decides, and a rank before a name`() {
        let sorted = [
            PriceOrigin.bundled, .fetched("kraken"), .imported("b"), .manual, .fetched("coinbase"),
            .imported("a"),
            PriceOrigin("kraken", rank: 1),
        ].sorted()
        #expect(sorted.map(\.name) == ["manual", "kraken", "a", "b", "coinbase", "kraken", "bundled"])
    }
}
