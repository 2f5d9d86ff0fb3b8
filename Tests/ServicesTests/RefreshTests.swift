import Connectors
import Money
import Storage
import Testing
import Time
import VenueSupport

@testable import Services

@Suite("Bringing everything up to date")
private struct RefreshTests {
    private func refresh(_ it: TrackedChain) throws -> RefreshOutcome {
        var seen: RefreshOutcome?
        _ = try it.workspace.refresh(of: it.owner) { outcome in
            seen = outcome
            return KeptAnswer(status: 200, body: [])
        }
        return try #require(seen)
    }

    private func withChain(
        _ change: (inout WorkspaceConfiguration) -> Void = { _ in },
        _ body: (TrackedChain) throws -> Void
    ) throws {
        let it = try TrackedChain(change: change)
        defer { it.fixture.remove() }
        try body(it)
    }

    @Test func `it reads tracked addresses before it values what there is`() throws {
        try withChain { it in
            _ = try it.fixture.importPrices("date,asset,price_usd\n2024-06-14,BTC,50000\n")
            it.chain.receive(TrackedChain.own, 200_000_000)
            it.chain.mine()
            try it.add()
            let first = try refresh(it)
            #expect(first.errors == [])
            #expect(first.total.description == "100000")
            it.chain.fail(.status(500))
            it.fixture.clock.advance(seconds: 3600)
            let second = try refresh(it)
            #expect(second.errors.count == 1 && second.errors[0].hasPrefix("Mine: "), "\(second.errors)")
            #expect(second.total.description == "100000")
        }
    }

    @Test func `addresses that nobody is asked about are no error`() throws {
        try withChain({ $0.chains.urls = [:] }) { it in
            try it.add()
            #expect(try refresh(it).errors == [])
        }
        try withChain { it in
            try it.add("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3")
            try it.add("rDsbeomae4FXwgQTJp9Rs64Qg9vDiTCdBv", currency: "xrp")
            try it.add("LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", currency: "ltc")
            #expect(try refresh(it).errors == [])
            #expect(it.chain.targets.isEmpty)
        }
    }

    @Test func `one call reads so many addresses and the others next time`() throws {
        try withChain({ $0.chains.addressesPerRound = 1 }) { it in
            let ids = [try it.add().id, try it.add(TrackedChain.other).id]
            func ready() throws -> [Bool] {
                try ids.map { try it.workspace.trackedAddress($0, of: it.owner).isReady }
            }
            _ = try refresh(it)
            #expect(try ready() == [true, false])
            it.fixture.clock.advance(seconds: 60)
            _ = try refresh(it)
            #expect(try ready() == [true, true])
        }
    }

    @Test func `waits, calls and rounds are as they are set`() throws {
        try withChain({
            $0.chains.firstRetrySeconds = 100
            $0.chains.retrySecondsMax = 150
        }) { it in
            it.chain.fail(.status(500))
            let id = try it.add().id
            var waits: [Int64] = []
            for _ in 0..<3 {
                let next = try #require(try it.refresh(id).nextRefresh)
                waits.append(next.seconds - it.fixture.clock.now.seconds)
            }
            // Up to a tenth is added by chance.
            #expect((100...110).contains(waits[0]))
            #expect((150...165).contains(waits[1]) && (150...165).contains(waits[2]), "\(waits)")
        }
        try withChain({
            $0.chains.callsPerReading = 1
            $0.chains.limits.pagesPerCall = 1
        }) { it in
            it.chain.setPageRows(10)
            for value in 1...25 { it.chain.receive(TrackedChain.own, value) }
            it.chain.mine()
            let id = try it.add().id
            let first = try it.refresh(id)
            #expect(first.latestError?.contains("is being read") == true, "\(first.latestError ?? "")")
            for _ in 0..<4 { try it.refresh(id) }
            #expect(try it.transactions(id).count == 25)
        }
    }
}
