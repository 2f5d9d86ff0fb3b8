import HTTPServer
import Testing

/// A request that must be refused before anything looks at it.
struct FramingCase: Sendable, CustomTestStringConvertible {
    let name: String
    let request: String
    /// Whether the library itself refuses, with a body of its own.
    var isLibrarys = false
    var status = 400

    var testDescription: String { name }
}

private let line = "POST /body HTTP/1.1\r\nHost: a\r\n"

private let framingCases: [FramingCase] = [
    FramingCase(
        name: "length and encoding",
        request: line + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    FramingCase(
        name: "two different lengths",
        request: line + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"
    ),
    FramingCase(
        name: "two equal lengths",
        request: line + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"
    ),
    FramingCase(name: "list of lengths", request: line + "Content-Length: 3, 3\r\n\r\nabc", isLibrarys: true),
    FramingCase(name: "signed length", request: line + "Content-Length: +3\r\n\r\nabc", isLibrarys: true),
    FramingCase(
        name: "hexadecimal length",
        request: line + "Content-Length: 0x3\r\n\r\nabc",
        isLibrarys: true
    ),
    FramingCase(name: "blank before the colon", request: line + "Content-Length : 3\r\n\r\nabc"),
    FramingCase(name: "unknown encoding", request: line + "Transfer-Encoding: gzip\r\n\r\n"),
    FramingCase(name: "encoding list", request: line + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    FramingCase(
        name: "doubled encoding",
        request: line + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    FramingCase(
        name: "encoding with a tab",
        request: line + "Transfer-Encoding:\u{0B}chunked\r\n\r\n0\r\n\r\n"
    ),
    FramingCase(
        name: "chunked in 1.0",
        request: "POST /body HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    FramingCase(name: "no host", request: "GET /hello HTTP/1.1\r\n\r\n"),
    FramingCase(name: "two hosts", request: "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    FramingCase(name: "host with a path", request: "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    FramingCase(name: "host with a user", request: "GET /hello HTTP/1.1\r\nHost: a@b\r\n\r\n"),
    FramingCase(
        name: "folded header",
        request: "GET /hello HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\nX-B: d\r\n\r\n"
    ),
    FramingCase(
        name: "folded last header",
        request: "GET /hello HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\tc\r\n\r\n"
    ),
    FramingCase(
        name: "control byte in a name",
        request: "GET /hello HTTP/1.1\r\nHost: a\r\nX\u{01}A: b\r\n\r\n"
    ),
    FramingCase(name: "bracket in a name", request: "GET /hello HTTP/1.1\r\nHost: a\r\nX[A]: b\r\n\r\n"),
    FramingCase(name: "empty name", request: "GET /hello HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"),
    FramingCase(
        name: "control byte in a value",
        request: "GET /hello HTTP/1.1\r\nHost: a\r\nX-A: b\u{07}\r\n\r\n"
    ),
    FramingCase(
        name: "bare CR in a value",
        request: "GET /hello HTTP/1.1\r\nHost: a\r\nX-A: b\rX-B: c\r\n\r\n"
    ),
    FramingCase(name: "NUL in a value", request: "GET /hello HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n"),
    FramingCase(name: "NUL in the target", request: "GET /hello\0x HTTP/1.1\r\nHost: a\r\n\r\n"),
    FramingCase(name: "bare line feeds", request: "GET /hello HTTP/1.1\nHost: a\n\n"),
    FramingCase(name: "one bare line feed", request: "GET /hello HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n"),
    FramingCase(
        name: "header without a colon",
        request: "GET /hello HTTP/1.1\r\nHost: a\r\nX-A\r\n\r\n",
        isLibrarys: true
    ),
    FramingCase(name: "two blanks in the request line", request: "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    FramingCase(name: "blank in the target", request: "GET /hel lo HTTP/1.1\r\nHost: a\r\n\r\n"),
    FramingCase(name: "control byte in the target", request: "GET /hel\u{07}lo HTTP/1.1\r\nHost: a\r\n\r\n"),
    FramingCase(name: "method with a bracket", request: "GE[T /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    FramingCase(name: "no version", request: "GET /hello\r\nHost: a\r\n\r\n", isLibrarys: true),
    FramingCase(
        name: "version 2",
        request: "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n",
        isLibrarys: true,
        status: 505
    ),
    FramingCase(name: "version 1.7", request: "GET /hello HTTP/1.7\r\nHost: a\r\n\r\n"),
]

@Suite("Framing gate")
private struct FramingTests {
    @Test func `bad framing is refused, the connection closed, and the server goes on`() throws {
        try withServer { server in
            for wanted in framingCases {
                let client = RawClient(port: server.port)
                // A second request behind the first must never be answered.
                client.send(wanted.request + "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try #require(client.answer(), "\(wanted.name): no answer")
                #expect(answer.status == wanted.status, "\(wanted.name)")
                if !wanted.isLibrarys {
                    #expect(answer.text == "{}", "\(wanted.name)")
                    #expect(answer.header("Connection")?.lowercased() == "close", "\(wanted.name)")
                }
                #expect(
                    client.answer() == nil && client.isClosed,
                    "\(wanted.name): answered twice or left open"
                )
                let polite = RawClient(port: server.port)
                polite.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(polite.answer()?.status == 200, "after \(wanted.name)")
            }
            #expect(server.metrics.rejected(.framing) == framingCases.count { !$0.isLibrarys })
        }
    }

    @Test(arguments: [
        "GET /hello HTTP/1.1\r\nHost: a\r\nX-A:\r\nX-B:   b c  \r\nCookie: a=b; c=d\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
        "GET /hello HTTP/1.0\r\n\r\n",
        "\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nX-A: \u{E9}\u{20AC}\r\n\r\n",
        "GET /hello?\u{E9} HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    ])
    func `sound framing passes`(request: String) throws {
        try withServer { server in
            let client = RawClient(port: server.port)
            client.send(request)
            #expect(client.answer()?.status == 200)
        }
    }
}
