import Importing
import Ledger
import Money
import TestSupport
import Testing

private let cofferFile = """
    time,kind,in_amount,in_asset,out_amount,out_asset,account,comment
    2024-01-01T00:00:00Z,trade,1,BTC,100,USD,A,"two
    lines, ""quoted""\"
    2024-01-02T00:00:00Z,mining,0.5,ETH,,,B,naïve
    2024-01-03T00:00:00Z,mining,x,ETH,,,B,plain

    """

@Suite("Hostile and broken files")
private struct HostileInputTests {
    private func failure(_ bytes: [UInt8], _ options: ImportOptions = ImportOptions()) -> ImportError? {
        do {
            _ = try read(bytes, options: options)
            return nil
        } catch {
            return error as? ImportError
        }
    }

    @Test func `an empty file, blank lines and an unknown header are refused by name`() throws {
        #expect(failure([]) == .empty)
        #expect(failure(Array("\n\n , \n".utf8)) != nil)
        let unknown = try #require(failure(Array("\ndate,what\n1,2\n".utf8)))
        #expect(unknown == .unknownLayout(line: 2, firstLine: "date,what"))
        #expect(unknown.description.contains("this is not a layout Coffer knows; it knows"))
        #expect(unknown.description.contains("line 2: date,what"))
    }

    @Test func `garbage without end is refused after the first kilobytes`() throws {
        for byte in [UInt8(ascii: ","), 0x0A] {
            var given = 0
            let source: ByteSource = {
                given += 65_536
                return [UInt8](repeating: byte, count: 65_536)
            }
            #expect(throws: ImportError.self) { try ImportReader.survey(source, options: ImportOptions()) }
            #expect(given <= 4 * 65_536)
        }
    }

    @Test(arguments: [UInt8(ascii: "x"), UInt8(ascii: "\""), 0xFF])
    func `one line of garbage without end is refused after the first kilobytes`(byte: UInt8) throws {
        var given = 0
        let source: ByteSource = {
            given += 65_536
            return given > 100 * 65_536 ? nil : [UInt8](repeating: byte, count: 65_536)
        }
        #expect(throws: ImportError.self) { try ImportReader.survey(source, options: ImportOptions()) }
        #expect(given <= 4 * 65_536)
    }

    @Test(arguments: [",", "\"a\"x", "\"", "x", ",x"])
    func `a row without end behind a good header needs little memory and is an error`(start: String) throws {
        let filler = [UInt8](repeating: (start.utf8.last ?? 0), count: 65_536)
        var given = 0
        let source: ByteSource = {
            given += 1
            if given == 1 { return Array("time,kind,comment\n2024-01-01,mining,\(start)".utf8) }
            return given > 200 ? nil : filler
        }
        let survey = try ImportReader.survey(source, options: ImportOptions())
        #expect(survey.errorCount == 1)
        #expect(survey.rows == 1)
    }

