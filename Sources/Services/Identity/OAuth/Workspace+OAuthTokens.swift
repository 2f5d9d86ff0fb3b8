public import Crypto
public import Time

import Storage

/// The tokens that a grant gives, shown only now.
public struct OAuthTokens: Sendable {
    /// The token for requests.
    public let accessToken: String
    /// The token that gets the next pair, once; nil for a client that stands for itself.
    public let refreshToken: String?
    /// What the access token allows, in the usual order.
    public let scopes: [TokenScope]
    /// When they were made.
    public let created: Timestamp
    /// Seconds that the access token lives.
    public let lifetimeSeconds: Int64
}

/// What a token is, for the client that it was given to.
public struct OAuthTokenState: Sendable {
    /// What it allows, in the usual order.
    public let scopes: [TokenScope]
    /// The client's `client_id`.
    public let clientID: String
    /// The number of the user that it stands for.
    public let userNumber: Int64
    /// The user's identity outside.
    public let uuid: String
    /// The user's address, or name where there is none.
    public let userName: String
    /// Whether it is an access token; else it is one for refreshing.
    public let isAccess: Bool
    /// When it was made.
    public let created: Timestamp
    /// When it ends.
    public let expires: Timestamp
}

extension Workspace {
    /// What access tokens of OAuth begin with, and their kinds: given by a user, and to a client that stands for itself.
    static let grantedPrefix = "cfo"
    static let grantedKind = "cryptfolio.access"
    static let clientKind = "cryptfolio.client"

    /// What refresh tokens of OAuth begin with, and their kind.
    static let renewalPrefix = "cfn"
    static let renewalKind = "cryptfolio.refresh"

    /// Who a client is that names itself, with its secret where it has one.
    ///
    /// Blocks.
    ///
    /// - Throws: `OAuthError` with `invalid_client`, `StorageError`.
    public func authenticateClient(_ publicID: String, secret: Secret?) throws -> OAuthClientInfo {
        let record = try database.read { connection throws(StorageError) in
            try connection.client(publicID: publicID)
        }
        let refusal = OAuthError(.invalidClient, "no client has this client_id and secret")
        guard let record else { throw refusal }
        if let known = record.draft.secret {
            guard let secret else {
                throw OAuthError(.invalidClient, "this client has to authenticate with its secret")
            }
            let shown = secret.withBytes { Digest.sha256($0) }
            guard ConstantTime.equal(shown.bytes, known.bytes) else { throw refusal }
        } else {
            guard secret == nil else { throw refusal }
        }
        return OAuthClientInfo(record)
    }

    /// Gives tokens for a code (RFC 6749 section 4.1.3, RFC 7636 section 4.6); the code is over then.
    ///
    /// Blocks. A code that comes again means that somebody has a copy: all that came of it ends.
    ///
    /// - Throws: `OAuthError`, `StorageError`.
    public func redeemCode(
        _ code: String,
        redirect: String?,
        verifier: String?,
        client: OAuthClientInfo
    ) throws -> OAuthTokens {
        guard TokenText.looksRight(code, prefix: Workspace.codePrefix) else {
            throw OAuthError(.invalidGrant, "the code is wrong or over")
        }
        let hash = TokenText.hash(code)
        let made = OAuthPair(settings: configuration.oauth)
        let outcome = try database.writeAndWait { transaction -> CodeOutcome in
            guard let grant = try transaction.connection.grant(code: hash), grant.draft.client == client.id,
                let asked = grant.draft.code
            else { throw OAuthError(.invalidGrant, "the code is wrong or over") }
            guard grant.codeUsed == nil else {
                return .replayed(ended: try transaction.revokeGrant(grant.draft.family))
            }
            try Workspace.check(asked, redirect: redirect, verifier: verifier)
            guard try transaction.connection.client(client.id) != nil,
                try transaction.connection.user(grant.draft.user) != nil,
                try transaction.useCode(of: grant.draft.family)
            else { throw OAuthError(.invalidGrant, "the code is wrong or over") }
            let scopes = TokenScope.cryptfolio.filter { grant.draft.scopes.contains($0.rawValue) }
            return .tokens(
                try transaction.add(made, grant.draft, scopes: scopes, start: transaction.time)
            )
        }
        switch outcome {
        case .tokens(let tokens): return tokens
        case .replayed(let ended):
            if ended > 0 { sessions.forget() }
            throw OAuthError(.invalidGrant, "the code was used before; all that came of it has ended")
        }
    }

