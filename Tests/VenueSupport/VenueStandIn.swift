public import HTTPClient

/// What a stand-in for a venue gets.
public struct VenueRequest: Sendable {
    /// The method in capitals.
    public var method: String
    /// The path with the query.
    public var target: String
    /// The host and port that was asked.
    public var host: String
    /// The headers, names in lower case.
    public var headers: [String: String]
    /// The body.
    public var body: [UInt8]

    /// A request from its parts.
    public init(method: String, target: String, host: String, headers: [String: String], body: [UInt8]) {
        self.method = method
        self.target = target
        self.host = host
        self.headers = headers
        self.body = body
    }

    /// The path before the question mark.
    public var path: String { String(target.prefix { $0 != "?" }) }

    /// The query behind it.
    public var query: String { String(target.drop { $0 != "?" }.dropFirst()) }
}

/// A stand-in for a venue: it checks what it is asked and answers from what it holds.
public protocol VenueStandIn: Sendable {
    /// The answer to a request.
    func answer(_ request: VenueRequest) -> VenueAnswerText
}

/// An answer of a stand-in.
public struct VenueAnswerText: Sendable {
    /// The status.
    public var status: Int
    /// Whole header lines.
    public var headers: [String]
    /// The body.
    public var body: String

    /// An answer from its parts.
    public init(_ status: Int, _ body: String, headers: [String] = []) {
        self.status = status
        self.body = body
        self.headers = headers
    }
}

/// The fields of a form or query, in the order they came.
public enum FormText {
    /// The fields of a text such as `a=1&b=2`, with escapes taken back.
    public static func fields(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { field in
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (unescaped(parts[0]), parts.count > 1 ? unescaped(parts[1]) : "")
        }
    }

    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Sends requests to stand-ins without any socket, by the address that each is taken for.
public struct StandInTransport: HTTPTransport {
    private let venues: [(base: String, venue: any VenueStandIn)]

    /// A transport to venues at addresses.
    public init(_ venues: [(base: String, venue: any VenueStandIn)]) {
        self.venues = venues
    }

    /// The venue's answer.
    public func send(_ request: OutgoingRequest) throws(TransportError) -> IncomingResponse {
        guard let (base, venue) = venues.first(where: { request.url.hasPrefix($0.base + "/") }) else {
            throw .refusedAddress(request.url)
        }
        var headers: [String: String] = [:]
        for header in request.headers { headers[header.name.lowercased()] = header.value }
        let answer = venue.answer(
            VenueRequest(
                method: request.method,
                target: String(request.url.dropFirst(base.count)),
                host: String(base.drop { $0 != "/" }.dropFirst(2)),
                headers: headers,
                body: request.body
            )
        )
        return IncomingResponse(
            status: answer.status,
            headers: answer.headers.map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return OutgoingHeader(parts[0].lowercased(), String(parts[1].drop { $0 == " " }))
            },
            body: Array(answer.body.utf8)
        )
    }
}
