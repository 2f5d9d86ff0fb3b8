/// What a file may hold at most; each limit is reported by its name.
public struct ImportLimits: Hashable, Sendable {
    /// Rows of data; nil for as many as there are.
    public var rows: Int?
    /// Columns of a row.
    public var columns: Int
    /// Bytes of one cell.
    public var cellBytes: Int
    /// Issues that are kept with their text; the rest is only counted.
    public var issuesKept: Int
    /// Non-empty lines among which the header must be.
    public var headerLines: Int
    /// Bytes among which the header must be.
    public var headerBytes: Int
    /// Venue ids that are remembered to find one that comes again with other content.
    public var references: Int

    /// Limits; the usual ones unless given.
    public init(
        rows: Int? = nil,
        columns: Int = 64,
        cellBytes: Int = 4096,
        issuesKept: Int = 1000,
        headerLines: Int = 64,
        headerBytes: Int = 65_536,
        references: Int = 1_000_000
    ) {
        self.rows = rows
        self.columns = columns
        self.cellBytes = cellBytes
        self.issuesKept = issuesKept
        self.headerLines = headerLines
        self.headerBytes = headerBytes
        self.references = references
    }
}

/// What the user says about a file, and what it may hold.
public struct ImportOptions: Hashable, Sendable {
    /// The account for rows that name none; nil for the format's own choice.
    public var account: String?
    /// What the file may hold.
    public var limits: ImportLimits

    /// Options; none and the usual limits unless given.
    public init(account: String? = nil, limits: ImportLimits = ImportLimits()) {
        self.account = account
        self.limits = limits
    }
}
