public import Time

extension WriteTransaction {
    /// Keeps the sealed secret of a credential that was just added, with the version of the key that sealed it.
    ///
    /// - Throws: `StorageError.Kind.notFound` when there is no such credential.
    public func setSealedSecret(
        _ sealed: [UInt8],
        keyVersion: Int64,
        of id: CredentialID
    ) throws(StorageError) {
        let changed = try connection.run(
            "UPDATE credentials SET sealed = ?, key_version = ? WHERE id = ?",
            [.blob(sealed), .integer(keyVersion), .integer(id.raw)]
        )
        guard changed == 1 else { throw StorageError(.notFound, operation: "sealing credential \(id.raw)") }
    }

    /// Lets a credential that is in force end later; false when it is not in force or lasts that long already.
    public func extendCredential(_ id: CredentialID, until end: Timestamp) throws(StorageError) -> Bool {
        try connection.run(
            "UPDATE credentials SET expires = ?1 WHERE id = ?2 AND revoked IS NULL AND expires > ?3 AND expires < ?1",
            [.integer(end.microseconds), .integer(id.raw), .integer(time.microseconds)]
        ) == 1
    }

    /// Ends a user's oldest credentials of a kind so that at most so many stay in force.
    public func keepNewest(
        _ count: Int,
        ofKind kind: String,
        user: UserID
    ) throws(StorageError) {
        _ = try connection.run(
            """
            UPDATE credentials SET revoked = ?1 WHERE id IN (
                SELECT id FROM credentials WHERE user = ?2 AND kind = ?3 AND revoked IS NULL AND expires > ?1
                ORDER BY id DESC LIMIT -1 OFFSET ?4)
            """,
            [
                .integer(time.microseconds), .integer(user.raw), .text(kind), .integer(Int64(count)),
            ]
        )
    }

    /// Sets a user's name and the currency and time zone of their reports.
    ///
    /// - Throws: `StorageError.Kind.notFound` when there is no such user.
    public func setProfile(
        of user: UserID,
        name: String,
        currency: String,
        timeZone: String
    ) throws(StorageError) {
        let changed = try connection.run(
            "UPDATE users SET name = ?, currency = ?, time_zone = ?, updated = ? WHERE id = ? AND deleted IS NULL",
            [
                .text(name), .text(currency), .text(timeZone), .integer(time.microseconds),
                .integer(user.raw),
            ]
        )
        guard changed == 1 else { throw StorageError(.notFound, operation: "changing user \(user.raw)") }
    }

    /// Sets the address that a user signs in with.
    ///
    /// - Throws: `StorageError.Kind.constraint` when it is taken, `.notFound` when there is no such user.
    public func setEmail(_ email: String, of user: UserID) throws(StorageError) {
        let changed = try connection.run(
            "UPDATE users SET email = ?, updated = ? WHERE id = ? AND deleted IS NULL",
            [.text(email), .integer(time.microseconds), .integer(user.raw)]
        )
        guard changed == 1 else { throw StorageError(.notFound, operation: "changing user \(user.raw)") }
    }
}

extension Connection {
    /// The sealed secret of a credential with the version of the key that sealed it; nil when it has none.
    public func sealedSecret(
        of id: CredentialID
    ) throws(StorageError) -> (sealed: [UInt8], keyVersion: Int64)? {
        try first(
            "SELECT sealed, key_version FROM credentials WHERE id = ? AND sealed IS NOT NULL AND key_version IS NOT NULL",
            [.integer(id.raw)]
        ) { (sealed: $0.blob(0), keyVersion: $0.integer(1)) }
    }

    /// Whether any user can sign in by a password.
    public func hasPasswords() throws(StorageError) -> Bool {
        try first("SELECT 1 FROM users WHERE password IS NOT NULL LIMIT 1") { _ in true } ?? false
    }

    /// The owner of the data folder as long as they have no address to sign in with, or nil.
    public func ownerWithoutEmail() throws(StorageError) -> UserRecord? {
        guard
            let id = try first(
                "SELECT id FROM users WHERE role = 'owner' AND email IS NULL ORDER BY id LIMIT 1",
                [],
                { UserID(raw: $0.integer(0)) }
            )
        else { return nil }
        return try user(id)
    }
}
