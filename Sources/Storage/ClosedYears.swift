public import Crypto
public import Money
public import Time

/// A tax year as it was when its owner closed it.
public struct ClosedYearRecord: Hashable, Sendable {
    /// The calendar year in which the tax year starts.
    public let year: Int
    /// When it was closed.
    public let closed: Timestamp
    /// Its first instant.
    public let start: Timestamp
    /// The first instant after it.
    public let end: Timestamp
    /// The settings that were in force, as the services write them.
    public let settings: String
    /// Its taxable disposals.
    public let disposals: Int
    /// What they brought.
    public let proceeds: Amount
    /// What their coins had cost.
    public let cost: Amount
    /// What was gained.
    public let gain: Amount
    /// What was received as income.
    public let income: Amount
    /// Over all disposals and income of the year.
    public let digest: Digest128

    /// A record from its parts.
    public init(
        year: Int,
        closed: Timestamp,
        start: Timestamp,
        end: Timestamp,
        settings: String,
        disposals: Int,
        proceeds: Amount,
        cost: Amount,
        gain: Amount,
        income: Amount,
        digest: Digest128
    ) {
        self.year = year
        self.closed = closed
        self.start = start
        self.end = end
        self.settings = settings
        self.disposals = disposals
        self.proceeds = proceeds
        self.cost = cost
        self.gain = gain
        self.income = income
        self.digest = digest
    }
}

extension WriteTransaction {
    /// Keeps a closed year; false when it is closed already.
    public func closeYear(_ record: ClosedYearRecord, of user: UserID) throws(StorageError) -> Bool {
        let sql = """
            INSERT INTO closed_years
                (user, year, closed, first_time, end_time, settings, disposals, proceeds, cost, gain, income, digest)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """
        let values: [SQLValue] = [
            .integer(user.raw), .integer(Int64(record.year)), .integer(record.closed.microseconds),
            .integer(record.start.microseconds), .integer(record.end.microseconds),
            .text(record.settings), .integer(Int64(record.disposals)), .text(record.proceeds.description),
            .text(record.cost.description), .text(record.gain.description), .text(record.income.description),
            .blob(record.digest.bytes),
        ]
        return try connection.run(sql, values) == 1
    }

    /// Forgets that a year was closed; false when it was not.
    public func reopenYear(_ year: Int, of user: UserID) throws(StorageError) -> Bool {
        try connection.run(
            "DELETE FROM closed_years WHERE user = ? AND year = ?",
            [.integer(user.raw), .integer(Int64(year))]
        ) == 1
    }

    /// The years that a user has closed, in order.
    public func closedYears(of user: UserID) throws(StorageError) -> [ClosedYearRecord] {
        try connection.closedYears(of: user)
    }
}

extension Connection {
    /// The years that a user has closed, in order.
    public func closedYears(of user: UserID) throws(StorageError) -> [ClosedYearRecord] {
        let sql = """
            SELECT year, closed, first_time, end_time, settings, disposals, proceeds, cost, gain, income, digest
            FROM closed_years WHERE user = ? ORDER BY year
            """
        return try rows(sql, [.integer(user.raw)]) { row throws(StorageError) in
            func amount(_ column: Int32) throws(StorageError) -> Amount {
                guard let amount = unsafe AmountText.read(row.textBytes(column)) else {
                    throw Connection.malformed
                }
                return amount
            }
            guard let digest = Digest128(row.blob(10)) else { throw Connection.malformed }
            return ClosedYearRecord(
                year: Int(row.integer(0)),
                closed: Timestamp(microseconds: row.integer(1)),
                start: Timestamp(microseconds: row.integer(2)),
                end: Timestamp(microseconds: row.integer(3)),
                settings: row.text(4),
                disposals: Int(row.integer(5)),
                proceeds: try amount(6),
                cost: try amount(7),
                gain: try amount(8),
                income: try amount(9),
                digest: digest
            )
        }
    }

    private static var malformed: StorageError {
        StorageError(.corrupt, operation: "reading closed years", detail: "a row is not what was written")
    }
}
