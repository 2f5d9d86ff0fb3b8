import Foundation
import HTTPServer
import OperatorsAPI
import Services
import Testing

@Suite("Health, readiness, metrics")
private struct OperatorsAPITests {
    /// A workspace with the public and the operators' routes, and a server whose counters they tell.
    private func withRoutes(_ body: (Workspace, HTTPServer, HTTPApplication) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "coffer-" + UUID().uuidString
        ).path
        let workspace = try Workspace.open(WorkspaceConfiguration(folder: folder), access: .writing)
        defer {
            workspace.close()
            // What cannot be removed from the system's temporary folder is of no consequence.
            try? FileManager.default.removeItem(atPath: folder)
        }
        var configuration = HTTPConfiguration()
        configuration.port = 0
        let server = HTTPServer(
            configuration: configuration,
            routers: [OperatorsAPI.publicRouter(workspace: workspace)]
        )
        let admin = HTTPApplication(routers: [router(workspace, server, token: nil)])
        try body(workspace, server, admin)
    }

    private func router(_ workspace: Workspace, _ server: HTTPServer, token: String?) -> Router {
        let workers = WorkerPool(threads: 1)
        return OperatorsAPI.adminRouter(
            workspace: workspace,
            server: server,
            token: token,
            workers: workers,
            passwords: workers
        )
    }

    private func text(_ response: HTTPResponse) -> String { String(decoding: response.body, as: UTF8.self) }

    @Test func `the process is healthy at once and ready when prices are loaded`() throws {
        try withRoutes { workspace, server, _ in
            let health = server.application.respond(.get, "/healthz")
            #expect(health.status == 200)
            #expect(text(health) == #"{"status":"ok"}"#)
            let before = server.application.respond(.get, "/readyz")
            #expect(before.status == 503)
            #expect(before.header("Retry-After") == "1")
            #expect(text(before) == #"{"status":"not ready"}"#)
            try workspace.warmUp()
            let after = server.application.respond(.get, "/readyz")
            #expect(after.status == 200)
            #expect(text(after) == #"{"status":"ready"}"#)
        }
    }

    @Test(arguments: ["/metrics", "/admin", "/debug"])
    func `operators' routes are not on the public listener`(_ path: String) throws {
        try withRoutes { _, server, _ in
            #expect(server.application.respond(.get, path).status == 404)
        }
    }

    @Test func `metrics are what Prometheus reads, and count what was answered`() throws {
        try withRoutes { _, server, admin in
            for _ in 0..<3 { _ = server.application.respond(.get, "/healthz") }
            _ = server.application.respond(.get, "/readyz")
            _ = server.application.respond(.get, "/nowhere")
            let response = admin.respond(.get, "/metrics")
            #expect(response.status == 200)
            #expect(response.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            let metrics = try Exposition(text(response))
            #expect(
                metrics.value("coffer_http_requests_total", ["route": "healthz", "status": "2xx"]) == "3"
            )
            #expect(metrics.value("coffer_http_requests_total", ["route": "readyz", "status": "5xx"]) == "1")
            #expect(metrics.value("coffer_http_request_seconds_count", ["route": "healthz"]) == "3")
            #expect(metrics.types["coffer_http_request_seconds"] == "histogram")
            #expect(metrics.value("coffer_http_requests_in_flight") == "0")
            let commits = try #require(metrics.value("coffer_commits_total").flatMap { Int($0) })
            let writes = try #require(metrics.value("coffer_writes_total").flatMap { Int($0) })
            #expect(commits > 0 && writes >= commits)
        }
    }

    @Test func `with a token, metrics are for those who show it`() throws {
        try withRoutes { workspace, server, _ in
            let admin = HTTPApplication(routers: [router(workspace, server, token: "sesame")])
            for (header, status) in [
                ("Bearer sesame", 200), ("Bearer sesam", 401), ("Basic sesame", 401), ("", 401),
            ] {
                let headers = header.isEmpty ? [] : [HTTPHeader("Authorization", header)]
                #expect(admin.respond(.get, "/metrics", headers: headers).status == status, "\(header)")
            }
            #expect(admin.respond(.get, "/metrics").header("WWW-Authenticate") == "Bearer")
            #expect(admin.respond(.get, "/healthz").status == 200)
        }
    }

    @Test func `metrics before the first request are complete too`() throws {
        try withRoutes { _, _, admin in
            let metrics = try Exposition(text(admin.respond(.get, "/metrics")))
            #expect(metrics.types.count >= 8)
        }
    }

    @Test(arguments: [
        "a_total 1\n", "# HELP a_total x\n# TYPE a_total counter\na_total 1",
        "# HELP a x\n# TYPE a counter\na 1\n",
        "# HELP a_total x\n# TYPE a_total counter\na_total -1\n", "# HELP a x\n# TYPE a gauge\na one\n",
        "# HELP a x\n# TYPE a gauge\na{b=1} 1\n", "# HELP a x\n# TYPE a gauge\na{b=\"1\"} 1\na{b=\"1\"} 2\n",
        "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
        "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
        "# HELP a x\n# TYPE a gauge\nb 1\n",
    ])
    func `the reader of these tests refuses what Prometheus would not read`(_ text: String) {
        #expect(throws: ExpositionError.self) { try Exposition(text) }
    }
}
