import Ledger
import Money
import TestSupport
import Testing
import Time

@testable import Storage

@Suite("Imports", .temporaryFolder) private struct JournalTests {
    @Test func `entries come back as they were written`() throws {
        let sample = try Sample()
        var row = sample.row(0, second: 5, reference: "abc")
        row.texts = EntryTexts(
            reference: "r",
            exchange: "Köln",
            group: "g",
            comment: String(repeating: "é", count: 400),
            lot: "17.in"
        )
        var second = sample.row(1, second: 4)
        second.entry = Entry(
            id: EntryID(raw: 1),
            time: Timestamp(microseconds: -5),
            kind: .staking,
            incoming: Leg(amount: Amount(unchecked: 1), asset: AssetID(raw: 70_000), account: sample.account),
            event: 0
        )
        let (record, verdicts) = try sample.importRows([row, second])
        #expect(verdicts == [.inserted(EntryID(raw: 1)), .inserted(EntryID(raw: 2))])
        #expect(record.inserted == 2)
        let live = try sample.live()
        #expect(live.map { $0.entry } == [second.entry.moved(by: 1), row.entry.moved(by: 1)])
        #expect(live.map { $0.texts } == [second.texts, row.texts])
        #expect(live.map { $0.importID } == [record.id, record.id])
        let found = try sample.database.read { connection throws(StorageError) in
            try connection.entry(of: sample.user, at: EntryPlace(live[1].entry))
        }
        #expect(found == live[1])
    }

    @Test func `the same file twice adds nothing and twins are both kept`() throws {
        let sample = try Sample()
        let rows = sample.rows(seconds: [1, 2, 2, 3])
        let first = try sample.importRows(rows)
        #expect(first.verdicts.allSatisfy { $0.isNew })
        let second = try sample.importRows(rows)
        #expect(second.verdicts == first.verdicts.map { .exists($0.entry) })
        #expect(second.record.existing == 4)
        #expect(try sample.live().count == 4)
        #expect(try sample.check().findings == [])
    }

    @Test func `an extended file adds just the new rows`() throws {
        let sample = try Sample()
        try sample.importRows(sample.rows(seconds: [1, 2]))
        let verdicts = try sample.importRows(sample.rows(seconds: [1, 2, 2, 3])).verdicts
        #expect(verdicts.map { $0.isNew } == [false, false, true, true])
        #expect(try sample.live().count == 4)
    }

    @Test func `an undone import can come again`() throws {
        let sample = try Sample()
        let user = sample.user
        let rows = sample.rows(seconds: [1, 2, 2])
        let first = try sample.importRows(rows)
        let undone = try sample.database.writeAndWait { transaction in
            try transaction.undoImport(first.record.id, user: user, reason: "a mistake")
        }
        #expect(undone.state == .undone)
        #expect(try sample.live() == [])
        #expect(try sample.importRows(rows).verdicts.map { $0.isNew } == [true, true, true])
        #expect(try sample.importRows(rows).verdicts.map { $0.isNew } == [false, false, false])
        #expect(try sample.live().count == 3)
        #expect(try sample.check().findings == [])
        let error = storageError {
            try sample.database.writeAndWait { transaction in
                _ = try transaction.undoImport(first.record.id, user: user, reason: "again")
            }
        }
        #expect(error?.kind == .notFound)
    }

