public import Crypto
public import Storage
public import Time

/// A user as others see it: never a secret.
public struct UserInfo: Hashable, Sendable {
    /// The number inside.
    public let id: UserID
    /// The identity outside.
    public let uuid: String
    /// The name to show.
    public let name: String
    /// The address to sign in with; the local owner has none until one is set.
    public let email: String?
    /// `owner`, `admin`, `user` or `enterprise`.
    public let role: String
    /// When it was made.
    public let created: Timestamp
    /// When it was last changed.
    public let updated: Timestamp
    /// The enterprise that made it; nil when nobody else did.
    public let manager: UserID?
    /// Whether a password is set.
    public let hasPassword: Bool

    init(_ record: UserRecord, hasPassword: Bool) {
        id = record.id
        uuid = record.uuid
        name = record.name
        email = record.email
        role = record.role.rawValue
        created = record.created
        updated = record.updated
        manager = record.manager
        self.hasPassword = hasPassword
    }
}

extension Workspace {
    /// The shortest password in characters.
    public static let passwordCharactersMin = 8

    /// Whether the folder can do its work, for readiness.
    public var isReady: Bool { prices.wasLoaded }

    /// Loads what every answer needs, so that the first request finds it.
    ///
    /// Blocks.
    public func warmUp() throws {
        _ = try prices.snapshot()
        BundledRates.warmUp()
    }

    /// Makes the local owner of a new folder, who has no password until one is set.
    func ensureOwner() throws {
        let known = try database.read { connection throws(StorageError) in try connection.users() }
        guard known.isEmpty else { return }
        try database.writeAndWait { transaction in
            try transaction.addUser(name: "owner", role: .owner)
        }
    }

    /// All users, in the order they were made.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func users() throws -> [UserInfo] {
        try database.read { connection throws(StorageError) in
            try connection.users().map { record throws(StorageError) in
                UserInfo(record, hasPassword: try connection.passwordHash(of: record.id) != nil)
            }
        }
    }

    /// The user of an id, e-mail or name; the owner when none is named.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError.unknownUser` or `.ambiguousUser`, `StorageError`.
    public func user(named text: String?) throws -> UserInfo {
        let all = try users()
        guard let text else {
            guard let owner = all.first(where: { $0.role == "owner" }) ?? all.first else {
                throw WorkspaceError.unknownUser("owner")
            }
            return owner
        }
        if let exact = all.first(where: { $0.uuid == text || $0.email?.lowercased() == text.lowercased() }) {
            return exact
        }
        let named = all.filter { $0.name == text }
        guard named.count <= 1 else { throw WorkspaceError.ambiguousUser(text) }
        guard let user = named.first else { throw WorkspaceError.unknownUser(text) }
        return user
    }

    /// Makes a user with a default portfolio.
    ///
    /// Blocks for the password's hash.
    ///
    /// - Throws: `WorkspaceError.badEmail`, `.emailTaken` or `.badPassword`, `StorageError`.
    public func addUser(email: String, name: String, isAdmin: Bool, password: Secret) throws -> UserInfo {
        try addUser(email: email, name: name, role: isAdmin ? .admin : .user, password: password)
    }

    /// Makes a user with a default portfolio, whom an enterprise may manage.
    ///
    /// Blocks for the password's hash.
    ///
    /// - Throws: `WorkspaceError.badEmail`, `.emailTaken`, `.badName` or `.badPassword`, `StorageError`.
    public func addUser(
        email: String,
        name: String,
        role: UserRole,
        password: Secret,
        manager: UserID? = nil
    ) throws -> UserInfo {
        guard Workspace.isUserName(name) else { throw WorkspaceError.badName }
        guard Workspace.isEmail(email) else { throw WorkspaceError.badEmail(email) }
        guard try !users().contains(where: { $0.email?.lowercased() == email.lowercased() }) else {
            throw WorkspaceError.emailTaken(email)
        }
        let hash = try hash(password)
        let record = try database.writeAndWait { transaction in
            // Somebody else may have taken the address while the password was hashed.
            guard try transaction.connection.user(email: email) == nil else {
                throw WorkspaceError.emailTaken(email)
            }
            return try transaction.addUser(
                name: name,
                email: email,
                passwordHash: hash,
                role: role,
                manager: manager
            )
        }
        return UserInfo(record, hasPassword: true)
    }

    /// Sets a user's password and ends all of their sign-ins and grants; tokens and keys that they made stay.
    ///
    /// Blocks for its hash.
    ///
    /// - Throws: `WorkspaceError.badPassword`, `StorageError`.
    public func setPassword(_ password: Secret, of user: UserID) throws {
        let hash = try hash(password)
        try database.writeAndWait { transaction in
            try transaction.setPasswordHash(hash, of: user)
            _ = try transaction.revokeFamilies(of: user)
            _ = try transaction.revokeGrants(of: user)
        }
        sessions.forget()
    }

    /// The hash of a password that a user is to have.
    ///
    /// - Throws: `WorkspaceError.badPassword`.
    func hash(_ password: Secret) throws -> String {
        try Workspace.checkPassword(password)
        return try hashing.run { try PasswordHash.hash(password, cost: self.configuration.passwordCost) }
    }

    /// A hash that tells whether a request with an idempotency key is sent again with the same password; as slow to guess by
    /// as the hash that a user has, and the same for the same caller, key and password while the costs stay as they are.
    ///
    /// Blocks for the hash.
    ///
    /// - Throws: `PasswordError`.
    public func retryHash(of password: Secret, key: String, by user: UserID) throws -> String {
        let context = Array("coffer retry \(user.raw) \(key)".utf8)
        let salt = Array(unsafe Digest.sha256(context.span.bytes).bytes.prefix(PasswordHash.saltBytes))
        let bytes = try hashing.run {
            // Of one length, however the password was written.
            let short = Secret(unsafe Digest.sha256(password.revealed().span.bytes).bytes)
            return try PasswordHash.derive(short, salt: salt, cost: self.configuration.passwordCost)
        }
        return Hex.encode(bytes)
    }

    /// Makes sure that a text can be a user's name.
    ///
    /// - Throws: `WorkspaceError.badName`.
    public static func checkUserName(_ text: String) throws(WorkspaceError) {
        guard isUserName(text) else { throw .badName }
    }

    /// Makes sure that a text can be an e-mail address.
    ///
    /// - Throws: `WorkspaceError.badEmail`.
    public static func checkEmail(_ text: String) throws(WorkspaceError) {
        guard isEmail(text) else { throw .badEmail(text) }
    }

    /// Makes sure that a text can be a password, without hashing it.
    ///
    /// - Throws: `WorkspaceError.badPassword`.
    public static func checkPassword(_ password: Secret) throws(WorkspaceError) {
        let characters = String(decoding: password.revealed(), as: UTF8.self).count
        guard characters >= Workspace.passwordCharactersMin else {
            throw WorkspaceError.badPassword(
                reason: "is too short; use at least \(Workspace.passwordCharactersMin) characters, better 15"
            )
        }
        guard password.count <= PasswordHash.passwordBytesMax else {
            throw WorkspaceError.badPassword(
                reason: "is too long; use at most \(PasswordHash.passwordBytesMax) bytes"
            )
        }
    }

    /// The longest name of a user in bytes.
    public static let userNameBytesMax = 254

    /// Whether a text can be a user's name: something to see, no control characters.
    public static func isUserName(_ text: String) -> Bool {
        (1...userNameBytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            && !text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
    }

    /// Whether a text looks like an e-mail address: something, one at sign, a domain; no blanks.
    public static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254 else { return false }
        return parts.allSatisfy { !$0.isEmpty } && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
