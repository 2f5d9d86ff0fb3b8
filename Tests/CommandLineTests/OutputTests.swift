import CommandLine
import Testing

@Suite("Tables for the terminal")
private struct TextTableTests {
    @Test func `columns line up at their start, end or decimal point`() throws {
        var table = TextTable([.left("asset"), .decimal("quantity"), .right("age"), .decimal("value")])
        table.append(["BTC", "0.00166779", "2 h", "70.00"])
        table.append(["ETH", "12", "14 d", "-"])
        table.append(["€uro", "-1234.5", "", "1000000.1"])
        try Golden.expect(String(decoding: table.render(), as: UTF8.self), is: "table")
    }

    @Test func `a table without rows shows its titles`() {
        let table = TextTable([.left("asset"), .decimal("quantity")])
        #expect(table.isEmpty)
        #expect(String(decoding: table.render(), as: UTF8.self) == "asset  quantity\n")
    }

    @Test func `foreign text cannot steer the terminal and long text is cut`() {
        var table = TextTable([.left("name", charactersMax: 5), .left("x")])
        table.append(["\u{1B}[2J\u{202E}abcdef", "a\nb"])
        #expect(String(decoding: table.render(), as: UTF8.self) == "name   x\n\u{FFFD}[2J…  a\u{FFFD}b\n")
    }
}

@Suite("The progress line")
private struct ProgressLineTests {
    /// What a terminal would show after these updates, as text.
    private func shown(
        _ updates: [(done: Int, now: Int64)],
        total: Int?,
        isTerminal: Bool = true
    ) -> [String?] {
        var line = ProgressLine("importing", total: total, isTerminal: isTerminal, now: 1_000)
        return updates.map { update in
            line.update(done: update.done, now: 1_000 + update.now).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }

    @Test func `nothing is shown at first, then at most ten times a second, then only when it changed`() {
        let updates: [(Int, Int64)] = [
            (1, 0), (40, 499_999), (41, 500_000), (42, 599_999), (42, 600_000), (42, 900_000),
            (100, 1_000_000),
        ]
        let expected = [
            nil, nil, "\rimporting … 41 %", nil, "\rimporting … 42 %", nil, "\rimporting … 100 %",
        ]
        #expect(shown(updates, total: 100) == expected)
    }

    @Test func `without a total the count is shown`() {
        #expect(shown([(12_345, 500_000)], total: nil) == ["\rimporting … 12345"])
        #expect(shown([(0, 500_000)], total: 0) == ["\rimporting … 0"])
    }

    @Test func `counts beyond the total and large totals stay within a hundred percent`() {
        #expect(shown([(7, 500_000)], total: 5) == ["\rimporting … 100 %"])
        #expect(shown([(.max, 500_000)], total: .max) == ["\rimporting … 100 %"])
        #expect(shown([(-1, 500_000)], total: 5) == ["\rimporting … 0 %"])
    }

    @Test func `nothing is written where no terminal is`() {
        #expect(shown([(1, 900_000), (2, 1_800_000)], total: 2, isTerminal: false) == [nil, nil])
    }

    @Test func `the end wipes the line, if there was one`() {
        var line = ProgressLine("importing", total: 10, isTerminal: true, now: 0)
        #expect(line.finish() == nil)
        _ = line.update(done: 5, now: 500_000)
        let wiped = line.finish().map { String(decoding: $0, as: UTF8.self) }
        #expect(wiped == "\r" + String(repeating: " ", count: 16) + "\r")
        #expect(line.finish() == nil)
    }

    @Test func `a shorter line covers the longer one before it`() {
        var line = ProgressLine("reading", total: nil, isTerminal: true, now: 0)
        _ = line.update(done: 1_000, now: 500_000)
        let next = line.update(done: 9, now: 700_000).map { String(decoding: $0, as: UTF8.self) }
        #expect(next == "\rreading … 9   ")
    }
}
