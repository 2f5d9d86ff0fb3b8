import Crypto
import Storage
import Testing
import Time

@testable import Services

@Suite("Users")
private struct UserTests {
    @Test func `a new folder has one owner without e-mail and password`() throws {
        try withFixture { (fixture) throws in
            let users = try fixture.workspace.users()
            #expect(users.count == 1)
            #expect(users.first?.role == "owner")
            #expect(users.first?.email == nil)
            #expect(users.first?.hasPassword == false)
            #expect(try fixture.workspace.user(named: nil) == users.first)
        }
    }

    @Test func `a folder opened again has the same owner`() throws {
        let first = try Fixture()
        let owner = try first.workspace.user(named: nil)
        first.workspace.close()
        let second = try Fixture(folder: first.folder)
        defer { second.remove() }
        #expect(try second.workspace.users() == [owner])
    }

    @Test func `a user is found by id, e-mail in any case, and name`() throws {
        try withFixture { (fixture) throws in
            let user = try fixture.addUser("anna")
            for name in [user.uuid, "anna@example.org", "ANNA@Example.ORG", "anna"] {
                #expect(try fixture.workspace.user(named: name) == user)
            }
            #expect(throws: WorkspaceError.unknownUser("bert")) { try fixture.workspace.user(named: "bert") }
            #expect(throws: WorkspaceError.unknownUser("Anna")) { try fixture.workspace.user(named: "Anna") }
        }
    }

    @Test func `a name that two users have is refused`() throws {
        try withFixture { (fixture) throws in
            for email in ["a@example.org", "b@example.org"] {
                _ = try fixture.workspace.addUser(
                    email: email,
                    name: "twin",
                    isAdmin: false,
                    password: Secret("long enough")
                )
            }
            #expect(throws: WorkspaceError.ambiguousUser("twin")) {
                try fixture.workspace.user(named: "twin")
            }
            #expect(try fixture.workspace.user(named: "b@example.org").name == "twin")
        }
    }

    @Test func `an e-mail is taken whatever its case`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.addUser("anna")
            #expect(throws: WorkspaceError.emailTaken("ANNA@EXAMPLE.ORG")) {
                try fixture.workspace.addUser(
                    email: "ANNA@EXAMPLE.ORG",
                    name: "x",
                    isAdmin: false,
                    password: Secret("long enough")
                )
            }
            #expect(try fixture.workspace.users().count == 2)
        }
    }

    @Test(arguments: [
        "", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\n", String(repeating: "a", count: 250) + "@b.org",
    ])
    func `what is no e-mail is refused`(_ text: String) throws {
        try withFixture { (fixture) throws in
            #expect(throws: WorkspaceError.badEmail(text)) {
                try fixture.workspace.addUser(
                    email: text,
                    name: "x",
                    isAdmin: false,
                    password: Secret("long enough")
                )
            }
        }
    }

    @Test func `a password is kept as a hash that only it verifies`() throws {
        try withFixture { (fixture) throws in
            let user = try fixture.addUser("anna")
            let stored = try fixture.workspace.database.read { connection throws(StorageError) in
                try connection.passwordHash(of: user.id)
            }
            let hash = try #require(stored)
            #expect(hash.hasPrefix("$argon2id$"))
            #expect(!hash.contains("correct horse"))
            #expect(PasswordHash.verify(Secret("correct horse battery"), against: hash))
            #expect(!PasswordHash.verify(Secret("correct horse batterz"), against: hash))
            try fixture.workspace.setPassword(Secret("another password"), of: user.id)
            let changed = try fixture.workspace.database.read { connection throws(StorageError) in
                try connection.passwordHash(of: user.id)
            }
            #expect(PasswordHash.verify(Secret("another password"), against: changed ?? ""))
        }
    }

    @Test(arguments: [("1234567", false), ("12345678", true), ("äöüäöüä", false), ("äöüäöüäö", true)])
    func `a password has at least eight characters`(_ password: String, _ isGood: Bool) throws {
        try withFixture { (fixture) throws in
            let user = fixture.owner
            if isGood {
                try fixture.workspace.setPassword(Secret(password), of: user)
            } else {
                #expect(throws: WorkspaceError.self) {
                    try fixture.workspace.setPassword(Secret(password), of: user)
                }
            }
            #expect(try fixture.workspace.users().first?.hasPassword == isGood)
        }
    }

    @Test func `a password has at most as many bytes as can be hashed`() throws {
        try withFixture { (fixture) throws in
            let long = String(repeating: "x", count: PasswordHash.passwordBytesMax)
            try fixture.workspace.setPassword(Secret(long), of: fixture.owner)
            #expect(throws: WorkspaceError.self) {
                try fixture.workspace.setPassword(Secret(long + "x"), of: fixture.owner)
            }
        }
    }
}

@Suite("Tokens")
private struct TokenTests {
    private func check(_ token: String, _ fixture: Fixture) -> Principal? {
        let bytes = Array(token.utf8)[...]
        switch fixture.workspace.authenticate(token: bytes, for: .bitcain) {
        case .ready(let principal): return principal
        case .refused: return nil
        case .notLoaded:
            // A test that cannot read its database fails by what it finds.
            return try? fixture.workspace.loadPrincipal(token: bytes, for: .bitcain)
        }
    }

