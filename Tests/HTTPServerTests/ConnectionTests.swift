import Glibc
import HTTPServer
import Testing

@Suite("Connections")
private struct ConnectionTests {
    private let get = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `pipelined requests are answered in order on one connection`() throws {
        try withServer { server in
            let client = RawClient(port: server.port)
            client.send((0..<50).map { "GET /echo/\($0)/x HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for number in 0..<50 {
                #expect(client.answer()?.text == "first=\(number),second=x")
            }
            #expect(server.metrics.connectionsAccepted == 1)
        }
    }

    @Test func `bodies arrive whole, by length and in chunks, on a kept-alive connection`() throws {
        try withServer { server in
            let client = RawClient(port: server.port)
            for _ in 0..<3 {
                client.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
                #expect(client.answer()?.text == "5:hello")
                client.send("POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n")
                client.send("3\r\nabc\r\n")
                usleep(2_000)
                client.send("4;x=y\r\ndefg\r\n0\r\n\r\n")
                #expect(client.answer()?.text == "7:abcdefg")
                client.send("POST /body HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(client.answer()?.text == "none")
            }
            #expect(server.metrics.connectionsAccepted == 1)
            #expect(server.metrics.bytesReceived == 36)
        }
    }

    @Test func `a 404 with a body is drained and the connection kept`() throws {
        try withServer { server in
            let client = RawClient(port: server.port)
            client.send("POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + get)
            #expect(client.answer()?.status == 404)
            #expect(client.answer()?.status == 200)
        }
    }

    @Test func `a client that waits for a go-ahead gets it, or the refusal before the body`() throws {
        try withServer { server in
            let client = RawClient(port: server.port)
            client.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            #expect(client.answer()?.status == 100)
            client.send("hello")
            #expect(client.answer()?.text == "5:hello")
            client.send("POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            #expect(client.answer()?.status == 404)
            #expect(client.endsQuietly())
        }
    }

    @Test func `a header that would split the answer becomes 500`() throws {
        try withServer { server in
            let client = RawClient(port: server.port)
            client.send("GET /split HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try #require(client.answer())
            #expect(answer.status == 500)
            #expect(answer.header("Set-Cookie") == nil)
        }
    }

    @Test func `answers come from other threads, once, and a dropped responder is 500`() throws {
        let pool = WorkerPool(threads: 2, queuedMax: 64)
        defer { pool.stop() }
        var router = Router()
        router.add(.get, "/later/{n}", name: "later") { request, responder in
            let isQueued = pool.submit {
                usleep(500)
                responder.answer(.text(request.parameter("n") ?? "nil"))
                responder.answer(.text("second"))
            }
            return isQueued ? nil : .text("full", status: 503)
        }
        router.add(.get, "/both", name: "both") { _, responder in
            responder.answer(.text("first"))
            return .text("second")
        }
        router.add(.get, "/dropped", name: "dropped") { _, responder in
            _ = pool.submit { _ = responder }
            return nil
        }
        try withServer([router]) { server in
            let clients = (0..<20).map { _ in RawClient(port: server.port) }
            for round in 0..<5 {
                for (index, client) in clients.enumerated() {
                    client.send("GET /later/\(round * 100 + index) HTTP/1.1\r\nHost: a\r\n\r\n")
                }
                for (index, client) in clients.enumerated() {
                    #expect(client.answer()?.text == "\(round * 100 + index)")
                }
            }
            clients[0].send("GET /both HTTP/1.1\r\nHost: a\r\n\r\nGET /dropped HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(clients[0].answer()?.text == "first")
            #expect(clients[0].answer()?.status == 500)
            #expect(server.metrics.requestsInFlight == 0)
        }
    }

    @Test func `slow heads, bodies, readers and silent connections are ended`() throws {
        var router = Router()
        router.add(.post, "/body", name: "body", body: .collect(maxBytes: 1_000)) { _, _ in .text("ok") }
        router.add(.get, "/big", name: "big") { _, _ in
            HTTPResponse(status: 200, body: [UInt8](repeating: 120, count: 32 * 1024 * 1024))
        }
        router.add(.get, "/hello", name: "hello") { _, _ in .text("ok") }
        try withServer([router]) { configuration in
            configuration.limits.headSeconds = 0.3
            configuration.limits.bodySeconds = 0.3
            configuration.limits.idleSeconds = 0.3
            configuration.limits.answerSeconds = 0.3
        } _: { server in
            let silent = RawClient(port: server.port)
            let head = RawClient(port: server.port)
            let body = RawClient(port: server.port)
            let idle = RawClient(port: server.port)
            let reader = RawClient(port: server.port)
            idle.send(get)
            #expect(idle.answer()?.status == 200)
            body.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n")
            reader.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
            // One byte at a time keeps an idle time-out from ever striking; the deadlines hold all the same.
            for _ in 0..<8 {
                head.send("G")
                body.send("x")
                usleep(60_000)
            }
            #expect(silent.endsQuietly())
            #expect(head.endsQuietly())
            #expect(body.endsQuietly())
            #expect(idle.endsQuietly())
            #expect(reader.answer() == nil)
            for reason in [HTTPRejection.headDeadline, .bodyDeadline, .idleDeadline, .answerDeadline] {
                #expect(server.metrics.rejected(reason) >= 1, "\(reason)")
            }
            #expect(eventually { server.metrics.connections == 0 })
            let polite = RawClient(port: server.port)
            polite.send(get)
            #expect(polite.answer()?.status == 200)
        }
    }

    @Test func `a slow head on a kept-alive connection has the deadline of a head`() throws {
        try withServer(change: { configuration in
            configuration.limits.headSeconds = 0.3
            configuration.limits.idleSeconds = 5
        }) { server in
            let client = RawClient(port: server.port)
            client.send(get)
            #expect(client.answer()?.status == 200)
            for _ in 0..<14 {
                client.send("G")
                usleep(60_000)
            }
            #expect(server.metrics.rejected(.headDeadline) == 1)
            #expect(client.endsQuietly())
        }
    }

    @Test func `stopping answers what is in flight and refuses the rest`() throws {
        let pool = WorkerPool(threads: 1, queuedMax: 4)
        defer { pool.stop() }
        try withSlowServer(pool, milliseconds: 300) { server, starts in
            let idle = RawClient(port: server.port)
            idle.send("GET /fast HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(idle.answer()?.status == 200)
            let client = RawClient(port: server.port)
            client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(eventually { !starts.all.isEmpty })
            let port = server.port
            server.stop(graceSeconds: 5)
            let answer = try #require(client.answer())
            #expect(answer.text == "done")
            #expect(answer.header("Connection")?.lowercased() == "close")
            #expect(idle.endsQuietly())
            #expect(RawClient(port: port).isClosed)
        }
    }

    @Test func `while it stops, new connections end without an answer`() throws {
        let pool = WorkerPool(threads: 1, queuedMax: 4)
        defer { pool.stop() }
        let stopper = WorkerPool(threads: 1, queuedMax: 1)
        defer { stopper.stop() }
        try withSlowServer(pool, milliseconds: 500) { server, starts in
            let client = RawClient(port: server.port)
            client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(eventually { !starts.all.isEmpty })
            let port = server.port
            let ends = Recorder<Int>()
            #expect(
                stopper.submit {
                    server.stop(graceSeconds: 5)
                    ends.append(1)
                }
            )
            #expect(
                eventually {
                    let late = RawClient(port: port)
                    late.send("GET /fast HTTP/1.1\r\nHost: a\r\n\r\n")
                    return late.answer() == nil
                }
            )
            #expect(client.answer()?.text == "done")
            #expect(eventually { !ends.all.isEmpty })
        }
    }

    @Test func `the end of the grace answers 503 and does not wait longer`() throws {
        let pool = WorkerPool(threads: 1, queuedMax: 4)
        defer { pool.stop() }
        try withSlowServer(pool, milliseconds: 1_500) { server, starts in
            let client = RawClient(port: server.port)
            client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(eventually { !starts.all.isEmpty })
            let clock = ContinuousClock()
            let spent = clock.measure { server.stop(graceSeconds: 0.3) }
            #expect(spent < .seconds(1))
            let answer = try #require(client.answer())
            #expect(answer.status == 503)
            #expect(answer.header("Retry-After") == "1")
        }
    }

    private func withSlowServer(
        _ pool: WorkerPool,
        milliseconds: UInt32,
        _ body: (HTTPServer, Recorder<Int>) throws -> Void
    ) throws {
        let starts = Recorder<Int>()
        var router = Router()
        router.add(.get, "/fast", name: "fast") { _, _ in .text("fast") }
        router.add(.get, "/slow", name: "slow") { _, responder in
            starts.append(1)
            let isQueued = pool.submit {
                usleep(milliseconds * 1_000)
                responder.answer(.text("done"))
            }
            return isQueued ? nil : .text("full", status: 503)
        }
        try withServer([router]) { server in try body(server, starts) }
    }

    @Test func `a port in use, a wrong address and a second start are told apart`() throws {
        try withServer { server in
            var configuration = HTTPConfiguration()
            configuration.port = server.port
            let second = HTTPServer(configuration: configuration, routers: [])
            #expect(throws: HTTPServerError.addressInUse(address: "127.0.0.1", port: server.port)) {
                try second.start()
            }
            #expect(throws: HTTPServerError.alreadyStarted) { try server.start() }
            configuration.address = "localhost.example"
            #expect(throws: HTTPServerError.addressInvalid(address: "localhost.example")) {
                try HTTPServer(configuration: configuration, routers: []).start()
            }
            configuration.address = "192.0.2.1"
            #expect(throws: HTTPServerError.addressNotAvailable(address: "192.0.2.1")) {
                try HTTPServer(configuration: configuration, routers: []).start()
            }
        }
    }

    @Test func `a server stops and starts many times without leaking descriptors`() throws {
        func openDescriptors() -> Int { (0..<512).count { fcntl($0, F_GETFD) >= 0 } }
        try withServer { _ in }
        let before = openDescriptors()
        for _ in 0..<10 {
            try withServer { server in
                let client = RawClient(port: server.port)
                client.send(get)
                #expect(client.answer()?.status == 200)
            }
        }
        // Other suites run beside this one, so only a leak per round would show.
        #expect(openDescriptors() < before + 40)
    }
}
