import Importing
import Ledger
import Money
import Testing
import Time

@Suite("Coinbase's files")
private struct CoinbaseTests {
    private func rows(_ rows: String...) throws -> Outcome {
        try read(([CoinbaseFixtures.head] + rows).joined(separator: "\n") + "\n")
    }

    @Test func `the account export of 2013`() throws {
        let outcome = try read(CoinbaseFixtures.account)
        #expect(outcome.survey.issues == [])
        #expect(
            outcome.entries.map(brief) == [
                "trade in 20 btc@Coinbase out 118.5 usd fee 1.5 usd value 118.5 usd",
                "trade in 258 usd out 2 btc@Coinbase fee 2.6 usd value 258 usd",
                "withdrawal out 0.5 btc@Coinbase", "deposit in 0.25 btc@Coinbase",
            ]
        )
        #expect(
            outcome.entries.map(\.time.description) == [
                "2012-06-07T02:30:00Z", "2013-04-02T11:05:00Z", "2014-04-03T00:00:00Z",
                "2015-05-06T08:12:00Z",
            ]
        )
        #expect(outcome.entries.map(\.reference) == ["c1", "c2", "c3", "c4"])
        #expect(outcome.entries.map(\.line) == [6, 7, 9, 10])
    }

    @Test func `the tax report of 2020`() throws {
        let outcome = try read(CoinbaseFixtures.taxReport)
        #expect(outcome.survey.issues == [])
        #expect(
            outcome.entries.map(brief) == [
                "trade in 2 btc@Coinbase out 485.81 usd value 485.81 usd",
                "deposit in 0.002 btc@Coinbase value 0.5 usd",
                "withdrawal out 0.001 btc@Coinbase value 0.24776 usd",
                "trade in 889 usd out 1 btc@Coinbase value 889 usd",
            ]
        )
    }

    @Test func `the report of 2023 with preamble`() throws {
        let outcome = try read(CoinbaseFixtures.preamble)
        #expect(outcome.survey.issues == [])
        #expect(
            outcome.entries.map(brief) == [
                "trade in 0.0031 eth@Coinbase out 5.27 eur fee 0.99 eur value 5.27 eur",
                "trade in 1.829352 usdc@Coinbase out 0.001 eth@Coinbase value 1.66 eur",
            ]
        )
        #expect(outcome.survey.headerLine == 8)
    }

    @Test func `the report of 2025 with ids, signs, long prices and a repeated id`() throws {
        let outcome = try read(CoinbaseFixtures.withID)
        #expect(outcome.codes == ["rounded", "repeated_id"])
        #expect(outcome.survey.issues.last?.message.contains("Lines 5 and 6") == true)
        #expect(outcome.survey.errorCount == 0)
        #expect(outcome.survey.newestFirst)
        #expect(
            outcome.entries.map(brief) == [
                "staking in 0.000041 eth@Coinbase value 0.13707 eur",
                "withdrawal out 0.25 sol@Coinbase value 50.66272 eur",
                "trade in 90.5 xrp@Coinbase out 0.0021 btc@Coinbase value 196.92 eur",
                "trade in 0.00166779 btc@Coinbase out 67.01 eur fee 2.99 eur value 67.01 eur",
                "trade in 0.00166779 btc@Coinbase out 67.01 usd fee 2.99 usd value 67.01 usd",
            ]
        )
        #expect(outcome.entries.allSatisfy { $0.exchange == "Coinbase" })
        #expect(outcome.entries.first?.reference == "aa01")
    }

    @Test(
        arguments: [
            (
                "Buy,BTC,1,USD,$100,$100.00,$102.00,,",
                "trade in 1 btc@Coinbase out 100 usd fee 2 usd value 100 usd"
            ),
            ("Buy,BTC,1,USD,$100,$100.00,$99.00,-$1.00,", "trade in 1 btc@Coinbase out 99 usd value 99 usd"),
            ("Buy,BTC,1,USD,$0,$0.00,$0.00,$0.00,", "trade in 1 btc@Coinbase value 0 usd"),
            (
                "Sell,BTC,-1,USD,$100,$100.00,$98.00,$2.00,",
                "trade in 100 usd out 1 btc@Coinbase fee 2 usd value 100 usd"
            ),
            (
                "Sell,BTC,1,USD,$100,$100.00,$98.00,,",
                "trade in 100 usd out 1 btc@Coinbase fee 2 usd value 100 usd"
            ),
            (
                "Advanced Trade Sell,BTC,-1,USD,$100,-$100.00,-$98.00,$2.00,",
                "trade in 100 usd out 1 btc@Coinbase fee 2 usd value 100 usd"
            ),
            (
                "Advanced Trade Buy,BTC,0.5,USD,$64000,$32000,$32192,$192,Bought 0.5 BTC for 32208 USDC on BTC-USDC at 64032 USDC/BTC",
                "trade in 0.5 btc@Coinbase out 32016 usdc@Coinbase fee 192 usdc@Coinbase value 32000 usd"
            ),
            (
                "Advance Trade Sell,BTC,-0.5,USD,$64000,-$32000,-$31808,$192,Sold 0.5 BTC for 31824 USDC on BTC-USDC at 64032 USDC/BTC",
                "trade in 32016 usdc@Coinbase out 0.5 btc@Coinbase fee 192 usdc@Coinbase value 32000 usd"
            ),
            (
                "Receive,BTC,0.1,USD,$100,$10.00,$10.00,$0.00,Coinbase Earn",
                "deposit in 0.1 btc@Coinbase value 10 usd"
            ),
            ("Send,BTC,0.1,USD,$100,,,,", "withdrawal out 0.1 btc@Coinbase value 10 usd"),
            ("Rewards Income,DAI,0.1,USD,$1,$0.10,$0.10,$0.00,", "reward in 0.1 dai@Coinbase value 0.1 usd"),
            (
                "Inflation Reward,ATOM,0.1,USD,$1,$0.10,$0.10,$0.00,",
                "staking in 0.1 atom@Coinbase value 0.1 usd"
            ),
            ("Learning Reward,GRT,1,USD,$1,$1.00,$1.00,$0.00,", "reward in 1 grt@Coinbase value 1 usd"),
            ("Interest payout,USDC,1,USD,$1,$1.00,$1.00,$0.00,", "interest in 1 usdc@Coinbase value 1 usd"),
            ("Airdrop,UNI,4,USD,$1,$4.00,$4.00,$0.00,", "airdrop in 4 uni@Coinbase value 4 usd"),
            ("Fork,BCH,4,USD,$1,$4.00,$4.00,$0.00,", "fork in 4 bch@Coinbase value 4 usd"),
            (
                "Subscription Rebates (24 Hours),USDC,6.9,USD,$1.00,$6.9,$6.9,$0.00,",
                "income_nontaxable in 6.9 usdc@Coinbase value 6.9 usd"
            ),
            (
                "Card Buy Back,BTC,1,USD,$1,$1.00,$1.00,$0.00,",
                "income_nontaxable in 1 btc@Coinbase value 1 usd"
            ),
            ("Card Spend,BTC,-1,USD,$1,-$1.00,-$1.00,$0.00,", "spend out 1 btc@Coinbase value 1 usd"),
            (
                "Subscription,USDC,-29.99,USD,$1,-$29.99,-$29.99,$0.00,",
                "expense out 29.99 usdc@Coinbase value 29.99 usd"
            ),
            ("Donation,BTC,-1,USD,$1,-$1.00,-$1.00,$0.00,", "donation out 1 btc@Coinbase value 1 usd"),
            ("Admin Debit,BTC,-1,USD,$1,-$1.00,-$1.00,$0.00,", "expense out 1 btc@Coinbase value 1 usd"),
            ("Pro Deposit,BTC,1,USD,$1,$1.00,$1.00,$0.00,", "withdrawal out 1 btc@Coinbase value 1 usd"),
            ("Exchange Withdrawal,BTC,1,USD,$1,$1.00,$1.00,$0.00,", "deposit in 1 btc@Coinbase value 1 usd"),
            (
                "Derivatives Settlement,USDC,-3,USD,$1,-$3,-$3,$0,",
                "derivatives_loss out 3 usdc@Coinbase value 3 usd"
            ),
            (
                "Derivatives Settlement,USDC,3,USD,$1,$3,$3,$0,",
                "derivatives_profit in 3 usdc@Coinbase value 3 usd"
            ),
            (
                "Retail Simple Dust,XLM,-0.1,USD,$1,-$0.10,-$0.10,$0,",
                "trade in 0.1 usd out 0.1 xlm@Coinbase value 0.1 usd"
            ),
            (
                "Wrap Asset,ETH,-1,USD,$1,$1,$1,$0,Wrapped 1 ETH to 0.97 CBETH",
                "swap in 0.97 cbeth@Coinbase out 1 eth@Coinbase value 1 usd"
            ),
            ("Staking Income,ETH,-1,USD,$1,-$1,-$1,$0,", "correction_out out 1 eth@Coinbase value 1 usd"),
            (
                "  advanced   trade BUY ,BTC,1,CHF,CHF 5,5 CHF,5.5 CHF,0.5,",
                "trade in 1 btc@Coinbase out 5 chf fee 0.5 chf value 5 chf"
            ),
            ("Buy,BTC,1,JPY,¥5,¥5,¥5,¥0,", "trade in 1 btc@Coinbase out 5 jpy value 5 jpy"),
            (
                "Convert,ETH,1,GBP,£5,£5,£6,£1,Converted 1 ETH to 1 ETH2",
                "trade in 1 eth2@Coinbase out 1 eth@Coinbase value 5 gbp"
            ),
        ])
    func `a type becomes its kind`(cells: String, expected: String) throws {
        let outcome = try rows("x1,2024-01-02 03:04:05 UTC,\(cells)")
        #expect(outcome.errors == [])
        #expect(outcome.entries.map(brief) == [expected])
    }

    @Test(arguments: ["Retail Staking Transfer", "Retail Unstaking Transfer", "Vault Withdrawal"])
    func `a move inside the account makes no entry and is told`(type: String) throws {
        let outcome = try rows("x1,2024-01-02 03:04:05 UTC,\(type),SOL,35.5,EUR,€19,€674,€674,€0.00,")
        #expect(outcome.entries == [])
        #expect(outcome.codes == ["inside_account"])
        #expect(outcome.survey.noticeCount == 1)
    }

    @Test func `a fiat wallet's own rows bring the payments inside`() throws {
        let buy = "x1,2024-01-02 03:04:05 UTC,Buy,BTC,1,EUR,€100,€100,€102,€2,"
        #expect(
            try rows(buy).entries.map(brief) == [
                "trade in 1 btc@Coinbase out 100 eur fee 2 eur value 100 eur"
            ]
        )
        let outcome = try rows(
            buy,
            "x2,2024-01-01 03:04:05 UTC,Deposit,EUR,500,EUR,€1.00,€500.00,€500.00,€0.00,"
        )
        #expect(outcome.survey.walletCurrencies == ["eur"])
        #expect(
            outcome.entries.map(brief) == [
                "trade in 1 btc@Coinbase out 100 eur@Coinbase fee 2 eur@Coinbase value 100 eur",
                "deposit in 500 eur@Coinbase",
            ]
        )
    }

    @Test(arguments: BuiltInAssets.all.filter { $0.kind == .fiat || $0.kind == .commodity })
    func `every fiat currency settles outside, gold and silver in the account`(asset: Asset) throws {
        let place = asset.kind == .fiat ? "" : "@Coinbase"
        #expect(
            try rows("x1,2024-01-02,Buy,BTC,1,\(asset.displayCode),100,100,102,2,").entries.map(brief) == [
                "trade in 1 btc@Coinbase out 100 \(asset.code)\(place) fee 2 \(asset.code)\(place) "
                    + "value 100 \(asset.code)"
            ]
        )
    }

    @Test func `a fee of a fiat deposit or withdrawal is split off, the wallet's change stays`() throws {
        let outcome = try rows(
            "x1,2024-01-02 03:04:05 UTC,Deposit,EUR,100,EUR,€1,€100,€101.50,€1.50,",
            "x2,2024-01-02 03:04:05 UTC,Withdrawal,EUR,-50,EUR,€1,-€50,-€50,€0.15,",
            "x3,2024-01-02 03:04:05 UTC,Send,BTC,-1,EUR,€1,-€1,-€1,€0.15,"
        )
        #expect(
            outcome.entries.map(brief) == [
                "deposit in 101.5 eur@Coinbase fee 1.5 eur@Coinbase",
                "withdrawal out 49.85 eur@Coinbase fee 0.15 eur@Coinbase",
                "withdrawal out 1 btc@Coinbase value 1 eur",
            ]
        )
        #expect(outcome.codes == ["fee_inside"])
    }

    @Test func `exchanges written as two rows are joined`() throws {
        let outcome = try rows(
            "c1,2026-01-24 22:14:05 UTC,Convert,BTC,0.0008,USD,$89345,$71.40,$73.58,$2.18,",
            "c1,2026-01-24 22:14:05 UTC,Convert,USDC,-73.58,USD,$1.00,$73.58,$73.58,$0.00,",
            "m1,2025-10-17 13:38:17 UTC,Asset Migration,MATIC,-1.655,USD,$0.25,-$0.42,-$0.42,$0.00,",
            "m3,2025-10-17 13:38:17 UTC,Asset Migration,RNDR,-7,USD,$0.25,-$1.75,-$1.75,$0.00,",
            "m2,2025-10-17 13:38:17 UTC,Asset Migration,RENDER,7,USD,$0.25,$1.75,$1.75,$0.00,",
            "m4,2025-10-17 13:38:17 UTC,Asset Migration,POL,1.655,USD,$0.25,$0.42,$0.42,$0.00,",
            "e1,2024-10-17 13:38:17 UTC,Retail Eth2 Deprecation,ETH2,-2,USD,$1,-$2,-$2,$0.00,",
            "e2,2024-10-17 13:38:17 UTC,Retail Eth2 Deprecation,ETH,2,USD,$1,$2,$2,$0.00,"
        )
        #expect(outcome.survey.issues == [])
        #expect(
            outcome.entries.map(brief) == [
                "trade in 0.0008 btc@Coinbase out 73.58 usdc@Coinbase value 71.4 usd",
                "migration in 7 render@Coinbase out 7 rndr@Coinbase value 1.75 usd",
                "migration in 1.655 pol@Coinbase out 1.655 matic@Coinbase value 0.42 usd",
                "migration in 2 eth@Coinbase out 2 eth2@Coinbase value 2 usd",
            ]
        )
    }

    @Test func `an exchange without its other side is an error, a migration a warning`() throws {
        let outcome = try rows(
            "c1,2026-01-24 22:14:05 UTC,Convert,BTC,-0.0008,USD,$89345,$71.40,$73.58,$2.18,to something",
            "m1,2025-10-17 13:38:17 UTC,Asset Migration,MATIC,-1.5,USD,$0.25,-$0.42,-$0.42,$0.00,"
        )
        #expect(outcome.codes == ["missing_side", "missing_side"])
        #expect(outcome.survey.issues.map(\.severity) == [.error, .warning])
        #expect(outcome.survey.issues.map(\.line) == [2, 3])
        #expect(outcome.entries.map(brief) == ["withdrawal out 1.5 matic@Coinbase value 0.42 usd"])
    }

    @Test(
        arguments: [
            ("Boy,BTC,1,USD,$1,$1,$1,$0,", "unknown_type", "Transaction Type"),
            ("Buy,B C,1,USD,$1,$1,$1,$0,", "bad_asset", "Asset"),
            ("Buy,BTC,\"1,000\",USD,$1,$1,$1,$0,", "bad_number", "Quantity Transacted"),
            ("Buy,BTC,0.1234567890123456789,USD,$1,$1,$1,$0,", "too_many_decimals", "Quantity Transacted"),
            ("Buy,BTC,1,USD,$1,\"$1,000.00\",$1,$0,", "bad_number", "Subtotal"),
            ("Buy,BTC,1,USD,$1,\"1,50\",$1,$0,", "bad_number", "Subtotal"),
            ("Buy,BTC,1,USD,$1,€1,$1,$0,", "currency_differs", "Subtotal"),
            ("Buy,BTC,1,USD,$1,,,,", "missing_total", "Total (inclusive of fees and/or spread)"),
            ("Buy,BTC,1,,1,1,1,0,", "missing_currency", "Price Currency"),
            ("Buy,BTC,-1,USD,$1,$1,$1,$0,", "negative_amount", "Quantity Transacted"),
            ("Convert,BTC,1,USD,$1,$1,$1,$0,Converted 1 ETH to 5 XRP", "bad_note", "Notes"),
        ])
    func `a wrong cell is an error that names it`(cells: String, code: String, column: String) throws {
        let outcome = try rows("x1,2024-01-02 03:04:05 UTC,\(cells)", "x2,2024-01-02,Buy,BTC,1,USD,1,1,1,0,")
        let issue = try #require(outcome.errors.first)
        #expect(outcome.errors.count == 1)
        #expect(issue.code == code)
        #expect(issue.column == column)
        #expect(issue.line == 2)
        #expect(outcome.entries.map(\.line) == [3])
    }

    @Test(
        arguments: ["99999999999999999999", "60000000000000000000"],
        [
            // Nothing but the total, so that the fee is added to it.
            "Sell,BTC,-1,USD,1,,#,#,", "Sell,BTC,-1,USD,1,0,#,-#,",
            // A rebate on top of the subtotal, and a total far from what the fee says.
            "Sell,BTC,-1,USD,1,#,99999999999999999999.5,-#,", "Sell,BTC,-1,USD,1,1,#,#,",
            "Buy,BTC,1,USD,1,#,1,#,",
            // What came to the wallet, and the fee that was kept back before; it is less by a unit.
            "Deposit,USD,#,USD,1,1,1,59999999999999999999,",
        ]
    )
    func `a fee that takes a sum out of range is an error of its row`(huge: String, cells: String) throws {
        let row = cells.replacing("#", with: huge)
        let outcome = try rows("x1,2024-01-02 03:04:05 UTC,\(row)", "x2,2024-01-02,Buy,BTC,1,USD,1,1,1,0,")
        #expect(outcome.codes == ["out_of_range"])
        #expect(outcome.errors.map(\.column) == ["Fees and/or Spread"])
        #expect(outcome.errors.map(\.line) == [2])
        #expect(outcome.entries.map(\.line) == [3])
    }

    @Test(arguments: ["99999999999999999999", "60000000000000000000"])
    func `a fee that takes a sum out of range is an error in the account export too`(huge: String) throws {
        let head = "Timestamp,Amount,Currency,Transfer Total,Transfer Total Currency,Transfer Fee,"
        let outcome = try read(
            """
            \(head)Transfer Fee Currency
            4/2/13 11:05,-2,BTC,\(huge),USD,\(huge),USD
            4/2/13 11:05,-2,BTC,255.4,USD,2.6,USD

            """
        )
        #expect(outcome.codes == ["out_of_range"])
        #expect(outcome.errors.map(\.column) == ["Transfer Fee"])
        #expect(outcome.entries.map(\.line) == [3])
    }

    @Test func `an unknown type names the nearest and all that are known`() throws {
        let issue = try #require(try rows("x1,2024-01-02,Staking Incom,ETH,1,USD,1,1,1,0,").errors.first)
        #expect(issue.found == "Staking Incom")
        #expect(issue.message.contains("nearest known one is Staking Income"))
        #expect(issue.expected.hasPrefix("Staking Income, "))
        #expect(issue.expected.contains("Retail Eth2 Deprecation"))
    }

    @Test(
        arguments: [
            "2024-01-02T03:04:05Z", "2024-01-02 03:04:05 UTC", "2024-01-02 03:04:05", "1/2/2024 3:04:05",
            "2024-01-02 05:04:05 +0200",
        ])
    func `times come in several forms`(time: String) throws {
        let outcome = try rows("x1,\(time),Receive,BTC,1,USD,1,1,1,0,")
        #expect(outcome.entries.map(\.time.description) == ["2024-01-02T03:04:05Z"])
    }

    @Test(arguments: [
        ("2024-02-30 03:04:05 UTC", "nonexistent_time"), ("13/01/2024", "nonexistent_time"),
        ("soon", "bad_time"),
    ])
    func `a date that does not exist is an error`(time: String, code: String) throws {
        #expect(try rows("x1,\(time),Receive,BTC,1,USD,1,1,1,0,").codes == [code])
    }

    @Test func `equal rows with one id are kept without a word`() throws {
        let row = "x1,2024-01-02,Receive,BTC,1,USD,1,1,1,0,"
        let outcome = try rows(row, row)
        #expect(outcome.entries.count == 2)
        #expect(outcome.survey.issues == [])
    }

    @Test func `the given account replaces Coinbase`() throws {
        let outcome = try read(CoinbaseFixtures.preamble, options: ImportOptions(account: "Mine"))
        #expect(outcome.survey.accounts == ["Mine"])
        #expect(outcome.entries.first?.incoming?.account == .named("Mine"))
    }

    @Test func `any split into pieces gives the same`() throws {
        for fixture in [CoinbaseFixtures.withID, CoinbaseFixtures.taxReport, CoinbaseFixtures.account] {
            let bytes = Array(fixture.utf8)
            let whole = try read(bytes)
            for size in stride(from: 1, to: bytes.count, by: 7) {
                #expect(try read(bytes, size: size) == whole)
            }
        }
    }
}
