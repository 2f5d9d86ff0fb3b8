public import Crypto
public import Storage

/// Why somebody may not manage users, or not these ones.
public enum EnterpriseRefusal: Error, Hashable, Sendable {
    /// Who asks is neither an administrator nor an enterprise.
    case forbidden
    /// There is no such user, or it is another's.
    case notFound
    /// What is wrong with the user as it was given, a sentence each.
    case invalid([String])
}

extension EnterpriseRefusal: CustomStringConvertible {
    /// One sentence for people.
    public var description: String {
        switch self {
        case .forbidden: "only administrators and enterprises manage users"
        case .notFound: "there is no such user"
        case .invalid(let reasons): reasons.joined(separator: "; ")
        }
    }
}

extension Workspace {
    /// The users that somebody manages: an enterprise those that it made, administrators all.
    ///
    /// Blocks.
    ///
    /// - Throws: `EnterpriseRefusal.forbidden`, `StorageError`.
    public func enterpriseUsers(of manager: UserID) throws -> [UserInfo] {
        let found = try database.read { connection throws(StorageError) -> [UserInfo]? in
            guard let reach = try connection.reach(of: manager) else { return nil }
            let records =
                reach == .own ? try connection.users(managedBy: manager) : try connection.users()
            return try records.map { record throws(StorageError) in
                UserInfo(record, hasPassword: try connection.passwordHash(of: record.id) != nil)
            }
        }
        guard let found else { throw EnterpriseRefusal.forbidden }
        return found
    }

    /// A user that somebody manages.
    ///
    /// Blocks.
    ///
    /// - Throws: `EnterpriseRefusal.forbidden` or `.notFound`, `StorageError`.
    public func enterpriseUser(_ user: UserID, of manager: UserID) throws -> UserInfo {
        guard let found = try enterpriseUsers(of: manager).first(where: { $0.id == user }) else {
            throw EnterpriseRefusal.notFound
        }
        return found
    }

    /// Makes a user for somebody who manages users.
    ///
    /// Blocks for the password's hash.
    ///
    /// - Throws: `EnterpriseRefusal`, `StorageError`.
    public func makeEnterpriseUser(
        name: String,
        email: String,
        password: Secret,
        by manager: UserID
    ) throws -> UserInfo {
        let reach = try database.read { connection throws(StorageError) in
            try connection.reach(of: manager)
        }
        guard let reach else { throw EnterpriseRefusal.forbidden }
        return try refusing {
            try addUser(
                email: email,
                name: name,
                role: .user,
                password: password,
                manager: reach == .own ? manager : nil
            )
        }
    }

    /// Changes a user that somebody manages; nil leaves a part as it is.
    ///
    /// Blocks for the password's hash. Another password ends all sign-ins and grants of the user.
    ///
    /// - Throws: `EnterpriseRefusal`, `StorageError`.
    public func changeEnterpriseUser(
        _ user: UserID,
        name: String? = nil,
        email: String? = nil,
        password: Secret? = nil,
        by manager: UserID
    ) throws -> UserInfo {
        try checkManagement(of: user, by: manager)
        try refusing {
            try changeUser(user, name: name, email: email, password: password)
        }
        return try enterpriseUser(user, of: manager)
    }

    /// Deletes a user that somebody manages; how it was before.
    ///
    /// Blocks. See `deleteUser`.
    ///
    /// - Throws: `EnterpriseRefusal`, `StorageError`.
    public func deleteEnterpriseUser(_ user: UserID, by manager: UserID) throws -> UserInfo {
        try checkManagement(of: user, by: manager)
        guard user != manager else { throw EnterpriseRefusal.invalid(["nobody can delete themselves"]) }
        let info = try enterpriseUser(user, of: manager)
        try refusing { try deleteUser(user) }
        return info
    }

