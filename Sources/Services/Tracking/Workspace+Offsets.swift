public import Ledger
public import Money
public import Storage

import Crypto

/// How much of a currency an owner states, before it is kept.
public struct StatedBalance: Hashable, Sendable {
    /// The currency's code as it was given.
    public let code: String
    /// How much; below zero for what is owed.
    public let balance: Amount

    /// A balance from its parts.
    public init(code: String, balance: Amount) {
        self.code = code
        self.balance = balance
    }

    /// A balance from its texts: digits with at most 18 behind the point, and a sign before them where one is meant.
    ///
    /// - Throws: `TrackingRefusal.invalid` in words that name the currency and the text.
    public init(code: String, text: String) throws(TrackingRefusal) {
        self.code = code
        do throws(MoneyError) {
            balance = try Amount.parse(text)
        } catch {
            let limit = TrackingLimits.shownCharactersMax
            throw .invalid([
                "balance of \(code.prefix(limit)) is no number: \"\(text.prefix(limit))\"; "
                    + "expected digits such as -1.25, less than 10^20, with at most 18 decimals"
            ])
        }
    }
}

extension Workspace {
    /// The kind of import that corrections of offsets are brought in by.
    static let offsetFormat = "offset"
    /// The kind of import that transactions and balances of addresses are brought in by.
    static let addressFormat = "address"
    /// The kinds of import that are not undone by themselves.
    static let trackedFormats: Set<String> = [offsetFormat, addressFormat]

    /// One of a user's offsets.
    ///
    /// Blocks. `portfolio` is the one it must be in, where that matters.
    ///
    /// - Throws: `TrackingRefusal.notFound`, `StorageError`.
    public func trackedOffset(
        _ id: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID
    ) throws -> TrackedOffset {
        guard let found = try trackedRows(of: user).offset(id),
            portfolio ?? found.portfolio == found.portfolio
        else { throw TrackingRefusal.notFound }
        return found
    }

    /// States balances that no account shows; they are corrections in the journal.
    ///
    /// Blocks.
    ///
    /// - Throws: `TrackingRefusal`, `KeyRefusal`, `StorageError`.
    public func addTrackedOffset<Answer: Sendable>(
        in portfolio: PortfolioID,
        of user: UserID,
        title: String,
        balances: [StatedBalance],
        source: String? = nil,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (TrackedOffset) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        _ = try trackedPortfolio(portfolio, of: user)
        let limits = trackingLimits
        if let problem = limits.problem(withTitle: title) { throw TrackingRefusal.invalid([problem]) }
        let stated = try limits.amounts(balances, try books.snapshot(of: user).registry)
        return try refusingOverflow {
            try entering(of: user, claim, answer, kept) { transaction, snapshot, rows in
                let known = try TrackedRows(transaction.connection, snapshot)
                guard known.portfolio(portfolio) != nil else { throw TrackingRefusal.notFound }
                guard known.count(ofKind: AccountKind.offset) < limits.offsetsMax else {
                    throw TrackingRefusal.tooMany("offsets", limit: limits.offsetsMax)
                }
                let account = try transaction.addAccount(
                    of: user,
                    in: portfolio,
                    kind: AccountKind.offset,
                    venue: "",
                    title: title,
                    source: source
                )
                rows.accounts.append(account)
                try Workspace.state(stated, account: account.id, title: title, transaction, &rows)
                return try Workspace.offset(account.id, transaction, snapshot)
            }
        }
    }

    /// Changes the title of an offset, or all of its balances; one that is given no longer is zero.
    ///
    /// Blocks.
    ///
    /// - Throws: `TrackingRefusal`, `KeyRefusal`, `StorageError`.
    public func changeTrackedOffset<Answer: Sendable>(
        _ id: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID,
        title: String? = nil,
        balances: [StatedBalance]? = nil,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (TrackedOffset) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        let before = try trackedOffset(id, in: portfolio, of: user)
        let limits = trackingLimits
        if let title, let problem = limits.problem(withTitle: title) {
            throw TrackingRefusal.invalid([problem])
        }
        let registry = try books.snapshot(of: user).registry
        let stated = try balances.map { try limits.amounts($0, registry) }
        return try refusingOverflow {
            try entering(of: user, claim, answer, kept) { transaction, snapshot, rows in
                // It may have gone since.
                _ = try Workspace.offset(id, transaction, snapshot)
                if let title { try transaction.titleAccount(id, title) }
                if let stated {
                    let title = title ?? before.title
                    try Workspace.state(stated, account: id, title: title, transaction, &rows)
                    try transaction.touchAccount(id)
                }
                return try Workspace.offset(id, transaction, snapshot)
            }
        }
    }

