import Crypto
public import Storage

extension Workspace {
    /// What the secrets of clients begin with.
    static let clientSecretPrefix = "cfp"

    /// A user's OAuth clients in the order they were made.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func oauthClients(of user: UserID) throws -> [OAuthClientInfo] {
        try database.read { connection throws(StorageError) in try connection.clients(of: user) }
            .map { OAuthClientInfo($0) }
    }

    /// All OAuth clients in the order they were made.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func oauthClients() throws -> [OAuthClientInfo] {
        try database.read { connection throws(StorageError) in try connection.clients() }
            .map { OAuthClientInfo($0) }
    }

    /// The OAuth client that is called so outside; nil when there is none.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func oauthClient(publicID: String) throws -> OAuthClientInfo? {
        try database.read { connection throws(StorageError) in try connection.client(publicID: publicID) }
            .map { OAuthClientInfo($0) }
    }

    /// Registers an OAuth client; its secret is given only now.
    ///
    /// Blocks.
    ///
    /// - Throws: `OAuthRefusal.invalid` or `.tooManyClients`, `StorageError`.
    public func registerClient(
        name: String,
        redirects: [String],
        scopes: [TokenScope],
        isConfidential: Bool,
        of user: UserID
    ) throws -> NewOAuthClient {
        let (name, redirects, scopes) = try Workspace.checkedClient(name, redirects, scopes)
        let secret = isConfidential ? TokenText.make(prefix: Workspace.clientSecretPrefix) : nil
        let draft = ClientDraft(
            user: user,
            publicID: Hex.encode(SecureRandom.bytes(16)),
            name: name,
            secret: secret.map { TokenText.hash($0) },
            scopes: scopes.map(\.rawValue),
            redirects: redirects
        )
        let record = try database.writeAndWait { transaction -> ClientRecord? in
            guard try transaction.connection.clients(of: user).count < OAuthLimits.clientsPerUser else {
                throw OAuthRefusal.tooManyClients(limit: OAuthLimits.clientsPerUser)
            }
            return try transaction.connection.client(try transaction.addClient(draft))
        }
        guard let record else { preconditionFailure("a client that was just made is there") }
        return NewOAuthClient(client: OAuthClientInfo(record), secret: secret)
    }

    /// Changes a user's client; nil leaves a part as it is.
    ///
    /// Blocks. Tokens that were given out go on.
    ///
    /// - Throws: `OAuthRefusal.unknownClient` or `.invalid`, `StorageError`.
    @discardableResult
    public func changeClient(
        _ publicID: String,
        of user: UserID,
        name: String? = nil,
        redirects: [String]? = nil,
        scopes: [TokenScope]? = nil
    ) throws -> OAuthClientInfo {
        let record = try database.writeAndWait { transaction -> ClientRecord? in
            let old = try transaction.client(publicID, of: user)
            let (name, redirects, scopes) = try Workspace.checkedClient(
                name ?? old.draft.name,
                redirects ?? old.draft.redirects,
                scopes ?? OAuthClientInfo(old).scopes
            )
            _ = try transaction.changeClient(
                old.id,
                name: name,
                scopes: scopes.map(\.rawValue),
                redirects: redirects
            )
            return try transaction.connection.client(old.id)
        }
        guard let record else { throw OAuthRefusal.unknownClient(publicID) }
        return OAuthClientInfo(record)
    }

    /// Gives a user's confidential client another secret; the old one is over at once, tokens go on.
    ///
    /// Blocks.
    ///
    /// - Throws: `OAuthRefusal.unknownClient` or `.hasNoSecret`, `StorageError`.
    public func rotateSecret(_ publicID: String, of user: UserID) throws -> NewOAuthClient {
        let secret = TokenText.make(prefix: Workspace.clientSecretPrefix)
        let hash = TokenText.hash(secret)
        let record = try database.writeAndWait { transaction -> ClientRecord in
            let old = try transaction.client(publicID, of: user)
            guard try transaction.setClientSecret(hash, of: old.id) else { throw OAuthRefusal.hasNoSecret }
            return old
        }
        return NewOAuthClient(client: OAuthClientInfo(record), secret: secret)
    }

    /// Deletes a user's client; all that users allowed it ends at once.
    ///
    /// Blocks.
    ///
    /// - Throws: `OAuthRefusal.unknownClient`, `StorageError`.
    public func deleteClient(_ publicID: String, of user: UserID) throws {
        try database.writeAndWait { transaction in
            _ = try transaction.deleteClient(try transaction.client(publicID, of: user).id)
        }
        sessions.forget()
    }

    /// The scopes of words that a client may be registered with.
    ///
    /// - Throws: `OAuthRefusal.invalid`.
    public static func scopes(_ words: [String]) throws(OAuthRefusal) -> [TokenScope] {
        var found: [TokenScope] = []
        for word in words {
            guard let scope = TokenScope.cryptfolio.first(where: { $0.rawValue == word }) else {
                throw .invalid([
                    "the scopes have to be one or more of \(TokenScope.text(of: TokenScope.cryptfolio))"
                ])
            }
            found.append(scope)
        }
        return found
    }

    /// What a client may be registered as, its parts in their usual form.
    private static func checkedClient(
        _ name: String,
        _ redirects: [String],
        _ scopes: [TokenScope]
    ) throws(OAuthRefusal) -> (name: String, redirects: [String], scopes: [TokenScope]) {
        var problems: [String] = []
        if !(1...OAuthLimits.nameBytesMax).contains(name.utf8.count)
            || name.unicodeScalars.allSatisfy({ $0.properties.isWhitespace })
            || name.unicodeScalars.contains(where: { isUnsuitable($0) })
        {
            problems.append(
                "the name has to be 1 to \(OAuthLimits.nameBytesMax) bytes long, without control characters"
            )
        }
        if redirects.count > OAuthLimits.redirectsPerClient {
            problems.append("there may be at most \(OAuthLimits.redirectsPerClient) redirect URIs")
        }
        var kept: [String] = []
        for redirect in redirects.prefix(OAuthLimits.redirectsPerClient) where !kept.contains(redirect) {
            if let problem = RedirectAddress.problem(of: redirect) {
                problems.append("the redirect URI \(shown(redirect)) \(problem)")
            }
            kept.append(redirect)
        }
        let known = TokenScope.cryptfolio.filter { scopes.contains($0) }
        if known.isEmpty || known.count != Set(scopes).count {
            problems.append(
                "the scopes have to be one or more of \(TokenScope.text(of: TokenScope.cryptfolio))"
            )
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        return (name, kept, known)
    }

    /// Whether a character has no place in a name that a page shows: controls and what turns the direction of writing.
    private static func isUnsuitable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }

    private static func shown(_ text: String) -> String {
        text.count <= 80 ? text : text.prefix(80) + "…"
    }
}

extension WriteTransaction {
    /// A user's client by what it is called outside.
    fileprivate func client(_ publicID: String, of user: UserID) throws -> ClientRecord {
        guard let record = try connection.client(publicID: publicID), record.draft.user == user else {
            throw OAuthRefusal.unknownClient(publicID)
        }
        return record
    }
}
