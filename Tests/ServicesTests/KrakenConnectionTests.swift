import Connectors
import Crypto
import Foundation
import Importing
import Ledger
import Money
import Storage
import Testing
import TestSupport
import Time
import VenueSupport

@testable import Services

@Suite("Kraken's accounts") private struct KrakenConnectionTests {
    // MARK: Reading

    @Test func `a ledger is read once and gives the venue's balances`() throws {
        try withKraken { it in
            let added = try it.connect()
            #expect(added.label == "Kraken")
            #expect(added.account == "Kraken")
            #expect(added.venue == "kraken")
            #expect(!added.isInvalid)
            let sync = try it.sync()
            #expect(sync.errors == [])
            #expect(sync.remarks == [])
            #expect(it.venue.faults == [])
            #expect(sync.eventsFound == 6)
            #expect(sync.eventsInserted == 6)
            #expect(sync.isComplete)
            #expect(sync.differences == [])
            #expect(try it.fixture.balances() == ConnectedKraken.balances)
            let second = try it.sync()
            #expect(second.eventsFound == 0)
            #expect(second.eventsInserted == 0)
            #expect(try it.workspace.imports(of: it.owner).map(\.fileName) == ["kraken ledger"])
            let snapshot = try it.workspace.books.snapshot(of: it.owner)
            #expect(snapshot.accounts[added.accountID]?.kind == "exchange")
            #expect(snapshot.accounts[added.accountID]?.venue == "kraken")
            #expect(try it.workspace.check().findings.isEmpty)
            let exported = try it.fixture.exported()
            for line in [
                "trade,0.01,BTC,400,EUR,1.04,EUR,400,EUR,", "trade,180,EUR,0.004,BTC,0.468,EUR,180,EUR,",
                "trade,90,ADA,50,EUR,,,50,EUR,", "staking,0.25,ADA,", "withdrawal,,,0.005,BTC,0.0001,BTC,",
                "TAAAA1-00001", "LAAAA1-00009-AAAAA1",
            ] {
                #expect(exported.contains(line), "\(line) in \(exported)")
            }
        }
    }

    @Test func `trades alone are read by the backfill, and the ledger knows them by their ids`() throws {
        try withKraken { it in
            try it.connect()
            let trades = try it.workspace.backfill(
                of: it.owner,
                source: .tradeHistorySync,
                isDryRun: false,
                maxPages: 3
            )
            #expect(trades.errors == [])
            // Two trades, and the instant purchase with its rows of other sorts.
            #expect(trades.eventsInserted == 3)
            #expect(try it.fixture.exported().contains("trade,90,ADA,50,EUR,,,50,EUR,"))
            #expect(try it.fixture.exported().contains("TSAAA1-00003"))
            #expect(try it.workspace.imports(of: it.owner).map(\.fileName) == ["kraken trades"])
            let sync = try it.sync()
            #expect(sync.eventsFound == 6)
            #expect(sync.eventsInserted == 3)
            #expect(sync.duplicatesSkipped == 3)
            #expect(sync.differences == [])
            #expect(try it.fixture.balances() == ConnectedKraken.balances)
            // The ledgers of Coinbase are none of Kraken's.
            let other = try it.workspace.backfill(
                of: it.owner,
                source: .coinbaseLedger,
                isDryRun: false,
                maxPages: 3
            )
            #expect(other.errors.first?.contains("no Coinbase account is connected") == true)
        }
    }

    @Test func `two trades alike in one second are two`() throws {
        try withKraken { it in
            try it.connect()
            let fills = (1...2).flatMap { number in
                [
                    KrakenVenue.Row(
                        "LA\(number)",
                        "T\(number)",
                        at: "1700000000.5",
                        "trade",
                        "ZEUR",
                        "-10",
                        fee: "0.01"
                    ),
                    KrakenVenue.Row(
                        "LB\(number)",
                        "T\(number)",
                        at: "1700000000.5",
                        "trade",
                        "XXBT",
                        "0.001"
                    ),
                ]
            }
            it.venue.change {
                $0.rows = Array(fills.prefix(2))
                $0.balances = []
            }
            #expect(try it.sync().eventsInserted == 1)
            // The other, which is like it to the last digit, comes by another list and then by this one.
            it.venue.change { $0.rows = fills }
            let trades = try it.workspace.backfill(
                of: it.owner,
                source: .tradeHistorySync,
                isDryRun: false,
                maxPages: 3
            )
            #expect(trades.eventsInserted == 1)
            #expect(trades.duplicatesSkipped == 1)
            #expect(try it.sync().eventsInserted == 0)
            #expect(try it.fixture.balances()["BTC"] == "0.002")
        }
    }

