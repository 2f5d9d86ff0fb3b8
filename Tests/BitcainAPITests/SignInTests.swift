import BitcainAPI
import Crypto
import Foundation
import HTTPServer
import JSON
import Services
import Synchronization
import Testing
import Time

private let password = "correct horse battery"

extension Fixture {
    fileprivate func signUp(_ email: String = "ada@example.org", _ word: String = password) throws -> Answer {
        try json(.post, "/auth/signup", #"{"email":"\#(email)","password":"\#(word)"}"#)
    }

    fileprivate func logIn(_ email: String = "ada@example.org", _ word: String = password) throws -> Answer {
        try json(.post, "/auth/login", #"{"email":"\#(email)","password":"\#(word)"}"#)
    }

    fileprivate func refresh(_ token: String) throws -> Answer {
        try json(.post, "/auth/refresh", #"{"refresh_token":"\#(token)"}"#)
    }
}

extension Answer {
    fileprivate func session(_ key: String) throws -> String {
        try #require(try json["session"]?[key]?.string)
    }
}

@Suite("Signing in")
private struct SignInTests {
    @Test(arguments: Front.allCases)
    func `signing up, logging in, refreshing and asking who one is`(_ front: Front) throws {
        try withFixture(front) { (fixture) throws in
            let made = try fixture.signUp()
            #expect(made.status == 201)
            let keys = try made.json.object?.map(\.key)
            #expect(keys == ["success", "user", "session", "error"])
            let id = try #require(made.json["user"]?["id"]?.string)
            #expect(try made.json["user"]?["email_confirmed_at"]?.isNull == true)
            #expect(try made.session("expires_at") == "2024-06-15T12:15:00Z")
            let entered = try fixture.logIn("ADA@example.org")
            #expect(entered.status == 200)
            #expect(try entered.json["user"]?["id"]?.string == id)
            let next = try fixture.refresh(try entered.session("refresh_token"))
            #expect(next.status == 200)
            for answer in [made, entered, next] {
                let me = try fixture.send(.get, "/auth/me", token: try answer.session("access_token"))
                #expect(me.status == 200)
                #expect(try me.json["user"]?["email"]?.string == "ada@example.org")
                #expect(try me.json["session"]?.isNull == true)
            }
            let tokens = try [made, entered, next].flatMap {
                [try $0.session("access_token"), try $0.session("refresh_token")]
            }
            #expect(Set(tokens).count == 6)
            // A refresh token opens nothing but the next pair.
            #expect(try fixture.send(.get, "/auth/me", token: tokens[1]).status == 401)
            #expect(try fixture.refresh(tokens[0]).status == 401)
        }
    }

    @Test func `a wrong password, an unknown user and one without a password look alike`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.signUp()
            let answers = [
                try fixture.logIn("ada@example.org", "wrong password"),
                try fixture.logIn("bob@example.org", "wrong password"), try fixture.logIn("owner"),
            ]
            for answer in answers {
                #expect(answer.status == 401)
                #expect(answer.text == #"{"detail":"Invalid email or password"}"#)
                #expect(answer.header("WWW-Authenticate") == "Bearer")
            }
            func seconds(_ email: String) throws -> Double {
                let start = Date()
                for _ in 0..<5 { _ = try fixture.logIn(email, "wrong password") }
                return Date().timeIntervalSince(start)
            }
            // The least of several, since other tests share the processors.
            let times = try (0..<3).map { _ in (try seconds("ada@example.org"), try seconds("no@example.org"))
            }
            let known = times.map(\.0).min() ?? 0
            let unknown = times.map(\.1).min() ?? 0
            #expect(abs(known - unknown) < 0.5 * max(known, unknown), "\(known) \(unknown)")
        }
    }

    @Test func `a refresh token works once, and a copy of it ends the whole sign-in`() throws {
        try withFixture { (fixture) throws in
            let first = try fixture.signUp()
            let other = try fixture.logIn()
            let second = try fixture.refresh(try first.session("refresh_token"))
            let third = try fixture.refresh(try second.session("refresh_token"))
            #expect(third.status == 200)
            let access = try third.session("access_token")
            #expect(try fixture.send(.get, "/auth/me", token: access).status == 200)
            let reused = try fixture.refresh(try first.session("refresh_token"))
            #expect(reused.status == 401)
            #expect(reused.text == #"{"detail":"Invalid or expired token"}"#)
            #expect(try fixture.send(.get, "/auth/me", token: access).status == 401)
            #expect(try fixture.refresh(try third.session("refresh_token")).status == 401)
            #expect(
                try fixture.send(.get, "/auth/me", token: try other.session("access_token")).status == 200
            )
            #expect(try fixture.refresh(try other.session("refresh_token")).status == 200)
        }
    }