    @Test func `zero bytes and UTF-16 are not text`() {
        #expect(
            failure(Array("time,kind\n2024\0".utf8))
                == .notText(line: 2, reason: "there is a zero byte in it")
        )
        #expect(failure([0xFF, 0xFE, 0x74, 0x00]) == .notText(line: 1, reason: "it is in UTF-16"))
    }

    @Test func `a byte order mark and CRLF change nothing`() throws {
        let plain = try read(cofferFile)
        #expect(try read("\u{FEFF}" + cofferFile) == plain)
        let crlf = try read(
            cofferFile.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        )
        #expect(crlf.entries.map(brief) == plain.entries.map(brief))
        #expect(crlf.survey.issues == plain.survey.issues)
        #expect(crlf.entries[0].comment == "two\r\nlines, \"quoted\"")
    }

    @Test func `lines are counted through quoted line ends`() throws {
        let outcome = try read(cofferFile)
        #expect(outcome.entries.map(\.line) == [2, 4])
        #expect(outcome.errors.map(\.line) == [5])
        #expect(outcome.errors.first?.found == "x")
        #expect(outcome.entries[0].comment == "two\nlines, \"quoted\"")
    }

    @Test func `any split into pieces gives the same`() throws {
        let bytes = Array(cofferFile.utf8)
        let whole = try read(bytes)
        for size in 1...bytes.count { #expect(try read(bytes, size: size) == whole) }
        // Pieces beyond the reader's own block, with a row across each seam.
        let row = "2024-01-02T00:00:00Z,mining,0.5,ETH,,,B,\"a \"\"b\"\"\r\nc\"\r\n"
        let large = Array(
            ("time,kind,in_amount,in_asset,out_amount,out_asset,account,comment\r\n"
                + String(repeating: row, count: 4000)).utf8
        )
        let expected = try read(large, size: large.count)
        #expect(expected.survey.entries == 4000)
        for size in [65_535, 65_536, 65_537, 70_001] { #expect(try read(large, size: size) == expected) }
    }

    @Test(
        arguments: [
            ("2024-01-01,mining,1,B\"TC,,,A,", "stray_quote"),
            ("2024-01-01,mining,\"1\"x,BTC,,,A,", "text_after_quote"),
            ("2024-01-01,mining,1,BTC,,\r,A,", "stray_carriage_return"),
            ("2024-01-01,mining,1", "too_few_cells"), ("2024-01-01,mining,1,BTC,,,A,,x", "too_many_cells"),
        ])
    func `a malformed row is an error and the next row is read`(row: String, code: String) throws {
        let outcome = try read(
            "time,kind,in_amount,in_asset,out_amount,out_asset,account,comment\n\(row)\n2024-01-02,mining,1,BTC,,,A,\n"
        )
        #expect(outcome.errors.map(\.code) == [code])
        #expect(outcome.errors.map(\.line) == [2])
        #expect(outcome.entries.map(\.line) == [3])
    }

    @Test func `a file cut off in a quoted cell says where the quote opened`() throws {
        let outcome = try read("time,kind,in_amount,in_asset,comment\n2024-01-01,mining,1,BTC,\"cut\noff")
        #expect(outcome.codes == ["unclosed_quote"])
        #expect(outcome.errors.first?.line == 2)
        #expect(outcome.errors.first?.column == "comment")
    }

    @Test(arguments: [true, false])
    func `a cell of ten megabytes is refused and the rest is read`(quoted: Bool) throws {
        let mark = quoted ? "\"" : ""
        let filler = String(repeating: quoted ? "x\n" : "xy", count: 5_000_000)
        let text =
            "time,kind,in_amount,in_asset,comment\n2024-01-01,mining,1,BTC,\(mark)\(filler)\(mark)\n"
            + "2024-01-02,mining,1,BTC,ok\n2024-01-03,mining,1,BTC,ok\n"
        let outcome = try read(Array(text.utf8), size: 65_536)
        #expect(outcome.codes == ["cell_too_large"])
        #expect(outcome.errors.first?.found.utf8.count ?? 99 <= 80)
        #expect(outcome.entries.map(\.line) == (quoted ? [5_000_003, 5_000_004] : [3, 4]))
    }

    @Test func `limits hold one under and one over`() throws {
        let head = "time,kind,in_amount,in_asset,comment\n"
        let options = ImportOptions(limits: ImportLimits(rows: 2, columns: 5, cellBytes: 10, issuesKept: 2))
        let row = "2024-01-01,mining,1,BTC,"
        #expect(try read("\(head)\(row)0123456789\n\(row)\n", options: options).errors == [])
        #expect(try read("\(head)\(row)01234567890\n", options: options).codes == ["cell_too_large"])
        #expect(try read("\(head)\(row)\"01234567890\"\n", options: options).codes == ["cell_too_large"])
        #expect(try read("\(head)\(row),\n", options: options).codes == ["too_many_columns"])
        #expect(failure(Array("\(head)\(row)\n\(row)\n\(row)\n".utf8), options) == .tooManyRows(limit: 2))
        #expect(
            failure(Array("time,kind,in_amount,in_asset,lot,group\n".utf8), options)
                == .tooManyColumns(line: 1, limit: 5)
        )
        let many = try read(
            head + String(repeating: "x,y,1,BTC,\n", count: 5),
            options: ImportOptions(limits: ImportLimits(issuesKept: 3))
        )
        #expect(many.survey.issues.count == 3)
        #expect(many.survey.errorCount == 10)
    }

    @Test func `bad bytes are an error in a structural cell and read as Windows-1252 in a text`() throws {
        let head = Array("time,kind,in_amount,in_asset,comment\n2024-01-01,mining,".utf8)
        let text = try read(head + Array("1,BTC,".utf8) + [0x80] + Array("5 caf\u{E9}".utf8) + [0x0A])
        #expect(text.entries.first?.comment == "€5 café")
        #expect(text.codes == ["bad_encoding"])
        #expect(text.survey.noticeCount == 1)
        let number = try read(head + [0x80] + Array("1,BTC,\n".utf8))
        #expect(number.codes == ["bad_number"])
        #expect(try read(head + Array("1,B".utf8) + [0xC3] + Array("C,\n".utf8)).codes == ["bad_asset"])
    }

    @Test func `what is shown of a cell is printable and short`() throws {
        let outcome = try read(
            "time,kind,in_amount,in_asset\n2024-01-01,mining,\u{1B}[31m\u{202E}"
                + String(repeating: "é", count: 90) + ",BTC\n"
        )
        let found = try #require(outcome.errors.first?.found)
        #expect(found.utf8.count <= 80)
        #expect(found.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
    }

    @Test(arguments: 0..<UInt64(24))
    func `random changes of good files give entries or issues and never stop the program`(seed: UInt64) throws
    {
        var generator = SplitMix64(seed: seed)
        let originals = [
            cofferFile, CoinbaseFixtures.withID, CoinbaseFixtures.account, CoinbaseFixtures.taxReport,
        ]
        for _ in 0..<150 {
            var bytes = Array(originals[Int.random(in: 0..<originals.count, using: &generator)].utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                case 2:
                    bytes.insert(
                        Array("\",\n\r-e9.€$/ ".utf8).randomElement(using: &generator) ?? 0,
                        at: place
                    )
                default: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0...40, using: &generator)))
                }
            }
            do {
                let outcome = try read(bytes, size: Int.random(in: 1...400, using: &generator))
                #expect(outcome.entries.count == outcome.survey.entries)
                for entry in outcome.entries {
                    for leg in [entry.incoming, entry.outgoing, entry.fee] {
                        #expect(leg?.amount.isPositive ?? true)
                    }
                }
            } catch {
                #expect(error is ImportError)
            }
        }
    }
}
