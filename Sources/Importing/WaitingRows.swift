import Money
import Time
import Venues

/// Rows of exchanges that wait for the other rows of their event.
///
/// They stand close together in a file, though not always side by side: a group waits until its second is over.
struct WaitingRows {
    /// The rows of one event that came so far.
    struct Group {
        let line: Int
        let time: Timestamp
        var rows: [LedgerRow]
    }

    /// How many rows may wait for others of their second.
    static let rowsMax = 4_096

    private var groups: [Group] = []
    private var places: [String: Int] = [:]
    private var count = 0

    /// Whether more rows wait than may.
    var isFull: Bool { count > WaitingRows.rowsMax }

    mutating func add(_ row: LedgerRow, line: Int) {
        count += 1
        if let place = places[row.group] {
            groups[place].rows.append(row)
        } else {
            places[row.group] = groups.count
            groups.append(Group(line: line, time: row.time, rows: [row]))
        }
    }

    /// Takes the groups whose second is over at a time; all of them for none.
    mutating func take(before time: Timestamp?) -> [Group] {
        guard !groups.isEmpty else { return [] }
        var kept: [Group] = []
        var taken: [Group] = []
        for group in groups {
            if let time, abs(time.seconds - group.time.seconds) <= 1 {
                kept.append(group)
            } else {
                taken.append(group)
            }
        }
        groups = kept
        places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1.rows[0].group, $0) })
        count = kept.reduce(0) { $0 + $1.rows.count }
        return taken
    }
}

extension RowMapper {
    /// The events of a group; what is wrong with it is said, with the column and the words for what its rows share.
    func events(
        of group: WaitingRows.Group,
        column: Int,
        sharing shared: String,
        _ log: inout IssueLog
    ) -> [ExchangeEvent] {
        func issue(_ code: String, _ expected: String, _ words: String, _ severity: IssueSeverity) -> RowIssue
        {
            RowIssue(
                line: group.line,
                column: columnName(column),
                code: code,
                severity: severity,
                found: CellText.shown(group.rows[0].group.utf8),
                expected: expected,
                message: "The event \(words)."
            )
        }
        guard LedgerGroup.isWhole(group.rows) else {
            // Read alone it would stand beside the whole event that another export or the API tells.
            let words = "has no row of the other side; export a span of time that holds both"
            log.add(issue("missing_side", "rows of both sides with this \(shared)", words, .error))
            return []
        }
        let joined: LedgerGroup
        do throws(MoneyError) {
            joined = try LedgerGroup(group.rows)
        } catch {
            let words = "makes a sum that is too large to be kept"
            log.add(issue("out_of_range", "amounts below 10^20 in all", words, .error))
            return []
        }
        if joined.remark != nil {
            let words =
                "exchanges several assets at once and does not say which for which; each was read alone"
            log.add(issue("check_kind", "", words, .warning))
        }
        return joined.events
    }
}
