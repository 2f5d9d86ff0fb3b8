import Ledger
import Testing
import Venues

@Suite("References of Binance.US") private struct BinanceReferenceTests {
    @Test func `file and API name the same order, and the same gift alike`() {
        let told = BinanceReference.fill(pair: "BTCUSD", order: 100_234, number: 28_457)
        let filed = BinanceReference.fill(pair: "BTCUSD", order: "100234", booking: "125143")
        #expect(told == "BTCUSD-100234-28457")
        #expect(filed == "BTCUSD-100234-T125143")
        #expect(BinanceReference.order(of: told) == "100234")
        #expect(filed.flatMap { BinanceReference.order(of: $0) } == "100234")
        #expect(BinanceReference.fill(pair: "BTCUSD", order: nil, number: 5) == "BTCUSD-5")
        #expect(BinanceReference.fill(pair: "BTCUSD", order: "a1", booking: "1") == nil)
        #expect(BinanceReference.fill(pair: "BTCUSD", order: "1", booking: "") == nil)
    }

    @Test(arguments: [
        "", "BTCUSD-5", "2968885920-flr", "98-eth-fee", "report-5", "instant-5", "a-b-c", "BTCUSD-1-T",
        "-1-2",
        "BTCUSD-1-2-3", "deposit-btc-170-1", "BTCUSD-٣-5",
    ])
    func `nothing else is a fill of an order`(reference: String) {
        #expect(BinanceReference.order(of: reference) == nil)
    }

    @Test func `what the report alone knows is no id to compare`() {
        #expect(!BinanceReference.isShared(""))
        #expect(!BinanceReference.isShared(BinanceReference.ofReportAlone("5")))
        #expect(BinanceReference.ofReportAlone("") == "")
        #expect(BinanceReference.isShared("0xa9eb"))
    }

    @Test func `words for what was given tell its kind, or none`() {
        #expect(BinanceGift.kind("Staking Rewards") == .staking)
        #expect(BinanceGift.kind("Referral Commission") == .reward)
        #expect(BinanceGift.kind("airdrop") == .airdrop)
        #expect(BinanceGift.kind("BNB Interest") == .interest)
        #expect(BinanceGift.kind("Others") == nil)
    }

    @Test func `operations are known in letters of any case`() {
        #expect(BinanceOperation("transaction BUY") == .exchange(.trade))
        #expect(BinanceOperation("Transfer Between Main and Funding Wallet") == .inside)
        #expect(BinanceOperation("Withdraw") == .moved(.deposit, .withdrawal))
        #expect(BinanceOperation("Withdraw ") == nil)
        for name in BinanceOperation.knownNames { #expect(BinanceOperation(name) != nil, "\(name)") }
    }
}
