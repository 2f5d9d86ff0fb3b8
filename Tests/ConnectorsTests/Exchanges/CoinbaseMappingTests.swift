import Ledger
import Money
import Testing
import Time
import VenueSupport
import Venues

@testable import Connectors

@Suite("Coinbase's transactions") private struct CoinbaseMappingTests {
    private static let time = "2024-03-01T10:00:00Z"

    private static func event(_ row: ExchangeRow?) -> ExchangeEvent? {
        guard case .event(let event) = row?.content else { return nil }
        return event
    }

    /// One line for an event: kind, in, out, fee, value, and where the payment was made.
    private static func shown(_ event: ExchangeEvent?) -> String {
        guard let event else { return "none" }
        func money(_ money: ExchangeMoney?) -> String { money.map { "\($0.amount) \($0.asset)" } ?? "-" }
        return [
            event.kind.name, money(event.incoming), money(event.outgoing), money(event.fee),
            money(event.value), event.isPaidOutside ? "outside" : "inside",
        ].joined(separator: " | ")
    }

    private static let fill =
        #","advanced_trade_fill":{"fill_price":"20","product_id":"BTC-EUR","order_id":"1","commission":"0.2"}"#

    private static func paid(_ type: String, _ method: String, _ currency: String, subtotal: Bool) -> String {
        let middle = subtotal ? #","subtotal":{"amount":"8.9","currency":"\#(currency)"}"# : ""
        return #","\#(type)":{"id":"1","payment_method_name":"\#(method)"\#(middle),"#
            + #""total":{"amount":"9","currency":"\#(currency)"},"fee":{"amount":"0.1","currency":"\#(currency)"}}"#
    }

