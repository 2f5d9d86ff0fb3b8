import Ledger
import Money
import Storage
import TestSupport
import Testing
import Time

@testable import Services

@Suite("Offsets")
private struct OffsetTests {
    @Test func `an offset's balances are corrections in the ledger, negative ones too`() throws {
        try withFixture { fixture in
            let id = try fixture.firstPortfolio
            let made = try fixture.offset(id, "Cold", [("btc", "1.5"), ("USD", "-20.000000000000000001")])
            #expect(made.balances.map(\.currency.code) == ["btc", "usd"])
            #expect(made.balances.map(\.balance.description) == ["1.5", "-20.000000000000000001"])
            #expect(made.source == "private-api" && made.portfolio == id)
            #expect(try fixture.balances() == ["BTC": "1.5", "USD": "-20.000000000000000001"])
            #expect(try fixture.workspace.trackedOffset(made.id, of: fixture.owner) == made)
            let portfolio = try fixture.workspace.trackedPortfolio(id, of: fixture.owner)
            #expect(portfolio.offsets == [made])
            #expect(portfolio.accounts.isEmpty && portfolio.balancesUpdated != nil)
            let rows = try fixture.workspace.transactions(of: made.id, of: fixture.owner)
            #expect(Set(rows.map(\.delta.description)) == ["1.5", "-20.000000000000000001"])
            #expect(rows.allSatisfy { $0.source == "offset" })
            #expect(try fixture.workspace.check().findings.isEmpty)
        }
    }

    @Test func `balances are replaced as a set, and what was the same keeps its times`() throws {
        try withFixture { fixture in
            let made = try fixture.offset(try fixture.firstPortfolio, "Cold", [("btc", "1"), ("eth", "2")])
            fixture.clock.advance(seconds: 60)
            let changed = try fixture.change(made.id, balances: [("btc", "1"), ("ltc", "3")])
            #expect(changed.balances.map(\.currency.code) == ["btc", "ltc"])
            #expect(changed.balances[0].updated == made.balances[0].updated)
            #expect(changed.balances[1].created > made.created)
            #expect(changed.updated > made.updated && changed.title == "Cold")
            #expect(try fixture.balances() == ["BTC": "1", "LTC": "3"])
            #expect(try fixture.change(made.id, title: "Box").balances == changed.balances)
            #expect(try fixture.change(made.id, balances: []).balances.isEmpty)
            #expect(try fixture.balances().isEmpty)
            #expect(try fixture.workspace.check().findings.isEmpty)
        }
    }

    @Test func `going there and back within one instant counts each time`() throws {
        try withFixture { fixture in
            let made = try fixture.offset(try fixture.firstPortfolio, "Cold", [])
            for text in ["1", "0", "1", "0", "1"] {
                _ = try fixture.change(made.id, balances: [("btc", text)])
            }
            #expect(try fixture.balances() == ["BTC": "1"])
        }
    }

