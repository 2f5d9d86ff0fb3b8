import Crypto
public import Storage
import Time

/// Why a key is not made.
public enum CredentialKeyRefusal: Error, Hashable, Sendable {
    /// Credentials of the dialect come of a sign-in alone.
    case noKeys(Dialect)
    /// The name is empty or too long.
    case badLabel(limit: Int)
    /// The dialect's keys cannot allow this, or nothing is allowed.
    case badScopes(Dialect)
    /// It would live longer than a key may, or not at all.
    case badLifetime(limitDays: Int)
    /// The user has as many as may be.
    case tooMany(limit: Int)
}

extension CredentialKeyRefusal: CustomStringConvertible {
    /// One sentence for people: what was wrong and what to do.
    public var description: String {
        switch self {
        case .noKeys(let dialect): "there are no keys for \(dialect.rawValue)"
        case .badLabel(let limit): "the name of a key has 1 to \(limit) characters"
        case .badScopes(let dialect):
            "a key for \(dialect.rawValue) allows one or more of "
                + dialect.keyScopes.map(\.rawValue).joined(separator: ", ")
        case .badLifetime(let limit): "a key lives 1 to \(limit) days"
        case .tooMany(let limit): "there are \(limit) keys already; revoke one first"
        }
    }
}

extension Dialect {
    /// The kind of its credentials that a user makes, keeps and revokes; nil where there are none.
    var keyKind: (name: String, prefix: String)? {
        switch self {
        case .cryptfolio: kinds.first { $0.name == "cryptfolio.key" }
        case .bitcain, .trustvault, .coinbtr: kinds.first
        case .pages: nil
        }
    }

    /// What a key of it can allow; none where there are no keys.
    public var keyScopes: [TokenScope] {
        switch self {
        case .bitcain: TokenScope.bitcain
        case .cryptfolio: [.read, .info]
        case .trustvault: [.read]
        case .coinbtr: [.read, .trade, .withdraw]
        case .pages: []
        }
    }
}

extension Workspace {
    /// The characters of a key's name.
    public static let keyLabelMax = 100
    /// The days that a key lives at most.
    public static let keyDaysMax = 3650
    /// The keys in force that a user has for one dialect.
    public static let keysMax = 100

    /// Makes a key that opens a dialect; without days it has no end.
    ///
    /// Blocks.
    ///
    /// - Throws: `CredentialKeyRefusal`, `StorageError`.
    public func createKey(
        for user: UserID,
        dialect: Dialect,
        label: String,
        scopes: [TokenScope],
        days: Int?
    ) throws -> NewToken {
        guard let kind = dialect.keyKind else { throw CredentialKeyRefusal.noKeys(dialect) }
        guard (1...Workspace.keyLabelMax).contains(label.count) else {
            throw CredentialKeyRefusal.badLabel(limit: Workspace.keyLabelMax)
        }
        guard !scopes.isEmpty, scopes.allSatisfy({ dialect.keyScopes.contains($0) }) else {
            throw CredentialKeyRefusal.badScopes(dialect)
        }
        guard days.map({ (1...Workspace.keyDaysMax).contains($0) }) ?? true else {
            throw CredentialKeyRefusal.badLifetime(limitDays: Workspace.keyDaysMax)
        }
        let text = TokenText.make(prefix: kind.prefix)
        let draft = CredentialDraft(
            user: user,
            kind: kind.name,
            label: label,
            hash: TokenText.hash(text),
            scopes: dialect.keyScopes.filter { scopes.contains($0) }.map(\.rawValue),
            expires: days.map { now().advanced(bySeconds: Int64($0) * 86_400) }
        )
        let made = try database.writeAndWait { transaction -> CredentialRecord? in
            let time = transaction.time
            let known = try transaction.connection.credentials(of: user)
            guard
                known.count(where: { $0.draft.kind == kind.name && $0.isUsable(at: time) })
                    < Workspace.keysMax
            else { throw CredentialKeyRefusal.tooMany(limit: Workspace.keysMax) }
            let id = try transaction.addCredential(draft)
            return try transaction.connection.credentials(of: user).first { $0.id == id }
        }
        guard let made else { preconditionFailure("a key that was just made is there") }
        return NewToken(info: TokenInfo(made), text: text)
    }

    /// A user's keys for a dialect, those revoked and over too.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func keys(of user: UserID, dialect: Dialect) throws -> [TokenInfo] {
        guard let kind = dialect.keyKind else { return [] }
        return try database.read { connection throws(StorageError) in try connection.credentials(of: user) }
            .filter { $0.draft.kind == kind.name }
            .map(TokenInfo.init)
    }

    /// Ends a user's key for a dialect at once.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError.unknownToken`, `StorageError`.
    public func revokeKey(_ number: String, of user: UserID, dialect: Dialect) throws {
        guard let raw = Int64(number),
            try keys(of: user, dialect: dialect).contains(where: { $0.id.raw == raw })
        else { throw WorkspaceError.unknownToken(number) }
        _ = try database.writeAndWait { transaction in
            try transaction.revokeCredential(CredentialID(raw: raw), user: user)
        }
        sessions.forget()
    }
}
