import Importing
import Ledger
import Money
import TestSupport
import Testing
import Time

@Suite("Binance's exports") private struct BinanceTests {
    private static let header = "User_ID,UTC_Time,Account,Operation,Coin,Change,Remark"

    private static let statement =
        header + "\n" + """
            1,2024-01-05 12:00:00,Spot,Deposit,EUR,1000.00,
            1,2024-01-06 08:15:30,Spot,Transaction Buy,BTC,0.01000000,
            1,2024-01-06 08:15:30,Spot,Transaction Spend,EUR,-400.00000000,
            1,2024-01-06 08:15:30,Spot,Transaction Fee,BTC,-0.00001000,
            1,2024-02-01 19:43:31,Spot,Transaction Sold,BTC,-0.00400000,
            1,2024-02-01 19:43:31,Spot,Transaction Revenue,EUR,180.00000000,
            1,2024-02-01 19:43:31,Spot,Transaction Fee,EUR,-0.18000000,
            1,2024-03-01 07:00:00,Spot,Binance Convert,EUR,-50.00000000,
            1,2024-03-01 07:00:00,Spot,Binance Convert,ADA,90.00000000,
            1,2024-03-08 01:00:00,Earn,Simple Earn Flexible Interest,ADA,0.25000000,
            1,2024-04-01 09:00:00,Spot,Withdraw,BTC,-0.00510000,Withdraw fee is included

            """

    private static let expected = [
        "deposit in 1000 eur@Binance",
        "trade in 0.01 btc@Binance out 400 eur@Binance fee 0.00001 btc@Binance value 400 eur",
        "trade in 180 eur@Binance out 0.004 btc@Binance fee 0.18 eur@Binance value 180 eur",
        "trade in 90 ada@Binance out 50 eur@Binance value 50 eur", "interest in 0.25 ada@Binance",
        "withdrawal out 0.0051 btc@Binance",
    ]

    @Test func `the rows of a second are one trade, and all others events of their own`() throws {
        let outcome = try read(Self.statement)
        #expect(outcome.survey.format == .binance)
        #expect(outcome.survey.issues == [])
        #expect(outcome.entries.map(brief) == Self.expected)
        #expect(outcome.entries.allSatisfy { $0.reference.isEmpty && $0.exchange == "Binance" })
        #expect(outcome.entries.map(\.line) == [2, 3, 6, 9, 11, 12])
        #expect(outcome.survey.assets == ["ada", "btc", "eur"])
    }

