import Dispatch
import Foundation
import Ledger
import Synchronization
import Testing
import Time

@testable import Storage

@Suite("Opening a data folder", .temporaryFolder) private struct OpeningTests {
    @Test func `files are for their owner alone`() throws {
        let sample = try Sample()
        let manager = FileManager.default
        func rights(_ path: String) throws -> Int {
            try #require(try manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        }
        #expect(try rights(TemporaryFolder.data) == 0o700)
        for name in try manager.contentsOfDirectory(atPath: TemporaryFolder.data) {
            #expect(try rights(TemporaryFolder.data + "/" + name) == 0o600, "\(name)")
        }
        sample.database.close()
    }

    @Test func `what was written is there after opening again`() throws {
        var sample: Sample? = try Sample()
        let user = try #require(sample).user
        try #require(sample).importRows(try #require(sample).rows(seconds: [1, 2]))
        try #require(sample).database.close()
        sample = nil
        let again = try Database.open(folder: TemporaryFolder.data)
        let count = try again.read { connection throws(StorageError) in
            try connection.entries(of: user, limit: 10).count
        }
        #expect(count == 2)
    }

    @Test func `a second writer is refused with the first one's process`() throws {
        let sample = try Sample()
        let error = storageError { _ = try Database.open(folder: TemporaryFolder.data) }
        #expect(error?.kind == .folderInUse(pid: ProcessInfo.processInfo.processIdentifier))
        #expect("\(try #require(error))".contains("in use by process"))
        sample.database.close()
    }

    @Test func `a reader needs no lock and sees commits`() throws {
        let sample = try Sample()
        let reader = try Database.openReadOnly(folder: TemporaryFolder.data)
        try sample.importRows(sample.rows(seconds: [1]))
        let count = try reader.read { connection throws(StorageError) in
            try connection.entries(of: sample.user, limit: 10).count
        }
        #expect(count == 1)
        #expect(!reader.isWritable)
        let error = storageError { try reader.writeAndWait { _ in } }
        #expect(error?.kind == .readOnly)
    }

    @Test func `a missing folder cannot be read`() {
        #expect(
            storageError { _ = try Database.openReadOnly(folder: TemporaryFolder.data) }?.kind == .notOpenable
        )
    }

