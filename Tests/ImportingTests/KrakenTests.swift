import Importing
import Ledger
import Money
import TestSupport
import Testing
import Time

@Suite("Kraken's ledger") private struct KrakenTests {
    private static let header =
        #""txid","refid","time","type","subtype","aclass","asset","wallet","amount","fee","balance""#

    /// The layout of 2024 with its wallets.
    private static let sample =
        header + "\n" + """
            "L1","F1","2024-01-05 12:00:00","deposit","","currency","ZEUR","spot / main",1000.0000,0,1000.0000
            "L2","T1","2024-01-06 08:15:30","trade","tradespot","currency","ZEUR","spot / main",-400.0000,1.0400,598.9600
            "L3","T1","2024-01-06 08:15:30","trade","tradespot","currency","XXBT","spot / main",0.0100000000,0,0.0100000000
            "L4","T2","2024-02-01 19:43:31","trade","tradespot","currency","XXBT","spot / main",-0.0040000000,0,0.0060000000
            "L5","T2","2024-02-01 19:43:31","trade","tradespot","currency","ZEUR","spot / main",180.0000,0.4680,778.4920
            "L6","TS3","2024-03-01 07:00:00","spend","","currency","ZEUR","spot / main",-50.0000,0,728.4920
            "L7","TS3","2024-03-01 07:00:00","receive","","currency","ADA","spot / main",90.0000000000,0,90.0000000000
            "L8","ST1","2024-03-08 01:00:00","earn","reward","currency","ADA","earn / flexible",0.2500000000,0,0.2500000000
            "L9","WD1","2024-04-01 09:00:00","withdrawal","","currency","XXBT","spot / main",-0.0050000000,0.0001000000,0.0009000000

            """

    private static let expected = [
        "deposit in 1000 eur@Kraken",
        "trade in 0.01 btc@Kraken out 400 eur@Kraken fee 1.04 eur@Kraken value 400 eur",
        "trade in 180 eur@Kraken out 0.004 btc@Kraken fee 0.468 eur@Kraken value 180 eur",
        "trade in 90 ada@Kraken out 50 eur@Kraken value 50 eur", "staking in 0.25 ada@Kraken",
        "withdrawal out 0.005 btc@Kraken fee 0.0001 btc@Kraken",
    ]

    @Test func `rows become entries under Kraken's own ids`() throws {
        let outcome = try read(Self.sample)
        #expect(outcome.survey.format == .kraken)
        #expect(outcome.survey.issues == [])
        #expect(outcome.entries.map(brief) == Self.expected)
        #expect(outcome.entries.map(\.reference) == ["L1", "T1", "T2", "TS3", "L8", "L9"])
        #expect(outcome.entries.map(\.line) == [2, 3, 5, 7, 9, 10])
        #expect(outcome.entries.allSatisfy { $0.exchange == "Kraken" })
        #expect(outcome.survey.accounts == ["Kraken"])
        #expect(outcome.survey.assets == ["ada", "btc", "eur"])
        #expect(outcome.entries[1].time.description == "2024-01-06T08:15:30Z")
        #expect(try read(Self.sample, options: ImportOptions(account: "Mine")).survey.accounts == ["Mine"])
    }

