import Crypto
import Ledger
import Money
import Storage
import Testing
import Time

@testable import Services

@Suite("Tracked portfolios")
struct TrackedPortfolioTests {
    @Test func `a new folder has one portfolio, reported in its owner's currency`() throws {
        try withFixture { fixture in
            let all = try fixture.workspace.trackedPortfolios(of: fixture.owner)
            let only = try #require(all.first)
            #expect(all.count == 1)
            #expect(only.isDefault)
            #expect(only.currencies.map(\.code) == ["usd"])
            #expect(only.source == "web")
            #expect(only.balancesUpdated == nil && only.convertedHistoriesUpdated == nil)
        }
    }

    @Test func `a portfolio is made with its currencies by code, each once`() throws {
        try withFixture { fixture in
            let made = try fixture.make("Main", ["usd", "BTC", "btc"])
            #expect(made.title == "Main")
            #expect(made.currencies.map(\.code) == ["btc", "usd"])
            #expect(made.source == "private-api")
            #expect(!made.isDefault)
            #expect(try fixture.workspace.trackedPortfolio(made.id, of: fixture.owner) == made)
        }
    }

    @Test func `two portfolios may have one name, which the command line tells apart`() throws {
        try withFixture { fixture in
            let (first, second) = (try fixture.make("Main"), try fixture.make("Main"))
            #expect(first.title == "Main" && second.title == "Main" && first.id != second.id)
            #expect(try fixture.workspace.portfolio("Main 2", of: fixture.owner).id == second.id)
            let third = try fixture.change(first.id, title: "Portfolio")
            #expect(third.title == "Portfolio")
            #expect(try fixture.workspace.portfolio("Portfolio 2", of: fixture.owner).id == first.id)
        }
    }

