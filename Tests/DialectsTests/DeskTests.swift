import Crypto
import Foundation
import HTTPServer
import Services
import Storage
import Synchronization
import Testing
import Time

@testable import Dialects

/// A new data folder, gone after the test.
private func withWorkspace(_ body: (Workspace) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("coffer-" + UUID().uuidString)
    var configuration = WorkspaceConfiguration(folder: folder.path)
    configuration.passwordCost = .floor
    let workspace = try Workspace.open(configuration, access: .writing)
    defer {
        workspace.close()
        try? FileManager.default.removeItem(at: folder)
    }
    try body(workspace)
}

/// Words of a dialect that takes `X-Key` alone.
private struct PlainWords: DialectWords {
    func credential(of request: HTTPRequest) -> ShownCredential {
        if request.header("x-bad") != nil { return .refused(.json(Array("\"bad\"".utf8), status: 400)) }
        return request.headerBytes("x-key").map { .token($0, kinds: ["cryptfolio.key"]) } ?? .none
    }

    func answer(to refusal: CallerRefusal) -> HTTPResponse {
        switch refusal {
        case .noCredential: .empty(401)
        case .invalidCredential: .empty(402)
        case .scopeMissing: .empty(403)
        case .tooManyRequests: .empty(429)
        case .busy: .empty(503)
        }
    }

    func answer(to error: any Error) -> HTTPResponse { .empty(500) }
    func isFault(_ error: any Error) -> Bool { true }
}

private struct Failure: Error {}

@Suite("What dialects share")
private struct DeskTests {
    @Test func `answers are kept for one user, one name and one state of the data`() throws {
        try withWorkspace { workspace in
            let user = try workspace.user(named: nil).id
            try workspace.warmUp()
            _ = try workspace.imports(of: user)
            let (cache, body) = (AnswerCache(), Array("x".utf8))
            let desk = desk(workspace)
            // The first read loads what a stamp needs.
            _ = try workspace.portfolios(of: user)
            let stamp = try #require(workspace.stamp(of: user, at: Timestamp(seconds: 1)))
            let later = try #require(workspace.stamp(of: user, at: Timestamp(seconds: 2)))
            cache.keep(body, user: user, key: "a", stamp: stamp)
            #expect(cache.body(user: user, key: "a", stamp: stamp) == body)
            #expect(cache.body(user: user, key: "b", stamp: stamp) == nil)
            #expect(cache.body(user: user, key: "a", stamp: later) == nil)
            #expect(cache.body(user: UserID(raw: 99), key: "a", stamp: stamp) == nil)
            let large = [UInt8](repeating: 0, count: AnswerCache.bodyBytesMax + 1)
            cache.keep(large, user: user, key: "large", stamp: stamp)
            #expect(cache.body(user: user, key: "large", stamp: stamp) == nil)
            cache.keep(Array(large.dropLast()), user: user, key: "large", stamp: stamp)
            #expect(cache.body(user: user, key: "large", stamp: stamp) != nil)
            let long = String(repeating: "k", count: AnswerCache.nameBytesMax + 1)
            cache.keep(body, user: user, key: long, stamp: stamp)
            #expect(cache.body(user: user, key: long, stamp: stamp) == nil)
            for index in 0..<AnswerCache.answersMax {
                cache.keep(body, user: user, key: "\(index)", stamp: stamp)
            }
            #expect(cache.body(user: user, key: "a", stamp: stamp) == nil, "all are dropped at the limit")
            desk.workers.stop()
        }
    }

    private func desk(
        _ workspace: Workspace,
        rates: RateLimiter? = nil,
        _ faults: Faults? = nil
    ) -> DialectDesk {
        DialectDesk(
            .cryptfolio,
            PlainWords(),
            workspace: workspace,
            workers: WorkerPool(threads: 1),
            rates: rates,
            onFault: { _, _ in faults?.note() }
        )
    }

    private final class Faults: Sendable {
        private let number = Mutex(0)
        func note() { number.withLock { $0 += 1 } }
        var count: Int { number.withLock { $0 } }
    }

