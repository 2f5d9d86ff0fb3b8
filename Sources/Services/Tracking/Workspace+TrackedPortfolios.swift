import Ledger
import Money
public import Storage

extension Workspace {
    /// The bounds of what is tracked.
    public var trackingLimits: TrackingLimits { configuration.tracking }

    // MARK: Reading

    /// A user's portfolios with what is tracked in them, the default one first, then by number.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func trackedPortfolios(of user: UserID) throws -> [TrackedPortfolio] {
        try trackedRows(of: user).allPortfolios()
    }

    /// A user's portfolio with what is tracked in it.
    ///
    /// Blocks.
    ///
    /// - Throws: `TrackingRefusal.notFound`, `StorageError`.
    public func trackedPortfolio(_ id: PortfolioID, of user: UserID) throws -> TrackedPortfolio {
        guard let found = try trackedRows(of: user).portfolio(id) else { throw TrackingRefusal.notFound }
        return found
    }

    /// All that is kept of what a user tracks.
    func trackedRows(of user: UserID) throws -> TrackedRows {
        let snapshot = try books.snapshot(of: user)
        return try database.read { connection throws(StorageError) in try TrackedRows(connection, snapshot) }
    }

    // MARK: Changing

    /// Makes a portfolio, and keeps the answer that tells of it in the same commit.
    ///
    /// Blocks. Its name need not be unique. `source` says what makes it.
    ///
    /// - Throws: `TrackingRefusal`, `KeyRefusal`, `StorageError`.
    public func makeTrackedPortfolio<Answer: Sendable>(
        title: String,
        currencies codes: [String],
        source: String? = nil,
        of user: UserID,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (TrackedPortfolio) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        let limits = trackingLimits
        let registry = try books.snapshot(of: user).registry
        let currencies = try limits.check(title: title, currencies: codes, registry).currencies ?? []
        return try tracking(of: user, claim, answer, kept) { transaction, snapshot in
            guard try transaction.connection.portfolios(of: user).count < limits.portfoliosMax else {
                throw TrackingRefusal.tooMany("portfolios", limit: limits.portfoliosMax)
            }
            let id = try transaction.addPortfolio(of: user, label: title, source: source)
            try transaction.setCurrencies(currencies.map(\.id), of: id)
            return try Workspace.portfolio(id, transaction, snapshot)
        }
    }

    /// Changes the name of a portfolio, the currencies it is reported in, or both.
    ///
    /// Blocks.
    ///
    /// - Throws: `TrackingRefusal`, `KeyRefusal`, `StorageError`.
    public func changeTrackedPortfolio<Answer: Sendable>(
        _ id: PortfolioID,
        of user: UserID,
        title: String? = nil,
        currencies codes: [String]? = nil,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (TrackedPortfolio) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        _ = try trackedPortfolio(id, of: user)
        let registry = try books.snapshot(of: user).registry
        let checked = try trackingLimits.check(title: title, currencies: codes, registry)
        return try tracking(of: user, claim, answer, kept) { transaction, snapshot in
            _ = try Workspace.portfolio(id, transaction, snapshot)
            if let title { try transaction.labelPortfolio(id, of: user, title) }
            if let currencies = checked.currencies {
                try transaction.setCurrencies(currencies.map(\.id), of: id)
            }
            return try Workspace.portfolio(id, transaction, snapshot)
        }
    }

    /// Adds currencies to those that a portfolio is reported in, and takes others away; those that are there, or are not,
    /// already stay so.
    ///
    /// Blocks.
    ///
    /// - Throws: `TrackingRefusal`, also when none would be left, `KeyRefusal`, `StorageError`.
    public func changeTrackedCurrencies<Answer: Sendable>(
        of id: PortfolioID,
        of user: UserID,
        adding added: [String] = [],
        removing removed: [String] = [],
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (TrackedPortfolio) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        _ = try trackedPortfolio(id, of: user)
        let limits = trackingLimits
        let registry = try books.snapshot(of: user).registry
        let more = try limits.assets(added, registry)
        let less = Set(try limits.assets(removed, registry))
        return try tracking(of: user, claim, answer, kept) { transaction, snapshot in
            let rows = try TrackedRows(transaction.connection, snapshot)
            guard rows.portfolio(id) != nil else { throw TrackingRefusal.notFound }
            let now = rows.currencies(of: id)
            let wanted = Set(now).union(more).subtracting(less).sorted { $0.code < $1.code }
            guard !wanted.isEmpty else { throw TrackingRefusal.invalid([TrackingLimits.noCurrency]) }
            guard wanted.count <= limits.currenciesMax else { throw limits.tooManyCurrencies }
            try transaction.setCurrencies(wanted.map(\.id), of: id)
            return try Workspace.portfolio(id, transaction, snapshot)
        }
    }

    /// Deletes a portfolio with its accounts, addresses and offsets; the answer tells of what was there.
    ///
    /// Blocks; reads the user's whole journal. Its entries no longer count, what moved between it and another portfolio stays
    /// right for the other, and credentials go. Of the default portfolio the oldest other one takes the place; without
    /// another one a new, empty one does.
    ///
    /// - Throws: `TrackingRefusal`, `KeyRefusal`, `StorageError`.
    public func deleteTrackedPortfolio<Answer: Sendable>(
        _ id: PortfolioID,
        of user: UserID,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (TrackedPortfolio) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        try takingBack(
            of: user,
            reason: "portfolio \(id.raw) was deleted",
            claim,
            answer,
            kept,
            accounts: { rows in
                guard let portfolio = rows.portfolio(id) else { throw TrackingRefusal.notFound }
                return portfolio.members
            },
            change: { transaction, snapshot in
                let before = try Workspace.portfolio(id, transaction, snapshot)
                return (before, { try transaction.retirePortfolio(id, of: user) })
            }
        )
    }

    // MARK: What changes share

    /// Carries out one change of what a user tracks, with its answer in the same commit.
    func tracking<View: Sendable, Answer: Sendable>(
        of user: UserID,
        _ claim: IdempotencyClaim?,
        _ answer: @escaping @Sendable (View) -> Answer,
        _ kept: @escaping @Sendable (Answer) -> KeptAnswer,
        _ change: @escaping @Sendable (WriteTransaction, UserSnapshot) throws -> View
    ) throws -> Answer {
        try holding(claim, of: user) {
            let snapshot = try books.snapshot(of: user)
            let made = try database.writeAndWait { transaction -> Answer in
                try transaction.check(claim, of: user)
                let made = answer(try change(transaction, snapshot))
                if let claim { try transaction.keep(kept(made), claim, of: user) }
                return made
            }
            books.shelf(of: user).noteChange()
            return made
        }
    }

    /// The attempts to take entries back while the history changes.
    private static let attemptsMax = 5

    /// Takes the entries of accounts back and carries out a change, all in one commit with its answer.
    ///
    /// The change gives what the answer tells of and does the rest when it is called.
    func takingBack<View: Sendable, Answer: Sendable>(
        of user: UserID,
        reason: String,
        _ claim: IdempotencyClaim?,
        _ answer: @escaping @Sendable (View) -> Answer,
        _ kept: @escaping @Sendable (Answer) -> KeptAnswer,
        accounts: (TrackedRows) throws -> [AccountID],
        change: @escaping @Sendable (WriteTransaction, UserSnapshot) throws -> (View, () throws -> Void)
    ) throws -> Answer {
        try holding(claim, of: user) {
            for attempt in 1... {
                let snapshot = try books.snapshot(of: user)
                let numbers = Set(try accounts(try trackedRows(of: user)))
                let plan = try database.read { connection throws(StorageError) in
                    try TakenBackEntries(of: numbers, of: user, connection)
                }
                let limit = portfolioLimits.entriesVoidedMax
                guard plan.voids.count <= limit else {
                    throw TrackingRefusal.tooMany("entries to be taken back one by one", limit: limit)
                }
                let rowsMax = configuration.storage.smallImportRowsMax
                let shelf = books.shelf(of: user)
                let done = try database.writeAndWait { transaction -> Answer? in
                    try transaction.check(claim, of: user)
                    // Before anything is changed: what is returned from here is committed.
                    guard try plan.isCurrent(transaction) else { return nil }
                    let (view, rest) = try change(transaction, snapshot)
                    let isDone = try plan.perform(
                        transaction,
                        reason: reason,
                        format: "taken back",
                        rowsMax: rowsMax
                    )
                    precondition(isDone, "a change of what is tracked leaves the journal alone")
                    try rest()
                    shelf.forgetAccounts()
                    let made = answer(view)
                    if let claim { try transaction.keep(kept(made), claim, of: user) }
                    return made
                }
                if let done {
                    shelf.invalidate()
                    shelf.range.forget()
                    return done
                }
                guard attempt < Workspace.attemptsMax else { break }
            }
            throw StorageError(.busy, operation: "taking entries back", detail: "the history is changing")
        }
    }

    /// A portfolio as a transaction sees it.
    static func portfolio(
        _ id: PortfolioID,
        _ transaction: WriteTransaction,
        _ snapshot: UserSnapshot
    ) throws -> TrackedPortfolio {
        let rows = try TrackedRows(transaction.connection, snapshot)
        guard let found = rows.portfolio(id) else { throw TrackingRefusal.notFound }
        return found
    }
}

