import HTTPServer
import Testing

@Suite("Admission before the body")
private struct AdmissionTests {
    /// A route that takes forms of those who say `good`, and does not know those who say `new`.
    private func router(_ calls: Recorder<String>) -> Router {
        var router = Router()
        let admission: HTTPAdmissionCheck = { request in
            switch request.header("x-caller") {
            case "good": .admitted
            case "new": .unverified
            default: .refused(.json(Array(#"{"detail":"who?"}"#.utf8), status: 401))
            }
        }
        let rule = HTTPBodyRule.multipart(maxBytes: 8 << 20, otherMaxBytes: 1_000)
        router.add(.post, "/form", name: "form", body: rule, admission: admission) { request, _ in
            calls.append(request.header("x-caller") ?? "-")
            return .empty(204)
        }
        router.add(.get, "/hello", name: "hello") { _, _ in .empty(204) }
        return router
    }

    private func form(_ bytes: Int, caller: String, headers: String = "", sendsBody: Bool = true) -> String {
        let start = "--b\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n"
        let body = start + String(repeating: "x", count: bytes) + "\r\n--b--\r\n"
        let head =
            "POST /form HTTP/1.1\r\nHost: a\r\nX-Caller: \(caller)\r\n\(headers)"
            + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        return sendsBody ? head + body : head
    }

    @Test func `a short body of a refused caller is thrown away, and the connection kept`() throws {
        let calls = Recorder<String>()
        let records = Recorder<AccessRecord>()
        // A folder that is not there: keeping any of the body on disk would fail.
        try withServer(
            [router(calls)],
            change: {
                $0.spoolFolder = "/nowhere"
                $0.accessLog = { records.append($0) }
            }
        ) { server in
            let client = RawClient(port: server.port)
            client.send(form(1_500_000, caller: "bad"))
            let answer = try #require(client.answer())
            #expect(answer.status == 401)
            #expect(answer.text == #"{"detail":"who?"}"#)
            client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(client.answer()?.status == 204)
            #expect(calls.all == [])
            #expect(eventually { records.all.count == 2 })
            #expect(records.all.map(\.route) == ["form", "hello"])
        }
    }

    @Test(arguments: [(100, "Expect: 100-continue\r\n"), (3 << 20, ""), (16 << 20, "")])
    func `a refused caller who waits or announces much is answered at once, and the connection ends`(
        bytes: Int,
        header: String
    ) throws {
        let calls = Recorder<String>()
        try withServer([router(calls)]) { server in
            let client = RawClient(port: server.port)
            client.send(form(bytes, caller: "bad", headers: header, sendsBody: false))
            let answer = try #require(client.answer())
            #expect(answer.status == 401)
            #expect(answer.header("Connection") == "close")
            #expect(client.endsQuietly())
            #expect(calls.all == [])
        }
    }

    @Test func `a refused caller's chunks without end cut the connection`() throws {
        let calls = Recorder<String>()
        try withServer([router(calls)]) { server in
            let client = RawClient(port: server.port)
            client.send("POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<48 { client.send("10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n") }
            #expect(client.answer()?.status == nil)
            #expect(server.metrics.rejected(.bodyTooLarge) == 1)
            #expect(calls.all == [])
        }
    }

    @Test(arguments: [("good", 300_000, 1_000_000), ("new", 1_000_000, 300_000)])
    func `the disk for bodies is bounded over all requests, apart for unknown callers`(
        caller: String,
        spooledMax: Int,
        unverifiedMax: Int
    ) throws {
        let calls = Recorder<String>()
        try withServer([router(calls)]) { configuration in
            configuration.limits.spooledBodyBytes = spooledMax
            configuration.limits.unverifiedSpooledBytes = unverifiedMax
        } _: { server in
            let client = RawClient(port: server.port)
            // What was given back can be taken again.
            for (bytes, status) in [(299_000, 204), (301_000, 503), (299_000, 204), (200_000, 204)] {
                client.send(form(bytes, caller: caller))
                let answer = try #require(client.answer())
                #expect(answer.status == status)
                #expect((answer.header("Retry-After") == "1") == (status == 503))
            }
            let other = caller == "good" ? "new" : "good"
            client.send(form(301_000, caller: other))
            #expect(client.answer()?.status == 204)
            #expect(server.metrics.rejected(.bodyBudget) == 1)
            #expect(calls.all == [caller, caller, caller, other])
        }
    }
}