    @Test func `a caller is known first, then allowed, then counted, and a fault is reported`() throws {
        try withWorkspace { workspace in
            let faults = Faults()
            let desk = desk(workspace, rates: RateLimiter(ratePerSecond: 0.001, burst: 2), faults)
            defer { desk.workers.stop() }
            let user = try workspace.user(named: nil).id
            func key(_ dialect: Dialect, _ scopes: [TokenScope]) throws -> String {
                try workspace.createKey(for: user, dialect: dialect, label: "x", scopes: scopes, days: nil)
                    .text
            }
            var router = Router()
            let rule = ScopeRule([[.read, .admin], [.info]])
            router.add(
                .get,
                "/x",
                name: "x",
                body: .none,
                desk.authorized(rule) { request, caller, responder in
                    desk.offload(responder, caller) { throw Failure() }
                }
            )
            let application = HTTPApplication(routers: [router])
            func status(_ headers: [HTTPHeader]) -> Int {
                application.respond(.get, "/x", headers: headers).status
            }
            let good = HTTPHeader("X-Key", try key(.cryptfolio, [.read, .info]))
            #expect(status([]) == 401)
            #expect(status([HTTPHeader("X-Bad", "1"), good]) == 400)
            #expect(status([HTTPHeader("X-Key", "nonsense")]) == 402)
            #expect(status([HTTPHeader("X-Key", try key(.bitcain, [.read]))]) == 402)
            #expect(status([HTTPHeader("X-Key", try key(.cryptfolio, [.read]))]) == 403)
            #expect([good, good, good].map { status([$0]) } == [500, 500, 429])
            #expect(faults.count == 2)
        }
    }

    @Test func `a quota is shared by all credentials of its holder, and another burst than the usual one`()
        throws
    {
        try withWorkspace { workspace in
            let user = try workspace.user(named: nil).id
            func caller() throws -> Caller {
                let key = try workspace.createKey(
                    for: user,
                    dialect: .cryptfolio,
                    label: "x",
                    scopes: [.read],
                    days: nil
                )
                let shown = Array(key.text.utf8)[...]
                return Caller(
                    principal: try #require(try workspace.loadPrincipal(token: shown, for: .cryptfolio))
                )
            }
            let rates = RateLimiter(ratePerSecond: 0.001, burst: 1)
            func taken(_ caller: Caller) -> Bool { caller.refusal(by: rates, atMicroseconds: 0) == nil }
            // The usual rate is each credential's own.
            let (first, second) = (try caller(), try caller())
            #expect([first, first, second, second].map(taken) == [true, false, true, false])
            try workspace.setQuota(Quota(requestsPerSecond: 1, burst: 3), of: .user(user))
            let (third, fourth) = (try caller(), try caller())
            #expect([third, fourth, third, fourth].map(taken) == [true, true, true, false])
            #expect(third.refusal(by: rates, atMicroseconds: 1_000_000) == nil)
        }
    }

    @Test func `a client that stands for itself comes only where a rule takes it, whatever its scopes`()
        throws
    {
        try withWorkspace { workspace in
            let firm = try workspace.addUser(
                email: "firm@example.org",
                name: "Firm",
                role: .enterprise,
                password: Secret("correct horse")
            )
            let client = try workspace.registerClient(
                name: "App",
                redirects: [],
                scopes: [.admin],
                isConfidential: true,
                of: firm.id
            ).client
            let shown = Array(try workspace.clientCredentials(scope: nil, client: client).accessToken.utf8)[
                ...
            ]
            let principal = try #require(try workspace.loadPrincipal(token: shown, for: .cryptfolio))
            #expect(principal.scopes == [.admin])
            let reading = ScopeRule([[.read, .admin]])
            #expect(reading.missing(principal, in: principal.scopes) == [.read])
            let managing = ScopeRule([[.admin]], takesClients: true)
            #expect(managing.missing(principal, in: principal.scopes).isEmpty)
            #expect(managing.missing(principal, in: [.public]) == [.admin])
        }
    }

    @Test func `a rule asks for one scope of each group and names what is missing`() {
        let rule = ScopeRule([[.read, .admin], [.write, .admin]])
        #expect(rule.missing(in: [.read, .write]).isEmpty && rule.missing(in: [.admin]).isEmpty)
        #expect(rule.missing(in: [.read]) == [.write])
        #expect(rule.missing(in: [.write]) == [.read])
        #expect(rule.missing(in: [.info]) == [.read, .write])
        #expect(ScopeRule.needs(.read).missing(in: [.write]) == [.read])
    }
}