    @Test func `a token stands for its user with its scopes, from memory after the first use`() throws {
        try withFixture { (fixture) throws in
            let made = try fixture.workspace.createToken(
                for: fixture.owner,
                label: "phone",
                scopes: [.read],
                days: 30
            )
            #expect(made.text.hasPrefix("cfb_"))
            guard
                case .notLoaded = fixture.workspace.authenticate(
                    token: Array(made.text.utf8)[...],
                    for: .bitcain
                )
            else {
                Issue.record("a token that was never used is not in memory")
                return
            }
            let principal = try #require(check(made.text, fixture))
            #expect(principal.user == fixture.owner)
            #expect(principal.scopes == [.read])
            #expect(principal.credentialNumber == made.info.id.raw)
            guard
                case .ready(principal) = fixture.workspace.authenticate(
                    token: Array(made.text.utf8)[...],
                    for: .bitcain
                )
            else {
                Issue.record("a token that was used is in memory")
                return
            }
        }
    }

    @Test func `what is listed never shows the token`() throws {
        try withFixture { (fixture) throws in
            let made = try fixture.workspace.createToken(
                for: fixture.owner,
                label: "phone",
                scopes: [.read, .write],
                days: 30
            )
            let listed = try fixture.workspace.tokens(of: fixture.owner)
            #expect(listed == [made.info])
            #expect(!"\(listed)".contains(made.text))
            #expect(listed.first?.expires == fixture.clock.now.advanced(bySeconds: 30 * 86_400))
        }
    }

    @Test func `a token ends at its instant, in memory or not`() throws {
        try withFixture { (fixture) throws in
            let used = try fixture.workspace.createToken(
                for: fixture.owner,
                label: "",
                scopes: [.read],
                days: 1
            )
            let unused = try fixture.workspace.createToken(
                for: fixture.owner,
                label: "",
                scopes: [.read],
                days: 1
            )
            fixture.clock.advance(seconds: 86_400 - 1)
            #expect(check(used.text, fixture) != nil)
            fixture.clock.advance(seconds: 1)
            #expect(check(used.text, fixture) == nil)
            #expect(check(unused.text, fixture) == nil)
        }
    }

    @Test func `a revoked token ends at once, also from memory`() throws {
        try withFixture { (fixture) throws in
            let one = try fixture.workspace.createToken(
                for: fixture.owner,
                label: "",
                scopes: [.read],
                days: 1
            )
            let other = try fixture.workspace.createToken(
                for: fixture.owner,
                label: "",
                scopes: [.read],
                days: 1
            )
            #expect(check(one.text, fixture) != nil)
            #expect(check(other.text, fixture) != nil)
            try fixture.workspace.revokeToken(String(one.info.id.raw), of: fixture.owner)
            #expect(check(one.text, fixture) == nil)
            #expect(check(other.text, fixture) != nil)
            #expect(try fixture.workspace.tokens(of: fixture.owner).first?.revoked == fixture.clock.now)
        }
    }

    @Test func `a token that was looked up while another was revoked is not remembered`() throws {
        let cache = SessionCache()
        let principal = Principal(
            user: UserID(raw: 1),
            uuid: "u",
            credential: CredentialID(raw: 1),
            dialect: .bitcain,
            kind: "bitcain.token",
            family: nil,
            scopes: [.read],
            role: .user,
            client: nil,
            rates: [],
            expires: nil
        )
        let before = cache.generation
        cache.forget()
        cache.keep(principal, hash: .zero, generation: before)
        #expect(cache.principal(.zero) == nil)
        cache.keep(principal, hash: .zero, generation: cache.generation)
        #expect(cache.principal(.zero) == principal)
    }

    @Test func `nobody revokes another's token, or one that is not there`() throws {
        try withFixture { (fixture) throws in
            let other = try fixture.addUser("anna").id
            let made = try fixture.workspace.createToken(
                for: fixture.owner,
                label: "",
                scopes: [.read],
                days: 1
            )
            for (number, user) in [
                (String(made.info.id.raw), other), ("99", fixture.owner), ("x", fixture.owner),
            ] {
                #expect(throws: WorkspaceError.unknownToken(number)) {
                    try fixture.workspace.revokeToken(number, of: user)
                }
            }
            #expect(check(made.text, fixture) != nil)
        }
    }

    @Test func `a text with another prefix or a wrong checksum is refused without asking the database`()
        throws
    {
        try withFixture { (fixture) throws in
            let made = try fixture.workspace.createToken(
                for: fixture.owner,
                label: "",
                scopes: [.read],
                days: 1
            )
            let last: Character = made.text.last == "0" ? "1" : "0"
            let wrong = [
                "", "cfb_", "x" + made.text.dropFirst(), String(made.text.dropLast()) + String(last),
                made.text + "0", TokenText.make(prefix: "cfa"), made.text.uppercased(),
            ]
            for text in wrong {
                guard
                    case .refused = fixture.workspace.authenticate(
                        token: Array(text.utf8)[...],
                        for: .bitcain
                    )
                else {
                    Issue.record("\(text) is no token")
                    continue
                }
            }
            #expect(check(TokenText.make(prefix: "cfb"), fixture) == nil)
        }
    }

    @Test func `uses are written down when asked for`() throws {
        try withFixture { (fixture) throws in
            let made = try fixture.workspace.createToken(
                for: fixture.owner,
                label: "",
                scopes: [.read],
                days: 1
            )
            #expect(check(made.text, fixture) != nil)
            #expect(try fixture.workspace.tokens(of: fixture.owner).first?.lastUsed == nil)
            fixture.clock.advance(seconds: 90)
            try fixture.workspace.saveLastUses()
            #expect(try fixture.workspace.tokens(of: fixture.owner).first?.lastUsed == fixture.clock.now)
            let before = fixture.clock.now
            fixture.clock.advance(seconds: 90)
            try fixture.workspace.saveLastUses()
            #expect(try fixture.workspace.tokens(of: fixture.owner).first?.lastUsed == before)
        }
    }
}
