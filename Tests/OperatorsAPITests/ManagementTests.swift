import Crypto
import Foundation
import HTTPServer
import JSON
import OperatorsAPI
import SchemaSupport
import Services
import Testing

/// Users, applications and quotas on the operators' listener.
@Suite("The operators' management")
private struct ManagementTests {
    /// The listener over a new folder.
    private final class Desk: Sendable {
        let workspace: Workspace
        let application: HTTPApplication
        private let folder: String
        private let workers = WorkerPool(threads: 1)
        private let documented: DocumentCheck

        init(token: String? = "sesame") throws {
            folder =
                FileManager.default.temporaryDirectory.appendingPathComponent("coffer-" + UUID().uuidString)
                .path
            var configuration = WorkspaceConfiguration(folder: folder)
            configuration.passwordCost = .floor
            documented = try DocumentCheck(routes: OperatorsAPI.managementDescriptions)
            workspace = try Workspace.open(configuration, access: .writing)
            let server = HTTPServer(configuration: HTTPConfiguration(), routers: [])
            application = HTTPApplication(routers: [
                OperatorsAPI.adminRouter(
                    workspace: workspace,
                    server: server,
                    token: token,
                    workers: workers,
                    passwords: workers
                )
            ])
        }

        func remove() {
            workers.stop()
            workspace.close()
            // What cannot be removed from the system's temporary folder is of no consequence.
            try? FileManager.default.removeItem(atPath: folder)
        }

        func send(
            _ method: HTTPMethod,
            _ path: String,
            _ body: String = "",
            token: String? = "sesame"
        ) -> HTTPResponse {
            let headers = token.map { [HTTPHeader("Authorization", "Bearer " + $0)] } ?? []
            let answer = application.respond(method, path, headers: headers, body: Array(body.utf8))
            let problems = documented.problems(
                method.rawValue,
                path,
                status: answer.status,
                contentType: answer.contentType,
                headers: answer.headers,
                body: answer.body
            )
            #expect(problems == [])
            return answer
        }

