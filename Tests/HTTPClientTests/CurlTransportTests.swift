import Glibc
import Synchronization
import TestSupport
import Testing

@testable import HTTPClient

@Suite("Requests over libcurl")
struct CurlTransportTests {
    private func transport(
        _ server: LoopbackServer,
        _ change: (inout CurlTransport.Limits) -> Void = { _ in }
    ) throws -> CurlTransport {
        var limits = CurlTransport.Limits()
        limits.timeoutMilliseconds = 5_000
        change(&limits)
        return try CurlTransport(baseURLs: [server.base], version: "1.2.3", limits: limits)
    }

    private func error(_ transport: CurlTransport, _ url: String) -> TransportError? {
        do {
            _ = try transport.send(OutgoingRequest(url: url))
            return nil
        } catch {
            return error
        }
    }

    @Test("what is sent arrives, what is answered comes back, and a connection serves twice")
    func roundTrip() throws {
        let server = LoopbackServer { request in
            let body = Array("\(request.method) ".utf8) + request.body
            return .answer(201, ["X-Reply:  a: b ", "X-Reply: second"], body)
        }
        let transport = try transport(server)
        let request = OutgoingRequest(
            method: "POST",
            url: server.base + "/v1/thing?key=value#part",
            headers: [OutgoingHeader("X-One", "1"), OutgoingHeader("X-Empty", "")],
            body: Array("hällo\0there".utf8)
        )
        let response = try transport.send(request)
        #expect(response.status == 201)
        #expect(response.body == Array("POST hällo\0there".utf8))
        #expect(response.headers.filter { $0.name == "x-reply" }.map(\.value) == ["a: b", "second"])
        #expect(try transport.send(OutgoingRequest(method: "DELETE", url: server.base + "/")).status == 201)
        #expect(try transport.send(OutgoingRequest(url: server.base + "/")).body == Array("GET ".utf8))
        let seen = server.requests
        #expect(seen[0].target == "/v1/thing?key=value")
        #expect(seen[0].header("user-agent") == "Coffer/1.2.3")
        #expect(seen[0].header("x-one") == "1")
        #expect(seen[0].header("x-empty") == "")
        #expect(seen[0].header("expect") == nil)
        #expect(seen[1].header("x-one") == nil)
        #expect(seen.map(\.method) == ["POST", "DELETE", "GET"])
        #expect(server.connections == 1)
    }

    @Test("a redirect is an answer and no way to another place")
    func redirect() throws {
        let server = LoopbackServer { _ in .answer(302, ["Location: http://169.254.169.254/"], []) }
        let response = try transport(server).send(OutgoingRequest(url: server.base + "/"))
        #expect(response.status == 302)
        #expect(response.header("location") == "http://169.254.169.254/")
        #expect(server.requests.count == 1)
    }

    @Test("cookies are not kept")
    func cookies() throws {
        let server = LoopbackServer { _ in .answer(200, ["Set-Cookie: a=b"], []) }
        let transport = try transport(server)
        for _ in 0..<2 { _ = try transport.send(OutgoingRequest(url: server.base + "/")) }
        #expect(server.requests.allSatisfy { $0.header("cookie") == nil })
    }

    @Test("a body that is announced as too long is not read")
    func announced() throws {
        let server = LoopbackServer { _ in
            .stall(Array("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n".utf8))
        }
        #expect(error(try transport(server), server.base + "/") == .tooLarge(limit: 8 << 20))
    }