    @Test func `other generations of the header and other orders are the same`() throws {
        let lines = Self.statement.split(separator: "\n").map(String.init)
        let turned = try read(([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n"))
        #expect(turned.entries.map(brief) == Self.expected.reversed())
        for header in [
            "User ID,Time,Account,Operation,Coin,Change,Remark",
            "\u{FEFF}\"User_ID\",\"UTC_Time\",\"Account\",\"Operation\",\"Coin\",\"Change\",\"Remark\"",
        ] {
            let text = Self.statement.replacing(Self.header, with: header)
            #expect(try read(text).entries.map(brief) == Self.expected)
        }
    }

    private static func rows(_ text: String) throws -> Outcome { try read(header + "\n" + text + "\n") }

    @Test func `fills of one second come together, and what cannot be told apart is said`() throws {
        let fills = try Self.rows(
            """
            1,2021-05-12 07:38:48,Spot,Buy,DASH,0.02500000,
            1,2021-05-12 07:38:48,Spot,Fee,BNB,-0.00001142,
            1,2021-05-12 07:38:48,Spot,Transaction Related,BTC,-0.00017937,
            1,2021-05-12 07:38:48,Spot,Buy,DASH,0.02600000,
            1,2021-05-12 07:38:48,Spot,Fee,BNB,-0.00001188,
            1,2021-05-12 07:38:48,Spot,Transaction Related,BTC,-0.00018655,
            1,2021-05-12 07:38:48,Spot,Referral Kickback,BTC,0.00000001,
            """
        )
        #expect(fills.survey.issues == [])
        #expect(
            Set(fills.entries.map(brief)) == [
                "reward in 0.00000001 btc@Binance",
                "trade in 0.051 dash@Binance out 0.00036592 btc@Binance fee 0.0000233 bnb@Binance",
            ]
        )
        let dust = try Self.rows(
            """
            1,2020-12-13 21:29:34,Spot,Small assets exchange BNB,BNB,0.00005180,
            1,2020-12-13 21:29:34,Spot,Small assets exchange BNB,SNX,-0.00908000,
            1,2020-12-13 21:29:34,Spot,Small assets exchange BNB,BTC,-8E-08,
            """
        )
        #expect(dust.codes.sorted() == ["check_kind", "exponent"])
        #expect(
            dust.entries.map(brief) == [
                "trade out 0.00000008 btc@Binance", "trade out 0.00908 snx@Binance",
                "trade in 0.0000518 bnb@Binance",
            ]
        )
    }

    @Test func `moves between wallets make no entry, and profits go by their sign`() throws {
        let outcome = try Self.rows(
            """
            1,2024-01-05 12:00:00,Spot,Simple Earn Flexible Subscription,BNB,-1,
            1,2024-01-05 12:00:01,Spot,Transfer Between Spot Account and UM Futures Account,USDT,-5,
            1,2024-01-05 12:00:02,USD-M Futures,Realized Profit and Loss,USDT,3,
            1,2024-01-05 12:00:03,USD-M Futures,Funding Fee,USDT,-0.5,
            1,2024-01-05 12:00:04,Spot,Deposit,USDT,0,
            """
        )
        #expect(outcome.codes == ["inside_account", "inside_account", "nothing_moved"])
        #expect(
            outcome.entries.map(brief) == [
                "derivatives_profit in 3 usdt@Binance", "derivatives_loss out 0.5 usdt@Binance",
            ]
        )
    }

    @Test(arguments: [
        ("1,2024-01-05 12:00:00,Spot,Some New Thing,BTC,1,", "unknown_type"),
        ("1,2024-01-05 12:00:00,Spot,Buy,BTC,1,", "missing_side"),
        ("1,2024-01-05 12:00:00,Spot,Fee,BNB,-1,", "missing_side"),
        ("1,yesterday,Spot,Deposit,BTC,1,", "bad_time"),
        ("1,24-01-05 12:00:00,Spot,Deposit,BTC,1,", "bad_time"),
        ("1,2024-02-30 12:00:00,Spot,Deposit,BTC,1,", "nonexistent_time"),
        ("1,2024-01-05 12:00:00,Spot,Deposit,,1,", "bad_asset"),
        ("1,2024-01-05 12:00:00,Spot,Deposit,BTC,\"1,000\",", "bad_number"),
        ("1,2024-01-05 12:00:00,Spot,Deposit,BTC,100000000000000000000,", "out_of_range"),
        ("1,2024-01-05 12:00:00,Spot,Deposit", "too_few_cells"),
    ])
    func `what is wrong in a statement is named`(row: String, code: String) throws {
        let outcome = try Self.rows(row)
        #expect(outcome.errors.map(\.code) == [code])
        #expect(outcome.entries == [])
    }

    @Test func `an operation that is not known is named with the nearest, and the rest can be read`() throws {
        let outcome = try Self.rows(
            """
            1,2024-01-05 12:00:00,Spot,Withdrw,BTC,-1,
            1,2024-01-05 12:00:01,Spot,Deposit,BTC,1,
            """
        )
        let error = try #require(outcome.errors.first)
        #expect(error.line == 2 && error.column == "Operation" && error.found == "Withdrw")
        #expect(error.expected == "such as withdraw")
        #expect(outcome.entries.map(brief) == ["deposit in 1 btc@Binance"])
    }

    // MARK: The history of trades

    private static func trades(_ text: String, header: String = "Date(UTC)") throws -> Outcome {
        try read("\(header),Pair,Side,Price,Executed,Amount,Fee\n" + text + "\n")
    }