    /// A long random ledger: deposits, trades of two rows with one time, rewards, moves into staking.
    private static func history(_ random: inout SplitMix64) -> [KrakenVenue.Row] {
        var rows: [KrakenVenue.Row] = []
        var time = 1_690_000_000
        for number in 0..<Int.random(in: 20...160, using: &random) {
            time += Int.random(in: 0...40_000, using: &random)
            let at = "\(time).\(Int.random(in: 1000...9999, using: &random))"
            let amount = "\(Int.random(in: 1...9, using: &random)).5"
            switch Int.random(in: 0..<4, using: &random) {
            case 0: rows.append(.init("L\(number)", "F\(number)", at: at, "deposit", "XETH", amount))
            case 1:
                rows.append(
                    .init("L\(number)", "S\(number)", at: at, "earn", "DOT28.S", amount, subtype: "reward")
                )
            case 2:
                rows.append(
                    .init(
                        "La\(number)",
                        "X\(number)",
                        at: at,
                        "earn",
                        "XETH",
                        "-\(amount)",
                        subtype: "allocation"
                    )
                )
                rows.append(
                    .init("Lb\(number)", "X\(number)", at: at, "earn", "ETH.F", amount, subtype: "allocation")
                )
            default:
                rows.append(
                    .init("La\(number)", "T\(number)", at: at, "trade", "ZEUR", "-\(amount)", fee: "0.1")
                )
                rows.append(.init("Lb\(number)", "T\(number)", at: at, "trade", "XXBT", amount))
            }
        }
        return rows
    }

    /// The first rows, as many as are asked for and those of the last one's event: the rows of one event come together.
    private static func wholeEvents(_ rows: [KrakenVenue.Row], _ count: Int) -> [KrakenVenue.Row] {
        var end = min(count, rows.count)
        while end > 0, end < rows.count, rows[end].refid == rows[end - 1].refid { end += 1 }
        return Array(rows.prefix(end))
    }

    @Test(arguments: 0..<16 as Range<UInt64>)
    func `any pieces, failures, arrivals and repetitions give the ledger of one reading`(seed: UInt64) throws
    {
        var random = SplitMix64(seed: seed)
        let rows = Self.history(&random)
        func lines(_ it: ConnectedKraken) throws -> [String] {
            try it.fixture.exported().split(separator: "\n").map(String.init).sorted()
        }
        let whole = try withKraken { it in
            try it.connect()
            it.venue.change { $0.rows = rows }
            #expect(try it.sync().errors == [])
            return try lines(it)
        }
        let pieces = try withKraken { it in
            try it.connect()
            let known = Int.random(in: 0...rows.count, using: &random)
            let each = Int.random(in: 0...9, using: &random)
            let failing = Int.random(in: 3...9, using: &random)
            let isFailing = Bool.random(using: &random)
            it.venue.change {
                $0.mixesTies = true
                $0.rows = Self.wholeEvents(rows, known)
                $0.before = { _, content in
                    content.rows = Self.wholeEvents(rows, content.rows.count + each)
                }
                if isFailing {
                    $0.override = { number, path in
                        guard number % failing == 1 else { return nil }
                        return number.isMultiple(of: 2)
                            ? VenueAnswerText(200, "<html>") : KrakenVenue.error("EService:Unavailable")
                    }
                }
            }
            for turn in 0..<40 {
                if turn == 30 {
                    it.venue.change {
                        $0.rows = rows
                        $0.before = nil
                        $0.override = nil
                    }
                }
                if turn % 5 == 3 {
                    _ = try it.workspace.backfill(
                        of: it.owner,
                        source: .tradeHistorySync,
                        isDryRun: turn.isMultiple(of: 2),
                        maxPages: 1
                    )
                } else {
                    _ = try it.sync(isAgain: turn == 20)
                }
                // A venue that failed several times is left alone for a while.
                it.fixture.clock.advance(seconds: 600)
            }
            #expect(try it.sync().eventsInserted == 0)
            #expect(try it.sync(isAgain: true).eventsInserted == 0)
            #expect(try it.workspace.check().findings.isEmpty)
            return try lines(it)
        }
        #expect(Set(whole).subtracting(pieces) == [])
        #expect(Set(pieces).subtracting(whole) == [])
        #expect(pieces.count == whole.count)
    }

