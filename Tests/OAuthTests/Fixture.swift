import Crypto
import Foundation
import HTTPServer
import JSON
import OAuth
import SchemaSupport
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

/// An answer, complete.
struct Answer: Sendable {
    let status: Int
    let headers: [HTTPHeader]
    let body: [UInt8]

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    var json: JSONValue { get throws { try JSONReader.parse(body) } }

    /// The text of a field.
    func text(_ key: String) throws -> String? { try json[key]?.string }
}

/// A data folder with the endpoints, a user and clients.
final class Fixture: Sendable {
    static let redirect = "https://app.example.org/back"
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let password = "correct horse battery"

    let folder: String
    let clock: TestClock
    let workspace: Workspace
    let application: HTTPApplication
    let server: OAuthServer
    let user: UserInfo
    /// A confidential client of the user, and its secret.
    let client: OAuthClientInfo
    let secret: String
    /// A public client.
    let open: OAuthClientInfo
    private let documented: DocumentCheck
    let workers = WorkerPool(threads: 2)
    private let passwords = WorkerPool(threads: 2, queuedMax: 16)

    init(_ change: (inout WorkspaceConfiguration, inout OAuthGuards) -> Void) throws {
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("coffer-" + UUID().uuidString).path
        let clock = try TestClock("2024-06-15T12:00:00Z")
        self.clock = clock
        var configuration = WorkspaceConfiguration(folder: folder)
        configuration.passwordCost = .floor
        configuration.now = { clock.now }
        configuration.oauth.issuer = "https://coffer.example.org"
        var guards = OAuthGuards()
        guards.signIn = nil
        guards.tokensPerMinute = nil
        change(&configuration, &guards)
        workspace = try Workspace.open(configuration, access: .writing)
        user = try workspace.addUser(
            email: "ada@example.org",
            name: "Ada",
            isAdmin: false,
            password: Secret(Fixture.password)
        )
        func register(_ isConfidential: Bool, _ workspace: Workspace, _ user: UserID) throws -> NewOAuthClient
        {
            try workspace.registerClient(
                name: "App",
                redirects: [Fixture.redirect],
                scopes: [.public, .info, .read, .write],
                isConfidential: isConfidential,
                of: user
            )
        }
        let made = try register(true, workspace, user.id)
        client = made.client
        secret = try #require(made.secret)
        open = try register(false, workspace, user.id).client
        server = OAuthServer(
            workspace: workspace,
            workers: workers,
            passwords: passwords,
            guards: guards,
            rates: nil
        )
        documented = try DocumentCheck(routes: OAuthServer.descriptions)
        application = HTTPApplication(routers: [server.router])
    }

    func remove() {
        workers.stop()
        passwords.stop()
        workspace.close()
        // What cannot be removed from the system's temporary folder is of no consequence.
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Sends a request; an answer that is not as the document says fails the test.
    func send(
        _ method: HTTPMethod,
        _ target: String,
        headers: [HTTPHeader] = [],
        body: [UInt8] = [],
        address: String = "127.0.0.1"
    ) -> Answer {
        let response = application.respond(
            method,
            target,
            headers: headers,
            body: body,
            remoteAddress: address
        )
        var all = response.headers
        for name in ["Content-Type", "Cache-Control"] {
            if let value = response.header(name) { all.append(HTTPHeader(name, value)) }
        }
        let problems = documented.problems(
            method.rawValue,
            String(target.prefix { $0 != "?" }),
            status: response.status,
            contentType: response.contentType,
            headers: all,
            body: response.body
        )
        if !problems.isEmpty { Issue.record("not as documented: \(problems)") }
        return Answer(status: response.status, headers: all, body: response.body)
    }

    /// Posts a form, with HTTP Basic where a pair is given.
    func post(
        _ path: String,
        _ form: KeyValuePairs<String, String>,
        basic: (String, String)? = nil,
        headers: [HTTPHeader] = [],
        address: String = "127.0.0.1"
    ) -> Answer {
        let body = form.map { escaped($0.key) + "=" + escaped($0.value) }.joined(separator: "&")
        var headers = headers + [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")]
        if let basic {
            let text = Base64.encode(Array("\(basic.0):\(basic.1)".utf8))
            headers.append(HTTPHeader("Authorization", "Basic " + text))
        }
        return send(.post, path, headers: headers, body: Array(body.utf8), address: address)
    }

    /// Asks for a token as the confidential client.
    func token(_ form: KeyValuePairs<String, String>, address: String = "127.0.0.1") -> Answer {
        post("/oauth/token", form, basic: (client.publicID, secret), address: address)
    }

    /// A code of the user.
    func code(
        _ client: OAuthClientInfo,
        scope: String = "read write",
        isChallenged: Bool = false
    ) throws -> String {
        var parameters = [
            OAuthParameter("response_type", "code"), OAuthParameter("client_id", client.publicID),
            OAuthParameter("redirect_uri", Fixture.redirect), OAuthParameter("scope", scope),
        ]
        if isChallenged {
            parameters += [
                OAuthParameter("code_challenge", Fixture.challenge),
                OAuthParameter("code_challenge_method", "S256"),
            ]
        }
        let url = try workspace.approve(try workspace.authorization(parameters), by: user.id)
        let query = try #require(url.split(separator: "?").last)
        let item = try #require(query.split(separator: "&").first { $0.hasPrefix("code=") })
        return String(item.dropFirst(5))
    }

    private func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}

/// Runs a test on a new folder and removes it.
func withFixture(
    change: (inout WorkspaceConfiguration, inout OAuthGuards) -> Void = { _, _ in },
    _ body: (Fixture) throws -> Void
) throws {
    let fixture = try Fixture(change)
    defer { fixture.remove() }
    try body(fixture)
}