    @Test func `amounts of the history of trades have their assets behind them`() throws {
        let outcome = try Self.trades(
            """
            2024-01-06 08:15:30,BTCEUR,BUY,40000.00,0.0100000000BTC,400.00000000EUR,0.0000100000BTC
            2024-01-07 08:15:30,1INCHUSDT,SELL,0.5,10.51INCH,5.25USDT,0.00001BNB
            2024-01-08 08:15:30,DOGEUSDT,BUY,0.1,"12,345.5DOGE","1,234.55USDT",0USDT
            2024-01-09 08:15:30,BTC/EUR,BUY,40000.00,1BTC,40000EUR,1INCH
            """
        )
        #expect(outcome.survey.format == .binance)
        #expect(
            outcome.errors.map(\.code) == ["currency_differs"],
            "the digits of a code that stands alone cannot be told from the amount"
        )
        #expect(
            outcome.entries.map(brief) == [
                "trade in 0.01 btc@Binance out 400 eur@Binance fee 0.00001 btc@Binance value 400 eur",
                "trade in 5.25 usdt@Binance out 10.5 1inch@Binance fee 0.00001 bnb@Binance value 5.25 usdt",
                "trade in 12345.5 doge@Binance out 1234.55 usdt@Binance value 1234.55 usdt",
            ]
        )
        #expect(
            try Self.trades("2024-01-06 08:15:30,BTCEUR,BUY,1,1BTC,1EUR,", header: "Time").entries.map(brief)
                == ["trade in 1 btc@Binance out 1 eur@Binance value 1 eur"]
        )
    }

    @Test(arguments: [
        ("2024-01-06 08:15:30,BTCEUR,TRANSFER,1,1BTC,1EUR,0BTC", "unknown_type"),
        ("2024-01-06 08:15:30,BTCEUR,BUY,1,1ETH,1EUR,0BTC", "pair_mismatch"),
        ("2024-01-06 08:15:30,,BUY,1,1ETH,1EUR,0BTC", "pair_mismatch"),
        ("2024-01-06 08:15:30,BTCEUR,BUY,1,BTC,1EUR,0BTC", "pair_mismatch"),
        ("2024-01-06 08:15:30,BTCEUR,BUY,1,\"1,2BTC\",1EUR,0BTC", "bad_number"),
        ("2024-01-06 08:15:30,BTCEUR,BUY,1,1BTC,1EUR,5", "currency_differs"),
        ("2024-01-06 08:15:30,BTCEUR,BUY,1,1BTC,1EUR,-5BTC", "currency_differs"),
        ("2024-01-06 08:15:30,BTCEUR,BUY,1,1BTC,100000000000000000000EUR,", "out_of_range"),
        ("2024-01-06 25:15:30,BTCEUR,BUY,1,1BTC,1EUR,", "nonexistent_time"),
    ])
    func `what is wrong in a history of trades is named`(row: String, code: String) throws {
        let outcome = try Self.trades(row)
        #expect(outcome.errors.map(\.code) == [code])
        #expect(outcome.entries == [])
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `random damage never traps`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let trades =
            "Date(UTC),Pair,Side,Price,Executed,Amount,Fee\n"
            + "2024-01-06 08:15:30,BTCEUR,BUY,40000.00,\"1,000.01BTC\",400.0EUR,0.00001BNB\n"
        var bytes = Array((seed.isMultiple(of: 2) ? Self.statement : trades).utf8)
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 1...255, using: &random)
            case 1: bytes.remove(at: place)
            default: bytes.insert(UInt8.random(in: 32...126, using: &random), at: place)
            }
        }
        // A header that is damaged makes the layout unknown, which is told by an error.
        if let outcome = try? read(bytes) { #expect(outcome.entries.count <= 9) }
    }
}

