public import Time

import Crypto

/// What a user may do.
public enum UserRole: String, Hashable, Sendable, CaseIterable {
    /// The one who set the data folder up.
    case owner
    /// May manage other users.
    case admin
    /// May use what is theirs.
    case user
    /// A firm that manages users of its own.
    case enterprise
}

/// A user without the password.
public struct UserRecord: Hashable, Sendable {
    /// The number inside.
    public let id: UserID
    /// The identity outside.
    public let uuid: String
    /// The name for people.
    public let name: String
    /// The address to sign in with, if there is one.
    public let email: String?
    /// What the user may do.
    public let role: UserRole
    /// The lower-case code of the currency of reports.
    public let currency: String
    /// The time zone of reports.
    public let timeZone: String
    /// When the user was added.
    public let created: Timestamp
    /// The enterprise that made the user; nil when nobody else did.
    public let manager: UserID?
    /// When name, address or what the user may do was last changed.
    public let updated: Timestamp

    fileprivate static let columns =
        "id, uuid, name, email, role, currency, time_zone, created, manager, updated"

    init(_ row: Statement) {
        id = UserID(raw: row.integer(0))
        uuid = row.text(1)
        name = row.text(2)
        email = row.optionalText(3)
        role = UserRole(rawValue: row.text(4)) ?? .user
        currency = row.text(5)
        timeZone = row.text(6)
        created = Timestamp(microseconds: row.integer(7))
        manager = row.optionalInteger(8).map { UserID(raw: $0) }
        updated = row.optionalInteger(9).map { Timestamp(microseconds: $0) } ?? created
    }
}

