import Chains
import Connectors
import HTTPClient
import Ledger
import Money
import Storage
import Synchronization
import TestSupport
import Testing
import Time
import VenueSupport

@testable import Services

/// A workspace with a stand-in for a chain's service beside it; no request leaves the process.
final class TrackedChain: Sendable {
    let fixture: Fixture
    let chain: EsploraChain

    static let url = "https://chain.example/api"
    /// Addresses from the examples of BIP 173 and of the first blocks.
    static let own = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
    static let other = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"

    init(
        folder: String? = nil,
        chain: EsploraChain = EsploraChain(),
        change: (inout WorkspaceConfiguration) -> Void = { _ in }
    ) throws {
        self.chain = chain
        fixture = try Fixture(folder: folder) { configuration in
            configuration.chains.urls[.bitcoin] = Self.url
            configuration.chains.transport = chain.transport(base: Self.url)
            configuration.chains.clock = PaceClock(now: { 0 }, sleep: { _ in }, random: { 7 })
            change(&configuration)
        }
    }

    var workspace: Workspace { fixture.workspace }
    var owner: UserID { fixture.owner }

    @discardableResult
    func add(
        _ address: String = TrackedChain.own,
        title: String? = "Mine",
        currency: String = "btc"
    ) throws -> TrackedAddress {
        try workspace.addTrackedAddress(
            in: try fixture.firstPortfolio,
            of: owner,
            title: title,
            address: address,
            currency: currency,
            source: "private-api",
            answer: { $0 },
            kept: Fixture.nothingKept
        )
    }

    func change(
        _ id: AccountID,
        title: String? = nil,
        address: String? = nil,
        of user: UserID? = nil
    ) throws -> TrackedAddress {
        try workspace.changeTrackedAddress(
            id,
            of: user ?? owner,
            title: title,
            address: address,
            answer: { $0 },
            kept: Fixture.nothingKept
        )
    }

    @discardableResult
    func delete(_ id: AccountID, of user: UserID? = nil) throws -> TrackedAddress {
        try workspace.deleteTrackedAddress(
            id,
            of: user ?? owner,
            answer: { $0 },
            kept: Fixture.nothingKept
        )
    }

    @discardableResult
    func refresh(_ id: AccountID) throws -> TrackedAddress {
        try #require(try workspace.refreshAddresses(of: owner, only: id).first)
    }

    func transactions(_ id: AccountID) throws -> [TransactionRow] {
        try workspace.transactions(of: id, of: owner)
    }

    func findings() throws -> [String] { try workspace.check().findings.map(\.code) }
}

@Suite("Tracked addresses")
private struct AddressTests {
    private func withChain(
        _ change: (inout WorkspaceConfiguration) -> Void = { _ in },
        _ body: (TrackedChain) throws -> Void
    ) throws {
        let it = try TrackedChain(change: change)
        defer { it.fixture.remove() }
        try body(it)
    }