    /// Gives the next pair of tokens for a refresh token (RFC 6749 section 6), which is over then.
    ///
    /// Blocks. The scope may be less than that of the refresh token, never more; the next refresh token keeps it whole.
    /// One that comes again means that somebody has a copy: the whole grant ends.
    ///
    /// - Throws: `OAuthError`, `StorageError`.
    public func refreshGrant(_ token: String, scope: String?, client: OAuthClientInfo) throws -> OAuthTokens {
        guard TokenText.looksRight(token, prefix: Workspace.renewalPrefix) else {
            throw OAuthError(.invalidGrant, "the refresh token is wrong or over")
        }
        let hash = TokenText.hash(token)
        let made = OAuthPair(settings: configuration.oauth)
        let outcome = try database.writeAndWait { transaction in
            try transaction.rotate(hash, to: made, scope: scope, client)
        }
        switch outcome {
        case .tokens(let tokens): return tokens
        case .replayed(let ended):
            if ended > 0 { sessions.forget() }
            throw OAuthError(.invalidGrant, "the refresh token was used before; the whole grant has ended")
        }
    }

    /// Gives tokens for a user's e-mail and password, to a client that the operator lets take them.
    ///
    /// Blocks for the password's hash, which is computed for unknown users as well.
    ///
    /// - Throws: `OAuthError`, `StorageError`.
    public func passwordGrant(
        email: String,
        password: Secret,
        scope: String?,
        client: OAuthClientInfo
    ) throws -> OAuthTokens {
        let scopes = try checkedPasswordScopes(scope, client: client)
        let made = OAuthPair(settings: configuration.oauth)
        do throws(any Error) {
            let proof = try prove(password) { connection throws(StorageError) in
                try connection.user(email: email)
            }
            let (tokens, ended) = try database.writeAndWait { transaction in
                try proof.confirm(transaction)
                guard try transaction.connection.client(client.id)?.isFirstParty == true else {
                    throw Workspace.noPasswords
                }
                let ended = try transaction.makeRoom(proof.user.id, client.id)
                return (try transaction.add(made, .password, proof.user.id, client.id, scopes), ended)
            }
            if ended > 0 { sessions.forget() }
            return tokens
        } catch is SignInRefusal {
            throw OAuthError(.invalidGrant, "no user has this e-mail address and password")
        }
    }

    /// Refuses what a password is not even looked at for: a client that may not take any, a wrong scope.
    ///
    /// - Throws: `OAuthError`.
    @discardableResult
    public func checkedPasswordScopes(
        _ scope: String?,
        client: OAuthClientInfo
    ) throws(OAuthError) -> [TokenScope] {
        guard client.isFirstParty else { throw Workspace.noPasswords }
        return try Workspace.scopes(scope, within: client.scopes)
    }

    /// Gives a token to a client that stands for itself: enterprises reach their users, all others what is public.
    ///
    /// Blocks.
    ///
    /// - Throws: `OAuthError`, `StorageError`.
    public func clientCredentials(scope: String?, client: OAuthClientInfo) throws -> OAuthTokens {
        guard client.isConfidential else {
            throw OAuthError(.unauthorizedClient, "a public client cannot stand for itself")
        }
        let made = OAuthPair(settings: configuration.oauth)
        let (tokens, ended) = try database.writeAndWait { transaction in
            guard let owner = try transaction.connection.user(client.owner) else {
                throw OAuthError(.invalidClient, "no client has this client_id and secret")
            }
            let mayManage = owner.role == .enterprise && client.scopes.contains(.admin)
            let scopes: [TokenScope]
            if scope == nil {
                scopes = mayManage ? [.admin] : [.public]
            } else {
                scopes = try Workspace.scopes(scope, within: mayManage ? [.public, .admin] : [.public])
            }
            let ended = try transaction.makeRoom(owner.id, client.id, kind: .client)
            return (try transaction.add(made, .client, owner.id, client.id, scopes), ended)
        }
        if ended > 0 { sessions.forget() }
        return tokens
    }

