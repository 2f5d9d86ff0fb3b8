import CommandLine
import Testing

@Suite("Long tables")
private struct TablePiecesTests {
    @Test func `a long table comes in pieces of whole lines that are the table`() {
        var table = TextTable([.left("name", charactersMax: 6), .decimal("amount"), .right("n")])
        for number in 0..<20_000 {
            if number % 2 == 0 {
                table.append(["row \(number)", number % 3 == 0 ? "1.\(number)" : "\(number)", "ü\u{7}"])
            } else {
                table.append("x")
                table.append(rendering: { $0 += Array("-0.\(number)".utf8) })
                table.append("")
            }
        }
        var pieces: [[UInt8]] = []
        table.render { pieces.append($0) }
        #expect(pieces.count > 2)
        #expect(pieces.allSatisfy { $0.last == UInt8(ascii: "\n") && $0.count < 100_000 })
        #expect(Array(pieces.joined()) == table.render())
        let lines = String(decoding: table.render(), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 20_001)
        #expect(lines[0] == "name         amount   n")
        #expect(lines[1] == "row 0       1.0      ü\u{FFFD}")
        #expect(lines[2] == "x          -0.1")
        #expect(lines[10_001] == "row 1…  10000        ü\u{FFFD}")
    }
}
