import HTTPServer
import Testing

/// How a request reaches the routes: without a socket or through one.
enum Way: CaseIterable, Sendable, CustomTestStringConvertible {
    case memory, wire

    var testDescription: String { self == .memory ? "in memory" : "over the wire" }
}

/// One request and what must come back; a nil body is not compared.
struct RoutingCase: Sendable, CustomTestStringConvertible {
    let method: String
    let target: String
    let status: Int
    var body: String?
    var headers: [String: String] = [:]

    var testDescription: String { "\(method) \(target)" }
}

private let routingCases: [RoutingCase] = [
    RoutingCase(
        method: "GET",
        target: "/hello",
        status: 200,
        body: #"{"hello":true}"#,
        headers: ["Content-Type": "application/json", "Cache-Control": "no-store"]
    ),
    RoutingCase(method: "GET", target: "//hello", status: 200),
    RoutingCase(method: "GET", target: "/nope", status: 404, body: #"{"detail":"Not Found"}"#),
    RoutingCase(method: "GET", target: "/../hello", status: 404),
    RoutingCase(
        method: "POST",
        target: "/hello",
        status: 405,
        body: #"{"detail":"Method Not Allowed"}"#,
        headers: ["Allow": "GET, HEAD, OPTIONS"]
    ),
    RoutingCase(method: "BREW", target: "/hello", status: 405, headers: ["Allow": "GET, HEAD, OPTIONS"]),
    RoutingCase(method: "BREW", target: "/nope", status: 404),
    RoutingCase(
        method: "OPTIONS",
        target: "/hello",
        status: 204,
        body: "",
        headers: ["Allow": "GET, HEAD, OPTIONS"]
    ),
    RoutingCase(
        method: "OPTIONS",
        target: "/echo/a/b",
        status: 204,
        body: "",
        headers: ["Allow": "GET, HEAD, POST, OPTIONS"]
    ),
    RoutingCase(
        method: "OPTIONS",
        target: "/echo/a/fixed",
        status: 204,
        body: "",
        headers: ["Allow": "GET, HEAD, OPTIONS"]
    ),
    RoutingCase(
        method: "OPTIONS",
        target: "*",
        status: 204,
        body: "",
        headers: ["Allow": "GET, HEAD, POST, OPTIONS"]
    ),
    RoutingCase(method: "OPTIONS", target: "/nope", status: 404),
    RoutingCase(method: "HEAD", target: "/hello", status: 200, body: ""),
    RoutingCase(method: "GET", target: "/echo/a/b", status: 200, body: "first=a,second=b"),
    RoutingCase(method: "GET", target: "/echo/a%2Fb/%E2%82%AC", status: 200, body: "first=a/b,second=€"),
    RoutingCase(method: "GET", target: "/echo/100%/%zz", status: 200, body: "first=100%,second=%zz"),
    RoutingCase(method: "GET", target: "/echo/a/fixed", status: 200, body: "fixed"),
    RoutingCase(method: "GET", target: "/echo/a/fi%78ed", status: 200, body: "fixed"),
    RoutingCase(method: "POST", target: "/echo/a/fixed", status: 200, body: "post fixed"),
    RoutingCase(method: "GET", target: "/echo/a/", status: 404),
    RoutingCase(
        method: "GET",
        target: "/query?a=1&a=2%203+4&b",
        status: 200,
        body: "2 3 4|/query?a=1&a=2%203+4&b|/query"
    ),
    RoutingCase(method: "GET", target: "//query?//", status: 200, body: "nil|//query?//|/query"),
    RoutingCase(
        method: "GET",
        target: "http://example.org/query?a",
        status: 200,
        body: "|http://example.org/query?a|/query"
    ),
    RoutingCase(
        method: "GET",
        target: "/api/v1/portfolio?x=1&y",
        status: 307,
        body: "",
        headers: ["Location": "http://localhost/api/v1/portfolio/?x=1&y"]
    ),
    RoutingCase(
        method: "POST",
        target: "/api/v1/portfolio",
        status: 307,
        headers: ["Location": "http://localhost/api/v1/portfolio/"]
    ),
    RoutingCase(
        method: "GET",
        target: "/api/v1/portfolio/7/",
        status: 307,
        headers: ["Location": "http://localhost/api/v1/portfolio/7"]
    ),
    RoutingCase(method: "GET", target: "/api/v1//portfolio/", status: 200, body: "list"),
    RoutingCase(
        method: "DELETE",
        target: "/api/v1/portfolio/",
        status: 405,
        body: #"{"detail":"portfolio 405"}"#,
        headers: ["Allow": "GET, HEAD, POST, OPTIONS"]
    ),
    RoutingCase(
        method: "GET",
        target: "/api/v1/portfolio/a/b",
        status: 404,
        body: #"{"detail":"portfolio 404"}"#
    ),
    RoutingCase(method: "GET", target: "/api/v1/portfolios/a", status: 404, body: #"{"detail":"Not Found"}"#),
    RoutingCase(method: "GET", target: "/hello/", status: 404),
    RoutingCase(method: "GET", target: "/either/7/", status: 200, body: "7"),
    RoutingCase(method: "GET", target: "/either/7", status: 200, body: "7"),
    RoutingCase(method: "GET", target: "/dropped", status: 500, body: #"{"detail":"Internal Server Error"}"#),
]

@Suite("Routing")
private struct RoutingTests {
    @Test(arguments: Way.allCases)
    func `each request gets its route, page or redirect`(way: Way) throws {
        try withServer { server in
            let client = RawClient(port: server.port)
            for wanted in routingCases {
                let status: Int
                let body: String
                let header: (String) -> String?
                switch way {
                case .memory:
                    let answer = server.application.respond(
                        HTTPMethod(rawValue: wanted.method),
                        wanted.target
                    )
                    (status, body) = (answer.status, String(decoding: answer.body, as: UTF8.self))
                    header = answer.header
                case .wire:
                    client.send("\(wanted.method) \(wanted.target) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    let answer = try #require(client.answer(toHead: wanted.method == "HEAD"), "\(wanted)")
                    (status, body) = (answer.status, answer.text)
                    header = answer.header
                    if wanted.method == "HEAD" { #expect(answer.header("Content-Length") == "14") }
                    #expect(answer.header("Server") == nil)
                    #expect(answer.header("Date") != nil)
                }
                #expect(status == wanted.status, "\(wanted.testDescription)")
                if let wantedBody = wanted.body { #expect(body == wantedBody, "\(wanted.testDescription)") }
                for (name, value) in wanted.headers {
                    #expect(header(name) == value, "\(wanted.testDescription) \(name)")
                }
                #expect(header("X-Request-Id")?.count == 13)
            }
        }
    }

    @Test func `headers are found whatever their case and trimmed`() {
        let application = HTTPApplication(routers: testRouters())
        let answer = application.respond(.get, "/headers", headers: [HTTPHeader("x-TEST", "  a b\t ")])
        #expect(String(decoding: answer.body, as: UTF8.self) == "a b")
    }

    @Test func `the list of routes is readable`() {
        let application = HTTPApplication(routers: testRouters())
        let list = application.routes.map { "\($0.method.rawValue) \($0.patternText) \($0.name)" }
        #expect(list.contains("GET /api/v1/portfolio/{portfolio_id} get"))
        #expect(list.count == Set(list).count)
    }

    @Test func `request ids differ`() {
        let application = HTTPApplication(routers: testRouters())
        let ids = (0..<1_000).compactMap { _ in application.respond(.get, "/hello").header("X-Request-Id") }
        #expect(Set(ids).count == 1_000)
    }

    @Test func `two routes of one method and path stop the program`() async {
        await #expect(processExitsWith: .failure) {
            var router = Router()
            router.add(.get, "/a/{b}", name: "one") { _, _ in .text("") }
            router.add(.get, "/a/{c}", name: "two") { _, _ in .text("") }
            _ = HTTPApplication(routers: [router])
        }
    }
}
