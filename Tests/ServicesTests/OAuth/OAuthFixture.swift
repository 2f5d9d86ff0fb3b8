import Crypto
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Services

/// A client with what its tests ask for.
struct TestClient {
    static let redirect = "https://app.example.org/back"
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    /// The challenge of the verifier, as RFC 7636 appendix B has it.
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    let info: OAuthClientInfo
    let secret: String?

    /// The parameters of a request, changed and left away as asked.
    func parameters(_ changes: [String: String?] = [:], isChallenged: Bool = false) -> [OAuthParameter] {
        var all: [(String, String?)] = [
            ("response_type", "code"), ("client_id", info.publicID), ("redirect_uri", TestClient.redirect),
            ("scope", "read write"), ("state", "xyz"),
        ]
        if isChallenged {
            all += [("code_challenge", TestClient.challenge), ("code_challenge_method", "S256")]
        }
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            all.removeAll { $0.0 == name }
            all.append((name, value))
        }
        return all.compactMap { name, value in value.map { OAuthParameter(name, $0) } }
    }
}

extension Fixture {
    func client(
        of user: UserID? = nil,
        redirects: [String] = [TestClient.redirect],
        scopes: [TokenScope] = [.public, .info, .read, .write, .delete],
        isConfidential: Bool = true
    ) throws -> TestClient {
        let made = try workspace.registerClient(
            name: "App",
            redirects: redirects,
            scopes: scopes,
            isConfidential: isConfidential,
            of: user ?? owner
        )
        return TestClient(info: made.client, secret: made.secret)
    }

    /// A code of the user for the client.
    func code(
        _ client: TestClient,
        by user: UserID,
        _ changes: [String: String?] = [:],
        isChallenged: Bool = false
    ) throws -> String {
        let ask = try workspace.authorization(client.parameters(changes, isChallenged: isChallenged))
        return try #require(value(of: "code", in: try workspace.approve(ask, by: user)))
    }

    func tokens(
        _ client: TestClient,
        by user: UserID,
        _ changes: [String: String?] = [:]
    ) throws -> OAuthTokens {
        try workspace.redeemCode(
            try code(client, by: user, changes),
            redirect: TestClient.redirect,
            verifier: nil,
            client: client.info
        )
    }

    /// Who an access token stands for, asked of the database and of memory alike.
    func principal(_ token: String) throws -> Principal? {
        let bytes = Array(token.utf8)[...]
        let loaded = try workspace.loadPrincipal(token: bytes, for: .cryptfolio)
        switch workspace.authenticate(token: bytes, for: .cryptfolio) {
        case .ready(let known): return known == loaded ? known : nil
        case .refused, .notLoaded: return nil
        }
    }
}

/// The value of a parameter in the query of a URL, as written there.
func value(of name: String, in url: String) -> String? {
    url.split(separator: "?").last?.split(separator: "&")
        .first { $0.hasPrefix(name + "=") }
        .map { String($0.dropFirst(name.count + 1)) }
}

/// What came of doing something on many threads at once.
func inParallel<Value: Sendable>(
    _ count: Int,
    _ work: @escaping @Sendable (Int) throws -> Value
) -> [Result<Value, any Error>] {
    let results = Mutex<[Result<Value, any Error>]>([])
    let gate = DispatchSemaphore(value: 0)
    let group = DispatchGroup()
    for number in 0..<count {
        group.enter()
        let thread = Thread {
            gate.wait()
            let result = Result { try work(number) }
            results.withLock { $0.append(result) }
            group.leave()
        }
        thread.start()
    }
    for _ in 0..<count { gate.signal() }
    group.wait()
    return results.withLock { $0 }
}