    @Test func `a trade whose other row never comes is entered alone after a day, and said`() throws {
        try withKraken { it in
            try it.connect()
            let lone = KrakenVenue.Row("L1", "T1", at: "1718452799.5", "trade", "XXBT", "0.5")
            it.venue.change {
                $0.rows = [lone]
                $0.balances = [("XXBT", "0.5")]
            }
            #expect(try it.sync().eventsInserted == 0)
            it.fixture.clock.advance(seconds: 90_000)
            let sync = try it.sync()
            #expect(sync.eventsInserted == 1)
            #expect(sync.remarks.contains { $0.hasPrefix("T1 of 2024-06-15T11:59:59.5Z has no other side") })
            #expect(try it.sync().eventsInserted == 0)
        }
    }

    // MARK: Failures

    @Test(arguments: [
        ("<html><body>Just a moment</body></html>", "no JSON"), ("", "no JSON"),
        (#"{"error":[],"resu"#, "no JSON"),
        (#"{"error":[],"result":{"ledger":{},"count":9}}"#, "a page has 0 rows where 9 are due"),
    ])
    func `what was synced stays when the venue answers something else`(body: String, words: String) throws {
        try withKraken { it in
            try it.connect()
            #expect(try it.sync().eventsInserted == 6)
            it.venue.change {
                $0.override = { _, path in path.hasSuffix("Ledgers") ? VenueAnswerText(200, body) : nil }
            }
            let sync = try it.sync()
            #expect(sync.errors.count == 1)
            #expect(sync.errors.first?.hasPrefix("Kraken: the ledger: ") == true)
            #expect(sync.errors.first?.contains(words) == true, "\(sync.errors)")
            #expect(!sync.isComplete)
            #expect(try it.fixture.balances() == ConnectedKraken.balances)
            #expect(try it.workspace.connections(of: it.owner).first?.isInvalid == false)
            it.venue.change { $0.override = nil }
            let after = try it.sync()
            #expect(after.errors == [])
            #expect(after.eventsInserted == 0)
            #expect(try it.workspace.connections(of: it.owner).first?.latestError == nil)
        }
    }

    @Test func `the same page for every offset is an error, and nothing is passed over for it`() throws {
        try withKraken { it in
            try it.connect()
            let rows = (0..<180).map {
                KrakenVenue.Row("L\($0)", "F\($0)", at: "\(1_700_000_000 + $0).5", "deposit", "XXBT", "1")
            }
            it.venue.change {
                $0.rows = rows
                $0.balances = [("XXBT", "180")]
                $0.ignoresOffset = true
            }
            let sync = try it.sync()
            #expect(
                sync.errors == [
                    "Kraken: the ledger: not the documented answer: the ledger: the same page came for another offset"
                ]
            )
            #expect(sync.eventsInserted == 0)
            it.venue.change { $0.ignoresOffset = false }
            let after = try it.sync()
            #expect(after.eventsInserted == 180)
            #expect(after.differences == [])
        }
    }

    @Test func `refused credentials make a connection invalid until they change`() throws {
        try withKraken { it in
            let wrong = Base64.encode([UInt8](repeating: 9, count: 64))
            let added = try it.workspace.addConnection(
                of: it.owner,
                venue: "kraken",
                credentials: VenueCredentials(key: ConnectedKraken.key, secret: Secret(wrong))
            )
            #expect(!added.isInvalid)
            try it.workspace.syncDueConnections()
            let refused = try #require(try it.workspace.connections(of: it.owner).first)
            #expect(refused.isInvalid)
            #expect(
                refused.latestError == "Kraken: the list of wallets: Kraken does not accept the credentials"
            )
            // It is not polled any more, however long one waits.
            let asked = it.venue.asked.count
            it.fixture.clock.advance(seconds: 30 * 86_400)
            try it.workspace.syncDueConnections()
            #expect(it.venue.asked.count == asked)
            // A label alone changes nothing about that.
            let named = try it.workspace.changeConnection(added.id.raw, of: it.owner, label: "Mine")
            #expect(named.isInvalid)
            #expect(named.label == "Mine")
            #expect(named.account == "Kraken")
            try it.workspace.syncDueConnections()
            #expect(it.venue.asked.count == asked)
            // Another key does.
            let changed = try it.workspace.changeConnection(
                added.id.raw,
                of: it.owner,
                credentials: ConnectedKraken.credentials
            )
            #expect(!changed.isInvalid)
            #expect(changed.latestError == nil)
            #expect(changed.nextSync == nil)
            try it.workspace.syncDueConnections()
            #expect(try it.fixture.balances() == ConnectedKraken.balances)
        }
    }

