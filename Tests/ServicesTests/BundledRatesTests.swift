import CAssets
import Money
import Synchronization
import Testing
import Time
import Valuation

@testable import Services

@Suite("Bundled rates")
private struct BundledRatesTests {
    /// The embedded table, taken apart the slow and plain way.
    private var table: [[Substring]] {
        let bytes = unsafe UnsafeBufferPointer(start: coffer_ecb_rates(), count: coffer_ecb_rates_size())
        return unsafe String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    @Test func `every cell of the embedded table is a price that holds from the end of its day`() throws {
        let table = table
        let header = try #require(table.first)
        let book = BundledRates.deferred.book
        var count = 0
        for (column, code) in header.enumerated().dropFirst() {
            let base = try #require(AssetRegistry.builtIn.id(code: code.lowercased()))
            let series = book.series(of: PricePair(base: base, quote: .usd))
            #expect(series.map(\.source) == [.bundled])
            var found: [PricePoint] = []
            series.first?.series.forEachPoint { found.append($0) }
            let expected = try table.dropFirst().filter { !$0[column].isEmpty }.map { line in
                PricePoint(
                    time: try Timestamp.parse(String(line[0])).advanced(bySeconds: 86_400),
                    price: try Amount.parse(String(line[column]))
                )
            }
            #expect(found == expected, "\(code)")
            count += expected.count
        }
        #expect(book.pairs.count == header.count - 1)
        #expect(book.count == count)
    }

    @Test func `a history that needs no rate leaves them unread`() throws {
        let reads = Counter()
        let deferred = DeferredPrices(source: .bundled) {
            reads.add()
            return BundledRates.deferred.book
        }
        let day = try Timestamp.parse("2024-03-01")
        var builder = PriceBookBuilder(on: PriceBook(deferred))
        let pair = PricePair(base: .btc, quote: .usd)
        try builder.append(
            pair: pair,
            stamp: day,
            resolution: .spot,
            price: Amount(whole: 60_000),
            source: .imported()
        )
        let book = builder.finish()
        #expect(book.point(of: pair, asOf: day, freshSeconds: 3600)?.price == Amount(whole: 60_000))
        #expect(reads.count == 0)
        #expect(
            book.point(of: PricePair(base: .eur, quote: .usd), asOf: day, freshSeconds: 1_000_000)
                == BundledRates.deferred.book.point(
                    of: PricePair(base: .eur, quote: .usd),
                    asOf: day,
                    freshSeconds: 1_000_000
                )
        )
        #expect(book.pairs.count == BundledRates.deferred.book.pairs.count + 1)
        #expect(reads.count == 1)
    }
}

/// Counts calls from any thread.
private final class Counter: Sendable {
    private let state = Mutex(0)

    var count: Int { state.withLock { $0 } }

    func add() { state.withLock { $0 += 1 } }
}
