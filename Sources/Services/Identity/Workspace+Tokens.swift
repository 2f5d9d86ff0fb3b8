import Crypto
public import Storage
import Synchronization
public import Time

/// What a credential allows; which words a dialect knows is its own matter.
public enum TokenScope: String, Hashable, Sendable, CaseIterable {
    /// Reading the owner's data.
    case read
    /// Changing it.
    case write
    /// Removing parts of it.
    case delete
    /// All of these, and managing users where the owner may.
    case admin
    /// Reading the owner's name and address.
    case info
    /// Reading what is public.
    case `public`
    /// Placing and taking back orders.
    case trade
    /// Sending money out.
    case withdraw

    /// What bitcain's tokens can allow.
    public static let bitcain: [TokenScope] = [.read, .write]
}

/// A token as it is listed: never its text.
public struct TokenInfo: Hashable, Sendable {
    /// The number.
    public let id: CredentialID
    /// What it is for.
    public let label: String
    /// What it allows.
    public let scopes: [TokenScope]
    /// When it was made.
    public let created: Timestamp
    /// When it ends by itself.
    public let expires: Timestamp?
    /// When it was last used, to the minute.
    public let lastUsed: Timestamp?
    /// When it was revoked.
    public let revoked: Timestamp?

    init(_ record: CredentialRecord) {
        id = record.id
        label = record.draft.label
        scopes = record.draft.scopes.compactMap { TokenScope(rawValue: $0) }
        created = record.created
        expires = record.draft.expires
        lastUsed = record.lastUsed
        revoked = record.revoked
    }
}

/// A token that was just made, with its text, which is shown only now.
public struct NewToken: Sendable {
    /// How it is listed.
    public let info: TokenInfo
    /// The token.
    public let text: String
}

/// Who asks, and what they may do.
public struct Principal: Hashable, Sendable {
    /// The user.
    public let user: UserID
    /// The user's identity outside.
    public let uuid: String
    /// The credential that was shown.
    public let credential: CredentialID
    /// The API that it opens.
    public let dialect: Dialect
    /// The word for its sort, such as `bitcain.token`.
    public let kind: String
    /// What it came out of, such as one sign-in or one grant; nil when it stands alone.
    public let family: String?
    /// What it allows.
    public let scopes: Set<TokenScope>
    /// What the user may do.
    public let role: UserRole
    /// The OAuth client that the token was given to; nil where there is none.
    public let client: ClientID?
    /// The rates that are counted for each request, none of which may be used up.
    public let rates: [RateShare]
    let expires: Timestamp?

    /// Whether the user administers this server.
    public var isOperator: Bool { role == .owner || role == .admin }

    /// Whether an OAuth client stands for itself here: only what is public and, for enterprises, their users is open to it.
    public var isClient: Bool { kind == Workspace.clientKind }

    /// The credential's number, for logs and rates.
    public var credentialNumber: Int64 { credential.raw }
}

/// What looking at a token came to without reading the database.
public enum TokenCheck: Sendable {
    /// The token is good.
    case ready(Principal)
    /// The text is no token, or the token is over.
    case refused
    /// The token has not been seen since the start; the database must be asked.
    case notLoaded
}

extension Workspace {
    /// What bitcain's tokens begin with, so that scanners for leaked secrets find them.
    static let tokenPrefix = "cfb"

    /// The kind of credential that bitcain's tokens are.
    static let tokenKind = "bitcain.token"

