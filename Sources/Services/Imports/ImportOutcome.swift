public import Importing
public import Storage
public import Time

/// What is to be imported, for whom and how.
public struct ImportRequest: Sendable {
    /// Whose ledger.
    public var user: UserID
    /// The file's name, for the list of imports.
    public var fileName: String
    /// The account for rows that name none.
    public var account: String?
    /// Whether to say what would happen and change nothing.
    public var isDryRun: Bool
    /// Whether to import the good rows of a file that has errors.
    public var isPartial: Bool
    /// The most rows; nil for as many as there are.
    public var rowsMax: Int?
    /// A retry's key and the request it belongs to; nil when the caller gave none.
    public var claim: IdempotencyClaim?
    /// How the outcome is answered, to be kept under the key in the commit of the import.
    public var answer: (@Sendable (ImportOutcome) -> KeptAnswer)?

    /// A request with the usual choices.
    public init(
        user: UserID,
        fileName: String,
        account: String? = nil,
        isDryRun: Bool = false,
        isPartial: Bool = false,
        rowsMax: Int? = nil
    ) {
        self.user = user
        self.fileName = fileName
        self.account = account
        self.isDryRun = isDryRun
        self.isPartial = isPartial
        self.rowsMax = rowsMax
    }
}

/// What an import came to, or would come to.
public struct ImportOutcome: Sendable {
    /// The import, when one was made.
    public internal(set) var importID: ImportID?
    /// The import's number, when one was made.
    public var importNumber: Int64? { importID?.raw }
    /// The file's name.
    public let fileName: String
    /// The layout's name.
    public let format: String
    /// Whether nothing was to be changed.
    public let isDryRun: Bool
    /// Whether nothing was imported because rows have errors.
    public internal(set) var isRefused = false
    /// Rows of data.
    public let rows: Int
    /// Entries that the good rows make.
    public let entries: Int
    /// Entries that are new.
    public internal(set) var inserted = 0
    /// Entries that were there already.
    public internal(set) var existing = 0
    /// The lines of rows that were there already, at most `linesMax` of them.
    public internal(set) var existingLines: [Int] = []
    /// Errors; a row may have several.
    public internal(set) var errorCount: Int
    /// Rows with at least one error.
    public internal(set) var errorRows: Int
    /// Warnings.
    public internal(set) var warningCount: Int
    /// Notices.
    public internal(set) var noticeCount: Int
    /// The first issues, by line.
    public internal(set) var issues: [RowIssue]

    /// The most lines of known rows that are listed.
    public static let linesMax = 1000

    init(_ request: ImportRequest, _ survey: ImportSurvey) {
        fileName = request.fileName
        format = survey.format.name
        isDryRun = request.isDryRun
        rows = survey.rows
        entries = survey.entries
        errorCount = survey.errorCount
        errorRows = survey.errorRows
        warningCount = survey.warningCount
        noticeCount = survey.noticeCount
        issues = survey.issues
    }

    /// Turns the outcome into one of an import that changed nothing because of an error found after the file was read.
    mutating func refuse(line: Int, code: String, found: String, expected: String, message: String) {
        isRefused = true
        importID = nil
        inserted = 0
        existing = 0
        existingLines = []
        errorRows += 1
        add(
            RowIssue(
                line: line,
                column: nil,
                code: code,
                severity: .error,
                found: found,
                expected: expected,
                message: message
            )
        )
    }

    /// The most issues that are kept with their text.
    static let issuesMax = ImportLimits().issuesKept

    /// Counts an issue that was found after the file was read, and keeps it at its line.
    ///
    /// When there are too many, those of the last lines go, and errors never for others.
    mutating func add(_ issue: RowIssue) {
        switch issue.severity {
        case .error: errorCount += 1
        case .warning: warningCount += 1
        case .notice: noticeCount += 1
        }
        let isError = issue.severity == .error
        let place = issues.firstIndex {
            $0.line > issue.line || (isError && $0.line == issue.line && $0.severity != .error)
        }
        issues.insert(issue, at: place ?? issues.endIndex)
        guard issues.count > ImportOutcome.issuesMax else { return }
        issues.remove(at: issues.lastIndex { $0.severity != .error } ?? issues.endIndex - 1)
    }

    /// Counts warnings whose texts were not kept.
    mutating func addWarnings(_ count: Int) {
        warningCount += count
    }
}

/// One line of the list of imports.
public struct ImportInfo: Sendable {
    /// The import.
    public let id: ImportID
    /// When it was made.
    public let time: Timestamp
    /// The file's name.
    public let fileName: String
    /// The layout's name.
    public let format: String
    /// Entries that were new.
    public let inserted: Int
    /// Entries that were there already.
    public let existing: Int
    /// `committed` or `undone`.
    public let state: String
}