    @Test func `a voided entry no longer counts`() throws {
        let sample = try Sample()
        let user = sample.user
        let first = try sample.importRows(sample.rows(seconds: [1, 2]))
        let entry = try #require(try sample.live().first).entry
        try sample.database.writeAndWait { transaction in
            try transaction.voidEntry(entry.id, user: user, time: entry.time, reason: "wrong")
        }
        #expect(try sample.live().map { $0.entry.id } == [first.verdicts[1].entry])
        #expect(try sample.database.loadBook(of: user).count == 1)
        #expect(
            try sample.importRows(sample.rows(seconds: [1, 2])).verdicts.map { $0.isNew } == [true, false]
        )
        #expect(try sample.check().findings == [])
    }

    @Test func `an amount that could not be read again is not stored`() throws {
        let sample = try Sample()
        let user = sample.user
        let good = sample.row(0, second: 1)
        let row = ImportRow(
            entry: Entry(
                id: EntryID(raw: 1),
                time: good.entry.time,
                kind: .trade,
                incoming: good.entry.incoming,
                outgoing: Leg(
                    amount: Amount(unchecked: Amount.limit + Amount.limit / 5),
                    asset: AssetID(raw: 2),
                    account: nil
                )
            ),
            texts: good.texts
        )
        #expect(storageError { try sample.importRows([good, row]) }?.kind == .invalid)
        let probed = storageError {
            _ = try sample.database.read { connection throws(StorageError) in
                try connection.probe([row][...], user: user, session: ProbeSession())
            }
        }
        #expect(probed?.kind == .invalid)
        #expect(try sample.live() == [])
    }

    @Test func `an open import is invisible until it is committed`() throws {
        let sample = try Sample()
        let user = sample.user
        let rows = sample.rows(seconds: [1, 2, 2, 3])
        let session = try sample.database.writeAndWait {
            try $0.beginImport(ImportDraft(user: user), rows: 4)
        }
        try sample.database.writeAndWait { _ = try $0.insert(rows[0..<2], into: session) }
        #expect(try sample.live() == [])
        let busy = storageError {
            try sample.database.writeAndWait { _ = try $0.beginImport(ImportDraft(user: user), rows: 1) }
        }
        #expect(busy?.kind == .importUnderWay(session.id))
        let held = storageError { try sample.importRows(sample.rows(seconds: [1])) }
        #expect(held?.kind == .importUnderWay(session.id))
        try sample.importRows(sample.rows(seconds: [9]))
        let verdicts = try sample.database.writeAndWait { try $0.insert(rows[2..<4], into: session) }
        #expect(verdicts.map { $0.isNew } == [true, true])
        try sample.database.writeAndWait { _ = try $0.commitImport(session) }
        #expect(try sample.live().count == 5)
        #expect(try sample.check().findings == [])
    }

    @Test func `an abandoned or unfinished import leaves nothing`() throws {
        var options = DatabaseOptions()
        options.limits.rowsRemovedPerCommit = 2
        var sample: Sample? = try Sample(options: options)
        let user = try #require(sample).user
        try #require(sample).importRows(try #require(sample).rows(seconds: [2]))
        let rows = try #require(sample).rows(seconds: [1, 2, 3, 3, 3, 4, 5])
        do {
            let database = try #require(sample).database
            let session = try database.writeAndWait { try $0.beginImport(ImportDraft(user: user), rows: 7) }
            try database.writeAndWait { _ = try $0.insert(rows[...], into: session) }
            try database.abandonImport(session)
            let left = try database.read { connection throws(StorageError) in
                try connection.number("SELECT count(*) FROM entries")
            }
            #expect(left == 1)
            #expect(storageError { try database.writeAndWait { _ = try $0.commitImport(session) } } != nil)
            let other = try database.writeAndWait { try $0.beginImport(ImportDraft(user: user), rows: 7) }
            try database.writeAndWait { _ = try $0.insert(rows[...], into: other) }
            database.close()
        }
        sample = nil
        let again = try Database.open(folder: TemporaryFolder.data, options: options)
        let report = try again.read { connection throws(StorageError) in try connection.check() }
        #expect(report.entries == 1)
        #expect(report.findings == [])
        let imports = try again.read { connection throws(StorageError) in try connection.imports(of: user) }
        #expect(imports.map { $0.state } == [.committed])
    }

    @Test func `the same reference with other content is reported with both entries`() throws {
        let sample = try Sample()
        let first = try sample.importRows([sample.row(0, second: 1, amount: 1, reference: "tx1")])
        let second = try sample.importRows([
            sample.row(0, second: 1, amount: 2, reference: "tx1"),
            sample.row(1, second: 1, amount: 3, reference: "tx1"),
            sample.row(2, second: 1, amount: 4, reference: "tx2"),
            sample.row(3, second: 2, amount: 2, reference: "tx1"),
        ])
        let known = first.verdicts[0].entry
        #expect(second.verdicts[0] == .insertedBeside(EntryID(raw: known.raw + 1), conflicting: known))
        #expect(second.verdicts[1] == .insertedBeside(EntryID(raw: known.raw + 2), conflicting: known))
        #expect(second.verdicts[2] == .inserted(EntryID(raw: known.raw + 3)))
        #expect(second.verdicts[3] == .inserted(EntryID(raw: known.raw + 4)))
    }

    @Test func `rows out of order or with huge texts are refused`() throws {
        let sample = try Sample()
        #expect(
            storageError { try sample.importRows([sample.row(1, second: 1), sample.row(0, second: 2)]) }?.kind
                == .invalid
        )
        #expect(storageError { try sample.importRows([sample.row(1, second: 1)]) }?.kind == .invalid)
        var row = sample.row(0, second: 1)
        row.texts.comment = String(repeating: "x", count: 65_537)
        #expect(storageError { try sample.importRows([row]) }?.kind == .invalid)
        row.texts.comment = String(repeating: "x", count: 65_536)
        try sample.importRows([row])
        #expect(try sample.live().first?.texts.comment.utf8.count == 65_536)
    }

    @Test func `listing pages in both directions meet every entry once`() throws {
        let sample = try Sample()
        try sample.importRows(sample.rows(seconds: [5, 1, 3, 3, 3, 3, 2, 5, 9]))
        let expected = try sample.live().map { $0.entry }
        #expect(expected == expected.sorted { ($0.time, $0.id) < ($1.time, $1.id) })
        for order in [EntryOrder.oldestFirst, .newestFirst] {
            var met: [Entry] = []
            while true {
                let page = try sample.database.read { connection throws(StorageError) in
                    try connection.entries(
                        of: sample.user,
                        after: met.last.map { EntryPlace($0) },
                        order: order,
                        limit: 2
                    )
                }
                if page.isEmpty { break }
                met += page.map { $0.entry }
            }
            #expect(met == (order == .oldestFirst ? expected : expected.reversed()))
        }
    }

    @Test func `a large Book is the list of entries`() throws {
        let sample = try Sample()
        let user = sample.user
        var random = SplitMix64(seed: 7)
        let count = 3 * BookLoad.segmentRows
        let rows = (0..<count).map { number in
            sample.row(number, second: Int(random.next() % 3000), amount: Int(random.next() % 50) + 1)
        }
        let session = try sample.database.writeAndWait {
            try $0.beginImport(ImportDraft(user: user), rows: count)
        }
        for start in stride(from: 0, to: count, by: 5000) {
            let slice = rows[start..<min(start + 5000, count)]
            try sample.database.writeAndWait { _ = try $0.insert(slice, into: session) }
        }
        try sample.database.writeAndWait { _ = try $0.commitImport(session) }
        let book = try sample.database.loadBook(of: user)
        let live = try sample.live()
        #expect(book.count == count)
        #expect(live.count == count)
        var place = 0
        var differs = 0
        book.forEachRow { row in
            if row.id != live[place].entry.id { differs += 1 }
            place += 1
        }
        #expect(differs == 0)
        #expect(try sample.check().findings == [])
    }

    @Test func `an empty history is an empty Book`() throws {
        let sample = try Sample()
        #expect(try sample.database.loadBook(of: sample.user).count == 0)
    }

    /// Random imports, undos and dry runs against a list that knows only the rules.
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `live entries are those of the naive model`(seed: UInt64) throws {
        let sample = try Sample()
        let user = sample.user
        var random = SplitMix64(seed: seed)
        var imports: [(id: ImportID, seconds: [Int], isLive: Bool)] = []
        for _ in 0..<40 {
            let action = random.next() % 10
            if action < 2,
                let place = imports.indices.filter({ imports[$0].isLive }).randomElement(using: &random)
            {
                imports[place].isLive = false
                let id = imports[place].id
                try sample.database.writeAndWait { _ = try $0.undoImport(id, user: user, reason: "test") }
            } else {
                let rows = sample.rows(
                    seconds: (0..<Int(random.next() % 12)).map { _ in Int(random.next() % 5) }
                )
                let live = imports.filter { $0.isLive }.flatMap { $0.seconds }
                var counts = Dictionary(grouping: live) { $0 }.mapValues { $0.count }
                let expected = rows.map { row in
                    let second = Int(row.entry.time.seconds - 1_600_000_000)
                    guard let left = counts[second], left > 0 else { return true }
                    counts[second] = left - 1
                    return false
                }
                let probed = try sample.database.read { connection throws(StorageError) in
                    try connection.probe(rows[...], user: user, session: ProbeSession())
                }
                let (record, verdicts) = try sample.importRows(rows)
                #expect(verdicts.map { $0.isNew } == expected)
                #expect(probed.map { $0.isNew } == expected)
                let added = zip(rows, expected).filter { $0.1 }.map {
                    Int($0.0.entry.time.seconds - 1_600_000_000)
                }
                imports.append((record.id, added, true))
            }
            let model = imports.filter { $0.isLive }.flatMap { $0.seconds }.sorted()
            #expect(try sample.live().map { Int($0.entry.time.seconds - 1_600_000_000) } == model)
        }
        #expect(try sample.check().findings == [])
    }
}

