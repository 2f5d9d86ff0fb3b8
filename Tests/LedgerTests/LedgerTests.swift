import Ledger
import Money
import TestSupport
import Testing
import Time

@Suite("Book")
private struct BookTests {
    @Test(arguments: 1...UInt64(12))
    func `balances at any instant are those of the slow model`(seed: UInt64) {
        let entries = Samples.entries(3000, seed: seed)
        let book = Book(entries: entries)
        #expect(book.count == entries.count)
        #expect(Samples.nonzero(book.balances) == Samples.balances(entries, through: .latest))
        for step in stride(from: 0, through: 3000, by: 137) {
            let time = Timestamp(microseconds: Int64(step) * 1_000_000)
            #expect(Samples.nonzero(book.balances(at: time)) == Samples.balances(entries, through: time))
        }
    }

    @Test func `a Book may get the numbers of its assets and accounts at the end`() {
        let entries = Samples.entries(3000, seed: 5)
        var builder = BookBuilder()
        for entry in entries.sorted(by: { ($0.time, $0.id) < ($1.time, $1.id) }) { builder.append(entry) }
        let plain = Book(entries: entries)
        let book = builder.finish(
            numberingAssets: { AssetID(raw: $0.raw + 70_000) },
            accounts: { AccountID(raw: 1000 - $0.raw) }
        )
        #expect(book.count == plain.count)
        #expect(book.assets == plain.assets.map { AssetID(raw: $0.raw + 70_000) })
        let found = book.balances.map { balance in
            Balance(
                account: AccountID(raw: 1000 - balance.account.raw),
                asset: AssetID(raw: balance.asset.raw - 70_000),
                amount: balance.amount
            )
        }
        #expect(Samples.nonzero(found) == Samples.nonzero(plain.balances))
    }

