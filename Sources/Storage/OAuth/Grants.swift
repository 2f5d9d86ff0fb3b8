public import Crypto
public import Time

/// What a user allows a client, before it is stored.
public struct GrantDraft: Hashable, Sendable {
    /// What the codes and tokens that come of it share.
    public var family: String
    /// Who is allowed.
    public var client: ClientID
    /// Who allows.
    public var user: UserID
    /// How it came about, such as `code` or `password`.
    public var kind: String
    /// What is allowed, in words without blanks.
    public var scopes: [String]
    /// The authorization code, where there is one.
    public var code: CodeDraft?

    /// A draft from its parts.
    public init(
        family: String,
        client: ClientID,
        user: UserID,
        kind: String,
        scopes: [String],
        code: CodeDraft? = nil
    ) {
        self.family = family
        self.client = client
        self.user = user
        self.kind = kind
        self.scopes = scopes
        self.code = code
    }
}

/// An authorization code with what it was asked with.
public struct CodeDraft: Hashable, Sendable {
    /// The digest of the code.
    public var hash: Digest256
    /// When it ends.
    public var expires: Timestamp
    /// Where it was sent to.
    public var redirect: String
    /// Whether the client named that place when it asked.
    public var isRedirectGiven: Bool
    /// The challenge (S256) whose verifier has to come with the code; nil when there was none.
    public var challenge: String?

    /// A code from its parts.
    public init(
        hash: Digest256,
        expires: Timestamp,
        redirect: String,
        isRedirectGiven: Bool,
        challenge: String?
    ) {
        self.hash = hash
        self.expires = expires
        self.redirect = redirect
        self.isRedirectGiven = isRedirectGiven
        self.challenge = challenge
    }
}

/// A stored grant.
public struct GrantRecord: Hashable, Sendable {
    /// What was stored.
    public let draft: GrantDraft
    /// When the code was used.
    public let codeUsed: Timestamp?
    /// When it was made.
    public let created: Timestamp
    /// When it was revoked.
    public let revoked: Timestamp?

    fileprivate static let columns = """
        family, client, user, kind, scopes, code, code_expires, code_used, redirect_uri, is_redirect_given, \
        challenge, created, revoked
        """

    fileprivate init(_ row: Statement) {
        var draft = GrantDraft(
            family: row.text(0),
            client: ClientID(raw: row.integer(1)),
            user: UserID(raw: row.integer(2)),
            kind: row.text(3),
            scopes: row.text(4).split(separator: " ").map { String($0) }
        )
        if let hash = row.optionalBlob(5).flatMap({ Digest256($0) }) {
            draft.code = CodeDraft(
                hash: hash,
                expires: Timestamp(microseconds: row.integer(6)),
                redirect: row.text(8),
                isRedirectGiven: row.integer(9) == 1,
                challenge: row.optionalText(10)
            )
        }
        self.draft = draft
        codeUsed = row.optionalInteger(7).map { Timestamp(microseconds: $0) }
        created = Timestamp(microseconds: row.integer(11))
        revoked = row.optionalInteger(12).map { Timestamp(microseconds: $0) }
    }
}

