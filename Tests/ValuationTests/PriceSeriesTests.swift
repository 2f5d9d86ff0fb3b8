import Money
import Testing
import TestSupport
import Time

@testable import Valuation

/// A point from a whole second and a raw price.
private func point(_ second: Int64, _ price: Int128) -> PricePoint {
    PricePoint(time: Timestamp(seconds: second), price: Amount(unchecked: price))
}

@Suite("Price series")
private struct PriceSeriesTests {
    @Test
    func `the look-up takes the latest point at or before the instant`() {
        let series = PriceSeries([point(10, 1), point(20, 2), point(30, 3)])
        #expect(series.point(asOf: Timestamp(microseconds: 9_999_999)) == nil)
        #expect(series.point(asOf: Timestamp(seconds: 10)) == point(10, 1))
        #expect(series.point(asOf: Timestamp(microseconds: 19_999_999)) == point(10, 1))
        #expect(series.point(asOf: Timestamp(seconds: 20)) == point(20, 2))
        #expect(series.point(asOf: .latest) == point(30, 3))
        #expect(PriceSeries.empty.point(asOf: .latest) == nil)
    }

    @Test
    func `of several points for one instant the last one given counts`() {
        let series = PriceSeries([point(10, 1), point(5, 9), point(10, 2)])
        #expect(series.count == 2)
        #expect(series.point(asOf: Timestamp(seconds: 10)) == point(10, 2))
    }

    @Test(
        arguments: [
            (PriceResolution.spot, "2024-03-10T05:06:07Z", "2024-03-10T05:06:07Z"),
            (.hour, "2024-03-10T05:00:00Z", "2024-03-10T06:00:00Z"),
            (.hour, "2024-03-10T23:59:59Z", "2024-03-11T00:00:00Z"),
            (.hour, "1969-12-31T22:30:00Z", "1969-12-31T23:00:00Z"),
            (.day, "2024-02-28", "2024-02-29"),
            (.day, "2024-02-28T17:00:00Z", "2024-02-29"),
        ])
    func `a price counts from the end of the period that its stamp opens`(
        resolution: PriceResolution,
        stamp: String,
        expected: String
    ) throws {
        let time = resolution.effectiveTime(of: try Timestamp.parse(stamp))
        #expect(time == (try Timestamp.parse(expected)))
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `look-ups and additions agree with a linear model`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var model: [Int64: Int128] = [:]
        var series = PriceSeries.empty
        for round in 0..<4 {
            var draft = SeriesDraft()
            let floor: Int64 = round % 2 == 0 ? 0 : 6000 * Int64(round)
            for _ in 0..<Int.random(in: 0...2500, using: &random) {
                let second = Int64.random(in: floor...(floor + 6000), using: &random)
                let price = Int128.random(in: 1...1000, using: &random)
                model[second * 1_000_000] = price
                draft.append(time: second * 1_000_000, price: price)
            }
            series = draft.finish(on: series)
            #expect(series.count == model.count)
            for _ in 0..<40 {
                let second = Int64.random(in: -10...30_000, using: &random)
                let known = model.keys.filter { $0 <= second * 1_000_000 }.max()
                let found = series.point(asOf: Timestamp(seconds: second))
                #expect(found?.time.microseconds == known)
                #expect(found?.price.raw == known.flatMap { model[$0] })
            }
        }
    }

    @Test
    func `adding at the end shares the full chunks`() throws {
        let old = PriceSeries((0..<5000).map { point($0, 1) })
        var draft = SeriesDraft()
        draft.append(time: 5_000_000_000, price: 7)
        let new = draft.finish(on: old)
        #expect(new.count == 5001)
        #expect(old.count == 5000)
        for number in 0..<4 { #expect(new.chunks[number] === old.chunks[number]) }
        #expect(try #require(new.last) == point(5000, 7))
    }
}

@Suite("Price book")
private struct PriceBookTests {
    private let pair = PricePair(base: .btc, quote: .usd)
    private let day: Int64 = 86_400

    private func book(_ rows: [(Int64, Int32, PriceOrigin)], on base: PriceBook = .empty) throws -> PriceBook
    {
        var builder = PriceBookBuilder(on: base)
        for (second, price, source) in rows {
            try builder.append(
                pair: pair,
                stamp: Timestamp(seconds: second),
                resolution: .spot,
                price: Amount(whole: price),
                source: source
            )
        }
        return builder.finish()
    }

    @Test
    func `the preferred source wins while it is fresh, then the newest price`() throws {
        let prices = try book([(0, 100, .manual), (day, 200, .bundled), (10 * day, 300, .bundled)])
        func price(_ second: Int64) -> Amount? {
            prices.point(of: pair, asOf: Timestamp(seconds: second), freshSeconds: 2 * day)?.price
        }
        #expect(price(-1) == nil)
        #expect(price(day) == Amount(whole: 100))
        #expect(price(2 * day) == Amount(whole: 100))
        #expect(price(2 * day + 1) == Amount(whole: 200))
        #expect(price(9 * day) == Amount(whole: 200))
        #expect(price(10 * day) == Amount(whole: 300))
    }

    @Test
    func `among equally old stale prices the preferred source wins`() throws {
        let prices = try book([(0, 2, .bundled), (0, 1, .manual)])
        let found = prices.point(of: pair, asOf: Timestamp(seconds: 9 * day), freshSeconds: day)
        #expect(found?.price == Amount(whole: 1))
    }

    @Test
    func `a snapshot does not change when another is made from it`() throws {
        let old = try book([(0, 100, .imported())])
        let new = try book([(0, 150, .imported()), (1, 200, .imported())], on: old)
        #expect(old.count == 1)
        #expect(new.count == 2)
        #expect(old.point(of: pair, asOf: .latest, freshSeconds: day)?.price == Amount(whole: 100))
        #expect(
            new.point(of: pair, asOf: Timestamp(seconds: 0), freshSeconds: day)?.price == Amount(whole: 150)
        )
        #expect(new.pairs == [pair])
    }

    @Test
    func `a price of zero or less is refused by name`() throws {
        var builder = PriceBookBuilder()
        for raw in [0, -1] as [Int128] {
            let price = Amount(unchecked: raw)
            #expect(
                throws: ValuationError.priceNotPositive(pair: pair, time: Timestamp(seconds: 5), price: price)
            ) {
                try builder.append(
                    pair: pair,
                    stamp: Timestamp(seconds: 5),
                    resolution: .spot,
                    price: price,
                    source: .manual
                )
            }
        }
        #expect(throws: ValuationError.samePair(asset: .usd)) {
            try builder.append(
                pair: PricePair(base: .usd, quote: .usd),
                stamp: Timestamp(seconds: 5),
                resolution: .spot,
                price: .one,
                source: .manual
            )
        }
        #expect(builder.finish().count == 0)
    }
}
