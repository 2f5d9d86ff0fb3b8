/// How much an issue of a file weighs.
public enum IssueSeverity: String, Hashable, Sendable {
    /// The row cannot be imported.
    case error
    /// The row is imported, and someone should look at it.
    case warning
    /// The row is imported or knowingly left out; told for completeness.
    case notice
}

/// Something a reader of a file found: where, what, and what would be right.
public struct RowIssue: Hashable, Sendable {
    /// The line of the file, from 1, where the row starts.
    public var line: Int
    /// The column's name as the file's header writes it; nil when the whole row is meant.
    public var column: String?
    /// A stable snake-case word for programs, such as `bad_number`.
    public var code: String
    /// How much it weighs.
    public var severity: IssueSeverity
    /// The text found, printable and cut to 80 bytes.
    public var found: String
    /// What would be right.
    public var expected: String
    /// One sentence for people that says what to do.
    public var message: String

    /// An issue from its parts.
    public init(
        line: Int,
        column: String?,
        code: String,
        severity: IssueSeverity,
        found: String,
        expected: String,
        message: String
    ) {
        self.line = line
        self.column = column
        self.code = code
        self.severity = severity
        self.found = found
        self.expected = expected
        self.message = message
    }
}

/// Collects the issues of one pass: counts all, keeps the first of each sort up to a limit.
struct IssueLog {
    let limit: Int
    private(set) var errorCount = 0
    /// Rows with at least one error; the errors of a row come one after the other.
    private(set) var errorRows = 0
    private var lastErrorLine = 0
    private(set) var warningCount = 0
    private(set) var noticeCount = 0
    private var errors: [RowIssue] = []
    private var remarks: [RowIssue] = []

    init(limit: Int) {
        self.limit = limit
    }

    mutating func add(_ issue: RowIssue) {
        switch issue.severity {
        case .error:
            errorCount += 1
            if issue.line != lastErrorLine { errorRows += 1 }
            lastErrorLine = issue.line
        case .warning: warningCount += 1
        case .notice: noticeCount += 1
        }
        if issue.severity == .error {
            if errors.count < limit { errors.append(issue) }
        } else if remarks.count < limit {
            remarks.append(issue)
        }
    }

    /// The kept issues by line, errors of a line first; at most `limit`, and errors never make room for remarks.
    var kept: [RowIssue] {
        let all = errors + remarks.prefix(max(0, limit - errors.count))
        return all.enumerated()
            .sorted { left, right in
                left.element.line != right.element.line
                    ? left.element.line < right.element.line : left.offset < right.offset
            }
            .map(\.element)
    }
}