@Suite("Checks", .temporaryFolder) private struct CheckTests {
    @Test func `a sound database has no findings and true totals`() throws {
        let sample = try Sample()
        try sample.importRows(sample.rows(seconds: [1, 2, 3]))
        let report = try sample.check()
        #expect(report.findings == [])
        #expect(report.entries == 3)
        #expect(report.liveEntries == 3)
        #expect(report.seals == 1)
        #expect(report.totals == [AssetTotal(asset: AssetID(raw: 1), holdings: Amount(whole: 3))])
    }

    @Test(arguments: [
        ("UPDATE entries SET in_amount = '7' WHERE id = 2", "entry.digest"),
        ("UPDATE entries SET fee_amount = '2.9900' WHERE id = 2", "entry.digest"),
        ("UPDATE entries SET kind = 250 WHERE id = 2", "entry.digest"),
        ("UPDATE entries SET time = time + 1 WHERE id = 2", "entry.digest"),
        ("UPDATE entries SET occurrence = 5 WHERE id = 2", "entry.digest"),
        ("UPDATE entries SET exchange = 'Kraken' WHERE id = 2", "entry.digest"),
        ("UPDATE entries SET event = 9 WHERE id = 2", "import.rows"),
        ("UPDATE entries SET id = 77 WHERE id = 2", "import.rows"),
        ("DELETE FROM entries WHERE id = 2", "import.rows"),
        ("UPDATE imports SET inserted = 2 WHERE id = 1", "import.count"),
        ("UPDATE seals SET digest = zeroblob(32) WHERE number = 1", "seal.broken"),
        ("UPDATE seals SET entries = 5 WHERE number = 1", "seal.broken"),
        ("UPDATE batches SET digest = zeroblob(32)", "seal.broken"),
        ("UPDATE imports SET seal = NULL WHERE id = 1", "seal.missing"),
        ("UPDATE imports SET state = 'undone' WHERE id = 1", "void.missing"),
        ("UPDATE entries SET in_account = 99 WHERE id = 2", "entry.orphan"),
        ("UPDATE entries SET import = 99 WHERE id = 2", "entry.orphan"),
        ("CREATE TABLE cats (name)", "schema.unknown"),
        ("DROP INDEX imports_by_user", "schema.differs"),
    ])
    func `a change behind the program's back is found`(sql: String, code: String) throws {
        let sample = try Sample()
        try sample.importRows(sample.rows(seconds: [1, 2, 3]))
        try sample.tamper(sql)
        #expect(try sample.check().findings.map { $0.code }.contains(code))
    }

