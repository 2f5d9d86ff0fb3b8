import Crypto
public import Storage
import Time

extension Workspace {
    /// The kind of credential by which a browser is known, and what its text begins with.
    static let browserKind = "pages.browser"
    static let browserPrefix = "cfw"

    /// Browsers of one user that are known; the oldest is forgotten when one more comes.
    static let browsersPerUser = 20

    /// Seconds for which a browser is known.
    public var knownBrowserSeconds: Int64 { 365 * 86_400 }

    /// Makes the browser of a user who just signed in known; the text that it keeps.
    ///
    /// Blocks. It opens nothing: failures of a known browser are counted apart from those of all others, no more.
    ///
    /// - Throws: `StorageError`.
    public func rememberBrowser(of user: UserID) throws -> String {
        let text = TokenText.make(prefix: Workspace.browserPrefix)
        let seconds = knownBrowserSeconds
        try database.writeAndWait { transaction in
            _ = try transaction.addCredential(
                CredentialDraft(
                    user: user,
                    kind: Workspace.browserKind,
                    hash: TokenText.hash(text),
                    expires: transaction.time.advanced(bySeconds: seconds),
                    family: SecureRandom.uuid()
                )
            )
            try transaction.keepNewest(
                Workspace.browsersPerUser,
                ofKind: Workspace.browserKind,
                user: user
            )
        }
        return text
    }

    /// The number of a browser in which this account signed in before; nil for one that it did not, and once the account has
    /// another password.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func knownBrowser(_ text: String, account: String) throws -> Int64? {
        guard TokenText.looksRight(text, prefix: Workspace.browserPrefix) else { return nil }
        let (hash, time) = (TokenText.hash(text), now())
        return try database.read { connection throws(StorageError) -> Int64? in
            guard let record = try connection.credential(hash: hash),
                record.draft.kind == Workspace.browserKind, record.isUsable(at: time),
                try connection.user(account: account)?.id == record.draft.user
            else { return nil }
            return record.id.raw
        }
    }
}

extension Connection {
    /// The user whom a browser signs in by that name: by the e-mail address, the owner without one by the word `owner`.
    func user(account: String) throws(StorageError) -> UserRecord? {
        if let user = try user(email: account) { return user }
        return account.lowercased() == Workspace.ownerAccount ? try ownerWithoutEmail() : nil
    }
}