    @Test func `newest first, older and newer generations and other ends of lines are the same`() throws {
        let lines = Self.sample.split(separator: "\n").map(String.init)
        let turned = try read(([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n"))
        #expect(turned.entries.map(brief) == Self.expected.reversed())
        #expect(turned.survey.newestFirst)
        #expect(try read(Self.sample.replacing("\n", with: "\r\n")).entries.map(brief) == Self.expected)
        // Without the wallet, as before 2024, and without quotes.
        let old = lines.map { line in
            var cells = line.replacing("\"", with: "").split(separator: ",", omittingEmptySubsequences: false)
            cells.remove(at: 7)
            return cells.joined(separator: ",")
        }
        #expect(try read(old.joined(separator: "\n")).entries.map(brief) == Self.expected)
    }

    private static func rows(_ text: String) throws -> Outcome { try read(header + "\n" + text + "\n") }

    @Test func `rows of several trades of one second are told apart, in any order`() throws {
        let outcome = try Self.rows(
            """
            L1,T1,2024-01-06 08:15:30,trade,,currency,ZEUR,,-1,0,0
            L2,T2,2024-01-06 08:15:30,trade,,currency,ZEUR,,-1,0,0
            L3,T2,2024-01-06 08:15:31,trade,,currency,XXBT,,2,0,0
            L4,T1,2024-01-06 08:15:30,trade,,currency,XXBT,,1,0,0
            """
        )
        #expect(outcome.survey.issues == [])
        #expect(outcome.entries.map(\.reference) == ["T1", "T2"])
        #expect(outcome.entries.map { $0.incoming?.amount.description } == ["1", "2"])
    }

    @Test func `what makes no entry or should be looked at is said`() throws {
        let outcome = try Self.rows(
            """
            ,F1,2024-01-05 11:59:00,deposit,,currency,ZEUR,,1000,0,
            L1,F1,2024-01-05 12:00:00,deposit,,currency,ZEUR,,1000,0,1000
            L2,A1,2024-01-06 12:00:00,earn,allocation,currency,DOT,,-5,0,0
            L3,A1,2024-01-06 12:00:00,earn,allocation,currency,DOT.F,,5,0,0
            L4,X1,2024-01-07 12:00:00,transfer,,currency,ETHW,,1,0,0
            L1,F1,2024-01-08 12:00:00,deposit,,currency,ZEUR,,7,0,1000
            """
        )
        #expect(
            outcome.codes == ["not_settled", "inside_account", "inside_account", "check_kind", "repeated_id"]
        )
        #expect(outcome.entries.map(\.reference) == ["L1", "L4", "L1"])
        #expect(outcome.errors == [])
    }

    @Test(arguments: [
        ("L1,T1,2024-01-06 08:15:30,trade,,currency,ZEUR,,-1,0,0", "missing_side"),
        ("L1,F1,yesterday,deposit,,currency,ZEUR,,1,0,0", "bad_time"),
        ("L1,F1,2024-02-30 08:15:30,deposit,,currency,ZEUR,,1,0,0", "nonexistent_time"),
        ("L1,F1,2024-01-06 08:15:30,deposit,,currency,ZEUR,,\"1,000\",0,0", "bad_number"),
        ("L1,F1,2024-01-06 08:15:30,deposit,,currency,ZEUR,,,0,0", "bad_number"),
        ("L1,F1,2024-01-06 08:15:30,deposit,,currency,ä,,1,0,0", "bad_asset"),
        ("L1,F1,2024-01-06 08:15:30,deposit,,currency,,,1,0,0", "bad_asset"),
        ("L1,F1,2024-01-06 08:15:30,deposit,,currency,ZEUR,,100000000000000000000,0,0", "out_of_range"),
        ("L1,F1,2024-01-06 08:15:30,deposit,,currency,ZEUR,,99999999999999999999,-1,0", "out_of_range"),
        ("L1,F1,2024-01-06 08:15:30", "too_few_cells"),
    ])
    func `what is wrong is named`(row: String, code: String) throws {
        let outcome = try Self.rows(row)
        #expect(outcome.errors.map(\.code) == [code])
        #expect(outcome.errors.first?.line == 2)
        #expect(outcome.entries == [])
    }

    @Test func `sums out of range are named with their event`() throws {
        let outcome = try Self.rows(
            """
            L1,T1,2024-01-06 08:15:30,trade,,currency,ZEUR,,-99999999999999999999,0,0
            L2,T1,2024-01-06 08:15:30,trade,,currency,ZEUR,,-99999999999999999999,0,0
            L3,T1,2024-01-06 08:15:30,trade,,currency,XXBT,,1,0,0
            """
        )
        #expect(outcome.errors.map(\.code) == ["out_of_range"])
        #expect(outcome.entries == [])
    }

    @Test func `more rows of one second than wait are read all the same`() throws {
        let rows = (0..<9_000).map { number in
            "L\(number),T\(number / 2),2024-01-06 08:15:30,trade,,currency,"
                + (number.isMultiple(of: 2) ? "ZEUR,,-1" : "XXBT,,1") + ",0,0"
        }
        let outcome = try Self.rows(rows.joined(separator: "\n"))
        // A group may be cut where the bound is met, and that is named.
        #expect(outcome.entries.count + outcome.errors.count / 2 == 4_500)
        #expect(outcome.errors.count <= 4)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `random damage never traps`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var bytes = Array(Self.sample.utf8)
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
