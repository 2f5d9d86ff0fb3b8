import Glibc
import HTTPServer
import Testing

@Suite("Limits")
private struct LimitTests {
    private func head(bytes: Int) -> String {
        let start = "GET /hello HTTP/1.1\r\nHost: a\r\nX-A: "
        return start + String(repeating: "x", count: bytes - start.utf8.count - 4) + "\r\n\r\n"
    }

    @Test(arguments: [
        (16 * 1024, 200), (16 * 1024 + 1, 431), (20_000, 431),
    ])
    func `a head of 16 KiB passes and one byte more is 431`(bytes: Int, status: Int) throws {
        try withServer { server in
            let client = RawClient(port: server.port)
            client.send(head(bytes: bytes))
            let answer = try #require(client.answer())
            #expect(answer.status == status)
            if status == 431 {
                #expect(answer.text == #"{"detail":"Request headers are larger than 16384 bytes"}"#)
                #expect(server.metrics.rejected(.headTooLarge) == 1)
            }
            client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(client.answer()?.status == 200)
        }
    }

    @Test(arguments: [(8 * 1024, 404), (8 * 1024 + 1, 414), (12_000, 414)])
    func `a target of 8 KiB passes and one byte more is 414`(bytes: Int, status: Int) throws {
        try withServer { server in
            let client = RawClient(port: server.port)
            client.send("GET /" + String(repeating: "x", count: bytes - 1) + " HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(client.answer()?.status == status)
            #expect(server.metrics.rejected(.targetTooLong) == (status == 414 ? 1 : 0))
        }
    }

    @Test(arguments: [(100, 200), (101, 431), (1_000, 431)])
    func `a hundred headers pass and one more is 431`(count: Int, status: Int) throws {
        try withServer { server in
            let client = RawClient(port: server.port)
            let headers = (1..<count).map { "X-\($0): a\r\n" }.joined()
            client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\(headers)\r\n")
            #expect(client.answer()?.status == status)
        }
    }

    /// Bytes sent, whether in chunks, the status (nil: the connection just ends) and whether it is kept.
    struct BodyCase: Sendable {
        let bytes: Int
        let isChunked: Bool
        let status: Int?
        let isKept: Bool
    }

    @Test(arguments: [
        BodyCase(bytes: 1_000, isChunked: false, status: 200, isKept: true),
        BodyCase(bytes: 1_001, isChunked: false, status: 413, isKept: true),
        BodyCase(bytes: 2_000, isChunked: false, status: 413, isKept: true),
        BodyCase(bytes: 2_001, isChunked: false, status: 413, isKept: false),
        BodyCase(bytes: 1_000, isChunked: true, status: 200, isKept: true),
        BodyCase(bytes: 1_001, isChunked: true, status: 413, isKept: true),
        BodyCase(bytes: 2_001, isChunked: true, status: nil, isKept: false),
    ])
    func `bodies over the limit are drained up to twice as much and answered 413`(wanted: BodyCase) throws {
        try withServer { server in
            let client = RawClient(port: server.port)
            let body = String(repeating: "b", count: wanted.bytes)
            if wanted.isChunked {
                client.send("POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                client.send(String(wanted.bytes, radix: 16) + "\r\n\(body)\r\n0\r\n\r\n")
            } else {
                client.send(
                    "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: \(wanted.bytes)\r\n\r\n\(body)"
                )
            }
            #expect(client.answer()?.status == wanted.status)
            client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect((client.answer()?.status == 200) == wanted.isKept)
            #expect((server.metrics.rejected(.bodyTooLarge) > 0) == (wanted.bytes > 1_000))
        }
    }

    @Test(arguments: [(1_000, 200, true), (1_001, 413, true), (2_001, 413, false)])
    func `what comes in place of a multipart form has a bound of its own`(
        bytes: Int,
        status: Int,
        isKept: Bool
    ) throws {
        try withServer { server in
            let client = RawClient(port: server.port)
            client.send(
                "POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    + "Content-Length: \(bytes)\r\n\r\n" + String(repeating: "f", count: bytes)
            )
            let answer = try #require(client.answer())
            #expect(answer.status == status)
            if status == 200 { #expect(answer.text == "bytes \(bytes)") }
            client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect((client.answer()?.status == 200) == isKept)
        }
    }

    @Test func `a body in a content coding is 415`() throws {
        try withServer { server in
            let client = RawClient(port: server.port)
            for (coding, status) in [("gzip", 415), ("Identity", 200)] {
                client.send(
                    "POST /body HTTP/1.1\r\nHost: a\r\nContent-Encoding: \(coding)\r\nContent-Length: 3\r\n\r\nabc"
                )
                #expect(client.answer()?.status == status)
            }
        }
    }

    @Test func `the memory for bodies is bounded over all requests`() throws {
        try withServer(change: { $0.limits.bufferedBodyBytes = 500 }) { server in
            let client = RawClient(port: server.port)
            for (bytes, status) in [(500, 200), (501, 503), (500, 200)] {
                let body = String(repeating: "b", count: bytes)
                client.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: \(bytes)\r\n\r\n\(body)")
                let answer = try #require(client.answer())
                #expect(answer.status == status)
                #expect((answer.header("Retry-After") == "1") == (status == 503))
            }
            #expect(server.metrics.rejected(.bodyBudget) == 1)
        }
    }

    @Test func `connections over the limit of an address or of all are closed at once`() throws {
        for isPerAddress in [true, false] {
            try withServer(change: { configuration in
                if isPerAddress {
                    configuration.limits.connectionsPerAddress = 3
                } else {
                    configuration.limits.connections = 3
                }
            }) { server in
                var clients = (0..<3).map { _ in RawClient(port: server.port) }
                for client in clients { client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n") }
                for client in clients { #expect(client.answer()?.status == 200) }
                #expect(RawClient(port: server.port).endsQuietly())
                let reason = isPerAddress ? HTTPRejection.connectionsPerAddress : .connections
                #expect(server.metrics.rejected(reason) == 1)
                clients.removeLast()
                #expect(eventually { server.metrics.connections == 2 })
                let next = RawClient(port: server.port)
                next.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(next.answer()?.status == 200)
            }
        }
    }

    @Test func `a trusted proxy is exempt and names the client`() throws {
        let records = Recorder<AccessRecord>()
        try withServer(change: { configuration in
            configuration.limits.connectionsPerAddress = 1
            configuration.trustedProxies = ["127.0.0.1"]
            configuration.accessLog = { records.append($0) }
        }) { server in
            let clients = (0..<3).map { _ in RawClient(port: server.port) }
            for client in clients {
                client.send("GET /hello HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 9.9.9.9, 10.1.2.3\r\n\r\n")
                #expect(client.answer()?.status == 200)
            }
            #expect(eventually { records.all.map(\.remoteAddress) == ["10.1.2.3", "10.1.2.3", "10.1.2.3"] })
        }
    }

    @Test func `a hop counts without its port, and whatever is no address counts as one`() throws {
        let records = Recorder<AccessRecord>()
        let hops = [
            ("1.2.3.4", "1.2.3.4"), ("1.2.3.4:5678", "1.2.3.4"), ("9.9.9.9:1,\t[::1]:99 ", "::1"),
            ("[::1]", "::1"),
            ("2001:DB8:0::1", "2001:db8::1"), ("::ffff:1.2.3.4", "1.2.3.4"), ("9.9.9.9, unknown", "unknown"),
            ("1.2.3.4:", "unknown"), ("1.2.3.4:x", "unknown"), ("1.2.3.4:65536", "unknown"),
            ("1.2.3", "unknown"),
            ("[1.2.3.4]:5", "unknown"), ("[::1", "unknown"), ("[::1]5", "unknown"), ("::1%eth0", "unknown"),
            ("a.example:80", "unknown"), ("_hidden", "unknown"), ("\u{FF}", "unknown"),
            (String(repeating: "1", count: 4000), "unknown"), (" ", "127.0.0.1"),
            ("1.2.3.4\r\nX-Forwarded-For: 5.6.7.8", "5.6.7.8"),
        ]
        try withServer(change: { configuration in
            configuration.trustedProxies = ["127.0.0.1"]
            configuration.accessLog = { records.append($0) }
        }) { server in
            let client = RawClient(port: server.port)
            for (text, _) in hops {
                client.send("GET /hello HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: \(text)\r\n\r\n")
                #expect(client.answer()?.status == 200, "\(text)")
            }
            #expect(eventually { records.all.count == hops.count })
            #expect(records.all.map(\.remoteAddress) == hops.map(\.1))
        }
    }

    @Test func `limits count a network of IPv6 as one address`() throws {
        var router = Router()
        router.add(.get, "/who", name: "who") { request, _ in .text(request.limitAddress) }
        let application = HTTPApplication(routers: [router])
        for (address, key) in [
            ("1.2.3.4", "1.2.3.4"), ("::1", "::/64"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::9", "2001:db8:1:2::/64"), ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
            ("unknown", "unknown"),
            ("", ""), ("a:b", "a:b"),
        ] {
            let answer = application.respond(.get, "/who", remoteAddress: address)
            #expect(String(decoding: answer.body, as: UTF8.self) == key)
        }
    }

    @Test func `more requests in work than the limit are 503 before any work`() throws {
        let waiting = Recorder<HTTPResponder>()
        var router = Router()
        router.add(.get, "/wait", name: "wait") { _, responder in
            waiting.append(responder)
            return nil
        }
        router.add(.post, "/write", name: "write", body: .collect(maxBytes: 100)) { _, _ in .text("wrote") }
        router.add(.get, "/healthz", name: "health", isServedWhenBusy: true) { _, _ in .text("ok") }
        try withServer([router]) { configuration in
            configuration.limits.requestsInFlight = 2
            configuration.limits.requestsQueued = 1
        } _: { server in
            let clients = (0..<3).map { _ in RawClient(port: server.port) }
            for client in clients { client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n") }
            #expect(eventually { waiting.all.count == 3 })
            let refused = RawClient(port: server.port)
            refused.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try #require(refused.answer())
            #expect(answer.status == 503)
            #expect(answer.header("Retry-After") == "1")
            refused.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(refused.answer()?.status == 200)
            refused.send("POST /write HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            #expect(refused.answer()?.status == 503)
            #expect(waiting.all.count == 3)
            for responder in waiting.all { responder.answer(.text("done")) }
            for client in clients { #expect(client.answer()?.text == "done") }
            let next = RawClient(port: server.port)
            next.send("POST /write HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            #expect(next.answer()?.text == "wrote")
        }
    }
}
