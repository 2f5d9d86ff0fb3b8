public import Money
public import Time

import Crypto

/// What a portfolio was worth when it was looked at.
public struct SnapshotRecord: Hashable, Sendable {
    /// The identity outside.
    public let uuid: String
    /// Of which portfolio.
    public let portfolio: PortfolioID
    /// When.
    public let time: Timestamp
    /// The sum of what had a price.
    public let value: Amount
    /// What it is counted in.
    public let asset: AssetID
    /// How many assets were held without a price.
    public let unpriced: Int
    /// Whether a price used was older than its limit.
    public let isStale: Bool

    fileprivate static let columns =
        "s.uuid, s.portfolio, s.time, s.value, s.asset, s.unpriced, s.is_stale"

    init(_ row: Statement) throws(StorageError) {
        uuid = row.text(0)
        portfolio = PortfolioID(raw: row.integer(1))
        time = Timestamp(microseconds: row.integer(2))
        value = try row.amount(3)
        asset = AssetID(raw: UInt32(truncatingIfNeeded: row.integer(4)))
        unpriced = Int(row.integer(5))
        isStale = row.integer(6) == 1
    }
}

/// A value that is to be kept.
public struct SnapshotDraft: Hashable, Sendable {
    /// Of which portfolio.
    public var portfolio: PortfolioID
    /// The sum of what has a price.
    public var value: Amount
    /// What it is counted in.
    public var asset: AssetID
    /// How many assets are held without a price.
    public var unpriced: Int
    /// Whether a price used is older than its limit.
    public var isStale: Bool

    /// A draft from its parts.
    public init(portfolio: PortfolioID, value: Amount, asset: AssetID, unpriced: Int, isStale: Bool) {
        self.portfolio = portfolio
        self.value = value
        self.asset = asset
        self.unpriced = unpriced
        self.isStale = isStale
    }
}

extension WriteTransaction {
    /// Keeps the values of portfolios at one instant; one that is deleted by now, or has one then, is left out.
    public func addSnapshots(_ drafts: [SnapshotDraft], at instant: Timestamp) throws(StorageError) {
        for draft in drafts {
            try connection.run(
                """
                INSERT INTO snapshots (portfolio, time, uuid, value, asset, unpriced, is_stale, created)
                SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM portfolios WHERE id = ?1 AND deleted IS NULL
                ON CONFLICT DO NOTHING
                """,
                [
                    .integer(draft.portfolio.raw), .integer(instant.microseconds),
                    .text(SecureRandom.uuid()), .text(draft.value.description),
                    .integer(Int64(draft.asset.raw)), .integer(Int64(draft.unpriced)),
                    .integer(draft.isStale ? 1 : 0), .integer(time.microseconds),
                ]
            )
        }
    }
}

extension Connection {
    /// A portfolio's snapshots from an instant through another, in order.
    public func snapshots(
        of portfolio: PortfolioID,
        from start: Timestamp,
        through end: Timestamp
    ) throws(StorageError) -> [SnapshotRecord] {
        try rows(
            """
            SELECT \(SnapshotRecord.columns) FROM snapshots AS s
            WHERE s.portfolio = ? AND s.time BETWEEN ? AND ? ORDER BY s.time
            """,
            [.integer(portfolio.raw), .integer(start.microseconds), .integer(end.microseconds)]
        ) { row throws(StorageError) in try SnapshotRecord(row) }
    }

    /// The snapshots of all of a user's portfolios, those deleted since too, from an instant through another, in order.
    public func snapshots(
        ofAll user: UserID,
        from start: Timestamp,
        through end: Timestamp
    ) throws(StorageError) -> [SnapshotRecord] {
        try rows(
            """
            SELECT \(SnapshotRecord.columns) FROM snapshots AS s
            WHERE s.portfolio IN (SELECT id FROM portfolios WHERE user = ?) AND s.time BETWEEN ? AND ?
            ORDER BY s.time, s.portfolio
            """,
            [.integer(user.raw), .integer(start.microseconds), .integer(end.microseconds)]
        ) { row throws(StorageError) in try SnapshotRecord(row) }
    }

    /// The users who have a portfolio without a snapshot from an instant on, by number.
    public func usersWithoutSnapshot(since time: Timestamp) throws(StorageError) -> [UserID] {
        try rows(
            """
            SELECT DISTINCT user FROM portfolios AS p WHERE deleted IS NULL AND NOT EXISTS
                (SELECT 1 FROM snapshots AS s WHERE s.portfolio = p.id AND s.time >= ?) ORDER BY user
            """,
            [.integer(time.microseconds)]
        ) { UserID(raw: $0.integer(0)) }
    }
}
