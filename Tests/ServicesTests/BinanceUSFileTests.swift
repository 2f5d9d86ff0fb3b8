import Importing
import Storage
import TestSupport
import Testing
import Time
import VenueSupport

@testable import Services

@Suite("Binance.US's account by file and by API") private struct BinanceUSFileTests {
    private static let header =
        "User ID,Time,Category,Operation,Order ID,Transaction ID,Primary Asset,Realized Amount For Primary Asset,"
        + "Realized Amount for Primary Asset in USD,Base Asset,Realized Amount For Base Asset,"
        + "Realized Amount For Base Asset In USD,Quote Asset,Realized Amount for Quote Asset,"
        + "Realized Amount for Quote Asset in USD,Fee Asset,Realized Amount for Fee Asset,"
        + "Realized Amount for Fee Asset in USD,Payment Method,Withdraw Method,Additional Note\n"

    /// The account of the stand-in as the report tells it, with times that are off where ids say which is which.
    private static let report =
        header + """
            7,2024-01-02 10:00:09,Deposit,USD Deposit,c3415d574fa747df88a75c66c037f890,101,USD,1000,1000,,,,,,,USD,1.5,1.5,ACH,,
            7,2024-01-03 10:00:01,Spot Trading,Buy,199199,102,,,,BTC,0.01,450,USD,450,450,BTC,0.00001,0.45,Wallet,,
            7,2024-02-03 10:00:01,Spot Trading,Sell,35,103,,,,BTC,0.002,100,USDT,100,100,USDT,0.1,0.1,Wallet,,
            7,2024-03-01 10:00:01,Spot Trading,Buy,7,110,,,,DOGE,1000,80,USD,80,80,USD,0,0,Wallet,,
            7,2024-03-02 10:00:01,Spot Trading,Sell,14,111,,,,DOGE,1000,90,USD,90,90,USD,0.09,0.09,Wallet,,
            7,2024-04-01 10:00:01,Deposit,Crypto Deposit,104,104,ETH,0.5,1500,,,,,,,,,,Wallet,,
            7,2024-04-02 03:36:04,Withdrawal,Crypto Withdrawal,105,105,BTC,0.0009,50,,,,,,,BTC,0.0001,5,Wallet,Wallet,
            7,2024-04-03 10:00:20,Distribution,Airdrop,106,2968885920,FLR,12,0.3,,,,,,,,,,Wallet,,
            7,2024-04-04 10:00:20,Distribution,Staking Rewards,107,99,ETH,0.001,3,,,,,,,,,,Wallet,,
            7,2024-05-02 10:00:20,Withdrawal,USD Withdrawal,6c2ff984890145fdac2b7160299062f0,108,USD,100,100,,,,,,,USD,10,10,Wallet,ACH,

            """

    private static func lines(_ it: ConnectedBinanceUS) throws -> Int {
        try it.fixture.exported().split(separator: "\n").count - 1
    }

    @Test func `what came by file is known to the API, by ids where times differ`() throws {
        try withBinanceUS { it in
            let imported = try it.fixture.importText(Self.report)
            #expect(imported.inserted == 10, "\(imported.issues)")
            #expect(try it.fixture.balances().filter { $0.value != "0" } == ConnectedBinanceUS.balances)
            try it.connect()
            let sync = try it.sync()
            #expect(sync.errors == [])
            #expect(sync.eventsInserted == 0)
            #expect(sync.duplicatesSkipped == 10)
            #expect(sync.differences == [])
            #expect(try it.sync(isAgain: true).eventsInserted == 0)
            let trades = try it.workspace.backfill(
                of: it.owner,
                source: .tradeHistorySync,
                isDryRun: false,
                maxPages: 3
            )
            #expect(trades.errors == [] && trades.eventsInserted == 0)
            #expect(try Self.lines(it) == 10)
        }
    }

    @Test func `what came by the API is known to a file, in one commit and in many`() throws {
        for most in [1_000, 2] {
            try withBinanceUS(change: { $0.storage.smallImportRowsMax = most }) { it in
                try it.connect()
                #expect(try it.sync().eventsInserted == 10)
                let imported = try it.fixture.importText(Self.report)
                #expect(imported.inserted == 0, "\(imported.issues)")
                #expect(imported.issues.filter { $0.severity == .error } == [])
                #expect(try Self.lines(it) == 10)
                #expect(try it.workspace.check().findings.isEmpty)
            }
        }
    }