    @Test func `a later schema is refused with both numbers`() throws {
        let sample = try Sample()
        try sample.tamper("PRAGMA user_version = 99")
        sample.database.close()
        let expected = StorageError.Kind.newerSchema(found: 99, known: Migration.latest)
        #expect(
            storageError { _ = try Database.openReadOnly(folder: TemporaryFolder.data) }?.kind == expected
        )
        #expect(storageError { _ = try Database.open(folder: TemporaryFolder.data) }?.kind == expected)
    }

    @Test func `a file that is no database is refused`() throws {
        try FileManager.default.createDirectory(
            atPath: TemporaryFolder.data,
            withIntermediateDirectories: true
        )
        try Data(repeating: 65, count: 5000).write(
            to: URL(fileURLWithPath: TemporaryFolder.data + "/coffer.db")
        )
        #expect(storageError { _ = try Database.open(folder: TemporaryFolder.data) }?.kind == .corrupt)
        #expect(
            storageError { _ = try Database.openReadOnly(folder: TemporaryFolder.data) }?.kind == .corrupt
        )
    }

    @Test func `another program's database is refused`() throws {
        try FileManager.default.createDirectory(
            atPath: TemporaryFolder.data,
            withIntermediateDirectories: true
        )
        let other = try Connection(path: TemporaryFolder.data + "/coffer.db", mode: .readWrite)
        try other.execute("CREATE TABLE cats (name)")
        #expect(storageError { _ = try Database.open(folder: TemporaryFolder.data) }?.kind == .corrupt)
    }

    @Test func `a folder without the right to write is refused`() async {
        await #expect(processExitsWith: .success) {
            let folder = FileManager.default.temporaryDirectory.path + "/coffer-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try setRights(0o555, of: folder)
            // Root may write anywhere, so it becomes nobody.
            if getuid() == 0 { #expect(seteuid(65_534) == 0) }
            #expect(storageError { _ = try Database.open(folder: folder) }?.kind == .readOnly)
            #expect(storageError { _ = try Database.open(folder: folder + "/data") }?.kind == .readOnly)
            if getuid() == 0 { #expect(seteuid(0) == 0) }
            try setRights(0o755, of: folder)
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test func `a folder that may only be read can be read`() async {
        await #expect(processExitsWith: .success) {
            let folder = FileManager.default.temporaryDirectory.path + "/coffer-" + UUID().uuidString
            let database = try Database.open(folder: folder)
            let user = try database.writeAndWait { try $0.addUser(name: "Ada").id }
            database.close()
            try setRights(0o555, of: folder)
            try setRights(0o444, of: folder + "/coffer.db")
            if getuid() == 0 { #expect(seteuid(65_534) == 0) }
            let reader = try Database.openReadOnly(folder: folder)
            let found = try reader.read { connection throws(StorageError) in try connection.user(user) }
            #expect(found?.name == "Ada")
            if getuid() == 0 { #expect(seteuid(0) == 0) }
            try setRights(0o755, of: folder)
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test func `a folder in place of the database is refused`() throws {
        try FileManager.default.createDirectory(
            atPath: TemporaryFolder.data + "/coffer.db",
            withIntermediateDirectories: true
        )
        #expect(storageError { _ = try Database.open(folder: TemporaryFolder.data) }?.kind == .notOpenable)
    }

    @Test func `a database locked by another program is busy`() throws {
        var options = DatabaseOptions()
        options.limits.busyMilliseconds = 50
        let sample = try Sample(options: options)
        let other = try Connection(path: TemporaryFolder.data + "/coffer.db", mode: .readWrite)
        try other.execute("BEGIN IMMEDIATE")
        let error = storageError { try sample.importRows(sample.rows(seconds: [1])) }
        #expect(error?.kind == .busy)
        try other.execute("ROLLBACK")
        try sample.importRows(sample.rows(seconds: [1]))
    }
}

@Suite("Migrations", .temporaryFolder) private struct MigrationTests {
    @Test func `the embedded steps are the files`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/Storage/Schema").standardizedFileURL
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".sql") }.sorted()
        #expect(files.count == Migration.all.count)
        for (file, step) in zip(files, Migration.all) {
            let padded = String(repeating: "0", count: 4 - String(step.number).count) + String(step.number)
            #expect(file == "\(padded)_\(step.name).sql")
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            #expect(step.sql == text)
        }
        #expect(Migration.all.map { $0.number } == Array(1...Migration.latest))
    }

    @Test func `the table of kinds is the ledger's`() throws {
        let sample = try Sample()
        let stored = try sample.database.read { connection throws(StorageError) in
            try connection.rows("SELECT id, name FROM kinds ORDER BY id") {
                [String($0.integer(0)), $0.text(1)]
            }
        }
        #expect(stored == EntryKind.allCases.map { [String($0.rawValue), $0.name] })
    }

    @Test func `a folder of the first schema is brought up to date, with a copy of what it was`() throws {
        let path = TemporaryFolder.path + "/coffer.db"
        do {
            let connection = try Connection(path: path, mode: .readWrite)
            try Migration.migrate(connection, through: [Migration.all[0]]) { _ in }
            #expect(try connection.number("PRAGMA user_version") == 1)
        }
        #expect(throws: StorageError.self) { try Database.openReadOnly(folder: TemporaryFolder.path) }
        let database = try Database.open(folder: TemporaryFolder.path)
        defer { database.close() }
        let version = try database.read { connection throws(StorageError) in
            try connection.number("PRAGMA user_version")
        }
        #expect(version == Int64(Migration.latest))
        #expect(FileManager.default.fileExists(atPath: path + ".schema1"))
    }

    @Test func `a step that fails leaves nothing, and a copy is made before a change`() throws {
        let connection = try Connection(path: TemporaryFolder.path + "/a.db", mode: .readWrite)
        let first = Migration(number: 1, name: "one", sql: "CREATE TABLE one (a) STRICT;")
        let good = Migration(number: 1, name: "one", sql: "CREATE TABLE one (a INTEGER) STRICT;")
        let bad = Migration(
            number: 2,
            name: "two",
            sql: "CREATE TABLE two (a INTEGER) STRICT; SELECT nonsense;"
        )
        var copies: [Int] = []
        #expect(throws: StorageError.self) {
            try Migration.migrate(connection, through: [first]) { copies.append($0) }
        }
        try Migration.migrate(connection, through: [good]) { copies.append($0) }
        #expect(copies == [])
        #expect(throws: StorageError.self) {
            try Migration.migrate(connection, through: [good, bad]) { copies.append($0) }
        }
        #expect(copies == [1])
        #expect(try connection.number("PRAGMA user_version") == 1)
        #expect(try connection.number("SELECT count(*) FROM sqlite_master WHERE name = 'two'") == 0)
        #expect(!connection.isInTransaction)
    }
}

