import CostBasis
import Ledger
import Money
import Testing
import TestSupport
import Time

@Suite("Boundaries")
private struct BoundaryTests {
    private func entry(
        _ number: Int,
        _ kind: EntryKind = .trade,
        in incoming: Leg? = nil,
        out outgoing: Leg? = nil,
        seconds: Int64? = nil
    ) -> Entry {
        Entry(
            id: EntryID(raw: Int64(number)),
            time: Timestamp(seconds: seconds ?? Int64(number)),
            kind: kind,
            incoming: incoming,
            outgoing: outgoing
        )
    }

    private func btc(_ raw: Int128, _ account: UInt32 = 1) -> Leg {
        Leg(amount: Amount(unchecked: raw), asset: .btc, account: AccountID(raw: account))
    }

    private func usd(_ raw: Int128) -> Leg {
        Leg(amount: Amount(unchecked: raw), asset: .usd, account: nil)
    }

    @Test
    func `one disposal may use a hundred thousand lots`() throws {
        let count = 100_000
        var entries = (1...count).map { entry($0, in: btc(1), out: usd(3)) }
        entries.append(entry(count + 1, in: usd(400_000), out: btc(Int128(count))))
        let report = LotBook(Book(entries: entries), isFiat: isFiat)
        #expect(report.disposalCount == 1)
        #expect(report.disposal(at: 0).cost.raw == 300_000)
        let uses = report.uses(ofDisposalAt: 0)
        #expect(uses.count == count)
        #expect(uses.reduce(Int128(0)) { $0 + $1.proceeds.raw } == 400_000)
        #expect(report.openLots().isEmpty)
    }

    @Test(arguments: LotScope.allCases)
    func `one lot may be sold in a hundred thousand pieces without losing a unit`(scope: LotScope) throws {
        let count = 100_000
        var entries = [entry(1, in: btc(Int128(count)), out: usd(1_000_003))]
        for number in 2...count + 1 { entries.append(entry(number, in: usd(11), out: btc(1))) }
        let report = LotBook(Book(entries: entries), settings: LotSettings(scope: scope), isFiat: isFiat)
        #expect(report.disposalCount == count)
        #expect(report.allDisposals.reduce(Int128(0)) { $0 + $1.cost.raw } == 1_000_003)
        #expect(report.openLots().isEmpty)
    }

    @Test
    func `entries of one instant keep the order of the Book`() throws {
        var entries: [Entry] = []
        for number in 1...3000 {
            entries.append(entry(number, in: btc(10), out: usd(Int128(number)), seconds: 5))
        }
        for number in 3001...6000 { entries.append(entry(number, in: usd(1), out: btc(10), seconds: 5)) }
        let report = LotBook(Book(entries: entries), isFiat: isFiat)
        #expect(report.problems.isEmpty)
        #expect(report.allDisposals.map(\.cost.raw) == (1...3000).map { Int128($0) })
    }

    @Test
    func `dust and amounts near the end of the range are exact`() throws {
        let most = Amount.limit - 1
        let entries = [
            entry(1, in: btc(most), out: usd(7)),
            entry(2, in: usd(1), out: btc(1)),
            entry(3, in: usd(9), out: btc(most - 2)),
            entry(4, in: usd(1), out: btc(1)),
            entry(5, in: btc(most), out: usd(5)),
        ]
        let report = LotBook(Book(entries: entries), isFiat: isFiat)
        #expect(report.problems.isEmpty)
        #expect(report.allDisposals.map(\.cost.raw) == [0, 7, 0])
        #expect(report.positions().map(\.quantity.raw) == [most])
    }

    @Test(arguments: LotScope.allCases)
    func `an entry that would leave the range is left out as a whole and named`(scope: LotScope) throws {
        let most = Amount.limit - 1
        let entries = [
            entry(1, in: btc(most), out: usd(7)),
            entry(2, in: btc(1), out: usd(7)),
            entry(3, in: btc(1, 2), out: usd(7)),
            entry(4, in: usd(most), out: btc(5)),
            entry(5, .giftOut, out: btc(most)),
            entry(6, .giftOut, out: btc(most)),
            entry(7, .giftOut, out: btc(most)),
            entry(8, .withdrawal, out: btc(most)),
        ]
        let report = LotBook(Book(entries: entries), settings: LotSettings(scope: scope), isFiat: isFiat)
        #expect(
            report.codes.filter { $0.contains("out_of_range") }.map { $0.prefix(1) } == [
                "2", "3", "4", "7", "8",
            ]
        )
        #expect(report.allDisposals.map(\.entry.raw) == [5, 6])
        #expect(report.openLots().isEmpty)
    }

    @Test
    func `a negative amount is refused by name`() throws {
        let entries = [
            entry(1, in: btc(-5), out: usd(7)), entry(2, in: btc(5), out: usd(-7)),
            entry(3, in: btc(5), out: usd(7)),
        ]
        let report = LotBook(Book(entries: entries), isFiat: isFiat)
        #expect(report.problems.map(\.code) == [.negativeAmount, .negativeAmount])
        #expect(report.lotCount == 1)
    }

    @Test
    func `an empty history gives an empty report`() {
        let report = LotBook(.empty, isFiat: isFiat)
        #expect(report.lotCount == 0)
        #expect(report.years.isEmpty)
        #expect(report.positions().isEmpty)
    }

    @Test(arguments: LotScope.allCases)
    func `lots sent to and fro keep their order, date and cost`(scope: LotScope) throws {
        var random = SplitMix64(seed: 9)
        var entries: [Entry] = []
        for number in 1...4000 {
            let from = UInt32.random(in: 1...3, using: &random)
            if number % 4 == 1 {
                entries.append(entry(number, in: btc(100, from), out: usd(Int128(number))))
            } else {
                let amount = Int128.random(in: 1...30, using: &random)
                entries.append(
                    entry(
                        number,
                        .transfer,
                        in: btc(amount, from % 3 + 1),
                        out: btc(amount, from)
                    )
                )
            }
        }
        let report = LotBook(Book(entries: entries), settings: LotSettings(scope: scope), isFiat: isFiat)
        let sum = report.openLots().reduce(Int128(0)) { $0 + $1.remainingCost.raw }
        // 1 + 5 + … + 3997.
        #expect(sum == 1_999_000)
    }
}
