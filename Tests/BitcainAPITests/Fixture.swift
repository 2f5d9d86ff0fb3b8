import BitcainAPI
import Crypto
import Foundation
import HTTPServer
import JSON
import SchemaSupport
import Services
import Synchronization
import Testing
import Time

/// How a test reaches the routes: without a socket, or over one.
enum Front: String, CaseIterable, CustomTestStringConvertible {
    case memory
    case socket

    var testDescription: String { rawValue }
}

/// An answer by either way.
struct Answer: Sendable {
    let status: Int
    let headers: [HTTPHeader]
    let body: [UInt8]

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    var json: JSONValue {
        get throws { try JSONReader.parse(body, limits: JSONLimits(elements: 1_000_000)) }
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
        lines.withLock { $0.append("\(request) \(error)") }
    }

    var all: [String] { lines.withLock { $0 } }
}

/// A data folder with its routes, gone after the test.
final class Fixture: Sendable {
    let folder: String
    let clock: TestClock
    let workspace: Workspace
    let application: HTTPApplication
    let api: BitcainAPI
    private let documented: DocumentCheck
    private let server: HTTPServer?
    private let workers: WorkerPool
    private let passwords: WorkerPool
    let owner: UserID
    let faults = Faults()

    /// Opens a new folder, or one that an earlier fixture left.
    init(
        _ front: Front = .memory,
        folder: String? = nil,
        rates: RateLimiter? = nil,
        signIn: BitcainSignIn = Fixture.openSignUp,
        hasOpenReads: Bool = false,
        change: (inout WorkspaceConfiguration, inout BitcainLimits, inout HTTPConfiguration) -> Void = {
            _,
            _,
            _ in
        }
    ) throws {
        self.folder =
            folder
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("coffer-" + UUID().uuidString)
            .path
        let clock = try TestClock("2024-06-15T12:00:00Z")
        self.clock = clock
        var configuration = WorkspaceConfiguration(folder: self.folder)
        configuration.passwordCost = .floor
        configuration.now = { clock.now }
        var limits = BitcainLimits()
        var http = HTTPConfiguration()
        http.port = 0
        http.eventLoops = 2
        http.spoolFolder = self.folder
        change(&configuration, &limits, &http)
        workspace = try Workspace.open(configuration, access: .writing)
        owner = try workspace.user(named: nil).id
        workers = WorkerPool(threads: 2)
        passwords = WorkerPool(threads: 2, queuedMax: 16)
        let faults = faults
        http.onFault = { faults.note($0, $1) }
        api = BitcainAPI(
            workspace: workspace,
            workers: workers,
            passwords: passwords,
            signIn: signIn,
            hasOpenReads: hasOpenReads,
            limits: limits,
            rates: rates,
            onFault: http.onFault
        )
        documented = try DocumentCheck(routes: BitcainAPI.descriptions)
        switch front {
        case .memory:
            server = nil
            application = HTTPApplication(configuration: http, routers: [api.router])
        case .socket:
            let server = HTTPServer(configuration: http, routers: [api.router])
            try server.start()
            self.server = server
            application = server.application
        }
    }

    /// Sign-up for everybody, and no limits.
    static var openSignUp: BitcainSignIn {
        var signIn = BitcainSignIn()
        signIn.isSignUpOpen = true
        signIn.limiter = nil
        return signIn
    }

    /// Stops everything and keeps the folder.
    func close() {
        server?.stop(graceSeconds: 1)
        workers.stop()
        passwords.stop()
        workspace.close()
    }

