/// Why the server itself answers instead of a route; each dialect renders it in its own words.
public enum HTTPFailure: Error, Hashable, Sendable {
    /// No route has this path.
    case notFound
    /// The path exists, but not for this method; the methods it takes, in order.
    case methodNotAllowed(allowed: [String])
    /// The body is longer than the route takes.
    case bodyTooLarge(limitBytes: Int)
    /// The request target is longer than the limit.
    case targetTooLong(limitBytes: Int)
    /// The head is longer than the limit.
    case headTooLarge(limitBytes: Int)
    /// There are more headers than the limit.
    case tooManyHeaders(limit: Int)
    /// The body comes in a content coding, such as gzip, that the server does not take.
    case contentCodingRefused
    /// The multipart body breaks its grammar or one of its limits.
    case multipart(MultipartError)
    /// More requests are in work than the limit; nothing was done.
    case overloaded(retryAfterSeconds: Int)
    /// More requests came than the caller's rate allows.
    case tooManyRequests(retryAfterSeconds: Int)
    /// There is no room to keep an upload; nothing was done.
    case storageFull
    /// Our own fault.
    case internalError

    /// The status that goes with the failure.
    public var status: Int {
        switch self {
        case .notFound: 404
        case .methodNotAllowed: 405
        case .bodyTooLarge: 413
        case .targetTooLong: 414
        case .headTooLarge, .tooManyHeaders: 431
        case .contentCodingRefused: 415
        case .multipart(let error): error.isLimit ? 413 : 400
        case .overloaded: 503
        case .tooManyRequests: 429
        case .storageFull: 507
        case .internalError: 500
        }
    }

    /// A sentence for people, without anything private.
    public var message: String {
        switch self {
        case .notFound: "Not Found"
        case .methodNotAllowed: "Method Not Allowed"
        case .bodyTooLarge(let limit): "Request body is larger than \(limit) bytes"
        case .targetTooLong(let limit): "Request target is longer than \(limit) bytes"
        case .headTooLarge(let limit): "Request headers are larger than \(limit) bytes"
        case .tooManyHeaders(let limit): "Request has more than \(limit) headers"
        case .contentCodingRefused: "Content-Encoding is not supported; send the body as it is"
        case .multipart(let error): error.message
        case .overloaded: "Server is busy; nothing was done, try again"
        case .tooManyRequests: "Too many requests"
        case .storageFull: "Storage is full; nothing was done"
        case .internalError: "Internal Server Error"
        }
    }

    /// The headers that belong to the failure, whatever the dialect.
    public var headers: [HTTPHeader] {
        switch self {
        case .methodNotAllowed(let allowed): [HTTPHeader("Allow", allowed.joined(separator: ", "))]
        case .overloaded(let seconds), .tooManyRequests(let seconds):
            [HTTPHeader("Retry-After", String(seconds))]
        default: []
        }
    }
}

/// Renders failures as one dialect does.
public struct ErrorPages: Sendable {
    private let renderPage: @Sendable (HTTPFailure, HTTPRequest) -> HTTPResponse

    /// Pages that the closure renders.
    ///
    /// The server adds the failure's own headers (`Allow`, `Retry-After`) where the closure left them away.
    public init(_ render: @escaping @Sendable (HTTPFailure, HTTPRequest) -> HTTPResponse) {
        renderPage = render
    }

    /// `{"detail":"…"}` with the failure's status.
    public static let standard = ErrorPages { failure, _ in
        // The messages are ASCII without quotes or backslashes, so they need no escaping.
        .json(Array("{\"detail\":\"\(failure.message)\"}".utf8), status: failure.status)
    }

    /// The page of a failure, complete with the headers the failure demands.
    public func render(_ failure: HTTPFailure, _ request: HTTPRequest) -> HTTPResponse {
        var response = renderPage(failure, request)
        for header in failure.headers where response.header(header.name) == nil {
            response.headers.append(header)
        }
        return response
    }
}