    /// Makes a bitcain token.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func createToken(
        for user: UserID,
        label: String,
        scopes: [TokenScope],
        days: Int
    ) throws -> NewToken {
        let text = TokenText.make(prefix: Workspace.tokenPrefix)
        let draft = CredentialDraft(
            user: user,
            kind: Workspace.tokenKind,
            label: label,
            hash: TokenText.hash(text),
            scopes: scopes.map(\.rawValue),
            expires: now().advanced(bySeconds: Int64(days) * 86_400)
        )
        let id = try database.writeAndWait { transaction in try transaction.addCredential(draft) }
        guard let info = try tokens(of: user).first(where: { $0.id == id }) else {
            preconditionFailure("a token that was just made is there")
        }
        return NewToken(info: info, text: text)
    }

    /// A user's bitcain tokens, those revoked too.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func tokens(of user: UserID) throws -> [TokenInfo] {
        try database.read { connection throws(StorageError) in try connection.credentials(of: user) }
            .filter { $0.draft.kind == Workspace.tokenKind }
            .map(TokenInfo.init)
    }

    /// Ends a token of a user at once.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError.unknownToken`, `StorageError`.
    public func revokeToken(_ number: String, of user: UserID) throws {
        guard let raw = Int64(number), try tokens(of: user).contains(where: { $0.id.raw == raw }) else {
            throw WorkspaceError.unknownToken(number)
        }
        _ = try database.writeAndWait { transaction in
            try transaction.revokeCredential(CredentialID(raw: raw), user: user)
        }
        sessions.forget()
    }

    /// Whether a text that was shown is a secret, in a time that does not depend on how much of it is right.
    public static func isSame(_ shown: ArraySlice<UInt8>?, as secret: String) -> Bool {
        ConstantTime.equal(Digest.sha256(Array(shown ?? [])).bytes, Digest.sha256(Array(secret.utf8)).bytes)
    }

    /// Who a token stands for in a dialect, as far as that is known without reading the database; never blocks.
    public func authenticate(token: ArraySlice<UInt8>, for dialect: Dialect) -> TokenCheck {
        let hash = Digest.sha256(Array(token))
        guard let principal = sessions.principal(hash) else {
            return dialect.mayTake(String(decoding: token, as: UTF8.self)) ? .notLoaded : .refused
        }
        guard principal.dialect == dialect else { return .refused }
        if let expires = principal.expires, expires <= now() { return .refused }
        sessions.touch(principal.credential)
        return .ready(principal)
    }

    /// Who a token stands for in a dialect; nil when it is unknown there or over.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func loadPrincipal(token: ArraySlice<UInt8>, for dialect: Dialect) throws -> Principal? {
        let hash = TokenText.hash(String(decoding: token, as: UTF8.self))
        let generation = sessions.generation
        let time = now()
        let found = try database.read { connection throws(StorageError) -> Principal? in
            guard let credential = try connection.credential(hash: hash), credential.isUsable(at: time),
                dialect.kinds.contains(where: { $0.name == credential.draft.kind })
            else { return nil }
            return try connection.principal(of: credential, dialect)
        }
        guard let principal = found else { return nil }
        sessions.keep(principal, hash: hash, generation: generation)
        sessions.touch(principal.credential)
        return principal
    }

    /// Writes down when tokens were last used; called once a minute and at the end.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func saveLastUses() throws {
        let uses = sessions.takeUses()
        guard !uses.isEmpty, access == .writing else { return }
        try database.writeAndWait { transaction in try transaction.noteUse(of: uses) }
    }
}

/// A rate that requests are counted for.
public struct RateShare: Hashable, Sendable {
    /// Who shares it, such as `token:7` or `client:3`.
    public let key: String
    /// The rate that the operator gave; nil for the usual one.
    public let quota: Quota?

    /// Requests that refill each second and requests at once, where the operator gave a rate.
    public var rate: (perSecond: Int, burst: Int)? {
        quota.map { ($0.requestsPerSecond, $0.burst) }
    }
}

extension Connection {
    /// Who a credential stands for; nil when the user, the grant or its client is gone.
    fileprivate func principal(
        of credential: CredentialRecord,
        _ dialect: Dialect
    ) throws(StorageError) -> Principal? {
        guard let user = try user(credential.draft.user) else { return nil }
        var client: ClientID?
        if [Workspace.grantedKind, Workspace.clientKind].contains(credential.draft.kind) {
            guard let family = credential.draft.family, let grant = try grant(family), grant.revoked == nil,
                try self.client(grant.draft.client) != nil
            else { return nil }
            client = grant.draft.client
        }
        // What the operator set holds for all credentials of the user, or tokens of the client, together.
        var rates: [RateShare] = []
        if let quota = try quota(of: .user(user.id)) {
            rates.append(RateShare(key: "user:\(user.id.raw)", quota: quota))
        }
        if let client, let quota = try quota(of: .client(client)) {
            rates.append(RateShare(key: "client:\(client.raw)", quota: quota))
        }
        if rates.isEmpty { rates.append(RateShare(key: "token:\(credential.id.raw)", quota: nil)) }
        return Principal(
            user: user.id,
            uuid: user.uuid,
            credential: credential.id,
            dialect: dialect,
            kind: credential.draft.kind,
            family: credential.draft.family,
            scopes: Set(TokenInfo(credential).scopes),
            role: user.role,
            client: client,
            rates: rates,
            expires: credential.draft.expires
        )
    }
}

/// The tokens that were shown since the start, by their hash, so that a request costs one look-up in memory.
final class SessionCache: Sendable {
    private struct State {
        var principals: [Digest256: Principal] = [:]
        var uses: Set<CredentialID> = []
        /// Counts revocations.
        var generation = 0
    }

    /// The most tokens remembered; all are forgotten when one more comes.
    static let tokensMax = 100_000

    private let state = Mutex(State())

    func principal(_ hash: Digest256) -> Principal? {
        state.withLock { $0.principals[hash] }
    }

    /// Read before the database is asked and given back with what it said.
    var generation: Int { state.withLock { $0.generation } }

    /// Remembers a token, unless one was revoked since the database was asked: it may have been this one.
    func keep(_ principal: Principal, hash: Digest256, generation: Int) {
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.principals.count >= SessionCache.tokensMax { state.principals.removeAll() }
            state.principals[hash] = principal
        }
    }

    /// Forgets everything after a revocation: the next use of each token asks the database.
    func forget() {
        state.withLock { state in
            state.principals.removeAll()
            state.generation += 1
        }
    }

    func touch(_ credential: CredentialID) {
        _ = state.withLock { $0.uses.insert(credential) }
    }

    func takeUses() -> [CredentialID] {
        state.withLock { state in
            defer { state.uses = [] }
            return state.uses.sorted()
        }
    }
}
