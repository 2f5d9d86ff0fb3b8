import Crypto
import Foundation
import Ledger
import Money
import Storage
import Testing
import Time
import VenueSupport

@testable import Services

@Suite("Connections") private struct ConnectionTests {
    @Test func `a ledger is read once and gives the venue's balances`() throws {
        try withVenue { it in
            try it.connect()
            let first = try it.workspace.syncConnections(of: it.owner)
            let sync = try #require(first.connections.first)
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
        }
    }

    @Test func `without a connection nothing is said to have succeeded`() throws {
        try withVenue { it in
            for source in BackfillSource.allCases {
                let outcome = try it.workspace.backfill(
                    of: it.owner,
                    source: source,
                    isDryRun: false,
                    maxPages: 3
                )
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
            let dry = try it.workspace.backfill(
                of: it.owner,
                source: .coinbaseLedger,
                isDryRun: true,
                maxPages: 3
            )
            #expect(dry.eventsFound == 4)
            #expect(dry.eventsInserted == 4)
            #expect(dry.errors == [])
            #expect(try it.workspace.imports(of: it.owner).isEmpty)
            #expect(try it.fixture.balances() == [:])
            #expect(try it.workspace.connections(of: it.owner).first?.nextSync == nil)
            let real = try it.workspace.backfill(
                of: it.owner,
                source: .coinbaseLedger,
                isDryRun: false,
                maxPages: 3
            )
            #expect(real.eventsInserted == 4)
            #expect(real.pagesFetched == 3)
        }
    }
}