    @Test("a gibibyte without an announced length ends at the limit")
    func flooded() throws {
        let piece = Array("10000\r\n".utf8) + [UInt8](repeating: 0, count: 65_536) + [13, 10]
        let server = LoopbackServer { _ in
            .flood(
                Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8),
                piece: piece,
                times: 16_384
            )
        }
        let transport = try transport(server) { $0.bodyBytesMax = 1 << 20 }
        #expect(error(transport, server.base + "/") == .tooLarge(limit: 1 << 20))
    }

    @Test(
        "silence ends at the time limit",
        arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"]
    )
    func silence(_ start: String) throws {
        let server = LoopbackServer { _ in .stall(Array(start.utf8)) }
        let transport = try transport(server) { $0.timeoutMilliseconds = 200 }
        #expect(error(transport, server.base + "/") == .timedOut)
    }

    @Test("an answer that is broken off is none")
    func brokenOff() throws {
        for start in ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "HTTP/1.1 200 OK\r\nContent-"] {
            let server = LoopbackServer { _ in .raw(Array(start.utf8)) }
            let failure = error(try transport(server), server.base + "/?secret=1")
            #expect(failure == .unreachable("127.0.0.1:\(server.port) broke off"), "\(start)")
        }
    }

    @Test("a flood of headers ends at the limit, also in one line and in interim answers")
    func headers() throws {
        let pieces = ["X-Filler: \(String(repeating: "a", count: 100))\r\n", "aaaaaaaaaaaaaaaa", ""]
        for piece in pieces {
            let head = piece.isEmpty ? "" : "HTTP/1.1 200 OK\r\nX: "
            let repeated = piece.isEmpty ? "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" : piece
            let server = LoopbackServer { _ in
                .flood(Array(head.utf8), piece: Array(repeated.utf8), times: 100_000)
            }
            #expect(error(try transport(server), server.base + "/") == .tooLarge(limit: 64 << 10), "\(piece)")
        }
    }

    @Test("the last head of several is the answer's")
    func interim() throws {
        let text =
            "HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-B: 2\r\nContent-Length: 2\r\n\r\nok"
        let server = LoopbackServer { _ in .raw(Array(text.utf8)) }
        let response = try transport(server).send(OutgoingRequest(url: server.base + "/"))
        #expect(response.status == 200)
        #expect(response.header("x-a") == nil)
        #expect(response.header("x-b") == "2")
    }

    @Test(
        "what is not HTTP is named so",
        arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "<html>no head</html>", "HTTP/9.9 200 OK\r\n\r\n"]
    )
    func otherProtocols(_ text: String) throws {
        let server = LoopbackServer { _ in .raw(Array(text.utf8)) }
        #expect(
            error(try transport(server), server.base + "/")
                == .malformed("127.0.0.1:\(server.port) does not answer in HTTP")
        )
    }

    @Test("only the servers that were named are asked")
    func otherServers() throws {
        let server = LoopbackServer { _ in .json("{}") }
        let other = LoopbackServer { _ in .json("{}") }
        let transport = try transport(server)
        for url in [other.base, "https://example.com/?secret=1", "http://localhost:\(server.port)/"] {
            guard case .refusedAddress(let text)? = error(transport, url) else {
                Issue.record("\(url) was not refused")
                continue
            }
            #expect(!text.contains("secret"))
        }
        #expect(other.requests.isEmpty)
    }

    @Test(
        "a host that leads to a private place is refused when it is connected to",
        arguments: ["https://10.0.0.1", "https://169.254.169.254", "https://[fe80::1]", "https://[fd00::1]"]
    )
    func privateHosts(_ url: String) throws {
        let transport = try CurlTransport(baseURLs: [url], version: "1")
        guard case .refusedAddress(let text)? = error(transport, url + "/?secret=1") else {
            Issue.record("not refused")
            return
        }
        #expect(text.hasSuffix("leads to an address of a private network or of this computer"))
        #expect(!text.contains("secret"))
    }

    @Test("what counts is the address that is connected to, not the name that led to it")
    func rebinding() {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        for (addresses, isAllowed) in [(Transfer.Addresses.open, false), (.loopback, true), (.any, true)] {
            let transfer = Transfer(addresses, bodyBytesMax: 1, headerBytesMax: 1)
            let permitted = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe transfer.permits($0)
                }
            }
            #expect(permitted == isAllowed)
        }
    }

    @Test("the environment's proxy is not used")
    func environment() throws {
        let proxy = LoopbackServer { _ in .json("{}", status: 502) }
        let names = ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"]
        for name in names { unsafe setenv(name, proxy.base, 1) }
        defer { for name in names { unsafe unsetenv(name) } }
        let server = LoopbackServer { _ in .json("{}") }
        #expect(try transport(server).send(OutgoingRequest(url: server.base + "/")).status == 200)
        #expect(proxy.requests.isEmpty)
    }

    @Test("a named proxy carries what leaves this computer")
    func namedProxy() throws {
        let proxy = LoopbackServer { _ in .json("{}", status: 403) }
        let transport = try CurlTransport(
            baseURLs: ["https://api.example.com"],
            version: "1",
            proxy: proxy.base
        )
        #expect(error(transport, "https://api.example.com/v1") != nil)
        #expect(proxy.requests.map(\.method) == ["CONNECT"])
    }

    @Test(
        "what would break the request's form is refused before it is sent",
        arguments: [
            OutgoingRequest(method: "GET /\r\n", url: ""), OutgoingRequest(method: "", url: ""),
            OutgoingRequest(url: "", headers: [OutgoingHeader("X", "a\r\nY: b")]),
            OutgoingRequest(url: "", headers: [OutgoingHeader("X: y", "a")]),
            OutgoingRequest(url: "", headers: [OutgoingHeader("", "a")]),
        ]
    )
    func malformedRequests(_ request: OutgoingRequest) throws {
        let server = LoopbackServer { _ in .json("{}") }
        var request = request
        request.url = server.base + "/"
        do {
            _ = try transport(server).send(request)
            Issue.record("sent")
        } catch let error as TransportError {
            guard case .malformed = error else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(server.requests.isEmpty)
    }

    @Test("a body that is too long is not sent")
    func longBody() throws {
        let server = LoopbackServer { _ in .json("{}") }
        let transport = try transport(server) { $0.requestBytesMax = 3 }
        let request = OutgoingRequest(method: "POST", url: server.base + "/", body: [1, 2, 3, 4])
        #expect(throws: TransportError.malformed("the request's body is longer than 3 bytes")) {
            try transport.send(request)
        }
        #expect(server.requests.isEmpty)
    }

    @Test("many threads share one transport")
    func threads() async throws {
        let server = LoopbackServer { .json($0.query("n") ?? "null") }
        let transport = try transport(server)
        let base = server.base
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var wrong = 0
                    for index in 0..<50 {
                        let number = worker * 1_000 + index
                        let response = try transport.send(OutgoingRequest(url: "\(base)/?n=\(number)"))
                        if response.body != Array(String(number).utf8) { wrong += 1 }
                    }
                    return wrong
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(wrong == 0)
        #expect(server.requests.count == 200)
    }

    @Test("nobody listens")
    func nobody() throws {
        let server = LoopbackServer { _ in .json("{}") }
        let base = server.base
        let transport = try transport(server)
        server.stop()
        usleep(20_000)
        let failure = error(transport, base + "/?secret=1")
        #expect(failure == .unreachable("127.0.0.1:\(server.port) does not accept a connection"))
    }
}
