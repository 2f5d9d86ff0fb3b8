import Crypto
import Foundation
import HTTPServer
import Importing
import JSON
import SchemaSupport
import Storage
import Synchronization
import Testing
import Time

@testable import Services
@testable import TrustVaultAPI

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

    /// The messages of its errors.
    var messages: [String] {
        get throws { try json["errors"]?.array?.compactMap { $0["message"]?.string } ?? [] }
    }

    /// The codes of its errors.
    var codes: [String] {
        get throws { try json["errors"]?.array?.compactMap { $0["extensions"]?["code"]?.string } ?? [] }
    }
}

/// A clock that stands still until it is set.
final class TestClock: Sendable {
    private let state: Mutex<Timestamp>

    init(_ text: String) throws {
        state = Mutex(try Timestamp.parse(text))
    }

    var now: Timestamp { state.withLock { $0 } }

    func set(_ text: String) throws {
        let time = try Timestamp.parse(text)
        state.withLock { $0 = time }
    }
}

/// A data folder with the routes over it, gone after the test.
final class Fixture: Sendable {
    let folder: String
    let clock: TestClock
    let workspace: Workspace
    let application: HTTPApplication
    let api: TrustVaultAPI
    let workers: WorkerPool
    let owner: UserID
    let key: String
    private let documented: DocumentCheck

    init(
        rates: RateLimiter? = nil,
        publicRates: RateLimiter? = nil,
        change: (inout TrustVaultLimits) -> Void = { _ in }
    ) throws {
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("coffer-" + UUID().uuidString).path
        let clock = try TestClock("2021-03-02T16:12:00Z")
        self.clock = clock
        var configuration = WorkspaceConfiguration(folder: folder)
        configuration.passwordCost = .floor
        configuration.now = { clock.now }
        workspace = try Workspace.open(configuration, access: .writing)
        try workspace.warmUp()
        owner = try workspace.user(named: nil).id
        key = try Fixture.key(of: owner, workspace)
        workers = WorkerPool(threads: 2)
        var limits = TrustVaultLimits()
        change(&limits)
        api = try TrustVaultAPI(
            workspace: workspace,
            workers: workers,
            limits: limits,
            rates: rates,
            publicRates: publicRates
        )
        documented = try DocumentCheck(routes: TrustVaultAPI.descriptions)
        application = HTTPApplication(routers: [api.router, api.graphiql].compactMap(\.self))
    }

    func remove() {
        workers.stop()
        workspace.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    static func key(of user: UserID, _ workspace: Workspace) throws -> String {
        try workspace.createKey(for: user, dialect: .trustvault, label: "test", scopes: [.read], days: nil)
            .text
    }

    func addUser(_ name: String) throws -> UserID {
        try workspace.addUser(
            email: name + "@example.org",
            name: name,
            isAdmin: false,
            password: Secret("correct horse battery")
        ).id
    }

    func importText(_ text: String, prices: String? = nil) throws {
        let outcome = try workspace.importFile(
            ImportRequest(user: owner, fileName: "a.csv"),
            source: { Fixture.source(text) },
            progress: { _, _ in }
        )
        #expect(outcome.errorCount == 0, "\(outcome.issues)")
        guard let prices else { return }
        _ = try workspace.importPrices(
            from: { Fixture.source(prices) },
            source: "test",
            progress: { _, _ in }
        )
    }

    private static func source(_ text: String) -> ByteSource {
        var rest: [UInt8]? = Array(text.utf8)
        return {
            defer { rest = nil }
            return rest
        }
    }

    /// Sends a request; an answer that is not as the document says fails the test.
    func send(
        _ method: HTTPMethod,
        _ target: String = "/graphql",
        key: String? = nil,
        headers: [HTTPHeader] = [],
        body: [UInt8] = []
    ) throws -> Answer {
        var headers = headers
        if let key { headers.append(HTTPHeader("x-api-key", key)) }
        let response = application.respond(method, target, headers: headers, body: body)
        var all = response.headers
        for name in ["Content-Type", "Cache-Control"] {
            if let value = response.header(name) { all.append(HTTPHeader(name, value)) }
        }
        let problems = documented.problems(
            method.rawValue,
            target,
            status: response.status,
            contentType: response.header("Content-Type"),
            headers: all,
            body: response.body
        )
        if !problems.isEmpty { Issue.record("not as documented: \(problems)") }
        return Answer(status: response.status, headers: all, body: response.body)
    }

    /// Sends a body of JSON with the owner's key.
    func post(_ body: String, accept: String? = nil) throws -> Answer {
        var headers = [HTTPHeader("Content-Type", "application/json")]
        if let accept { headers.append(HTTPHeader("Accept", accept)) }
        return try send(.post, key: key, headers: headers, body: Array(body.utf8))
    }

    /// Sends a query with the owner's key.
    func query(_ text: String, variables: String? = nil, accept: String? = nil) throws -> Answer {
        var json = JSONWriter()
        json.string(text)
        let query = String(decoding: json.finish(), as: UTF8.self)
        return try post(
            "{\"query\":\(query)\(variables.map { ",\"variables\":" + $0 } ?? "")}",
            accept: accept
        )
    }
}

/// Runs a test on a new folder and removes it.
@discardableResult
func withFixture<Result>(
    rates: RateLimiter? = nil,
    publicRates: RateLimiter? = nil,
    change: (inout TrustVaultLimits) -> Void = { _ in },
    _ body: (Fixture) throws -> Result
) throws -> Result {
    let fixture = try Fixture(rates: rates, publicRates: publicRates, change: change)
    defer { fixture.remove() }
    return try body(fixture)
}
