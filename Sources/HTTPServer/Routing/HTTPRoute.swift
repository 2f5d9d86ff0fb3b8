/// What a route does with a request's body.
public enum HTTPBodyRule: Hashable, Sendable {
    /// The route reads none; what comes all the same is drained and forgotten.
    case none
    /// The body is collected in memory, up to so many bytes.
    case collect(maxBytes: Int)
    /// A multipart form is taken apart as it arrives; another content type is collected in memory, up to its own bound.
    ///
    /// A route whose forms have long lists names how many parts there may be; others have the server's limit.
    case multipart(maxBytes: Int, otherMaxBytes: Int, maxParts: Int? = nil)

    /// The rule that holds for a body of a content type.
    func resolved(contentType: ArraySlice<UInt8>?) -> HTTPBodyRule {
        guard case .multipart(_, let otherMaxBytes, _) = self else { return self }
        return contentType.map(MultipartParser.isForm) == true ? self : .collect(maxBytes: otherMaxBytes)
    }
}

/// How paths that differ from a route by the slash at the end are treated.
public enum TrailingSlash: Sendable {
    /// They are not found.
    case strict
    /// They are sent to the other form with 307, query kept, as Starlette does.
    case redirect
    /// They are served as if they were the other form.
    case either
}

/// Answers a request, now by returning or later through the responder by returning nil.
public typealias HTTPHandler = @Sendable (HTTPRequest, HTTPResponder) -> HTTPResponse?

/// One route: a method, a pattern and who answers.
public final class HTTPRoute: Sendable {
    /// The name under which the route appears in log and counters.
    public let name: String
    /// The method it takes; GET also serves HEAD.
    public let method: HTTPMethod
    /// The pattern as given, such as `/api/v1/portfolio/{portfolio_id}`.
    public var patternText: String { pattern.text }
    /// What happens to the body.
    public let body: HTTPBodyRule
    /// Whether the route is served even when the server is full, as health checks are.
    public let isServedWhenBusy: Bool
    /// Whether it is another path of a route that is described under its own.
    public let isAlias: Bool
    /// What the route takes and answers; nil when nobody described it.
    public let description: RouteDescription?

    let pattern: RoutePattern
    let admission: HTTPAdmissionCheck?
    let handler: HTTPHandler

    init(
        name: String,
        method: HTTPMethod,
        pattern: RoutePattern,
        body: HTTPBodyRule,
        isServedWhenBusy: Bool,
        isAlias: Bool,
        description: RouteDescription?,
        admission: HTTPAdmissionCheck?,
        handler: @escaping HTTPHandler
    ) {
        self.name = name
        self.method = method
        self.pattern = pattern
        self.body = body
        self.isServedWhenBusy = isServedWhenBusy
        self.isAlias = isAlias
        self.description = description
        self.admission = admission
        self.handler = handler
    }
}

/// A path pattern, taken apart: literals and parameters between slashes.
struct RoutePattern: Sendable {
    enum Segment: Hashable, Sendable {
        case literal([UInt8])
        case parameter(String)
    }

    let text: String
    let segments: [Segment]
    let parameterNames: [String]

    init(_ text: String) {
        precondition(text.hasPrefix("/"), "a route's pattern begins with a slash: \(text)")
        self.text = text
        segments = text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { piece in
                guard piece.first == UInt8(ascii: "{"), piece.last == UInt8(ascii: "}"), piece.count > 2
                else {
                    return .literal(Array(piece))
                }
                return .parameter(String(decoding: piece.dropFirst().dropLast(), as: UTF8.self))
            }
        parameterNames = segments.compactMap { segment in
            guard case .parameter(let name) = segment else { return nil }
            return name
        }
        precondition(
            Set(parameterNames).count == parameterNames.count,
            "a route names each parameter once: \(text)"
        )
    }
}
