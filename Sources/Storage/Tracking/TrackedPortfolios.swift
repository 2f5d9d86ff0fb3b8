public import Money
public import Time

extension WriteTransaction {
    /// Adds a portfolio that is called as its owner likes, also when another one has that name already.
    ///
    /// - Throws: `StorageError`.
    public func addPortfolio(
        of user: UserID,
        label: String,
        source: String?
    ) throws(StorageError) -> PortfolioID {
        let id = try addPortfolio(of: user, title: try freeTitle(label, of: user, besides: nil))
        try connection.run(
            "UPDATE portfolios SET source = ?2, label = iif(title = ?3, NULL, ?3) WHERE id = ?1",
            [.integer(id.raw), .text(source), .text(label)]
        )
        return id
    }

    /// Gives a portfolio another name, also one that another portfolio has.
    public func labelPortfolio(_ id: PortfolioID, of user: UserID, _ label: String) throws(StorageError) {
        let title = try freeTitle(label, of: user, besides: id)
        try connection.run(
            "UPDATE portfolios SET title = ?2, label = iif(?2 = ?3, NULL, ?3), updated = ?4 WHERE id = ?1",
            [.integer(id.raw), .text(title), .text(label), .integer(time.microseconds)]
        )
    }

    /// A title like a name that no other portfolio of the user has.
    private func freeTitle(
        _ label: String,
        of user: UserID,
        besides id: PortfolioID?
    ) throws(StorageError) -> String {
        let taken = Set(try connection.portfolios(of: user).filter { $0.id != id }.map(\.title))
        return FreeName.like(label, taken)
    }

    /// Sets the currencies that a portfolio is reported in, in their order, and notes when.
    public func setCurrencies(_ assets: [AssetID], of portfolio: PortfolioID) throws(StorageError) {
        try connection.run(
            "DELETE FROM portfolio_currencies WHERE portfolio = ?",
            [.integer(portfolio.raw)]
        )
        for (position, asset) in assets.enumerated() {
            try connection.run(
                "INSERT INTO portfolio_currencies (portfolio, position, asset) VALUES (?, ?, ?)",
                [.integer(portfolio.raw), .integer(Int64(position)), .integer(Int64(asset.raw))]
            )
        }
        try connection.run(
            "UPDATE portfolios SET updated = ? WHERE id = ?",
            [.integer(time.microseconds), .integer(portfolio.raw)]
        )
    }

    /// Marks a portfolio as deleted with all of its accounts, which takes their credentials and addresses away.
    ///
    /// Of a default portfolio the oldest other one takes the place, or a new, empty one when there is none.
    public func retirePortfolio(_ id: PortfolioID, of user: UserID) throws(StorageError) {
        let accounts = try connection.accounts(of: user).filter { $0.portfolio == id }
        for account in accounts { try deleteAccount(account.id, of: user) }
        try connection.run(
            "UPDATE portfolios SET deleted = ?1, updated = ?1, is_default = 0 WHERE id = ?2 AND user = ?3",
            [.integer(time.microseconds), .integer(id.raw), .integer(user.raw)]
        )
        let left = try connection.portfolios(of: user)
        guard !left.contains(where: \.isDefault) else { return }
        let heir = left.map(\.id).min { $0.raw < $1.raw }
        let next: PortfolioID
        if let heir { next = heir } else { next = try addPortfolio(of: user, title: "Portfolio") }
        try makeDefault(next, of: user)
    }
}

extension Connection {
    /// The currencies that a user's portfolios are reported in, in their order; none of those that have no choice.
    public func portfolioCurrencies(
        of user: UserID
    ) throws(StorageError) -> [PortfolioID: [AssetID]] {
        let rows = try rows(
            """
            SELECT c.portfolio, c.asset FROM portfolio_currencies c JOIN portfolios p ON p.id = c.portfolio
            WHERE p.user = ? AND p.deleted IS NULL ORDER BY c.portfolio, c.position
            """,
            [.integer(user.raw)]
        ) { (PortfolioID(raw: $0.integer(0)), AssetID(raw: UInt32(truncatingIfNeeded: $0.integer(1)))) }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    /// When a user's journal was changed last, by an import or by a record that takes something back; nil when never.
    public func journalChanged(of user: UserID) throws(StorageError) -> Timestamp? {
        let number = SQLValue.integer(user.raw)
        let last = try first(
            """
            SELECT max(coalesce((SELECT coalesce(committed, created) FROM imports WHERE user = ?1 ORDER BY id DESC LIMIT 1), 0),
                coalesce((SELECT created FROM voids WHERE user = ?1 ORDER BY id DESC LIMIT 1), 0))
            """,
            [number]
        ) { $0.integer(0) }
        guard let last, last > 0 else { return nil }
        return Timestamp(microseconds: last)
    }

    /// Whether an import of a user is under way, whose rows nobody sees yet.
    public func hasOpenImport(of user: UserID) throws(StorageError) -> Bool {
        try first(
            "SELECT 1 FROM imports WHERE user = ? AND state = 'open'",
            [.integer(user.raw)]
        ) { _ in true } ?? false
    }

    /// When prices were last fetched; nil when never.
    public func pricesFetched() throws(StorageError) -> Timestamp? {
        try first("SELECT max(fetched) FROM price_fetches") { row in
            row.optionalInteger(0).map { Timestamp(microseconds: $0) }
        } ?? nil
    }
}

/// Names that must be unique where those that people give need not be.
enum FreeName {
    /// The name, or with a number behind it when it is taken.
    static func like(_ name: String, _ taken: Set<String>) -> String {
        guard taken.contains(name) else { return name }
        var number = 2
        while taken.contains("\(name) \(number)") { number += 1 }
        return "\(name) \(number)"
    }
}