    @Test func `a taken-back undo is found`() throws {
        let sample = try Sample()
        let user = sample.user
        let record = try sample.importRows(sample.rows(seconds: [1])).record
        try sample.database.writeAndWait { _ = try $0.undoImport(record.id, user: user, reason: "r") }
        #expect(try sample.check().findings == [])
        try sample.tamper("UPDATE imports SET state = 'committed'")
        #expect(try sample.check().findings.map { $0.code } == ["void.unmarked"])
        try sample.tamper("UPDATE voids SET reason = 'other'")
        #expect(try sample.check().findings.map { $0.code }.contains("seal.broken"))
    }

    @Test func `loading a Book names a changed entry`() throws {
        let sample = try Sample()
        try sample.importRows(sample.rows(seconds: [1, 2, 3]))
        try sample.tamper("UPDATE entries SET in_amount = '7' WHERE id = 2")
        let error = storageError { _ = try sample.database.loadBook(of: sample.user) }
        #expect(error?.kind == .tampered(entry: EntryID(raw: 2)))
    }
}

@Suite("Texts of amounts") private struct AmountTextTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `text and amount go there and back like the plain code`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<3000 {
            var raw = Int128(truncatingIfNeeded: random.next()) << 64 | Int128(random.next())
            raw >>= Int128(random.next() % 127)
            if random.next() % 2 == 0 { raw = raw / 1_000_000_000_000_000_000 * 1_000_000_000_000_000_000 }
            raw %= Amount.limit
            let amount = Amount(unchecked: raw)
            #expect(AmountTextTests.written(amount) == amount.description)
            #expect(AmountTextTests.read(amount.description) == amount)
        }
    }

    @Test(arguments: [
        "", "-", ".", "1.", ".5", "01", "1.50", "1.0", "+1", "1e3", " 1", "1 ", "-0", "0.0000000000000000001",
        "100000000000000000000000", "1234567890123456789012", "٣", "1,5", "--1",
    ])
    func `what is never written is refused`(text: String) {
        #expect(AmountTextTests.read(text) == nil)
    }

    @Test func `the greatest amounts fit`() {
        for raw in [Amount.limit - 1, 1 - Amount.limit, Int128(0), 1, -1] {
            #expect(AmountTextTests.read(Amount(unchecked: raw).description)?.raw == raw)
            #expect(AmountTextTests.written(Amount(unchecked: raw)) == Amount(unchecked: raw).description)
        }
    }

    static func written(_ amount: Amount) -> String {
        var bytes = [UInt8](repeating: 0, count: AmountText.bytesMax)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return unsafe AmountText.write(amount, to: base)
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    static func read(_ text: String) -> Amount? {
        unsafe Array(text.utf8).withUnsafeBytes { unsafe AmountText.read($0) }
    }
}
