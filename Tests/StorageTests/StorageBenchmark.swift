import Dispatch
import Foundation
import Ledger
import Money
import Synchronization
import TestSupport
import Testing
import Time

@testable import Storage

/// Figures of this machine, printed when COFFER_BENCH=1 is set; build with -c release for figures that mean something.
@Suite(
    "Storage benchmark",
    .temporaryFolder,
    .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["COFFER_BENCH"] == "1")
)
private struct StorageBenchmark {
    private func rows(_ count: Int, _ sample: Sample) -> [ImportRow] {
        var random = SplitMix64(seed: 42)
        var second = 0
        return (0..<count).map { number in
            second += Int(random.next() % 120)
            let amount = Amount(unchecked: Int128(random.next() % 100_000_000_000) * 10_000_000_000)
            let cost = Amount(unchecked: Int128(random.next() % 10_000_000) * 10_000_000_000_000_000)
            let usd = AssetID(raw: 2)
            let coin = AssetID(raw: UInt32(3 + random.next() % 12))
            return ImportRow(
                entry: Entry(
                    id: EntryID(raw: Int64(number)),
                    time: Timestamp(seconds: 1_400_000_000 + Int64(second)),
                    kind: .trade,
                    incoming: Leg(amount: amount, asset: coin, account: sample.account),
                    outgoing: Leg(amount: cost, asset: usd, account: sample.account),
                    fee: Leg(amount: Amount(unchecked: cost.raw / 250), asset: usd, account: sample.account),
                    value: AssetAmount(amount: cost, asset: usd)
                ),
                texts: EntryTexts(reference: "tx-\(number)", exchange: "Coinbase")
            )
        }
    }

    private func seconds(_ duration: Duration) -> String {
        String(Double(duration.wholeMicroseconds / 1000) / 1000) + " s"
    }

    @Test(arguments: [4096, 8192, 16_384])
    func `a million rows in and out`(pageSize: Int) throws {
        let count = 1_000_000
        var options = DatabaseOptions()
        options.pageSize = pageSize
        let sample = try Sample(options: options)
        let user = sample.user
        let database = sample.database
        let rows = rows(count, sample)
        let clock = ContinuousClock()
        let insertion = try clock.measure {
            let session = try database.writeAndWait {
                try $0.beginImport(ImportDraft(user: user), rows: count)
            }
            for start in stride(from: 0, to: count, by: 10_000) {
                let slice = rows[start..<start + 10_000]
                try database.writeAndWait { _ = try $0.insert(slice, into: session) }
            }
            try database.writeAndWait { _ = try $0.commitImport(session) }
        }
        let statistics = database.statistics
        print(
            "page \(pageSize): insert 10^6 rows \(seconds(insertion)),",
            "longest commit \(statistics.longestCommitMicroseconds / 1000) ms,",
            "longest hold \(statistics.longestHoldMicroseconds / 1000) ms,",
            "log at most \((statistics.walPagesMax * pageSize) >> 20) MiB"
        )
        for _ in 0..<3 {
            var loaded = 0
            let load = try clock.measure { loaded = try database.loadBook(of: user).count }
            #expect(loaded == count)
            print("page \(pageSize): load Book of 10^6 \(seconds(load))")
        }
        let again = try clock.measure {
            let session = try database.writeAndWait {
                try $0.beginImport(ImportDraft(user: user), rows: count)
            }
            for start in stride(from: 0, to: count, by: 10_000) {
                let slice = rows[start..<start + 10_000]
                try database.writeAndWait { _ = try $0.insert(slice, into: session) }
            }
            try database.writeAndWait { _ = try $0.commitImport(session) }
        }
        print("page \(pageSize): the same file again \(seconds(again))")
        let probe = try clock.measure {
            _ = try database.read { connection throws(StorageError) in
                try connection.probe(rows[...], user: user, session: ProbeSession())
            }
        }
        var isClean = false
        let check = try clock.measure { isClean = try sample.check().findings.isEmpty }
        #expect(isClean)
        print(
            "page \(pageSize): probe \(seconds(probe)), check \(seconds(check)),",
            "file \(DataFolder.size(DataFolder.databasePath(database.folder)) >> 20) MiB"
        )
        database.close()
    }

    @Test(arguments: [4096, 8192], [false, true])
    func `single rows from many submitters`(pageSize: Int, isScattered: Bool) throws {
        let submitters = 64
        var options = DatabaseOptions()
        options.pageSize = pageSize
        let sample = try Sample(options: options)
        let user = sample.user
        let database = sample.database
        let each = 2000
        let rows = rows(submitters * each, sample).map { row in
            ImportRow(entry: row.entry.moved(by: -row.entry.id.raw), texts: row.texts)
        }
        let done = DispatchSemaphore(value: 0)
        let failures = Mutex(0)
        @Sendable func send(_ submitter: Int, _ number: Int) {
            guard number < each else {
                done.signal()
                return
            }
            let row = rows[isScattered ? submitter * each + number : number * submitters + submitter]
            database.submit { transaction in
                try transaction.importOnce(ImportDraft(user: user), rows: [row]).verdicts.count
            } completion: { result in
                if case .failure = result { failures.withLock { $0 += 1 } }
                send(submitter, number + 1)
            }
        }
        let duration = ContinuousClock().measure {
            for submitter in 0..<submitters { send(submitter, 0) }
            for _ in 0..<submitters { done.wait() }
        }
        #expect(failures.withLock { $0 } == 0)
        let statistics = database.statistics
        let perSecond = Int64(submitters * each) * 1_000_000 / duration.wholeMicroseconds
        print(
            "one-row imports, page \(pageSize), \(isScattered ? "scattered" : "in order"), \(submitters) submitters: \(perSecond)/s, \(statistics.commits) commits,",
            "longest commit \(statistics.longestCommitMicroseconds / 1000) ms"
        )
    }
}
