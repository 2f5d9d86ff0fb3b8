import Connectors
import Crypto
import Glibc
import Ledger
import Money
import Storage
import Testing
import Time
import VenueSupport

@testable import Services

@Suite("Tracked accounts")
private struct TrackedAccountTests {
    private static var good: VenueCredentials {
        VenueCredentials(key: ConnectedVenue.keyName, secret: Secret(ConnectedVenue.secretText))
    }

    private func add(
        _ it: ConnectedVenue,
        _ title: String? = "Mine",
        venue: String = "coinbase",
        _ credentials: VenueCredentials? = TrackedAccountTests.good
    ) throws -> TrackedAccount {
        try it.workspace.addTrackedAccount(
            in: try it.fixture.firstPortfolio,
            of: it.owner,
            title: title,
            venue: venue,
            credentials: credentials,
            source: "private-api",
            answer: { $0 },
            kept: Fixture.nothingKept
        )
    }

    private func change(
        _ it: ConnectedVenue,
        _ id: AccountID,
        title: String? = nil,
        _ credentials: VenueCredentials? = nil,
        of user: UserID? = nil
    ) throws -> TrackedAccount {
        try it.workspace.changeTrackedAccount(
            id,
            of: user ?? it.owner,
            title: title,
            credentials: credentials,
            answer: { $0 },
            kept: Fixture.nothingKept
        )
    }

    private func delete(
        _ it: ConnectedVenue,
        _ id: AccountID,
        of user: UserID? = nil
    ) throws -> TrackedAccount {
        try it.workspace.deleteTrackedAccount(
            id,
            of: user ?? it.owner,
            answer: { $0 },
            kept: Fixture.nothingKept
        )
    }