    @Test(arguments: 1...UInt64(12))
    func `appending in pieces gives the same Book as building at once`(seed: UInt64) {
        let entries = Samples.entries(2500, seed: seed)
        var generator = SplitMix64(seed: seed)
        var book = Book.empty
        var rest = entries[...]
        while !rest.isEmpty {
            let size = Int(generator.next() % 400) + 1
            book = book.appending(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        let whole = Book(entries: entries)
        #expect(book.count == whole.count)
        for index in 0..<whole.count { #expect(book.entry(at: index) == whole.entry(at: index)) }
        #expect(Samples.nonzero(book.balances) == Samples.nonzero(whole.balances))
        for step in stride(from: 0, through: 2500, by: 211) {
            let time = Timestamp(microseconds: Int64(step) * 1_000_000)
            #expect(Samples.nonzero(book.balances(at: time)) == Samples.nonzero(whole.balances(at: time)))
        }
    }

    @Test
    func `a reader's snapshot is not touched by appending`() {
        let entries = Samples.entries(1500, seed: 5)
        let book = Book(entries: Array(entries[..<1000]))
        let before = book.balances
        let longer = book.appending(Array(entries[1000...]))
        #expect(book.count == 1000)
        #expect(book.balances == before)
        #expect(longer.count == 1500)
    }

    @Test
    func `every entry comes back as it was given`() {
        let entries = Samples.entries(2100, seed: 77)
        let book = Book(entries: entries)
        var seen: Set<Entry> = []
        book.forEachRow { seen.insert(book.entry(of: $0)) }
        #expect(seen == Set(entries))
        var indexes: [Int] = []
        book.forEachRow(from: 2050) { indexes.append($0.index) }
        #expect(indexes == Array(2050..<2100))
    }

    @Test
    func `within one second an entry that overdraws waits for the one that fills`() {
        let account = AccountID(raw: 1)
        let one = Leg(amount: .one, asset: .btc, account: account)
        let time = Timestamp(seconds: 100)
        let out = Entry(id: EntryID(raw: 1), time: time, kind: .withdrawal, outgoing: one)
        let income = Entry(
            id: EntryID(raw: 2),
            time: Timestamp(microseconds: time.microseconds + 400_000),
            kind: .deposit,
            incoming: one
        )
        #expect(Book(entries: [out, income]).entry(at: 0) == income)
        let later = Entry(id: EntryID(raw: 2), time: Timestamp(seconds: 101), kind: .deposit, incoming: one)
        #expect(Book(entries: [out, later]).entry(at: 0) == out)
        let filled = Entry(id: EntryID(raw: -1), time: Timestamp(seconds: 1), kind: .deposit, incoming: one)
        #expect(Book(entries: [filled, out, income]).entry(at: 1) == out)
    }

    @Test
    func `the entry that leaves the range of amounts is named and does not trap`() {
        let nearly = Leg(amount: Amount(unchecked: Amount.limit - 1), asset: .btc, account: AccountID(raw: 1))
        let entries = (1...4).map {
            Entry(id: EntryID(raw: $0), time: Timestamp(seconds: $0), kind: .deposit, incoming: nearly)
        }
        let book = Book(entries: entries)
        #expect(book.overflow == EntryID(raw: 2))
        #expect(book.balances.map(\.amount) == [nearly.amount])
        #expect(Book(entries: [entries[0]]).overflow == nil)
        #expect(Book(entries: [entries[0]]).appending([entries[1]]).overflow == EntryID(raw: 2))
    }

    @Test
    func `entries out of order stop the program`() async {
        await #expect(processExitsWith: .failure) {
            var builder = BookBuilder()
            builder.append(Entry(id: EntryID(raw: 2), time: Timestamp(seconds: 2), kind: .fee))
            builder.append(Entry(id: EntryID(raw: 1), time: Timestamp(seconds: 2), kind: .fee))
        }
    }

    @Test
    func `a place that does not exist stops the program`() async {
        await #expect(processExitsWith: .failure) { _ = Book.empty.row(at: 0) }
    }
}

@Suite("Entry")
private struct EntryTests {
    @Test(arguments: EntryKind.allCases)
    func `a kind is found by its name and keeps its number`(kind: EntryKind) {
        #expect(EntryKind(name: kind.name) == kind)
        #expect(!kind.name.isEmpty)
        #expect(kind.name.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 })
    }

    @Test(arguments: 1...UInt64(5))
    func `postings of every entry sum to zero per asset`(seed: UInt64) {
        for entry in Samples.entries(500, seed: seed) {
            var sums: [AssetID: Int128] = [:]
            for posting in entry.postings { sums[posting.asset, default: 0] += posting.amount.raw }
            #expect(sums.values.allSatisfy { $0 == 0 })
        }
    }

    @Test
    func `what a kind demands of its legs is checked`() {
        let leg = Leg(amount: .one, asset: .btc, account: AccountID(raw: 1))
        let there = Leg(amount: .one, asset: .btc, account: AccountID(raw: 2))
        let negative = Leg(amount: Amount(whole: -1), asset: .btc, account: AccountID(raw: 1))
        func error(
            _ kind: EntryKind,
            incoming: Leg? = nil,
            outgoing: Leg? = nil,
            fee: Leg? = nil
        ) -> LedgerError? {
            let entry = Entry(
                id: EntryID(raw: 1),
                time: .earliest,
                kind: kind,
                incoming: incoming,
                outgoing: outgoing,
                fee: fee
            )
            do throws(LedgerError) { try entry.check() } catch { return error }
            return nil
        }
        #expect(error(.deposit) == .incomingMissing(kind: .deposit))
        #expect(error(.deposit, incoming: leg, outgoing: leg) == .outgoingForbidden(kind: .deposit))
        #expect(error(.spend) == .outgoingMissing(kind: .spend))
        #expect(error(.spend, incoming: leg, outgoing: leg) == .incomingForbidden(kind: .spend))
        #expect(error(.trade) == .empty(kind: .trade))
        #expect(error(.trade, incoming: leg) == nil)
        #expect(error(.deposit, incoming: negative) == .negative(amount: Amount(whole: -1)))
        let most = Leg(amount: Amount(unchecked: Amount.limit - 1), asset: .btc, account: AccountID(raw: 1))
        #expect(error(.deposit, incoming: most) == nil)
        let huge = Leg(amount: Amount(unchecked: Amount.limit), asset: .btc, account: AccountID(raw: 1))
        #expect(error(.spend, outgoing: leg, fee: huge) == .outOfRange(amount: huge.amount))
        #expect(error(.transfer, outgoing: leg) == .transferUneven)
        #expect(error(.transfer, incoming: leg, outgoing: leg) == .transferAccounts)
        #expect(error(.transfer, incoming: there, outgoing: leg) == nil)
    }
}