    @Test func `a key that may not read is invalid and says what it lacks`() throws {
        try withKraken { it in
            try it.connect()
            #expect(try it.sync().errors == [])
            it.venue.change { $0.mayQuery = false }
            _ = try it.sync()
            let info = try #require(try it.workspace.connections(of: it.owner).first)
            #expect(info.isInvalid)
            #expect(info.latestError?.contains("allow it to query funds and ledger entries") == true)
            #expect(try it.fixture.balances() == ConnectedKraken.balances)
            // Allowed at the venue, a reading that the user asks for clears it.
            it.venue.change { $0.mayQuery = true }
            #expect(try it.sync().errors == [])
            #expect(try it.workspace.connections(of: it.owner).first?.isInvalid == false)
        }
    }

    @Test func `malformed credentials are refused, or kept and never sent`() throws {
        try withKraken { it in
            let bad = VenueCredentials(key: "canary-key\nwith a line", secret: Secret("canary-secret"))
            #expect(throws: ConnectionError.self) {
                try it.workspace.addConnection(of: it.owner, venue: "kraken", credentials: bad)
            }
            let kept = try it.workspace.addConnection(
                of: it.owner,
                venue: "kraken",
                label: "Account",
                account: "Account (2)",
                credentials: bad,
                keepsInvalid: true
            )
            #expect(kept.isInvalid)
            #expect(kept.label == "Account")
            #expect(kept.account == "Account (2)")
            #expect(kept.latestError?.contains("no API key of Kraken") == true)
            #expect(kept.latestError?.contains("canary") == false)
            try it.workspace.syncDueConnections()
            let asked = try it.sync()
            #expect(asked.errors.count == 1)
            #expect(asked.errors.first?.contains("canary") == false)
            #expect(it.venue.asked == [])
            #expect(try it.workspace.connections(of: it.owner).first?.isInvalid == true)
            // Changed to others that are none, and then to good ones.
            let still = try it.workspace.changeConnection(
                kept.id.raw,
                of: it.owner,
                credentials: VenueCredentials(key: ConnectedKraken.key, secret: Secret("x")),
                keepsInvalid: true
            )
            #expect(still.isInvalid)
            #expect(still.latestError?.contains("no secret of Kraken") == true)
            _ = try it.workspace.changeConnection(
                kept.id.raw,
                of: it.owner,
                credentials: ConnectedKraken.credentials
            )
            #expect(try it.sync().eventsInserted == 6)
        }
    }

    @Test func `a refusal of a key that was changed meanwhile does not count`() throws {
        try withKraken { it in
            let added = try it.connect()
            let (workspace, owner) = (it.workspace, it.owner)
            it.venue.change {
                $0.mayQuery = false
                $0.override = { number, _ in
                    guard number == 0 else { return nil }
                    // What fails here fails the test by what is expected below.
                    _ = try? workspace.changeConnection(
                        added.id.raw,
                        of: owner,
                        credentials: ConnectedKraken.credentials
                    )
                    return KrakenVenue.error("EAPI:Invalid key")
                }
            }
            #expect(try it.sync().errors.count == 1)
            let info = try #require(try it.workspace.connections(of: it.owner).first)
            #expect(!info.isInvalid)
            #expect(info.latestError == nil)
        }
    }

    @Test func `others' connections cannot be changed`() throws {
        try withKraken { it in
            let other = try it.fixture.addUser("bob").id
            let mine = try it.connect()
            #expect(throws: ConnectionError.unknown("\(mine.id.raw)")) {
                try it.workspace.changeConnection(mine.id.raw, of: other, label: "Theirs")
            }
            #expect(throws: ConnectionError.unknown("99")) {
                try it.workspace.changeConnection(99, of: it.owner, credentials: ConnectedKraken.credentials)
            }
            #expect(throws: ConnectionError.badLabel) {
                try it.workspace.changeConnection(mine.id.raw, of: it.owner, label: "")
            }
            #expect(throws: ConnectionError.credentialsTooLong) {
                try it.workspace.changeConnection(
                    mine.id.raw,
                    of: it.owner,
                    credentials: VenueCredentials(
                        key: String(repeating: "k", count: ConnectionLimits.keyBytesMax + 1),
                        secret: Secret("x")
                    ),
                    keepsInvalid: true
                )
            }
            #expect(try it.workspace.connections(of: it.owner).first?.label == "Kraken")
        }
    }

    @Test func `each venue has its own client and address`() throws {
        let venue = KrakenVenue(key: ConnectedKraken.key, secret: ConnectedKraken.secret)
        try withKraken(change: {
            $0.connections.krakenURL = "https://kraken.example.com"
            $0.connections.transport = StandInTransport([("https://kraken.example.com", venue)])
        }) { it in
            try it.connect()
            #expect(try it.sync().errors == [])
            #expect(venue.asked.count == 2)
            #expect(it.venue.asked == [])
        }
    }

    // MARK: Secrets

    @Test func `a planted secret stands in no file, no answer and no error`() throws {
        let raw = Base64.decode(ConnectedKraken.secret) ?? []
        let canaries: [[UInt8]] = [
            Array(ConnectedKraken.secret.utf8), raw, Array(raw.prefix(12)), Array(Hex.encode(raw).utf8),
            Array(ConnectedKraken.secret.prefix(20).utf8), Array(ConnectedKraken.key.utf8),
        ]
        try withKraken { it in
            var said = String(reflecting: try it.connect())
            it.venue.change {
                $0.override = { number, _ in
                    number == 1
                        ? KrakenVenue.error(
                            "EGeneral:Internal \(ConnectedKraken.secret) \(ConnectedKraken.key)"
                        ) : nil
                }
            }
            for _ in 0..<2 { said += String(reflecting: try it.sync()) }
            said += String(reflecting: try it.workspace.connections(of: it.owner))
            said += String(reflecting: ConnectedKraken.credentials.secret)
            let records = try it.workspace.database.read { connection throws(StorageError) in
                try connection.venueConnections(of: it.owner)
            }
            said += String(reflecting: records)
            let files = try FileManager.default.subpathsOfDirectory(atPath: it.fixture.folder)
            for canary in canaries {
                #expect(Data(said.utf8).range(of: Data(canary)) == nil)
                for file in files {
                    let data = FileManager.default.contents(atPath: it.fixture.folder + "/" + file) ?? Data()
                    #expect(data.range(of: Data(canary)) == nil, "\(file)")
                }
            }
        }
    }

    @Test func `credentials of the older form open still`() throws {
        let read = try #require(SealedCredentials.read(Secret("name/1\nline one\nline two\n")))
        #expect(read.key == "name/1")
        #expect(read.secret.revealed() == Array("line one\nline two\n".utf8))
        #expect(read.passphrase == nil)
        for passphrase in [nil, "", "pass\nphrase"] as [String?] {
            let all = VenueCredentials(
                key: "k\ney",
                secret: Secret("s\0ecret\n"),
                passphrase: passphrase.map { Secret($0) }
            )
            let back = try #require(SealedCredentials.read(SealedCredentials.write(all)))
            #expect(back.key == all.key)
            #expect(back.secret.revealed() == all.secret.revealed())
            #expect(back.passphrase?.revealed() == passphrase.map { Array($0.utf8) })
        }
        for broken in [[1], [1, 0, 0, 0, 9, 0, 0, 0, 0, 255, 255, 255, 255], [], [65]] as [[UInt8]] {
            #expect(SealedCredentials.read(Secret(broken)) == nil)
        }
    }
}
