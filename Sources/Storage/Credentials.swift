public import Crypto
public import Time

/// A credential before it is stored.
public struct CredentialDraft: Hashable, Sendable {
    /// Whose it is.
    public var user: UserID
    /// The word of the dialect and sort, such as `bitcain.token`.
    public var kind: String
    /// The user's name for it.
    public var label: String
    /// The part that the client shows openly, such as a client id; unique within the kind.
    public var publicID: String?
    /// The digest of a secret that is only compared.
    public var hash: Digest256?
    /// A secret that must be read back, encrypted by the caller.
    public var sealed: [UInt8]?
    /// What it allows, in words without blanks.
    public var scopes: [String]
    /// When it ends; nil means never.
    public var expires: Timestamp?
    /// What it shares with the credentials that it came out of or that come out of it; nil when it stands alone.
    public var family: String?

    /// A draft from its parts.
    public init(
        user: UserID,
        kind: String,
        label: String = "",
        publicID: String? = nil,
        hash: Digest256? = nil,
        sealed: [UInt8]? = nil,
        scopes: [String] = [],
        expires: Timestamp? = nil,
        family: String? = nil
    ) {
        self.user = user
        self.kind = kind
        self.label = label
        self.publicID = publicID
        self.hash = hash
        self.sealed = sealed
        self.scopes = scopes
        self.expires = expires
        self.family = family
    }
}

/// A stored credential.
public struct CredentialRecord: Hashable, Sendable {
    /// Its number.
    public let id: CredentialID
    /// What was stored.
    public let draft: CredentialDraft
    /// When it was made.
    public let created: Timestamp
    /// When it was last used, to about a minute.
    public let lastUsed: Timestamp?
    /// When it was revoked.
    public let revoked: Timestamp?

    /// Whether it may be used at a time: neither revoked nor expired.
    public func isUsable(at time: Timestamp) -> Bool {
        guard revoked == nil else { return false }
        guard let expires = draft.expires else { return true }
        return time < expires
    }

    fileprivate static let columns =
        "id, user, kind, label, public_id, hash, sealed, scopes, expires, created, last_used, revoked, family"

    init(_ row: Statement) {
        id = CredentialID(raw: row.integer(0))
        draft = CredentialDraft(
            user: UserID(raw: row.integer(1)),
            kind: row.text(2),
            label: row.text(3),
            publicID: row.optionalText(4),
            hash: row.optionalBlob(5).flatMap { Digest256($0) },
            sealed: row.optionalBlob(6),
            scopes: row.text(7).split(separator: " ").map { String($0) },
            expires: row.optionalInteger(8).map { Timestamp(microseconds: $0) },
            family: row.optionalText(12)
        )
        created = Timestamp(microseconds: row.integer(9))
        lastUsed = row.optionalInteger(10).map { Timestamp(microseconds: $0) }
        revoked = row.optionalInteger(11).map { Timestamp(microseconds: $0) }
    }
}