    @Test func `what is wrong is told at once and in words`() throws {
        try withFixture { fixture in
            #expect(
                throws: TrackingRefusal.invalid([
                    "title can't be blank", "must have at least one reporting currency selected",
                ])
            ) { try fixture.make(" ", []) }
            #expect(throws: TrackingRefusal.unknownCurrency("nosuch")) {
                try fixture.make("Main", ["btc", "nosuch"])
            }
            #expect(throws: TrackingRefusal.unknownCurrency("b t c")) { try fixture.make("Main", ["b t c"]) }
            #expect(
                throws: TrackingRefusal.invalid(["title is too long (maximum is 100 characters)"])
            ) {
                try fixture.make(String(repeating: "x", count: 101))
            }
            #expect(throws: TrackingRefusal.invalid(["title must not have control characters"])) {
                try fixture.make("a\nb")
            }
            let longest = try fixture.make(String(repeating: "x", count: 100))
            #expect(longest.title.count == 100)
            #expect(try fixture.workspace.trackedPortfolios(of: fixture.owner).count == 2)
        }
    }

    @Test func `ten thousand currencies are refused at once; one of them ten thousand times is one`() throws {
        try withFixture { fixture in
            #expect(throws: TrackingRefusal.tooMany("reporting currencies", limit: 100)) {
                try fixture.make("Main", (0..<10_000).map { "x\($0)" })
            }
            let one = try fixture.make("Main", Array(repeating: "ltc", count: 10_000))
            #expect(one.currencies.map(\.code) == ["ltc"])
            let codes = AssetRegistry.builtIn.all.map(\.code)
            let all = try fixture.make("All", Array(codes.prefix(100)))
            #expect(all.currencies.count == 100)
            #expect(throws: TrackingRefusal.tooMany("reporting currencies", limit: 100)) {
                try fixture.codes(all.id, adding: [codes[100]])
            }
        }
    }

    @Test func `currencies are added, taken away and replaced; none is too few`() throws {
        try withFixture { fixture in
            let id = try fixture.make("Main", ["usd"]).id
            #expect(try fixture.codes(id, adding: ["ltc", "usd"]) == ["ltc", "usd"])
            #expect(try fixture.codes(id, removing: ["usd", "eth"]) == ["ltc"])
            #expect(
                throws: TrackingRefusal.invalid(["must have at least one reporting currency selected"])
            ) {
                try fixture.codes(id, removing: ["ltc"])
            }
            let replaced = try fixture.change(id, currencies: ["eur", "btc"])
            #expect(replaced.currencies.map(\.code) == ["btc", "eur"])
            #expect(replaced.title == "Main")
            // The default portfolio has no choice of its own: what is added joins the owner's currency.
            let first = try #require(try fixture.workspace.trackedPortfolios(of: fixture.owner).first)
            #expect(try fixture.codes(first.id, adding: ["btc"]) == ["btc", "usd"])
        }
    }

    @Test func `another user's portfolio is not there, for reading and for every change`() throws {
        try withFixture { fixture in
            let id = try fixture.make("Main").id
            let other = try fixture.addUser("eve").id
            #expect(throws: TrackingRefusal.notFound) {
                try fixture.workspace.trackedPortfolio(id, of: other)
            }
            #expect(throws: TrackingRefusal.notFound) {
                try fixture.change(id, title: "Mine", of: other)
            }
            #expect(throws: TrackingRefusal.notFound) {
                try fixture.codes(id, adding: ["btc"], of: other)
            }
            #expect(throws: TrackingRefusal.notFound) { try fixture.delete(id, of: other) }
            #expect(try fixture.workspace.trackedPortfolio(id, of: fixture.owner).title == "Main")
        }
    }

    @Test
    func
        `deleting the default portfolio makes the oldest other one the default; the last leaves an empty one`()
        throws
    {
        try withFixture { fixture in
            let first = try #require(try fixture.workspace.trackedPortfolios(of: fixture.owner).first)
            let second = try fixture.make("Second")
            _ = try fixture.make("Third")
            _ = try fixture.importText(Sample.deposit("2"))
            let gone = try fixture.delete(first.id)
            #expect(gone.accounts.map(\.title) == ["Kraken"])
            #expect(try fixture.balances().isEmpty)
            var all = try fixture.workspace.trackedPortfolios(of: fixture.owner)
            #expect(all.map(\.title) == ["Second", "Third"])
            #expect(all.first?.isDefault == true && all.first?.id == second.id)
            #expect(all.allSatisfy { $0.accounts.isEmpty })
            // The account's name is free again: what is imported now goes to the new default portfolio.
            _ = try fixture.importText(Sample.deposit("3"))
            #expect(try fixture.balances() == ["BTC": "3"])
            for portfolio in all { _ = try fixture.delete(portfolio.id) }
            all = try fixture.workspace.trackedPortfolios(of: fixture.owner)
            #expect(all.map(\.title) == ["Portfolio"])
            #expect(all.first?.isDefault == true)
            #expect(try fixture.balances().isEmpty)
            #expect(try fixture.workspace.check().findings.isEmpty)
        }
    }

    @Test func `a request with a key is carried out once and gives the same answer again`() throws {
        try withFixture { fixture in
            func make(_ title: String) throws -> String {
                var digest = RequestDigest()
                digest.add(title)
                let found = IdempotencyClaim(key: "k1", request: digest)
                let claim = try #require(found)
                do {
                    return try fixture.workspace.makeTrackedPortfolio(
                        title: title,
                        currencies: ["btc"],
                        of: fixture.owner,
                        claim: claim,
                        answer: { "\($0.id.raw)" },
                        kept: { KeptAnswer(status: 200, body: Array($0.utf8)) }
                    )
                } catch KeyRefusal.answered(let kept) {
                    return String(decoding: kept.body, as: UTF8.self)
                }
            }
            let (first, again) = (try make("Main"), try make("Main"))
            #expect(first == again)
            #expect(throws: KeyRefusal.otherRequest) { try make("Other") }
            #expect(try fixture.workspace.trackedPortfolios(of: fixture.owner).count == 2)
        }
    }

    @Test func `the stamp changes with every change of what is tracked`() throws {
        try withFixture { fixture in
            try fixture.workspace.warmUp()
            let id = try fixture.make("Main").id
            var seen = Set([try #require(fixture.stamp)])
            _ = try fixture.change(id, title: "Other")
            seen.insert(try #require(fixture.stamp))
            _ = try fixture.codes(id, adding: ["ltc"])
            seen.insert(try #require(fixture.stamp))
            #expect(seen.count == 3)
        }
    }

    @Test func `there may be so many portfolios and no more`() throws {
        try withFixture(change: { $0.tracking.portfoliosMax = 2 }) { fixture in
            _ = try fixture.make("Second")
            #expect(throws: TrackingRefusal.tooMany("portfolios", limit: 2)) { try fixture.make("Third") }
        }
    }
}

extension Fixture {
    var stamp: DataStamp? { workspace.stamp(of: owner, at: clock.now) }

    @discardableResult
    func make(_ title: String, _ currencies: [String] = ["btc", "usd"]) throws -> TrackedPortfolio {
        try workspace.makeTrackedPortfolio(
            title: title,
            currencies: currencies,
            source: "private-api",
            of: owner,
            answer: { $0 },
            kept: Fixture.nothingKept
        )
    }

    func change(
        _ id: PortfolioID,
        title: String? = nil,
        currencies: [String]? = nil,
        of user: UserID? = nil
    ) throws -> TrackedPortfolio {
        try workspace.changeTrackedPortfolio(
            id,
            of: user ?? owner,
            title: title,
            currencies: currencies,
            answer: { $0 },
            kept: Fixture.nothingKept
        )
    }

    @discardableResult
    func codes(
        _ id: PortfolioID,
        adding: [String] = [],
        removing: [String] = [],
        of user: UserID? = nil
    ) throws -> [String] {
        try workspace.changeTrackedCurrencies(
            of: id,
            of: user ?? owner,
            adding: adding,
            removing: removing,
            answer: { $0 },
            kept: Fixture.nothingKept
        ).currencies.map(\.code)
    }

    @discardableResult
    func delete(_ id: PortfolioID, of user: UserID? = nil) throws -> TrackedPortfolio {
        try workspace.deleteTrackedPortfolio(
            id,
            of: user ?? owner,
            answer: { $0 },
            kept: Fixture.nothingKept
        )
    }

    static func nothingKept<Value>(_ value: Value) -> KeptAnswer { KeptAnswer(status: 200, body: []) }
}
