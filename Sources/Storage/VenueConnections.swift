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
    /// Whether the credentials are malformed or the venue refused them.
    public let isInvalid: Bool

    fileprivate static let query = """
        SELECT c.id, c.user, c.account, a.name, c.venue, c.label, c.key_version, c.sealed, c.progress, c.failures,
            c.latest_error, c.created, c.synced, c.next_sync, c.is_invalid
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
        isInvalid = row.integer(14) == 1
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
    /// Why the credentials are none, where they are kept all the same; nil for good ones.
    public var invalidity: String?

    /// A draft from its parts.
    public init(
        user: UserID,
        accountName: String,
        venue: String,
        label: String,
        keyVersion: Int64,
        invalidity: String? = nil
    ) {
        self.user = user
        self.accountName = accountName
        self.venue = venue
        self.label = label
        self.keyVersion = keyVersion
        self.invalidity = invalidity
    }
}

/// A change of a connection; what is nil stays as it is.
public struct VenueConnectionChange: Sendable {
    /// The user's name for it.
    public var label: String?
    /// New credentials.
    public var credentials: Credentials?

    /// Credentials that are sealed already.
    public struct Credentials: Sendable {
        /// The version of the user's key that seals them.
        public var keyVersion: Int64
        /// The credentials, sealed.
        public var sealed: [UInt8]
        /// Why they are none, where they are kept all the same; nil for good ones.
        public var invalidity: String?

        /// Credentials from their parts.
        public init(keyVersion: Int64, sealed: [UInt8], invalidity: String?) {
            self.keyVersion = keyVersion
            self.sealed = sealed
            self.invalidity = invalidity
        }
    }

    /// A change from its parts.
    public init(label: String?, credentials: Credentials?) {
        self.label = label
        self.credentials = credentials
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
    /// Whether the credentials are none or were refused; nil when the reading did not tell.
    public var isInvalid: Bool?

    /// A note from its parts.
    public init(
        progress: String,
        error: String?,
        isComplete: Bool,
        next: Timestamp,
        isInvalid: Bool? = nil
    ) {
        self.progress = progress
        self.error = error
        self.isComplete = isComplete
        self.next = next
        self.isInvalid = isInvalid
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
            INSERT INTO connections (user, account, venue, label, key_version, sealed, progress, created, is_invalid,
                latest_error)
            VALUES (?1, ?2, ?3, ?4, ?5, x'', '', ?6, ?7 IS NOT NULL, ?7)
            """,
            [
                .integer(draft.user.raw), .integer(Int64(account.raw)), .text(draft.venue),
                .text(draft.label),
                .integer(draft.keyVersion), .integer(time.microseconds), .text(draft.invalidity),
            ]
        )
        let id = VenueConnectionID(raw: connection.lastInserted)
        try connection.run(
            "UPDATE connections SET sealed = ? WHERE id = ?",
            [.blob(seal(id)), .integer(id.raw)]
        )
        return (id, record)
    }

    /// Changes a user's connection; false when there is no such one.
    ///
    /// New credentials clear what was noted of the old ones and make the connection due; how far it was read stays.
    public func changeVenueConnection(
        _ id: VenueConnectionID,
        of user: UserID,
        _ change: VenueConnectionChange
    ) throws(StorageError) -> Bool {
        var found = try connection.number(
            "SELECT count(*) FROM connections WHERE id = ? AND user = ?",
            [.integer(id.raw), .integer(user.raw)]
        )
        if let label = change.label {
            found = Int64(
                try connection.run(
                    "UPDATE connections SET label = ? WHERE id = ? AND user = ?",
                    [.text(label), .integer(id.raw), .integer(user.raw)]
                )
            )
        }
        if let new = change.credentials {
            found = Int64(
                try connection.run(
                    """
                    UPDATE connections SET key_version = ?3, sealed = ?4, is_invalid = ?5 IS NOT NULL, latest_error = ?5,
                        failures = 0, next_sync = NULL
                    WHERE id = ?1 AND user = ?2
                    """,
                    [
                        .integer(id.raw), .integer(user.raw), .integer(new.keyVersion), .blob(new.sealed),
                        .text(new.invalidity),
                    ]
                )
            )
        }
        return found == 1
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
    ///
    /// Of one whose credentials were changed meanwhile only how far it was read is noted: what went wrong went wrong
    /// with the old ones. `sealed` are those that it was read with.
    public func noteSync(
        _ id: VenueConnectionID,
        _ note: VenueSyncNote,
        sealed: [UInt8]
    ) throws(StorageError) {
        try connection.run(
            "UPDATE connections SET progress = ?2 WHERE id = ?1",
            [.integer(id.raw), .text(note.progress)]
        )
        try connection.run(
            """
            UPDATE connections SET latest_error = ?2, next_sync = ?4,
                failures = CASE WHEN ?2 IS NULL THEN 0 ELSE failures + 1 END,
                synced = CASE WHEN ?3 = 1 THEN ?5 ELSE synced END, is_invalid = coalesce(?6, is_invalid)
            WHERE id = ?1 AND sealed = ?7
            """,
            [
                .integer(id.raw), .text(note.error), .integer(note.isComplete ? 1 : 0),
                .integer(note.next.microseconds), .integer(time.microseconds),
                .integer(note.isInvalid.map { $0 ? 1 : 0 }), .blob(sealed),
            ]
        )
    }
}

extension Connection {
    /// Whether a connection is there still.
    public func hasVenueConnection(_ id: VenueConnectionID) throws(StorageError) -> Bool {
        try number("SELECT count(*) FROM connections WHERE id = ?", [.integer(id.raw)]) == 1
    }

    /// A user's connections in the order they were added.
    public func venueConnections(of user: UserID) throws(StorageError) -> [VenueConnectionRecord] {
        try rows(VenueConnectionRecord.query + " WHERE c.user = ? ORDER BY c.id", [.integer(user.raw)]) {
            VenueConnectionRecord($0)
        }
    }

    /// The connections of all users that are due at a time, those that waited longest first; none with credentials that
    /// are known to be wrong.
    public func dueVenueConnections(
        at time: Timestamp,
        limit: Int
    ) throws(StorageError) -> [VenueConnectionRecord] {
        try rows(
            VenueConnectionRecord.query
                + " WHERE (c.next_sync IS NULL OR c.next_sync <= ?) AND c.is_invalid = 0"
                + " ORDER BY coalesce(c.next_sync, 0), c.id LIMIT ?",
            [.integer(time.microseconds), .integer(Int64(limit))]
        ) { VenueConnectionRecord($0) }
    }
}
