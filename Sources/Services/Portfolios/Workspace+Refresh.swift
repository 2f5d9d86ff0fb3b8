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
    /// Reads a user's connected venues and due prices, and keeps what each portfolio is worth then.
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
            return try recordSnapshots(of: user, claim: claim) { total, time in
                answer(RefreshOutcome(time: time, total: total, errors: errors))
            }
        }
    }
}

extension SyncOutcome {
    /// Everything that went wrong, in the order of the connections.
    fileprivate var allErrors: [String] { errors + connections.flatMap(\.errors) }
}
