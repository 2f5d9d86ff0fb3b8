import Glibc
import HTTPServer
import Synchronization

extension HTTPResponse {
    /// A plain text answer.
    static func text(_ body: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, contentType: "text/plain; charset=utf-8", body: Array(body.utf8))
    }
}

/// Routes that show what the server understood.
func testRouters() -> [Router] {
    var plain = Router(prefixes: ["/"], trailingSlash: .strict)
    plain.add(.get, "/hello", name: "hello") { _, _ in .json(Array(#"{"hello":true}"#.utf8)) }
    plain.add(.get, "/healthz", name: "health", isServedWhenBusy: true) { _, _ in .text("ok") }
    plain.add(.get, "/echo/{first}/{second}", name: "echo") { request, _ in
        .text(request.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: ","))
    }
    plain.add(.get, "/echo/{first}/fixed", name: "fixed") { _, _ in .text("fixed") }
    plain.add(.post, "/echo/{first}/{other}", name: "echo.post") { request, _ in
        .text("post \(request.parameter("other") ?? "-")")
    }
    plain.add(.get, "/query", name: "query") { request, _ in
        .text("\(request.query("a") ?? "nil")|\(request.rawTarget)|\(request.path)")
    }
    plain.add(.get, "/headers", name: "headers") { request, _ in
        .text(request.header("X-Test") ?? "nil")
    }
    plain.add(.post, "/body", name: "body", body: .collect(maxBytes: 1_000)) { request, _ in
        guard case .bytes(let bytes) = request.body else { return .text("none") }
        return .text("\(bytes.count):\(String(decoding: bytes.prefix(20), as: UTF8.self))")
    }
    let formRule = HTTPBodyRule.multipart(maxBytes: 8 * 1024 * 1024, otherMaxBytes: 1_000)
    plain.add(.post, "/form", name: "form", body: formRule) { request, _ in
        switch request.body {
        case .none: .text("none")
        case .bytes(let bytes): .text("bytes \(bytes.count)")
        case .multipart(let form): .text(describe(form))
        }
    }
    plain.add(.get, "/split", name: "split") { _, _ in
        .empty(200, headers: [HTTPHeader("X-Bad", "a\r\nSet-Cookie: b")])
    }
    plain.add(.get, "/dropped", name: "dropped") { _, _ in nil }
    plain.add(.get, "/principal", name: "principal") { _, _ in
        var response = HTTPResponse.empty(204)
        response.principal = "token 7\n"
        return response
    }
    var redirecting = Router(
        prefixes: ["/api/v1/portfolio"],
        pages: ErrorPages { failure, _ in
            .json(Array(#"{"detail":"portfolio \#(failure.status)"}"#.utf8), status: failure.status)
        },
        trailingSlash: .redirect
    )
    redirecting.add(.get, "/api/v1/portfolio/", name: "list") { _, _ in .text("list") }
    redirecting.add(.post, "/api/v1/portfolio/", name: "create", body: .collect(maxBytes: 100)) { _, _ in
        .text("created", status: 201)
    }
    redirecting.add(.get, "/api/v1/portfolio/{portfolio_id}", name: "get") { request, _ in
        .text(request.parameter("portfolio_id") ?? "nil")
    }
    var lenient = Router(prefixes: ["/either"], trailingSlash: .either)
    lenient.add(.get, "/either/{id}", name: "either") { request, _ in .text(request.parameter("id") ?? "nil")
    }
    return [plain, redirecting, lenient]
}

private func describe(_ form: MultipartForm) -> String {
    form.parts.map { part in
        var place = "memory"
        if case .file(let file) = part.contents { place = "file " + describe(file) }
        return "\(part.name);\(part.filename ?? "nil");\(part.contents.byteCount);\(place)"
    }.joined(separator: "\n")
}

/// What another reader of the path sees: its size and rights.
private func describe(_ file: SpooledFile) -> String {
    let descriptor = unsafe open(file.path, O_RDONLY)
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return "unreadable" }
    return "\(status.st_size) \(String(status.st_mode & 0o777, radix: 8)) \(status.st_nlink)"
}

/// Starts a server on a free port, runs the body, stops it.
func withServer<Result>(
    _ routers: [Router] = testRouters(),
    change: (inout HTTPConfiguration) -> Void = { _ in },
    _ body: (HTTPServer) throws -> Result
) throws -> Result {
    var configuration = HTTPConfiguration()
    configuration.port = 0
    configuration.eventLoops = 2
    change(&configuration)
    let server = HTTPServer(configuration: configuration, routers: routers)
    try server.start()
    defer { server.stop(graceSeconds: 1) }
    return try body(server)
}

/// A value that grows from several threads.
final class Recorder<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    func append(_ element: Element) { elements.withLock { $0.append(element) } }

    var all: [Element] { elements.withLock { $0 } }
}

/// Waits until the condition holds, at most two seconds.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<400 {
        if condition() { return true }
        usleep(5_000)
    }
    return condition()
}