        func json(
            _ method: HTTPMethod,
            _ path: String,
            _ body: String = "",
            status: Int = 200
        ) throws -> JSONValue {
            let answer = send(method, path, body)
            #expect(
                answer.status == status,
                "\(method.rawValue) \(path): \(String(decoding: answer.body, as: UTF8.self))"
            )
            return try JSONReader.parse(answer.body)
        }
    }

    private func withDesk(token: String? = "sesame", _ body: (Desk) throws -> Void) throws {
        let desk = try Desk(token: token)
        defer { desk.remove() }
        try body(desk)
    }

    @Test func `users are made, changed and removed`() throws {
        try withDesk { desk in
            let made = try desk.json(
                .post,
                "/users",
                #"{"email":"firm@example.org","name":"Firm","role":"enterprise","password":"correct horse"}"#,
                status: 201
            )
            #expect(
                made.object?.map(\.key) == ["user_id", "name", "email", "role", "created", "has_password"]
            )
            #expect(made["role"]?.string == "enterprise")
            let path = "/users/" + (made["user_id"]?.string ?? "")
            let changed = try desk.json(
                .patch,
                path,
                #"{"name":"Bank","email":"bank@example.org","role":"admin"}"#
            )
            #expect(changed["name"]?.string == "Bank")
            #expect(changed["role"]?.string == "admin")
            #expect(try desk.json(.get, "/users")["users"]?.array?.count == 2)
            #expect(try desk.json(.delete, "/users/bank@example.org")["email"]?.string == "bank@example.org")
            #expect(try desk.json(.get, "/users")["users"]?.array?.count == 1)
            #expect(desk.send(.delete, path).status == 404)
            #expect(desk.send(.delete, "/users/owner").status == 409)
        }
    }

    @Test func `applications are made, shown, changed, given another secret and removed`() throws {
        try withDesk { desk in
            let made = try desk.json(
                .post,
                "/clients",
                #"{"name":"App","redirect_uris":["https://a.org/b"],"scopes":["read","admin"],"is_first_party":true}"#,
                status: 201
            )
            #expect(made["client_secret"]?.string?.hasPrefix("cfp_") == true)
            #expect(made["is_first_party"]?.bool == true)
            let path = "/clients/" + (made["client_id"]?.string ?? "")
            let shown = try desk.json(.get, path)
            #expect(shown["client_secret"] == nil)
            #expect(shown["scopes"]?.array?.compactMap(\.string) == ["read", "admin"])
            let changed = try desk.json(
                .patch,
                path,
                #"{"redirect_uris":["com.example.app:/x"],"is_first_party":false,"name":null}"#
            )
            #expect(changed["redirect_uris"]?.array?.compactMap(\.string) == ["com.example.app:/x"])
            #expect(changed["is_first_party"]?.bool == false)
            #expect(changed["name"]?.string == "App")
            let rotated = try desk.json(.post, path + "/secret")
            #expect(rotated["client_secret"]?.string != made["client_secret"]?.string)
            #expect(try desk.json(.get, "/clients")["clients"]?.array?.count == 1)
            _ = try desk.json(.delete, path)
            #expect(desk.send(.get, path).status == 404)
            #expect(try desk.json(.get, "/clients")["clients"]?.array?.isEmpty == true)
        }
    }

    @Test func `quotas are set, listed and taken away`() throws {
        try withDesk { desk in
            let client = try desk.json(.post, "/clients", #"{"name":"App"}"#, status: 201)
            let id = client["client_id"]?.string ?? ""
            let rate = #"{"requests_per_second":7,"burst":70}"#
            #expect(try desk.json(.put, "/quotas/users/owner", rate)["burst"]?.integer == 70)
            #expect(try desk.json(.put, "/quotas/clients/\(id)", rate)["client_id"]?.string == id)
            #expect(try desk.json(.get, "/quotas")["quotas"]?.array?.count == 2)
            _ = try desk.json(.delete, "/quotas/users/owner")
            #expect(desk.send(.delete, "/quotas/users/owner").status == 404)
            #expect(desk.send(.put, "/quotas/clients/nobody", rate).status == 404)
            for wrong in [
                #"{"requests_per_second":0,"burst":1}"#, #"{"requests_per_second":1}"#,
                #"{"requests_per_second":1.5,"burst":1}"#,
                #"{"requests_per_second":"1","burst":1}"#,
            ] {
                #expect(desk.send(.put, "/quotas/users/owner", wrong).status == 422, "\(wrong)")
            }
        }
    }

    @Test func `only operators and administrators come in, and never without a token`() throws {
        try withDesk { desk in
            let admin = try desk.workspace.addUser(
                email: "admin@example.org",
                name: "admin",
                isAdmin: true,
                password: Secret("correct horse")
            )
            let plain = try desk.workspace.addUser(
                email: "plain@example.org",
                name: "plain",
                isAdmin: false,
                password: Secret("correct horse")
            )
            func token(_ user: UserInfo, _ scopes: [TokenScope]) throws -> String {
                try desk.workspace.createToken(for: user.id, label: "t", scopes: scopes, days: 1).text
            }
            #expect(desk.send(.get, "/users", token: try token(admin, [.read, .write])).status == 200)
            for (name, shown) in [
                ("none", nil), ("wrong", "sesam"),
                ("an administrator's for reading", try token(admin, [.read])),
                ("a user's", try token(plain, [.read, .write])),
            ] {
                for (method, path) in [
                    (HTTPMethod.get, "/users"), (.post, "/clients"), (.delete, "/users/plain"),
                ] {
                    let answer = desk.send(method, path, token: shown)
                    #expect(answer.status == 401, "\(name)")
                    #expect(answer.header("WWW-Authenticate") == "Bearer")
                }
            }
        }
        // Without a token of the operators, administrators alone.
        try withDesk(token: nil) { desk in
            #expect(desk.send(.get, "/users").status == 401)
            #expect(desk.send(.get, "/users", token: nil).status == 401)
        }
    }

    @Test func `what is wrong with a body is said`() throws {
        try withDesk { desk in
            for (path, body, words) in [
                ("/users", "", "the body is missing"), ("/users", "{", "no JSON"),
                ("/users", "[]", "an object"),
                ("/users", #"{"mail":"x"}"#, "there is no field mail"),
                ("/users", #"{"name":"x"}"#, "email is missing"),
                ("/users", #"{"email":1}"#, "email has to be a text"),
                ("/users", #"{"email":"x","password":"correct horse"}"#, "not an e-mail address"),
                ("/users", #"{"email":"a@b.org","password":"short"}"#, "too short"),
                ("/users", #"{"email":"a@b.org","password":"correct horse","role":"owner"}"#, "is no role"),
                ("/clients", #"{"name":"x","scopes":["trade"]}"#, "the scopes have to be"),
                ("/clients", #"{"name":"x","scopes":"read"}"#, "a list of texts"),
                ("/clients", #"{"name":"x","redirect_uris":["http://a.org"]}"#, "http: is for"),
                ("/clients", #"{"name":"x","is_first_party":1}"#, "true or false"),
            ] {
                let answer = desk.send(.post, path, body)
                let text = String(decoding: answer.body, as: UTF8.self)
                #expect(answer.status == 422 && text.contains(words), "\(body): \(text)")
            }
            let taken = #"{"email":"a@b.org","password":"correct horse"}"#
            #expect(desk.send(.post, "/users", taken).status == 201)
            #expect(desk.send(.post, "/users", taken).status == 409)
        }
    }
}
