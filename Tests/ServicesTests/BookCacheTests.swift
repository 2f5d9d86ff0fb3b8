import Ledger
import Money
import Storage
import Synchronization
import Testing
import Time

@testable import Services

@Suite("Books in memory")
private struct BookCacheTests {
    private func ids(_ snapshot: UserSnapshot) -> [Int64] {
        var ids: [Int64] = []
        snapshot.book.forEachRow { ids.append($0.id.raw) }
        return ids
    }

    @Test(arguments: [512 << 20, 1])
    func `snapshots have every acknowledged entry once, while others write, load and evict`(
        _ bytesMax: Int
    ) throws {
        try withFixture(change: { $0.cacheBytesMax = bytesMax }) { (fixture) throws in
            let workspace = fixture.workspace
            let other = try fixture.addUser("other").id
            _ = try fixture.importText(Sample.deposit("1"), of: other)
            let acknowledged = Atomic(0)
            let failures = Mutex<[String]>([])
            let writersLeft = Atomic(4)
            let isDone = concurrently(8) { number in
                do {
                    if number < 4 {
                        defer { writersLeft.subtract(1, ordering: .relaxed) }
                        for round in 0..<60 {
                            let text = Sample.deposit("1", second: number * 1000 + round)
                            let outcome = try fixture.importText(text)
                            acknowledged.add(outcome.inserted, ordering: .sequentiallyConsistent)
                            if number == 0, round % 10 == 9 {
                                workspace.books.shelf(of: fixture.owner).invalidate()
                            }
                        }
                        return
                    }
                    var last = 0
                    while writersLeft.load(ordering: .relaxed) > 0 {
                        let least = acknowledged.load(ordering: .sequentiallyConsistent)
                        let snapshot = try workspace.books.snapshot(of: fixture.owner)
                        let seen = ids(snapshot)
                        if seen.count < least { failures.withLock { $0.append("\(seen.count) of \(least)") } }
                        if Set(seen).count != seen.count { failures.withLock { $0.append("an entry twice") } }
                        if snapshot.version < last { failures.withLock { $0.append("an older version") } }
                        last = snapshot.version
                        if number == 7 { _ = try workspace.books.snapshot(of: other) }
                    }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
            #expect(isDone)
            #expect(failures.withLock { $0 } == [])
            #expect(try ids(workspace.books.snapshot(of: fixture.owner)).count == 240)
        }
    }

    @Test func `an entry that a load has seen is not added a second time`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(Sample.deposit("1"))
            fixture.workspace.books.shelf(of: fixture.owner).invalidate()
            let snapshot = try fixture.workspace.books.snapshot(of: fixture.owner)
            let entry = snapshot.book.entry(at: 0)
            // As when a load comes between a commit and the moment in which the writer tells of it.
            fixture.workspace.books.shelf(of: fixture.owner).add([entry])
            #expect(try fixture.workspace.books.snapshot(of: fixture.owner).book.count == 1)
        }
    }

    @Test func `a load that an undo overtakes is done again`() throws {
        let shelf = BookShelf(user: UserID(raw: 1))
        let generation = shelf.beginLoad()
        shelf.invalidate()
        let content = BookContent(book: .empty, registry: .builtIn, accounts: [:])
        #expect(shelf.finishLoad(content, generation: generation) == nil)
        #expect(shelf.snapshot() == nil)
    }

    @Test func `making room leaves a load that is under way alone`() throws {
        try withFixture(change: { $0.cacheBytesMax = 1 }) { (fixture) throws in
            let books = fixture.workspace.books
            let other = try fixture.addUser("other").id
            _ = try fixture.importText(Sample.deposit("1"), of: other)
            let shelf = books.shelf(of: fixture.owner)
            let generation = shelf.beginLoad()
            let entry = try books.snapshot(of: other).book.entry(at: 0)
            // What is written meanwhile takes room, and waits for the load all the same.
            shelf.add([entry])
            books.shelf(of: other).invalidate()
            _ = try books.snapshot(of: other)
            let content = BookContent(book: .empty, registry: .builtIn, accounts: [:])
            #expect(shelf.finishLoad(content, generation: generation)?.book.count == 1)
            books.shelf(of: other).invalidate()
            _ = try books.snapshot(of: other)
            #expect(shelf.loadedVersion == nil)
        }
    }

    @Test func `a Book that is only written to is dropped before what waits for a reader grows large`() throws
    {
        let shelf = BookShelf(user: UserID(raw: 1))
        let content = BookContent(book: .empty, registry: .builtIn, accounts: [:])
        #expect(shelf.finishLoad(content, generation: shelf.beginLoad()) != nil)
        let leg = Leg(amount: .one, asset: AssetID(raw: 1), account: AccountID(raw: 1))
        let entries = (1...Int64(BookShelf.pendingMax)).map { number in
            Entry(
                id: EntryID(raw: number),
                time: Timestamp(seconds: number),
                kind: .deposit,
                incoming: leg,
                outgoing: nil,
                fee: nil,
                value: nil,
                event: nil
            )
        }
        shelf.add(entries)
        #expect(shelf.loadedVersion != nil)
        shelf.add([entries[0]])
        #expect(shelf.loadedVersion == nil)
        #expect(shelf.bytes == 0)
    }

    @Test func `an undo takes the entries out of the next snapshot`() throws {
        try withFixture { (fixture) throws in
            let first = try fixture.importText(Sample.deposit("1"))
            _ = try fixture.importText(Sample.deposit("2", second: 5))
            let before = try fixture.workspace.books.snapshot(of: fixture.owner)
            let number = Int(try #require(first.importNumber))
            #expect(try fixture.workspace.undoImport(number, of: fixture.owner) == 1)
            let after = try fixture.workspace.books.snapshot(of: fixture.owner)
            #expect(before.book.count == 2)
            #expect(after.book.count == 1)
            #expect(after.version > before.version)
            #expect(try fixture.balances() == ["BTC": "2"])
        }
    }

    @Test func `the Book that was unused for longest goes first when memory is short`() throws {
        try withFixture(change: { $0.cacheBytesMax = 150 }) { (fixture) throws in
            let books = fixture.workspace.books
            let users = [fixture.owner, try fixture.addUser("a").id, try fixture.addUser("b").id]
            for user in users { _ = try fixture.importText(Sample.deposit("1"), of: user) }
            for user in users { books.shelf(of: user).invalidate() }
            for user in users { _ = try books.snapshot(of: user) }
            #expect(users.map { books.loaded($0) != nil } == [false, false, true])
            _ = try books.snapshot(of: users[0])
            #expect(users.map { books.loaded($0) != nil } == [true, false, false])
        }
    }

    @Test func `a snapshot taken before a write keeps what it had`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(Sample.deposit("1"))
            let before = try fixture.workspace.books.snapshot(of: fixture.owner)
            _ = try fixture.importText(Sample.deposit("1", "XYZ", second: -100))
            let after = try fixture.workspace.books.snapshot(of: fixture.owner)
            #expect(before.book.count == 1)
            #expect(after.book.count == 2)
            #expect(after.registry.asset(code: "xyz") != nil)
            #expect(before.registry.asset(code: "xyz") == nil)
        }
    }
}
