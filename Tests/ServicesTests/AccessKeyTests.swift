import Crypto
import Foundation
import Storage
import Testing
import Time

@testable import Services

@Suite("Keys of every API")
private struct AccessKeyTests {
    @Test(arguments: AccessKeyKind.allCases)
    func `a key opens its own dialect alone, is listed without its secret and ends when revoked`(
        _ kind: AccessKeyKind
    ) throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let workspace = fixture.workspace
        let rights = kind.hasOneRight ? [kind.rights[1]] : kind.rights
        let made = try workspace.createKey(
            AccessKeyDraft(kind: kind, label: "Büro <1>", rights: rights),
            of: fixture.owner
        )
        let listed = try #require(try workspace.keys(of: fixture.owner).first)
        #expect(listed == made.key)
        #expect(listed.label == "Büro <1>" && listed.rights == rights && listed.expires == nil)
        #expect(!"\(listed)".contains(made.secret))
        let token = Array(made.secret.utf8)[...]
        for dialect in Dialect.allCases {
            let principal = try workspace.loadPrincipal(token: token, for: dialect)
            #expect((principal != nil) == dialect.kinds.contains { $0.name == kind.rawValue })
            #expect(principal.map { $0.user == fixture.owner } ?? true)
        }
        let other = try fixture.addUser("other")
        #expect(throws: AccessKeyError.unknown(String(listed.id.raw))) {
            try workspace.revokeKey(String(listed.id.raw), of: other.id)
        }
        try workspace.revokeKey(String(listed.id.raw), of: fixture.owner)
        for dialect in Dialect.allCases {
            #expect(try workspace.loadPrincipal(token: token, for: dialect) == nil)
            if case .ready = workspace.authenticate(token: token, for: dialect) {
                Issue.record("a revoked key still opens \(dialect)")
            }
        }
        #expect(throws: AccessKeyError.unknown(String(listed.id.raw))) {
            try workspace.revokeKey(String(listed.id.raw), of: fixture.owner)
        }
        #expect(try workspace.keys(of: fixture.owner).first?.revoked != nil)
        #expect(try workspace.keys(of: other.id).isEmpty)
    }

    @Test
    func `the secret of a signing key is read back until it is revoked, and lies sealed in the folder`()
        throws
    {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let workspace = fixture.workspace
        let draft = AccessKeyDraft(kind: .cointracking, label: "Konto", rights: ["pro"])
        let made = try workspace.createKey(draft, of: fixture.owner)
        let publicID = try #require(made.key.publicID)
        let found = try #require(try workspace.signingKey(publicID, kind: .cointracking))
        #expect(found.user == fixture.owner && found.key.rights == ["pro"])
        #expect(found.secret.revealed() == Array(made.secret.utf8))
        #expect(try workspace.signingKey(publicID, kind: .trustvault) == nil)
        #expect(try workspace.signingKey(made.secret, kind: .cointracking) == nil)
        for name in ["coffer.db", "coffer.db-wal"] {
            let bytes = FileManager.default.contents(atPath: fixture.folder + "/" + name) ?? Data()
            #expect(bytes.range(of: Data(made.secret.utf8)) == nil, "\(name)")
        }
        // Another user's key does not open it, nor does it stand for another row.
        let second = try workspace.createKey(draft, of: fixture.owner)
        try workspace.database.writeAndWait { transaction in
            let stored = try transaction.connection.sealedSecret(of: made.key.id)
            try transaction.setSealedSecret(stored?.sealed ?? [], keyVersion: 1, of: second.key.id)
        }
        #expect(throws: ConnectionError.damaged(second.key.id.raw)) {
            _ = try workspace.signingKey(second.key.publicID ?? "", kind: .cointracking)
        }
        try workspace.revokeKey(String(made.key.id.raw), of: fixture.owner)
        #expect(try workspace.signingKey(publicID, kind: .cointracking) == nil)
    }

    @Test(
        arguments: [
            (AccessKeyDraft(kind: .bitcain, label: " ", rights: ["read"]), AccessKeyError.badLabel),
            (
                AccessKeyDraft(
                    kind: .bitcain,
                    label: String(repeating: "x", count: AccessKeyLimits.labelCharactersMax + 1),
                    rights: ["read"]
                ), .badLabel
            ),
            (AccessKeyDraft(kind: .bitcain, label: "a\u{0}b", rights: ["read"]), .badLabel),
            (AccessKeyDraft(kind: .bitcain, label: "a", rights: []), .badRights(.bitcain)),
            (AccessKeyDraft(kind: .bitcain, label: "a", rights: ["trade"]), .badRights(.bitcain)),
            (AccessKeyDraft(kind: .cryptfolio, label: "a", rights: ["write"]), .badRights(.cryptfolio)),
            (AccessKeyDraft(kind: .trustvault, label: "a", rights: ["admin"]), .badRights(.trustvault)),
            (AccessKeyDraft(kind: .coinbtr, label: "a", rights: ["read", "read"]), .badRights(.coinbtr)),
            (
                AccessKeyDraft(kind: .cointracking, label: "a", rights: ["pro", "free"]),
                .badRights(.cointracking)
            ),
            (AccessKeyDraft(kind: .coinbtr, label: "a", rights: ["trade"], days: 0), .badDays),
            (AccessKeyDraft(kind: .coinbtr, label: "a", rights: ["trade"], days: 3651), .badDays),
        ]
    )
    func `what is no key is refused`(_ draft: AccessKeyDraft, _ error: AccessKeyError) throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        #expect(throws: error) { try fixture.workspace.createKey(draft, of: fixture.owner) }
        #expect(try fixture.workspace.keys(of: fixture.owner).isEmpty)
    }

    @Test
    func `a token for a dialect is of the dialect's sort, and there is none for pages`() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        func make(_ dialect: Dialect, _ scopes: [TokenScope] = [.read]) throws -> NewToken {
            try fixture.workspace.createKey(
                for: fixture.owner,
                dialect: dialect,
                label: "x",
                scopes: scopes,
                days: nil
            )
        }
        for dialect in Dialect.allCases where dialect != .pages {
            let made = try make(dialect)
            let principal = try fixture.workspace.loadPrincipal(
                token: Array(made.text.utf8)[...],
                for: dialect
            )
            #expect(principal?.credential == made.info.id && principal?.scopes == [.read])
        }
        #expect(throws: AccessKeyError.noKeys(.pages)) { try make(.pages) }
        #expect(throws: AccessKeyError.badRights(.cryptfolio)) { try make(.cryptfolio, [.write]) }
    }

    @Test
    func `a key with days ends on time, and no user has more than the limit`() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let workspace = fixture.workspace
        let draft = AccessKeyDraft(kind: .coinbtr, label: "a", rights: ["trade"], days: 1)
        let made = try workspace.createKey(draft, of: fixture.owner)
        let token = Array(made.secret.utf8)[...]
        #expect(try workspace.loadPrincipal(token: token, for: .coinbtr)?.scopes == [.trade])
        for _ in 1..<AccessKeyLimits.keysPerUser { _ = try workspace.createKey(draft, of: fixture.owner) }
        #expect(throws: AccessKeyError.tooMany(AccessKeyLimits.keysPerUser)) {
            try workspace.createKey(draft, of: fixture.owner)
        }
        fixture.clock.advance(seconds: 86_400)
        #expect(try workspace.loadPrincipal(token: token, for: .coinbtr) == nil)
        // What is over makes room.
        _ = try workspace.createKey(draft, of: fixture.owner)
    }
}
