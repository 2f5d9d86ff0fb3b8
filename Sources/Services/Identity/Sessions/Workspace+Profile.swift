public import Crypto
import Money
public import Storage

extension Workspace {
    /// A user's profile.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError.unknownUser`, `StorageError`.
    public func profile(of user: UserID) throws -> Profile {
        let found = try database.read { connection throws(StorageError) -> Profile? in
            guard let record = try connection.user(user) else { return nil }
            return Profile(record, hasPassword: try connection.passwordHash(of: user) != nil)
        }
        guard let found else { throw WorkspaceError.unknownUser(String(user.raw)) }
        return found
    }

    /// Changes a user's name and the currency and time zone of their reports.
    ///
    /// Blocks.
    ///
    /// - Throws: `ProfileError.badName`, `WorkspaceError.unknownCurrency` or `.unknownZone`, `StorageError`.
    public func changeProfile(
        of user: UserID,
        name: String,
        currency: String,
        timeZone: String
    ) throws {
        guard Workspace.isName(name) else { throw ProfileError.badName }
        let asset = try ReportSettings.currency(currency, in: try books.snapshot(of: user).registry)
        guard TaxZone.isKnown(timeZone) else { throw WorkspaceError.unknownZone(timeZone) }
        let code = asset.code.lowercased()
        try database.writeAndWait { transaction in
            try transaction.setProfile(of: user, name: name, currency: code, timeZone: timeZone)
        }
        // What portfolios are reported in without a currency of their own, and other kept answers, may change by this.
        books.shelf(of: user).noteChange()
    }

    /// Proves that whoever asks knows a user's password.
    ///
    /// Blocks for the password's hash.
    ///
    /// - Throws: `ProfileError.wrongPassword`, `StorageError`.
    public func provePassword(_ password: Secret, of user: UserID) throws -> PresentPassword {
        let stored = try database.read { connection throws(StorageError) in
            try connection.passwordHash(of: user)
        }
        let hash = stored ?? PasswordHash.dummy(cost: configuration.passwordCost)
        let isRight = hashing.run { PasswordHash.verify(password, against: hash) }
        guard isRight, let stored else { throw ProfileError.wrongPassword }
        return PresentPassword(user: user, hash: stored)
    }

    /// Changes the address that a user signs in with, who has shown the password.
    ///
    /// Blocks.
    ///
    /// - Throws: `ProfileError.wrongPassword` when the password was changed meanwhile, `WorkspaceError.badEmail` or
    ///   `.emailTaken`, `StorageError`.
    public func changeEmail(_ email: String, present: PresentPassword) throws {
        guard Workspace.isEmail(email) else { throw WorkspaceError.badEmail(email) }
        do {
            try database.writeAndWait { transaction in
                guard try transaction.connection.passwordHash(of: present.user) == present.hash else {
                    throw ProfileError.wrongPassword
                }
                try transaction.setEmail(email, of: present.user)
            }
        } catch let error as StorageError where error.kind == .constraint {
            throw WorkspaceError.emailTaken(email)
        }
        books.shelf(of: present.user).noteChange()
    }

    /// Changes a user's password, who has shown the present one, and ends all sign-ins but one session.
    ///
    /// Blocks for the new password's hash. Keys that were made for programs stay.
    ///
    /// - Throws: `ProfileError.wrongPassword` when the password was changed meanwhile, `WorkspaceError.badPassword`,
    ///   `StorageError`.
    public func changePassword(
        to password: Secret,
        present: PresentPassword,
        keeping session: PageSession
    ) throws {
        let (user, old) = (present.user, present.hash)
        let hash = try hash(password)
        try database.writeAndWait { transaction in
            guard try transaction.replacePasswordHash(old, by: hash, of: user) else {
                throw ProfileError.wrongPassword
            }
            let kept = try transaction.connection.credentials(of: user).first { $0.id == session.id }
            _ = try transaction.revokeFamilies(of: user, except: kept?.draft.family)
            // Codes that wait to be redeemed belong to grants, which end with their tokens.
            _ = try transaction.revokeGrants(of: user)
        }
        sessions.forget()
    }

    /// Whether a text may be a user's name.
    static func isName(_ text: String) -> Bool {
        (1...ProfileLimits.nameCharactersMax).contains(text.count)
            && text.utf8.count <= 4 * ProfileLimits.nameCharactersMax
            && text.contains { !$0.isWhitespace }
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}

/// A proof that the password of a user was shown.
public struct PresentPassword: Sendable {
    let user: UserID
    /// The hash that the password was compared with.
    let hash: String
}
