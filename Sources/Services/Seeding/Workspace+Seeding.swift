import Crypto
import Storage

/// A user that seeding made, with what it can sign in with.
public struct SeededUser: Sendable {
    /// The user.
    public let user: UserInfo
    /// The password.
    public let password: String
    /// A bitcain token with all scopes; nil for the administrator.
    public let token: String?
    /// What it can use CryptFolio's API with.
    public let cryptfolio: SeededCryptFolio
    /// The key that it shows to TrustVault's API.
    public let trustvaultKey: String
}

/// Everything that seeding made.
public struct SeedOutcome: Sendable {
    /// The users with history.
    public let users: [SeededUser]
    /// The administrator.
    public let admin: SeededUser
    /// An application of a firm that manages users of its own.
    public let enterprise: SeededCryptFolio
    /// The entries of all users.
    public let entries: Int
}

extension Workspace {
    /// The most users that seeding makes.
    public static let seedUsersMax = 10_000

    /// The most entries that seeding makes for one user.
    public static let seedEntriesMax = 1_000_000

    /// Fills an empty data folder with users, credentials and history.
    ///
    /// Blocks.
    ///
    /// Histories are the same for the same numbers; passwords and tokens are random.
    ///
    /// - Throws: `WorkspaceError.folderHasUsers` when someone has used the folder, or `.seedOutOfRange`.
    public func seed(users: Int, entries: Int, progress: (Int, Int?) -> Void) throws -> SeedOutcome {
        guard (1...Workspace.seedUsersMax).contains(users) else {
            throw WorkspaceError.seedOutOfRange(name: "users", range: "1 to \(Workspace.seedUsersMax)")
        }
        guard (1...Workspace.seedEntriesMax).contains(entries) else {
            throw WorkspaceError.seedOutOfRange(name: "entries", range: "1 to \(Workspace.seedEntriesMax)")
        }
        // The local owner comes with every new folder and has neither e-mail nor history.
        let known = try self.users()
        let owner = known.first { $0.role == "owner" }
        guard known.count == 1, let owner, try imports(of: owner.id).isEmpty else {
            throw WorkspaceError.folderHasUsers(known.count)
        }
        let admin = try seedUser("admin", .admin)
        let enterprise = try seedUser("enterprise", .enterprise)
        var seeded: [SeededUser] = []
        for number in 1...users {
            let made = try seedUser("user\(number)", .user)
            try seedHistory(of: made.user.id, number: number, entries: entries)
            seeded.append(made)
            progress(number, users)
        }
        return SeedOutcome(
            users: seeded,
            admin: admin,
            enterprise: enterprise.cryptfolio,
            entries: users * entries
        )
    }

    private func seedUser(_ name: String, _ role: UserRole) throws -> SeededUser {
        let password = Base64URL.encode(SecureRandom.bytes(18))
        let user = try addUser(
            email: "\(name)@coffer.example",
            name: name,
            role: role,
            password: Secret(Array(password.utf8))
        )
        let token =
            role == .user
            ? try createToken(
                for: user.id,
                label: "seed",
                scopes: TokenScope.bitcain,
                days: Workspace.seedDays
            ) : nil
        return SeededUser(
            user: user,
            password: password,
            token: token?.text,
            cryptfolio: try seedCryptFolio(of: user.id),
            trustvaultKey: try createKey(
                for: user.id,
                dialect: .trustvault,
                label: "seed",
                scopes: [.read],
                days: Workspace.seedDays
            ).text
        )
    }

    private func seedHistory(of user: UserID, number: Int, entries: Int) throws {
        let request = ImportRequest(user: user, fileName: "seed.csv")
        _ = try importFile(
            request,
            source: {
                var history = SeedHistory(number: number, entries: entries)
                return { history.nextPiece() }
            },
            progress: { _, _ in }
        )
    }
}