    @Test func `an account is read in the background and deleted with entries and credentials`() throws {
        let it = try ConnectedVenue()
        defer { it.fixture.remove() }
        let made = try add(it)
        #expect(made.title == "Mine" && made.venue == "coinbase" && made.source == "private-api")
        #expect(!made.isInvalid && made.latestError == nil && made.synced == nil)
        try it.workspace.syncDueConnections()
        let read = try it.workspace.trackedAccount(made.id, of: it.owner)
        #expect(
            read.synced != nil && read.transactionsSynced == read.synced && read.historySynced == read.synced
        )
        let rows = try it.workspace.transactions(of: made.id, of: it.owner)
        #expect(!rows.isEmpty && rows.allSatisfy { $0.source == "coinbase" })
        let balances = try it.fixture.balances()
        let holdings = try it.workspace.holdings(of: made.id, of: it.owner)
        #expect(
            Dictionary(
                uniqueKeysWithValues: holdings.map { ($0.currency.displayCode, $0.balance.description) }
            ) == balances
        )
        #expect(try it.workspace.history(of: made.id, of: it.owner).first?.time.seconds ?? 1 % 86_400 != 0)
        let gone = try delete(it, made.id)
        #expect(gone.synced == read.synced)
        #expect(try it.fixture.balances().isEmpty)
        #expect(try it.workspace.connections(of: it.owner).isEmpty)
        #expect(throws: TrackingRefusal.notFound) { try it.workspace.trackedAccount(made.id, of: it.owner) }
        #expect(try it.workspace.check().findings.isEmpty)
    }

    @Test func `credentials of a wrong form are kept, named and never shown; better ones mend it`() throws {
        let it = try ConnectedVenue()
        defer { it.fixture.remove() }
        let secret = "xq-canary-9f31"
        let bad = try add(it, "Bad", VenueCredentials(key: "x", secret: Secret(secret)))
        #expect(bad.isInvalid)
        let words = try #require(bad.latestError)
        #expect(!words.isEmpty && !words.contains(secret))
        try it.workspace.syncDueConnections()
        #expect(try it.workspace.trackedAccount(bad.id, of: it.owner).synced == nil)
        let none = try add(it, "None", nil)
        #expect(none.isInvalid && none.latestError?.isEmpty == false)
        let mended = try change(it, bad.id, title: "Good", TrackedAccountTests.good)
        #expect(!mended.isInvalid && mended.latestError == nil && mended.title == "Good")
        try it.workspace.syncDueConnections()
        #expect(try it.workspace.trackedAccount(bad.id, of: it.owner).synced != nil)
    }

    @Test func `a venue that Coffer cannot read is kept with what to do, and its keys are not`() throws {
        let it = try ConnectedVenue()
        defer { it.fixture.remove() }
        let made = try add(it, nil, venue: "Bittrex", VenueCredentials(key: "k", secret: Secret("s")))
        #expect(made.title == "bittrex" && made.venue == "bittrex" && made.isInvalid)
        #expect(made.latestError?.hasPrefix("Coffer cannot read bittrex by itself") == true)
        #expect(try it.workspace.connections(of: it.owner).isEmpty)
        #expect(
            try change(it, made.id, title: "Old", VenueCredentials(key: "k", secret: Secret("s"))).title
                == "Old"
        )
        #expect(try it.workspace.connections(of: it.owner).isEmpty)
        #expect(try delete(it, made.id).venue == "bittrex")
        for venue in ["", "bit trex", String(repeating: "x", count: 41), "ä"] {
            #expect(throws: TrackingRefusal.invalid(["type must be the name of a venue such as kraken"])) {
                try add(it, "X", venue: venue)
            }
        }
        #expect(throws: TrackingRefusal.invalid(["title can't be blank"])) { try add(it, "") }
    }

    @Test func `accounts of files are listed, and a connection of their name goes on with their history`()
        throws
    {
        let it = try ConnectedVenue()
        defer { it.fixture.remove() }
        _ = try it.fixture.importText(
            "time,kind,in_amount,in_asset,account\n2020-01-01T00:00:00Z,deposit,2,LTC,coinbase\n"
        )
        let portfolio = try it.fixture.firstPortfolio
        let file = try #require(try it.workspace.trackedPortfolio(portfolio, of: it.owner).accounts.first)
        #expect(
            file.title == "coinbase" && !file.isInvalid && file.latestError == nil && file.source == "web"
        )
        let made = try add(it, "coinbase")
        #expect(made.id == file.id)
        #expect(try it.workspace.trackedPortfolio(portfolio, of: it.owner).accounts.count == 1)
        #expect(try add(it, "coinbase").id != file.id)
        #expect(try delete(it, file.id).title == "coinbase")
        #expect(try it.fixture.balances().isEmpty)
        #expect(try it.workspace.check().findings.isEmpty)
    }

    @Test func `one slow account lets the others have their turn, and is read to its end`() throws {
        try withKraken { it in
            for label in ["one", "two"] { try it.connect(label: label) }
            it.venue.change {
                $0.rows = (0..<400).map { number in
                    KrakenVenue.Row(
                        "L\(number)",
                        "F\(number)",
                        at: "\(1_600_000_000 + number * 10).5",
                        "deposit",
                        "XXBT",
                        "0.001"
                    )
                }
                $0.balances = [("XXBT", "0.4")]
                $0.before = { _, _ in usleep(10_000) }
            }
            func states() throws -> [VenueConnectionRecord] {
                try it.workspace.database.read { connection throws(StorageError) in
                    try connection.venueConnections(of: it.owner)
                }
            }
            // The first turns are too short even for one page, so they grow until they are not.
            var rounds = 0
            var halves = 0
            while try states().contains(where: { $0.synced == nil }), rounds < 60 {
                try it.workspace.syncDueConnections(turn: .milliseconds(5))
                let now = try states()
                if now.allSatisfy({ $0.synced == nil }), now.allSatisfy({ !$0.progress.isEmpty }) {
                    halves += 1
                }
                it.fixture.clock.advance(seconds: 2)
                rounds += 1
            }
            #expect(rounds > 2 && rounds < 60)
            #expect(halves > 0, "both were under way at once")
            #expect(try it.fixture.balances() == ["BTC": "0.8"])
            #expect(try states().allSatisfy { $0.latestError == nil })
            #expect(try it.workspace.check().findings.isEmpty)
        }
    }

    @Test func `deleting a portfolio takes its accounts with their credentials along`() throws {
        let it = try ConnectedVenue()
        defer { it.fixture.remove() }
        _ = try add(it)
        try it.workspace.syncDueConnections()
        #expect(try it.fixture.delete(try it.fixture.firstPortfolio).accounts.count == 1)
        #expect(try it.workspace.connections(of: it.owner).isEmpty)
        #expect(try it.fixture.balances().isEmpty)
        #expect(try it.workspace.check().findings.isEmpty)
    }

    @Test func `another user's account is not there, and there may be so many`() throws {
        let it = try ConnectedVenue(change: { $0.tracking.accountsMax = 1 })
        defer { it.fixture.remove() }
        let id = try add(it).id
        let other = try it.fixture.addUser("eve").id
        #expect(throws: TrackingRefusal.notFound) { try it.workspace.trackedAccount(id, of: other) }
        #expect(throws: TrackingRefusal.notFound) { try change(it, id, title: "x", of: other) }
        #expect(throws: TrackingRefusal.notFound) { try delete(it, id, of: other) }
        #expect(throws: TrackingRefusal.tooMany("accounts", limit: 1)) { try add(it, "Two") }
    }
}
