import Foundation
import JSON
import Testing

/// A file that cannot be imported, or only with a remark.
private struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]

    var testDescription: String { name }

    init(_ name: String, _ text: String) {
        self.init(name, [UInt8](text.utf8))
    }

    init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// A good row with one text replaced.
    init(_ name: String, replacing old: String, with new: String) {
        self.init(name, Histories.file([Case.row.replacingOccurrences(of: old, with: new)]))
    }

    static let row = "2023-01-02T10:00:00Z,trade,1.5,BTC,20000,USD,10,USD,20000,USD,Kraken,,,,,,"
    static let good = Histories.file([row])

    static let refused: [Case] = [
        Case("empty", ""),
        Case("only-blank-lines", "\n\r\n\n"),
        Case("truncated-in-a-row", Histories.file([row]) + row.prefix(40)),
        Case(
            "truncated-in-quotes",
            Histories.file([row]) + row.replacingOccurrences(of: "Kraken,,", with: "\"Kra")
        ),
        Case("wrong-header", "Date;Amount\n1;2\n"),
        Case("misspelt-header", good.replacingOccurrences(of: "fee_asset", with: "fee_aset")),
        Case("header-without-kind", "time,in_amount,in_asset\n2024-01-01,1,BTC\n"),
        Case("header-with-a-column-twice", "time,kind,kind\n2024-01-01,trade,trade\n"),
        Case("carriage-returns-alone", good.replacingOccurrences(of: "\n", with: "\r")),
        Case("utf-16", [0xFF, 0xFE] + good.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }),
        Case("zero-byte", replacing: "Kraken", with: "Kra\0ken"),
        Case("too-many-cells", replacing: "Kraken,,,,,,", with: "Kraken,,,,,,,more"),
        Case("quote-inside-a-cell", replacing: "Kraken", with: "Kra\"ken"),
        Case("text-after-a-quote", replacing: "Kraken", with: "\"Kra\"ken"),
        Case("cell-of-10-megabytes", replacing: "Kraken", with: String(repeating: "K", count: 10_000_000)),
        Case(
            "quoted-cell-of-10-megabytes",
            replacing: "Kraken",
            with: "\"" + String(repeating: "K\n", count: 5_000_000) + "\""
        ),
        Case("grouped-by-comma", replacing: "20000,USD,10", with: "\"20,000\",USD,10"),
        Case("grouped-by-blank", replacing: "20000,USD,10", with: "20 000,USD,10"),
        Case("grouped-by-apostrophe", replacing: "20000,USD,10", with: "20'000,USD,10"),
        Case("grouped-by-underscore", replacing: "20000,USD,10", with: "20_000,USD,10"),
        Case("arabic-digits", replacing: "1.5", with: "\u{661}.\u{665}"),
        Case("full-width-digits", replacing: "1.5", with: "\u{FF11}.5"),
        Case("decimal-comma", replacing: "1.5", with: "\"1,5\""),
        Case("currency-sign", replacing: "20000,USD,10", with: "$20000,USD,10"),
        Case("hexadecimal", replacing: "1.5", with: "0x10"),
        Case("not-a-number", replacing: "1.5", with: "NaN"),
        Case("infinity", replacing: "1.5", with: "inf"),
        Case("negative", replacing: "1.5", with: "-1.5"),
        Case("point-without-decimals", replacing: "1.5", with: "1."),
        Case("19-decimals", replacing: "1.5", with: "1.1234567890123456789"),
        Case("exponent-below-the-last-decimal", replacing: "1.5", with: "15e-19"),
        Case("out-of-range", replacing: "1.5", with: "100000000000000000000"),
        Case("exponent-out-of-range", replacing: "1.5", with: "1e400"),
        Case("amount-without-asset", replacing: "1.5,BTC", with: "1.5,"),
        Case("asset-without-amount", replacing: "1.5,BTC", with: ",BTC"),
        Case("asset-that-is-no-code", replacing: "BTC", with: "B T C"),
        Case("30-february", replacing: "2023-01-02", with: "2023-02-30"),
        Case("29-february-of-a-common-year", replacing: "2023-01-02", with: "2023-02-29"),
        Case("month-13", replacing: "2023-01-02", with: "2023-13-02"),
        Case("hour-24", replacing: "10:00:00", with: "24:00:00"),
        Case("minute-60", replacing: "10:00:00", with: "10:60:00"),
        Case("ambiguous-date", replacing: "2023-01-02T10:00:00Z", with: "01/02/2023"),
        Case("unix-time", replacing: "2023-01-02T10:00:00Z", with: "1672653600"),
        Case("unknown-kind", replacing: "trade", with: "trad"),
        Case("side-that-a-kind-forbids", replacing: "trade", with: "deposit"),
        Case(
            "several-errors",
            Histories.file(["x,y,1,5,BTC,,,,,,,,,,,,", "never,trade,a,BTC,b,USD,c,USD,,,,,,,,,"])
        ),
    ]

    static let accepted: [Case] = [
        Case("header-alone", Histories.file([])),
        Case("crlf-and-byte-order-mark", "\u{FEFF}" + good.replacingOccurrences(of: "\n", with: "\r\n")),
        Case("no-line-end-at-the-end", String(good.dropLast())),
        Case("line-break-in-quotes", replacing: "Kraken,,,,,", with: "Kraken,,,,\"one\ntwo\",")
            .followed(by: row.replacingOccurrences(of: "2023", with: "2022")),
        Case("invalid-utf-8", [UInt8](good.utf8).map { $0 == UInt8(ascii: "K") ? 0xFF : $0 }),
        Case("exponent", replacing: "1.5", with: "15e-1"),
        Case("exponent-of-many-digits", replacing: "1.5", with: "1.234567890123456789E+2"),
        Case("zeros-behind-18-decimals", replacing: "1.5", with: "1.123456789012345678000"),
        Case("unknown-asset", replacing: "BTC", with: "QQQCOIN"),
        Case("all-of-the-range", replacing: "1.5", with: "99999999999999999999.999999999999999999"),
        Case("more-digits-than-microseconds", replacing: "10:00:00Z", with: "10:00:00.123456789Z"),
    ]

    func followed(by row: String) -> Case {
        Case(name, bytes + [UInt8]((row + "\n").utf8))
    }
}