extension WriteTransaction {
    /// Adds a user, and a default portfolio for them.
    ///
    /// - Throws: `StorageError.Kind.constraint` when the email is taken, without regard to its case.
    public func addUser(
        name: String,
        email: String? = nil,
        passwordHash: String? = nil,
        role: UserRole = .user,
        currency: String = "usd",
        timeZone: String = "UTC",
        manager: UserID? = nil
    ) throws(StorageError) -> UserRecord {
        try connection.run(
            """
            INSERT INTO users (uuid, name, email, password, role, currency, time_zone, created, manager)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(SecureRandom.uuid()), .text(name), .text(email), .text(passwordHash),
                .text(role.rawValue),
                .text(currency), .text(timeZone), .integer(time.microseconds), .integer(manager?.raw),
            ]
        )
        let id = UserID(raw: connection.lastInserted)
        _ = try addPortfolio(of: id, title: "Portfolio", isDefault: true)
        guard let record = try connection.user(id) else {
            throw StorageError(.notFound, operation: "adding a user")
        }
        return record
    }

    /// Sets or removes a user's password hash.
    ///
    /// - Throws: `StorageError.Kind.notFound` when there is no such user.
    public func setPasswordHash(_ hash: String?, of user: UserID) throws(StorageError) {
        let changed = try connection.run(
            "UPDATE users SET password = ? WHERE id = ?",
            [.text(hash), .integer(user.raw)]
        )
        guard changed == 1 else {
            throw StorageError(.notFound, operation: "setting the password of user \(user.raw)")
        }
    }

    /// Sets a user's password hash when it still is the one that was read; false when it was changed meanwhile.
    public func replacePasswordHash(
        _ old: String,
        by hash: String,
        of user: UserID
    ) throws(StorageError) -> Bool {
        try connection.run(
            "UPDATE users SET password = ? WHERE id = ? AND password = ?",
            [.text(hash), .integer(user.raw), .text(old)]
        ) == 1
    }

    /// Sets the currency and time zone of a user's reports.
    ///
    /// - Throws: `StorageError.Kind.notFound` when there is no such user.
    public func setPreferences(of user: UserID, currency: String, timeZone: String) throws(StorageError) {
        let changed = try connection.run(
            "UPDATE users SET currency = ?, time_zone = ? WHERE id = ?",
            [.text(currency), .text(timeZone), .integer(user.raw)]
        )
        guard changed == 1 else { throw StorageError(.notFound, operation: "changing user \(user.raw)") }
    }
}

extension WriteTransaction {
    /// Changes a user's name, address and what they may do.
    ///
    /// - Throws: `StorageError.Kind.constraint` when the email is taken, `.notFound` when there is no such user.
    public func changeUser(
        _ user: UserID,
        name: String,
        email: String?,
        role: UserRole
    ) throws(StorageError) {
        let changed = try connection.run(
            "UPDATE users SET name = ?, email = ?, role = ?, updated = ? WHERE id = ? AND deleted IS NULL",
            [
                .text(name), .text(email), .text(role.rawValue), .integer(time.microseconds),
                .integer(user.raw),
            ]
        )
        guard changed == 1 else { throw StorageError(.notFound, operation: "changing user \(user.raw)") }
    }

    /// Deletes a user: nobody signs in, no credential opens anything, nothing sealed is left, nothing is shown.
    ///
    /// The journal with its accounts and portfolios is kept row by row, since its seals cover it. The clients of the user
    /// end for everybody; those whom the user managed stay without a manager. False when there is no such user.
    public func deleteUser(_ user: UserID) throws(StorageError) -> Bool {
        let deleted = try connection.run(
            """
            UPDATE users SET deleted = ?1, updated = ?1, name = 'deleted user', email = NULL, password = NULL,
                manager = NULL
            WHERE id = ?2 AND deleted IS NULL
            """,
            [.integer(time.microseconds), .integer(user.raw)]
        )
        guard deleted == 1 else { return false }
        for client in try connection.clients(of: user) { _ = try deleteClient(client.id) }
        _ = try revokeGrants(of: user)
        for sql in [
            "UPDATE credentials SET revoked = coalesce(revoked, ?1), sealed = NULL WHERE user = ?2",
            "UPDATE portfolios SET deleted = coalesce(deleted, ?1), updated = ?1 WHERE user = ?2",
        ] {
            try connection.run(sql, [.integer(time.microseconds), .integer(user.raw)])
        }
        for sql in [
            "DELETE FROM connections WHERE user = ?", "DELETE FROM user_keys WHERE user = ?",
            "DELETE FROM addresses WHERE user = ?", "DELETE FROM idempotency WHERE user = ?",
            "DELETE FROM quotas WHERE user = ?", "UPDATE users SET manager = NULL WHERE manager = ?",
        ] {
            try connection.run(sql, [.integer(user.raw)])
        }
        return true
    }
}

extension Connection {
    /// The user of a number, or nil.
    public func user(_ id: UserID) throws(StorageError) -> UserRecord? {
        try first(
            "SELECT \(UserRecord.columns) FROM users WHERE id = ? AND deleted IS NULL",
            [.integer(id.raw)]
        ) {
            UserRecord($0)
        }
    }

    /// The user of an identity outside, or nil.
    public func user(uuid: String) throws(StorageError) -> UserRecord? {
        try first("SELECT \(UserRecord.columns) FROM users WHERE uuid = ? AND deleted IS NULL", [.text(uuid)])
        { UserRecord($0) }
    }

    /// The user of an email, without regard to its case, or nil.
    public func user(email: String) throws(StorageError) -> UserRecord? {
        try first(
            "SELECT \(UserRecord.columns) FROM users WHERE email = ? AND deleted IS NULL",
            [.text(email)]
        ) {
            UserRecord($0)
        }
    }

    /// All users in the order they were added, without deleted ones.
    public func users() throws(StorageError) -> [UserRecord] {
        try rows("SELECT \(UserRecord.columns) FROM users WHERE deleted IS NULL ORDER BY id") {
            UserRecord($0)
        }
    }

    /// The hash of a user's password, or nil when there is none.
    public func passwordHash(of user: UserID) throws(StorageError) -> String? {
        let sql = "SELECT password FROM users WHERE id = ? AND deleted IS NULL"
        return try first(sql, [.integer(user.raw)]) { $0.optionalText(0) } ?? nil
    }

    /// The users that an enterprise made, in the order they were added, without deleted ones.
    public func users(managedBy manager: UserID) throws(StorageError) -> [UserRecord] {
        try rows(
            "SELECT \(UserRecord.columns) FROM users WHERE manager = ? AND deleted IS NULL ORDER BY id",
            [.integer(manager.raw)]
        ) { UserRecord($0) }
    }
}
