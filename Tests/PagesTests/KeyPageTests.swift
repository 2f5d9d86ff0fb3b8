import Crypto
import Foundation
import HTTPServer
import Services
import Testing

@Suite("The page of keys")
private struct KeyPageTests {
    /// The forms of every sort, filled, with what the secret begins with.
    private static let sorts: [(word: String, fields: [String: String?], start: String)] = [
        ("bitcain", ["days": "30"], "cfb_"), ("cryptfolio", [:], "cfk_"), ("trustvault", [:], "cft_"),
        ("cointracking", ["plan": "expert"], ""), ("coinbtr", ["right_trade": "on"], "cfv_"),
    ]

    private func secrets(of page: String) -> [String] {
        page.components(separatedBy: "<code class=\"secret\">").dropFirst().map {
            $0.components(separatedBy: "</code>")[0]
        }
    }

    @Test func `a key of every sort is made, shown once, listed and revoked`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let user = try #require(try fixture.workspace.users().last).id
            for sort in Self.sorts {
                var fields = sort.fields
                fields["label"] = "Bot & <\(sort.word)>"
                let made = try browser.submit(
                    "/keys",
                    action: "/keys",
                    containing: "value=\"\(sort.word)\"",
                    fields
                )
                #expect(made.status == 303 && made.location.hasPrefix("/keys?made="), "\(made.text)")
                // HEAD shows nothing, so it takes nothing.
                #expect(try browser.send(.head, made.location).status == 200)
                let page = try browser.follow(made)
                let shown = secrets(of: page.text)
                let secret = try #require(shown.last)
                #expect(shown.count == (sort.word == "cointracking" ? 2 : 1))
                #expect(secret.hasPrefix(sort.start))
                #expect(page.text.contains("Bot &amp; &lt;\(sort.word)&gt;"))
                let key = try #require(try fixture.workspace.keys(of: user).last)
                #expect(key.kind.rawValue.hasPrefix(sort.word))
                if let dialect = Dialect(rawValue: sort.word) {
                    let principal = try fixture.workspace.loadPrincipal(
                        token: Array(secret.utf8)[...],
                        for: dialect
                    )
                    #expect(principal?.user == user)
                } else {
                    #expect(key.publicID == shown.first && key.rights == ["expert"])
                    let found = try fixture.workspace.signingKey(shown[0], kind: key.kind)
                    #expect(found?.secret.revealed() == Array(secret.utf8))
                }
                // Never again, on no page.
                for path in [made.location, "/keys", "/get_api_keys", "/profile"] {
                    let later = try browser.get(path)
                    #expect(later.status == 200 && !later.text.contains(secret), "\(path)")
                }
                #expect(try browser.get(made.location).text.contains("nobody can read it again"))
                #expect(!fixture.log.text.contains(secret))
                let revoked = try browser.submit("/keys", action: "/keys/\(key.number)/revoke")
                #expect(revoked.location == "/keys?done=revoked")
                #expect(try fixture.workspace.keys(of: user).last?.revoked != nil)
                #expect(try browser.get("/keys").text.contains("<h2>Over</h2>"))
            }
            fixture.clock.advance(seconds: 31 * 86_400)
            let again = try fixture.browser(of: "anna")
            #expect(try !again.get("/keys").text.contains("<h2>Over</h2>"))
        }
    }

    @Test(
        arguments: [
            ("bitcain", ["label": ""], "bitcain-label", "A name has 1 to 100 characters"),
            ("bitcain", ["label": "a\nb"], "bitcain-label", "A name has 1 to 100 characters"),
            (
                "coinbtr", ["right_read": nil], "coinbtr-rights",
                "Choose at least one right, and none but read, trade, withdraw"
            ),
            ("cryptfolio", ["right_write": "on"], "cryptfolio-rights", "none but read, info"),
            ("cointracking", ["plan": "gold"], "cointracking-rights", "Choose one plan"),
            ("coinbtr", ["days": "0"], "coinbtr-days", "A key ends after 1 to 3650 days"),
            ("coinbtr", ["days": "many"], "coinbtr-days", "A key ends after 1 to 3650 days"),
            ("coinbtr", ["days": "99999999999999999999"], "coinbtr-days", "A key ends after 1 to 3650 days"),
        ] as [(String, [String: String?], String, String)]
    )
    func `what is no key is said with its field`(
        _ sort: String,
        _ changes: [String: String?],
        _ field: String,
        _ words: String
    ) throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let fields = ["label": "Bot"].merging(changes) { $1 }
            let answer = try browser.submit(
                "/keys",
                action: "/keys",
                containing: "value=\"\(sort)\"",
                fields
            )
            #expect(answer.status == 422)
            let summary = FormText.summary(of: answer.text)
            #expect(summary.contains(words) && summary.contains("href=\"#\(field)\""), "\(summary)")
            #expect(answer.text.contains("<details open>"))
            let user = try #require(try fixture.workspace.users().last).id
            #expect(try fixture.workspace.keys(of: user).isEmpty)
        }
    }

    @Test func `a key whose API is not served yet says so`() throws {
        try withFixture(served: [.bitcain]) { fixture in
            let page = try fixture.browser(of: "anna").get("/keys").text
            let words = "does not serve the API yet"
            let sections = page.components(separatedBy: "<details>").dropFirst()
            #expect(sections.map { $0.contains(words) } == [false, true, true, true, true])
        }
    }

    @Test func `a sort that is none is refused`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            for kind in ["", "pages", "pages.session", "bitcain.token"] {
                let answer = try browser.submit(
                    "/keys",
                    action: "/keys",
                    containing: "value=\"bitcain\"",
                    ["kind": kind, "label": "x"]
                )
                #expect(answer.status == 400)
            }
        }
    }

    @Test func `a secret is shown to the session that made it alone, for some minutes`() throws {
        try withFixture { fixture in
            let anna = try fixture.browser(of: "anna")
            let elsewhere = try fixture.browser(of: "anna")
            let mallory = try fixture.browser(of: "mallory")
            func make() throws -> String {
                try anna.submit(
                    "/keys",
                    action: "/keys",
                    containing: "value=\"trustvault\"",
                    ["label": "x"]
                ).location
            }
            let first = try make()
            for other in [mallory, elsewhere] {
                #expect(try !other.get(first).text.contains("cft_"))
            }
            #expect(try Browser(fixture).get(first).location.hasPrefix("/signin?return_to=/keys%3Fmade"))
            #expect(try anna.get(first).text.contains("cft_"))
            let second = try make()
            fixture.clock.advance(seconds: 301)
            #expect(try !anna.get(second).text.contains("cft_"))
            #expect(try !anna.get("/keys?made=").text.contains("cft_"))
        }
    }

    @Test func `a key file that cannot be used is the operator's matter, and said so`() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let browser = try fixture.browser(of: "anna")
        func make() throws -> Answer {
            try browser.submit(
                "/keys",
                action: "/keys",
                containing: "value=\"cointracking\"",
                ["label": "x"]
            )
        }
        #expect(try make().status == 303)
        let path = fixture.folder + "/secret.key"
        try FileManager.default.removeItem(atPath: path)
        let answer = try make()
        #expect(answer.status == 503 && answer.text.contains("Secrets cannot be sealed"), "\(answer.text)")
        #expect(!answer.text.contains(fixture.folder))
        #expect(fixture.faults.text.contains("secret.key"))
    }
}