@Suite("Bad input")
private struct BadInputTests {
    private let coffer: Coffer

    init() throws {
        coffer = try Coffer()
    }

    /// A folder that has one import, so that a half-written second one would show.
    private func prepare() throws -> String {
        let first = Histories.file([Histories.purchase(1), Histories.purchase(2)])
        return try coffer.state(after: first)
    }

    @Test
    private func
        `A report whose sum is out of range says what to look for, and nothing is wrong with the folder`()
        throws
    {
        let huge = "60000000000000000000"
        _ = try coffer.state(
            after: Histories.file([
                "2023-01-02T10:00:00Z,deposit,\(huge),BTC,,,,,\(huge),USD,Kraken,,,,,,",
                "2023-01-02T10:00:00Z,deposit,\(huge),ETH,,,,,\(huge),USD,Kraken,,,,,,",
            ])
        )
        try coffer.folder.write(
            "date,asset,price_usd\n2023-01-02,BTC,1\n2023-01-02,ETH,1\n",
            to: "prices.csv"
        )
        #expect(try coffer("prices", "import", "prices.csv").code == 0)
        let run = try coffer("balances")
        #expect(run.code == 7)
        #expect(
            run.errors
                == "coffer: a value reaches 10^20 units, which Coffer does not count; look for an amount or a price that "
                + "is too large, or report in another currency\n"
        )
        #expect(try coffer("check").code == 0)
    }

    @Test
    private func `A file that the system cannot read on is named with the system's reason`() throws {
        // A process may open its own memory, but nothing is mapped at its beginning.
        for command in ["import", "prices import"] {
            let run = try coffer.run(command.split(separator: " ").map(String.init) + ["/proc/self/mem"])
            #expect(run.code == 6)
            #expect(run.errors == "coffer: cannot read /proc/self/mem: Input/output error\n")
        }
    }

    @Test(arguments: Case.refused)
    private func `A file that cannot be read without guessing is refused by name and place`(
        _ bad: Case
    ) throws {
        let before = try prepare()
        try coffer.folder.write(bad.bytes, to: "bad.csv")
        let run = try coffer("import", "bad.csv")
        #expect(run.code == 6)
        #expect(run.errors.contains("bad.csv"), "the file is named")
        #expect(run.peakBytes < 200_000_000)
        try Golden.expect(Golden.transcript(run, of: coffer), is: "refused-\(bad.name)")
        #expect(try coffer.state() == before, "nothing was written")
        #expect(try coffer("batches").output.contains("bad.csv") == false)
        let dry = try coffer("import", "bad.csv", "--dry-run")
        #expect(dry.code == 6 && dry.errors == run.errors, "a dry run says the same")
    }

    @Test(arguments: Case.accepted)
    private func `A file that is unusual but clear is read exactly`(_ odd: Case) throws {
        try coffer.folder.write(odd.bytes, to: "odd.csv")
        let run = try coffer("import", "odd.csv")
        #expect(run.code == 0)
        let text = Golden.transcript(run, of: coffer) + Golden.transcript(try coffer("export"), of: coffer)
        try Golden.expect(text, is: "accepted-\(odd.name)")
        #expect(try coffer("check").code == 0)
        #expect(try coffer("import", "odd.csv", "--json").json()["inserted"]?.integer == 0)
    }

    @Test(arguments: ["random bytes", "one endless line", "lines of commas", "quotes"])
    func `Large garbage is refused in bounded memory and time`(sort: String) throws {
        let before = try prepare()
        let size = ProcessInfo.processInfo.environment["COFFER_LONG"] == nil ? 64 : 1024
        let piece: String =
            switch sort {
            case "random bytes": "head -c \(size)M /dev/urandom"
            case "one endless line": "head -c \(size)M /dev/zero | tr '\\0' x"
            case "lines of commas": "yes ,,,,,,, | head -c \(size)M"
            default: "(echo \(Histories.header); yes '\"' | head -c \(size)M)"
            }
        let path = coffer.folder.path + "/garbage.csv"
        var shell = coffer
        shell.wrapper = ["bash", "-c", "\(piece) > \(path); exec \"$0\" import \(path)"]
        let run = try shell.run([], seconds: 600)
        #expect(run.code == 6, "\(run.errors.prefix(500))")
        #expect(run.errors.contains("garbage.csv"))
        #expect(run.errors.utf8.count < 2_000_000)
        #expect((1_000_000..<100_000_000).contains(run.peakBytes), "\(run.peakBytes) bytes")
        #expect(try coffer.state() == before)
    }

    @Test
    func `A file that is not there, or is a folder, is named`() throws {
        for (name, words) in [("no-file", "nowhere.csv"), ("a-folder", "."), ("no-prices", "nowhere.csv")] {
            let command = name == "no-prices" ? ["prices", "import"] : ["import"]
            let run = try coffer.run(command + [words])
            #expect(run.code == 6)
            try Golden.expect(Golden.transcript(run, of: coffer), is: "refused-\(name)")
        }
    }

    @Test(arguments: [
        ("prices-wrong-header", "a,b,c\n1,2,3\n"),
        (
            "prices-bad-rows",
            "date,asset,price_usd\n2024-02-30,BTC,1\n2024-01-01,BTC,\"1,5\"\n2024-01-01,,1\n"
        ),
        ("prices-negative", "time,base,quote,price\n2024-01-01T00:00:00Z,BTC,EUR,-1\n"),
        ("prices-empty", ""),
        ("prices-unknown-asset", "date,asset,price_usd\n2024-01-01,QQQCOIN,1\n2024-01-01,BTC,2\n"),
    ])
    func `Prices that cannot be read are refused by name and place`(name: String, text: String) throws {
        let before = try prepare()
        let status = try coffer("prices", "status").output
        try coffer.folder.write(text, to: "prices.csv")
        let run = try coffer("prices", "import", "prices.csv")
        try Golden.expect(Golden.transcript(run, of: coffer), is: name)
        guard name != "prices-unknown-asset" else { return }
        #expect(run.code == 6)
        #expect(try coffer("prices", "status").output == status)
        #expect(try coffer.state() == before)
    }
}