    /// Fills of one order of a pair, at one instant.
    private static func fills(
        _ orders: [(id: Int64, order: Int64, qty: String, quote: String)]
    )
        -> [BinanceUSVenue.Fill]
    {
        let at = ConnectedBinanceUS.time("2024-06-01T10:00:00Z")
        return orders.map { fill in
            var made = BinanceUSJSON.fill(
                "BTCUSD",
                fill.id,
                at: at,
                qty: fill.qty,
                quoteQty: fill.quote,
                price: "50000",
                commission: "0",
                "BTC",
                isBuyer: true
            )
            made.json.replace("\"orderId\":\(fill.id * 7),", with: "\"orderId\":\(fill.order),")
            return made
        }
    }

    private static func row(_ order: Int, _ booking: Int, _ qty: String, _ quote: String) -> String {
        "7,2024-06-01 10:00:00,Spot Trading,Buy,\(order),\(booking),,,,BTC,\(qty),1,USD,\(quote),1,BTC,0,0,Wallet,,\n"
    }

    private static func content(_ content: inout BinanceUSVenue.Content, _ fills: [BinanceUSVenue.Fill]) {
        let symbols = content.symbols
        content = BinanceUSVenue.Content()
        content.symbols = symbols
        content.fills["BTCUSD"] = fills
        content.balances = [("BTC", "0.004", "0")]
    }

    @Test func `fills alike to the last digit are told apart by their orders, in both directions`() throws {
        // The file has one fill of order 1 and one of order 2; the API has two of order 1 and one of order 3.
        let file = Self.header + Self.row(1, 11, "0.001", "50") + Self.row(2, 12, "0.001", "50")
        let told = Self.fills([
            (1, 1, "0.001", "50"), (2, 1, "0.001", "50"), (3, 3, "0.001", "50"),
        ])
        for isFileFirst in [true, false] {
            try withBinanceUS { it in
                it.venue.change { Self.content(&$0, told) }
                try it.connect()
                if isFileFirst {
                    #expect(try it.fixture.importText(file).inserted == 2)
                    let sync = try it.sync()
                    #expect(sync.errors == [])
                    #expect(sync.eventsInserted == 2 && sync.duplicatesSkipped == 1)
                } else {
                    #expect(try it.sync().eventsInserted == 3)
                    #expect(try it.fixture.importText(file).inserted == 1)
                }
                #expect(try it.fixture.balances()["BTC"] == "0.004")
                #expect(try it.sync(isAgain: true).eventsInserted == 0)
                #expect(try it.fixture.importText(file).inserted == 0)
                #expect(try Self.lines(it) == 4)
            }
        }
    }

    @Test func `an order that is filled in equal parts for hours loses none, however often it is read`()
        throws
    {
        let file = Self.header + Self.row(1, 11, "0.001", "50")
        var told = Self.fills((1...4).map { ($0, 1, "0.001", "50") })
        for index in told.indices {
            let at = ConnectedBinanceUS.time("2024-06-01T10:00:00Z")
            told[index].json.replace("\"time\":\(at)", with: "\"time\":\(at + Int64(index) * 3_600_000)")
        }
        try withBinanceUS { it in
            #expect(try it.fixture.importText(file).inserted == 1)
            try it.connect()
            for count in 1...4 {
                it.venue.change { Self.content(&$0, Array(told.prefix(count))) }
                #expect(try it.sync().eventsInserted == (count == 1 ? 0 : 1), "\(count)")
            }
            #expect(try it.fixture.balances()["BTC"] == "0.004")
            #expect(try it.sync(isAgain: true).eventsInserted == 0)
            #expect(try it.fixture.importText(file).inserted == 0)
        }
    }

    @Test func `an order that a file tells by its sum is known, in both directions`() throws {
        let file = Self.header + Self.row(1, 11, "0.004", "200")
        let told = Self.fills([
            (1, 1, "0.001", "50"), (2, 1, "0.0025", "125"), (3, 1, "0.0005", "25"),
        ])
        for isFileFirst in [true, false] {
            try withBinanceUS { it in
                it.venue.change { Self.content(&$0, told) }
                try it.connect()
                if isFileFirst {
                    #expect(try it.fixture.importText(file).inserted == 1)
                    #expect(try it.sync().eventsInserted == 0)
                } else {
                    #expect(try it.sync().eventsInserted == 3)
                    #expect(try it.fixture.importText(file).inserted == 0)
                }
                #expect(try it.fixture.balances()["BTC"] == "0.004")
            }
        }
    }

    @Test func `rows without ids are known by amount and time, and those of other times are not`() throws {
        let without = Self.report.replacing(",199199,102,", with: ",,,")
        for (file, count) in [
            (without, 0), (without.replacing("2024-01-03 10:00:01", with: "2024-01-03 10:00:07"), 1),
        ] {
            try withBinanceUS { it in
                try it.connect()
                #expect(try it.sync().eventsInserted == 10)
                #expect(try it.fixture.importText(file).inserted == count)
            }
        }
    }

