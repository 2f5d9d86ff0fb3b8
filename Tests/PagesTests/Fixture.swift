import Crypto
import Foundation
import HTTPServer
import Pages
import Services
import Synchronization
import Testing
import Time

/// A clock that stands still until it is set.
final class TestClock: Sendable {
    private let state: Mutex<Timestamp>

    init(_ text: String) throws {
        state = Mutex(try Timestamp.parse(text))
    }

    var now: Timestamp { state.withLock { $0 } }

    func advance(seconds: Int64) {
        state.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}

/// What was written to the log.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    func note(_ line: String) { lines.withLock { $0.append(line) } }

    var text: String { lines.withLock { $0.joined(separator: "\n") } }
}

/// A data folder with its pages, gone after the test.
final class Fixture: Sendable {
    static let password = "correct horse battery"
    static let redirect = "https://app.example/callback"

    let folder: String
    let clock: TestClock
    let workspace: Workspace
    let application: HTTPApplication
    let router: Router
    let log = LogLines()
    let faults = LogLines()
    private let workers: WorkerPool
    private let passwords: WorkerPool
    let owner: UserID

    init(
        signUp: SignUpRule = .open,
        limiter: SignInGuard? = nil,
        rates: RateLimiter? = nil,
        served: Set<AccessKeyKind> = Set(AccessKeyKind.allCases),
        change: (inout WorkspaceConfiguration, inout HTTPConfiguration) -> Void = { _, _ in }
    ) throws {
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("coffer-" + UUID().uuidString).path
        let clock = try TestClock("2024-06-15T12:00:00Z")
        self.clock = clock
        var configuration = WorkspaceConfiguration(folder: folder)
        configuration.passwordCost = .floor
        configuration.now = { clock.now }
        var http = HTTPConfiguration()
        http.spoolFolder = folder
        change(&configuration, &http)
        let (log, faults) = (log, faults)
        http.accessLog = { record in log.note("\(record)") }
        http.onFault = { error, request in faults.note("\(request) \(error)") }
        workspace = try Workspace.open(configuration, access: .writing)
        owner = try workspace.user(named: nil).id
        workers = WorkerPool(threads: 2)
        passwords = WorkerPool(threads: 2, queuedMax: 16)
        var settings = PagesSettings()
        settings.signUp = signUp
        settings.limiter = limiter
        settings.served = served
        router =
            Pages(
                workspace: workspace,
                workers: workers,
                passwords: passwords,
                settings: settings,
                rates: rates,
                onFault: http.onFault
            ).router
        application = HTTPApplication(configuration: http, routers: [router])
    }

    func remove() {
        workers.stop()
        passwords.stop()
        workspace.close()
        // What cannot be removed from the system's temporary folder is of no consequence.
        try? FileManager.default.removeItem(atPath: folder)
    }

    func addUser(_ name: String) throws -> UserID {
        try workspace.addUser(
            email: name + "@example.org",
            name: name,
            isAdmin: false,
            password: Secret(Fixture.password)
        ).id
    }

    /// A browser in which that user signed in.
    func browser(of name: String) throws -> Browser {
        if try !workspace.users().contains(where: { $0.name == name }) { _ = try addUser(name) }
        let browser = Browser(self)
        let answer = try browser.submit(
            "/signin",
            action: "/signin",
            ["email": name + "@example.org", "password": Fixture.password]
        )
        #expect(answer.status == 303, "\(answer.text)")
        return browser
    }

    /// An application of a user.
    func client(
        of user: UserID,
        name: String = "Ledger app",
        redirects: [String] = [Fixture.redirect],
        isConfidential: Bool = true
    ) throws -> NewOAuthClient {
        try workspace.registerClient(
            name: name,
            redirects: redirects,
            scopes: [.public, .info, .read, .write],
            isConfidential: isConfidential,
            of: user
        )
    }
}

/// Runs a body with a folder and its pages; no page may ever be our own fault.
func withFixture(
    signUp: SignUpRule = .open,
    limiter: SignInGuard? = nil,
    rates: RateLimiter? = nil,
    served: Set<AccessKeyKind> = Set(AccessKeyKind.allCases),
    change: (inout WorkspaceConfiguration, inout HTTPConfiguration) -> Void = { _, _ in },
    _ body: (Fixture) throws -> Void
) throws {
    let fixture = try Fixture(signUp: signUp, limiter: limiter, rates: rates, served: served, change: change)
    defer { fixture.remove() }
    try body(fixture)
    #expect(fixture.faults.text.isEmpty, "\(fixture.faults.text)")
}