    /// Ends a token that was given to the client (RFC 7009); what is unknown or another's is left alone.
    ///
    /// Blocks. A refresh token ends its whole grant.
    ///
    /// - Throws: `StorageError`.
    public func revoke(_ token: String, client: OAuthClientInfo) throws {
        let hash = TokenText.hash(token)
        let isEnded = try database.writeAndWait { transaction -> Bool in
            guard let (record, grant) = try transaction.connection.granted(hash, to: client) else {
                return false
            }
            guard record.draft.kind == Workspace.renewalKind else {
                return try transaction.revokeCredential(record.id, user: record.draft.user)
            }
            return try transaction.revokeGrant(grant.draft.family) > 0
        }
        if isEnded { sessions.forget() }
    }

    /// What a token that was given to the client is (RFC 7662); nil when it is unknown, over or another's.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func introspect(_ token: String, client: OAuthClientInfo) throws -> OAuthTokenState? {
        let hash = TokenText.hash(token)
        let time = now()
        return try database.read { connection throws(StorageError) -> OAuthTokenState? in
            guard let (record, grant) = try connection.granted(hash, to: client), record.isUsable(at: time),
                grant.revoked == nil
            else { return nil }
            return try connection.state(of: record, clientID: client.publicID)
        }
    }

    /// What an access token is, for whoever shows it; nil when it is unknown or over.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func tokenState(token: ArraySlice<UInt8>) throws -> OAuthTokenState? {
        guard let principal = try loadPrincipal(token: token, for: .cryptfolio),
            let client = principal.client
        else { return nil }
        let hash = Digest.sha256(Array(token))
        return try database.read { connection throws(StorageError) -> OAuthTokenState? in
            guard let record = try connection.credential(hash: hash),
                let client = try connection.client(client)
            else { return nil }
            return try connection.state(of: record, clientID: client.draft.publicID)
        }
    }

    private static let noPasswords = OAuthError(
        .unauthorizedClient,
        "this client may not take passwords; the operator of this server can allow it"
    )

    /// Whether a code may be redeemed with what came with it.
    private static func check(
        _ asked: CodeDraft,
        redirect: String?,
        verifier: String?
    ) throws(OAuthError) {
        if let redirect {
            guard redirect.utf8.elementsEqual(asked.redirect.utf8) else {
                throw OAuthError(.invalidGrant, "redirect_uri is not the one that the code was sent to")
            }
        } else if asked.isRedirectGiven {
            throw OAuthError(.invalidGrant, "redirect_uri is missing, and the code was asked for with one")
        }
        switch (asked.challenge, verifier) {
        case (nil, nil): break
        case (nil, _?):
            throw OAuthError(
                .invalidGrant,
                "the code was asked for without code_challenge, so it has no verifier"
            )
        case (_?, nil): throw OAuthError(.invalidGrant, "code_verifier is missing")
        case (let challenge?, let verifier?):
            let digest = Base64URL.encode(Digest.sha256(Array(verifier.utf8)).bytes)
            guard (43...128).contains(verifier.utf8.count),
                ConstantTime.equal(Array(digest.utf8), Array(challenge.utf8))
            else { throw OAuthError(.invalidGrant, "code_verifier does not belong to the code_challenge") }
        }
    }
}

/// Two fresh tokens, whose digests alone are stored.
private struct OAuthPair: Sendable {
    let access = TokenText.make(prefix: Workspace.grantedPrefix)
    let refresh = TokenText.make(prefix: Workspace.renewalPrefix)
    let settings: OAuthSettings
}

/// What came of showing a code or a refresh token that is known.
private enum CodeOutcome: Sendable {
    case tokens(OAuthTokens)
    case replayed(ended: Int)
}

extension Connection {
    /// A token of OAuth that was given to the client, with its grant, whether in force or not.
    fileprivate func granted(
        _ hash: Digest256,
        to client: OAuthClientInfo
    ) throws(StorageError) -> (CredentialRecord, GrantRecord)? {
        let kinds = [Workspace.grantedKind, Workspace.clientKind, Workspace.renewalKind]
        guard let record = try credential(hash: hash), kinds.contains(record.draft.kind),
            let family = record.draft.family, let grant = try grant(family), grant.draft.client == client.id
        else { return nil }
        return (record, grant)
    }

