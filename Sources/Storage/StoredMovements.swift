public import Ledger
import Money
public import Time

/// What a stored entry moves in one account, for recognising the same event from another source.
public struct StoredMovement: Hashable, Sendable {
    /// The entry.
    public let entry: EntryID
    /// When.
    public let time: Timestamp
    /// The source's identity of the event; empty where it gave none.
    public let reference: String
    /// The layout or venue stream that brought it.
    public let format: String
    /// What came into the account.
    public let incoming: AssetAmount?
    /// What left it.
    public let outgoing: AssetAmount?
}

extension Connection {
    /// What a user's live entries move in an account within a span of time, both ends included.
    ///
    /// Linear in the user's entries of that span.
    public func movements(
        of user: UserID,
        account: AccountID,
        from: Timestamp,
        through: Timestamp
    ) throws(StorageError) -> [StoredMovement] {
        try rows(
            """
            SELECT e.id, e.time, e.reference, i.format, e.in_account, e.in_amount, e.in_asset, e.out_account,
                e.out_amount, e.out_asset
            FROM entries e JOIN imports i ON i.id = e.import
            WHERE e.user = ?1 AND e.time >= ?2 AND e.time <= ?3 AND (e.in_account = ?4 OR e.out_account = ?4)
                AND i.state = 'committed' AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.entry = e.id)
            ORDER BY e.time, e.id
            """,
            [
                .integer(user.raw), .integer(from.microseconds), .integer(through.microseconds),
                .integer(Int64(account.raw)),
            ]
        ) { row in
            StoredMovement(
                entry: EntryID(raw: row.integer(0)),
                time: Timestamp(microseconds: row.integer(1)),
                reference: row.text(2),
                format: row.text(3),
                incoming: row.movement(at: 4, in: account),
                outgoing: row.movement(at: 7, in: account)
            )
        }
    }
}

extension Connection {
    /// Whether a user has imports of any of these formats.
    public func hasImports(of user: UserID, formats: [String]) throws(StorageError) -> Bool {
        let places = formats.map { _ in "?" }.joined(separator: ", ")
        return try number(
            "SELECT EXISTS (SELECT 1 FROM imports WHERE user = ? AND format IN (\(places)))",
            [.integer(user.raw)] + formats.map { .text($0) }
        ) == 1
    }
}

extension Statement {
    /// The amount of a leg that is held in an account: account, amount and asset stand in three columns.
    fileprivate func movement(at column: Int32, in account: AccountID) -> AssetAmount? {
        guard integer(column) == Int64(account.raw), let asset = UInt32(exactly: integer(column + 2)) else {
            return nil
        }
        return unsafe AmountText.read(textBytes(column + 1)).map {
            AssetAmount(amount: $0, asset: AssetID(raw: asset))
        }
    }
}
