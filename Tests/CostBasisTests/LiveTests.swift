import CostBasis
import Ledger
import Money
import Testing
import TestSupport
import Time

@Suite("Lots that grow")
private struct LiveTests {
    private func lines(_ lots: LotBook) -> [String] {
        lots.lines + lots.matches.map { $0.joined(separator: ",") } + lots.open + lots.codes
            + lots.allIncome.map { "\($0.entry.raw) \($0.value)" } + lots.years.map { "\($0)" }
            + lots.allDisposals.map { "\($0.fee) \($0.denied)" } + lots.allLots.map { "\($0)" }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>, LotMethod.allCases)
    func `appended entries give what the whole history gives, and readers keep what they have`(
        seed: UInt64,
        method: LotMethod
    ) throws {
        var random = SplitMix64(seed: seed)
        let entries = try randomHistory(&random, fees: true, migrations: true)
        let prices = try PriceList([.eur: "1.08", .btc: "30000.5", .eth: "1999.999999999999999999"])
        let settings = LotSettings(
            method: method,
            scope: seed % 2 == 0 ? .wallet : .universal,
            transferFees: seed % 3 == 0 ? .addedToCost : .disposal
        )
        var book = Book(entries: Array(entries[..<90]))
        let live = LiveLots(book, settings: settings, valuer: prices, isFiat: isFiat)
        let first = live.lots
        let before = lines(first)
        for entry in entries[90...] {
            book = book.appending([entry])
            let expected = LotBook(book, settings: settings, valuer: prices, isFiat: isFiat)
            #expect(lines(live.advanced(to: book)) == lines(expected))
        }
        #expect(lines(first) == before)
        try checkSums(live.lots)
    }

    @Test
    func `an entry in the middle and a shorter Book are computed from the beginning`() throws {
        var random = SplitMix64(seed: 99)
        let entries = try randomHistory(&random, fees: true)
        var most = entries
        let late = most.remove(at: 70)
        let book = Book(entries: most)
        let live = LiveLots(book, isFiat: isFiat)
        let whole = book.appending([late])
        #expect(lines(live.advanced(to: whole)) == lines(LotBook(whole, isFiat: isFiat)))
        let shorter = Book(entries: Array(entries[..<50]))
        #expect(lines(live.advanced(to: shorter)) == lines(LotBook(shorter, isFiat: isFiat)))
        let empty = Book.empty
        #expect(lines(live.advanced(to: empty)).isEmpty)
    }

    @Test
    func `more entries than are kept apart are gathered`() throws {
        var history = History()
        try history.buy("2020-01-01", "100 btc@1", for: "100 usd")
        let live = LiveLots(history.book, isFiat: isFiat)
        for number in 0..<Limits.appendedMax + 20 {
            try history.sell(
                Timestamp(seconds: 1_600_000_000 + Int64(number) * 60).description,
                "0.01 btc@1",
                for: "1 usd"
            )
            if number % 250 == 0 || number > Limits.appendedMax {
                let expected = LotBook(history.book, isFiat: isFiat)
                #expect(lines(live.advanced(to: history.book)) == lines(expected))
            }
        }
    }
}
