import Crypto
import Foundation
import Storage
import Testing

@testable import Services

@Suite("Seeding")
private struct SeedTests {
    @Test func `the same numbers make the same histories, with other secrets`() throws {
        try withFixture { (first) throws in
            let one = try first.workspace.seed(users: 2, entries: 40) { _, _ in }
            try withFixture { (second) throws in
                let other = try second.workspace.seed(users: 2, entries: 40) { _, _ in }
                for (left, right) in zip(one.users, other.users) {
                    #expect(left.user.email == right.user.email)
                    #expect(left.password != right.password)
                    #expect(left.token != right.token)
                    #expect(try first.exported(of: left.user.id) == second.exported(of: right.user.id))
                }
            }
            #expect(try first.exported(of: one.users[0].user.id) != first.exported(of: one.users[1].user.id))
            #expect(one.entries == 80)
            #expect(one.admin.user.role == "admin")
            #expect(one.admin.token == nil)
        }
    }

    @Test func `what was seeded passes the check and overdraws nothing`() throws {
        try withFixture { (fixture) throws in
            let outcome = try fixture.workspace.seed(users: 1, entries: 300) { _, _ in }
            #expect(try fixture.workspace.check().findings.isEmpty)
            let user = outcome.users[0].user.id
            #expect(try fixture.balances(of: user).values.allSatisfy { !$0.hasPrefix("-") })
            let token = Array((outcome.users[0].token ?? "").utf8)[...]
            #expect(try fixture.workspace.loadPrincipal(token: token, for: .bitcain)?.user == user)
            let made = outcome.users[0].cryptfolio
            let access = try fixture.workspace.loadPrincipal(
                token: Array(made.accessToken.utf8)[...],
                for: .cryptfolio
            )
            #expect(access?.user == user)
            #expect(access?.scopes == Set(TokenScope.cryptfolio))
            let key = try fixture.workspace.loadPrincipal(
                token: Array(made.apiKey.utf8)[...],
                for: .cryptfolio
            )
            #expect(key?.user == user)
            #expect(key?.scopes == [.info, .read])
            let firm = outcome.enterprise
            let client = try fixture.workspace.authenticateClient(
                firm.clientID,
                secret: Secret(Array(firm.clientSecret.utf8))
            )
            #expect(try fixture.workspace.user(client.owner).role == "enterprise")
        }
    }

    @Test func `a folder that someone has used is refused`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(Sample.deposit("1"))
            #expect(throws: WorkspaceError.folderHasUsers(1)) {
                try fixture.workspace.seed(users: 1, entries: 1) { _, _ in }
            }
        }
        try withFixture { (fixture) throws in
            _ = try fixture.addUser("anna")
            #expect(throws: WorkspaceError.folderHasUsers(2)) {
                try fixture.workspace.seed(users: 1, entries: 1) { _, _ in }
            }
        }
    }

    @Test(arguments: [(0, 1), (1, 0), (10_001, 1), (1, 1_000_001), (-1, 1)])
    func `numbers out of range are refused`(_ users: Int, _ entries: Int) throws {
        try withFixture { (fixture) throws in
            #expect(throws: WorkspaceError.self) {
                try fixture.workspace.seed(users: users, entries: entries) { _, _ in }
            }
            #expect(try fixture.workspace.users().count == 1)
        }
    }
}

@Suite("Checking a folder")
private struct CheckTests {
    @Test func `a sound folder has no findings and says what was looked at`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(Sample.history)
            let report = try fixture.workspace.check()
            #expect(report.findings.isEmpty)
            #expect(report.counts.first { $0.name == "entries" }?.count == 4)
        }
    }

    @Test func `an amount changed behind the back is found, and no report is made of it`() throws {
        let first = try Fixture()
        let amount = "31415926535.897932384626433832"
        _ = try first.importText(Sample.deposit(amount))
        first.workspace.close()
        let path = first.folder + "/coffer.db"
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        let place = try #require(data.range(of: Data(amount.utf8)), "the amount is in the database's file")
        data.replaceSubrange(place, with: Data("91415926535.897932384626433832".utf8))
        try data.write(to: URL(fileURLWithPath: path))
        let second = try Fixture(folder: first.folder)
        defer { second.remove() }
        #expect(try !second.workspace.check().findings.isEmpty)
        let error = #expect(throws: StorageError.self) { try second.balances() }
        guard case .tampered = error?.kind else {
            Issue.record("expected the entry to be named, got \(String(describing: error))")
            return
        }
    }
}
