public import Ledger
public import Time

import Crypto

/// A portfolio.
public struct PortfolioRecord: Hashable, Sendable {
    /// The number inside.
    public let id: PortfolioID
    /// The identity outside.
    public let uuid: String
    /// Whose it is.
    public let user: UserID
    /// The name for people.
    public let title: String
    /// Whether imports without a portfolio go here.
    public let isDefault: Bool
    /// When it was made.
    public let created: Timestamp

    fileprivate static let columns = "id, uuid, user, title, is_default, created"

    init(_ row: Statement) {
        id = PortfolioID(raw: row.integer(0))
        uuid = row.text(1)
        user = UserID(raw: row.integer(2))
        title = row.text(3)
        isDefault = row.integer(4) == 1
        created = Timestamp(microseconds: row.integer(5))
    }
}

/// A place where a user holds assets.
public struct AccountRecord: Hashable, Sendable {
    /// The number.
    public let id: AccountID
    /// Whose it is.
    public let user: UserID
    /// The portfolio it belongs to.
    public let portfolio: PortfolioID
    /// The name, unique for the user.
    public let name: String
    /// The exchange or chain in lower case; empty when there is none.
    public let venue: String
    /// The word for its sort, such as `csv` or `manual`.
    public let kind: String
    /// When it was made.
    public let created: Timestamp

    fileprivate static let columns = "id, user, portfolio, name, venue, kind, created"

    /// An account from its parts.
    public init(
        id: AccountID,
        user: UserID,
        portfolio: PortfolioID,
        name: String,
        venue: String,
        kind: String,
        created: Timestamp
    ) {
        self.id = id
        self.user = user
        self.portfolio = portfolio
        self.name = name
        self.venue = venue
        self.kind = kind
        self.created = created
    }

    init(_ row: Statement) {
        id = AccountID(raw: UInt32(truncatingIfNeeded: row.integer(0)))
        user = UserID(raw: row.integer(1))
        portfolio = PortfolioID(raw: row.integer(2))
        name = row.text(3)
        venue = row.text(4)
        kind = row.text(5)
        created = Timestamp(microseconds: row.integer(6))
    }
}

extension WriteTransaction {
    /// Adds a portfolio.
    ///
    /// - Throws: `StorageError.Kind.constraint` for a second default one, or an unknown user.
    public func addPortfolio(
        of user: UserID,
        title: String,
        isDefault: Bool = false
    ) throws(StorageError) -> PortfolioID {
        try connection.run(
            "INSERT INTO portfolios (uuid, user, title, is_default, created) VALUES (?, ?, ?, ?, ?)",
            [
                .text(SecureRandom.uuid()), .integer(user.raw), .text(title), .integer(isDefault ? 1 : 0),
                .integer(time.microseconds),
            ]
        )
        return PortfolioID(raw: connection.lastInserted)
    }

    /// The user's account of a name, made when it is not there, in the default portfolio unless one is given.
    ///
    /// Venue and kind count only when it is made.
    ///
    /// - Throws: `StorageError.Kind.constraint` for an unknown user or a venue that is not lower case.
    public func account(
        of user: UserID,
        name: String,
        venue: String = "",
        kind: String = "csv",
        portfolio: PortfolioID? = nil
    ) throws(StorageError) -> AccountID {
        if let known = try connection.account(of: user, name: name) { return known.id }
        try connection.run(
            """
            INSERT INTO accounts (user, portfolio, name, venue, kind, created)
            VALUES (?1, coalesce(?2, (SELECT id FROM portfolios WHERE user = ?1 AND is_default = 1)), ?3, ?4, ?5, ?6)
            """,
            [
                .integer(user.raw), .integer(portfolio?.raw), .text(name), .text(venue), .text(kind),
                .integer(time.microseconds),
            ]
        )
        guard let id = UInt32(exactly: connection.lastInserted) else {
            throw StorageError(
                .full,
                operation: "adding an account",
                detail: "all numbers of accounts are in use"
            )
        }
        return AccountID(raw: id)
    }
}

extension Connection {
    /// A user's portfolios, the default one first.
    public func portfolios(of user: UserID) throws(StorageError) -> [PortfolioRecord] {
        try rows(
            "SELECT \(PortfolioRecord.columns) FROM portfolios WHERE user = ? ORDER BY is_default DESC, id",
            [.integer(user.raw)]
        ) { PortfolioRecord($0) }
    }

    /// A portfolio by its identity outside, whoever owns it, or nil.
    public func portfolio(uuid: String) throws(StorageError) -> PortfolioRecord? {
        try first("SELECT \(PortfolioRecord.columns) FROM portfolios WHERE uuid = ?", [.text(uuid)]) {
            PortfolioRecord($0)
        }
    }

    /// A user's accounts in the order they were made.
    public func accounts(of user: UserID) throws(StorageError) -> [AccountRecord] {
        try rows(
            "SELECT \(AccountRecord.columns) FROM accounts WHERE user = ? ORDER BY id",
            [.integer(user.raw)]
        ) {
            AccountRecord($0)
        }
    }

    /// A user's account by its name, or nil.
    public func account(of user: UserID, name: String) throws(StorageError) -> AccountRecord? {
        try first(
            "SELECT \(AccountRecord.columns) FROM accounts WHERE user = ? AND name = ?",
            [.integer(user.raw), .text(name)]
        ) { AccountRecord($0) }
    }
}
