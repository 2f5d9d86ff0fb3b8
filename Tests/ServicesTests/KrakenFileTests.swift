import Foundation
import Importing
import Ledger
import Storage
import Testing
import TestSupport
import Time
import VenueSupport

@testable import Services

@Suite("Kraken's account by file and by API") private struct KrakenFileTests {
    /// The same rows as Kraken's export tells them: times to the second.
    private static func file(_ rows: some Sequence<KrakenVenue.Row>) -> String {
        var text =
            #""txid","refid","time","type","subtype","aclass","asset","wallet","amount","fee","balance""#
            + "\n"
        for row in rows {
            let seconds = Int64(row.time.prefix { $0 != "." }) ?? 0
            let time = Timestamp(seconds: seconds).description.dropLast().replacing("T", with: " ")
            text +=
                "\"\(row.id)\",\"\(row.refid)\",\"\(time)\",\"\(row.type)\",\"\(row.subtype)\",\"currency\","
            text += "\"\(row.asset)\",\"spot / main\",\(row.amount),\(row.fee),0\n"
        }
        return text
    }

    private static func lines(_ it: ConnectedKraken) throws -> Int {
        try it.fixture.exported().split(separator: "\n").count - 1
    }

    @Test func `what came by file is known to the API`() throws {
        try withKraken { it in
            let imported = try it.fixture.importText(Self.file(ConnectedKraken.rows))
            #expect(imported.inserted == 6, "\(imported.issues)")
            #expect(try it.fixture.balances() == ConnectedKraken.balances)
            try it.connect()
            let sync = try it.sync()
            #expect(sync.errors == [])
            #expect(sync.eventsInserted == 0)
            #expect(sync.duplicatesSkipped == 6)
            #expect(sync.differences == [])
            let trades = try it.workspace.backfill(
                of: it.owner,
                source: .tradeHistorySync,
                isDryRun: false,
                maxPages: 3
            )
            #expect(trades.eventsInserted == 0)
            #expect(try Self.lines(it) == 6)
        }
    }

    @Test func `instant purchases that came by trades alone are known to a file, and the other way`() throws {
        for isFileFirst in [true, false] {
            try withKraken { it in
                try it.connect()
                func trades() throws -> BackfillOutcome {
                    try it.workspace.backfill(
                        of: it.owner,
                        source: .tradeHistorySync,
                        isDryRun: false,
                        maxPages: 3
                    )
                }
                let text = Self.file(ConnectedKraken.rows)
                if isFileFirst {
                    #expect(try it.fixture.importText(text).inserted == 6)
                    let read = try trades()
                    #expect(read.eventsFound == 3 && read.duplicatesSkipped == 3)
                } else {
                    #expect(try trades().eventsInserted == 3)
                    #expect(try it.fixture.importText(text).inserted == 3)
                }
                #expect(try trades().eventsInserted == 0)
                #expect(try it.sync().eventsInserted == 0)
                #expect(try it.fixture.balances() == ConnectedKraken.balances)
                #expect(try Self.lines(it) == 6)
            }
        }
    }

    @Test func `what came by the API is known to a file, in one commit and in many`() throws {
        for most in [1_000, 2] {
            try withKraken(change: { $0.storage.smallImportRowsMax = most }) { it in
                try it.connect()
                #expect(try it.sync().eventsInserted == 6)
                let imported = try it.fixture.importText(Self.file(ConnectedKraken.rows))
                #expect(imported.inserted == 0, "\(imported.issues)")
                #expect(imported.issues.filter { $0.severity == .error } == [])
                #expect(try it.fixture.balances() == ConnectedKraken.balances)
                #expect(try Self.lines(it) == 6)
            }
        }
    }

    @Test func `another account with the same rows is another account`() throws {
        try withKraken { it in
            try it.connect()
            #expect(try it.sync().eventsInserted == 6)
            let imported = try it.fixture.importText(
                Self.file(ConnectedKraken.rows),
                account: "Kraken of mine"
            )
            #expect(imported.inserted == 6)
        }
    }

    /// A ledger in which trades of one second are alike to the last digit.
    private static func history(_ random: inout SplitMix64) -> [[KrakenVenue.Row]] {
        var time = 1_690_000_000
        return (0..<Int.random(in: 8...60, using: &random)).map { number in
            time += Int.random(in: 0...3, using: &random) == 0 ? 0 : Int.random(in: 1...4, using: &random)
            // Rows come in the order of their times, as a ledger has them.
            let at = "\(time).\(1_000 + number)"
            let amount = "\(Int.random(in: 1...2, using: &random)).5"
            switch Int.random(in: 0..<3, using: &random) {
            case 0: return [.init("L\(number)", "F\(number)", at: at, "deposit", "XXBT", amount)]
            case 1: return [.init("L\(number)", "S\(number)", at: at, "staking", "DOT.S", amount)]
            default:
                return [
                    .init("La\(number)", "T\(number)", at: at, "trade", "ZEUR", "-\(amount)", fee: "0.1"),
                    .init("Lb\(number)", "T\(number)", at: at, "trade", "XXBT", amount),
                ]
            }
        }
    }

    @Test(arguments: 0..<24 as Range<UInt64>)
    func `files and readings that overlap in part double nothing and lose nothing`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let events = Self.history(&random)
        let all = events.flatMap { $0 }
        let ids = Set(events.map { $0.count == 2 ? $0[0].refid : $0[0].id })
        try withKraken { it in
            try it.connect()
            var seen = 0
            for turn in 0..<6 {
                if Bool.random(using: &random) || turn == 5 {
                    seen = turn == 5 ? events.count : Int.random(in: seen...events.count, using: &random)
                    it.venue.change { $0.rows = events.prefix(seen).flatMap { $0 } }
                    let again = Bool.random(using: &random)
                    #expect(try it.sync(isAgain: again).errors == [])
                } else {
                    let from = Int.random(in: 0..<events.count, using: &random)
                    let through = Int.random(in: from..<events.count, using: &random)
                    let part = events[from...through].flatMap { $0 }
                    let imported = try it.fixture.importText(Self.file(part))
                    #expect(imported.issues.filter { $0.severity == .error } == [])
                }
            }
            #expect(try it.fixture.importText(Self.file(all)).inserted == 0)
            #expect(try it.sync(isAgain: true).eventsInserted == 0)
            let exported = try it.fixture.exported().split(separator: "\n").dropFirst().map(String.init)
            #expect(exported.count == events.count)
            for id in ids { #expect(exported.count { $0.contains(",\(id),") } == 1, "\(id)") }
            #expect(try it.workspace.check().findings.isEmpty)
        }
    }
}
