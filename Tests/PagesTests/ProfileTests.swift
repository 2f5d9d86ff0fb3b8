import Foundation
import HTTPServer
import Services
import Testing

@Suite("The profile page")
private struct ProfileTests {
    @Test func `details are changed, and what is wrong is said with its field`() throws {
        try withFixture { fixture in
            let browser = try fixture.browser(of: "anna")
            let fields = ["name": "Anna Ö", "currency": "eur", "time_zone": "Europe/Vienna"]
            let answer = try browser.submit("/profile", action: "/profile", fields)
            #expect(answer.location == "/profile?done=details")
            let page = try browser.follow(answer)
            #expect(page.text.contains("Your profile is changed."))
            let form = try #require(Form.all(in: page.text).first { $0.action == "/profile" })
            #expect(form.fields.contains { $0 == ("currency", "EUR") })
            #expect(form.fields.contains { $0 == ("time_zone", "Europe/Vienna") })
            for (field, value, words) in [
                ("name", " ", "A name has"),
                ("currency", "NOSUCH", "no currency or coin has the code NOSUCH"),
                ("time_zone", "Mars/Base", "Mars/Base is no time zone"),
            ] {
                let wrong = try browser.submit("/profile", action: "/profile", [field: value])
                #expect(wrong.status == 422, "\(field)")
                let summary = FormText.summary(of: wrong.text)
                #expect(summary.lowercased().contains(words.lowercased()), "\(summary)")
                #expect(summary.contains("href=\"#\(field)\""))
                let kept = try #require(Form.all(in: wrong.text).first { $0.action == "/profile" })
                #expect(kept.fields.contains { $0 == (field, value) })
            }
            let user = try #require(try fixture.workspace.users().last)
            #expect(user.name == "Anna Ö")
        }
    }

    @Test func `a password is changed with the present one, and other browsers are signed out`() throws {
        try withFixture { fixture in
            let here = try fixture.browser(of: "anna")
            let there = try fixture.browser(of: "anna")
            func change(_ present: String, _ new: String, _ again: String) throws -> Answer {
                try here.submit(
                    "/profile",
                    action: "/profile/password",
                    ["present": present, "password": new, "password_confirmation": again]
                )
            }
            let fresh = "another horse battery"
            let wrong = try change("wrong password", fresh, fresh)
            #expect(wrong.status == 403 && wrong.text.contains("The present password is not right."))
            #expect(wrong.text.contains("href=\"#password-present\""))
            #expect(try change(Fixture.password, fresh, fresh + "x").status == 422)
            #expect(try change(Fixture.password, "short77", "short77").text.contains("too short"))
            #expect(try there.get("/keys").status == 200)
            #expect(try change(Fixture.password, fresh, fresh).location == "/profile?done=password")
            #expect(try here.get("/keys").status == 200)
            #expect(try there.get("/keys").location == "/signin")
            for (password, status) in [(Fixture.password, 401), (fresh, 303)] {
                let fields = ["email": "anna@example.org", "password": password]
                #expect(try there.submit("/signin", action: "/signin", fields).status == status)
            }
        }
    }

    @Test func `a password cannot be guessed through the profile either`() throws {
        try withFixture(limiter: SignInGuard()) { fixture in
            let browser = try fixture.browser(of: "anna")
            func attempt(_ password: String) throws -> Answer {
                try browser.submit(
                    "/profile",
                    action: "/profile/email",
                    ["email": "new@example.org", "present": password]
                )
            }
            for _ in 0..<10 { #expect(try attempt("wrong password").status == 403) }
            let locked = try attempt(Fixture.password)
            #expect(locked.status == 429 && locked.header("Retry-After") != nil)
            #expect(try fixture.workspace.users().last?.email == "anna@example.org")
        }
    }

    @Test func `what fails behind the right password is no wrong one`() throws {
        var limits = SignInLimits()
        limits.failuresPerAccount = 2
        try withFixture(limiter: SignInGuard(limits: limits)) { fixture in
            _ = try fixture.addUser("ben")
            let browser = try fixture.browser(of: "anna")
            func attempt(_ email: String, _ password: String) throws -> Int {
                let fields = ["email": email, "present": password]
                return try browser.submit("/profile", action: "/profile/email", fields).status
            }
            // What is wrong before the password is looked at neither counts nor clears.
            #expect(try attempt("anna@new.example", "wrong password") == 403)
            #expect(try attempt("nothing", Fixture.password) == 422)
            #expect(try attempt("anna@new.example", "wrong password") == 403)
            #expect(try attempt("ben@example.org", Fixture.password) == 429)
            fixture.clock.advance(seconds: 2)
            for _ in 0..<4 { #expect(try attempt("ben@example.org", Fixture.password) == 409) }
            #expect(try attempt("anna@new.example", Fixture.password) == 303)
        }
    }

    @Test func `an e-mail address is changed when it is one and free`() throws {
        try withFixture { fixture in
            _ = try fixture.addUser("ben")
            let browser = try fixture.browser(of: "anna")
            for (email, status) in [("ben@example.org", 409), ("nothing", 422), ("anna@new.example", 303)] {
                let fields = ["email": email, "present": Fixture.password]
                #expect(try browser.submit("/profile", action: "/profile/email", fields).status == status)
            }
            #expect(try fixture.workspace.users().last?.email == "anna@new.example")
        }
    }

    @Test func `sessions are listed with their browsers and ended one by one`() throws {
        try withFixture { fixture in
            let here = try fixture.browser(of: "anna")
            let there = Browser(fixture)
            let page = try there.get("/signin")
            let form = try #require(Form.all(in: page.text).first)
            let values = ["email": "anna@example.org", "password": Fixture.password]
            let signedIn = try there.post(
                "/signin",
                form.fields.filter { values[$0.0] == nil } + values.map { ($0.key, $0.value) },
                headers: [HTTPHeader("User-Agent", "Evil<script>alert(1)</script>")]
            )
            #expect(signedIn.status == 303)
            let profile = try here.get("/profile")
            #expect(profile.text.contains("Evil&lt;script&gt;"))
            let end = try #require(
                Form.all(in: profile.text).first { $0.action.hasPrefix("/profile/sessions/") }
            )
            let answer = try here.post(end.action, end.fields)
            #expect(answer.location == "/profile?done=session")
            #expect(try there.get("/keys").location == "/signin")
            #expect(try here.post(end.action, end.fields).status == 404)
            #expect(try here.get("/keys").status == 200)
        }
    }
}

enum FormText {
    /// The list of problems at the top of a page.
    static func summary(of page: String) -> String {
        guard let start = page.range(of: "role=\"alert\""),
            let end = page.range(of: "</div>", range: start.upperBound..<page.endIndex)
        else { return "" }
        return String(page[start.upperBound..<end.lowerBound])
    }
}
