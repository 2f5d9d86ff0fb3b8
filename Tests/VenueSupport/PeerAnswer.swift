public import HTTPClient
public import TestSupport

/// What a stand-in for a server answers.
public struct PeerAnswer: Sendable {
    /// The status.
    public var status: Int
    /// Whole header lines.
    public var headers: [String]
    /// The body.
    public var body: String
    /// The bytes of the body that are sent before the connection breaks; nil for all.
    public var cutAfter: Int?

    /// An answer from its parts.
    public init(_ status: Int, _ body: String, headers: [String] = [], cutAfter: Int? = nil) {
        self.status = status
        self.body = body
        self.headers = headers
        self.cutAfter = cutAfter
    }

    /// The answer over a socket.
    public var reply: LoopbackServer.Reply {
        let bytes = Array(body.utf8)
        guard let cutAfter else {
            return .answer(status, ["Content-Type: application/json"] + headers, bytes)
        }
        var head = "HTTP/1.1 \(status) Text\r\nContent-Length: \(bytes.count)\r\n"
        for header in headers { head += header + "\r\n" }
        return .raw(Array((head + "\r\n").utf8) + bytes.prefix(cutAfter))
    }
}

/// How a stand-in goes wrong, until it is told otherwise.
public enum PeerFailure: Hashable, Sendable {
    /// This status with a text that nobody should see.
    case status(Int)
    /// Status 429 with so many seconds to wait.
    case rateLimited(seconds: Int)
    /// A page for people with status 200.
    case html
    /// Half of the right answer, after which the connection breaks.
    case half
    /// Half of the right answer as if it were all.
    case halfAsWhole
    /// Status 200 without a body.
    case nothing
    /// A redirect to another place.
    case redirect
    /// No answer at all: the connection ends.
    case silence

    func apply(_ right: PeerAnswer) -> PeerAnswer {
        switch self {
        case .status(let status): return PeerAnswer(status, "the server's own words")
        case .rateLimited(let seconds):
            return PeerAnswer(429, "slow down", headers: ["Retry-After: \(seconds)"])
        case .html: return PeerAnswer(200, "<!doctype html><title>Maintenance</title><p>Back soon")
        case .half:
            return PeerAnswer(right.status, right.body, cutAfter: right.body.utf8.count / 2)
        case .halfAsWhole:
            return PeerAnswer(right.status, String(right.body.prefix(right.body.count / 2)))
        case .nothing: return PeerAnswer(200, "")
        case .redirect:
            return PeerAnswer(302, "", headers: ["Location: http://127.0.0.1:9/elsewhere"])
        case .silence: return PeerAnswer(200, "nobody reads this", cutAfter: 0)
        }
    }
}

/// Something that answers requests as a server of a chain does.
public protocol ChainPeer: AnyObject, Sendable {
    /// Answers a request; the target has the path and the query.
    func answer(method: String, target: String, body: [UInt8]) -> PeerAnswer
}

extension ChainPeer {
    /// Starts a server on this computer that answers by it; `prefix` is a path that the API lies under, such as
    /// `/api`, outside of which nothing is known.
    public func serve(under prefix: String = "") -> LoopbackServer {
        LoopbackServer { request in
            guard request.target.hasPrefix(prefix) else { return .answer(404, [], []) }
            return self.answer(
                method: request.method,
                target: String(request.target.dropFirst(prefix.count)),
                body: request.body
            ).reply
        }
    }

    /// A transport to it without any socket, for any address below `base`.
    public func transport(base: String) -> PeerTransport { PeerTransport(self, base: base) }
}

/// Sends requests to a stand-in without any socket.
public struct PeerTransport: HTTPTransport {
    private let peer: any ChainPeer
    private let base: String

    /// A transport to a peer that is taken for the server at an address.
    public init(_ peer: any ChainPeer, base: String) {
        self.peer = peer
        self.base = base
    }

    /// The peer's answer.
    public func send(_ request: OutgoingRequest) throws(TransportError) -> IncomingResponse {
        guard request.url.hasPrefix(base) else { throw .refusedAddress(request.url) }
        let target = String(request.url.dropFirst(base.count))
        let answer = peer.answer(method: request.method, target: target, body: request.body)
        guard answer.cutAfter == nil else { throw .unreachable("the peer broke off") }
        let headers = answer.headers.map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return OutgoingHeader(parts[0].lowercased(), String(parts[1].drop { $0 == " " }))
        }
        return IncomingResponse(status: answer.status, headers: headers, body: Array(answer.body.utf8))
    }
}
