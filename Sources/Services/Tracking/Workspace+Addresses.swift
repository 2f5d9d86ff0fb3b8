import Chains
public import Ledger
import Money
public import Storage

/// What a text is as an address of a currency.
private struct CheckedAddress: Sendable {
    let text: String
    /// The chain in lower case; empty when none is known.
    let venue: String
    let isInvalid: Bool
    /// What is wrong or odd about it, in words.
    let error: String?

    /// Checks a text without asking anybody.
    ///
    /// - Throws: `TrackingRefusal.invalid` for what must not be kept, such as a private key, and for a currency without
    ///   addresses.
    init(_ text: String, of asset: Asset, _ registry: AssetRegistry) throws(TrackingRefusal) {
        let outcome = AddressCheck.check(text, currency: asset.code, registry: registry)
        if let words = outcome.words, CheckedAddress.mustNotBeKept(outcome) { throw .invalid([words]) }
        self.text = CheckedAddress.trimmed(text)
        venue = ChainAsset(code: asset.code, registry: registry)?.chain.title.lowercased() ?? ""
        isInvalid = outcome.isInvalid
        error = outcome.words
    }

    private static func trimmed(_ text: String) -> String {
        let blanks = Set(" \t\r\n".unicodeScalars)
        var scalars = Substring(text).unicodeScalars
        while let first = scalars.first, blanks.contains(first) { scalars.removeFirst() }
        while let last = scalars.last, blanks.contains(last) { scalars.removeLast() }
        return String(scalars)
    }

    private static func mustNotBeKept(_ outcome: AddressOutcome) -> Bool {
        switch outcome {
        case .noAddress(.empty), .noAddress(.tooLong), .noAddress(.privateKey), .noAddress(.extendedKey),
            .noAddress(.digits(64)), .notChecked(.noChain):
            true
        default: false
        }
    }
}

extension Workspace {
    /// One of a user's addresses.
    ///
    /// Blocks. `portfolio` is the one it must be in, where that matters.
    ///
    /// - Throws: `TrackingRefusal.notFound`, `StorageError`.
    public func trackedAddress(
        _ id: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID
    ) throws -> TrackedAddress {
        guard let found = try trackedRows(of: user).address(id),
            portfolio ?? found.portfolio == found.portfolio
        else { throw TrackingRefusal.notFound }
        return found
    }

    /// Adds an address to a portfolio; it is read in the background.
    ///
    /// Blocks; asks nobody. One with a slip or of another network is kept with what is wrong about it and never read. Without
    /// a title it is called as it is written.
    ///
    /// - Throws: `TrackingRefusal`, also for a private key, which is not kept, `KeyRefusal`, `StorageError`.
    public func addTrackedAddress<Answer: Sendable>(
        in portfolio: PortfolioID,
        of user: UserID,
        title: String? = nil,
        address: String,
        currency code: String,
        source: String? = nil,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (TrackedAddress) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        _ = try trackedPortfolio(portfolio, of: user)
        let limits = trackingLimits
        let registry = try books.snapshot(of: user).registry
        guard let normal = AssetCode.normalize(code), let asset = registry.asset(code: normal) else {
            throw TrackingRefusal.unknownCurrency(code)
        }
        let checked = try CheckedAddress(address, of: asset, registry)
        let title = title ?? String(checked.text.prefix(limits.titleCharactersMax))
        if let problem = limits.problem(withTitle: title) { throw TrackingRefusal.invalid([problem]) }
        return try entering(of: user, claim, answer, kept) { transaction, snapshot, rows in
            let known = try TrackedRows(transaction.connection, snapshot)
            guard known.portfolio(portfolio) != nil else { throw TrackingRefusal.notFound }
            guard known.count(ofKind: AccountKind.address) < limits.addressesMax else {
                throw TrackingRefusal.tooMany("addresses", limit: limits.addressesMax)
            }
            let account = try transaction.addAccount(
                of: user,
                in: portfolio,
                kind: AccountKind.address,
                venue: checked.venue,
                title: title,
                source: source
            )
            rows.accounts.append(account)
            try transaction.setAddress(
                account.id,
                of: user,
                asset: asset.id,
                address: checked.text,
                isInvalid: checked.isInvalid,
                error: checked.error
            )
            return try Workspace.address(account.id, transaction, snapshot)
        }
    }

