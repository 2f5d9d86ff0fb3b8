public import Ledger
public import Money
public import Time

import Crypto

/// A portfolio without its targets and tags.
public struct PortfolioRecord: Hashable, Sendable {
    /// The number inside.
    public let id: PortfolioID
    /// The identity outside.
    public let uuid: String
    /// Whose it is.
    public let user: UserID
    /// The name for people, unique among a user's portfolios.
    public let title: String
    /// Whether imports without a portfolio go here.
    public let isDefault: Bool
    /// When it was made.
    public let created: Timestamp
    /// What the owner says about it.
    public let description: String?
    /// The word for the owner's readiness for risk.
    public let risk: String
    /// Whether the owner looks after it.
    public let isActive: Bool
    /// When anything here was changed last.
    public let updated: Timestamp
    /// When the owner last confirmed that it was rebalanced.
    public let rebalanced: Timestamp?
    /// What made it, such as `private-api`; nil for the command line and what else is our own.
    public let source: String?
    /// What its owner calls it where another portfolio has that name; else the title.
    public let label: String

    fileprivate static let columns = """
        id, uuid, user, title, is_default, created, description, risk, is_active, updated, rebalanced, source, label
        """

    init(_ row: Statement) {
        id = PortfolioID(raw: row.integer(0))
        uuid = row.text(1)
        user = UserID(raw: row.integer(2))
        title = row.text(3)
        isDefault = row.integer(4) == 1
        created = Timestamp(microseconds: row.integer(5))
        description = row.optionalText(6)
        risk = row.text(7)
        isActive = row.integer(8) == 1
        updated = row.optionalInteger(9).map { Timestamp(microseconds: $0) } ?? created
        rebalanced = row.optionalInteger(10).map { Timestamp(microseconds: $0) }
        source = row.optionalText(11)
        label = row.optionalText(12) ?? title
    }
}

/// The share of a portfolio that an asset is meant to have.
public struct PortfolioTarget: Hashable, Sendable {
    /// The asset's code as the owner wrote it.
    public let asset: String
    /// The share as a fraction of one.
    public let fraction: Amount

    /// A target from its two parts.
    public init(asset: String, fraction: Amount) {
        self.asset = asset
        self.fraction = fraction
    }
}

/// What can be changed of a portfolio; nil leaves it as it is.
public struct PortfolioChange: Hashable, Sendable {
    /// The name.
    public var title: String?
    /// What the owner says about it.
    public var description: String?
    /// The word for the owner's readiness for risk: `conservative`, `moderate` or `aggressive`.
    public var risk: String?
    /// Whether the owner looks after it.
    public var isActive: Bool?
    /// The shares that assets are meant to have, in the owner's order.
    public var targets: [PortfolioTarget]?
    /// The owner's words, in order.
    public var tags: [String]?

    /// No change.
    public init() {}
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
    /// What the owner calls it; the name unless another account has that name.
    public let title: String
    /// What made it, such as `private-api`; nil for imports and the command line.
    public let source: String?
    /// When anything of it was changed last.
    public let updated: Timestamp

