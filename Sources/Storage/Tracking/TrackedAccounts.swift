public import Ledger
public import Time

import Crypto

/// What kinds of account there are beside those of imports and exchanges.
public enum AccountKind {
    /// An address on a public chain.
    public static let address = "address"
    /// Balances that the owner states.
    public static let offset = "offset"
}

extension WriteTransaction {
    /// Adds an account that is called as its owner likes, also when another one has that name already.
    ///
    /// - Throws: `StorageError`.
    public func addAccount(
        of user: UserID,
        in portfolio: PortfolioID,
        kind: String,
        venue: String,
        title: String,
        source: String?
    ) throws(StorageError) -> AccountRecord {
        let name = try freeName(title, of: user, besides: nil)
        let id = try account(of: user, name: name, venue: venue, kind: kind, portfolio: portfolio)
        try connection.run(
            "UPDATE accounts SET source = ?2, title = iif(name = ?3, NULL, ?3) WHERE id = ?1",
            [.integer(Int64(id.raw)), .text(source), .text(title)]
        )
        guard let record = try connection.account(id, of: user) else {
            throw StorageError(.notFound, operation: "adding an account")
        }
        return record
    }

    /// Notes what made an account and what its owner calls it; its name stays.
    public func describeAccount(
        _ id: AccountID,
        title: String,
        source: String?
    ) throws(StorageError) {
        try connection.run(
            "UPDATE accounts SET source = ?2, title = iif(name = ?3, NULL, ?3) WHERE id = ?1",
            [.integer(Int64(id.raw)), .text(source), .text(title)]
        )
    }

    /// Gives an account another title; its name, which imports know it by, stays.
    public func titleAccount(_ id: AccountID, _ title: String) throws(StorageError) {
        try connection.run(
            "UPDATE accounts SET title = iif(name = ?2, NULL, ?2), updated = ?3 WHERE id = ?1",
            [.integer(Int64(id.raw)), .text(title), .integer(time.microseconds)]
        )
    }

    /// Notes that something of an account was changed now.
    public func touchAccount(_ id: AccountID) throws(StorageError) {
        try connection.run(
            "UPDATE accounts SET updated = ? WHERE id = ?",
            [.integer(time.microseconds), .integer(Int64(id.raw))]
        )
    }

    /// Marks an account as deleted, which frees its name; its credentials, address and stated balances go.
    ///
    /// The entries must have been taken back before.
    public func deleteAccount(_ id: AccountID, of user: UserID) throws(StorageError) {
        let number = SQLValue.integer(Int64(id.raw))
        try connection.run("DELETE FROM addresses WHERE account = ?", [number])
        try connection.run("DELETE FROM offset_balances WHERE account = ?", [number])
        try connection.run("DELETE FROM connections WHERE account = ?", [number])
        try connection.run(
            """
            UPDATE accounts SET deleted = ?3, updated = ?3, title = coalesce(title, name), name = ?4
            WHERE id = ?1 AND user = ?2
            """,
            [
                number, .integer(user.raw), .integer(time.microseconds),
                .text("deleted " + SecureRandom.uuid()),
            ]
        )
        try dropUnusedUserKeys()
    }

    /// A name like a title that no other account of the user has.
    private func freeName(
        _ title: String,
        of user: UserID,
        besides id: AccountID?
    ) throws(StorageError) -> String {
        FreeName.like(title, Set(try connection.accounts(of: user).filter { $0.id != id }.map(\.name)))
    }
}

/// How the connection of an account to a venue does.
public struct AccountConnection: Hashable, Sendable {
    /// The connection's number.
    public let id: VenueConnectionID
    /// The account.
    public let account: AccountID
    /// Whether the venue refuses the credentials, or they are none.
    public let isInvalid: Bool
    /// Why the last reading failed; nil when it did not.
    public let latestError: String?
    /// When it was last read to the end.
    public let synced: Timestamp?
}

extension Connection {
    /// A user's account by its number; nil when there is none or it is deleted.
    public func account(_ id: AccountID, of user: UserID) throws(StorageError) -> AccountRecord? {
        try first(
            "SELECT \(AccountRecord.columns) FROM accounts WHERE id = ? AND user = ? AND deleted IS NULL",
            [.integer(Int64(id.raw)), .integer(user.raw)]
        ) { AccountRecord($0) }
    }

    /// How the connections of a user's accounts do, without their credentials.
    public func accountConnections(of user: UserID) throws(StorageError) -> [AccountConnection] {
        try rows(
            "SELECT id, account, is_invalid, latest_error, synced FROM connections WHERE user = ? ORDER BY id",
            [.integer(user.raw)]
        ) { row in
            AccountConnection(
                id: VenueConnectionID(raw: row.integer(0)),
                account: AccountID(raw: UInt32(truncatingIfNeeded: row.integer(1))),
                isInvalid: row.integer(2) == 1,
                latestError: row.optionalText(3),
                synced: row.optionalInteger(4).map { Timestamp(microseconds: $0) }
            )
        }
    }
}
