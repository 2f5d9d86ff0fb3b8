/// A user's key as it is stored: wrapped by the key of the key file.
public struct UserKeyRecord: Hashable, Sendable {
    /// Whose.
    public let user: UserID
    /// The version, from 1.
    public let version: Int64
    /// The key, sealed.
    public let wrapped: [UInt8]

    init(_ row: Statement) {
        user = UserID(raw: row.integer(0))
        version = row.integer(1)
        wrapped = row.blob(2)
    }
}

extension Connection {
    /// A user's key, or nil when the user has none.
    public func userKey(of user: UserID) throws(StorageError) -> UserKeyRecord? {
        try first("SELECT user, version, wrapped FROM user_keys WHERE user = ?", [.integer(user.raw)]) {
            UserKeyRecord($0)
        }
    }

    /// Any user's key, to try another key on; nil when nobody has one.
    public func anyUserKey() throws(StorageError) -> UserKeyRecord? {
        try first("SELECT user, version, wrapped FROM user_keys ORDER BY user LIMIT 1") { UserKeyRecord($0) }
    }
}

extension WriteTransaction {
    /// Keeps the first key of a user.
    ///
    /// - Throws: `StorageError.Kind.constraint` when the user has one.
    public func addUserKey(of user: UserID, version: Int64, wrapped: [UInt8]) throws(StorageError) {
        try connection.run(
            "INSERT INTO user_keys (user, version, wrapped) VALUES (?, ?, ?)",
            [.integer(user.raw), .integer(version), .blob(wrapped)]
        )
    }

    /// Forgets the keys of users who have nothing sealed any more.
    public func dropUnusedUserKeys() throws(StorageError) {
        try connection.run(
            """
            DELETE FROM user_keys WHERE NOT EXISTS (SELECT 1 FROM connections c WHERE c.user = user_keys.user)
                AND NOT EXISTS (SELECT 1 FROM credentials d WHERE d.user = user_keys.user AND d.sealed IS NOT NULL)
            """
        )
    }
}