@Suite("Binance.US's report") private struct BinanceUSTests {
    private static let header =
        "User ID,Time,Category,Operation,Order ID,Transaction ID,Primary Asset,Realized Amount For Primary Asset,"
        + "Realized Amount for Primary Asset in USD,Base Asset,Realized Amount For Base Asset,"
        + "Realized Amount For Base Asset In USD,Quote Asset,Realized Amount for Quote Asset,"
        + "Realized Amount for Quote Asset in USD,Fee Asset,Realized Amount for Fee Asset,"
        + "Realized Amount for Fee Asset in USD,Payment Method,Withdraw Method,Additional Note"
    /// The generation before.
    private static let older =
        "User_Id,Time,Category,Operation,Order_Id,Transaction_Id,Primary_Asset,Realized_Amount_For_Primary_Asset,"
        + "Realized_Amount_For_Primary_Asset_In_USD_Value,Base_Asset,Realized_Amount_For_Base_Asset,"
        + "Realized_Amount_For_Base_Asset_In_USD_Value,Quote_Asset,Realized_Amount_For_Quote_Asset,"
        + "Realized_Amount_For_Quote_Asset_In_USD_Value,Fee_Asset,Realized_Amount_For_Fee_Asset,"
        + "Realized_Amount_For_Fee_Asset_In_USD_Value,Payment_Method,Withdrawal_Method,Additional_Note"

    private static let rows = """
        7,2024-01-02 10:00:00,Deposit,USD Deposit,c3415d574fa747df88a75c66c037f890,101,USD,1000,1000,,,,,,,USD,0,0,ACH,,
        7,2024-01-03 10:00:00,Spot Trading,Buy,199199,102,,,,BTC,0.01,450,USD,450,450,BTC,0.00001,0.45,Wallet,,
        7,2024-02-03 10:00:00,Spot Trading,Sell,35,103,,,,BTC,0.002,100,USDT,100,100,USDT,0.1,0.1,Wallet,,
        7,2024-04-01 10:00:00,Deposit,Crypto Deposit,104,104,ETH,0.5,1500,,,,,,,,,,Wallet,,
        7,2024-04-02 03:36:04,Withdrawal,Crypto Withdrawal,105,105,BTC,0.0009,50,,,,,,,BTC,0.0001,5,Wallet,Wallet,
        7,2024-04-03 10:00:00.250,Distribution,Others,106,2968885920,FLR,12,0.3,,,,,,,,,,Wallet,,
        7,2024-04-04 10:00:00,Distribution,Staking Rewards,107,99,ETH,0.001,3,,,,,,,,,,Wallet,,
        7,2024-04-04 10:00:01,Distribution,Staking Rewards,107,98,ETH,-0.0001,3,,,,,,,,,,Wallet,,
        7,2024-04-05 10:00:00,Buy,Buy,fd3354e98bd84752a1d3b9013c0bc576,108,,,,USD,100,100,BTC,0.00109421,97.1,USD,2.6,2.6,ACH,,
        7,2024-04-06 10:00:00,Convert,Convert,1934577085435669467,109,,,,XRP,15,41,USDT,36.3247,36.3,USDT,0,0,Wallet,,

        """

    private static let expected = [
        "deposit in 1000 usd@Binance.US",
        "trade in 0.01 btc@Binance.US out 450 usd@Binance.US fee 0.00001 btc@Binance.US value 450 usd",
        "trade in 100 usdt@Binance.US out 0.002 btc@Binance.US fee 0.1 usdt@Binance.US value 100 usdt",
        "deposit in 0.5 eth@Binance.US", "withdrawal out 0.0009 btc@Binance.US fee 0.0001 btc@Binance.US",
        "reward in 12 flr@Binance.US", "staking in 0.001 eth@Binance.US", "fee out 0.0001 eth@Binance.US",
        "trade in 0.00109421 btc@Binance.US out 100 usd fee 2.6 usd value 100 usd",
        "trade in 36.3247 usdt@Binance.US out 15 xrp@Binance.US",
    ]

    private static let references = [
        "c3415d574fa747df88a75c66c037f890", "BTCUSD-199199-T102", "BTCUSDT-35-T103", "report-104",
        "report-105", "2968885920-flr", "99-eth", "98-eth-fee", "instant-fd3354e98bd84752a1d3b9013c0bc576",
        "instant-1934577085435669467",
    ]

