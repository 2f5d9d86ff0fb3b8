import Foundation
import Glibc
import Synchronization

/// A running `coffer serve`, killed at the latest when the test lets go of it.
final class Server: Sendable {
    let child: Child
    let port: UInt16
    /// The operators' port, where there is one.
    let adminPort: UInt16?
    private let ended = Mutex<Child.End?>(nil)

    struct DidNotStart: Error {
        let code: Int32?
        let errors: String
    }

    /// Starts it on free ports and waits until it listens.
    init(_ coffer: Coffer, _ words: [String] = ["--no-limits"], admin: Bool = false) throws {
        child = try coffer.start(
            ["serve", "--listen", "127.0.0.1:0", "--admin-listen", admin ? "127.0.0.1:0" : "off"] + words
        )
        let deadline = Date().addingTimeInterval(30)
        while Date() < deadline {
            let said = String(decoding: child.output, as: UTF8.self)
            if let port = Server.port(after: "listening  http://127.0.0.1:", in: said) {
                let metrics = Server.port(after: "metrics    http://127.0.0.1:", in: said)
                if !admin || metrics != nil {
                    self.port = port
                    adminPort = metrics
                    return
                }
            }
            if let end = child.wait(seconds: 0) { throw DidNotStart(code: end.code, errors: child.errors) }
            usleep(5000)
        }
        child.end()
        throw DidNotStart(code: nil, errors: child.errors)
    }

    deinit {
        if ended.withLock({ $0 }) == nil { child.end() }
    }

    private static func port(after words: String, in text: String) -> UInt16? {
        guard let place = text.range(of: words) else { return nil }
        let digits = text[place.upperBound...].prefix { $0.isASCII && $0.isNumber }
        // Without what follows, the number may not be whole yet.
        guard digits.endIndex != text.endIndex else { return nil }
        return UInt16(digits)
    }

    /// Asks it to stop and returns how it ended, or nil when it did not within the time.
    func stop(_ signal: Int32 = SIGTERM, seconds: Double = 10) -> Child.End? {
        child.signal(signal)
        let end = child.wait(seconds: seconds)
        ended.withLock { $0 = end }
        return end
    }

    struct NotReady: Error {
        let body: String
    }

    /// Waits until it says that it is ready.
    func waitUntilReady() throws {
        var body: [UInt8] = []
        for _ in 0..<200 {
            let answer = try send("GET", "/readyz")
            if answer.status == 200 { return }
            body = answer.body
            usleep(50_000)
        }
        throw NotReady(body: String(decoding: body, as: UTF8.self))
    }

    /// Whether a text comes up on standard error within ten seconds; lines are written a moment after the answer.
    func says(_ text: String) -> Bool {
        for _ in 0..<200 {
            if child.errors.contains(text) { return true }
            usleep(50_000)
        }
        return false
    }

    /// Kills it as a crash would.
    func kill() {
        let end = child.end()
        ended.withLock { $0 = end }
    }

    /// One request on a connection of its own.
    func send(
        _ method: String,
        _ path: String,
        token: String? = nil,
        headers: [String] = [],
        body: [UInt8] = []
    ) throws -> HTTPClient.Response {
        var headers = headers
        if let token { headers.append("Authorization: Bearer \(token)") }
        return try HTTPClient.send(method, path, port: port, headers: headers, body: body)
    }

    /// Uploads a file to bitcain's import.
    func upload(_ csv: String, token: String, dryRun: Bool = false) throws -> HTTPClient.Response {
        let boundary = "coffer-test-boundary"
        let body =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rows.csv\"\r\n"
            + "Content-Type: text/csv\r\n\r\n\(csv)\r\n--\(boundary)--\r\n"
        return try send(
            "POST",
            "/api/v1/portfolio/ingest/csv" + (dryRun ? "?dry_run=true" : ""),
            token: token,
            headers: ["Content-Type: multipart/form-data; boundary=\(boundary)"],
            body: [UInt8](body.utf8)
        )
    }
}