    fileprivate func state(
        of record: CredentialRecord,
        clientID: String
    ) throws(StorageError) -> OAuthTokenState? {
        guard let user = try user(record.draft.user), let expires = record.draft.expires else { return nil }
        return OAuthTokenState(
            scopes: TokenScope.cryptfolio.filter { record.draft.scopes.contains($0.rawValue) },
            clientID: clientID,
            userNumber: user.id.raw,
            uuid: user.uuid,
            userName: user.email ?? user.name,
            isAccess: record.draft.kind != Workspace.renewalKind,
            created: record.created,
            expires: expires
        )
    }
}

extension WriteTransaction {
    /// Stores a grant that has no code, with its tokens.
    fileprivate func add(
        _ pair: OAuthPair,
        _ kind: GrantKind,
        _ user: UserID,
        _ client: ClientID,
        _ scopes: [TokenScope]
    ) throws(StorageError) -> OAuthTokens {
        let draft = GrantDraft(
            family: SecureRandom.uuid(),
            client: client,
            user: user,
            kind: kind.rawValue,
            scopes: scopes.map(\.rawValue)
        )
        try addGrant(draft)
        return try add(pair, draft, scopes: scopes, start: time)
    }

    /// Stores the tokens of a grant; `start` is when its first ones were made.
    fileprivate func add(
        _ pair: OAuthPair,
        _ grant: GrantDraft,
        scopes: [TokenScope],
        renewable: [String]? = nil,
        start: Timestamp
    ) throws(StorageError) -> OAuthTokens {
        let isClient = grant.kind == GrantKind.client.rawValue
        let end = start.advanced(bySeconds: pair.settings.refreshTotalSeconds)
        let expires = min(time.advanced(bySeconds: pair.settings.accessSeconds), end)
        _ = try addCredential(
            CredentialDraft(
                user: grant.user,
                kind: isClient ? Workspace.clientKind : Workspace.grantedKind,
                hash: TokenText.hash(pair.access),
                scopes: scopes.map(\.rawValue),
                expires: expires,
                family: grant.family
            )
        )
        if !isClient {
            _ = try addCredential(
                CredentialDraft(
                    user: grant.user,
                    kind: Workspace.renewalKind,
                    hash: TokenText.hash(pair.refresh),
                    scopes: renewable ?? scopes.map(\.rawValue),
                    expires: min(time.advanced(bySeconds: pair.settings.refreshIdleSeconds), end),
                    family: grant.family
                )
            )
        }
        return OAuthTokens(
            accessToken: pair.access,
            refreshToken: isClient ? nil : pair.refresh,
            scopes: scopes,
            created: time,
            lifetimeSeconds: expires.seconds - time.seconds
        )
    }

    fileprivate func rotate(
        _ hash: Digest256,
        to pair: OAuthPair,
        scope: String?,
        _ client: OAuthClientInfo
    ) throws -> CodeOutcome {
        let refusal = OAuthError(.invalidGrant, "the refresh token is wrong or over")
        guard let (old, grant) = try connection.granted(hash, to: client),
            old.draft.kind == Workspace.renewalKind
        else { throw refusal }
        guard old.revoked == nil else {
            return .replayed(ended: try revokeGrant(grant.draft.family))
        }
        guard old.isUsable(at: time), grant.revoked == nil,
            let start = try connection.start(ofFamily: grant.draft.family),
            let present = try connection.client(client.id), try connection.user(grant.draft.user) != nil,
            time < start.advanced(bySeconds: pair.settings.refreshTotalSeconds)
        else { throw refusal }
        if grant.draft.kind == GrantKind.password.rawValue, !present.isFirstParty { throw refusal }
        // What the client's owner has taken away since is not given again.
        let allowed = TokenScope.cryptfolio.filter {
            old.draft.scopes.contains($0.rawValue) && present.draft.scopes.contains($0.rawValue)
        }
        guard !allowed.isEmpty else {
            throw OAuthError(.invalidScope, "the client may not ask for any of this any more")
        }
        let scopes = try Workspace.scopes(scope, within: allowed)
        _ = try revokeCredential(old.id, user: old.draft.user)
        return .tokens(
            try add(pair, grant.draft, scopes: scopes, renewable: old.draft.scopes, start: start)
        )
    }
}
