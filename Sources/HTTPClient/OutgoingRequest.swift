/// A request to another server.
public struct OutgoingRequest: Hashable, Sendable {
    /// The method in capitals.
    public var method: String
    /// The whole address, `https://…`; `http://` only for this computer.
    public var url: String
    /// Names with values, in the order they are sent.
    public var headers: [OutgoingHeader]
    /// The body; empty for none.
    public var body: [UInt8]

    /// A request from its parts.
    public init(
        method: String = "GET",
        url: String,
        headers: [OutgoingHeader] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// One header of a request or of its answer.
public struct OutgoingHeader: Hashable, Sendable {
    /// The name, in lower case in answers.
    public let name: String
    /// The value without blanks around it.
    public let value: String

    /// A header from its parts.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What another server answered.
public struct IncomingResponse: Hashable, Sendable {
    /// The status, 100 to 599.
    public let status: Int
    /// The headers in the order they came, names in lower case.
    public let headers: [OutgoingHeader]
    /// The whole body.
    public let body: [UInt8]

    /// An answer from its parts.
    public init(status: Int, headers: [OutgoingHeader], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of the last header of a lower-case name, or nil.
    public func header(_ name: String) -> String? {
        headers.last { $0.name == name }?.value
    }
}

/// Why a request got no answer.
public enum TransportError: Error, Hashable, Sendable {
    /// The address is malformed, not encrypted, or leads to a place where no request may go.
    case refusedAddress(String)
    /// The server cannot be found or reached, or broke off.
    case unreachable(String)
    /// The server's certificate is not trusted.
    case notTrusted(String)
    /// The answer took too long.
    case timedOut
    /// The answer is larger than the limit, in bytes.
    case tooLarge(limit: Int)
    /// The request cannot be written as HTTP, or what came back is not HTTP.
    case malformed(String)
}

/// Sends requests to other servers: the one way out, which tests replace.
///
/// Safe to use from any thread.
public protocol HTTPTransport: Sendable {
    /// Sends a request and waits for the whole answer; redirects are not followed.
    ///
    /// Blocks.
    func send(_ request: OutgoingRequest) throws(TransportError) -> IncomingResponse
}