    @Test func `an address waits for its first result, then has balance, transactions and days`() throws {
        try withChain { it in
            let made = try it.add()
            #expect(!made.isReady && !made.isInvalid && made.latestError == nil && made.balances.isEmpty)
            #expect(throws: TrackingRefusal.notReady) { try it.transactions(made.id) }
            #expect(throws: TrackingRefusal.notReady) {
                try it.workspace.holdings(of: made.id, of: it.owner)
            }
            #expect(throws: TrackingRefusal.notReady) { try it.workspace.history(of: made.id, of: it.owner) }
            let first = it.chain.receive(TrackedChain.own, 150_000_000)
            let block = it.chain.mine()
            let second = it.chain.send(
                from: TrackedChain.own,
                spending: 150_000_000,
                paying: 50_000_000,
                fee: 2_000
            )
            it.chain.mine()
            try it.workspace.refreshDueAddresses()
            let read = try it.workspace.trackedAddress(made.id, of: it.owner)
            #expect(read.isReady && read.latestError == nil && read.refreshed != nil)
            let balance = try #require(read.balances.first)
            #expect(balance.currency.code == "btc" && balance.balance.description == "0.99998")
            #expect(balance.received?.description == "2.49998" && balance.sent?.description == "1.5")
            #expect(balance.transactions == 2 && balance.source == "chain.example")
            let rows = try it.transactions(made.id)
            #expect(rows.map(\.reference) == [second, first])
            #expect(rows.map(\.delta.description) == ["-0.5", "1.5"])
            #expect(rows.map { $0.fee?.description } == ["0.00002", nil])
            #expect(rows[1].time.seconds == Int64(EsploraChain.time(ofBlock: block)))
            #expect(rows.allSatisfy { $0.source == "bitcoin" })
            #expect(try it.fixture.balances() == ["BTC": "0.99998"])
            #expect(try it.fixture.balances(venue: "bitcoin") == ["BTC": "0.99998"])
            let days = try it.workspace.history(of: made.id, of: it.owner)
            #expect(days.first?.balance.description == "0.99998")
            let sums = try it.workspace.currencySums(
                of: try it.fixture.firstPortfolio,
                of: it.owner,
                currency: "btc"
            )
            #expect(sums.map(\.balance.description) == ["0.99998"])
            #expect(try it.findings().isEmpty)
        }
    }

    @Test func `an address is not read before it is due, and then only for what is new`() throws {
        try withChain { it in
            it.chain.receive(TrackedChain.own, 5)
            it.chain.mine()
            let id = try it.add().id
            try it.workspace.refreshDueAddresses()
            let asked = it.chain.targets.count
            try it.workspace.refreshDueAddresses()
            #expect(it.chain.targets.count == asked)
            it.fixture.clock.advance(seconds: 700)
            it.chain.receive(TrackedChain.own, 6)
            it.chain.mine()
            try it.workspace.refreshDueAddresses()
            #expect(it.chain.targets.count > asked)
            #expect(try it.transactions(id).count == 2)
            let next = try #require(try it.workspace.trackedAddress(id, of: it.owner).nextRefresh)
            #expect(next > it.fixture.clock.now)
        }
    }

    @Test
    func `a wrong checksum and an address of elsewhere are kept with what is wrong and never asked for`()
        throws
    {
        try withChain { it in
            let slip = try it.add("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3")
            #expect(slip.isInvalid && slip.latestError == "Invalid checksum" && !slip.isReady)
            let foreign = try it.add("0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045")
            #expect(foreign.isInvalid && foreign.latestError == "This is an Ethereum address")
            let trial = try it.add("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx")
            #expect(trial.isInvalid && trial.latestError?.contains("test") == true)
            try it.workspace.refreshDueAddresses()
            _ = try it.workspace.refreshAddresses(of: it.owner)
            #expect(it.chain.targets.isEmpty)
            let right = try it.change(slip.id, address: TrackedChain.own)
            #expect(!right.isInvalid && right.latestError == nil && right.address == TrackedChain.own)
            #expect(try it.refresh(right.id).isReady)
            #expect(try it.findings().isEmpty)
        }
    }

    @Test func `a private key, nothing and money of a state are refused and stored nowhere`() throws {
        try withChain { it in
            for text in [
                "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", "", "  ",
                String(repeating: "ab", count: 32), String(repeating: "1", count: 300),
            ] {
                #expect(throws: TrackingRefusal.self, "\(text)") { try it.add(text) }
            }
            #expect(throws: TrackingRefusal.invalid(["USD has no addresses"])) {
                try it.add("whatever", currency: "usd")
            }
            #expect(throws: TrackingRefusal.unknownCurrency("zzz")) { try it.add("x", currency: "zzz") }
            #expect(throws: TrackingRefusal.invalid(["title can't be blank"])) { try it.add(title: "") }
            let portfolio = try it.workspace.trackedPortfolio(try it.fixture.firstPortfolio, of: it.owner)
            #expect(portfolio.addresses.isEmpty)
        }
    }

    @Test func `without a service the setting is named, and so is a chain that is not known`() throws {
        try withChain({ $0.chains.urls = [:] }) { it in
            let id = try it.add().id
            let unset = try it.refresh(id)
            #expect(!unset.isReady && !unset.isInvalid)
            #expect(
                unset.latestError
                    == "No service for Bitcoin is named in chains.bitcoin_url, so the address is kept and not polled"
            )
            let commits = it.workspace.commitCount
            for _ in 0..<3 {
                it.fixture.clock.advance(seconds: 10_000)
                try it.workspace.refreshDueAddresses()
            }
            #expect(it.workspace.commitCount == commits)
            let strange = try it.add("rDsbeomae4FXwgQTJp9Rs64Qg9vDiTCdBv", currency: "xrp")
            #expect(!strange.isInvalid)
            #expect(strange.latestError == "Coffer cannot check or track addresses of XRP")
            #expect(try it.refresh(strange.id).latestError == strange.latestError)
        }
    }

    @Test func `without a title an address is called as it is written; titles need not be unique`() throws {
        try withChain { it in
            let first = try it.add(title: nil)
            #expect(first.title == TrackedChain.own && first.source == "private-api")
            #expect(try it.add(TrackedChain.other, title: "Same").title == "Same")
            #expect(try it.add(TrackedChain.other, title: "Same").title == "Same")
            #expect(try it.change(first.id, title: "Same").title == "Same")
            #expect(try it.findings().isEmpty)
        }
    }

    @Test(arguments: [PeerFailure.html, .halfAsWhole, .half, .nothing, .silence, .status(500), .redirect])
    func `what goes wrong is named, waited for twice as long each time, and what was known stays`(
        failure: PeerFailure
    ) throws {
        try withChain { it in
            it.chain.receive(TrackedChain.own, 70_000)
            it.chain.mine()
            let id = try it.add().id
            let good = try it.refresh(id)
            it.chain.fail(failure)
            var waits: [Int64] = []
            for _ in 0..<4 {
                it.fixture.clock.advance(seconds: 100_000)
                let bad = try it.refresh(id)
                #expect(bad.latestError?.isEmpty == false)
                #expect(bad.isReady && bad.balances == good.balances && bad.refreshed == good.refreshed)
                let next = try #require(bad.nextRefresh)
                waits.append(next.seconds - it.fixture.clock.now.seconds)
            }
            #expect(zip(waits, waits.dropFirst()).allSatisfy { $1 > $0 * 3 / 2 && $1 < $0 * 3 })
            #expect(try it.fixture.balances() == ["BTC": "0.0007"])
            it.chain.fail(nil)
            it.fixture.clock.advance(seconds: 100_000)
            let again = try it.refresh(id)
            #expect(again.latestError == nil)
            #expect(try it.transactions(id).count == 1)
        }
    }

    @Test func `a reorganisation takes a transaction back, or moves it to its new block`() throws {
        try withChain { it in
            let kept = it.chain.receive(TrackedChain.own, 1_000)
            it.chain.mine(3)
            let dropped = it.chain.receive(TrackedChain.own, 20_000)
            let moved = it.chain.receive(TrackedChain.own, 300_000)
            it.chain.mine()
            let id = try it.add().id
            #expect(try it.refresh(id).balances.first?.balance.description == "0.00321")
            let before = try it.transactions(id).first { $0.reference == moved }
            it.chain.reorganise(1, dropping: [dropped])
            it.fixture.clock.advance(seconds: 700)
            let after = try it.refresh(id)
            #expect(after.latestError == nil)
            #expect(after.balances.first?.balance.description == "0.00301")
            #expect(try it.fixture.balances() == ["BTC": "0.00301"])
            let rows = try it.transactions(id)
            #expect(Set(rows.compactMap(\.reference)) == [kept, moved])
            // In the new block of the same height nothing of it has changed.
            #expect(rows.count == 2 && rows.first { $0.reference == moved } == before)
            // Everything was in the blocks that are gone.
            it.chain.reorganise(5, confirmingAgain: false)
            it.fixture.clock.advance(seconds: 700)
            #expect(try it.refresh(id).balances.first?.balance.isZero == true)
            #expect(try it.transactions(id).isEmpty)
            it.chain.mine()
            it.fixture.clock.advance(seconds: 700)
            #expect(try it.refresh(id).balances.first?.balance.description == "0.00301")
            #expect(try it.fixture.balances() == ["BTC": "0.00301"])
            #expect(try it.findings().isEmpty)
        }
    }

    @Test(arguments: [UInt64](1...8))
    func `whatever a chain does, the ledger is what it says after a reading`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        try withChain({ $0.storage.smallImportRowsMax = 7 }) { it in
            it.chain.setPageRows(10)
            let ids = [try it.add().id, try it.add(TrackedChain.other).id]
            let names = [TrackedChain.own, TrackedChain.other]
            for name in names { it.chain.receive(name, 1_000_000_000) }
            it.chain.mine(3)
            for _ in 0..<60 {
                let place = Int.random(in: 0..<2, using: &random)
                let value = Int.random(in: 1...1_000_000, using: &random)
                switch Int.random(in: 0..<12, using: &random) {
                case 0..<4: it.chain.receive(names[place], value)
                case 4..<6: it.chain.send(from: names[place], spending: value + 5_000, paying: value)
                case 6:
                    // From both to the other one and to somebody else, whose fee they share.
                    it.chain.add(
                        EsploraChain.Transaction(
                            from: names.map { EsploraChain.Coin($0, value) },
                            to: [
                                EsploraChain.Coin(names[place], value),
                                EsploraChain.Coin(EsploraChain.stranger, value / 2),
                            ]
                        )
                    )
                case 7..<10: it.chain.mine(Int.random(in: 1...3, using: &random))
                case 10: it.chain.reorganise(Int.random(in: 1...3, using: &random))
                default: it.chain.fail(.halfAsWhole, times: Int.random(in: 0...2, using: &random))
                }
                it.fixture.clock.advance(seconds: 700)
                // It may fail, which keeps what was known.
                if Bool.random(using: &random) { try it.workspace.refreshDueAddresses() }
            }
            it.chain.fail(nil)
            it.fixture.clock.advance(seconds: 100_000)
            for id in ids {
                let read = try it.refresh(id)
                let balance = try #require(read.balances.first)
                #expect(read.latestError == nil)
                let sum = try it.workspace.holdings(of: id, of: it.owner).first { $0.currency.code == "btc" }
                #expect(sum?.balance == balance.balance)
                let rows = try it.transactions(id)
                #expect(Int64(Set(rows.compactMap(\.reference)).count) <= balance.transactions ?? 0)
            }
            #expect(try it.findings().isEmpty)
        }
    }

    @Test func `a restart reads on from where it was and enters nothing twice`() throws {
        let chain = EsploraChain()
        let first = try TrackedChain(chain: chain)
        let folder = first.fixture.folder
        for value in 1...40 {
            chain.receive(TrackedChain.own, value)
            chain.mine()
        }
        let id = try first.add().id
        try first.refresh(id)
        first.workspace.close()
        chain.receive(TrackedChain.own, 1_000)
        chain.mine()
        let asked = chain.targets.count
        let second = try TrackedChain(folder: folder, chain: chain)
        defer { second.fixture.remove() }
        second.fixture.clock.advance(seconds: 100_000)
        #expect(try second.refresh(id).latestError == nil)
        #expect(try second.transactions(id).count == 41)
        #expect(try second.fixture.balances() == ["BTC": "0.0000182"])
        #expect(chain.targets.count - asked == 3)
        // As after a process that was killed between the entries and the note of how far was read.
        let owner = second.owner
        let asset = try #require(AssetRegistry.builtIn.id(code: "btc"))
        try second.workspace.database.writeAndWait { transaction in
            try transaction.setAddress(
                id,
                of: owner,
                asset: asset,
                address: TrackedChain.own,
                isInvalid: false,
                error: nil
            )
        }
        second.fixture.clock.advance(seconds: 100_000)
        #expect(try second.refresh(id).latestError == nil)
        #expect(try second.transactions(id).count == 41)
        #expect(try second.findings().isEmpty)
    }

    @Test func `a long history is read in pieces, and a failure in between loses none of them`() throws {
        try withChain { it in
            it.chain.setPageRows(10)
            for value in 1...2300 { it.chain.receive(TrackedChain.own, value) }
            it.chain.mine()
            let id = try it.add().id
            let part = try it.refresh(id)
            #expect(part.isReady && part.latestError?.contains("2000 of 2300") == true)
            #expect(try it.transactions(id).count == 2000)
            it.chain.fail(.status(503))
            it.fixture.clock.advance(seconds: 100)
            #expect(try it.refresh(id).isReady)
            #expect(try it.transactions(id).count == 2000)
            it.chain.fail(nil)
            for _ in 0..<3 {
                it.fixture.clock.advance(seconds: 100_000)
                try it.refresh(id)
            }
            let whole = try it.workspace.trackedAddress(id, of: it.owner)
            #expect(whole.latestError == nil)
            #expect(try it.transactions(id).count == 2300)
            #expect(try it.findings().isEmpty)
        }
    }

    @Test func `what one own address sends to another keeps its cost, whichever was read first`() throws {
        for isTargetFirst in [true, false] {
            try withChain { it in
                it.chain.receive(TrackedChain.own, 200_000_000)
                it.chain.mine()
                it.chain.add(
                    EsploraChain.Transaction(
                        from: [EsploraChain.Coin(TrackedChain.own, 200_000_000)],
                        to: [EsploraChain.Coin(TrackedChain.other, 199_990_000)]
                    )
                )
                it.chain.mine()
                let from = try it.add().id
                let to = try it.add(TrackedChain.other).id
                for id in isTargetFirst ? [to, from] : [from, to] { try it.refresh(id) }
                #expect(try it.fixture.balances() == ["BTC": "1.9999"])
                let report = try it.workspace.holdings(
                    of: it.owner,
                    settings: ReportSettings(currency: "usd")
                )
                // The first coins came from nowhere that is known; those that moved did not.
                #expect(report.problems.filter { $0.code == "missing_acquisition" }.count == 1)
            }
        }
    }

    @Test func `another address takes the old history back and begins anew`() throws {
        try withChain { it in
            it.chain.receive(TrackedChain.own, 10)
            it.chain.receive(TrackedChain.other, 200)
            it.chain.mine()
            let id = try it.add().id
            try it.refresh(id)
            let same = try it.change(id, title: "Box", address: TrackedChain.own)
            #expect(same.isReady && same.title == "Box")
            let changed = try it.change(id, address: " \(TrackedChain.other)\n")
            #expect(changed.id == id && !changed.isReady && changed.address == TrackedChain.other)
            #expect(try it.fixture.balances().isEmpty)
            try it.refresh(id)
            #expect(try it.fixture.balances() == ["BTC": "0.000002"])
            let back = try it.change(id, address: TrackedChain.own)
            #expect(!back.isReady)
            try it.refresh(id)
            #expect(try it.fixture.balances() == ["BTC": "0.0000001"])
            let gone = try it.delete(id)
            #expect(gone.isReady && gone.balances.count == 1)
            #expect(try it.fixture.balances().isEmpty)
            #expect(throws: TrackingRefusal.notFound) { try it.workspace.trackedAddress(id, of: it.owner) }
            let asked = it.chain.targets.count
            it.fixture.clock.advance(seconds: 100_000)
            try it.workspace.refreshDueAddresses()
            #expect(it.chain.targets.count == asked)
            #expect(try it.findings().isEmpty)
        }
    }

    @Test func `a slip in place of a good address takes nothing away, and the good one goes on`() throws {
        let chain = EsploraChain()
        let first = try TrackedChain(chain: chain)
        let folder = first.fixture.folder
        let slip = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3"
        chain.receive(TrackedChain.own, 10)
        chain.receive(TrackedChain.other, 200)
        chain.mine()
        let id = try first.add().id
        let before = try first.refresh(id)
        let movements = try first.transactions(id)
        func expectKnown(_ it: TrackedChain, _ address: TrackedAddress, _ text: String) throws {
            #expect(
                address.address == text && address.isReady
                    && address.balances.map(\.balance) == before.balances.map(\.balance)
            )
            #expect(try it.transactions(id).count == movements.count)
            #expect(try it.fixture.balances() == ["BTC": "0.0000001"])
            #expect(try it.workspace.history(of: id, of: it.owner, at: it.fixture.clock.now).isEmpty == false)
            #expect(try it.findings().isEmpty)
        }
        let wrong = try first.change(id, address: slip)
        #expect(wrong.isInvalid && wrong.latestError == "Invalid checksum" && wrong.nextRefresh == nil)
        try expectKnown(first, wrong, slip)
        // Nobody is asked about it, and another slip is no other thing; nor is a restart.
        let asked = chain.targets.count
        first.fixture.clock.advance(seconds: 100_000)
        try first.workspace.refreshDueAddresses()
        #expect(chain.targets.count == asked)
        try expectKnown(first, try first.change(id, title: "Box", address: slip + "x"), slip + "x")
        first.workspace.close()
        let second = try TrackedChain(folder: folder, chain: chain)
        defer { second.fixture.remove() }
        try expectKnown(second, try second.workspace.trackedAddress(id, of: second.owner), slip + "x")
        let back = try second.change(id, address: TrackedChain.own)
        #expect(!back.isInvalid && back.latestError == nil && back.title == "Box")
        try expectKnown(second, back, TrackedChain.own)
        second.fixture.clock.advance(seconds: 200_000)
        #expect(try second.refresh(id).latestError == nil)
        try expectKnown(second, try second.workspace.trackedAddress(id, of: second.owner), TrackedChain.own)
        // It goes on where it was: the page with what is known is enough.
        chain.receive(TrackedChain.own, 5)
        chain.mine()
        second.fixture.clock.advance(seconds: 100_000)
        try second.refresh(id)
        #expect(try second.fixture.balances() == ["BTC": "0.00000015"])
        #expect(try second.transactions(id).count == 2)
        // Another good one behind a slip takes the old entries back.
        _ = try second.change(id, address: slip)
        #expect(try second.fixture.balances() == ["BTC": "0.00000015"])
        let other = try second.change(id, address: TrackedChain.other)
        #expect(!other.isReady && !other.isInvalid)
        #expect(try second.fixture.balances().isEmpty)
        try second.refresh(id)
        #expect(try second.fixture.balances() == ["BTC": "0.000002"])
        _ = try second.change(id, address: slip)
        _ = try second.change(id, address: TrackedChain.own)
        try second.refresh(id)
        #expect(try second.fixture.balances() == ["BTC": "0.00000015"])
        _ = try second.change(id, address: slip)
        try second.delete(id)
        #expect(try second.fixture.balances().isEmpty)
        #expect(try second.findings().isEmpty)
    }

    @Test func `an address that never was a good one is read once it is`() throws {
        try withChain { it in
            it.chain.receive(TrackedChain.own, 10)
            it.chain.mine()
            let id = try it.add(TrackedChain.own + "x").id
            #expect(try it.transactions(id).isEmpty)
            _ = try it.change(id, address: TrackedChain.own + "y")
            #expect(try it.transactions(id).isEmpty)
            let good = try it.change(id, address: TrackedChain.own)
            #expect(!good.isInvalid && !good.isReady)
            try it.refresh(id)
            #expect(try it.fixture.balances() == ["BTC": "0.0000001"])
            #expect(try it.findings().isEmpty)
        }
    }

    @Test func `what is kept beside an address that is none survives being written down`() {
        for address in ["", "1Boat", "of 3 abc", "ä ö;", "walk 1 2"] {
            for progress in ["", "7", "known a 1 b;walk a 1 b c 2 3"] {
                let kept = SetAsideProgress(address: address, progress: progress)
                #expect(SetAsideProgress(kept.text) == kept)
            }
        }
        for text in [
            "", "7", "known a 1 b", "of ", "of x", "of 3", "of 3 ab", "of -1 ab", "of 99999999999999999999 a",
        ] {
            #expect(SetAsideProgress(text) == nil, "\(text)")
        }
    }

    @Test func `of an address that is deleted or changed while it is read nothing is entered`() throws {
        for isDeleted in [true, false] {
            try withChain { it in
                it.chain.receive(TrackedChain.own, 5)
                it.chain.receive(TrackedChain.other, 70)
                it.chain.mine()
                let id = try it.add().id
                let failures = Mutex<[String]>([])
                it.chain.override { _, target in
                    guard target.contains(TrackedChain.own + "/txs/") else { return nil }
                    do {
                        if isDeleted {
                            try it.delete(id)
                        } else {
                            _ = try it.change(id, address: TrackedChain.other)
                        }
                    } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                    return nil
                }
                #expect(try it.workspace.refreshAddresses(of: it.owner).count == (isDeleted ? 0 : 1))
                #expect(failures.withLock { $0 } == [])
                #expect(try it.fixture.balances().isEmpty)
                it.chain.override(nil)
                it.fixture.clock.advance(seconds: 700)
                try it.workspace.refreshDueAddresses()
                #expect(try it.fixture.balances() == (isDeleted ? [:] : ["BTC": "0.0000007"]))
                #expect(try it.findings().isEmpty)
            }
        }
    }

    @Test func `two readings at once enter everything once`() throws {
        try withChain { it in
            for value in 1...30 { it.chain.receive(TrackedChain.own, value) }
            it.chain.mine()
            let id = try it.add().id
            let isOver = concurrently(6) { _ in
                // What one of them cannot do is seen in the end.
                try? it.workspace.refreshDueAddresses()
            }
            #expect(isOver)
            #expect(try it.refresh(id).latestError == nil)
            #expect(try it.transactions(id).count == 30)
            #expect(try it.findings().isEmpty)
        }
    }

    @Test func `every change and every reading gives another stamp, and a key its first answer again`() throws
    {
        try withChain { it in
            it.chain.receive(TrackedChain.own, 5)
            it.chain.mine()
            try it.workspace.warmUp()
            func claim(_ key: String) throws -> IdempotencyClaim? {
                var digest = RequestDigest()
                digest.add(key)
                return IdempotencyClaim(key: key, request: digest)
            }
            func add(_ key: String) throws -> TrackedAddress {
                try it.workspace.addTrackedAddress(
                    in: try it.fixture.firstPortfolio,
                    of: it.owner,
                    address: TrackedChain.own,
                    currency: "btc",
                    claim: try claim(key),
                    answer: { $0 },
                    kept: { KeptAnswer(status: 200, body: Array("\($0.id.raw)".utf8)) }
                )
            }
            var stamps: [DataStamp?] = []
            let made = try add("one")
            stamps.append(it.fixture.stamp)
            let kept = KeptAnswer(status: 200, body: Array("\(made.id.raw)".utf8))
            #expect(throws: KeyRefusal.answered(kept)) { try add("one") }
            try it.refresh(made.id)
            stamps.append(it.fixture.stamp)
            it.chain.fail(.html)
            try it.refresh(made.id)
            stamps.append(it.fixture.stamp)
            _ = try it.change(made.id, title: "Other")
            stamps.append(it.fixture.stamp)
            let offset = try it.fixture.offset(try it.fixture.firstPortfolio, "Attic", [("btc", "1")])
            stamps.append(it.fixture.stamp)
            _ = try it.fixture.change(offset.id, balances: [("btc", "2")])
            stamps.append(it.fixture.stamp)
            #expect(stamps.allSatisfy { $0 != nil } && Set(stamps).count == 6)
        }
    }

    @Test(arguments: [UInt64](1...4))
    func `whatever is added, changed and deleted, the check finds nothing and the sums agree`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        try withChain { it in
            it.chain.receive(TrackedChain.own, 1_000_000)
            it.chain.receive(TrackedChain.other, 2_000_000)
            it.chain.mine()
            for round in 0..<50 {
                it.fixture.clock.advance(seconds: 700)
                let portfolios = try it.workspace.trackedPortfolios(of: it.owner)
                let portfolio = try #require(portfolios.randomElement(using: &random))
                switch Int.random(in: 0..<12, using: &random) {
                case 0: _ = try it.fixture.make("P", ["btc", "usd"])
                case 1: try it.fixture.delete(portfolio.id)
                case 2, 3:
                    try it.fixture.offset(portfolio.id, "Kraken", [("btc", "\(round)"), ("usd", "-1")])
                case 4:
                    try portfolio.offsets.last.map {
                        _ = try it.fixture.change($0.id, balances: [("btc", "3")])
                    }
                case 5: try portfolio.offsets.first.map { _ = try it.fixture.deleteOffset($0.id) }
                case 6, 7: try it.add(Bool.random(using: &random) ? TrackedChain.own : TrackedChain.other)
                case 8: try portfolio.addresses.first.map { _ = try it.delete($0.id) }
                case 9:
                    try portfolio.addresses.last.map { _ = try it.change($0.id, address: TrackedChain.other) }
                case 10: _ = try it.fixture.importText(Sample.deposit("\(round + 1)", second: round))
                default: try it.workspace.refreshDueAddresses()
                }
                var sums: [String: Int128] = [:]
                for portfolio in try it.workspace.trackedPortfolios(of: it.owner) {
                    let accounts =
                        portfolio.accounts.map(\.id) + portfolio.offsets.map(\.id)
                        + portfolio.addresses.filter(\.isReady).map(\.id)
                    for account in accounts {
                        for row in try it.workspace.holdings(of: account, of: it.owner) {
                            sums[row.currency.displayCode, default: 0] += row.balance.raw
                        }
                    }
                }
                let held = try sums.filter { $0.value != 0 }.mapValues { try Amount(raw: $0).description }
                #expect(try it.fixture.balances() == held)
            }
            #expect(try it.findings().isEmpty)
        }
    }

    @Test func `a ledger that says something else than the chain is named and left alone`() throws {
        try withChain { it in
            it.chain.receive(TrackedChain.own, 100_000_000)
            it.chain.mine()
            let id = try it.add().id
            try it.refresh(id)
            _ = try it.fixture.importText(
                "time,kind,in_amount,in_asset,account\n2024-01-01T00:00:00Z,deposit,2,BTC,Mine\n"
            )
            it.fixture.clock.advance(seconds: 700)
            let read = try it.refresh(id)
            #expect(
                read.latestError
                    == "the chain states 1 BTC and the ledger gives 3; nothing was changed for that"
            )
            #expect(read.isReady && !read.isInvalid)
            #expect(try it.fixture.balances() == ["BTC": "3"])
        }
    }

    @Test func `an address whose history cannot be had has its balance, and says so`() throws {
        try withChain { it in
            it.chain.receive(TrackedChain.own, 100_000_000)
            it.chain.mine()
            it.chain.override { _, target in target.contains("/txs/") ? PeerAnswer(404, "") : nil }
            let id = try it.add().id
            let read = try it.refresh(id)
            #expect(read.isReady && read.balances.first?.balance.description == "1")
            #expect(read.latestError == "chain.example does not know what was asked for")
            #expect(try it.transactions(id).isEmpty)
            it.chain.override(nil)
            it.fixture.clock.advance(seconds: 700)
            #expect(try it.refresh(id).latestError == nil)
            #expect(try it.transactions(id).count == 1)
        }
    }

    @Test func `another user's address is not there`() throws {
        try withChain { it in
            let id = try it.add().id
            let other = try it.fixture.addUser("eve").id
            #expect(throws: TrackingRefusal.notFound) { try it.workspace.trackedAddress(id, of: other) }
            #expect(throws: TrackingRefusal.notFound) { try it.change(id, title: "x", of: other) }
            #expect(throws: TrackingRefusal.notFound) {
                try it.change(id, address: TrackedChain.other, of: other)
            }
            #expect(throws: TrackingRefusal.notFound) { try it.delete(id, of: other) }
            #expect(throws: TrackingRefusal.notFound) {
                try it.workspace.refreshAddresses(of: other, only: id)
            }
            #expect(try it.workspace.refreshAddresses(of: other).isEmpty)
        }
    }

    @Test func `there may be so many addresses and no more`() throws {
        try withChain({ $0.tracking.addressesMax = 1 }) { it in
            try it.add()
            #expect(throws: TrackingRefusal.tooMany("addresses", limit: 1)) { try it.add(TrackedChain.other) }
        }
    }

    @Test func `the check tells of addresses and offsets that do not fit the journal`() throws {
        try withChain { it in
            let owner = it.owner
            let address = try it.add().id
            let offset = try it.fixture.offset(try it.fixture.firstPortfolio, "Attic", [("btc", "1")]).id
            let other = try it.fixture.addUser("eve").id
            let asset = try #require(AssetRegistry.builtIn.id(code: "btc"))
            #expect(try it.findings().isEmpty)
            try it.workspace.database.writeAndWait { transaction in
                try transaction.setOffset(offset, [AssetAmount(amount: .zero, asset: asset)])
                try transaction.setAddress(
                    offset,
                    of: owner,
                    asset: asset,
                    address: TrackedChain.own,
                    isInvalid: false,
                    error: nil
                )
            }
            #expect(try it.findings() == ["address.account", "offset.balance"])
            try it.workspace.database.writeAndWait { transaction in
                try transaction.setOffset(offset, [])
                try transaction.deleteAccount(address, of: owner)
                try transaction.setAddress(
                    address,
                    of: other,
                    asset: asset,
                    address: TrackedChain.own,
                    isInvalid: false,
                    error: nil
                )
            }
            let messages = try it.workspace.check().findings.map { "\($0.code) \($0.count)" }
            #expect(messages == ["address.account 2", "offset.balance 1"])
        }
    }

    @Test func `a deleted user's addresses are asked for no more and leave nothing amiss`() throws {
        try withChain { it in
            let user = try it.fixture.addUser("eve").id
            _ = try it.workspace.addTrackedAddress(
                in: try #require(try it.workspace.trackedPortfolios(of: user).first).id,
                of: user,
                address: TrackedChain.own,
                currency: "btc",
                answer: { $0 },
                kept: Fixture.nothingKept
            )
            try it.workspace.deleteUser(user)
            try it.workspace.refreshDueAddresses()
            #expect(it.chain.targets.isEmpty)
            #expect(try it.findings().isEmpty)
        }
    }

    @Test func `how far was read survives being written down`() {
        var progress = AddressProgress()
        #expect(AddressProgress(progress.text) == progress)
        progress.known = ChainMark(id: "aa", height: 5, blockHash: "bb")
        #expect(AddressProgress(progress.text) == progress)
        progress.walk = AddressProgress.Walk(
            top: ChainMark(id: "cc", height: 9, blockHash: "dd"),
            cursor: ChainCursor(id: "ee", height: 7, count: 30)
        )
        #expect(AddressProgress(progress.text) == progress)
        for text in ["x", "known a", "known a b c", "walk a 1 b c 2", ";;", "known a 1 b c"] {
            #expect(AddressProgress(text) == AddressProgress(), "\(text)")
        }
    }
}

