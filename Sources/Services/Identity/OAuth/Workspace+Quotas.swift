public import Storage

/// A quota with who has it.
public struct QuotaInfo: Hashable, Sendable {
    /// The user; nil when a client has it.
    public let user: UserInfo?
    /// The client; nil when a user has it.
    public let client: OAuthClientInfo?
    /// The rate.
    public let quota: Quota

    /// Requests that refill each second.
    public var requestsPerSecond: Int { quota.requestsPerSecond }
    /// Requests at once.
    public var burst: Int { quota.burst }
}

/// Who has a quota: all credentials of a user together, or all tokens of a client.
public typealias QuotaHolder = Storage.QuotaHolder

extension Workspace {
    /// Gives a user or a client a rate in place of the usual one, or takes it away; it holds from the next request.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError.badQuota`, `StorageError`.
    public func setQuota(_ quota: Quota?, of holder: QuotaHolder) throws {
        if let quota {
            guard OAuthLimits.quotaRange.contains(quota.requestsPerSecond),
                OAuthLimits.quotaRange.contains(quota.burst)
            else { throw WorkspaceError.badQuota }
        }
        try database.writeAndWait { transaction in try transaction.setQuota(quota, of: holder) }
        sessions.forget()
    }

    /// Gives a user a rate for all credentials together; see `setQuota`.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError.badQuota`, `StorageError`.
    public func setQuota(requestsPerSecond: Int, burst: Int, ofUser user: UserInfo) throws {
        try setQuota(Quota(requestsPerSecond: requestsPerSecond, burst: burst), of: .user(user.id))
    }

    /// Gives a client a rate for all its tokens together; see `setQuota`.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError.badQuota`, `StorageError`.
    public func setQuota(requestsPerSecond: Int, burst: Int, ofClient client: OAuthClientInfo) throws {
        try setQuota(Quota(requestsPerSecond: requestsPerSecond, burst: burst), of: .client(client.id))
    }

    /// Takes a user's quota away; false when there was none.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func unsetQuota(ofUser user: UserInfo) throws -> Bool {
        guard try quota(of: .user(user.id)) != nil else { return false }
        try setQuota(nil, of: .user(user.id))
        return true
    }

    /// Takes a client's quota away; false when there was none.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func unsetQuota(ofClient client: OAuthClientInfo) throws -> Bool {
        guard try quota(of: .client(client.id)) != nil else { return false }
        try setQuota(nil, of: .client(client.id))
        return true
    }

    /// The quota of a user or a client; nil when the usual rate holds.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func quota(of holder: QuotaHolder) throws -> Quota? {
        try database.read { connection throws(StorageError) in try connection.quota(of: holder) }
    }

    /// All quotas: those of users, then those of clients.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func quotas() throws -> [QuotaInfo] {
        try database.read { connection throws(StorageError) -> [QuotaInfo] in
            var found: [QuotaInfo] = []
            for (holder, quota) in try connection.quotas() {
                switch holder {
                case .user(let id):
                    guard let record = try connection.user(id) else { continue }
                    let user = UserInfo(record, hasPassword: try connection.passwordHash(of: id) != nil)
                    found.append(QuotaInfo(user: user, client: nil, quota: quota))
                case .client(let id):
                    guard let record = try connection.client(id) else { continue }
                    found.append(QuotaInfo(user: nil, client: OAuthClientInfo(record), quota: quota))
                }
            }
            return found
        }
    }

    /// Lets a client take passwords, or no longer.
    ///
    /// Blocks.
    ///
    /// - Throws: `OAuthRefusal.unknownClient`, `StorageError`.
    @discardableResult
    public func setFirstParty(_ isFirstParty: Bool, of publicID: String) throws -> OAuthClientInfo {
        let record = try database.writeAndWait { transaction -> ClientRecord? in
            guard let client = try transaction.connection.client(publicID: publicID) else {
                throw OAuthRefusal.unknownClient(publicID)
            }
            _ = try transaction.setFirstParty(isFirstParty, of: client.id)
            return try transaction.connection.client(client.id)
        }
        guard let record else { throw OAuthRefusal.unknownClient(publicID) }
        return OAuthClientInfo(record)
    }
}
