/// The rate that the operator gave a user or a client in place of the usual one.
public struct Quota: Hashable, Sendable {
    /// Requests that refill each second.
    public let requestsPerSecond: Int
    /// Requests at once.
    public let burst: Int

    /// A quota from its parts.
    public init(requestsPerSecond: Int, burst: Int) {
        self.requestsPerSecond = requestsPerSecond
        self.burst = burst
    }
}

/// Who has a quota.
public enum QuotaHolder: Hashable, Sendable {
    /// All credentials of a user together.
    case user(UserID)
    /// All tokens of a client together, whoever gave them.
    case client(ClientID)

    fileprivate var columns: (user: SQLValue, client: SQLValue) {
        switch self {
        case .user(let id): (.integer(id.raw), .null)
        case .client(let id): (.null, .integer(id.raw))
        }
    }
}

extension WriteTransaction {
    /// Gives a holder a quota, or takes it away.
    public func setQuota(_ quota: Quota?, of holder: QuotaHolder) throws(StorageError) {
        let columns = holder.columns
        try connection.run(
            "DELETE FROM quotas WHERE user IS ? AND client IS ?",
            [columns.user, columns.client]
        )
        guard let quota else { return }
        try connection.run(
            "INSERT INTO quotas (user, client, requests_per_second, burst) VALUES (?, ?, ?, ?)",
            [
                columns.user, columns.client, .integer(Int64(quota.requestsPerSecond)),
                .integer(Int64(quota.burst)),
            ]
        )
    }
}

extension Connection {
    /// The quota of a holder, or nil.
    public func quota(of holder: QuotaHolder) throws(StorageError) -> Quota? {
        let columns = holder.columns
        return try first(
            "SELECT requests_per_second, burst FROM quotas WHERE user IS ? AND client IS ?",
            [columns.user, columns.client]
        ) { Quota(requestsPerSecond: Int($0.integer(0)), burst: Int($0.integer(1))) }
    }

    /// All quotas: those of users, then those of clients, each by number.
    public func quotas() throws(StorageError) -> [(holder: QuotaHolder, quota: Quota)] {
        try rows(
            """
            SELECT user, client, requests_per_second, burst FROM quotas
            ORDER BY user IS NULL, user, client
            """
        ) { row in
            let holder: QuotaHolder =
                row.optionalInteger(0).map { .user(UserID(raw: $0)) }
                ?? .client(ClientID(raw: row.integer(1)))
            return (holder, Quota(requestsPerSecond: Int(row.integer(2)), burst: Int(row.integer(3))))
        }
    }
}