@Suite("Tracked addresses of Ethereum")
private struct EthereumAddressTests {
    private static let own = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045"
    private static let url = "https://node.example/v3"

    private func contract(_ code: String) throws -> String {
        try #require(AssetRegistry.builtIn.asset(code: code)?.contract)
    }

    private func withNode(_ body: (TrackedChain, EthereumNode) throws -> Void) throws {
        let node = EthereumNode()
        let it = try TrackedChain { configuration in
            configuration.chains.urls[.ethereum] = Self.url
            configuration.chains.transport = node.transport(base: Self.url)
        }
        defer { it.fixture.remove() }
        try body(it, node)
    }

    private func amounts(_ address: TrackedAddress) -> [String] {
        address.balances.map { "\($0.currency.code) \($0.balance)" }
    }

    @Test func `ether and the tokens that are held are corrections, seen again when they change`() throws {
        try withNode { it, node in
            let usdt = try contract("usdt")
            node.setBalance(Self.own, wei: 1_500_000_000_000_000_001)
            node.setTokens(Self.own, contract: usdt, units: 25_000_001)
            node.mine()
            let made = try it.add(Self.own, title: "Hot", currency: "eth")
            #expect(!made.isInvalid && !made.isReady)
            let read = try it.refresh(made.id)
            #expect(read.latestError == nil && read.isReady && read.transactionsRefreshed == nil)
            #expect(amounts(read) == ["eth 1.500000000000000001", "usdt 25.000001"])
            #expect(read.balances.allSatisfy { $0.source == "node.example" && $0.transactions == nil })
            #expect(try it.fixture.balances() == ["ETH": "1.500000000000000001", "USDT": "25.000001"])
            node.setBalance(Self.own, wei: 500_000_000_000_000_001)
            node.setTokens(Self.own, contract: usdt, units: 0)
            node.mine()
            it.fixture.clock.advance(seconds: 700)
            #expect(amounts(try it.refresh(made.id)) == ["eth 0.500000000000000001"])
            let rows = try it.transactions(made.id)
            #expect(rows.count == 4 && rows.first?.reference == "block \(node.height)")
            #expect(
                Set(rows.prefix(2).map { "\($0.currency.code) \($0.delta)" }) == [
                    "eth -1", "usdt -25.000001",
                ]
            )
            it.fixture.clock.advance(seconds: 700)
            try it.refresh(made.id)
            #expect(try it.transactions(made.id).count == 4)
            #expect(try it.fixture.balances() == ["ETH": "0.500000000000000001"])
            #expect(try it.findings().isEmpty)
            try it.delete(made.id)
            #expect(try it.fixture.balances().isEmpty)
        }
    }

    @Test func `an address of a token is read for that token alone`() throws {
        try withNode { it, node in
            node.setBalance(Self.own, wei: 7)
            node.setTokens(Self.own, contract: try contract("usdt"), units: 3_000_000)
            node.mine()
            let id = try it.add(Self.own, title: "Dollars", currency: "usdt").id
            #expect(amounts(try it.refresh(id)) == ["usdt 3"])
            #expect(try it.fixture.balances() == ["USDT": "3"])
        }
    }

    @Test func `a token that cannot be read keeps what was known, and is named`() throws {
        try withNode { it, node in
            node.setBalance(Self.own, wei: 1_000_000_000_000_000_000)
            node.setTokens(Self.own, contract: try contract("usdt"), units: 3_000_000)
            node.mine()
            let id = try it.add(Self.own, currency: "eth").id
            try it.refresh(id)
            node.override { $0 == "eth_call" ? #""result":"0x12""# : nil }
            it.fixture.clock.advance(seconds: 700)
            let read = try it.refresh(id)
            #expect(read.latestError == "the balance of USDT could not be read; what was known stays")
            #expect(amounts(read) == ["eth 1", "usdt 3"])
            node.override(nil)
            node.fail(.status(503))
            it.fixture.clock.advance(seconds: 100_000)
            #expect(try it.refresh(id).latestError?.contains("503") == true)
            #expect(try it.fixture.balances() == ["ETH": "1", "USDT": "3"])
        }
    }
}