    /// Stops everything and removes the folder.
    func remove() {
        close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func token(
        of user: UserID? = nil,
        _ scopes: [TokenScope] = [.read, .write],
        days: Int = 1
    ) throws -> String {
        try workspace.createToken(for: user ?? owner, label: "test", scopes: scopes, days: days).text
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
        let answer = try sendUnchecked(method, target, token: token, headers: headers, body: body)
        // What is no request at all reaches no route.
        guard answer.status != 400 || answer.text != "{}" else { return answer }
        let path = target.prefix { $0 != "?" }
        let problems = documented.problems(
            method.rawValue,
            path.removingPercentEncoding ?? String(path),
            status: answer.status,
            contentType: answer.header("Content-Type"),
            headers: answer.headers,
            body: answer.body
        )
        if !problems.isEmpty { Issue.record("not as documented: \(problems)") }
        return answer
    }

    private func sendUnchecked(
        _ method: HTTPMethod,
        _ target: String,
        token: String?,
        headers: [HTTPHeader],
        body: [UInt8]
    ) throws -> Answer {
        var headers = headers
        if let token { headers.append(HTTPHeader("Authorization", "Bearer " + token)) }
        guard let server else {
            let response = application.respond(method, target, headers: headers, body: body)
            var all = response.headers
            for name in ["Content-Type", "Cache-Control"] {
                if let value = response.header(name) { all.append(HTTPHeader(name, value)) }
            }
            return Answer(status: response.status, headers: all, body: response.body)
        }
        return try WireClient(port: server.port).send(method.rawValue, target, headers, body)
    }

    func get(_ path: String, token: String?) throws -> Answer {
        try send(.get, BitcainAPI.base + path, token: token)
    }

    /// The identity outside of a user.
    func uuid(of user: UserID) throws -> String {
        try #require(try workspace.users().first { $0.id == user }?.uuid)
    }

    /// Sends a JSON body.
    func json(
        _ method: HTTPMethod,
        _ target: String,
        _ body: String,
        token: String? = nil,
        headers: [HTTPHeader] = []
    ) throws -> Answer {
        try send(
            method,
            target,
            token: token,
            headers: [HTTPHeader("Content-Type", "application/json")] + headers,
            body: Array(body.utf8)
        )
    }

    /// Uploads a file as curl does.
    func upload(
        _ contents: [UInt8],
        token: String?,
        query: String = "",
        fileName: String = "history.csv",
        boundary: String = "b0undary",
        headers: [HTTPHeader] = []
    ) throws -> Answer {
        let type = HTTPHeader("Content-Type", "multipart/form-data; boundary=" + boundary)
        var body = Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; ".utf8)
        body += Array("filename=\"\(fileName)\"\r\nContent-Type: text/csv\r\n\r\n".utf8)
        body += contents + Array("\r\n--\(boundary)--\r\n".utf8)
        return try send(
            .post,
            BitcainAPI.base + "/ingest/csv" + query,
            token: token,
            headers: [type] + headers,
            body: body
        )
    }

    func upload(
        _ contents: String,
        token: String?,
        query: String = "",
        headers: [HTTPHeader] = []
    ) throws -> Answer {
        try upload(Array(contents.utf8), token: token, query: query, headers: headers)
    }
}

/// Runs a test on a new folder and removes it.
@discardableResult
func withFixture<Result>(
    _ front: Front = .memory,
    rates: RateLimiter? = nil,
    signIn: BitcainSignIn = Fixture.openSignUp,
    hasOpenReads: Bool = false,
    change: (inout WorkspaceConfiguration, inout BitcainLimits, inout HTTPConfiguration) -> Void = {
        _,
        _,
        _ in
    },
    _ body: (Fixture) throws -> Result
) throws -> Result {
    let fixture = try Fixture(
        front,
        rates: rates,
        signIn: signIn,
        hasOpenReads: hasOpenReads,
        change: change
    )
    defer { fixture.remove() }
    return try body(fixture)
}

/// Files in Coffer's own layout.
enum Sample {
    static let header =
        "time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,value,value_asset,account,exchange"

    /// A history whose lots and gains can be worked out by hand.
    static let history =
        header + "\n" + """
            2022-03-25T06:45:27Z,trade,0.5,BTC,20000,USD,100,USD,,,Coinbase,Coinbase
            2023-01-10T00:00:00Z,trade,2,ETH,3000,USD,,,,,Kraken,Kraken
            2023-06-01T12:00:00Z,staking,0.01,ETH,,,,,19,USD,Kraken,Kraken
            2024-02-01T00:00:00Z,trade,10000,USD,0.2,BTC,50,USD,,,Coinbase,Coinbase
            """ + "\n"

    static let prices = """
        time,base,quote,price
        2024-06-14T12:00:00Z,BTC,USD,66000
        2024-06-10T12:00:00Z,ETH,USD,3500

        """

    static func deposit(
        _ amount: String,
        _ asset: String = "BTC",
        time: String = "2024-01-01T00:00:00Z"
    ) -> String {
        "time,kind,in_amount,in_asset,account\n\(time),deposit,\(amount),\(asset),Kraken\n"
    }
}

/// Bytes as a source that is read in one piece.
func pieces(_ text: String) -> () throws -> [UInt8]? {
    var isTaken = false
    return {
        defer { isTaken = true }
        return isTaken ? nil : Array(text.utf8)
    }
}