extension WriteTransaction {
    /// Adds a grant.
    public func addGrant(_ draft: GrantDraft) throws(StorageError) {
        try connection.run(
            """
            INSERT INTO grants (family, client, user, kind, scopes, code, code_expires, redirect_uri,
                is_redirect_given, challenge, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(draft.family), .integer(draft.client.raw), .integer(draft.user.raw),
                .text(draft.kind), .text(draft.scopes.joined(separator: " ")),
                .blob(draft.code?.hash.bytes), .integer(draft.code?.expires.microseconds),
                .text(draft.code?.redirect), .integer(draft.code?.isRedirectGiven == true ? 1 : 0),
                .text(draft.code?.challenge), .integer(time.microseconds),
            ]
        )
    }

    /// Uses a grant's code up; false when it was used, is over, or the grant is revoked: one caller alone gets true.
    public func useCode(of family: String) throws(StorageError) -> Bool {
        try connection.run(
            """
            UPDATE grants SET code_used = ?1
            WHERE family = ?2 AND code_used IS NULL AND code_expires > ?1 AND revoked IS NULL
            """,
            [.integer(time.microseconds), .text(family)]
        ) == 1
    }

    /// Revokes a grant with all its tokens; how many credentials and grants ended.
    public func revokeGrant(_ family: String) throws(StorageError) -> Int {
        let grants = try connection.run(
            "UPDATE grants SET revoked = ? WHERE family = ? AND revoked IS NULL",
            [.integer(time.microseconds), .text(family)]
        )
        return try revokeFamily(family) + grants
    }

    /// Revokes all that users allowed a client, with the tokens; how many grants ended.
    public func revokeGrants(toClient client: ClientID) throws(StorageError) -> Int {
        try connection.run(
            """
            UPDATE credentials SET revoked = ?1
            WHERE revoked IS NULL AND family IN (SELECT family FROM grants WHERE client = ?2)
            """,
            [.integer(time.microseconds), .integer(client.raw)]
        )
        return try connection.run(
            "UPDATE grants SET revoked = ? WHERE client = ? AND revoked IS NULL",
            [.integer(time.microseconds), .integer(client.raw)]
        )
    }

    /// Revokes all that a user allowed a client, or all clients, with the tokens; how many grants ended.
    public func revokeGrants(of user: UserID, to client: ClientID? = nil) throws(StorageError) -> Int {
        let values: [SQLValue] = [
            .integer(time.microseconds), .integer(user.raw), .integer(client?.raw),
        ]
        try connection.run(
            """
            UPDATE credentials SET revoked = ?1
            WHERE revoked IS NULL AND family IN (
                SELECT family FROM grants WHERE user = ?2 AND (?3 IS NULL OR client = ?3))
            """,
            values
        )
        return try connection.run(
            """
            UPDATE grants SET revoked = ?1
            WHERE user = ?2 AND (?3 IS NULL OR client = ?3) AND revoked IS NULL
            """,
            values
        )
    }

    /// Removes grants whose code is over and that have no credential left, some at once; how many went.
    public func removeEmptyGrants(before end: Timestamp, limit: Int = 1000) throws(StorageError) -> Int {
        try connection.run(
            """
            DELETE FROM grants WHERE family IN (
                SELECT family FROM grants WHERE coalesce(code_expires, created) < ?1
                    AND NOT EXISTS (SELECT 1 FROM credentials WHERE credentials.family = grants.family)
                LIMIT ?2)
            """,
            [.integer(end.microseconds), .integer(Int64(limit))]
        )
    }
}

extension Connection {
    /// The grant of a family, revoked ones too, or nil.
    public func grant(_ family: String) throws(StorageError) -> GrantRecord? {
        try first("SELECT \(GrantRecord.columns) FROM grants WHERE family = ?", [.text(family)]) {
            GrantRecord($0)
        }
    }

    /// The grant that a code came of, used and revoked ones too, or nil.
    public func grant(code: Digest256) throws(StorageError) -> GrantRecord? {
        try first("SELECT \(GrantRecord.columns) FROM grants WHERE code = ?", [.blob(code.bytes)]) {
            GrantRecord($0)
        }
    }

    /// What a user allows and has not taken back, the oldest first.
    public func grants(of user: UserID) throws(StorageError) -> [GrantRecord] {
        try rows(
            "SELECT \(GrantRecord.columns) FROM grants WHERE user = ? AND revoked IS NULL ORDER BY created, family",
            [.integer(user.raw)]
        ) { GrantRecord($0) }
    }

    /// The credentials of a family, those no longer in force too, the oldest first.
    public func credentials(family: String) throws(StorageError) -> [CredentialRecord] {
        try credentials(where: "family = ?", .text(family))
    }
}
