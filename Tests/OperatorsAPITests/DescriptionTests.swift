import Foundation
import HTTPServer
import OperatorsAPI
import SchemaSupport
import Services
import Testing

@Suite("Descriptions of the operators' routes")
private struct DescriptionTests {
    @Test func `each route of the operators' listener is described, and each description has its route`()
        throws
    {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "coffer-" + UUID().uuidString
        ).path
        let workspace = try Workspace.open(WorkspaceConfiguration(folder: folder), access: .writing)
        let workers = WorkerPool(threads: 1)
        defer {
            workers.stop()
            workspace.close()
            try? FileManager.default.removeItem(atPath: folder)
        }
        let router = OperatorsAPI.adminRouter(
            workspace: workspace,
            server: HTTPServer(configuration: HTTPConfiguration(), routers: []),
            token: nil,
            workers: workers,
            passwords: workers
        )
        #expect(RouteCheck.problems([router]) == [])
        #expect(router.routes.count == OperatorsAPI.managementDescriptions.count + 1)
        #expect(OperatorsAPI.managementDescriptions.allSatisfy { $0.listener != nil })
    }

    @Test func `the public routes are described, and answer as described`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "coffer-" + UUID().uuidString
        ).path
        let workspace = try Workspace.open(WorkspaceConfiguration(folder: folder), access: .writing)
        defer {
            workspace.close()
            // What cannot be removed from the system's temporary folder is of no consequence.
            try? FileManager.default.removeItem(atPath: folder)
        }
        let router = OperatorsAPI.publicRouter(workspace: workspace)
        #expect(RouteCheck.problems([router]).isEmpty)
        let check = try DocumentCheck(routes: OperatorsAPI.descriptions)
        #expect(check.ownProblems.isEmpty)
        let application = HTTPApplication(routers: [router])
        for path in ["/healthz", "/readyz", "/readyz"] {
            let answer = application.respond(.get, path)
            let problems = check.problems(
                "GET",
                path,
                status: answer.status,
                contentType: answer.contentType,
                headers: answer.headers,
                body: answer.body
            )
            #expect(problems.isEmpty)
            try workspace.warmUp()
        }
    }
}
