public import Ledger
public import Money
public import Time

/// How much of an asset the owner of an offset states.
public struct OffsetBalanceRecord: Hashable, Sendable {
    /// The offset's account.
    public let account: AccountID
    /// Of what.
    public let asset: AssetID
    /// How much; below zero for what is owed.
    public let balance: Amount
    /// When it was first stated.
    public let created: Timestamp
    /// When it was changed last.
    public let updated: Timestamp
}

extension WriteTransaction {
    /// Replaces the stated balances of an offset; one that stays the same keeps its times.
    ///
    /// - Throws: `StorageError`.
    public func setOffset(_ account: AccountID, _ balances: [AssetAmount]) throws(StorageError) {
        let known = try connection.offsetBalances(of: account)
        let kept = Set(balances.map(\.asset))
        for old in known where !kept.contains(old.asset) {
            try connection.run(
                "DELETE FROM offset_balances WHERE account = ? AND asset = ?",
                [.integer(Int64(account.raw)), .integer(Int64(old.asset.raw))]
            )
        }
        for balance in balances {
            try connection.run(
                """
                INSERT INTO offset_balances (account, asset, balance, created, updated) VALUES (?1, ?2, ?3, ?4, ?4)
                ON CONFLICT (account, asset) DO UPDATE SET balance = excluded.balance, updated = excluded.updated
                WHERE balance <> excluded.balance
                """,
                [
                    .integer(Int64(account.raw)), .integer(Int64(balance.asset.raw)),
                    .text(balance.amount.description), .integer(time.microseconds),
                ]
            )
        }
    }
}

extension Connection {
    private static let offsetColumns = "o.account, o.asset, o.balance, o.created, o.updated"

    private static func offsetBalance(_ row: Statement) throws(StorageError) -> OffsetBalanceRecord {
        OffsetBalanceRecord(
            account: AccountID(raw: UInt32(truncatingIfNeeded: row.integer(0))),
            asset: AssetID(raw: UInt32(truncatingIfNeeded: row.integer(1))),
            balance: try row.amount(2),
            created: Timestamp(microseconds: row.integer(3)),
            updated: Timestamp(microseconds: row.integer(4))
        )
    }

    /// The stated balances of one offset, by asset.
    public func offsetBalances(of account: AccountID) throws(StorageError) -> [OffsetBalanceRecord] {
        try rows(
            "SELECT \(Connection.offsetColumns) FROM offset_balances o WHERE o.account = ? ORDER BY o.asset",
            [.integer(Int64(account.raw))]
        ) { row throws(StorageError) in try Connection.offsetBalance(row) }
    }

    /// The stated balances of all of a user's offsets, by account and asset.
    public func offsetBalances(ofAll user: UserID) throws(StorageError) -> [OffsetBalanceRecord] {
        try rows(
            """
            SELECT \(Connection.offsetColumns) FROM accounts a JOIN offset_balances o ON o.account = a.id
            WHERE a.user = ? AND a.kind = 'offset' ORDER BY o.account, o.asset
            """,
            [.integer(user.raw)]
        ) { row throws(StorageError) in try Connection.offsetBalance(row) }
    }
}
