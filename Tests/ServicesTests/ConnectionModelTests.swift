import Testing
import TestSupport
import Time
import VenueSupport

@testable import Services

@Suite("Readings in pieces") private struct ConnectionModelTests {
    /// A random history over four wallets: movements, converts with a row in two wallets, and Advanced fills.
    private static func history(_ random: inout SplitMix64) -> [CoinbaseVenue.Wallet] {
        let codes = ["BTC", "ETH", "SOL", "USDC"]
        var rows: [[String]] = codes.map { _ in [] }
        var second = 1_700_000_000
        for number in 0..<Int.random(in: 5...60, using: &random) {
            second +=
                Int.random(in: 0...3, using: &random) == 0 ? 1 : Int.random(in: 60...90_000, using: &random)
            let time = Timestamp(seconds: Int64(second)).description
            let place = Int.random(in: 0..<codes.count, using: &random)
            let amount = "\(Int.random(in: 1...9, using: &random)).\(Int.random(in: 1...9, using: &random))"
            func add(_ wallet: Int, _ suffix: String, _ type: String, _ amount: String, _ more: String = "") {
                rows[wallet].append(
                    CoinbaseRows.transaction(
                        "n\(number)\(suffix)",
                        type,
                        amount,
                        codes[wallet],
                        at: time,
                        native: "7 EUR",
                        more
                    )
                )
            }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: add(place, "", "receive", amount)
            case 1: add(place, "", "staking_reward", amount)
            case 2:
                let trade = #","trade":{"id":"t\#(number)"}"#
                add(place, "o", "trade", "-\(amount)", trade)
                add((place + 1) % codes.count, "i", "trade", amount, trade)
            default:
                let base = place % 3
                let fill =
                    #","advanced_trade_fill":{"fill_price":"10","product_id":"\#(codes[base])-USDC","order_id":"o\#(number)"}"#
                add(base, "b", "advanced_trade_fill", amount, fill)
                add(3, "q", "advanced_trade_fill", "-1", fill)
            }
        }
        return zip(codes, rows).map { .init("w-\($0.lowercased())", $0, balance: "0", $1) }
    }

    /// The lines of the export without what tells in which piece a row came.
    private static func ledger(_ it: ConnectedVenue) throws -> [String] {
        try it.fixture.exported().split(separator: "\n").map(String.init).sorted()
    }

    @Test(arguments: 0..<24 as Range<UInt64>)
    func `any pieces, failures and repetitions give the ledger of one reading`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let wallets = Self.history(&random)
        let whole = try withVenue { it in
            try it.connect()
            it.venue.change { $0.wallets = wallets }
            let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            #expect(sync.errors == [])
            return try Self.ledger(it)
        }
        let pieces = try withVenue { it in
            try it.connect()
            it.venue.change {
                $0.wallets = wallets
                $0.pageRows = Int.random(in: 1...7, using: &random)
            }
            let isFailing = Bool.random(using: &random)
            let failing = Int.random(in: 2...9, using: &random)
            if isFailing {
                it.venue.change {
                    $0.override = { number, _ in number % failing == 1 ? .init(404, "{}") : nil }
                }
            }
            var idle = 0
            for turn in 0..<300 {
                if turn == 60 { it.venue.change { $0.override = nil } }
                let pages = Int.random(in: 1...3, using: &random)
                let outcome = try it.workspace.backfill(
                    of: it.owner,
                    source: .coinbaseLedger,
                    isDryRun: turn % 11 == 5,
                    maxPages: pages
                )
                #expect(isFailing || outcome.errors == [])
                // A page with nothing but halves that wait finds nothing either.
                idle = outcome.eventsFound == 0 ? idle + 1 : 0
                if turn > 60, idle > 12 { break }
            }
            #expect(try it.workspace.syncConnections(of: it.owner).eventsInserted == 0)
            #expect(try it.workspace.syncConnections(of: it.owner, isAgain: true).eventsInserted == 0)
            #expect(try it.workspace.check().findings.isEmpty)
            return try Self.ledger(it)
        }
        let (missing, extra) = (Set(whole).subtracting(pieces), Set(pieces).subtracting(whole))
        #expect(missing == [])
        #expect(extra == [])
        #expect(pieces.count == whole.count)
    }
}