    /// Changes a user's name, address, role or password, all of it or nothing; nil leaves a part as it is.
    ///
    /// Blocks for the password's hash. Another password ends all sign-ins and grants of the user.
    ///
    /// - Throws: `WorkspaceError`, `StorageError`.
    public func changeUser(
        _ user: UserID,
        name: String? = nil,
        email: String? = nil,
        role: UserRole? = nil,
        password: Secret? = nil
    ) throws {
        if let name, !Workspace.isUserName(name) { throw WorkspaceError.badName }
        if let email, !Workspace.isEmail(email) { throw WorkspaceError.badEmail(email) }
        guard role != .owner else { throw WorkspaceError.badRole(UserRole.owner.rawValue) }
        let hash = try password.map { try self.hash($0) }
        try database.writeAndWait { transaction in
            guard let old = try transaction.connection.user(user) else {
                throw WorkspaceError.unknownUser(String(user.raw))
            }
            guard role == nil || old.role != .owner else { throw WorkspaceError.ownerIsFixed }
            if let email, let other = try transaction.connection.user(email: email), other.id != user {
                throw WorkspaceError.emailTaken(email)
            }
            try transaction.changeUser(
                user,
                name: name ?? old.name,
                email: email ?? old.email,
                role: role ?? old.role
            )
            if let hash {
                try transaction.setPasswordHash(hash, of: user)
                _ = try transaction.revokeFamilies(of: user)
                _ = try transaction.revokeGrants(of: user)
            }
        }
        sessions.forget()
    }

    /// The role of a word that a user can be given.
    ///
    /// - Throws: `WorkspaceError.badRole`.
    public static func role(_ text: String) throws(WorkspaceError) -> UserRole {
        guard let role = UserRole(rawValue: text), role != .owner else { throw .badRole(text) }
        return role
    }

    /// Deletes a user for good: every credential ends, sealed keys and connections go, the address is free again.
    ///
    /// Blocks. The rows of the journal stay, since its seals cover them; no answer shows them any more.
    ///
    /// - Throws: `WorkspaceError.unknownUser` or `.ownerIsFixed`, `StorageError`.
    public func deleteUser(_ user: UserID) throws {
        try database.writeAndWait { transaction in
            guard let record = try transaction.connection.user(user) else {
                throw WorkspaceError.unknownUser(String(user.raw))
            }
            guard record.role != .owner else { throw WorkspaceError.ownerIsFixed }
            _ = try transaction.deleteUser(user)
        }
        sessions.forget()
        books.shelf(of: user).invalidate()
    }

    /// Whether somebody may change a user: the owner is the owner's own, all others are who manages them.
    private func checkManagement(of user: UserID, by manager: UserID) throws {
        let info = try enterpriseUser(user, of: manager)
        guard info.role != UserRole.owner.rawValue || user == manager else {
            throw EnterpriseRefusal.forbidden
        }
    }

    /// Does it, and says what is wrong with what was given as the dialects do.
    @discardableResult
    private func refusing<Value>(_ work: () throws -> Value) throws -> Value {
        do throws(any Error) {
            return try work()
        } catch let error as WorkspaceError {
            switch error {
            case .badEmail, .badName, .badPassword: throw EnterpriseRefusal.invalid([error.description])
            // Whose it is says nothing to one who manages others.
            case .emailTaken: throw EnterpriseRefusal.invalid(["the e-mail address is taken"])
            case .unknownUser: throw EnterpriseRefusal.notFound
            case .ownerIsFixed: throw EnterpriseRefusal.forbidden
            default: throw error
            }
        }
    }
}

/// Whom somebody manages.
private enum ManagementReach: Sendable {
    case own
    case all
}

extension Connection {
    /// Whom a user manages; nil for nobody.
    fileprivate func reach(of manager: UserID) throws(StorageError) -> ManagementReach? {
        switch try user(manager)?.role {
        case .enterprise: .own
        case .admin, .owner: .all
        case .user, nil: nil
        }
    }
}
