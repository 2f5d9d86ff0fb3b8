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

    fileprivate static let columns = "id, uuid, name, email, role, currency, time_zone, created"

    init(_ row: Statement) {
        id = UserID(raw: row.integer(0))
        uuid = row.text(1)
        name = row.text(2)
        email = row.optionalText(3)
        role = UserRole(rawValue: row.text(4)) ?? .user
        currency = row.text(5)
        timeZone = row.text(6)
        created = Timestamp(microseconds: row.integer(7))
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
        timeZone: String = "UTC"
    ) throws(StorageError) -> UserRecord {
        try connection.run(
            """
            INSERT INTO users (uuid, name, email, password, role, currency, time_zone, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(SecureRandom.uuid()), .text(name), .text(email), .text(passwordHash),
                .text(role.rawValue),
                .text(currency), .text(timeZone), .integer(time.microseconds),
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

extension Connection {
    /// The user of a number, or nil.
    public func user(_ id: UserID) throws(StorageError) -> UserRecord? {
        try first("SELECT \(UserRecord.columns) FROM users WHERE id = ?", [.integer(id.raw)]) {
            UserRecord($0)
        }
    }

    /// The user of an identity outside, or nil.
    public func user(uuid: String) throws(StorageError) -> UserRecord? {
        try first("SELECT \(UserRecord.columns) FROM users WHERE uuid = ?", [.text(uuid)]) { UserRecord($0) }
    }

    /// The user of an email, without regard to its case, or nil.
    public func user(email: String) throws(StorageError) -> UserRecord? {
        try first("SELECT \(UserRecord.columns) FROM users WHERE email = ?", [.text(email)]) {
            UserRecord($0)
        }
    }

    /// All users in the order they were added.
    public func users() throws(StorageError) -> [UserRecord] {
        try rows("SELECT \(UserRecord.columns) FROM users ORDER BY id") { UserRecord($0) }
    }

    /// The hash of a user's password, or nil when there is none.
    public func passwordHash(of user: UserID) throws(StorageError) -> String? {
        try first("SELECT password FROM users WHERE id = ?", [.integer(user.raw)]) { $0.optionalText(0) }
            ?? nil
    }
}
