import Connectors
import Crypto
import Foundation
import Importing
import Ledger
import Money
import Storage
import Testing
import Time
import VenueSupport

@testable import Services

@Suite("Connections") private struct ConnectionTests {
    private static func backfill(
        _ it: ConnectedVenue,
        _ source: BackfillSource = .coinbaseLedger,
        dry: Bool = false,
        pages: Int = 3
    ) throws -> BackfillOutcome {
        try it.workspace.backfill(of: it.owner, source: source, isDryRun: dry, maxPages: pages)
    }

    private static func receipt(_ id: String, _ amount: String = "1", at time: String) -> String {
        CoinbaseRows.transaction(id, "receive", amount, "BTC", at: time)
    }

    private static func wallet(_ rows: [String], balance: String = "0") -> [CoinbaseVenue.Wallet] {
        [.init("w-btc", "BTC", balance: balance, rows)]
    }

    // MARK: Reading

    @Test func `a ledger is read once and gives the venue's balances`() throws {
        try withVenue { it in
            let added = try it.connect()
            let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            #expect(sync.errors == [])
            #expect(it.venue.faults == [])
            #expect(sync.eventsFound == 4)
            #expect(sync.eventsInserted == 4)
            #expect(sync.isComplete)
            #expect(sync.differences == [])
            #expect(try it.fixture.balances() == ["BTC": "0.09", "ETH": "0.501", "USDC": "196.4"])
            let second = try it.workspace.syncConnections(of: it.owner)
            #expect(second.connections.first?.eventsFound == 0)
            #expect(second.eventsInserted == 0)
            #expect(try it.workspace.imports(of: it.owner).map(\.fileName) == ["coinbase ledger"])
            let snapshot = try it.workspace.books.snapshot(of: it.owner)
            #expect(snapshot.accounts[added.accountID]?.kind == "exchange")
            #expect(snapshot.accounts[added.accountID]?.venue == "coinbase")
            #expect(try it.workspace.check().findings.isEmpty)
            let exported = try it.fixture.exported()
            #expect(exported.contains("2024-01-02T10:00:00Z,trade,0.1,BTC,4500,USD,50,USD,4500,USD,"))
            #expect(
                exported.contains("2024-03-01T10:00:00Z,trade,600,USDC,0.01,BTC,3.6,USDC,600,USDC,Coinbase")
            )
            #expect(exported.contains("2024-03-02T10:00:00Z,trade,0.5,ETH,400,USDC,,,400,USD,Coinbase"))
            #expect(exported.contains("2024-04-02T10:00:00Z,staking,0.001,ETH,,,,,3.1,USD,Coinbase"))
        }
    }

    @Test func `without a connection nothing is said to have succeeded`() throws {
        try withVenue { it in
            for source in BackfillSource.allCases {
                let outcome = try Self.backfill(it, source)
                #expect(outcome.errors.count == 1)
                #expect(outcome.errors.first?.contains("no exchange is connected") == true)
                #expect(outcome.eventsFound == 0)
            }
            #expect(try it.workspace.syncConnections(of: it.owner).errors.count == 1)
            #expect(it.venue.targets == [])
        }
    }

    @Test func `a dry run changes nothing, not even how far was read`() throws {
        try withVenue { it in
            try it.connect()
            for _ in 0..<2 {
                let dry = try Self.backfill(it, dry: true)
                #expect(dry.eventsFound == 4)
                #expect(dry.eventsInserted == 4)
                #expect(dry.errors == [])
            }
            #expect(try it.workspace.imports(of: it.owner).isEmpty)
            #expect(try it.fixture.balances() == [:])
            #expect(try it.workspace.connections(of: it.owner).first?.nextSync == nil)
            let real = try Self.backfill(it)
            #expect(real.eventsInserted == 4)
            #expect(real.pagesFetched == 3)
        }
    }

    @Test(arguments: [0, -1, 26])
    func `pages out of range are refused`(pages: Int) throws {
        try withVenue { it in
            #expect(throws: ConnectionError.pages(pages)) { try Self.backfill(it, pages: pages) }
        }
    }

    @Test func `a backfill reads so many pages of each wallet and goes on from there`() throws {
        try withVenue { it in
            try it.connect()
            let rows = (1...9).map { Self.receipt("r\($0)", at: "2024-01-0\($0)T10:00:00Z") }
            it.venue.change {
                $0.pageRows = 2
                $0.wallets = Self.wallet(rows, balance: "9")
            }
            var counts: [Int] = []
            for _ in 0..<4 { counts.append(try Self.backfill(it, pages: 2).eventsInserted) }
            #expect(counts == [4, 4, 1, 0])
            #expect(try it.fixture.balances() == ["BTC": "9"])
            #expect(try it.workspace.imports(of: it.owner).count == 3)
        }
    }

    @Test func `a pending row is waited for, and what stands behind it is not doubled`() throws {
        try withVenue { it in
            try it.connect()
            let later = Self.receipt("b", at: "2024-06-14T11:00:00Z")
            let pending = CoinbaseRows.transaction(
                "a",
                "receive",
                "5",
                "BTC",
                at: "2024-06-14T10:00:00Z",
                status: "pending"
            )
            it.venue.change { $0.wallets = Self.wallet([pending, later], balance: "1") }
            #expect(try it.workspace.syncConnections(of: it.owner).eventsInserted == 1)
            #expect(try it.workspace.syncConnections(of: it.owner).eventsInserted == 0)
            let done = Self.receipt("a", "5", at: "2024-06-14T10:00:00Z")
            it.venue.change { $0.wallets = Self.wallet([done, later], balance: "6") }
            let sync = try it.workspace.syncConnections(of: it.owner)
            #expect(sync.eventsInserted == 1)
            #expect(sync.connections.first?.differences == [])
            #expect(try it.fixture.balances() == ["BTC": "6"])
        }
    }

    @Test func `a convert whose other side comes later is entered whole, once`() throws {
        try withVenue { it in
            try it.connect()
            let trade = #","trade":{"id":"t1"}"#
            let time = "2024-06-15T10:00:00Z"
            let first = CoinbaseVenue.Wallet(
                "w-btc",
                "BTC",
                balance: "-1",
                [CoinbaseRows.transaction("o", "trade", "-1", "BTC", at: time, trade)]
            )
            it.venue.change { $0.wallets = [first] }
            #expect(try it.workspace.syncConnections(of: it.owner).eventsInserted == 0)
            let row = CoinbaseRows.transaction("i", "trade", "15", "ETH", at: time, trade)
            it.venue.change { $0.wallets = [first, .init("w-eth", "ETH", balance: "15", [row])] }
            let sync = try it.workspace.syncConnections(of: it.owner)
            #expect(sync.eventsInserted == 1)
            #expect(try it.fixture.balances() == ["BTC": "-1", "ETH": "15"])
            #expect(try it.workspace.syncConnections(of: it.owner).eventsInserted == 0)
            // One whose other side never comes is taken after a day, and said.
            let lone = CoinbaseRows.transaction("x", "trade", "-2", "BTC", at: "2024-06-01T10:00:00Z")
            it.venue.change {
                $0.wallets = [
                    .init("w-btc", "BTC", balance: "-3", first.transactions + [lone]), $0.wallets[1],
                ]
            }
            let last = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            #expect(last.eventsInserted == 1)
            #expect(last.remarks.contains { $0.contains("x of 2024-06-01T10:00:00Z has no other side") })
        }
    }

    @Test func `a difference between venue and ledger is found and nothing is forced`() throws {
        try withVenue { it in
            try it.connect()
            it.venue.change {
                $0.wallets = Self.wallet([Self.receipt("a", at: "2024-01-01T10:00:00Z")], balance: "1.25")
            }
            let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            let difference = try #require(sync.differences.first)
            #expect(sync.differences.count == 1)
            #expect(difference.asset == "BTC")
            #expect(difference.stated.description == "1.25")
            #expect(difference.computed.description == "1")
            #expect(try it.fixture.balances() == ["BTC": "1"])
        }
    }

    // MARK: The same events from other sources

    /// The same history as a CSV report with ids tells it.
    private static let report = """
        ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes
        65940001,2024-01-02 10:00:00 UTC,Buy,BTC,0.1,USD,$45000,$4500.00,$4550.00,$50.00,Bought 0.1 BTC
        65940002,2024-03-01 10:00:00 UTC,Advanced Trade Sell,BTC,-0.01,USD,$60000,$600.00,$596.40,$3.60,Sold 0.01 BTC for 596.4 USDC on BTC-USDC at 60000 USDC/BTC
        65940003,2024-03-02 10:00:00 UTC,Convert,USDC,-400,USD,$1,$400.00,$400.00,$0.00,Converted 400 USDC to 0.5 ETH
        65940004,2024-04-02 10:00:00 UTC,Staking Income,ETH,0.001,USD,$3100,$3.10,$3.10,$0.00,

        """

    @Test func `a history that came by file is not entered again`() throws {
        try withVenue { it in
            let imported = try it.fixture.importText(Self.report)
            #expect(imported.inserted == 4, "\(imported.issues)")
            let before = try it.fixture.balances()
            try it.connect()
            let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            #expect(sync.eventsFound == 4)
            #expect(sync.eventsInserted == 0)
            #expect(sync.duplicatesSkipped == 4)
            #expect(sync.errors == [])
            #expect(try it.fixture.balances() == before)
            #expect(sync.differences == [])
        }
    }

    @Test(arguments: [1000, 0])
    func `a file is known as far as the API brought it`(smallRowsMax: Int) throws {
        try withVenue(change: { $0.storage.smallImportRowsMax = smallRowsMax }) { it in
            try it.connect()
            #expect(try it.workspace.syncConnections(of: it.owner).eventsInserted == 4)
            let before = try it.fixture.balances()
            let more = Self.report + "65940005,2024-05-01 10:00:00 UTC,Receive,BTC,0.2,USD,$60000,,,,\n"
            for inserted in [1, 0] {
                let dry = try it.fixture.importText(more, dryRun: true)
                let imported = try it.fixture.importText(more)
                #expect(imported.inserted == inserted, "\(imported.issues)")
                #expect(imported.existing == 5 - inserted)
                #expect(dry.inserted == inserted)
                #expect(dry.existing == 5 - inserted)
            }
            #expect(try it.fixture.balances()["BTC"] == "0.29")
            #expect(try it.fixture.balances()["ETH"] == before["ETH"])
            // Another account is another holding.
            #expect(try it.fixture.importText(Self.report, account: "Elsewhere").inserted == 4)
        }
    }

    @Test func `an upload over the API of this server meets the same rule`() throws {
        try withVenue { it in
            try it.connect()
            _ = try it.fixture.importText(Sample.deposit("1"))
            #expect(try it.workspace.syncConnections(of: it.owner).eventsInserted == 4)
            let request = ImportRequest(user: it.owner, fileName: "a.csv")
            let isTaken = it.workspace.importSmallFile(request, bytes: Array(Self.report.utf8)) { _ in }
            #expect(!isTaken, "it must look into the store first")
            #expect(try it.fixture.importText(Self.report).inserted == 0)
        }
    }

    @Test func `two alike are two, and one by file stands for one of them`() throws {
        try withVenue { it in
            let line = "2024-01-02T10:00:00Z,deposit,1,BTC,,,,,,,Coinbase,Coinbase\n"
            #expect(try it.fixture.importText(Sample.header + line).inserted == 1)
            try it.connect()
            it.venue.change {
                $0.wallets = Self.wallet(
                    [
                        Self.receipt("a", at: "2024-01-02T10:00:00Z"),
                        Self.receipt("b", at: "2024-01-02T10:00:01Z"),
                        Self.receipt("c", at: "2024-01-02T11:00:00Z"),
                    ],
                    balance: "3"
                )
            }
            let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            #expect(sync.eventsInserted == 2)
            #expect(sync.duplicatesSkipped == 1)
            #expect(sync.differences == [])
        }
    }

    @Test func `fills and the ledger tell the same trades, whichever is read first`() throws {
        let fill = CoinbaseRows.fill(
            "f1",
            "SELL",
            "0.01",
            "BTC-USDC",
            price: "60000",
            commission: "3.6",
            at: "2024-03-01T10:00:00.412Z"
        )
        for ledgerFirst in [true, false] {
            try withVenue { it in
                try it.connect()
                it.venue.change { $0.fills = [fill] }
                let order: [BackfillSource] = [.coinbaseLedger, .tradeHistorySync]
                var inserted: [Int] = []
                for source in ledgerFirst ? order : order.reversed() {
                    inserted.append(try Self.backfill(it, source).eventsInserted)
                }
                #expect(inserted == (ledgerFirst ? [4, 0] : [1, 3]))
                #expect(try it.fixture.balances() == ["BTC": "0.09", "ETH": "0.501", "USDC": "196.4"])
                #expect(try Self.backfill(it, .tradeHistorySync).eventsInserted == 0)
            }
        }
    }

    @Test func `fills are read back to what is known, over several backfills`() throws {
        try withVenue { it in
            try it.connect()
            func fill(_ day: Int) -> String {
                CoinbaseRows.fill(
                    "f\(day)",
                    "BUY",
                    "0.\(day)1",
                    "BTC-USDC",
                    price: "10",
                    commission: "0",
                    at: "2024-05-\(day < 10 ? "0" : "")\(day)T10:00:00Z"
                )
            }
            it.venue.change {
                $0.pageRows = 2
                $0.fills = (1...9).reversed().map { fill($0) }
            }
            #expect(try Self.backfill(it, .tradeHistorySync, pages: 2).eventsInserted == 4)
            // Newer ones come first; then what an earlier reading left.
            it.venue.change { $0.fills = (1...11).reversed().map { fill($0) } }
            var inserted = 4
            for _ in 0..<6 { inserted += try Self.backfill(it, .tradeHistorySync, pages: 3).eventsInserted }
            #expect(inserted == 11)
            let asked = it.venue.targets.count
            #expect(try Self.backfill(it, .tradeHistorySync, pages: 25).eventsInserted == 0)
            #expect(it.venue.targets.count - asked <= 2, "what is known is not read again")
        }
    }

    @Test func `an import can be undone and read again`() throws {
        try withVenue { it in
            try it.connect()
            let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            let number = try #require(sync.importNumber)
            #expect(try it.workspace.undoImport(Int(number), of: it.owner) == 4)
            #expect(try it.fixture.balances() == [:])
            // What the user took back does not come again by itself.
            #expect(try it.workspace.syncConnections(of: it.owner).eventsInserted == 0)
            #expect(try it.workspace.syncConnections(of: it.owner, isAgain: true).eventsInserted == 4)
            #expect(try it.workspace.syncConnections(of: it.owner, isAgain: true).eventsInserted == 0)
            #expect(try it.fixture.balances() == ["BTC": "0.09", "ETH": "0.501", "USDC": "196.4"])
        }
    }

    @Test func `entries in a closed year are named`() throws {
        try withVenue { it in
            _ = try it.fixture.importText(Sample.history)
            try it.fixture.clock.set("2025-02-01T00:00:00Z")
            _ = try it.workspace.closeYear(2024, of: it.owner, settings: .init())
            try it.connect(label: "Mine")
            let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            #expect(sync.eventsInserted == 4)
            #expect(sync.remarks.contains { $0.contains("4 new entries fall into 2024, which is closed") })
        }
    }

    @Test func `a ledger longer than one commit comes whole`() throws {
        try withVenue(change: { $0.storage.smallImportRowsMax = 50 }) { it in
            try it.connect()
            let rows = (0..<230).map {
                Self.receipt("r\($0)", at: Timestamp(seconds: 1_700_000_000 + $0 * 60).description)
            }
            it.venue.change { $0.wallets = Self.wallet(rows, balance: "230") }
            let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            #expect(sync.eventsInserted == 230)
            #expect(sync.differences == [])
            #expect(try it.workspace.check().findings.isEmpty)
        }
    }

    @Test func `amounts beyond the range are refused and come again`() throws {
        try withVenue { it in
            try it.connect()
            let large = "99999999999999999999"
            it.venue.change {
                $0.wallets = Self.wallet(
                    (1...2).map { Self.receipt("a\($0)", large, at: "2024-01-0\($0)T10:00:00Z") },
                    balance: "1"
                )
            }
            for _ in 0..<2 {
                let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
                #expect(sync.eventsInserted == 0)
                #expect(sync.errors.contains { $0.contains("10^20") })
            }
            #expect(try it.workspace.imports(of: it.owner).isEmpty)
        }
    }

    // MARK: Failures

    @Test func `what came before a failure is kept, and the failure is noted and tried again later`() throws {
        try withVenue { it in
            try it.connect()
            it.venue.change {
                $0.override = { _, target in
                    target.contains("w-usdc") ? .init(500, "boom \(ConnectedVenue.secretText)") : nil
                }
            }
            let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            // The convert waits for its other side; the fill needs none.
            #expect(sync.eventsInserted == 3)
            #expect(!sync.isComplete)
            #expect(sync.errors == ["Coinbase: the USDC wallet: answered with status 500"])
            let noted = try #require(try it.workspace.connections(of: it.owner).first)
            #expect(noted.latestError == sync.errors.first)
            #expect(noted.synced == nil)
            let wait = try #require(noted.nextSync).seconds - it.fixture.clock.now.seconds
            #expect((60...66).contains(wait))
            // Not due yet: nothing is asked.
            let asked = it.venue.targets.count
            try it.workspace.syncDueConnections()
            #expect(it.venue.targets.count == asked)
            it.fixture.clock.advance(seconds: 70)
            it.venue.change { $0.override = nil }
            try it.workspace.syncDueConnections()
            let after = try #require(try it.workspace.connections(of: it.owner).first)
            #expect(after.latestError == nil)
            #expect(after.synced == it.fixture.clock.now)
            #expect(after.nextSync == it.fixture.clock.now.advanced(bySeconds: 3600))
            #expect(try it.fixture.balances() == ["BTC": "0.09", "ETH": "0.501", "USDC": "196.4"])
        }
    }

    @Test func `a server that stops ends readings after the page at hand`() throws {
        try withVenue { it in
            try it.connect()
            it.workspace.endReadings()
            let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            #expect(!sync.isComplete)
            #expect(sync.errors == [])
            #expect(it.venue.targets.count == 1)
        }
    }

    @Test func `a malformed row ends its own wallet alone`() throws {
        try withVenue { it in
            try it.connect()
            it.venue.change {
                $0.override = { _, target in target.contains("w-btc") ? .init(200, #"{"data":[1]}"#) : nil }
            }
            let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            #expect(sync.errors.count == 1)
            #expect(sync.errors.first?.contains("the BTC wallet") == true)
            #expect(sync.eventsInserted == 2)
        }
    }

    @Test func `waits grow with each failure and a refused key waits a day`() throws {
        try withVenue { it in
            try it.connect()
            it.venue.change { $0.override = { _, _ in .init(502, "") } }
            var waits: [Int64] = []
            for _ in 0..<4 {
                _ = try it.workspace.syncConnections(of: it.owner)
                let next = try #require(try it.workspace.connections(of: it.owner).first?.nextSync)
                waits.append(next.seconds - it.fixture.clock.now.seconds)
            }
            for (wait, least) in zip(waits, [60, 120, 240, 480] as [Int64]) {
                #expect((least...(least + least / 10)).contains(wait))
            }
            it.venue.change { $0.override = { _, _ in .init(401, "") } }
            it.fixture.clock.advance(seconds: 3600)
            let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            #expect(
                sync.errors == ["Coinbase: the list of wallets: Coinbase does not accept the credentials"]
            )
            let next = try #require(try it.workspace.connections(of: it.owner).first?.nextSync)
            #expect(next.seconds - it.fixture.clock.now.seconds == 86_400)
        }
    }

    @Test func `the venue's own wait counts where it is longer`() throws {
        try withVenue { it in
            try it.connect()
            it.venue.change { $0.override = { _, _ in .init(429, "", headers: ["Retry-After: 1800"]) } }
            _ = try it.workspace.syncConnections(of: it.owner)
            let next = try #require(try it.workspace.connections(of: it.owner).first?.nextSync)
            #expect((1800...1980).contains(next.seconds - it.fixture.clock.now.seconds))
        }
    }

    @Test func `each user has connections of their own`() throws {
        try withVenue { it in
            let other = try it.fixture.addUser("bob").id
            let mine = try it.connect()
            let theirs = try it.connect(of: other)
            #expect(try it.workspace.connections(of: it.owner).map(\.id) == [mine.id])
            #expect(throws: ConnectionError.unknown(String(mine.id.raw))) {
                try it.workspace.removeConnection(mine.id.raw, of: other)
            }
            #expect(throws: ConnectionError.unknown(String(mine.id.raw))) {
                try it.workspace.syncConnections(of: other, only: mine.id.raw)
            }
            _ = try it.workspace.syncConnections(of: other)
            #expect(try it.fixture.balances() == [:])
            #expect(try it.fixture.balances(of: other).count == 3)
            try it.workspace.removeConnection(theirs.id.raw, of: other)
            #expect(try it.workspace.connections(of: other).isEmpty)
            #expect(try it.fixture.balances(of: other).count == 3)
        }
    }

    @Test func `what cannot be connected is refused by name`() throws {
        try withVenue { it in
            let secret = Secret(ConnectedVenue.secretText)
            func add(_ venue: String, label: String? = nil, name: String = "a", _ secret: Secret) throws {
                _ = try it.workspace.addConnection(
                    of: it.owner,
                    venue: venue,
                    label: label,
                    credentials: VenueCredentials(key: name, secret: secret)
                )
            }
            #expect(throws: ConnectionError.unknownVenue("mtgox")) { try add("mtgox", secret) }
            #expect(throws: ConnectionError.badLabel) { try add("coinbase", label: "", secret) }
            #expect(throws: ConnectionError.badLabel) { try add("coinbase", label: "a\nb", secret) }
            #expect(throws: ConnectionError.credentials(.coinbase(.keyName))) {
                try add("coinbase", name: "a b", secret)
            }
            #expect(throws: ConnectionError.credentials(.coinbase(.secret(.notAKey)))) {
                try add("coinbase", Secret("nothing"))
            }
            #expect(!FileManager.default.fileExists(atPath: it.fixture.folder + "/secret.key"))
            try add("coinbase", secret)
            #expect(throws: ConnectionError.taken("Coinbase")) { try add("coinbase", secret) }
            _ = try it.fixture.importText(Sample.deposit("1"))
            #expect(throws: ConnectionError.taken("Kraken")) { try add("coinbase", label: "Kraken", secret) }
            for number in 2...ConnectionSettings().connectionsPerUser {
                try add("coinbase", label: "C\(number)", secret)
            }
            #expect(throws: ConnectionError.tooMany(16)) { try add("coinbase", label: "C17", secret) }
        }
    }
}