    @Test func `a statement without ids in the same account is known by amount and time`() throws {
        let statement = """
            User_ID,UTC_Time,Account,Operation,Coin,Change,Remark
            1,2024-04-01 10:00:01,Spot,Deposit,ETH,0.5,
            1,2024-04-01 10:00:09,Spot,Deposit,ETH,0.5,

            """
        try withBinanceUS { it in
            try it.connect()
            #expect(try it.sync().eventsInserted == 10)
            #expect(try it.fixture.importText(statement, account: "Binance.US").inserted == 1)
            #expect(try it.fixture.importText(statement, account: "Binance.US").inserted == 0)
        }
        try withBinanceUS { it in
            #expect(try it.fixture.importText(statement, account: "Binance.US").inserted == 2)
            try it.connect()
            #expect(try it.sync().eventsInserted == 9)
        }
    }

    /// An event as the API tells it and as the report does.
    private struct Told {
        let at: Int64
        var fill: BinanceUSVenue.Fill?
        var bank: BinanceUSVenue.Row?
        var gift: BinanceUSVenue.Row?
        let row: String
    }

    /// Orders that are alike to the last digit, at once and one after the other, filled in equal parts; transfers and gifts.
    private static func history(_ random: inout SplitMix64) -> [Told] {
        var at = ConnectedBinanceUS.time("2024-06-01T10:00:00Z")
        var order = 0
        return (1...Int.random(in: 8...40, using: &random)).map { number in
            // Parts of one order that are alike stand so far apart that both sources tell which is which.
            let isPart = order > 0 && Bool.random(using: &random)
            if !isPart { order += 1 }
            at += isPart ? 3_000 : Int64.random(in: 0...2, using: &random) * 500
            let time = Timestamp(seconds: at / 1_000).description.dropLast().replacing("T", with: " ")
            let id = Int64(number)
            switch isPart ? 2 : Int.random(in: 0..<3, using: &random) {
            case 0:
                let name = "a\(number)b"
                let row = "7,\(time),Deposit,USD Deposit,\(name),\(number),USD,5,5,,,,,,,USD,0,0,ACH,,\n"
                return Told(at: at, bank: BinanceUSJSON.fiat(name, "5", fee: "0", at: at), row: row)
            case 1:
                let gift = BinanceUSJSON.distribution("BTC", "0.5", "airdrop", id: id, at: at)
                let row = "7,\(time),Distribution,Airdrop,1,\(number),BTC,0.5,1,,,,,,,,,,Wallet,,\n"
                return Told(at: at, gift: gift, row: row)
            default:
                var fill = fills([(id, Int64(order), "0.001", "50")])[0]
                let usual = ConnectedBinanceUS.time("2024-06-01T10:00:00Z")
                fill.json.replace("\"time\":\(usual)", with: "\"time\":\(at)")
                return Told(
                    at: at,
                    fill: fill,
                    row: row(order, number, "0.001", "50").replacing("2024-06-01 10:00:00", with: time)
                )
            }
        }
    }

    @Test(arguments: 0..<24 as Range<UInt64>)
    func `files and readings that overlap in part double nothing and lose nothing`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let events = Self.history(&random)
        try withBinanceUS { it in
            try it.connect()
            var seen = 0
            for turn in 0..<6 {
                if Bool.random(using: &random) || turn == 5 {
                    seen = turn == 5 ? events.count : Int.random(in: seen...events.count, using: &random)
                    let part = events.prefix(seen)
                    it.venue.change {
                        Self.content(&$0, part.compactMap(\.fill))
                        $0.fiatDeposits = part.compactMap(\.bank)
                        $0.distributions = part.compactMap(\.gift)
                    }
                    // Lists by time are read behind the clock, which all of this lies before.
                    let isAgain = Bool.random(using: &random) || turn == 5
                    #expect(try it.sync(isAgain: isAgain).errors == [])
                } else {
                    let from = Int.random(in: 0..<events.count, using: &random)
                    let through = Int.random(in: from..<events.count, using: &random)
                    let part = events[from...through].map(\.row).joined()
                    let imported = try it.fixture.importText(Self.header + part)
                    #expect(imported.issues.filter { $0.severity == .error } == [])
                }
            }
            #expect(try it.fixture.importText(Self.header + events.map(\.row).joined()).inserted == 0)
            #expect(try it.sync(isAgain: true).eventsInserted == 0)
            #expect(try Self.lines(it) == events.count)
            #expect(try it.workspace.check().findings.isEmpty)
        }
    }
}