extension WriteTransaction {
    /// Adds a credential.
    ///
    /// - Throws: `StorageError.Kind.constraint` when its hash or public id is there already.
    public func addCredential(_ draft: CredentialDraft) throws(StorageError) -> CredentialID {
        precondition(
            draft.scopes.allSatisfy { !$0.utf8.contains(UInt8(ascii: " ")) },
            "a scope has no blanks"
        )
        try connection.run(
            """
            INSERT INTO credentials (user, kind, label, public_id, hash, sealed, scopes, created, expires, family)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(draft.user.raw), .text(draft.kind), .text(draft.label), .text(draft.publicID),
                .blob(draft.hash?.bytes), .blob(draft.sealed), .text(draft.scopes.joined(separator: " ")),
                .integer(time.microseconds), .integer(draft.expires?.microseconds), .text(draft.family),
            ]
        )
        return CredentialID(raw: connection.lastInserted)
    }

    /// Revokes a user's credential for good; false when there is no such one in force.
    public func revokeCredential(_ id: CredentialID, user: UserID) throws(StorageError) -> Bool {
        try connection.run(
            "UPDATE credentials SET revoked = ? WHERE id = ? AND user = ? AND revoked IS NULL",
            [.integer(time.microseconds), .integer(id.raw), .integer(user.raw)]
        ) == 1
    }

    /// Revokes all credentials of a family that are in force; how many were.
    public func revokeFamily(_ family: String) throws(StorageError) -> Int {
        try connection.run(
            "UPDATE credentials SET revoked = ? WHERE family = ? AND revoked IS NULL",
            [.integer(time.microseconds), .text(family)]
        )
    }

    /// Revokes all credentials of a user that belong to a family, but for those of one; how many were.
    public func revokeFamilies(of user: UserID, except kept: String? = nil) throws(StorageError) -> Int {
        try connection.run(
            """
            UPDATE credentials SET revoked = ?
            WHERE user = ? AND family IS NOT NULL AND family IS NOT ? AND revoked IS NULL
            """,
            [.integer(time.microseconds), .integer(user.raw), .text(kept)]
        )
    }

    /// Removes credentials of families that no longer serve anything, some at once; how many went.
    ///
    /// Those of the kind `brief`, which nothing comes out of, go when they are over; the others when their whole family is.
    public func removeEndedFamilies(
        brief kind: String,
        before end: Timestamp,
        limit: Int = 1000
    ) throws(StorageError) -> Int {
        try connection.run(
            """
            DELETE FROM credentials WHERE id IN (
                SELECT id FROM credentials AS one WHERE family IS NOT NULL AND expires < ?1
                    AND (kind = ?2 OR NOT EXISTS (
                        SELECT 1 FROM credentials AS other WHERE other.family = one.family AND other.expires >= ?1))
                LIMIT ?3)
            """,
            [.integer(end.microseconds), .text(kind), .integer(Int64(limit))]
        )
    }

    /// Notes that credentials were used; a use within a minute of the noted one is not written.
    public func noteUse(of ids: [CredentialID]) throws(StorageError) {
        for id in ids {
            try connection.run(
                "UPDATE credentials SET last_used = ?1 WHERE id = ?2 AND (last_used IS NULL OR last_used < ?1 - 60000000)",
                [.integer(time.microseconds), .integer(id.raw)]
            )
        }
    }
}

extension Connection {
    /// The credential of a hash, whether in force or not, or nil.
    public func credential(hash: Digest256) throws(StorageError) -> CredentialRecord? {
        try first("SELECT \(CredentialRecord.columns) FROM credentials WHERE hash = ?", [.blob(hash.bytes)]) {
            CredentialRecord($0)
        }
    }

    /// The credential of a kind with an open part, whether in force or not, or nil.
    public func credential(kind: String, publicID: String) throws(StorageError) -> CredentialRecord? {
        try first(
            "SELECT \(CredentialRecord.columns) FROM credentials WHERE kind = ? AND public_id = ?",
            [.text(kind), .text(publicID)]
        ) { CredentialRecord($0) }
    }

    /// When the first credential of a family was made, or nil when there is none.
    public func start(ofFamily family: String) throws(StorageError) -> Timestamp? {
        try first("SELECT min(created) FROM credentials WHERE family = ?", [.text(family)]) {
            $0.optionalInteger(0).map { Timestamp(microseconds: $0) }
        } ?? nil
    }

    /// A user's credentials in the order they were made, revoked ones too.
    public func credentials(of user: UserID) throws(StorageError) -> [CredentialRecord] {
        try credentials(where: "user = ?", .integer(user.raw))
    }

    func credentials(where rule: String, _ value: SQLValue) throws(StorageError) -> [CredentialRecord] {
        try rows("SELECT \(CredentialRecord.columns) FROM credentials WHERE \(rule) ORDER BY id", [value]) {
            CredentialRecord($0)
        }
    }
}