    @Test func `tokens end with their time, and a sign-in ends however often it is refreshed`() throws {
        try withFixture { (fixture) throws in
            let made = try fixture.signUp()
            fixture.clock.advance(seconds: 899)
            let access = try made.session("access_token")
            #expect(try fixture.send(.get, "/auth/me", token: access).status == 200)
            fixture.clock.advance(seconds: 1)
            #expect(try fixture.send(.get, "/auth/me", token: access).status == 401)
            var token = try made.session("refresh_token")
            // Every 29 days is in time, until 90 days have gone.
            for day in [29, 58, 87] {
                fixture.clock.advance(seconds: 29 * 86_400)
                try fixture.workspace.forgetOldSignIns()
                let next = try fixture.refresh(token)
                #expect(next.status == 200, "day \(day)")
                token = try next.session("refresh_token")
            }
            fixture.clock.advance(seconds: 3 * 86_400)
            #expect(try fixture.refresh(token).status == 401)
            let idle = try fixture.logIn()
            fixture.clock.advance(seconds: 30 * 86_400)
            #expect(try fixture.refresh(try idle.session("refresh_token")).status == 401)
        }
    }

    @Test func `a new password ends all sign-ins and no token of the command line`() throws {
        try withFixture { (fixture) throws in
            let made = try fixture.signUp()
            let user = try fixture.workspace.user(named: "ada@example.org")
            let token = try fixture.token(of: user.id)
            #expect(try fixture.send(.get, "/auth/me", token: try made.session("access_token")).status == 200)
            try fixture.workspace.setPassword(Secret("another long password"), of: user.id)
            #expect(try fixture.send(.get, "/auth/me", token: try made.session("access_token")).status == 401)
            #expect(try fixture.refresh(try made.session("refresh_token")).status == 401)
            #expect(try fixture.send(.get, "/auth/me", token: token).status == 200)
            #expect(try fixture.logIn().status == 401)
            #expect(try fixture.logIn("ada@example.org", "another long password").status == 200)
        }
    }

