public import Connectors
import Crypto
public import Ledger
public import Storage

extension Workspace {
    /// One of a user's accounts that are neither addresses nor offsets.
    ///
    /// Blocks. `portfolio` is the one it must be in, where that matters.
    ///
    /// - Throws: `TrackingRefusal.notFound`, `StorageError`.
    public func trackedAccount(
        _ id: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID
    ) throws -> TrackedAccount {
        guard let found = try trackedRows(of: user).account(id),
            portfolio ?? found.portfolio == found.portfolio
        else { throw TrackingRefusal.notFound }
        return found
    }

    /// Adds an account at a venue, which is read in the background; asks nobody.
    ///
    /// Blocks. Credentials are sealed before they are stored. Such as have the wrong form are kept all the same, and the account
    /// is invalid until it gets others; so is one at a venue that Coffer cannot read, whose credentials are not kept. An
    /// account of that title and venue which files filled in the same portfolio goes on with its history.
    ///
    /// - Throws: `TrackingRefusal`, `ConnectionError.keyFile`, `KeyRefusal`, `StorageError`.
    public func addTrackedAccount<Answer: Sendable>(
        in portfolio: PortfolioID,
        of user: UserID,
        title: String? = nil,
        venue name: String,
        credentials: VenueCredentials?,
        source: String? = nil,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (TrackedAccount) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        _ = try trackedPortfolio(portfolio, of: user)
        let limits = trackingLimits
        let venue = name.lowercased()
        let title = title ?? ConnectableVenue(rawValue: venue)?.title ?? venue
        let problems = [limits.problem(withTitle: title), TrackingLimits.problem(withVenue: venue)].compactMap
        { $0 }
        guard problems.isEmpty else { throw TrackingRefusal.invalid(problems) }
        let sealing = try sealing(credentials, of: venue)
        return try entering(of: user, claim, answer, kept) { transaction, snapshot, rows in
            let known = try TrackedRows(transaction.connection, snapshot)
            guard known.portfolio(portfolio) != nil else { throw TrackingRefusal.notFound }
            guard known.count(ofKind: nil) < limits.accountsMax else {
                throw TrackingRefusal.tooMany("accounts", limit: limits.accountsMax)
            }
            let account: AccountRecord
            if let old = try Workspace.unconnected(title, venue, in: portfolio, of: user, transaction) {
                account = old
                try transaction.describeAccount(old.id, title: title, source: source ?? old.source)
            } else {
                account = try transaction.addAccount(
                    of: user,
                    in: portfolio,
                    kind: "exchange",
                    venue: venue,
                    title: title,
                    source: source
                )
            }
            rows.accounts.append(account)
            try sealing?.connect(account, transaction)
            return try Workspace.account(account.id, transaction, snapshot)
        }
    }

    /// Changes the title of an account, or its credentials, with which it is read at once.
    ///
    /// Blocks. Of an account at a venue that Coffer cannot read, and of one that has no venue, credentials are not kept.
    ///
    /// - Throws: as `addTrackedAccount`.
    public func changeTrackedAccount<Answer: Sendable>(
        _ id: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID,
        title: String? = nil,
        credentials: VenueCredentials? = nil,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (TrackedAccount) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        let before = try trackedAccount(id, in: portfolio, of: user)
        if let title, let problem = trackingLimits.problem(withTitle: title) {
            throw TrackingRefusal.invalid([problem])
        }
        let sealing = try credentials.flatMap { try self.sealing($0, of: before.venue) }
        return try tracking(of: user, claim, answer, kept) { transaction, snapshot in
            guard let account = try transaction.connection.account(id, of: user) else {
                throw TrackingRefusal.notFound
            }
            if let title { try transaction.titleAccount(id, title) }
            if let sealing {
                try sealing.connect(account, transaction)
                try transaction.touchAccount(id)
            }
            return try Workspace.account(id, transaction, snapshot)
        }
    }

    /// Deletes an account with its credentials; its entries no longer count, and the answer tells of what was there.
    ///
    /// Blocks; reads the user's whole journal. What moved between it and other accounts stays right for the others.
    ///
    /// - Throws: `TrackingRefusal`, `KeyRefusal`, `StorageError`.
    public func deleteTrackedAccount<Answer: Sendable>(
        _ id: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (TrackedAccount) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        try takingBack(
            of: user,
            reason: "account \(id.raw) was deleted",
            claim,
            answer,
            kept,
            accounts: { rows in
                guard let found = rows.account(id), portfolio ?? found.portfolio == found.portfolio else {
                    throw TrackingRefusal.notFound
                }
                return [id]
            },
            change: { transaction, snapshot in
                let before = try Workspace.account(id, transaction, snapshot)
                return (before, { try transaction.deleteAccount(id, of: user) })
            }
        )
    }