    /// Deletes an offset; its corrections no longer count, and the answer tells of what was there.
    ///
    /// Blocks; reads the user's whole journal.
    ///
    /// - Throws: `TrackingRefusal`, `KeyRefusal`, `StorageError`.
    public func deleteTrackedOffset<Answer: Sendable>(
        _ id: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (TrackedOffset) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        try takingBack(
            of: user,
            reason: "offset \(id.raw) was deleted",
            claim,
            answer,
            kept,
            accounts: { rows in
                guard let found = rows.offset(id), portfolio ?? found.portfolio == found.portfolio else {
                    throw TrackingRefusal.notFound
                }
                return [id]
            },
            change: { transaction, snapshot in
                let before = try Workspace.offset(id, transaction, snapshot)
                return (before, { try transaction.deleteAccount(id, of: user) })
            }
        )
    }

    // MARK: What they share

    private static func offset(
        _ id: AccountID,
        _ transaction: WriteTransaction,
        _ snapshot: UserSnapshot
    ) throws -> TrackedOffset {
        let rows = try TrackedRows(transaction.connection, snapshot)
        guard let found = rows.offset(id) else { throw TrackingRefusal.notFound }
        return found
    }

    /// Leads an offset from what is stated now to what is to be stated, by corrections now.
    private static func state(
        _ stated: [AssetAmount],
        account: AccountID,
        title: String,
        _ transaction: WriteTransaction,
        _ rows: inout EnteredRows
    ) throws {
        var before: [AssetID: Amount] = [:]
        for old in try transaction.connection.offsetBalances(of: account) { before[old.asset] = old.balance }
        var targets: [AssetID: Amount] = before.mapValues { _ in .zero }
        for balance in stated { targets[balance.asset] = balance.amount }
        var corrections: [ImportRow] = []
        for (asset, target) in targets.sorted(by: { $0.key < $1.key }) {
            let delta = try target.subtracting(before[asset] ?? .zero)
            guard !delta.isZero else { continue }
            let leg = Leg(amount: delta.magnitude, asset: asset, account: account)
            let entry = Entry(
                id: EntryID(raw: 0),
                time: transaction.time,
                kind: delta.isNegative ? .correctionOut : .correctionIn,
                incoming: delta.isNegative ? nil : leg,
                outgoing: delta.isNegative ? leg : nil
            )
            // Going there and back within one instant must not look like the same entry again.
            let texts = EntryTexts(
                reference: "offset \(account.raw) \(SecureRandom.uuid())",
                comment: title
            )
            corrections.append(ImportRow(entry: entry, texts: texts))
        }
        try rows.enter(corrections, format: offsetFormat, name: "offset \(account.raw)", transaction)
        try transaction.setOffset(account, stated)
    }

    /// Says in words that a stated balance is too large for the ledger.
    private func refusingOverflow<Value>(_ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch MoneyError.overflow {
            throw TrackingRefusal.invalid([
                "a balance is too large: all amounts of one currency in the ledger together stay below 10^20"
            ])
        }
    }
}

extension TrackingLimits {
    /// What is stated by asset; each currency once.
    ///
    /// - Throws: `TrackingRefusal`.
    func amounts(
        _ balances: [StatedBalance],
        _ registry: AssetRegistry
    ) throws(TrackingRefusal) -> [AssetAmount] {
        guard balances.count <= balancesPerOffsetMax else {
            throw .tooMany("currencies in one offset", limit: balancesPerOffsetMax)
        }
        var seen: Set<AssetID> = []
        var amounts: [AssetAmount] = []
        var problems: [String] = []
        for stated in balances {
            guard let normal = AssetCode.normalize(stated.code), let asset = registry.asset(code: normal)
            else { throw .unknownCurrency(stated.code) }
            if seen.insert(asset.id).inserted {
                amounts.append(AssetAmount(amount: stated.balance, asset: asset.id))
            } else {
                problems.append("balances name \(asset.code) more than once")
            }
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        return amounts
    }
}
