import Importing
import Ledger
import Money
import TestSupport
import Testing
import Time

@Suite("Coffer's layout, written and read back")
private struct CofferRoundTripTests {
    private static let texts = [
        "", "a", "Kraken", "=1+1", "+x", "-", "@x", "\tx", "'", "''", "'tis", "'=x", "a,b", "say \"hi\"",
        "\"", "two\nlines",
        "cr\r\nlf", "naïve €", "日本", " ends ", "-5", ",", "'\"=", "😀",
    ]
    private static let names = ["Main", "Coinbase", "A, B", "-", "=x", "'q'", "Ünïcode", "x\"y"]

    private struct Maker {
        var generator: SplitMix64

        mutating func pick<T>(_ values: [T]) -> T {
            values[Int.random(in: 0..<values.count, using: &generator)]
        }

        mutating func amount() -> Amount {
            let digits = Int.random(in: 1...37, using: &generator)
            var raw: Int128 = 0
            for _ in 0..<digits { raw = raw * 10 + Int128(Int.random(in: 0...9, using: &generator)) }
            return Amount(unchecked: max(1, raw))
        }

        mutating func place() -> DraftAccount {
            Bool.random(using: &generator) ? .outside : .named(pick(CofferRoundTripTests.names))
        }

        mutating func leg() -> DraftLeg {
            DraftLeg(amount: amount(), asset: pick(["btc", "usd", "eth2", "-x", "a.b:c"]), account: place())
        }

        /// A random entry whose legs one row can place.
        mutating func entry(_ kind: EntryKind, line: Int) -> DraftEntry {
            let micros = Int64.random(in: -1_000_000_000_000_000...4_000_000_000_000_000, using: &generator)
            let seconds = Timestamp(seconds: micros / 1_000_000)
            var entry = DraftEntry(
                line: line,
                time: Bool.random(using: &generator) ? Timestamp(microseconds: micros) : seconds,
                kind: kind
            )
            let texts = CofferRoundTripTests.texts
            (entry.reference, entry.exchange, entry.group) = (pick(texts), pick(texts), pick(texts))
            (entry.comment, entry.lot) = (pick(texts), pick(texts))
            if Bool.random(using: &generator) {
                entry.value = DraftValue(amount: pick([.zero, amount()]), asset: pick(["usd", "eur"]))
            }
            if kind == .transfer {
                let sent = DraftLeg(amount: amount(), asset: "btc", account: .named("From"))
                entry.outgoing = sent
                entry.incoming = DraftLeg(
                    amount: sent.amount,
                    asset: "btc",
                    account: .named(pick(CofferRoundTripTests.names))
                )
                if Bool.random(using: &generator) {
                    entry.fee = DraftLeg(
                        amount: amount(),
                        asset: pick(["btc", "eth"]),
                        account: sent.account
                    )
                }
                return entry
            }
            if kind.rule.incoming == .required { entry.incoming = leg() }
            if kind.rule.outgoing == .required { entry.outgoing = leg() }
            if kind.rule.incoming == .optional, Bool.random(using: &generator) { entry.incoming = leg() }
            if kind.rule.outgoing == .optional, entry.incoming == nil || Bool.random(using: &generator) {
                entry.outgoing = leg()
            }
            if Bool.random(using: &generator), var fee = Optional(leg()) {
                if entry.outgoing?.asset == fee.asset {
                    fee.account = entry.outgoing?.account ?? .outside
                } else if entry.incoming?.asset == fee.asset {
                    fee.account = entry.incoming?.account ?? .outside
                } else {
                    fee.account = entry.outgoing?.account ?? entry.incoming?.account ?? fee.account
                }
                entry.fee = fee
            }
            return entry
        }
    }

    private func written(_ entries: [DraftEntry]) -> [UInt8] {
        var bytes: [UInt8] = []
        CofferWriter().renderHeader(into: &bytes)
        for entry in entries { CofferWriter().render(entry, into: &bytes) }
        return bytes
    }

    @Test(arguments: 0..<UInt64(20))
    func `every entry of every kind comes back as it was`(seed: UInt64) throws {
        var maker = Maker(generator: SplitMix64(seed: seed))
        var entries: [DraftEntry] = []
        for _ in 0..<4 { for kind in EntryKind.allCases { entries.append(maker.entry(kind, line: 0)) } }
        let outcome = try read(written(entries), size: 4099)
        #expect(outcome.survey.issues == [])
        let back = outcome.entries.map { entry in
            var entry = entry
            entry.line = 0
            return entry
        }
        for (expected, found) in zip(entries, back) where expected != found {
            Issue.record("\(expected) came back as \(found)")
            break
        }
        #expect(back.count == entries.count)
    }

    @Test func `a fee held elsewhere becomes a row of its own`() throws {
        let time = try Timestamp.parse("2024-01-02")
        var entry = DraftEntry(line: 1, time: time, kind: .trade)
        entry.incoming = try leg("1 btc @A")
        entry.outgoing = try leg("100 usd @A")
        entry.fee = try leg("2 bnb @B")
        let outcome = try read(written([entry]))
        #expect(outcome.entries.map(brief) == ["trade in 1 btc@A out 100 usd@A", "fee fee 2 bnb@B"])
    }

    @Test func `a fee of its own kind comes back alone`() throws {
        let time = try Timestamp.parse("2024-01-02")
        let entry = DraftEntry(line: 2, time: time, kind: .fee, fee: try leg("2 bnb @B"))
        #expect(try read(written([entry])).entries == [entry])
    }
}
