public import Ledger
public import Time

/// The number of a connection to a venue.
public struct VenueConnectionID: Hashable, Comparable, Sendable {
    /// The number itself, from 1.
    public let raw: Int64

    /// A connection's identity from its number.
    public init(raw: Int64) {
        self.raw = raw
    }

    /// Lower numbers come first.
    public static func < (left: VenueConnectionID, right: VenueConnectionID) -> Bool {
        left.raw < right.raw
    }
}

/// A venue's account that is read through its API.
public struct VenueConnectionRecord: Hashable, Sendable {
    /// The number.
    public let id: VenueConnectionID
    /// Whose.
    public let user: UserID
    /// The account that its entries are held in.
    public let account: AccountID
    /// That account's name.
    public let accountName: String
    /// The venue in lower case.
    public let venue: String
    /// The user's name for it.
    public let label: String
    /// The version of the user's key that seals the credentials.
    public let keyVersion: Int64
    /// The credentials, sealed.
    public let sealed: [UInt8]
    /// How far each stream was read.
    public let progress: String
    /// Failed readings since the last good one.
    public let failures: Int64
    /// Why the last reading failed; nil when it did not.
    public let latestError: String?
    /// When it was added.
    public let created: Timestamp
    /// When it was last read to the end.
    public let synced: Timestamp?
    /// When it is due; nil for as soon as may be.
    public let nextSync: Timestamp?

    fileprivate static let query = """
        SELECT c.id, c.user, c.account, a.name, c.venue, c.label, c.key_version, c.sealed, c.progress, c.failures,
            c.latest_error, c.created, c.synced, c.next_sync
        FROM connections c JOIN accounts a ON a.id = c.account
        """

    init(_ row: Statement) {
        id = VenueConnectionID(raw: row.integer(0))
        user = UserID(raw: row.integer(1))
        account = AccountID(raw: UInt32(truncatingIfNeeded: row.integer(2)))
        accountName = row.text(3)
        venue = row.text(4)
        label = row.text(5)
        keyVersion = row.integer(6)
        sealed = row.blob(7)
        progress = row.text(8)
        failures = row.integer(9)
        latestError = row.optionalText(10)
        created = Timestamp(microseconds: row.integer(11))
        synced = row.optionalInteger(12).map { Timestamp(microseconds: $0) }
        nextSync = row.optionalInteger(13).map { Timestamp(microseconds: $0) }
    }
}

/// A connection before it is stored.
public struct VenueConnectionDraft: Hashable, Sendable {
    /// Whose.
    public var user: UserID
    /// The name of the account that its entries are held in, made when it is not there.
    public var accountName: String
    /// The venue in lower case.
    public var venue: String
    /// The user's name for it.
    public var label: String
    /// The version of the user's key that seals the credentials.
    public var keyVersion: Int64

    /// A draft from its parts.
    public init(user: UserID, accountName: String, venue: String, label: String, keyVersion: Int64) {
        self.user = user
        self.accountName = accountName
        self.venue = venue
        self.label = label
        self.keyVersion = keyVersion
    }
}

/// What a reading leaves behind.
public struct VenueSyncNote: Hashable, Sendable {
    /// How far each stream was read.
    public var progress: String
    /// Why it failed; nil when it did not.
    public var error: String?
    /// Whether everything there is was read.
    public var isComplete: Bool
    /// When the connection is due again.
    public var next: Timestamp

    /// A note from its parts.
    public init(progress: String, error: String?, isComplete: Bool, next: Timestamp) {
        self.progress = progress
        self.error = error
        self.isComplete = isComplete
        self.next = next
    }
}

extension WriteTransaction {
    /// Adds a connection; its account becomes one of kind `exchange`.
    ///
    /// `seal` gives the sealed credentials for the number that the row has.
    ///
    /// - Throws: `StorageError.Kind.constraint` when the account has a connection or belongs to another venue.
    public func addVenueConnection(
        _ draft: VenueConnectionDraft,
        seal: (VenueConnectionID) -> [UInt8]
    ) throws(StorageError) -> (id: VenueConnectionID, account: AccountRecord) {
        let account = try account(
            of: draft.user,
            name: draft.accountName,
            venue: draft.venue,
            kind: "exchange"
        )
        let matches = try connection.run(
            "UPDATE accounts SET kind = 'exchange' WHERE id = ? AND venue = ?",
            [.integer(Int64(account.raw)), .text(draft.venue)]
        )
        guard matches == 1, let record = try connection.account(of: draft.user, name: draft.accountName)
        else {
            throw StorageError(
                .constraint,
                operation: "adding a connection",
                detail: "the account belongs to another venue"
            )
        }
        try connection.run(
            """
            INSERT INTO connections (user, account, venue, label, key_version, sealed, progress, created)
            VALUES (?, ?, ?, ?, ?, x'', '', ?)
            """,
            [
                .integer(draft.user.raw), .integer(Int64(account.raw)), .text(draft.venue),
                .text(draft.label),
                .integer(draft.keyVersion), .integer(time.microseconds),
            ]
        )
        let id = VenueConnectionID(raw: connection.lastInserted)
        try connection.run(
            "UPDATE connections SET sealed = ? WHERE id = ?",
            [.blob(seal(id)), .integer(id.raw)]
        )
        return (id, record)
    }

    /// Removes a user's connection with its credentials; false when there is no such one.
    ///
    /// The account stays.
    public func removeVenueConnection(_ id: VenueConnectionID, of user: UserID) throws(StorageError) -> Bool {
        let removed = try connection.run(
            "DELETE FROM connections WHERE id = ? AND user = ?",
            [.integer(id.raw), .integer(user.raw)]
        )
        try dropUnusedUserKeys()
        return removed == 1
    }

    /// Notes what a reading came to; a connection that was removed meanwhile is left alone.
    public func noteSync(_ id: VenueConnectionID, _ note: VenueSyncNote) throws(StorageError) {
        try connection.run(
            """
            UPDATE connections SET progress = ?2, latest_error = ?3, next_sync = ?5,
                failures = CASE WHEN ?3 IS NULL THEN 0 ELSE failures + 1 END,
                synced = CASE WHEN ?4 = 1 THEN ?6 ELSE synced END
            WHERE id = ?1
            """,
            [
                .integer(id.raw), .text(note.progress), .text(note.error), .integer(note.isComplete ? 1 : 0),
                .integer(note.next.microseconds), .integer(time.microseconds),
            ]
        )
    }
}

extension Connection {
    /// A user's connections in the order they were added.
    public func venueConnections(of user: UserID) throws(StorageError) -> [VenueConnectionRecord] {
        try rows(VenueConnectionRecord.query + " WHERE c.user = ? ORDER BY c.id", [.integer(user.raw)]) {
            VenueConnectionRecord($0)
        }
    }

    /// The connections of all users that are due at a time, those that waited longest first.
    public func dueVenueConnections(at time: Timestamp) throws(StorageError) -> [VenueConnectionRecord] {
        try rows(
            VenueConnectionRecord.query
                + " WHERE c.next_sync IS NULL OR c.next_sync <= ? ORDER BY coalesce(c.next_sync, 0), c.id",
            [.integer(time.microseconds)]
        ) { VenueConnectionRecord($0) }
    }
}
