public import Ledger
public import Money
public import Time

/// An address on a public chain, with what the chain said of it last.
public struct AddressRecord: Hashable, Sendable {
    /// The account that its entries are held in.
    public let account: AccountID
    /// Whose.
    public let user: UserID
    /// The coin of its chain.
    public let asset: AssetID
    /// The address as it was given.
    public let address: String
    /// Whether it is none of its chain; such a one is never asked for.
    public let isInvalid: Bool
    /// What is wrong with it, or why it was not read last; nil when all is well.
    public let latestError: String?
    /// Failed readings since the last good one.
    public let failures: Int64
    /// What it held.
    public let balance: Amount?
    /// What it had received in all, where the chain's server says so.
    public let received: Amount?
    /// What it had sent in all, where the chain's server says so.
    public let sent: Amount?
    /// Its transactions, where the chain's server says so.
    public let transactions: Int64?
    /// Who said so.
    public let source: String?
    /// How far its history was read.
    public let progress: String
    /// When it was last read.
    public let refreshed: Timestamp?
    /// When it is due; nil for as soon as may be.
    public let nextRefresh: Timestamp?

    static let columns = """
        account, user, asset, address, is_invalid, latest_error, failures, balance, received, sent, transactions, source,
        progress, refreshed, next_refresh
        """

    init(_ row: Statement) throws(StorageError) {
        func amount(_ column: Int32) throws(StorageError) -> Amount? {
            row.isNull(column) ? nil : try row.amount(column)
        }
        account = AccountID(raw: UInt32(truncatingIfNeeded: row.integer(0)))
        user = UserID(raw: row.integer(1))
        asset = AssetID(raw: UInt32(truncatingIfNeeded: row.integer(2)))
        address = row.text(3)
        isInvalid = row.integer(4) == 1
        latestError = row.optionalText(5)
        failures = row.integer(6)
        balance = try amount(7)
        received = try amount(8)
        sent = try amount(9)
        transactions = row.optionalInteger(10)
        source = row.optionalText(11)
        progress = row.text(12)
        refreshed = row.optionalInteger(13).map { Timestamp(microseconds: $0) }
        nextRefresh = row.optionalInteger(14).map { Timestamp(microseconds: $0) }
    }
}

/// What a chain said of an address.
public struct AddressFigures: Hashable, Sendable {
    /// What it holds.
    public var balance: Amount
    /// What it received in all.
    public var received: Amount?
    /// What it sent in all.
    public var sent: Amount?
    /// How many transactions it has.
    public var transactions: Int64?
    /// Who says so.
    public var source: String

    /// Figures from their parts.
    public init(balance: Amount, received: Amount?, sent: Amount?, transactions: Int64?, source: String) {
        self.balance = balance
        self.received = received
        self.sent = sent
        self.transactions = transactions
        self.source = source
    }
}

extension WriteTransaction {
    /// Keeps the address of an account; what was known of another one before is forgotten.
    ///
    /// `error` is what is wrong or odd about it.
    public func setAddress(
        _ account: AccountID,
        of user: UserID,
        asset: AssetID,
        address: String,
        isInvalid: Bool,
        error: String?
    ) throws(StorageError) {
        try connection.run(
            """
            INSERT OR REPLACE INTO addresses (account, user, asset, address, is_invalid, latest_error)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(Int64(account.raw)), .integer(user.raw), .integer(Int64(asset.raw)), .text(address),
                .integer(isInvalid ? 1 : 0), .text(error),
            ]
        )
    }

    /// Keeps another address of an account; what was known before stays, and it is due as soon as may be.
    ///
    /// `error` is what is wrong or odd about it.
    public func renameAddress(
        _ account: AccountID,
        address: String,
        isInvalid: Bool,
        error: String?,
        progress: String
    ) throws(StorageError) {
        try connection.run(
            """
            UPDATE addresses SET address = ?2, is_invalid = ?3, latest_error = ?4, progress = ?5, failures = 0,
                next_refresh = NULL
            WHERE account = ?1
            """,
            [
                .integer(Int64(account.raw)), .text(address), .integer(isInvalid ? 1 : 0), .text(error),
                .text(progress),
            ]
        )
    }

    /// Keeps what a chain said of an address, unless it was changed or read meanwhile; false then.
    ///
    /// `remark` is what is odd about it all the same.
    public func noteRefresh(
        _ record: AddressRecord,
        _ figures: AddressFigures,
        progress: String,
        remark: String?,
        next: Timestamp
    ) throws(StorageError) -> Bool {
        try connection.run(
            """
            UPDATE addresses SET balance = ?3, received = ?4, sent = ?5, transactions = ?6, source = ?7, progress = ?8,
                latest_error = ?9, next_refresh = ?10, refreshed = ?11, failures = 0
            WHERE account = ?1 AND address = ?2 AND progress = ?12
            """,
            [
                .integer(Int64(record.account.raw)), .text(record.address),
                .text(figures.balance.description), .text(figures.received?.description),
                .text(figures.sent?.description), .integer(figures.transactions), .text(figures.source),
                .text(progress), .text(remark), .integer(next.microseconds), .integer(time.microseconds),
                .text(record.progress),
            ]
        ) == 1
    }

    /// Keeps why an address could not be read, unless it was changed meanwhile; what was known of it stays.
    public func noteRefreshFailure(
        _ record: AddressRecord,
        error: String,
        progress: String,
        next: Timestamp
    ) throws(StorageError) {
        try connection.run(
            """
            UPDATE addresses SET latest_error = ?3, next_refresh = ?4, progress = ?5, failures = failures + 1
            WHERE account = ?1 AND address = ?2
            """,
            [
                .integer(Int64(record.account.raw)), .text(record.address), .text(error),
                .integer(next.microseconds), .text(progress),
            ]
        )
    }
}

extension Connection {
    /// A user's addresses in the order they were added.
    public func addresses(of user: UserID) throws(StorageError) -> [AddressRecord] {
        try rows(
            "SELECT \(AddressRecord.columns) FROM addresses WHERE user = ? ORDER BY account",
            [.integer(user.raw)]
        ) { row throws(StorageError) in try AddressRecord(row) }
    }

    /// The address of an account; nil when there is none.
    public func address(of account: AccountID) throws(StorageError) -> AddressRecord? {
        try first(
            "SELECT \(AddressRecord.columns) FROM addresses WHERE account = ?",
            [.integer(Int64(account.raw))]
        ) { row throws(StorageError) in try AddressRecord(row) }
    }

    /// The addresses of all users that are due at a time, those that waited longest first.
    public func dueAddresses(at time: Timestamp, limit: Int) throws(StorageError) -> [AddressRecord] {
        try rows(
            """
            SELECT \(AddressRecord.columns) FROM addresses
            WHERE is_invalid = 0 AND (next_refresh IS NULL OR next_refresh <= ?)
            ORDER BY coalesce(next_refresh, 0), account LIMIT ?
            """,
            [.integer(time.microseconds), .integer(Int64(limit))]
        ) { row throws(StorageError) in try AddressRecord(row) }
    }
}
