public import Money
public import Storage
public import Time

/// What bringing a user's data up to date came to.
public struct RefreshOutcome: Sendable {
    /// When values were taken.
    public let time: Timestamp
    /// What everything is worth then, in USD.
    public let total: Amount
    /// What could not be read, in words without secrets; empty when all went well.
    public let errors: [String]
}

extension Workspace {
    /// Reads a user's connected venues, tracked addresses and due prices, and keeps what each portfolio is worth then.
    ///
    /// Blocks, for long where there is much to read. What cannot be read is told and keeps nothing from being recorded.
    /// The values are kept in one commit with the answer that tells of them.
    ///
    /// - Throws: `KeyRefusal`, `StorageError`, `MoneyError.overflow`.
    public func refresh(
        of user: UserID,
        claim: IdempotencyClaim? = nil,
        answer: (RefreshOutcome) -> KeptAnswer
    ) throws -> KeptAnswer {
        try holding(claim, of: user) {
            var errors: [String] = []
            if try !connections(of: user).isEmpty {
                errors += try syncConnections(of: user).allErrors
            }
            errors += try addressErrors(of: user)
            errors += try duePriceErrors()
            return try recordSnapshots(of: user, claim: claim) { total, time in
                answer(RefreshOutcome(time: time, total: total, errors: errors))
            }
        }
    }

    /// Reads tracked addresses, as many as one round of a server does; what went wrong.
    ///
    /// Nothing is said of those that nobody is asked about, since their owner wants it so.
    private func addressErrors(of user: UserID) throws -> [String] {
        guard !configuration.chains.urls.isEmpty else { return [] }
        let addresses = try refreshAddresses(of: user, limit: configuration.chains.addressesPerRound)
        return addresses.compactMap { address in
            guard isPolled(address), let words = address.latestError else { return nil }
            return "\(address.title): \(words)"
        }
    }

    /// Fetches the prices that are due; what went wrong.
    private func duePriceErrors() throws -> [String] {
        do {
            return try fetchDuePrices().results.compactMap { result in
                result.error.map { "\(result.source), \(result.base) in \(result.quote): \($0)" }
            }
        } catch let error as PriceServiceError {
            return [error.description]
        }
    }
}

extension SyncOutcome {
    /// Everything that went wrong, in the order of the connections.
    fileprivate var allErrors: [String] { errors + connections.flatMap(\.errors) }
}
