import CostBasis
import Ledger
import Money
import Testing
import Time

@testable import Services

@Suite("Lots by name")
private struct LotNameTests {
    private static let header =
        "time,kind,in_amount,in_asset,out_amount,out_asset,account,reference,lot\n"

    /// Two purchases with one reference, two at one instant, one of another coin, and a sale that names some.
    private func resolution(
        _ lot: String,
        kind: String = "trade,100,USD,1,BTC"
    ) throws -> (
        named: [Int64], unknown: [String], isKnown: Bool
    ) {
        let file =
            LotNameTests.header + """
                2023-01-01T00:00:00Z,trade,1,BTC,10,USD,Kraken,A-1,
                2023-01-02T00:00:00Z,trade,1,BTC,11,USD,Kraken,A-1,
                2023-01-03T00:00:00Z,trade,1,BTC,12,USD,Kraken,,
                2023-01-03T00:00:00Z,trade,2,BTC,13,USD,Kraken,2023-01-01,
                2023-01-03T00:00:00Z,trade,9,ETH,13,USD,Kraken,E-1,
                2023-01-03T00:00:00.5Z,trade,3,BTC,14,USD,Kraken,,
                2024-01-01T00:00:00Z,\(kind),Kraken,,\(lot)

                """
        return try withFixture { (fixture) throws in
            let outcome = try fixture.importText(file)
            #expect(outcome.inserted == 7)
            let snapshot = try fixture.workspace.books.snapshot(of: fixture.owner)
            let found = try fixture.workspace.nameResolution(of: snapshot)
            let named = found.named[EntryID(raw: 7)]
            return (named?.map(\.raw) ?? [], found.unknown.map(\.name), named != nil)
        }
    }

    @Test(
        arguments: [
            ("A-1", [1, 2], []),
            ("2023-01-03T00:00:00Z", [3, 4], []),
            ("2023-01-03", [3, 4], []),
            ("2023-01-03 01:00:00+01:00", [3, 4], []),
            ("2023-01-03T00:00:00.5Z", [6], []),
            // A reference goes before an instant of the same text.
            ("2023-01-01", [4], []),
            ("3.in", [3], []),
            ("6.in; A-1 ;3.in", [6, 1, 2, 3], []),
            // Of another coin, none at all, and beside one that is there.
            ("E-1", [], []), ("5.in", [], []), ("nonsense", [], []), ("2022-01-01", [], []),
            ("999.in", [], []),
            (";", [], []),
            ("nonsense;3.in;99.in", [3], ["nonsense", "99.in"]),
        ] as [(String, [Int64], [String])]
    )
    func `a name is a reference, a lot's id or an instant`(
        lot: String,
        entries: [Int64],
        unknown: [String]
    ) throws {
        let found = try resolution(lot)
        #expect(found.isKnown)
        #expect(found.named == entries)
        #expect(found.unknown == unknown)
    }

    @Test func `an entry without a name names nothing`() throws {
        #expect(try !resolution("").isKnown)
    }

    @Test func `a name that nothing has beside one that fits is told in the report`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(
                LotNameTests.header + """
                    2023-01-01T00:00:00Z,trade,1,BTC,10,USD,Kraken,A-1,
                    2024-01-01T00:00:00Z,trade,100,USD,1,BTC,Kraken,,A-1;B-1

                    """
            )
            let settings = ReportSettings(method: "specific")
            let problems = try fixture.workspace.gains(of: fixture.owner, settings: settings).problems
            #expect(problems.map(\.code).contains("unknown_lot"))
            #expect(problems.contains { $0.message.contains("names B-1, which is no acquisition of BTC") })
        }
    }

    @Test(
        arguments: [
            ("17.in", 17), ("17.fee", 17), ("17", nil), ("17.", nil), ("-1.in", nil), ("17.in.in", nil),
            ("99999999999999999999.in", nil), (".in", nil),
        ] as [(String, Int64?)]
    )
    func `the id of a lot`(text: String, entry: Int64?) {
        #expect(LotNames.entry(ofLot: text)?.raw == entry)
    }
}