extension TrackedPortfolio {
    /// The numbers of all accounts, addresses and offsets in it.
    var members: [AccountID] { accounts.map(\.id) + addresses.map(\.id) + offsets.map(\.id) }
}

extension TrackingLimits {
    /// What is said when a portfolio would be reported in nothing.
    public static let noCurrency = "must have at least one reporting currency selected"

    var tooManyCurrencies: TrackingRefusal { .tooMany("reporting currencies", limit: currenciesMax) }

    /// Checks the title and the currencies that a portfolio is to have; all that is wrong is told at once.
    func check(
        title: String?,
        currencies codes: [String]?,
        _ registry: AssetRegistry
    ) throws(TrackingRefusal) -> (title: String?, currencies: [Asset]?) {
        var problems: [String] = []
        if let title, let problem = problem(withTitle: title) { problems.append(problem) }
        if let codes, codes.isEmpty { problems.append(TrackingLimits.noCurrency) }
        guard problems.isEmpty else { throw .invalid(problems) }
        guard let codes else { return (title, nil) }
        return (title, try assets(codes, registry))
    }

    /// The assets of codes, each once, by code; linear in their count.
    ///
    /// - Throws: `TrackingRefusal.tooMany` before anything is looked up, `.unknownCurrency`.
    func assets(_ codes: [String], _ registry: AssetRegistry) throws(TrackingRefusal) -> [Asset] {
        var seen: Set<String> = []
        for code in codes {
            seen.insert(code)
            guard seen.count <= currenciesMax else { throw tooManyCurrencies }
        }
        var found: Set<Asset> = []
        for code in codes where seen.remove(code) != nil {
            guard let normal = AssetCode.normalize(code), let asset = registry.asset(code: normal) else {
                throw .unknownCurrency(code)
            }
            found.insert(asset)
        }
        return found.sorted { $0.code < $1.code }
    }
}
