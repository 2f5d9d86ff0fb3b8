public import Crypto
public import Storage
import Time

extension Workspace {
    /// Makes a key for a user.
    ///
    /// Blocks. The key file is made when a secret has to be sealed and there is none yet.
    ///
    /// - Throws: `AccessKeyError`, `ConnectionError.keyFile`, `StorageError`.
    public func createKey(_ draft: AccessKeyDraft, of user: UserID) throws -> NewAccessKey {
        guard draft.kind.prefix == nil else {
            let (record, text) = try addToken(draft, of: user)
            return Workspace.made(record, secret: text)
        }
        return try createSealedKey(draft, of: user)
    }

    /// Makes a key whose text opens a dialect; without days it has no end.
    ///
    /// Blocks.
    ///
    /// - Throws: `AccessKeyError`, `StorageError`.
    public func createKey(
        for user: UserID,
        dialect: Dialect,
        label: String,
        scopes: [TokenScope],
        days: Int?
    ) throws -> NewToken {
        guard let kind = AccessKeyKind(dialect) else { throw AccessKeyError.noKeys(dialect) }
        let draft = AccessKeyDraft(kind: kind, label: label, rights: scopes.map(\.rawValue), days: days)
        let (record, text) = try addToken(draft, of: user)
        return NewToken(info: TokenInfo(record), text: text)
    }