    /// Type, amount of the wallet, further members, and the event.
    static let table: [(String, String, String, String)] = [
        ("send", "-0.5", "", "withdrawal | - | 0.5 btc | - | 9 usd | inside"),
        ("send", "0.5", "", "deposit | 0.5 btc | - | - | 9 usd | inside"),
        (
            "send", "0.5", #","from":{"resource":"user","name":"Coinbase Earn"}"#,
            "reward | 0.5 btc | - | - | 9 usd | inside"
        ),
        ("receive", "0.5", "", "deposit | 0.5 btc | - | - | 9 usd | inside"),
        ("exchange_deposit", "-0.5", "", "withdrawal | - | 0.5 btc | - | 9 usd | inside"),
        ("pro_withdrawal", "0.5", "", "deposit | 0.5 btc | - | - | 9 usd | inside"),
        ("staking_reward", "0.5", "", "staking | 0.5 btc | - | - | 9 usd | inside"),
        ("inflation_reward", "0.5", "", "staking | 0.5 btc | - | - | 9 usd | inside"),
        ("interest", "0.5", "", "interest | 0.5 btc | - | - | 9 usd | inside"),
        ("interest", "-0.5", "", "correction_out | - | 0.5 btc | - | 9 usd | inside"),
        ("earn_payout", "0.5", "", "reward | 0.5 btc | - | - | 9 usd | inside"),
        ("subscription_rebate", "0.5", "", "income_nontaxable | 0.5 btc | - | - | 9 usd | inside"),
        ("subscription", "-0.5", "", "expense | - | 0.5 btc | - | 9 usd | inside"),
        ("cardspend", "-0.5", "", "spend | - | 0.5 btc | - | 9 usd | inside"),
        ("clawback", "-0.5", "", "correction_out | - | 0.5 btc | - | 9 usd | inside"),
        ("derivatives_settlement", "-0.5", "", "derivatives_loss | - | 0.5 btc | - | 9 usd | inside"),
        ("retail_simple_dust", "-0.5", "", "trade | - | 0.5 btc | - | 9 usd | inside"),
        ("tx", "0.5", "", "deposit | 0.5 btc | - | - | 9 usd | inside"),
        ("something_new", "-0.5", "", "withdrawal | - | 0.5 btc | - | 9 usd | inside"),
        // A card is outside, the venue's own wallet inside; without a subtotal it is the total less the fee.
        (
            "buy", "0.5", paid("buy", "Visa", "USD", subtotal: true),
            "trade | 0.5 btc | 8.9 usd | 0.1 usd | 8.9 usd | outside"
        ),
        (
            "buy", "0.5", paid("buy", "EUR Wallet", "EUR", subtotal: false),
            "trade | 0.5 btc | 8.9 eur | 0.1 eur | 8.9 eur | inside"
        ),
        (
            "sell", "-0.5", paid("sell", "EUR Wallet", "EUR", subtotal: false),
            "trade | 9.1 eur | 0.5 btc | 0.1 eur | 9.1 eur | inside"
        ),
        ("buy", "0.5", "", "trade | 0.5 btc | 9 usd | - | 9 usd | outside"),
        ("buy", "0.5", #","buy":{"id":"1"}"#, "trade | 0.5 btc | 9 usd | - | 9 usd | outside"),
        ("sell", "-0.5", #","sell":{"id":"1"}"#, "trade | 9 usd | 0.5 btc | - | 9 usd | outside"),
        // Only the payment's own wallet moves the other way.
        ("buy", "-0.5", #","buy":{"id":"1"}"#, "none"),
        ("buy", "-0.5", #","buy":{}"#, "withdrawal | - | 0.5 btc | - | 9 usd | inside"),
        ("advanced_trade_fill", "0.5", fill, "trade | 0.5 btc | 10 eur | 0.2 eur | 10 eur | inside"),
        ("advanced_trade_fill", "-0.5", fill, "trade | 10 eur | 0.5 btc | 0.2 eur | 10 eur | inside"),
    ]

    @Test(arguments: table)
    func `a transaction becomes the event that the CSV report's row becomes`(
        type: String,
        amount: String,
        more: String,
        expected: String
    ) throws {
        let native = amount.hasPrefix("-") ? "-9 USD" : "9 USD"
        let text = CoinbaseRows.transaction("a", type, amount, "BTC", at: Self.time, native: native, more)
        let row = try CoinbaseFixture.rows([text]).first
        #expect(Self.shown(Self.event(row)) == expected)
        let isUnclear = ["tx", "something_new"].contains(type)
        #expect((row?.remark != nil) == isUnclear)
        if isUnclear { #expect(row?.remark?.contains("transaction a of \(Self.time)") == true) }
    }

    @Test(arguments: ["staking_transfer", "unstaking_transfer", "transfer", "vault_withdrawal"])
    func `what stays inside the account makes no event`(type: String) throws {
        let text = CoinbaseRows.transaction("a", type, "-1", "BTC", at: Self.time)
        #expect(try CoinbaseFixture.rows([text]).first?.content == .nothing)
    }

    @Test func `every known type is read, whatever its sign, into legs that its kind allows`() throws {
        for type in CoinbaseTransactionType.known.keys {
            for amount in ["1", "-1", "0"] {
                let text = CoinbaseRows.transaction("a", type, amount, "BTC", at: Self.time, native: "3 USD")
                let rows = try CoinbaseFixture.rows([text])
                #expect(rows.count == 1)
                guard let event = Self.event(rows.first) else { continue }
                let rule = event.kind.rule
                #expect(rule.incoming != .forbidden || event.incoming == nil, "\(type) \(amount)")
                #expect(rule.outgoing != .forbidden || event.outgoing == nil, "\(type) \(amount)")
                #expect(rule.incoming != .required || event.incoming != nil, "\(type) \(amount)")
                #expect(rule.outgoing != .required || event.outgoing != nil, "\(type) \(amount)")
            }
        }
    }

    @Test(arguments: [
        ("pending", ExchangeRow.Content.pending), ("waiting_for_clearing", .pending), ("failed", .nothing),
        ("canceled", .nothing), ("expired", .nothing),
    ])
    func `what is not settled makes no event yet, what failed none at all`(
        status: String,
        content: ExchangeRow.Content
    ) throws {
        let text = CoinbaseRows.transaction("a", "receive", "1", "BTC", at: Self.time, status: status)
        #expect(try CoinbaseFixture.rows([text]).first?.content == content)
    }

    @Test func `a value in the wallet's own currency is none, and notes are bounded`() throws {
        let cash = CoinbaseRows.transaction(
            "a",
            "fiat_deposit",
            "50",
            "USD",
            at: Self.time,
            native: "50 USD"
        )
        let row = try CoinbaseFixture.rows([cash], wallet: "USD").first
        #expect(Self.shown(Self.event(row)) == "deposit | 50 usd | - | - | - | inside")
        let long = String(repeating: "ä", count: 2000)
        let noted = try CoinbaseFixture.rows([
            #"{"id":"a","type":"receive","created_at":"\#(Self.time)","#
                + #""amount":{"amount":"1","currency":"BTC"},"description":"one\ntwo\u0007\#(long)"}"#
        ]).first
        let note = try #require(Self.event(noted)?.note)
        #expect(note.hasPrefix("one two ä"))
        #expect(note.utf8.count <= 513)
    }

    // MARK: Pairs

    private static func half(
        _ id: String,
        _ amount: String,
        _ currency: String,
        second: Int = 0,
        type: String = "trade",
        key: String? = "9"
    ) -> (String, String) {
        let more = key.map { #","trade":{"id":"\#($0)"}"# } ?? ""
        let time = "2024-03-01T10:00:\(second < 10 ? "0" : "")\(second)Z"
        return (
            currency, CoinbaseRows.transaction(id, type, amount, currency, at: time, native: "5 EUR", more)
        )
    }

    private static func pairing(_ rows: [(String, String)]) throws -> ExchangePairing {
        ExchangePairing(try rows.flatMap { try CoinbaseFixture.rows([$0.1], wallet: $0.0) })
    }

    @Test func `the two rows of a convert are one trade, whichever comes first`() throws {
        let out = Self.half("o", "-1", "BTC")
        let back = Self.half("i", "15", "ETH", second: 9)
        for rows in [[out, back], [back, out]] {
            let pairing = try Self.pairing(rows)
            #expect(pairing.lone.isEmpty)
            #expect(pairing.events.map { Self.shown($0) } == ["trade | 15 eth | 1 btc | - | 5 eur | inside"])
            #expect(pairing.events.first?.id == "o")
        }
    }

    @Test func `halves of other exchanges stay apart`() throws {
        let pairing = try Self.pairing([
            Self.half("o", "-1", "BTC"), Self.half("i", "15", "ETH", key: "10"),
        ])
        #expect(pairing.events.isEmpty)
        #expect(
            pairing.lone.map { Self.shown($0.alone) }.sorted() == [
                "deposit | 15 eth | - | - | 5 eur | inside",
                "withdrawal | - | 1 btc | - | 5 eur | inside",
            ]
        )
    }

    @Test func `halves without a key belong together by time and amount`() throws {
        let type = "retail_eth2_deprecation"
        let pairing = try Self.pairing([
            Self.half("a", "-1", "ETH2", type: type, key: nil),
            Self.half("b", "-2", "ETH2", type: type, key: nil),
            Self.half("c", "2", "ETH", second: 1, type: type, key: nil),
            Self.half("d", "1", "ETH", second: 1, type: type, key: nil),
            Self.half("e", "1", "ETH", second: 31, type: type, key: nil),
        ])
        #expect(
            pairing.events.map { Self.shown($0) } == [
                "migration | 1 eth | 1 eth2 | - | 5 eur | inside",
                "migration | 2 eth | 2 eth2 | - | 5 eur | inside",
            ]
        )
        #expect(pairing.lone.map(\.id) == ["e"])
    }

    @Test func `a payment that a wallet's own row shows was made inside`() throws {
        let buy =
            #","buy":{"id":"1","payment_method_name":"unclear","subtotal":{"amount":"9","currency":"USD"}}"#
        let coin = CoinbaseRows.transaction("b", "buy", "1", "BTC", at: Self.time, native: "9 USD", buy)
        let cash = CoinbaseRows.transaction("u", "buy", "-9", "USD", at: Self.time, buy)
        #expect(try Self.pairing([("BTC", coin)]).events.first?.isPaidOutside == true)
        let both = try Self.pairing([("BTC", coin), ("USD", cash)])
        #expect(both.events.map { Self.shown($0) } == ["trade | 1 btc | 9 usd | - | 9 usd | inside"])
    }

    @Test func `a payment whose row tells no sums is one payment all the same`() throws {
        let buy = #","buy":{"id":"1"}"#
        let coin = CoinbaseRows.transaction("b", "buy", "1", "BTC", at: Self.time, native: "9 USD", buy)
        let cash = CoinbaseRows.transaction("u", "buy", "-9", "USD", at: Self.time, native: "-9 USD", buy)
        let both = try Self.pairing([("BTC", coin), ("USD", cash)])
        #expect(both.events.map { Self.shown($0) } == ["trade | 1 btc | 9 usd | - | 9 usd | inside"])
    }

    @Test func `a fill in a wallet that has no part in it is told`() throws {
        let text = CoinbaseRows.transaction("a", "advanced_trade_fill", "-5", "ETH", at: Self.time, Self.fill)
        let row = try CoinbaseFixture.rows([text], wallet: "ETH").first
        #expect(Self.shown(Self.event(row)) == "withdrawal | - | 5 eth | - | - | inside")
        #expect(row?.remark?.contains("a fill of other assets") == true)
    }

    // MARK: Fills

    private static func fills(_ text: String) throws -> [ExchangeRow] {
        let it = try CoinbaseFixture()
        it.venue.change { $0.fills = [text] }
        return try it.source.fetchPage(of: .trades, after: nil).rows
    }

    @Test(arguments: [
        ("BUY", "0.1", false, "trade | 0.1 btc | 6000 usdc | 3.6 usdc | 6000 usdc | inside"),
        ("SELL", "0.1", false, "trade | 6000 usdc | 0.1 btc | 3.6 usdc | 6000 usdc | inside"),
        ("BUY", "6000", true, "trade | 0.1 btc | 6000 usdc | 3.6 usdc | 6000 usdc | inside"),
    ])
    func `a fill is a trade of base and quote`(
        side: String,
        size: String,
        inQuote: Bool,
        expected: String
    ) throws {
        let text = CoinbaseRows.fill(
            "f",
            side,
            size,
            "BTC-USDC",
            price: "60000",
            commission: "3.6",
            at: Self.time,
            inQuote: inQuote
        )
        #expect(Self.shown(Self.event(try Self.fills(text).first)) == expected)
    }

    @Test(arguments: [
        ("HOLD", "0.1", "BTC-USDC", "1", "side"), ("BUY", "0", "BTC-USDC", "1", "size"),
        ("BUY", "1", "BTCUSDC", "1", "product_id"), ("BUY", "1", "BTC-BTC", "1", "product_id"),
        ("BUY", "1", "BTC-USDC", "-1", "price"), ("BUY", "99999999999", "BTC-USDC", "99999999999", "price"),
        ("BUY", "-1", "BTC-USDC", "1", "size"),
    ])
    func `a fill that cannot be is refused by its field`(
        side: String,
        size: String,
        product: String,
        price: String,
        field: String
    ) throws {
        do {
            let text = CoinbaseRows.fill(
                "f",
                side,
                size,
                product,
                price: price,
                commission: "0",
                at: Self.time
            )
            _ = try Self.fills(text)
            Issue.record("taken")
        } catch let error as ConnectorError {
            #expect(error.description.contains("row 1 of the fills: \(field)"), "\(error)")
        }
    }
}
