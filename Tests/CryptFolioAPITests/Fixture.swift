import Crypto
import CryptFolioAPI
import Foundation
import HTTPServer
import JSON
import SchemaSupport
import Storage
import Synchronization
import Testing
import Time

@testable import Services

/// An answer.
struct Answer: Sendable {
    let status: Int
    let headers: [HTTPHeader]
    let body: [UInt8]

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    var json: JSONValue {
        get throws { try JSONReader.parse(body, limits: DocumentCheck.limits) }
    }

    /// The result in the envelope.
    var result: JSONValue {
        get throws { try #require(try json["result"], "\(text.prefix(300))") }
    }

    /// The words of `invalid`.
    var invalid: [String] {
        get throws { try json["invalid"]?.array?.compactMap(\.string) ?? [] }
    }
}

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

/// What the routes reported as faults.
final class Faults: Sendable {
    private let lines = Mutex<[String]>([])

    func note(_ error: any Error, _ request: HTTPRequestID) {
        lines.withLock { $0.append("\(error)") }
    }

    var all: [String] { lines.withLock { $0 } }
}

/// A data folder with the routes of one revision, gone after the test.
final class Fixture: Sendable {
    let revision: CryptFolioRevision
    let folder: String
    let clock: TestClock
    let workspace: Workspace
    let application: HTTPApplication
    let api: CryptFolioAPI
    private let documented: DocumentCheck
    let workers: WorkerPool
    let owner: UserID
    let faults = Faults()

    init(
        _ revision: CryptFolioRevision,
        rates: RateLimiter? = nil,
        publicRates: RateLimiter? = nil,
        change: (inout WorkspaceConfiguration, inout CryptFolioLimits) -> Void = { _, _ in }
    ) throws {
        self.revision = revision
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("coffer-" + UUID().uuidString).path
        let clock = try TestClock("2018-01-22T12:34:56.789Z")
        self.clock = clock
        var configuration = WorkspaceConfiguration(folder: folder)
        configuration.passwordCost = .floor
        configuration.now = { clock.now }
        var limits = CryptFolioLimits()
        change(&configuration, &limits)
        workspace = try Workspace.open(configuration, access: .writing)
        try workspace.warmUp()
        owner = try workspace.user(named: nil).id
        workers = WorkerPool(threads: 2)
        let faults = faults
        api = CryptFolioAPI(
            workspace: workspace,
            workers: workers,
            revision: revision,
            limits: limits,
            rates: rates,
            publicRates: publicRates,
            onFault: { faults.note($0, $1) }
        )
        documented = try DocumentCheck(routes: CryptFolioAPI.descriptions(revision))
        application = HTTPApplication(routers: [api.router])
    }

    func remove() {
        workers.stop()
        workspace.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// An access token of a client, as OAuth gives it; for the client itself where it stands for itself.
    func token(
        of user: UserID? = nil,
        _ scopes: [TokenScope] = [.read, .write, .delete],
        seconds: Int64? = nil,
        isClient: Bool = false
    ) throws -> String {
        let (text, family) = (TokenText.make(prefix: "cfo"), SecureRandom.uuid())
        let (user, words) = (user ?? owner, scopes.map(\.rawValue))
        let expires = seconds.map { clock.now.advanced(bySeconds: $0) }
        try workspace.database.writeAndWait { transaction in
            let client = try transaction.addClient(
                ClientDraft(
                    user: user,
                    publicID: family,
                    name: "test",
                    secret: nil,
                    scopes: words,
                    redirects: []
                )
            )
            try transaction.addGrant(
                GrantDraft(
                    family: family,
                    client: client,
                    user: user,
                    kind: isClient ? "client" : "code",
                    scopes: words
                )
            )
            _ = try transaction.addCredential(
                CredentialDraft(
                    user: user,
                    kind: isClient ? "cryptfolio.client" : "cryptfolio.access",
                    hash: TokenText.hash(text),
                    scopes: words,
                    expires: expires,
                    family: family
                )
            )
        }
        return text
    }

    func addUser(_ name: String) throws -> UserID {
        try workspace.addUser(
            email: name + "@example.org",
            name: name,
            isAdmin: false,
            password: Secret("correct horse battery")
        ).id
    }

    /// Sends a request; an answer that is not as the document says fails the test.
    func send(
        _ method: HTTPMethod,
        _ target: String,
        token: String? = nil,
        headers: [HTTPHeader] = [],
        body: [UInt8] = []
    ) throws -> Answer {
        var headers = headers
        if let token { headers.append(HTTPHeader("Authorization", "Bearer " + token)) }
        let response = application.respond(method, target, headers: headers, body: body)
        var all = response.headers
        for name in ["Content-Type", "Cache-Control"] {
            if let value = response.header(name) { all.append(HTTPHeader(name, value)) }
        }
        let path = target.prefix { $0 != "?" }.replacing("/api/v1/", with: "/api/").replacing("//", with: "/")
        let problems = documented.problems(
            method.rawValue,
            path.removingPercentEncoding ?? String(path),
            status: response.status,
            contentType: response.header("Content-Type"),
            headers: all,
            body: response.body
        )
        if !problems.isEmpty { Issue.record("not as documented: \(problems)") }
        return Answer(status: response.status, headers: all, body: response.body)
    }

    func get(_ path: String, token: String? = nil, headers: [HTTPHeader] = []) throws -> Answer {
        try send(.get, "/api" + path, token: token, headers: headers)
    }

    func json(
        _ method: HTTPMethod,
        _ path: String,
        _ body: String,
        token: String? = nil,
        headers: [HTTPHeader] = []
    ) throws -> Answer {
        try send(
            method,
            "/api" + path,
            token: token,
            headers: [HTTPHeader("Content-Type", "application/json")] + headers,
            body: Array(body.utf8)
        )
    }

    func form(
        _ method: HTTPMethod,
        _ path: String,
        _ body: String,
        token: String? = nil
    ) throws -> Answer {
        try send(
            method,
            "/api" + path,
            token: token,
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(body.utf8)
        )
    }
}

/// Runs a test on a new folder and removes it.
@discardableResult
func withFixture<Result>(
    _ revision: CryptFolioRevision = .r2018_01,
    rates: RateLimiter? = nil,
    publicRates: RateLimiter? = nil,
    change: (inout WorkspaceConfiguration, inout CryptFolioLimits) -> Void = { _, _ in },
    _ body: (Fixture) throws -> Result
) throws -> Result {
    let fixture = try Fixture(revision, rates: rates, publicRates: publicRates, change: change)
    defer { fixture.remove() }
    return try body(fixture)
}