@Suite("Group commit", .temporaryFolder) private struct WriterTests {
    private struct Refused: Error {}

    @Test(arguments: [false, true])
    func `one failing write does not spoil the others`(isRepeatable: Bool) throws {
        let sample = try Sample()
        let done = DispatchGroup()
        let results = Mutex<[Int: Bool]>([:])
        // The first job holds the writer so that the others share a commit.
        sample.database.submit(isRepeatable: isRepeatable, { _ in usleep(50_000) }, completion: { _ in })
        for number in 0..<200 {
            done.enter()
            let user = sample.user
            let row = sample.row(0, second: number)
            sample.database.submit(isRepeatable: isRepeatable) { transaction in
                _ = try transaction.importOnce(ImportDraft(user: user), rows: [row])
                if number % 7 == 3 { throw Refused() }
            } completion: { result in
                results.withLock { results in
                    if case .success = result { results[number] = true } else { results[number] = false }
                }
                done.leave()
            }
        }
        done.wait()
        let outcome = results.withLock { $0 }
        #expect(outcome.count == 200)
        #expect(outcome.allSatisfy { $0.value == ($0.key % 7 != 3) })
        let seconds = try sample.live().map { Int($0.entry.time.seconds - 1_600_000_000) }
        #expect(seconds == (0..<200).filter { $0 % 7 != 3 })
        #expect(sample.database.statistics.commits < 100)
        #expect(try sample.check().findings == [])
    }