    /// Changes the title of an address, or the address itself: then the old one's history is taken back and the new one's
    /// is read from the beginning.
    ///
    /// One that is none of its chain takes nothing back: what is known stays visible, until another good one is given; with
    /// the last good one it goes on as if nothing had been.
    ///
    /// Blocks; for another address it reads the user's whole journal.
    ///
    /// - Throws: as `addTrackedAddress`.
    public func changeTrackedAddress<Answer: Sendable>(
        _ id: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID,
        title: String? = nil,
        address: String? = nil,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (TrackedAddress) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        let before = try trackedAddress(id, in: portfolio, of: user)
        if let title, let problem = trackingLimits.problem(withTitle: title) {
            throw TrackingRefusal.invalid([problem])
        }
        let registry = try books.snapshot(of: user).registry
        let checked = try address.map { try CheckedAddress($0, of: before.currency, registry) }
        guard let checked, checked.text != before.address else {
            return try tracking(of: user, claim, answer, kept) { transaction, snapshot in
                // It may have gone since.
                _ = try Workspace.address(id, transaction, snapshot)
                if let title { try transaction.titleAccount(id, title) }
                return try Workspace.address(id, transaction, snapshot)
            }
        }
        let record = try database.read { connection throws(StorageError) in
            try connection.address(of: id)
        }
        let isReturn = record.map { Workspace.isReturn(to: checked, from: $0) } ?? false
        if checked.isInvalid || isReturn {
            return try tracking(of: user, claim, answer, kept) { transaction, snapshot in
                _ = try Workspace.address(id, transaction, snapshot)
                guard let record = try transaction.connection.address(of: id),
                    checked.isInvalid || Workspace.isReturn(to: checked, from: record)
                else {
                    throw StorageError(.busy, operation: "changing an address", detail: "it is changing")
                }
                if let title { try transaction.titleAccount(id, title) }
                try transaction.touchAccount(id)
                try transaction.renameAddress(
                    id,
                    address: checked.text,
                    isInvalid: checked.isInvalid,
                    error: checked.error,
                    progress: checked.isInvalid
                        ? Workspace.setAside(record) : SetAsideProgress(record.progress)?.progress ?? ""
                )
                return try Workspace.address(id, transaction, snapshot)
            }
        }
        return try takingBack(
            of: user,
            reason: "address \(id.raw) was replaced by another",
            claim,
            { (view: TrackedAddress) in answer(view) },
            kept,
            accounts: { rows in
                guard rows.address(id) != nil else { throw TrackingRefusal.notFound }
                return [id]
            },
            change: { transaction, snapshot in
                _ = try Workspace.address(id, transaction, snapshot)
                if let title { try transaction.titleAccount(id, title) }
                try transaction.touchAccount(id)
                try transaction.setAddress(
                    id,
                    of: user,
                    asset: before.currency.id,
                    address: checked.text,
                    isInvalid: checked.isInvalid,
                    error: checked.error
                )
                return (try Workspace.address(id, transaction, snapshot), {})
            }
        )
    }

    /// Whether an account whose address is none of its chain gets back the one that its history is of.
    private static func isReturn(to checked: CheckedAddress, from record: AddressRecord) -> Bool {
        record.isInvalid && !checked.isInvalid && SetAsideProgress(record.progress)?.address == checked.text
    }

    /// How far the last good address was read, as it is kept beside one that is none.
    private static func setAside(_ record: AddressRecord) -> String {
        record.isInvalid
            ? record.progress : SetAsideProgress(address: record.address, progress: record.progress).text
    }

    /// Deletes an address; its entries no longer count, and the answer tells of what was there.
    ///
    /// Blocks; reads the user's whole journal.
    ///
    /// - Throws: `TrackingRefusal`, `KeyRefusal`, `StorageError`.
    public func deleteTrackedAddress<Answer: Sendable>(
        _ id: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (TrackedAddress) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        try takingBack(
            of: user,
            reason: "address \(id.raw) was deleted",
            claim,
            answer,
            kept,
            accounts: { rows in
                guard let found = rows.address(id), portfolio ?? found.portfolio == found.portfolio else {
                    throw TrackingRefusal.notFound
                }
                return [id]
            },
            change: { transaction, snapshot in
                let before = try Workspace.address(id, transaction, snapshot)
                return (before, { try transaction.deleteAccount(id, of: user) })
            }
        )
    }

    private static func address(
        _ id: AccountID,
        _ transaction: WriteTransaction,
        _ snapshot: UserSnapshot
    ) throws -> TrackedAddress {
        let rows = try TrackedRows(transaction.connection, snapshot)
        guard let found = rows.address(id) else { throw TrackingRefusal.notFound }
        return found
    }
}
