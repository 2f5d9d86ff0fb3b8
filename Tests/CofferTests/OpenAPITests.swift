import BitcainAPI
import CryptFolioAPI
import Foundation
import HTTPServer
import JSON
import OAuth
import SchemaSupport
import Services
import Testing
import TrustVaultAPI

@testable import coffer

@Suite("The document over everything that is served")
private struct OpenAPITests {
    @Test func `Every public route is described`() throws {
        let folder = try TestFolder()
        let workspace = try Workspace.open(
            WorkspaceConfiguration(folder: folder.path + "/data"),
            access: .writing
        )
        defer { workspace.close() }
        let workers = WorkerPool(queuedMax: 1)
        defer { workers.stop() }
        let bitcain = BitcainAPI(workspace: workspace, workers: workers, limits: BitcainLimits(), rates: nil)
        let cryptfolio = CryptFolioAPI(
            workspace: workspace,
            workers: workers,
            revision: .r2018_01,
            rates: nil,
            publicRates: nil
        )
        let trustvault = try TrustVaultAPI(
            workspace: workspace,
            workers: workers,
            rates: nil,
            publicRates: nil
        )
        let oauth = OAuthServer(workspace: workspace, workers: workers, passwords: workers, rates: nil)
        let routers = PublicDocument.routers(workspace, bitcain, cryptfolio, trustvault, oauth)
        #expect(RouteCheck.problems(routers).isEmpty)
        let document = try JSONReader.parse(PublicDocument.render(), limits: DocumentCheck.limits)
        #expect(DocumentCheck(document).ownProblems.isEmpty)
        let served = HTTPApplication(routers: routers).respond(.get, "/openapi.json")
        #expect(served.body == PublicDocument.render())
    }

    @Test func `What operators manage is in the document, with where it is served`() throws {
        let document = try JSONReader.parse(PublicDocument.render(), limits: DocumentCheck.limits)
        let paths = try #require(document["paths"]?.object)
        let managed = paths.flatMap { path in
            (path.value.object ?? []).filter { $0.value["tags"]?[0]?.string == "management" }
                .map { (name: "\($0.key) \(path.key)", operation: $0.value) }
        }
        #expect(managed.count == 16)
        for (name, operation) in managed {
            let server = operation["servers"]?[0]
            #expect(server?["url"]?.string == "http://{operators}", "\(name)")
            #expect(server?["variables"]?["operators"]?["default"]?.string == "127.0.0.1:8081", "\(name)")
            #expect(operation["security"] != nil && operation["responses"]?["401"] != nil, "\(name)")
        }
        for name in ["patch /clients/{client}", "put /quotas/users/{user}", "get /metrics", "post /users"] {
            #expect(managed.contains { $0.name == name }, "\(name)")
        }
        let other = paths.flatMap { $0.value.object ?? [] }.filter { $0.value["servers"] != nil }
        #expect(other.count == managed.count)
    }

    @Test func `The command prints what the server serves, and needs no data folder`() throws {
        let coffer = try Coffer()
        let printed = try coffer("openapi")
        #expect(printed.code == 0)
        #expect(!FileManager.default.fileExists(atPath: coffer.data))
        let written = try coffer("openapi", "--output", "openapi.json")
        #expect(written.code == 0)
        #expect(try coffer.folder.read("openapi.json") == printed.bytes)
        let server = try Server(coffer)
        let answer = try server.send("GET", "/openapi.json")
        #expect(answer.status == 200)
        #expect(answer.body + [10] == printed.bytes)
    }

    @Test func `Reads that are open to anybody are shown as such`() throws {
        var coffer = try Coffer()
        coffer.environment["COFFER_BITCAIN_OPEN_READS"] = "true"
        let printed = try coffer("openapi").bytes
        let server = try Server(coffer)
        #expect(try server.send("GET", "/openapi.json").body + [10] == printed)
        let document = try JSONReader.parse(printed, limits: DocumentCheck.limits)
        let open = (document["paths"]?.object ?? []).flatMap { path in
            (path.value.object ?? []).filter { $0.value["security"] == nil }.map { "\($0.key) \(path.key)" }
        }
        let base = "/api/v1/portfolio"
        for read in ["get \(base)/", "get \(base)/{portfolio_id}", "get \(base)/{portfolio_id}/analytics"] {
            #expect(open.contains(read))
        }
        #expect(!open.contains("post \(base)/"))
    }

    @Test func `Where it cannot be written is said`() throws {
        let coffer = try Coffer()
        let run = try coffer("openapi", "--output", "no/such/openapi.json")
        #expect(run.code == 75 && run.errors.contains("no/such/openapi.json"), "\(run.code) \(run.errors)")
        #expect(try coffer.documents(run))
    }
}