    @Test func `a hash of another cost is made again at the next login`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "coffer-" + UUID().uuidString
        )
        .path
        let before = try Fixture(folder: folder) { configuration, _, _ in
            configuration.passwordCost = PasswordCost(memoryMiB: 20, passes: 2) ?? .floor
        }
        _ = try before.signUp()
        before.close()
        let fixture = try Fixture(folder: folder)
        defer { fixture.remove() }
        let database = try Data(contentsOf: URL(fileURLWithPath: folder + "/coffer.db"))
        #expect(database.range(of: Data("$argon2id$v=19$m=20480,t=2".utf8)) != nil)
        #expect(try fixture.logIn().status == 200)
        #expect(try fixture.logIn().status == 200)
        fixture.close()
        let after = try Data(contentsOf: URL(fileURLWithPath: folder + "/coffer.db"))
        #expect(after.range(of: Data("$argon2id$v=19$m=19456,t=2".utf8)) != nil)
    }

    @Test func `what is stored holds neither tokens nor passwords`() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let made = try fixture.signUp()
        let secrets = [try made.session("access_token"), try made.session("refresh_token"), password]
        fixture.close()
        for file in try FileManager.default.contentsOfDirectory(atPath: fixture.folder) {
            let data = try Data(contentsOf: URL(fileURLWithPath: fixture.folder + "/" + file))
            for secret in secrets { #expect(data.range(of: Data(secret.utf8)) == nil, "\(file)") }
        }
        #expect(fixture.faults.all == [])
    }

    @Test func `no answer repeats a password`() throws {
        try withFixture { (fixture) throws in
            let bodies = [
                #"{"email":1,"password":"hunter2hunter2"}"#, #"{"password":"hunter2hunter2"}"#,
                #"{"email":"a@b.c","password":"hunter2"}"#, #""hunter2hunter2""#,
                #"{"email":"nobody","password":"hunter2hunter2"}"#, #"["hunter2hunter2"]"#,
                #"{"email":"a@b.c","password":"hunter2hunter2","password":"hunter2hunter2"}"#,
            ]
            for body in bodies {
                let answer = try fixture.json(.post, "/auth/signup", body)
                #expect(answer.status == 422)
                #expect(!answer.text.contains("hunter2"), "\(answer.text)")
            }
            #expect(
                !(try fixture.send(.post, "/auth/login", body: Array("hunter2hunter2".utf8))).text.contains(
                    "hunter2"
                )
            )
        }
    }

    @Test func `sign-up can be closed, and an address is taken once in any case`() throws {
        var closed = Fixture.openSignUp
        closed.isSignUpOpen = false
        try withFixture(signIn: closed) { (fixture) throws in
            let answer = try fixture.signUp()
            #expect(answer.status == 403)
            #expect(answer.text == #"{"detail":"Sign-up is turned off on this server"}"#)
            #expect(try fixture.workspace.users().count == 1)
        }
        try withFixture { (fixture) throws in
            #expect(try fixture.signUp().status == 201)
            let answer = try fixture.signUp("ADA@Example.org")
            #expect(answer.status == 409)
            #expect(answer.text == #"{"detail":"This email has an account already; log in"}"#)
        }
    }

    @Test(arguments: Front.allCases)
    func `after ten failures an account waits, and tokens that are out go on working`(_ front: Front) throws {
        var limited = Fixture.openSignUp
        limited.limiter = SignInGuard()
        try withFixture(front, signIn: limited) { (fixture) throws in
            let made = try fixture.signUp()
            for _ in 0..<10 { #expect(try fixture.logIn("ada@example.org", "wrong password").status == 401) }
            for word in [password, "wrong password"] {
                let answer = try fixture.logIn("Ada@example.org", word)
                #expect(answer.status == 429)
                #expect(answer.text == #"{"detail":"Too many requests"}"#)
                #expect(answer.header("Retry-After") == "1")
            }
            #expect(try fixture.send(.get, "/auth/me", token: try made.session("access_token")).status == 200)
            #expect(try fixture.refresh(try made.session("refresh_token")).status == 200)
            fixture.clock.advance(seconds: 1)
            #expect(try fixture.logIn("ada@example.org", "wrong password").status == 401)
            #expect(try fixture.logIn().header("Retry-After") == "2")
            fixture.clock.advance(seconds: 2)
            #expect(try fixture.logIn().status == 200)
            #expect(try fixture.logIn("ada@example.org", "wrong password").status == 401)
        }
    }

    @Test func `when too many passwords wait the server is busy, and nothing is counted`() throws {
        var limited = Fixture.openSignUp
        limited.limiter = SignInGuard()
        try withFixture(signIn: limited) { (fixture) throws in
            _ = try fixture.signUp()
            let answers = Mutex<[Answer]>([])
            let threads = (0..<40).map { number in
                Thread {
                    let answer = try? fixture.logIn("u\(number)@example.org", "wrong password")
                    if let answer { answers.withLock { $0.append(answer) } }
                }
            }
            for thread in threads { thread.start() }
            while answers.withLock({ $0.count }) < 40 { usleep(10_000) }
            let all = answers.withLock { $0 }
            let busy = all.filter { $0.status == 503 }
            #expect(!busy.isEmpty)
            #expect(busy.allSatisfy { $0.header("Retry-After") == "1" })
            #expect(all.allSatisfy { $0.status == 503 || $0.status == 401 })
            #expect(try fixture.logIn().status == 200)
        }
    }

    @Test func `right passwords at once do not lock each other out`() throws {
        var limited = Fixture.openSignUp
        var limits = SignInLimits()
        limits.failuresPerAccount = 3
        limits.failuresPerAddress = 3
        limited.limiter = SignInGuard(limits: limits)
        try withFixture(signIn: limited) { (fixture) throws in
            _ = try fixture.signUp()
            let answers = Mutex<[Int]>([])
            for _ in 0..<16 {
                Thread.detachNewThread {
                    let status = (try? fixture.logIn())?.status ?? 0
                    answers.withLock { $0.append(status) }
                }
            }
            while answers.withLock({ $0.count }) < 16 { usleep(10_000) }
            #expect(answers.withLock { $0 } == Array(repeating: 200, count: 16))
        }
    }

    @Test func `wrong refresh tokens keep nobody at their address out`() throws {
        var limited = Fixture.openSignUp
        limited.limiter = SignInGuard()
        try withFixture(signIn: limited) { (fixture) throws in
            let made = try fixture.signUp()
            for _ in 0..<120 { #expect(try fixture.refresh("cfr_x").status == 401) }
            #expect(try fixture.logIn().status == 200)
            #expect(try fixture.refresh(try made.session("refresh_token")).status == 200)
        }
    }

    @Test func `five sign-ups an hour come from one address`() throws {
        var limited = Fixture.openSignUp
        limited.limiter = SignInGuard()
        try withFixture(signIn: limited) { (fixture) throws in
            for number in 0..<5 { #expect(try fixture.signUp("u\(number)@example.org").status == 201) }
            let answer = try fixture.signUp("u5@example.org")
            #expect(answer.status == 429)
            #expect(answer.header("Retry-After") == "3600")
            fixture.clock.advance(seconds: 3600)
            #expect(try fixture.signUp("u5@example.org").status == 201)
        }
    }
}
