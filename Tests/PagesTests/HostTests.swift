import HTTPServer
import Services
import Testing

@Suite("By which name browsers come")
private struct HostTests {
    /// The pages with the address that people use, or with none set.
    private func withPages(_ address: String?, _ body: (Fixture) throws -> Void) throws {
        try withFixture(
            signUp: .first,
            change: { configuration, _ in configuration.oauth.issuer = address },
            body
        )
    }

    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080", "localhost", "LOCALHOST:8080", "192.0.2.7:9000",
        "[2001:db8::1]:80", "[::ffff:127.0.0.1]:1",
    ])
    func `without a set address every number and localhost is taken`(_ host: String) throws {
        try withPages(nil) { fixture in
            fixture.workspace.listens(at: "http://127.0.0.1:8080")
            let answer = try Browser(fixture).get("/signin", headers: [HTTPHeader("Host", host)])
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: [
        "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "localhost.",
        "coffer.lan", "127.0.0.1:x", "127.1", "0x7f.1", "2130706433", "::1", "[::1", "[127.0.0.1]",
        "[evil]:1", "",
        "127.0.0.1:8080:8080", "localhost:80.evil.example", "[::1].evil.example",
    ])
    func `without a set address every other name is refused`(_ host: String) throws {
        try withPages(nil) { fixture in
            for path in ["/", "/signin", "/signup", "/keys", "/oauth/authorize?client_id=x"] {
                let answer = try Browser(fixture).get(path, headers: [HTTPHeader("Host", host)])
                // What is no host at all is refused before any page.
                #expect(answer.status == 421 || answer.status == 400, "\(path)")
                #expect(
                    answer.headers("Set-Cookie").isEmpty && (host.isEmpty || !answer.text.contains("evil"))
                )
                if answer.status == 421 { #expect(answer.text.contains("coffer config set http.public_url")) }
            }
        }
    }

    @Test func `a page of a name that was made to lead here cannot take the first sign-up`() throws {
        try withPages(nil) { fixture in
            let fields = [
                "name": "Mallory", "email": "m@evil.example", "password": Fixture.password,
                "password_confirmation": Fixture.password,
            ]
            let browser = Browser(fixture)
            let page = try browser.get("/signup")
            let token = try #require(Form.all(in: page.text).first?.fields.first { $0.0 == "csrf" }?.1)
            let host = HTTPHeader("Host", "evil.example:8080")
            for headers in [
                [host], [host, HTTPHeader("Sec-Fetch-Site", "same-origin")],
                [host, HTTPHeader("Origin", "http://evil.example:8080")],
            ] {
                let sent = [("csrf", token)] + fields.map { ($0.key, $0.value) }
                #expect(try browser.post("/signup", sent, headers: headers).status == 421)
            }
            #expect(try fixture.workspace.users().count == 1)
            #expect(try browser.submit("/signup", action: "/signup", fields.mapValues { $0 }).status == 303)
        }
    }

    @Test func `with a set address that one alone is taken, by its usual port too`() throws {
        for (address, good, bad) in [
            (
                "https://coffer.example", ["coffer.example", "Coffer.Example:443"],
                ["coffer.example:80", "x.coffer.example"]
            ),
            ("http://coffer.example:8080", ["coffer.example:8080"], ["coffer.example", "coffer.example:80"]),
            ("https://Coffer.example:443", ["coffer.example", "coffer.example:443"], ["coffer.example:444"]),
            ("http://[::1]", ["[::1]", "[::1]:80"], ["[::1]:443", "::1"]),
        ] {
            try withPages(address) { fixture in
                for host in good {
                    let answer = try Browser(fixture).get("/signin", headers: [HTTPHeader("Host", host)])
                    #expect(answer.status == 200, "\(host)")
                }
                for host in bad + ["127.0.0.1", "localhost:8080", "evil.example"] {
                    let answer = try Browser(fixture).get("/signin", headers: [HTTPHeader("Host", host)])
                    #expect(answer.status == 421, "\(host)")
                    #expect(answer.text.contains("It is \(address),"))
                }
            }
        }
    }

    @Test func `a form comes from the set address alone, where a browser says no more than its origin`()
        throws
    {
        try withPages("https://coffer.example") { fixture in
            let host = HTTPHeader("Host", "coffer.example")
            for (origin, status) in [
                ("https://coffer.example", 401), ("https://coffer.example:443", 401), ("null", 401),
                ("http://coffer.example", 403), ("https://coffer.example:8443", 403),
                ("https://evil.example", 403),
            ] {
                let browser = Browser(fixture)
                let page = try browser.get("/signin", headers: [host])
                let token = try #require(Form.all(in: page.text).first?.fields.first { $0.0 == "csrf" }?.1)
                let answer = try browser.post(
                    "/signin",
                    [("csrf", token), ("email", "a@example.org"), ("password", "wrong password")],
                    headers: [host, HTTPHeader("Origin", origin)]
                )
                #expect(answer.status == status, "\(origin)")
            }
        }
    }
}