    @Test func `a lone failing write leaves nothing`() throws {
        let sample = try Sample()
        let user = sample.user
        let row = sample.row(0, second: 1)
        #expect(throws: Refused.self) {
            try sample.database.writeAndWait { transaction in
                _ = try transaction.importOnce(ImportDraft(user: user), rows: [row])
                throw Refused()
            }
        }
        #expect(try sample.live() == [])
        #expect(try sample.check().findings == [])
    }

    @Test func `a full database refuses, lives on and writes again`() throws {
        let sample = try Sample()
        try sample.tamper("PRAGMA max_page_count = 60")
        var full: StorageError?
        var stored = 0
        for number in 0..<2000 where full == nil {
            let row = ImportRow(
                entry: sample.row(0, second: number).entry,
                texts: EntryTexts(comment: String(repeating: "x", count: 2000))
            )
            full = storageError { try sample.importRows([row]) }
            if full == nil { stored += 1 }
        }
        #expect(full?.kind == .full)
        #expect(try sample.live().count == stored)
        try sample.tamper("PRAGMA max_page_count = 1000000")
        try sample.importRows([sample.row(0, second: 5000)])
        #expect(try sample.live().count == stored + 1)
        #expect(try sample.check().findings == [])
    }

    @Test func `a full database fails all writes that shared the commit or keeps those it answered`() throws {
        let sample = try Sample()
        try sample.tamper("PRAGMA max_page_count = 60")
        let good = Mutex<Set<Int>>([])
        let done = DispatchGroup()
        sample.database.submit({ _ in usleep(50_000) }, completion: { _ in })
        for number in 0..<300 {
            done.enter()
            let user = sample.user
            let row = ImportRow(
                entry: sample.row(0, second: number).entry,
                texts: EntryTexts(comment: String(repeating: "x", count: 3000))
            )
            sample.database.submit {
                _ = try $0.importOnce(ImportDraft(user: user), rows: [row])
            } completion: { result in
                if case .success = result { good.withLock { _ = $0.insert(number) } }
                done.leave()
            }
        }
        done.wait()
        let seconds = Set(try sample.live().map { Int($0.entry.time.seconds - 1_600_000_000) })
        #expect(seconds == good.withLock { $0 })
        #expect(seconds.count < 300)
    }

    @Test func `too many waiting writes are refused`() throws {
        var options = DatabaseOptions()
        options.limits.queuedJobsMax = 10
        let sample = try Sample(options: options)
        let gate = DispatchSemaphore(value: 0)
        let started = DispatchSemaphore(value: 0)
        sample.database.submit(
            { _ in
                started.signal()
                gate.wait()
            },
            completion: { _ in }
        )
        started.wait()
        let refused = Mutex(0)
        for _ in 0..<15 {
            sample.database.submit({ _ in }) { result in
                if case .failure(let error) = result, (error as? StorageError)?.kind == .overloaded {
                    refused.withLock { $0 += 1 }
                }
            }
        }
        gate.signal()
        sample.database.close()
        #expect(refused.withLock { $0 } == 5)
    }

    @Test func `closing writes what waits and refuses what comes later`() throws {
        let sample = try Sample()
        let user = sample.user
        for number in 0..<50 {
            let row = sample.row(0, second: number)
            sample.database.submit(
                { _ = try $0.importOnce(ImportDraft(user: user), rows: [row]) },
                completion: { _ in }
            )
        }
        sample.database.close()
        #expect(storageError { try sample.database.writeAndWait { _ in } }?.kind == .closed)
        #expect(try sample.live().count == 50)
    }

    @Test func `readers keep their snapshot and do not wait for the writer`() throws {
        let sample = try Sample()
        try sample.importRows([sample.row(0, second: 1)])
        let database = sample.database
        let user = sample.user
        let row = sample.row(0, second: 2)
        let counts = try database.read { connection throws(StorageError) in
            let before = try connection.entries(of: user, limit: 10).count
            let done = DispatchSemaphore(value: 0)
            database.submit({ try $0.importOnce(ImportDraft(user: user), rows: [row]) }) { _ in done.signal()
            }
            done.wait()
            return [before, try connection.entries(of: user, limit: 10).count]
        }
        #expect(counts == [1, 1])
        #expect(try sample.live().count == 2)
    }

    @Test func `a failed sync is fatal and nothing is acknowledged after it`() throws {
        let fatal = Mutex<[StorageError]>([])
        var options = DatabaseOptions()
        options.onFatal = { error in fatal.withLock { $0.append(error) } }
        let sample = try Sample(options: options)
        let failed = StorageError(.ioError, code: StorageError.syncFailed, operation: "testing")
        // A transaction that SQLite ended by itself after a failed sync, beside another job.
        sample.database.submit({ _ in usleep(30_000) }, completion: { _ in })
        sample.database.submit({ _ in }, completion: { _ in })
        sample.database.submit(
            { transaction in
                try transaction.connection.execute("ROLLBACK")
                throw failed
            },
            completion: { _ in }
        )
        #expect(storageError { try sample.database.writeAndWait { _ in } } == failed)
        #expect(storageError { try sample.database.writeAndWait { _ in } } == failed)
        #expect(fatal.withLock { $0.map(\.code) } == [failed.code])
    }

    @Test func `the process ends with code 75 by default`() async {
        await #expect(processExitsWith: .exitCode(75)) {
            DatabaseOptions().onFatal(StorageError(.ioError, operation: "testing"))
        }
    }
}

private func setRights(_ rights: Int, of path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: rights], ofItemAtPath: path)
}
