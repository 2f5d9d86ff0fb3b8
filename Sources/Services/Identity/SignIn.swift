public import Crypto
public import Storage
public import Time

/// How long the tokens of a sign-in live.
public struct SignInSettings: Hashable, Sendable {
    /// Seconds until an access token ends.
    public var accessSeconds: Int64 = 900
    /// Seconds until a refresh token that nobody uses ends.
    public var refreshIdleSeconds: Int64 = 30 * 86_400
    /// Seconds from the sign-in until it ends, however often it is refreshed.
    public var refreshTotalSeconds: Int64 = 90 * 86_400

    /// The usual settings: a quarter of an hour, 30 days, 90 days.
    public init() {}
}

/// The tokens that a sign-in gives, shown only now.
public struct SignInSession: Sendable {
    /// The token for requests.
    public let accessToken: String
    /// The token that gets the next pair, once.
    public let refreshToken: String
    /// When the access token ends.
    public let expires: Timestamp
}

/// A user with the tokens of a sign-in.
public struct SignedIn: Sendable {
    /// The user.
    public let user: UserInfo
    /// The tokens.
    public let session: SignInSession
}

/// Why nobody is signed in: said without telling whether there is such a user.
public enum SignInRefusal: Error, Hashable, Sendable {
    /// No user has this address and password.
    case wrongPassword
    /// The refresh token is unknown, over, or was used before.
    case badToken
}

extension Workspace {
    /// What refresh tokens begin with.
    static let refreshPrefix = "cfr"

    /// The kinds of credential that the two tokens of a sign-in are.
    static let accessKind = "bitcain.access"
    static let refreshKind = "bitcain.refresh"

    /// Signs a user in by e-mail and password.
    ///
    /// Blocks for the password's hash, which is computed for unknown users as well, so that both take one time. A hash
    /// made at another cost than the present one is made again.
    ///
    /// - Throws: `SignInRefusal.wrongPassword`, `StorageError`.
    public func signIn(email: String, password: Secret) throws -> SignedIn {
        let proof = try prove(password) { connection throws(StorageError) in
            try connection.user(email: email)
        }
        let made = SignInPair()
        let settings = configuration.signIn
        let expires = try database.writeAndWait { transaction in
            try proof.confirm(transaction)
            return try transaction.add(
                made,
                of: proof.user.id,
                family: SecureRandom.uuid(),
                settings,
                end: transaction.time.advanced(bySeconds: settings.refreshTotalSeconds)
            )
        }
        return SignedIn(user: UserInfo(proof.user, hasPassword: true), session: made.session(expires))
    }

    /// Finds the user whose password this is among those that `find` looks up.
    ///
    /// Blocks for the password's hash, which is computed for unknown users as well, so that both take one time.
    ///
    /// - Throws: `SignInRefusal.wrongPassword`, `StorageError`.
    func prove(
        _ password: Secret,
        of find: (Connection) throws(StorageError) -> UserRecord?
    ) throws -> PasswordProof {
        let found = try database.read { connection throws(StorageError) -> (UserRecord, String)? in
            guard let user = try find(connection),
                let hash = try connection.passwordHash(of: user.id)
            else { return nil }
            return (user, hash)
        }
        let hash = found?.1 ?? PasswordHash.dummy(cost: configuration.passwordCost)
        let isRight = hashing.run { PasswordHash.verify(password, against: hash) }
        guard let (record, old) = found, isRight else { throw SignInRefusal.wrongPassword }
        var fresh: String?
        if PasswordHash.needsRehash(old, cost: configuration.passwordCost) {
            fresh = try hashing.run { try PasswordHash.hash(password, cost: self.configuration.passwordCost) }
        }
        return PasswordProof(user: record, hash: old, fresh: fresh)
    }

    /// Makes a user and signs them in.
    ///
    /// Blocks for the password's hash.
    ///
    /// - Throws: as `addUser`, `StorageError`.
    public func signUp(email: String, password: Secret) throws -> SignedIn {
        let user = try addUser(email: email, name: email, isAdmin: false, password: password)
        let made = SignInPair()
        let settings = configuration.signIn
        let expires = try database.writeAndWait { transaction in
            try transaction.add(
                made,
                of: user.id,
                family: SecureRandom.uuid(),
                settings,
                end: transaction.time.advanced(bySeconds: settings.refreshTotalSeconds)
            )
        }
        return SignedIn(user: user, session: made.session(expires))
    }