    // MARK: What they share

    private static func account(
        _ id: AccountID,
        _ transaction: WriteTransaction,
        _ snapshot: UserSnapshot
    ) throws -> TrackedAccount {
        let rows = try TrackedRows(transaction.connection, snapshot)
        guard let found = rows.account(id) else { throw TrackingRefusal.notFound }
        return found
    }

    /// The account of a name that files filled and that a connection may go on with.
    private static func unconnected(
        _ name: String,
        _ venue: String,
        in portfolio: PortfolioID,
        of user: UserID,
        _ transaction: WriteTransaction
    ) throws(StorageError) -> AccountRecord? {
        guard let account = try transaction.connection.account(of: user, name: name),
            account.portfolio == portfolio, account.venue == venue, account.kind == "csv",
            try !transaction.connection.accountConnections(of: user).contains(where: {
                $0.account == account.id
            })
        else { return nil }
        return account
    }

    /// What seals credentials within a commit; nil where they are not kept.
    private func sealing(_ credentials: VenueCredentials?, of venue: String) throws -> AccountSealing? {
        guard let known = ConnectableVenue(rawValue: venue) else { return nil }
        let given = credentials ?? VenueCredentials(key: "", secret: Secret(""))
        let invalidity: String?
        do throws(ConnectionError) {
            invalidity = try Workspace.invalidity(of: given, known, isKept: true)
        } catch {
            // Credentials of a wrong form are kept; what is left is that they are too long.
            throw TrackingRefusal.invalid([error.description])
        }
        let keeper = keyKeeper
        return AccountSealing(
            keeper: keeper,
            key: try keeper.key(database, mayMake: true),
            plain: SealedCredentials.write(given),
            invalidity: invalidity,
            connectionsMax: configuration.connections.connectionsPerUser
        )
    }
}

/// Credentials of an account on their way into the store.
private struct AccountSealing: Sendable {
    let keyKeeper: KeyKeeper
    let key: SealingKey
    let plain: Secret
    /// Why they are none, where they are kept all the same.
    let invalidity: String?
    /// The most connections of one user.
    let connectionsMax: Int

    init(keeper: KeyKeeper, key: SealingKey, plain: Secret, invalidity: String?, connectionsMax: Int) {
        keyKeeper = keeper
        self.key = key
        self.plain = plain
        self.invalidity = invalidity
        self.connectionsMax = connectionsMax
    }

    /// Connects an account by the credentials, in place of those that it had.
    func connect(_ account: AccountRecord, _ transaction: WriteTransaction) throws {
        let user = account.user
        let (userKey, version) = try keyKeeper.userKey(of: user, by: key, transaction)
        func seal(_ id: VenueConnectionID) -> [UInt8] {
            userKey.seal(plain, KeyKeeper.context(of: id, user: user, version: version))
        }
        let all = try transaction.connection.accountConnections(of: user)
        if let old = all.first(where: { $0.account == account.id }) {
            _ = try transaction.changeVenueConnection(
                old.id,
                of: user,
                VenueConnectionChange(
                    label: nil,
                    credentials: VenueConnectionChange.Credentials(
                        keyVersion: version,
                        sealed: seal(old.id),
                        invalidity: invalidity
                    )
                )
            )
            return
        }
        guard all.count < connectionsMax else {
            throw TrackingRefusal.tooMany("connected accounts", limit: connectionsMax)
        }
        let draft = VenueConnectionDraft(
            user: user,
            accountName: account.name,
            venue: account.venue,
            label: AccountSealing.label(account),
            keyVersion: version,
            invalidity: invalidity
        )
        _ = try transaction.addVenueConnection(draft, seal: seal)
    }

    /// The account's title, cut to what a label may have.
    private static func label(_ account: AccountRecord) -> String {
        var label = account.title
        while label.utf8.count > ConnectionLimits.labelBytesMax { label.removeLast() }
        return label
    }
}

extension TrackingLimits {
    /// Bytes of a venue's name.
    static let venueBytesMax = 40

    /// What is wrong with the name of a venue, if anything.
    public static func problem(withVenue venue: String) -> String? {
        let isWord = venue.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isWord, (1...TrackingLimits.venueBytesMax).contains(venue.utf8.count) else {
            return "type must be the name of a venue such as kraken"
        }
        return nil
    }
}
