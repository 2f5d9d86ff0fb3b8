import Ledger
import Money
import Testing
import Time

@testable import Venues

@Suite("Kraken's own words") private struct KrakenLedgerTests {
    @Test(arguments: [
        ("XXBT", "btc"), ("XBT", "btc"), ("XBT.F", "btc"), ("XBT.M", "btc"), ("XETH", "eth"), ("ETH", "eth"),
        ("ETH2", "eth"), ("ETH2.S", "eth"), ("ETH.F", "eth"), ("ZUSD", "usd"), ("ZEUR", "eur"),
        ("EUR.HOLD", "eur"),
        ("ZEUR.HOLD", "eur"), ("USD.M", "usd"), ("XXDG", "doge"), ("XDG", "doge"), ("XXRP", "xrp"),
        ("DOT", "dot"),
        ("DOT.S", "dot"), ("DOT28.S", "dot"), ("SOL03.S", "sol"), ("DOT.P", "dot"), ("USDC.M", "usdc"),
        ("SOL.B", "sol"), ("XTZ", "xtz"), ("XTZ.S", "xtz"), ("ZRX", "zrx"), ("ZETA", "zeta"), ("XRT", "xrt"),
        ("1INCH", "1inch"), ("KFEE", "kfee"), ("TRX", "trx"), ("LUNA2", "luna2"), ("C98", "c98"),
        ("T.X", "t.x"),
        ("usdt", "usdt"),
    ])
    func `names of assets are what others call them`(name: String, code: String) {
        #expect(KrakenAsset.code(name) == code)
    }

    @Test(arguments: ["", "ä", "A B", "A,B", String(repeating: "A", count: 65), ".S"])
    func `what is no name is none`(name: String) {
        #expect(KrakenAsset.code(name) == nil)
    }

    private static func row(
        _ type: String,
        _ amount: String,
        _ asset: String = "btc",
        fee: String = "0",
        subtype: String = "",
        id: String = "L1",
        reference: String = "T1"
    ) throws -> KrakenLedgerRow {
        KrakenLedgerRow(
            id: id,
            reference: reference,
            time: Timestamp(seconds: 1_700_000_000),
            type: type,
            subtype: subtype,
            asset: asset,
            amount: try Amount.parse(amount),
            fee: try Amount.parse(fee)
        )
    }

    /// An event in short: kind, in, out, fee.
    private static func short(_ event: ExchangeEvent) -> String {
        func text(_ money: ExchangeMoney?) -> String { money.map { "\($0.amount) \($0.asset)" } ?? "-" }
        return "\(event.kind.name) \(text(event.incoming)) \(text(event.outgoing)) \(text(event.fee))"
    }

    @Test(arguments: [
        ("deposit", "", "1", "0", "deposit 1 btc - -"),
        ("deposit", "", "1", "0.1", "deposit 1 btc - 0.1 btc"),
        ("withdrawal", "", "-0.005", "0.0001", "withdrawal - 0.005 btc 0.0001 btc"),
        // A withdrawal that was called off comes back with its fee.
        ("withdrawal", "", "0.005", "-0.0001", "deposit 0.0051 btc - -"),
        ("staking", "", "0.5", "0", "staking 0.5 btc - -"),
        ("earn", "reward", "0.25", "0.05", "staking 0.25 btc - 0.05 btc"),
        ("dividend", "", "1", "0", "dividend 1 btc - -"), ("reward", "", "1", "0", "reward 1 btc - -"),
        ("airdrop", "", "1", "0", "airdrop 1 btc - -"), ("credit", "", "1", "0", "other_income 1 btc - -"),
        ("adjustment", "", "-1", "0", "correction_out - 1 btc -"),
        ("margin", "", "3", "0", "margin_profit 3 btc - -"),
        ("margin", "", "-3", "0.2", "margin_loss - 3 btc 0.2 btc"),
        ("margin", "", "0", "0.2", "margin_fee - 0.2 btc -"),
        ("rollover", "", "0", "0.02", "margin_fee - 0.02 btc -"),
        ("transfer", "spottofutures", "-1", "0", "withdrawal - 1 btc -"),
    ])
    func `rows alone are what their sort says`(
        type: String,
        subtype: String,
        amount: String,
        fee: String,
        expected: String
    ) throws {
        let (meaning, remark) = try KrakenLedger.read(Self.row(type, amount, fee: fee, subtype: subtype))
        guard case .event(let event) = meaning else {
            Issue.record("\(meaning)")
            return
        }
        #expect(Self.short(event) == expected)
        #expect(event.id == "L1")
        #expect(remark == nil)
    }