    @Test func `rows of both generations become entries under the venue's ids`() throws {
        for header in [Self.header, Self.older] {
            let outcome = try read(header + "\n" + Self.rows)
            #expect(outcome.survey.format == .binanceUS)
            #expect(outcome.codes == ["check_kind", "check_fee"])
            #expect(outcome.errors == [])
            #expect(outcome.entries.map(brief) == Self.expected)
            #expect(outcome.entries.map(\.reference) == Self.references)
            #expect(outcome.survey.accounts == ["Binance.US"])
        }
        #expect(try read(Self.header + "\n" + Self.rows).entries[5].time.microseconds % 1_000_000 == 250_000)
    }

    private static func one(_ row: String) throws -> Outcome { try read(header + "\n" + row + "\n") }

    @Test func `dollars that are stated by their worth alone are read, and a bank's fee is on top`() throws {
        let trade = try Self.one(
            "7,2024-01-03 10:00:00,Spot Trading,Buy,1,2,,,,BTC,0.01,450,USD,,450.5,BTC,,,Wallet,,"
        )
        #expect(
            trade.entries.map(brief) == [
                "trade in 0.01 btc@Binance.US out 450.5 usd@Binance.US value 450.5 usd"
            ]
        )
        let bank = try Self.one(
            "7,2024-01-02 10:00:00,Deposit,USD Deposit,ab,1,USD,1000,1000,,,,,,,USD,1.5,1.5,ACH,,"
        )
        #expect(bank.entries.map(brief) == ["deposit in 1001.5 usd@Binance.US fee 1.5 usd@Binance.US"])
        #expect(bank.codes == ["check_fee"])
    }

    @Test(arguments: [
        ("7,2024-01-02 10:00:00,Margin,Borrow,1,1,USD,1,1,,,,,,,,,,,,", "unknown_type"),
        ("7,2024-01-02 10:00:00,Spot Trading,Swap,1,1,,,,BTC,1,1,USD,1,1,,,,,,", "unknown_type"),
        ("7,2024-01-02 10:00:00,Spot Trading,Buy,1,1,,,,BTC,1,1,USDT,,1,,,,,,", "bad_number"),
        ("7,2024-01-02 10:00:00,Spot Trading,Buy,1,1,,,,,1,1,USDT,1,1,,,,,,", "bad_asset"),
        ("7,2024-01-02 10:00:00,Spot Trading,Buy,1,1,,,,BTC,-1,1,USDT,1,1,,,,,,", "negative_amount"),
        ("7,2024-01-02 10:00:00,Deposit,Crypto Deposit,1,1,BTC,,1,,,,,,,,,,,,", "bad_number"),
        ("7,2024-01-02 10:00:00,Deposit,Crypto Deposit,1,1,BTC,1e30,1,,,,,,,,,,,,", "out_of_range"),
        (
            "7,2024-01-02 10:00:00,Deposit,USD Deposit,1,1,USD,99999999999999999999,1,,,,,,,USD,1,1,,,",
            "out_of_range"
        ),
        ("7,nan,Deposit,Crypto Deposit,1,1,BTC,1,1,,,,,,,,,,,,", "bad_time"),
        ("7,2024-01-02 10:00:00,Deposit", "too_few_cells"),
    ])
    func `what is wrong is named`(row: String, code: String) throws {
        let outcome = try Self.one(row)
        #expect(outcome.errors.map(\.code) == [code])
        #expect(outcome.entries == [])
    }

    @Test func `an id that comes again with other content is named`() throws {
        let row = "7,2024-04-01 10:00:00,Deposit,Crypto Deposit,104,104,ETH,0.5,1500,,,,,,,,,,Wallet,,"
        let outcome = try Self.one(row + "\n" + row.replacing("0.5", with: "0.6"))
        #expect(outcome.codes == ["repeated_id"])
        #expect(outcome.entries.count == 2)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `random damage never traps`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var bytes = Array((Self.header + "\n" + Self.rows).utf8)
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 1...255, using: &random)
            case 1: bytes.remove(at: place)
            default: bytes.insert(UInt8.random(in: 32...126, using: &random), at: place)
            }
        }
        // A header that is damaged makes the layout unknown, which is told by an error.
        if let outcome = try? read(bytes) { #expect(outcome.entries.count <= 14) }
    }
}
