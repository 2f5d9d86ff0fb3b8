import Crypto
import Foundation
import HTTPServer
import OAuth
import Services
import Testing

/// What a client is told when something is wrong, word for word.
@Suite("OAuth refusals")
private struct RefusalTests {
    @Test func `every refusal is as the golden file has it`() throws {
        try withFixture { (fixture) throws in
            var text = ""
            func note(_ name: String, _ answer: Answer) {
                text += "\(name)\n  \(answer.status)"
                if let words = answer.header("WWW-Authenticate") { text += "  WWW-Authenticate: \(words)" }
                text += "\n  \(answer.text)\n"
                #expect(answer.header("Cache-Control") == "no-store", "\(name)")
                #expect(answer.header("Pragma") == "no-cache", "\(name)")
            }
            let (id, secret) = (fixture.client.publicID, fixture.secret)
            let basic = (id, secret)
            let path = "/oauth/token"
            func raw(_ body: String, _ type: String = "application/x-www-form-urlencoded") -> Answer {
                fixture.send(.post, path, headers: [HTTPHeader("Content-Type", type)], body: Array(body.utf8))
            }
            note("no body", fixture.send(.post, path))
            note("no client", fixture.post(path, ["grant_type": "client_credentials"]))
            note(
                "unknown client",
                fixture.post(path, ["grant_type": "client_credentials", "client_id": "nobody"])
            )
            note("no secret", fixture.post(path, ["grant_type": "client_credentials", "client_id": id]))
            note(
                "wrong secret",
                fixture.post(path, ["grant_type": "client_credentials"], basic: (id, "cfp_wrong"))
            )
            note(
                "two ways to authenticate",
                fixture.post(
                    path,
                    ["grant_type": "client_credentials", "client_secret": secret],
                    basic: basic
                )
            )
            note(
                "two clients",
                fixture.post(path, ["grant_type": "client_credentials", "client_id": "other"], basic: basic)
            )
            note(
                "malformed Basic",
                fixture.send(
                    .post,
                    path,
                    headers: [HTTPHeader("Authorization", "Basic ?")],
                    body: Array("grant_type=client_credentials".utf8)
                )
            )
            note("unknown grant", fixture.token(["grant_type": "implicit"]))
            note("repeated parameter", raw("grant_type=password&grant_type=password"))
            note("repeated key", raw("{\"grant_type\":\"a\",\"grant_type\":\"b\"}", "application/json"))
            note("no JSON", raw("{", "application/json"))
            note("JSON that is no object", raw("[]", "application/json"))
            note("a number", raw("{\"grant_type\":1}", "application/json"))
            note("another type", raw("x", "text/plain"))
            note("code missing", fixture.token(["grant_type": "authorization_code"]))
            note("code wrong", fixture.token(["grant_type": "authorization_code", "code": "x"]))
            let code = try fixture.code(fixture.client)
            note(
                "no address",
                fixture.token(["grant_type": "authorization_code", "code": code])
            )
            note(
                "another address",
                fixture.token([
                    "grant_type": "authorization_code", "code": code,
                    "redirect_uri": "https://evil.example.org/",
                ])
            )
            note(
                "a verifier for nothing",
                fixture.token([
                    "grant_type": "authorization_code", "code": code, "redirect_uri": Fixture.redirect,
                    "code_verifier": Fixture.verifier,
                ])
            )
            let challenged = try fixture.code(fixture.client, isChallenged: true)
            note(
                "no verifier",
                fixture.token([
                    "grant_type": "authorization_code", "code": challenged, "redirect_uri": Fixture.redirect,
                ])
            )
            note(
                "a wrong verifier",
                fixture.token([
                    "grant_type": "authorization_code", "code": challenged, "redirect_uri": Fixture.redirect,
                    "code_verifier": Fixture.challenge,
                ])
            )
            let good: KeyValuePairs = [
                "grant_type": "authorization_code", "code": code, "redirect_uri": Fixture.redirect,
            ]
            let tokens = fixture.token(good)
            #expect(tokens.status == 200)
            note("a code twice", fixture.token(good))
            note("refresh token missing", fixture.token(["grant_type": "refresh_token"]))
            note("refresh token wrong", fixture.token(["grant_type": "refresh_token", "refresh_token": "x"]))
            let next = fixture.token([
                "grant_type": "authorization_code", "code": try fixture.code(fixture.client),
                "redirect_uri": Fixture.redirect,
            ])
            let refresh = try #require(try next.text("refresh_token"))
            note(
                "more scope",
                fixture.token(["grant_type": "refresh_token", "refresh_token": refresh, "scope": "read info"])
            )
            #expect(fixture.token(["grant_type": "refresh_token", "refresh_token": refresh]).status == 200)
            note(
                "a refresh token twice",
                fixture.token(["grant_type": "refresh_token", "refresh_token": refresh])
            )
            note(
                "client credentials for more",
                fixture.token(["grant_type": "client_credentials", "scope": "read"])
            )
            note(
                "client credentials of a public client",
                fixture.post(path, ["grant_type": "client_credentials", "client_id": fixture.open.publicID])
            )
            func password(_ word: String, scope: String = "read", user: String = "ada@example.org") -> Answer
            {
                fixture.token(["grant_type": "password", "username": user, "password": word, "scope": scope])
            }
            note("password of a client that may take none", password(Fixture.password))
            try fixture.workspace.setFirstParty(true, of: id)
            note("wrong password", password("wrong"))
            note("wrong user", password(Fixture.password, user: "nobody@example.org"))
            note("password of a wrong scope", password(Fixture.password, scope: "everything"))
            note("password of a scope too large", password(Fixture.password, scope: "admin"))
            note(
                "password missing",
                fixture.token(["grant_type": "password", "username": "ada@example.org"])
            )
            note(
                "password of an unknown client",
                fixture.post(
                    path,
                    [
                        "grant_type": "password", "username": "ada@example.org", "password": Fixture.password,
                        "client_id": "nobody", "client_secret": "x",
                    ]
                )
            )
            #expect(password(Fixture.password).status == 200)
            note("no token to revoke", fixture.post("/oauth/revoke", [:], basic: basic))
            note("revoke without a client", fixture.post("/oauth/revoke", ["token": "x"]))
            note(
                "introspection by a public client",
                fixture.post("/oauth/introspect", ["token": "x", "client_id": fixture.open.publicID])
            )
            note("token info without a token", fixture.send(.get, "/oauth/token/info"))
            note(
                "token info of a wrong token",
                fixture.send(.get, "/oauth/token/info", headers: [HTTPHeader("Authorization", "Bearer x")])
            )
            note("token info by the query", fixture.send(.get, "/oauth/token/info?access_token=x"))
            try compare(text, "refusals.txt")
        }
    }