    @Test(arguments: [
        ("earn", "allocation"), ("earn", "deallocation"), ("earn", "autoallocation"), ("earn", "migration"),
        ("transfer", "spottostaking"), ("transfer", "stakingfromspot"), ("transfer", "stakingtospot"),
        ("transfer", "spotfromstaking"),
    ])
    func `moves into staking and back change nothing`(type: String, subtype: String) throws {
        #expect(try KrakenLedger.read(Self.row(type, "-1", subtype: subtype)).meaning == .inside)
    }

    @Test(arguments: [("transfer", ""), ("earn", "other"), ("nfttrade", ""), ("", ""), ("something new", "")])
    func `what is not known is read by its sign, and said`(type: String, subtype: String) throws {
        for (amount, kind) in [("1", "a deposit"), ("-1", "a withdrawal")] {
            let (_, remark) = try KrakenLedger.read(Self.row(type, amount, subtype: subtype))
            #expect(remark?.hasSuffix("it was read as \(kind)") == true)
            #expect(remark?.hasPrefix("row L1 of 2023-11-14T22:13:20Z: ") == true)
        }
    }

    private static func group(_ rows: [KrakenLedgerRow]) throws -> LedgerGroup {
        try LedgerGroup(
            rows.map { row in
                guard case .part(let part) = try KrakenLedger.read(row).meaning else {
                    throw KrakenLedgerTests.Surprise()
                }
                return part
            }
        )
    }

    private struct Surprise: Error {}

    @Test func `the rows of a trade make one trade under the trade's id`() throws {
        let group = try Self.group([
            Self.row("trade", "0.01", "btc", id: "L3"),
            Self.row("trade", "-400", "eur", fee: "1.04", id: "L2"),
        ])
        let event = try #require(group.events.first)
        #expect(group.events.count == 1)
        #expect(Self.short(event) == "trade 0.01 btc 400 eur 1.04 eur")
        #expect(event.id == "T1")
        #expect(event.value == ExchangeMoney(amount: Amount(whole: 400), asset: "eur"))
        #expect(group.remark == nil)
    }

    @Test func `a fee on the side that came in is a fee in that asset`() throws {
        let group = try Self.group([
            Self.row("spend", "-50", "eur"), Self.row("receive", "90", "ada", fee: "0.5", id: "L2"),
        ])
        #expect(group.events.map(Self.short) == ["trade 90 ada 50 eur 0.5 ada"])
    }

    @Test func `fees in several assets all count`() throws {
        let group = try Self.group([
            Self.row("trade", "-50", "eur", fee: "0.1"), Self.row("trade", "90", "ada", fee: "0.5", id: "L2"),
            Self.row("trade", "0", "kfee", fee: "7", id: "L3"),
        ])
        #expect(
            group.events.map(Self.short).sorted() == [
                "fee - 0.5 ada -", "fee - 7 kfee -", "trade 90 ada 50 eur 0.1 eur",
            ]
        )
        #expect(group.events.map(\.id).sorted() == ["T1", "T1:fee:ada", "T1:fee:kfee"])
    }

    @Test func `a sweep of many assets keeps every amount and says what it cannot know`() throws {
        let group = try Self.group([
            Self.row("spend", "-1", "ada", id: "L1"), Self.row("spend", "-2", "dot", id: "L2"),
            Self.row("receive", "3", "eur", fee: "0.1", id: "L3"),
        ])
        #expect(
            group.events.map(Self.short) == ["trade - 1 ada -", "trade - 2 dot -", "trade 3 eur - 0.1 eur"]
        )
        #expect(Set(group.events.map(\.id)) == ["T1:ada", "T1:dot", "T1:eur"])
        #expect(group.remark?.contains("exchanges several assets at once") == true)
    }

    @Test func `an exchange of an asset's own forms moves only the difference`() throws {
        let same = try Self.group([Self.row("trade", "-1", "eth"), Self.row("trade", "1", "eth", id: "L2")])
        #expect(same.events == [])
        let less = try Self.group([Self.row("trade", "-1", "eth"), Self.row("trade", "0.9", "eth", id: "L2")])
        #expect(less.events.map(Self.short) == ["correction_out - 0.1 eth -"])
    }

    @Test func `a sale too small to bring anything is a sale`() throws {
        let rows = [try Self.row("trade", "-0.00001", "btc"), try Self.row("trade", "0", "eur", id: "L2")]
        #expect(try Self.group(rows).events.map(Self.short) == ["trade - 0.00001 btc -"])
    }

    @Test func `sums out of range are refused`() throws {
        let large = "99999999999999999999"
        #expect(throws: MoneyError.self) {
            try Self.group([
                Self.row("trade", large, "btc"), Self.row("trade", large, "btc", id: "L2"),
                Self.row("trade", "-1", "eur", id: "L3"),
            ])
        }
        #expect(throws: MoneyError.self) {
            try KrakenLedger.read(Self.row("deposit", large, fee: "-" + large))
        }
    }
}
