import Crypto
import HTTPServer
import Services
import Testing

@testable import Pages

@Suite("Secrets that wait to be shown")
private struct SecretShelfTests {
    private func session(_ fixture: Fixture, _ name: String) throws -> PageSession {
        _ = try fixture.addUser(name)
        return try fixture.workspace.signInBrowser(
            account: name + "@example.org",
            password: Secret(Fixture.password),
            browser: ""
        ).session
    }

    @Test func `one who makes many pushes none of another's away`() throws {
        try withFixture { fixture in
            let (anna, mallory) = (try session(fixture, "anna"), try session(fixture, "mallory"))
            let shelf = SecretShelf()
            let time = fixture.clock.now
            func put(_ text: String, _ session: PageSession) -> String {
                shelf.put([SecretShelf.Item(label: "x", secret: Secret(text))], for: session, at: time)
            }
            let annas = put("anna's", anna)
            let tickets = (0..<(2 * PageLimits.waitingSecretsMax)).map { put("\($0)", mallory) }
            let kept = tickets.filter { shelf.take($0, for: mallory, at: time) != nil }
            #expect(kept == tickets.suffix(PageLimits.waitingSecretsPerUser))
            #expect(shelf.take(annas, for: mallory, at: time) == nil)
            let taken = try #require(shelf.take(annas, for: anna, at: time))
            #expect(taken.map { $0.secret.revealed() } == [Array("anna's".utf8)])
            #expect(shelf.take(annas, for: anna, at: time) == nil)
        }
    }

    @Test func `a server that is full says so on a page, before anything is done`() throws {
        try withFixture { fixture in
            let full = WorkerPool(threads: 1, queuedMax: 1)
            full.stop()
            let pages = Pages(workspace: fixture.workspace, workers: full, passwords: full)
            let application = HTTPApplication(routers: [pages.router])
            for (method, path) in [(HTTPMethod.get, "/keys"), (.get, "/oauth/authorize"), (.post, "/signin")]
            {
                let response = application.respond(method, path)
                #expect(response.status == 503 && response.header("Retry-After") == "1")
                let text = String(decoding: response.body, as: UTF8.self)
                #expect(text.contains("<h1>The server is busy</h1>"))
                #expect(response.header("X-Frame-Options") == "DENY")
            }
        }
    }
}