    @Test func `a body that is too large, a wrong method and hostile bytes are refused in the same form`()
        throws
    {
        try withFixture { (fixture) throws in
            let large = fixture.send(
                .post,
                "/oauth/token",
                headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
                body: Array("code=".utf8) + [UInt8](repeating: 97, count: 65_536)
            )
            #expect(large.status == 413)
            #expect(try large.text("error") == "invalid_request")
            let wrong = fixture.application.respond(.get, "/oauth/token")
            #expect(wrong.status == 405)
            #expect(wrong.header("Allow") == "POST, OPTIONS")
            for body in [
                "%", "%%%=%zz", "=&=&=", "grant_type", "grant_type=%00",
                "a=" + String(repeating: "b", count: 5000),
                (0..<100).map { "p\($0)=1" }.joined(separator: "&"), "grant_type=password&username=\u{FFFD}",
            ] {
                let answer = fixture.send(
                    .post,
                    "/oauth/token",
                    headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
                    body: Array(body.utf8)
                )
                #expect([400, 401].contains(answer.status), "\(body.prefix(20))")
            }
            for bytes in [[0xFF, 0xFE], [0x00], [0x67, 0x3D, 0xC3]] as [[UInt8]] {
                let answer = fixture.send(.post, "/oauth/token", body: bytes)
                #expect(answer.status == 400)
            }
            for text in [
                "Basic", "Basic ", "Basic Og==", "Basic YTpiOmM=", "basic ?", "Bearer x", "Basic a b",
            ] {
                let answer = fixture.send(
                    .post,
                    "/oauth/revoke",
                    headers: [HTTPHeader("Authorization", text)],
                    body: Array("token=x".utf8)
                )
                #expect(answer.status == 401, "\(text)")
            }
        }
    }

    /// Compares with a golden file, or writes it when `RECORD_GOLDEN` is set.
    private func compare(_ text: String, _ name: String) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/" + name)
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
            try Data(text.utf8).write(to: file)
            Issue.record("recorded \(name); run again without RECORD_GOLDEN")
            return
        }
        #expect(text == (try String(contentsOf: file, encoding: .utf8)))
    }
}
