import Crypto
import Storage
import Testing
import Time

@testable import Services

@Suite("Keys of the dialects")
private struct KeyTests {
    @Test(arguments: Dialect.allCases.filter { $0 != .pages })
    func `a key opens its own dialect alone, and nothing once it is revoked`(_ dialect: Dialect) throws {
        try withFixture { (fixture) throws in
            let workspace = fixture.workspace
            let user = try workspace.user(named: nil).id
            let key = try workspace.createKey(
                for: user,
                dialect: dialect,
                label: "mine",
                scopes: [.read],
                days: nil
            )
            let token = Array(key.text.utf8)[...]
            for other in Dialect.allCases {
                let principal = try workspace.loadPrincipal(token: token, for: other)
                #expect((principal != nil) == (other == dialect))
            }
            #expect(try workspace.keys(of: user, dialect: dialect).map(\.label) == ["mine"])
            #expect(key.info.expires == nil && key.info.scopes == [.read])
            let stranger = try fixture.addUser("stranger").id
            #expect(throws: WorkspaceError.self) {
                try workspace.revokeKey("\(key.info.id.raw)", of: stranger, dialect: dialect)
            }
            try workspace.revokeKey("\(key.info.id.raw)", of: user, dialect: dialect)
            #expect(try workspace.loadPrincipal(token: token, for: dialect) == nil)
        }
    }

    @Test func `what no key can be is refused by name`() throws {
        try withFixture { (fixture) throws in
            let workspace = fixture.workspace
            let user = try workspace.user(named: nil).id
            func make(
                _ dialect: Dialect = .cryptfolio,
                _ label: String = "x",
                _ scopes: [TokenScope] = [.read],
                _ days: Int? = 1
            ) throws {
                _ = try workspace.createKey(
                    for: user,
                    dialect: dialect,
                    label: label,
                    scopes: scopes,
                    days: days
                )
            }
            #expect(throws: CredentialKeyRefusal.noKeys(.pages)) { try make(.pages) }
            #expect(throws: CredentialKeyRefusal.badLabel(limit: 100)) { try make(.cryptfolio, "") }
            #expect(throws: CredentialKeyRefusal.badLabel(limit: 100)) {
                try make(.cryptfolio, String(repeating: "x", count: 101))
            }
            #expect(throws: CredentialKeyRefusal.badScopes(.cryptfolio)) { try make(.cryptfolio, "x", []) }
            #expect(throws: CredentialKeyRefusal.badScopes(.cryptfolio)) {
                try make(.cryptfolio, "x", [.read, .write])
            }
            #expect(throws: CredentialKeyRefusal.badLifetime(limitDays: 3650)) {
                try make(.cryptfolio, "x", [.read], 3651)
            }
            #expect(throws: CredentialKeyRefusal.badLifetime(limitDays: 3650)) {
                try make(.cryptfolio, "x", [.read], 0)
            }
            for _ in 0..<Workspace.keysMax { try make() }
            #expect(throws: CredentialKeyRefusal.tooMany(limit: 100)) { try make() }
            try make(.bitcain)
            let first = try workspace.keys(of: user, dialect: .cryptfolio)[0]
            try workspace.revokeKey("\(first.id.raw)", of: user, dialect: .cryptfolio)
            try make()
        }
    }
}
