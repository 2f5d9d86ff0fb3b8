/// A header of a response.
public struct HTTPHeader: Hashable, Sendable {
    /// The name as sent.
    public let name: String
    /// The value; no control bytes, else the response is refused and 500 answered.
    public let value: String

    /// The header of that name and value.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// An answer: status, headers and the whole body.
///
/// The server adds `Date`, `Content-Length` and `X-Request-Id`, and leaves the body away for HEAD.
public struct HTTPResponse: Sendable {
    /// The status code.
    public var status: Int
    /// `Content-Type`; nil sends none.
    public var contentType: String?
    /// `Cache-Control`; nil sends none.
    public var cacheControl: String?
    /// Further headers in order.
    public var headers: [HTTPHeader]
    /// The body.
    public var body: [UInt8]
    /// Who asked, for the access log: a credential's id, never the credential.
    public var principal: String?
    /// Whether the connection is closed after this answer.
    public var closesConnection: Bool

    /// The content type of JSON as this server sends it.
    public static let jsonContentType = "application/json"

    /// An answer made of its parts.
    public init(
        status: Int,
        contentType: String? = nil,
        headers: [HTTPHeader] = [],
        body: [UInt8] = [],
        cacheControl: String? = "no-store",
        principal: String? = nil
    ) {
        self.status = status
        self.contentType = contentType
        self.cacheControl = cacheControl
        self.headers = headers
        self.body = body
        self.principal = principal
        closesConnection = false
    }

    /// A JSON answer over bytes that are already written.
    public static func json(_ body: [UInt8], status: Int = 200, headers: [HTTPHeader] = []) -> HTTPResponse {
        HTTPResponse(status: status, contentType: jsonContentType, headers: headers, body: body)
    }

    /// An answer without a body.
    public static func empty(_ status: Int, headers: [HTTPHeader] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers)
    }

    /// The value of a header that the answer carries, whatever the case of its name.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        switch wanted {
        case "content-type": return contentType
        case "cache-control": return cacheControl
        default: return headers.first { $0.name.lowercased() == wanted }?.value
        }
    }
}
