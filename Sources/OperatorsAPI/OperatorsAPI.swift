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

    /// Metrics, and users with their clients and quotas, for operators on a listener of their own.
    ///
    /// With a token metrics are for those who show it; users are for those who show it or one of an administrator.
    public static func adminRouter(
        workspace: Workspace,
        server: HTTPServer,
        token: String?,
        workers: WorkerPool,
        passwords: WorkerPool
    ) -> Router {
        var router = Router(descriptions: adminDescriptions)
        let desk = OperatorsDesk(workspace: workspace, workers: workers, passwords: passwords, token: token)
        desk.addManagement(to: &router)
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

    static let unauthorized = HTTPResponse.json(
        Array("{\"detail\":\"Not authenticated\"}".utf8),
        status: 401,
        headers: [HTTPHeader("WWW-Authenticate", "Bearer")]
    )

    private static let healthy = Array("{\"status\":\"ok\"}".utf8)
    private static let ready = Array("{\"status\":\"ready\"}".utf8)
    private static let notReady = Array("{\"status\":\"not ready\"}".utf8)
}
