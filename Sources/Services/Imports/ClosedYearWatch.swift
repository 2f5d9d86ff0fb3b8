import Storage
import Time

/// Notes which rows of an import fall into closed years.
struct ClosedYearWatch: Sendable {
    private struct Found {
        let line: Int
        var count = 1
    }

    private let years: [ClosedYearRecord]
    private var found: [Int: Found] = [:]

    init(_ years: [ClosedYearRecord]) {
        self.years = years
    }

    /// Notes a row that is new.
    mutating func note(_ time: Timestamp, line: Int) {
        guard !years.isEmpty, let year = years.first(where: { time >= $0.start && time < $0.end }) else {
            return
        }
        found[year.year, default: Found(line: line, count: 0)].count += 1
    }

    /// Adds one warning for each closed year, at its first row.
    func add(to outcome: inout ImportOutcome) {
        for (year, found) in found.sorted(by: { $0.key < $1.key }) {
            ImportFinding(
                line: found.line,
                code: "closed_year",
                found: String(year),
                expected: "a year that is not closed",
                message:
                    "\(found.count) new \(found.count == 1 ? "entry falls" : "entries fall") into \(year), which is "
                    + "closed; coffer gains says what changes there: take the import back, or coffer years reopen \(year)"
            ).add(to: &outcome)
        }
    }
}
