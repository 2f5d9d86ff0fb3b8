import Foundation
import JSON
import Testing

/// Users, applications and quotas on the command line, and tokens that outlive a killed server.
@Suite("Users, applications and quotas on the command line", .serialized)
private struct IdentityCommandTests {
    private static let word = "correct horse battery"
    private let coffer: Coffer

    init() throws {
        coffer = try Coffer()
    }

    private func addUser(_ email: String, _ more: String...) throws {
        let words = ["user", "add", email, "--password-stdin"] + more
        #expect(try coffer.run(words, input: IdentityCommandTests.word + "\n").code == 0)
    }

    private func client(_ more: String...) throws -> JSONValue {
        let run = try coffer.run(["client", "add", "App", "--json"] + more)
        #expect(run.code == 0)
        return try run.json()
    }

    @Test
    func `A user gets a role and is removed for good`() throws {
        try addUser("firm@example.org", "--role", "enterprise")
        #expect(try coffer("user", "set-role", "firm@example.org", "admin").code == 0)
        let users = try coffer("user", "list", "--json").json()["users"]?.array ?? []
        #expect(users.map { $0["role"]?.string } == ["owner", "admin"])
        let wrong = try coffer("user", "set-role", "firm@example.org", "owner")
        #expect(wrong.errors == "coffer: owner is no role; expected user, admin or enterprise\n")
        #expect(wrong.code != 0)
        let owner = try coffer("user", "remove", "owner")
        #expect(owner.errors == "coffer: the owner of this server stays its owner and cannot be removed\n")
        #expect(
            try coffer("user", "remove", "firm@example.org").output == "user firm@example.org is removed\n"
        )
        #expect(try coffer("user", "list", "--json").json()["users"]?.array?.count == 1)
        #expect(try coffer("user", "remove", "firm@example.org").code != 0)
        #expect(try coffer("check").code == 0)
    }

    @Test
    func `An application is made, shown, changed and removed`() throws {
        let made = try client(
            "https://a.org/b",
            "http://127.0.0.1/b",
            "--scopes",
            "read,admin",
            "--first-party"
        )
        let id = try #require(made["client_id"]?.string)
        let secret = try #require(made["client_secret"]?.string)
        let shown = try coffer("client", "show", id, "--json")
        #expect(!shown.output.contains(secret))
        #expect(try shown.json()["redirect_uris"]?.array?.count == 2)
        #expect(try shown.json()["is_first_party"]?.bool == true)
        let rotated = try coffer("client", "rotate", id, "--json").json()["client_secret"]?.string
        #expect(rotated != nil && rotated != secret)
        #expect(try coffer("client", "first-party", id, "off").output.hasSuffix("may not take passwords\n"))
        #expect(
            try coffer("client", "first-party", id, "maybe").errors == "coffer: maybe is neither on nor off\n"
        )
        let redirects = try coffer("client", "redirects", id, "com.example.app:/x", "--json").json()
        #expect(redirects["redirect_uris"]?.array?.compactMap(\.string) == ["com.example.app:/x"])
        let wrong = try coffer("client", "redirects", id, "http://a.org/")
        #expect(wrong.code != 0 && wrong.errors.contains("http: is for 127.0.0.1, [::1] and localhost only"))
        #expect(try coffer("client", "list").output.contains(id))
        #expect(try coffer("client", "remove", id).code == 0)
        #expect(try coffer("client", "show", id).errors.contains("there is no client \(id)"))
    }

    @Test
    func `A quota is set, listed and taken away`() throws {
        let id = try #require(try client()["client_id"]?.string)
        #expect(try coffer("quota", "set", "--user", "owner", "--rate", "5").code == 0)
        let set = try coffer("quota", "set", "--client", id, "--rate", "7", "--burst", "9")
        #expect(set.output == "\(id) has 7 requests a second, 9 at once\n")
        let quotas = try coffer("quota", "list", "--json").json()["quotas"]?.array ?? []
        #expect(quotas.map { $0["burst"]?.integer } == [5, 9])
        #expect(try coffer("quota", "unset", "--client", id).code == 0)
        #expect(try coffer("quota", "unset", "--client", id).errors.contains("has no quota"))
        for words in [
            ["--rate", "5"], ["--user", "owner"], ["--user", "owner", "--client", id, "--rate", "5"],
            ["--user", "owner", "--rate", "0"], ["--user", "nobody", "--rate", "5"],
        ] {
            #expect(try coffer.run(["quota", "set"] + words).code != 0, "\(words)")
        }
    }

    @Test
    func `Tokens that a killed server gave are there, and those that it took back are not`() throws {
        try addUser("ada@example.org")
        let made = try client("--first-party", "--scopes", "read")
        let id = try #require(made["client_id"]?.string)
        let secret = try #require(made["client_secret"]?.string)
        func ask(_ server: Server, _ form: String) throws -> (status: Int, body: JSONValue) {
            let body = form + "&client_id=\(id)&client_secret=\(secret)"
            let answer = try server.send(
                "POST",
                "/oauth/token",
                headers: ["Content-Type: application/x-www-form-urlencoded"],
                body: Array(body.utf8)
            )
            return (answer.status, try answer.json())
        }
        func isGood(_ server: Server, _ token: String) throws -> Bool {
            try server.send("GET", "/oauth/token/info", headers: ["Authorization: Bearer \(token)"]).status
                == 200
        }
        let login = "grant_type=password&username=ada%40example.org&password=correct+horse+battery"
        var server = try Server(coffer)
        for _ in 0..<3 {
            let first = try ask(server, login).body
            let (access, refresh) = (
                first["access_token"]?.string ?? "", first["refresh_token"]?.string ?? ""
            )
            server.kill()
            server = try Server(coffer)
            #expect(try isGood(server, access))
            let second = try ask(server, "grant_type=refresh_token&refresh_token=\(refresh)").body
            let next = second["access_token"]?.string ?? ""
            server.kill()
            server = try Server(coffer)
            #expect(try isGood(server, next))
            // The first one was used up before the answer came: now somebody has a copy.
            #expect(try ask(server, "grant_type=refresh_token&refresh_token=\(refresh)").status == 400)
            server.kill()
            server = try Server(coffer)
            #expect(try !isGood(server, next))
        }
        server.kill()
        #expect(try coffer("check").code == 0)
    }
}
