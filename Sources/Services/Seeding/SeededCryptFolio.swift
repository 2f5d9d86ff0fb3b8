import Crypto
import Storage
import Time

/// What a seeded user can use CryptFolio's API with.
public struct SeededCryptFolio: Sendable {
    /// The `client_id` of an application of the user's own.
    public let clientID: String
    /// Its secret.
    public let clientSecret: String
    /// Where it may send users back to; the port is free.
    public let redirect: String
    /// An access token of the user's for it, with all scopes.
    public let accessToken: String
    /// A key for reading.
    public let apiKey: String
}

extension Workspace {
    /// Where seeded applications are: on this computer, with any port.
    static let seedRedirect = "http://127.0.0.1/callback"

    /// The days for which seeded tokens live.
    static let seedDays = 3650

    /// Makes an application, an access token and a key for CryptFolio's API.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    func seedCryptFolio(of user: UserID) throws -> SeededCryptFolio {
        let made = try registerClient(
            name: "Seed",
            redirects: [Workspace.seedRedirect],
            scopes: TokenScope.cryptfolio,
            isConfidential: true,
            of: user
        )
        let key = try createKey(
            for: user,
            dialect: .cryptfolio,
            label: "seed",
            scopes: [.info, .read],
            days: Workspace.seedDays
        )
        let token = TokenText.make(prefix: Workspace.grantedPrefix)
        let client = made.client
        try database.writeAndWait { transaction in
            let family = SecureRandom.uuid()
            let scopes = TokenScope.cryptfolio.map(\.rawValue)
            try transaction.addGrant(
                GrantDraft(
                    family: family,
                    client: client.id,
                    user: user,
                    kind: GrantKind.code.rawValue,
                    scopes: scopes
                )
            )
            _ = try transaction.addCredential(
                CredentialDraft(
                    user: user,
                    kind: Workspace.grantedKind,
                    hash: TokenText.hash(token),
                    scopes: scopes,
                    expires: transaction.time.advanced(bySeconds: Int64(Workspace.seedDays) * 86_400),
                    family: family
                )
            )
        }
        return SeededCryptFolio(
            clientID: client.publicID,
            clientSecret: made.secret ?? "",
            redirect: Workspace.seedRedirect,
            accessToken: token,
            apiKey: key.text
        )
    }
}