    private static func check(_ draft: AccessKeyDraft) throws(AccessKeyError) {
        guard (1...AccessKeyLimits.labelCharactersMax).contains(draft.label.count),
            draft.label.utf8.count <= 4 * AccessKeyLimits.labelCharactersMax,
            draft.label.contains(where: { !$0.isWhitespace }),
            draft.label.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw .badLabel }
        let rights = Set(draft.rights)
        guard !rights.isEmpty, rights.count == draft.rights.count, rights.isSubset(of: draft.kind.rights),
            !draft.kind.hasOneRight || rights.count == 1
        else { throw .badRights(draft.kind) }
        if let days = draft.days {
            guard AccessKeyLimits.days.contains(days) else { throw .badDays }
        }
    }

    private func credential(_ draft: AccessKeyDraft, of user: UserID) -> CredentialDraft {
        CredentialDraft(
            user: user,
            kind: draft.kind.rawValue,
            label: draft.label,
            scopes: draft.kind.rights.filter { draft.rights.contains($0) },
            expires: draft.days.map { now().advanced(bySeconds: Int64($0) * 86_400) }
        )
    }

    /// A key whose whole text is the secret; its digest alone is kept.
    private func addToken(
        _ draft: AccessKeyDraft,
        of user: UserID
    ) throws -> (record: CredentialRecord, text: String) {
        try Workspace.check(draft)
        guard let prefix = draft.kind.prefix else { preconditionFailure("a token has a prefix") }
        let text = TokenText.make(prefix: prefix)
        var credential = credential(draft, of: user)
        credential.hash = TokenText.hash(text)
        let complete = credential
        let record = try database.writeAndWait { transaction in
            try transaction.checkKeyCount(of: user)
            let id = try transaction.addCredential(complete)
            return try transaction.credential(id, of: user)
        }
        return (record, text)
    }

    /// A key with an open part and a secret that must be read back to check signatures.
    private func createSealedKey(_ draft: AccessKeyDraft, of user: UserID) throws -> NewAccessKey {
        try Workspace.check(draft)
        let keeper = keyKeeper
        let key = try keeper.key(database, mayMake: true)
        var credential = credential(draft, of: user)
        credential.publicID = Hex.encode(SecureRandom.bytes(16))
        let text = Hex.encode(SecureRandom.bytes(32))
        let (complete, plain) = (credential, Secret(text))
        let record = try database.writeAndWait { transaction in
            try transaction.checkKeyCount(of: user)
            let (userKey, version) = try keeper.userKey(of: user, by: key, transaction)
            let id = try transaction.addCredential(complete)
            try transaction.setSealedSecret(
                userKey.seal(plain, Workspace.sealContext(of: id, user: user, version: version)),
                keyVersion: version,
                of: id
            )
            return try transaction.credential(id, of: user)
        }
        return Workspace.made(record, secret: text)
    }

    private static func made(_ record: CredentialRecord, secret: String) -> NewAccessKey {
        guard let key = AccessKey(record) else { preconditionFailure("a key that was made has its sort") }
        return NewAccessKey(key: key, secret: secret)
    }

    /// Where the secret of a key stands.
    private static func sealContext(of id: CredentialID, user: UserID, version: Int64) -> SealContext {
        SealContext(table: "credentials", row: id.raw, column: "sealed", user: user.raw, keyVersion: version)
    }

    /// A user's keys of every sort in the order they were made, those that are over too.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func keys(of user: UserID) throws -> [AccessKey] {
        try database.read { connection throws(StorageError) in try connection.credentials(of: user) }
            .compactMap(AccessKey.init)
    }

    /// Ends a key of a user at once.
    ///
    /// Blocks. Tokens that came out of nothing else end alone.
    ///
    /// - Throws: `AccessKeyError.unknown`, `StorageError`.
    public func revokeKey(_ number: String, of user: UserID) throws {
        let mine = try keys(of: user)
        guard let key = mine.first(where: { String($0.id.raw) == number && $0.revoked == nil }) else {
            throw AccessKeyError.unknown(number)
        }
        let isRevoked = try database.writeAndWait { transaction in
            try transaction.revokeCredential(key.id, user: user)
        }
        sessions.forget()
        guard isRevoked else { throw AccessKeyError.unknown(number) }
    }

    /// The key of an open part with its secret, for checking a signature; nil when there is none in force.
    ///
    /// Blocks.
    ///
    /// - Throws: `ConnectionError.keyFile` or `.damaged`, `StorageError`.
    public func signingKey(
        _ publicID: String,
        kind: AccessKeyKind
    ) throws -> (key: AccessKey, user: UserID, secret: Secret)? {
        let found = try database.read {
            connection throws(StorageError) -> (CredentialRecord, [UInt8], Int64, UserKeyRecord?)? in
            guard let record = try connection.credential(kind: kind.rawValue, publicID: publicID),
                let stored = try connection.sealedSecret(of: record.id)
            else { return nil }
            return (record, stored.sealed, stored.keyVersion, try connection.userKey(of: record.draft.user))
        }
        guard let (record, sealed, version, wrapped) = found, record.isUsable(at: now()),
            let key = AccessKey(record)
        else { return nil }
        let keeper = keyKeeper
        let master = try keeper.key(database, mayMake: false)
        guard let wrapped, wrapped.version == version else { throw ConnectionError.damaged(record.id.raw) }
        let userKey: SealingKey
        do throws(KeyFileError) {
            userKey = try keeper.open(wrapped, by: master)
        } catch {
            throw ConnectionError.keyFile(error)
        }
        let context = Workspace.sealContext(of: record.id, user: record.draft.user, version: version)
        // The key was proved right just before, so where this fails it is the row that differs.
        guard let secret = try? userKey.open(sealed, context) else {
            throw ConnectionError.damaged(record.id.raw)
        }
        return (key, record.draft.user, secret)
    }
}

extension WriteTransaction {
    /// - Throws: `AccessKeyError.tooMany`, `StorageError`.
    fileprivate func checkKeyCount(of user: UserID) throws {
        let inForce = try connection.credentials(of: user)
            .count { AccessKeyKind(rawValue: $0.draft.kind) != nil && $0.isUsable(at: time) }
        guard inForce < AccessKeyLimits.keysPerUser else {
            throw AccessKeyError.tooMany(AccessKeyLimits.keysPerUser)
        }
    }

    fileprivate func credential(
        _ id: CredentialID,
        of user: UserID
    ) throws(StorageError) -> CredentialRecord {
        guard let record = try connection.credentials(of: user).first(where: { $0.id == id }) else {
            throw StorageError(.notFound, operation: "adding a credential")
        }
        return record
    }
}
