public import Ledger
public import Money
public import Storage
public import Time

/// What a backfill reads.
public enum BackfillSource: String, Hashable, Sendable, CaseIterable {
    /// The ledgers of all connected Coinbase accounts, wallet by wallet; of no other venue.
    case coinbaseLedger = "coinbase_ledger"
    /// The trades of all connected venues.
    case tradeHistorySync = "trade_history_sync"
}

/// What a backfill came to, or would come to.
public struct BackfillOutcome: Hashable, Sendable {
    /// What was read.
    public let source: BackfillSource
    /// Whether nothing was to be changed.
    public let isDryRun: Bool
    /// Pages that venues gave.
    public internal(set) var pagesFetched = 0
    /// Events among their rows.
    public internal(set) var eventsFound = 0
    /// Events that are new.
    public internal(set) var eventsInserted = 0
    /// Events that were there already, also from a file.
    public internal(set) var duplicatesSkipped = 0
    /// What went wrong, in words without secrets; empty when all went well.
    public internal(set) var errors: [String] = []
    /// What is worth a look and is no error.
    public internal(set) var remarks: [String] = []
}

/// What one reading of a connection came to.
public struct ConnectionSync: Hashable, Sendable {
    /// The connection.
    public let id: VenueConnectionID
    /// The user's name for it.
    public let label: String
    /// The venue.
    public let venue: String
    /// Pages that the venue gave.
    public internal(set) var pagesFetched = 0
    /// Events among their rows.
    public internal(set) var eventsFound = 0
    /// Events that are new.
    public internal(set) var eventsInserted = 0
    /// Events that were there already.
    public internal(set) var duplicatesSkipped = 0
    /// The import that brought the new ones; nil when there was none.
    public internal(set) var importNumber: Int64?
    /// Whether everything that the venue has was read.
    public internal(set) var isComplete = false
    /// What the venue says it holds and the ledger does not, or the other way; empty when they agree or the reading is
    /// not complete.
    public internal(set) var differences: [BalanceDifference] = []
    /// What went wrong, in words without secrets.
    public internal(set) var errors: [String] = []
    /// What is worth a look and is no error.
    public internal(set) var remarks: [String] = []
}

/// An asset of which the venue states another balance than the ledger gives.
public struct BalanceDifference: Hashable, Sendable {
    /// The venue's name for people.
    public let venue: String
    /// The asset's code in upper case.
    public let asset: String
    /// What the venue states.
    public let stated: Amount
    /// What the ledger gives for the account.
    public let computed: Amount
}

/// What a reading of several connections came to.
public struct SyncOutcome: Hashable, Sendable {
    /// One for each connection, in the order they were read.
    public internal(set) var connections: [ConnectionSync] = []
    /// What went wrong besides, such as that nothing is connected.
    public internal(set) var errors: [String] = []

    /// Events that are new, over all connections.
    public var eventsInserted: Int { connections.reduce(0) { $0 + $1.eventsInserted } }
}

/// A connection as it is listed; its credentials are never shown.
public struct ConnectionInfo: Hashable, Sendable {
    /// The number.
    public let id: VenueConnectionID
    /// The user's name for it.
    public let label: String
    /// The venue.
    public let venue: String
    /// The account that its entries are held in.
    public let account: String
    /// That account.
    public let accountID: AccountID
    /// When it was added.
    public let created: Timestamp
    /// When it was last read to the end.
    public let synced: Timestamp?
    /// When it is due; nil for as soon as may be.
    public let nextSync: Timestamp?
    /// Why the last reading failed, or why the credentials are none; nil when neither.
    public let latestError: String?
    /// Whether the credentials are malformed or the venue refused them: it is not read by itself until they change.
    public let isInvalid: Bool

    init(_ record: VenueConnectionRecord) {
        id = record.id
        label = record.label
        venue = record.venue
        account = record.accountName
        accountID = record.account
        created = record.created
        synced = record.synced
        nextSync = record.nextSync
        latestError = record.latestError
        isInvalid = record.isInvalid
    }
}
