import BitcainAPI
import Foundation
import HTTPServer
import JSON
import Services
import Synchronization
import Testing

@Suite("Idempotency-Key")
private struct IdempotencyTests {
    private func key(_ text: String) -> [HTTPHeader] { [HTTPHeader("Idempotency-Key", text)] }

    @Test(arguments: Front.allCases)
    func `the same request with the same key has one effect and the first answer again`(_ front: Front) throws
    {
        try withFixture(front) { (fixture) throws in
            let token = try fixture.token()
            let first = try fixture.upload(Sample.history, token: token, headers: key("a-1"))
            #expect(first.status == 200)
            #expect(first.header("Idempotent-Replayed") == nil)
            fixture.clock.advance(seconds: 60)
            let second = try fixture.upload(Sample.history, token: token, headers: key("a-1"))
            #expect(second.status == 200)
            #expect(second.header("Idempotent-Replayed") == "true")
            #expect(second.text == first.text)
            #expect(try second.json["rows_inserted"]?.integer == 4)
            #expect(try fixture.workspace.imports(of: fixture.owner).count == 1)
        }
    }

    @Test func `another boundary is the same request`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let file = Array(Sample.history.utf8)
            let first = try fixture.upload(file, token: token, boundary: "one", headers: key("k"))
            let second = try fixture.upload(file, token: token, boundary: "two", headers: key("k"))
            #expect(second.header("Idempotent-Replayed") == "true")
            #expect(second.text == first.text)
        }
    }

    @Test(arguments: ["query", "contents", "a bad row", "no table", "name", "path"])
    func `another request with the same key is refused and changes nothing`(_ what: String) throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let file = Array(Sample.history.utf8)
            _ = try fixture.upload(file, token: token, headers: key("k"))
            let other =
                switch what {
                case "query":
                    try fixture.upload(file, token: token, query: "?partial=true", headers: key("k"))
                case "contents": try fixture.upload(Sample.deposit("1"), token: token, headers: key("k"))
                case "a bad row":
                    try fixture.upload(Sample.deposit("much"), token: token, headers: key("k"))
                case "no table": try fixture.upload("no table", token: token, headers: key("k"))
                case "name": try fixture.upload(file, token: token, fileName: "other.csv", headers: key("k"))
                default:
                    try fixture.send(
                        .post,
                        BitcainAPI.base + "/cost-basis/lots/rebuild",
                        token: token,
                        headers: key("k")
                    )
                }
            #expect(other.status == 422)
            #expect(try other.json["detail"]?.string?.contains("Idempotency-Key") == true)
            #expect(try fixture.workspace.imports(of: fixture.owner).count == 1)
        }
    }

    @Test func `keys of two users have nothing to do with each other`() throws {
        try withFixture { (fixture) throws in
            let mine = try fixture.token()
            let theirs = try fixture.token(of: try fixture.addUser("other"))
            _ = try fixture.upload(Sample.history, token: mine, headers: key("k"))
            let answer = try fixture.upload(Sample.deposit("1"), token: theirs, headers: key("k"))
            #expect(answer.status == 200)
            #expect(answer.header("Idempotent-Replayed") == nil)
        }
    }

    @Test func `the answer survives a restart and is forgotten after seven days`() throws {
        let before = try Fixture()
        let token = try before.token(days: 30)
        let first = try before.upload(Sample.history, token: token, headers: key("k"))
        before.close()
        let after = try Fixture(folder: before.folder)
        defer { after.remove() }
        let second = try after.upload(Sample.history, token: token, headers: key("k"))
        #expect(second.header("Idempotent-Replayed") == "true")
        #expect(second.text == first.text)
        after.clock.advance(seconds: 7 * 86_400 - 1)
        try after.workspace.forgetOldAnswers()
        #expect(
            try after.upload(Sample.history, token: token, headers: key("k")).header("Idempotent-Replayed")
                == "true"
        )
        after.clock.advance(seconds: 2)
        try after.workspace.forgetOldAnswers()
        let third = try after.upload(Sample.history, token: token, headers: key("k"))
        #expect(third.header("Idempotent-Replayed") == nil)
        #expect(try third.json["duplicates_skipped"]?.integer == 4)
    }

    @Test(arguments: ["", " ", "a b", "a\tb", "é", String(repeating: "k", count: 256)])
    func `a malformed key is refused before anything happens`(_ text: String) throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let answer = try fixture.upload(Sample.history, token: token, headers: key(text))
            #expect(answer.status == 422)
            let rebuild = try fixture.send(
                .post,
                BitcainAPI.base + "/cost-basis/lots/rebuild",
                token: token,
                headers: key(text)
            )
            #expect(rebuild.status == 422)
            #expect(try fixture.workspace.imports(of: fixture.owner).isEmpty)
        }
    }

    @Test(arguments: ["k", String(repeating: "k", count: 255), "!~\"{}"])
    func `a key of one to 255 visible characters is taken`(_ text: String) throws {
        try withFixture { (fixture) throws in
            let answer = try fixture.upload(Sample.history, token: try fixture.token(), headers: key(text))
            #expect(answer.status == 200)
        }
    }

    @Test func `two keys in one request are refused`() throws {
        try withFixture { (fixture) throws in
            let answer = try fixture.upload(
                Sample.history,
                token: try fixture.token(),
                headers: key("a") + key("b")
            )
            #expect(answer.status == 422)
        }
    }

    @Test func `what validation refuses and what a dry run says is not kept`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let bad = Sample.header + "\n2022-13-25,trade,x,BTC,,,,,,,,\n"
            #expect(try fixture.upload(bad, token: token, headers: key("k")).status == 422)
            #expect(
                try fixture.upload(bad, token: token, query: "?dry_run=1", headers: key("k")).status == 200
            )
            let good = try fixture.upload(Sample.history, token: token, headers: key("k"))
            #expect(good.status == 200)
            #expect(good.header("Idempotent-Replayed") == nil)
        }
    }

    @Test func `computing lots again is answered once for a key`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            _ = try fixture.upload(Sample.history, token: token)
            let path = BitcainAPI.base + "/cost-basis/lots/rebuild"
            let first = try fixture.send(.post, path, token: token, headers: key("k"))
            fixture.clock.advance(seconds: 5)
            let second = try fixture.send(.post, path, token: token, headers: key("k"))
            #expect(first.status == 200)
            #expect(second.text == first.text)
            #expect(second.header("Idempotent-Replayed") == "true")
            #expect(try fixture.send(.post, path, token: token).text != first.text)
        }
    }

    @Test(arguments: [0, 1500])
    func `forty requests at once with one key make one import`(_ rows: Int) throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            var file = Sample.history
            for row in 0..<rows { file += "2021-01-01T00:00:00Z,deposit,\(row + 1),ETH,,,,,,,Kraken,\n" }
            let bytes = Array(file.utf8)
            let answers = Mutex<[Answer]>([])
            let done = DispatchSemaphore(value: 0)
            for _ in 0..<40 {
                Thread.detachNewThread {
                    let answer = try? fixture.upload(bytes, token: token, headers: key("one"))
                    answers.withLock { list in if let answer { list.append(answer) } }
                    done.signal()
                }
            }
            for _ in 0..<40 { #expect(done.wait(timeout: .now() + 60) == .success) }
            let all = answers.withLock { $0 }
            #expect(all.count == 40)
            let good = all.filter { $0.status == 200 }
            #expect(good.count { $0.header("Idempotent-Replayed") == nil } == 1)
            #expect(Set(good.map(\.text)).count == 1)
            for answer in all where answer.status != 200 {
                #expect(answer.status == 409)
                #expect(answer.header("Retry-After") == "1")
            }
            #expect(try fixture.workspace.imports(of: fixture.owner).count == 1)
        }
    }
}