    /// Gives the next pair of tokens for a refresh token, which is over then.
    ///
    /// Blocks. A refresh token that was used before means that somebody has a copy: the whole sign-in ends.
    ///
    /// - Throws: `SignInRefusal.badToken`, `StorageError`.
    public func refresh(_ token: String) throws -> SignedIn {
        guard TokenText.looksRight(token, prefix: Workspace.refreshPrefix) else {
            throw SignInRefusal.badToken
        }
        let hash = TokenText.hash(token)
        let made = SignInPair()
        let settings = configuration.signIn
        let outcome = try database.writeAndWait { transaction in
            try transaction.rotate(hash, to: made, settings)
        }
        switch outcome {
        case .rotated(let user, let expires):
            return SignedIn(user: UserInfo(user, hasPassword: true), session: made.session(expires))
        case .reused(let ended):
            // What the cache holds of the family must not be taken any longer.
            if ended { sessions.forget() }
            throw SignInRefusal.badToken
        case .unknown:
            throw SignInRefusal.badToken
        }
    }

    /// A user by number.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError.unknownUser`, `StorageError`.
    public func user(_ id: UserID) throws -> UserInfo {
        let found = try database.read { connection throws(StorageError) -> UserInfo? in
            guard let record = try connection.user(id) else { return nil }
            return UserInfo(record, hasPassword: try connection.passwordHash(of: id) != nil)
        }
        guard let found else { throw WorkspaceError.unknownUser(String(id.raw)) }
        return found
    }

    /// Removes tokens of sign-ins and grants that are over.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func forgetOldSignIns() throws {
        // A day longer than needed, so that a clock that was set back finds nothing revived.
        let end = now().advanced(bySeconds: -86_400)
        for brief in [Workspace.accessKind, Workspace.grantedKind, Workspace.clientKind] {
            while try database.writeAndWait({ try $0.removeEndedFamilies(brief: brief, before: end) }) > 0 {}
        }
        while try database.writeAndWait({ try $0.removeEmptyGrants(before: end) }) > 0 {}
    }
}

/// A user whose password was right when it was looked at.
struct PasswordProof: Sendable {
    /// The user.
    let user: UserRecord
    /// The hash that the password was compared with.
    let hash: String
    /// The same at the present cost, where the old one was made at another.
    let fresh: String?

    /// Makes sure within the transaction that the password is still the same, and keeps the hash of the present cost.
    ///
    /// It may have been changed, and all sign-ins ended, while it was hashed.
    ///
    /// - Throws: `SignInRefusal.wrongPassword`, `StorageError`.
    func confirm(_ transaction: WriteTransaction) throws {
        if let fresh { _ = try transaction.replacePasswordHash(hash, by: fresh, of: user.id) }
        guard try transaction.connection.passwordHash(of: user.id) == fresh ?? hash else {
            throw SignInRefusal.wrongPassword
        }
    }
}

/// Two fresh tokens, whose digests alone are stored.
private struct SignInPair: Sendable {
    let access = TokenText.make(prefix: Workspace.tokenPrefix)
    let refresh = TokenText.make(prefix: Workspace.refreshPrefix)

    func session(_ expires: Timestamp) -> SignInSession {
        SignInSession(accessToken: access, refreshToken: refresh, expires: expires)
    }
}

/// What came of showing a refresh token.
private enum Rotation: Sendable {
    case rotated(UserRecord, expires: Timestamp)
    case reused(ended: Bool)
    case unknown
}

extension WriteTransaction {
    /// Stores a pair; when its access token ends.
    fileprivate func add(
        _ pair: SignInPair,
        of user: UserID,
        family: String,
        _ settings: SignInSettings,
        end: Timestamp
    ) throws(StorageError) -> Timestamp {
        let expires = min(time.advanced(bySeconds: settings.accessSeconds), end)
        _ = try addCredential(
            CredentialDraft(
                user: user,
                kind: Workspace.accessKind,
                hash: TokenText.hash(pair.access),
                scopes: TokenScope.bitcain.map(\.rawValue),
                expires: expires,
                family: family
            )
        )
        _ = try addCredential(
            CredentialDraft(
                user: user,
                kind: Workspace.refreshKind,
                hash: TokenText.hash(pair.refresh),
                expires: min(time.advanced(bySeconds: settings.refreshIdleSeconds), end),
                family: family
            )
        )
        return expires
    }

    fileprivate func rotate(
        _ hash: Digest256,
        to pair: SignInPair,
        _ settings: SignInSettings
    ) throws(StorageError) -> Rotation {
        guard let old = try connection.credential(hash: hash), old.draft.kind == Workspace.refreshKind,
            let family = old.draft.family, let user = try connection.user(old.draft.user)
        else { return .unknown }
        guard old.revoked == nil else { return .reused(ended: try revokeFamily(family) > 0) }
        guard old.isUsable(at: time), let start = try connection.start(ofFamily: family) else {
            return .unknown
        }
        _ = try revokeCredential(old.id, user: user.id)
        let end = start.advanced(bySeconds: settings.refreshTotalSeconds)
        guard time < end else { return .unknown }
        return .rotated(user, expires: try add(pair, of: user.id, family: family, settings, end: end))
    }
}