    static let columns = "id, user, portfolio, name, venue, kind, created, title, source, updated"

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
        title = name
        source = nil
        updated = created
    }

    init(_ row: Statement) {
        id = AccountID(raw: UInt32(truncatingIfNeeded: row.integer(0)))
        user = UserID(raw: row.integer(1))
        portfolio = PortfolioID(raw: row.integer(2))
        name = row.text(3)
        venue = row.text(4)
        kind = row.text(5)
        created = Timestamp(microseconds: row.integer(6))
        title = row.optionalText(7) ?? name
        source = row.optionalText(8)
        updated = row.optionalInteger(9).map { Timestamp(microseconds: $0) } ?? created
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

    /// Changes a portfolio, and notes when.
    ///
    /// - Throws: `StorageError.Kind.constraint` when another portfolio of the user has the name.
    public func changePortfolio(_ id: PortfolioID, _ change: PortfolioChange) throws(StorageError) {
        try connection.run(
            """
            UPDATE portfolios SET title = coalesce(?2, title), label = iif(?2 IS NULL, label, NULL),
                description = coalesce(?3, description), risk = coalesce(?4, risk), is_active = coalesce(?5, is_active), updated = ?6
            WHERE id = ?1
            """,
            [
                .integer(id.raw), .text(change.title), .text(change.description),
                .text(change.risk), .integer(change.isActive.map { $0 ? 1 : 0 }),
                .integer(time.microseconds),
            ]
        )
        if let targets = change.targets {
            try connection.run("DELETE FROM portfolio_targets WHERE portfolio = ?", [.integer(id.raw)])
            for (position, target) in targets.enumerated() {
                try connection.run(
                    "INSERT INTO portfolio_targets (portfolio, position, asset, fraction) VALUES (?, ?, ?, ?)",
                    [
                        .integer(id.raw), .integer(Int64(position)), .text(target.asset),
                        .text(target.fraction.description),
                    ]
                )
            }
        }
        if let tags = change.tags {
            try connection.run("DELETE FROM portfolio_tags WHERE portfolio = ?", [.integer(id.raw)])
            for (position, tag) in tags.enumerated() {
                try connection.run(
                    "INSERT INTO portfolio_tags (portfolio, position, tag) VALUES (?, ?, ?)",
                    [.integer(id.raw), .integer(Int64(position)), .text(tag)]
                )
            }
        }
    }

    /// Makes a portfolio the user's default one in place of the one that was.
    public func makeDefault(_ id: PortfolioID, of user: UserID) throws(StorageError) {
        try connection.run(
            "UPDATE portfolios SET is_default = 0, updated = ? WHERE user = ? AND is_default = 1 AND id <> ?",
            [.integer(time.microseconds), .integer(user.raw), .integer(id.raw)]
        )
        try connection.run(
            "UPDATE portfolios SET is_default = 1, updated = ? WHERE id = ? AND user = ?",
            [.integer(time.microseconds), .integer(id.raw), .integer(user.raw)]
        )
    }

    /// Notes that a portfolio was rebalanced now.
    public func noteRebalance(_ id: PortfolioID) throws(StorageError) {
        try connection.run(
            "UPDATE portfolios SET rebalanced = ?1, updated = ?1 WHERE id = ?2",
            [.integer(time.microseconds), .integer(id.raw)]
        )
    }

    /// Marks a portfolio as deleted, which frees its name; its accounts go to the user's default portfolio.
    ///
    /// Its addresses and offsets, which would fill again or be wrong there, are deleted with it.
    public func deletePortfolio(_ id: PortfolioID, of user: UserID) throws(StorageError) {
        let accounts = try connection.accounts(of: user).filter { $0.portfolio == id }
        for account in accounts where [AccountKind.address, AccountKind.offset].contains(account.kind) {
            try deleteAccount(account.id, of: user)
        }
        try connection.run(
            """
            UPDATE accounts SET portfolio = (SELECT id FROM portfolios
                WHERE user = ?1 AND is_default = 1 AND deleted IS NULL)
            WHERE portfolio = ?2
            """,
            [.integer(user.raw), .integer(id.raw)]
        )
        try connection.run(
            "UPDATE portfolios SET deleted = ?1, updated = ?1 WHERE id = ?2 AND user = ?3 AND is_default = 0",
            [.integer(time.microseconds), .integer(id.raw), .integer(user.raw)]
        )
    }

    /// Puts an account with all of its history into a portfolio of the same user; false when either is not theirs.
    public func moveAccount(
        _ account: AccountID,
        of user: UserID,
        to portfolio: PortfolioID
    ) throws(StorageError) -> Bool {
        try connection.run(
            """
            UPDATE accounts SET portfolio = ?3 WHERE id = ?1 AND user = ?2 AND EXISTS
                (SELECT 1 FROM portfolios WHERE id = ?3 AND user = ?2 AND deleted IS NULL)
            """,
            [.integer(Int64(account.raw)), .integer(user.raw), .integer(portfolio.raw)]
        ) == 1
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
            VALUES (?1, coalesce(?2, (SELECT id FROM portfolios
                WHERE user = ?1 AND is_default = 1 AND deleted IS NULL)), ?3, ?4, ?5, ?6)
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
    /// A user's portfolios, the default one first, then by age; without deleted ones.
    public func portfolios(of user: UserID) throws(StorageError) -> [PortfolioRecord] {
        try rows(
            """
            SELECT \(PortfolioRecord.columns) FROM portfolios
            WHERE user = ? AND deleted IS NULL ORDER BY is_default DESC, id
            """,
            [.integer(user.raw)]
        ) { PortfolioRecord($0) }
    }

    /// A portfolio by its identity outside, whoever owns it; nil when there is none or it is deleted.
    public func portfolio(uuid: String) throws(StorageError) -> PortfolioRecord? {
        try first(
            "SELECT \(PortfolioRecord.columns) FROM portfolios WHERE uuid = ? AND deleted IS NULL",
            [.text(uuid)]
        ) { PortfolioRecord($0) }
    }

    /// A user's portfolio by its name, or nil.
    public func portfolio(of user: UserID, title: String) throws(StorageError) -> PortfolioRecord? {
        try first(
            "SELECT \(PortfolioRecord.columns) FROM portfolios WHERE user = ? AND title = ? AND deleted IS NULL",
            [.integer(user.raw), .text(title)]
        ) { PortfolioRecord($0) }
    }

    /// The shares that assets of a portfolio are meant to have, in the owner's order.
    public func targets(of portfolio: PortfolioID) throws(StorageError) -> [PortfolioTarget] {
        try rows(
            "SELECT asset, fraction FROM portfolio_targets WHERE portfolio = ? ORDER BY position",
            [.integer(portfolio.raw)]
        ) { row throws(StorageError) in
            PortfolioTarget(asset: row.text(0), fraction: try row.amount(1))
        }
    }

    /// A portfolio's tags in the owner's order.
    public func tags(of portfolio: PortfolioID) throws(StorageError) -> [String] {
        try rows(
            "SELECT tag FROM portfolio_tags WHERE portfolio = ? ORDER BY position",
            [.integer(portfolio.raw)]
        ) { $0.text(0) }
    }

    /// A user's accounts in the order they were made, without deleted ones.
    public func accounts(of user: UserID) throws(StorageError) -> [AccountRecord] {
        try rows(
            "SELECT \(AccountRecord.columns) FROM accounts WHERE user = ? AND deleted IS NULL ORDER BY id",
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
