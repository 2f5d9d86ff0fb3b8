import Crypto
import Storage
import Testing

@testable import Services

@Suite("Managed users")
private struct ManagedUserTests {
    private static let word = Secret("correct horse battery")

    private func add(_ fixture: Fixture, _ name: String, _ role: UserRole) throws -> UserInfo {
        try fixture.workspace.addUser(
            email: name + "@example.org",
            name: name,
            role: role,
            password: ManagedUserTests.word
        )
    }

    private func make(_ fixture: Fixture, _ name: String, by manager: UserID) throws -> UserInfo {
        try fixture.workspace.makeEnterpriseUser(
            name: name,
            email: name + "@example.org",
            password: ManagedUserTests.word,
            by: manager
        )
    }

    @Test func `an enterprise manages the users it made, administrators all, users none`() throws {
        try withFixture { (fixture) throws in
            let firm = try add(fixture, "firm", .enterprise).id
            let other = try add(fixture, "other", .enterprise).id
            let admin = try add(fixture, "admin", .admin).id
            let plain = try add(fixture, "plain", .user).id
            let made = try make(fixture, "made", by: firm)
            let workspace = fixture.workspace
            #expect(made.manager == firm)
            #expect(try workspace.enterpriseUsers(of: firm) == [made])
            #expect(try workspace.enterpriseUsers(of: other).isEmpty)
            #expect(try workspace.enterpriseUsers(of: admin).count == 6)
            #expect(throws: EnterpriseRefusal.forbidden) { try workspace.enterpriseUsers(of: plain) }
            #expect(throws: EnterpriseRefusal.forbidden) { try make(fixture, "x", by: plain) }
            for (user, manager) in [(made.id, other), (plain, firm), (firm, firm), (admin, firm)] {
                #expect(throws: EnterpriseRefusal.notFound) {
                    try workspace.changeEnterpriseUser(user, name: "x", by: manager)
                }
                #expect(throws: EnterpriseRefusal.notFound) {
                    try workspace.deleteEnterpriseUser(user, by: manager)
                }
            }
            #expect(throws: EnterpriseRefusal.forbidden) {
                try workspace.changeEnterpriseUser(fixture.owner, password: ManagedUserTests.word, by: admin)
            }
            #expect(throws: EnterpriseRefusal.forbidden) {
                try workspace.deleteEnterpriseUser(fixture.owner, by: admin)
            }
            #expect(throws: EnterpriseRefusal.self) { try workspace.deleteEnterpriseUser(admin, by: admin) }
        }
    }

    @Test func `a user is changed as a whole or not at all`() throws {
        try withFixture { (fixture) throws in
            let firm = try add(fixture, "firm", .enterprise).id
            let made = try make(fixture, "made", by: firm)
            let workspace = fixture.workspace
            let session = try workspace.signIn(email: "made@example.org", password: ManagedUserTests.word)
            for (name, email, password) in [
                ("ok", "firm@EXAMPLE.org", nil), ("ok", "nonsense", nil), ("", nil, nil),
                ("ok", nil, Secret("short")),
            ] as [(String?, String?, Secret?)] {
                #expect {
                    try workspace.changeEnterpriseUser(
                        made.id,
                        name: name,
                        email: email,
                        password: password,
                        by: firm
                    )
                } throws: { error in
                    guard case EnterpriseRefusal.invalid(let reasons)? = error as? EnterpriseRefusal else {
                        return false
                    }
                    return reasons.count == 1 && !reasons[0].contains("firm@")
                }
            }
            #expect(try workspace.enterpriseUsers(of: firm) == [made])
            fixture.clock.advance(seconds: 5)
            let changed = try workspace.changeEnterpriseUser(
                made.id,
                name: "New",
                email: "NEW@example.org",
                password: Secret("another horse battery"),
                by: firm
            )
            #expect(changed.name == "New")
            #expect(changed.email == "NEW@example.org")
            #expect(changed.updated > made.updated)
            let access = Array(session.session.accessToken.utf8)[...]
            #expect(try workspace.loadPrincipal(token: access, for: .bitcain) == nil)
            _ = try workspace.signIn(email: "new@example.org", password: Secret("another horse battery"))
        }
    }

    @Test func `a deleted user is gone everywhere, and the journal stays`() throws {
        try withFixture { (fixture) throws in
            let firm = try add(fixture, "firm", .enterprise).id
            let made = try make(fixture, "made", by: firm)
            let workspace = fixture.workspace
            _ = try fixture.importText(
                "time,kind,in_amount,in_asset,account\n2024-01-01,deposit,1,BTC,Kraken\n",
                of: made.id
            )
            let portfolio = try workspace.portfolio(nil, of: made.id)
            let token = try workspace.createToken(for: made.id, label: "t", scopes: [.read], days: 9)
            let theirs = try fixture.client(of: made.id)
            let tokens = try fixture.tokens(theirs, by: firm)
            let allowed = try fixture.tokens(try fixture.client(), by: made.id)
            try workspace.setQuota(Quota(requestsPerSecond: 5, burst: 5), of: .user(made.id))
            let before = try workspace.check().counts.map(\.1)
            #expect(try workspace.deleteEnterpriseUser(made.id, by: firm).email == "made@example.org")
            #expect(try workspace.enterpriseUsers(of: firm).isEmpty)
            #expect(throws: WorkspaceError.self) { try workspace.user(made.id) }
            #expect(throws: WorkspaceError.self) { try workspace.user(named: made.uuid) }
            #expect(try workspace.userNumber(uuid: made.uuid) == nil)
            #expect(try workspace.portfolio(uuid: portfolio.uuid) == nil)
            #expect(throws: SignInRefusal.wrongPassword) {
                try workspace.signIn(email: "made@example.org", password: ManagedUserTests.word)
            }
            #expect(try workspace.loadPrincipal(token: Array(token.text.utf8)[...], for: .bitcain) == nil)
            #expect(try fixture.principal(tokens.accessToken) == nil)
            #expect(try fixture.principal(allowed.accessToken) == nil)
            #expect(try workspace.quotas().isEmpty)
            #expect(try workspace.oauthClient(publicID: theirs.info.publicID) == nil)
            let checked = try workspace.check()
            #expect(checked.counts.map(\.1) == before)
            #expect(checked.findings.isEmpty)
            // The address is free again, for a user of another number.
            let again = try make(fixture, "made", by: firm)
            #expect(again.id != made.id)
            #expect(throws: EnterpriseRefusal.notFound) {
                try workspace.deleteEnterpriseUser(made.id, by: firm)
            }
        }
    }

    @Test func `a deleted enterprise leaves its users to the administrators`() throws {
        try withFixture { (fixture) throws in
            let firm = try add(fixture, "firm", .enterprise).id
            let made = try make(fixture, "made", by: firm)
            try fixture.workspace.deleteUser(firm)
            #expect(try fixture.workspace.user(made.id).manager == nil)
            #expect(try fixture.workspace.enterpriseUsers(of: fixture.owner).contains { $0.id == made.id })
            #expect(throws: EnterpriseRefusal.forbidden) { try fixture.workspace.enterpriseUsers(of: firm) }
            #expect(throws: WorkspaceError.ownerIsFixed) { try fixture.workspace.deleteUser(fixture.owner) }
            #expect(throws: WorkspaceError.ownerIsFixed) {
                try fixture.workspace.changeUser(fixture.owner, role: .user)
            }
            #expect(throws: WorkspaceError.badRole("owner")) {
                try fixture.workspace.changeUser(made.id, role: .owner)
            }
        }
    }

    @Test func `a quota holds for all credentials of a user or client together`() throws {
        try withFixture { (fixture) throws in
            let workspace = fixture.workspace
            let client = try fixture.client()
            let tokens = try fixture.tokens(client, by: fixture.owner)
            let plain = try #require(try fixture.principal(tokens.accessToken))
            #expect(plain.rates == [RateShare(key: "token:\(plain.credentialNumber)", quota: nil)])
            let ofClient = Quota(requestsPerSecond: 100, burst: 200)
            let ofUser = Quota(requestsPerSecond: 7, burst: 9)
            try workspace.setQuota(ofClient, of: .client(client.info.id))
            try workspace.setQuota(Quota(requestsPerSecond: 1, burst: 1), of: .user(fixture.owner))
            try workspace.setQuota(ofUser, of: .user(fixture.owner))
            #expect(
                try fixture.principal(tokens.accessToken)?.rates == [
                    RateShare(key: "user:\(fixture.owner.raw)", quota: ofUser),
                    RateShare(key: "client:\(client.info.id.raw)", quota: ofClient),
                ]
            )
            #expect(try workspace.quotas().map(\.quota) == [ofUser, ofClient])
            try workspace.setQuota(nil, of: .user(fixture.owner))
            #expect(try fixture.principal(tokens.accessToken)?.rates.map(\.quota) == [ofClient])
            for wrong in [0, -1, 1_000_001] {
                #expect(throws: WorkspaceError.badQuota) {
                    try workspace.setQuota(
                        Quota(requestsPerSecond: wrong, burst: 1),
                        of: .user(fixture.owner)
                    )
                }
            }
        }
    }
}
