public import Crypto
public import Time

/// An OAuth client before it is stored.
public struct ClientDraft: Hashable, Sendable {
    /// Whose it is.
    public var user: UserID
    /// What it is called by outside.
    public var publicID: String
    /// The name that users are shown.
    public var name: String
    /// The digest of its secret; nil for a public client.
    public var secret: Digest256?
    /// What it may ask for, in words without blanks.
    public var scopes: [String]
    /// Where users may be sent back to, in the owner's order.
    public var redirects: [String]

    /// A draft from its parts.
    public init(
        user: UserID,
        publicID: String,
        name: String,
        secret: Digest256?,
        scopes: [String],
        redirects: [String]
    ) {
        self.user = user
        self.publicID = publicID
        self.name = name
        self.secret = secret
        self.scopes = scopes
        self.redirects = redirects
    }
}

/// A stored OAuth client.
public struct ClientRecord: Hashable, Sendable {
    /// Its number.
    public let id: ClientID
    /// What was stored.
    public let draft: ClientDraft
    /// Whether the operator lets it take passwords.
    public let isFirstParty: Bool
    /// When it was made.
    public let created: Timestamp
    /// When it was last changed.
    public let updated: Timestamp

    fileprivate static let columns =
        "id, user, public_id, name, secret, scopes, is_first_party, created, updated"

    fileprivate init(_ row: Statement, redirects: [String] = []) {
        id = ClientID(raw: row.integer(0))
        draft = ClientDraft(
            user: UserID(raw: row.integer(1)),
            publicID: row.text(2),
            name: row.text(3),
            secret: row.optionalBlob(4).flatMap { Digest256($0) },
            scopes: row.text(5).split(separator: " ").map { String($0) },
            redirects: redirects
        )
        isFirstParty = row.integer(6) == 1
        created = Timestamp(microseconds: row.integer(7))
        updated = Timestamp(microseconds: row.integer(8))
    }

    fileprivate init(_ record: ClientRecord, redirects: [String]) {
        id = record.id
        var draft = record.draft
        draft.redirects = redirects
        self.draft = draft
        isFirstParty = record.isFirstParty
        created = record.created
        updated = record.updated
    }
}

extension WriteTransaction {
    /// Adds a client.
    ///
    /// - Throws: `StorageError.Kind.constraint` when its public id is taken.
    public func addClient(_ draft: ClientDraft) throws(StorageError) -> ClientID {
        try connection.run(
            """
            INSERT INTO clients (user, public_id, name, secret, scopes, created, updated)
            VALUES (?, ?, ?, ?, ?, ?6, ?6)
            """,
            [
                .integer(draft.user.raw), .text(draft.publicID), .text(draft.name),
                .blob(draft.secret?.bytes), .text(draft.scopes.joined(separator: " ")),
                .integer(time.microseconds),
            ]
        )
        let id = ClientID(raw: connection.lastInserted)
        try setRedirects(draft.redirects, of: id)
        return id
    }

    /// Changes a client's name, scopes and redirects; false when there is no such one.
    public func changeClient(
        _ id: ClientID,
        name: String,
        scopes: [String],
        redirects: [String]
    ) throws(StorageError) -> Bool {
        let changed = try connection.run(
            "UPDATE clients SET name = ?, scopes = ?, updated = ? WHERE id = ? AND deleted IS NULL",
            [
                .text(name), .text(scopes.joined(separator: " ")), .integer(time.microseconds),
                .integer(id.raw),
            ]
        )
        guard changed == 1 else { return false }
        try setRedirects(redirects, of: id)
        return true
    }

    /// Gives a confidential client another secret; false when there is no such one.
    public func setClientSecret(_ secret: Digest256, of id: ClientID) throws(StorageError) -> Bool {
        try connection.run(
            "UPDATE clients SET secret = ?, updated = ? WHERE id = ? AND secret IS NOT NULL AND deleted IS NULL",
            [.blob(secret.bytes), .integer(time.microseconds), .integer(id.raw)]
        ) == 1
    }

    /// Lets a client take passwords, or no longer; false when there is no such one.
    public func setFirstParty(_ isFirstParty: Bool, of id: ClientID) throws(StorageError) -> Bool {
        try connection.run(
            "UPDATE clients SET is_first_party = ?, updated = ? WHERE id = ? AND deleted IS NULL",
            [.integer(isFirstParty ? 1 : 0), .integer(time.microseconds), .integer(id.raw)]
        ) == 1
    }

    /// Deletes a client with everything that users allowed it; false when there is no such one.
    ///
    /// The row is kept, since grants name it.
    public func deleteClient(_ id: ClientID) throws(StorageError) -> Bool {
        let deleted = try connection.run(
            "UPDATE clients SET deleted = ?, secret = NULL WHERE id = ? AND deleted IS NULL",
            [.integer(time.microseconds), .integer(id.raw)]
        )
        guard deleted == 1 else { return false }
        try connection.run("DELETE FROM client_redirects WHERE client = ?", [.integer(id.raw)])
        try connection.run("DELETE FROM quotas WHERE client = ?", [.integer(id.raw)])
        _ = try revokeGrants(toClient: id)
        return true
    }

    private func setRedirects(_ redirects: [String], of id: ClientID) throws(StorageError) {
        try connection.run("DELETE FROM client_redirects WHERE client = ?", [.integer(id.raw)])
        for (position, uri) in redirects.enumerated() {
            try connection.run(
                "INSERT INTO client_redirects (client, position, uri) VALUES (?, ?, ?)",
                [.integer(id.raw), .integer(Int64(position)), .text(uri)]
            )
        }
    }
}

extension Connection {
    /// The client of a public id, or nil.
    public func client(publicID: String) throws(StorageError) -> ClientRecord? {
        try clients(where: "public_id = ?", .text(publicID)).first
    }

    /// The client of a number, or nil.
    public func client(_ id: ClientID) throws(StorageError) -> ClientRecord? {
        try clients(where: "id = ?", .integer(id.raw)).first
    }

    /// A user's clients in the order they were made.
    public func clients(of user: UserID) throws(StorageError) -> [ClientRecord] {
        try clients(where: "user = ?", .integer(user.raw))
    }

    /// All clients in the order they were made.
    public func clients() throws(StorageError) -> [ClientRecord] {
        try clients(where: "id > ?", .integer(0))
    }

    private func clients(where rule: String, _ value: SQLValue) throws(StorageError) -> [ClientRecord] {
        let found = try rows(
            "SELECT \(ClientRecord.columns) FROM clients WHERE \(rule) AND deleted IS NULL ORDER BY id",
            [value]
        ) { ClientRecord($0) }
        var complete: [ClientRecord] = []
        for record in found {
            let redirects = try rows(
                "SELECT uri FROM client_redirects WHERE client = ? ORDER BY position",
                [.integer(record.id.raw)]
            ) { $0.text(0) }
            complete.append(ClientRecord(record, redirects: redirects))
        }
        return complete
    }
}
