import Foundation
import Glibc
import Synchronization
import TestSupport
import JSON
import Testing

/// The rounds of loops that may take hours; `Scripts/crash-loop` runs them long.
private let isLong = ProcessInfo.processInfo.environment["COFFER_LONG"] != nil

@Suite("Crashes lose nothing", .serialized)
private struct CrashTests {
    private let coffer: Coffer

    init() throws {
        coffer = try Coffer()
    }

    @Test
    func `An import that was killed is there whole or not at all, and the next one completes it`() throws {
        let first = try coffer.state(after: Histories.file((0..<5).map { Histories.purchase($0) }))
        let rows = 60_000
        let file = Histories.file((0..<rows).map { Histories.purchase($0) })
        try coffer.folder.write(file, to: "large.csv")
        // How long it takes undisturbed, in a folder of its own.
        let clock = ContinuousClock()
        let started = clock.now
        #expect(try coffer("import", "large.csv", "--data", "other").code == 0)
        let microseconds = (clock.now - started) / .microseconds(1)
        let whole = try coffer("export", "--data", "other").output
        var random = SplitMix64(seed: 20_240_229)
        var killed = 0
        for round in 0..<(isLong ? 300 : 15) {
            let child = try coffer.start(["import", "large.csv"])
            let share = Double.random(in: 0...1.05, using: &random)
            usleep(UInt32(share * microseconds))
            let isOver = child.end().code == 0
            killed += isOver ? 0 : 1
            let state = try coffer.state()
            #expect(state == first || state == whole, "round \(round), at \(share)")
            #expect(!isOver || state == whole)
            guard state == whole else { continue }
            // It was through: the next round needs it gone.
            let batches = try #require(try coffer("batches", "--json").json()["batches"]?.array)
            let committed = batches.filter { $0["state"]?.string == "committed" }
            let numbers = committed.compactMap { $0["import_id"]?.string.flatMap { Int($0) } }
            let last = String(try #require(numbers.max()))
            #expect(try coffer("batches", "--undo", last).code == 0)
            #expect(try coffer.state() == first)
        }
        #expect(killed > 5)
        let last = try coffer("import", "large.csv", "--json").json()
        #expect(last["inserted"]?.integer == Int64(rows - 5))
        #expect(last["existing"]?.integer == 5)
        #expect(try coffer.state() == whole)
        #expect(try coffer("import", "large.csv", "--json").json()["inserted"]?.integer == 0)
    }

    @Test
    func `Every row that a killed server acknowledged is there once, and no other is there twice`() throws {
        let token = try coffer.token()
        let next = Atomic(0)
        for round in 0..<(isLong ? 200 : 4) {
            let server = try Server(coffer)
            let acknowledged = Mutex<[String]>([])
            let isOver = Atomic(false)
            let group = DispatchGroup()
            for _ in 0..<16 {
                group.enter()
                Thread.detachNewThread {
                    defer { group.leave() }
                    while !isOver.load(ordering: .relaxed) {
                        let number = next.add(1, ordering: .relaxed).newValue
                        let row = Histories.purchase(number, reference: "post-\(number)")
                        // A request that the crash cut off has an unknown outcome and is not counted.
                        guard let answer = try? server.upload(Histories.file([row]), token: token),
                            answer.status == 200
                        else { continue }
                        acknowledged.withLock { $0.append("post-\(number)") }
                    }
                }
            }
            let deadline = Date().addingTimeInterval(20)
            while acknowledged.withLock({ $0.count }) < 50, Date() < deadline { usleep(2000) }
            usleep(UInt32(round % 5 * 37_000))
            server.kill()
            isOver.store(true, ordering: .relaxed)
            #expect(group.wait(timeout: .now() + 60) == .success)
            let export = try coffer.state()
            var counts: [Substring: Int] = [:]
            for line in export.split(separator: "\n").dropFirst() {
                counts[line.split(separator: ",", omittingEmptySubsequences: false)[15], default: 0] += 1
            }
            let sure = acknowledged.withLock { $0 }
            #expect(sure.count > 20, "the server was at work")
            for reference in sure { #expect(counts[Substring(reference)] == 1, "\(reference)") }
            #expect(counts.values.allSatisfy { $0 == 1 })
        }
    }

    @Test(arguments: [0, 1, 2, 5, 10, 20, 40])
    func `A first command that was killed leaves a folder that the next one can use`(milliseconds: Int) throws
    {
        try coffer.folder.write(Histories.small, to: "small.csv")
        let child = try coffer.start(["import", "small.csv"])
        usleep(UInt32(milliseconds * 1000))
        child.end()
        let balances = try coffer("balances")
        #expect(balances.code == 0, "\(balances.errors)")
        #expect(try coffer("import", "small.csv").code == 0)
        #expect(try coffer.state().split(separator: "\n").count == 13)
    }

    @Test
    func `An import of prices that was killed is completed by the next one`() throws {
        var text = "time,base,quote,price\n"
        for number in 0..<40_000 { text += "\(Histories.instant(number * 60)),BTC,USD,\(number + 1)\n" }
        try coffer.folder.write(text, to: "prices.csv")
        for milliseconds in [20, 60, 120, 250, 400] {
            let child = try coffer.start(["prices", "import", "prices.csv"])
            usleep(UInt32(milliseconds * 1000))
            child.end()
            #expect(try coffer("check").code == 0)
            #expect(try coffer("prices", "status").code == 0)
        }
        #expect(try coffer("prices", "import", "prices.csv").code == 0)
        let status = try #require(try coffer("prices", "status", "--json").json()["prices"]?.array)
        let pair = status.first { $0["base"]?.string == "BTC" && $0["quote"]?.string == "USD" }
        #expect(pair?["count"]?.integer == 40_000)
    }

    @Test
    func `An undo that was killed is done whole or not at all`() throws {
        try coffer.folder.write(Histories.file((0..<20_000).map { Histories.purchase($0) }), to: "large.csv")
        #expect(try coffer("import", "large.csv").code == 0)
        let whole = try coffer.state()
        for microseconds in [5000, 10_000, 15_000, 20_000, 30_000, 40_000] as [UInt32] {
            let child = try coffer.start(["batches", "--undo", "1"])
            usleep(microseconds)
            let isOver = child.end().code == 0
            let state = try coffer.state()
            #expect(state == whole || state == Histories.header + "\n")
            #expect(!isOver || state != whole)
        }
    }
}

extension Coffer {
    /// A token of a user, the owner unless named.
    func token(of user: String? = nil, scopes: String = "read,write") throws -> String {
        let words = ["token", "create", "--json", "--scopes", scopes] + (user.map { ["--user", $0] } ?? [])
        return try #require(try run(words).json()["token"]?.string)
    }
}