    @Test(arguments: [UInt64](1...5))
    func `any run of changes leaves the ledger as the last set says`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        try withFixture { fixture in
            let portfolio = try fixture.firstPortfolio
            var ids: [AccountID] = []
            var plain: [AccountID: [String: Int128]] = [:]
            for _ in 0..<40 {
                fixture.clock.advance(seconds: Int64.random(in: 0...3, using: &random))
                var set: [String: Int128] = [:]
                for code in ["btc", "eth", "usd", "ltc"] where Bool.random(using: &random) {
                    set[code] =
                        Int128(Int64.random(in: -1_000_000...1_000_000, using: &random)) * 1_000_000_000_000
                }
                let balances = try set.map { ($0.key, try Amount(raw: $0.value).description) }
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    let made = try fixture.offset(portfolio, "Same title", balances)
                    ids.append(made.id)
                    plain[made.id] = set
                case 1 where !ids.isEmpty:
                    let gone = ids.remove(at: Int.random(in: 0..<ids.count, using: &random))
                    #expect(try fixture.deleteOffset(gone).id == gone)
                    plain[gone] = nil
                default:
                    guard let id = ids.randomElement(using: &random) else { continue }
                    _ = try fixture.change(id, balances: balances)
                    plain[id] = set
                }
                var sums: [String: Int128] = [:]
                for (code, raw) in plain.values.joined() { sums[code.uppercased(), default: 0] += raw }
                let expected = try sums.filter { $0.value != 0 }.mapValues { try Amount(raw: $0).description }
                #expect(try fixture.balances() == expected)
            }
            #expect(try fixture.workspace.check().findings.isEmpty)
            let offsets = try fixture.workspace.trackedPortfolio(portfolio, of: fixture.owner).offsets
            #expect(Set(offsets.map(\.id)) == Set(ids))
        }
    }

    @Test func `what is wrong with balances is named`() throws {
        try withFixture { fixture in
            let id = try fixture.firstPortfolio
            #expect(throws: TrackingRefusal.invalid(["balances name btc more than once"])) {
                try fixture.offset(id, "Cold", [("btc", "1"), ("BTC", "2")])
            }
            #expect(throws: TrackingRefusal.unknownCurrency("nosuch")) {
                try fixture.offset(id, "Cold", [("nosuch", "1")])
            }
            #expect(throws: TrackingRefusal.invalid(["title can't be blank"])) {
                try fixture.offset(id, "", [("btc", "1")])
            }
            for text in [
                "1.0000000000000000001", "x", "", "1e3", "0x1", "１", "100000000000000000000", "--1", "1,5",
            ] {
                #expect(throws: TrackingRefusal.self, "\(text)") {
                    try fixture.offset(id, "Cold", [("btc", text)])
                }
            }
            #expect(throws: TrackingRefusal.tooMany("currencies in one offset", limit: 500)) {
                try fixture.offset(id, "Cold", (0...500).map { ("x\($0)", "1") })
            }
            #expect(try fixture.workspace.trackedPortfolio(id, of: fixture.owner).offsets.isEmpty)
            #expect(try fixture.balances().isEmpty)
        }
    }

    @Test func `balances that would leave the range of amounts are refused and change nothing`() throws {
        try withFixture { fixture in
            let id = try fixture.firstPortfolio
            let large = try fixture.offset(id, "Cold", [("btc", "99999999999999999999")])
            #expect(throws: TrackingRefusal.self) { try fixture.offset(id, "More", [("btc", "1")]) }
            #expect(throws: TrackingRefusal.self) {
                try fixture.change(large.id, balances: [("btc", "-99999999999999999999")])
            }
            #expect(try fixture.balances() == ["BTC": "99999999999999999999"])
            #expect(try fixture.workspace.trackedOffset(large.id, of: fixture.owner) == large)
            _ = try fixture.deleteOffset(large.id)
            _ = try fixture.offset(id, "More", [("btc", "1")])
            #expect(try fixture.balances() == ["BTC": "1"])
        }
    }

    @Test func `another user's offset, or one of another portfolio, is not there`() throws {
        try withFixture { fixture in
            let made = try fixture.offset(try fixture.firstPortfolio, "Cold", [("btc", "1")])
            let other = try fixture.addUser("eve").id
            let second = try fixture.make("Second").id
            #expect(throws: TrackingRefusal.notFound) {
                try fixture.workspace.trackedOffset(made.id, of: other)
            }
            #expect(throws: TrackingRefusal.notFound) {
                try fixture.workspace.trackedOffset(made.id, in: second, of: fixture.owner)
            }
            #expect(throws: TrackingRefusal.notFound) {
                try fixture.change(made.id, title: "Mine", of: other)
            }
            #expect(throws: TrackingRefusal.notFound) { try fixture.deleteOffset(made.id, of: other) }
            #expect(throws: TrackingRefusal.notFound) { try fixture.deleteOffset(made.id, in: second) }
            #expect(throws: TrackingRefusal.notFound) { try fixture.offset(second, "X", [], of: other) }
            #expect(try fixture.workspace.trackedOffset(made.id, of: fixture.owner) == made)
        }
    }

    @Test func `an offset's import cannot be undone by itself`() throws {
        try withFixture { fixture in
            let made = try fixture.offset(try fixture.firstPortfolio, "Cold", [("btc", "1")])
            let number = Int(try #require(try fixture.workspace.imports(of: fixture.owner).first).id.raw)
            #expect(throws: WorkspaceError.importIsTracked(number, what: "offset")) {
                try fixture.workspace.undoImport(number, of: fixture.owner)
            }
            _ = try fixture.deleteOffset(made.id)
            #expect(try fixture.balances().isEmpty)
        }
    }

    @Test func `deleting a portfolio by force takes its offsets along and keeps its accounts`() throws {
        try withFixture { fixture in
            let second = try fixture.make("Second").id
            _ = try fixture.offset(second, "Cold", [("btc", "1")])
            let info = try fixture.workspace.portfolio("Second", of: fixture.owner)
            try fixture.workspace.deletePortfolio(
                info.uuid,
                of: fixture.owner,
                force: true,
                kept: KeptAnswer(status: 204, body: [])
            )
            #expect(try fixture.balances().isEmpty)
            let left = try fixture.workspace.trackedPortfolio(try fixture.firstPortfolio, of: fixture.owner)
            #expect(left.offsets.isEmpty && left.accounts.isEmpty)
            #expect(try fixture.workspace.check().findings.isEmpty)
        }
    }
}

extension Fixture {
    var firstPortfolio: PortfolioID {
        get throws { try #require(try workspace.trackedPortfolios(of: owner).first).id }
    }

    @discardableResult
    func offset(
        _ portfolio: PortfolioID,
        _ title: String,
        _ balances: [(String, String)],
        of user: UserID? = nil
    ) throws -> TrackedOffset {
        try workspace.addTrackedOffset(
            in: portfolio,
            of: user ?? owner,
            title: title,
            balances: try balances.map { try StatedBalance(code: $0.0, text: $0.1) },
            source: "private-api",
            answer: { $0 },
            kept: Fixture.nothingKept
        )
    }

    func change(
        _ id: AccountID,
        title: String? = nil,
        balances: [(String, String)]? = nil,
        of user: UserID? = nil
    ) throws -> TrackedOffset {
        try workspace.changeTrackedOffset(
            id,
            of: user ?? owner,
            title: title,
            balances: try balances?.map { try StatedBalance(code: $0.0, text: $0.1) },
            answer: { $0 },
            kept: Fixture.nothingKept
        )
    }

    @discardableResult
    func deleteOffset(
        _ id: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID? = nil
    ) throws -> TrackedOffset {
        try workspace.deleteTrackedOffset(
            id,
            in: portfolio,
            of: user ?? owner,
            answer: { $0 },
            kept: Fixture.nothingKept
        )
    }
}
