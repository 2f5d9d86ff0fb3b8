import Crypto
import Dispatch
import Money
import Storage
import Synchronization
import Testing
import Time

@testable import Services

@Suite("Sessions of a browser")
private struct PageSessionTests {
    private static let password = Secret("correct horse battery")

    private func signIn(_ fixture: Fixture, _ account: String) throws -> NewPageSession {
        try fixture.workspace.signInBrowser(account: account, password: Self.password, browser: "Browser/1")
    }

    @Test
    func `a session is found by its text alone, belongs to no API and ends when it is ended`() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let workspace = fixture.workspace
        let anna = try fixture.addUser("anna")
        let made = try signIn(fixture, "ANNA@example.org")
        #expect(made.user.id == anna.id)
        let found = try #require(try workspace.pageSession(made.text))
        #expect(found.profile.user.id == anna.id && found.session.browser == "Browser/1")
        #expect(try workspace.pageSession(made.text + "x") == nil)
        #expect(try workspace.pageSession("") == nil)
        for dialect in Dialect.allCases where dialect != .pages {
            #expect(try workspace.loadPrincipal(token: Array(made.text.utf8)[...], for: dialect) == nil)
        }
        // A token of an API is no session.
        let token = try workspace.createToken(for: anna.id, label: "", scopes: [.read], days: 1)
        #expect(try workspace.pageSession(token.text) == nil)
        let ben = try fixture.addUser("ben")
        #expect(throws: ProfileError.unknownSession(String(found.session.number))) {
            try workspace.endPageSession(String(found.session.number), of: ben.id)
        }
        #expect(try workspace.pageSessions(of: anna.id).count == 1)
        try workspace.endPageSession(String(found.session.number), of: anna.id)
        #expect(try workspace.pageSession(made.text) == nil)
        #expect(try workspace.pageSessions(of: anna.id).isEmpty)
    }

    @Test
    func `a session lives on while it is used, up to its greatest age`() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let settings = PageSessionSettings()
        _ = try fixture.addUser("anna")
        let idle = try signIn(fixture, "anna@example.org")
        let used = try signIn(fixture, "anna@example.org")
        var seconds: Int64 = 0
        while seconds + settings.idleSeconds - 60 < settings.totalSeconds {
            fixture.clock.advance(seconds: settings.idleSeconds - 60)
            seconds += settings.idleSeconds - 60
            #expect(try fixture.workspace.pageSession(used.text) != nil, "after \(seconds) s")
        }
        #expect(try fixture.workspace.pageSession(idle.text) == nil)
        fixture.clock.advance(seconds: settings.totalSeconds - seconds - 1)
        #expect(try fixture.workspace.pageSession(used.text) != nil)
        fixture.clock.advance(seconds: 1)
        #expect(try fixture.workspace.pageSession(used.text) == nil)
        // What is over is removed in time.
        fixture.clock.advance(seconds: 2 * 86_400)
        try fixture.workspace.forgetOldSignIns()
        let rest = try fixture.workspace.database.read { connection throws(StorageError) in
            try connection.credential(hash: TokenText.hash(used.text))
        }
        #expect(rest == nil)
    }

    @Test
    func `an idle session ends, and the oldest of too many`() throws {
        let fixture = try Fixture { $0.pageSessions.sessionsPerUser = 3 }
        defer { fixture.remove() }
        let anna = try fixture.addUser("anna")
        let made = try (0..<4).map { _ in try signIn(fixture, "anna@example.org") }
        #expect(try fixture.workspace.pageSession(made[0].text) == nil)
        for session in made.dropFirst() { #expect(try fixture.workspace.pageSession(session.text) != nil) }
        #expect(try fixture.workspace.pageSessions(of: anna.id).count == 3)
        fixture.clock.advance(seconds: PageSessionSettings().idleSeconds)
        #expect(try fixture.workspace.pageSession(made[3].text) == nil)
    }

    @Test
    func `wrong passwords and unknown accounts are refused alike`() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        _ = try fixture.addUser("anna")
        for account in ["anna@example.org", "nobody@example.org", "owner", ""] {
            #expect(throws: SignInRefusal.wrongPassword) {
                try fixture.workspace.signInBrowser(
                    account: account,
                    password: Secret("not the password"),
                    browser: ""
                )
            }
        }
    }

    @Test
    func `the owner signs in by that word until they have an address`() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        try fixture.workspace.setPassword(Self.password, of: fixture.owner)
        #expect(try signIn(fixture, "Owner").user.id == fixture.owner)
        // Whatever they are called.
        try fixture.workspace.changeProfile(
            of: fixture.owner,
            name: "Anna",
            currency: "EUR",
            timeZone: "UTC"
        )
        #expect(try signIn(fixture, "owner").user.id == fixture.owner)
        #expect(throws: SignInRefusal.wrongPassword) { try signIn(fixture, "Anna") }
        #expect(throws: ProfileError.wrongPassword) {
            try fixture.workspace.provePassword(Secret("no"), of: fixture.owner)
        }
        let present = try fixture.workspace.provePassword(Self.password, of: fixture.owner)
        try fixture.workspace.changeEmail("me@example.org", present: present)
        #expect(try signIn(fixture, "me@example.org").user.id == fixture.owner)
        #expect(throws: SignInRefusal.wrongPassword) { try signIn(fixture, "owner") }
    }

    @Test
    func `sign-up is open to the first who has a password, when the rule says so`() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        func signUp(_ email: String, _ rule: SignUpRule) throws -> NewPageSession {
            try fixture.workspace.signUpBrowser(
                email: email,
                name: "Anna",
                password: Self.password,
                rule: rule,
                browser: ""
            )
        }
        #expect(throws: ProfileError.signUpClosed) { try signUp("anna@example.org", .closed) }
        #expect(try fixture.workspace.isSignUpOpen(.first))
        let anna = try signUp("anna@example.org", .first)
        #expect(anna.user.role == "user")
        #expect(try fixture.workspace.pageSession(anna.text)?.profile.user.id == anna.user.id)
        #expect(try !fixture.workspace.isSignUpOpen(.first))
        #expect(throws: ProfileError.signUpClosed) { try signUp("ben@example.org", .first) }
        #expect(try fixture.workspace.isSignUpOpen(.open))
        #expect(throws: WorkspaceError.emailTaken("ANNA@example.org")) {
            try signUp("ANNA@example.org", .open)
        }
        #expect(try signUp("ben@example.org", .open).user.email == "ben@example.org")
    }

    @Test
    func `of many who would be the first at once, one is`() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let workspace = fixture.workspace
        let outcomes = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 6) { number in
            let outcome: String
            do {
                _ = try workspace.signUpBrowser(
                    email: "u\(number)@example.org",
                    name: "N",
                    password: Self.password,
                    rule: .first,
                    browser: ""
                )
                outcome = "made"
            } catch {
                outcome = "\(error)"
            }
            outcomes.withLock { $0.append(outcome) }
        }
        let found = outcomes.withLock { $0 }
        #expect(found.count { $0 == "made" } == 1, "\(found)")
        #expect(found.count { $0 == ProfileError.signUpClosed.description } == 5, "\(found)")
        #expect(try workspace.users().count == 2)
    }

    @Test
    func `a changed password ends every sign-in but the one that changed it`() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let workspace = fixture.workspace
        let anna = try fixture.addUser("anna")
        let (here, there) = (
            try signIn(fixture, "anna@example.org"), try signIn(fixture, "anna@example.org")
        )
        let api = try workspace.signIn(email: "anna@example.org", password: Self.password)
        let key = try workspace.createKey(
            AccessKeyDraft(kind: .trustvault, label: "a", rights: ["read"]),
            of: anna.id
        )
        let fresh = Secret("another horse battery")
        #expect(throws: ProfileError.wrongPassword) {
            try workspace.provePassword(Secret("wrong"), of: anna.id)
        }
        let present = try workspace.provePassword(Self.password, of: anna.id)
        #expect(throws: WorkspaceError.self) {
            try workspace.changePassword(to: Secret("short"), present: present, keeping: here.session)
        }
        try workspace.changePassword(to: fresh, present: present, keeping: here.session)
        // What was proven is worth nothing once the password is another.
        #expect(throws: ProfileError.wrongPassword) {
            try workspace.changeEmail("anna@new.example", present: present)
        }
        #expect(throws: ProfileError.wrongPassword) {
            try workspace.changePassword(to: fresh, present: present, keeping: here.session)
        }
        #expect(try workspace.pageSession(here.text) != nil)
        #expect(try workspace.pageSession(there.text) == nil)
        #expect(
            try workspace.loadPrincipal(token: Array(api.session.accessToken.utf8)[...], for: .bitcain) == nil
        )
        #expect(try workspace.loadPrincipal(token: Array(key.secret.utf8)[...], for: .trustvault) != nil)
        #expect(throws: SignInRefusal.wrongPassword) { try signIn(fixture, "anna@example.org") }
    }

    @Test
    func `a profile takes names, currencies and zones that there are`() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let (workspace, owner) = (fixture.workspace, fixture.owner)
        try workspace.changeProfile(of: owner, name: "Änne", currency: "EUR", timeZone: "Europe/Vienna")
        let profile = try workspace.profile(of: owner)
        // Portfolios without a currency of their own follow, and answers that were kept are not given any longer.
        let tracked = try workspace.trackedPortfolios(of: owner)
        #expect(tracked.map { $0.currencies.map(\.code) } == [["eur"]])
        try workspace.warmUp()
        let stamp = try #require(workspace.stamp(of: owner, at: workspace.time))
        try workspace.changeProfile(of: owner, name: "Änne", currency: "BTC", timeZone: "Europe/Vienna")
        #expect(workspace.stamp(of: owner, at: workspace.time) != stamp)
        #expect(try workspace.trackedPortfolios(of: owner)[0].currencies.map(\.code) == ["btc"])
        try workspace.changeProfile(of: owner, name: "Änne", currency: "EUR", timeZone: "Europe/Vienna")
        #expect(profile.user.name == "Änne" && profile.currency == "EUR")
        #expect(profile.timeZone == "Europe/Vienna")
        #expect(throws: ProfileError.badName) {
            try workspace.changeProfile(of: owner, name: "", currency: "EUR", timeZone: "UTC")
        }
        #expect(throws: WorkspaceError.unknownCurrency("NOCODE")) {
            try workspace.changeProfile(of: owner, name: "a", currency: "NOCODE", timeZone: "UTC")
        }
        #expect(throws: WorkspaceError.unknownZone("../../etc/passwd")) {
            try workspace.changeProfile(of: owner, name: "a", currency: "EUR", timeZone: "../../etc/passwd")
        }
        #expect(try workspace.profile(of: owner) == profile)
    }
}
