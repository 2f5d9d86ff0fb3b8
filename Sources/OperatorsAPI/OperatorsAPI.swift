public import HTTPServer
import JSON
public import Services

/// Health, readiness and metrics.
public enum OperatorsAPI {
    /// Health for everyone: `/healthz` says that the process answers, `/readyz` that it can do its work.
    public static func publicRouter(workspace: Workspace) -> Router {
        var router = Router(descriptions: descriptions)
        router.add(.get, "/healthz", name: "healthz", isServedWhenBusy: true) { _, _ in .json(healthy) }
        router.add(.get, "/readyz", name: "readyz", isServedWhenBusy: true) { _, _ in
            workspace.isReady
                ? .json(ready) : .json(notReady, status: 503, headers: [HTTPHeader("Retry-After", "1")])
        }
        return router
    }

    /// Metrics for operators, on a listener of their own; with a token they are for those who show it.
    public static func adminRouter(workspace: Workspace, server: HTTPServer, token: String?) -> Router {
        var router = Router()
        router.add(.get, "/healthz", name: "healthz", isServedWhenBusy: true) { _, _ in .json(healthy) }
        router.add(.get, "/metrics", name: "metrics") { request, _ in
            if let token, !Workspace.isSame(request.bearerToken, as: token) { return unauthorized }
            let text = MetricsText.render(server.metrics, workspace)
            return HTTPResponse(
                status: 200,
                contentType: "text/plain; version=0.0.4; charset=utf-8",
                body: text
            )
        }
        return router
    }

    private static let unauthorized = HTTPResponse.json(
        Array("{\"detail\":\"Not authenticated\"}".utf8),
        status: 401,
        headers: [HTTPHeader("WWW-Authenticate", "Bearer")]
    )

    private static let healthy = Array("{\"status\":\"ok\"}".utf8)
    private static let ready = Array("{\"status\":\"ready\"}".utf8)
    private static let notReady = Array("{\"status\":\"not ready\"}".utf8)
}
