public import Crypto
public import Storage
import Time

extension Workspace {
    /// The kind of credential that the session of a browser is, and what its text begins with.
    static let sessionKind = "pages.session"
    static let sessionPrefix = "cfs"

    /// The word that the owner of the data folder signs in by until they have an e-mail address.
    public static let ownerAccount = "owner"

    /// Seconds from a sign-in until the session ends, however often it is used.
    public var pageSessionSeconds: Int64 { configuration.pageSessions.totalSeconds }

    /// Signs a browser in by e-mail and password; the owner without an e-mail address by the word `owner`.
    ///
    /// Blocks for the password's hash, which is computed for unknown users as well, so that both take one time.
    ///
    /// - Throws: `SignInRefusal.wrongPassword`, `StorageError`.
    public func signInBrowser(account: String, password: Secret, browser: String) throws -> NewPageSession {
        let proof = try prove(password) { connection throws(StorageError) in
            try connection.user(account: account)
        }
        let text = TokenText.make(prefix: Workspace.sessionPrefix)
        let settings = configuration.pageSessions
        let session = try database.writeAndWait { transaction in
            try proof.confirm(transaction)
            return try transaction.addSession(text, of: proof.user.id, browser: browser, settings)
        }
        return NewPageSession(
            user: UserInfo(proof.user, hasPassword: true),
            session: PageSession(session),
            text: text
        )
    }

    /// Whether an account may be made now.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func isSignUpOpen(_ rule: SignUpRule) throws -> Bool {
        switch rule {
        case .open: true
        case .closed: false
        case .first:
            try !database.read { connection throws(StorageError) in try connection.hasPasswords() }
        }
    }

    /// Makes a user as far as the rule lets, and signs their browser in.
    ///
    /// Blocks for the password's hash. Two who would both be the first: one of them is refused.
    ///
    /// - Throws: `ProfileError.signUpClosed` or `.badName`, as `addUser`, `StorageError`.
    public func signUpBrowser(
        email: String,
        name: String,
        password: Secret,
        rule: SignUpRule,
        browser: String
    ) throws -> NewPageSession {
        guard try isSignUpOpen(rule) else { throw ProfileError.signUpClosed }
        guard Workspace.isName(name) else { throw ProfileError.badName }
        guard Workspace.isEmail(email) else { throw WorkspaceError.badEmail(email) }
        let isTaken = try database.read { connection throws(StorageError) in
            try connection.user(email: email) != nil
        }
        guard !isTaken else { throw WorkspaceError.emailTaken(email) }
        let hash = try hash(password)
        let text = TokenText.make(prefix: Workspace.sessionPrefix)
        let settings = configuration.pageSessions
        let (user, session) = try database.writeAndWait { transaction in
            if rule == .first {
                guard try !transaction.connection.hasPasswords() else { throw ProfileError.signUpClosed }
            }
            guard try transaction.connection.user(email: email) == nil else {
                throw WorkspaceError.emailTaken(email)
            }
            let user = try transaction.addUser(name: name, email: email, passwordHash: hash)
            return (user, try transaction.addSession(text, of: user.id, browser: browser, settings))
        }
        return NewPageSession(
            user: UserInfo(user, hasPassword: true),
            session: PageSession(session),
            text: text
        )
    }

    /// The session of a cookie's text with its user; nil when it is unknown or over.
    ///
    /// Blocks. A session that is used lives on, up to its greatest age; that is written down now and then.
    ///
    /// - Throws: `StorageError`.
    public func pageSession(_ text: String) throws -> (session: PageSession, profile: Profile)? {
        guard TokenText.looksRight(text, prefix: Workspace.sessionPrefix) else { return nil }
        let hash = TokenText.hash(text)
        let found = try database.read {
            connection throws(StorageError) -> (CredentialRecord, UserRecord, Bool)? in
            guard let record = try connection.credential(hash: hash),
                record.draft.kind == Workspace.sessionKind,
                let user = try connection.user(record.draft.user)
            else { return nil }
            return (record, user, try connection.passwordHash(of: user.id) != nil)
        }
        let (time, settings) = (now(), configuration.pageSessions)
        guard let (record, user, hasPassword) = found, record.isUsable(at: time),
            let expires = record.draft.expires
        else { return nil }
        // Settings may have been made stricter since it began.
        let end = record.created.advanced(bySeconds: settings.totalSeconds)
        guard time < end else { return nil }
        let longer = min(time.advanced(bySeconds: settings.idleSeconds), end)
        let isWorthWriting = longer > expires.advanced(bySeconds: settings.idleSeconds / 20)
        if access == .writing, isWorthWriting || (longer == end && expires < end) {
            _ = try database.writeAndWait { transaction in
                try transaction.extendCredential(record.id, until: longer)
            }
        }
        sessions.touch(record.id)
        return (PageSession(record), Profile(user, hasPassword: hasPassword))
    }

    /// The sessions of a user that are in force, in the order they began.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func pageSessions(of user: UserID) throws -> [PageSession] {
        let time = now()
        return try database.read { connection throws(StorageError) in try connection.credentials(of: user) }
            .filter { $0.draft.kind == Workspace.sessionKind && $0.isUsable(at: time) }
            .map { PageSession($0) }
    }

    /// Ends a session of a user at once.
    ///
    /// Blocks.
    ///
    /// - Throws: `ProfileError.unknownSession`, `StorageError`.
    public func endPageSession(_ number: String, of user: UserID) throws {
        let mine = try pageSessions(of: user)
        guard let session = mine.first(where: { String($0.id.raw) == number }) else {
            throw ProfileError.unknownSession(number)
        }
        _ = try database.writeAndWait { transaction in
            try transaction.revokeCredential(session.id, user: user)
        }
        sessions.forget()
    }
}

extension WriteTransaction {
    fileprivate func addSession(
        _ text: String,
        of user: UserID,
        browser: String,
        _ settings: PageSessionSettings
    ) throws(StorageError) -> CredentialRecord {
        let hash = TokenText.hash(text)
        let label = String(
            String.UnicodeScalarView(
                browser.unicodeScalars.filter { $0.properties.generalCategory != .control }
                    .prefix(ProfileLimits.browserCharactersMax)
            )
        )
        _ = try addCredential(
            CredentialDraft(
                user: user,
                kind: Workspace.sessionKind,
                label: label,
                hash: hash,
                expires: time.advanced(bySeconds: min(settings.idleSeconds, settings.totalSeconds)),
                family: SecureRandom.uuid()
            )
        )
        try keepNewest(settings.sessionsPerUser, ofKind: Workspace.sessionKind, user: user)
        guard let record = try connection.credential(hash: hash) else {
            throw StorageError(.notFound, operation: "adding a session")
        }
        return record
    }
}
